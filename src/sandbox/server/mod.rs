//! Sockets, TLS and HTTP.

mod http;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use openssl::ssl::SslAcceptor;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

use super::control;
use super::gateway::Gateway;
use super::launch::{Ready, failed};
pub(super) use http::{ClientCertificate, gone, read};
use http::{acceptor, connection};
use wechatpay_core::error::Result;

/// What keeps a client, or many, from holding up the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How many connections are open at once.
    connections: u32,
    /// How long a client may take for its handshake, its first request, its headers and each body.
    pub(super) patience: Duration,
    /// How long requests that are under way may take at the end.
    last_answers: Duration,
    /// Of one connection of HTTP/2: how many requests are under way at once,
    streams: u32,
    /// how many bytes a request's headers have,
    header_list: u32,
    /// and how many resets wait, before it is closed.
    resets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            patience: Duration::from_secs(30),
            last_answers: Duration::from_secs(5),
            streams: 100,
            header_list: 64 << 10,
            resets: 20,
        }
    }
}

/// How long connections may take that have no request: a client of HTTP/2 may not be listening.
const LAST_WORDS: Duration = Duration::from_millis(200);

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
        let acceptor = match tls {
            true => Some(tls_of(&gateway, address)?),
            false => None,
        };
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

/// With a certificate for all names by which it is known to be reached.
fn tls_of(gateway: &Gateway, address: SocketAddr) -> Result<SslAcceptor> {
    let mut names = gateway.control.settings.hosts.clone();
    let ip = address.ip();
    if !ip.is_loopback() && !ip.is_unspecified() {
        names.push(ip.to_string());
    }
    let tls = gateway.identity.tls(&names)?;
    acceptor(&tls).map_err(|err| failed("cannot set up TLS").with_source(err))
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

impl Open {
    fn new(gateway: Arc<Gateway>) -> Self {
        let (closing, closed) = watch::channel(());
        let places = gateway.server_limits.connections as usize;
        let door = Door {
            gateway,
            places: Arc::new(Semaphore::new(places)),
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
        let limits = self.door.limits();
        let _ = timeout(limits.last_answers, busy.wait_for(|busy| *busy == 0)).await;
        let all = self.door.places.acquire_many(limits.connections);
        let _ = timeout(LAST_WORDS, all).await;
    }
}

impl Door {
    fn limits(&self) -> Limits {
        self.gateway.server_limits
    }

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
