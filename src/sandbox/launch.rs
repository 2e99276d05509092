//! Starting and ending a sandbox.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::Sandbox;
use super::gateway::Gateway;
use super::identity::Identity;
use super::made::Documented;
use super::server;
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Result};

/// The settings of a [`Sandbox`].
#[must_use = "a builder does nothing until start()"]
pub struct SandboxBuilder {
    listen: SocketAddr,
    tls: bool,
    fresh_keys: bool,
    max_body_bytes: usize,
    documented: Documented,
    clock: Arc<dyn Clock>,
}

impl SandboxBuilder {
    pub(super) fn new() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: false,
            fresh_keys: false,
            max_body_bytes: 16 << 20,
            documented: Documented {
                check: true,
                seed: 0,
            },
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Speaks TLS, and HTTP/2 to clients that offer it; without, plain HTTP.
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// Listens on an address of the loopback interface; by default on a free port of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Makes keys of its own, unlike those of the process's other sandboxes. That takes some
    /// tenths of a second each time.
    pub fn fresh_keys(mut self) -> Self {
        self.fresh_keys = true;
        self
    }

    /// The longest request body it reads; 16 MiB by default.
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.max_body_bytes = limit;
        self
    }

    /// Whether it compares the fields of requests with the documentation and refuses what is missing or
    /// wrong, as WeChat Pay does; `true` by default.
    ///
    /// Without, an incomplete request is accepted: for tests that are about something else.
    pub fn check_fields(mut self, check: bool) -> Self {
        self.documented.check = check;
        self
    }

    /// What it makes up in its answers depends on this number and the request alone; 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.documented.seed = seed;
        self
    }

    /// Replaces its source of time and nonces, for tests that replace the client's.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts it; it answers when this returns.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the address is not of this machine alone or is in use,
    /// [`ErrorKind::Key`] when OpenSSL makes no keys.
    pub async fn start(self) -> Result<Sandbox> {
        let (report, started) = oneshot::channel();
        let launched = self.launch(move |ready| drop(report.send(ready)))?;
        launched.sandbox(started.await.unwrap_or_else(|_| Err(died())))
    }

    /// Starts it from code that is not async; it answers when this returns.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_blocking(self) -> Result<Sandbox> {
        let (report, started) = mpsc::sync_channel(1);
        let launched = self.launch(move |ready| drop(report.send(ready)))?;
        launched.sandbox(started.recv().unwrap_or_else(|_| Err(died())))
    }

    /// Everything happens on the new thread: no runtime is dropped where that would panic, and no
    /// key is made where that would hold up a runtime.
    fn launch(self, report: impl FnOnce(Result<Ready>) + Send + 'static) -> Result<Launched> {
        let tls = self.tls;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("wechatpay-sandbox".to_owned())
            .spawn(move || match self.prepare() {
                Ok((gateway, listen)) => server::run(gateway, listen, tls, report, stopped),
                Err(err) => report(Err(err)),
            })
            .map_err(|err| failed("cannot start a thread").with_source(err))?;
        let running = Running {
            stop: Some(stop),
            thread: Some(thread),
        };
        Ok(Launched { running, tls })
    }

    fn prepare(self) -> Result<(Arc<Gateway>, SocketAddr)> {
        if !self.listen.ip().is_loopback() {
            return Err(Error::new(
                ErrorKind::Builder,
                format!(
                    "the sandbox listens on the loopback interface alone, and {} is not on it: \
                     use 127.0.0.1 or [::1]",
                    self.listen
                ),
            ));
        }
        let identity = match self.fresh_keys {
            true => Identity::fresh()?,
            false => Identity::shared()?,
        };
        let gateway = Gateway::new(
            identity,
            self.clock,
            self.max_body_bytes,
            self.documented,
            self.tls,
        );
        Ok((Arc::new(gateway), self.listen))
    }
}

/// What the server has to say when it listens.
pub(super) struct Ready {
    pub(super) gateway: Arc<Gateway>,
    pub(super) address: SocketAddr,
}

struct Launched {
    running: Running,
    tls: bool,
}

impl Launched {
    fn sandbox(self, ready: Result<Ready>) -> Result<Sandbox> {
        let Ready { gateway, address } = ready?;
        let scheme = if self.tls { "https" } else { "http" };
        Ok(Sandbox {
            gateway,
            address,
            base_url: format!("{scheme}://{address}/"),
            _running: self.running,
        })
    }
}

/// The server's thread; it ends when this is dropped.
pub(super) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    /// Waits for the thread, so that the port is free afterwards. It does not have to finish what
    /// it is doing but for the step of one request.
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}

pub(super) fn failed(what: &str) -> Error {
    Error::new(ErrorKind::Builder, format!("the sandbox {what}"))
}

fn died() -> Error {
    failed("ended before it listened: its thread panicked")
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("listen", &self.listen)
            .field("tls", &self.tls)
            .field("fresh_keys", &self.fresh_keys)
            .finish_non_exhaustive()
    }
}
