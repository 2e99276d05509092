//! The routes for browsers and for WeChat Pay.

use axum::extract::{Path, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use wechatpay_chain::ErrorKind;
use wechatpay_chain::notify::{Notification, Reply};

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
    article: String,
    channel: Channel,
}

type Answer<T> = Result<Json<T>, Failure>;

async fn create(State(shop): State<Shop>, Json(wanted): Json<Wanted>) -> Answer<Value> {
    let (order, page) = shop.order(&wanted.article, &wanted.channel).await?;
    Ok(Json(json!({"number": order.number, "page": page})))
}

async fn show(State(shop): State<Shop>, Path(number): Path<String>) -> Answer<Order> {
    Ok(Json(shop.refresh(&number).await?))
}

/// Only the staff refunds: a buyer knows the number of the order too, and may have the goods.
async fn refund(shop: State<Shop>, number: Path<String>, headers: HeaderMap) -> Answer<Order> {
    let token = shop.staff_token.as_deref().unwrap_or_default();
    let (wanted, given) = (format!("Bearer {token}"), headers.get(AUTHORIZATION));
    let given = given.map_or(&[][..], HeaderValue::as_bytes);
    if token.is_empty() || !bool::from(wanted.as_bytes().ct_eq(given)) {
        return Err(Failure::NotFound("token of this request"));
    }
    Ok(Json(shop.refund(&number, true).await?))
}

/// Each notification is handled once. The log says why one was refused: many refusals mean that a key is wrong or missing.
async fn notify(State(shop): State<Shop>, request: Request) -> Reply {
    let notifications = shop.notifications.clone();
    let handler = move |notification| async move { take_note(&shop, &notification) };
    let reply = notifications.handle(request, handler).await;
    match reply.error() {
        Some(err) if err.kind() == ErrorKind::Probe => tracing::debug!("WeChat Pay sent a probe"),
        Some(err) => tracing::warn!(error = %err.report(), "a notification was not taken"),
        None => {}
    }
    reply
}

/// WeChat Pay repeats the notification when this returns an error, since the reply is 500 then.
fn take_note(shop: &Shop, notification: &Notification) -> Result<(), Failure> {
    let it = notification.resource();
    let noted = match notification.event_type() {
        "TRANSACTION.SUCCESS" => shop.note_paid(&it["out_trade_no"], &it["amount"]["total"]),
        "REFUND.SUCCESS" | "REFUND.CLOSED" => shop.note_refund(it, &it["refund_status"]),
        _ => Err(Failure::NotFound("handler of this notification")),
    };
    match noted {
        // The same notification would find nothing again: look at the bill.
        Err(it @ Failure::NotFound(_)) => tracing::error!(error = %it, "nothing was booked"),
        noted => drop(noted.inspect_err(|it| tracing::error!(error = %it, "the book fails"))?),
    }
    Ok(())
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        tracing::warn!(error = %self, "a request failed");
        let status = match self {
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::NotNow(_) => StatusCode::CONFLICT,
            Self::Unknown(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Refused(_) => StatusCode::BAD_GATEWAY,
            Self::Book(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(json!({"error": status.as_str()}))).into_response()
    }
}
