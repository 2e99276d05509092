//! The sensitive fields: decrypts those of a request, encrypts those of an answer.

use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Value, json};

use super::bilingual::Bilingual;
use super::certificates::Platform;
use super::identity::PlatformPair;
use super::refusal::Refusal;
use wechatpay_core::catalog::Operation;
use wechatpay_core::crypto::{Padding, PublicKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::WECHATPAY_SERIAL;
use wechatpay_core::protocol::fields::{Fields, rewrite_query};

const NO_SERIAL: &str = "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)";
const SERIAL_WRONG: &str = "平台证书序列号Wechatpay-Serial错误";
const NOT_CIPHERTEXT: &str = "请确认待处理的消息是否为加密后的密文";

/// The key that a request's `Wechatpay-Serial` names, if it has one.
pub(super) fn named(
    headers: &HeaderMap,
    platform: &Platform,
) -> Result<Option<Arc<PlatformPair>>, Refusal> {
    let Some(serial) = headers.get(WECHATPAY_SERIAL) else {
        return Ok(None);
    };
    let serial = String::from_utf8_lossy(serial.as_bytes());
    platform.pair(&serial).map(Some).ok_or_else(|| {
        let ids = platform.ids();
        let why = (
            format!("Wechatpay-Serial is {serial:?}; the sandbox has the keys {ids:?}"),
            format!(
                "Wechatpay-Serial 为 {serial:?}；沙箱的微信支付公钥ID和平台证书序列号有 {ids:?}"
            ),
        );
        Refusal::param_error(SERIAL_WRONG, why)
    })
}

/// Decrypts a request's query parameters and body.
pub(super) struct Opener {
    pub(super) operation: &'static Operation,
    pub(super) pair: Option<Arc<PlatformPair>>,
}

impl Opener {
    /// The query with its sensitive parameters in plaintext; `None` when it has none.
    pub(super) fn query(&self, query: &str) -> Result<Option<String>, Refusal> {
        let mut refused = None;
        let names = self.operation.query_encrypt();
        rewrite_query(query, names, &mut |at, text| {
            self.visit(at, text, "query", &mut refused)
        })
        .map_err(|err| refused.unwrap_or_else(|| malformed(&err)))
    }

    /// Puts the plaintext into the body's sensitive fields.
    pub(super) fn body(&self, body: &mut Value) -> Result<(), Refusal> {
        let fields = Fields::of_request(self.operation.encrypt_if_flagged());
        for pointer in self.operation.encrypt() {
            let mut refused = None;
            fields
                .rewrite(body, pointer, &mut |at, text| {
                    self.visit(at, text, "body", &mut refused)
                })
                .map_err(|err| refused.unwrap_or_else(|| malformed(&err)))?;
        }
        Ok(())
    }

    /// The walk has an error of its own, which cannot carry a refusal.
    fn visit(
        &self,
        at: &str,
        text: &str,
        location: &str,
        refused: &mut Option<Refusal>,
    ) -> Result<Option<String>> {
        self.open(at, text, location).map(Some).map_err(|refusal| {
            let err = Error::new(ErrorKind::Decrypt, refusal.why.en.clone());
            *refused = Some(refusal);
            err
        })
    }

    fn open(&self, at: &str, text: &str, location: &str) -> Result<String, Refusal> {
        let Some(pair) = &self.pair else {
            let why = (
                format!("the field {at} is sensitive, and no Wechatpay-Serial names its key"),
                format!("字段 {at} 是敏感信息，但请求头 Wechatpay-Serial 没有指明加密所用的公钥"),
            );
            return Err(Refusal::param_error(NO_SERIAL, why));
        };
        let padding = self.operation.padding();
        decrypt(pair, padding, text).ok_or_else(|| {
            let id = &pair.id;
            let why = (
                format!(
                    "the field {at} is not a ciphertext made for the key {id} with the padding \
                     {padding:?}"
                ),
                format!("字段 {at} 不是用 {id} 的公钥、以 {padding:?} 填充方式加密的密文"),
            );
            Refusal::param_error(NOT_CIPHERTEXT, why).with_detail(json!({
                "field": at,
                "issue": NOT_CIPHERTEXT,
                "location": location,
            }))
        })
    }
}

fn decrypt(pair: &PlatformPair, padding: Padding, text: &str) -> Option<String> {
    // OpenSSL answers a wrong PKCS#1 v1.5 padding with made-up bytes, now and then readable ones; OAEP
    // tells for certain.
    if padding != Padding::Oaep && pair.key.decrypt(Padding::Oaep, text).is_ok() {
        return None;
    }
    let plain = pair.key.decrypt(padding, text).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

/// The body is built otherwise than the documentation says.
fn malformed(err: &Error) -> Refusal {
    let why = Bilingual::of_error("敏感字段的结构与文档不符", err.report());
    Refusal::param_error("参数错误", why)
}

/// Encrypts an answer's sensitive fields for the merchant; ciphertexts stay as they are.
pub(super) fn close(body: &mut Value, operation: &Operation, key: &PublicKey) -> Result<()> {
    encrypt(body, operation.decrypt(), operation.decrypt_padding(), key)
}

/// Encrypts the fields at JSON pointers for the merchant; ciphertexts stay as they are.
pub(super) fn encrypt(
    body: &mut Value,
    pointers: &[&str],
    padding: Padding,
    key: &PublicKey,
) -> Result<()> {
    for pointer in pointers {
        Fields::of_answer().rewrite(body, pointer, &mut |_, text| {
            if key.is_ciphertext(text) {
                Ok(None)
            } else {
                key.encrypt(padding, text.as_bytes()).map(Some)
            }
        })?;
    }
    Ok(())
}
