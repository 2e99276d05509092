//! A server that counts its requests and closes idle connections on demand.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::ssl::{AlpnError, Ssl, SslAcceptor, SslMethod, select_next_proto};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509NameBuilder};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio_openssl::SslStream;
use wechatpay_chain::{Certificate, ClientBuilder};

use super::keys::OTHER;
use super::{Answer, builder};

/// The protocol of the connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    Plain,
    Tls,
    Http2,
}

/// How many calls at once an HTTP/2 connection takes.
const FEW: u32 = 2;

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The socket is closed.
    Fin,
    /// The connection is reset.
    Reset,
    /// As HTTP specifies: `GOAWAY` in HTTP/2.
    Polite,
}

pub(crate) struct Gate {
    address: SocketAddr,
    proxy: Option<SocketAddr>,
    speaks: Speaks,
    shared: Arc<Shared>,
    certificate: X509,
    _runtime: Runtime,
}

struct Shared {
    end: End,
    /// How often each call arrived, by the id in its query.
    seen: Mutex<HashMap<String, u32>>,
    open: Mutex<usize>,
    changed: Condvar,
    closings: watch::Sender<u64>,
}

impl Gate {
    pub(crate) fn open(speaks: Speaks, end: End) -> Self {
        Self::start(speaks, end, false)
    }

    /// Behind a proxy that closes a tunnel when one of its ends closes.
    pub(crate) fn behind_a_proxy(speaks: Speaks, end: End) -> Self {
        Self::start(speaks, end, true)
    }

    fn start(speaks: Speaks, end: End, proxied: bool) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let shared = Arc::new(Shared {
            end,
            seen: Mutex::default(),
            open: Mutex::default(),
            changed: Condvar::new(),
            closings: watch::Sender::new(0),
        });
        let certificate = certificate();
        let acceptor = (speaks != Speaks::Plain).then(|| acceptor(speaks, &certificate));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(listen(listener, Arc::clone(&shared), acceptor));
        let proxy = proxied.then(|| {
            let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
            let proxy = listener.local_addr().unwrap();
            runtime.spawn(tunnel_all(listener, address, Arc::clone(&shared)));
            proxy
        });
        Self {
            address,
            proxy,
            speaks,
            shared,
            certificate,
            _runtime: runtime,
        }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        let scheme = match self.speaks {
            Speaks::Plain => "http",
            Speaks::Tls | Speaks::Http2 => "https",
        };
        let builder = builder()
            .base_url(format!("{scheme}://{}/", self.address))
            .timeout(Duration::from_secs(60))
            .connect_timeout(Duration::from_secs(60))
            .root_certificate(root(&self.certificate));
        match self.proxy {
            Some(proxy) => builder.proxy(format!("http://{proxy}")),
            None => builder,
        }
    }

    /// Closes all connections, and returns when they are closed.
    ///
    /// It blocks the thread, so a runtime on that thread notices nothing.
    pub(crate) fn close_idle(&self) {
        self.shared.closings.send_modify(|closings| *closings += 1);
        let mut open = self.shared.open.lock().unwrap();
        while *open > 0 {
            open = self.shared.changed.wait(open).unwrap();
        }
        drop(open);
        let ports = [Some(self.address), self.proxy];
        let ports: Vec<u16> = ports.iter().flatten().map(SocketAddr::port).collect();
        while is_connected_to(&ports) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How often each call arrived.
    pub(crate) fn seen(&self) -> HashMap<String, u32> {
        self.shared.seen.lock().unwrap().clone()
    }
}

/// Whether a socket of this machine has not yet seen that a server on one of these ports closed it.
///
/// A busy kernel delivers the end of a loopback connection some time after `close` returns. Until then no client can
/// notice it. Only Linux reports it.
fn is_connected_to(ports: &[u16]) -> bool {
    const ESTABLISHED: &str = "01";
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap_or_default();
    table.lines().skip(1).any(|line| {
        let mut columns = line.split_whitespace().skip(2);
        let remote = columns
            .next()
            .and_then(|address| address.rsplit(':').next());
        let port = remote.and_then(|port| u16::from_str_radix(port, 16).ok());
        columns.next() == Some(ESTABLISHED) && port.is_some_and(|port| ports.contains(&port))
    })
}

/// Counts a connection while it is open.
struct Open(Arc<Shared>);

impl Open {
    fn count(shared: &Arc<Shared>) -> Self {
        *shared.open.lock().unwrap() += 1;
        Self(Arc::clone(shared))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        *self.0.open.lock().unwrap() -= 1;
        self.0.changed.notify_all();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>, acceptor: Option<SslAcceptor>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        if shared.end == End::Reset {
            stream.set_zero_linger().unwrap();
        }
        let open = Open::count(&shared);
        let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
        // From here on it receives the command to close.
        let mut closing = shared.closings.subscribe();
        tokio::spawn(async move {
            let Some(acceptor) = acceptor else {
                return serve(stream, &shared, closing, open).await;
            };
            let ssl = Ssl::new(acceptor.context()).unwrap();
            let mut stream = SslStream::new(ssl, stream).unwrap();
            let accepted = tokio::select! {
                accepted = std::pin::Pin::new(&mut stream).accept() => accepted.is_ok(),
                _ = closing.changed() => false,
            };
            if accepted {
                serve(stream, &shared, closing, open).await;
            }
        });
    }
}

async fn serve<S>(stream: S, shared: &Arc<Shared>, mut closing: watch::Receiver<u64>, open: Open)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // Dropped last: the connection is closed by then.
    let _open = open;
    let counting = Arc::clone(shared);
    let service = hyper::service::service_fn(move |request: http::Request<_>| {
        let id = request.uri().query().unwrap_or_default().to_owned();
        *counting.seen.lock().unwrap().entry(id).or_default() += 1;
        drop::<http::Request<hyper::body::Incoming>>(request);
        let answer = Answer::json(json!({"ok": true})).into_response();
        async { Ok::<_, Infallible>(answer) }
    });
    let mut server = auto::Builder::new(TokioExecutor::new());
    server.http2().max_concurrent_streams(FEW);
    let mut connection = std::pin::pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = closing.changed() => {}
    }
    if shared.end == End::Polite {
        connection.as_mut().graceful_shutdown();
        // The client may be idle and answer nothing: all data was sent by then.
        let _ = tokio::time::timeout(Duration::from_millis(5), connection).await;
    }
}

/// A proxy for `https://`.
async fn tunnel_all(listener: TcpListener, to: SocketAddr, shared: Arc<Shared>) {
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let open = Open::count(&shared);
        tokio::spawn(async move {
            let _ = tunnel(client, to).await;
            // Both sockets are closed now.
            drop(open);
        });
    }
}

async fn tunnel(mut client: TcpStream, to: SocketAddr) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let mut server = TcpStream::connect(to).await?;
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    tokio::select! {
        ended = tokio::io::copy(&mut from_client, &mut to_server) => ended,
        ended = tokio::io::copy(&mut from_server, &mut to_client) => ended,
    }
    .map(drop)
}

pub(crate) fn acceptor(speaks: Speaks, certificate: &X509) -> SslAcceptor {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_certificate(certificate).unwrap();
    acceptor.set_private_key(&OTHER.pkey).unwrap();
    acceptor.set_alpn_select_callback(move |_, offered| {
        let ours: &[u8] = match speaks {
            Speaks::Http2 => b"\x02h2",
            _ => b"\x08http/1.1",
        };
        select_next_proto(ours, offered).ok_or(AlpnError::NOACK)
    });
    acceptor.build()
}

/// The root that a client trusts.
pub(crate) fn root(certificate: &X509) -> Certificate {
    Certificate::from_bytes(certificate.to_pem().unwrap()).unwrap()
}

pub(crate) fn certificate() -> X509 {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "127.0.0.1").unwrap();
    let name = name.build();
    let mut made = X509::builder().unwrap();
    made.set_version(2).unwrap();
    let serial = BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap();
    made.set_serial_number(&serial).unwrap();
    made.set_subject_name(&name).unwrap();
    made.set_issuer_name(&name).unwrap();
    made.set_not_before(&Asn1Time::days_from_now(0).unwrap())
        .unwrap();
    made.set_not_after(&Asn1Time::days_from_now(30).unwrap())
        .unwrap();
    made.set_pubkey(&OTHER.pkey).unwrap();
    let own = SubjectAlternativeName::new()
        .ip("127.0.0.1")
        .build(&made.x509v3_context(None, None))
        .unwrap();
    made.append_extension(own).unwrap();
    made.sign(&OTHER.pkey, MessageDigest::sha256()).unwrap();
    made.build()
}
