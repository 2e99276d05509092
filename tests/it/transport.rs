//! The default transport: which servers it trusts, what goes through a proxy, and what is known about a
//! failed request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use wechatpay_chain::{Client, Error, ErrorKind, Result, Verification};
use wechatpay_sandbox::Sandbox;

use crate::support::{native_order, stranger};

const NATIVE: &str = "v3/pay/transactions/native";

fn refused(client: &Client) -> Error {
    client
        .chain(NATIVE)
        .post(native_order(), ())
        .wait()
        .unwrap_err()
}

fn works(client: &Client) {
    let res = client
        .chain(NATIVE)
        .post(native_order(), ())
        .wait()
        .unwrap();
    assert!(matches!(res.verification(), Verification::Verified { .. }));
}

#[test]
fn a_server_of_an_unknown_issuer_gets_nothing() -> Result<()> {
    let sandbox = Sandbox::builder().tls(true).start_blocking()?;
    let err = refused(&stranger(&sandbox, sandbox.base_url()).build()?);
    assert_eq!(err.kind(), ErrorKind::Connect, "{}", err.report());
    assert!(!err.maybe_sent());
    assert!(err.to_string().contains("root_certificate(..)"), "{err}");
    let said = err.report();
    assert_eq!(
        said.matches("certificate verify failed").count(),
        1,
        "{said}"
    );
    assert!(sandbox.calls().is_empty());
    let root = sandbox.root_certificate().clone();
    let trusting = stranger(&sandbox, sandbox.base_url()).root_certificate(root);
    works(&trusting.build()?);
    Ok(())
}

/// The certificate is for 127.0.0.1 and localhost, but the client uses another name.
#[test]
fn a_certificate_of_another_host_gets_nothing() -> Result<()> {
    if TcpListener::bind("127.0.0.2:0").is_err() {
        eprintln!("skipped: this system's loopback interface has one address");
        return Ok(());
    }
    let sandbox = Sandbox::builder().tls(true).start_blocking()?;
    let (detour, _) = forwarder("127.0.0.2:0", sandbox.address(), Kind::Raw);
    let client = stranger(&sandbox, &format!("https://{detour}/"))
        .root_certificate(sandbox.root_certificate().clone());
    let err = refused(&client.build()?);
    assert_eq!(err.kind(), ErrorKind::Connect, "{}", err.report());
    assert!(!err.maybe_sent() && sandbox.calls().is_empty());
    assert!(err.report().contains("mismatch"), "{}", err.report());
    Ok(())
}

/// Certificates contain IP addresses too, and a URL has an IPv6 address in brackets.
#[test]
fn tls_is_verified_against_the_addresses_of_a_certificate() -> Result<()> {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this system has no IPv6");
        return Ok(());
    }
    for listen in ["[::1]:0", "127.0.0.1:0"] {
        let sandbox = Sandbox::builder()
            .tls(true)
            .listen(listen.parse().unwrap())
            .start_blocking()?;
        let port = sandbox.address().port();
        let host = listen.strip_suffix(":0").unwrap();
        for host in [host, &host.replace("::1", "0:0:0:0:0:0:0:1")] {
            let client = stranger(&sandbox, &format!("https://{host}:{port}/"))
                .root_certificate(sandbox.root_certificate().clone());
            works(&client.build()?);
        }
        // Without the root, the server is not trusted under any name.
        let err = refused(&stranger(&sandbox, &format!("https://{host}:{port}/")).build()?);
        assert_eq!(err.kind(), ErrorKind::Connect, "{}", err.report());
    }
    Ok(())
}

#[test]
fn an_ipv6_address_that_the_certificate_does_not_name_gets_nothing() -> Result<()> {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this system has no IPv6");
        return Ok(());
    }
    let sandbox = Sandbox::builder().tls(true).start_blocking()?;
    // The proxy connects every host to the sandbox, whose certificate is not for this address.
    let (proxy, _) = forwarder("127.0.0.1:0", sandbox.address(), Kind::Tunnel);
    let client = stranger(&sandbox, "https://[::2]:8443/")
        .root_certificate(sandbox.root_certificate().clone())
        .proxy(proxy.to_string());
    let err = refused(&client.build()?);
    assert_eq!(err.kind(), ErrorKind::Connect, "{}", err.report());
    assert!(err.report().contains("mismatch"), "{}", err.report());
    assert!(!err.maybe_sent() && sandbox.calls().is_empty());
    Ok(())
}

/// An overflowing timer once panicked in the background, unnoticed.
#[test]
fn limits_beyond_any_timer_mean_no_limit() -> Result<()> {
    let sandbox = Sandbox::start_blocking()?;
    let panicked = Arc::new(AtomicBool::new(false));
    let (note, before) = (Arc::clone(&panicked), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| {
        let ours = thread::current().name() == Some("wechatpay-chain");
        note.fetch_or(ours, Ordering::SeqCst);
        before(info);
    }));
    for limit in [
        Duration::MAX,
        Duration::from_secs(u64::MAX / 4),
        Duration::from_nanos(1),
    ] {
        let client = stranger(&sandbox, sandbox.base_url()).idle_timeout(limit);
        let client = if limit > Duration::from_secs(1) {
            client
                .timeout(limit)
                .connect_timeout(limit)
                .read_timeout(limit)
        } else {
            client
        };
        let client = client.build()?;
        works(&client);
        works(&client);
    }
    works(
        &stranger(&sandbox, sandbox.base_url())
            .idle_timeout(Duration::ZERO)
            .build()?,
    );
    assert!(!panicked.load(Ordering::SeqCst));
    Ok(())
}

#[test]
fn plain_http_goes_to_the_proxy_as_an_absolute_url() -> Result<()> {
    let sandbox = Sandbox::start_blocking()?;
    let (proxy, heads) = forwarder("127.0.0.1:0", sandbox.address(), Kind::Plain);
    let client = stranger(&sandbox, sandbox.base_url());
    works(
        &client
            .proxy(format!("http://user:secret@{proxy}"))
            .build()?,
    );
    let head = heads.recv().expect("a request through the proxy");
    let line = format!("POST {}{NATIVE} HTTP/1.1", sandbox.base_url());
    assert!(head.starts_with(&line), "{head}");
    // base64 of user:secret
    assert!(head.contains("dXNlcjpzZWNyZXQ="), "{head}");
    // The proxy's header was not signed.
    assert_eq!(sandbox.calls().len(), 1);
    Ok(())
}

#[test]
fn a_proxy_tunnel_sees_only_the_host_of_a_tls_request() -> Result<()> {
    let sandbox = Sandbox::builder().tls(true).start_blocking()?;
    let (proxy, heads) = forwarder("127.0.0.1:0", sandbox.address(), Kind::Tunnel);
    let client =
        stranger(&sandbox, sandbox.base_url()).root_certificate(sandbox.root_certificate().clone());
    works(
        &client
            .proxy(format!("http://user:secret@{proxy}"))
            .build()?,
    );
    let head = heads.recv().expect("a tunnel through the proxy");
    let line = format!("CONNECT {} HTTP/1.1", sandbox.address());
    assert!(head.starts_with(&line), "{head}");
    assert!(head.contains("dXNlcjpzZWNyZXQ="), "{head}");
    assert!(
        !head.contains("native") && !head.contains("WECHATPAY2"),
        "{head}"
    );
    Ok(())
}

#[test]
fn refused_proxies_and_closed_ports_are_known_to_be_unsent() -> Result<()> {
    let sandbox = Sandbox::builder().tls(true).start_blocking()?;
    let (proxy, _) = forwarder("127.0.0.1:0", sandbox.address(), Kind::Refusing);
    let through = stranger(&sandbox, sandbox.base_url())
        .root_certificate(sandbox.root_certificate().clone())
        .proxy(format!("http://{proxy}"));
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = stranger(&sandbox, &format!("http://{closed}/"));
    for client in [through, nobody] {
        let err = refused(&client.build()?);
        assert_eq!(err.kind(), ErrorKind::Connect, "{}", err.report());
        assert!(!err.maybe_sent() && err.is_retryable());
    }
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[derive(Clone, Copy)]
enum Kind {
    /// Any bytes.
    Raw,
    /// An HTTP proxy for `http://`.
    Plain,
    /// An HTTP proxy for `https://`.
    Tunnel,
    /// An HTTP proxy that refuses.
    Refusing,
}

/// Forwards connections, and returns the first head of each.
fn forwarder(listen: &str, to: SocketAddr, kind: Kind) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind(listen).unwrap();
    let address = listener.local_addr().unwrap();
    let (seen, heads) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, seen) = (stream.unwrap(), seen.clone());
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut head = String::new();
                while !matches!(kind, Kind::Raw) && !head.ends_with("\r\n\r\n") {
                    if reader.read_line(&mut head).unwrap_or(0) == 0 {
                        return;
                    }
                }
                let _ = seen.send(head.clone());
                forward(stream, reader, head, to, kind);
            });
        }
    });
    (address, heads)
}

fn forward(
    mut client: TcpStream,
    mut from_client: BufReader<TcpStream>,
    head: String,
    to: SocketAddr,
    kind: Kind,
) {
    if let Kind::Refusing = kind {
        let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    let mut server = TcpStream::connect(to).unwrap();
    match kind {
        Kind::Tunnel => client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap(),
        _ => server.write_all(head.as_bytes()).unwrap(),
    }
    let mut from_server = server.try_clone().unwrap();
    thread::spawn(move || copy(&mut from_server, &mut client));
    copy(&mut from_client, &mut server);
}

fn copy(from: &mut impl Read, to: &mut impl Write) {
    let mut piece = [0; 4096];
    while let Ok(len) = from.read(&mut piece)
        && len > 0
        && to.write_all(&piece[..len]).is_ok()
    {}
}
