//! Sockets, TLS and HTTP.

use std::future::poll_fn;
use std::net::SocketAddr;
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
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};
use tokio_openssl::SslStream;

use super::control;
use super::gateway::Gateway;
use super::identity::Tls;
use super::launch::{Ready, failed};
use crate::error::{Error, ErrorKind, Result};
use crate::message::Body;

/// Serves on this thread until `stopped`'s other end is gone.
pub(super) fn run(
    gateway: Arc<Gateway>,
    listen: SocketAddr,
    tls: bool,
    report: impl FnOnce(Result<Ready>),
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(err) => return report(Err(failed("cannot start a runtime").with_source(err))),
    };
    runtime.block_on(async {
        match Server::bind(gateway, listen, tls).await {
            Ok((server, ready)) => {
                let control = &ready.gateway.control;
                control.deliveries.run_on(Handle::current());
                tokio::spawn(control::post_what_happens(Arc::clone(&ready.gateway)));
                let open = Open::new(Arc::clone(&ready.gateway));
                let accepting = tokio::spawn(server.accept(open.door()));
                report(Ok(ready));
                // Whether told or forgotten, it is the end.
                let _ = stopped.await;
                accepting.abort();
                // So that its socket is closed.
                let _ = accepting.await;
                // What is left goes with the runtime.
                open.close().await;
            }
            Err(err) => report(Err(err)),
        }
    });
}

struct Server {
    listener: TcpListener,
    acceptor: Option<SslAcceptor>,
}

impl Server {
    async fn bind(gateway: Arc<Gateway>, listen: SocketAddr, tls: bool) -> Result<(Self, Ready)> {
        let unbound = |err| failed(&format!("cannot listen on {listen}")).with_source(err);
        let listener = TcpListener::bind(listen).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let acceptor = tls
            .then(|| acceptor(&gateway.identity.tls))
            .transpose()
            .map_err(|err| failed("cannot set up TLS").with_source(err))?;
        let ready = Ready { gateway, address };
        let server = Self { listener, acceptor };
        Ok((server, ready))
    }

    async fn accept(self, door: Door) {
        loop {
            // Those that wait for one wait in the system's queue.
            let Ok(place) = Arc::clone(&door.places).acquire_owned().await else {
                return;
            };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let (door, acceptor) = (door.clone(), self.acceptor.clone());
                    tokio::spawn(async move {
                        connection(door, acceptor, stream).await;
                        drop(place);
                    });
                }
                // Out of file descriptors: others have to be closed first.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// The connections that are open, and the requests that are under way.
struct Open {
    door: Door,
    /// Dropped when it is the end.
    closing: watch::Sender<()>,
}

/// What each connection has of it.
#[derive(Clone)]
struct Door {
    gateway: Arc<Gateway>,
    places: Arc<Semaphore>,
    /// How many requests are under way.
    busy: Arc<watch::Sender<usize>>,
    closed: watch::Receiver<()>,
}

/// How many connections are open at once.
const CONNECTIONS: u32 = 1024;

/// How long requests that are under way may take at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);
/// How long connections may take that have no request: a client of HTTP/2 may not be listening.
const LAST_WORDS: Duration = Duration::from_millis(200);

impl Open {
    fn new(gateway: Arc<Gateway>) -> Self {
        let (closing, closed) = watch::channel(());
        let door = Door {
            gateway,
            places: Arc::new(Semaphore::new(CONNECTIONS as usize)),
            busy: Arc::new(watch::Sender::new(0)),
            closed,
        };
        Self { door, closing }
    }

    fn door(&self) -> Door {
        self.door.clone()
    }

    /// Takes no more requests, and lets those that are under way end.
    async fn close(self) {
        drop(self.closing);
        let mut busy = self.door.busy.subscribe();
        let _ = timeout(LAST_ANSWERS, busy.wait_for(|busy| *busy == 0)).await;
        let _ = timeout(LAST_WORDS, self.door.places.acquire_many(CONNECTIONS)).await;
    }
}

impl Door {
    /// One request more is under way, until what this gives is dropped.
    fn enter(&self) -> UnderWay {
        self.busy.send_modify(|busy| *busy += 1);
        UnderWay(Arc::clone(&self.busy))
    }
}

struct UnderWay(Arc<watch::Sender<usize>>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|busy| *busy = busy.saturating_sub(1));
    }
}

/// A connection that fails concerns nobody but its client.
async fn connection(door: Door, acceptor: Option<SslAcceptor>, stream: TcpStream) {
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
    if let Ok(Some(stream)) = timeout(PATIENCE, handshake).await {
        let certificate = match stream.ssl().peer_certificate() {
            Some(_) => ClientCertificate::Presented,
            None => ClientCertificate::Missing,
        };
        serve(door, stream, certificate).await;
    }
}

/// What a connection has shown of the merchant's certificate; plain HTTP cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientCertificate {
    NotAsked,
    Presented,
    Missing,
}

/// How long a client may take for its handshake, its first request, its headers and each body.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many requests are under way at once on one connection of HTTP/2.
const STREAMS: u32 = 100;

/// A request's body.
pub(super) async fn read(body: Incoming, limit: usize) -> Result<Bytes> {
    let body = Body::stream(body).collect(limit);
    let late = |_| gone("the body has not come in 30 s");
    timeout(PATIENCE, body).await.map_err(late)?
}

/// Ends a connection without an answer.
pub(super) fn gone(why: &'static str) -> Error {
    Error::new(ErrorKind::Transport, why)
}

async fn serve<S>(door: Door, stream: S, certificate: ClientCertificate)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
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
    let http = protocols();
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let (mut closing, mut late) = (pin!(closed.changed()), pin!(sleep(PATIENCE)));
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

fn protocols() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        // WeChat Pay's spelling; there are clients that take no other.
        .title_case_headers(true);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .keep_alive_interval(PATIENCE);
    http
}

fn acceptor(tls: &Tls) -> Result<SslAcceptor, ErrorStack> {
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
