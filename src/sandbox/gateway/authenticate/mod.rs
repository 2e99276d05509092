//! Authenticates requests: the `Authorization` header of APIv3 and brand operations.

mod apiv2;
mod form;

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::received::{Received, expected_scheme};
use crate::account::{Account, Caller, Sender};
use crate::bilingual::Bilingual;
use crate::bills;
use crate::identity::is_same_serial;
use crate::refusal::Refusal;
use crate::state::SandboxState;
use wechatpay_core::catalog::Operation;
use wechatpay_core::protocol::{Authorization, Scheme, request_text};

const MALFORMED: &str = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》";
const SCHEME_WRONG: &str = "Http头Authorization认证类型不正确";
const MERCHANT_WRONG: &str = "商户未申请过证书。";
const SERIAL_WRONG: &str = "商户证书序列号有误。请使用签名私钥匹配的证书序列号";
const CLOCK_WRONG: &str = "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟";
const SIGNATURE_WRONG: &str = "错误的签名，验签失败";
const NONCE_USED: &str = "Http头Authorization中的nonce_str已被使用，请为每个请求生成新的随机串";

/// The largest accepted distance of a timestamp from the gateway's clock, in seconds.
pub(crate) const WINDOW_SECONDS: i64 = 300;
/// How many bytes of the body WeChat Pay shows in `truncated_sign_message`.
const SHOWN_BODY: usize = 8;

/// A request whose sender is known.
pub(super) struct Authenticated {
    pub(super) caller: Caller,
    /// The text that the signature covers; `None` for operations that are not signed.
    pub(super) signed_text: Option<Vec<u8>>,
    pub(super) content: Content,
}

/// The content of a request, split into its parts and not yet decrypted.
pub(super) enum Content {
    Json(Bytes),
    Upload {
        meta: Bytes,
        file: Option<Bytes>,
    },
    /// APIv2 signs members, so they are read before the signature is checked.
    V2(Value),
}

/// A refusal, with the merchant that the request names and the text that the gateway expected to be signed, as far as
/// they are known.
pub(super) struct Unauthenticated {
    pub(super) caller: Option<Caller>,
    pub(super) refusal: Box<Refusal>,
    pub(super) signed_text: Option<Vec<u8>>,
}

impl From<Refusal> for Unauthenticated {
    fn from(refusal: Refusal) -> Self {
        Self {
            caller: None,
            refusal: Box::new(refusal),
            signed_text: None,
        }
    }
}

/// Checks who sent a request, and splits its content.
pub(super) fn authenticate(
    state: &SandboxState,
    received: &Received,
) -> Result<Authenticated, Unauthenticated> {
    if let Some(operation) = received.v2_operation() {
        return apiv2::authenticate(state, received, operation);
    }
    let content = form::split(received)?;
    if received.operation.is_some_and(Operation::unsigned_request) {
        return Ok(Authenticated {
            caller: caller(Arc::clone(state.accounts.first()))?,
            signed_text: None,
            content,
        });
    }
    let expected = expected_scheme(received.operation, received.path());
    let authorization = authorization(&received.head.headers, expected)?;
    let signed = signed_request(received, &content);
    let text = signed.text(&authorization);
    let failed = |caller, refusal, text| Unauthenticated {
        caller,
        refusal: Box::new(refusal),
        signed_text: Some(text),
    };
    let (caller, sender) = match find_caller(state, &authorization) {
        Ok(found) => found,
        Err(refusal) => return Err(failed(None, refusal, text)),
    };
    match check(state, &sender, &authorization, &signed, &text) {
        Ok(()) => Ok(Authenticated {
            caller,
            signed_text: Some(text),
            content,
        }),
        Err(refusal) => Err(failed(Some(caller), refusal, text)),
    }
}

/// The parts of a request that its signature covers.
fn signed_request<'r>(received: &'r Received, content: &'r Content) -> SignedRequest<'r> {
    SignedRequest {
        method: received.head.method.as_str(),
        target: received.target(),
        // The signature of an upload covers only its part `meta`.
        body: match content {
            Content::Json(text) | Content::Upload { meta: text, .. } => text,
            Content::V2(_) => &[],
        },
    }
}

fn caller(account: Arc<Account>) -> Result<Caller, Refusal> {
    Caller::new(account).map_err(|err| Refusal::internal(&err))
}

/// The parts of a request that its signature covers.
struct SignedRequest<'a> {
    method: &'a str,
    target: &'a str,
    body: &'a [u8],
}

impl SignedRequest<'_> {
    fn text(&self, authorization: &Authorization) -> Vec<u8> {
        let (timestamp, nonce) = (authorization.timestamp(), authorization.nonce_str());
        request_text(self.method, self.target, timestamp, nonce, self.body)
    }

    /// The text without the line break after the empty body, which the download of a receipt accepts too.
    fn may_be_short<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let path = self.target.split('?').next().unwrap_or_default();
        text.strip_suffix(b"\n").filter(|_| bills::is_receipt(path))
    }
}

fn check(
    state: &SandboxState,
    sender: &Sender,
    authorization: &Authorization,
    signed: &SignedRequest<'_>,
    text: &[u8],
) -> Result<(), Refusal> {
    let now = state.now();
    check_serial(state, sender, authorization.serial_no())?;
    check_clock(authorization.timestamp(), now)?;
    let public_key = sender.certificate.public_key();
    let is_signed = |text: &[u8]| public_key.verify(text, authorization.signature());
    let is_signed = is_signed(text) || signed.may_be_short(text).is_some_and(is_signed);
    if !is_signed {
        return Err(signature_wrong(signed, text));
    }
    // Last, so that only the merchant can use up the merchant's nonces.
    let oldest = now.saturating_sub(WINDOW_SECONDS);
    let (nonce, timestamp) = (authorization.nonce_str(), authorization.timestamp());
    let nonce = format!("{} {nonce}", sender.id);
    if state.nonces.insert(&nonce, timestamp, oldest) {
        return Ok(());
    }
    let why = (
        "the nonce was used by an earlier request: is the same signed request sent twice?",
        "随机串已被之前的请求使用：是否把同一个已签名的请求发送了两次？",
    );
    Err(Refusal::sign_error(NONCE_USED, why))
}

fn authorization(headers: &HeaderMap, expected: Scheme) -> Result<Authorization, Refusal> {
    let text = single_authorization(headers).map_err(|why| Refusal::sign_error(MALFORMED, why))?;
    let scheme = text.split(' ').next().unwrap_or_default();
    // The merchant that the header names decides between the two schemes of merchants.
    let is_of_merchant = expected == Scheme::Merchant && scheme == Scheme::MerchantSm2.as_str();
    if scheme != expected.as_str() && !is_of_merchant {
        let expected = expected.as_str();
        let why = (
            format!("the scheme of the Authorization header is not {expected}"),
            format!("Authorization 请求头的认证类型不是 {expected}"),
        );
        return Err(Refusal::sign_error(SCHEME_WRONG, why));
    }
    Authorization::parse(text).map_err(|err| {
        let why = Bilingual::of_error(
                "Authorization 请求头无法解析：应为 认证类型 名称=\"值\",名称=\"值\"…，五个参数各出现一次",
                err,
            );
        Refusal::sign_error(MALFORMED, why)
    })
}

/// The only `Authorization` header, or the reason why there is none to read. WeChat Pay's published answers
/// are the same for a missing and a malformed header.
fn single_authorization(headers: &HeaderMap) -> Result<&str, (&'static str, &'static str)> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value,
        (None, _) => {
            return Err((
                "the Authorization header is missing: sign the request, for instance with an SDK",
                "缺少 Authorization 请求头：请对请求签名，例如使用 SDK",
            ));
        }
        (Some(_), Some(_)) => {
            return Err((
                "there are several Authorization headers, but only one is allowed",
                "有多个 Authorization 请求头，只能有一个",
            ));
        }
    };
    value.to_str().map_err(|_| {
        (
            "the Authorization header is not visible ASCII",
            "Authorization 请求头含有可见 ASCII 以外的字符",
        )
    })
}

/// The merchant or brand that the request names, with its account.
fn find_caller(state: &SandboxState, auth: &Authorization) -> Result<(Caller, Sender), Refusal> {
    let sender = find_sender(state, auth)?;
    let sender = check_algorithm(auth, sender)?;
    let caller = Caller::of_sender(&sender).map_err(|err| Refusal::internal(&err))?;
    Ok((caller, sender))
}

fn find_sender(state: &SandboxState, auth: &Authorization) -> Result<Sender, Refusal> {
    let (accounts, id) = (&state.accounts, auth.id());
    let found = accounts
        .sender(auth.scheme(), id, state.now())
        .map_err(|err| Refusal::internal(&err))?;
    found.ok_or_else(|| {
        let (name, known) = (
            auth.scheme().id_name(),
            accounts.expected_id(auth.scheme()),
        );
        let why = (
            format!(
                "the {name} {id:?} is not the sandbox's, as {known} is; GET merchants of the control API lists all"
            ),
            format!(
                "{name} 为 {id:?}，沙箱没有这个商户，应为 {known} 等；控制接口 GET merchants 列出全部"
            ),
        );
        Refusal::sign_error(MERCHANT_WRONG, why)
    })
}

/// The scheme has to be that of the algorithm of the sender's certificate.
fn check_algorithm(auth: &Authorization, sender: Sender) -> Result<Sender, Refusal> {
    let expected = match auth.scheme() {
        Scheme::Brand => Scheme::Brand,
        _ => Scheme::of_merchant(sender.certificate.public_key().algorithm()),
    };
    if auth.scheme() == expected {
        return Ok(sender);
    }
    let (id, expected) = (&sender.id, expected.as_str());
    let why = (
        format!(
            "the scheme of the Authorization header does not fit the certificate of {id}: write {expected}"
        ),
        format!("Authorization 请求头的认证类型与商户 {id} 的证书算法不符：应为 {expected}"),
    );
    Err(Refusal::sign_error(SCHEME_WRONG, why))
}

/// The serial has to be that of the sender's certificate, and not another merchant's.
fn check_serial(state: &SandboxState, sender: &Sender, found: &str) -> Result<(), Refusal> {
    let serial = sender.certificate.serial();
    if is_same_serial(found, serial) {
        return Ok(());
    }
    let (other, other_zh) = match state.accounts.owner_of_serial(found) {
        Some(mchid) => (
            format!(", and belongs to the merchant {mchid}"),
            format!("，它属于商户 {mchid}"),
        ),
        None => Default::default(),
    };
    let why = (
        format!("the serial {found:?} is not {serial}{other}"),
        format!("证书序列号 serial_no 为 {found:?}，应为 {serial}{other_zh}"),
    );
    Err(Refusal::sign_error(SERIAL_WRONG, why))
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

/// The refusal shows the text that the gateway built, its body truncated as WeChat Pay truncates it.
///
/// `issue` is nested as in the answers of the real gateway, which differs from the documentation.
fn signature_wrong(signed: &SignedRequest<'_>, text: &[u8]) -> Refusal {
    let body_at = text.len().saturating_sub(signed.body.len() + 1);
    let shown = &signed.body[..signed.body.len().min(SHOWN_BODY)];
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
    fn a_refusal_shows_eight_bytes_of_the_body() {
        let signed = SignedRequest {
            method: "POST",
            target: "/v3/a?b=c",
            body: br#"{"amount":1}"#,
        };
        let text = request_text("POST", signed.target, 1, "n", signed.body);
        let reply = signature_wrong(&signed, &text).reply();
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        let information = &body["detail"]["sign_information"];
        assert_eq!(
            information["truncated_sign_message"],
            "POST\n/v3/a?b=c\n1\nn\n{\"amount\n"
        );
        assert_eq!(information["sign_message_length"], text.len());
    }
}
