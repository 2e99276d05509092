//! The default transport used directly: its settings, sharing and wrapping.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use wechatpay_chain::transport::BoxFuture;
use wechatpay_chain::{Client, ClientBuilder, ErrorKind, HttpTransport, Resolve};
use wechatpay_sandbox::Sandbox;

use crate::support::{builder, echoing};

/// A resolver, and how often it was called.
#[derive(Clone)]
struct Names(SocketAddr, Arc<Mutex<Vec<String>>>);

impl Resolve for Names {
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        self.1.lock().unwrap().push(host.to_owned());
        let address = self.0;
        Box::pin(async move { Ok(vec![address]) })
    }
}

/// A client of a sandbox under a name that no resolver knows.
fn named(sandbox: &Sandbox) -> ClientBuilder {
    let port = sandbox.address().port();
    let url = format!("http://pay.invalid:{port}/");
    sandbox.client_builder().base_url(url)
}

fn call(client: &Client) -> wechatpay_chain::Result<wechatpay_chain::Response> {
    client
        .chain("v3/nobody/knows/this")
        .post(json!({"a": 1}), ())
        .wait()
}

#[test]
fn names_are_resolved_by_settings_or_a_custom_resolver() {
    let sandbox = echoing().start_blocking().unwrap();
    let address = sandbox.address();
    call(
        &named(&sandbox)
            .resolve("PAY.invalid", [address])
            .build()
            .unwrap(),
    )
    .unwrap();
    let names = Names(address, Arc::default());
    let client = named(&sandbox).dns(names.clone()).build().unwrap();
    call(&client).unwrap();
    assert_eq!(*names.1.lock().unwrap(), ["pay.invalid"]);
    let err = call(&named(&sandbox).build().unwrap()).unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Connect, false));
    for wrong in [
        builder().resolve("a/b", [address]),
        builder().resolve("a", []),
    ] {
        assert_eq!(wrong.build().unwrap_err().kind(), ErrorKind::Builder);
    }
}

/// How often a connection was opened: each one resolves the address.
struct Counting(SocketAddr, Arc<AtomicUsize>);

impl Resolve for Counting {
    fn resolve(&self, _: &str) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        let address = self.0;
        Box::pin(async move { Ok(vec![address]) })
    }
}

#[test]
fn a_pool_without_room_keeps_no_connection() {
    let sandbox = echoing().start_blocking().unwrap();
    let opened = Arc::new(AtomicUsize::new(0));
    let names = Counting(sandbox.address(), Arc::clone(&opened));
    let client = named(&sandbox).dns(names).pool_max_idle(0).build().unwrap();
    for calls in 1..=3 {
        call(&client).unwrap();
        assert_eq!(opened.load(Ordering::Relaxed), calls);
    }
}

/// With HTTP/2, where one connection is shared as soon as it is open.
#[test]
fn clients_share_the_connections_of_one_transport() {
    let sandbox = echoing().tls(true).host("pay.invalid").start_blocking();
    let sandbox = sandbox.unwrap();
    let opened = Arc::new(AtomicUsize::new(0));
    let names = Counting(sandbox.address(), Arc::clone(&opened));
    let shared = HttpTransport::builder()
        .no_proxy()
        .root_certificate(sandbox.root_certificate().clone())
        .dns(names)
        .build()
        .unwrap();
    let url = format!("https://pay.invalid:{}/", sandbox.address().port());
    for _ in 0..3 {
        let builder = sandbox.client_builder().base_url(&url);
        call(&builder.http_transport(&shared).build().unwrap()).unwrap();
    }
    assert_eq!(opened.load(Ordering::Relaxed), 1);
}

#[test]
fn http2_is_offered_unless_disabled() {
    let sandbox = echoing().tls(true).start_blocking().unwrap();
    let protocol = |offer: bool| {
        let client = sandbox.client_builder().http2(offer).build().unwrap();
        call(&client).unwrap();
        sandbox.last_call().unwrap()
    };
    // The sandbox does not record the version. The headers show it, since HTTP/2 has no Host.
    assert!(!protocol(true).headers.contains_key("host"));
    assert!(protocol(false).headers.contains_key("host"));
}

#[test]
fn settings_that_fail_every_call_are_rejected() {
    let zero = Duration::ZERO;
    for wrong in [
        HttpTransport::builder().connect_timeout(zero),
        HttpTransport::builder().read_timeout(zero),
        HttpTransport::builder().http2_keep_alive((zero, zero)),
        HttpTransport::builder().proxy("socks5://127.0.0.1:1"),
    ] {
        assert_eq!(wrong.build().unwrap_err().kind(), ErrorKind::Builder);
    }
}

#[cfg(feature = "tower")]
#[test]
fn the_default_transport_is_wrapped_with_layers_of_tower_http() {
    use http::{HeaderName, HeaderValue};
    use tower::ServiceBuilder;
    use tower_http::set_header::SetRequestHeaderLayer;
    use wechatpay_chain::{Error, transport};

    let sandbox = echoing().start_blocking().unwrap();
    let name = HeaderName::from_static("x-shop");
    let service = ServiceBuilder::new()
        .layer(SetRequestHeaderLayer::overriding(
            name,
            HeaderValue::from_static("1"),
        ))
        .service(HttpTransport::builder().no_proxy().build().unwrap());
    let wrapped = transport::from_service(service, Error::maybe_sent);
    call(&sandbox.client_builder().transport(wrapped).build().unwrap()).unwrap();
    assert_eq!(sandbox.last_call().unwrap().headers["x-shop"], "1");
}
