//! What the control API says when it cannot do as it is asked.

use http::StatusCode;
use serde_json::json;

use super::super::refusal::Refusal;
use super::super::reply::Reply;
use super::super::world::Denied;
use crate::catalog::AnswerSignature;
use crate::error::Error;

/// What is wrong, and what to do about it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) error: String,
    pub(super) hint: String,
}

pub(super) type Outcome<T> = Result<T, Problem>;

impl Problem {
    pub(super) fn new(
        status: StatusCode,
        error: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let (error, hint) = (error.into(), hint.into());
        Self {
            status,
            error,
            hint,
        }
    }

    /// The request says something else than it should.
    pub(super) fn bad(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    /// There is no such thing.
    pub(super) fn missing(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error, hint)
    }

    /// There is no such thing, its state does not allow it, or nothing would.
    pub(super) fn denied(denied: Denied) -> Self {
        let hint = "GET orders, refunds, transfers and complaints say how things stand";
        match denied {
            Denied::Unknown(error) => Self::missing(error, hint),
            Denied::State(error) => Self::new(StatusCode::CONFLICT, error, hint),
            Denied::Wrong(error) => Self::bad(error, "change what was sent"),
        }
    }

    /// What WeChat Pay says to the same.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        let error = format!("{}: {}", refusal.code, refusal.message);
        Self::new(StatusCode::CONFLICT, error, refusal.why.clone())
    }

    /// An error of the library about what it was given.
    pub(super) fn of(err: &Error, hint: &str) -> Self {
        Self::bad(err.report(), hint)
    }

    pub(super) fn too_long() -> Self {
        let hint = "the control API reads 1 MiB at most";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long", hint)
    }

    pub(super) fn reply(&self) -> Reply {
        let body = json!({"error": self.error, "hint": self.hint});
        Reply::json(self.status, &body, AnswerSignature::Nothing)
    }
}
