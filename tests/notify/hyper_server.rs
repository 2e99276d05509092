//! A hyper server on loopback that receives notifications over sockets.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use wechatpay_chain::notify::{
    Acknowledgement, Claim, DedupStore, Delivery, Finished, Notification, Notifications,
};
use wechatpay_chain::signing::{PROBE_PREFIX, SignType};
use wechatpay_chain::{Error, ErrorKind, Result, SystemClock};

use crate::support::{Post, STRANGER, V2, builder, post, post_part, v2_message};

#[derive(Default)]
pub(crate) struct Shop {
    pub(crate) handled: AtomicUsize,
    gate: Notify,
}

impl Shop {
    /// Waits until this many were handled, or are being handled.
    async fn handles(&self, count: usize) {
        let patience = Instant::now() + Duration::from_secs(60);
        while self.handled.load(Ordering::SeqCst) < count {
            assert!(Instant::now() < patience, "the handler is never asked");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn act(&self, notification: Notification) -> io::Result<Acknowledgement> {
        let count = self.handled.fetch_add(1, Ordering::SeqCst);
        match notification.id() {
            "fails-once" if count == 0 => Err(io::Error::other("the database is down")),
            "slow" => {
                self.gate.notified().await;
                Ok(Acknowledgement::Done)
            }
            "question" => Ok(json!({"retention_type": "NONE"}).into()),
            _ => Ok(Acknowledgement::Done),
        }
    }
}

pub(crate) async fn serve(notifications: Notifications) -> (SocketAddr, Arc<Shop>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (to, shop) = (listener.local_addr().unwrap(), Arc::new(Shop::default()));
    let kept = Arc::clone(&shop);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (notifications, shop) = (notifications.clone(), Arc::clone(&shop));
            let service = service_fn(move |request: http::Request<Incoming>| {
                let (notifications, shop) = (notifications.clone(), Arc::clone(&shop));
                async move {
                    let reply = notifications.handle(request, |n| async move { shop.act(n).await });
                    Ok::<_, Infallible>(reply.await.into_response::<Full<Bytes>>())
                }
            });
            let connection = http1::Builder::new()
                .half_close(true)
                .serve_connection(TokioIo::new(socket), service);
            tokio::spawn(connection);
        }
    });
    (to, kept)
}

async fn server() -> (SocketAddr, Arc<Shop>) {
    serve(builder().clock(SystemClock::new()).build().unwrap()).await
}

#[tokio::test]
async fn a_repeated_delivery_is_answered_and_not_handled_again() {
    let (to, shop) = server().await;
    for _ in 0..3 {
        let (headers, body) = Post::paid().fresh("a").signed();
        let answer = post(to, &headers, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    }
    assert_eq!(shop.handled.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_failed_handler_gets_the_next_delivery() {
    let (to, shop) = server().await;
    let (headers, body) = Post::paid().fresh("fails-once").signed();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(post(to, &headers, &body).await.status);
    }
    assert_eq!(statuses, [500, 204, 204]);
    assert_eq!(shop.handled.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_second_delivery_waits_while_the_first_is_handled() {
    let (to, shop) = server().await;
    let (headers, body) = Post::paid().fresh("slow").signed();
    let first = tokio::spawn({
        let (headers, body) = (headers.clone(), body.clone());
        async move { post(to, &headers, &body).await.status }
    });
    shop.handles(1).await;
    assert_eq!(post(to, &headers, &body).await.status, 503);
    shop.gate.notify_one();
    assert_eq!(first.await.unwrap(), 204);
    assert_eq!(post(to, &headers, &body).await.status, 204);
    assert_eq!(shop.handled.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_handler_that_never_ends_loses_its_claim() {
    let reader = builder()
        .clock(SystemClock::new())
        .lease(Duration::from_millis(200))
        .renew_for(Duration::ZERO);
    let (to, shop) = serve(reader.build().unwrap()).await;
    let (headers, body) = Post::paid().fresh("slow").signed();
    for expected in 1..=2 {
        let stuck = tokio::spawn({
            let (headers, body) = (headers.clone(), body.clone());
            async move { post(to, &headers, &body).await.status }
        });
        shop.handles(expected).await;
        stuck.abort();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn a_request_for_data_is_answered_each_time() {
    let (to, shop) = server().await;
    for _ in 0..2 {
        let question = Post::new("ENTRUST.TERMINATE_RETENTION", json!({})).fresh("question");
        let (headers, body) = question.signed();
        let answer = post(to, &headers, &body).await;
        assert_eq!(answer.status, 200);
        let data: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(data["retention_type"], "NONE");
    }
    assert_eq!(shop.handled.load(Ordering::SeqCst), 2);
    // The same kind, with a handler that returns no data.
    let (headers, body) = Post::new("ENTRUST.TERMINATE_RETENTION", json!({}))
        .fresh("b")
        .signed();
    assert_eq!(post(to, &headers, &body).await.status, 500);
}

#[tokio::test]
async fn v2_and_v3_are_served_together() {
    let (to, shop) = server().await;
    let message = v2_message(&[("out_trade_no", "1")], SignType::HmacSha256, V2);
    for _ in 0..2 {
        let answer = post(to, &Default::default(), message.as_bytes()).await;
        assert_eq!(answer.status, 200);
        assert!(
            answer.body.contains("<return_code>SUCCESS<"),
            "{}",
            answer.body
        );
        assert!(answer.head.contains("text/xml"), "{}", answer.head);
    }
    assert_eq!(shop.handled.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nothing_forged_or_broken_reaches_the_handler() {
    let (to, shop) = server().await;
    let good = Post::paid().fresh("a");
    let (headers, body) = good.signed();
    let changed = |edit: fn(&mut Post)| {
        let mut post = good.clone();
        edit(&mut post);
        post.signed()
    };
    let mut probe = headers.clone();
    let signature = format!("{PROBE_PREFIX}x");
    probe.insert("wechatpay-signature", signature.parse().unwrap());
    let no_json = (good.headers(b"no json"), b"no json".to_vec());
    for (what, (headers, body), status) in [
        ("probe", (probe, body.clone()), 401),
        (
            "signer",
            changed(|post| post.signer = STRANGER.clone()),
            401,
        ),
        (
            "serial",
            changed(|post| post.serial = "PUB_KEY_ID_1".into()),
            401,
        ),
        ("stale", changed(|post| post.timestamp -= 301), 401),
        ("no headers", (Default::default(), body.clone()), 401),
        (
            "tampered",
            (headers.clone(), [&body[..], b" "].concat()),
            401,
        ),
        (
            "too long",
            (headers.clone(), vec![b' '; (1 << 20) + 1]),
            400,
        ),
        ("no json", no_json, 400),
        (
            "APIv3 key",
            changed(|post| post.apiv3 = "x".repeat(32)),
            500,
        ),
    ] {
        let answer = post(to, &headers, &body).await;
        assert_eq!(answer.status, status, "{what}");
        assert!(
            answer.body.starts_with("{\"code\":\"FAIL\""),
            "{what}: {}",
            answer.body
        );
    }
    // Fewer bytes than announced.
    let answer = post_part(to, &headers, &body[..20], body.len()).await;
    assert!([0, 400].contains(&answer.status), "{}", answer.status);
    assert_eq!(shop.handled.load(Ordering::SeqCst), 0);
    // None of them affected the genuine one.
    assert_eq!(post(to, &headers, &body).await.status, 204);
}

struct Broken;

impl DedupStore for Broken {
    async fn claim(&self, _: &str, _: &Claim, _: Duration) -> Result<Delivery> {
        Err(Error::new(ErrorKind::Dedup, "down"))
    }

    async fn finish(&self, _: &str, _: &Claim, _: Duration) -> Result<Finished> {
        Err(Error::new(ErrorKind::Dedup, "down"))
    }

    async fn forget(&self, _: &str, _: &Claim) -> Result<()> {
        Err(Error::new(ErrorKind::Dedup, "down"))
    }
}

#[tokio::test]
async fn an_unavailable_store_defers_the_notification() {
    let reader = builder().clock(SystemClock::new()).dedup_store(Broken);
    let (to, shop) = serve(reader.build().unwrap()).await;
    let (headers, body) = Post::paid().fresh("a").signed();
    assert_eq!(post(to, &headers, &body).await.status, 503);
    assert_eq!(shop.handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn accept_claims_finish_keeps_and_release_gives_back() {
    let reader = crate::support::reader();
    let (headers, body) = Post::paid().signed();
    let first = reader.accept(&headers, &body).await.unwrap();
    assert!(!first.duplicate());
    let second = reader.accept(&headers, &body).await.unwrap();
    assert_eq!(second.delivery(), Delivery::InProgress);
    // The second has no claim to release.
    reader.release(&second).await.unwrap();
    assert!(reader.accept(&headers, &body).await.unwrap().duplicate());
    reader.release(&first).await.unwrap();
    let again = reader.accept(&headers, &body).await.unwrap();
    assert!(!again.duplicate());
    // The first was released: the current claim belongs to a later delivery.
    reader.release(&first).await.unwrap();
    assert_eq!(reader.finish(&first).await.unwrap(), Finished::LeaseLost);
    assert_eq!(reader.finish(&again).await.unwrap(), Finished::Recorded);
    reader.release(&again).await.unwrap();
    let later = reader.accept(&headers, &body).await.unwrap();
    assert_eq!(later.delivery(), Delivery::Duplicate);
}
