//! One connection: TLS, HTTP versions and timeouts.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use openssl::error::ErrorStack;
use openssl::ssl::{
    AlpnError, NameType, Ssl, SslAcceptor, SslMethod, SslVerifyMode, select_next_proto,
};
use openssl::x509::X509Ref;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_openssl::SslStream;

use super::Shared;
use super::dispatch::dispatch;
use crate::gateway::ClientCertificate;
use crate::identity::TlsIdentity;
use crate::settings::ConnectionLimits;
use wechatpay_core::crypto::Certificate;

/// Serves one connection; its errors concern only its client.
pub(super) async fn serve_connection(
    shared: Shared,
    acceptor: Option<SslAcceptor>,
    stream: TcpStream,
) {
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else {
        return serve(shared, stream, ClientCertificate::NotAsked).await;
    };
    let handshake = async {
        let ssl = Ssl::new(acceptor.context()).ok()?;
        let mut stream = SslStream::new(ssl, stream).ok()?;
        Pin::new(&mut stream).accept().await.ok()?;
        Some(stream)
    };
    if let Ok(Some(stream)) = timeout(shared.limits().read_timeout, handshake).await {
        let presented = stream.ssl().peer_certificate();
        let certificate = presented.map_or(ClientCertificate::Missing, |certificate| {
            ClientCertificate::Presented(serial(&certificate).into())
        });
        serve(shared, stream, certificate).await;
    }
}

async fn serve<S>(shared: Shared, stream: S, certificate: ClientCertificate)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = shared.limits();
    let is_used = Arc::new(AtomicBool::new(false));
    let is_used_now = Arc::clone(&is_used);
    let mut closed = shared.closed.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        is_used_now.store(true, Ordering::Relaxed);
        let (state, guard) = (Arc::clone(&shared.state), shared.begin_request());
        let certificate = certificate.clone();
        async move {
            let response = dispatch(state, request, certificate).await;
            drop(guard);
            response
        }
    });
    let http = protocols(&limits);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let (mut closing, mut late) = (pin!(closed.changed()), pin!(sleep(limits.read_timeout)));
    let shuts_down = poll_fn(|context| {
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(false);
        }
        if closing.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        // hyper's own timeouts begin when the first bytes have shown the HTTP version.
        if !is_used.load(Ordering::Relaxed) && late.as_mut().poll(context).is_ready() {
            return Poll::Ready(false);
        }
        Poll::Pending
    });
    if shuts_down.await {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// The serial as WeChat Pay writes it; empty for a certificate that cannot be read.
fn serial(certificate: &X509Ref) -> String {
    let der = certificate.to_der().unwrap_or_default();
    let read = Certificate::from_bytes(der);
    read.map_or_else(|_| String::new(), |it| it.serial().to_owned())
}

fn protocols(limits: &ConnectionLimits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.read_timeout)
        // WeChat Pay spells headers like this, and some clients accept no other spelling.
        .title_case_headers(true);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.header_list)
        // Limits on requests reset before they are served, and on streams reset by the server.
        .max_pending_accept_reset_streams(limits.resets)
        .max_local_error_reset_streams(limits.resets)
        .keep_alive_interval(limits.read_timeout);
    http
}

pub(super) fn acceptor(tls: &TlsIdentity) -> Result<SslAcceptor, ErrorStack> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    builder.set_private_key(&tls.key)?;
    builder.set_certificate(&tls.certificate)?;
    builder.check_private_key()?;
    // A client may present a certificate of the sandbox; the gateway knows which operations require one.
    builder.cert_store_mut().add_cert(tls.root.clone())?;
    builder.set_verify(SslVerifyMode::PEER);
    builder.set_session_id_context(b"wechatpay-chain sandbox")?;
    builder.set_alpn_select_callback(|ssl, offered| {
        let name = ssl.servername(NameType::HOST_NAME);
        select_next_proto(protocols_of(name), offered).ok_or(AlpnError::NOACK)
    });
    Ok(builder.build())
}

/// WeChat Pay speaks HTTP/1.1 alone. Clients that reach the sandbox under its name may read headers in no other spelling
/// than that of HTTP/1.1, and HTTP/2 has only small letters (cccyun/wechatpay-sdk 1.4.8).
fn protocols_of(name: Option<&str>) -> &'static [u8] {
    match name {
        Some(name) if name.ends_with("mch.weixin.qq.com") => b"\x08http/1.1",
        _ => b"\x02h2\x08http/1.1",
    }
}
