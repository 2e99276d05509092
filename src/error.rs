//! The one error type: what went wrong, whether money may have moved, and what to do next.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

/// A boxed error of any type, as middleware and transports may return.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong in a call.
///
/// Payment code branches on [`Error::maybe_sent`] first: `false` means that the request certainly
/// never left this process; `true` means that WeChat Pay may have acted on it, so query the order
/// before trying anything else.
///
/// `Display` prints one level; the causes are in [`source`](StdError::source), and
/// [`Error::report`] prints all of them on one line.
///
/// ```
/// use wechatpay_chain::{Error, ErrorKind};
///
/// fn advice(err: &Error) -> &'static str {
///     match err.kind() {
///         ErrorKind::Api => "WeChat Pay said no: look at err.api()",
///         _ if err.maybe_sent() => "unknown outcome: query the order",
///         _ => "nothing was sent: fix the cause and call again",
///     }
/// }
/// ```
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    maybe_sent: bool,
    api: Option<ApiError>,
    request_id: Option<String>,
    body: Option<Bytes>,
}

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// WeChat Pay, or something between, refused: a status that is not 2xx, or in APIv2 a
    /// `return_code` or `result_code` that is not `SUCCESS`; see [`Error::api`].
    Api,
    /// `.wait()` was used where it would wait for itself.
    Blocking,
    /// The response body could not be read, is too large, or is not what was asked for.
    Body,
    /// The client's settings are wrong or incomplete.
    Builder,
    /// The platform certificates could not be fetched, or are not to be trusted; the call itself was
    /// not sent.
    Certificates,
    /// No connection could be made; nothing was sent.
    Connect,
    /// A sensitive field or resource of a response could not be decrypted.
    Decrypt,
    /// A sensitive field of the request could not be encrypted; nothing was sent.
    Encrypt,
    /// A local file could not be read or written.
    File,
    /// A header's name or value is malformed, or is one that only this crate may set.
    Header,
    /// A key or certificate could not be read, or is of another kind than expected.
    Key,
    /// A middleware failed with an error of its own.
    Middleware,
    /// The path or its variables are wrong; nothing was sent.
    Path,
    /// The response carries a signature that is wrong on purpose (`WECHATPAY/SIGNTEST/`).
    ///
    /// WeChat Pay probes whether clients verify. The request **was processed**: query before
    /// repeating it, and raise no alarm.
    Probe,
    /// The body, query or an option of the call is not valid; nothing was sent.
    Request,
    /// The store of notifications seen before failed.
    Seen,
    /// The middleware stack was edited with an unknown or duplicate name.
    Stack,
    /// The call took longer than its timeout.
    Timeout,
    /// The connection failed after it was made.
    Transport,
    /// This build or version cannot do what was asked; nothing was sent.
    Unsupported,
    /// The response's signature could not be verified; do not act on the response.
    Verify,
}

/// A refusal of WeChat Pay: an answer whose status is not 2xx, or an APIv2 one that says `FAIL`.
///
/// Status, Request-ID and the raw body are kept also where the body is not the JSON that WeChat
/// Pay sends, say an HTML page of a proxy.
///
/// Source: WeChat Pay document "基本规则", section 错误信息.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// `code` of the body, for example `PARAM_ERROR`; empty when the body has none.
    pub code: String,
    /// `message` of the body; empty when the body has none.
    pub message: String,
    /// `detail` of the body; `Null` when the body has none.
    pub detail: Value,
    /// The `Request-ID` header: what WeChat Pay's support asks for.
    pub request_id: Option<String>,
    /// The body as received.
    pub body: Bytes,
    /// Whether the answer's own signature was right.
    pub verification: Verification,
}

/// What is known of a response's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verification {
    /// Nobody looked: the stack has no `verifier`.
    NotChecked,
    /// The response carries no signature headers (only accepted outside 2xx).
    Absent,
    /// This endpoint's answers are declared to carry no signature.
    Unsigned,
    /// The signature does not hold; only seen on a non-2xx answer, a 2xx one is an error.
    Failed(VerifyFailure),
    /// The signature was checked with the platform key of this id.
    Verified {
        /// The platform certificate serial or public key id.
        serial: String,
    },
}

/// Why a signature was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyFailure {
    /// A `Wechatpay-*` header that the check needs is missing or unreadable.
    Header {
        /// The header's name.
        name: &'static str,
    },
    /// The timestamp is too far from this machine's clock (more than 300 s).
    Clock {
        /// Their time minus ours, in seconds.
        offset: i64,
    },
    /// The serial is not among the platform keys of this client.
    UnknownSerial {
        /// What the response named.
        serial: String,
        /// What this client knows.
        known: Vec<String>,
    },
    /// The platform certificate's time is over.
    Expired {
        /// The certificate's serial.
        serial: String,
        /// The last moment it was valid, in Unix seconds.
        not_after: i64,
    },
    /// The signature does not fit the body.
    Signature {
        /// The platform key it was checked with.
        serial: String,
    },
    /// The file is not the one whose digest was given.
    Digest {
        /// The digest's algorithm: `SHA1`.
        algorithm: &'static str,
        /// What the file should have, in hex.
        expected: String,
        /// What it has.
        found: String,
    },
    /// A probe of WeChat Pay: wrong on purpose.
    Probe,
}

impl Error {
    /// An error of a kind, with a sentence that says what to do next.
    ///
    /// Middleware and transports make their own errors with it.
    ///
    /// ```
    /// use wechatpay_chain::{Error, ErrorKind};
    /// let err = Error::new(ErrorKind::Middleware, "the remote signer is down; try again later");
    /// assert!(!err.maybe_sent());
    /// ```
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let maybe_sent = matches!(
            kind,
            ErrorKind::Api
                | ErrorKind::Body
                | ErrorKind::Decrypt
                | ErrorKind::Probe
                | ErrorKind::Timeout
                | ErrorKind::Transport
                | ErrorKind::Verify
        );
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                source: None,
                maybe_sent,
                api: None,
                request_id: None,
                body: None,
            }),
        }
    }

    /// The same error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(source.into().into());
        self
    }

    /// The same error, saying whether the request may have been sent.
    ///
    /// For transports and middleware that know better than the kind does.
    #[must_use]
    pub fn with_maybe_sent(mut self, maybe_sent: bool) -> Self {
        self.inner.maybe_sent = maybe_sent;
        self
    }

    /// The same error once more, for all who waited for the same thing.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }

    pub(crate) fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.inner.request_id = request_id;
        self
    }

    pub(crate) fn with_body(mut self, body: Bytes) -> Self {
        self.inner.body = Some(body);
        self
    }

    pub(crate) fn from_api(api: ApiError) -> Self {
        let message = match (api.code.as_str(), api.message.as_str()) {
            ("", "") => format!("WeChat Pay answered {}", api.status),
            (code, message) => format!("WeChat Pay answered {}: {code} {message}", api.status),
        };
        let mut err = Self::new(ErrorKind::Api, message)
            .with_request_id(api.request_id.clone())
            .with_body(api.body.clone());
        err.inner.api = Some(api);
        err
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether WeChat Pay may have received, and acted on, the request.
    ///
    /// `false` is a promise; `true` asks to query before repeating.
    #[must_use]
    pub fn maybe_sent(&self) -> bool {
        self.inner.maybe_sent
    }

    /// The answer, when [`kind`](Self::kind) is [`ErrorKind::Api`].
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        self.inner.api.as_ref()
    }

    /// The `Request-ID` of the answer, when there was one: what WeChat Pay's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// The answer's body as received, when there was an answer.
    ///
    /// After [`ErrorKind::Verify`] it is somebody's word, not WeChat Pay's: look at it, do not act on
    /// it.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.inner.body.as_ref()
    }

    /// Why a signature was not accepted, when that is what went wrong.
    #[must_use]
    pub fn verify_failure(&self) -> Option<&VerifyFailure> {
        self.find()
    }

    /// Whether it is an answer of WeChat Pay with a status that is not 2xx.
    #[must_use]
    pub fn is_api(&self) -> bool {
        self.kind() == ErrorKind::Api
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.any(|err| err.kind() == ErrorKind::Connect)
    }

    /// Whether a timeout ran out, in whatever layer.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.any(|err| err.kind() == ErrorKind::Timeout)
            || self
                .find::<std::io::Error>()
                .is_some_and(|err| err.kind() == std::io::ErrorKind::TimedOut)
    }

    /// Whether the same call may be made again without a query first.
    ///
    /// True where nothing was sent because no connection could be made, and where WeChat Pay
    /// refused the request for its frequency (429). Wait before repeating.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.api() {
            // Without a code it is not WeChat Pay that says so.
            Some(api) => api.status == StatusCode::TOO_MANY_REQUESTS && !api.code.is_empty(),
            None => !self.maybe_sent() && (self.is_connect() || self.is_timeout()),
        }
    }

    /// The first cause of type `E`, this error's own sources included.
    ///
    /// ```
    /// use wechatpay_chain::{Error, ErrorKind};
    /// let err = Error::new(ErrorKind::Transport, "cut").with_source(std::io::Error::other("reset"));
    /// assert!(err.find::<std::io::Error>().is_some());
    /// ```
    #[must_use]
    pub fn find<E: StdError + 'static>(&self) -> Option<&E> {
        self.sources().find_map(|err| err.downcast_ref())
    }

    /// This error and all its causes in one line.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text = self.to_string();
        for cause in self.sources() {
            text.push_str(": ");
            text.push_str(&cause.to_string());
        }
        text
    }

    fn any(&self, test: impl Fn(&Self) -> bool) -> bool {
        test(self)
            || self
                .sources()
                .filter_map(|err| err.downcast_ref())
                .any(test)
    }

    fn sources(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        std::iter::successors(self.source(), |&err| err.source())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.inner.kind)
            .field("message", &self.inner.message)
            .field("maybe_sent", &self.inner.maybe_sent);
        if let Some(api) = &self.inner.api {
            out.field("api", api);
        }
        if let Some(source) = &self.inner.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|err| err as _)
    }
}

/// The body is left out: answers name people and orders. Read [`ApiError::body`] to see it.
impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .field("verification", &self.verification)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for VerifyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name } => write!(f, "the header {name} is missing or unreadable"),
            Self::Clock { offset } => write!(
                f,
                "the timestamp is {offset} s from this machine's clock, more than 300 s; \
                 check the clock"
            ),
            Self::UnknownSerial { serial, known } => write!(
                f,
                "no platform key has the id {serial:?}; this client knows {known:?}; \
                 add the key or certificate of that id"
            ),
            Self::Expired { serial, not_after } => write!(
                f,
                "the platform certificate {serial} ended at Unix time {not_after}; check the clock, \
                 or move to the public key (微信支付公钥), which does not end"
            ),
            Self::Signature { serial } => {
                write!(
                    f,
                    "the signature does not fit the body under the key {serial}"
                )
            }
            Self::Digest {
                algorithm,
                expected,
                found,
            } => write!(
                f,
                "the file's {algorithm} is {found} and should be {expected}"
            ),
            Self::Probe => f.write_str("a signature probe of WeChat Pay, wrong on purpose"),
        }
    }
}

impl StdError for VerifyFailure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn predicates_walk_the_causes() {
        let inner = Error::new(ErrorKind::Timeout, "slow");
        let outer = Error::new(ErrorKind::Middleware, "wrapped").with_source(inner);
        assert!(outer.is_timeout());
        assert!(!outer.is_connect());
        assert_eq!(outer.report(), "wrapped: slow");
        assert_eq!(outer.to_string(), "wrapped");
    }

    #[test]
    fn only_what_never_left_or_was_refused_for_frequency_is_retryable() {
        assert!(Error::new(ErrorKind::Connect, "").is_retryable());
        assert!(!Error::new(ErrorKind::Transport, "").is_retryable());
        assert!(!Error::new(ErrorKind::Timeout, "").is_retryable());
        assert!(!Error::new(ErrorKind::Path, "").is_retryable());
    }
}
