//! The one error type: what went wrong, whether money may have moved, and what to do next.

mod answer;
mod json;
mod line;
mod phrase;
mod zh;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub use answer::{ApiError, Verification, VerifyFailure};
pub use phrase::{Phrases, translate};
pub use zh::chinese;

/// A boxed error of any type, as middleware and transports may return.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error type of this crate.
///
/// Payment code branches on [`Error::is_undecided`] first: `true` means that it is unknown whether
/// WeChat Pay acted on the request, so query the order before trying anything else.
/// [`Error::maybe_sent`] tells less: `false` means that the request certainly never left this process.
///
/// `Display` prints one level, with the `Request-ID` if there is one; the causes are in
/// [`source`](StdError::source), and [`Error::report`] prints all of them on one line.
///
/// ```
/// use wechatpay_chain::{Error, ErrorKind};
///
/// fn advice(err: &Error) -> &'static str {
///     match err.kind() {
///         _ if err.is_undecided() => "unknown outcome: query the order",
///         ErrorKind::Api => "WeChat Pay said no: look at err.api()",
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
    /// The message in Chinese, if the table of translations does not have it.
    chinese: Option<Box<str>>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
    maybe_sent: bool,
    undecided: bool,
    attempts: u32,
    api: Option<ApiError>,
    request_id: Option<String>,
    body: Option<Bytes>,
    /// Of an answer that is no refusal.
    headers: HeaderMap,
    curl: Option<Curl>,
}

/// An error that curl, and so PHP, tells from others of the same kind.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curl {
    /// The server closed the connection before the first line of its answer: `CURLE_GOT_NOTHING`.
    GotNothing,
    /// The server's certificate is not trusted: `CURLE_PEER_FAILED_VERIFICATION`.
    Distrusted,
}

/// The kind of an error. "Nothing was sent" speaks of the last attempt: [`Error::maybe_sent`] of the whole call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// WeChat Pay, or a proxy, refused the request: the status is not 2xx, or APIv2's `return_code` or
    /// `result_code` is not `SUCCESS`. See [`Error::api`].
    Api,
    /// `.wait()` was called where it would deadlock.
    Blocking,
    /// The response body could not be read, is too large, or has an unexpected format.
    Body,
    /// The builder's settings are wrong or incomplete.
    Builder,
    /// The platform certificates could not be fetched or verified; the call itself was not sent.
    Certificates,
    /// No connection could be made; nothing was sent.
    Connect,
    /// A sensitive field or resource of a response could not be decrypted.
    Decrypt,
    /// The store that deduplicates notifications failed.
    Dedup,
    /// A sensitive field of the request could not be encrypted; nothing was sent.
    Encrypt,
    /// A local file could not be read or written.
    File,
    /// A header's name or value is malformed, or the header is reserved for this crate.
    Header,
    /// A key or certificate could not be read, or has an unexpected type.
    Key,
    /// A limit that the program has set refused the call: calls in flight, or the rate limit of
    /// the operation; nothing was sent.
    Limit,
    /// A middleware returned an error.
    Middleware,
    /// The path or its variables are invalid; nothing was sent.
    Path,
    /// The response carries a deliberately wrong signature (`WECHATPAY/SIGNTEST/`).
    ///
    /// WeChat Pay probes whether clients verify. The request **was processed**: query before
    /// repeating it, and raise no alarm.
    Probe,
    /// The body, query or an option of the call is invalid; nothing was sent.
    Request,
    /// The middleware stack was edited with an unknown or duplicate name.
    Stack,
    /// The call took longer than its timeout.
    Timeout,
    /// The connection failed after it was made.
    Transport,
    /// This build or version does not support the request; nothing was sent.
    Unsupported,
    /// The response's signature could not be verified; do not act on the response.
    Verify,
}

impl Error {
    /// Creates an error of a kind. The message should say what to do next.
    ///
    /// Middleware and transports create their errors with it.
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
                chinese: None,
                source: None,
                maybe_sent,
                undecided: false,
                attempts: 0,
                api: None,
                request_id: None,
                body: None,
                headers: HeaderMap::new(),
                curl: None,
            }),
        }
    }

    /// Sets the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.inner.source = Some(source.into().into());
        self
    }

    /// Sets the message of [`report_zh`](Self::report_zh), for a message that quotes texts which exist in both languages.
    #[doc(hidden)]
    #[must_use]
    pub fn with_chinese(mut self, message: impl Into<Box<str>>) -> Self {
        self.inner.chinese = Some(message.into());
        self
    }

    /// Rewrites the message in both languages, for a caller who knows other names for the same things.
    #[doc(hidden)]
    #[must_use]
    pub fn edited(mut self, edit: impl Fn(&str) -> String) -> Self {
        let message = &self.inner.message;
        let chinese = self.inner.chinese.take().map(String::from);
        let chinese = chinese.or_else(|| zh::chinese(message));
        self.inner.chinese = chinese.map(|message| edit(&message).into());
        self.inner.message = edit(message).into();
        self
    }

    /// Sets whether the request may have been sent.
    ///
    /// For transports and middleware that know more than the kind implies.
    #[must_use]
    pub fn with_maybe_sent(mut self, maybe_sent: bool) -> Self {
        self.inner.maybe_sent = maybe_sent;
        self
    }

    /// Marks the outcome as open, whatever this error says: an attempt of the call may have been processed. A refusal of
    /// the last attempt, or one that was not sent, does not settle the outcome of an earlier one.
    #[doc(hidden)]
    #[must_use]
    pub fn with_open_attempt(mut self) -> Self {
        if !self.is_undecided() {
            self.inner.undecided = true;
            self.inner.maybe_sent = true;
        }
        self
    }

    /// Whether the message alone would deny that the request may have been processed. The text of a middleware denies nothing.
    fn needs_warning(&self) -> bool {
        self.inner.undecided && self.kind() != ErrorKind::Middleware
    }

    /// Sets how often the request was handed to the transport.
    #[doc(hidden)]
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.inner.attempts = attempts;
        self
    }

    /// Copies the error, for several callers that waited for the same result.
    #[doc(hidden)]
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            inner: self.inner.clone(),
        }
    }

    /// Sets the Request-ID of the answer.
    #[doc(hidden)]
    #[must_use]
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.inner.request_id = request_id;
        self
    }

    /// Sets the body of the answer.
    #[doc(hidden)]
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.inner.body = Some(body);
        self
    }

    /// Sets the headers of an answer that is no refusal.
    #[doc(hidden)]
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.inner.headers = headers;
        self
    }

    /// Returns the headers of the answer; none if there was no answer.
    #[doc(hidden)]
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.api().map_or(&self.inner.headers, |api| &api.headers)
    }

    /// Sets which error of curl it is.
    #[doc(hidden)]
    #[must_use]
    pub fn with_curl(mut self, curl: Curl) -> Self {
        self.inner.curl = Some(curl);
        self
    }

    /// Marks the connection as closed by the server before the first line of its answer.
    #[doc(hidden)]
    #[must_use]
    pub fn with_nothing_received(self) -> Self {
        self.with_curl(Curl::GotNothing)
    }

    /// Returns which error of curl it is, where its kind does not tell.
    #[doc(hidden)]
    #[must_use]
    pub fn curl(&self) -> Option<Curl> {
        self.inner.curl
    }

    /// Creates an error from a refusal.
    #[doc(hidden)]
    #[must_use]
    pub fn from_api(api: ApiError) -> Self {
        let mut message = line::line(&api);
        if api.code == "SIGN_ERROR" {
            message.push_str(
                " (api().detail has the text that WeChat Pay built; compare it with the text of a \
                 dry_run(), and check that the key and the serial belong together)",
            );
        }
        let failure = match &api.verification {
            Verification::Failed(failure) => Some(failure.clone()),
            _ => None,
        };
        if !api.complete {
            let came = api.body.len();
            message.push_str(&format!(" (only {came} bytes of its body arrived)"));
        }
        let mut err = Self::new(ErrorKind::Api, message)
            .with_request_id(api.request_id.clone())
            .with_body(api.body.clone());
        err.inner.api = Some(api);
        match failure {
            Some(failure) => err.with_source(failure),
            None => err,
        }
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether WeChat Pay may have received, and acted on, the request.
    ///
    /// `false` guarantees that nothing was sent. After `true`, query before repeating the call.
    #[must_use]
    pub fn maybe_sent(&self) -> bool {
        self.inner.maybe_sent
    }

    /// Returns how often the request was handed to the transport: 0 if the call failed before that, more than 1 if
    /// a retry or a failover repeated it.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns the refusal, if [`kind`](Self::kind) is [`ErrorKind::Api`].
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        self.inner.api.as_ref()
    }

    /// Returns the `Request-ID` of the response, if any, which WeChat Pay's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_deref()
    }

    /// Returns the response's body as received, if there was a response.
    ///
    /// After [`ErrorKind::Verify`] it may not come from WeChat Pay: inspect it, but do not act on it.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.inner.body.as_ref()
    }

    /// Returns the reason why a signature was rejected, if that was the cause.
    #[must_use]
    pub fn verify_failure(&self) -> Option<&VerifyFailure> {
        self.find()
    }

    /// Whether WeChat Pay answered with a status that is not 2xx.
    #[must_use]
    pub fn is_api(&self) -> bool {
        self.kind() == ErrorKind::Api
    }

    /// Whether no connection could be made.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.any(|err| err.kind() == ErrorKind::Connect)
    }

    /// Whether a timeout expired, in any layer.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.any(|err| err.kind() == ErrorKind::Timeout)
            || self
                .find::<std::io::Error>()
                .is_some_and(|err| err.kind() == std::io::ErrorKind::TimedOut)
    }

    /// Whether the outcome of the request is unknown, so that money may have moved. If so, query before doing anything
    /// else.
    ///
    /// For an answer of WeChat Pay it is [`ApiError::is_undecided`], for every other error
    /// [`maybe_sent`](Self::maybe_sent). It is also true if a [retry] repeated the call and an earlier attempt left
    /// its outcome open, whatever the last answer says.
    ///
    /// [retry]: https://docs.rs/wechatpay-chain/latest/wechatpay_chain/resilience/struct.RetryPolicy.html
    ///
    /// ```
    /// use wechatpay_chain::{Error, ErrorKind};
    /// assert!(Error::new(ErrorKind::Timeout, "no answer within 30 s").is_undecided());
    /// assert!(!Error::new(ErrorKind::Connect, "connection refused").is_undecided());
    /// ```
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.inner.undecided
            || self
                .api()
                .map_or_else(|| self.maybe_sent(), ApiError::is_undecided)
    }

    /// Whether the call may be repeated without a query first.
    ///
    /// True when no connection could be made, so that nothing was sent, and when WeChat Pay's rate limit
    /// rejected the request: 429 with a valid signature. Wait before repeating it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        if self.inner.undecided {
            return false;
        }
        match self.api() {
            // A gateway that answers without a signature may have forwarded the request.
            Some(api) => {
                api.status == StatusCode::TOO_MANY_REQUESTS
                    && matches!(api.verification, Verification::Verified { .. })
                    && !api.is_undecided()
            }
            None => !self.maybe_sent() && (self.is_connect() || self.is_timeout()),
        }
    }

    /// Returns the first cause of type `E`, including causes of this crate's errors.
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

    /// Returns the error and all its causes on one line. A cause that repeats the previous text is left out.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text = self.to_string();
        let mut last = text.clone();
        for cause in self.sources().map(ToString::to_string) {
            // OpenSSL nests errors three deep, each repeating the text of the next.
            if last.contains(&cause) {
                continue;
            }
            text.push_str(": ");
            text.push_str(&cause);
            last = cause;
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

/// Before the message of the last attempt.
const OPEN_ATTEMPT: &str =
    "the request may have been processed, so query before repeating it; the last attempt: ";

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.needs_warning() {
            f.write_str(OPEN_ATTEMPT)?;
        }
        f.write_str(&self.inner.message)?;
        match &self.inner.request_id {
            Some(id) => write!(f, " (Request-ID {id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.inner.kind)
            .field("message", &self.inner.message)
            .field("maybe_sent", &self.inner.maybe_sent);
        if let Some(id) = &self.inner.request_id {
            out.field("request_id", id);
        }
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

#[cfg(test)]
mod tests;
