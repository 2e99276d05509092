//! Bodies and stores that never answer, and aborted deliveries.

use std::future::{self, Future};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::Frame;
use wechatpay_chain::notify::{Claim, DedupStore, Delivery, Finished, MemoryStore, Reply};
use wechatpay_chain::{Client, ErrorKind, Merchants, Result};

use crate::lifetimes::{Work, accept, first, request};
use crate::support::{APIV3, MERCHANT, PLATFORM, Post, SERIAL, Still, builder};

struct Never;

impl http_body::Body for Never {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, io::Error>>> {
        Poll::Pending
    }
}

fn put_off(reply: &Reply, kind: ErrorKind) {
    assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
    let err = reply.error().expect("it is said");
    assert_eq!((err.kind(), err.maybe_sent()), (kind, false));
    assert!(
        err.report().contains("NotificationsBuilder::timeout"),
        "{}",
        err.report()
    );
}

#[tokio::test]
async fn a_missing_body_defers_the_notification() {
    let reader = builder()
        .timeout(Duration::from_millis(20))
        .build()
        .unwrap();
    let reply = reader
        .handle(Request::new(Never), |_| future::ready(io::Result::Ok(())))
        .await;
    put_off(&reply, ErrorKind::Timeout);
}

/// A store that executes every operation, but never answers the first of each kind.
#[derive(Default)]
struct Mute {
    inner: MemoryStore,
    questions: [AtomicUsize; 2],
}

impl Mute {
    async fn answer(&self, question: usize) {
        if self.questions[question].fetch_add(1, Ordering::SeqCst) == 0 {
            future::pending().await
        }
    }
}

impl DedupStore for Mute {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        let delivery = self.inner.claim(id, claim, lease).await;
        self.answer(0).await;
        delivery
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        let finished = self.inner.finish(id, claim, ttl).await;
        self.answer(1).await;
        finished
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        self.inner.forget(id, claim).await
    }
}

#[tokio::test]
async fn a_silent_store_defers_the_notification_and_keeps_no_claim() {
    let reader = builder()
        .dedup_store(Mute::default())
        .timeout(Duration::from_millis(20))
        .build()
        .unwrap();
    let handle = || reader.handle(request("a"), |_| future::ready(io::Result::Ok(())));
    put_off(&handle().await, ErrorKind::Dedup);
    // Its claim was released; now the store records the notification without answering.
    let reply = handle().await;
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    assert_eq!(reply.error().unwrap().kind(), ErrorKind::Dedup);
    let reply = handle().await;
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    assert!(reply.error().is_none());
}

/// A body that arrives after some time.
struct Slow {
    sleep: Pin<Box<tokio::time::Sleep>>,
    body: Option<Bytes>,
}

impl Slow {
    fn request(id: &str, millis: u64) -> Request<Self> {
        let mut paid = Post::paid();
        (paid.id, paid.serial) = (id.into(), KEY_OF_MERCHANT.into());
        let (headers, body) = paid.signed();
        let mut request = Request::new(Self {
            sleep: Box::pin(tokio::time::sleep(Duration::from_millis(millis))),
            body: Some(body.into()),
        });
        *request.headers_mut() = headers;
        request
    }
}

impl http_body::Body for Slow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, io::Error>>> {
        if self.body.is_some() && self.sleep.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(self.body.take().map(|body| Ok(Frame::data(body))))
    }
}

/// A store that takes 900 ms to claim.
#[derive(Default)]
struct Lazy(MemoryStore);

impl DedupStore for Lazy {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        tokio::time::sleep(Duration::from_millis(900)).await;
        self.0.claim(id, claim, lease).await
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        self.0.finish(id, claim, ttl).await
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        self.0.forget(id, claim).await
    }
}

const KEY_OF_MERCHANT: &str = "PUB_KEY_ID_0119000001092024112500000000";

/// One limit from the first byte to the claim, also before the merchant is known.
#[tokio::test]
async fn an_endpoint_of_many_merchants_obeys_the_timeout_for_the_body_too() {
    let merchants = Merchants::new().unwrap();
    let merchant = Client::builder()
        .mchid("1900000109")
        .serial(SERIAL)
        .private_key(MERCHANT.clone())
        .platform_key(KEY_OF_MERCHANT, PLATFORM.public_key().clone())
        .apiv3_key(APIV3)
        .clock(Still)
        .no_proxy();
    merchants.add(merchant).unwrap();
    let endpoint = |limit: Duration| {
        let endpoint = merchants.notifications();
        endpoint.configure(move |builder| builder.timeout(limit).dedup_store(Lazy::default()))
    };
    let handle = async |limit: u64, request: Request<Slow>| {
        let handler = |_, _| future::ready(io::Result::Ok(()));
        let endpoint = endpoint(Duration::from_millis(limit));
        endpoint.handle(request, handler).await
    };
    let (short, raised, invalid) = tokio::join!(
        handle(1000, Slow::request("a", 700)),
        handle(60_000, Slow::request("b", 2300)),
        handle(0, Slow::request("c", 0)),
    );
    put_off(&short, ErrorKind::Dedup);
    assert_eq!(raised.status(), StatusCode::NO_CONTENT);
    assert_eq!(invalid.error().unwrap().kind(), ErrorKind::Builder);
}

/// Dropped during an operation of the store.
#[tokio::test]
async fn a_delivery_aborted_while_claiming_leaves_no_claim() {
    let reader = builder().dedup_store(Mute::default()).build().unwrap();
    {
        let mut asked = Box::pin(accept(&reader));
        let polled =
            future::poll_fn(|context| Poll::Ready(asked.as_mut().poll(context).is_ready()));
        assert!(!polled.await, "it waits for the store");
    }
    first(&reader).await;
}

/// A runtime other than tokio has no tokio tasks and timers.
#[test]
fn everything_works_without_a_tokio_runtime() {
    let (reader, work) = (
        builder()
            .timeout(Duration::from_millis(200))
            .build()
            .unwrap(),
        Arc::new(Work::default()),
    );
    let reply = block_on(reader.handle(Request::new(Never), |_| future::ready(io::Result::Ok(()))));
    put_off(&reply, ErrorKind::Timeout);
    work.gate.notify_one();
    let acting = Arc::clone(&work);
    let reply = block_on(reader.handle(request("a"), |notification| acting.act(notification)));
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    assert_eq!(work.counts(), (1, 1));
}

/// A minimal executor.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    struct Thread(std::thread::Thread);
    impl std::task::Wake for Thread {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Thread(std::thread::current())).into();
    let mut work = std::pin::pin!(work);
    loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn invalid_durations_are_rejected() {
    for wrong in [
        builder().timeout(Duration::ZERO),
        builder().timeout(Duration::MAX),
        builder().renew_for(Duration::MAX),
        builder().lease(Duration::ZERO),
    ] {
        assert_eq!(wrong.build().unwrap_err().kind(), ErrorKind::Builder);
    }
}
