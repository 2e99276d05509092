//! The keys of the merchants after the first, each in a subfolder.

use std::path::{Path, PathBuf};

use openssl::x509::X509;

use super::write::Claim;
use super::{SandboxFiles, read, renewal, write};
use crate::identity::{Credentials, Identity, MerchantParts};
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};

/// The subfolder of a merchant. Its id has only digits.
pub(super) fn folder_of(dir: &Path, mchid: &str) -> PathBuf {
    dir.join("merchants").join(mchid)
}

/// Loads the keys of a merchant from the folder of a sandbox, or generates and writes them.
///
/// A certificate that has expired, or that an earlier root issued, is renewed for the same key.
pub(in crate::folder) fn load(
    dir: &Path,
    identity: &Identity,
    mchid: &str,
) -> Result<Credentials, BoxError> {
    let files = SandboxFiles::of_merchant(dir, "", mchid);
    let root = identity.root.x509();
    if !files.merchant_key.is_file() {
        let parts = identity.new_merchant(mchid)?;
        if write::save_merchant(&files, &parts, mchid, root)? == Claim::Won {
            return Ok(identity.loaded(mchid, parts)?);
        }
    }
    write::await_file(&files.merchant_cert, &files.merchant_key)?;
    let parts = read_merchant(&files, mchid)?;
    let parts = if is_old(&parts, root)? {
        renew(dir, identity, mchid)?
    } else {
        parts
    };
    Ok(identity.loaded(mchid, parts)?)
}

fn read_merchant(files: &SandboxFiles, mchid: &str) -> Result<MerchantParts, BoxError> {
    let parts = read::merchant(files)?;
    read::check_p12(files, &parts, mchid)?;
    if !parts.certificate.public_key()?.public_eq(&parts.key) {
        let why = "it does not belong to the key in its folder";
        return Err(read::unfit(&files.merchant_cert, why));
    }
    Ok(parts)
}

/// Whether the certificate has expired, or an earlier root issued it.
fn is_old(parts: &MerchantParts, root: &X509) -> Result<bool, BoxError> {
    let is_issued = parts.certificate.verify(&*root.public_key()?)?;
    Ok(!is_issued || read::expires(&parts.certificate, SystemClock::new().now())?)
}

/// Renews the certificate, unless another sandbox has done so since it was read.
fn renew(dir: &Path, identity: &Identity, mchid: &str) -> Result<MerchantParts, BoxError> {
    let (files, root) = (
        SandboxFiles::of_merchant(dir, "", mchid),
        identity.root.x509(),
    );
    let _renewal = renewal::begin(dir)?;
    let parts = read_merchant(&files, mchid)?;
    if !is_old(&parts, root)? {
        return Ok(parts);
    }
    let parts = identity.renewed_merchant(parts)?;
    write::replace_merchant(&files, &parts, mchid, root)?;
    Ok(parts)
}

/// Writes the keys that the user gave for a merchant, for those who look for them in the folder.
pub(crate) fn save_given(dir: &Path, identity: &Identity, credentials: &Credentials) -> Result<()> {
    let files = SandboxFiles::of_merchant(dir, "", &credentials.mchid);
    let root = identity.root.x509();
    let parts = credentials.parts()?;
    let saved = write::overwrite_merchant(&files, &parts, &credentials.mchid, root);
    saved.map_err(|why| unusable(dir, &credentials.mchid, why))
}

/// As [`load`], for a folder that [`open`](super::open) has opened.
pub(crate) fn open_merchant(dir: &Path, identity: &Identity, mchid: &str) -> Result<Credentials> {
    load(dir, identity, mchid).map_err(|why| unusable(dir, mchid, why))
}

fn unusable(dir: &Path, mchid: &str, why: BoxError) -> Error {
    let message = format!(
        "the keys of the merchant {mchid} in {} cannot be used: delete that folder, and the next start makes it anew \
         with other keys; or name another folder",
        folder_of(dir, mchid).display()
    );
    Error::new(ErrorKind::File, message).with_source(why)
}
