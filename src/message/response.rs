use std::fmt;
use std::ops::Index;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::body_stream::BodyStream;
#[cfg(feature = "files")]
use super::saved::SavedFile;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};

/// A response of WeChat Pay.
///
/// ```no_run
/// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
/// let res = client.chain("v3/pay/transactions/native").post(serde_json::json!({}), ()).await?;
/// println!("{} {:?}", res.status(), res.request_id());
/// println!("{}", res["code_url"]);
/// # Ok(()) }
/// ```
pub struct Response {
    /// Boxed, since each layer returns the response and would copy it.
    inner: Box<Inner>,
}

struct Inner {
    status: StatusCode,
    headers: HeaderMap,
    body: ResponseBody,
    value: OnceLock<Option<Value>>,
    text: JsonText,
    verification: Verification,
    /// Whether nothing confirms that the body is complete; see [`End`](super::body::End).
    open_ended: bool,
    complete: bool,
    attempts: u32,
    #[cfg(feature = "files")]
    saved: Option<Box<SavedFile>>,
}

/// The text that the value was read from.
enum JsonText {
    Body,
    /// The body with its sensitive fields decrypted.
    Decrypted(String),
    /// The value was not read from JSON.
    Nowhere,
}

pub(crate) enum ResponseBody {
    Bytes(Bytes),
    Stream(Box<BodyStream>),
}

/// The parsed name, since a text would be parsed for each look-up.
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// Returns the `Request-ID` of an answer's headers.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(&REQUEST_ID)?.to_str().ok()
}

impl Response {
    /// Creates a response, for a middleware or a test.
    ///
    /// ```
    /// use http::{HeaderMap, StatusCode};
    /// let res = wechatpay_chain::Response::new(StatusCode::OK, HeaderMap::new(), "{\"a\":1}");
    /// assert_eq!(res["a"], 1);
    /// ```
    pub fn new(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self::with_body(status, headers, ResponseBody::Bytes(body.into()))
    }

    pub(crate) fn with_body(status: StatusCode, headers: HeaderMap, body: ResponseBody) -> Self {
        let inner = Box::new(Inner {
            status,
            headers,
            body,
            value: OnceLock::new(),
            text: JsonText::Body,
            verification: Verification::NotChecked,
            open_ended: false,
            complete: true,
            attempts: 1,
            #[cfg(feature = "files")]
            saved: None,
        });
        Self { inner }
    }

    /// Returns the HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.headers
    }

    /// Returns the `Request-ID`, which WeChat Pay's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.inner.headers)
    }

    /// Returns how often this response's request was handed to the transport: 1 without
    /// [retries and failover](crate::resilience), which are off by default, and more if one of them repeated it.
    ///
    /// An attempt counts even if nothing of it was sent, for example if no connection could be made. Attempts of a call
    /// that ended with an error are in [`Error::attempts`](crate::Error::attempts). In the
    /// [`Outcome::Done`](crate::outcome::Outcome::Done) of a query it counts the attempts of that query, not those of the
    /// payment.
    ///
    /// ```
    /// # use wechatpay_chain::{Client, Result};
    /// # async fn example(client: Client, order: serde_json::Value) -> Result<()> {
    /// let answer = client["v3/pay/transactions/native"].post(order, ()).await?;
    /// if answer.attempts() > 1 {
    ///     println!("{} attempts until WeChat Pay answered", answer.attempts());
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    pub(crate) fn set_attempts(&mut self, attempts: u32) {
        self.inner.attempts = attempts;
    }

    /// Returns the result of verifying the signature.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.inner.verification
    }

    /// Returns the body as received, which the signature covers. Its sensitive fields are still encrypted.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        static EMPTY: Bytes = Bytes::new();
        match &self.inner.body {
            ResponseBody::Bytes(bytes) => bytes,
            ResponseBody::Stream(_) => &EMPTY,
        }
    }

    /// Returns the body as received, as text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(self.bytes()).map_err(|err| {
            self.body_error("the response is not UTF-8 text; use bytes()")
                .with_source(err)
        })
    }

    /// Returns the body as JSON, with sensitive fields decrypted; `Null` for an empty body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when it is not JSON.
    pub fn value(&self) -> Result<&Value> {
        match self.inner.value.get_or_init(|| self.parse()) {
            Some(value) => Ok(value),
            None => Err(self.body_error("the response is not JSON; use bytes() or text()")),
        }
    }

    /// Deserialises the body, with sensitive fields decrypted.
    ///
    /// It reads the body's text, so that a member of type `u128`, of a decimal type or
    /// `Box<RawValue>` gets every digit that WeChat Pay wrote. [`value`](Self::value) rounds integers
    /// that exceed 64 bits, unless the program enables `arbitrary_precision` of `serde_json`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when the body is not JSON or does not match the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let value = self.value()?;
        if let Some(read) = self.json_text().and_then(read_text) {
            return Ok(read);
        }
        // The value is more lenient: of duplicate keys it has the last.
        T::deserialize(value).map_err(|err| {
            self.body_error("the response does not match the requested type")
                .with_source(without_value(&err.to_string()))
        })
    }

    /// Converts the response into the body as JSON, with sensitive fields decrypted.
    ///
    /// # Errors
    ///
    /// The errors of [`value`](Self::value).
    pub fn into_value(mut self) -> Result<Value> {
        self.value()?;
        Ok(self.inner.value.take().flatten().unwrap_or_default())
    }

    /// Sets the result of [`value`](Self::value), for a body that is not JSON.
    pub(crate) fn set_value(&mut self, value: Value) {
        self.inner.value = OnceLock::from(Some(value));
        self.inner.text = JsonText::Nowhere;
    }

    /// Sets the value of the JSON body with its sensitive fields decrypted, and the text of it.
    pub(crate) fn set_decrypted(&mut self, value: Value, text: Option<String>) {
        self.set_value(value);
        self.inner.text = text.map_or(JsonText::Nowhere, JsonText::Decrypted);
    }

    /// Whether the body is complete. A refusal keeps an incomplete body.
    pub(crate) fn is_complete(&self) -> bool {
        self.inner.complete
    }

    pub(crate) fn set_complete(&mut self, complete: bool) {
        self.inner.complete = complete;
    }

    pub(crate) fn set_verification(&mut self, verification: Verification) {
        self.inner.verification = verification;
    }

    /// Returns the downloaded file, for a call with the option `sink`; the body is then empty.
    #[cfg(feature = "files")]
    #[cfg_attr(docsrs, doc(cfg(feature = "files")))]
    #[must_use]
    pub fn saved(&self) -> Option<&SavedFile> {
        self.inner.saved.as_deref()
    }

    #[cfg(feature = "files")]
    pub(crate) fn into_saved(self) -> Option<SavedFile> {
        self.inner.saved.map(|saved| *saved)
    }

    #[cfg(feature = "files")]
    pub(crate) fn set_saved(&mut self, saved: SavedFile) {
        self.inner.saved = Some(Box::new(saved));
    }

    pub(crate) fn set_open_ended(&mut self, open_ended: bool) {
        self.inner.open_ended = open_ended;
    }

    /// Rejects a body that may be truncated: one that ended when its connection closed, unless a
    /// signature covers it, or it is JSON or XML, whose end is recognisable.
    pub(crate) fn whole(self) -> Result<Self> {
        let vouched = matches!(self.inner.verification, Verification::Verified { .. });
        if !self.inner.open_ended
            || vouched
            || !self.inner.status.is_success()
            || self.holds_members()
        {
            return Ok(self);
        }
        Err(self.error(ErrorKind::Transport, MAY_BE_CUT_OFF))
    }

    fn holds_members(&self) -> bool {
        let value = self.value();
        value.is_ok_and(|value| value.is_object() || value.is_array())
    }

    pub(crate) fn parts_mut(&mut self) -> (&HeaderMap, &mut ResponseBody) {
        (&self.inner.headers, &mut self.inner.body)
    }

    /// Whether the beginning of the body passes a test. For a stream this is the first piece.
    pub(crate) async fn begins(&mut self, test: impl Fn(&[u8]) -> bool) -> Result<bool> {
        match &mut self.inner.body {
            ResponseBody::Bytes(bytes) => Ok(test(bytes)),
            ResponseBody::Stream(stream) => Ok(test(stream.peek().await?)),
        }
    }

    /// Reads a stream to its end, so that it becomes an ordinary body.
    pub(crate) async fn buffer(&mut self, limit: usize) -> Result<()> {
        if let ResponseBody::Stream(stream) = &mut self.inner.body {
            let all = stream.read(limit).await?;
            self.inner.open_ended = stream.is_open_ended();
            self.inner.body = ResponseBody::Bytes(all);
        }
        Ok(())
    }

    pub(crate) fn into_body(self) -> ResponseBody {
        self.inner.body
    }

    /// Creates an error that keeps the response: the request was processed, so the response must not be lost.
    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message.into())
            .with_request_id(self.request_id().map(str::to_owned))
            .with_headers(self.headers().clone())
            .with_body(self.bytes().clone())
    }

    fn json_text(&self) -> Option<&[u8]> {
        match &self.inner.text {
            JsonText::Body => Some(self.bytes()),
            JsonText::Decrypted(text) => Some(text.as_bytes()),
            JsonText::Nowhere => None,
        }
    }

    fn body_error(&self, message: &'static str) -> Error {
        self.error(ErrorKind::Body, message)
    }

    fn parse(&self) -> Option<Value> {
        if self.bytes().is_empty() {
            return Some(Value::Null);
        }
        serde_json::from_slice(self.bytes()).ok()
    }
}

/// The message for a response that ended when its connection closed.
pub(super) const MAY_BE_CUT_OFF: &str = "the answer ended when its connection closed, and neither a \
                                         length, TLS, a signature nor a digest proves that it is \
                                         complete: discard it and repeat the call; if this gateway \
                                         always does so, make it send Content-Length or chunks, or end \
                                         TLS with close_notify";

/// Deserialises a JSON text; `None` if it does not match the type.
pub(crate) fn read_text<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    serde_json::from_slice(text).ok()
}

/// Removes the value from serde's message: it may be a decrypted field.
///
/// A message that does not begin like serde's messages is removed entirely.
fn without_value(text: &str) -> String {
    const QUOTING: [&str; 3] = ["invalid type: ", "invalid value: ", "unknown variant "];
    const NAMING: [&str; 2] = ["missing field ", "duplicate field "];
    let expected = text.rfind(", expected ").map(|at| &text[at..]);
    match (
        QUOTING.iter().find(|start| text.starts_with(*start)),
        expected,
    ) {
        (Some(start), Some(expected)) => format!("{start}(left out){expected}"),
        _ if NAMING.iter().any(|start| text.starts_with(start)) => text.to_owned(),
        _ => "a value does not have the form of its type".to_owned(),
    }
}

/// Returns a field of the JSON body; `Null` if there is none, as in `serde_json`.
impl Index<&str> for Response {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.value().map_or(&NULL, |value| &value[field])
    }
}

/// Omits the body: answers name people and orders.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.inner.status)
            .field("request_id", &self.request_id())
            .field("verification", &self.inner.verification)
            .field("body_len", &self.bytes().len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serde_messages_are_kept_without_the_value() {
        for (text, expected) in [
            (
                "invalid type: string \"张三, expected x\", expected u64",
                "invalid type: (left out), expected u64",
            ),
            (
                "unknown variant `张三`, expected `A` or `B`",
                "unknown variant (left out), expected `A` or `B`",
            ),
            ("missing field `name`", "missing field `name`"),
            (
                "unknown variant `张三`, there are no variants",
                "a value does not have the form of its type",
            ),
            (
                "张三 is no date",
                "a value does not have the form of its type",
            ),
        ] {
            assert_eq!(without_value(text), expected);
        }
    }
}
