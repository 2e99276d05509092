use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};

use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};

/// The longest wait for the body of a refusal.
const PATIENCE: Duration = Duration::from_secs(5);

/// The body of a request or response at a [`Transport`](crate::Transport): bytes or a stream.
pub struct Body {
    kind: BodyKind,
    end: End,
}

/// The protocol that marks the end of a body.
#[derive(Clone, Default)]
pub(crate) enum End {
    /// The framing: a length, chunks or frames.
    #[default]
    Known,
    /// Only the end of the connection, which may be premature.
    Unknown,
    /// The end of TLS; the flag is true if the connection ended without `close_notify`.
    OfTls(Arc<AtomicBool>),
}

impl End {
    /// Whether nothing confirms that a body that was read is complete.
    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Known => false,
            Self::Unknown => true,
            Self::OfTls(cut) => cut.load(Ordering::Acquire),
        }
    }
}

enum BodyKind {
    Full(Full<Bytes>),
    Stream(UnsyncBoxBody<Bytes, BoxError>),
}

impl Body {
    /// Creates a body from a stream.
    pub fn stream<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        BodyKind::Stream(body.map_err(Into::into).boxed_unsync()).into()
    }

    pub(crate) fn with_end(self, end: End) -> Self {
        Self { end, ..self }
    }

    pub(crate) fn end(&self) -> &End {
        &self.end
    }

    /// Reads the whole body.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Body`] when it is longer than `limit` bytes, [`ErrorKind::Transport`] when it
    /// ends early.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes> {
        let expected = self.size_hint();
        if expected.lower() > limit as u64 {
            return Err(too_long(limit));
        }
        let Some(first) = self.next_chunk().await? else {
            return Ok(Bytes::new());
        };
        // One piece is the common case and needs no copy.
        let Some(mut next) = self.next_chunk().await? else {
            return if first.len() > limit {
                Err(too_long(limit))
            } else {
                Ok(first)
            };
        };
        let mut all = Vec::with_capacity(expected.lower().max(first.len() as u64) as usize);
        all.extend_from_slice(&first);
        loop {
            if all.len() + next.len() > limit {
                return Err(too_long(limit));
            }
            all.extend_from_slice(&next);
            match self.next_chunk().await? {
                Some(chunk) => next = chunk,
                None => return Ok(all.into()),
            }
        }
    }

    /// Reads the body of a refusal, at most `limit` bytes; also returns whether it is complete.
    ///
    /// It never waits until the call times out: the caller would then lose the
    /// refusal. It waits for half of the `remaining` time, and for 5 s at most.
    pub(crate) async fn collect_some(
        mut self,
        limit: usize,
        remaining: Option<Duration>,
    ) -> (Bytes, bool) {
        let patience = remaining.map_or(PATIENCE, |remaining| PATIENCE.min(remaining / 2));
        let mut all = Vec::new();
        let whole = tokio::time::timeout(patience, self.collect_into(&mut all, limit)).await;
        (all.into(), whole.unwrap_or(false))
    }

    async fn collect_into(&mut self, all: &mut Vec<u8>, limit: usize) -> bool {
        loop {
            match self.next_chunk().await {
                Ok(Some(piece)) => {
                    let room = limit - all.len();
                    all.extend_from_slice(&piece[..piece.len().min(room)]);
                    if piece.len() > room {
                        return false;
                    }
                }
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Returns the next piece; `None` at the end.
    pub(crate) async fn next_chunk(&mut self) -> Result<Option<Bytes>> {
        while let Some(frame) = self.frame().await {
            let frame = frame.map_err(|err| {
                Error::new(
                    ErrorKind::Transport,
                    "the connection broke in the middle of the response",
                )
                .with_source(err)
            })?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        BodyKind::Full(Full::new(bytes.into())).into()
    }
}

impl From<BodyKind> for Body {
    fn from(kind: BodyKind) -> Self {
        Self {
            kind,
            end: End::Known,
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.get_mut().kind {
            BodyKind::Full(body) => Pin::new(body)
                .poll_frame(cx)
                .map_err(|never| match never {}),
            BodyKind::Stream(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            BodyKind::Full(body) => body.is_end_stream(),
            BodyKind::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            BodyKind::Full(body) => body.size_hint(),
            BodyKind::Stream(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("exact_len", &self.size_hint().exact())
            .finish_non_exhaustive()
    }
}

pub(super) fn too_long(limit: usize) -> Error {
    Error::new(
        ErrorKind::Body,
        format!(
            "the response is longer than {limit} bytes; read it with Call::stream, or raise \
             ClientBuilder::max_response_bytes"
        ),
    )
}
