//! The platform keys: WeChat Pay's public key, and platform certificates that can be rotated.
//!
//! All merchants have the same keys. A [`PlatformView`] says which of them one merchant knows, and how.

mod signer;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
#[cfg(feature = "control")]
use serde::Deserialize;
#[cfg(feature = "state")]
use serde::Serialize;
use serde_json::{Value, json};

use crate::date::rfc3339;
use crate::fault::Fault;
use crate::identity::{Certified, Credentials, DAY, Identity, PlatformKeyPair, is_same_serial};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::signing;
use wechatpay_core::catalog::{AnswerSignature, Operation};
use wechatpay_core::clock::Clock;
use wechatpay_core::crypto::{Certificate, KeyAlgorithm};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

pub(crate) use signer::{Asked, Signer};

/// Whether an operation returns the list of platform certificates.
pub(crate) fn is_certificate_list(operation: Option<&Operation>) -> bool {
    operation.is_some_and(|operation| {
        ["v3/certificates", "v3/global/certificates"].contains(&operation.path())
    })
}

/// The kind of key with which a merchant verifies answers and notifications (验签方式).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "control", derive(Deserialize))]
#[cfg_attr(feature = "control", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PlatformMode {
    /// Platform certificates (平台证书) alone: the merchant has no public key.
    Certificate,
    /// The public key (微信支付公钥) alone, as new merchants have: the list of certificates is refused.
    PublicKey,
    /// Both: the key that the request names signs. [`Sandbox::certificate_mode`](crate::Sandbox::certificate_mode) says
    /// what signs if it names none.
    #[default]
    Both,
}

impl PlatformMode {
    /// `certificate`, `public_key` or `both`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::PublicKey => "public_key",
            Self::Both => "both",
        }
    }
}

/// How one merchant knows the platform.
#[derive(Clone)]
pub(crate) struct PlatformView {
    /// The public key, with the id that the merchant has for it.
    pub(crate) public: Arc<PlatformKeyPair>,
    pub(crate) mode: PlatformMode,
    /// The algorithm of the merchant's key, and so of the platform's.
    pub(crate) algorithm: KeyAlgorithm,
}

impl PlatformView {
    pub(crate) fn new(credentials: &Credentials, mode: PlatformMode) -> Self {
        let algorithm = credentials.key.algorithm();
        Self {
            public: Arc::clone(&credentials.public),
            // WeChat Pay has public keys for RSA only.
            mode: match algorithm {
                KeyAlgorithm::Sm2 => PlatformMode::Certificate,
                _ => mode,
            },
            algorithm,
        }
    }

    pub(crate) fn has_public_key(&self) -> bool {
        self.mode != PlatformMode::Certificate
    }

    pub(crate) fn has_certificates(&self) -> bool {
        self.mode != PlatformMode::PublicKey
    }
}

/// The keys that sign responses and notifications.
pub(crate) struct PlatformKeys {
    identity: Arc<Identity>,
    /// Whether there were no certificates at the start.
    public_key_only: bool,
    /// The mode at the start.
    certificate_mode: bool,
    keys: Mutex<Keys>,
    /// The keys for merchants with SM2 keys (国密), made when the first of them calls.
    sm_keys: Mutex<Option<Keys>>,
}

/// The keys of one algorithm.
pub(crate) struct Keys {
    /// The newest last; none in public-key mode.
    certified: Vec<Certified>,
    /// Made when it is first needed.
    expired: Option<Certified>,
    /// Whether a certificate signs what names no key.
    certificate_mode: bool,
    /// Until when the certificate before the newest signs, after the newest was announced.
    overlap_until: Option<i64>,
}

/// The keys of both algorithms in a checkpoint. The keys themselves are in the journal.
#[cfg(feature = "state")]
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedPlatform {
    keys: SavedKeys,
    sm_keys: Option<SavedKeys>,
}

#[cfg(feature = "state")]
#[derive(Serialize, Deserialize)]
struct SavedKeys {
    serials: Vec<String>,
    certificate_mode: bool,
    overlap_until: Option<i64>,
}

/// The longest list of certificates. WeChat Pay lists one or two, and each needs a new key.
const MOST: usize = 10;

impl PlatformKeys {
    pub(crate) fn new(
        identity: Arc<Identity>,
        public_key_only: bool,
        certificate_mode: bool,
    ) -> Self {
        let first = (!public_key_only).then(|| identity.certified.clone());
        let keys = Keys {
            certified: first.into_iter().collect(),
            expired: None,
            certificate_mode,
            overlap_until: None,
        };
        Self {
            identity,
            public_key_only,
            certificate_mode,
            keys: Mutex::new(keys),
            sm_keys: Mutex::new(None),
        }
    }

    /// Restores the keys of the start. Later certificates are dropped, because they may belong to another clock.
    pub(crate) fn reset(&self) {
        let (only, mode) = (self.public_key_only, self.certificate_mode);
        let first = Self::new(Arc::clone(&self.identity), only, mode);
        let first = first.keys.into_inner();
        *self.keys() = first.unwrap_or_else(PoisonError::into_inner);
        *lock(&self.sm_keys) = None;
    }

    #[cfg(feature = "state")]
    pub(crate) fn saved(&self) -> SavedPlatform {
        SavedPlatform {
            keys: self.keys().saved(),
            sm_keys: lock(&self.sm_keys).as_ref().map(Keys::saved),
        }
    }

    /// Replaces the keys; `None` when the journal lacks one.
    #[cfg(feature = "state")]
    pub(crate) fn restore(&self, saved: SavedPlatform) -> Option<()> {
        let keys = |saved: SavedKeys, algorithm| {
            let serials = saved.serials.iter();
            Some(Keys {
                certified: serials
                    .map(|serial| self.identity.certified_of(algorithm, serial))
                    .collect::<Option<_>>()?,
                expired: None,
                certificate_mode: saved.certificate_mode,
                overlap_until: saved.overlap_until,
            })
        };
        *self.keys() = keys(saved.keys, KeyAlgorithm::Rsa)?;
        let sm_keys = saved.sm_keys.map(|saved| keys(saved, KeyAlgorithm::Sm2));
        *lock(&self.sm_keys) = sm_keys.map_or(Some(None), |keys| keys.map(Some))?;
        Some(())
    }

    /// The key of an id, compared case-insensitively, if the merchant has it.
    pub(crate) fn pair(&self, id: &str, view: &PlatformView) -> Option<Arc<PlatformKeyPair>> {
        if view.has_public_key() && is_same_serial(&view.public.id, id) {
            return Some(Arc::clone(&view.public));
        }
        if !view.has_certificates() {
            return None;
        }
        self.with_keys(view.algorithm, |keys| {
            let mut certified = keys.certified.iter();
            let found = certified.find(|it| is_same_serial(&it.pair.id, id))?;
            Some(Arc::clone(&found.pair))
        })
    }

    /// The ids of the keys that the merchant knows.
    pub(crate) fn ids(&self, view: &PlatformView) -> Vec<String> {
        let public = view.has_public_key().then_some(&view.public.id);
        self.with_keys(view.algorithm, |keys| {
            let certified = keys.certified.iter().map(|it| &it.pair.id);
            let certified = certified.filter(|_| view.has_certificates());
            public.into_iter().chain(certified).cloned().collect()
        })
    }

    /// The key of the signing certificate: the newest or, while they overlap, the one before it. `None` when the
    /// merchant has no certificates.
    pub(crate) fn current(&self, view: &PlatformView, now: i64) -> Option<Arc<PlatformKeyPair>> {
        if !view.has_certificates() {
            return None;
        }
        self.with_keys(view.algorithm, |keys| {
            let overlaps = keys.overlap_until.is_some_and(|until| now < until);
            let mut newest_first = keys.certified.iter().rev();
            let newest = newest_first.next()?;
            let current = newest_first.next().filter(|_| overlaps).unwrap_or(newest);
            Some(Arc::clone(&current.pair))
        })
    }

    /// An expired certificate.
    pub(crate) fn expired(&self, algorithm: KeyAlgorithm, now: i64) -> Result<Certified> {
        self.with_keys(algorithm, |keys| {
            // The clock may have been set back since the certificate was made.
            let has_expired = |it: &&Certified| it.certificate.not_after() < now;
            if let Some(expired) = keys.expired.as_ref().filter(has_expired) {
                return Ok(expired.clone());
            }
            let expired = self.identity.expired(algorithm, now)?;
            Ok(keys.expired.insert(expired).clone())
        })
    }

    /// The response of `v3/certificates`; `key` is the merchant's APIv3 key.
    pub(crate) fn list(
        &self,
        fault: Option<&Fault>,
        (view, key): (&PlatformView, (KeyAlgorithm, &Secret)),
        clock: &dyn Clock,
    ) -> Result<Reply> {
        let listed = match fault {
            Some(Fault::ExpiredCertificate) => vec![self.expired(view.algorithm, clock.now())?],
            // As WeChat Pay lists them: the newest first.
            _ if view.has_certificates() => {
                let newest_first = |keys: &mut Keys| keys.certified.iter().rev().cloned().collect();
                self.with_keys(view.algorithm, newest_first)
            }
            _ => Vec::new(),
        };
        if listed.is_empty() {
            return Ok(Refusal::no_certificate().reply());
        }
        let items = listed
            .iter()
            .map(|it| item(&it.certificate, key, clock))
            .collect::<Result<Vec<_>>>()?;
        let body = json!({"data": items});
        Ok(Reply::json(StatusCode::OK, &body, AnswerSignature::Body))
    }

    /// The serials of the certificates, the newest last.
    #[cfg(feature = "control")]
    pub(crate) fn serials(&self) -> Vec<String> {
        let ids = |keys: &Keys| keys.certified.iter().map(|it| it.pair.id.clone()).collect();
        let sm: Vec<_> = lock(&self.sm_keys).as_ref().map(ids).unwrap_or_default();
        [sm, ids(&lock(&self.keys))].concat()
    }

    /// Adds a certificate that signs a day later, or when the old ones are retired.
    ///
    /// Source: "下载平台证书": a new certificate is added to the list 24 hours before it is used.
    pub(crate) fn announce(&self, now: i64) -> Result<Certificate> {
        let certificate = self.rotate(now)?;
        self.each(|keys| keys.overlap_until = Some(now.saturating_add(DAY)));
        Ok(certificate)
    }

    pub(crate) fn rotate(&self, now: i64) -> Result<Certificate> {
        // Generate the key outside of the lock, because it takes long.
        self.keys().check_room()?;
        let new = self.identity.next_certified(KeyAlgorithm::Rsa, now)?;
        let certificate = new.certificate.clone();
        let mut keys = self.keys();
        keys.check_room()?;
        keys.push(new);
        drop(keys);
        if lock(&self.sm_keys).is_some() {
            let new = self.identity.next_certified(KeyAlgorithm::Sm2, now)?;
            self.with_keys(KeyAlgorithm::Sm2, |keys| keys.push(new));
        }
        Ok(certificate)
    }

    #[cfg(feature = "control")]
    pub(crate) fn certificate_mode(&self) -> bool {
        self.keys().certificate_mode
    }

    pub(crate) fn set_certificate_mode(&self, on: bool) {
        self.keys().certificate_mode = on;
    }

    /// Leaves the certificates for SM2, for which there is no public key.
    pub(crate) fn retire_all(&self) {
        self.keys().certified.clear();
    }

    pub(crate) fn retire(&self) {
        self.each(|keys| {
            let old = keys.certified.len().saturating_sub(1);
            keys.certified.drain(..old);
            keys.overlap_until = None;
        });
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        lock(&self.keys)
    }

    /// Changes the keys of both algorithms.
    fn each(&self, change: impl Fn(&mut Keys)) {
        change(&mut lock(&self.keys));
        if let Some(keys) = lock(&self.sm_keys).as_mut() {
            change(keys);
        }
    }

    /// Works with the keys of an algorithm.
    fn with_keys<T>(&self, algorithm: KeyAlgorithm, work: impl FnOnce(&mut Keys) -> T) -> T {
        if algorithm != KeyAlgorithm::Sm2 {
            return work(&mut lock(&self.keys));
        }
        let mut keys = lock(&self.sm_keys);
        work(keys.get_or_insert_with(|| Keys {
            // A merchant with an SM2 key exists only if OpenSSL has SM2.
            certified: self.identity.sm_certified().into_iter().collect(),
            expired: None,
            certificate_mode: true,
            overlap_until: None,
        }))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keys {
    #[cfg(feature = "state")]
    fn saved(&self) -> SavedKeys {
        SavedKeys {
            serials: self.certified.iter().map(|it| it.pair.id.clone()).collect(),
            certificate_mode: self.certificate_mode,
            overlap_until: self.overlap_until,
        }
    }

    fn push(&mut self, new: Certified) {
        self.certified.push(new);
        self.overlap_until = None;
    }

    fn check_room(&self) -> Result<()> {
        if self.certified.len() < MOST {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Builder,
            format!("there are already {MOST} platform certificates: retire the old ones first"),
        ))
    }
}

/// One certificate of the list.
fn item(
    certificate: &Certificate,
    key: (KeyAlgorithm, &Secret),
    clock: &dyn Clock,
) -> Result<Value> {
    Ok(json!({
        "serial_no": certificate.serial(),
        "effective_time": rfc3339(certificate.not_before()),
        "expire_time": rfc3339(certificate.not_after()),
        "encrypt_certificate": signing::encrypt_resource(key, "certificate", &certificate.to_pem()?, clock)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expired_certificate_has_expired_by_any_clock() {
        const NOW: i64 = 1_800_000_000;
        let platform = PlatformKeys::new(Identity::shared(None).unwrap(), false, false);
        for now in [NOW + 400 * 86_400, NOW] {
            let expired = platform.expired(KeyAlgorithm::Rsa, now).unwrap();
            assert!(expired.certificate.not_after() < now);
            let again = platform.expired(KeyAlgorithm::Rsa, now).unwrap();
            assert_eq!(again.pair.id, expired.pair.id);
        }
        platform.reset();
        assert!(platform.keys().expired.is_none());
    }
}
