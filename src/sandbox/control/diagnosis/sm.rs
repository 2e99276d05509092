//! Mistakes in signatures with SM2 keys (国密).
//!
//! The digest cannot be recovered from such a signature, so only the usual mistakes are tried.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::Mistake;
use crate::state::SandboxState;
use wechatpay_core::crypto::{PublicKey, Sm2Mistake};
use wechatpay_core::protocol::Scheme;

/// The scheme that the header has to have. That of a merchant depends on the key of the merchant it names.
pub(super) fn scheme(headers: &HeaderMap, expected: Scheme, state: &SandboxState) -> Scheme {
    if expected == Scheme::Brand {
        return expected;
    }
    let text = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let named = text.and_then(|text| text.split_once("mchid=\""));
    let mchid = named.and_then(|(_, rest)| rest.split('"').next());
    let account = match mchid.and_then(|mchid| state.accounts.find(mchid.trim())) {
        Some(account) => account,
        None => state.accounts.first().clone(),
    };
    match account.credentials() {
        Ok(credentials) => Scheme::of_merchant(credentials.key.algorithm()),
        Err(_) => expected,
    }
}

/// The mistakes in a signature over the text that the gateway built.
pub(super) fn mistakes(key: &PublicKey, built: &[u8], signature: &str) -> Vec<Mistake> {
    if key.verify(built, signature) {
        return Vec::new();
    }
    let found: Vec<_> = key
        .sm2_mistakes(built, signature)
        .into_iter()
        .map(mistake_of)
        .collect();
    if found.is_empty() { vec![OTHER] } else { found }
}

fn mistake_of(mistake: Sm2Mistake) -> Mistake {
    match mistake {
        Sm2Mistake::Hex => HEX,
        Sm2Mistake::Raw => RAW,
        Sm2Mistake::NoUserId => NO_USER_ID,
        Sm2Mistake::NoUserDigest => NO_USER_DIGEST,
        Sm2Mistake::Sha256 => SHA256,
    }
}

const HEX: Mistake = Mistake::new(
    "signature_hex",
    "the signature is written in hexadecimal: encode its bytes in base64",
    "签名写成了十六进制：请把签名的字节编码为 base64",
);
const RAW: Mistake = Mistake::new(
    "sm2_raw",
    "the signature is r and s one after the other (64 bytes): encode it in DER, as openssl and WeChat Pay's SDK do",
    "签名是 r、s 直接拼接的 64 字节：应为 DER 编码，与 openssl 和微信支付 SDK 相同",
);
const NO_USER_ID: Mistake = Mistake::new(
    "sm2_no_user_id",
    "the signature was made without the user id: sign with 1234567812345678 (openssl: -sigopt \
     distid:1234567812345678)",
    "签名时没有使用用户标识：应为 1234567812345678（openssl 的选项是 -sigopt distid:1234567812345678）",
);
const NO_USER_DIGEST: Mistake = Mistake::new(
    "sm2_no_user_digest",
    "the signature covers the SM3 of the text alone: SM2 signs the SM3 of the digest of user id and public key, and the \
     text after it",
    "签名只覆盖了待签名串的 SM3 摘要：SM2 应先计算用户标识和公钥的摘要 Z，再对 Z 与待签名串的拼接做 SM3",
);
const SHA256: Mistake = Mistake::new(
    "sm2_sha256",
    "the SM2 key signed a SHA-256 digest: sign with SM3",
    "SM2 私钥签的是 SHA-256 摘要：应使用 SM3",
);
const OTHER: Mistake = Mistake::new(
    "sm2_other",
    "the signature fits neither the text that the gateway built nor a usual mistake: compare the text with what the \
     client signs, and see that the private key belongs to the certificate of serial_no",
    "签名与网关构造的待签名串不符，也不是常见的错误：请逐字比对待签名串，并确认私钥与 serial_no 对应的证书匹配",
);
