//! The signature: its notation, its key and its digest.

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, PKeyRef, Public};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};

use super::Mistake;
use crate::account::Sender;
use crate::state::SandboxState;
use wechatpay_core::crypto::{Certificate, Signed, signed_digest};
use wechatpay_core::variants::signature::{self as variants, Form};

/// The bytes of the signature, which are as long as the key, and the mistakes in its notation.
pub(super) fn decode(text: &str, size: usize) -> (Vec<Mistake>, Option<Vec<u8>>) {
    let (form, bytes) = variants::read(text, size);
    (mistake_of(form).into_iter().collect(), bytes)
}

fn mistake_of(form: Form) -> Option<Mistake> {
    Some(match form {
        Form::Right => return None,
        Form::Hex => HEX,
        Form::Base64OfHex => BASE64_OF_HEX,
        Form::Base64Twice => BASE64_TWICE,
        Form::UrlSafe => BASE64URL,
        Form::NoPadding => NO_PADDING,
        Form::LineBreaks => LINE_BREAKS,
        Form::BlankForPlus => BLANK_FOR_PLUS,
        Form::Percent => PERCENT,
        Form::Empty => EMPTY,
        Form::TooShort => NOT_RSA,
        Form::Unreadable => NOT_BASE64,
    })
}

/// The text that a key has signed: its unusual part, and the SHA-256; `None` when another key has
/// signed, or in another way.
pub(super) fn recovered(
    key: &PKeyRef<Public>,
    signature: &[u8],
) -> Option<(Option<Mistake>, Option<Vec<u8>>)> {
    Some(match signed_digest(key, signature)? {
        Signed::Sha256(digest) => (None, Some(digest)),
        Signed::Bare(digest) => (Some(BARE), Some(digest)),
        Signed::Other(Some(name)) => (Some(other_hash(name)), None),
        Signed::Other(None) => (Some(NO_HASH), None),
    })
}

pub(super) fn fits_pss(key: &PKey<Public>, signature: &[u8], built: &[u8]) -> bool {
    let fits = || {
        let mut verifier = Verifier::new(MessageDigest::sha256(), key)?;
        verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
        verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(-2))?;
        verifier.verify_oneshot(signature, built)
    };
    fits().unwrap_or(false)
}

/// The mistake of signing with another key, which the sandbox may know.
pub(super) fn other_key(state: &SandboxState, sender: &Sender, signature: &[u8]) -> Mistake {
    let identity = &state.identity;
    let by = |key: &PKeyRef<Public>| recovered(key, signature).is_some();
    let by_certificate = |it: &Certificate| it.x509().public_key().is_ok_and(|key| by(&key));
    let merchant = sender.account.made_credentials();
    if merchant.is_some_and(|it| by_certificate(&it.certificate)) {
        return MERCHANT_FOR_BRAND;
    }
    let brands = state.accounts.made_brands();
    if brands
        .iter()
        .any(|brand| by_certificate(&brand.certificate))
    {
        return BRAND_FOR_MERCHANT;
    }
    let others = state.accounts.all();
    let others = others.iter().filter_map(|it| it.made_credentials());
    if let Some(other) = others
        .into_iter()
        .find(|it| by_certificate(&it.certificate))
    {
        return of_other_merchant(&other.mchid, &sender.id);
    }
    let Ok(view) = state.accounts.first().view() else {
        return OTHER_KEY;
    };
    let ids = state.platform.ids(&view);
    let platform = ids.iter().filter_map(|id| state.platform.pair(id, &view));
    let mut platform = platform.filter_map(|pair| public(pair.key.pkey()?));
    if platform.any(|key| by(&key)) || by_certificate(&identity.certified.certificate) {
        PLATFORM_KEY
    } else {
        OTHER_KEY
    }
}

fn of_other_merchant(signed: &str, named: &str) -> Mistake {
    Mistake::of(
        "key_of_other_merchant",
        format!(
            "the key of the merchant {signed} signed, and the header names {named}: use the key, the id and the serial of \
             one merchant"
        ),
        format!(
            "签名用的是商户 {signed} 的私钥，而请求头写的是 {named}：私钥、商户号和证书序列号应属于同一商户"
        ),
    )
}

fn public(key: &PKeyRef<openssl::pkey::Private>) -> Option<PKey<Public>> {
    PKey::public_key_from_der(&key.public_key_to_der().ok()?).ok()
}

fn other_hash(name: &str) -> Mistake {
    Mistake::of(
        "digest_other",
        format!("the right key has signed with another digest, {name}: use SHA256withRSA"),
        format!("私钥正确，但摘要算法是 {name}：请使用 SHA256withRSA"),
    )
}

const HEX: Mistake = Mistake::new(
    "signature_hex",
    "the signature is written in hexadecimal: write the signature's bytes in base64",
    "签名写成了十六进制：请对签名的字节做 base64 编码",
);
const BASE64_OF_HEX: Mistake = Mistake::new(
    "signature_base64_of_hex",
    "the signature is the base64 of its hexadecimal text: write the bytes themselves in base64",
    "先转成十六进制文本、再做了 base64：请直接对签名的字节做 base64 编码",
);
const BASE64_TWICE: Mistake = Mistake::new(
    "signature_base64_twice",
    "the signature is encoded in base64 twice: once is enough",
    "签名被 base64 编码了两次：只需一次",
);
const BASE64URL: Mistake = Mistake::new(
    "signature_base64url",
    "the signature is written in URL-safe base64: use the standard alphabet with + and /, and =",
    "签名用了 URL 安全的 base64：请使用标准字符集（+ 和 /，末尾补 =）",
);
const NO_PADDING: Mistake = Mistake::new(
    "signature_no_padding",
    "the signature's base64 lacks the = at its end: do not strip it",
    "签名的 base64 缺少末尾的 =：请不要去掉",
);
const LINE_BREAKS: Mistake = Mistake::new(
    "signature_line_breaks",
    "the signature's base64 contains line breaks or spaces: encode it on one line (Java \
     Base64.getEncoder, openssl base64 -A)",
    "签名的 base64 中有换行或空白：请编码为一行（Java 用 Base64.getEncoder，openssl 用 base64 -A）",
);
const BLANK_FOR_PLUS: Mistake = Mistake::new(
    "signature_blank_for_plus",
    "the signature has blanks where a + was: do not send it through a decoder of forms or URLs",
    "签名中的 + 变成了空格：不要对它做 URL 或表单解码",
);
const PERCENT: Mistake = Mistake::new(
    "signature_percent_encoded",
    "the signature is percent-encoded: a header takes base64 as it is",
    "签名做了 URL 编码：请求头中直接写 base64",
);
const EMPTY: Mistake = Mistake::new(
    "signature_empty",
    "the signature is empty: signing failed, and the client has overlooked that",
    "签名为空：客户端签名失败而未检查",
);
const NOT_RSA: Mistake = Mistake::new(
    "signature_not_rsa",
    "the signature is as short as a digest: sign with the merchant's private key (apiclient_key.pem), \
     SHA256withRSA; an HMAC with a shared key is APIv2's",
    "签名只有摘要那么短：请用商户私钥（apiclient_key.pem）做 SHA256withRSA 签名；用密钥做 HMAC 是 APIv2 的方式",
);
const NOT_BASE64: Mistake = Mistake::new(
    "signature_not_base64",
    "the signature is not base64: write the signature's bytes in base64, on one line",
    "签名不是 base64：请对签名的字节做 base64 编码，写成一行",
);
const BARE: Mistake = Mistake::new(
    "digest_bare",
    "the right key has signed the bare digest: use a function that signs (SHA256withRSA) and not one \
     that encrypts with the private key, which leaves the digest's name (DigestInfo) out",
    "私钥正确，但直接加密了摘要，缺少算法标识（DigestInfo）：请使用签名函数（SHA256withRSA），不要用“私钥加密”",
);
const NO_HASH: Mistake = Mistake::new(
    "digest_other",
    "the right key has signed, with another digest than SHA-256 or none: use SHA256withRSA",
    "私钥正确，但摘要算法不是 SHA-256，或没有做摘要：请使用 SHA256withRSA",
);
pub(super) const PSS: Mistake = Mistake::new(
    "padding_pss",
    "the right key has signed the right text with RSA-PSS: use PKCS#1 v1.5, SHA256withRSA",
    "私钥和内容都正确，但用了 RSA-PSS：请使用 PKCS#1 v1.5，即 SHA256withRSA",
);
const OTHER_KEY: Mistake = Mistake::new(
    "other_key",
    "another private key has signed than the one that belongs to the certificate of this serial: sign \
     with the sandbox's apiclient_key.pem",
    "签名所用的私钥与该序列号的证书不匹配：请使用沙箱的 apiclient_key.pem",
);
const PLATFORM_KEY: Mistake = Mistake::new(
    "platform_key",
    "the platform's private key has signed: sign with the merchant's, apiclient_key.pem",
    "用了平台的私钥签名：请使用商户私钥 apiclient_key.pem",
);
const MERCHANT_FOR_BRAND: Mistake = Mistake::new(
    "merchant_key",
    "the merchant's key has signed; this operation takes the brand's",
    "用了商户的私钥签名：该接口需要品牌的私钥",
);
const BRAND_FOR_MERCHANT: Mistake = Mistake::new(
    "brand_key",
    "the brand's key has signed; this operation takes the merchant's",
    "用了品牌的私钥签名：该接口需要商户的私钥",
);

#[cfg(test)]
mod tests {
    use super::*;
    use wechatpay_core::crypto::base64;

    #[test]
    fn every_notation_of_a_signature_is_recognized() {
        // With all 64 digits, and a length that takes padding.
        let bytes: Vec<u8> = (0..=255).collect();
        let right = base64::encode(&bytes);
        let lower = wechatpay_core::crypto::digest::hex_lower(&bytes);
        let url = right.replace('+', "-").replace('/', "_");
        for (text, cause) in [
            (right.clone(), None),
            (lower.clone(), Some("signature_hex")),
            (lower.to_uppercase(), Some("signature_hex")),
            (
                base64::encode(lower.as_bytes()),
                Some("signature_base64_of_hex"),
            ),
            (
                base64::encode(right.as_bytes()),
                Some("signature_base64_twice"),
            ),
            (url.clone(), Some("signature_base64url")),
            (url.replace('=', ""), Some("signature_base64url")),
            (right.replace('=', ""), Some("signature_no_padding")),
            (
                format!("{} {}", &right[..64], &right[64..]),
                Some("signature_line_breaks"),
            ),
            (
                format!("{}\\n{}\\n", &right[..76], &right[76..]),
                Some("signature_line_breaks"),
            ),
            (right.replace('+', " "), Some("signature_blank_for_plus")),
            (
                right.replace('+', "%2B").replace('=', "%3D"),
                Some("signature_percent_encoded"),
            ),
        ] {
            let (mistakes, decoded) = decode(&text, 256);
            assert_eq!(decoded.as_deref(), Some(&*bytes), "{text}");
            assert_eq!(mistakes.first().map(|it| it.cause), cause, "{text}");
        }
        for (text, cause) in [
            ("", "signature_empty"),
            ("abc%", "signature_not_base64"),
            ("c2ln", "signature_not_rsa"),
        ] {
            let (mistakes, decoded) = decode(text, 256);
            assert_eq!((mistakes[0].cause, decoded), (cause, None));
        }
    }
}
