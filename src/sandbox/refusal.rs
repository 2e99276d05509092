//! What the gateway says when it refuses a request.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::{Value, json};

use super::bilingual::Bilingual;
use super::record::Verdict;
use super::reply::Reply;
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::error::Error;

/// A refusal: what WeChat Pay says, and for the record why.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: Cow<'static, str>,
    detail: Option<Box<Value>>,
    /// For the developer: exactly what was wrong.
    pub(super) why: Bilingual,
    signed: bool,
    /// Whether the request itself was in order.
    pub(super) is_business: bool,
}

/// A refusal that a test or a person asked for.
pub(super) const AS_TOLD: Bilingual = Bilingual::new("the sandbox was told to", "按要求返回该错误");

/// Where a field stands: a `location` of WeChat Pay's, in Chinese.
pub(super) fn place(location: &str) -> &'static str {
    match location {
        "body" => "请求报文主体",
        "query" => "查询参数",
        _ => "路径参数",
    }
}

impl Refusal {
    /// 401 and not signed: who asks is not known.
    pub(super) fn sign_error(message: &'static str, why: impl Into<Bilingual>) -> Self {
        Self {
            signed: false,
            ..Self::new(StatusCode::UNAUTHORIZED, "SIGN_ERROR", message, why)
        }
    }

    /// 400 `PARAM_ERROR`.
    pub(super) fn param_error(
        message: impl Into<Cow<'static, str>>,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "PARAM_ERROR", message, why)
    }

    /// 400 `PARAM_ERROR` about one field; `issue` is in Chinese, as WeChat Pay's are.
    pub(super) fn field(field: &str, issue: &str, location: &str) -> Self {
        let why = (
            format!("{field} in the {location}: {issue}"),
            format!("{}的 {field}：{issue}", place(location)),
        );
        let detail = json!({"field": field, "issue": issue, "location": location});
        Self::param_error("参数错误", why).with_detail(detail)
    }

    /// What the state of things does not allow.
    pub(super) fn business(
        status: StatusCode,
        code: &'static str,
        message: &'static str,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self {
            is_business: true,
            ..Self::new(status, code, message, why)
        }
    }

    /// APIv2's, which has no code for what is wrong at the door.
    pub(super) fn v2(message: impl Into<Cow<'static, str>>, why: impl Into<Bilingual>) -> Self {
        Self::new(StatusCode::OK, "FAIL", message, why)
    }

    /// APIv2's `result_code` FAIL, which is signed.
    pub(super) fn v2_failure(
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self {
            is_business: true,
            ..Self::new(StatusCode::OK, code, message, why)
        }
    }

    /// APIv2's, about one member that is neither too long nor of another type.
    pub(super) fn v2_member(name: &str, why: impl Into<Bilingual>) -> Self {
        Self::v2_failure("PARAM_ERROR", format!("{name}参数错误"), why)
    }

    /// What APIv2 says in place of [`field`](Self::field).
    pub(super) fn in_v2(self) -> Self {
        let field = self
            .detail
            .as_ref()
            .and_then(|detail| detail["field"].as_str());
        match field.map(|field| field.trim_start_matches('/').to_owned()) {
            Some(name) => Self::v2_member(&name, self.why),
            None => self,
        }
    }

    /// Before anything of the request is looked at.
    pub(super) fn invalid(
        status: StatusCode,
        message: impl Into<Cow<'static, str>>,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self {
            signed: false,
            ..Self::new(status, "INVALID_REQUEST", message, why)
        }
    }

    /// The sandbox's own fault, or that of an answer it was told to give.
    pub(super) fn internal(err: &Error) -> Self {
        let why = Bilingual::of_error("沙箱出错，或无法给出指定的应答", err.report());
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "SYSTEM_ERROR", "系统错误", why)
    }

    /// What WeChat Pay usually says with a status.
    pub(super) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            400 => ("PARAM_ERROR", "参数错误"),
            401 => ("SIGN_ERROR", "签名错误"),
            403 => ("NO_AUTH", "商户无权限"),
            404 => ("RESOURCE_NOT_EXISTS", "资源不存在"),
            429 => ("FREQUENCY_LIMITED", "频率超限"),
            502 | 503 => ("SERVICE_UNAVAILABLE", "服务不可用"),
            _ if status.is_client_error() => ("INVALID_REQUEST", "无效请求"),
            _ => ("SYSTEM_ERROR", "系统错误"),
        };
        Self::new(status, code, message, AS_TOLD)
    }

    /// What a merchant in public-key mode gets instead of certificates.
    pub(super) fn no_certificate() -> Self {
        let why = (
            "the merchant is in public-key mode",
            "商户为微信支付公钥模式，没有平台证书",
        );
        Self::new(
            StatusCode::NOT_FOUND,
            "RESOURCE_NOT_EXISTS",
            "无可用的平台证书",
            why,
        )
    }

    /// The same in other words.
    pub(super) fn in_words(self, code: &'static str, message: &'static str) -> Self {
        Self {
            message: message.into(),
            ..self.in_code(code)
        }
    }

    /// The same with another code.
    pub(super) fn in_code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// With the `detail` that the body has beside code and message.
    pub(super) fn with_detail(mut self, detail: Value) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// The answer that says so.
    pub(super) fn reply(&self) -> Reply {
        let mut body = json!({"code": self.code, "message": self.message});
        if let Some(detail) = &self.detail {
            body["detail"] = (**detail).clone();
        }
        let covers = match self.signed {
            true => AnswerSignature::Body,
            false => AnswerSignature::Nothing,
        };
        Reply::json(self.status, &body, covers)
    }

    /// For the record.
    pub(super) fn verdict(self) -> Verdict {
        let (why, why_zh) = self.why.into_both();
        Verdict::Refused {
            status: self.status,
            code: self.code,
            message: self.message.into_owned(),
            why,
            why_zh,
        }
    }

    fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            detail: None,
            why: why.into(),
            signed: true,
            is_business: false,
        }
    }
}
