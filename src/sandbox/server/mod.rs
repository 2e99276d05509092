//! The server: sockets, TLS and HTTP. Passes requests to the gateway or to the control API.

mod connection;
mod dispatch;
// They use the control API.
#[cfg(test)]
#[cfg(feature = "state")]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use openssl::ssl::SslAcceptor;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::{sleep, timeout};

use crate::events;
use crate::settings::ConnectionLimits;
use crate::state::SandboxState;
use connection::{acceptor, serve_connection};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// How long idle connections may take to close at the end. An HTTP/2 client may not be reading.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(200);

/// A server that listens.
pub(crate) struct Ready {
    pub(crate) state: Arc<SandboxState>,
    pub(crate) address: SocketAddr,
}

/// Serves on this thread until the other end of `stopped` is dropped.
pub(crate) fn run(
    state: Arc<SandboxState>,
    listen: (SocketAddr, bool),
    report: impl FnOnce(Result<Ready>),
    stopped: oneshot::Receiver<()>,
) {
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(err) => return report(Err(failed("cannot start a runtime").with_source(err))),
    };
    runtime.block_on(async {
        let server = match Server::bind(&state, listen).await {
            Ok(server) => server,
            Err(err) => return report(Err(err)),
        };
        let address = server.address;
        state.notifier.run_on(Handle::current());
        state.notifier.resume();
        tokio::spawn(events::post_continuously(Arc::clone(&state)));
        let connections = Connections::new(Arc::clone(&state));
        let accepting = tokio::spawn(server.accept(connections.shared.clone()));
        report(Ok(Ready { state, address }));
        // An error means that the handle is gone, which also ends the server.
        let _ = stopped.await;
        accepting.abort();
        // Wait until its socket is closed.
        let _ = accepting.await;
        // The remaining tasks end with the runtime.
        connections.close().await;
    });
}

/// An error of starting the sandbox.
pub(crate) fn failed(what: &str) -> Error {
    Error::new(ErrorKind::Builder, format!("the sandbox {what}"))
}

struct Server {
    listener: TcpListener,
    acceptor: Option<SslAcceptor>,
    address: SocketAddr,
}

impl Server {
    /// Binds the address, or a free port if the flag is set and the port is taken.
    async fn bind(state: &SandboxState, (listen, any_port): (SocketAddr, bool)) -> Result<Self> {
        let unbound = |err| {
            let message = format!(
                "the sandbox cannot listen on {listen}: stop the program that has the port, or name another port"
            );
            Error::new(ErrorKind::Builder, message).with_source(err)
        };
        let listener = match TcpListener::bind(listen).await {
            Err(err) if any_port && err.kind() == io::ErrorKind::AddrInUse => {
                TcpListener::bind((listen.ip(), 0)).await
            }
            bound => bound,
        };
        let listener = listener.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let acceptor = if state.settings.tls {
            Some(tls_acceptor(state, address)?)
        } else {
            None
        };
        Ok(Self {
            listener,
            acceptor,
            address,
        })
    }

    async fn accept(self, shared: Shared) {
        loop {
            // Further connections wait in the queue of the operating system.
            let Ok(permit) = Arc::clone(&shared.permits).acquire_owned().await else {
                return;
            };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let (shared, acceptor) = (shared.clone(), self.acceptor.clone());
                    tokio::spawn(async move {
                        serve_connection(shared, acceptor, stream).await;
                        drop(permit);
                    });
                }
                // Out of file descriptors: other connections have to be closed first.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// Sets up TLS with a certificate for all names by which the sandbox is reached.
fn tls_acceptor(state: &SandboxState, address: SocketAddr) -> Result<SslAcceptor> {
    let mut names = state.settings.hosts.clone();
    let ip = address.ip();
    if !ip.is_loopback() && !ip.is_unspecified() {
        names.push(ip.to_string());
    }
    let tls = state.identity.tls(&names)?;
    acceptor(&tls).map_err(|err| failed("cannot set up TLS").with_source(err))
}

/// The open connections and the requests in progress.
struct Connections {
    shared: Shared,
    /// Dropped when the server ends.
    closing: watch::Sender<()>,
}

/// The state that the connections share.
#[derive(Clone)]
struct Shared {
    state: Arc<SandboxState>,
    permits: Arc<Semaphore>,
    /// How many requests are in progress.
    in_progress: Arc<watch::Sender<usize>>,
    closed: watch::Receiver<()>,
}

impl Connections {
    fn new(state: Arc<SandboxState>) -> Self {
        let (closing, closed) = watch::channel(());
        let permits = state.settings.connections.connections as usize;
        let shared = Shared {
            state,
            permits: Arc::new(Semaphore::new(permits)),
            in_progress: Arc::new(watch::Sender::new(0)),
            closed,
        };
        Self { shared, closing }
    }

    /// Accepts no more requests, and lets those in progress finish.
    async fn close(self) {
        drop(self.closing);
        self.shared.state.records.end_streams();
        let limits = self.shared.limits();
        let mut in_progress = self.shared.in_progress.subscribe();
        let finished = in_progress.wait_for(|count| *count == 0);
        let _ = timeout(limits.shutdown_timeout, finished).await;
        let all = self.shared.permits.acquire_many(limits.connections);
        let _ = timeout(CLOSE_TIMEOUT, all).await;
    }
}

impl Shared {
    fn limits(&self) -> ConnectionLimits {
        self.state.settings.connections
    }

    /// Counts a request as in progress until the guard is dropped.
    fn begin_request(&self) -> RequestGuard {
        // Only the end of the last one is waited for.
        self.in_progress.send_if_modified(|count| {
            *count += 1;
            false
        });
        RequestGuard(Arc::clone(&self.in_progress))
    }
}

struct RequestGuard(Arc<watch::Sender<usize>>);

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.0.send_if_modified(|count| {
            *count = count.saturating_sub(1);
            *count == 0
        });
    }
}
