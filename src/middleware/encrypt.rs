use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};

use super::PlatformKeys;
use crate::message::{CallInfo, FieldPolicy, KeptBody, Payload, Request, Response, with_query};
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::catalog::{BodyKind, Operation};
use wechatpay_core::crypto::Padding;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::fields::{Fields, leads_into, rewrite_query};
use wechatpay_core::protocol::{PlatformKey, SERIAL_NAME};

/// Inside `decrypt`. Sees the request while its body is still JSON; encrypts the sensitive fields
/// that the catalog or the call names, and names the key in `Wechatpay-Serial`.
///
/// Existing ciphertexts are left unchanged. Fails if a field cannot be encrypted, or if the
/// caller names a key that the client does not have; then nothing is sent.
pub(crate) struct Encrypt {
    pub(crate) keys: PlatformKeys,
}

impl DynMiddleware for Encrypt {
    fn handle(
        self: Arc<Self>,
        mut request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        let info = request.extensions().get::<CallInfo>().cloned();
        let Some(info) = info.filter(|info| info.options().fields != Some(FieldPolicy::Off)) else {
            return next.pass(request);
        };
        if info.options().kept.as_ref().is_some_and(KeptBody::is_kept) {
            // Encrypted before the first attempt.
            info.note_encrypted();
            return next.pass(request);
        }
        if self.keys.may_fetch(&request) || matches!(request.body(), Payload::Media(_)) {
            return Box::pin(async move {
                self.keys.ready(&request, &next).await?;
                match request.body() {
                    Payload::Media(_) => self.encrypt_upload(&mut request, &info).await?,
                    _ => self.encrypt(&mut request, &info)?,
                }
                next.pass(request).await
            });
        }
        next.pass_if(self.encrypt(&mut request, &info), request)
    }
}

impl Encrypt {
    fn encrypt(&self, request: &mut Request, info: &CallInfo) -> Result<()> {
        let mut cipher = self.cipher(request, info)?;
        cipher.body(request.body_mut(), info)?;
        cipher.finish(request, info);
        Ok(())
    }

    /// Encrypts the `meta` of an upload, which may be computed from a file.
    async fn encrypt_upload(&self, request: &mut Request, info: &CallInfo) -> Result<()> {
        let mut cipher = self.cipher(request, info)?;
        if let Payload::Media(media) = request.body_mut()
            && cipher.concerns_body(info)
        {
            // The catalog's pointers begin with the part's name.
            let meta = media.resolve_meta().await?;
            let mut parts = json!({"meta": meta.take()});
            cipher.fields(&mut parts, info)?;
            *meta = parts["meta"].take();
        }
        cipher.finish(request, info);
        Ok(())
    }

    /// Creates the cipher of the request, and encrypts its query.
    fn cipher(&self, request: &mut Request, info: &CallInfo) -> Result<Cipher<'_>> {
        let named = self.named_key(request)?;
        let mut cipher = Cipher {
            layer: self,
            key: named,
            padding: info.operation().map(Operation::padding).unwrap_or_default(),
            used: false,
        };
        cipher.query(request, info)?;
        refuse_other_kind(request.body(), info)?;
        Ok(cipher)
    }

    /// Returns the key that the caller's header names.
    fn named_key(&self, request: &Request) -> Result<Option<PlatformKey>> {
        let Some(serial) = request.headers().get(SERIAL_NAME) else {
            return Ok(None);
        };
        let serial = serial.to_str().map_err(|_| {
            Error::new(
                ErrorKind::Encrypt,
                "the header Wechatpay-Serial is not ASCII, so it names no key: give a key's id, or \
                 leave the header out",
            )
        })?;
        self.keys.keyring.get(serial).map(Some).ok_or_else(|| {
            Error::new(
                ErrorKind::Encrypt,
                format!(
                    "the header Wechatpay-Serial names the key {serial:?}, which this client does \
                     not have; it has {:?}: add that key, or leave the header out",
                    self.keys.keyring.ids()
                ),
            )
        })
    }
}

/// The encryption of one request: one key for all its fields.
struct Cipher<'a> {
    layer: &'a Encrypt,
    key: Option<PlatformKey>,
    padding: Padding,
    used: bool,
}

impl Cipher<'_> {
    fn query(&mut self, request: &mut Request, info: &CallInfo) -> Result<()> {
        let names = info
            .catalog_fields()
            .map_or(&[][..], Operation::query_encrypt);
        let Some(query) = request.uri().query().filter(|_| !names.is_empty()) else {
            return Ok(());
        };
        let rewritten = rewrite_query(query, names, &mut |at, text| self.field(at, text))?;
        if let Some(query) = rewritten {
            *request.uri_mut() = with_query(request.uri(), &query)?;
        }
        Ok(())
    }

    /// Names the key in the request's headers.
    fn finish(self, request: &mut Request, info: &CallInfo) {
        if let (true, Some(key)) = (self.used, &self.key) {
            request.headers_mut().insert(SERIAL_NAME, key.header());
        }
        info.note_encrypted();
    }

    fn body(&mut self, body: &mut Payload, info: &CallInfo) -> Result<()> {
        match body {
            Payload::Json(value) => self.fields(value, info),
            body => {
                let sensitive = info.catalog_fields().and_then(first_sensitive);
                refuse_bytes(body, sensitive, &info.options().encrypt)
            }
        }
    }

    /// Whether there is anything to encrypt in a body.
    fn concerns_body(&self, info: &CallInfo) -> bool {
        let named = info.catalog_fields().is_some_and(|operation| {
            !operation.encrypt().is_empty() || !operation.encrypt_if_flagged().is_empty()
        });
        named || !info.options().encrypt.is_empty()
    }

    fn fields(&mut self, value: &mut Value, info: &CallInfo) -> Result<()> {
        let named = info.catalog_fields().map_or(&[][..], Operation::encrypt);
        let if_flagged = info
            .catalog_fields()
            .map_or(&[][..], Operation::encrypt_if_flagged);
        let added = &info.options().encrypt;
        let fields = Fields::of_request(if_flagged);
        for pointer in named {
            fields.rewrite(value, pointer, &mut |at, text| self.field(at, text))?;
        }
        for pointer in added {
            if !fields.rewrite(value, pointer, &mut |at, text| self.field(at, text))? {
                return Err(leads_nowhere(pointer));
            }
        }
        refuse_unnamed(&fields.flagged(value)?, added)
    }

    /// Encrypts a field; returns `None` if it is already a ciphertext.
    fn field(&mut self, at: &str, text: &str) -> Result<Option<String>> {
        let key = match &self.key {
            Some(key) => key,
            None => self.key.insert(self.layer.keys.to_encrypt()?),
        };
        self.used = true;
        let key = key.public_key();
        if key.is_ciphertext(text) {
            return Ok(None);
        }
        let limit = key.max_plaintext_len(self.padding);
        if text.len() > limit {
            return Err(Error::new(
                ErrorKind::Encrypt,
                format!(
                    "the field {at} has {} bytes, and at most {limit} can be encrypted",
                    text.len()
                ),
            ));
        }
        key.encrypt(self.padding, text.as_bytes())
            .map(Some)
            .map_err(|err| {
                let message = format!("the field {at} cannot be encrypted");
                Error::new(ErrorKind::Encrypt, message).with_source(err)
            })
    }
}

/// Rejects items flagged for encryption whose sensitive member is unknown.
fn refuse_unnamed(asking: &[String], named: &[Cow<'static, str>]) -> Result<()> {
    let is_named = |at: &str| named.iter().any(|pointer| leads_into(pointer, at));
    match asking.iter().find(|at| !is_named(at)) {
        Some(at) => Err(Error::new(
            ErrorKind::Encrypt,
            format!(
                "the item {at} sets need_encrypt, and the catalog does not know its sensitive member: \
                 name it with .encrypt([\"…\"])"
            ),
        )),
        None => Ok(()),
    }
}

/// Returns a field of the body that is, or may be, sensitive.
fn first_sensitive(operation: &Operation) -> Option<&'static str> {
    let mut all = operation
        .encrypt()
        .iter()
        .chain(operation.encrypt_if_flagged());
    all.next().copied()
}

/// The catalog's pointers apply to one kind of body; in another kind, plaintext would be sent unnoticed.
fn refuse_other_kind(body: &Payload, info: &CallInfo) -> Result<()> {
    let Some(operation) = info.catalog_fields() else {
        return Ok(());
    };
    let upload = operation.body() == BodyKind::Multipart;
    let other = match body {
        Payload::Media(_) => !upload,
        Payload::Json(value) => upload && value.get("meta").is_none(),
        _ => false,
    };
    match first_sensitive(operation).filter(|_| other) {
        None => Ok(()),
        Some(pointer) => Err(Error::new(
            ErrorKind::Encrypt,
            format!(
                "the field {pointer} cannot be encrypted: the operation takes {}; give the body as that, or \
                 say with .fields(FieldPolicy::Off) that it is encrypted",
                if upload {
                    "an upload (Media)"
                } else {
                    "JSON, and the body is an upload"
                }
            ),
        )),
    }
}

/// Refuses raw bytes: they are not parsed, so plaintext in them would be sent unnoticed.
fn refuse_bytes(
    body: &Payload,
    sensitive: Option<&str>,
    added: &[Cow<'static, str>],
) -> Result<()> {
    let sensitive = sensitive.filter(|_| !matches!(body, Payload::Empty));
    match added.first().map(|pointer| &**pointer).or(sensitive) {
        None => Ok(()),
        Some(pointer) => Err(Error::new(
            ErrorKind::Encrypt,
            format!(
                "the field {pointer} cannot be encrypted in a body that is not JSON: give the body as \
                 json!(..) or Json(&value), or say with .fields(FieldPolicy::Off) that it is encrypted"
            ),
        )),
    }
}

/// The error for a pointer without a match: a misspelt pointer would leave plaintext in the request.
fn leads_nowhere(pointer: &str) -> Error {
    Error::new(
        ErrorKind::Encrypt,
        format!("the body has no field {pointer}: correct the pointer, or leave it out"),
    )
}
