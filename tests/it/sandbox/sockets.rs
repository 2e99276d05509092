//! Versions of HTTP, TLS, addresses.

use std::net::{SocketAddr, TcpListener, TcpStream};

use http::Version;
use openssl::ssl::{SslConnector, SslMethod};
use wechatpay_chain::ErrorKind;
use wechatpay_sandbox::Sandbox;

use super::raw::{Raw, exchange};
use super::{Outcome, last};
use crate::support::stranger;

#[test]
fn http_1_in_the_clear_and_http_2_under_tls() -> Outcome {
    for (tls, scheme, version) in [
        (false, "http", Version::HTTP_11),
        (true, "https", Version::HTTP_2),
    ] {
        let sandbox = Sandbox::builder().tls(tls).start_blocking()?;
        let address = sandbox.address();
        assert_eq!(sandbox.base_url(), format!("{scheme}://{address}/"));
        sandbox.client()?.chain("v3/certificates").get(()).wait()?;
        let call = last(&sandbox)?;
        assert_eq!(call.version, version);
        assert_eq!(call.target, "/v3/certificates");
    }
    Ok(())
}

/// The TLS connection of a client that has this root and offers this.
fn connect(sandbox: &Sandbox, alpn: &[u8]) -> Outcome<openssl::ssl::SslStream<TcpStream>> {
    connect_to(sandbox, alpn, "localhost")
}

/// The same, with a name that the server's certificate has to have.
fn connect_to(
    sandbox: &Sandbox,
    alpn: &[u8],
    name: &str,
) -> Outcome<openssl::ssl::SslStream<TcpStream>> {
    let mut builder = SslConnector::builder(SslMethod::tls_client())?;
    let root = openssl::x509::X509::from_der(&sandbox.root_certificate().to_der()?)?;
    builder.cert_store_mut().add_cert(root)?;
    if !alpn.is_empty() {
        builder.set_alpn_protos(alpn)?;
    }
    let stream = TcpStream::connect(sandbox.address())?;
    Ok(builder.build().connect(name, stream)?)
}

#[test]
fn alpn_decides_under_tls() -> Outcome {
    let sandbox = Sandbox::builder().tls(true).start_blocking()?;
    for (offered, chosen) in [
        (&b"\x02h2\x08http/1.1"[..], Some(&b"h2"[..])),
        (b"\x08http/1.1", Some(b"http/1.1")),
        (b"\x08http/0.9", None),
        (b"", None),
    ] {
        let stream = connect(&sandbox, offered)?;
        assert_eq!(stream.ssl().selected_alpn_protocol(), chosen);
    }
    let request = Raw::new(&sandbox, "GET", "/v3/certificates")?.authorized()?;
    let answer = exchange(connect(&sandbox, b"\x08http/1.1")?, &request.bytes())?;
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("\r\nWechatpay-Serial: "));
    assert_eq!(last(&sandbox)?.version, Version::HTTP_11);
    Ok(())
}

/// As WeChat Pay does, in whose place it answers.
#[test]
fn http_2_is_not_offered_under_wechat_pay_s_name() -> Outcome {
    let name = "api.mch.weixin.qq.com";
    let sandbox = Sandbox::builder().tls(true).host(name).start_blocking()?;
    let stream = connect_to(&sandbox, b"\x02h2\x08http/1.1", name)?;
    assert_eq!(
        stream.ssl().selected_alpn_protocol(),
        Some(&b"http/1.1"[..])
    );
    Ok(())
}

#[test]
fn its_certificate_is_for_the_names_by_which_it_is_reached() -> Outcome {
    let sandbox = Sandbox::builder().tls(true).host("wechatpay.test");
    let sandbox = sandbox.host("192.0.2.1").start_blocking()?;
    for name in [
        "localhost",
        "127.0.0.1",
        "::1",
        "wechatpay.test",
        "192.0.2.1",
    ] {
        connect_to(&sandbox, b"", name)?;
    }
    assert!(connect_to(&sandbox, b"", "elsewhere.test").is_err());
    Ok(())
}

#[test]
fn without_its_root_nobody_trusts_it() -> Outcome {
    let sandbox = Sandbox::builder().tls(true).start_blocking()?;
    let client = stranger(&sandbox, sandbox.base_url()).build()?;
    let err = client.chain("v3/certificates").get(()).wait().err();
    assert_eq!(err.map(|err| err.kind()), Some(ErrorKind::Connect));
    assert!(sandbox.calls().is_empty());
    Ok(())
}

#[test]
fn it_listens_where_it_is_told_but_on_the_loopback_alone() -> Outcome {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let start = |address: SocketAddr| Sandbox::builder().listen(address).start_blocking();
    for address in ["0.0.0.0:0".parse()?, "[::]:0".parse()?, taken.local_addr()?] {
        let err = start(address).err().ok_or("it listens there")?;
        assert_eq!(err.kind(), ErrorKind::Builder);
        assert!(err.to_string().contains(&address.to_string()), "{err}");
    }
    let free = taken.local_addr()?;
    drop(taken);
    let sandbox = start(free)?;
    assert_eq!(sandbox.address(), free);
    sandbox.client()?.chain("v3/certificates").get(()).wait()?;
    Ok(())
}

#[test]
fn a_connection_serves_many_requests() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    for _ in 0..3 {
        client.chain("v3/certificates").get(()).wait()?;
    }
    let ids: std::collections::HashSet<_> = (0..3)
        .map(|_| {
            let answer = client.chain("v3/certificates").get(()).wait()?;
            Ok(answer.request_id().map(str::to_owned))
        })
        .collect::<Outcome<_>>()?;
    assert_eq!(ids.len(), 3);
    Ok(())
}
