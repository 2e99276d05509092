//! APIv2: XML, signed with the APIv2 key; refunds are encrypted with it instead.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::kind::Version;
use super::notification::Notification;
use super::seen::Delivery;
use super::v3::{json, undecrypted};
use super::{Keys, refused, untrusted};
use crate::crypto::{aes, base64, digest};
use crate::error::{BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
use crate::protocol::envelope::{Sealed, refund_key};
use crate::protocol::{message_fits, signed_members, xml};
use crate::secret::Secret;

type Members = Map<String, Value>;

/// What differs between two deliveries of one notification.
const PER_DELIVERY: [&str; 3] = ["nonce_str", "sign", "sign_type"];

pub(super) fn parse(keys: &Keys, body: &Bytes) -> Result<Notification> {
    if keys.v2.is_empty() {
        return Err(refused(
            ErrorKind::Verify,
            "an APIv2 notification cannot be verified: give v2_key(..)",
            body,
        ));
    }
    let mut members = xml::decode(body).map_err(|err| not_a_message(body, err))?;
    let verification = verify(keys, &members, body)?;
    if verification == Verification::Unsigned {
        // Anybody may have written these around a captured refund, to have it handled again.
        members.retain(|key, _| !key.starts_with("event_"));
    }
    let resource = resource(keys, &members, &verification).map_err(|err| match verification {
        Verification::Unsigned => undecrypted_refund(body, err),
        _ => undecrypted(body, err),
    })?;
    Ok(Notification {
        version: Version::V2,
        id: id(&members, &resource),
        resource,
        envelope: Value::Object(members),
        raw: body.clone(),
        verification,
        delivery: Delivery::First,
        claim: None,
    })
}

/// Only a refund (`req_info`) may come unsigned; whoever encrypted it has the key.
fn verify(keys: &Keys, members: &Members, body: &Bytes) -> Result<Verification> {
    if text(members, "sign").is_empty() {
        return match text(members, "req_info") {
            "" => Err(untrusted(body, VerifyFailure::Element { name: "sign" })),
            _ => Ok(Verification::Unsigned),
        };
    }
    let serial = || "the APIv2 key".to_owned();
    for key in &keys.v2 {
        if message_fits(members, key)? {
            return Ok(Verification::Verified { serial: serial() });
        }
    }
    Err(untrusted(
        body,
        VerifyFailure::Signature { serial: serial() },
    ))
}

fn resource(keys: &Keys, members: &Members, verification: &Verification) -> Result<Value> {
    let refund = text(members, "req_info");
    if !refund.is_empty() {
        return open_refund(&keys.v2, refund);
    }
    if !text(members, "event_ciphertext").is_empty() {
        return json(&sealed(members).open(keys.apiv3.iter().chain(&keys.v2))?);
    }
    debug_assert!(*verification != Verification::Unsigned, "only refunds are");
    Ok(signed_members(members))
}

fn sealed(members: &Members) -> Sealed<'_> {
    Sealed {
        algorithm: text(members, "event_algorithm"),
        nonce: text(members, "event_nonce"),
        associated_data: text(members, "event_associated_data"),
        ciphertext: text(members, "event_ciphertext"),
    }
}

/// The key is all that vouches for it, so nothing was verified.
fn undecrypted_refund(body: &Bytes, err: Error) -> Error {
    refused(
        ErrorKind::Decrypt,
        "the refund notification carries no signature, and it could not be decrypted",
        body,
    )
    .with_source(err)
}

/// A wrong key is found by the padding, or, once in 256 times, by what comes out not being XML.
fn open_refund(keys: &[Secret], info: &str) -> Result<Value> {
    let info = base64::decode(info)
        .ok_or_else(|| Error::new(ErrorKind::Decrypt, "req_info is not base64"))?;
    for key in keys {
        if let Ok(text) = aes::ecb_decrypt(&*refund_key(key)?, &info)
            && let Ok(members) = xml::decode(&text)
        {
            return Ok(Value::Object(members));
        }
    }
    Err(Error::new(
        ErrorKind::Decrypt,
        format!(
            "req_info was not encrypted with the APIv2 key ({} tried): it is the one set at 商户平台 → \
             账户中心 → API安全 → APIv2密钥",
            keys.len()
        ),
    ))
}

/// The event's id, else a digest of what the notification says.
fn id(members: &Members, resource: &Value) -> String {
    let event = text(members, "event_id");
    if !event.is_empty() {
        return event.to_owned();
    }
    let mut said: Vec<_> = resource.as_object().into_iter().flatten().collect();
    said.retain(|(key, _)| !PER_DELIVERY.contains(&key.as_str()));
    said.sort_by_key(|(key, _)| *key);
    digest::sha256_hex(format!("{said:?}").as_bytes())
}

fn text<'m>(members: &'m Members, key: &str) -> &'m str {
    members.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn not_a_message(body: &Bytes, err: BoxError) -> Error {
    refused(
        ErrorKind::Verify,
        "the notification cannot be trusted: it is not APIv2's signed XML",
        body,
    )
    .with_source(err)
}
