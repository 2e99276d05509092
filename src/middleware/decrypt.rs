use std::sync::Arc;

use crate::message::{CallInfo, FieldPolicy, Request, Response};
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::{Padding, PrivateKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::fields::{Edits, Fields};

/// Inside `status`. Sees the verified response; decrypts the sensitive fields that the catalog or
/// the call names, with the merchant's private key.
///
/// A field of the catalog that does not look like a ciphertext is left unchanged; a field that the call
/// names must be a ciphertext. Fails if a ciphertext was made for another key.
pub(crate) struct Decrypt {
    pub(crate) key: Option<PrivateKey>,
}

impl DynMiddleware for Decrypt {
    fn handle(
        self: Arc<Self>,
        request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        let info = request.extensions().get::<CallInfo>();
        let info = info.filter(|info| has_fields(info)).cloned();
        let answer = next.pass(request);
        let Some(info) = info else {
            return answer;
        };
        Box::pin(async move {
            let mut response = answer.await?;
            if response.status().is_success() {
                self.decrypt(&mut response, &info)?;
            }
            Ok(response)
        })
    }
}

/// Whether an answer of the call may have fields to decrypt. A stream has none.
fn has_fields(info: &CallInfo) -> bool {
    let options = info.options();
    let named = info
        .catalog_fields()
        .is_some_and(|operation| !operation.decrypt().is_empty());
    let any = named || !options.decrypt.is_empty();
    any && options.fields != Some(FieldPolicy::Off) && !options.stream
}

impl Decrypt {
    fn decrypt(&self, response: &mut Response, info: &CallInfo) -> Result<()> {
        let named = info.catalog_fields().map_or(&[][..], Operation::decrypt);
        let added = &info.options().decrypt;
        let value = match response.value() {
            Ok(value) => value,
            Err(_) if added.is_empty() => return Ok(()),
            Err(err) => return Err(err),
        };
        let mut value = value.clone();
        let padding = info
            .operation()
            .map(Operation::decrypt_padding)
            .unwrap_or_default();
        let named = named.iter().map(|pointer| (*pointer, false));
        let added = added.iter().map(|pointer| (&**pointer, true));
        let Some(key) = &self.key else {
            return Err(keep(response, no_key()));
        };
        let mut edits = Edits::default();
        for (pointer, strict) in named.chain(added) {
            let mut visit = |at: &str, text: &str| open(key, padding, strict, at, text);
            Fields::of_answer()
                .rewrite_noting(&mut value, pointer, &mut visit, &mut edits)
                .map_err(|err| keep(response, err))?;
        }
        let text = response.text().ok();
        let text = text.and_then(|text| edits.applied(text, ""));
        response.set_decrypted(value, text);
        Ok(())
    }
}

/// Returns the plaintext of a field; `None` if the field is not encrypted and need not be.
fn open(
    key: &PrivateKey,
    padding: Padding,
    strict: bool,
    at: &str,
    text: &str,
) -> Result<Option<String>> {
    if !strict && !key.public_key().is_ciphertext(text) {
        return Ok(None);
    }
    let plaintext = key.decrypt(padding, text).map_err(|err| cannot(at, err))?;
    String::from_utf8(plaintext.to_vec())
        .map(Some)
        .map_err(|err| cannot(at, err.utf8_error()))
}

fn no_key() -> Error {
    Error::new(
        ErrorKind::Decrypt,
        "the answer has encrypted fields and the client has no private key: give private_key(..)",
    )
}

fn cannot(at: &str, err: impl Into<wechatpay_core::error::BoxError>) -> Error {
    Error::new(
        ErrorKind::Decrypt,
        format!("the field {at} of the response was not encrypted to this merchant's certificate"),
    )
    .with_source(err)
}

/// Keeps the answer in the error, since the request was processed.
fn keep(response: &Response, err: Error) -> Error {
    response
        .error(
            ErrorKind::Decrypt,
            "the response was verified but not decrypted",
        )
        .with_source(err)
}
