//! The response of `v3/certificates`: decrypted, checked, and verified with the certificates in it.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::failure;
use wechatpay_core::crypto::{Certificate, KeyAlgorithm};
use wechatpay_core::error::Result;
use wechatpay_core::protocol::envelope::{ALGORITHM, SM_ALGORITHM, Sealed};
use wechatpay_core::protocol::{Keyring, SignatureHeaders};
use wechatpay_core::secret::Secret;

/// The response as received.
#[derive(Clone)]
pub(super) struct CertificatesAnswer {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// The inputs of the checks.
pub(super) struct Checks<'a> {
    pub(super) apiv3_key: &'a Secret,
    /// The algorithm of the client's keys.
    pub(super) algorithm: KeyAlgorithm,
    pub(super) roots: &'a [Certificate],
    /// The keys that are already trusted.
    pub(super) keyring: &'a Keyring,
    /// Unix seconds.
    pub(super) now: i64,
    /// The time that the signature must be close to.
    pub(super) signed_near: i64,
}

impl CertificatesAnswer {
    /// Checks the list and returns its certificates, including expired ones.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Certificates`], which names the failed check.
    pub(super) fn certificates(&self, checks: &Checks<'_>) -> Result<Vec<Certificate>> {
        let list = open(&self.body, checks)?;
        let valid = || list.iter().filter(|it| is_valid(it, checks.now));
        if valid().next().is_none() {
            return Err(failure::all_ended(&list));
        }
        if !checks.roots.is_empty() {
            for certificate in valid() {
                certificate
                    .check_issued_by(checks.roots, checks.now)
                    .map_err(failure::not_trusted)?;
            }
        }
        let trusted = checks.keyring.detached();
        trusted.replace_certificates(&[], &valid().cloned().collect::<Vec<_>>());
        SignatureHeaders::read(&self.headers)
            .and_then(|signature| signature.verify(&trusted, checks.signed_near, &self.body))
            .map_err(failure::not_verified)?;
        Ok(list)
    }
}

/// Whether a certificate is neither expired nor not yet valid.
pub(super) fn is_valid(certificate: &Certificate, now: i64) -> bool {
    (certificate.not_before()..=certificate.not_after()).contains(&now)
}

fn open(body: &[u8], checks: &Checks<'_>) -> Result<Vec<Certificate>> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|err| failure::malformed("it is not JSON").with_source(err))?;
    let items = value["data"]
        .as_array()
        .ok_or_else(|| failure::malformed("it has no list `data`"))?;
    // A merchant that changes its algorithm has certificates of both. This client uses those of its algorithm.
    let other = match checks.algorithm {
        KeyAlgorithm::Sm2 => ALGORITHM,
        _ => SM_ALGORITHM,
    };
    let is_ours = |item: &&Value| item["encrypt_certificate"]["algorithm"] != other;
    let ours: Vec<_> = items.iter().filter(is_ours).collect();
    if ours.is_empty() && !items.is_empty() {
        return Err(failure::other_algorithm(checks.algorithm));
    }
    ours.into_iter()
        .map(|item| open_one(item, checks))
        .collect()
}

fn open_one(item: &Value, checks: &Checks<'_>) -> Result<Certificate> {
    let pem = decrypt(&item["encrypt_certificate"], checks.apiv3_key)?;
    let certificate = Certificate::from_bytes(&pem).map_err(failure::not_trusted)?;
    if certificate.public_key().algorithm() != checks.algorithm {
        return Err(failure::other_algorithm(checks.algorithm));
    }
    let said = item["serial_no"].as_str().unwrap_or_default();
    if said.eq_ignore_ascii_case(certificate.serial()) {
        Ok(certificate)
    } else {
        Err(failure::malformed(
            "a serial_no differs from the serial of its certificate",
        ))
    }
}

fn decrypt(envelope: &Value, key: &Secret) -> Result<Vec<u8>> {
    let sealed = Sealed::of_resource(envelope);
    sealed.check().map_err(|err| {
        failure::malformed("an encrypt_certificate is malformed").with_source(err)
    })?;
    let pem = sealed.open([key]).map_err(failure::wrong_key)?;
    Ok(pem.to_vec())
}
