//! APIv2: XML, signed with the APIv2 key; refunds are encrypted with it instead.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::dedup::Delivery;
use super::flat::check_flat;
use super::kind::Version;
use super::notification::{Notification, Resource};
use super::refund::Refund;
use super::v3::{json, undecrypted};
use super::{Keys, refused, subject, untrusted};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result, Verification, VerifyFailure};
use wechatpay_core::protocol::envelope::Sealed;
use wechatpay_core::protocol::{ambiguous_member, message_fits, xml};

type Members = Map<String, Value>;

pub(super) fn parse(keys: &Keys, body: &Bytes) -> Result<Notification> {
    if keys.v2.is_empty() {
        return Err(refused(
            ErrorKind::Verify,
            "an APIv2 notification cannot be verified: give v2_key(..)",
            body,
        ));
    }
    let mut members = xml::decode(body).map_err(|err| not_a_message(body, err))?;
    check_flat(&members).map_err(|why| altered(body, why))?;
    let verification = verify(keys, &members, body)?;
    let (id, resource) = match &verification {
        Verification::Unsigned => {
            // Anyone could have added these members to a captured refund to have it handled again.
            members.retain(|key, _| !key.starts_with("event_"));
            refund(keys, &members, body)?
        }
        _ => signed(keys, &members, body)?,
    };
    Ok(Notification {
        version: Version::V2,
        id,
        resource,
        envelope: Value::Object(members),
        raw: body.clone(),
        verification,
        delivery: Delivery::New,
        hold: None,
    })
}

/// Verifies the signature. Only a refund (`req_info`) may be unsigned: only a holder of the key can encrypt it.
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

/// Returns the id and resource of an encrypted, unsigned message.
fn refund(keys: &Keys, members: &Members, body: &Bytes) -> Result<(String, Resource)> {
    let refund = Refund::open(&keys.v2, text(members, "req_info"))
        .map_err(|err| undecrypted_refund(body, err))?;
    let id = match refund.subject() {
        Ok(subject) => subject::refund_id(subject),
        Err(why) => return Err(altered(body, why)),
    };
    Ok((id, Value::Object(refund.members).into()))
}

/// Returns the id and resource of a signed message. Empty members are not signed, so anyone may have added them.
fn signed(keys: &Keys, members: &Members, body: &Bytes) -> Result<(String, Resource)> {
    let covered = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let mut signed = members.clone();
    signed.retain(|_, value| covered(value));
    if let Some(name) = ambiguous_member(&signed) {
        return Err(ambiguous(body, name));
    }
    let id = match text(&signed, "event_id") {
        "" => subject::id(&signed),
        event => event.to_owned(),
    };
    let resource = resource(keys, signed).map_err(|err| undecrypted(body, err))?;
    Ok((id, resource))
}

fn resource(keys: &Keys, signed: Members) -> Result<Resource> {
    match (text(&signed, "req_info"), text(&signed, "event_ciphertext")) {
        ("", "") => Ok(Value::Object(signed).into()),
        ("", _) => json(&sealed(&signed).open(keys.apiv3.iter().chain(&keys.v2))?),
        (info, _) => Ok(Value::Object(Refund::open(&keys.v2, info)?.members).into()),
    }
}

fn sealed(members: &Members) -> Sealed<'_> {
    Sealed {
        algorithm: text(members, "event_algorithm"),
        nonce: text(members, "event_nonce"),
        associated_data: text(members, "event_associated_data"),
        ciphertext: text(members, "event_ciphertext"),
    }
}

fn text<'m>(members: &'m Members, key: &str) -> &'m str {
    members.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The error for a refund that cannot be decrypted. Decryption is a refund's only verification, so it is unverified.
fn undecrypted_refund(body: &Bytes, err: Error) -> Error {
    refused(
        ErrorKind::Decrypt,
        "the refund notification carries no signature, and it could not be decrypted",
        body,
    )
    .with_source(err)
}

fn altered(body: &Bytes, why: &'static str) -> Error {
    refused(
        ErrorKind::Verify,
        "the notification cannot be trusted: it is not written as WeChat Pay writes notifications; do \
         not act on it, and query the order or the refund instead",
        body,
    )
    .with_source(why)
}

fn ambiguous(body: &Bytes, name: &str) -> Error {
    let message = format!(
        "the notification cannot be trusted: the member {name} contains the text of another member \
         (\"&name=\"), and a forged message could have the same signature; do not act on it, query the \
         order instead, and keep \"&name=\" out of the order's own texts (attach)"
    );
    Error::new(ErrorKind::Verify, message)
        .with_maybe_sent(false)
        .with_body(body.clone())
}

fn not_a_message(body: &Bytes, err: BoxError) -> Error {
    refused(
        ErrorKind::Verify,
        "the notification cannot be trusted: it is not APIv2's signed XML",
        body,
    )
    .with_source(err)
}
