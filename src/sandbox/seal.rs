//! Signs answers, and encrypts what is inside.

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::identity::PlatformPair;
use super::reply::Reply;
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::{aes, base64, digest};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::envelope::ALGORITHM;
use wechatpay_core::protocol::{SCHEME, WECHATPAY_SERIAL, digest_text, response_text};
use wechatpay_core::secret::Secret;

pub(super) const TIMESTAMP: &str = "Wechatpay-Timestamp";
pub(super) const NONCE: &str = "Wechatpay-Nonce";
pub(super) const SIGNATURE: &str = "Wechatpay-Signature";
const SIGNATURE_TYPE: &str = "Wechatpay-Signature-Type";

/// All headers of a signature.
pub(super) const HEADERS: [&str; 5] = [
    WECHATPAY_SERIAL,
    TIMESTAMP,
    NONCE,
    SIGNATURE,
    SIGNATURE_TYPE,
];

/// How an answer is signed.
pub(super) struct Seal<'a> {
    pub(super) pair: &'a PlatformPair,
    /// Seconds that the timestamp is off.
    pub(super) offset: i64,
    /// Whether something else is signed than what is sent.
    pub(super) wrong: bool,
}

impl Seal<'_> {
    /// Adds the headers, unless the answer is one that carries no signature.
    pub(super) fn put(&self, reply: &mut Reply, clock: &dyn Clock) -> Result<()> {
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
        let values = [&self.pair.id, &timestamp, &nonce, &signature, SCHEME];
        for (name, value) in HEADERS.into_iter().zip(values) {
            set(&mut reply.headers, name, value)?;
        }
        Ok(())
    }
}

/// What the signature covers; of a statement its digest, which gets a header.
fn covered(reply: &mut Reply) -> Result<Option<Vec<u8>>> {
    Ok(match reply.covers {
        AnswerSignature::Body => Some(reply.body.to_vec()),
        AnswerSignature::Digest { name, header } => {
            let sha1 = digest::sha1_hex(&reply.body);
            set(&mut reply.headers, header, &sha1)?;
            Some(digest_text(name, &sha1).into_bytes())
        }
        _ => None,
    })
}

/// A text encrypted with the APIv3 key, as an object; the clock gives the nonce.
pub(super) fn sealed(
    key: &Secret,
    associated: &str,
    text: &str,
    clock: &dyn Clock,
) -> Result<Value> {
    let unfit = |what| {
        Error::new(
            ErrorKind::Builder,
            format!("the sandbox's {what} is too short"),
        )
    };
    let key = key.expose().as_bytes().try_into();
    let key = key.map_err(|_| unfit("APIv3 key"))?;
    let nonce = clock.nonce()?;
    let nonce = nonce.get(..aes::NONCE_LEN).ok_or_else(|| unfit("nonce"))?;
    let sealed = aes::gcm_encrypt(
        key,
        nonce.as_bytes(),
        associated.as_bytes(),
        text.as_bytes(),
    )?;
    Ok(json!({
        "algorithm": ALGORITHM,
        "nonce": nonce,
        "associated_data": associated,
        "ciphertext": base64::encode(&sealed),
    }))
}

/// Sets a header to a text.
pub(super) fn set(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let unfit = || {
        let message = format!("the sandbox cannot send a header {name:?} with this value");
        Error::new(ErrorKind::Builder, message)
    };
    let header = HeaderName::try_from(name).map_err(|err| unfit().with_source(err))?;
    let value = HeaderValue::from_str(value).map_err(|err| unfit().with_source(err))?;
    headers.insert(header, value);
    Ok(())
}
