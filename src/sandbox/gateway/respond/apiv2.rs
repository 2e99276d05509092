//! Responses in the form of APIv2: XML signed with the APIv2 key.

use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::apiv2::{self, Members, xml_reply};
use crate::fault::Fault;
use crate::refusal::{AS_TOLD, Refusal};
use crate::reply::Reply;
use wechatpay_core::catalog::{AnswerKind, AnswerSignature, Operation};
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

/// The key that signs a response.
#[derive(Clone, Copy)]
pub(super) struct ResponseContext<'a> {
    pub(super) operation: &'a Operation,
    pub(super) key: &'a Secret,
    pub(super) clock: &'a dyn Clock,
    pub(super) fault: Option<&'a Fault>,
    /// The members of the request, if it was parsed.
    pub(super) request: Option<&'a Members>,
}

impl ResponseContext<'_> {
    /// Turns a JSON response into APIv2's: XML with `return_code` and a signature.
    pub(super) fn reply(self, mut reply: Reply) -> Result<Reply> {
        let content_type = reply.headers.get(CONTENT_TYPE);
        let is_json =
            content_type.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
        let stays_json = self.operation.answer() == AnswerKind::Json;
        if !is_json || stays_json || !reply.status.is_success() {
            reply.covers = AnswerSignature::Nothing;
            return Ok(reply);
        }
        let Ok(Value::Object(content)) = serde_json::from_slice(&reply.body) else {
            return Err(Error::new(
                ErrorKind::Builder,
                "the response of an APIv2 operation has to be a JSON object",
            ));
        };
        let mut members = Members::from_iter([
            ("return_code".to_owned(), json!("SUCCESS")),
            ("return_msg".to_owned(), json!("OK")),
            ("result_code".to_owned(), json!("SUCCESS")),
        ]);
        if content
            .get("result_code")
            .is_some_and(|code| code == "FAIL")
        {
            members.extend(self.sender());
        }
        members.insert("nonce_str".to_owned(), json!(self.clock.nonce()?));
        members.extend(content.into_iter().filter(|(name, _)| name != "sign"));
        if self.operation.answer_signature() != AnswerSignature::Nothing {
            let sign_type = self.request.map(|it| apiv2::sign_type(self.operation, it));
            let sign_type = sign_type.transpose()?.unwrap_or_default();
            apiv2::sign(&mut members, sign_type, self.key, self.fault)?;
        }
        xml_reply(reply.status, &members)
    }

    /// The members of the request that name its sender, which a failure repeats.
    ///
    /// Source: published failures of "查询订单", "统一下单" and "企业付款".
    fn sender(self) -> impl Iterator<Item = (String, Value)> {
        const NAMES: [&str; 6] = [
            "appid",
            "mch_appid",
            "mch_id",
            "mchid",
            "sub_appid",
            "sub_mch_id",
        ];
        let sent = move |name: &str| {
            let value = self
                .request?
                .get(name)
                .filter(|value| **value != json!(""))?;
            Some((name.to_owned(), value.clone()))
        };
        NAMES.into_iter().filter_map(sent)
    }

    /// The response to a refused request. It is signed when the request itself was valid.
    pub(super) fn refusal(self, refusal: &Refusal) -> Reply {
        if !refusal.is_business {
            return unsigned(&refusal.message);
        }
        let members = json!({
            "result_code": "FAIL",
            "err_code": refusal.code,
            "err_code_des": refusal.message,
        });
        let failed = Reply::json(StatusCode::OK, &members, AnswerSignature::Nothing);
        self.reply(failed)
            .unwrap_or_else(|err| Refusal::internal(&err).reply())
    }
}

/// APIv2's refusal for a status of APIv3; `None` for statuses that only a proxy in front of the gateway
/// returns.
///
/// Source: the tables of errors (错误码) of "统一下单", "查询订单" and "申请退款" of APIv2.
pub(super) fn refusal_of_status(status: StatusCode) -> Option<Refusal> {
    let (code, message) = match status.as_u16() {
        400 => ("PARAM_ERROR", "参数错误"),
        401 => return Some(Refusal::v2("签名错误", AS_TOLD)),
        403 => ("NOAUTH", "商户无此接口权限"),
        404 => ("ORDERNOTEXIST", "此交易订单号不存在"),
        429 => ("FREQUENCY_LIMITED", "频率限制"),
        500 => ("SYSTEMERROR", "系统错误"),
        _ if status.is_client_error() => ("INVALID_REQUEST", "无效请求"),
        _ => return None,
    };
    Some(Refusal::v2_failure(code, message, AS_TOLD))
}

/// A refusal that concerns no operation: unsigned, with the status of the refusal.
pub(super) fn unknown(refusal: &Refusal) -> Reply {
    let mut reply = unsigned(&refusal.message);
    reply.status = refusal.status;
    reply
}

fn unsigned(message: &str) -> Reply {
    let members = Members::from_iter([
        ("return_code".to_owned(), json!("FAIL")),
        ("return_msg".to_owned(), json!(message)),
    ]);
    xml_reply(StatusCode::OK, &members).unwrap_or_else(|err| Refusal::internal(&err).reply())
}
