use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

/// A refusal: an answer whose status is not 2xx, or an APIv2 answer that says `FAIL`.
///
/// Status, Request-ID and raw body are kept even if the body is not WeChat Pay's JSON, for example
/// the HTML page of a proxy.
///
/// Source: WeChat Pay document "基本规则", section 错误信息.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers of the answer, such as `Retry-After`.
    pub headers: HeaderMap,
    /// `code` of the body, for example `PARAM_ERROR`; empty when the body has none.
    pub code: String,
    /// `message` of the body; empty when the body has none.
    pub message: String,
    /// `detail` of the body; `Null` when the body has none.
    pub detail: Value,
    /// The `Request-ID` header, which WeChat Pay's support asks for.
    pub request_id: Option<String>,
    /// The body as received.
    pub body: Bytes,
    /// Whether the body is complete. `false` when the connection broke in the middle, when no more of it
    /// arrived for 5 s or half of the call's remaining time, or when it was too long.
    pub complete: bool,
    /// The result of verifying the answer's signature.
    pub verification: Verification,
}

/// Codes with which WeChat Pay says that the outcome of a request is unknown or pending.
///
/// The first of each pair of spellings is APIv2's.
const UNDECIDED: [&str; 9] = [
    "SYSTEMERROR",
    "SYSTEM_ERROR",
    "BANKERROR",
    "BANK_ERROR",
    "USERPAYING",
    "USER_PAYING",
    "PROCESSING",
    "SEND_FAILED",
    "BIZERR_NEED_RETRY",
];

impl ApiError {
    /// Creates a refusal with this status and nothing else.
    #[doc(hidden)]
    #[must_use]
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            code: String::new(),
            message: String::new(),
            detail: Value::Null,
            request_id: None,
            body: Bytes::new(),
            verification: Verification::NotChecked,
            complete: true,
        }
    }

    /// Whether this answer leaves the outcome of the request open, so that money may have moved.
    ///
    /// True for an answer with an invalid signature, whatever it says; for a 5xx; for the codes with which
    /// WeChat Pay says that it does not know the outcome (`SYSTEMERROR`, `BANKERROR`, `USERPAYING`,
    /// `PROCESSING`, `SEND_FAILED`, `BIZERR_NEED_RETRY`); for an APIv2 `result_code` `FAIL` without an
    /// `err_code`; and, without a valid signature, for an answer without a `code`, for a 429 and for one that is not
    /// [`complete`](Self::complete): it may come from a proxy that has forwarded the request. Query first, or repeat the
    /// same request with the same numbers; never send one with new numbers.
    ///
    /// It is meaningless for requests that change nothing, such as a GET.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        let signed = matches!(self.verification, Verification::Verified { .. });
        matches!(self.verification, Verification::Failed(_))
            || self.status.is_server_error()
            || self.has_undecided_code()
            || self.is_unexplained()
            || !signed
                && (self.code.is_empty()
                    || !self.complete
                    || self.status == StatusCode::TOO_MANY_REQUESTS)
    }

    /// Ignores case and surrounding spaces: an oddly written code must not count as decided.
    fn has_undecided_code(&self) -> bool {
        let code = self.code.trim();
        UNDECIDED.iter().any(|own| own.eq_ignore_ascii_case(code))
    }

    /// Whether an APIv2 request was accepted for processing and failed without an `err_code`.
    fn is_unexplained(&self) -> bool {
        let text = |name: &str| self.detail[name].as_str().unwrap_or_default();
        self.status.is_success()
            && text("return_code") == "SUCCESS"
            && matches!(text("err_code").trim(), "" | "SUCCESS")
    }
}

/// The result of verifying a response's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verification {
    /// Not checked, because the stack has no `verifier`.
    NotChecked,
    /// The response carries no signature headers (only accepted outside 2xx).
    Absent,
    /// The catalog declares that this endpoint's responses carry no signature.
    Unsigned,
    /// The signature is invalid. Only non-2xx answers carry this; a 2xx answer becomes an error.
    Failed(VerifyFailure),
    /// The signature was checked with the platform key of this id.
    Verified {
        /// The platform certificate serial or public key id.
        serial: String,
    },
}

/// Why a signature was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyFailure {
    /// A `Wechatpay-*` header that the check needs is missing or unreadable.
    Header {
        /// The header's name.
        name: &'static str,
    },
    /// An element that the check of an APIv2 message needs is missing or empty.
    Element {
        /// The element's name.
        name: &'static str,
    },
    /// The timestamp is too far from this machine's clock (more than 300 s).
    Clock {
        /// The timestamp minus this machine's clock, in seconds.
        offset: i64,
    },
    /// The serial is not among the platform keys of this client.
    UnknownSerial {
        /// The serial in the response.
        serial: String,
        /// The serials that this client knows.
        known: Vec<String>,
    },
    /// The platform certificate has expired.
    Expired {
        /// The certificate's serial.
        serial: String,
        /// The last moment it was valid, in Unix seconds.
        not_after: i64,
    },
    /// The platform certificate is not yet valid.
    NotYetValid {
        /// The certificate's serial.
        serial: String,
        /// The first moment it will be valid, in Unix seconds.
        not_before: i64,
    },
    /// The signature does not match the body.
    Signature {
        /// The platform key it was checked with.
        serial: String,
    },
    /// The file does not have the expected digest.
    Digest {
        /// The digest's algorithm: `SHA1`.
        algorithm: &'static str,
        /// The expected digest, in hex.
        expected: String,
        /// The actual digest, in hex.
        found: String,
    },
    /// The answer is about another order, merchant or app than the request.
    Mismatch {
        /// The member's name in the request.
        member: &'static str,
    },
    /// An APIv2 message states neither success nor failure: `return_code` and
    /// `result_code` must each appear exactly once, as texts, with `SUCCESS` or `FAIL`.
    Outcome {
        /// The offending member.
        member: &'static str,
    },
    /// An answer with this `Wechatpay-Nonce` was received before.
    Replayed,
    /// A probe by WeChat Pay, with a deliberately wrong signature.
    Probe,
}

impl fmt::Display for VerifyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name } => write!(f, "the header {name} is missing or unreadable"),
            Self::Element { name } => write!(f, "the element <{name}> is missing or empty"),
            Self::Clock { offset } => write!(
                f,
                "the timestamp differs from this machine's clock by {offset} s, more than 300 s; check \
                 the clock"
            ),
            Self::UnknownSerial { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::Signature { .. } => self.write_key_failure(f),
            Self::Digest {
                algorithm,
                expected,
                found,
            } => write!(
                f,
                "the file's {algorithm} is {found} and should be {expected}; WeChat Pay announces the \
                 digest of the unzipped file, so with tar_type=GZIP ask for .gunzip() as well"
            ),
            Self::Mismatch { member } => {
                write!(f, "the answer's {member} differs from the request's")
            }
            Self::Outcome { member } => {
                write!(f, "{member} must appear exactly once, as SUCCESS or FAIL")
            }
            Self::Replayed => f.write_str(
                "an earlier answer had the same Wechatpay-Nonce: old answers are being replayed",
            ),
            Self::Probe => f.write_str("a signature probe by WeChat Pay, deliberately wrong"),
        }
    }
}

impl VerifyFailure {
    /// Writes the failures that concern a platform key.
    fn write_key_failure(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSerial { serial, known } => write!(
                f,
                "no platform key has the id {serial:?}; this client knows {known:?}; \
                 add the key or certificate of that id"
            ),
            Self::Expired { serial, not_after } => write!(
                f,
                "the platform certificate {serial} expired at Unix time {not_after}; check the clock, \
                 or move to the public key (微信支付公钥), which does not expire"
            ),
            Self::NotYetValid { serial, not_before } => write!(
                f,
                "the platform certificate {serial} is not valid before Unix time {not_before}; check \
                 the clock"
            ),
            // APIv2's keys have no ids, so there it is a phrase.
            Self::Signature { serial } if serial.contains(' ') => {
                write!(f, "the signature does not match the body under {serial}")
            }
            Self::Signature { serial } => {
                write!(
                    f,
                    "the signature does not match the body under the key {serial}"
                )
            }
            _ => Ok(()),
        }
    }
}

impl StdError for VerifyFailure {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(code: &str, detail: Value) -> ApiError {
        ApiError {
            code: code.to_owned(),
            detail,
            verification: Verification::Unsigned,
            ..ApiError::new(StatusCode::OK)
        }
    }

    #[test]
    fn a_malformed_code_changes_no_other_decision() {
        for code in [
            "SYSTEMERROR",
            "SYSTEMERROR ",
            "SystemError",
            "\nsystem_error",
        ] {
            assert!(answer(code, Value::Null).is_undecided(), "{code:?}");
        }
        for code in ["NOTENOUGH", "SYSTEMERRORS", "PARAM_ERROR"] {
            assert!(!answer(code, Value::Null).is_undecided(), "{code:?}");
        }
        let failed = json!({"return_code": "SUCCESS", "result_code": "FAIL", "err_code": " "});
        assert!(answer("FAIL", failed).is_undecided());
    }
}
