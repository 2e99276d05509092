//! The keys and certificates of a sandbox.

mod authority;
mod parts;

use std::sync::{Arc, OnceLock};

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use authority::{Authority, Purpose, validity};
pub(super) use authority::{DAY, TlsIdentity};
pub(super) use parts::Parts;
use parts::rsa_keys;

use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::crypto::{Certificate, PrivateKey};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::Scheme;
use wechatpay_core::secret::Secret;

/// The merchant id (商户号) of every sandbox.
pub(super) const MCHID: &str = "1900000109";
/// The brand id (品牌ID) of every sandbox.
pub(super) const BRAND_ID: &str = "120344";

/// The keys, ids and certificates that a sandbox and its clients share.
pub(super) struct Identity {
    pub(super) mchid: String,
    pub(super) brand_id: String,
    pub(super) merchant_key: PrivateKey,
    pub(super) merchant_certificate: Certificate,
    /// The public key (微信支付公钥).
    pub(super) public: Arc<PlatformKeyPair>,
    /// The first platform certificate.
    pub(super) certified: Certified,
    authority: Authority,
    pub(super) apiv3_key: Secret,
    pub(super) v2_key: Secret,
    pub(super) root: Certificate,
    /// Generated when it is first needed: few tests have a brand.
    brand: OnceLock<Result<Brand>>,
}

/// The key and certificate of a brand (品牌).
pub(super) struct Brand {
    pub(super) key: PrivateKey,
    pub(super) certificate: Certificate,
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
    /// The identity that the sandboxes of this process share by default.
    pub(super) fn shared() -> Result<Arc<Self>> {
        static SHARED: OnceLock<Result<Arc<Identity>, String>> = OnceLock::new();
        SHARED
            .get_or_init(|| Self::fresh().map_err(|err| err.report()))
            .clone()
            .map_err(|report| Error::new(ErrorKind::Key, report))
    }

    /// Generates new keys.
    pub(super) fn fresh() -> Result<Arc<Self>> {
        Self::of(Parts::make()?)
    }

    /// Builds an identity from its parts.
    pub(super) fn of(parts: Parts) -> Result<Arc<Self>> {
        let authority = Authority {
            key: parts.root,
            certificate: parts.root_certificate,
        };
        Ok(Arc::new(Self {
            mchid: MCHID.to_owned(),
            brand_id: BRAND_ID.to_owned(),
            merchant_key: private(&parts.merchant)?,
            merchant_certificate: certificate(&parts.merchant_certificate)?,
            public: Arc::new(PlatformKeyPair {
                id: parts.public_id,
                key: private(&parts.public)?,
            }),
            certified: certified(&parts.certified, &parts.certified_certificate)?,
            apiv3_key: parts.apiv3_key,
            v2_key: parts.v2_key,
            root: certificate(&authority.certificate)?,
            authority,
            brand: OnceLock::new(),
        }))
    }

    /// The id and the certificate that sign requests of a scheme.
    ///
    /// The brand's certificate is made when it is first needed, and begins a day before `now` (Unix seconds).
    pub(super) fn signer_of(&self, scheme: Scheme, now: i64) -> Result<(&str, &Certificate)> {
        if scheme == Scheme::Brand {
            return Ok((&self.brand_id, &self.brand(now)?.certificate));
        }
        Ok((&self.mchid, &self.merchant_certificate))
    }

    pub(super) fn brand(&self, now: i64) -> Result<&Brand> {
        let make = || {
            let [key] = rsa_keys()?;
            let x509 = self
                .authority
                .issue(BRAND_ID, &key, Purpose::Signing, validity(now))
                .map_err(keys_failed)?;
            Ok(Brand {
                key: private(&key)?,
                certificate: certificate(&x509)?,
            })
        };
        let made = self.brand.get_or_init(make);
        made.as_ref().map_err(Error::duplicate)
    }

    /// The brand's certificate, if it has been needed before.
    pub(super) fn made_brand(&self) -> Option<&Certificate> {
        let made = self.brand.get()?.as_ref().ok()?;
        Some(&made.certificate)
    }

    /// A TLS certificate for these names and those of loopback.
    ///
    /// It is valid by the system's clock, which clients check it with.
    pub(super) fn tls(&self, names: &[String]) -> Result<TlsIdentity> {
        let now = SystemClock::new().now();
        self.authority.tls(names, now).map_err(keys_failed)
    }

    /// Generates another platform certificate with a new key, valid for a year from the day before `now`
    /// (Unix seconds).
    pub(super) fn next_certified(&self, now: i64) -> Result<Certified> {
        let [key] = rsa_keys()?;
        self.authority.certify(&key, validity(now))
    }

    /// Generates a platform certificate that expired an hour before `now`.
    pub(super) fn expired(&self, now: i64) -> Result<Certified> {
        let [key] = rsa_keys()?;
        self.authority.certify(&key, (now - 365 * DAY, now - 3600))
    }
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
    PrivateKey::from_bytes(key.private_key_to_der().map_err(keys_failed)?)
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
        let identity = Identity::shared().unwrap();
        let digits = identity.public.id.strip_prefix("PUB_KEY_ID_01").unwrap();
        assert_eq!(digits.len(), 26);
        assert!(digits.starts_with(MCHID) && digits.bytes().all(|c| c.is_ascii_digit()));
        for certificate in [
            &identity.merchant_certificate,
            &identity.certified.certificate,
        ] {
            assert_eq!(certificate.serial().len(), 40);
        }
        assert_eq!(identity.apiv3_key.expose().len(), 32);
        let merchant = identity.merchant_certificate.public_key();
        assert!(merchant == identity.merchant_key.public_key());
    }

    #[test]
    fn a_brands_certificate_begins_when_it_is_first_needed() {
        let identity = Identity::fresh().unwrap();
        assert!(identity.made_brand().is_none());
        let brand = identity.brand(1_900_000_000).unwrap();
        assert_eq!(brand.certificate.not_before(), 1_900_000_000 - DAY);
        identity.brand(2_000_000_000).unwrap();
        let made = identity.made_brand().unwrap();
        assert_eq!(made.not_after(), 1_900_000_000 + 365 * DAY);
    }

    #[test]
    fn the_root_issues_all_certificates() {
        let identity = Identity::shared().unwrap();
        let (root, tls) = (identity.root.x509(), identity.tls(&[]).unwrap());
        for certificate in [
            identity.merchant_certificate.x509(),
            identity.certified.certificate.x509(),
            &tls.certificate,
        ] {
            assert!(certificate.verify(&root.public_key().unwrap()).unwrap());
        }
    }
}
