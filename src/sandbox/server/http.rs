//! One connection: TLS, versions of HTTP, and how long a client may take.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use openssl::error::ErrorStack;
use openssl::ssl::{AlpnError, Ssl, SslAcceptor, SslMethod, SslVerifyMode, select_next_proto};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_openssl::SslStream;

use super::{Door, Limits};
use crate::control;
use crate::identity::Tls;
use wechatpay_chain::transport::Body;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A connection that fails concerns nobody but its client.
pub(super) async fn connection(door: Door, acceptor: Option<SslAcceptor>, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else {
        return serve(door, stream, ClientCertificate::NotAsked).await;
    };
    let handshake = async {
        let ssl = Ssl::new(acceptor.context()).ok()?;
        let mut stream = SslStream::new(ssl, stream).ok()?;
        Pin::new(&mut stream).accept().await.ok()?;
        Some(stream)
    };
    if let Ok(Some(stream)) = timeout(door.limits().patience, handshake).await {
        let certificate = match stream.ssl().peer_certificate() {
            Some(_) => ClientCertificate::Presented,
            None => ClientCertificate::Missing,
        };
        serve(door, stream, certificate).await;
    }
}

/// What a connection has shown of the merchant's certificate; plain HTTP cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientCertificate {
    NotAsked,
    Presented,
    Missing,
}

/// A request's body, of so many bytes at most and within so long a time.
pub(crate) async fn read(body: Incoming, limit: usize, patience: Duration) -> Result<Bytes> {
    let body = Body::stream(body).collect(limit);
    let late = |_| gone("the body has not come in time");
    timeout(patience, body).await.map_err(late)?
}

/// Ends a connection without an answer.
pub(crate) fn gone(why: &'static str) -> Error {
    Error::new(ErrorKind::Transport, why)
}

async fn serve<S>(door: Door, stream: S, certificate: ClientCertificate)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = door.limits();
    let (came, first) = watch::channel(false);
    let mut closed = door.closed.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(certificate);
        came.send_replace(true);
        let (gateway, under_way) = (Arc::clone(&door.gateway), door.enter());
        async move {
            let answer = match control::is_addressed(&request) {
                true => control::serve(gateway, request).await,
                false => gateway.serve(request).await,
            };
            drop(under_way);
            answer
        }
    });
    let http = protocols(&limits);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let (mut closing, mut late) = (pin!(closed.changed()), pin!(sleep(limits.patience)));
    let goes_on = poll_fn(|context| {
        if connection.as_mut().poll(context).is_ready() {
            return Poll::Ready(false);
        }
        if closing.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        // Before its first bytes have told the version, HTTP's own limits do not hold.
        match !*first.borrow() && late.as_mut().poll(context).is_ready() {
            true => Poll::Ready(false),
            false => Poll::Pending,
        }
    });
    if goes_on.await {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

fn protocols(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.patience)
        // WeChat Pay's spelling; there are clients that take no other.
        .title_case_headers(true);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.header_list)
        // Requests that are reset before they are served, and streams that the server has to reset.
        .max_pending_accept_reset_streams(limits.resets)
        .max_local_error_reset_streams(limits.resets)
        .keep_alive_interval(limits.patience);
    http
}

pub(super) fn acceptor(tls: &Tls) -> Result<SslAcceptor, ErrorStack> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    builder.set_private_key(&tls.key)?;
    builder.set_certificate(&tls.certificate)?;
    builder.check_private_key()?;
    // A client may present a certificate of ours; which calls demand one, the gateway knows.
    builder.cert_store_mut().add_cert(tls.root.clone())?;
    builder.set_verify(SslVerifyMode::PEER);
    builder.set_session_id_context(b"wechatpay-chain sandbox")?;
    builder.set_alpn_select_callback(|_, offered| {
        select_next_proto(b"\x02h2\x08http/1.1", offered).ok_or(AlpnError::NOACK)
    });
    Ok(builder.build())
}
