//! The encrypted resource of a notification, and its key.

use serde_json::Value;

use super::super::Keys;
use super::Finding;
use wechatpay_core::crypto::aes::{self, KEY_LEN};
use wechatpay_core::protocol::envelope::{SM_ALGORITHM, Sealed};
use wechatpay_core::secret::Secret;

/// Explains why the resource of a notification with a valid signature cannot be decrypted.
pub(super) fn diagnose(keys: &Keys, body: &[u8]) -> Option<Finding> {
    let Ok(envelope) = serde_json::from_slice::<Value>(body) else {
        return Some(NOT_JSON);
    };
    if envelope["id"].as_str().is_none_or(str::is_empty) {
        return Some(ANSWER);
    }
    let sealed = Sealed::of_resource(&envelope["resource"]);
    if envelope["resource"].is_null() || sealed.open(&keys.apiv3).is_ok() {
        return None;
    }
    let ciphertext = match sealed.check() {
        Ok(ciphertext) => ciphertext,
        Err(err) => return Some(Finding::of("resource_form", err.to_string())),
    };
    if keys
        .apiv3
        .iter()
        .any(|key| is_key(key, &sealed, &ciphertext))
    {
        return Some(altered(keys, sealed));
    }
    if sealed.open(&keys.v2).is_ok() {
        return Some(V2_KEY);
    }
    let cases = keys.apiv3.iter().map(Secret::expose);
    let cases = cases.flat_map(|key| [key.to_lowercase(), key.to_uppercase()]);
    let cases: Vec<_> = cases.map(Secret::new).collect();
    Some(if sealed.open(&cases).is_ok() {
        KEY_CASE
    } else {
        OTHER_KEY
    })
}

/// The finding for a body that differs from the signed one in an unknown way.
pub(super) fn other_body(keys: &Keys, body: &[u8]) -> Finding {
    if body.trim_ascii().is_empty() {
        return EMPTY;
    }
    let value = match serde_json::from_slice::<Value>(body) {
        Ok(value) => value,
        Err(err) if err.is_eof() => return CUT,
        Err(_) => return NOT_JSON,
    };
    if value["ciphertext"].is_string() {
        return ONLY_RESOURCE;
    }
    if value["resource"].is_null() {
        return NO_ENVELOPE;
    }
    let sealed = Sealed::of_resource(&value["resource"]);
    let Ok(ciphertext) = sealed.check() else {
        return ALTERED;
    };
    if sealed.open(&keys.apiv3).is_ok() {
        return OTHER_NOTIFICATION;
    }
    let mut keys_at_hand = keys.apiv3.iter();
    if keys_at_hand.any(|key| is_key(key, &sealed, &ciphertext)) {
        altered(keys, sealed)
    } else {
        ALTERED
    }
}

/// Whether decryption with the key gives JSON, regardless of the authentication tag; with SM4, whether it succeeds with
/// one of the usual values of `associated_data`.
fn is_key(key: &Secret, sealed: &Sealed<'_>, ciphertext: &[u8]) -> bool {
    if sealed.algorithm == SM_ALGORITHM {
        let with = |associated_data| Sealed {
            associated_data,
            ..*sealed
        };
        return ASSOCIATED.iter().any(|text| with(text).open([key]).is_ok());
    }
    let Ok(key) = <&[u8; KEY_LEN]>::try_from(key.expose().as_bytes()) else {
        return false;
    };
    let text = aes::gcm_unproven(key, sealed.nonce.as_bytes(), ciphertext);
    // A truncated or changed ciphertext still begins like JSON.
    text.is_some_and(|text| {
        text.starts_with(b"{\"") || serde_json::from_slice::<Value>(&text).is_ok()
    })
}

/// The values that WeChat Pay uses for `associated_data`.
const ASSOCIATED: [&str; 8] = [
    "transaction",
    "refund",
    "payscore",
    "certificate",
    "mch_payment",
    "coupon",
    "complaint",
    "",
];

/// The finding for a correct key with an altered resource.
fn altered(keys: &Keys, sealed: Sealed<'_>) -> Finding {
    let with = |associated_data| Sealed {
        associated_data,
        ..sealed
    };
    let right = ASSOCIATED
        .iter()
        .find(|text| with(text).open(&keys.apiv3).is_ok());
    match (right, sealed.associated_data) {
        (Some(right), "") => Finding::of(
            "associated_data_missing",
            format!(
                "the APIv3 key is right, and the resource's associated_data is missing: it was \
                 {right:?}; pass the body as received"
            ),
        ),
        (Some(right), _) => Finding::of(
            "associated_data_altered",
            format!(
                "the APIv3 key is right, and the resource's associated_data was changed: it was \
                 {right:?}; pass the body as received"
            ),
        ),
        (None, "") => Finding::new(
            "associated_data_missing",
            "the APIv3 key is right, and the resource's associated_data is missing or its ciphertext \
             was changed: pass the body as received",
        ),
        (None, _) => Finding::new(
            "associated_data_altered",
            "the APIv3 key is right, and the resource's associated_data or ciphertext was changed: pass \
             the body as received",
        ),
    }
}

const NOT_JSON: Finding = Finding::new(
    "body_not_json",
    "the body is not JSON, and no common alteration explains the signature: pass the bytes as received",
);
const ANSWER: Finding = Finding::new(
    "answer",
    "the signature is valid, but the body has no id: this is the answer to a request, not a notification",
);
const EMPTY: Finding = Finding::new(
    "body_empty",
    "the body is empty: something has already read it; keep the bytes when they are first read",
);
const CUT: Finding = Finding::new(
    "body_cut",
    "the body ends in the middle of its JSON: read as many bytes as Content-Length says, to the end",
);
const ONLY_RESOURCE: Finding = Finding::new(
    "body_only_resource",
    "the body is only the resource, and the signature covers the whole body: pass the body as received",
);
const NO_ENVELOPE: Finding = Finding::new(
    "body_no_notification",
    "the body has no resource, so it is not a notification but a decrypted resource or the answer to a \
     request: pass the body that was posted to the notify_url",
);
const OTHER_NOTIFICATION: Finding = Finding::new(
    "other_body",
    "the right key signed a different body: this body belongs to another notification, or was changed \
     outside its resource; pass the headers and the body of one delivery",
);
const ALTERED: Finding = Finding::new(
    "other_body",
    "the right key signed a different body, and no common alteration explains it: pass the headers and \
     the body of one delivery, the body byte for byte as received",
);
const V2_KEY: Finding = Finding::new(
    "apiv3_key_is_v2",
    "the resource opens with the key that was given as the APIv2 key: the two keys are swapped, so give \
     this one as the APIv3 key (商户平台 → 账户中心 → API安全 → APIv3密钥)",
);
const KEY_CASE: Finding = Finding::new(
    "apiv3_key_case",
    "the resource opens when the APIv3 key is converted to upper or lower case: give the key exactly as \
     it was set",
);
const OTHER_KEY: Finding = Finding::new(
    "apiv3_key",
    "the signature is valid, but the APIv3 key is wrong: give the key set at 商户平台 → 账户中心 → API安全 → \
     APIv3密钥 of the notified merchant, and after a change also the previous one",
);
