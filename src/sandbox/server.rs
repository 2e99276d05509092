//! Sockets, TLS and HTTP.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

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
use tokio::sync::oneshot;
use tokio_openssl::SslStream;

use super::control;
use super::gateway::Gateway;
use super::identity::Tls;
use super::launch::{Ready, failed};
use crate::error::Result;

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
                tokio::spawn(server.accept());
                report(Ok(ready));
                // Whether told or forgotten, it is the end; the tasks go with the runtime.
                let _ = stopped.await;
            }
            Err(err) => report(Err(err)),
        }
    });
}

struct Server {
    listener: TcpListener,
    acceptor: Option<SslAcceptor>,
    gateway: Arc<Gateway>,
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
        let ready = Ready {
            gateway: Arc::clone(&gateway),
            address,
        };
        let server = Self {
            listener,
            acceptor,
            gateway,
        };
        Ok((server, ready))
    }

    async fn accept(self) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let gateway = Arc::clone(&self.gateway);
                    tokio::spawn(connection(gateway, self.acceptor.clone(), stream));
                }
                // Out of file descriptors: others have to be closed first.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// A connection that fails concerns nobody but its client.
async fn connection(gateway: Arc<Gateway>, acceptor: Option<SslAcceptor>, stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let Some(acceptor) = acceptor else {
        return serve(gateway, stream, ClientCertificate::NotAsked).await;
    };
    let handshake = async {
        let ssl = Ssl::new(acceptor.context()).ok()?;
        let mut stream = SslStream::new(ssl, stream).ok()?;
        Pin::new(&mut stream).accept().await.ok()?;
        Some(stream)
    };
    if let Ok(Some(stream)) = tokio::time::timeout(PATIENCE, handshake).await {
        let certificate = match stream.ssl().peer_certificate() {
            Some(_) => ClientCertificate::Presented,
            None => ClientCertificate::Missing,
        };
        serve(gateway, stream, certificate).await;
    }
}

/// What a connection has shown of the merchant's certificate; plain HTTP cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientCertificate {
    NotAsked,
    Presented,
    Missing,
}

/// How long a client may take for its handshake and for its headers.
const PATIENCE: Duration = Duration::from_secs(30);

async fn serve<S>(gateway: Arc<Gateway>, stream: S, certificate: ClientCertificate)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(certificate);
        let gateway = Arc::clone(&gateway);
        async move {
            match control::is_addressed(&request) {
                true => control::serve(gateway, request).await,
                false => gateway.serve(request).await,
            }
        }
    });
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        // WeChat Pay's spelling; there are clients that take no other.
        .title_case_headers(true);
    http.http2().timer(TokioTimer::new());
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
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
