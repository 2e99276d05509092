//! An axum server that receives notifications; the sandbox posts real ones to it.
//!
//!     cargo run -p wechatpay-tests --example notify_axum --features axum

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{FromRef, State};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::post;
use tokio::net::TcpListener;
use wechatpay_chain::notify::{Notification, Notifications, Reply, VerifiedNotification};
use wechatpay_chain::{BoxError, Error};
use wechatpay_sandbox::Sandbox;

#[path = "support/deliveries.rs"]
mod deliveries;

/// Stands for a database: the numbers of the paid orders.
type Orders = Arc<Mutex<Vec<String>>>;

#[derive(Clone)]
struct App {
    notifications: Notifications,
    orders: Orders,
}

impl FromRef<App> for Notifications {
    fn from_ref(app: &App) -> Self {
        app.notifications.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let sandbox = Sandbox::start().await?;
    let app = App {
        notifications: Notifications::from_client(&sandbox.client()?)?,
        orders: Arc::default(),
    };
    let router = Router::new()
        .route("/notify", post(webhook))
        .layer(map_response(log_refusal))
        .with_state(app.clone());

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let to = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });

    deliveries::check(&sandbox, to).await?;
    let orders = app.orders.lock().unwrap_or_else(PoisonError::into_inner);
    println!("booked once each: {orders:?}");
    if orders[..] == ["order-1", "order-2"] {
        Ok(())
    } else {
        Err("each of the two orders was to be booked once".into())
    }
}

/// Logs the extractor's rejections and the handler's errors, which the response body does not contain.
async fn log_refusal(response: Response) -> Response {
    if let Some(err) = response.extensions().get::<Arc<Error>>() {
        println!("refused: {}", err.report());
    }
    response
}

/// Probes and forgeries have been answered already.
async fn webhook(
    State(App {
        notifications,
        orders,
    }): State<App>,
    VerifiedNotification(notification): VerifiedNotification,
) -> Reply {
    notifications
        .run(notification, |notification| book(notification, orders))
        .await
}

/// An error is answered with 500, and WeChat Pay sends the notification again.
async fn book(notification: Notification, orders: Orders) -> Result<(), BoxError> {
    if notification.event_type() == "TRANSACTION.SUCCESS" {
        let number = notification.resource()["out_trade_no"]
            .as_str()
            .ok_or("a payment without out_trade_no")?;
        let mut orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.push(number.to_owned());
    }
    Ok(())
}
