//! The lifetime of claims: disconnecting senders, panicking handlers, and renewal.

use std::convert::Infallible;
use std::future::{self, Future};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use wechatpay_chain::notify::{
    Claim, DedupStore, Delivery, Finished, MemoryStore, Notification, Notifications,
};
use wechatpay_chain::{ErrorKind, Result, SystemClock};

use crate::support::{Post, builder, post, reader};

/// The steps of a handler, and where it stops.
#[derive(Default)]
pub(crate) struct Work {
    debited: AtomicUsize,
    booked: AtomicUsize,
    pub(crate) gate: Notify,
}

impl Work {
    pub(crate) async fn act(self: Arc<Self>, _: Notification) -> io::Result<()> {
        self.debited.fetch_add(1, Ordering::SeqCst);
        self.gate.notified().await;
        self.booked.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    pub(crate) fn counts(&self) -> (usize, usize) {
        let count = |of: &AtomicUsize| of.load(Ordering::SeqCst);
        (count(&self.debited), count(&self.booked))
    }
}

pub(crate) fn request(id: &str) -> Request<Full<Bytes>> {
    let mut paid = Post::paid();
    paid.id = id.into();
    let (headers, body) = paid.signed();
    let mut request = Request::new(Full::from(body));
    *request.headers_mut() = headers;
    request
}

pub(crate) async fn accept(reader: &Notifications) -> Result<Notification> {
    let (headers, body) = Post::paid().signed();
    reader.accept(&headers, &body).await
}

/// Waits for a condition; the test times out if it never holds.
async fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

/// Waits until another claim was released.
pub(crate) async fn first(reader: &Notifications) -> Notification {
    for _ in 0..6000 {
        let next = accept(reader).await.unwrap();
        if next.delivery() == Delivery::New {
            return next;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the claim is never given back");
}

#[tokio::test]
async fn a_handler_completes_after_its_request_is_dropped() {
    let (reader, work) = (reader(), Arc::new(Work::default()));
    let (of_task, acting) = (reader.clone(), Arc::clone(&work));
    let delivery = tokio::spawn(async move {
        of_task
            .handle(request("a"), |notification| acting.act(notification))
            .await
    });
    eventually("debited", || work.counts() == (1, 0)).await;
    delivery.abort();
    assert!(delivery.await.unwrap_err().is_cancelled());
    // It continues, and no other delivery is handled at the same time.
    let again = |id| {
        let (reader, acting) = (reader.clone(), Arc::clone(&work));
        async move {
            reader
                .handle(request(id), |notification| acting.act(notification))
                .await
        }
    };
    assert_eq!(again("a").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    work.gate.notify_one();
    reader.handlers_ended().await;
    assert_eq!(work.counts(), (1, 1));
    assert_eq!(again("a").await.status(), StatusCode::NO_CONTENT);
    assert_eq!(work.counts(), (1, 1));
}

#[tokio::test]
async fn a_disconnecting_sender_does_not_cancel_the_handler() {
    let (reader, work) = (
        builder().clock(SystemClock::new()).build().unwrap(),
        Arc::new(Work::default()),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = listener.local_addr().unwrap();
    let gone = Arc::new(AtomicUsize::new(0));
    let (serving, acting, ended) = (reader.clone(), Arc::clone(&work), Arc::clone(&gone));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (reader, work, ended) = (serving.clone(), Arc::clone(&acting), Arc::clone(&ended));
            let service = service_fn(move |request| {
                let (reader, work) = (reader.clone(), Arc::clone(&work));
                async move {
                    let reply = reader
                        .handle(request, |notification| work.act(notification))
                        .await;
                    Ok::<_, Infallible>(reply.into_response::<Full<Bytes>>())
                }
            });
            tokio::spawn(async move {
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
                ended.fetch_add(1, Ordering::SeqCst);
            });
        }
    });
    let (headers, body) = Post::paid().fresh("a").signed();
    let mut socket = TcpStream::connect(to).await.unwrap();
    let mut head = format!(
        "POST / HTTP/1.1\r\nHost: {to}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in &headers {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    let message = [format!("{head}\r\n").as_bytes(), &body].concat();
    socket.write_all(&message).await.unwrap();
    eventually("debited", || work.counts() == (1, 0)).await;
    drop(socket);
    eventually("the server has seen it", || {
        gone.load(Ordering::SeqCst) == 1
    })
    .await;
    work.gate.notify_one();
    reader.handlers_ended().await;
    assert_eq!(post(to, &headers, &body).await.status, 204);
    assert_eq!(work.counts(), (1, 1));
}

/// As in axum with a handler that finishes and releases explicitly.
#[tokio::test]
async fn a_dropped_claim_is_released() {
    let reader = reader();
    let kept = accept(&reader).await.unwrap();
    let clone = kept.clone();
    drop(kept);
    tokio::task::yield_now().await;
    assert_eq!(
        accept(&reader).await.unwrap().delivery(),
        Delivery::InProgress
    );
    drop(clone);
    let next = first(&reader).await;
    // A finished notification stays finished, whatever is dropped.
    assert_eq!(reader.finish(&next).await.unwrap(), Finished::Recorded);
    drop(next);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(
        accept(&reader).await.unwrap().delivery(),
        Delivery::Duplicate
    );
}

/// Panics when it is polled.
struct Unwinding;

impl Future for Unwinding {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        panic!("a bug in the handler")
    }
}

#[tokio::test]
async fn after_a_panic_the_next_delivery_is_handled_at_once() {
    let reader = reader();
    let bug = |so: bool| assert!(!so, "a bug in the handler");
    let replies = [
        reader
            .handle(request("a"), move |_| {
                bug(true);
                future::ready(io::Result::Ok(()))
            })
            .await,
        reader.handle(request("a"), |_| Unwinding).await,
        reader
            .handle(request("a"), move |_| async move {
                tokio::task::yield_now().await;
                bug(true);
                io::Result::Ok(())
            })
            .await,
    ];
    for reply in replies {
        assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let err = reply.error().expect("it is said");
        assert_eq!(
            (err.kind(), err.maybe_sent()),
            (ErrorKind::Middleware, false)
        );
        assert!(err.to_string().contains("panicked"), "{err}");
        assert!(!err.report().contains("bug"), "{}", err.report());
    }
    let reply = reader
        .handle(request("a"), |_| future::ready(io::Result::Ok(())))
        .await;
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    reader.handlers_ended().await;
}

/// A memory store that records its operations, whose claims never expire.
#[derive(Clone, Default)]
struct Log {
    asked: Arc<Mutex<Vec<(&'static str, String)>>>,
    inner: Arc<MemoryStore>,
}

const LONG: Duration = Duration::from_secs(3600);

impl Log {
    fn note(&self, what: &'static str, claim: &Claim) {
        self.asked
            .lock()
            .unwrap()
            .push((what, claim.as_str().into()));
    }

    fn count(&self, what: &str) -> usize {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|(asked, _)| *asked == what)
            .count()
    }
}

impl DedupStore for Log {
    async fn claim(&self, id: &str, claim: &Claim, _: Duration) -> Result<Delivery> {
        self.note("claim", claim);
        self.inner.claim(id, claim, LONG).await
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        self.note("end", claim);
        self.inner.finish(id, claim, ttl).await
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        self.note("end", claim);
        self.inner.forget(id, claim).await
    }
}

#[tokio::test]
async fn a_claim_is_renewed_while_its_handler_runs_and_not_after() {
    let (log, work) = (Log::default(), Arc::new(Work::default()));
    let lease = Duration::from_millis(3);
    let reader = builder()
        .dedup_store(log.clone())
        .lease(lease)
        .build()
        .unwrap();
    let acting = Arc::clone(&work);
    let watching = async {
        eventually("renewed", || log.count("claim") > 5).await;
        work.gate.notify_one();
    };
    let handled = reader.handle(request("a"), |notification| acting.act(notification));
    let (reply, ()) = tokio::join!(handled, watching);
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    // Explicitly, and released: no renewal follows the end of the claim.
    for round in 0..30 {
        let (headers, body) = {
            let mut paid = Post::paid();
            paid.id = format!("by hand {round}");
            paid.signed()
        };
        let kept = reader.accept(&headers, &body).await.unwrap();
        tokio::time::sleep(lease / 3 * (round % 3)).await;
        match round % 2 {
            0 => reader.release(&kept).await.unwrap(),
            _ => drop(kept),
        }
    }
    eventually("given back", || log.count("end") == 31).await;
    tokio::time::sleep(10 * lease).await;
    let asked = log.asked.lock().unwrap();
    let ends = asked
        .iter()
        .enumerate()
        .filter(|(_, (what, _))| *what == "end");
    for (at, (_, claim)) in ends {
        let behind = asked[at + 1..].iter().any(|(_, later)| later == claim);
        assert!(!behind, "asked for again after its end");
    }
}

#[tokio::test]
async fn renewal_ends() {
    let log = Log::default();
    let reader = builder()
        .dedup_store(log.clone())
        .lease(Duration::from_millis(3))
        .renew_for(Duration::ZERO)
        .build()
        .unwrap();
    let kept = accept(&reader).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(log.count("claim"), 1);
    drop(kept);
}

/// Timers come from the background runtime if the server's runtime has none.
#[test]
fn a_runtime_without_timers_handles_notifications() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (notifications, work) = (reader(), Arc::new(Work::default()));
        work.gate.notify_one();
        for _ in 0..2 {
            let acting = Arc::clone(&work);
            let reply = notifications.handle(request("a"), |it| acting.act(it));
            let reply = reply.await;
            assert!(reply.status().is_success(), "{:?}", reply.error());
        }
        assert_eq!(work.counts(), (1, 1));
    });
}
