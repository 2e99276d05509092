use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::message::Payload;
use wechatpay_core::catalog::Operation;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::xml;

/// Rejects plaintext in the fields that APIv2 requires to be encrypted with the key of `v2/risk/getpublickey`.
///
/// The client does not have that key, so the caller encrypts. A plaintext card number
/// would otherwise be sent, and WeChat Pay would only report that the field is wrong.
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

/// Whether a value may be a ciphertext: it is not clearly a card, identity or licence number, or a Chinese name.
///
/// The length of a ciphertext for the bank is not documented.
fn may_be_ciphertext(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_ascii() && !is_number(text.trim()),
        _ => false,
    }
}

/// `6225760000000000`, `11010119900101123X`, `91440300MA5DA1234X`.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let of_a_number = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b' ';
    (12..=24).contains(&text.len()) && digits >= 8 && text.bytes().all(of_a_number)
}
