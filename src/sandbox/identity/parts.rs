//! The parts of an identity, which are generated or read from a folder.

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::authority::{Authority, PLATFORM, Purpose, random, rsa_keys, validity};
use super::credentials::MerchantParts;
use super::keys_failed;
use wechatpay_core::error::Result;

/// The keys and certificates of an identity.
pub(crate) struct Parts {
    pub(crate) root: PKey<Private>,
    pub(crate) root_certificate: X509,
    /// The id of the first merchant.
    pub(crate) mchid: String,
    pub(crate) merchant: MerchantParts,
    pub(crate) public: PKey<Private>,
    pub(crate) public_id: String,
    pub(crate) certified: PKey<Private>,
    pub(crate) certified_certificate: X509,
}

impl Parts {
    /// Generates the parts at the time `now` (Unix seconds), for a first merchant with this id.
    pub(crate) fn made_at(now: i64, mchid: &str) -> Result<Self> {
        let [root, merchant, public, certified] = rsa_keys()?;
        let authority = Authority::new(root, now).map_err(keys_failed)?;
        let certificate = authority.issue(PLATFORM, &certified, Purpose::Signing, validity(now));
        Ok(Self {
            merchant: MerchantParts::made(merchant, mchid, &authority, now)?,
            certified_certificate: certificate.map_err(keys_failed)?,
            mchid: mchid.to_owned(),
            root: authority.key,
            root_certificate: authority.certificate,
            public,
            public_id: public_key_id(mchid).map_err(keys_failed)?,
            certified,
        })
    }

    /// Keeps the keys and renews the certificates for a year from the day before `now` (Unix seconds). The
    /// certificates of merchant and platform keep their serials, so that settings with these serials stay
    /// valid. The root gets a new serial: browsers refuse a changed root with an old one.
    pub(crate) fn renewed(self, now: i64) -> Result<Self> {
        let authority = Authority::new(self.root, now).map_err(keys_failed)?;
        let certified = authority.renew(&self.certified_certificate, &self.certified, now);
        Ok(Self {
            merchant: self.merchant.renewed(&authority, now)?,
            certified_certificate: certified.map_err(keys_failed)?,
            root: authority.key,
            root_certificate: authority.certificate,
            ..self
        })
    }
}

/// An id in WeChat Pay's format: `01`, the merchant id, 16 digits.
fn public_key_id(mchid: &str) -> Result<String, ErrorStack> {
    let number = u64::from_be_bytes(random()?) % 10_u64.pow(16);
    Ok(format!("PUB_KEY_ID_01{mchid}{number:016}"))
}
