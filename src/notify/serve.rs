//! Handles a server's request.

use std::future::Future;

use bytes::Bytes;
use http::Request;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::hold::until;
use super::reply::{Acknowledgement, Reply};
use super::{Notification, Notifications};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};

/// The largest body: WeChat Pay's notifications have a few KiB.
const MAX_BODY: usize = 1 << 20;

impl Notifications {
    /// Reads a server's request, at most 1 MiB of it, and [`accept`](Self::accept)s it.
    ///
    /// # Errors
    ///
    /// The errors of [`accept`](Self::accept); [`ErrorKind::Body`] when the body is longer than 1 MiB,
    /// [`ErrorKind::Transport`] when it ends early, [`ErrorKind::Timeout`] when it does not arrive in
    /// [time](super::NotificationsBuilder::timeout).
    pub async fn receive<B>(&self, request: Request<B>) -> Result<Notification>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        let deadline = self.deadline();
        let (head, body) = request.into_parts();
        let body = until(deadline, late, read(body)).await?;
        self.accept_bytes(&head.headers, &body, deadline).await
    }

    /// Handles a webhook request: reads it, runs `handler` for a new notification, and returns the reply.
    ///
    /// - Probes and forgeries are rejected without calling the handler; [`Reply::error`] has the reason.
    /// - A duplicate is answered with success, a notification that is being handled elsewhere with 503.
    ///   Notifications that expect data ([`Notification::expects_data`]) are always handled.
    /// - When the handler fails, panics, or returns `()` where data is expected, the reply is 500 and the next
    ///   delivery is handled again. The handler reports its own errors; a panic is in [`Reply::error`].
    /// - When the store cannot record the notification, or the lease was lost, the reply is still a success,
    ///   and [`Reply::error`] is of [`ErrorKind::Dedup`]. The record is tried again in the background until the
    ///   [lease](super::NotificationsBuilder::lease) ends. The error is of that kind too when the claim of a failed
    ///   handler could not be removed.
    ///
    /// # Cancellation
    ///
    /// WeChat Pay closes the connection after 5 s, and servers then drop the future of the request. A handler
    /// that has started still runs to completion and its outcome is recorded: it runs as a task of the tokio
    /// runtime or, without one, on a background thread. Dropping this future before the handler has started
    /// releases the claim.
    ///
    /// The claim is renewed while the handler runs, so that no other delivery is handled at the same time;
    /// see [`NotificationsBuilder::renew_for`](super::NotificationsBuilder::renew_for). Await
    /// [`handlers_ended`](Self::handlers_ended) before the process exits, or running handlers are cut off.
    /// Handlers must be idempotent, since a machine may crash while one runs.
    pub async fn handle<B, H, F, A, E>(&self, request: Request<B>, handler: H) -> Reply
    where
        B: Body,
        B::Error: Into<BoxError>,
        H: FnOnce(Notification) -> F + Send + 'static,
        F: Future<Output = Result<A, E>> + Send + 'static,
        A: Into<Acknowledgement>,
    {
        match self.receive(request).await {
            Ok(notification) => self.run(notification, handler).await,
            Err(err) => self.refuse(err),
        }
    }
}

pub(super) fn late() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "the notification's body did not arrive in time: check the proxy, or raise \
         NotificationsBuilder::timeout",
    )
    .with_maybe_sent(false)
}

pub(super) async fn read<B>(body: B) -> Result<Bytes>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(err) if err.is::<LengthLimitError>() => Err(Error::new(
            ErrorKind::Body,
            "the request is longer than 1 MiB, so it is not a notification",
        )
        .with_maybe_sent(false)),
        Err(err) => Err(Error::new(
            ErrorKind::Transport,
            "the notification's body ended too early",
        )
        .with_maybe_sent(false)
        .with_source(err)),
    }
}
