//! Runs a handler to its end and records the outcome.

use std::future::{self, Future};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Instant;

use http::StatusCode;
use tokio::sync::{oneshot, watch};

use super::dedup::{Delivery, Finished};
use super::hold::{start, start_with_timers};
use super::reply::{Acknowledgement, Reply};
use super::{Notification, Notifications};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// How often a lost record is tried again: every 10 s of the default lease.
const TRIES: u32 = 12;

impl Notifications {
    /// Runs a handler for a notification that was already accepted, for example by axum's extractor: the second half of
    /// [`handle`](Self::handle).
    ///
    /// The handler runs to completion even if this future is dropped.
    pub async fn run<H, F, A, E>(&self, notification: Notification, handler: H) -> Reply
    where
        H: FnOnce(Notification) -> F + Send + 'static,
        F: Future<Output = Result<A, E>> + Send + 'static,
        A: Into<Acknowledgement>,
    {
        let version = notification.version();
        let failure = |status, message| Reply::failure(version, status, message);
        match notification.delivery() {
            Delivery::InProgress => {
                return failure(StatusCode::SERVICE_UNAVAILABLE, "being processed");
            }
            Delivery::Duplicate => return self.reply_for(Ok(notification)),
            Delivery::New => {}
        }
        let (done, reply) = oneshot::channel();
        let (this, running) = (self.clone(), self.shared.running.begin());
        let work = async move {
            let reply = this.run_to_end(notification, handler).await;
            drop(running);
            // Sending fails if WeChat Pay closed the connection.
            let _ = done.send(reply);
        };
        let stopped = || failure(StatusCode::INTERNAL_SERVER_ERROR, "not processed");
        match start(work) {
            Ok(()) => reply.await.unwrap_or_else(|_| stopped()),
            Err(err) => stopped().beside(Some(err)),
        }
    }

    /// Waits until no handler of [`handle`](Self::handle) and [`run`](Self::run) is running, and every handled
    /// notification is recorded.
    ///
    /// While the store is down, a record is tried again until its [lease](super::NotificationsBuilder::lease) ends.
    ///
    /// Use it when a server stops: stop accepting requests, then wait for this with a limit of your
    /// choice. If a handler or a record is cut off, WeChat Pay delivers the notification again, and it is handled again.
    ///
    /// ```
    /// # async fn stop(notifications: wechatpay_chain::notify::Notifications) {
    /// let minute = std::time::Duration::from_secs(60);
    /// if tokio::time::timeout(minute, notifications.handlers_ended()).await.is_err() {
    ///     eprintln!("a handler has not ended, or its record failed; its notification comes again");
    /// }
    /// # }
    /// ```
    pub async fn handlers_ended(&self) {
        self.shared.running.none().await;
    }

    async fn run_to_end<H, F, A, E>(&self, notification: Notification, handler: H) -> Reply
    where
        H: FnOnce(Notification) -> F,
        F: Future<Output = Result<A, E>>,
        A: Into<Acknowledgement>,
    {
        let version = notification.version();
        let answer = match outcome(handler, notification.clone()).await {
            Ok(answer) => answer,
            Err(panicked) => {
                let missed = self.release(&notification).await.err().map(not_given_back);
                return Reply::failure(version, StatusCode::INTERNAL_SERVER_ERROR, "not processed")
                    .beside(panicked)
                    .beside(missed);
            }
        };
        let reply = self.reply(&notification, answer);
        let missed = match self.finish(&notification).await {
            Ok(Finished::Recorded) => None,
            Ok(Finished::LeaseLost) => Some(overtaken()),
            Err(err) => {
                self.finish_later(notification);
                Some(not_remembered(err))
            }
        };
        // It was handled, even if the store could not record it.
        let reply = reply.unwrap_or_else(|err| self.refuse(err));
        reply.beside(missed)
    }

    /// Tries again to record a handled notification until its lease ends: no other delivery is handled before.
    ///
    /// [`finish`](Self::finish) itself does not, since its caller may undo the work when it fails.
    fn finish_later(&self, notification: Notification) {
        let this = self.clone();
        let lease = self.shared.lease;
        // A process that ends now would forget that the notification was handled.
        let running = self.shared.running.begin();
        start_with_timers(async move {
            let _running = running;
            let end = Instant::now() + lease;
            while Instant::now() < end {
                tokio::time::sleep(lease / TRIES).await;
                if this.finish(&notification).await.is_ok() {
                    return;
                }
            }
        });
    }
}

/// The number of running handlers, and of records that are tried again.
#[derive(Clone, Default)]
pub(super) struct Running {
    count: watch::Sender<usize>,
}

/// A running handler or record; dropping it ends the count.
struct One(watch::Sender<usize>);

impl Running {
    fn begin(&self) -> One {
        self.count.send_modify(|count| *count += 1);
        One(self.count.clone())
    }

    pub(super) async fn none(&self) {
        let mut count = self.count.subscribe();
        // This struct owns the sender, so the channel cannot be closed.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

impl Drop for One {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Runs a handler and returns its answer, or whether it failed or panicked.
///
/// The handler is polled here and not in a separate task: the claim is released before the reply says that it
/// failed.
async fn outcome<H, F, A, E>(
    handler: H,
    notification: Notification,
) -> Result<Acknowledgement, Option<Error>>
where
    H: FnOnce(Notification) -> F,
    F: Future<Output = Result<A, E>>,
    A: Into<Acknowledgement>,
{
    let begun = catch_unwind(AssertUnwindSafe(|| handler(notification)));
    let mut work = Box::pin(begun.map_err(|_| Some(panicked()))?);
    future::poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let poll = work.as_mut().poll(context);
            poll.map(|ended| ended.map(Into::into).map_err(|_| None))
        }));
        polled.unwrap_or_else(|_| Poll::Ready(Err(Some(panicked()))))
    })
    .await
}

fn panicked() -> Error {
    Error::new(
        ErrorKind::Middleware,
        "the handler of a notification panicked: fix the handler; WeChat Pay will send the notification \
         again",
    )
    .with_maybe_sent(false)
}

fn overtaken() -> Error {
    Error::new(
        ErrorKind::Dedup,
        "the notification was handled, but its claim had expired and another delivery is being handled: \
         it may be handled twice; raise renew_for above the time of the slowest handler, and lease \
         above the longest outage of the store",
    )
}

fn not_remembered(err: Error) -> Error {
    Error::new(
        ErrorKind::Dedup,
        "the notification was handled, but the store did not confirm the record: it is tried again until the \
         lease ends, and after that the next delivery may be handled again",
    )
    .with_source(err)
}

fn not_given_back(err: Error) -> Error {
    Error::new(
        ErrorKind::Dedup,
        "the handler failed, and the store did not confirm that the claim was released: deliveries are \
         deferred until the claim expires, after lease at the latest",
    )
    .with_source(err)
}
