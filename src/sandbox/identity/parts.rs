//! The parts of an identity, which are generated or read from a folder.

use std::thread;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::X509;

use super::authority::{Authority, PLATFORM, Purpose, random, validity};
use super::{MCHID, keys_failed};
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::crypto::digest::hex_lower;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

/// The keys and certificates of an identity.
pub(crate) struct Parts {
    pub(crate) root: PKey<Private>,
    pub(crate) root_certificate: X509,
    pub(crate) merchant: PKey<Private>,
    pub(crate) merchant_certificate: X509,
    pub(crate) public: PKey<Private>,
    pub(crate) public_id: String,
    pub(crate) certified: PKey<Private>,
    pub(crate) certified_certificate: X509,
    pub(crate) apiv3_key: Secret,
    pub(crate) v2_key: Secret,
}

impl Parts {
    pub(crate) fn make() -> Result<Self> {
        Self::made_at(SystemClock::new().now())
    }

    /// Generates the parts at the time `now` (Unix seconds).
    pub(crate) fn made_at(now: i64) -> Result<Self> {
        let [root, merchant, public, certified] = rsa_keys()?;
        let authority = Authority::new(root, now).map_err(keys_failed)?;
        let validity = validity(now);
        let issue = |name, key| authority.issue(name, key, Purpose::Signing, validity);
        Ok(Self {
            merchant_certificate: issue(MCHID, &merchant).map_err(keys_failed)?,
            certified_certificate: issue(PLATFORM, &certified).map_err(keys_failed)?,
            root: authority.key,
            root_certificate: authority.certificate,
            merchant,
            public,
            public_id: public_key_id().map_err(keys_failed)?,
            certified,
            apiv3_key: Secret::new(hex_lower(&random::<16>().map_err(keys_failed)?)),
            v2_key: Secret::new(hex_lower(&random::<16>().map_err(keys_failed)?)),
        })
    }

    /// Keeps the keys and renews the certificates for a year from the day before `now` (Unix seconds). The
    /// certificates of merchant and platform keep their serials, so that settings with these serials stay
    /// valid. The root gets a new serial: browsers refuse a changed root with an old one.
    pub(crate) fn renewed(self, now: i64) -> Result<Self> {
        let authority = Authority::new(self.root, now).map_err(keys_failed)?;
        let renew = |old: &X509, key| authority.renew(old, key, now).map_err(keys_failed);
        Ok(Self {
            merchant_certificate: renew(&self.merchant_certificate, &self.merchant)?,
            certified_certificate: renew(&self.certified_certificate, &self.certified)?,
            root: authority.key,
            root_certificate: authority.certificate,
            ..self
        })
    }
}

/// Generates keys in parallel: each takes about a tenth of a second.
pub(super) fn rsa_keys<const N: usize>() -> Result<[PKey<Private>; N]> {
    let workers = [(); N].map(|()| thread::spawn(|| PKey::from_rsa(Rsa::generate(2048)?)));
    let mut keys = Vec::with_capacity(N);
    for worker in workers {
        let key = worker
            .join()
            .map_err(|_| Error::new(ErrorKind::Key, "generating the sandbox's keys panicked"))?;
        keys.push(key.map_err(keys_failed)?);
    }
    keys.try_into()
        .map_err(|_| Error::new(ErrorKind::Key, "the sandbox has made too few keys"))
}

/// An id in WeChat Pay's format: `01`, the merchant id, 16 digits.
fn public_key_id() -> Result<String, ErrorStack> {
    let number = u64::from_be_bytes(random()?) % 10_u64.pow(16);
    Ok(format!("PUB_KEY_ID_01{MCHID}{number:016}"))
}
