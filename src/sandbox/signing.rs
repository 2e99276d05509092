//! Signs responses and notifications, and encrypts resources with the APIv3 key.

use std::fmt;

use bytes::Bytes;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::identity::PlatformKeyPair;
use crate::reply::Reply;
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::{KeyAlgorithm, aes, digest};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};
use wechatpay_core::protocol::envelope::seal;
use wechatpay_core::protocol::{Scheme, WECHATPAY_SERIAL, digest_text, response_text};
use wechatpay_core::secret::Secret;

pub(crate) const TIMESTAMP: &str = "Wechatpay-Timestamp";
pub(crate) const NONCE: &str = "Wechatpay-Nonce";
pub(crate) const SIGNATURE: &str = "Wechatpay-Signature";
const SIGNATURE_TYPE: &str = "Wechatpay-Signature-Type";

/// The headers that carry a signature.
pub(crate) const HEADERS: [&str; 5] = [
    WECHATPAY_SERIAL,
    TIMESTAMP,
    NONCE,
    SIGNATURE,
    SIGNATURE_TYPE,
];

/// The same, parsed once.
const NAMES: [HeaderName; 5] = [
    HeaderName::from_static("wechatpay-serial"),
    HeaderName::from_static("wechatpay-timestamp"),
    HeaderName::from_static("wechatpay-nonce"),
    HeaderName::from_static("wechatpay-signature"),
    HeaderName::from_static("wechatpay-signature-type"),
];

/// Signs one response or notification.
pub(crate) struct MessageSigner<'a> {
    pub(crate) pair: &'a PlatformKeyPair,
    /// Seconds that the timestamp is off.
    pub(crate) offset: i64,
    /// Whether to sign another text than the one that is sent.
    pub(crate) wrong: bool,
}

impl MessageSigner<'_> {
    /// Adds the signature headers, unless the response carries no signature.
    pub(crate) fn sign(&self, reply: &mut Reply, clock: &dyn Clock) -> Result<()> {
        let Some(covered) = covered(reply)? else {
            return Ok(());
        };
        let timestamp = clock.now().saturating_add(self.offset).to_string();
        let nonce = clock.nonce()?;
        let mut text = response_text(&timestamp, &nonce, &covered);
        if self.wrong {
            text.push(b'\n');
        }
        let signature = self.pair.key.sign(&text)?;
        let scheme = Scheme::of_merchant(self.pair.key.algorithm()).as_str();
        let values = [
            self.pair.id.clone(),
            timestamp,
            nonce,
            signature,
            scheme.to_owned(),
        ];
        for (name, value) in NAMES.iter().zip(values) {
            let value = HeaderValue::try_from(value).map_err(|err| unfit(name, err))?;
            reply.headers.insert(name, value);
        }
        Ok(())
    }
}

/// The bytes that the signature covers. For a statement this is its digest, which is sent in a header.
fn covered(reply: &mut Reply) -> Result<Option<Bytes>> {
    Ok(match reply.covers {
        AnswerSignature::Body => Some(reply.body.clone()),
        AnswerSignature::Digest { name, header } => {
            let sha1 = digest::sha1_hex(&reply.body);
            set_header(&mut reply.headers, header, &sha1)?;
            Some(digest_text(name, &sha1).into())
        }
        _ => None,
    })
}

/// Encrypts a text with the APIv3 key into an object with `ciphertext`; the clock gives the nonce.
pub(crate) fn encrypt_resource(
    (algorithm, key): (KeyAlgorithm, &Secret),
    associated: &str,
    text: &str,
    clock: &dyn Clock,
) -> Result<Value> {
    let nonce = clock.nonce()?;
    let nonce = nonce
        .get(..aes::NONCE_LEN)
        .ok_or_else(|| Error::new(ErrorKind::Builder, "the sandbox's nonce is too short"))?;
    let (name, ciphertext) = seal(algorithm, key, (nonce, associated), text)?;
    Ok(json!({
        "algorithm": name,
        "nonce": nonce,
        "associated_data": associated,
        "ciphertext": ciphertext,
    }))
}

/// Sets a header.
pub(crate) fn set_header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let header = HeaderName::try_from(name).map_err(|err| unfit(name, err))?;
    let value = HeaderValue::from_str(value).map_err(|err| unfit(name, err))?;
    headers.insert(header, value);
    Ok(())
}

fn unfit(name: impl fmt::Display, why: impl Into<BoxError>) -> Error {
    let message = format!(
        "the sandbox cannot send a header {:?} with this value",
        name.to_string()
    );
    Error::new(ErrorKind::Builder, message).with_source(why)
}
