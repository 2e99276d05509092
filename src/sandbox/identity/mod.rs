//! The keys and certificates of a sandbox.

mod authority;
mod brand;
mod credentials;
mod kept;
mod parts;
mod serial;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use authority::{Authority, PLATFORM, key_of};
pub(super) use authority::{DAY, TlsIdentity};
pub(super) use brand::{Brand, GivenBrand};
pub(super) use credentials::{Credentials, GivenKeys, MerchantParts};
pub(super) use kept::KeyStore;
pub(super) use parts::Parts;
pub(super) use serial::is_same_serial;

use crate::journal::Journal;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::crypto::{Certificate, KeyAlgorithm, PrivateKey};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The merchant id (商户号) of the first merchant, by default.
pub(super) const MCHID: &str = "1900000109";
/// The brand id (品牌ID) of the first merchant's brand, by default.
pub(super) const BRAND_ID: &str = "120344";

/// The keys and certificates of the platform, and the credentials of the first merchant.
pub(super) struct Identity {
    /// The credentials of the first merchant.
    pub(super) merchant: Arc<Credentials>,
    /// The first platform certificate.
    pub(super) certified: Certified,
    authority: Authority,
    pub(super) root: Certificate,
    /// The first platform certificate for merchants with SM2 keys, made when it is first needed.
    sm: Mutex<Option<Certified>>,
    /// Credentials that were generated, by merchant id: the sandboxes of a process share them.
    generated: Mutex<BTreeMap<String, Arc<Credentials>>>,
    /// The generated keys of brands, by brand id.
    brands: Mutex<BTreeMap<String, Arc<Brand>>>,
    /// How many platform certificates were added.
    added: AtomicU64,
    /// Keeps generated keys for the next start.
    journal: OnceLock<Arc<Journal>>,
    /// The folder of the sandbox, which keeps them too, as files for the programs that use them.
    folder: OnceLock<Box<dyn KeyStore>>,
}

/// A platform certificate with its key.
#[derive(Clone)]
pub(super) struct Certified {
    pub(super) pair: Arc<PlatformKeyPair>,
    pub(super) certificate: Certificate,
}

/// A key of the gateway, with the id that headers use for it.
pub(super) struct PlatformKeyPair {
    pub(super) id: String,
    pub(super) key: PrivateKey,
}

impl Identity {
    /// The identity that the sandboxes of this process share by default, with this first merchant or the usual one.
    pub(super) fn shared(mchid: Option<&str>) -> Result<Arc<Self>> {
        let shared = Self::shared_default()?;
        match mchid.filter(|mchid| *mchid != MCHID) {
            None => Ok(shared),
            Some(mchid) => shared.with_first(mchid).map(Arc::new),
        }
    }

    fn shared_default() -> Result<Arc<Self>> {
        static SHARED: OnceLock<Result<Arc<Identity>, String>> = OnceLock::new();
        SHARED
            .get_or_init(|| Self::fresh(None).map_err(|err| err.report()))
            .clone()
            .map_err(|report| Error::new(ErrorKind::Key, report))
    }

    /// Generates new keys for this first merchant, or the usual one.
    pub(super) fn fresh(mchid: Option<&str>) -> Result<Arc<Self>> {
        let now = SystemClock::new().now();
        Self::of(Parts::made_at(now, mchid.unwrap_or(MCHID))?)
    }

    /// The same platform with another first merchant.
    fn with_first(&self, mchid: &str) -> Result<Self> {
        Ok(Self {
            merchant: self.credentials(mchid, &GivenKeys::default())?,
            certified: self.certified.clone(),
            authority: self.authority.clone(),
            root: self.root.clone(),
            sm: Mutex::new(lock(&self.sm).clone()),
            generated: Mutex::new(lock(&self.generated).clone()),
            brands: Mutex::new(lock(&self.brands).clone()),
            added: AtomicU64::new(0),
            journal: OnceLock::new(),
            folder: OnceLock::new(),
        })
    }

    /// Builds an identity from its parts.
    pub(super) fn of(parts: Parts) -> Result<Arc<Self>> {
        let authority = Authority {
            key: parts.root,
            certificate: parts.root_certificate,
        };
        let public = PlatformKeyPair {
            id: parts.public_id,
            key: private(&parts.public)?,
        };
        let merchant = Credentials::of(parts.mchid, parts.merchant, public)?;
        Ok(Arc::new(Self {
            merchant: Arc::new(merchant),
            certified: certified(&parts.certified, &parts.certified_certificate)?,
            root: certificate(&authority.certificate)?,
            authority,
            sm: Mutex::default(),
            generated: Mutex::default(),
            brands: Mutex::default(),
            added: AtomicU64::new(0),
            journal: OnceLock::new(),
            folder: OnceLock::new(),
        }))
    }

    /// A TLS certificate for these names and those of loopback.
    ///
    /// It is valid by the system's clock, which clients check it with.
    pub(super) fn tls(&self, names: &[String]) -> Result<TlsIdentity> {
        let now = SystemClock::new().now();
        self.authority.tls(names, now).map_err(keys_failed)
    }

    /// The first platform certificate for merchants with SM2 keys.
    pub(super) fn sm_certified(&self) -> Result<Certified> {
        let mut made = lock(&self.sm);
        if let Some(known) = &*made {
            return Ok(known.clone());
        }
        let now = SystemClock::new().now();
        let (key, x509) = self.kept("platform sm", PLATFORM, (KeyAlgorithm::Sm2, now))?;
        Ok(made.insert(certified(&key, &x509)?).clone())
    }

    /// Generates another platform certificate with a new key, valid for a year from the day before `now`
    /// (Unix seconds).
    pub(super) fn next_certified(&self, algorithm: KeyAlgorithm, now: i64) -> Result<Certified> {
        let number = self.added.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("platform {number}");
        let (key, x509) = self.kept(&name, PLATFORM, (algorithm, now))?;
        certified(&key, &x509)
    }

    /// The first platform certificate or one that was added, by its serial.
    #[cfg(feature = "state")]
    pub(super) fn certified_of(&self, algorithm: KeyAlgorithm, serial: &str) -> Option<Certified> {
        let first = match algorithm {
            KeyAlgorithm::Sm2 => self.sm_certified().ok()?,
            _ => self.certified.clone(),
        };
        if first.pair.id == serial {
            return Some(first);
        }
        let journal = self.journal.get()?;
        let added = (1..=self.added()).rev();
        let mut found = added.filter_map(|number| {
            let pem = journal.key(&format!("platform {number}"))?;
            let x509 = X509::from_pem(&pem).ok()?;
            let key = PKey::private_key_from_pem(&pem).ok()?;
            certified(&key, &x509).ok()
        });
        found.find(|it| it.pair.id == serial)
    }

    /// How many platform certificates were added.
    #[cfg(feature = "state")]
    pub(super) fn added(&self) -> u64 {
        self.added.load(Ordering::Relaxed)
    }

    #[cfg(feature = "state")]
    pub(super) fn set_added(&self, added: u64) {
        self.added.store(added, Ordering::Relaxed);
    }

    /// Generates a platform certificate that expired an hour before `now`.
    pub(super) fn expired(&self, algorithm: KeyAlgorithm, now: i64) -> Result<Certified> {
        let key = key_of(algorithm)?;
        self.authority.certify(&key, (now - 365 * DAY, now - 3600))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn certified(key: &PKey<Private>, x509: &X509) -> Result<Certified> {
    let certificate = certificate(x509)?;
    let id = certificate.serial().to_owned();
    let key = private(key)?;
    Ok(Certified {
        pair: Arc::new(PlatformKeyPair { id, key }),
        certificate,
    })
}

fn private(key: &PKey<Private>) -> Result<PrivateKey> {
    PrivateKey::from_bytes(key.private_key_to_pkcs8().map_err(keys_failed)?)
}

/// OpenSSL's type of a key.
fn pkey(key: &PrivateKey) -> Result<PKey<Private>> {
    match key.pkey() {
        Some(key) => Ok(key.to_owned()),
        None => {
            let pem = key.to_pem()?;
            PKey::private_key_from_pem(pem.as_bytes()).map_err(keys_failed)
        }
    }
}

fn certificate(x509: &X509) -> Result<Certificate> {
    Certificate::from_bytes(x509.to_der().map_err(keys_failed)?)
}

fn keys_failed(err: ErrorStack) -> Error {
    Error::new(
        ErrorKind::Key,
        "OpenSSL cannot generate the sandbox's keys and certificates",
    )
    .with_source(err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ids_and_serials_have_the_formats_of_wechat_pay() {
        let identity = Identity::shared(None).unwrap();
        let merchant = &identity.merchant;
        let digits = merchant.public.id.strip_prefix("PUB_KEY_ID_01").unwrap();
        assert_eq!(digits.len(), 26);
        assert!(digits.starts_with(MCHID) && digits.bytes().all(|c| c.is_ascii_digit()));
        for certificate in [&merchant.certificate, &identity.certified.certificate] {
            assert_eq!(certificate.serial().len(), 40);
        }
        assert_eq!(merchant.apiv3_key.expose().len(), 32);
        assert!(merchant.certificate.public_key() == merchant.key.public_key());
    }

    #[test]
    fn a_brands_certificate_begins_when_it_is_first_needed() {
        let identity = Identity::fresh(None).unwrap();
        assert!(identity.made_brands().is_empty());
        let brand = identity.brand(BRAND_ID, 1_900_000_000).unwrap();
        assert_eq!(brand.certificate.not_before(), 1_900_000_000 - DAY);
        identity.brand(BRAND_ID, 2_000_000_000).unwrap();
        let made = identity.made_brands();
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].certificate.not_after(), 1_900_000_000 + 365 * DAY);
    }

    #[test]
    fn the_root_issues_all_certificates() {
        let identity = Identity::shared(None).unwrap();
        let (root, tls) = (identity.root.x509(), identity.tls(&[]).unwrap());
        for certificate in [
            identity.merchant.certificate.x509(),
            identity.certified.certificate.x509(),
            &tls.certificate,
        ] {
            assert!(certificate.verify(&root.public_key().unwrap()).unwrap());
        }
    }
}
