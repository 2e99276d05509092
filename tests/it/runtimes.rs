//! Runtimes without a driver, and runtimes that end before their calls.

use std::future::IntoFuture;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use wechatpay_chain::transport::Body;
use wechatpay_chain::{Client, HttpTransport, Result, Streaming, Transport};

use crate::support::server::Server;
use crate::support::watchdog::Watchdog;
use crate::support::{Answer, builder};

fn current_thread(edit: fn(&mut Builder) -> &mut Builder) -> Runtime {
    let mut builder = Builder::new_current_thread();
    edit(&mut builder);
    builder.build().unwrap()
}

fn multi_thread(edit: fn(&mut Builder) -> &mut Builder) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    edit(builder.worker_threads(1));
    builder.build().unwrap()
}

async fn whole(mut stream: Streaming) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(piece) = stream.chunk().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

async fn every_kind_of_call(client: &Client) {
    let call = || client.chain("v3/certificates").get(());
    assert_eq!(call().await.unwrap()["ok"], true);
    assert_eq!(call().wait().unwrap()["ok"], true);
    let streamed = whole(call().stream().await.unwrap()).await;
    assert_eq!(streamed.unwrap(), b"{\"ok\":true}");
    let waited_for = whole(call().stream().wait().unwrap()).await;
    assert_eq!(waited_for.unwrap(), b"{\"ok\":true}");
}

/// tokio panics if a socket or timer is created without its driver; a call does not.
#[test]
fn a_runtime_without_a_driver_makes_calls() {
    let _guard = Watchdog::guard("a_runtime_without_a_driver_makes_calls");
    let server = Server::start();
    let runtimes = [
        current_thread(|it| it),
        current_thread(Builder::enable_io),
        current_thread(Builder::enable_time),
        multi_thread(|it| it),
        multi_thread(Builder::enable_io),
        multi_thread(Builder::enable_time),
    ];
    for runtime in runtimes {
        let client = server.client();
        runtime.block_on(every_kind_of_call(&client));
        let task = async move { every_kind_of_call(&client).await };
        runtime.block_on(async { tokio::spawn(task).await.unwrap() });
    }
}

/// The future of a transport may be created outside of the runtime that polls it.
#[test]
fn a_transport_is_asked_outside_of_a_runtime_and_polled_in_any() {
    let _guard = Watchdog::guard("a_transport_is_asked_outside_of_a_runtime");
    let server = Server::start();
    let transport = HttpTransport::builder().build().unwrap();
    for runtime in [
        current_thread(|it| it),
        current_thread(Builder::enable_time),
        multi_thread(|it| it),
        current_thread(Builder::enable_all),
        // With connections that an ended runtime has left.
        current_thread(Builder::enable_all),
    ] {
        let request = http::Request::get(server.url())
            .body(Body::from(""))
            .unwrap();
        let sent = transport.send(request);
        let response = runtime.block_on(sent).unwrap();
        assert_eq!(response.status(), 200);
    }
}

/// A server that sends the second half of its answer on demand.
fn halves() -> (Client, mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (go_on, told) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
            head.push(byte[0]);
        }
        let answer = Answer::bytes("first second").into_http1();
        let (first, second) = answer.split_at(answer.len() - " second".len());
        stream.write_all(first).unwrap();
        told.recv().unwrap();
        stream.write_all(second).unwrap();
    });
    let client = builder().base_url(format!("http://{address}/"));
    (client.build().unwrap(), go_on)
}

#[test]
fn a_stream_is_read_on_after_a_reader_s_runtime_has_ended() {
    let _guard = Watchdog::guard("a_stream_is_read_on");
    let (client, go_on) = halves();
    let call = client.chain("v3/certificates").get(());
    let mut stream = call.stream().wait().unwrap();
    let first = current_thread(Builder::enable_all);
    first.block_on(async {
        assert_eq!(stream.chunk().await.unwrap().unwrap(), "first");
        let more = stream.chunk().into_future();
        let more = tokio::time::timeout(Duration::from_millis(1), more);
        assert!(more.await.is_err(), "nothing was sent");
    });
    // A timer of this runtime measured the pause in the answer.
    drop(first);
    let second = current_thread(Builder::enable_all);
    second.block_on(async {
        // The server waits until the stream was polled.
        let pending = tokio::time::timeout(Duration::from_millis(1), stream.chunk());
        assert!(pending.await.is_err(), "nothing was sent");
        go_on.send(()).unwrap();
        assert_eq!(stream.chunk().await.unwrap().unwrap(), " second");
        assert_eq!(stream.chunk().await.unwrap(), None);
    });
}
