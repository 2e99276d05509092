//! What a browser and WeChat Pay call.

use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use wechatpay_chain::BoxError;
use wechatpay_chain::notify::{Notification, Notifications, Reply, VerifiedNotification};

use crate::{Channel, Failure, Order, Shop};

/// The routes of the shop.
pub fn router(shop: Shop) -> Router {
    Router::new()
        .route("/orders", post(create))
        .route("/orders/{number}", get(show))
        .route("/orders/{number}/refund", post(refund))
        .route("/notify", post(notify))
        .with_state(shop)
}

/// For the extractor of notifications.
impl FromRef<Shop> for Notifications {
    fn from_ref(shop: &Shop) -> Self {
        shop.notifications.clone()
    }
}

#[derive(Deserialize)]
struct Wanted {
    /// In fen.
    total: i64,
    channel: Channel,
}

async fn create(
    State(shop): State<Shop>,
    Json(wanted): Json<Wanted>,
) -> Result<Json<Value>, WebError> {
    let (order, page) = shop.order(wanted.total, &wanted.channel).await?;
    Ok(Json(json!({"number": order.number, "page": page})))
}

async fn show(
    State(shop): State<Shop>,
    Path(number): Path<String>,
) -> Result<Json<Order>, WebError> {
    Ok(Json(shop.refresh(&number).await?))
}

async fn refund(
    State(shop): State<Shop>,
    Path(number): Path<String>,
) -> Result<Json<Order>, WebError> {
    Ok(Json(shop.refund(&number).await?))
}

/// Probes and forgeries were answered before this runs, and each notification is handled once.
async fn notify(
    State(shop): State<Shop>,
    VerifiedNotification(notification): VerifiedNotification,
) -> Reply {
    let notifications = shop.notifications.clone();
    let handler = move |notification| async move { shop.take_note(&notification) };
    notifications.run(notification, handler).await
}

impl Shop {
    /// An error is answered with 500, and the notification comes again.
    fn take_note(&self, notification: &Notification) -> Result<(), BoxError> {
        let about = notification.resource();
        match notification.event_type() {
            "TRANSACTION.SUCCESS" => {
                self.note_paid(&about["out_trade_no"], &about["amount"]["total"]);
            }
            "REFUND.SUCCESS" | "REFUND.CLOSED" => {
                let number = about["out_trade_no"]
                    .as_str()
                    .ok_or("a refund of no order")?;
                self.note_refund(number, &about["refund_status"]);
            }
            other => tracing::warn!(event = other, "nobody handles this notification"),
        }
        Ok(())
    }
}

/// What a browser is told: nothing of keys and requests.
struct WebError(BoxError);

impl<E: Into<BoxError>> From<E> for WebError {
    fn from(err: E) -> Self {
        Self(err.into())
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        tracing::warn!(error = %self.0, "a request failed");
        let status = match self.0.downcast_ref() {
            Some(Failure::NoOrder) => StatusCode::NOT_FOUND,
            Some(Failure::NotNow(_)) => StatusCode::CONFLICT,
            Some(Failure::Unknown(_)) => StatusCode::GATEWAY_TIMEOUT,
            Some(Failure::Refused(_)) => StatusCode::BAD_GATEWAY,
            None => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(json!({"error": status.as_str()}))).into_response()
    }
}
