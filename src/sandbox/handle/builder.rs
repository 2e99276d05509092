//! Starting and ending a sandbox.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;

use tokio::sync::oneshot;

use super::thread::ServerThread;
use super::{Account, Sandbox};
use crate::fault::PlannedFault;
use crate::folder;
use crate::identity::Identity;
#[cfg(feature = "state")]
use crate::journal::Opened;
use crate::journal::{Journal, Replayed};
use crate::merchants::MerchantSettings;
#[cfg(feature = "state")]
use crate::replay::replay;
use crate::server::{self, Ready, failed};
use crate::settings::SandboxSettings;
use crate::state::SandboxState;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The settings of a [`Sandbox`].
#[must_use = "a builder does nothing until start()"]
pub struct SandboxBuilder {
    listen: SocketAddr,
    /// Whether a free port takes the place of a port that is taken.
    any_port: bool,
    fresh_keys: bool,
    clock: Arc<dyn Clock>,
    pub(crate) settings: SandboxSettings,
}

impl SandboxBuilder {
    pub(super) fn new() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            any_port: false,
            fresh_keys: false,
            clock: Arc::new(SystemClock::new()),
            settings: SandboxSettings::default(),
        }
    }

    /// Serves TLS, with HTTP/2 for clients that offer it. By default the sandbox serves plain HTTP.
    pub fn tls(mut self, tls: bool) -> Self {
        self.settings.tls = tls;
        self
    }

    /// Listens on an address of the loopback interface; by default on a free port of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self.any_port = false;
        self
    }

    /// As [`listen`](Self::listen), but a free port takes the place of a port that is taken.
    ///
    /// ```
    /// use wechatpay_sandbox::Sandbox;
    ///
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let address = ([127, 0, 0, 1], 8080).into();
    /// let first = Sandbox::builder().listen_if_free(address).start_blocking()?;
    /// let second = Sandbox::builder().listen_if_free(address).start_blocking()?;
    /// assert_ne!(first.base_url(), second.base_url());
    /// # Ok(()) }
    /// ```
    pub fn listen_if_free(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self.any_port = true;
        self
    }

    /// Generates new keys instead of sharing those of the process. This takes some tenths of a second.
    pub fn fresh_keys(mut self) -> Self {
        self.fresh_keys = true;
        self
    }

    /// Loads the keys from a folder, so that the next start has the same keys. If the folder is empty or does
    /// not exist, generates keys and writes them as the [files](Sandbox::files) that a merchant has.
    ///
    /// On Unix, each start makes the folder and its keys accessible to the current user only. Certificates
    /// that have expired or expire within a day are renewed with the same keys. The certificates of
    /// merchant and platform keep their serials; `ca.pem` becomes a new root certificate to trust.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.settings.dir = Some(dir.into());
        self
    }

    /// Keeps the state in a folder, so that the next start has the same orders, refunds, records, merchants, requests and
    /// keys, and continues the notifications that were not accepted. Without it, everything but the files of
    /// [`dir`](Self::dir) is lost when the sandbox ends.
    ///
    /// A request is answered, and a method of [`Sandbox`] returns, after its effects are on the disk: a crash loses nothing
    /// that was answered. When they cannot be written, the sandbox refuses all further requests with 500 `SYSTEM_ERROR`,
    /// and methods without a result do nothing. One sandbox at a time uses the folder.
    ///
    /// The folder has `state.redb`, and `keys` unless [`dir`](Self::dir) names another folder. It keeps what was sent and
    /// done, and the next start executes it again; that takes about a millisecond a request. Settings that change the
    /// effects of requests ([`strict`](Self::strict), [`seed`](Self::seed) …) have to stay the same, and so has the version
    /// of the sandbox. Needs the feature `state`.
    #[cfg(feature = "state")]
    pub fn state(mut self, dir: impl Into<PathBuf>) -> Self {
        self.settings.state = Some(dir.into());
        self
    }

    /// Sets the merchant id (商户号) of the first merchant, 1900000109 by default.
    ///
    /// A [folder](Self::dir) belongs to the merchant that it was made for.
    pub fn mchid(mut self, mchid: impl Into<String>) -> Self {
        self.settings.mchid = Some(mchid.into());
        self
    }

    /// Gives the first merchant an SM2 key (国密); needs the feature `sm`. See [`MerchantSettings::algorithm`].
    pub fn sm(mut self) -> Self {
        self.settings.sm = true;
        self
    }

    /// Adds a merchant, or sets what the first merchant may do.
    ///
    /// A sandbox also has a service provider, 1900007100, with the sub-merchants 1900007101 and 1900007102, unless one of
    /// these ids is taken. [`Sandbox::account`] gives the clients of a merchant.
    pub fn merchant(mut self, merchant: MerchantSettings) -> Self {
        self.settings.merchants.push(merchant);
        self
    }

    /// Adds the merchants of a TOML file, one `[[merchant]]` each; `docs/sandbox.md` lists the fields. May be called for
    /// several files. Needs the feature `control`.
    #[cfg(feature = "control")]
    pub fn merchant_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.settings.merchant_files.push(path.into());
        self
    }

    /// Sets the longest request body, 16 MiB by default. Bodies other than uploads (`multipart/form-data`)
    /// may not exceed 1 MiB.
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.settings.max_body_bytes = limit;
        self
    }

    /// Posts notifications of events automatically to the `notify_url`. A notification that is not accepted
    /// is retried on WeChat Pay's schedule (15s, 15s, 30s, 3m, 10m, 20m, 30m, 30m, 30m, 60m, 3h, 3h, 3h, 6h
    /// and 6h), or [faster](Sandbox::set_speed).
    ///
    /// By default events wait for [`Sandbox::take_events`]. [`Sandbox::deliveries`] lists the deliveries.
    /// Notifications to other machines are not posted unless [allowed](Self::allow_outgoing).
    pub fn post_notifications(mut self) -> Self {
        self.settings.post_notifications = true;
        self
    }

    /// Sets the URL for notifications of requests without `notify_url`. It stands for the URL that a
    /// merchant sets on the platform (商户平台), the only one that profit sharing has.
    ///
    /// By default such a notification is listed as [not sent](crate::DeliveryState::NotSent).
    pub fn notify_url(mut self, url: impl Into<String>) -> Self {
        self.settings.notify_url = Some(url.into());
        self
    }

    /// Sets how many times faster than real time notifications are retried, see [`Sandbox::set_speed`]; 1 by
    /// default.
    pub fn speed(mut self, speed: f64) -> Self {
        self.settings.speed = Some(speed);
        self
    }

    /// Allows notifications to other machines, also over HTTPS.
    pub fn allow_outgoing(mut self) -> Self {
        self.settings.allow_outgoing = true;
        self
    }

    /// Allows addresses other than loopback, so that other machines can use the gateway and the control API.
    ///
    /// Use it only in closed networks, such as a network of containers. Every machine that reaches the
    /// sandbox can read all requests and their decrypted fields, pay and refund orders, reset the sandbox,
    /// make it post to servers on this machine (with [`allow_outgoing`](Self::allow_outgoing) to any
    /// server), and read the path of the [folder](Self::dir) with the keys. There is no password, and
    /// without [TLS](Self::tls) nothing is encrypted.
    pub fn allow_remote(mut self) -> Self {
        self.settings.allow_remote = true;
        self
    }

    /// Adds a name by which the sandbox is reached: a DNS name or an address, without a port.
    ///
    /// The control API and the page refuse unknown names, which protects them from pages of other sites in
    /// a browser on this machine. With [TLS](Self::tls) the certificate includes the name.
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.settings.hosts.push(name.into());
        self
    }

    /// Starts as the account of a new merchant, see [`Sandbox::public_key_only`].
    pub fn public_key_only(mut self) -> Self {
        self.settings.public_key_only = true;
        self
    }

    /// Starts in certificate mode: a platform certificate signs notifications and the responses to requests that name
    /// no key. `false` by default; [`Sandbox::certificate_mode`] changes it later, and
    /// [`Sandbox::reset`] brings it back.
    ///
    /// Clients that fetch certificates and know no public key need it.
    pub fn certificate_mode(mut self, on: bool) -> Self {
        self.settings.certificate_mode = on;
        self
    }

    /// Injects a fault from the start and after each [`reset`](Sandbox::reset): always, or a number of times.
    ///
    /// Counted faults go first, in the order in which they were added. At most one fault of responses and
    /// one of notifications may apply always.
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

    /// Sets whether requests with missing or invalid fields are refused, as WeChat Pay does; `true` by
    /// default.
    ///
    /// With `false`, tests of other things may send incomplete requests.
    pub fn check_fields(mut self, check: bool) -> Self {
        self.settings.documented.check = check;
        self
    }

    /// Sets whether members of a body or query that are not documented, and media ids that no upload of the merchant has
    /// returned, are refused with 400 `PARAM_ERROR`; `false` by default.
    ///
    /// WeChat Pay ignores such members and refuses such media ids. By default the sandbox accepts both:
    /// [`CallRecord::warnings`](crate::CallRecord::warnings) lists them.
    ///
    /// ```
    /// # use serde_json::json;
    /// # use wechatpay_sandbox::Sandbox;
    /// let sandbox = Sandbox::builder().strict(true).start_blocking()?;
    /// let order = json!({
    ///     "appid": "wxd678efh567hg6787", "mchid": sandbox.mchid(), "description": "公仔",
    ///     "out_trade_no": "ORDER1", "notify_url": "https://example.com/", "amount": {"total": 1},
    ///     "time_expires": "2099-01-01T00:00:00+08:00",
    /// });
    /// let client = sandbox.client()?;
    /// let refused = client.chain("v3/pay/transactions/native").post(order, ()).wait().unwrap_err();
    /// assert_eq!(refused.api().unwrap().code, "PARAM_ERROR");
    /// assert!(sandbox.last_call().unwrap().warnings[0].text.contains("did you mean time_expire?"));
    /// # Ok::<(), wechatpay_chain::Error>(())
    /// ```
    pub fn strict(mut self, strict: bool) -> Self {
        self.settings.documented.strict = strict;
        self
    }

    /// Sets whether unknown methods and paths are answered with the body of the request, for tests of
    /// middleware; `false` by default.
    ///
    /// By default they are refused with 404 `RESOURCE_NOT_EXISTS`, or with 405 when the path takes another
    /// method. [`Verdict::Refused`](crate::Verdict) names a similar operation.
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
        self.settings.documented.echo_unknown = echo;
        self
    }

    /// Sets whether the [documented rate limits](crate::schema::Schema::limits) are enforced: a call above a
    /// limit returns 429 `FREQUENCY_LIMITED`. `false` by default; [`Sandbox::enforce_limits`] changes it
    /// later.
    pub fn enforce_limits(mut self, enforce: bool) -> Self {
        self.settings.documented.limits = enforce;
        self
    }

    /// Splits encrypted bills into files of at most this many bytes, as WeChat Pay does at about 16 GB. By default a bill is one
    /// file.
    pub fn bill_file_bytes(mut self, limit: usize) -> Self {
        self.settings.bill_file_bytes = limit;
        self
    }

    /// Sets the seed of generated responses; 0 by default. A response depends on the seed and the request alone.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.documented.seed = seed;
        self
    }

    /// Replaces the source of time and nonces, for tests that replace the one of the client.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Starts the sandbox; it accepts requests when this returns.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the address is not a loopback address or is in use, when the
    /// [speed](Self::speed) or a [`host`](Self::host) is invalid, when the sandbox may not post to the
    /// [`notify_url`](Self::notify_url), when two [faults](Self::fault) apply always, or when a
    /// [merchant](Self::merchant) or a [file](Self::merchant_file) with merchants is wrong;
    /// [`ErrorKind::Key`] when OpenSSL cannot generate keys; [`ErrorKind::File`] when the
    /// [folder](Self::dir) cannot be used or its files do not belong together, and when the [state](Self::state) is in use by
    /// another sandbox, is damaged, or was made by another version or with other settings.
    pub async fn start(self) -> Result<Sandbox> {
        let (report, started) = oneshot::channel();
        let thread = self.launch(move |ready| drop(report.send(ready)))?;
        sandbox(thread, started.await.unwrap_or_else(|_| Err(died())))
    }

    /// Starts the sandbox from code that is not async; it accepts requests when this returns.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_blocking(self) -> Result<Sandbox> {
        let (report, started) = mpsc::sync_channel(1);
        let thread = self.launch(move |ready| drop(report.send(ready)))?;
        sandbox(thread, started.recv().unwrap_or_else(|_| Err(died())))
    }

    /// Runs everything on the new thread: a runtime must not be dropped, nor keys generated, on a thread of
    /// the caller's runtime.
    fn launch(self, report: impl FnOnce(Result<Ready>) + Send + 'static) -> Result<ServerThread> {
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("wechatpay-sandbox".to_owned())
            .spawn(move || {
                let listen = (self.listen, self.any_port);
                match self.prepare() {
                    Ok(state) => server::run(state, listen, report, stopped),
                    Err(err) => report(Err(err)),
                }
            })
            .map_err(|err| failed("cannot start a thread").with_source(err))?;
        Ok(ServerThread::new(stop, thread))
    }

    fn prepare(mut self) -> Result<Arc<SandboxState>> {
        if !self.listen.ip().is_loopback() && !self.settings.allow_remote {
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
        self.settings.read_merchants()?;
        self.settings.check()?;
        let (journal, entries) = self.open_journal()?;
        let mchid = self.settings.mchid.as_deref();
        let identity = match &self.settings.dir {
            Some(dir) => Identity::of(folder::open(dir, mchid)?)?,
            None if self.fresh_keys => Identity::fresh(mchid)?,
            None => Identity::shared(mchid)?,
        };
        if let Some(dir) = &self.settings.dir {
            identity.keep_keys_as_files(folder::key_store(dir));
        }
        if let Some(journal) = &journal {
            identity.keep_keys_in(Arc::clone(journal))?;
        }
        let state = SandboxState::new(identity, self.clock, self.settings, journal)?;
        if state.settings.dir.is_some() {
            // A folder has the files of all merchants from the start.
            for account in state.accounts.all() {
                account.credentials()?;
                account.first_certificate()?;
            }
        }
        let state = Arc::new(state);
        replay(&state, entries)?;
        Ok(state)
    }

    /// Opens the folder of the state first: it keeps other sandboxes away from the folder of the keys.
    #[cfg(feature = "state")]
    fn open_journal(&mut self) -> Result<(Option<Arc<Journal>>, Vec<Replayed>)> {
        let Some(dir) = &self.settings.state else {
            return Ok((None, Vec::new()));
        };
        let Opened { journal, entries } = Journal::open(dir, &self.settings.of_effects())?;
        self.settings.dir.get_or_insert_with(|| dir.join("keys"));
        Ok((Some(journal), entries))
    }

    #[cfg(not(feature = "state"))]
    fn open_journal(&mut self) -> Result<(Option<Arc<Journal>>, Vec<Replayed>)> {
        Ok((None, Vec::new()))
    }
}

#[cfg(not(feature = "state"))]
fn replay(_: &Arc<SandboxState>, _: Vec<Replayed>) -> Result<()> {
    Ok(())
}

fn sandbox(thread: ServerThread, ready: Result<Ready>) -> Result<Sandbox> {
    let Ready { state, address } = ready?;
    let base_url = base_url(address, state.settings.tls);
    let base_url = state.base_url.get_or_init(|| base_url).clone();
    Ok(Sandbox {
        merchant: Account::new(&state, Arc::clone(state.accounts.first()))?,
        state,
        address,
        base_url,
        _thread: thread,
    })
}

/// The URL to connect to; the address to listen on may be unspecified.
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

fn died() -> Error {
    failed("ended before it listened: its thread panicked")
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("listen", &self.listen)
            .field("tls", &self.settings.tls)
            .field("fresh_keys", &self.fresh_keys)
            .finish_non_exhaustive()
    }
}
