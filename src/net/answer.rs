use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::runtime::{self, Handle};
use tokio::time::{Instant, Sleep, sleep_until};

use super::drivers;
use super::pace::{BodyLimits, Pace};
use super::pool::{Connection, Slot};
use wechatpay_core::error::BoxError;

/// The body of an answer, and the connection that it arrives on.
///
/// It fails when its next piece takes too long.
///
/// A call's timeout ends when the answer begins, if it is streamed; a download that stalls would
/// hang for ever.
pub(super) struct AnswerBody {
    body: Incoming,
    pace: Pace,
    /// Set only while a piece is awaited. A timer of another runtime may have ended with that runtime.
    waiting: Option<(Option<runtime::Id>, Pin<Box<Sleep>>)>,
    lease: Option<Lease>,
}

impl AnswerBody {
    pub(super) fn new(body: Incoming, limits: BodyLimits, lease: Lease) -> Self {
        let mut answer = Self {
            body,
            pace: Pace::new(limits),
            waiting: None,
            lease: Some(lease),
        };
        answer.note_end();
        answer
    }

    /// Frees the connection at the end of the body; dropping the body earlier closes it.
    fn note_end(&mut self) {
        if self.body.is_end_stream()
            && let Some(lease) = self.lease.take()
        {
            lease.end();
        }
    }

    /// Counts a piece if that is required; otherwise the clock is not read.
    fn note_piece(&mut self, frame: &Option<hyper::Result<Frame<Bytes>>>) -> Result<(), String> {
        if !self.pace.counts() {
            self.pace.rest();
            return Ok(());
        }
        match frame {
            Some(Ok(frame)) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                self.pace.came(bytes, Instant::now())
            }
            _ => Ok(()),
        }
    }

    /// Ready with the problem if the next piece takes too long.
    fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<String> {
        loop {
            // A running timer makes reading the clock unnecessary.
            let until = match &self.waiting {
                Some((_, waiting)) => Some(waiting.deadline()),
                None => self.pace.wait(Instant::now()),
            };
            let Some(until) = until else {
                return Poll::Pending;
            };
            ready!(self.poll_until(until, cx));
            self.waiting = None;
            if let Err(why) = self.pace.look(Instant::now()) {
                return Poll::Ready(why);
            }
        }
    }

    fn poll_until(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let here = Handle::try_current().ok().map(|runtime| runtime.id());
        if self.waiting.as_ref().is_none_or(|(of, _)| *of != here) {
            // Outside a runtime with timers, the timer of the connection's runtime is used.
            let other = match drivers::with_timers() {
                Some(_) => None,
                None => self.lease.as_ref().map(Lease::runtime),
            };
            let _entered = other.map(Handle::enter);
            if drivers::with_timers().is_none() {
                return Poll::Pending;
            }
            self.waiting = Some((here, Box::pin(sleep_until(until))));
        }
        match &mut self.waiting {
            Some((_, waiting)) => waiting.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

fn too_slow(why: String) -> BoxError {
    std::io::Error::new(std::io::ErrorKind::TimedOut, why).into()
}

/// A connection in use, and the pool that it returns to.
pub(super) struct Lease {
    connection: Connection,
    slot: Arc<Slot>,
}

impl Lease {
    pub(super) fn new(connection: Connection, slot: Arc<Slot>) -> Self {
        Self { connection, slot }
    }

    fn runtime(&self) -> &Handle {
        &self.connection.runtime
    }

    fn end(self) {
        self.slot.give_back(self.connection);
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.waiting = None;
            if let Err(why) = self.note_piece(&frame) {
                self.lease = None;
                return Poll::Ready(Some(Err(too_slow(why))));
            }
            match &frame {
                Some(Ok(_)) => self.note_end(),
                Some(Err(_)) => self.lease = None,
                None => {
                    if let Some(lease) = self.lease.take() {
                        lease.end();
                    }
                }
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.poll_limit(cx).map(|why| Some(Err(too_slow(why))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
