//! Tests the stream of requests over sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::limits::connect;
use crate::Sandbox;

const PATH: &str = "/_sandbox/api/calls/events";

/// A stream whose start has been read.
struct Stream {
    head: String,
    body: BufReader<TcpStream>,
}

fn open(sandbox: &Sandbox, headers: &str) -> Stream {
    let mut stream = connect(sandbox);
    write!(
        stream,
        "GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n"
    )
    .unwrap();
    let mut body = BufReader::new(stream);
    let head = through(&mut body, "\r\n");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    through(&mut body, "retry: 2000\n");
    Stream { head, body }
}

/// The lines through the first that is `last`.
fn through(from: &mut impl BufRead, last: &str) -> String {
    let mut lines = String::new();
    loop {
        let mut line = String::new();
        let count = from.read_line(&mut line).unwrap();
        assert_ne!(count, 0, "it ended after {lines:?}");
        lines.push_str(&line);
        if line == last {
            return lines;
        }
    }
}

/// The next event: its number and its data.
fn event(stream: &mut Stream) -> (u64, serde_json::Value) {
    through(&mut stream.body, "event: call\n");
    let mut line = String::new();
    stream.body.read_line(&mut line).unwrap();
    let data: serde_json::Value =
        serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap();
    (data["id"].as_u64().unwrap(), data)
}

/// Makes a request that the gateway records; the response has begun.
fn call(sandbox: &Sandbox, target: &str) {
    head(sandbox, "GET", target, "127.0.0.1");
}

/// The head of a response, which may have no end.
fn head(sandbox: &Sandbox, method: &str, target: &str, host: &str) -> String {
    let mut stream = connect(sandbox);
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    through(&mut BufReader::new(stream), "\r\n")
}

#[test]
fn each_new_request_is_an_event_of_every_stream() {
    let sandbox = Sandbox::start_blocking().unwrap();
    call(&sandbox, "/v3/before");
    let mut streams = [open(&sandbox, ""), open(&sandbox, "")];
    for (number, target) in [(2, "/v3/certificates"), (3, "/v3/x?a=%0A%0Adata:%20b")] {
        call(&sandbox, target);
        for stream in &mut streams {
            let (id, data) = event(stream);
            assert_eq!((id, data["target"].as_str()), (number, Some(target)));
            assert_eq!(data["verdict"]["accepted"], false);
        }
    }
}

#[test]
fn a_stream_continues_after_the_last_event() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for target in ["/v3/a", "/v3/b", "/v3/c"] {
        call(&sandbox, target);
    }
    // A number that is not yet given is of an earlier sandbox at this address.
    for (last, expected) in [
        ("1", [2, 3].as_slice()),
        ("0", &[1, 2, 3]),
        ("9", &[1, 2, 3]),
    ] {
        let mut stream = open(&sandbox, &format!("Last-Event-ID: {last}\r\n"));
        for number in expected {
            assert_eq!(event(&mut stream).0, *number, "{last}");
        }
    }
}

#[test]
fn streams_end_when_the_sandbox_stops() {
    for requests in [0, 1] {
        let sandbox = Sandbox::start_blocking().unwrap();
        let mut streams = [open(&sandbox, ""), open(&sandbox, "")];
        (0..requests).for_each(|_| call(&sandbox, "/v3/certificates"));
        drop(sandbox);
        for stream in &mut streams {
            let mut rest = String::new();
            stream.body.read_to_string(&mut rest).unwrap();
            // The last chunk: the body is complete, not cut off.
            assert!(rest.ends_with("\r\n0\r\n\r\n"), "{rest:?}");
            assert_eq!(rest.matches("event: call").count(), requests);
        }
    }
}

#[test]
fn the_stream_is_guarded_as_the_page() {
    const POLICY: &str = "Content-Security-Policy: default-src 'none'; style-src 'self'; \
                          form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n";
    let sandbox = Sandbox::start_blocking().unwrap();
    let opened = open(&sandbox, "").head;
    assert!(
        opened.contains("Content-Type: text/event-stream\r\n"),
        "{opened}"
    );
    let page = head(&sandbox, "GET", "/_sandbox/tools", "127.0.0.1");
    for head in [&opened, &page] {
        assert!(head.contains(POLICY), "{head}");
    }
    let refused = head(&sandbox, "GET", PATH, "evil.example");
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let posted = head(&sandbox, "POST", PATH, "127.0.0.1");
    assert!(posted.starts_with("HTTP/1.1 404"), "{posted}");
}
