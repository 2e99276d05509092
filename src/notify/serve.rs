//! From a server's request to its reply.

use std::future::Future;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::reply::{Answer, Reply};
use super::seen::{Delivery, Finished};
use super::{Notification, Notifications};
use crate::error::{BoxError, Error, ErrorKind, Result};

/// WeChat Pay's notifications have a few KiB.
const MAX_BODY: usize = 1 << 20;

impl Notifications {
    /// Reads a server's request, at most 1 MiB of it, and [`accept`](Self::accept)s it.
    ///
    /// # Errors
    ///
    /// Those of [`accept`](Self::accept); [`ErrorKind::Body`] when it is longer,
    /// [`ErrorKind::Transport`] when it breaks off.
    pub async fn receive<B>(&self, request: Request<B>) -> Result<Notification>
    where
        B: Body,
        B::Error: Into<BoxError>,
    {
        let (head, body) = request.into_parts();
        let body = read(body).await?;
        self.accept_bytes(&head.headers, &body).await
    }

    /// All of a webhook: reads the request, lets `handler` act on what is new, and gives the reply.
    ///
    /// - Probes and forgeries are answered without the handler; [`Reply::error`] says what it was.
    /// - What was handled before is answered as success, what is being handled by another as 503.
    ///   Questions ([`Notification::asks`]) are always handled.
    /// - When the handler fails, or gives `()` where data is asked for, the reply is 500 and the next
    ///   delivery is handled again. The handler reports its own error. A notification whose handler
    ///   never ends is handled again when its claim has run out: handlers must bear being repeated.
    /// - Where the store does not remember what was handled, or another delivery has taken over
    ///   meanwhile, the reply is a success all the same and [`Reply::error`] says so, of
    ///   [`ErrorKind::Seen`]; so it does where a failed handler's claim could not be taken back.
    pub async fn handle<B, H, F, A, E>(&self, request: Request<B>, handler: H) -> Reply
    where
        B: Body,
        B::Error: Into<BoxError>,
        H: FnOnce(Notification) -> F,
        F: Future<Output = Result<A, E>>,
        A: Into<Answer>,
    {
        match self.receive(request).await {
            Ok(notification) => self.run(notification, handler).await,
            Err(err) => self.refuse(err),
        }
    }

    /// The second half of [`handle`](Self::handle), for a notification that was accepted already, as by
    /// axum's extractor.
    pub async fn run<H, F, A, E>(&self, notification: Notification, handler: H) -> Reply
    where
        H: FnOnce(Notification) -> F,
        F: Future<Output = Result<A, E>>,
        A: Into<Answer>,
    {
        let version = notification.version();
        let failure = |status, message| Reply::failure(version, status, message);
        let reply = match notification.delivery() {
            Delivery::UnderWay => {
                return failure(StatusCode::SERVICE_UNAVAILABLE, "being processed");
            }
            Delivery::Repeated => return self.reply_for(Ok(notification)),
            Delivery::First => match handler(notification.clone()).await {
                Ok(answer) => self.reply(&notification, answer),
                Err(_) => {
                    let missed = self.release(&notification).await.err().map(not_given_back);
                    return failure(StatusCode::INTERNAL_SERVER_ERROR, "not processed")
                        .beside(missed);
                }
            },
        };
        let missed = match self.finish(&notification).await {
            Ok(Finished::Remembered) => None,
            Ok(Finished::Overtaken) => Some(overtaken()),
            Err(err) => Some(not_remembered(err)),
        };
        // It was handled, also where that cannot be remembered.
        let reply = reply.unwrap_or_else(|err| self.refuse(err));
        reply.beside(missed)
    }
}

fn overtaken() -> Error {
    Error::new(
        ErrorKind::Seen,
        "the notification was handled, but its claim had run out and another delivery is being handled: \
         it may be handled twice; raise claim_for above what the slowest handler takes",
    )
}

fn not_remembered(err: Error) -> Error {
    Error::new(
        ErrorKind::Seen,
        "the notification was handled, but the store did not say that it remembers it: should it come \
         again, it may be handled again",
    )
    .with_source(err)
}

fn not_given_back(err: Error) -> Error {
    Error::new(
        ErrorKind::Seen,
        "the handler failed, and the store did not say that the claim is taken back: deliveries are put \
         off until it runs out, after claim_for at the latest",
    )
    .with_source(err)
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
