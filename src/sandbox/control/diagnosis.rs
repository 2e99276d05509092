//! What a client must have signed when its signature does not fit.
//!
//! An RSA signature (PKCS#1 v1.5) gives the digest of the signed text back to whoever has the public
//! key. So the sandbox knows whether the right key signed another text, and can tell which of the
//! [likely ones](super::variants) it was.

use http::header::{AUTHORIZATION, HOST};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, PKeyRef, Public};
use openssl::rsa::Padding;
use openssl::sha::sha256;
use openssl::sign::{RsaPssSaltlen, Verifier};

use super::super::gateway::Gateway;
use super::super::multipart;
use super::super::record::{CallRecord, Verdict};
use super::variants::{self, Parts};
use super::views::Said;
use crate::crypto::{Certificate, base64};
use crate::protocol::Authorization;

/// What was found out.
#[derive(Debug)]
pub(super) struct Diagnosis {
    /// What is wrong, one thing each.
    pub(super) mistakes: Vec<Said>,
    /// The text that the client signed, when it was found.
    pub(super) signed: Option<Vec<u8>>,
}

impl Diagnosis {
    fn of(mistake: Said) -> Self {
        Self {
            mistakes: vec![mistake],
            signed: None,
        }
    }
}

/// The first byte in which two texts differ.
pub(super) fn difference(built: &[u8], signed: &[u8]) -> usize {
    let pairs = built.iter().zip(signed);
    pairs.take_while(|(built, signed)| built == signed).count()
}

/// What is wrong with the signature of a request; `None` when that is not why it was refused.
pub(super) fn diagnose(call: &CallRecord, gateway: &Gateway) -> Option<Diagnosis> {
    let Verdict::Refused {
        code: "SIGN_ERROR", ..
    } = call.verdict
    else {
        return None;
    };
    let built = call.signed_text.as_deref()?.as_bytes();
    let authorization = call.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let authorization = Authorization::parse(authorization).ok()?;
    let scheme = authorization.scheme();
    let (_, certificate) = gateway.identity.who(scheme, gateway.clock.now()).ok()?;
    if authorization.serial_no() != certificate.serial()
        || certificate
            .public_key()
            .verify(built, authorization.signature())
    {
        return None;
    }
    let Some(signature) = base64::decode(authorization.signature()) else {
        return Some(Diagnosis::of(NOT_BASE64));
    };
    let key = certificate.x509().public_key().ok()?;
    Some(match recovered(&key, &signature) {
        Some(Digest::Sha256(digest)) => other_text(call, &authorization, &digest),
        Some(Digest::Other) => Diagnosis::of(OTHER_HASH),
        None if fits_pss(&key, &signature, built) => Diagnosis::of(PSS),
        None => Diagnosis::of(other_key(gateway, &signature)),
    })
}

fn other_text(call: &CallRecord, authorization: &Authorization, digest: &[u8]) -> Diagnosis {
    let content_type = call.headers.get(http::header::CONTENT_TYPE);
    let content_type = content_type
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let meta = match multipart::is_multipart(content_type) {
        true => multipart::meta(content_type, &call.body),
        false => None,
    };
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok());
    let parts = Parts {
        method: call.method.as_str(),
        target: &call.target,
        host: host.unwrap_or_default(),
        timestamp: authorization.timestamp(),
        nonce: authorization.nonce_str(),
        body: meta.unwrap_or(&call.body),
        sent: &call.body,
    };
    match variants::search(&parts, |text| sha256(text)[..] == *digest) {
        Some((signed, mistakes)) => Diagnosis {
            mistakes,
            signed: Some(signed),
        },
        None => Diagnosis::of(OTHER_TEXT),
    }
}

enum Digest {
    Sha256(Vec<u8>),
    Other,
}

/// DigestInfo with SHA-256; source: RFC 8017, section 9.2, note 1.
const SHA256: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// The digest that was signed; `None` when another key has signed, or in another way.
fn recovered(key: &PKeyRef<Public>, signature: &[u8]) -> Option<Digest> {
    let rsa = key.rsa().ok()?;
    let mut info = vec![0; usize::try_from(rsa.size()).ok()?];
    let length = rsa
        .public_decrypt(signature, &mut info, Padding::PKCS1)
        .ok()?;
    let info = info.get(..length)?;
    Some(match info.strip_prefix(SHA256) {
        Some(digest) => Digest::Sha256(digest.to_vec()),
        None => Digest::Other,
    })
}

fn fits_pss(key: &PKey<Public>, signature: &[u8], built: &[u8]) -> bool {
    let fits = || {
        let mut verifier = Verifier::new(MessageDigest::sha256(), key)?;
        verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
        verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(-2))?;
        verifier.verify_oneshot(signature, built)
    };
    fits().unwrap_or(false)
}

/// Whose key it was, when it is one that the sandbox knows.
fn other_key(gateway: &Gateway, signature: &[u8]) -> Said {
    let signs = |certificate: &Certificate| {
        let key = certificate.x509().public_key();
        key.is_ok_and(|key| recovered(&key, signature).is_some())
    };
    let identity = &gateway.identity;
    if signs(&identity.merchant_certificate) {
        return MERCHANT_FOR_BRAND;
    }
    match identity.made_brand() {
        Some(brand) if signs(brand) => BRAND_FOR_MERCHANT,
        _ => OTHER_KEY,
    }
}

const NOT_BASE64: Said = (
    "the signature is not base64 (not base64url, not hexadecimal)",
    "签名不是 base64（也不能用 base64url 或十六进制）",
);
const OTHER_HASH: Said = (
    "the right key has signed, with another digest than SHA-256: use SHA256withRSA",
    "私钥正确，但摘要算法不是 SHA-256：请使用 SHA256withRSA",
);
const OTHER_TEXT: Said = (
    "the right key has signed another text, which is none of the likely ones: print what the client \
     signs and compare it with what the gateway built",
    "私钥正确，但签名的内容不同，也不是常见的错误：请打印客户端的待签名串，与网关构造的逐字比较",
);
const PSS: Said = (
    "the right key has signed the right text with RSA-PSS: use PKCS#1 v1.5, SHA256withRSA",
    "私钥和内容都正确，但用了 RSA-PSS：请使用 PKCS#1 v1.5，即 SHA256withRSA",
);
const OTHER_KEY: Said = (
    "another private key has signed than the one that belongs to the certificate of this serial",
    "签名所用的私钥与该序列号的证书不匹配",
);
const MERCHANT_FOR_BRAND: Said = (
    "the merchant's key has signed; this operation takes the brand's",
    "用了商户的私钥签名：该接口需要品牌的私钥",
);
const BRAND_FOR_MERCHANT: Said = (
    "the brand's key has signed; this operation takes the merchant's",
    "用了品牌的私钥签名：该接口需要商户的私钥",
);
