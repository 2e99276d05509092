//! The routes for browsers and for WeChat Pay.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use wechatpay_chain::notify::{Notification, Reply};
use wechatpay_chain::{BoxError, ErrorKind, Fen};

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

#[derive(Deserialize)]
struct Wanted {
    /// The amount in fen.
    total: Fen,
    channel: Channel,
}

type Answer<T> = Result<Json<T>, Failure>;

async fn create(State(shop): State<Shop>, Json(wanted): Json<Wanted>) -> Answer<Value> {
    let (order, page) = shop.order(wanted.total, &wanted.channel).await?;
    Ok(Json(json!({"number": order.number, "page": page})))
}

async fn show(State(shop): State<Shop>, Path(number): Path<String>) -> Answer<Order> {
    Ok(Json(shop.refresh(&number).await?))
}

async fn refund(State(shop): State<Shop>, Path(number): Path<String>) -> Answer<Order> {
    Ok(Json(shop.refund(&number).await?))
}

/// Each notification is handled once. The reply does not say why a notification was refused, but the log does, without
/// its body: many refusals mean that a key is wrong or missing. WeChat Pay's probes are refused on purpose.
async fn notify(State(shop): State<Shop>, request: Request) -> Reply {
    let notifications = shop.notifications.clone();
    let handler = move |notification| async move { shop.take_note(&notification) };
    let reply = notifications.handle(request, handler).await;
    match reply.error() {
        Some(err) if err.kind() == ErrorKind::Probe => tracing::debug!("WeChat Pay sent a probe"),
        Some(err) => tracing::warn!(error = %err.report(), "a notification was not taken"),
        None => {}
    }
    reply
}

impl Shop {
    /// WeChat Pay repeats the notification when this returns an error.
    fn take_note(&self, notification: &Notification) -> Result<(), BoxError> {
        let about = notification.resource();
        match notification.event_type() {
            "TRANSACTION.SUCCESS" => {
                self.note_paid(&about["out_trade_no"], &about["amount"]["total"]);
            }
            "REFUND.SUCCESS" | "REFUND.CLOSED" => {
                let (number, refund) = (&about["out_trade_no"], &about["out_refund_no"]);
                self.note_refund(number, refund, &about["refund_status"]);
            }
            other => tracing::warn!(event = other, "the shop does not handle this notification"),
        }
        Ok(())
    }
}

/// The answer to a browser has no details of the error.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        tracing::warn!(error = %self, "a request failed");
        let status = match self {
            Self::NoOrder => StatusCode::NOT_FOUND,
            Self::NotNow(_) => StatusCode::CONFLICT,
            Self::Unknown(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Refused(_) => StatusCode::BAD_GATEWAY,
        };
        (status, Json(json!({"error": status.as_str()}))).into_response()
    }
}
