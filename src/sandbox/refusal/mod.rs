//! A refusal: the error that the gateway answers, and the reason for the developer.
//!
//! [`business`] holds the refusals of business rules.

pub(crate) mod business;
mod issue;
#[cfg(test)]
mod page;

use std::borrow::Cow;

use http::StatusCode;
use serde_json::{Value, json};

use crate::bilingual::Bilingual;
use crate::record::Verdict;
use crate::reply::Reply;
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::error::Error;

/// An error answer of the gateway, and the reason that the record shows.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: Cow<'static, str>,
    detail: Option<Box<Value>>,
    /// The row of the table that it is made from.
    entry: Option<&'static business::Entry>,
    /// The exact reason, for the developer.
    pub(crate) why: Bilingual,
    signed: bool,
    /// Whether the request is valid and only the state forbids it.
    pub(crate) is_business: bool,
}

/// The reason of a refusal that was injected.
pub(crate) const AS_TOLD: Bilingual = Bilingual::new("a fault was injected", "按要求返回该错误");

/// A `location` of WeChat Pay's error details, in Chinese.
pub(crate) fn place(location: &str) -> &'static str {
    match location {
        "body" => "请求报文主体",
        "query" => "查询参数",
        _ => "路径参数",
    }
}

impl Refusal {
    /// 401. It is not signed, because the client is not authenticated.
    pub(crate) fn sign_error(message: &'static str, why: impl Into<Bilingual>) -> Self {
        Self {
            signed: false,
            ..Self::new(StatusCode::UNAUTHORIZED, "SIGN_ERROR", message, why)
        }
    }

    /// 400 `PARAM_ERROR`.
    pub(crate) fn param_error(
        message: impl Into<Cow<'static, str>>,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "PARAM_ERROR", message, why)
    }

    /// 400 `PARAM_ERROR` about one field; `issue` is in Chinese, as WeChat Pay's are.
    pub(crate) fn field(field: &str, issue: &str, location: &str) -> Self {
        let why = (
            format!("{field} in the {location}: {}", issue::english(issue)),
            format!("{}的 {field}：{issue}", place(location)),
        );
        let detail = json!({"field": field, "issue": issue, "location": location});
        Self::param_error("参数错误", why).with_detail(detail)
    }

    /// The state does not allow the request.
    pub(crate) fn business(
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

    /// APIv2's `return_code` FAIL, which has no error code.
    pub(crate) fn v2(message: impl Into<Cow<'static, str>>, why: impl Into<Bilingual>) -> Self {
        Self::new(StatusCode::OK, "FAIL", message, why)
    }

    /// APIv2's `result_code` FAIL, which is signed.
    pub(crate) fn v2_failure(
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self {
            is_business: true,
            ..Self::new(StatusCode::OK, code, message, why)
        }
    }

    /// APIv2's `PARAM_ERROR` about one member with a wrong value.
    pub(crate) fn v2_member(name: &str, why: impl Into<Bilingual>) -> Self {
        Self::v2_failure("PARAM_ERROR", format!("{name}参数错误"), why)
    }

    /// The same refusal as APIv2 answers it.
    pub(crate) fn into_v2(self) -> Self {
        if let Some((code, message)) = self.entry.and_then(|entry| entry.v2) {
            return Self {
                code,
                message: message.into(),
                ..self
            };
        }
        let field = self
            .detail
            .as_ref()
            .filter(|_| self.code == "PARAM_ERROR")
            .and_then(|detail| detail["field"].as_str());
        match field.map(|field| field.trim_start_matches('/').to_owned()) {
            Some(name) => Self::v2_member(&name, self.why),
            None => self,
        }
    }

    /// `INVALID_REQUEST` before the client is authenticated, so it is not signed.
    pub(crate) fn invalid(
        status: StatusCode,
        message: impl Into<Cow<'static, str>>,
        why: impl Into<Bilingual>,
    ) -> Self {
        Self {
            signed: false,
            ..Self::new(status, "INVALID_REQUEST", message, why)
        }
    }

    /// 500 `SYSTEM_ERROR`: the sandbox failed, or a stubbed answer cannot be given.
    pub(crate) fn internal(err: &Error) -> Self {
        let why = Bilingual::of_error("沙箱出错，或无法给出指定的应答", err.report());
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "SYSTEM_ERROR", "系统错误", why)
    }

    /// The usual code and message of a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
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

    /// The answer to a merchant in public-key mode that asks for certificates.
    pub(crate) fn no_certificate() -> Self {
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

    /// Adds the `detail` member of the body.
    pub(crate) fn with_detail(mut self, detail: Value) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }

    /// The HTTP answer.
    pub(crate) fn reply(&self) -> Reply {
        let mut body = json!({"code": self.code, "message": self.message});
        if let Some(detail) = &self.detail {
            body["detail"] = (**detail).clone();
        }
        let covers = if self.signed {
            AnswerSignature::Body
        } else {
            AnswerSignature::Nothing
        };
        Reply::json(self.status, &body, covers)
    }

    /// The verdict for the record of the call.
    pub(crate) fn verdict(self) -> Verdict {
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
            entry: None,
            why: why.into(),
            signed: true,
            is_business: false,
        }
    }
}
