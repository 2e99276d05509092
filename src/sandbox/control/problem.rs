//! The errors of the control API.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::json;

use crate::bilingual::Bilingual;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::world::ActionError;
use wechatpay_core::catalog::AnswerSignature;
use wechatpay_core::error::Error;

/// An error with a hint on how to fix it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) error: Bilingual,
    pub(super) hint: Bilingual,
}

pub(super) type Outcome<T> = Result<T, Problem>;

impl Problem {
    pub(super) fn new(
        status: StatusCode,
        error: impl Into<Bilingual>,
        hint: impl Into<Bilingual>,
    ) -> Self {
        let (error, hint) = (error.into(), hint.into());
        Self {
            status,
            error,
            hint,
        }
    }

    /// The request is invalid.
    pub(super) fn bad(error: impl Into<Bilingual>, hint: impl Into<Bilingual>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    /// The requested thing does not exist.
    pub(super) fn missing(error: impl Into<Bilingual>, hint: impl Into<Bilingual>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error, hint)
    }

    /// The requested page does not exist.
    pub(super) fn no_page() -> Self {
        let error = (
            "There is no such page, or not any more.",
            "没有这个页面，或者已经被清除。",
        );
        Self::missing(error, ("", ""))
    }

    /// The action is not possible.
    pub(super) fn of_action(err: ActionError) -> Self {
        let hint = (
            "GET orders, refunds, transfers and complaints say how things stand",
            "请查看订单、退款、转账或投诉的当前状态",
        );
        match err {
            ActionError::NotFound(error) => Self::missing(error, hint),
            ActionError::Conflict(error) => Self::new(StatusCode::CONFLICT, error, hint),
            ActionError::Internal(error) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, error, ("", ""))
            }
            ActionError::Invalid(error) => {
                Self::bad(error, ("change what was sent", "请修改请求内容"))
            }
        }
    }

    /// The refusal that WeChat Pay returns for the same request.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        let (code, message) = (refusal.code, &refusal.message);
        let error = (format!("{code}: {message}"), format!("{code}：{message}"));
        Self::new(StatusCode::CONFLICT, error, refusal.why.clone())
    }

    /// An error of the library about an argument; `zh` says it in Chinese.
    pub(super) fn of(
        err: &Error,
        zh: impl Into<Cow<'static, str>>,
        hint: impl Into<Bilingual>,
    ) -> Self {
        Self::bad(Bilingual::of_error(zh, err.report()), hint)
    }

    pub(super) fn too_long() -> Self {
        let error = ("the body is too long", "请求报文主体过长");
        let hint = (
            "the control API reads 1 MiB at most",
            "控制接口最多读取 1 MiB",
        );
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, error, hint)
    }

    pub(super) fn reply(&self) -> Reply {
        let body = json!({
            "error": self.error.en,
            "hint": self.hint.en,
            "error_zh": self.error.zh,
            "hint_zh": self.hint.zh,
        });
        Reply::json(self.status, &body, AnswerSignature::Nothing)
    }
}
