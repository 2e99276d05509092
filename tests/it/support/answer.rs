//! Answers with WeChat Pay's signature, and with wrong ones.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Frame;
use serde_json::Value;
use wechatpay_chain::signing::response_text;
use wechatpay_chain::transport::Body;

use super::keys::{KEY_ID, PLATFORM};

/// An answer, signed with the platform key by default; its clone repeats it.
#[derive(Clone)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Bytes,
    piece: Option<usize>,
}

impl Answer {
    /// 200 with signed JSON.
    pub(crate) fn json(value: Value) -> Self {
        Self::bytes(value.to_string())
    }

    /// 200 with a signed body.
    pub(crate) fn bytes(body: impl Into<Bytes>) -> Self {
        Self::unsigned(body).signed()
    }

    /// 200 without any header.
    pub(crate) fn unsigned(body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.into(),
            piece: None,
        }
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap();
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        assert!(self.headers.remove(name).is_some(), "{name} is not there");
        self
    }

    /// Adds a second value of a header.
    pub(crate) fn doubled(mut self, name: &'static str) -> Self {
        let value = self.headers[name].clone();
        self.headers.append(name, value);
        self
    }

    /// Signs the body with the current time.
    pub(crate) fn signed(self) -> Self {
        self.signed_at(now())
    }

    /// Signs the body, at a time in Unix seconds.
    pub(crate) fn signed_at(self, timestamp: i64) -> Self {
        let body = self.body.clone();
        self.signed_over(timestamp, &body)
    }

    /// Signs another text instead of the body.
    pub(crate) fn signed_over(self, timestamp: i64, covered: &[u8]) -> Self {
        let (timestamp, nonce) = (timestamp.to_string(), next_nonce());
        let text = response_text(&timestamp, &nonce, covered);
        let signature = PLATFORM.private.sign(&text).unwrap();
        self.header("Wechatpay-Serial", KEY_ID)
            .header("Wechatpay-Timestamp", &timestamp)
            .header("Wechatpay-Nonce", &nonce)
            .header("Wechatpay-Signature", &signature)
    }

    /// Replaces the body after signing.
    pub(crate) fn forged(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Splits the body into pieces of this many bytes.
    pub(crate) fn in_pieces(mut self, piece: usize) -> Self {
        self.piece = Some(piece);
        self
    }

    pub(crate) fn into_response(self) -> http::Response<Body> {
        let body = match self.piece {
            None => self.body.into(),
            Some(piece) => Body::stream(Pieces::new(&self.body, piece)),
        };
        let mut response = http::Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// The answer in the form of HTTP/1.1.
    pub(crate) fn into_http1(self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        text.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
        text.extend_from_slice(&self.body);
        text
    }
}

/// A unique nonce for each answer, as WeChat Pay does.
fn next_nonce() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!(
        "c5ac7061fccab6bf{:016x}",
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// Unix seconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// A body in pieces, of unknown length.
struct Pieces(VecDeque<Bytes>);

impl Pieces {
    fn new(body: &Bytes, piece: usize) -> Self {
        Self(body.chunks(piece).map(Bytes::copy_from_slice).collect())
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}
