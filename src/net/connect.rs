use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_service::Service;

use super::proxy::Proxies;
use crate::error::BoxError;
use crate::transport::BoxFuture;

/// Opens TCP connections, straight or through the proxy that is set for the target.
#[derive(Clone)]
pub(super) struct Connector {
    http: HttpConnector,
    proxies: Proxies,
}

impl Connector {
    pub(super) fn new(proxies: Proxies, limit: Option<Duration>) -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(Duration::from_secs(60)));
        // Shared among a name's addresses, so that one that is gone leaves time for the next.
        http.set_connect_timeout(limit);
        // A connection whose packets vanish is given up while its caller still waits.
        #[cfg(target_os = "linux")]
        http.set_tcp_user_timeout(Some(Duration::from_secs(20)));
        Self { http, proxies }
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Stream, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let clone = self.http.clone();
        let http = std::mem::replace(&mut self.http, clone);
        match self
            .proxies
            .as_ref()
            .and_then(|proxies| proxies.intercept(&uri))
        {
            None => Box::pin(direct(http, uri)),
            Some(proxy) => Box::pin(through(http, proxy, uri)),
        }
    }
}

async fn direct(mut http: HttpConnector, uri: Uri) -> Result<Stream, BoxError> {
    let tls = uri.scheme() == Some(&Scheme::HTTPS);
    let io = http.call(uri).await?;
    Ok(Stream::new(io, tls, false))
}

async fn through(mut http: HttpConnector, proxy: Intercept, uri: Uri) -> Result<Stream, BoxError> {
    if proxy.uri().scheme() != Some(&Scheme::HTTP) {
        let message = format!(
            "the proxy {} cannot be used: give one whose URL begins with http://",
            proxy.uri()
        );
        return Err(message.into());
    }
    if uri.scheme() != Some(&Scheme::HTTPS) {
        let io = http.call(proxy.uri().clone()).await?;
        return Ok(Stream::new(io, false, true));
    }
    let mut tunnel = Tunnel::new(proxy.uri().clone(), http);
    if let Some(auth) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(auth.clone());
    }
    let io = tunnel.call(uri).await?;
    Ok(Stream::new(io, true, false))
}

/// A TCP connection that knows whether a proxy reads its requests.
pub(super) struct Stream {
    io: TokioIo<Socket>,
    proxied: bool,
}

impl Stream {
    fn new(io: TokioIo<TcpStream>, tls: bool, proxied: bool) -> Self {
        let tcp = io.into_inner();
        let cut = tls.then(Cut::default);
        let io = TokioIo::new(Socket { tcp, cut });
        Self { io, proxied }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        let Socket { tcp, cut } = self.io.inner();
        let connected = tcp.connected().proxy(self.proxied);
        match cut {
            Some(cut) => connected.extra(cut.clone()),
            None => connected,
        }
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}

/// A TCP connection. Where it carries TLS, it notes an end that is TCP's alone.
struct Socket {
    tcp: TcpStream,
    cut: Option<Cut>,
}

/// Whether TLS ended without `close_notify`, so that an answer without a length may be cut off (RFC
/// 8446, section 6.1). It is in the extensions of every answer that came over TLS.
///
/// OpenSSL reads nothing behind a `close_notify`: if it comes to the end of TCP, there was none. The
/// `openssl` crate reports both as the end of the data.
#[derive(Clone, Default)]
pub(super) struct Cut(pub(super) Arc<AtomicBool>);

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (before, room) = (buf.filled().len(), buf.remaining());
        ready!(Pin::new(&mut self.tcp).poll_read(cx, buf))?;
        let ended = room > 0 && buf.filled().len() == before;
        if let (true, Some(Cut(cut))) = (ended, &self.cut) {
            cut.store(true, Ordering::Release);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write_vectored(cx, bufs)
    }
}

/// Bounds the whole of connecting: name, TCP, proxy and TLS.
#[derive(Clone)]
pub(super) struct Bounded<C> {
    inner: C,
    limit: Option<Duration>,
}

impl<C> Bounded<C> {
    pub(super) fn new(inner: C, limit: Option<Duration>) -> Self {
        Self { inner, limit }
    }
}

impl<C> Service<Uri> for Bounded<C>
where
    C: Service<Uri>,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<C::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = self.inner.call(uri);
        let limit = self.limit;
        Box::pin(async move {
            let Some(limit) = limit else {
                return connecting.await.map_err(Into::into);
            };
            match tokio::time::timeout(limit, connecting).await {
                Ok(result) => result.map_err(Into::into),
                Err(_) => Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("no connection within {limit:?}"),
                )
                .into()),
            }
        })
    }
}
