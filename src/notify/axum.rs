//! axum's extractor.

use std::sync::Arc;

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};

use super::reply::Reply;
use super::{Notification, Notifications};
use wechatpay_core::error::Error;

/// A notification that was verified, decrypted and claimed before the handler of an axum server runs.
///
/// It reads the request's body, so put it last among the handler's arguments.
///
/// Probes, forgeries and what cannot be read are answered without the handler. Act on it inside
/// [`Notifications::run`], which sees to repeated deliveries; without it, look at
/// [`Notification::duplicate`] and call [`Notifications::finish`] or [`Notifications::release`].
///
/// ```
/// use axum::extract::FromRef;
/// use wechatpay_chain::notify::{Notifications, Reply, VerifiedNotification};
///
/// #[derive(Clone)]
/// struct App {
///     notifications: Notifications,
/// }
///
/// impl FromRef<App> for Notifications {
///     fn from_ref(app: &App) -> Self {
///         app.notifications.clone()
///     }
/// }
///
/// // .route("/notify", post(webhook)).with_state(app)
/// async fn webhook(
///     axum::extract::State(app): axum::extract::State<App>,
///     VerifiedNotification(notification): VerifiedNotification,
/// ) -> Reply {
///     app.notifications
///         .run(notification, |notification| async move {
///             println!("{}", notification.event_type());
///             Ok::<_, std::io::Error>(())
///         })
///         .await
/// }
/// # let _ = webhook;
/// ```
#[derive(Debug, Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "handlers take it apart, as they do axum's own"
)]
pub struct VerifiedNotification(pub Notification);

/// Why there was no notification to hand over; as a response it is what WeChat Pay is to be told.
///
/// The response's extensions hold the error as `Arc<Error>`, for a layer that logs or counts.
#[derive(Debug, Clone)]
pub struct NotificationRejection {
    reply: Reply,
}

impl NotificationRejection {
    /// What went wrong; nothing of it is in the response's body.
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
