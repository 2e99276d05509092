//! Starting and ending a sandbox.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use tokio::sync::oneshot;

use super::Sandbox;
use super::certificates::Platform;
use super::control::Settings;
use super::fault::PlannedFault;
use super::folder;
use super::gateway::Gateway;
use super::identity::Identity;
use super::mock::SchemaSettings;
use super::server;
use super::shifted::Shifted;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The settings of a [`Sandbox`].
#[must_use = "a builder does nothing until start()"]
pub struct SandboxBuilder {
    listen: SocketAddr,
    tls: bool,
    fresh_keys: bool,
    max_body_bytes: usize,
    settings: Settings,
    public_key_only: bool,
    documented: SchemaSettings,
    clock: Arc<dyn Clock>,
    /// Others than these are for tests.
    pub(super) limits: server::Limits,
}

impl SandboxBuilder {
    pub(super) fn new() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: false,
            fresh_keys: false,
            max_body_bytes: 16 << 20,
            settings: Settings::default(),
            public_key_only: false,
            documented: SchemaSettings {
                check: true,
                echo_unknown: false,
                limits: false,
                seed: 0,
            },
            clock: Arc::new(SystemClock::new()),
            limits: server::Limits::default(),
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

    /// Takes its keys from a folder, or makes new ones and puts them there when it is empty or does not
    /// exist: as the [files](Sandbox::files) that a merchant has. So it is the same sandbox at the next
    /// start.
    ///
    /// The folder and the keys in it are for this user alone, on Unix again at each start. Certificates that have expired, or do so
    /// within a day, are renewed for the same keys; those of the merchant and of the platform keep their
    /// serials, and `ca.pem` is another root to be trusted.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.settings.dir = Some(dir.into());
        self
    }

    /// The longest request body it reads, 16 MiB by default; of what is no upload (`multipart/form-data`)
    /// it is 1 MiB at most.
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.max_body_bytes = limit;
        self
    }

    /// Posts what happens to the `notify_url`s by itself: at once, and while it is not accepted again
    /// after 15s, 15s, 30s, 3m, 10m, 20m, 30m, 30m, 30m, 60m, 3h, 3h, 3h, 6h and 6h, as WeChat Pay
    /// does, or [faster](Sandbox::set_speed).
    ///
    /// Without, events wait for [`Sandbox::take_events`]. [`Sandbox::deliveries`] shows what became of
    /// them; those for other machines are not posted, unless that is [allowed](Self::allow_outgoing).
    pub fn post_notifications(mut self) -> Self {
        self.settings.posts = true;
        self
    }

    /// Where to post what happens when the request named no `notify_url`: what a merchant sets on the
    /// platform (商户平台), as for profit sharing, which has no other.
    ///
    /// Without, such a notification is listed as [not sent](super::DeliveryState::NotSent).
    pub fn notify_url(mut self, url: impl Into<String>) -> Self {
        self.settings.notify_url = Some(url.into());
        self
    }

    /// How many times faster than time notifications are repeated, see [`Sandbox::set_speed`]; 1 by
    /// default.
    pub fn speed(mut self, speed: f64) -> Self {
        self.settings.speed = Some(speed);
        self
    }

    /// Posts notifications to other machines as well, over HTTPS, too.
    pub fn allow_outgoing(mut self) -> Self {
        self.settings.outgoing = true;
        self
    }

    /// Listens on other addresses than loopback's: other machines may pay, and use the control API.
    ///
    /// For closed networks, as that of containers: whoever reaches it may see and do everything. That
    /// is to read all requests with what was decrypted of them, to pay and refund, to reset it, to have
    /// it post to servers of this machine (with [`allow_outgoing`](Self::allow_outgoing) to any), and
    /// to learn the path of the [folder](Self::dir) with the keys. Nothing asks for a password, and
    /// without [TLS](Self::tls) all of it goes in the clear.
    pub fn allow_remote(mut self) -> Self {
        self.settings.remote = true;
        self
    }

    /// A name by which it is reached, for the control API and the page: they refuse names that they
    /// do not know, which other sites' pages could have in a browser here. A DNS name or an address,
    /// without a port; with [TLS](Self::tls) the certificate is of it as well.
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.settings.hosts.push(name.into());
        self
    }

    /// Begins as a new merchant's account does, see [`Sandbox::public_key_only`].
    pub fn public_key_only(mut self) -> Self {
        self.public_key_only = true;
        self
    }

    /// Misbehaves from the start, and again after a [`reset`](Sandbox::reset): always, or so many times.
    /// Those that are counted go first, in this order; of those that happen always there may be one of
    /// answers and one of notifications.
    ///
    /// ```
    /// use wechatpay_sandbox::{Fault, Sandbox};
    ///
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let sandbox = Sandbox::builder().fault((Fault::WrongSignature, 1)).start_blocking()?;
    /// let client = sandbox.client()?;
    /// let call = || client.chain("v3/certificates").get(()).wait();
    /// assert!(call().unwrap_err().verify_failure().is_some());
    /// call()?;
    /// # Ok(()) }
    /// ```
    pub fn fault(mut self, fault: impl Into<PlannedFault>) -> Self {
        self.settings.faults.push(fault.into());
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

    /// Whether a method and path that the catalog does not have are answered with their own body, as
    /// tests of middleware may want; `false` by default.
    ///
    /// By default they are refused: 404 `RESOURCE_NOT_EXISTS`, or 405 when the path takes another method.
    /// [`Verdict::Refused`](super::Verdict) names the operation that was probably meant.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use wechatpay_sandbox::Sandbox;
    /// let sandbox = Sandbox::start_blocking()?;
    /// let order = sandbox.client()?.chain("v3/pay/transactions/nativ").post(json!({}), ());
    /// assert_eq!(order.wait().unwrap_err().api().unwrap().code, "RESOURCE_NOT_EXISTS");
    ///
    /// let sandbox = Sandbox::builder().echo_unknown(true).start_blocking()?;
    /// let echo = sandbox.client()?.chain("v3/any/path").post(json!({"a": 1}), ()).wait()?;
    /// assert_eq!(echo["a"], 1);
    /// # Ok::<(), wechatpay_chain::Error>(())
    /// ```
    pub fn echo_unknown(mut self, echo: bool) -> Self {
        self.documented.echo_unknown = echo;
        self
    }

    /// Whether the documented limits of frequency act, as `schema` [names](crate::schema::Schema::limits)
    /// them: what is called more often is answered 429 `FREQUENCY_LIMITED`. `false` by default;
    /// [`Sandbox::enforce_limits`] says so later.
    pub fn enforce_limits(mut self, enforce: bool) -> Self {
        self.documented.limits = enforce;
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
    /// [`ErrorKind::Builder`] when the address is not of this machine alone or is in use, or the
    /// [speed](Self::speed) is not one, or a [`host`](Self::host) no name, or it may not post to the
    /// [`notify_url`](Self::notify_url), or two [faults](Self::fault) are to happen always,
    /// [`ErrorKind::Key`] when OpenSSL makes no keys, [`ErrorKind::File`] when the
    /// [folder](Self::dir) cannot be used or its files do not belong together.
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
        if !self.listen.ip().is_loopback() && !self.settings.remote {
            return Err(Error::new(
                ErrorKind::Builder,
                format!(
                    "the sandbox listens on the loopback interface alone, and {} is not on it: \
                     use 127.0.0.1 or [::1], or let other machines in with allow_remote(), \
                     --allow-remote of the command",
                    self.listen
                ),
            ));
        }
        self.settings.check()?;
        let speed = self.settings.speed;
        let identity = match &self.settings.dir {
            Some(dir) => Identity::of(folder::open(dir)?)?,
            None if self.fresh_keys => Identity::fresh()?,
            None => Identity::shared()?,
        };
        let clock = Arc::new(Shifted::new(self.clock));
        let shifted = Arc::clone(&clock);
        let mut gateway = Gateway::new(
            identity,
            shifted,
            self.max_body_bytes,
            self.documented,
            self.tls,
        );
        gateway.server_limits = self.limits;
        gateway.control.clock = clock;
        gateway.faults.begin(&self.settings.faults);
        gateway.control.start_with(self.settings);
        if let Some(speed) = speed {
            gateway.control.deliveries.set_pace(speed);
        }
        if self.public_key_only {
            gateway.platform = Platform::new(Arc::clone(&gateway.identity), true);
        }
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
        let base_url = base_url(address, self.tls);
        let known = gateway.control.base_url.get_or_init(|| base_url);
        let base_url = known.clone();
        Ok(Sandbox {
            gateway,
            address,
            base_url,
            _running: self.running,
        })
    }
}

/// An address to listen on need not be one to connect to.
fn base_url(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    let mut reached = address;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => reached.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => reached.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("{scheme}://{reached}/")
}

/// The server's thread; it ends when this is dropped.
pub(super) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    /// Waits for the thread, so that the port is free afterwards. Requests that are under way are
    /// answered before, if that takes no longer than 5 s.
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
