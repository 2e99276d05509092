use std::sync::Arc;

use crate::message::{CallInfo, Request};
use crate::stack::Next;
use crate::transport::BoxFuture;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{Keyring, PlatformKey};

/// WeChat Pay's keys as the layers of the stack see them, and the source of further keys, if any.
#[derive(Clone)]
pub(crate) struct PlatformKeys {
    pub(crate) keyring: Keyring,
    clock: Arc<dyn Clock>,
    source: Option<Arc<dyn KeySource>>,
}

/// Fetches keys on demand, over the stack of the call that needs them.
pub(crate) trait KeySource: Send + Sync + 'static {
    /// Called before a call; ensures that a valid key exists.
    fn ready(&self, next: &Next) -> BoxFuture<'static, Result<()>>;

    /// Called after a call whose response is signed with a key that the keyring lacks.
    ///
    /// The keyring is consulted again, whatever the result.
    fn on_unknown_serial(&self, serial: &str, next: &Next) -> BoxFuture<'static, Result<()>>;
}

/// Marks the requests of a key source in their extensions, since they must not wait for themselves.
#[derive(Clone)]
pub(crate) struct OfKeySource;

impl PlatformKeys {
    pub(crate) fn new(keyring: &Keyring, clock: &Arc<dyn Clock>) -> Self {
        Self {
            keyring: keyring.clone(),
            clock: Arc::clone(clock),
            source: None,
        }
    }

    pub(crate) fn with_source<S: KeySource>(mut self, source: Option<Arc<S>>) -> Self {
        self.source = source.map(|source| source as _);
        self
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Returns the key that requests use when the caller names none.
    pub(crate) fn preferred(&self) -> Option<PlatformKey> {
        self.keyring.preferred(self.now())
    }

    /// Returns the preferred key or an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encrypt`] when there is none.
    pub(crate) fn to_encrypt(&self) -> Result<PlatformKey> {
        self.preferred().ok_or_else(|| {
            let message = match self.source {
                None => {
                    "there is no platform key to encrypt with: give platform_key(..) or \
                     platform_certificate(..)"
                }
                Some(_) => {
                    "no platform certificate has been fetched yet: make a call, or await \
                     client.certificates(), first"
                }
            };
            Error::new(ErrorKind::Encrypt, message)
        })
    }

    /// Ensures before a call that a key exists, if one can be fetched.
    ///
    /// # Errors
    ///
    /// The errors of the source.
    pub(crate) async fn ready(&self, request: &Request, next: &Next) -> Result<()> {
        match self.refresh(request, next) {
            Some(refresh) => refresh.source.ready(&refresh.next).await,
            None => Ok(()),
        }
    }

    /// Returns the fetch of keys that are missing to verify the request's response.
    pub(crate) fn refresh(&self, request: &Request, next: &Next) -> Option<Refresh> {
        let source = self.source_for(request)?;
        Some(Refresh {
            source: Arc::clone(source),
            next: next.clone(),
        })
    }

    /// Whether the request may have to wait for keys.
    pub(crate) fn may_fetch(&self, request: &Request) -> bool {
        self.source_for(request).is_some()
    }

    fn source_for(&self, request: &Request) -> Option<&Arc<dyn KeySource>> {
        let source = self.source.as_ref()?;
        let extensions = request.extensions();
        let dry = extensions
            .get::<CallInfo>()
            .is_some_and(|info| info.options().dry_run);
        (!dry && extensions.get::<OfKeySource>().is_none()).then_some(source)
    }
}

/// A source, and the stack that it uses for requests.
pub(crate) struct Refresh {
    source: Arc<dyn KeySource>,
    next: Next,
}

impl Refresh {
    /// # Errors
    ///
    /// The errors of the source.
    pub(crate) async fn unknown_serial(&self, serial: &str) -> Result<()> {
        self.source.on_unknown_serial(serial, &self.next).await
    }
}
