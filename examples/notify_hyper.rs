//! A hyper server that receives notifications; the sandbox posts real ones to it.
//!
//!     cargo run --example notify_hyper

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use wechatpay_chain::BoxError;
use wechatpay_chain::notify::{Notification, Notifications};
use wechatpay_sandbox::Sandbox;

#[path = "support/deliveries.rs"]
mod deliveries;

/// Stands for a database: the numbers of the paid orders.
type Orders = Arc<Mutex<Vec<String>>>;

fn main() -> Result<(), BoxError> {
    Runtime::new()?.block_on(example())
}

async fn example() -> Result<(), BoxError> {
    let sandbox = Sandbox::start().await?;
    let notifications = Notifications::from_client(&sandbox.client()?)?;
    let orders = Orders::default();

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let to = listener.local_addr()?;
    tokio::spawn(serve(listener, notifications, Arc::clone(&orders)));

    deliveries::check(&sandbox, to).await?;
    let orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
    println!("booked once each: {orders:?}");
    if orders[..] == ["order-1", "order-2"] {
        Ok(())
    } else {
        Err("each of the two orders was to be booked once".into())
    }
}

async fn serve(listener: TcpListener, notifications: Notifications, orders: Orders) {
    while let Ok((socket, _)) = listener.accept().await {
        let (notifications, orders) = (notifications.clone(), Arc::clone(&orders));
        let service = service_fn(move |request: http::Request<Incoming>| {
            let (notifications, orders) = (notifications.clone(), Arc::clone(&orders));
            async move {
                let reply = notifications
                    .handle(request, |notification| book(notification, orders))
                    .await;
                if let Some(err) = reply.error() {
                    println!("refused: {}", err.report());
                }
                Ok::<_, Infallible>(reply.into_response::<Full<Bytes>>())
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
    }
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
