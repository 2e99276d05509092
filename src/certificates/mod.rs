//! Platform certificates, fetched when they are needed.
#![doc = include_str!("../../docs/certificates.md")]

mod answer;
mod copy;
mod failure;
mod manager;
mod state;

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub(crate) use manager::Manager;

use wechatpay_core::crypto::Certificate;

/// Configures how a client fetches WeChat Pay's platform certificates.
///
/// ```
/// use wechatpay_chain::certificates::Certificates;
/// use wechatpay_chain::{Client, PrivateKey, Result};
///
/// fn client(key: PrivateKey) -> Result<Client> {
///     Client::builder()
///         .mchid("1900000109")
///         .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
///         .private_key(key)
///         .apiv3_key("0123456789abcdef0123456789abcdef")
///         .certificates(Certificates::auto().disk_copy("/var/lib/shop/wechatpay.json"))
///         .build()
/// }
/// ```
///
/// # When
///
/// | event | action |
/// | --- | --- |
/// | a client is built | nothing |
/// | a call without a valid key | the disk copy is read, or else the list is fetched; the call waits |
/// | a call, and the list is older than 12 h, or the certificate in use expires within 7 days | the list is fetched in the background; the call continues |
/// | an answer signed with an unknown certificate | the list is fetched, at most once a minute; the same answer is verified again, the request is not repeated |
/// | a notification signed with an unknown certificate, read by an async method of [`Notifications`](crate::notify::Notifications) | the same |
/// | [`Client::certificates`](crate::Client::certificates) | the list is fetched |
///
/// Calls that need the list during a fetch wait for that fetch. It uses the client's stack and transport and
/// runs on this crate's background runtime. A client that also has a
/// [public key](crate::ClientBuilder::platform_key) fetches nothing before it receives an answer signed
/// with a certificate.
///
/// # Trust
///
/// Each certificate is encrypted with the merchant's APIv3 key, so the list was made with knowledge of that
/// key. The answer must also be signed with a certificate of the same list, or with a key that the client
/// already trusts. With [`root_certificate`](Self::root_certificate), that CA must have issued every
/// certificate. If any check fails, the whole answer is discarded.
///
/// A client with an SM2 key (国密) asks for the certificates for SM2, and ignores those for RSA in the answer.
///
/// An expired certificate is never used: WeChat Pay replaces certificates long before they expire. A
/// certificate that is no longer listed is dropped, unless it was given to the builder.
#[derive(Clone)]
#[must_use = "give it to ClientBuilder::certificates"]
pub struct Certificates {
    refresh_after: Duration,
    unknown_every: Duration,
    timeout: Duration,
    path: Cow<'static, str>,
    roots: Vec<Certificate>,
    disk_copy: Option<PathBuf>,
}

impl Certificates {
    /// Fetches when needed, with the checks described above, and keeps no copy.
    pub fn auto() -> Self {
        Self {
            refresh_after: Duration::from_secs(12 * 60 * 60),
            unknown_every: Duration::from_secs(60),
            timeout: Duration::from_secs(10),
            path: Cow::Borrowed("v3/certificates"),
            roots: Vec::new(),
            disk_copy: None,
        }
    }

    /// Sets the maximum age of the list; 12 hours by default.
    pub fn refresh_after(mut self, age: Duration) -> Self {
        self.refresh_after = age;
        self
    }

    /// Sets the shortest time between two fetches for an unknown serial or after a failed refresh; 60 s by
    /// default.
    pub fn at_most_every(mut self, interval: Duration) -> Self {
        self.unknown_every = interval;
        self
    }

    /// Limits the time of one fetch; 10 s by default.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets the path of the list: `v3/certificates` by default, `v3/global/certificates` for the access point
    /// in Hong Kong.
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = path.into();
        self
    }

    /// Accepts only certificates issued by this CA, or by one of several.
    ///
    /// Tenpay's CA issues WeChat Pay's certificates; it is not among the system's root certificates.
    pub fn root_certificate(mut self, root: Certificate) -> Self {
        self.roots.push(root);
        self
    }

    /// Keeps a copy of the list in a file, so that a new process need not fetch it.
    ///
    /// The file holds WeChat Pay's answer as received: the certificates, encrypted with the APIv3 key, and
    /// the signature. A copy is checked like an answer. A copy that fails a check, or belongs to another
    /// merchant, is ignored and replaced. Its age is that of its signature. The file is written atomically,
    /// with mode 0600. A copy that cannot be written fails no call; only
    /// [`Client::certificates`](crate::Client::certificates) reports it.
    pub fn disk_copy(mut self, path: impl Into<PathBuf>) -> Self {
        self.disk_copy = Some(path.into());
        self
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates")
            .field("path", &self.path)
            .field("refresh_after", &self.refresh_after)
            .field("at_most_every", &self.unknown_every)
            .field("disk_copy", &self.disk_copy)
            .finish_non_exhaustive()
    }
}
