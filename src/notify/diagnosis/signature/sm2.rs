//! Signatures with SM2 keys (国密).
//!
//! The digest cannot be recovered from such a signature, so each guess costs a verification: fewer changes of the body
//! are tried than for RSA.

use super::super::super::Keys;
use super::super::headers::Read;
use super::super::{Finding, bodies, resource};
use super::{NONCE_CASE, OWN_KEY, cut, of_form, other_id};
use wechatpay_core::crypto::{PublicKey, Sm2Mistake, base64};
use wechatpay_core::protocol::{PlatformKey, response_text};
use wechatpay_core::variants::signature::{self as forms, Form};

/// The sizes of a signature in DER. Shorter ones occur once in 2²⁴ signatures.
const SIZES: std::ops::RangeInclusive<usize> = 66..=72;

/// Explains why the signature is invalid; returns nothing if it is valid.
pub(super) fn diagnose(
    keys: &Keys,
    named: Option<&PlatformKey>,
    all: &[PlatformKey],
    read: &Read,
    body: &[u8],
) -> Vec<Finding> {
    let (form, signature) = match readable(&read.signature) {
        Ok(found) => found,
        Err(finding) => return vec![finding],
    };
    let text = Text {
        read,
        body,
        signature: &signature,
    };
    let mut found: Vec<_> = of_form(form).into_iter().collect();
    // The named key first, then the others.
    for key in named.into_iter().chain(all) {
        if let Some(changes) = text.changes(key.public_key()) {
            let other = named.filter(|named| named.id() != key.id());
            found.extend(other.map(|named| other_id(named.id(), key.id())));
            found.extend(changes);
            return found;
        }
    }
    let own = keys.private.as_ref().map(|key| key.public_key());
    found.push(if own.is_some_and(|own| text.is_signed_by(own)) {
        OWN_KEY
    } else {
        match resource::other_body(keys, body) {
            other if other.cause() == "other_body" => OTHER,
            finding => finding,
        }
    });
    found
}

/// Returns the notation of a signature, and the signature in base64 or, if its bytes are not DER, as it is.
fn readable(text: &str) -> Result<(Form, String), Finding> {
    // The two numbers alone, whose hexadecimal digits are base64 too.
    if has_64_bytes(text) {
        return Ok((Form::Right, text.to_owned()));
    }
    let is_der =
        |bytes: &[u8]| matches!(bytes, [0x30, len, rest @ ..] if usize::from(*len) == rest.len());
    let found = SIZES
        .map(|size| forms::read(text, size))
        .find_map(|it| match it {
            (form, Some(bytes)) if is_der(&bytes) => Some((form, base64::encode(&bytes))),
            _ => None,
        });
    if let Some(found) = found {
        return Ok(found);
    }
    match forms::read(text, *SIZES.end()) {
        (Form::Right, Some(bytes)) => match bytes[..] {
            [0x30, len, ..] => Err(cut(bytes.len(), usize::from(len) + 2)),
            _ => Err(NOT_DER),
        },
        (Form::TooShort, _) => Err(SHORT),
        (form, _) => Err(of_form(form).unwrap_or(NOT_DER)),
    }
}

fn has_64_bytes(text: &str) -> bool {
    let is_hex = text.len() == 128 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex || base64::decode(text).is_some_and(|bytes| bytes.len() == 64)
}

/// A signature and the text that it should cover.
struct Text<'a> {
    read: &'a Read,
    body: &'a [u8],
    signature: &'a str,
}

impl Text<'_> {
    /// Returns the changes after which the key verifies the signature, none if it does; `None` if no change explains it.
    fn changes(&self, key: &PublicKey) -> Option<Vec<Finding>> {
        if self.is_signed_by(key) {
            return Some(Vec::new());
        }
        let nonce = &self.read.nonce;
        let mistakes = key.sm2_mistakes(&self.with(nonce, self.body), self.signature);
        if !mistakes.is_empty() {
            return Some(mistakes.into_iter().map(of_mistake).collect());
        }
        let fits = |nonce: &str, body: &[u8]| key.verify(&self.with(nonce, body), self.signature);
        let cases = [nonce.to_ascii_lowercase(), nonce.to_ascii_uppercase()];
        if cases.iter().any(|case| fits(case, self.body)) {
            return Some(vec![NONCE_CASE]);
        }
        let change = bodies::search_once(self.body, |body| fits(nonce, body))?;
        Some(vec![change])
    }

    fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verify(&self.with(&self.read.nonce, self.body), self.signature)
    }

    fn with(&self, nonce: &str, body: &[u8]) -> Vec<u8> {
        response_text(&self.read.timestamp, nonce, body)
    }
}

fn of_mistake(mistake: Sm2Mistake) -> Finding {
    match mistake {
        Sm2Mistake::Hex => HEX,
        Sm2Mistake::Raw => RAW,
        Sm2Mistake::NoUserId => NO_USER_ID,
        Sm2Mistake::NoUserDigest => NO_USER_DIGEST,
        Sm2Mistake::Sha256 => SHA256,
    }
}

const HEX: Finding = Finding::new(
    "signature_hex",
    "the value of Wechatpay-Signature is written in hexadecimal: pass the header exactly as received",
);
const RAW: Finding = Finding::new(
    "sm2_raw",
    "the signature is r and s one after the other (64 bytes), but WeChat Pay writes it in DER: pass the header exactly as \
     received, or sign a test notification as WeChat Pay does",
);
const NO_USER_ID: Finding = Finding::new(
    "sm2_no_user_id",
    "the signature was made without the user id, so it is not WeChat Pay's: sign a test notification with \
     1234567812345678 (openssl: -sigopt distid:1234567812345678)",
);
const NO_USER_DIGEST: Finding = Finding::new(
    "sm2_no_user_digest",
    "the signature covers the SM3 of the text alone, so it is not WeChat Pay's: sign a test notification over the digest \
     of user id and public key, and the text after it",
);
const SHA256: Finding = Finding::new(
    "sm2_sha256",
    "the SM2 key signed a SHA-256 digest, so it is not WeChat Pay's signature: sign a test notification with SM3",
);
const NOT_DER: Finding = Finding::new(
    "sm2_not_der",
    "the bytes of Wechatpay-Signature are not an SM2 signature in DER, but the key that was given is an SM2 key: pass the \
     header exactly as received, and give the key that Wechatpay-Serial names",
);
const SHORT: Finding = Finding::new(
    "signature_short",
    "the value of Wechatpay-Signature is too short for an SM2 signature in DER: pass the header exactly as received",
);
const OTHER: Finding = Finding::new(
    "sm2_other",
    "no given key verifies the SM2 signature, and no common alteration explains it: pass the headers and the body of one \
     delivery, the body byte for byte as received, and check that the key is WeChat Pay's with this id; otherwise the \
     signature is forged",
);
