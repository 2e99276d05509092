//! Sensitive fields: decrypts those of requests, encrypts those of responses and notifications.

use std::borrow::Cow;
use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Value, json};

use crate::bilingual::Bilingual;

use crate::identity::PlatformKeyPair;
use crate::platform::{PlatformKeys, PlatformView};
use crate::refusal::Refusal;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::{Padding, PublicKey};
use wechatpay_core::error::{Error, Result};
use wechatpay_core::protocol::WECHATPAY_SERIAL;
use wechatpay_core::protocol::fields::{Fields, Visit, rewrite_query};

pub(crate) const NO_SERIAL: &str = "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)";
pub(crate) const SERIAL_WRONG: &str = "平台证书序列号Wechatpay-Serial错误";
pub(crate) const NOT_CIPHERTEXT: &str = "请确认待处理的消息是否为加密后的密文";

/// Decrypts the sensitive fields of a request with the key that its `Wechatpay-Serial` names.
///
/// Many clients send an empty, a merchant's or an old serial with every request. The serial is therefore looked up only
/// if a field has to be decrypted.
pub(crate) struct FieldDecryptor<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) platform: &'a PlatformKeys,
    /// How the merchant that sent the request knows the platform.
    pub(crate) view: &'a PlatformView,
}

impl FieldDecryptor<'_> {
    /// The query with its sensitive parameters in plaintext; `None` when it has none.
    pub(crate) fn decrypt_query(&self, query: &str) -> Result<Option<String>, Refusal> {
        let names = self.operation.query_encrypt();
        let (query, _) = self.decrypt("query", |visit| rewrite_query(query, names, visit))?;
        Ok(query)
    }

    /// Replaces the ciphertexts of the body's sensitive fields with their plaintexts. Returns whether there are any.
    pub(crate) fn decrypt_body(&self, body: &mut Value) -> Result<bool, Refusal> {
        let fields = Fields::of_request(self.operation.encrypt_if_flagged());
        let mut has_any = false;
        for pointer in self.operation.encrypt() {
            let (_, count) = self.decrypt("body", |visit| fields.rewrite(body, pointer, visit))?;
            has_any |= count > 0;
        }
        Ok(has_any)
    }

    /// The sensitive fields of a request that are not ciphertexts for the named key, each with its place.
    #[cfg(feature = "control")]
    pub(crate) fn undecryptable(
        &self,
        query: Option<&str>,
        body: Option<&Value>,
    ) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut visit = |at: &str, text: &str| {
            if self.decrypt_text(at, text, "body").is_err() {
                found.push((at.to_owned(), text.to_owned()));
            }
            Ok(None)
        };
        // An undocumented request has no known fields.
        if let Some(query) = query {
            drop(rewrite_query(
                query,
                self.operation.query_encrypt(),
                &mut visit,
            ));
        }
        if let Some(mut body) = body.cloned() {
            let fields = Fields::of_request(self.operation.encrypt_if_flagged());
            for pointer in self.operation.encrypt() {
                drop(fields.rewrite(&mut body, pointer, &mut visit));
            }
        }
        found
    }

    /// Collects the ciphertexts that `walk` visits, decrypts all, and puts them back in the same order. Returns their
    /// number too.
    fn decrypt<T>(
        &self,
        location: &str,
        mut walk: impl FnMut(&mut Visit<'_>) -> Result<T>,
    ) -> Result<(T, usize), Refusal> {
        let mut ciphertexts = Vec::new();
        walk(&mut |at, text| {
            ciphertexts.push((at.to_owned(), text.to_owned()));
            Ok(None)
        })
        .map_err(|err| malformed(&err))?;
        let plaintexts = ciphertexts.iter();
        let plaintexts = plaintexts.map(|(at, text)| self.decrypt_text(at, text, location));
        let mut plaintexts = plaintexts.collect::<Result<Vec<_>, _>>()?.into_iter();
        let walked = walk(&mut |_, _| Ok(plaintexts.next())).map_err(|err| malformed(&err))?;
        Ok((walked, ciphertexts.len()))
    }

    /// The key that the request names for the field `at`.
    fn pair(&self, at: &str) -> Result<Arc<PlatformKeyPair>, Refusal> {
        let Some(serial) = named_serial(self.headers) else {
            let why = (
                format!("the field {at} is sensitive, and no Wechatpay-Serial names its key"),
                format!("字段 {at} 是敏感信息，但请求头 Wechatpay-Serial 没有指明加密所用的公钥"),
            );
            return Err(Refusal::param_error(NO_SERIAL, why));
        };
        self.platform.pair(&serial, self.view).ok_or_else(|| {
            let ids = self.platform.ids(self.view);
            let (all, all_zh) = (ids.join(", "), ids.join("、"));
            let why = (
                format!("Wechatpay-Serial is {serial:?}; the sandbox has the keys {all}"),
                format!(
                    "Wechatpay-Serial 为 {serial:?}；沙箱的微信支付公钥ID和平台证书序列号有 {all_zh}"
                ),
            );
            Refusal::param_error(SERIAL_WRONG, why)
        })
    }

    fn decrypt_text(&self, at: &str, text: &str, location: &str) -> Result<String, Refusal> {
        let pair = self.pair(at)?;
        let padding = self.operation.padding();
        let id = &pair.id;
        let plain = decrypt(&pair, padding, text).ok_or_else(|| not_ciphertext(at, id, padding));
        let text = plain.and_then(|plain| {
            String::from_utf8(plain).map_err(|_| match padding {
                Padding::Oaep => not_utf8(at),
                _ => not_ciphertext(at, id, padding),
            })
        });
        text.map_err(|why| {
            Refusal::param_error(NOT_CIPHERTEXT, why).with_detail(json!({
                "field": at,
                "issue": NOT_CIPHERTEXT,
                "location": location,
            }))
        })
    }
}

/// The serial in `Wechatpay-Serial`; `None` without one. An empty header names no key.
pub(crate) fn named_serial(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let serial = String::from_utf8_lossy(headers.get(WECHATPAY_SERIAL)?.as_bytes());
    (!serial.trim().is_empty()).then_some(serial)
}

fn not_ciphertext(at: &str, id: &str, padding: Padding) -> (String, String) {
    let scheme = padding_words(padding);
    (
        format!(
            "the field {at} is not a ciphertext made for the key {id} with {}",
            scheme.en
        ),
        format!("字段 {at} 不是用 {id} 的公钥以 {}加密的密文", scheme.zh),
    )
}

/// With PKCS#1 v1.5 this cannot be told from another key.
fn not_utf8(at: &str) -> (String, String) {
    (
        format!("the field {at} is encrypted for the right key, and its plaintext is not UTF-8"),
        format!("字段 {at} 所用的公钥正确，但解密后的明文不是 UTF-8 编码"),
    )
}

fn decrypt(pair: &PlatformKeyPair, padding: Padding, text: &str) -> Option<Vec<u8>> {
    // For a wrong PKCS#1 v1.5 padding OpenSSL returns random bytes. OAEP
    // fails for certain, so a text that decrypts with OAEP was not encrypted with PKCS#1 v1.5.
    if padding != Padding::Oaep && pair.key.decrypt(Padding::Oaep, text).is_ok() {
        return None;
    }
    let plain = pair.key.decrypt(padding, text).ok()?;
    Some(plain.to_vec())
}

/// The padding that an operation takes, as documentation and libraries name it.
pub(crate) fn padding_words(padding: Padding) -> Bilingual {
    match padding {
        Padding::Pkcs1v15 => Bilingual::new("RSAES-PKCS1-v1_5", "RSAES-PKCS1-v1_5 "),
        _ => Bilingual::new(
            "RSAES-OAEP with SHA-1 and MGF1",
            "RSAES-OAEP（SHA-1，MGF1）",
        ),
    }
}

/// The structure of the body differs from the documentation.
fn malformed(err: &Error) -> Refusal {
    let why = Bilingual::of_error(
        "敏感字段的类型或结构与文档不符，应为密文字符串",
        err.report(),
    );
    Refusal::param_error("参数错误", why)
}

/// Encrypts the sensitive fields of a response for the merchant; ciphertexts stay as they are.
pub(crate) fn encrypt_response(
    body: &mut Value,
    operation: &Operation,
    key: &PublicKey,
) -> Result<()> {
    encrypt(body, operation.decrypt(), operation.decrypt_padding(), key)
}

/// Encrypts the fields at JSON pointers for the merchant; ciphertexts stay as they are.
pub(crate) fn encrypt(
    body: &mut Value,
    pointers: &[&str],
    padding: Padding,
    key: &PublicKey,
) -> Result<()> {
    for pointer in pointers {
        Fields::of_answer().rewrite(body, pointer, &mut |_, text| {
            if key.is_ciphertext(text) {
                return Ok(None);
            }
            key.encrypt(padding, text.as_bytes()).map(Some)
        })?;
    }
    Ok(())
}
