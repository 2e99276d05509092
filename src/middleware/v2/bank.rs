use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::message::Payload;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::base64;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::xml;

/// Rejects plaintext in the fields that APIv2 requires to be encrypted with the key of `v2/risk/getpublickey`: in a body of
/// bytes, and in a stack without the layer `encrypt`.
///
/// # Errors
///
/// [`ErrorKind::Encrypt`] with the field's name.
pub(super) fn refuse_plaintext(operation: &Operation, body: &Payload) -> Result<()> {
    let fields = operation.encrypt_bank();
    if fields.is_empty() {
        return Ok(());
    }
    let Some(members) = members(body) else {
        return Ok(());
    };
    let plain = |pointer: &&&str| {
        let value = members.get(pointer.trim_start_matches('/'));
        value.is_some_and(|value| !is_allowed(value))
    };
    // The documentation shows no ciphertext for the fields of `mchrisk`, so they are not checked.
    let mut judged = fields.iter().filter(|pointer| pointer.starts_with("/enc_"));
    match judged.find(plain) {
        None => Ok(()),
        Some(pointer) => Err(Error::new(
            ErrorKind::Encrypt,
            format!(
                "the field {pointer} is not encrypted: nothing was sent; encrypt it with the key of \
                 v2/risk/getpublickey and give the ciphertext as base64, or say with \
                 .fields(FieldPolicy::Off) that it is encrypted"
            ),
        )),
    }
}

/// Returns the members of a body, from JSON data or from the caller's XML.
fn members(body: &Payload) -> Option<Cow<'_, Map<String, Value>>> {
    match body {
        Payload::Json(value) => value.as_object().map(Cow::Borrowed),
        Payload::Bytes(bytes) => xml::decode(bytes).ok().map(Cow::Owned),
        _ => None,
    }
}

fn is_allowed(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || may_be_ciphertext(text),
        _ => false,
    }
}

/// Whether a text may be a ciphertext: base64 of at least 128 bytes (RSA), or a hex text as in WeChat Pay's examples. No card
/// number, identity number or name is as long as either.
pub(super) fn may_be_ciphertext(text: &str) -> bool {
    let is_hex = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex || base64::decode(text).is_some_and(|bytes| bytes.len() >= 128)
}
