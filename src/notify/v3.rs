//! APIv3: JSON, signed by a platform key, the resource encrypted with the APIv3 key.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;
use zeroize::Zeroizing;

use super::dedup::Delivery;
use super::kind::{Kind, Version};
use super::notification::{Notification, Resource};
use super::{Keys, refused, untrusted};
use crate::message::FieldPolicy;
use wechatpay_core::crypto::Padding;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};
use wechatpay_core::protocol::SignatureHeaders;
use wechatpay_core::protocol::envelope::Sealed;
use wechatpay_core::protocol::fields::{Edits, Fields};

/// Verifies the signature before reading the body.
pub(super) fn parse(
    keys: &Keys,
    now: i64,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Notification> {
    let serial = SignatureHeaders::read(headers)
        .and_then(|signature| signature.verify(&keys.keyring, now, body))
        .map_err(|failure| untrusted(body, failure))?;
    let envelope: Value =
        serde_json::from_slice(body).map_err(|err| not_an_envelope(body).with_source(err))?;
    let id = match envelope["id"].as_str() {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => return Err(not_an_envelope(body)),
    };
    let resource = resource(keys, &envelope).map_err(|err| undecrypted(body, err))?;
    Ok(Notification {
        version: Version::V3,
        id,
        resource,
        envelope,
        raw: body.clone(),
        verification: Verification::Verified { serial },
        delivery: Delivery::New,
        hold: None,
    })
}

fn resource(keys: &Keys, envelope: &Value) -> Result<Resource> {
    let sealed = &envelope["resource"];
    if sealed.is_null() {
        return Ok(Value::Null.into());
    }
    let mut resource = json(&Sealed::of_resource(sealed).open(&keys.apiv3)?)?;
    let kind = Kind::find(
        Version::V3,
        envelope["event_type"].as_str().unwrap_or_default(),
    );
    if keys.fields == FieldPolicy::Catalog {
        decrypt_fields(keys, &mut resource, kind.map_or(&[][..], Kind::decrypt))?;
    }
    Ok(resource)
}

pub(super) fn json(text: &Zeroizing<Vec<u8>>) -> Result<Resource> {
    let value = serde_json::from_slice(text).map_err(|_| {
        Error::new(
            ErrorKind::Decrypt,
            "the decrypted resource is not JSON; read Error::body and ask WeChat Pay's support",
        )
    })?;
    Ok(Resource {
        value,
        text: String::from_utf8(text.to_vec()).ok(),
    })
}

/// Decrypts the fields. As in responses, a field that does not look like a ciphertext is left unchanged.
fn decrypt_fields(keys: &Keys, resource: &mut Resource, pointers: &[&str]) -> Result<()> {
    let mut edits = Edits::default();
    let mut visit = |at: &str, text: &str| open(keys, at, text);
    for pointer in pointers {
        let value = &mut resource.value;
        Fields::of_answer().rewrite_noting(value, pointer, &mut visit, &mut edits)?;
    }
    resource.text = resource
        .text
        .take()
        .and_then(|text| edits.applied(&text, ""));
    Ok(())
}

fn open(keys: &Keys, at: &str, text: &str) -> Result<Option<String>> {
    if keys.private.is_none() {
        return Err(no_private_key(at));
    }
    let mut failure = None;
    let given = keys.private.iter().chain(&keys.old_private);
    for key in given.filter(|key| key.public_key().is_ciphertext(text)) {
        match key.decrypt(Padding::default(), text) {
            Ok(plain) => {
                let plain = String::from_utf8(plain.to_vec());
                return plain.map(Some).map_err(|_| not_ours(at));
            }
            Err(err) => failure = failure.or(Some(err)),
        }
    }
    failure.map_or(Ok(None), |err| Err(not_ours(at).with_source(err)))
}

fn no_private_key(at: &str) -> Error {
    Error::new(
        ErrorKind::Decrypt,
        format!(
            "the field {at} is encrypted to the merchant's certificate: give private_key(..), or \
             fields(FieldPolicy::Off) to get the ciphertext"
        ),
    )
}

fn not_ours(at: &str) -> Error {
    Error::new(
        ErrorKind::Decrypt,
        format!("the field {at} was not encrypted to this merchant's certificate"),
    )
}

fn not_an_envelope(body: &Bytes) -> Error {
    refused(
        ErrorKind::Body,
        "the notification's signature is valid, but its body is not the JSON object of a notification \
         with an id",
        body,
    )
}

pub(super) fn undecrypted(body: &Bytes, err: Error) -> Error {
    refused(
        ErrorKind::Decrypt,
        "the notification was verified but not decrypted",
        body,
    )
    .with_source(err)
}
