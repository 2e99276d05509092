use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

use crate::error::BoxError;

/// A body that fails when its next piece takes too long.
///
/// A call's timeout ends when the answer begins, if it is streamed; a download that stalls would
/// hang for ever.
pub(super) struct Idle {
    body: Incoming,
    limit: Option<Duration>,
    /// Runs only while a piece is waited for.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Idle {
    pub(super) fn new(body: Incoming, limit: Option<Duration>) -> Self {
        Self {
            body,
            limit,
            waiting: None,
        }
    }

    fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<Duration> {
        let Some(limit) = self.limit else {
            return Poll::Pending;
        };
        if self.waiting.is_none() {
            // Read outside of a runtime there is no timer.
            if Handle::try_current().is_err() {
                return Poll::Pending;
            }
            self.waiting = Some(Box::pin(sleep(limit)));
        }
        match &mut self.waiting {
            Some(waiting) => waiting.as_mut().poll(cx).map(|()| limit),
            None => Poll::Pending,
        }
    }
}

impl Body for Idle {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.waiting = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.poll_limit(cx).map(|limit| {
            let message = format!("nothing more of the response came within {limit:?}");
            Some(Err(std::io::Error::new(
                std::io::ErrorKind::TimedOut,
                message,
            )
            .into()))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
