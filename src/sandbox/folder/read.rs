//! Reads the folder, and checks that its files belong together.

use std::fs;
use std::path::Path;

use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use serde_json::Value;

use super::{PlatformFiles, SandboxFiles};
use crate::identity::{DAY, MCHID, MerchantParts, Parts};
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
        // Folders of earlier versions name no merchant.
        mchid: ids["mchid"].as_str().unwrap_or(MCHID).to_owned(),
        merchant: merchant(&files)?,
        public: key(&hidden.public_key)?,
        public_id: id("platform_public_key_id")?,
        certified: key(&hidden.certificate_key)?,
        certified_certificate: certificate(&files.platform_cert)?,
    };
    check(&parts)?;
    check_copies(&files, &parts)?;
    check_p12(&files, &parts.merchant, &parts.mchid)?;
    Ok(parts)
}

/// The keys of a merchant.
pub(super) fn merchant(files: &SandboxFiles) -> Result<MerchantParts, BoxError> {
    Ok(MerchantParts {
        key: key(&files.merchant_key)?,
        certificate: certificate(&files.merchant_cert)?,
        apiv3_key: secret(&files.apiv3_key)?,
        v2_key: secret(&files.v2_key)?,
    })
}

/// Checks that the file with the public key, where it exists, has the key that signs.
fn check_copies(files: &SandboxFiles, parts: &Parts) -> Result<(), BoxError> {
    let path = &files.platform_public_key;
    if path.exists() {
        let public = PKey::public_key_from_pem(&read(path)?).map_err(|err| unfit(path, err))?;
        if !public.public_eq(&parts.public) {
            return Err(unfit(path, "not of the key that signs"));
        }
    }
    Ok(())
}

/// Checks that the PKCS#12 file, where it exists, has the merchant's key.
pub(super) fn check_p12(
    files: &SandboxFiles,
    merchant: &MerchantParts,
    mchid: &str,
) -> Result<(), BoxError> {
    let path = &files.merchant_p12;
    if path.exists() {
        let p12 = Pkcs12::from_der(&read(path)?).and_then(|p12| p12.parse2(mchid));
        let p12 = p12.map_err(|err| unfit(path, err))?;
        let same = p12.pkey.is_some_and(|key| key.public_eq(&merchant.key));
        if !same {
            return Err(unfit(path, "it does not belong to the key in the folder"));
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, BoxError> {
    fs::read(path).map_err(|err| unfit(path, err))
}

pub(super) fn key(path: &Path) -> Result<PKey<Private>, BoxError> {
    PKey::private_key_from_pem(&read(path)?).map_err(|err| unfit(path, err))
}

pub(super) fn certificate(path: &Path) -> Result<X509, BoxError> {
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
        if expires(x509, now)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a certificate expires within a day of `now`.
pub(super) fn expires(x509: &X509, now: i64) -> Result<bool, BoxError> {
    let end = Certificate::from_bytes(x509.to_der()?)?.not_after();
    Ok(end <= now + DAY)
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
            &parts.merchant.key,
            &parts.merchant.certificate,
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
