//! Settings of the default transport.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::pace::Throughput;
use super::proxy::{Proxies, Proxy};
use crate::transport::BoxFuture;
use wechatpay_core::crypto::{Certificate, PrivateKey, RootCertificates};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::host;

/// Resolves host names instead of the system's resolver.
///
/// ```
/// use std::net::SocketAddr;
/// use wechatpay_chain::Resolve;
/// use wechatpay_chain::transport::BoxFuture;
///
/// struct Internal;
/// impl Resolve for Internal {
///     fn resolve(&self, _host: &str) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> {
///         Box::pin(async { Ok(vec![SocketAddr::from(([10, 0, 0, 7], 0))]) })
///     }
/// }
/// let builder = wechatpay_chain::Client::builder().dns(Internal);
/// # let _ = builder;
/// ```
pub trait Resolve: Send + Sync + 'static {
    /// Returns the addresses of a host, in the order in which they are tried. Their ports are ignored.
    ///
    /// # Errors
    ///
    /// When the name cannot be resolved; the call then fails with [`ErrorKind::Connect`] and nothing is sent.
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;
}

/// The settings of an [`HttpTransport`](crate::HttpTransport); [`build`](Self::build) reports invalid ones.
///
/// [`ClientBuilder`](crate::ClientBuilder) has the same settings, for a client with its own transport.
#[must_use = "a builder does nothing until build()"]
pub struct HttpTransportBuilder {
    pub(super) roots: Vec<RootCertificates>,
    pub(super) identity: Option<(Certificate, PrivateKey)>,
    pub(super) proxy: Proxy,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) read_timeout: Option<Duration>,
    pub(super) least: Option<Throughput>,
    pub(super) pool_max_idle: usize,
    pub(super) tcp_keepalive: Option<Duration>,
    pub(super) http2: bool,
    pub(super) http2_keep_alive: Option<(Duration, Duration)>,
    pub(super) names: Names,
}

/// The resolver of host names.
#[derive(Clone, Default)]
pub(super) struct Names {
    pub(super) fixed: Arc<BTreeMap<String, Vec<SocketAddr>>>,
    pub(super) resolver: Option<Arc<dyn Resolve>>,
}

impl Default for HttpTransportBuilder {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            identity: None,
            proxy: Proxy::Environment,
            connect_timeout: Some(Duration::from_secs(5)),
            idle_timeout: Some(Duration::from_secs(60)),
            read_timeout: Some(Duration::from_secs(60)),
            least: None,
            pool_max_idle: usize::MAX,
            tcp_keepalive: Some(Duration::from_secs(60)),
            http2: true,
            http2_keep_alive: Some((Duration::from_secs(15), Duration::from_secs(5))),
            names: Names::default(),
        }
    }
}

impl HttpTransportBuilder {
    /// Limits the time of connecting (name, TCP, proxy, TLS); 5 s by default, `None` for no limit.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// Sets how long an idle connection is kept; 60 s by default, `None` for no limit.
    ///
    /// With zero, each call opens a connection. More than 366 days means no limit.
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.idle_timeout = limit.into();
        self
    }

    /// Sets the longest wait for the next piece of a response; 60 s by default, `None` for no limit.
    pub fn read_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.read_timeout = limit.into();
        self
    }

    /// Aborts a response that delivers fewer than `bytes` within `per` while the reader waits for it; off by
    /// default.
    pub fn min_throughput(mut self, bytes: u64, per: Duration) -> Self {
        self.least = Some(Throughput { bytes, per });
        self
    }

    /// Sets how many idle HTTP/1.1 connections are kept per host; all of them by default.
    ///
    /// With HTTP/2, one connection carries all calls.
    pub fn pool_max_idle(mut self, count: usize) -> Self {
        self.pool_max_idle = count;
        self
    }

    /// Sets the idle time before TCP keep-alive probes; 60 s by default, `None` for no probes.
    pub fn tcp_keepalive(mut self, pause: impl Into<Option<Duration>>) -> Self {
        self.tcp_keepalive = pause.into();
        self
    }

    /// Sets whether HTTP/2 is offered to servers; true by default. The server chooses.
    pub fn http2(mut self, offer: bool) -> Self {
        self.http2 = offer;
        self
    }

    /// Sets the interval and the timeout of HTTP/2 keep-alive pings; every 15 s and
    /// 5 s by default, `None` for no pings.
    pub fn http2_keep_alive(mut self, pause: impl Into<Option<(Duration, Duration)>>) -> Self {
        self.http2_keep_alive = pause.into();
        self
    }

    /// Sends all requests through a proxy, `http://[user:password@]host:port`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::All(url.into());
        self
    }

    /// Uses no proxy, regardless of the environment.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Trusts further root certificates for TLS, in addition to the system's: [`RootCertificates`] or a
    /// [`Certificate`]. An intermediate certificate is accepted like a root.
    pub fn root_certificate(mut self, roots: impl Into<RootCertificates>) -> Self {
        self.roots.push(roots.into());
        self
    }

    /// Sets the client certificate for APIv2 operations that require the merchant's certificate.
    pub fn identity(mut self, certificate: Certificate, key: PrivateKey) -> Self {
        self.identity = Some((certificate, key));
        self
    }

    /// Sets the addresses of a host, which is then not resolved. Their ports are ignored.
    pub fn resolve(
        mut self,
        host: impl Into<String>,
        addresses: impl IntoIterator<Item = SocketAddr>,
    ) -> Self {
        let fixed = Arc::make_mut(&mut self.names.fixed);
        fixed.insert(host.into(), addresses.into_iter().collect());
        self
    }

    /// Replaces the system's resolver.
    pub fn dns(mut self, resolver: impl Resolve) -> Self {
        self.names.resolver = Some(Arc::new(resolver));
        self
    }

    /// Checks the settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`].
    pub(super) fn check(&mut self) -> Result<Proxies> {
        self.connect_timeout = bound("connect_timeout", self.connect_timeout)?;
        self.read_timeout = bound("read_timeout", self.read_timeout)?;
        let per = bound("min_throughput", self.least.map(|least| least.per))?;
        self.least = self.least.filter(|_| per.is_some());
        self.idle_timeout = self.idle_timeout.filter(|limit| *limit <= LONGEST);
        self.names.fixed = Arc::new(normal(&self.names.fixed)?);
        if let Some((pause, patience)) = self.http2_keep_alive {
            bound("http2_keep_alive", Some(pause))?;
            bound("http2_keep_alive", Some(patience))?;
        }
        std::mem::take(&mut self.proxy).proxies()
    }
}

/// Longer than any program waits; much longer times overflow timers.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// Returns a call's time limit; one that is too long for a timer means no limit.
///
/// # Errors
///
/// [`ErrorKind::Builder`] when it is zero.
pub(crate) fn bound(name: &str, limit: Option<Duration>) -> Result<Option<Duration>> {
    if limit.is_some_and(|limit| limit.is_zero()) {
        return Err(Error::new(
            ErrorKind::Builder,
            format!("{name}(..) of zero lets no call succeed: give None for no limit"),
        ));
    }
    Ok(limit.filter(|limit| *limit <= LONGEST))
}

/// Normalises the configured hosts and checks that each has an address.
fn normal(fixed: &BTreeMap<String, Vec<SocketAddr>>) -> Result<BTreeMap<String, Vec<SocketAddr>>> {
    let each = fixed.iter().map(|(given, addresses)| {
        let wrong = |why: &str| {
            let message =
                format!("resolve({given:?}, ..) cannot be used: {why}; give a host name alone");
            Error::new(ErrorKind::Builder, message)
        };
        if addresses.is_empty() {
            return Err(wrong("it has no address"));
        }
        let host = host::normal(given).map_err(wrong)?;
        Ok((host, addresses.clone()))
    });
    each.collect()
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("pool_max_idle", &self.pool_max_idle)
            .field("http2", &self.http2)
            .finish_non_exhaustive()
    }
}
