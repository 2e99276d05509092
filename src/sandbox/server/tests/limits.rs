//! Tests each limit with a client that exceeds it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::frames::{GO_AWAY, HEADERS, RESET, Wire};
use crate::Sandbox;
use crate::settings::ConnectionLimits;

/// The timeout of a failing test; a passing test never waits for it.
const NEVER: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);
const SLOW: (&str, &str) = ("x-sandbox-fault", "slow=600000");

fn start(tls: bool, limits: ConnectionLimits) -> Sandbox {
    let mut builder = Sandbox::builder().tls(tls);
    builder.settings.connections = limits;
    builder.start_blocking().unwrap()
}

pub(super) fn connect(sandbox: &Sandbox) -> TcpStream {
    let stream = TcpStream::connect(sandbox.address()).unwrap();
    stream.set_read_timeout(Some(NEVER)).unwrap();
    stream
}

/// Makes a request on a connection that stays open.
fn ask(stream: &mut TcpStream) -> String {
    let request = b"GET /_sandbox/api/info HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut said = String::new();
    while !said.ends_with('}') {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).unwrap();
        assert_ne!(count, 0, "it ended after {said:?}");
        said.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
    said
}

#[test]
fn a_connection_above_the_limit_waits() {
    let limits = ConnectionLimits {
        connections: 4,
        ..ConnectionLimits::default()
    };
    let sandbox = start(false, limits);
    let mut open: Vec<_> = (0..4).map(|_| connect(&sandbox)).collect();
    open.iter_mut().for_each(|stream| drop(ask(stream)));
    let mut fifth = connect(&sandbox);
    let request = b"GET /v3/certificates HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    fifth.write_all(request).unwrap();
    // Other clients are served meanwhile.
    for _ in 0..5 {
        for stream in &mut open {
            assert!(ask(stream).contains("\"calls\":0"));
        }
    }
    open.pop();
    let mut said = String::new();
    fifth.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
}

#[test]
fn slow_clients_are_disconnected() {
    let limits = ConnectionLimits {
        read_timeout: SHORT,
        ..ConnectionLimits::default()
    };
    let head = "POST /v3/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n";
    let reset = head.replace("/v3/x", "/_sandbox/api/reset");
    for (tls, sent) in [
        (false, String::new()),
        (false, head.to_owned()),
        (false, format!("{head}\r\n{{")),
        (false, format!("{reset}\r\n{{")),
        (false, "PRI * HTTP/2.0\r\n".to_owned()),
        (true, String::new()),
        (true, "\u{16}".to_owned()),
    ] {
        let sandbox = start(tls, limits);
        let mut stream = connect(&sandbox);
        stream.write_all(sent.as_bytes()).unwrap();
        let mut said = Vec::new();
        // The server closed or reset the connection; this end did not time out.
        let end = stream.read_to_end(&mut said).err().map(|err| err.kind());
        assert_ne!(end, Some(ErrorKind::WouldBlock), "{sent:?}");
        assert!(!said.starts_with(b"HTTP/1.1 2"), "{sent:?}");
    }
}

#[test]
fn slow_requests_do_not_delay_the_end() {
    let limits = ConnectionLimits {
        shutdown_timeout: SHORT,
        ..ConnectionLimits::default()
    };
    let sandbox = start(false, limits);
    let mut stream = connect(&sandbox);
    let (name, value) = SLOW;
    write!(
        stream,
        "GET /v3/x HTTP/1.1\r\nHost: a\r\n{name}: {value}\r\n\r\n"
    )
    .unwrap();
    while sandbox.calls().is_empty() {
        thread::yield_now();
    }
    let (tell, ended) = mpsc::channel();
    thread::spawn(move || {
        drop(sandbox);
        tell.send(())
    });
    ended.recv_timeout(NEVER).unwrap();
    let mut said = Vec::new();
    let end = stream.read_to_end(&mut said).err().map(|err| err.kind());
    assert_ne!(end, Some(ErrorKind::WouldBlock));
    assert_eq!(said, b"");
}

#[test]
fn http_2_announces_and_enforces_its_limits() {
    let limits = ConnectionLimits {
        streams: 2,
        header_list: 1000,
        ..ConnectionLimits::default()
    };
    let sandbox = start(false, limits);
    let (mut wire, settings) = Wire::open(&sandbox);
    // SETTINGS_MAX_CONCURRENT_STREAMS and SETTINGS_MAX_HEADER_LIST_SIZE.
    assert_eq!(settings.setting(3), Some(2));
    assert_eq!(settings.setting(6), Some(1000));
    for stream in [1, 3, 5] {
        wire.get(stream, "/v3/x", SLOW).unwrap();
    }
    let reset = wire.next(RESET).unwrap();
    // REFUSED_STREAM: the request was not processed.
    assert_eq!((reset.stream, reset.code()), (5, 7));

    let (mut wire, _) = Wire::open(&sandbox);
    let long = "x".repeat(2000);
    wire.get(1, "/v3/x", ("x-long", &long)).unwrap();
    let answer = wire.next(HEADERS).unwrap().payload;
    // :status 431, with and without Huffman's code.
    let says = [&b"\x48\x03431"[..], b"\x48\x83\x69\x90\xff"];
    assert!(
        says.iter().any(|says| answer.starts_with(says)),
        "{answer:x?}"
    );
    let came = |name| {
        sandbox
            .calls()
            .iter()
            .any(|call| call.headers.contains_key(name))
    };
    assert!(!came("x-long"));
}

#[test]
fn a_flood_of_resets_ends_the_connection() {
    let limits = ConnectionLimits {
        resets: 5,
        ..ConnectionLimits::default()
    };
    let sandbox = start(false, limits);
    let (mut wire, _) = Wire::open(&sandbox);
    for stream in (1..20_001).step_by(2) {
        let sent = wire.get(stream, "/v3/x", SLOW);
        // CANCEL, at once. The send fails when the connection is closed.
        let sent = sent.and_then(|()| wire.send(RESET, 0, stream, &[0, 0, 0, 8]));
        if sent.is_err() {
            break;
        }
    }
    // ENHANCE_YOUR_CALM, unless the rest of the flood has made the system forget it.
    let end = wire.next(GO_AWAY).map(|frame| frame.code());
    assert!(matches!(end, None | Some(11)), "{end:?}");
    assert!(ask(&mut connect(&sandbox)).contains("base_url"));
}
