//! Decides which requests may be repeated, and after which outcome.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::backoff::retry_after;
use super::breaker;
use crate::message::{CallInfo, Payload, Request, Response};
use wechatpay_core::catalog::Operation;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};
use wechatpay_core::protocol::xml;

/// The outcomes after which a request may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The request changes nothing.
    Read,
    /// WeChat Pay processes the request once, however often it arrives: it contains the merchant's number, and each
    /// attempt sends the same body.
    Numbered,
    /// WeChat Pay says to query it and not to repeat it.
    Never,
    /// The operation is unknown.
    Unknown,
}

/// The reason for sending a request again.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Again {
    /// Whether the previous attempt may have been processed.
    pub(super) may_have_been_processed: bool,
    /// The value of `Retry-After`.
    pub(super) after: Option<Duration>,
}

impl Repeat {
    /// Decides from the catalog and the content of the request.
    pub(super) fn of(request: &Request, info: &CallInfo) -> Self {
        let has_header = |name: &str| {
            let given = request.headers().get(name);
            given.is_some_and(|value| !value.is_empty())
        };
        Self::of_parts(request.method(), has_header, request.body(), info)
    }

    /// Decides as [`of`](Self::of) does; `has_header` says whether a header has a value.
    pub(super) fn of_parts(
        method: &Method,
        has_header: impl FnOnce(&str) -> bool,
        body: &Payload,
        info: &CallInfo,
    ) -> Self {
        if info.is_read(method) {
            return Self::Read;
        }
        let Some(operation) = info.operation() else {
            return Self::Unknown;
        };
        if let Some(header) = operation.idempotency_header() {
            return numbered(has_header(header));
        }
        if operation.must_be_queried() {
            return Self::Never;
        }
        if let Some(number) = operation.merchant_number() {
            return numbered(has_text(operation, body, number.member));
        }
        if let Some(field) = operation.idempotency_field() {
            return numbered(has_text(operation, body, field));
        }
        numbered(operation.reentrant())
    }

    /// Whether the request may be repeated although the first attempt may have been processed.
    pub(super) fn is_harmless(self) -> bool {
        matches!(self, Self::Read | Self::Numbered)
    }

    /// Returns why an attempt with this outcome may be repeated, if so; `sent` says whether anything of the
    /// attempt may have been sent.
    pub(super) fn after(self, outcome: &Result<Response>, sent: bool) -> Option<Again> {
        let answer = match outcome {
            Ok(response) if response.status().is_success() => return None,
            Ok(response) => Answer::of(response)?,
            Err(err) => match err.api() {
                Some(api) => Answer {
                    status: api.status,
                    code: api.code.trim().to_ascii_uppercase(),
                    verification: &api.verification,
                    complete: api.complete,
                    after: retry_after(&api.headers),
                },
                None => return self.after_failure(err, sent),
            },
        };
        self.after_refusal(&answer)
    }

    fn after_failure(self, err: &Error, sent: bool) -> Option<Again> {
        let again = |may_have_been_processed| Again {
            may_have_been_processed,
            after: None,
        };
        if breaker::is_open(err) {
            return None;
        }
        if !sent {
            let passing = err.is_connect() || err.is_timeout();
            return (passing && !err.maybe_sent()).then(|| again(false));
        }
        // A wrong signature is not a temporary fault and must be reported. A probe is deliberately wrong.
        let passing = matches!(
            err.kind(),
            ErrorKind::Transport | ErrorKind::Timeout | ErrorKind::Connect | ErrorKind::Probe
        );
        (passing && self.is_harmless()).then(|| again(true))
    }

    fn after_refusal(self, answer: &Answer<'_>) -> Option<Again> {
        let again = |may_have_been_processed| {
            Some(Again {
                may_have_been_processed,
                after: answer.after,
            })
        };
        if matches!(answer.verification, Verification::Failed(_)) {
            return None;
        }
        let verified = matches!(answer.verification, Verification::Verified { .. });
        let too_often = answer.is_too_often();
        if verified && answer.complete && too_often {
            return again(false);
        }
        // Without a signature, it may come from a gateway that had already forwarded the request.
        let passing = too_often || answer.status.is_server_error() || answer.is_system_error();
        if !passing {
            return None;
        }
        match self {
            Self::Read | Self::Numbered => again(true),
            // WeChat Pay documents SYSTEM_ERROR: 系统异常，请用相同参数重新调用.
            Self::Unknown if verified && answer.is_system_error() => again(true),
            Self::Never | Self::Unknown => None,
        }
    }
}

fn numbered(is_numbered: bool) -> Repeat {
    if is_numbered {
        Repeat::Numbered
    } else {
        Repeat::Unknown
    }
}

/// Whether the body has this member as a text or number. Without its number, each request is a new one.
fn has_text(operation: &Operation, body: &Payload, member: &str) -> bool {
    let is_text = |value: &Value| match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Number(_) => true,
        _ => false,
    };
    match body {
        Payload::Json(value) => value.get(member).is_some_and(is_text),
        Payload::Bytes(bytes) if operation.is_v2() => {
            xml::decode(bytes).is_ok_and(|members| members.get(member).is_some_and(is_text))
        }
        Payload::Bytes(bytes) => serde_json::from_slice::<Value>(bytes)
            .is_ok_and(|value| value.get(member).is_some_and(is_text)),
        _ => false,
    }
}

/// A refusal, with the parts that decide.
struct Answer<'a> {
    status: StatusCode,
    code: String,
    verification: &'a Verification,
    complete: bool,
    after: Option<Duration>,
}

impl<'a> Answer<'a> {
    fn of(response: &'a Response) -> Option<Self> {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return None;
        }
        let code = response
            .value()
            .ok()
            .and_then(|value| value["code"].as_str());
        let headers: &HeaderMap = response.headers();
        Some(Self {
            status,
            code: code.unwrap_or_default().trim().to_ascii_uppercase(),
            verification: response.verification(),
            complete: response.is_complete(),
            after: retry_after(headers),
        })
    }

    /// Source: "HTTP状态码" (429) and the error tables of the operations.
    fn is_too_often(&self) -> bool {
        const CODES: [&str; 6] = [
            "FREQUENCY_LIMITED",
            "FREQUENCY_LIMIT_EXCEED",
            "FREQUENCY_LIMIT",
            "FREQ_LIMIT",
            "RATELIMIT_EXCEEDED",
            "RATE_LIMIT_EXCEEDED",
        ];
        self.status == StatusCode::TOO_MANY_REQUESTS || CODES.contains(&&*self.code)
    }

    fn is_system_error(&self) -> bool {
        matches!(&*self.code, "SYSTEM_ERROR" | "SYSTEMERROR")
    }
}

#[cfg(test)]
mod tests;
