use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderValue;

use crate::crypto::{Certificate, PublicKey};
use crate::error::{Error, ErrorKind, Result, VerifyFailure};

/// Where a platform key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyOrigin {
    /// A WeChat Pay public key (微信支付公钥); its id begins with `PUB_KEY_ID_`.
    PublicKey,
    /// A platform certificate (平台证书); its id is the certificate's serial.
    Certificate {
        /// Unix seconds.
        not_before: i64,
        /// Unix seconds.
        not_after: i64,
    },
}

/// A key of WeChat Pay with the id by which headers name it.
#[derive(Clone)]
pub struct PlatformKey {
    id: Arc<str>,
    header: HeaderValue,
    key: PublicKey,
    origin: KeyOrigin,
}

/// The keys of WeChat Pay that a client trusts, by id.
///
/// Public keys and certificates stand side by side. A keyring is shared by its clones and can be
/// changed while clients use it; calls under way keep the key they have taken.
///
/// ```
/// use wechatpay_chain::Keyring;
/// # fn keys(public_key: wechatpay_chain::PublicKey) -> wechatpay_chain::Result<()> {
/// let keyring = Keyring::new();
/// keyring.add_public_key("PUB_KEY_ID_0114232134912410000000000000", public_key)?;
/// assert_eq!(keyring.ids(), ["PUB_KEY_ID_0114232134912410000000000000"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
pub struct Keyring {
    keys: Arc<RwLock<Arc<Keys>>>,
}

type Keys = BTreeMap<Arc<str>, PlatformKey>;

impl Keyring {
    /// An empty keyring.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a public key under the id that the merchant platform shows beside it.
    ///
    /// A key already there under that id is replaced.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the id is not of the form `PUB_KEY_ID_` and digits.
    pub fn add_public_key(&self, id: &str, key: PublicKey) -> Result<()> {
        check_public_key_id(id)?;
        self.insert(PlatformKey {
            header: header(id),
            id: id.into(),
            key,
            origin: KeyOrigin::PublicKey,
        });
        Ok(())
    }

    /// Adds a platform certificate under its serial.
    pub fn add_certificate(&self, certificate: &Certificate) {
        self.insert(PlatformKey::of(certificate));
    }

    /// Takes a key out; answers whether it was there.
    pub fn remove(&self, id: &str) -> bool {
        self.change(|keys| keys.remove(id).is_some())
    }

    /// The key of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<PlatformKey> {
        self.snapshot().get(id).cloned()
    }

    /// All ids, sorted.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.snapshot().keys().map(|id| id.to_string()).collect()
    }

    /// The key to encrypt with when the caller names none: a public key before a certificate, and of
    /// the certificates the one valid at `now` (Unix seconds) that ends last.
    #[must_use]
    pub fn preferred(&self, now: i64) -> Option<PlatformKey> {
        self.snapshot()
            .values()
            .filter_map(|key| Some((key.rank(now)?, key)))
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, key)| key.clone())
    }

    /// Certificates that come and go at once: nobody sees the keyring between the two.
    pub(crate) fn replace_certificates(&self, gone: &[String], new: &[Certificate]) {
        self.change(|keys| {
            gone.iter().for_each(|id| drop(keys.remove(&**id)));
            for key in new.iter().map(PlatformKey::of) {
                keys.insert(Arc::clone(&key.id), key);
            }
        });
    }

    /// A keyring of its own with the same keys.
    pub(crate) fn detached(&self) -> Self {
        Self {
            keys: Arc::new(RwLock::new(self.snapshot())),
        }
    }

    fn insert(&self, key: PlatformKey) {
        self.change(|keys| keys.insert(Arc::clone(&key.id), key));
    }

    fn change<T>(&self, edit: impl FnOnce(&mut Keys) -> T) -> T {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        edit(Arc::make_mut(&mut keys))
    }

    fn snapshot(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl PlatformKey {
    fn of(certificate: &Certificate) -> Self {
        Self {
            header: header(certificate.serial()),
            id: certificate.serial().into(),
            key: certificate.public_key().clone(),
            origin: KeyOrigin::Certificate {
                not_before: certificate.not_before(),
                not_after: certificate.not_after(),
            },
        }
    }

    /// The public key id or certificate serial.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id as the `Wechatpay-Serial` header carries it.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The key itself.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// Where it came from.
    #[must_use]
    pub fn origin(&self) -> &KeyOrigin {
        &self.origin
    }

    /// Whether it may sign at `now` (Unix seconds); public keys always may.
    pub(crate) fn check_time(&self, now: i64) -> Result<(), VerifyFailure> {
        let KeyOrigin::Certificate {
            not_before,
            not_after,
        } = self.origin
        else {
            return Ok(());
        };
        let serial = || self.id.to_string();
        if now < not_before {
            return Err(VerifyFailure::NotYetValid {
                serial: serial(),
                not_before,
            });
        }
        if not_after < now {
            return Err(VerifyFailure::Expired {
                serial: serial(),
                not_after,
            });
        }
        Ok(())
    }

    fn rank(&self, now: i64) -> Option<(u8, i64)> {
        match self.origin {
            KeyOrigin::PublicKey => Some((1, 0)),
            KeyOrigin::Certificate {
                not_before,
                not_after,
            } => (not_before <= now && now < not_after).then_some((0, not_after)),
        }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.ids()).finish()
    }
}

impl fmt::Debug for PlatformKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlatformKey")
            .field("id", &self.id)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// Ids were checked, and serials are hexadecimal: both are text that headers carry.
fn header(id: &str) -> HeaderValue {
    HeaderValue::from_str(id).unwrap_or(HeaderValue::from_static(""))
}

fn check_public_key_id(id: &str) -> Result<()> {
    let digits = id.strip_prefix("PUB_KEY_ID_").unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Key,
        format!(
            "{id:?} is not the id of a WeChat Pay public key: it begins with PUB_KEY_ID_ and stands \
             beside the key at 商户平台 → 账户中心 → API安全 → 微信支付公钥; for a platform \
             certificate use the certificate itself"
        ),
    ))
}
