//! The certificate authority of the sandbox.

use std::net::IpAddr;
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

use super::{Certified, certified, keys_failed};
use wechatpay_core::crypto::KeyAlgorithm;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The common name of platform certificates.
pub(super) const PLATFORM: &str = "Tenpay.com sign (sandbox)";
pub(crate) const DAY: i64 = 86_400;

/// A year from the day before `now`.
pub(super) fn validity(now: i64) -> (i64, i64) {
    (now - DAY, now + 365 * DAY)
}

/// The key and certificate of the TLS server.
pub(crate) struct TlsIdentity {
    pub(crate) key: PKey<Private>,
    pub(crate) certificate: X509,
    /// The root of the certificates that clients may present.
    pub(crate) root: X509,
}

/// The root that signs all certificates.
#[derive(Clone)]
pub(super) struct Authority {
    pub(super) key: PKey<Private>,
    pub(super) certificate: X509,
}

pub(super) enum Purpose<'a> {
    Authority,
    Signing,
    /// For the names of loopback and these.
    Server(&'a [String]),
}

impl Authority {
    pub(super) fn new(key: PKey<Private>, now: i64) -> Result<Self, ErrorStack> {
        let name = name("wechatpay-chain sandbox CA")?;
        let mut builder = draft(&name, &name, &key, validity(now), serial()?)?;
        extend(&mut builder, None, &Purpose::Authority)?;
        builder.sign(&key, MessageDigest::sha256())?;
        let certificate = builder.build();
        Ok(Self { key, certificate })
    }

    pub(super) fn certify(&self, key: &PKey<Private>, validity: (i64, i64)) -> Result<Certified> {
        let x509 = self
            .issue(PLATFORM, key, Purpose::Signing, validity)
            .map_err(keys_failed)?;
        certified(key, &x509)
    }

    pub(super) fn issue(
        &self,
        common: &str,
        key: &PKeyRef<Private>,
        to: Purpose<'_>,
        validity: (i64, i64),
    ) -> Result<X509, ErrorStack> {
        self.issue_as(&*name(common)?, serial()?, key, to, validity)
    }

    /// Issues a merchant's certificate with a given serial.
    pub(super) fn issue_with(
        &self,
        common: &str,
        serial: Asn1Integer,
        key: &PKeyRef<Private>,
        validity: (i64, i64),
    ) -> Result<X509, ErrorStack> {
        self.issue_as(&*name(common)?, serial, key, Purpose::Signing, validity)
    }

    /// Issues a certificate again for another time, with the same key, name and serial.
    pub(super) fn renew(
        &self,
        old: &X509Ref,
        key: &PKey<Private>,
        now: i64,
    ) -> Result<X509, ErrorStack> {
        let serial = old.serial_number().to_bn()?.to_asn1_integer()?;
        self.issue_as(
            old.subject_name(),
            serial,
            key,
            Purpose::Signing,
            validity(now),
        )
    }

    fn issue_as(
        &self,
        subject: &X509NameRef,
        serial: Asn1Integer,
        key: &PKeyRef<Private>,
        to: Purpose<'_>,
        validity: (i64, i64),
    ) -> Result<X509, ErrorStack> {
        let issuer = self.certificate.subject_name();
        let mut builder = draft(subject, issuer, key, validity, serial)?;
        extend(&mut builder, Some(&self.certificate), &to)?;
        builder.sign(&self.key, MessageDigest::sha256())?;
        Ok(builder.build())
    }

    pub(super) fn tls(&self, names: &[String], now: i64) -> Result<TlsIdentity, ErrorStack> {
        let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
        let key = PKey::from_ec_key(EcKey::generate(&curve)?)?;
        let purpose = Purpose::Server(names);
        let certificate = self.issue("localhost", &key, purpose, validity(now))?;
        Ok(TlsIdentity {
            key,
            certificate,
            root: self.certificate.clone(),
        })
    }
}

fn draft<T: HasPublic>(
    subject: &X509NameRef,
    issuer: &X509NameRef,
    key: &PKeyRef<T>,
    (not_before, not_after): (i64, i64),
    serial: Asn1Integer,
) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&serial)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::from_unix(not_before)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(not_after)?)?;
    Ok(builder)
}

/// A positive number of 20 bytes whose 40 hexadecimal digits do not begin with zero.
fn serial() -> Result<Asn1Integer, ErrorStack> {
    let mut bytes: [u8; 20] = random()?;
    bytes[0] = bytes[0] & 0x3f | 0x40;
    BigNum::from_slice(&bytes)?.to_asn1_integer()
}

fn extend(
    builder: &mut X509Builder,
    issuer: Option<&X509Ref>,
    purpose: &Purpose<'_>,
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
        Purpose::Server(hosts) => {
            let usage = ExtendedKeyUsage::new().server_auth().build()?;
            builder.append_extension(usage)?;
            let mut names = SubjectAlternativeName::new();
            names.dns("localhost").ip("127.0.0.1").ip("::1");
            for host in *hosts {
                match host.parse::<IpAddr>() {
                    Ok(ip) => names.ip(&ip.to_string()),
                    Err(_) => names.dns(host),
                };
            }
            let names = names.build(&builder.x509v3_context(issuer, None))?;
            builder.append_extension(names)?;
        }
    }
    builder.append_extension(constraints.build()?)?;
    builder.append_extension(usage.build()?)?;
    identify(builder, issuer)
}

/// Python's strict check of certificate chains requires both identifiers.
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

/// Generates an SM2 key.
pub(super) fn sm2_key() -> Result<PKey<Private>> {
    let made = EcGroup::from_curve_name(Nid::SM2)
        .and_then(|curve| EcKey::generate(&curve))
        .and_then(PKey::from_ec_key);
    made.map_err(|err| {
        let message = "this OpenSSL has no SM2, which the sandbox needs for the certificates of merchants with SM2 keys: use \
                       another build of OpenSSL";
        Error::new(ErrorKind::Unsupported, message).with_source(err)
    })
}

/// Generates a key of an algorithm.
pub(super) fn key_of(algorithm: KeyAlgorithm) -> Result<PKey<Private>> {
    if algorithm == KeyAlgorithm::Sm2 {
        return sm2_key();
    }
    let [key] = rsa_keys()?;
    Ok(key)
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], ErrorStack> {
    let mut bytes = [0; N];
    rand_bytes(&mut bytes)?;
    Ok(bytes)
}
