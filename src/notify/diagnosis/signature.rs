//! The signing key of a notification, and the signed text.

mod sm2;

use super::super::Keys;
use super::bodies;
use super::headers::Read;
use super::{Finding, resource};
use wechatpay_core::crypto::digest::sha256;
use wechatpay_core::crypto::{KeyAlgorithm, Signed};
use wechatpay_core::protocol::{PlatformKey, response_text};
use wechatpay_core::variants::signature::{self as forms, Form};

/// Explains why the signature is invalid; returns nothing if it is valid.
pub(super) fn diagnose(keys: &Keys, now: i64, read: &Read, body: &[u8]) -> Vec<Finding> {
    let ids = keys.keyring.ids().into_iter();
    let all: Vec<_> = ids.filter_map(|id| keys.keyring.get(&id)).collect();
    let named = all.iter().find(|key| key.id() == read.serial);
    let Some(likely) = named.or(all.first()) else {
        return vec![NO_KEY];
    };
    let mut found: Vec<_> = match named {
        Some(key) => expired(key, now).into_iter().collect(),
        // The missing header has already been reported.
        None if read.serial.is_empty() => Vec::new(),
        None => vec![unknown(keys, &read.serial, &all)],
    };
    if likely.public_key().algorithm() == KeyAlgorithm::Sm2 {
        found.extend(sm2::diagnose(keys, named, &all, read, body));
        return found;
    }
    let size = likely.public_key().modulus_len();
    let (form, bytes) = forms::read(&read.signature, size);
    found.extend(of_form(form));
    let Some(bytes) = bytes else {
        return found;
    };
    let fits = |key: &PlatformKey| key.public_key().modulus_len() == bytes.len();
    if !all.iter().any(fits) {
        found.push(cut(bytes.len(), size));
        return found;
    }
    // The named key first, then the others.
    let order = named.into_iter().chain(&all);
    let signed = |key: &PlatformKey| key.public_key().signed_digest(&bytes);
    match order.filter_map(|key| Some((key, signed(key)?))).next() {
        None => found.push(stranger(keys, named, &bytes)),
        Some((key, signed)) => {
            let other = named.filter(|named| named.id() != key.id());
            found.extend(other.map(|named| other_id(named.id(), key.id())));
            found.extend(of_text(keys, read, body, signed));
        }
    }
    found
}

/// Compares the text that the right key signed with this body.
fn of_text(keys: &Keys, read: &Read, body: &[u8], signed: Signed) -> Vec<Finding> {
    let Signed::Sha256(digest) = signed else {
        return vec![OTHER_DIGEST];
    };
    let fits = |timestamp: &str, nonce: &str, body: &[u8]| {
        sha256(&response_text(timestamp, nonce, body))[..] == *digest
    };
    if fits(&read.timestamp, &read.nonce, body) {
        return Vec::new();
    }
    for nonce in [
        read.nonce.to_ascii_lowercase(),
        read.nonce.to_ascii_uppercase(),
    ] {
        if fits(&read.timestamp, &nonce, body) {
            return vec![NONCE_CASE];
        }
    }
    bodies::search(body, |body| fits(&read.timestamp, &read.nonce, body))
        .unwrap_or_else(|| vec![resource::other_body(keys, body)])
}

fn expired(key: &PlatformKey, now: i64) -> Option<Finding> {
    let failure = key.check_time(now).err()?;
    Some(Finding::of("certificate_time", failure.to_string()))
}

/// Reduces a serial to its digits, in any notation.
fn bare(serial: &str) -> String {
    let digits = serial.chars().filter(char::is_ascii_alphanumeric);
    let digits: String = digits.map(|c| c.to_ascii_uppercase()).collect();
    let digits = digits.trim_start_matches("0X");
    digits.trim_start_matches('0').to_owned()
}

fn unknown(keys: &Keys, serial: &str, all: &[PlatformKey]) -> Finding {
    if let Some(key) = all.iter().find(|key| bare(key.id()) == bare(serial)) {
        return Finding::of(
            "serial_form",
            format!(
                "Wechatpay-Serial is not written as WeChat Pay writes it, {}: pass the header as received",
                key.id()
            ),
        );
    }
    let own = keys.reply.as_ref();
    if own.is_some_and(|own| own.serial.eq_ignore_ascii_case(serial)) {
        return SERIAL_OF_MERCHANT;
    }
    let known: Vec<_> = all.iter().map(PlatformKey::id).collect();
    let known = known.join(", ");
    let advice = if serial.starts_with("PUB_KEY_ID_") {
        "download the public key of that id at 商户平台 → 账户中心 → API安全 → 微信支付公钥, and give it with \
         its id"
    } else {
        "fetch the platform certificate (平台证书) of that serial, and give it too"
    };
    Finding::of(
        "serial_unknown",
        format!(
            "the key {serial:?} that Wechatpay-Serial names was not given ({known} was): {advice}"
        ),
    )
}

fn of_form(form: Form) -> Option<Finding> {
    let (cause, what) = match form {
        Form::Right => return None,
        Form::Hex => ("signature_hex", "is written in hexadecimal"),
        Form::Base64OfHex => ("signature_base64_of_hex", "is the base64 of hexadecimal"),
        Form::Base64Twice => ("signature_base64_twice", "is encoded in base64 twice"),
        Form::UrlSafe => (
            "signature_base64url",
            "is written in URL-safe base64, with - and _",
        ),
        Form::NoPadding => ("signature_no_padding", "lacks the = at its end"),
        Form::LineBreaks => ("signature_line_breaks", "contains line breaks or spaces"),
        Form::BlankForPlus => (
            "signature_blank_for_plus",
            "has spaces in place of +, as after form decoding",
        ),
        Form::Percent => (
            "signature_percent_encoded",
            "is percent-encoded (%2B for +)",
        ),
        Form::Empty => ("signature_empty", "is empty"),
        Form::TooShort => (
            "signature_short",
            "is as short as a digest, so it is not an RSA signature",
        ),
        Form::Unreadable => ("signature_not_base64", "is not base64"),
    };
    let text =
        format!("the value of Wechatpay-Signature {what}: pass the header exactly as received");
    Some(Finding::of(cause, text))
}

fn cut(found: usize, expected: usize) -> Finding {
    Finding::of(
        "signature_cut",
        format!(
            "Wechatpay-Signature has {found} bytes instead of {expected}: it was truncated or extended; \
             pass the header exactly as received"
        ),
    )
}

fn stranger(keys: &Keys, named: Option<&PlatformKey>, bytes: &[u8]) -> Finding {
    let own = keys.private.as_ref().map(|key| key.public_key());
    if own.is_some_and(|own| own.signed_digest(bytes).is_some()) {
        return OWN_KEY;
    }
    match named {
        Some(key) => Finding::of(
            "other_key",
            format!(
                "the signature was made neither with the key {} nor with another given key: check that \
                 the file is WeChat Pay's key with this id for this merchant, and that the signature is \
                 complete; otherwise the signature is forged",
                key.id()
            ),
        ),
        None => Finding::new(
            "other_key",
            "the signature was made with none of the given keys: give the key that Wechatpay-Serial names",
        ),
    }
}

fn other_id(named: &str, signer: &str) -> Finding {
    Finding::of(
        "key_of_other_id",
        format!(
            "the signing key was given as {signer}, but Wechatpay-Serial names {named}: check that each \
             key file has its own id, and that the header belongs to this notification"
        ),
    )
}

const NO_KEY: Finding = Finding::new(
    "no_platform_key",
    "no key of WeChat Pay was given to verify this APIv3 notification: give WeChat Pay's public key and \
     its id, or a platform certificate",
);
const SERIAL_OF_MERCHANT: Finding = Finding::new(
    "serial_of_merchant",
    "Wechatpay-Serial is the serial of the merchant's own certificate: give the header as WeChat Pay sent it, \
     which names WeChat Pay's key",
);
const OWN_KEY: Finding = Finding::new(
    "own_key",
    "the merchant's own private key made the signature: this is your own request or test, not a \
     notification from WeChat Pay",
);
const OTHER_DIGEST: Finding = Finding::new(
    "other_digest",
    "the key is right, but the signed digest is not SHA-256: WeChat Pay signs with SHA256withRSA only",
);
const NONCE_CASE: Finding = Finding::new(
    "nonce_case",
    "the letters of Wechatpay-Nonce were changed to upper or lower case: pass the header as received",
);
