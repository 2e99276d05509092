use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::catalog::Operation;
use crate::error::{Error, ErrorKind, Result};
use crate::message::Payload;
use crate::protocol::xml;

/// Refuses plaintext in the fields that APIv2 wants encrypted with the key of `v2/risk/getpublickey`.
///
/// The client does not have that key: the caller encrypts. A bank card's number that was not encrypted
/// would go out, and WeChat Pay would only say that the field is wrong.
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
        value.is_some_and(|value| !may_be_ciphertext(value))
    };
    match fields.iter().find(plain) {
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

/// Those of a body that is data, or XML that the caller wrote.
fn members(body: &Payload) -> Option<Cow<'_, Map<String, Value>>> {
    match body {
        Payload::Json(value) => value.as_object().map(Cow::Borrowed),
        Payload::Bytes(bytes) => xml::decode(bytes).ok().map(Cow::Owned),
        _ => None,
    }
}

/// Base64 or hex of a block at least; cards, licences and people have shorter numbers and names.
fn may_be_ciphertext(value: &Value) -> bool {
    let is_cipher = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\r' | b'\n')
    };
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || (text.len() >= 32 && text.bytes().all(is_cipher)),
        _ => false,
    }
}
