//! Fetches the list and puts it into the keyring.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Method;

use super::answer::{CertificatesAnswer, Checks, is_valid};
use super::state::{FetchState, Need};
use super::{Certificates, copy, failure};
use crate::base_url::BaseUrl;
use crate::keys::Merchant;
use crate::message::{CallInfo, FieldPolicy, Options, Payload, Request, Response};
use crate::middleware::{KeySource, OfKeySource, PlatformKeys};
use crate::net::blocking;
use crate::net::single_flight::{SingleFlight, within};
use crate::stack::Next;
use crate::trace;
use crate::transport::BoxFuture;
use wechatpay_core::catalog;
use wechatpay_core::crypto::{Certificate, KeyAlgorithm};
use wechatpay_core::error::{Error, ErrorKind, Result, VerifyFailure};
use wechatpay_core::protocol::SignatureHeaders;
use wechatpay_core::secret::Secret;

/// Keeps a client's keyring supplied with platform certificates.
///
/// It owns no stack: each fetch goes over the stack of the call that needs it, so that nothing refers
/// back to the client.
pub(crate) struct Manager {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Certificates,
    merchant: Arc<str>,
    apiv3_key: Secret,
    algorithm: KeyAlgorithm,
    keys: PlatformKeys,
    base: Option<BaseUrl>,
    state: Mutex<FetchState>,
    in_flight: SingleFlight<Outcome>,
}

/// Shared by all callers that waited for it.
type Outcome = Arc<Result<Fetched>>;

struct Fetched {
    list: Vec<Certificate>,
    /// Whether the list comes from the disk copy, without a request.
    copied: bool,
    /// The error of the disk copy.
    copy: Option<Error>,
}

/// Why the list is fetched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// No key is known: a disk copy is sufficient.
    NoKey,
    /// A serial is unknown. A disk copy is sufficient if it contains the serial.
    UnknownSerial,
    /// A new list was requested explicitly.
    Asked,
}

impl Manager {
    /// Creates a manager, without reading or sending anything.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when there is no APIv3 key, or the time limit of a fetch is zero.
    pub(crate) fn new(
        settings: Certificates,
        merchant: &Merchant,
        keys: PlatformKeys,
        base: Option<BaseUrl>,
    ) -> Result<Arc<Self>> {
        let apiv3_key = merchant.apiv3_key.clone().ok_or_else(|| {
            Error::new(
                ErrorKind::Builder,
                "platform certificates are encrypted with the APIv3 key: give apiv3_key(..), set at \
                 商户平台 → 账户中心 → API安全 → APIv3密钥",
            )
        })?;
        if settings.timeout.is_zero() {
            return Err(Error::new(
                ErrorKind::Builder,
                "Certificates::timeout(..) of zero lets no fetch succeed",
            ));
        }
        let inner = Arc::new(Inner {
            settings,
            merchant: Arc::clone(merchant.id()),
            apiv3_key,
            algorithm: merchant.algorithm(),
            keys,
            base,
            state: Mutex::default(),
            in_flight: SingleFlight::new(),
        });
        Ok(Arc::new(Self { inner }))
    }

    /// Returns the current list.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Certificates`].
    pub(crate) async fn list(&self, next: &Next) -> Result<Vec<Certificate>> {
        // A refresh that is already running may have used the disk copy. The next one does not, since
        // the copy is read once.
        for _ in 0..2 {
            let asked = || Some(Arc::clone(&self.inner).run(Reason::Asked, None, next.clone()));
            let waited = self.inner.in_flight.join(asked)?;
            match &*waited.await.ok_or_else(failure::gone)? {
                Ok(Fetched { copied: true, .. }) => {}
                Ok(Fetched {
                    copy: Some(err), ..
                }) => return Err(err.duplicate()),
                Ok(fetched) => return Ok(fetched.list.clone()),
                Err(err) => return Err(err.duplicate()),
            }
        }
        Err(failure::gone())
    }
}

impl KeySource for Manager {
    fn ready(&self, next: &Next) -> BoxFuture<'static, Result<()>> {
        let inner = Arc::clone(&self.inner);
        match inner.need() {
            Need::Nothing => Box::pin(std::future::ready(Ok(()))),
            Need::Refresh => Box::pin(std::future::ready(inner.refresh(next))),
            Need::Key => {
                let next = next.clone();
                Box::pin(async move { inner.get_key(&next).await })
            }
        }
    }

    fn on_unknown_serial(&self, serial: &str, next: &Next) -> BoxFuture<'static, Result<()>> {
        let (inner, serial, next) = (Arc::clone(&self.inner), serial.to_owned(), next.clone());
        Box::pin(async move { inner.find(serial, &next).await })
    }
}

impl Inner {
    fn need(&self) -> Need {
        let (preferred, now) = (self.keys.preferred(), self.keys.now());
        let age = self.settings.refresh_after;
        self.state().need(preferred.as_ref(), age, now)
    }

    /// Starts a refresh in the background: the current key is still valid.
    fn refresh(self: Arc<Self>, next: &Next) -> Result<()> {
        let (every, now) = (self.settings.unknown_every, self.keys.now());
        let begin = || {
            let may = self.state().may_refresh(every, now);
            may.then(|| Arc::clone(&self).run(Reason::Asked, None, next.clone()))
        };
        self.in_flight.join(begin).map(drop)
    }

    /// Waits until there is a key.
    async fn get_key(self: Arc<Self>, next: &Next) -> Result<()> {
        let (every, now) = (self.settings.unknown_every, self.keys.now());
        let refusal = self.state().refusal(every, now);
        if let Some(err) = refusal {
            return Err(err);
        }
        let waited = self.in_flight.join(|| {
            // Another fetch may have finished meanwhile.
            let lacking = self.keys.keyring.preferred(now).is_none();
            lacking.then(|| Arc::clone(&self).run(Reason::NoKey, None, next.clone()))
        })?;
        let outcome = waited.await;
        if self.keys.preferred().is_some() {
            return Ok(());
        }
        match outcome.as_deref() {
            Some(Err(err)) => Err(err.duplicate()),
            _ => Err(failure::gone()),
        }
    }

    /// Waits until a serial is known, or certainly does not exist.
    async fn find(self: Arc<Self>, serial: String, next: &Next) -> Result<()> {
        if failure::is_public_key(&serial) {
            return Ok(());
        }
        // A refresh that is already running may have started before this serial existed.
        for _ in 0..2 {
            let (every, now) = (self.settings.unknown_every, self.keys.now());
            let waited = self.in_flight.join(|| {
                let wanted = self.keys.keyring.get(&serial).is_none()
                    && self.state().begin_asking(every, now);
                let reason = Reason::UnknownSerial;
                wanted.then(|| Arc::clone(&self).run(reason, Some(serial.clone()), next.clone()))
            })?;
            let outcome = waited.await;
            if self.keys.keyring.get(&serial).is_some() {
                return Ok(());
            }
            if let Some(Err(err)) = outcome.as_deref() {
                return Err(err.duplicate());
            }
        }
        let (every, now) = (self.settings.unknown_every, self.keys.now());
        let left = self.state().until_asking(every, now);
        match left {
            Some((ago, left)) => Err(failure::not_yet(ago, left)),
            None => Ok(()),
        }
    }

    /// Runs one refresh in the background.
    async fn run(self: Arc<Self>, reason: Reason, serial: Option<String>, next: Next) -> Outcome {
        if reason != Reason::Asked
            && let Some(list) = self.use_copy().await
            && self.copy_will_do(serial.as_deref())
        {
            return Arc::new(Ok(Fetched {
                list,
                copied: true,
                copy: None,
            }));
        }
        let outcome = self.fetch(next).await;
        trace::certificates(outcome.as_ref().map(|fetched| fetched.list.len()));
        let lasting = outcome.as_ref().err().filter(|err| failure::lasts(err));
        let now = self.keys.now();
        self.state().note_refusal(lasting, now);
        Arc::new(outcome)
    }

    /// Loads the disk copy the first time.
    async fn use_copy(&self) -> Option<Vec<Certificate>> {
        let path = self.settings.disk_copy.clone()?;
        if std::mem::replace(&mut self.state().copy_read, true) {
            return None;
        }
        let answer = blocking::off_thread(move || copy::read(&path)).await??;
        let signed = SignatureHeaders::read(&answer.headers).ok()?.timestamp()?;
        let list = answer.certificates(&self.checks(signed)).ok()?;
        self.install(&list, signed);
        Some(list)
    }

    /// Whether the disk copy makes a request unnecessary: it is recent and has the serial.
    fn copy_will_do(&self, serial: Option<&str>) -> bool {
        match serial {
            Some(serial) => self.keys.keyring.get(serial).is_some(),
            None => self.need() == Need::Nothing,
        }
    }

    async fn fetch(&self, next: Next) -> Result<Fetched> {
        let now = self.keys.now();
        self.state().note_fetch(now);
        let (answer, list) = match self.fetch_once(&next).await {
            // A deliberately wrong signature; asking once more is harmless.
            Err(err) if err.verify_failure() == Some(&VerifyFailure::Probe) => {
                self.fetch_once(&next).await?
            }
            outcome => outcome?,
        };
        self.install(&list, self.keys.now());
        let copy = self.keep(answer).await.err();
        Ok(Fetched {
            list,
            copied: false,
            copy,
        })
    }

    async fn fetch_once(&self, next: &Next) -> Result<(CertificatesAnswer, Vec<Certificate>)> {
        let response = self.ask(next).await.map_err(failure::explain)?;
        let answer = CertificatesAnswer {
            headers: response.headers().clone(),
            body: response.bytes().clone(),
        };
        let list = answer.certificates(&self.checks(self.keys.now()))?;
        Ok((answer, list))
    }

    async fn ask(&self, next: &Next) -> Result<Response> {
        let (request, info) = self.request()?;
        let method = request.method().clone();
        let send = || within(self.settings.timeout, next.restarted().run(request));
        info.reported(&method, &self.merchant, send).await
    }

    fn request(&self) -> Result<(Request, CallInfo)> {
        let path = self.settings.path.trim_start_matches('/').to_owned();
        let operation = catalog::find(&Method::GET, &path);
        let base = self
            .base
            .clone()
            .unwrap_or_else(|| BaseUrl::documented(operation));
        let options = Options {
            fields: Some(FieldPolicy::Off),
            ..Options::default()
        };
        let mut request = Request::new(Payload::Empty);
        let info = CallInfo::new(path.clone().into(), operation, base.origin(), options);
        // Without this parameter the list has the certificates for RSA.
        let query = match self.algorithm {
            KeyAlgorithm::Sm2 => "?algorithm_type=SM2",
            _ => "",
        };
        *request.uri_mut() = base.join(format!("/{path}{query}"))?;
        request.extensions_mut().insert(info.clone());
        request.extensions_mut().insert(OfKeySource);
        Ok((request, info))
    }

    fn checks(&self, signed_near: i64) -> Checks<'_> {
        Checks {
            apiv3_key: &self.apiv3_key,
            algorithm: self.algorithm,
            roots: &self.settings.roots,
            keyring: &self.keys.keyring,
            now: self.keys.now(),
            signed_near,
        }
    }

    /// Replaces the previous list; keys from the builder stay.
    fn install(&self, list: &[Certificate], signed: i64) {
        let (keyring, now) = (&self.keys.keyring, self.keys.now());
        let mut state = self.state();
        let is_new = |it: &&Certificate| {
            is_valid(it, now)
                && (state.own.iter().any(|own| own == it.serial())
                    || keyring.get(it.serial()).is_none())
        };
        let new: Vec<_> = list.iter().filter(is_new).cloned().collect();
        keyring.replace_certificates(&state.own, &new);
        state.own = new.iter().map(|it| it.serial().to_owned()).collect();
        state.signed = Some(signed);
        // Any disk copy would now be older.
        state.copy_read = true;
    }

    async fn keep(&self, answer: CertificatesAnswer) -> Result<()> {
        let Some(path) = self.settings.disk_copy.clone() else {
            return Ok(());
        };
        blocking::off_thread(move || copy::write(&path, &answer))
            .await
            .ok_or_else(failure::gone)?
            .map_err(failure::not_written)
    }

    /// No clock or layer is called while this is locked: they are the program's, and may call the client.
    fn state(&self) -> MutexGuard<'_, FetchState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
