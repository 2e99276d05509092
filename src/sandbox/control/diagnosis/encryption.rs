//! Why a sensitive field cannot be decrypted.
//!
//! The sandbox has every private key that a client may have encrypted for by mistake. So it reads the field in each
//! likely notation, and tries each key with each padding.

mod notation;
mod opened;

use encoding_rs::GBK;
use openssl::pkey::Private;
use serde_json::{Value, json};

use super::{Diagnosis, Mistake, content, content_type, path};
use crate::account::Caller;
use crate::identity::is_same_serial;
use crate::multipart;
use crate::record::CallRecord;
use crate::sensitive_fields::{
    FieldDecryptor, NO_SERIAL, NOT_CIPHERTEXT, SERIAL_WRONG, named_serial, padding_words,
};
use crate::state::SandboxState;
use notation::{in_both_orders, readings};
use opened::{Used, opened, signed_by};
use wechatpay_core::catalog;
use wechatpay_core::crypto::{Padding, PrivateKey, base64};

/// The mistakes in the first field that the gateway could not decrypt.
pub(super) fn diagnose(
    call: &CallRecord,
    message: &str,
    state: &SandboxState,
) -> Option<Diagnosis> {
    if ![NO_SERIAL, SERIAL_WRONG, NOT_CIPHERTEXT].contains(&message) {
        return None;
    }
    let operation = catalog::find(&call.method, path(call))?;
    let caller = state.caller_of(call).ok()?;
    let decryptor = FieldDecryptor {
        operation,
        headers: &call.headers,
        platform: &state.platform,
        view: &caller.view,
    };
    let query = call.target.split_once('?').map(|(_, query)| query);
    let (at, text) = decryptor
        .undecryptable(query, body(call).as_ref())
        .into_iter()
        .next()?;
    let serial = named_serial(&call.headers);
    let field = Field {
        state,
        caller: &caller,
        at: &at,
        serial: serial.as_deref(),
        padding: operation.padding(),
    };
    Diagnosis::new(field.mistakes(&text), None)
}

/// The JSON of the body; the pointers into an upload begin at its form.
fn body(call: &CallRecord) -> Option<Value> {
    let body: Value = serde_json::from_slice(content(call)).ok()?;
    Some(if multipart::is_multipart(content_type(call)) {
        json!({"meta": body})
    } else {
        body
    })
}

/// A sensitive field, and what its request says of it.
struct Field<'a> {
    state: &'a SandboxState,
    caller: &'a Caller,
    at: &'a str,
    /// The serial in `Wechatpay-Serial`.
    serial: Option<&'a str>,
    padding: Padding,
}

impl Field<'_> {
    fn mistakes(&self, text: &str) -> Vec<Mistake> {
        let readings = readings(text);
        if readings.is_empty() {
            let mistakes = [Some(self.unencrypted(text)), self.unknown_serial()];
            return mistakes.into_iter().flatten().collect();
        }
        for (notation, ciphertext) in &in_both_orders(readings.clone()) {
            if signed_by(&self.caller.credentials.key, ciphertext) {
                return vec![SIGNED];
            }
            for owner in self.owners() {
                if let Some((used, plain)) = opened(&owner.key, ciphertext) {
                    let mut mistakes = notation.clone();
                    mistakes.extend(self.of_key(&owner));
                    mistakes.extend(self.of_padding(used));
                    mistakes.extend(of_charset(&plain));
                    return mistakes;
                }
            }
        }
        let mut mistakes = readings.into_iter().next().map_or_else(Vec::new, |it| it.0);
        mistakes.extend(self.unknown_serial());
        mistakes.push(self.other_key());
        mistakes
    }

    /// Every key that the sandbox has, the named one first.
    fn owners(&self) -> Vec<Owner> {
        let (platform, view) = (&self.state.platform, &self.caller.view);
        let named = self.serial.and_then(|serial| platform.pair(serial, view));
        let others = platform
            .ids(view)
            .into_iter()
            .filter_map(|id| platform.pair(&id, view));
        let pairs = named.into_iter().chain(others);
        let owner = |key: &PrivateKey, id| {
            let key = key.pkey()?.to_owned();
            Some(Owner { key, id })
        };
        let own = owner(&self.caller.credentials.key, None);
        pairs
            .filter_map(|pair| owner(&pair.key, Some(pair.id.clone())))
            .chain(own)
            .collect()
    }

    fn of_key(&self, owner: &Owner) -> Option<Mistake> {
        let at = self.at;
        let Some(id) = &owner.id else {
            return Some(Mistake::of(
                "encrypted_for_merchant",
                format!(
                    "{at} is encrypted with the key of the merchant's own certificate: encrypt it with WeChat Pay's \
                     public key or platform certificate, and name that in Wechatpay-Serial"
                ),
                format!(
                    "{at} 是用商户自己的证书加密的：请用微信支付公钥或平台证书加密，并在 Wechatpay-Serial 中写明"
                ),
            ));
        };
        match self.serial {
            Some(serial) if is_same_serial(serial, id) => None,
            Some(serial) if self.is_of_merchant(serial) => Some(serial_of_merchant(id)),
            Some(serial) => Some(Mistake::of(
                "encrypted_for_other_key",
                format!(
                    "{at} is encrypted for {id}, but Wechatpay-Serial names {serial:?}: name the same key in both"
                ),
                format!(
                    "{at} 是用 {id} 的公钥加密的，而 Wechatpay-Serial 是 {serial:?}：两者应一致"
                ),
            )),
            None => Some(Mistake::of(
                "serial_missing",
                format!(
                    "Wechatpay-Serial is missing or empty: send Wechatpay-Serial: {id}, the key that {at} is encrypted for"
                ),
                format!(
                    "缺少请求头 Wechatpay-Serial，或其为空：请发送 Wechatpay-Serial: {id}，即加密 {at} 所用的公钥"
                ),
            )),
        }
    }

    fn of_padding(&self, used: Used) -> Option<Mistake> {
        let at = self.at;
        let wanted = padding_words(self.padding);
        let (cause, found) = match (used, self.padding) {
            (Used::Pkcs1v15, Padding::Pkcs1v15) | (Used::OaepSha1, Padding::Oaep) => return None,
            (Used::Pkcs1v15, _) => ("padding_pkcs1", "PKCS#1 v1.5".to_owned()),
            (Used::OaepSha1, _) => ("padding_oaep", "OAEP".to_owned()),
            (Used::Nothing, _) => ("padding_none", "NoPadding".to_owned()),
            (Used::OaepOther(label, mask), _) => (
                "padding_oaep_digest",
                format!("OAEP ({label}, MGF1-{mask})"),
            ),
        };
        Some(Mistake::of(
            cause,
            format!(
                "{at} is encrypted with the padding {found}: use {}",
                wanted.en
            ),
            format!("{at} 加密时的填充方式是 {found}：应为 {}", wanted.zh),
        ))
    }

    /// A text in no notation of a ciphertext.
    fn unencrypted(&self, text: &str) -> Mistake {
        let at = self.at;
        let bytes = base64::decode(text.trim()).unwrap_or_default();
        let is_text = |it: &str| it.chars().count() > 1 && !it.chars().any(char::is_control);
        let is_encoded = std::str::from_utf8(&bytes).is_ok_and(is_text)
            && !text.bytes().all(|it| it.is_ascii_digit());
        // No name or number is as long and only of base64's digits.
        if bytes.len() >= 24 && !is_encoded {
            return Mistake::of(
                "ciphertext_length",
                format!(
                    "{at} is {} bytes in base64, and a ciphertext has as many as the key, 256: it is cut off, made with \
                     another key or not made with RSA",
                    bytes.len()
                ),
                format!(
                    "{at} 的 base64 内容为 {} 字节，而密文与密钥一样长，为 256 字节：可能被截断，用了别的密钥，或不是 RSA 加密",
                    bytes.len()
                ),
            );
        }
        if is_encoded {
            return Mistake::of(
                "encoded_only",
                format!(
                    "{at} is plaintext in base64, and not encrypted: encrypt it with WeChat Pay's public key first"
                ),
                format!("{at} 只做了 base64 编码，没有加密：请先用微信支付公钥加密"),
            );
        }
        Mistake::of(
            "plaintext",
            format!(
                "{at} is plaintext: encrypt it with WeChat Pay's public key (RSAES-OAEP), write it in base64, and name \
                 the key in Wechatpay-Serial"
            ),
            format!(
                "{at} 是明文：请用微信支付公钥加密（RSAES-OAEP），再做 base64 编码，并在 Wechatpay-Serial 中写明所用的公钥"
            ),
        )
    }

    fn unknown_serial(&self) -> Option<Mistake> {
        let id = &self.caller.view.public.id;
        let Some(serial) = self.serial else {
            return Some(Mistake::of(
                "serial_missing",
                format!("Wechatpay-Serial is missing or empty: name the key there, as {id}"),
                format!("缺少请求头 Wechatpay-Serial，或其为空：请写明加密所用的公钥，例如 {id}"),
            ));
        };
        if self
            .state
            .platform
            .pair(serial, &self.caller.view)
            .is_some()
        {
            return None;
        }
        Some(if self.is_of_merchant(serial) {
            serial_of_merchant(id)
        } else {
            Mistake::of(
                "serial_unknown",
                format!(
                    "Wechatpay-Serial names {serial:?}, which is no key of the sandbox: give {id}"
                ),
                format!("Wechatpay-Serial 为 {serial:?}，沙箱没有这个公钥：应为 {id}"),
            )
        })
    }

    fn is_of_merchant(&self, serial: &str) -> bool {
        is_same_serial(serial, self.caller.credentials.certificate.serial())
    }

    fn other_key(&self) -> Mistake {
        let (at, id) = (self.at, &self.caller.view.public.id);
        Mistake::of(
            "encrypted_for_unknown_key",
            format!(
                "{at} is as long as a ciphertext, but no key of the sandbox decrypts it: encrypt it with the sandbox's \
                 public key {id} (pub_key.pem), and not with one of the real WeChat Pay or of an earlier run"
            ),
            format!(
                "{at} 的长度与密文相同，但沙箱的任何密钥都无法解密：请用沙箱的公钥 {id}（pub_key.pem）加密，\
                 而不是真实环境或沙箱上次运行时的公钥"
            ),
        )
    }
}

/// A key that may open a field.
struct Owner {
    key: openssl::pkey::PKey<Private>,
    /// Its id; `None` for the merchant's own.
    id: Option<String>,
}

fn of_charset(plain: &[u8]) -> Option<Mistake> {
    if std::str::from_utf8(plain).is_ok() && !plain.contains(&0) {
        return None;
    }
    // In UTF-16 every second byte of a letter or digit is zero.
    if plain.contains(&0) {
        return Some(IN_UTF16);
    }
    let (_, _, failed) = GBK.decode(plain);
    Some(if failed { NOT_TEXT } else { IN_GBK })
}

const SIGNED: Mistake = Mistake::new(
    "encrypted_with_private_key",
    "the field was made with the merchant's private key, which signs and does not encrypt: encrypt with WeChat Pay's \
     public key",
    "该字段是用商户私钥生成的，那是签名而不是加密：请用微信支付公钥加密",
);
const IN_UTF16: Mistake = Mistake::new(
    "plaintext_utf16",
    "the plaintext was UTF-16 when it was encrypted: encrypt its UTF-8 bytes (.NET: Encoding.UTF8, not Encoding.Unicode)",
    "加密时明文是 UTF-16 编码：请加密 UTF-8 字节（.NET 用 Encoding.UTF8，不要用 Encoding.Unicode）",
);
const IN_GBK: Mistake = Mistake::new(
    "plaintext_gbk",
    "the plaintext was GBK when it was encrypted: encrypt its UTF-8 bytes, as getBytes(StandardCharsets.UTF_8)",
    "加密时明文是 GBK 编码：请加密 UTF-8 字节，如 getBytes(StandardCharsets.UTF_8)",
);
const NOT_TEXT: Mistake = Mistake::new(
    "plaintext_not_utf8",
    "the encrypted content is not UTF-8 text: encrypt the text itself, and not a ciphertext or digest of it",
    "被加密的内容不是 UTF-8 文本：请直接加密文本，而不是它的密文或摘要",
);

/// The header names the merchant's certificate in place of the key `id`.
fn serial_of_merchant(id: &str) -> Mistake {
    Mistake::of(
        "serial_of_merchant",
        format!(
            "Wechatpay-Serial is the serial of the merchant's certificate: give WeChat Pay's key, as {id}"
        ),
        format!(
            "Wechatpay-Serial 填成了商户API证书序列号：应为微信支付公钥ID或平台证书序列号，例如 {id}"
        ),
    )
}
