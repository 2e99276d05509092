//! Layers around the default transport, or inside of `retry`, send a request twice, give it up, or are wrong about it. Requests that were sent count.

use std::future::pending;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::request::Parts;
use http::{Request, Uri};
use serde_json::json;
use tokio::sync::oneshot;
use wechatpay_chain::middleware::from_fn;
use wechatpay_chain::resilience::RetryPolicy;
use wechatpay_chain::transport::{self, Body};
use wechatpay_chain::{ClientBuilder, Error, ErrorKind, HttpTransport, Next, Result, Transport};

use crate::support::builder;
use crate::support::server::{Event, Server};
use crate::support::watchdog::Watchdog;

/// A payment by code, which WeChat Pay would make twice.
const PAY: &str = "v3/pay/transactions/codepay";
const SENT: &str = "POST /v3/pay/transactions/codepay HTTP/1.1";

/// A server that never answers, and a message when it has the first request.
struct Mute {
    server: Arc<Server>,
    arrived: Arc<Mutex<Option<oneshot::Receiver<()>>>>,
}

impl Mute {
    fn start() -> Self {
        let server = Arc::new(Server::mute());
        let (arrives, arrived) = oneshot::channel();
        let watched = Arc::clone(&server);
        std::thread::spawn(move || {
            assert_eq!(watched.next(), Event::Request(SENT.to_owned()));
            let _ = arrives.send(());
        });
        let arrived = Arc::new(Mutex::new(Some(arrived)));
        Self { server, arrived }
    }

    fn client(&self, transport: impl Transport) -> ClientBuilder {
        builder().base_url(self.server.url()).transport(transport)
    }

    /// The first request, from which the second is copied.
    fn arrival(&self) -> impl Fn() -> oneshot::Receiver<()> + Clone + Send + Sync + use<> {
        let arrived = Arc::clone(&self.arrived);
        move || arrived.lock().unwrap().take().expect("one request")
    }
}

fn inner() -> HttpTransport {
    HttpTransport::builder().no_proxy().build().unwrap()
}

fn pay(builder: ClientBuilder) -> Error {
    let client = builder.build().unwrap();
    let body = json!({"out_trade_no": "1", "auth_code": "134567890123456789"});
    client
        .chain(PAY)
        .post(body, ())
        .wait()
        .map(drop)
        .unwrap_err()
}

async fn taken_apart(request: Request<Body>) -> Result<(Parts, bytes::Bytes)> {
    let (parts, body) = request.into_parts();
    Ok((parts, body.collect(usize::MAX).await?))
}

/// The same request, extensions included, for a host that refuses connections.
fn elsewhere(mut parts: Parts, body: bytes::Bytes) -> Request<Body> {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = parts.uri.path_and_query().unwrap();
    let uri = format!("http://{}{target}", closed.local_addr().unwrap());
    parts.uri = uri.parse::<Uri>().unwrap();
    Request::from_parts(parts, body.into())
}

/// A transport that sends a request, gives it up when it has arrived, and sends it again: a timeout inside a retry.
fn retrying(mute: &Mute) -> impl Transport + use<> {
    let (inner, arrival) = (inner(), mute.arrival());
    transport::from_fn(move |request| {
        let (inner, arrived) = (inner.clone(), arrival());
        async move {
            let (parts, body) = taken_apart(request).await?;
            let first = Request::from_parts(parts.clone(), body.clone().into());
            tokio::select! {
                answer = inner.send(first) => return answer,
                _ = arrived => {}
            }
            inner.send(elsewhere(parts, body)).await
        }
    })
}

#[test]
fn a_second_send_that_fails_does_not_undo_the_first() {
    let _guard = Watchdog::guard("a_second_send_that_fails_does_not_undo_the_first");
    let mute = Mute::start();
    let err = pay(mute.client(retrying(&mute)));
    assert!(err.maybe_sent() && err.is_undecided(), "{}", err.report());
}

/// The transport would panic at a second attempt.
#[test]
fn a_payment_that_was_sent_inside_the_transport_is_not_repeated() {
    let _guard = Watchdog::guard("a_payment_that_was_sent_inside_the_transport");
    let mute = Mute::start();
    let retried = mute.client(retrying(&mute)).retry(RetryPolicy::new());
    let err = pay(retried);
    assert!(err.maybe_sent(), "{}", err.report());
    assert_eq!(err.attempts(), 1);
}

/// A fallback: the client cannot connect, and a client of another kind, which reports nothing, sends the request.
#[test]
fn a_request_that_another_client_sends_instead_counts() {
    let _guard = Watchdog::guard("a_request_that_another_client_sends_instead");
    let mute = Mute::start();
    let (inner, arrival, url) = (inner(), mute.arrival(), mute.server.url());
    let falling_back = transport::from_fn(move |request| {
        let (inner, arrived) = (inner.clone(), arrival());
        let address = url
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        async move {
            let (parts, body) = taken_apart(request).await?;
            let failed = inner.send(elsewhere(parts, body)).await.map(drop);
            assert!(failed.is_err_and(|err| !err.maybe_sent()));
            let mut other = TcpStream::connect(address).unwrap();
            write!(
                other,
                "{SENT}\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n"
            )
            .unwrap();
            let _ = arrived.await;
            pending().await
        }
    });
    let err = pay(mute.client(falling_back).timeout(Duration::from_secs(2)));
    assert_eq!(err.kind(), ErrorKind::Timeout, "{}", err.report());
    assert!(err.maybe_sent(), "{}", err.report());
}

/// A hedge: the second request fails while the first is under way.
#[test]
fn a_failed_hedge_does_not_hide_the_request_that_is_under_way() {
    let _guard = Watchdog::guard("a_failed_hedge_does_not_hide_the_request");
    let mute = Mute::start();
    let (inner, arrival) = (inner(), mute.arrival());
    let (failed, has_failed) = std::sync::mpsc::channel();
    let hedging = transport::from_fn(move |request| {
        let (inner, arrived, failed) = (inner.clone(), arrival(), failed.clone());
        async move {
            let (parts, body) = taken_apart(request).await?;
            let first = Request::from_parts(parts.clone(), body.clone().into());
            let second = async {
                let _ = arrived.await;
                let err = inner
                    .send(elsewhere(parts, body))
                    .await
                    .map(drop)
                    .unwrap_err();
                failed.send(err.kind()).unwrap();
                pending().await
            };
            tokio::select! {
                answer = inner.send(first) => answer,
                answer = second => answer,
            }
        }
    });
    let err = pay(mute.client(hedging).timeout(Duration::from_secs(2)));
    assert_eq!(has_failed.recv().unwrap(), ErrorKind::Connect);
    assert_eq!(err.kind(), ErrorKind::Timeout, "{}", err.report());
    assert!(err.maybe_sent(), "{}", err.report());
}

/// `from_service` takes a function that may be wrong about errors of the layers.
#[test]
fn a_layer_that_denies_what_was_sent_is_not_believed() {
    let _guard = Watchdog::guard("a_layer_that_denies_what_was_sent");
    let mute = Mute::start();
    let (inner, arrival) = (inner(), mute.arrival());
    let denying = transport::from_fn(move |request| {
        let (sending, arrived) = (inner.send(request), arrival());
        async move {
            tokio::select! {
                answer = sending => answer,
                _ = arrived => {
                    let err = Error::new(ErrorKind::Connect, "the layer's time is over");
                    Err(err.with_maybe_sent(false))
                }
            }
        }
    });
    let err = pay(mute.client(denying).retry(RetryPolicy::new()));
    assert!(err.maybe_sent(), "{}", err.report());
    assert_eq!(err.attempts(), 1);
}

/// A layer inside of `retry` says that nothing was sent, and goes on in a task; that task must not send the payment after
/// the retry has sent it.
#[test]
fn an_attempt_that_was_given_up_cannot_begin_after_the_retry() {
    let _guard = Watchdog::guard("an_attempt_that_was_given_up_cannot_begin_after_the_retry");
    let server = Server::start();
    let (release, released) = oneshot::channel::<()>();
    let (ended, outcome) = std::sync::mpsc::channel();
    let first = Arc::new(Mutex::new(Some((released, ended))));
    let layer = from_fn(move |request: wechatpay_chain::Request, next: Next| {
        let first = first.lock().unwrap().take();
        async move {
            let Some((released, ended)) = first else {
                return next.run(request).await;
            };
            tokio::spawn(async move {
                let _ = released.await;
                let _ = ended.send(next.run(request).await.map(drop));
            });
            Err(Error::new(ErrorKind::Connect, "given up").with_maybe_sent(false))
        }
    });
    let client = builder()
        .base_url(server.url())
        .retry(RetryPolicy::new())
        .stack(move |stack| stack.push("spawns", layer).map(drop));
    let client = client.build().unwrap();
    let body = json!({"out_trade_no": "1", "auth_code": "134567890123456789"});
    let response = client.chain(PAY).post(body, ()).wait().unwrap();
    assert_eq!(server.next(), Event::Request(SENT.to_owned()));
    release.send(()).unwrap();
    let late = outcome.recv().unwrap().unwrap_err();
    assert_eq!(
        (late.kind(), late.maybe_sent()),
        (ErrorKind::Timeout, false)
    );
    drop(response);
    let events = server.events.lock().unwrap();
    assert!(!events.try_iter().any(|event| event != Event::Closed));
}
