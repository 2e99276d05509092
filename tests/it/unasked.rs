//! Unsolicited bytes on an idle connection do not become a call's answer.

use std::future::IntoFuture;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use openssl::ssl::SslAcceptor;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use wechatpay_chain::{Client, Response};

use crate::support::gate::{self, Speaks};
use crate::support::{Answer, builder};

/// The bytes after an answer.
#[derive(Clone, Copy, Debug)]
enum Surplus {
    /// Another answer, in the same write.
    AtOnce,
    /// Another answer, received before the next call begins.
    Later,
    /// Bytes that are not HTTP, in the same write.
    Noise,
    /// The line break that some servers add, before the next call begins.
    LineBreak,
}

const ALL: [Surplus; 4] = [
    Surplus::AtOnce,
    Surplus::Later,
    Surplus::Noise,
    Surplus::LineBreak,
];

/// A server that sends too much. It reports every answer after all of it was written.
fn server(surplus: Surplus, speaks: Speaks) -> (Client, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let certificate = gate::certificate();
    let acceptor = (speaks == Speaks::Tls).then(|| gate::acceptor(speaks, &certificate));
    let (said, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, acceptor, said) = (stream.unwrap(), acceptor.clone(), said.clone());
            stream.set_nodelay(true).unwrap();
            thread::spawn(move || accept(stream, acceptor, surplus, &said));
        }
    });
    let scheme = match speaks {
        Speaks::Tls => "https",
        _ => "http",
    };
    let client = builder()
        .base_url(format!("{scheme}://{address}/"))
        .root_certificate(gate::root(&certificate))
        .build()
        .unwrap();
    (client, told)
}

fn accept(stream: TcpStream, acceptor: Option<SslAcceptor>, surplus: Surplus, said: &Sender<()>) {
    match acceptor {
        None => serve(stream, surplus, said),
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream) {
                serve(stream, surplus, said);
            }
        }
    }
}

fn serve(stream: impl Read + Write, surplus: Surplus, said: &Sender<()>) {
    let mut stream = BufReader::new(stream);
    while let Some(id) = read_id(&mut stream) {
        let mut answer = Answer::json(json!({"id": id})).into_http1();
        let extra = Answer::json(json!({"id": "unasked"})).into_http1();
        let later: &[u8] = match surplus {
            Surplus::AtOnce => {
                answer.extend(extra);
                b""
            }
            Surplus::Noise => {
                answer.extend(b"noise");
                b""
            }
            Surplus::Later => &extra,
            Surplus::LineBreak => b"\r\n",
        };
        let stream = stream.get_mut();
        // The client may have closed at the first unexpected byte.
        let _ = stream.write_all(&answer);
        let _ = stream.write_all(later);
        let _ = stream.flush();
        let _ = said.send(());
    }
}

/// The query of a request without a body.
fn read_id(stream: &mut impl BufRead) -> Option<String> {
    let mut first = String::new();
    if stream.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
    }
    let (_, id) = first.split(' ').nth(1)?.split_once("id=")?;
    Some(id.to_owned())
}

fn every_call_has_its_own_answer(speaks: Speaks, make: impl Fn(wechatpay_chain::Call) -> Response) {
    for surplus in ALL {
        let (client, told) = server(surplus, speaks);
        for id in 0..50 {
            let id = id.to_string();
            let call = client
                .chain("v3/certificates")
                .get(())
                .query("id", id.clone());
            assert_eq!(make(call)["id"], *id, "{speaks:?} {surplus:?}");
            told.recv().unwrap();
        }
    }
}

fn in_runtime(runtime: &Runtime) {
    for speaks in [Speaks::Plain, Speaks::Tls] {
        every_call_has_its_own_answer(speaks, |call| runtime.block_on(call.into_future()).unwrap());
    }
}

#[test]
fn unasked_data_is_detected_on_a_current_thread_runtime() {
    in_runtime(&Builder::new_current_thread().enable_all().build().unwrap());
}

#[test]
fn unasked_data_is_detected_on_a_multi_thread_runtime() {
    in_runtime(
        &Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap(),
    );
}

#[test]
fn unasked_data_is_detected_with_wait() {
    for speaks in [Speaks::Plain, Speaks::Tls] {
        every_call_has_its_own_answer(speaks, |call| call.wait().unwrap());
    }
}
