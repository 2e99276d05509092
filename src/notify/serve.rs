//! From a server's request to its reply.

use std::future::Future;

use bytes::Bytes;
use http::Request;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::hold::until;
use super::reply::{Acknowledgement, Reply};
use super::{Notification, Notifications};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};

/// WeChat Pay's notifications have a few KiB.
const MAX_BODY: usize = 1 << 20;

impl Notifications {
    /// Reads a server's request, at most 1 MiB of it, and [`accept`](Self::accept)s it.
    ///
    /// # Errors
    ///
    /// Those of [`accept`](Self::accept); [`ErrorKind::Body`] when it is longer,
    /// [`ErrorKind::Transport`] when it breaks off, [`ErrorKind::Timeout`] when it is not there in
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

    /// All of a webhook: reads the request, lets `handler` act on what is new, and gives the reply.
    ///
    /// - Probes and forgeries are answered without the handler; [`Reply::error`] says what it was.
    /// - What was handled before is answered as success, what is being handled by another as 503.
    ///   Questions ([`Notification::expects_data`]) are always handled.
    /// - When the handler fails, panics, or gives `()` where data is asked for, the reply is 500 and the
    ///   next delivery is handled again. The handler reports its own errors; a panic is in
    ///   [`Reply::error`].
    /// - Where the store does not remember what was handled, or another delivery has taken over
    ///   meanwhile, the reply is a success all the same and [`Reply::error`] says so, of
    ///   [`ErrorKind::Dedup`]; so it does where a failed handler's claim could not be taken back.
    ///
    /// # Cancellation
    ///
    /// WeChat Pay hangs up after 5 s, and servers then drop the future of the request. A handler that has
    /// begun still runs to its end, and its outcome is recorded: it runs as a task of the tokio runtime,
    /// or, where there is none, on a background thread. Dropping this future before the handler
    /// has begun gives the notification back.
    ///
    /// Its claim is renewed while it runs, so that no other delivery is handled beside it; see
    /// [`NotificationsBuilder::renew_for`](super::NotificationsBuilder::renew_for). A process that ends
    /// cuts handlers off: await [`handlers_ended`](Self::handlers_ended) before. Handlers must bear
    /// being repeated, for a machine may die in the middle of one.
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

fn late() -> Error {
    Error::new(
        ErrorKind::Timeout,
        "the notification's body did not come in time; NotificationsBuilder::timeout says how long it has",
    )
    .with_maybe_sent(false)
}

async fn read<B>(body: B) -> Result<Bytes>
where
    B: Body,
    B::Error: Into<BoxError>,
{
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(err) if err.is::<LengthLimitError>() => Err(Error::new(
            ErrorKind::Body,
            "the request is longer than 1 MiB, which no notification is",
        )
        .with_maybe_sent(false)),
        Err(err) => Err(
            Error::new(ErrorKind::Transport, "the notification's body broke off")
                .with_maybe_sent(false)
                .with_source(err),
        ),
    }
}
