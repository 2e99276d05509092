//! Who may come in: the checks of the `Authorization` header.

use std::sync::{Mutex, PoisonError};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::json;

use super::bilingual::Bilingual;
use super::identity::Identity;
use super::nonces::Nonces;
use super::refusal::Refusal;
use wechatpay_core::crypto::Certificate;
use wechatpay_core::protocol::{Authorization, Scheme, request_text};

const MALFORMED: &str = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》";
const SCHEME_WRONG: &str = "Http头Authorization认证类型不正确";
const MERCHANT_WRONG: &str = "商户未申请过证书。";
const SERIAL_WRONG: &str = "商户证书序列号有误。请使用签名私钥匹配的证书序列号";
const CLOCK_WRONG: &str = "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟";
const SIGNATURE_WRONG: &str = "错误的签名，验签失败";
const NONCE_USED: &str = "Http头Authorization中的nonce_str已被使用，请为每个请求生成新的随机串";

/// How far a timestamp may be from the gateway's clock, in seconds.
pub(super) const WINDOW_SECONDS: i64 = 300;
/// How much of the body WeChat Pay shows in `truncated_sign_message`.
const SHOWN: usize = 8;

/// Checks requests and remembers their nonces.
#[derive(Default)]
pub(super) struct Door {
    nonces: Mutex<Nonces>,
}

/// What is signed of a request.
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    pub(super) target: &'a str,
    pub(super) body: &'a [u8],
    /// Whose operation it is.
    pub(super) scheme: Scheme,
}

impl Door {
    /// Lets a request in; gives the text that its signature has to cover as soon as it is known.
    pub(super) fn check(
        &self,
        identity: &Identity,
        headers: &HeaderMap,
        signed: &Signed<'_>,
        now: i64,
        built: &mut Option<Vec<u8>>,
    ) -> Result<(), Refusal> {
        let auth = authorization(headers, signed.scheme)?;
        let nonce = auth.nonce_str();
        let (method, target) = (signed.method, signed.target);
        let text = built.insert(request_text(
            method,
            target,
            auth.timestamp(),
            nonce,
            signed.body,
        ));
        let certificate = check_who(&auth, identity, now)?;
        check_clock(auth.timestamp(), now)?;
        if !certificate.public_key().verify(text, auth.signature()) {
            return Err(signature_wrong(signed, text));
        }
        // Last, so that nobody else can use a merchant's nonces up.
        self.remember(nonce, auth.timestamp(), now)
    }

    fn remember(&self, nonce: &str, timestamp: i64, now: i64) -> Result<(), Refusal> {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.forget_before(now.saturating_sub(WINDOW_SECONDS));
        match nonces.insert(nonce, timestamp) {
            true => Ok(()),
            false => Err(Refusal::sign_error(
                NONCE_USED,
                (
                    "the nonce was used by an earlier request: is the same signed request sent twice?",
                    "随机串已被之前的请求使用：是否把同一个签好名的请求发送了两次？",
                ),
            )),
        }
    }
}

fn authorization(headers: &HeaderMap, expected: Scheme) -> Result<Authorization, Refusal> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value,
        // What WeChat Pay answers to either is the same, as published answers show.
        (None, _) => {
            let why = (
                "the Authorization header is missing: sign the request, for instance with an SDK",
                "缺少 Authorization 请求头：请对请求签名，例如使用 SDK",
            );
            return Err(Refusal::sign_error(MALFORMED, why));
        }
        (Some(_), Some(_)) => {
            let why = (
                "there are several Authorization headers, and exactly one is taken",
                "有多个 Authorization 请求头，只能有一个",
            );
            return Err(Refusal::sign_error(MALFORMED, why));
        }
    };
    let text = value.to_str().map_err(|_| {
        let why = (
            "the Authorization header is not visible ASCII",
            "Authorization 请求头含有可见 ASCII 以外的字符",
        );
        Refusal::sign_error(MALFORMED, why)
    })?;
    let scheme = text.split(' ').next().unwrap_or_default();
    if scheme != expected.as_str() {
        let expected = expected.as_str();
        let why = (
            format!("the scheme of the Authorization header is not {expected}"),
            format!("Authorization 请求头的认证类型不是 {expected}"),
        );
        return Err(Refusal::sign_error(SCHEME_WRONG, why));
    }
    Authorization::parse(text).map_err(|err| {
        let why = Bilingual::of_error("Authorization 请求头无法解析", err);
        Refusal::sign_error(MALFORMED, why)
    })
}

fn check_who<'i>(
    auth: &Authorization,
    identity: &'i Identity,
    now: i64,
) -> Result<&'i Certificate, Refusal> {
    let (id, certificate) = identity
        .who(auth.scheme(), now)
        .map_err(|err| Refusal::internal(&err))?;
    if auth.id() != id {
        let name = auth.scheme().id_name();
        let why = (
            format!("the {name} {:?} is not {id}", auth.id()),
            format!("{name} 为 {:?}，应为 {id}", auth.id()),
        );
        return Err(Refusal::sign_error(MERCHANT_WRONG, why));
    }
    let serial = certificate.serial();
    if auth.serial_no() != serial {
        let why = (
            format!("the serial {:?} is not {serial}", auth.serial_no()),
            format!(
                "证书序列号 serial_no 为 {:?}，应为 {serial}",
                auth.serial_no()
            ),
        );
        return Err(Refusal::sign_error(SERIAL_WRONG, why));
    }
    Ok(certificate)
}

fn check_clock(timestamp: i64, now: i64) -> Result<(), Refusal> {
    let offset = timestamp.saturating_sub(now);
    if offset.unsigned_abs() <= WINDOW_SECONDS.unsigned_abs() {
        return Ok(());
    }
    let why = (
        format!("the timestamp is {offset} s from the gateway's clock"),
        format!("时间戳与网关时钟相差 {offset} 秒"),
    );
    Err(Refusal::sign_error(CLOCK_WRONG, why))
}

/// With the text that the gateway built, its body cut as WeChat Pay cuts it.
///
/// The nesting of `issue` is that of the real answers, not of the documentation.
fn signature_wrong(signed: &Signed<'_>, text: &[u8]) -> Refusal {
    let body_at = text.len().saturating_sub(signed.body.len() + 1);
    let shown = &signed.body[..signed.body.len().min(SHOWN)];
    let truncated = [&text[..body_at], shown, b"\n"].concat();
    let why = (
        "the signature does not fit the text that the gateway built from the request: compare it \
         with what was signed",
        "签名与网关根据请求构造的待签名串不符：请与签名时所用的待签名串逐字比对",
    );
    Refusal::sign_error(SIGNATURE_WRONG, why).with_detail(json!({
        "detail": {"issue": "sign not match"},
        "field": "signature",
        "location": "authorization",
        "sign_information": {
            "method": signed.method,
            "sign_message_length": text.len(),
            "truncated_sign_message": String::from_utf8_lossy(&truncated),
            "url": signed.target,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_cut_after_eight_bytes() {
        let signed = Signed {
            method: "POST",
            target: "/v3/a?b=c",
            body: br#"{"amount":1}"#,
            scheme: Scheme::Merchant,
        };
        let text = request_text("POST", signed.target, 1, "n", signed.body);
        let reply = signature_wrong(&signed, &text).reply();
        let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        let information = &body["detail"]["sign_information"];
        assert_eq!(
            information["truncated_sign_message"],
            "POST\n/v3/a?b=c\n1\nn\n{\"amount\n"
        );
        assert_eq!(information["sign_message_length"], text.len());
    }
}
