//! The settings of a client.

mod assemble;
mod layers;
mod variables;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::certificates::Certificates;
use crate::keys::Given;
use crate::message::FieldPolicy;
use crate::net::{HttpTransport, HttpTransportBuilder, Resolve};
use crate::stack::Stack;
use crate::transport::Transport;
use layers::Layers;
pub(crate) use variables::in_settings;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::crypto::{Certificate, PrivateKey, PublicKey, RootCertificates};
use wechatpay_core::error::Result;
use wechatpay_core::protocol::Keyring;
use wechatpay_core::secret::Secret;

/// The settings of a [`Client`](crate::Client). [`build`](Self::build) reports every mistake in them.
#[must_use = "a builder does nothing until build()"]
pub struct ClientBuilder {
    merchant: Given,
    keyring: Option<Keyring>,
    platform: Vec<Platform>,
    certificates: Option<Certificates>,
    base_url: Option<String>,
    fields: FieldPolicy,
    timeout: Option<Duration>,
    http: HttpTransportBuilder,
    shared: Option<HttpTransport>,
    deadline: Option<Duration>,
    max_response_bytes: usize,
    trusted_hosts: Vec<String>,
    user_agent: Option<String>,
    clock: Arc<dyn Clock>,
    transport: Option<Arc<dyn Transport>>,
    edits: Vec<Edit>,
    v2_edits: Vec<Edit>,
    check_mch_id: bool,
    check_answer_nonces: bool,
    layers: Layers,
    /// Whether the settings come from variables of the environment, which messages then name.
    from_env: bool,
}

enum Platform {
    PublicKey(String, PublicKey),
    Certificate(Certificate),
}

type Edit = Box<dyn FnOnce(&mut Stack) -> Result<()> + Send>;

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            merchant: Given::default(),
            keyring: None,
            platform: Vec::new(),
            certificates: None,
            base_url: None,
            fields: FieldPolicy::default(),
            timeout: Some(Duration::from_secs(30)),
            http: HttpTransportBuilder::default(),
            shared: None,
            deadline: None,
            max_response_bytes: 8 << 20,
            trusted_hosts: Vec::new(),
            user_agent: None,
            clock: Arc::new(SystemClock::new()),
            transport: None,
            edits: Vec::new(),
            v2_edits: Vec::new(),
            check_mch_id: true,
            check_answer_nonces: true,
            layers: Layers::default(),
            from_env: false,
        }
    }

    /// Notes that the settings so far come from variables of the environment.
    pub(crate) fn noted_from_env(mut self) -> Self {
        self.from_env = true;
        self
    }

    /// Sets the merchant id (商户号).
    pub fn mchid(mut self, mchid: impl Into<String>) -> Self {
        self.merchant.mchid = Some(mchid.into());
        self
    }

    /// Sets the brand id (品牌ID) instead of a merchant id. Calls are signed as the brand.
    ///
    /// Serial, private key and platform key must be those of the brand. The paths of a brand's operations
    /// begin with `brand/`. Merchant operations need a client of the merchant: a brand's client refuses those
    /// in the catalog, and all of APIv2, before anything is sent.
    ///
    /// ```no_run
    /// use wechatpay_chain::{Client, PrivateKey, PublicKey};
    ///
    /// # async fn example() -> wechatpay_chain::Result<()> {
    /// let brand = Client::builder()
    ///     .brand_id("120344")
    ///     .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
    ///     .private_key(PrivateKey::from_file("brand_key.pem")?)
    ///     .platform_key(
    ///         "PUB_KEY_ID_0114232134912410000000000000",
    ///         PublicKey::from_file("brand_pub.pem")?,
    ///     )
    ///     .build()?;
    /// let res = brand["brand/marketing/product-coupon/notify-configs"].get(()).await?;
    /// println!("{}", res["notify_url"]);
    /// # Ok(()) }
    /// ```
    pub fn brand_id(mut self, brand_id: impl Into<String>) -> Self {
        self.merchant.brand_id = Some(brand_id.into());
        self
    }

    /// Sets the serial of the merchant certificate (商户API证书序列号), in hexadecimal.
    pub fn serial(mut self, serial: impl Into<String>) -> Self {
        self.merchant.serial = Some(serial.into());
        self
    }

    /// Sets the merchant's private key (`apiclient_key.pem`).
    pub fn private_key(mut self, key: PrivateKey) -> Self {
        self.merchant.key = Some(key);
        self
    }

    /// Sets the merchant certificate (`apiclient_cert.pem`). It provides the serial, and the private
    /// key is checked against it. APIv2 presents both if WeChat Pay requires it, for example for refunds.
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.merchant.certificate = Some(certificate);
        self
    }

    /// Adds a WeChat Pay public key (微信支付公钥) with its id, `PUB_KEY_ID_…`.
    pub fn platform_key(mut self, id: impl Into<String>, key: PublicKey) -> Self {
        self.platform.push(Platform::PublicKey(id.into(), key));
        self
    }

    /// Adds a platform certificate (平台证书). It can be combined with a public key.
    pub fn platform_certificate(mut self, certificate: Certificate) -> Self {
        self.platform.push(Platform::Certificate(certificate));
        self
    }

    /// Uses a shared keyring. It may be empty and filled later.
    ///
    /// Keys given to this builder are added to it.
    pub fn keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = Some(keyring);
        self
    }

    /// Fetches the platform certificates (平台证书) when they are needed, for a merchant who has no
    /// public key yet; needs [`apiv3_key`](Self::apiv3_key). It can be combined with a public key.
    ///
    /// New merchants have none: they are in public-key mode, the default.
    /// See [`certificates`](crate::certificates).
    pub fn certificates(mut self, certificates: Certificates) -> Self {
        self.certificates = Some(certificates);
        self
    }

    /// Sets the APIv3 key (APIv3密钥), 32 bytes. The last one given applies.
    ///
    /// During a key change, give the old key to [`Notifications`](crate::notify::Notifications) too:
    /// `Notifications::builder().client(&client).apiv3_key(old)`.
    pub fn apiv3_key(mut self, key: impl Into<Secret>) -> Self {
        self.merchant.apiv3_key = Some(key.into());
        self
    }

    /// Sets the APIv2 key (APIv2密钥), 32 bytes, which enables APIv2. Without APIv3
    /// credentials the client can call only APIv2.
    pub fn v2_key(mut self, key: impl Into<Secret>) -> Self {
        self.merchant.v2_key = Some(key.into());
        self
    }

    /// Sets whether the `mch_id` of an APIv2 call must be this client's; true by default.
    pub fn check_mch_id(mut self, check: bool) -> Self {
        self.check_mch_id = check;
        self
    }

    /// Sets whether an APIv3 answer with a repeated `Wechatpay-Nonce` is rejected; it is by default.
    ///
    /// The nonces of verified answers are kept as long as their timestamps are accepted (300 s), in at most
    /// about 20 MB, and shared with clones of the client. A replayed answer fails with [`ErrorKind::Verify`]
    /// and [`VerifyFailure::Replayed`]. Pass `false` for a transport that repeats signed answers on purpose,
    /// such as a cache or a test.
    ///
    /// [`ErrorKind::Verify`]: crate::ErrorKind::Verify
    /// [`VerifyFailure::Replayed`]: crate::VerifyFailure::Replayed
    pub fn check_answer_nonces(mut self, check: bool) -> Self {
        self.check_answer_nonces = check;
        self
    }

    /// Sends all calls to another base URL than `https://api.mch.weixin.qq.com/`, such as a sandbox or a
    /// gateway.
    ///
    /// By default, calls go to the host that the catalog names for the endpoint. A path in the URL is put
    /// before the path of the call. [`build`](Self::build) rejects a user name, a query, a fragment, the
    /// segments `.` and `..`, a host that is neither an ASCII name nor an IP address, and `http://` for WeChat
    /// Pay's own hosts.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets whether sensitive fields are encrypted and decrypted; they are by default.
    pub fn fields(mut self, policy: FieldPolicy) -> Self {
        self.fields = policy;
        self
    }

    /// Limits the time of every call; 30 s by default, no limit for `None`.
    ///
    /// For this and the other time limits, zero is rejected and more than 366 days means no limit.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Limits the time to connect (name, TCP, proxy, TLS); 5 s by default, no limit for `None`.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.http = self.http.connect_timeout(limit);
        self
    }

    /// Sets how long an idle connection is kept: 60 s by default, no limit for `None`.
    ///
    /// With zero, each call opens a connection. More than 366 days means no limit.
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.http = self.http.idle_timeout(limit);
        self
    }

    /// Limits the time between two reads of a response; 60 s by default, no limit for `None`.
    ///
    /// It is the only limit on a streamed response after its headers.
    pub fn read_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.http = self.http.read_timeout(limit);
        self
    }

    /// Limits the time until the last byte of every answer, including streamed ones and files; none by
    /// default. [`Call::deadline`](crate::Call::deadline) takes precedence.
    pub fn deadline(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.deadline = limit.into();
        self
    }

    /// Aborts a stalled response: one that delivers fewer than `bytes` within `per` while the
    /// reader waits for it. Off by default.
    ///
    /// [`read_timeout`](Self::read_timeout) does not catch a server that sends a byte now and then.
    ///
    /// ```
    /// use std::time::Duration;
    /// use wechatpay_chain::Client;
    ///
    /// // Aborts a bill that arrives at less than 1 KiB a second, averaged over 20 s.
    /// let builder = Client::builder().min_throughput(20 << 10, Duration::from_secs(20));
    /// # let _ = builder;
    /// ```
    pub fn min_throughput(mut self, bytes: u64, per: Duration) -> Self {
        self.http = self.http.min_throughput(bytes, per);
        self
    }

    /// Limits the length of a response that is read into memory; 8 MiB by default.
    ///
    /// [`Call::stream`](crate::Call::stream) has no limit.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Sends all requests through a proxy, `http://[user:password@]host:port`.
    ///
    /// By default the environment variables `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` apply, in
    /// upper or lower case. A blank variable counts as unset, and `http://` may be left out.
    /// [`build`](Self::build) rejects a malformed URL and other schemes (`https://`, `socks5://`), which are
    /// not supported. When the environment names such a proxy, a call that needs it fails before anything is
    /// sent.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http = self.http.proxy(url);
        self
    }

    /// Uses no proxy and ignores the environment variables.
    pub fn no_proxy(mut self) -> Self {
        self.http = self.http.no_proxy();
        self
    }

    /// Trusts further root certificates for TLS in addition to the system's, for example those of your own gateway
    /// or proxy, or of the sandbox: [`RootCertificates`] or a [`Certificate`]. An intermediate certificate is accepted
    /// like a root.
    pub fn root_certificate(mut self, roots: impl Into<RootCertificates>) -> Self {
        self.http = self.http.root_certificate(roots);
        self
    }

    /// Sets how many idle HTTP/1.1 connections are kept per host; all of them by default.
    ///
    /// With HTTP/2, one connection carries all calls.
    pub fn pool_max_idle(mut self, count: usize) -> Self {
        self.http = self.http.pool_max_idle(count);
        self
    }

    /// Sets the idle time before TCP keep-alive probes; 60 s by default, `None` for no probes.
    pub fn tcp_keepalive(mut self, pause: impl Into<Option<Duration>>) -> Self {
        self.http = self.http.tcp_keepalive(pause);
        self
    }

    /// Sets whether HTTP/2 is offered to servers; true by default. The server chooses.
    pub fn http2(mut self, offer: bool) -> Self {
        self.http = self.http.http2(offer);
        self
    }

    /// Sets the interval and the timeout of HTTP/2 keep-alive pings; every 15 s and
    /// 5 s by default, `None` for no pings.
    pub fn http2_keep_alive(mut self, pause: impl Into<Option<(Duration, Duration)>>) -> Self {
        self.http = self.http.http2_keep_alive(pause);
        self
    }

    /// Sets the addresses of a host, which is then not resolved. Their ports are ignored.
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// let builder = wechatpay_chain::Client::builder()
    ///     .resolve("api.mch.weixin.qq.com", [SocketAddr::from(([10, 0, 0, 7], 0))]);
    /// # let _ = builder;
    /// ```
    pub fn resolve(
        mut self,
        host: impl Into<String>,
        addresses: impl IntoIterator<Item = SocketAddr>,
    ) -> Self {
        self.http = self.http.resolve(host, addresses);
        self
    }

    /// Replaces the system's resolver.
    pub fn dns(mut self, resolver: impl Resolve) -> Self {
        self.http = self.http.dns(resolver);
        self
    }

    /// Shares the connections of a transport with other clients.
    ///
    /// If an APIv2 operation requires it, connections present this client's certificate and are not shared. The
    /// connection settings of this builder are then ignored.
    pub fn http_transport(mut self, transport: &HttpTransport) -> Self {
        self.shared = Some(transport.clone());
        self
    }

    /// Shares these connections, unless a transport was set.
    pub(crate) fn sharing(self, transport: &HttpTransport) -> Self {
        if self.transport.is_some() || self.shared.is_some() {
            self
        } else {
            self.http_transport(transport)
        }
    }

    /// Allows middleware to send signed requests to this host too, over HTTPS, for example for a failover to
    /// `api2.mch.weixin.qq.com`. Pass a bare name or IP address.
    pub fn trust_host(mut self, host: impl Into<String>) -> Self {
        self.trusted_hosts.push(host.into());
        self
    }

    /// Replaces the `User-Agent`.
    pub fn user_agent(mut self, agent: impl Into<String>) -> Self {
        self.user_agent = Some(agent.into());
        self
    }

    /// Replaces the source of time and nonces, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Replaces the transport. The settings for connecting, proxies and root certificates do not apply to it.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Edits APIv3's default stack when the client is built.
    ///
    /// ```
    /// use wechatpay_chain::middleware::{self, from_fn};
    /// use wechatpay_chain::{Client, Next, Request};
    ///
    /// let builder = Client::builder().stack(|stack| {
    ///     stack.after(middleware::PREPARE, "log", from_fn(|request: Request, next: Next| async move {
    ///         println!("{}", request.method());
    ///         next.run(request).await
    ///     }))?;
    ///     Ok(())
    /// });
    /// # let _ = builder;
    /// ```
    pub fn stack(mut self, edit: impl FnOnce(&mut Stack) -> Result<()> + Send + 'static) -> Self {
        self.edits.push(Box::new(edit));
        self
    }

    /// Edits APIv2's default stack when the client is built.
    pub fn v2_stack(
        mut self,
        edit: impl FnOnce(&mut Stack) -> Result<()> + Send + 'static,
    ) -> Self {
        self.v2_edits.push(Box::new(edit));
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("mchid", &self.merchant.mchid)
            .field("brand_id", &self.merchant.brand_id)
            .finish_non_exhaustive()
    }
}
