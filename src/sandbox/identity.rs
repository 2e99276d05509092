//! The keys and certificates of a sandbox.

use std::sync::{Arc, OnceLock};
use std::thread;

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, PKey, PKeyRef, Private};
use openssl::rand::rand_bytes;
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name, X509NameRef, X509Ref};

use crate::clock::{Clock, SystemClock};
use crate::crypto::digest::hex_lower;
use crate::crypto::{Certificate, PrivateKey};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::Scheme;
use crate::secret::Secret;

/// The one merchant.
pub(super) const MCHID: &str = "1900000109";
/// The one brand.
pub(super) const BRAND_ID: &str = "120344";
/// Whose name the platform certificates have.
const PLATFORM: &str = "Tenpay.com sign (sandbox)";

/// All that a sandbox and its client know of each other.
pub(super) struct Identity {
    pub(super) merchant_key: PrivateKey,
    pub(super) merchant_certificate: Certificate,
    /// The public key (微信支付公钥).
    pub(super) public: Arc<PlatformPair>,
    /// The first platform certificate.
    pub(super) certified: Certified,
    authority: Authority,
    pub(super) apiv3_key: Secret,
    pub(super) v2_key: Secret,
    pub(super) root: Certificate,
    pub(super) tls: Tls,
    /// Made when it is first needed: few tests have a brand.
    brand: OnceLock<Result<Brand>>,
}

/// What a brand (品牌) signs with.
pub(super) struct Brand {
    pub(super) key: PrivateKey,
    pub(super) certificate: Certificate,
}

/// A platform certificate and its key.
#[derive(Clone)]
pub(super) struct Certified {
    pub(super) pair: Arc<PlatformPair>,
    pub(super) certificate: Certificate,
}

/// A key of the gateway with the id by which headers name it.
pub(super) struct PlatformPair {
    pub(super) id: String,
    pub(super) key: PrivateKey,
}

/// What the gateway shows in TLS.
pub(super) struct Tls {
    pub(super) key: PKey<Private>,
    pub(super) certificate: X509,
    /// Who issued what a client may present.
    pub(super) root: X509,
}

impl Identity {
    /// The identity that the sandboxes of this process share.
    pub(super) fn shared() -> Result<Arc<Self>> {
        static SHARED: OnceLock<Result<Arc<Identity>, String>> = OnceLock::new();
        SHARED
            .get_or_init(|| Self::fresh().map_err(|err| err.report()))
            .clone()
            .map_err(|report| Error::new(ErrorKind::Key, report))
    }

    /// New keys.
    pub(super) fn fresh() -> Result<Arc<Self>> {
        Self::of(Parts::make()?)
    }

    /// Keys that were made before, or just now.
    pub(super) fn of(parts: Parts) -> Result<Arc<Self>> {
        let authority = Authority {
            key: parts.root,
            certificate: parts.root_certificate,
        };
        Ok(Arc::new(Self {
            merchant_key: private(&parts.merchant)?,
            merchant_certificate: certificate(&parts.merchant_certificate)?,
            public: Arc::new(PlatformPair {
                id: parts.public_id,
                key: private(&parts.public)?,
            }),
            certified: certified(&parts.certified, &parts.certified_certificate)?,
            apiv3_key: parts.apiv3_key,
            v2_key: parts.v2_key,
            root: certificate(&authority.certificate)?,
            tls: authority.tls().map_err(unmade)?,
            authority,
            brand: OnceLock::new(),
        }))
    }

    /// The id and the certificate of who signs by a scheme.
    pub(super) fn who(&self, scheme: Scheme) -> Result<(&'static str, &Certificate)> {
        Ok(match scheme {
            Scheme::Merchant => (MCHID, &self.merchant_certificate),
            Scheme::Brand => (BRAND_ID, &self.brand()?.certificate),
        })
    }

    pub(super) fn brand(&self) -> Result<&Brand> {
        let make = || {
            let ([key], now) = (rsa_keys()?, SystemClock::new().now());
            let x509 = self
                .authority
                .issue(BRAND_ID, &key, Purpose::Signing, validity(now))
                .map_err(unmade)?;
            Ok(Brand {
                key: private(&key)?,
                certificate: certificate(&x509)?,
            })
        };
        let made = self.brand.get_or_init(make);
        made.as_ref().map_err(Error::duplicate)
    }

    /// The brand's certificate, when it was needed before.
    pub(super) fn made_brand(&self) -> Option<&Certificate> {
        let made = self.brand.get()?.as_ref().ok()?;
        Some(&made.certificate)
    }

    /// A further platform certificate, for a new key, valid from the day before `now` (Unix seconds)
    /// for a year.
    pub(super) fn next_certified(&self, now: i64) -> Result<Certified> {
        let [key] = rsa_keys()?;
        self.authority.certify(&key, validity(now))
    }

    /// One whose time was over an hour before `now`.
    pub(super) fn expired(&self, now: i64) -> Result<Certified> {
        let [key] = rsa_keys()?;
        self.authority.certify(&key, (now - 365 * DAY, now - 3600))
    }
}

/// What makes an identity, and what a folder holds of one.
pub(super) struct Parts {
    pub(super) root: PKey<Private>,
    pub(super) root_certificate: X509,
    pub(super) merchant: PKey<Private>,
    pub(super) merchant_certificate: X509,
    pub(super) public: PKey<Private>,
    pub(super) public_id: String,
    pub(super) certified: PKey<Private>,
    pub(super) certified_certificate: X509,
    pub(super) apiv3_key: Secret,
    pub(super) v2_key: Secret,
}

impl Parts {
    pub(super) fn make() -> Result<Self> {
        let [root, merchant, public, certified] = rsa_keys()?;
        let authority = Authority::new(root).map_err(unmade)?;
        let validity = validity(SystemClock::new().now());
        let issue = |name, key| authority.issue(name, key, Purpose::Signing, validity);
        Ok(Self {
            merchant_certificate: issue(MCHID, &merchant).map_err(unmade)?,
            certified_certificate: issue(PLATFORM, &certified).map_err(unmade)?,
            root: authority.key,
            root_certificate: authority.certificate,
            merchant,
            public,
            public_id: public_key_id().map_err(unmade)?,
            certified,
            apiv3_key: Secret::new(hex_lower(&random::<16>().map_err(unmade)?)),
            v2_key: Secret::new(hex_lower(&random::<16>().map_err(unmade)?)),
        })
    }
}

/// Each takes a tenth of a second or so, more or less by luck, so they are made side by side.
fn rsa_keys<const N: usize>() -> Result<[PKey<Private>; N]> {
    let workers = [(); N].map(|()| thread::spawn(|| PKey::from_rsa(Rsa::generate(2048)?)));
    let mut keys = Vec::with_capacity(N);
    for worker in workers {
        let key = worker
            .join()
            .map_err(|_| Error::new(ErrorKind::Key, "making the sandbox's keys panicked"))?;
        keys.push(key.map_err(unmade)?);
    }
    keys.try_into()
        .map_err(|_| Error::new(ErrorKind::Key, "the sandbox has made too few keys"))
}

/// The form that WeChat Pay's have: `01`, the merchant id, 16 digits.
fn public_key_id() -> Result<String, ErrorStack> {
    let number = u64::from_be_bytes(random()?) % 10_u64.pow(16);
    Ok(format!("PUB_KEY_ID_01{MCHID}{number:016}"))
}

const DAY: i64 = 86_400;

/// From the day before, for a year.
fn validity(now: i64) -> (i64, i64) {
    (now - DAY, now + 365 * DAY)
}

/// Who signs the certificates.
struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

enum Purpose {
    Authority,
    Signing,
    Server,
}

impl Authority {
    fn new(key: PKey<Private>) -> Result<Self, ErrorStack> {
        let name = name("wechatpay-chain sandbox CA")?;
        let validity = validity(SystemClock::new().now());
        let mut builder = draft(&name, &name, &key, validity)?;
        extend(&mut builder, None, &Purpose::Authority)?;
        builder.sign(&key, MessageDigest::sha256())?;
        let certificate = builder.build();
        Ok(Self { key, certificate })
    }

    fn certify(&self, key: &PKey<Private>, validity: (i64, i64)) -> Result<Certified> {
        let x509 = self
            .issue(PLATFORM, key, Purpose::Signing, validity)
            .map_err(unmade)?;
        certified(key, &x509)
    }

    fn issue(
        &self,
        common: &str,
        key: &PKey<Private>,
        to: Purpose,
        validity: (i64, i64),
    ) -> Result<X509, ErrorStack> {
        let subject = name(common)?;
        let mut builder = draft(&subject, self.certificate.subject_name(), key, validity)?;
        extend(&mut builder, Some(&self.certificate), &to)?;
        builder.sign(&self.key, MessageDigest::sha256())?;
        Ok(builder.build())
    }

    fn tls(&self) -> Result<Tls, ErrorStack> {
        let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        let key = PKey::from_ec_key(EcKey::generate(&curve)?)?;
        let validity = validity(SystemClock::new().now());
        let certificate = self.issue("localhost", &key, Purpose::Server, validity)?;
        Ok(Tls {
            key,
            certificate,
            root: self.certificate.clone(),
        })
    }
}

fn certified(key: &PKey<Private>, x509: &X509) -> Result<Certified> {
    let certificate = certificate(x509)?;
    let id = certificate.serial().to_owned();
    let key = private(key)?;
    Ok(Certified {
        pair: Arc::new(PlatformPair { id, key }),
        certificate,
    })
}

fn draft<T: HasPublic>(
    subject: &X509NameRef,
    issuer: &X509NameRef,
    key: &PKeyRef<T>,
    (not_before, not_after): (i64, i64),
) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial()?)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::from_unix(not_before)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(not_after)?)?;
    Ok(builder)
}

/// 20 bytes, 40 digits, the first not zero and the number positive.
fn serial() -> Result<Asn1Integer, ErrorStack> {
    let mut bytes: [u8; 20] = random()?;
    bytes[0] = bytes[0] & 0x3f | 0x40;
    BigNum::from_slice(&bytes)?.to_asn1_integer()
}

fn extend(
    builder: &mut X509Builder,
    issuer: Option<&X509Ref>,
    purpose: &Purpose,
) -> Result<(), ErrorStack> {
    let mut constraints = BasicConstraints::new();
    let mut usage = KeyUsage::new();
    constraints.critical();
    usage.critical().digital_signature();
    match purpose {
        Purpose::Authority => {
            constraints.ca();
            usage.key_cert_sign().crl_sign();
        }
        Purpose::Signing => {
            usage.key_encipherment();
        }
        Purpose::Server => {
            let usage = ExtendedKeyUsage::new().server_auth().build()?;
            builder.append_extension(usage)?;
            let mut names = SubjectAlternativeName::new();
            names.dns("localhost").ip("127.0.0.1").ip("::1");
            let names = names.build(&builder.x509v3_context(issuer, None))?;
            builder.append_extension(names)?;
        }
    }
    builder.append_extension(constraints.build()?)?;
    builder.append_extension(usage.build()?)?;
    identify(builder, issuer)
}

/// Python's strict chain check wants both identifiers.
fn identify(builder: &mut X509Builder, issuer: Option<&X509Ref>) -> Result<(), ErrorStack> {
    let subject = SubjectKeyIdentifier::new().build(&builder.x509v3_context(issuer, None))?;
    builder.append_extension(subject)?;
    if issuer.is_some() {
        let authority = AuthorityKeyIdentifier::new()
            .keyid(true)
            .build(&builder.x509v3_context(issuer, None))?;
        builder.append_extension(authority)?;
    }
    Ok(())
}

fn name(common: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509Name::builder()?;
    name.append_entry_by_nid(Nid::COMMONNAME, common)?;
    Ok(name.build())
}

fn random<const N: usize>() -> Result<[u8; N], ErrorStack> {
    let mut bytes = [0; N];
    rand_bytes(&mut bytes)?;
    Ok(bytes)
}

fn private(key: &PKey<Private>) -> Result<PrivateKey> {
    PrivateKey::from_bytes(key.private_key_to_der().map_err(unmade)?)
}

fn certificate(x509: &X509) -> Result<Certificate> {
    Certificate::from_bytes(x509.to_der().map_err(unmade)?)
}

fn unmade(err: ErrorStack) -> Error {
    Error::new(
        ErrorKind::Key,
        "OpenSSL cannot make the sandbox's keys and certificates",
    )
    .with_source(err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_ids_and_serials_have_the_forms_of_wechat_pay() {
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
    fn the_root_has_issued_all_certificates() {
        let identity = Identity::shared().unwrap();
        let root = identity.root.x509();
        for certificate in [
            identity.merchant_certificate.x509(),
            identity.certified.certificate.x509(),
            &identity.tls.certificate,
        ] {
            assert!(certificate.verify(&root.public_key().unwrap()).unwrap());
        }
    }
}
