//! Reads the folder, and checks that its files belong together.

use std::fs;
use std::path::Path;

use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use serde_json::Value;

use super::{PlatformFiles, SandboxFiles};
use crate::identity::{DAY, MCHID, Parts};
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::BoxError;
use wechatpay_core::secret::Secret;

pub(super) fn load(dir: &Path) -> Result<Parts, BoxError> {
    let hidden = PlatformFiles::of(dir);
    let ids: Value = serde_json::from_slice(&read(&hidden.ids)?)?;
    let id = |name: &str| {
        let id = ids[name].as_str().map(str::to_owned);
        id.ok_or_else(|| BoxError::from(format!("{} names no {name}", hidden.ids.display())))
    };
    let files = SandboxFiles::of(dir, &id("platform_cert_serial")?);
    let parts = Parts {
        root: key(&hidden.ca_key)?,
        root_certificate: certificate(&files.ca)?,
        merchant: key(&files.merchant_key)?,
        merchant_certificate: certificate(&files.merchant_cert)?,
        public: key(&hidden.public_key)?,
        public_id: id("platform_public_key_id")?,
        certified: key(&hidden.certificate_key)?,
        certified_certificate: certificate(&files.platform_cert)?,
        apiv3_key: secret(&files.apiv3_key)?,
        v2_key: secret(&files.v2_key)?,
    };
    check(&parts)?;
    check_copies(&files, &parts)?;
    Ok(parts)
}

/// Checks that the files with copies of keys, where they exist, have the same keys.
fn check_copies(files: &SandboxFiles, parts: &Parts) -> Result<(), BoxError> {
    let path = &files.platform_public_key;
    if path.exists() {
        let public = PKey::public_key_from_pem(&read(path)?).map_err(|err| unfit(path, err))?;
        if !public.public_eq(&parts.public) {
            return Err(unfit(path, "not of the key that signs"));
        }
    }
    let path = &files.merchant_p12;
    if path.exists() {
        let p12 = Pkcs12::from_der(&read(path)?).and_then(|p12| p12.parse2(MCHID));
        let p12 = p12.map_err(|err| unfit(path, err))?;
        let same = p12.pkey.is_some_and(|key| key.public_eq(&parts.merchant));
        if !same {
            return Err(unfit(path, "it does not belong to the key in the folder"));
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, BoxError> {
    fs::read(path).map_err(|err| unfit(path, err))
}

fn key(path: &Path) -> Result<PKey<Private>, BoxError> {
    PKey::private_key_from_pem(&read(path)?).map_err(|err| unfit(path, err))
}

fn certificate(path: &Path) -> Result<X509, BoxError> {
    X509::from_pem(&read(path)?).map_err(|err| unfit(path, err))
}

fn secret(path: &Path) -> Result<Secret, BoxError> {
    let text = String::from_utf8(read(path)?).map_err(|err| unfit(path, err))?;
    match text.trim() {
        text if text.len() == 32 => Ok(Secret::new(text)),
        _ => Err(unfit(path, "not 32 characters")),
    }
}

/// Whether the files belong together.
fn check(parts: &Parts) -> Result<(), BoxError> {
    let root = parts.root_certificate.public_key()?;
    for (name, key, x509) in certificates(parts) {
        if !x509.public_key()?.public_eq(key) {
            return Err(format!("{name} does not belong to the key in the folder").into());
        }
        if !x509.verify(&root)? {
            return Err(format!("{name} was not issued by ca.pem").into());
        }
    }
    Ok(())
}

/// Whether one of the certificates expires within a day of `now` (Unix seconds).
pub(super) fn is_old(parts: &Parts, now: i64) -> Result<bool, BoxError> {
    for (_, _, x509) in certificates(parts) {
        let end = Certificate::from_bytes(x509.to_der()?)?.not_after();
        if end <= now + DAY {
            return Ok(true);
        }
    }
    Ok(false)
}

fn certificates(parts: &Parts) -> [(&'static str, &PKey<Private>, &X509); 3] {
    let Parts {
        root,
        root_certificate,
        ..
    } = parts;
    [
        ("ca.pem", root, root_certificate),
        (
            "apiclient_cert.pem",
            &parts.merchant,
            &parts.merchant_certificate,
        ),
        (
            "the platform certificate",
            &parts.certified,
            &parts.certified_certificate,
        ),
    ]
}

pub(super) fn unfit(path: &Path, err: impl Into<BoxError>) -> BoxError {
    format!("{}: {}", path.display(), err.into()).into()
}
