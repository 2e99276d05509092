//! Encrypts the fields that APIv2 wants encrypted with the key of `v2/risk/getpublickey`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::bank::may_be_ciphertext;
use crate::base_url::BaseUrl;
use crate::message::{CallInfo, FieldPolicy, KeptBody, Options, Payload, Request, Response};
use crate::net::single_flight::{SingleFlight, within};
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::catalog::{self, Operation};
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::{Padding, PublicKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::SERIAL_NAME;

/// Inside `matcher`. Sees the request while its body is still data; fetches the key before the first such call.
///
/// Existing ciphertexts are left unchanged. If the key cannot be fetched, nothing is sent.
///
/// Source: "获取RSA加密公钥" and "企业付款到银行卡": RSAES-OAEP.
pub(crate) struct EncryptForBank {
    inner: Arc<Inner>,
}

struct Inner {
    mchid: Arc<str>,
    base: Option<BaseUrl>,
    clock: Arc<dyn Clock>,
    /// The key, and the time when it was fetched.
    key: Mutex<Option<(PublicKey, i64)>>,
    in_flight: SingleFlight<Arc<Result<()>>>,
}

const PATH: &str = "v2/risk/getpublickey";
/// The time limit of a fetch.
const LIMIT: Duration = Duration::from_secs(10);
/// How long a key is used, in seconds. The documentation does not say when WeChat Pay changes it.
const LIFETIME: i64 = 12 * 3600;

impl EncryptForBank {
    pub(crate) fn new(mchid: Arc<str>, base: Option<BaseUrl>, clock: Arc<dyn Clock>) -> Self {
        Self {
            inner: Arc::new(Inner {
                mchid,
                base,
                clock,
                key: Mutex::default(),
                in_flight: SingleFlight::new(),
            }),
        }
    }
}

impl DynMiddleware for EncryptForBank {
    fn handle(
        self: Arc<Self>,
        mut request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        let info = request.extensions().get::<CallInfo>();
        let operation = info.and_then(CallInfo::catalog_fields);
        let pointers = operation.map_or(&[][..], Operation::encrypt_bank);
        let kept = info.and_then(|info| info.options().kept.clone());
        let kept = kept.filter(|_| !pointers.is_empty());
        let plain = plaintexts(request.body(), pointers);
        if plain.is_empty() {
            keep(kept.as_ref(), &request);
            return next.pass(request);
        }
        let is_dry = info.is_some_and(|info| info.options().dry_run);
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let key = match inner.known(inner.clock.now()) {
                Some(key) => key,
                None if is_dry => return Err(dry()),
                None => inner.get_key(&next).await?,
            };
            if let Payload::Json(body) = request.body_mut() {
                for (pointer, text) in plain {
                    encrypt(body, pointer, &text, &key)?;
                }
            }
            keep(kept.as_ref(), &request);
            next.pass(request).await
        })
    }
}

/// Keeps the encrypted members for a request that repeats this one: encrypting them again would give other texts.
fn keep(kept: Option<&KeptBody>, request: &Request) {
    if let Some(kept) = kept {
        kept.keep(request.body(), request.headers(), &SERIAL_NAME);
    }
}

/// The fields that are not encrypted, with their texts. The layer inside refuses plaintext in other bodies.
fn plaintexts(body: &Payload, pointers: &'static [&'static str]) -> Vec<(&'static str, String)> {
    let Payload::Json(body) = body else {
        return Vec::new();
    };
    let plain = |pointer: &&'static str| match body.pointer(pointer)? {
        Value::String(text) if text.is_empty() || may_be_ciphertext(text) => None,
        Value::String(text) => Some((*pointer, text.clone())),
        Value::Number(number) => Some((*pointer, number.to_string())),
        _ => None,
    };
    pointers.iter().filter_map(plain).collect()
}

fn encrypt(body: &mut Value, pointer: &str, text: &str, key: &PublicKey) -> Result<()> {
    let sealed = key.encrypt(Padding::Oaep, text.as_bytes()).map_err(|err| {
        let message = format!("the field {pointer} cannot be encrypted");
        Error::new(ErrorKind::Encrypt, message).with_source(err)
    })?;
    if let Some(value) = body.pointer_mut(pointer) {
        *value = sealed.into();
    }
    Ok(())
}

impl Inner {
    fn known(&self, now: i64) -> Option<PublicKey> {
        let fresh = |(_, fetched): &&(PublicKey, i64)| {
            (0..LIFETIME).contains(&now.saturating_sub(*fetched))
        };
        self.slot()
            .as_ref()
            .filter(fresh)
            .map(|(key, _)| key.clone())
    }

    fn slot(&self) -> MutexGuard<'_, Option<(PublicKey, i64)>> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One request fetches the key for all calls that wait for it.
    async fn get_key(self: Arc<Self>, next: &Next) -> Result<PublicKey> {
        let now = self.clock.now();
        let waited = self.in_flight.join(|| {
            // Another fetch may have ended meanwhile.
            let lacking = self.known(now).is_none();
            lacking.then(|| Arc::clone(&self).run(next.restarted()))
        })?;
        let outcome = waited.await;
        if let Some(key) = self.known(self.clock.now()) {
            return Ok(key);
        }
        let cause = match outcome.as_deref() {
            Some(Err(err)) => err.duplicate(),
            _ => Error::new(ErrorKind::Encrypt, "the request ended without a result"),
        };
        Err(not_fetched(cause))
    }

    async fn run(self: Arc<Self>, next: Next) -> Arc<Result<()>> {
        let outcome = self.fetch(next).await;
        Arc::new(outcome.map(|key| {
            let now = self.clock.now();
            *self.slot() = Some((key, now));
        }))
    }

    async fn fetch(&self, next: Next) -> Result<PublicKey> {
        let operation = catalog::find(&Method::POST, PATH);
        let documented = || BaseUrl::documented(operation);
        let base = self.base.clone().unwrap_or_else(documented);
        let options = Options {
            fields: Some(FieldPolicy::Off),
            ..Options::default()
        };
        let body = json!({"mch_id": &*self.mchid, "sign_type": "MD5"});
        let mut request = Request::new(Payload::Json(body));
        *request.method_mut() = Method::POST;
        let info = CallInfo::new(PATH.into(), operation, base.origin(), options);
        // APIv2's paths are sent without the prefix.
        *request.uri_mut() = base.join(PATH.trim_start_matches("v2").to_owned())?;
        request.extensions_mut().insert(info.clone());
        let send = || within(LIMIT, next.run(request));
        let response = info.reported(&Method::POST, &self.mchid, send).await?;
        let pem = response["pub_key"].as_str().unwrap_or_default().trim();
        // Another text could name a file.
        if !pem.starts_with("-----BEGIN") {
            return Err(response.error(ErrorKind::Body, "the response has no pub_key in PEM"));
        }
        PublicKey::from_bytes(pem)
    }
}

fn not_fetched(cause: Error) -> Error {
    Error::new(
        ErrorKind::Encrypt,
        "the key of v2/risk/getpublickey could not be fetched, so nothing was sent: see the cause, or \
         give ciphertexts",
    )
    .with_source(cause)
    .with_maybe_sent(false)
}

fn dry() -> Error {
    Error::new(
        ErrorKind::Encrypt,
        "the key of v2/risk/getpublickey is not known yet, and a dry run fetches none: make such a call \
         first, or give ciphertexts",
    )
}
