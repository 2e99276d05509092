//! Runs the shop.
//!
//! ```text
//! WECHATPAY_MCHID=… WECHATPAY_SERIAL=… WECHATPAY_PRIVATE_KEY=apiclient_key.pem \
//! WECHATPAY_PLATFORM_KEY_ID=PUB_KEY_ID_… WECHATPAY_PLATFORM_KEY=pub_key.pem WECHATPAY_APIV3_KEY_FILE=apiv3.txt \
//! SHOP_APPID=wx… SHOP_NOTIFY_URL=https://shop.example/notify SHOP_STAFF_TOKEN=… SHOP_LISTEN=127.0.0.1:8080 \
//! cargo run --package wechatpay-shop
//! ```

use std::time::{Duration, SystemTime};

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::fmt::format::FmtSpan;
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::resilience::Failover;
use wechatpay_chain::{BoxError, ClientBuilder};
use wechatpay_shop::{Order, Shop, State, for_production, last_week, router};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let log = tracing_subscriber::fmt().with_span_events(FmtSpan::CLOSE);
    log.init();
    let client = for_production(ClientBuilder::from_env()?, Failover::documented()).build()?;
    let variable = |name| std::env::var(name).map_err(|err| format!("{name}: {err}"));
    let shop = Shop {
        // A shop on several machines deduplicates with a RedisStore or an SqlStore.
        notifications: Notifications::from_client(&client)?,
        client,
        book: Default::default(),
        appid: variable("SHOP_APPID")?.into(),
        notify_url: variable("SHOP_NOTIFY_URL")?.into(),
        staff_token: variable("SHOP_STAFF_TOKEN").ok().map(Into::into),
    };
    let listener = TcpListener::bind(variable("SHOP_LISTEN")?).await?;
    let mut sigterm = signal(SignalKind::terminate())?;
    let night = tokio::spawn(every_hour(shop.clone()));
    axum::serve(listener, router(shop.clone()))
        .with_graceful_shutdown(async move { sigterm.recv().await.unwrap_or_default() })
        .await?;
    night.abort();
    tokio::time::timeout(Duration::from_secs(60), shop.notifications.handlers_ended()).await?;
    Ok(())
}

/// Closes unpaid orders, queries the outcome of refunds, and compares the book with the bills.
async fn every_hour(shop: Shop) {
    let mut compared = Vec::new();
    loop {
        let is_old = |order: &Order| order.sent.elapsed() > Duration::from_secs(30 * 60);
        let unpaid = note(shop.book.all(State::Unpaid)).unwrap_or_default();
        for order in unpaid.into_iter().filter(is_old) {
            note(shop.close(&order.number).await);
        }
        for order in note(shop.book.all(State::Refunding)).unwrap_or_default() {
            note(shop.refund(&order.number, false).await);
        }
        for day in last_week(SystemTime::now()) {
            if !compared.contains(&day) && note(shop.reconcile(&day).await).is_some() {
                compared.push(day);
            }
        }
        tokio::time::sleep(Duration::from_secs(60 * 60)).await;
    }
}

fn note<T, E: std::fmt::Display>(outcome: Result<T, E>) -> Option<T> {
    let log = |err: &E| tracing::warn!(error = %err, "the shop tries again in an hour");
    outcome.inspect_err(log).ok()
}
