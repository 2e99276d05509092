//! A folder with the keys of a sandbox, as the files that a merchant has.

mod keys;
mod merchant;
mod read;
mod renewal;
#[cfg(test)]
mod tests;
mod write;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::identity::{MCHID, Parts};
pub(super) use keys::key_store;
pub(super) use merchant::{open_merchant, save_given};
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};
use write::Claim;

/// The files in a folder of [`SandboxBuilder::dir`](super::SandboxBuilder::dir).
///
/// The subfolder `sandbox` holds the private keys of the platform, which WeChat Pay does not publish. The files of a
/// merchant that is not the first are in `merchants/MCHID`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SandboxFiles {
    /// `apiclient_key.pem`: the merchant's private key.
    pub merchant_key: PathBuf,
    /// `apiclient_cert.pem`: the merchant certificate.
    pub merchant_cert: PathBuf,
    /// `apiclient_cert.p12`: key and certificate; the passphrase is the merchant id.
    pub merchant_p12: PathBuf,
    /// `pub_key.pem`: the public key (微信支付公钥).
    pub platform_public_key: PathBuf,
    /// `wechatpay_SERIAL.pem`: the platform certificate (平台证书).
    pub platform_cert: PathBuf,
    /// `apiv3_key.txt`: the APIv3 key.
    pub apiv3_key: PathBuf,
    /// `v2_key.txt`: the APIv2 key.
    pub v2_key: PathBuf,
    /// `ca.pem`: the root of all certificates, including that of TLS.
    pub ca: PathBuf,
}

impl SandboxFiles {
    /// The files of a merchant that is not the first: its own are in a subfolder.
    pub(super) fn of_merchant(dir: &Path, serial: &str, mchid: &str) -> Self {
        let own = merchant::folder_of(dir, mchid);
        Self {
            merchant_key: own.join("apiclient_key.pem"),
            merchant_cert: own.join("apiclient_cert.pem"),
            merchant_p12: own.join("apiclient_cert.p12"),
            apiv3_key: own.join("apiv3_key.txt"),
            v2_key: own.join("v2_key.txt"),
            ..Self::of(dir, serial)
        }
    }

    /// The files of a folder whose platform certificate has this serial.
    pub(super) fn of(dir: &Path, serial: &str) -> Self {
        Self {
            merchant_key: dir.join("apiclient_key.pem"),
            merchant_cert: dir.join("apiclient_cert.pem"),
            merchant_p12: dir.join("apiclient_cert.p12"),
            platform_public_key: dir.join("pub_key.pem"),
            platform_cert: dir.join(format!("wechatpay_{serial}.pem")),
            apiv3_key: dir.join("apiv3_key.txt"),
            v2_key: dir.join("v2_key.txt"),
            ca: dir.join("ca.pem"),
        }
    }
}

/// The files of the platform's private keys.
struct PlatformFiles {
    ca_key: PathBuf,
    public_key: PathBuf,
    certificate_key: PathBuf,
    /// The key and certificate for merchants with SM2 keys.
    sm_key: PathBuf,
    sm_certificate: PathBuf,
    /// Written first; it marks a folder of a sandbox.
    marker: PathBuf,
    /// Written last; a folder without it is incomplete.
    ids: PathBuf,
}

impl PlatformFiles {
    fn of(dir: &Path) -> Self {
        let dir = dir.join("sandbox");
        Self {
            ca_key: dir.join("ca_key.pem"),
            public_key: dir.join("pub_key_private.pem"),
            certificate_key: dir.join("wechatpay_private.pem"),
            sm_key: dir.join("wechatpay_sm_private.pem"),
            sm_certificate: dir.join("wechatpay_sm.pem"),
            marker: dir.join("README.txt"),
            ids: dir.join("ids.json"),
        }
    }
}

/// Loads the keys of a folder. Generates them if the folder is empty or does not exist; then the first merchant has
/// the id `mchid`, or the default one.
///
/// Renews certificates that have expired or expire within a day.
pub(super) fn open(dir: &Path, mchid: Option<&str>) -> Result<Parts> {
    let parts = open_at(dir, SystemClock::new().now(), mchid)?;
    match mchid.filter(|mchid| *mchid != parts.mchid) {
        None => Ok(parts),
        Some(mchid) => Err(other_merchant(dir, &parts.mchid, mchid)),
    }
}

/// [`open`] at the time `now` (Unix seconds), for whichever merchant a folder has.
fn open_at(dir: &Path, now: i64, mchid: Option<&str>) -> Result<Parts> {
    let hidden = PlatformFiles::of(dir);
    if !hidden.marker.is_file() && !hidden.ids.is_file() {
        if !is_empty(dir)? {
            return Err(foreign_folder(dir));
        }
        let parts = Parts::made_at(now, mchid.unwrap_or(MCHID))?;
        let saved = write::save(dir, &parts).map_err(|err| {
            let message = format!(
                "the sandbox's folder {} cannot be written: make it writable, or name another folder",
                dir.display()
            );
            Error::new(ErrorKind::File, message).with_source(err)
        })?;
        if saved == Claim::Won {
            return Ok(parts);
        }
    }
    write::await_file(&hidden.ids, &hidden.marker).map_err(|why| broken(dir, why))?;
    let parts = read::load(dir).map_err(|why| broken(dir, why))?;
    write::complete(dir, &parts).map_err(|why| not_restricted(dir, why))?;
    if read::is_old(&parts, now).map_err(|why| broken(dir, why))? {
        return renew(dir, now);
    }
    Ok(parts)
}

/// Renews the certificates, unless another sandbox has done so since they were read.
fn renew(dir: &Path, now: i64) -> Result<Parts> {
    let _renewal = renewal::begin(dir).map_err(|why| not_renewed(dir, why))?;
    let parts = read::load(dir).map_err(|why| broken(dir, why))?;
    if !read::is_old(&parts, now).map_err(|why| broken(dir, why))? {
        return Ok(parts);
    }
    let parts = parts.renewed(now)?;
    write::replace_certificates(dir, &parts).map_err(|why| not_renewed(dir, why))?;
    Ok(parts)
}

fn not_renewed(dir: &Path, why: BoxError) -> Error {
    let message = format!(
        "the certificates in the sandbox's folder {} have expired or do so within a day, and new ones \
         for the same keys cannot be written: make the folder writable, or name another",
        dir.display()
    );
    Error::new(ErrorKind::File, message).with_source(why)
}

/// Whether a folder is empty, or as another sandbox leaves it for a moment before it writes the first file.
fn is_empty(dir: &Path) -> Result<bool> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.all(|entry| {
            let path = entry.map(|it| it.path()).unwrap_or_default();
            path == dir.join("sandbox") && has_no_entries(&path)
        })),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(err) => {
            let message = format!(
                "the sandbox's folder {} cannot be read: make it readable, or name another folder",
                dir.display()
            );
            Err(Error::new(ErrorKind::File, message).with_source(err))
        }
    }
}

fn has_no_entries(dir: &Path) -> bool {
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none())
}

fn not_restricted(dir: &Path, why: BoxError) -> Error {
    let message = format!(
        "the sandbox's folder {} lacks a file or others may read keys in it, and that cannot be mended: \
         make the folder this user's own and writable, or name another",
        dir.display()
    );
    Error::new(ErrorKind::File, message).with_source(why)
}

fn other_merchant(dir: &Path, known: &str, asked: &str) -> Error {
    let message = format!(
        "the sandbox's folder {} has the keys of the merchant {known}, and {asked} is asked for: start with --mchid \
         {known}, or name another folder",
        dir.display()
    );
    Error::new(ErrorKind::File, message)
}

/// An error of a folder that a sandbox has made.
fn broken(dir: &Path, why: BoxError) -> Error {
    let message = format!(
        "the sandbox's folder {} is broken: delete it, and the next start makes it anew with other \
         keys; or name another folder",
        dir.display()
    );
    Error::new(ErrorKind::File, message).with_source(why)
}

fn foreign_folder(dir: &Path) -> Error {
    let message = format!(
        "{} has files in it that are not a sandbox's, and nothing was changed there: name a folder for \
         the sandbox alone, such as {}",
        dir.display(),
        unused(dir).display()
    );
    Error::new(ErrorKind::File, message)
}

/// A subfolder that does not exist.
fn unused(dir: &Path) -> PathBuf {
    let named = |number: u32| match number {
        1 => dir.join("wechatpay-sandbox"),
        _ => dir.join(format!("wechatpay-sandbox-{number}")),
    };
    let free = (1..100).map(named).find(|path| !path.exists());
    free.unwrap_or_else(|| named(100))
}
