//! The credentials of one merchant: what it signs with, and what its answers are encrypted with.

use std::sync::Arc;

use openssl::bn::BigNum;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::authority::{Authority, Purpose, key_of, random, rsa_keys, validity};
use super::{
    Identity, PlatformKeyPair, certificate, is_same_serial, keys_failed, lock, pkey, private,
};
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::crypto::digest::hex_lower;
use wechatpay_core::crypto::{Certificate, KeyAlgorithm, PrivateKey};
use wechatpay_core::error::Result;
use wechatpay_core::secret::Secret;

/// The keys and numbers that a merchant and WeChat Pay hold.
pub(crate) struct Credentials {
    pub(crate) mchid: String,
    pub(crate) key: PrivateKey,
    pub(crate) certificate: Certificate,
    pub(crate) apiv3_key: Secret,
    pub(crate) v2_key: Secret,
    /// The public key (微信支付公钥) with the id that this merchant knows it by. All merchants of a sandbox have the
    /// same key; the id of each has its merchant id in it.
    pub(crate) public: Arc<PlatformKeyPair>,
}

/// The keys that the user gives for a merchant. The others are generated.
#[derive(Clone, Default)]
pub(crate) struct GivenKeys {
    /// The algorithm of the key, which is generated where none is given.
    pub(crate) algorithm: KeyAlgorithm,
    pub(crate) key: Option<PrivateKey>,
    pub(crate) certificate: Option<Certificate>,
    /// The serial of the certificate that is issued where none is given, in hexadecimal.
    pub(crate) serial: Option<String>,
    pub(crate) apiv3_key: Option<Secret>,
    pub(crate) v2_key: Option<Secret>,
}

/// The credentials of a merchant as OpenSSL has them, generated or read from a folder.
pub(crate) struct MerchantParts {
    pub(crate) key: PKey<Private>,
    pub(crate) certificate: X509,
    pub(crate) apiv3_key: Secret,
    pub(crate) v2_key: Secret,
}

impl Credentials {
    pub(super) fn of(mchid: String, parts: MerchantParts, public: PlatformKeyPair) -> Result<Self> {
        Ok(Self {
            mchid,
            key: private(&parts.key)?,
            certificate: certificate(&parts.certificate)?,
            apiv3_key: parts.apiv3_key,
            v2_key: parts.v2_key,
            public: Arc::new(public),
        })
    }
}

impl Credentials {
    /// The key that encrypts resources and certificates.
    pub(crate) fn resource_key(&self) -> (KeyAlgorithm, &Secret) {
        (self.key.algorithm(), &self.apiv3_key)
    }

    /// As a folder keeps them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`](wechatpay_core::error::ErrorKind::Key) when OpenSSL cannot use the key.
    pub(crate) fn parts(&self) -> Result<MerchantParts> {
        Ok(MerchantParts {
            key: pkey(&self.key)?,
            certificate: self.certificate.x509().to_owned(),
            apiv3_key: self.apiv3_key.clone(),
            v2_key: self.v2_key.clone(),
        })
    }
}

impl MerchantParts {
    pub(super) fn made(
        key: PKey<Private>,
        mchid: &str,
        authority: &Authority,
        now: i64,
    ) -> Result<Self> {
        let certificate = authority.issue(mchid, &key, Purpose::Signing, validity(now));
        Ok(Self {
            certificate: certificate.map_err(keys_failed)?,
            key,
            apiv3_key: secret()?,
            v2_key: secret()?,
        })
    }

    /// Renews the certificate for the same key, with the same serial.
    pub(super) fn renewed(self, authority: &Authority, now: i64) -> Result<Self> {
        let certificate = authority.renew(&self.certificate, &self.key, now);
        Ok(Self {
            certificate: certificate.map_err(keys_failed)?,
            ..self
        })
    }
}

impl Identity {
    /// The credentials of a merchant: those of the first, or the given keys and generated ones for the rest.
    ///
    /// Generated credentials are kept, so that every sandbox with this identity has the same.
    pub(crate) fn credentials(&self, mchid: &str, given: &GivenKeys) -> Result<Arc<Credentials>> {
        let own = Some(&self.merchant).filter(|own| own.mchid == mchid);
        if !given.is_empty() {
            let own = own.map(|own| &**own);
            return self.completed(mchid, given, own).map(Arc::new);
        }
        if let Some(own) = own {
            return Ok(Arc::clone(own));
        }
        let mut generated = lock(&self.generated);
        if let Some(known) = generated.get(mchid) {
            return Ok(Arc::clone(known));
        }
        let made = Arc::new(self.completed(mchid, given, None)?);
        generated.insert(mchid.to_owned(), Arc::clone(&made));
        Ok(made)
    }

    /// The given keys; what is not given is taken of `own`, or generated.
    pub(crate) fn completed(
        &self,
        mchid: &str,
        given: &GivenKeys,
        own: Option<&Credentials>,
    ) -> Result<Credentials> {
        let own_key = own.filter(|own| own.key.algorithm() == given.algorithm);
        let key = match (&given.key, own_key) {
            (Some(key), _) => key.clone(),
            (None, Some(own)) => own.key.clone(),
            (None, None) => private(&key_of(given.algorithm)?)?,
        };
        let own_certificate = own.map(|own| &own.certificate).filter(|certificate| {
            let asked = given.serial.as_deref().unwrap_or(certificate.serial());
            certificate.public_key() == key.public_key()
                && is_same_serial(certificate.serial(), asked)
        });
        let certificate = match given.certificate.as_ref().or(own_certificate) {
            Some(certificate) => certificate.clone(),
            None => self.certificate_of(mchid, &key, given.serial.as_deref())?,
        };
        let kept = |given: &Option<Secret>, own: Option<&Secret>| match (given, own) {
            (Some(secret), _) | (None, Some(secret)) => Ok(secret.clone()),
            (None, None) => secret(),
        };
        Ok(Credentials {
            mchid: mchid.to_owned(),
            key,
            certificate,
            apiv3_key: kept(&given.apiv3_key, own.map(|own| &own.apiv3_key))?,
            v2_key: kept(&given.v2_key, own.map(|own| &own.v2_key))?,
            public: Arc::new(self.public_of(mchid)),
        })
    }

    /// The credentials that a folder has of a merchant.
    pub(crate) fn loaded(&self, mchid: &str, parts: MerchantParts) -> Result<Credentials> {
        Credentials::of(mchid.to_owned(), parts, self.public_of(mchid))
    }

    /// Generates the credentials of a merchant for a folder.
    pub(crate) fn new_merchant(&self, mchid: &str) -> Result<MerchantParts> {
        let [key] = rsa_keys()?;
        MerchantParts::made(key, mchid, &self.authority, SystemClock::new().now())
    }

    /// Renews the certificate of a merchant.
    pub(crate) fn renewed_merchant(&self, parts: MerchantParts) -> Result<MerchantParts> {
        parts.renewed(&self.authority, SystemClock::new().now())
    }

    pub(super) fn certificate_of(
        &self,
        mchid: &str,
        key: &PrivateKey,
        serial: Option<&str>,
    ) -> Result<Certificate> {
        let validity = validity(SystemClock::new().now());
        let (authority, key) = (&self.authority, &pkey(key)?);
        let issued = match serial {
            None => authority.issue(mchid, key, Purpose::Signing, validity),
            Some(serial) => BigNum::from_hex_str(serial)
                .and_then(|serial| serial.to_asn1_integer())
                .and_then(|serial| authority.issue_with(mchid, serial, key, validity)),
        };
        certificate(&issued.map_err(keys_failed)?)
    }

    /// The public key with the id of a merchant: `01`, the merchant id, the last 16 digits of the first merchant's.
    fn public_of(&self, mchid: &str) -> PlatformKeyPair {
        let first = &self.merchant.public;
        let number = &first.id[first.id.len().saturating_sub(16)..];
        PlatformKeyPair {
            id: if mchid == self.merchant.mchid {
                first.id.clone()
            } else {
                format!("PUB_KEY_ID_01{mchid}{number}")
            },
            key: first.key.clone(),
        }
    }
}

impl GivenKeys {
    pub(crate) fn is_empty(&self) -> bool {
        self.algorithm == KeyAlgorithm::Rsa
            && self.key.is_none()
            && self.certificate.is_none()
            && self.serial.is_none()
            && self.apiv3_key.is_none()
            && self.v2_key.is_none()
    }
}

/// 32 hexadecimal digits.
fn secret() -> Result<Secret> {
    Ok(Secret::new(hex_lower(
        &random::<16>().map_err(keys_failed)?,
    )))
}
