use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::uri::{PathAndQuery, Scheme};
use http::{Extensions, Request, Response, Uri, Version};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1, http2};
use hyper::rt::{Read, Write};
use hyper_openssl::client::legacy::HttpsLayer;
use hyper_util::client::legacy::connect::Connection as Connected;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::runtime::Handle;
use tower_layer::Layer;
use tower_service::Service;

use super::answer::{AnswerBody, Lease};
use super::blocking;
use super::connect::{Connector, bounded, host_port};
use super::drivers;
use super::failure;
use super::first_line;
use super::framing;
use super::pace::BodyLimits;
use super::pool::{Connection, IdleLimits, Key, Pool, Sender, Server, Slot};
use super::process::PerProcess;
use super::proxy::Proxies;
use super::settings::HttpTransportBuilder;
use super::socket::Observed;
use super::tls;
use crate::message::{Attempt, Body, CallInfo, CallState, Delivery, Phase};
use crate::transport::{BoxFuture, Transport};
use wechatpay_core::crypto::{Certificate, PrivateKey};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};
use wechatpay_core::host::default_port;

/// The default transport: HTTP/1.1 and HTTP/2 over TLS, with a pool of connections.
///
/// A client creates its own. Create one explicitly to wrap it, or to share connections among clients with
/// [`ClientBuilder::http_transport`](crate::ClientBuilder::http_transport). Clones share everything.
///
/// ```
/// use std::time::Duration;
/// use wechatpay_chain::{Client, HttpTransport};
///
/// # fn example() -> wechatpay_chain::Result<()> {
/// let shared = HttpTransport::builder().idle_timeout(Duration::from_secs(20)).pool_max_idle(8).build()?;
/// let one = Client::builder().mchid("1900000109").http_transport(&shared);
/// let other = Client::builder().mchid("1900000110").http_transport(&shared);
/// # let _ = (one, other); Ok(()) }
/// # example().unwrap();
/// ```
#[derive(Clone)]
pub struct HttpTransport(Arc<Inner>);

/// The TLS state is created at its first use, so plain HTTP does not pay for it.
struct Inner {
    shared: Arc<Shared>,
    identity: Option<Identity>,
}

struct Shared {
    settings: HttpTransportBuilder,
    proxies: Proxies,
    /// A forked child shares no connection with its parent.
    pool: PerProcess<Pool>,
    anonymous: OnceLock<HttpsLayer>,
}

/// A certificate that connections present; they share nothing with other connections.
struct Identity {
    /// A unique number, so that no connection is used for another merchant.
    id: u64,
    pair: (Certificate, PrivateKey),
    layer: OnceLock<HttpsLayer>,
}

impl HttpTransport {
    /// Returns a builder for a transport.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }

    fn new(mut settings: HttpTransportBuilder, proxies: Proxies) -> Self {
        let identity = settings.identity.take();
        let shared = Arc::new(Shared {
            settings,
            proxies,
            pool: PerProcess::new(),
            anonymous: OnceLock::new(),
        });
        Self(Arc::new(Inner {
            shared,
            identity: identity.map(Identity::new),
        }))
    }

    /// Returns a transport with the same connections that presents another certificate, or none.
    ///
    /// Connections with different certificates are never shared.
    #[must_use]
    pub fn with_identity(&self, identity: Option<(Certificate, PrivateKey)>) -> Self {
        Self(Arc::new(Inner {
            shared: Arc::clone(&self.0.shared),
            identity: identity.map(Identity::new),
        }))
    }
}

impl HttpTransportBuilder {
    /// Checks the settings and builds the transport. Needs no socket or runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`].
    pub fn build(mut self) -> Result<HttpTransport> {
        let proxies = self.check()?;
        Ok(HttpTransport::new(self, proxies))
    }
}

impl Identity {
    fn new(pair: (Certificate, PrivateKey)) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            pair,
            layer: OnceLock::new(),
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("settings", &self.0.shared.settings)
            .field("identity", &self.0.identity.is_some())
            .finish_non_exhaustive()
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Body>) -> BoxFuture<'static, Result<Response<Body>>> {
        let inner = Arc::clone(&self.0);
        match Handle::try_current() {
            Ok(runtime) if drivers::has_sockets(&runtime) => match inner.send(request) {
                Ok(exchange) => Box::pin(exchange),
                Err(err) => Box::pin(std::future::ready(Err(err))),
            },
            Ok(_) => {
                let exchange = Box::pin(async move { inner.send(request)?.await });
                Box::pin(blocking::in_background(exchange))
            }
            // The future may be polled inside a runtime, which then owns the connections.
            Err(_) => Box::pin(async move {
                let exchange = async move { inner.send(request)?.await };
                match Handle::try_current() {
                    Ok(runtime) if !drivers::has_sockets(&runtime) => {
                        blocking::in_background(exchange).await
                    }
                    _ => exchange.await,
                }
            }),
        }
    }
}

impl Inner {
    /// Finds the server's connections and returns the future that exchanges the request for a response.
    fn send(
        self: Arc<Self>,
        mut request: Request<Body>,
    ) -> Result<impl Future<Output = Result<Response<Body>>> + Send> {
        let info = request.extensions().get::<CallInfo>();
        let identified = info.is_some_and(CallInfo::presents_certificate);
        // Independent of the scheme: a plain connection cannot present a certificate either.
        let identity = match (identified, &self.identity) {
            (false, _) => None,
            (true, Some(identity)) => Some(identity.id),
            (true, None) => return Err(no_identity()),
        };
        let attempt = match request.extensions_mut().remove::<Attempt>() {
            Some(attempt) => attempt,
            None => CallState::default().begin_attempt(0)?,
        };
        let key = key(request.uri(), identity)?;
        // Until a connection receives the request, nothing can have been sent.
        attempt.withdraw();
        let pool = self.shared.pool.get_or_init(Pool::default);
        let server = || self.server(request.uri());
        let settings = &self.shared.settings;
        let limits = IdleLimits {
            time: settings.idle_timeout,
            count: settings.pool_max_idle,
        };
        let slot = pool.slot(&key, limits, server);
        if key.scheme == Scheme::HTTP {
            self.add_proxy_authorization(&mut request);
        }
        Ok(self.exchange(request, key, slot, attempt))
    }

    /// Gives the request to a connection, and to another one as long as it is returned unsent.
    #[allow(
        clippy::manual_async_fn,
        reason = "the future of an async fn has room for each argument twice"
    )]
    fn exchange(
        self: Arc<Self>,
        mut request: Request<Body>,
        key: Key,
        slot: Arc<Slot>,
        attempt: Attempt,
    ) -> impl Future<Output = Result<Response<Body>>> + Send {
        async move {
            let state = attempt.state();
            let uri = std::mem::take(request.uri_mut());
            // For calls on a kept connection; a new connection records it as well.
            let server = &slot.server;
            state.set_route(Arc::clone(&server.address), server.proxy.clone());
            loop {
                let connect = || -> BoxFuture<'static, _> {
                    let connecting = state.connecting();
                    Box::pin(Arc::clone(&self).connect(uri.clone(), key.clone(), connecting))
                };
                let (mut connection, used) = slot
                    .connection(connect)
                    .await
                    .map_err(|err| attempt.after_failure(failure::connect(err, state)))?;
                connection.begin_use();
                state.trace().connection(used, connection.protocol());
                address(&mut request, &uri, server, &connection);
                state.enter(Phase::Waiting);
                let before = connection.watch.written();
                let delivery = match attempt.deliver() {
                    Ok(delivery) => delivery,
                    Err(ended) => {
                        slot.give_back(connection);
                        return Err(ended);
                    }
                };
                connection.watch.await_line();
                // Not in an async function, whose future would copy the request.
                let sent = match &mut connection.sender {
                    Sender::Http1(sender) => sender.try_send_request(request).await,
                    Sender::Http2(sender) => sender.try_send_request(request).await,
                };
                let failed = match sent {
                    Ok(response) => return Ok(self.answer(response, connection, &slot, state)),
                    Err(failed) => failed,
                };
                request = connection
                    .take_back(failed, before, used, delivery, state)
                    .map_err(|err| attempt.after_failure(err))?;
            }
        }
    }

    fn answer(
        &self,
        response: Response<Incoming>,
        connection: Connection,
        slot: &Arc<Slot>,
        state: &CallState,
    ) -> Response<Body> {
        let end = framing::end(&response, connection.watch.cut());
        let lease = Lease::new(connection, Arc::clone(slot));
        let limits = BodyLimits {
            pause: self.shared.settings.read_timeout,
            least: self.shared.settings.least,
            deadline: state.deadline(),
        };
        response.map(|body| Body::stream(AnswerBody::new(body, limits, lease)).with_end(end))
    }

    async fn connect(
        self: Arc<Self>,
        uri: Uri,
        key: Key,
        state: CallState,
    ) -> Result<Connection, BoxError> {
        let settings = &self.shared.settings;
        let (limit, alive) = (settings.connect_timeout, settings.http2_keep_alive);
        let mut connector = Connector {
            proxies: self.shared.proxies.clone(),
            limit,
            keepalive: settings.tcp_keepalive,
            names: settings.names.clone(),
            state,
        };
        if key.scheme == Scheme::HTTPS {
            let mut connector = self.tls(key.identity.is_some())?.layer(connector);
            let connected = async { handshake(connector.call(uri).await?, alive).await };
            return bounded(limit, connected).await;
        }
        let connected = async { handshake(connector.call(uri).await?, alive).await };
        bounded(limit, connected).await
    }

    /// Returns the TLS layer. Only a success is cached, since a fault may pass. Creating two at once is harmless.
    fn tls(&self, identified: bool) -> Result<&HttpsLayer> {
        let (known, pair) = match &self.identity {
            Some(identity) if identified => (&identity.layer, Some(&identity.pair)),
            _ => (&self.shared.anonymous, None),
        };
        if let Some(layer) = known.get() {
            return Ok(layer);
        }
        let settings = &self.shared.settings;
        let builder = tls::connector(&settings.roots, pair, settings.http2)?;
        let mut made = HttpsLayer::with_connector(builder).map_err(|err| {
            Error::new(ErrorKind::Connect, "TLS could not be set up").with_source(err)
        })?;
        made.set_callback(tls::verify_ipv6);
        Ok(known.get_or_init(|| made))
    }

    fn server(&self, uri: &Uri) -> Server {
        let proxies = self.shared.proxies.as_ref();
        let proxy = proxies.and_then(|proxies| proxies.intercept(uri));
        Server {
            address: host_port(uri).into(),
            proxy: proxy.map(|proxy| host_port(proxy.uri()).into()),
            host: host(uri),
        }
    }

    /// Adds the proxy's credentials for a proxy that reads the request itself.
    fn add_proxy_authorization(&self, request: &mut Request<Body>) {
        if let Some(proxies) = &self.shared.proxies
            && let Some(proxy) = proxies.intercept(request.uri())
            && let Some(auth) = proxy.basic_auth()
        {
            let headers = request.headers_mut();
            headers.insert(PROXY_AUTHORIZATION, auth.clone());
        }
    }
}

impl Connection {
    /// Returns a request that could not be sent, if it was returned unsent by a connection that was `used`.
    ///
    /// A new connection that fails at once would fail again, so its request is not repeated.
    fn take_back(
        &self,
        mut failed: TrySendError<Request<Body>>,
        before: u64,
        used: bool,
        delivery: Delivery<'_>,
        state: &CallState,
    ) -> Result<Request<Body>> {
        let (untouched, err) = (failed.take_message(), failed.into_error());
        if untouched.is_none() && !self.is_known_unwritten(before, &err) {
            let silent = matches!(self.sender, Sender::Http1(_)) && self.watch.is_unanswered();
            return Err(failure::broken(err, silent, state));
        }
        delivery.withdraw();
        match untouched {
            Some(request) if used => Ok(request),
            _ => Err(failure::unsent(err, state)),
        }
    }

    /// Whether a request that hyper did not return was not written, and will not be written.
    ///
    /// On HTTP/2, a failing body leaves the connection open and its head sent.
    fn is_known_unwritten(&self, before: u64, err: &hyper::Error) -> bool {
        let over = matches!(self.sender, Sender::Http1(_)) || self.watch.has_ended();
        over && !err.is_user() && self.watch.written() == before
    }
}

fn key(uri: &Uri, identity: Option<u64>) -> Result<Key> {
    let runtime = Handle::try_current().map_err(|err| {
        let message = "the default transport needs a tokio runtime; nothing was sent";
        Error::new(ErrorKind::Connect, message).with_source(err)
    })?;
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        let message = "the request has no absolute URL, so nothing was sent";
        return Err(Error::new(ErrorKind::Request, message));
    };
    Ok(Key {
        runtime: runtime.id(),
        scheme: scheme.clone(),
        authority: authority.clone(),
        identity,
    })
}

/// Performs the HTTP handshake and drives the connection in a task of this runtime.
///
/// `alive` is the interval and the timeout of HTTP/2 pings.
async fn handshake<T>(io: T, alive: KeepAlive) -> Result<Connection, BoxError>
where
    T: Read + Write + Connected + Send + Unpin + 'static,
{
    let connected = io.connected();
    let mut extras = Extensions::new();
    connected.get_extras(&mut extras);
    let Some(Observed(watch)) = extras.remove() else {
        return Err("the connection has no watch".into());
    };
    let sender = if connected.is_negotiated_h2() {
        Sender::Http2(http2_handshake(io, alive).await?)
    } else {
        Sender::Http1(http1_handshake(first_line::observed(io, &watch)).await?)
    };
    Ok(Connection {
        sender,
        watch,
        proxied: connected.is_proxied(),
        runtime: Handle::current(),
        used: None,
    })
}

async fn http1_handshake<T>(io: T) -> Result<http1::SendRequest<Body>, hyper::Error>
where
    T: Read + Write + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        // Spelled as in the documentation; some gateways' logs and filters depend on it.
        .title_case_headers(true)
        .handshake(io)
        .await?;
    tokio::spawn(connection);
    sender.ready().await?;
    Ok(sender)
}

type KeepAlive = Option<(Duration, Duration)>;

async fn http2_handshake<T>(
    io: T,
    alive: KeepAlive,
) -> Result<http2::SendRequest<Body>, hyper::Error>
where
    T: Read + Write + Send + Unpin + 'static,
{
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        // Until its settings arrive, a server that allows fewer streams would refuse more.
        .initial_max_send_streams(1);
    if let Some((pause, patience)) = alive {
        // One connection carries all calls, so a dead one must be detected.
        builder
            .keep_alive_interval(pause)
            .keep_alive_timeout(patience);
    }
    let (mut sender, connection) = builder.handshake(io).await?;
    tokio::spawn(connection);
    sender.ready().await?;
    Ok(sender)
}

/// Writes the target in the form that the connection's protocol requires.
fn address(request: &mut Request<Body>, uri: &Uri, server: &Server, connection: &Connection) {
    if matches!(connection.sender, Sender::Http2(_)) {
        request.uri_mut().clone_from(uri);
        request.headers_mut().remove(HOST);
        return;
    }
    *request.version_mut() = Version::HTTP_11;
    if let Some(host) = &server.host {
        request
            .headers_mut()
            .entry(HOST)
            .or_insert_with(|| host.clone());
    }
    if connection.proxied {
        request.uri_mut().clone_from(uri);
    } else {
        let target = uri.path_and_query().cloned();
        *request.uri_mut() = Uri::from(target.unwrap_or_else(|| PathAndQuery::from_static("/")));
    }
}

/// Returns the `Host`, without the scheme's default port.
fn host(uri: &Uri) -> Option<HeaderValue> {
    let host = uri.host()?;
    let own = default_port(uri.scheme());
    let port = uri.port_u16().filter(|port| *port != own);
    let text = port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    HeaderValue::try_from(text).ok()
}

fn no_identity() -> Error {
    Error::new(
        ErrorKind::Request,
        "this call must present the merchant's certificate; nothing was sent: build the client with \
         both certificate(..) and private_key(..), from apiclient_cert.pem and apiclient_key.pem or \
         apiclient_cert.p12; or use .security(false) if the call needs none",
    )
}
