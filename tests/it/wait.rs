//! `.wait()` and `.await` in every context. A hang is a failure: see `watchdog`.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use wechatpay_chain::middleware::{self, from_fn};
use wechatpay_chain::{Call, Client, ErrorKind, Next, Request, Response, transport};

use crate::support::server::{Event, Server};
use crate::support::watchdog::Watchdog;
use crate::support::{Answer, Wire, builder, client};

fn call(client: &Client) -> Call {
    client
        .chain("v3/pay/transactions/native")
        .post(json!({"a": 1}), ())
}

fn assert_ok(res: wechatpay_chain::Result<Response>) {
    assert_eq!(res.unwrap()["ok"], true);
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn wait_works_without_a_runtime() {
    let _guard = Watchdog::guard("wait_works_without_a_runtime");
    let server = Server::start();
    let client = server.client();
    assert_ok(call(&client).wait());
    assert_ok(call(&client).wait());
}

#[test]
fn wait_works_inside_a_current_thread_runtime() {
    let _guard = Watchdog::guard("wait_works_inside_a_current_thread_runtime");
    let server = Server::start();
    let client = server.client();
    current_thread().block_on(async {
        // The second runtime must not use the first one's connection, whose driver is parked.
        assert_ok(call(&client).await);
        assert_ok(call(&client).wait());
        assert_ok(call(&client).await);
    });
}

#[test]
fn wait_works_inside_a_multi_thread_runtime() {
    let _guard = Watchdog::guard("wait_works_inside_a_multi_thread_runtime");
    let server = Server::start();
    let client = server.client();
    let runtime = multi_thread();
    let task = runtime.spawn(async move {
        assert_ok(call(&client).await);
        assert_ok(call(&client).wait());
        assert_ok(call(&client).await);
    });
    runtime.block_on(task).unwrap();
}

#[test]
fn wait_works_in_a_blocking_task() {
    let _guard = Watchdog::guard("wait_works_in_a_blocking_task");
    let server = Server::start();
    for runtime in [current_thread(), multi_thread()] {
        let client = server.client();
        let task = runtime.spawn_blocking(move || assert_ok(call(&client).wait()));
        runtime.block_on(task).unwrap();
    }
}

#[test]
fn wait_works_from_many_threads_at_once() {
    let _guard = Watchdog::guard("wait_works_from_many_threads_at_once");
    let server = Server::start();
    let client = server.client();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..4).for_each(|_| assert_ok(call(&client).wait())));
        }
    });
    let requests = (0..64).map(|_| server.next());
    assert!(requests.into_iter().all(|event| event != Event::Closed));
}

#[test]
fn wait_works_after_the_clients_first_runtime_ended() {
    let _guard = Watchdog::guard("wait_works_after_the_clients_first_runtime_ended");
    let server = Server::start();
    let client = server.client();
    for _ in 0..3 {
        let runtime = current_thread();
        assert_ok(runtime.block_on(call(&client).into_future()));
    }
    assert_ok(call(&client).wait());
}

/// A minimal executor.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let (mut future, mut cx) = (pin!(future), Context::from_waker(&waker));
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn await_works_under_another_executor() {
    let _guard = Watchdog::guard("await_works_under_another_executor");
    let server = Server::start();
    let client = server.client();
    block_on(async {
        assert_ok(call(&client).await);
        assert_ok(call(&client).wait());
        let signed = call(&client).dry_run().await.unwrap();
        assert_eq!(signed.body(), "{\"a\":1}");
        let mut stream = call(&client).stream().await.unwrap();
        assert_eq!(stream.chunk().await.unwrap().unwrap(), "{\"ok\":true}");
        assert_eq!(stream.chunk().await.unwrap(), None);
    });
}

#[test]
fn a_stream_opened_with_wait_can_be_read_anywhere() {
    let _guard = Watchdog::guard("a_stream_opened_with_wait_can_be_read_anywhere");
    let server = Server::start();
    let client = server.client();
    let mut stream = call(&client).stream().wait().unwrap();
    assert_eq!(block_on(stream.chunk()).unwrap().unwrap(), "{\"ok\":true}");
    let mut stream = call(&client).stream().wait().unwrap();
    let end = current_thread().block_on(async {
        stream.chunk().await.unwrap();
        stream.chunk().await
    });
    assert_eq!(end.unwrap(), None);
}

/// A client whose middleware waits for a call of another client.
fn nested(inner: Client) -> Client {
    let nested = builder().stack(move |stack| {
        let layer = from_fn(move |request: Request, next: Next| {
            let inner = inner.clone();
            async move {
                call(&inner).wait()?;
                next.run(request).await
            }
        });
        stack.before(middleware::SIGNER, "nested", layer).map(drop)
    });
    nested
        .transport(Wire::answering(|_| Answer::json(json!({"ok": true}))))
        .build()
        .unwrap()
}

#[test]
fn wait_inside_a_middleware_of_a_waiting_call_is_rejected() {
    let _guard = Watchdog::guard("inside_a_middleware_of_a_waited_for_call");
    let wire = Wire::ok();
    let client = nested(client(&wire));
    // Without tokio, an awaited call runs in the background too.
    for err in [
        call(&client).wait().unwrap_err(),
        block_on(call(&client).into_future()).unwrap_err(),
    ] {
        assert_eq!(err.kind(), ErrorKind::Blocking, "{}", err.report());
        assert!(!err.maybe_sent());
    }
    assert_eq!(wire.count(), 0);
    // Awaited in the caller's runtime, it runs on none of the background threads, and works.
    assert_ok(current_thread().block_on(call(&client).into_future()));
    assert_eq!(wire.count(), 1);
}

#[test]
fn wait_inside_a_transport_of_a_waiting_call_is_rejected() {
    let _guard = Watchdog::guard("inside_a_transport_of_a_waited_for_call");
    let wire = Wire::ok();
    let inner = client(&wire);
    let outer = builder().transport(transport::from_fn(move |_| {
        let result = call(&inner).dry_run().wait();
        async move { Err(result.unwrap_err()) }
    }));
    let err = call(&outer.build().unwrap()).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Blocking, "{}", err.report());
}

#[test]
fn a_middleware_that_panics_gives_an_error_and_the_next_call_works() {
    let _guard = Watchdog::guard("a_middleware_that_panics");
    let panics = builder().stack(|stack| {
        let layer = from_fn(|request: Request, next: Next| async move {
            assert!(
                request.uri().path() != "/v3/pay/transactions/native",
                "on purpose"
            );
            next.run(request).await
        });
        stack.unshift("panics", layer).map(drop)
    });
    let client = panics.transport(Wire::ok()).build().unwrap();
    let err = call(&client).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Middleware);
    assert!(err.maybe_sent(), "nobody knows");
    client.chain("v3/else").get(()).wait().unwrap();
}

#[test]
fn dropping_a_call_closes_its_connection() {
    let _guard = Watchdog::guard("dropping_a_call_closes_its_connection");
    let is_request =
        |event| matches!(event, Event::Request(line) if line.starts_with("POST /v3/pay/"));
    // Without tokio the call runs in the background.
    let server = Server::mute();
    let mut future = call(&server.client()).into_future();
    let mut cx = Context::from_waker(Waker::noop());
    assert!(pin!(&mut future).poll(&mut cx).is_pending());
    assert!(is_request(server.next()));
    drop(future);
    assert_eq!(server.next(), Event::Closed);
    // In the caller's runtime it runs there.
    let (server, runtime) = (Server::mute(), multi_thread());
    let task = runtime.spawn(call(&server.client()).into_future());
    assert!(is_request(server.next()));
    task.abort();
    assert_eq!(server.next(), Event::Closed);
}

#[test]
fn a_call_is_not_made_before_it_is_polled() {
    let wire = Wire::ok();
    let client = client(&wire);
    drop(call(&client).into_future());
    drop(call(&client).stream());
    assert_eq!(wire.count(), 0);
}

#[test]
fn a_timeout_ends_a_call_that_may_have_been_processed() {
    let _guard = Watchdog::guard("a_timeout_ends_a_call");
    let server = Server::mute();
    let client = builder()
        .base_url(server.url())
        // Enough to connect and send on a busy machine.
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let err = call(&client).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Timeout);
    assert!(err.is_timeout() && err.maybe_sent() && !err.is_retryable());
    let err = block_on(
        call(&server.client())
            .timeout(Duration::from_millis(30))
            .into_future(),
    );
    assert_eq!(err.unwrap_err().kind(), ErrorKind::Timeout);
}

#[test]
fn a_refused_connection_sends_nothing() {
    let _guard = Watchdog::guard("a_refused_connection_sends_nothing");
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let client = builder()
        .base_url(format!("http://{free}/"))
        .build()
        .unwrap();
    let err = call(&client).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Connect, "{}", err.report());
    assert!(err.is_connect() && err.is_retryable() && !err.maybe_sent());
    assert!(err.find::<std::io::Error>().is_some(), "{}", err.report());
}

#[test]
fn a_blocking_layer_does_not_delay_other_calls() {
    let _guard = Watchdog::guard("a_layer_that_blocks");
    const BLOCKED: usize = 8;
    let (entered, blocked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = Arc::new(Mutex::new(released));
    let blocking = builder().stack(move |stack| {
        let layer = from_fn(move |request: Request, next: Next| {
            let (entered, released) = (entered.clone(), Arc::clone(&released));
            async move {
                entered.send(()).unwrap();
                // All but one wait for the lock, and that one waits for the end of the test.
                let _ = released.lock().unwrap().recv();
                next.run(request).await
            }
        });
        stack.unshift("blocks", layer).map(drop)
    });
    let server = Server::start();
    let blocking = blocking.base_url(server.url()).build().unwrap();
    thread::scope(|scope| {
        for _ in 0..BLOCKED {
            scope.spawn(|| assert_ok(call(&blocking).wait()));
        }
        (0..BLOCKED).for_each(|_| blocked.recv().unwrap());
        assert_ok(call(&server.client()).wait());
        drop(release);
    });
}
