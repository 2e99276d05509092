//! A response before it is sent.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use serde_json::Value;
use tokio::sync::mpsc;

use wechatpay_core::catalog::AnswerSignature;

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Status, headers and body of a response, and what its signature covers.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) covers: AnswerSignature,
}

impl Reply {
    pub(super) fn json(status: StatusCode, body: &Value, covers: AnswerSignature) -> Self {
        Self {
            status,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, JSON)]),
            // Writing a Value to a text cannot fail.
            body: body.to_string().into(),
            covers,
        }
    }

    /// The error page of a proxy in front of the gateway.
    pub(super) fn html(status: StatusCode) -> Self {
        let page = format!(
            "<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n\
             <center><h1>{status}</h1></center>\r\n</body>\r\n</html>\r\n"
        );
        let html = HeaderValue::from_static("text/html");
        Self {
            status,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, html)]),
            body: page.into(),
            covers: AnswerSignature::Nothing,
        }
    }

    /// A 302 redirect.
    pub(super) fn redirect(url: &str) -> Self {
        let mut headers = HeaderMap::new();
        if let Ok(url) = HeaderValue::from_str(url) {
            headers.insert(LOCATION, url);
        }
        Self {
            status: StatusCode::FOUND,
            headers,
            body: Bytes::new(),
            covers: AnswerSignature::Nothing,
        }
    }

    /// Changes the body without changing its meaning.
    pub(super) fn tamper(&mut self) {
        let mut body = self.body.to_vec();
        if body.is_empty() {
            self.status = StatusCode::OK;
            body.extend_from_slice(b"{}");
        } else {
            body.push(b' ');
        }
        self.body = body.into();
    }

    /// With `truncate`, only half of the body is sent.
    pub(super) fn into_response(mut self, truncate: bool) -> Response<ReplyBody> {
        let missing = if truncate { self.body.len() / 2 + 1 } else { 0 };
        self.body
            .truncate(self.body.len() - missing.min(self.body.len()));
        let mut response = Response::new(ReplyBody {
            data: Some(self.body).filter(|data| !data.is_empty()),
            missing,
            flushed: false,
            stream: None,
        });
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// The bytes of a body, and how many more are announced but never sent; or a stream.
pub(super) struct ReplyBody {
    data: Option<Bytes>,
    missing: usize,
    flushed: bool,
    /// The parts of a body whose length is not known.
    stream: Option<mpsc::Receiver<Bytes>>,
}

impl ReplyBody {
    /// A body that ends when the sender is dropped.
    #[cfg(feature = "control")]
    pub(super) fn stream(parts: mpsc::Receiver<Bytes>) -> Self {
        Self {
            data: None,
            missing: 0,
            flushed: false,
            stream: Some(parts),
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(stream) = &mut self.stream {
            let part = stream.poll_recv(cx);
            return part.map(|part| part.map(|data| Ok(Frame::data(data))));
        }
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.missing == 0 {
            return Poll::Ready(None);
        }
        if !self.flushed {
            // hyper flushes its buffer when the body is pending.
            self.flushed = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.stream.is_none() && self.data.is_none() && self.missing == 0
    }

    fn size_hint(&self) -> SizeHint {
        if self.stream.is_some() {
            return SizeHint::default();
        }
        let data = self.data.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact((data + self.missing) as u64)
    }
}
