//! A call that has ended sends nothing, even if a part of it goes on in another thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber, subscriber};
use wechatpay_chain::middleware::from_fn;
use wechatpay_chain::{Call, Client, Error, ErrorKind, Next, Request};

use crate::observe::register_second_subscriber;
use crate::support::builder;
use crate::support::server::{Event, Server};
use crate::support::watchdog::Watchdog;

fn call(client: &Client, path: &'static str) -> Call {
    client.chain(path).post(json!({"a": 1}), ())
}

/// A layer blocks a thread of the background; the caller's thread stops waiting.
#[test]
fn a_layer_that_outlives_the_wait_cannot_send() {
    let _guard = Watchdog::guard("a_layer_that_outlives_the_wait_cannot_send");
    let (release, released) = mpsc::channel::<()>();
    let (ended, outcome) = mpsc::channel();
    let released = Arc::new(Mutex::new(released));
    let server = Server::start();
    let blocking = builder().base_url(server.url()).stack(move |stack| {
        let layer = from_fn(move |request: Request, next: Next| {
            let (released, ended) = (Arc::clone(&released), ended.clone());
            async move {
                let _ = released.lock().unwrap().recv();
                let outcome = next.run(request).await;
                let _ = ended.send(
                    outcome
                        .as_ref()
                        .err()
                        .map(|err| (err.kind(), err.maybe_sent())),
                );
                outcome
            }
        });
        stack.unshift("blocks", layer).map(drop)
    });
    let client = blocking.build().unwrap();
    let runtime = Runtime::new().unwrap();
    let err = runtime.block_on(async {
        let call = call(&client, "v3/pay/transactions/native");
        call.timeout(Duration::from_millis(30)).wait().unwrap_err()
    });
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Timeout, false));
    drop(release);
    assert_eq!(outcome.recv().unwrap(), Some((ErrorKind::Timeout, false)));
}

/// The default transport, in the background, is about to give the request to a connection when a layer gives up.
#[test]
fn a_transport_in_the_background_cannot_send_after_the_call() {
    let _guard = Watchdog::guard("a_transport_in_the_background_cannot_send");
    register_second_subscriber();
    let (blocks, reached) = oneshot::channel::<()>();
    let (release, released) = mpsc::channel();
    let server = Server::start();
    let client = giving_up_when(reached, &server);
    // Without sockets, so that the transport uses the background.
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    let blocking = BeforeSending {
        last: AtomicU64::new(0),
        blocks: Mutex::new(Some(blocks)),
        released: Mutex::new(released),
    };
    let err = subscriber::with_default(blocking, || {
        runtime.block_on(async {
            call(&client, "v3/pay/transactions/native")
                .await
                .unwrap_err()
        })
    });
    assert_eq!(
        (err.kind(), err.maybe_sent()),
        (ErrorKind::Middleware, false)
    );
    release.send(()).unwrap();
    call(&client, "v3/pay/transactions/jsapi").wait().unwrap();
    let expected = "POST /v3/pay/transactions/jsapi HTTP/1.1";
    assert_eq!(server.next(), Event::Request(expected.to_owned()));
}

/// A client whose first call ends when `reached` says so.
fn giving_up_when(reached: oneshot::Receiver<()>, server: &Server) -> Client {
    let reached = Arc::new(Mutex::new(Some(reached)));
    let client = builder().base_url(server.url()).stack(move |stack| {
        let layer = from_fn(move |request: Request, next: Next| {
            let reached = reached.lock().unwrap().take();
            async move {
                let Some(reached) = reached else {
                    return next.run(request).await;
                };
                tokio::select! {
                    outcome = next.run(request) => outcome,
                    _ = reached => Err(Error::new(ErrorKind::Middleware, "given up")),
                }
            }
        });
        stack.unshift("gives up", layer).map(drop)
    });
    client.build().unwrap()
}

/// A subscriber that blocks the thread that opens the span `wait`: the next step is to send the request.
struct BeforeSending {
    last: AtomicU64,
    blocks: Mutex<Option<oneshot::Sender<()>>>,
    released: Mutex<mpsc::Receiver<()>>,
}

impl Subscriber for BeforeSending {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        if span.metadata().name() == "wait"
            && let Some(blocks) = self.blocks.lock().unwrap().take()
        {
            let _ = blocks.send(());
            let _ = self.released.lock().unwrap().recv();
        }
        Id::from_u64(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
