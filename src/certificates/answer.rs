//! The answer of `v3/certificates`: opened, checked and verified with what is in it.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use super::failure;
use crate::crypto::aes::{self, KEY_LEN};
use crate::crypto::{Certificate, base64};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::{Keyring, SignatureHeaders};
use crate::secret::Secret;

/// The answer as it came.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What an answer has to fit.
pub(super) struct Checks<'a> {
    pub(super) apiv3_key: &'a Secret,
    pub(super) roots: &'a [Certificate],
    /// Keys that are trusted already.
    pub(super) keyring: &'a Keyring,
    /// Unix seconds.
    pub(super) now: i64,
    /// The time that the signature has to be of.
    pub(super) signed_near: i64,
}

impl Answer {
    /// The certificates, those that have ended among them, if everything holds.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Certificates`] with what does not.
    pub(super) fn certificates(&self, checks: &Checks<'_>) -> Result<Vec<Certificate>> {
        let list = open(&self.body, checks.apiv3_key)?;
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
        valid().for_each(|certificate| trusted.add_certificate(certificate));
        SignatureHeaders::read(&self.headers)
            .and_then(|signature| signature.verify(&trusted, checks.signed_near, &self.body))
            .map_err(failure::not_verified)?;
        Ok(list)
    }
}

/// Whether a certificate is neither over nor only to come.
pub(super) fn is_valid(certificate: &Certificate, now: i64) -> bool {
    (certificate.not_before()..=certificate.not_after()).contains(&now)
}

fn open(body: &[u8], key: &Secret) -> Result<Vec<Certificate>> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|err| failure::malformed("it is not JSON").with_source(err))?;
    let items = value["data"]
        .as_array()
        .ok_or_else(|| failure::malformed("it has no list `data`"))?;
    items.iter().map(|item| open_one(item, key)).collect()
}

fn open_one(item: &Value, key: &Secret) -> Result<Certificate> {
    let pem = decrypt(&item["encrypt_certificate"], key)?;
    let certificate = Certificate::from_bytes(&pem).map_err(failure::not_trusted)?;
    let said = item["serial_no"].as_str().unwrap_or_default();
    match said.eq_ignore_ascii_case(certificate.serial()) {
        true => Ok(certificate),
        false => Err(failure::malformed(
            "a serial_no is not that of its certificate",
        )),
    }
}

fn decrypt(envelope: &Value, key: &Secret) -> Result<Vec<u8>> {
    let text = |name: &'static str| {
        envelope[name]
            .as_str()
            .ok_or_else(|| failure::malformed("an encrypt_certificate lacks a member"))
    };
    if text("algorithm")? != "AEAD_AES_256_GCM" {
        return Err(failure::malformed(
            "its algorithm is not AEAD_AES_256_GCM, the only one that is known here",
        ));
    }
    let ciphertext = base64::decode(text("ciphertext")?)
        .ok_or_else(|| failure::malformed("a ciphertext is not base64"))?;
    let key: &[u8; KEY_LEN] = key
        .expose()
        .as_bytes()
        .try_into()
        .map_err(|_| Error::new(ErrorKind::Builder, "the APIv3 key does not have 32 bytes"))?;
    let (nonce, aad) = (text("nonce")?, text("associated_data")?);
    aes::gcm_decrypt(key, nonce.as_bytes(), aad.as_bytes(), &ciphertext)
        .map(|pem| pem.to_vec())
        .map_err(failure::wrong_key)
}
