//! axum's extractor.

use std::sync::Arc;

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};

use super::reply::Reply;
use super::{Notification, Notifications};
use wechatpay_core::error::Error;

/// An axum extractor: a notification that was verified, decrypted and claimed before the handler runs.
///
/// It reads the request's body, so put it last among the handler's arguments.
///
/// Probes, forgeries and unreadable requests are answered without calling the handler. Process the
/// notification inside [`Notifications::run`], which handles duplicates; otherwise check
/// [`Notification::duplicate`], call [`Notifications::finish`] or [`Notifications::release`], and answer with
/// [`Notifications::reply_for`].
///
// `tests/pages.rs` compiles it, which has axum.
#[cfg_attr(not(doctest), doc = include_str!("axum.md"))]
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "handlers take it apart, as they do axum's own"
)]
pub struct VerifiedNotification(pub Notification);

/// The rejection of a request. As a response it is the reply to WeChat Pay.
///
/// The response's extensions hold the error as `Arc<Error>`, for a layer that logs or counts.
#[derive(Debug, Clone)]
pub struct NotificationRejection {
    reply: Reply,
}

impl NotificationRejection {
    /// The error. The response's body does not contain it.
    #[must_use]
    pub fn error(&self) -> Option<&Arc<Error>> {
        self.reply.error()
    }
}

impl<S> FromRequest<S> for VerifiedNotification
where
    Notifications: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = NotificationRejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let notifications = Notifications::from_ref(state);
        notifications
            .receive(request)
            .await
            .map(Self)
            .map_err(|err| NotificationRejection {
                reply: notifications.refuse(err),
            })
    }
}

impl IntoResponse for NotificationRejection {
    fn into_response(self) -> Response {
        self.reply.into_response()
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        Self::into_response::<Body>(self)
    }
}
