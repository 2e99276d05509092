//! Putting a client together.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;

use crate::client::Client;
use crate::clock::{Clock, SystemClock};
use crate::crypto::{Certificate, PrivateKey, PublicKey};
use crate::engine::{BaseUrl, Engine};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{Given, Merchant};
use crate::message::{FieldPolicy, header_value};
use crate::middleware::{
    DECRYPT, Decrypt, ENCRYPT, Encrypt, PREPARE, Prepare, SIGNER, STATUS, Signer, Status, VERIFIER,
    Verifier,
};
use crate::net::{HyperTransport, Settings};
use crate::protocol::Keyring;
use crate::secret::Secret;
use crate::stack::{Frozen, Stack};
use crate::transport::Transport;

/// The settings of a [`Client`]; what is wrong with them comes from [`build`](Self::build).
#[must_use = "a builder does nothing until build()"]
pub struct ClientBuilder {
    merchant: Given,
    keyring: Option<Keyring>,
    platform: Vec<Platform>,
    apiv3_key: Option<Secret>,
    base_url: Option<String>,
    fields: FieldPolicy,
    timeout: Option<Duration>,
    connect_timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    max_response_bytes: usize,
    proxy: Proxy,
    roots: Vec<Certificate>,
    trusted_hosts: Vec<String>,
    user_agent: Option<String>,
    clock: Arc<dyn Clock>,
    transport: Option<Arc<dyn Transport>>,
    edits: Vec<Edit>,
}

enum Platform {
    PublicKey(String, PublicKey),
    Certificate(Certificate),
}

enum Proxy {
    Environment,
    None,
    All(String),
}

type Edit = Box<dyn FnOnce(&mut Stack) -> Result<()> + Send>;

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            merchant: Given::default(),
            keyring: None,
            platform: Vec::new(),
            apiv3_key: None,
            base_url: None,
            fields: FieldPolicy::default(),
            timeout: Some(Duration::from_secs(30)),
            connect_timeout: Some(Duration::from_secs(5)),
            idle_timeout: Some(Duration::from_secs(60)),
            max_response_bytes: 8 << 20,
            proxy: Proxy::Environment,
            roots: Vec::new(),
            trusted_hosts: Vec::new(),
            user_agent: None,
            clock: Arc::new(SystemClock::new()),
            transport: None,
            edits: Vec::new(),
        }
    }

    /// The merchant id (商户号).
    pub fn mchid(mut self, mchid: impl Into<String>) -> Self {
        self.merchant.mchid = Some(mchid.into());
        self
    }

    /// The serial of the merchant certificate (商户API证书序列号), hexadecimal.
    pub fn serial(mut self, serial: impl Into<String>) -> Self {
        self.merchant.serial = Some(serial.into());
        self
    }

    /// The merchant's private key (`apiclient_key.pem`).
    pub fn private_key(mut self, key: PrivateKey) -> Self {
        self.merchant.key = Some(key);
        self
    }

    /// The merchant certificate (`apiclient_cert.pem`): its serial is taken from it, and the private
    /// key is checked against it.
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.merchant.certificate = Some(certificate);
        self
    }

    /// A WeChat Pay public key (微信支付公钥) with its id, `PUB_KEY_ID_…`.
    pub fn platform_key(mut self, id: impl Into<String>, key: PublicKey) -> Self {
        self.platform.push(Platform::PublicKey(id.into(), key));
        self
    }

    /// A platform certificate (平台证书); may stand beside a public key.
    pub fn platform_certificate(mut self, certificate: Certificate) -> Self {
        self.platform.push(Platform::Certificate(certificate));
        self
    }

    /// A keyring shared with others; it may be empty and be filled later.
    ///
    /// Keys given to this builder are added to it.
    pub fn keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = Some(keyring);
        self
    }

    /// The APIv3 key (APIv3密钥), 32 bytes.
    pub fn apiv3_key(mut self, key: impl Into<Secret>) -> Self {
        self.apiv3_key = Some(key.into());
        self
    }

    /// Sends all calls to another base than `https://api.mch.weixin.qq.com/`: a sandbox, a gateway.
    ///
    /// Without it, calls go to the host that the catalogue names for the endpoint.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Whether sensitive fields are encrypted and decrypted; by default they are.
    pub fn fields(mut self, policy: FieldPolicy) -> Self {
        self.fields = policy;
        self
    }

    /// Bounds every call; 30 s by default, `None` for no bound.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Bounds connecting (name, TCP, proxy, TLS); 5 s by default, `None` for no bound.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// How long an unused connection is kept; 60 s by default, `None` for ever.
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle_timeout = limit.into();
        self
    }

    /// The longest answer that is read as a whole; 8 MiB by default.
    ///
    /// [`Call::stream`](crate::Call::stream) has no limit.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// Sends everything through a proxy, `http://[user:password@]host:port`.
    ///
    /// By default `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` decide.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::All(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Trusts a further root certificate for TLS, beside the system's.
    pub fn root_certificate(mut self, root: Certificate) -> Self {
        self.roots.push(root);
        self
    }

    /// Lets a middleware send signed requests to this host as well, over HTTPS: for a failover to
    /// `api2.mch.weixin.qq.com`.
    pub fn trust_host(mut self, host: impl Into<String>) -> Self {
        self.trusted_hosts.push(host.into().to_ascii_lowercase());
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

    /// Replaces what carries requests. Timeouts of connecting, proxies and roots are then its own
    /// business.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Edits the default stack when the client is built.
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

    /// Checks everything and gives the client; no file, no socket and no runtime is needed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] with where to find the right value; [`ErrorKind::Key`],
    /// [`ErrorKind::Header`] or [`ErrorKind::Stack`] of what was given.
    pub fn build(self) -> Result<Client> {
        let merchant = self.merchant.check()?;
        check_apiv3_key(self.apiv3_key.as_ref())?;
        let keyring = keyring(self.keyring, self.platform, &merchant)?;
        let user_agent = user_agent(self.user_agent)?;
        let mut stack = default_stack(&merchant, &keyring, &self.clock, user_agent)?;
        for edit in self.edits {
            edit(&mut stack)?;
        }
        let base = self.base_url.as_deref().map(BaseUrl::parse).transpose()?;
        let proxies = self.proxy.matcher()?;
        let transport = self.transport.unwrap_or_else(|| {
            Arc::new(HyperTransport::new(Settings {
                roots: self.roots,
                proxies,
                connect_timeout: self.connect_timeout,
                idle_timeout: self.idle_timeout,
            }))
        });
        Ok(Client::new(Engine {
            base,
            clock: self.clock,
            fields: self.fields,
            frozen: Arc::new(Frozen {
                stack,
                transport,
                max_response_bytes: self.max_response_bytes,
                trusted_hosts: self.trusted_hosts.into(),
            }),
            keyring,
            merchant,
            timeout: self.timeout,
        }))
    }
}

/// The default stack, outermost first.
fn default_stack(
    merchant: &Merchant,
    keyring: &Keyring,
    clock: &Arc<dyn Clock>,
    user_agent: HeaderValue,
) -> Result<Stack> {
    let (keyring, clock) = (|| keyring.clone(), || Arc::clone(clock));
    let mut stack = Stack::new();
    stack.push(STATUS, Status)?;
    stack.push(
        DECRYPT,
        Decrypt {
            key: merchant.key.clone(),
        },
    )?;
    stack.push(
        ENCRYPT,
        Encrypt {
            keyring: keyring(),
            clock: clock(),
        },
    )?;
    stack.push(
        PREPARE,
        Prepare {
            keyring: keyring(),
            clock: clock(),
            user_agent,
        },
    )?;
    stack.push(
        VERIFIER,
        Verifier {
            keyring: keyring(),
            clock: clock(),
        },
    )?;
    stack.push(
        SIGNER,
        Signer {
            merchant: merchant.clone(),
            clock: clock(),
        },
    )?;
    Ok(stack)
}

fn check_apiv3_key(key: Option<&Secret>) -> Result<()> {
    match key.map(|key| key.expose().len()) {
        None | Some(32) => Ok(()),
        Some(len) => Err(Error::new(
            ErrorKind::Builder,
            format!(
                "the APIv3 key has {len} bytes and must have 32: it is the one set at 商户平台 → \
                 账户中心 → API安全 → APIv3密钥, not the v2 key and not the private key"
            ),
        )),
    }
}

fn keyring(shared: Option<Keyring>, given: Vec<Platform>, merchant: &Merchant) -> Result<Keyring> {
    if shared.is_none() && given.is_empty() {
        return Err(Error::new(
            ErrorKind::Builder,
            "there is no key to verify WeChat Pay's answers with: give platform_key(\"PUB_KEY_ID_…\", \
             PublicKey::from_file(\"pub_key.pem\")?), both shown at 商户平台 → 账户中心 → API安全 → \
             微信支付公钥, or platform_certificate(..)",
        ));
    }
    let keyring = shared.unwrap_or_default();
    for key in keyring.ids().iter().filter_map(|id| keyring.get(id)) {
        refuse_own(key.id(), key.public_key(), merchant)?;
    }
    for key in given {
        match key {
            Platform::PublicKey(id, key) => {
                refuse_own(&id, &key, merchant)?;
                keyring.add_public_key(&id, key)?;
            }
            Platform::Certificate(certificate) => {
                refuse_own(certificate.serial(), certificate.public_key(), merchant)?;
                keyring.add_certificate(&certificate);
            }
        }
    }
    Ok(keyring)
}

/// The commonest mix-up: the merchant's own certificate or key in place of WeChat Pay's.
fn refuse_own(id: &str, key: &PublicKey, merchant: &Merchant) -> Result<()> {
    if id != &*merchant.serial && key != merchant.key.public_key() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Builder,
        format!(
            "{id} is the merchant's own key, not WeChat Pay's: give the public key shown at 商户平台 \
             → 账户中心 → API安全 → 微信支付公钥, or a platform certificate (平台证书)"
        ),
    ))
}

fn user_agent(given: Option<String>) -> Result<HeaderValue> {
    match given {
        Some(agent) => header_value("User-Agent", &agent),
        None => Ok(HeaderValue::from_static(concat!(
            "wechatpay-chain/",
            env!("CARGO_PKG_VERSION"),
            " (Rust; hyper)"
        ))),
    }
}

impl Proxy {
    fn matcher(self) -> Result<Matcher> {
        match self {
            Self::Environment => Ok(Matcher::from_env()),
            Self::None => Ok(Matcher::builder().build()),
            Self::All(url) => {
                let matcher = Matcher::builder().all(url).build();
                let probe = http::Uri::from_static("https://api.mch.weixin.qq.com/");
                // An unusable URL leaves the matcher empty, and calls would silently go direct.
                if matcher.intercept(&probe).is_none() {
                    return Err(Error::new(
                        ErrorKind::Builder,
                        "the proxy's URL is malformed: write it as http://host:port",
                    ));
                }
                Ok(matcher)
            }
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("mchid", &self.merchant.mchid)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
