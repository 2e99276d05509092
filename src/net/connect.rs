use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use super::proxy::Proxies;
use super::settings::Names;
use super::socket::Socket;
use crate::message::{CallState, Phase};
use crate::transport::BoxFuture;
use wechatpay_core::error::BoxError;
use wechatpay_core::host;

/// Opens TCP connections, directly or through the proxy for the target.
///
/// It belongs to one call and records its progress there.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) proxies: Proxies,
    pub(super) limit: Option<Duration>,
    /// The interval of TCP keep-alive probes.
    pub(super) keepalive: Option<Duration>,
    pub(super) names: Names,
    pub(super) state: CallState,
}

impl Connector {
    fn http(&self) -> Http {
        let state = self.state.clone();
        let mut http = HttpConnector::new_with_resolver(Resolver {
            system: GaiResolver::new(),
            names: self.names.clone(),
            state,
        });
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(self.keepalive);
        // Divided among a name's addresses, so that an unreachable one leaves time for the next.
        http.set_connect_timeout(self.limit);
        // Detects a connection whose packets vanish while its caller still waits.
        #[cfg(target_os = "linux")]
        http.set_tcp_user_timeout(Some(Duration::from_secs(20)));
        http
    }
}

impl Service<Uri> for Connector {
    type Response = Socket;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Socket, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (http, state) = (self.http(), self.state.clone());
        let proxies = self.proxies.as_ref();
        let proxy = proxies.and_then(|proxies| proxies.intercept(&uri));
        state.set_route(
            host_port(&uri).into(),
            proxy.as_ref().map(|proxy| host_port(proxy.uri()).into()),
        );
        let tls = uri.scheme() == Some(&Scheme::HTTPS);
        Box::pin(async move {
            let socket = match proxy {
                None => direct(http, &state, uri).await?,
                Some(proxy) => through(http, &state, proxy, uri).await?,
            };
            if tls {
                state.enter(Phase::Tls);
            }
            Ok(socket)
        })
    }
}

/// Returns `host:port`, the form for logs: no credentials, no path.
pub(super) fn host_port(uri: &Uri) -> String {
    let default = host::default_port(uri.scheme());
    let host = uri.host().unwrap_or_default();
    format!("{host}:{}", uri.port_u16().unwrap_or(default))
}

async fn direct(mut http: Http, state: &CallState, uri: Uri) -> Result<Socket, BoxError> {
    // If there is a name, the resolver reports it.
    state.enter(Phase::Connecting);
    let tls = uri.scheme() == Some(&Scheme::HTTPS);
    let io = http.call(uri.clone()).await?;
    Ok(Socket::new(io, tls, false, &uri))
}

async fn through(
    mut http: Http,
    state: &CallState,
    proxy: Intercept,
    uri: Uri,
) -> Result<Socket, BoxError> {
    if proxy.uri().scheme() != Some(&Scheme::HTTP) {
        let message = format!(
            "the proxy {} cannot be used: give one whose URL begins with http://",
            proxy.uri()
        );
        return Err(message.into());
    }
    state.enter(Phase::Connecting);
    if uri.scheme() != Some(&Scheme::HTTPS) {
        let io = http.call(proxy.uri().clone()).await?;
        return Ok(Socket::new(io, false, true, &uri));
    }
    let connected = Noted {
        http,
        state: state.clone(),
    };
    let mut tunnel = Tunnel::new(proxy.uri().clone(), connected);
    if let Some(auth) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(auth.clone());
    }
    let io = tunnel.call(uri.clone()).await?;
    Ok(Socket::new(io, true, false, &uri))
}

type Http = HttpConnector<Resolver>;

/// Resolves names: configured addresses first, else the caller's resolver or the system's. Records the start and
/// the end of the lookup.
#[derive(Clone)]
struct Resolver {
    system: GaiResolver,
    names: Names,
    state: CallState,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.system.poll_ready(cx)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let state = self.state.clone();
        state.enter(Phase::Resolving);
        let found: BoxFuture<'static, io::Result<Vec<SocketAddr>>> =
            match (self.names.fixed.get(name.as_str()), &self.names.resolver) {
                (Some(fixed), _) => Box::pin(std::future::ready(Ok(fixed.clone()))),
                (None, Some(resolver)) => resolver.resolve(name.as_str()),
                (None, None) => {
                    let found = self.system.call(name);
                    Box::pin(async { Ok(found.await?.collect()) })
                }
            };
        Box::pin(async move {
            let found = found.await?;
            state.enter(Phase::Connecting);
            Ok(found.into_iter())
        })
    }
}

/// Records that the connection to the proxy is open.
struct Noted {
    http: Http,
    state: CallState,
}

impl Service<Uri> for Noted {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<TokioIo<TcpStream>, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let (connecting, state) = (self.http.call(uri), self.state.clone());
        Box::pin(async move {
            let io = connecting.await?;
            state.enter(Phase::Tunnel);
            Ok(io)
        })
    }
}

/// Limits the total time of connecting: name, TCP, proxy, TLS and HTTP's preface.
pub(super) async fn bounded<T>(
    limit: Option<Duration>,
    connecting: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    let Some(limit) = limit else {
        return connecting.await;
    };
    match tokio::time::timeout(limit, connecting).await {
        Ok(result) => result,
        Err(_) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("no connection within {limit:?}"),
        )
        .into()),
    }
}
