//! An axum server on loopback with the extractor.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::post as on_post;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use wechatpay_chain::notify::{Delivery, Finished, Notifications, VerifiedNotification};
use wechatpay_chain::signing::PROBE_PREFIX;
use wechatpay_chain::{Error, ErrorKind, SystemClock};

use crate::support::{Post, STRANGER, builder, post};

#[derive(Clone)]
struct App {
    notifications: Notifications,
    events: UnboundedSender<String>,
}

impl FromRef<App> for Notifications {
    fn from_ref(app: &App) -> Self {
        app.notifications.clone()
    }
}

async fn webhook(
    State(app): State<App>,
    VerifiedNotification(notification): VerifiedNotification,
) -> Response {
    let seen = format!("{} {:?}", notification.id(), notification.delivery());
    app.events.send(seen).unwrap();
    if notification.delivery() == Delivery::New {
        let finished = app.notifications.finish(&notification).await.unwrap();
        assert_eq!(finished, Finished::Recorded);
    }
    app.notifications
        .reply_for(Ok(notification))
        .into_response()
}

/// A layer that records why a request was rejected.
async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(err) = response.extensions().get::<Arc<Error>>() {
        app.events
            .send(format!("rejected {:?}", err.kind()))
            .unwrap();
    }
    response
}

async fn serve() -> (SocketAddr, UnboundedReceiver<String>) {
    serve_with(builder().clock(SystemClock::new()).build().unwrap()).await
}

pub(crate) async fn serve_with(
    notifications: Notifications,
) -> (SocketAddr, UnboundedReceiver<String>) {
    let (events, seen) = unbounded_channel();
    let app = App {
        notifications,
        events,
    };
    let router = Router::new()
        .route("/notify", on_post(webhook))
        .layer(middleware::from_fn_with_state(app.clone(), watch))
        .with_state(app);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (to, seen)
}

#[tokio::test]
async fn the_extractor_passes_on_verified_notifications() {
    let (to, mut seen) = serve().await;
    let (headers, body) = Post::paid().fresh("a").signed();
    for delivery in ["a New", "a Duplicate"] {
        let answer = post(to, &headers, &body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(seen.recv().await.unwrap(), delivery);
    }
}

#[tokio::test]
async fn the_extractor_answers_probes_and_failures() {
    let (to, mut seen) = serve().await;
    let good = Post::paid().fresh("a");
    let (headers, body) = good.signed();
    let mut probe = headers.clone();
    probe.insert("wechatpay-signature", PROBE_PREFIX.parse().unwrap());
    let mut forged = good.clone();
    forged.signer = STRANGER.clone();
    let mut rotated = good.clone();
    rotated.apiv3 = "x".repeat(32);
    for ((headers, body), status, kind) in [
        ((probe, body.clone()), 401, ErrorKind::Probe),
        (forged.signed(), 401, ErrorKind::Verify),
        ((headers, b"{}".to_vec()), 401, ErrorKind::Verify),
        ((Default::default(), body), 401, ErrorKind::Verify),
        (rotated.signed(), 500, ErrorKind::Decrypt),
        ((good.headers(b"[]"), b"[]".to_vec()), 400, ErrorKind::Body),
    ] {
        let answer = post(to, &headers, &body).await;
        assert_eq!(answer.status, status, "{kind:?}");
        assert!(answer.body.contains("\"code\":\"FAIL\""), "{}", answer.body);
        assert!(answer.head.contains("application/json"), "{}", answer.head);
        assert_eq!(seen.recv().await.unwrap(), format!("rejected {kind:?}"));
    }
}
