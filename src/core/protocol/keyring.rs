use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use http::HeaderValue;

use crate::crypto::{Certificate, KeyAlgorithm, PublicKey};
use crate::error::{Error, ErrorKind, Result, VerifyFailure};

/// The origin of a platform key.
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
    /// The common name in the certificate; in a merchant's certificate it is the merchant id.
    owner: Option<String>,
}

/// The keys of WeChat Pay that a client trusts, by id.
///
/// It can hold public keys and certificates together. Clones share a keyring, and it can be changed while
/// clients use it; running calls keep the key they have chosen. It rejects the keys of a merchant or brand
/// whose client uses it. The keys of a client have one algorithm: RSA, or SM2 (国密). A keyring that no client uses may
/// hold both, for notifications while a merchant changes from one to the other.
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
    rules: Arc<RwLock<Rules>>,
}

/// The requirements of the clients that use a keyring.
#[derive(Clone, Default)]
struct Rules {
    /// Keys that are not WeChat Pay's: those of the merchants and brands.
    own: Vec<OwnKey>,
    /// The algorithm of all keys.
    algorithm: Option<KeyAlgorithm>,
}

type Keys = BTreeMap<Arc<str>, PlatformKey>;

/// The signing key of a merchant or brand.
#[derive(Clone)]
pub struct OwnKey {
    /// The merchant id or brand id, which the certificate has as its common name.
    pub id: Option<Arc<str>>,
    /// The serial of its certificate, if it is known.
    pub serial: Option<Arc<str>>,
    /// The public half of its key.
    pub key: PublicKey,
}

impl Keyring {
    /// Creates an empty keyring.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a public key under its id, which the merchant platform shows next to it.
    ///
    /// Replaces an existing key with that id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the key was read from a certificate, whose key never has a public key
    /// id (use [`add_certificate`](Self::add_certificate)), or is the key of a merchant whose
    /// client uses this keyring. [`ErrorKind::Key`] when the id is not `PUB_KEY_ID_` followed by
    /// digits.
    pub fn add_public_key(&self, id: &str, key: PublicKey) -> Result<()> {
        let certificate = key.certificate().map(str::to_owned);
        let key = PlatformKey {
            header: header(id),
            id: id.into(),
            key,
            origin: KeyOrigin::PublicKey,
            owner: None,
        };
        let rules = self.rules_for(&key)?;
        check_public_key_id(id)?;
        if let Some(serial) = certificate {
            return Err(of_certificate(id, &serial));
        }
        self.insert(key);
        drop(rules);
        Ok(())
    }

    /// Adds a platform certificate under its serial.
    ///
    /// Its dates are not checked now but in use: when it is chosen for a request, and
    /// when an answer or a notification names it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when it is the certificate, or has the key, of a merchant whose
    /// client uses this keyring, or its key has another algorithm than that client's.
    pub fn add_certificate(&self, certificate: &Certificate) -> Result<()> {
        let key = PlatformKey::of(certificate);
        let rules = self.rules_for(&key)?;
        self.insert(key);
        drop(rules);
        Ok(())
    }

    /// From now on, rejects the keys of this merchant or brand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the keyring already contains one.
    pub fn refuse(&self, own: OwnKey) -> Result<()> {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = self.snapshot().values().find(|key| own.is(key)) {
            return Err(own_key(&found.id));
        }
        if !rules.own.iter().any(|known| known.covers(&own)) {
            rules.own.push(own);
        }
        Ok(())
    }

    /// From now on, rejects keys of another algorithm.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Builder`] when the keyring already contains one, or serves a client with another algorithm.
    pub fn require(&self, algorithm: KeyAlgorithm) -> Result<()> {
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let other = |key: &&PlatformKey| key.key.algorithm() != algorithm;
        if let Some(found) = self.snapshot().values().find(other) {
            return Err(other_algorithm(found, algorithm));
        }
        if rules.algorithm.is_some_and(|known| known != algorithm) {
            return Err(Error::new(
                ErrorKind::Builder,
                "the keyring serves a client whose keys have another algorithm (RSA or SM2): give each of the two \
                 clients its own keyring",
            ));
        }
        rules.algorithm = Some(algorithm);
        Ok(())
    }

    /// Makes several changes, and keeps them only if all succeed: a failed build of a client must not change the
    /// keyring that other clients use.
    ///
    /// Inside `change`, use only the keyring that `change` receives: this keyring is locked meanwhile, and any use of it
    /// in the same thread would wait for ever. Other threads wait until the changes are complete.
    ///
    /// # Errors
    ///
    /// Those of `change`.
    pub fn atomically(&self, change: impl FnOnce(&Self) -> Result<()>) -> Result<()> {
        // In the order in which other methods lock.
        let mut rules = self.rules.write().unwrap_or_else(PoisonError::into_inner);
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let draft = Self {
            keys: Arc::new(RwLock::new(Arc::clone(&keys))),
            rules: Arc::new(RwLock::new(rules.clone())),
        };
        change(&draft)?;
        *keys = draft.snapshot();
        let changed = draft.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.clone_from(&changed);
        Ok(())
    }

    /// Checks that a key belongs to no merchant and has the right algorithm. While the returned guard is held, the
    /// rules do not change.
    ///
    /// The commonest mix-up is the merchant's own certificate or key in place of WeChat Pay's.
    fn rules_for(&self, key: &PlatformKey) -> Result<RwLockReadGuard<'_, Rules>> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        if rules.own.iter().any(|own| own.is(key)) {
            return Err(own_key(&key.id));
        }
        match rules.algorithm {
            Some(algorithm) if algorithm != key.key.algorithm() => {
                Err(other_algorithm(key, algorithm))
            }
            _ => Ok(rules),
        }
    }

    /// Removes a key; returns whether it existed.
    pub fn remove(&self, id: &str) -> bool {
        self.change(|keys| keys.remove(id).is_some())
    }

    /// Returns the key with an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<PlatformKey> {
        self.snapshot().get(id).cloned()
    }

    /// Returns all ids, sorted.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        self.snapshot().keys().map(|id| id.to_string()).collect()
    }

    /// Returns the key to encrypt with when the caller names none: a public key if there is one, else the
    /// certificate that is valid at `now` (Unix seconds) and expires last.
    #[must_use]
    pub fn preferred(&self, now: i64) -> Option<PlatformKey> {
        self.snapshot()
            .values()
            .filter_map(|key| Some((key.rank(now)?, key)))
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, key)| key.clone())
    }

    /// Replaces certificates in one step, so that no caller sees an intermediate state.
    pub fn replace_certificates(&self, gone: &[String], new: &[Certificate]) {
        self.change(|keys| {
            gone.iter().for_each(|id| drop(keys.remove(&**id)));
            for key in new.iter().map(PlatformKey::of) {
                keys.insert(Arc::clone(&key.id), key);
            }
        });
    }

    /// Returns an independent copy.
    pub fn detached(&self) -> Self {
        Self {
            keys: Arc::new(RwLock::new(self.snapshot())),
            rules: Arc::default(),
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

impl OwnKey {
    fn is(&self, key: &PlatformKey) -> bool {
        let is_owner = self.id.is_some() && self.id.as_deref() == key.owner.as_deref();
        is_owner || self.serial.as_deref() == Some(&*key.id) || self.key == key.key
    }

    /// Whether this keyring contains everything in the other.
    fn covers(&self, other: &Self) -> bool {
        let known =
            |own: &Option<Arc<str>>, other: &Option<Arc<str>>| other.is_none() || own == other;
        self.key == other.key && known(&self.id, &other.id) && known(&self.serial, &other.serial)
    }
}

impl PlatformKey {
    fn of(certificate: &Certificate) -> Self {
        Self {
            header: header(certificate.serial()),
            id: certificate.serial().into(),
            key: certificate.public_key().clone(),
            owner: certificate.subject_common_name(),
            origin: KeyOrigin::Certificate {
                not_before: certificate.not_before(),
                not_after: certificate.not_after(),
            },
        }
    }

    /// Returns the public key id or certificate serial.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the id as the value of the `Wechatpay-Serial` header.
    pub fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Returns the public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// Returns the origin.
    #[must_use]
    pub fn origin(&self) -> &KeyOrigin {
        &self.origin
    }

    /// Checks whether the key may sign at `now` (Unix seconds); a public key always may.
    pub fn check_time(&self, now: i64) -> Result<(), VerifyFailure> {
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
            } => (not_before <= now && now <= not_after).then_some((0, not_after)),
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

/// Converts an id. Ids were checked, and serials are hexadecimal, so both are valid header text.
fn header(id: &str) -> HeaderValue {
    HeaderValue::from_str(id).unwrap_or(HeaderValue::from_static(""))
}

fn own_key(id: &str) -> Error {
    Error::new(
        ErrorKind::Builder,
        format!(
            "{id} is the merchant's own key or certificate, not WeChat Pay's: give the public key shown \
             at 商户平台 → 账户中心 → API安全 → 微信支付公钥, or a platform certificate (平台证书)"
        ),
    )
}

fn other_algorithm(key: &PlatformKey, own: KeyAlgorithm) -> Error {
    let (id, found, own) = (&key.id, key.key.algorithm().as_str(), own.as_str());
    Error::new(
        ErrorKind::Builder,
        format!(
            "the algorithms are mixed: WeChat Pay's key {id} is an {found} key, and the merchant's private key is an \
             {own} key; give both of the same algorithm, and for 国密 the platform certificate (平台证书) for SM2"
        ),
    )
}

fn of_certificate(id: &str, serial: &str) -> Error {
    Error::new(
        ErrorKind::Builder,
        format!(
            "the key given for {id} was read from the certificate {serial}, which has a different key: \
             for {id} give pub_key.pem, downloaded next to the id at 商户平台 → 账户中心 → API安全 → 微信支付公钥; give \
             a platform certificate (平台证书) without an id"
        ),
    )
}

fn check_public_key_id(id: &str) -> Result<()> {
    let digits = id.strip_prefix("PUB_KEY_ID_").unwrap_or_default();
    if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Key,
        format!(
            "{id:?} is not the id of a WeChat Pay public key: the id is PUB_KEY_ID_ and digits, shown \
             next to the key at 商户平台 → 账户中心 → API安全 → 微信支付公钥; for a platform certificate use the \
             certificate itself"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::fixtures::fixture;

    /// Configured and fetched certificates follow the same rule for requests and answers.
    #[test]
    fn certificate_dates_apply_to_requests_and_answers() {
        let certificate = Certificate::from_bytes(fixture!("certificate.pem")).unwrap();
        let ring = Keyring::new();
        ring.add_certificate(&certificate).unwrap();
        let key = ring.get(certificate.serial()).unwrap();
        let (from, to) = (certificate.not_before(), certificate.not_after());
        for (now, valid) in [(from - 1, false), (from, true), (to, true), (to + 1, false)] {
            assert_eq!(ring.preferred(now).is_some(), valid, "{now}");
            assert_eq!(key.check_time(now).is_ok(), valid, "{now}");
        }
    }
}
