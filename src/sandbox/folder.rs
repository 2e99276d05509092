//! A sandbox's keys in a folder, as the files that a merchant has.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::stack::Stack;
use openssl::x509::X509;
use serde_json::{Value, json};

use super::identity::{MCHID, Parts};
use crate::clock::{Clock, SystemClock};
use crate::crypto::Certificate;
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::secret::Secret;

/// The files in a folder of [`SandboxBuilder::dir`](super::SandboxBuilder::dir).
///
/// Beside them the folder `sandbox` holds the keys that in truth WeChat Pay keeps to itself.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SandboxFiles {
    /// `apiclient_key.pem`: the merchant's private key.
    pub merchant_key: PathBuf,
    /// `apiclient_cert.pem`: the merchant certificate.
    pub merchant_cert: PathBuf,
    /// `apiclient_cert.p12`: both, with the merchant id as passphrase.
    pub merchant_p12: PathBuf,
    /// `pub_key.pem`: the public key (微信支付公钥).
    pub platform_public_key: PathBuf,
    /// `wechatpay_SERIAL.pem`: the platform certificate (平台证书).
    pub platform_cert: PathBuf,
    /// `apiv3_key.txt`: the APIv3 key.
    pub apiv3_key: PathBuf,
    /// `v2_key.txt`: the APIv2 key.
    pub v2_key: PathBuf,
    /// `ca.pem`: the root of all certificates, that of TLS among them.
    pub ca: PathBuf,
}

impl SandboxFiles {
    /// The files of a folder with a certificate of this serial.
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

/// WeChat Pay's own keys.
struct Hidden {
    ca_key: PathBuf,
    public_key: PathBuf,
    certificate_key: PathBuf,
    /// Written last: a folder without it is not complete.
    ids: PathBuf,
}

impl Hidden {
    fn of(dir: &Path) -> Self {
        let dir = dir.join("sandbox");
        Self {
            ca_key: dir.join("ca_key.pem"),
            public_key: dir.join("pub_key_private.pem"),
            certificate_key: dir.join("wechatpay_private.pem"),
            ids: dir.join("ids.json"),
        }
    }
}

/// The folder's keys; in an empty folder, or none, new ones are put.
pub(super) fn open(dir: &Path) -> Result<Parts> {
    if Hidden::of(dir).ids.is_file() {
        return load(dir).and_then(check).map_err(|why| broken(dir, why));
    }
    if !is_empty(dir)? {
        return Err(broken(
            dir,
            "it has files in it, and not all that a sandbox has".into(),
        ));
    }
    let parts = Parts::make()?;
    save(dir, &parts).map_err(|err| {
        let message = format!("the sandbox's folder {} cannot be written", dir.display());
        Error::new(ErrorKind::File, message).with_source(err)
    })?;
    Ok(parts)
}

fn is_empty(dir: &Path) -> Result<bool> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(err) => {
            let message = format!("the sandbox's folder {} cannot be read", dir.display());
            Err(Error::new(ErrorKind::File, message).with_source(err))
        }
    }
}

fn broken(dir: &Path, why: BoxError) -> Error {
    let message = format!(
        "the sandbox's folder {} is broken: delete it, and the next start makes it anew with other \
         keys; or name another folder",
        dir.display()
    );
    Error::new(ErrorKind::File, message).with_source(why)
}

fn load(dir: &Path) -> Result<Parts, BoxError> {
    let hidden = Hidden::of(dir);
    let ids: Value = serde_json::from_slice(&read(&hidden.ids)?)?;
    let id = |name: &str| {
        let id = ids[name].as_str().map(str::to_owned);
        id.ok_or_else(|| BoxError::from(format!("{} names no {name}", hidden.ids.display())))
    };
    let files = SandboxFiles::of(dir, &id("platform_cert_serial")?);
    Ok(Parts {
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
    })
}

fn read(path: &Path) -> Result<Vec<u8>, BoxError> {
    fs::read(path).map_err(|err| unfit(path, err))
}

fn unfit(path: &Path, err: impl Into<BoxError>) -> BoxError {
    format!("{}: {}", path.display(), err.into()).into()
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

/// Whether the files belong together, and are not too old.
fn check(parts: Parts) -> Result<Parts, BoxError> {
    let now = SystemClock::new().now();
    let root = parts.root_certificate.public_key()?;
    for (name, key, x509) in [
        ("ca.pem", &parts.root, &parts.root_certificate),
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
    ] {
        if !x509.public_key()?.public_eq(key) {
            return Err(format!("{name} is not of the key beside it").into());
        }
        if !x509.verify(&root)? {
            return Err(format!("{name} was not issued by ca.pem").into());
        }
        if Certificate::from_bytes(x509.to_der()?)?.not_after() <= now {
            return Err(format!("{name} has expired").into());
        }
    }
    Ok(parts)
}

fn save(dir: &Path, parts: &Parts) -> Result<(), BoxError> {
    let serial = Certificate::from_bytes(parts.certified_certificate.to_der()?)?;
    let files = SandboxFiles::of(dir, serial.serial());
    let hidden = Hidden::of(dir);
    make_folder(dir)?;
    make_folder(&dir.join("sandbox"))?;
    let pem = |key: &PKey<Private>| key.private_key_to_pem_pkcs8();
    write(&dir.join(".gitignore"), b"*\n", false)?;
    write(&files.merchant_key, &pem(&parts.merchant)?, true)?;
    write(
        &files.merchant_cert,
        &parts.merchant_certificate.to_pem()?,
        false,
    )?;
    write(&files.merchant_p12, &p12(parts)?, true)?;
    write(
        &files.platform_public_key,
        &parts.public.public_key_to_pem()?,
        false,
    )?;
    write(
        &files.platform_cert,
        &parts.certified_certificate.to_pem()?,
        false,
    )?;
    write(&files.apiv3_key, parts.apiv3_key.expose().as_bytes(), true)?;
    write(&files.v2_key, parts.v2_key.expose().as_bytes(), true)?;
    write(&files.ca, &parts.root_certificate.to_pem()?, false)?;
    write(&hidden.ca_key, &pem(&parts.root)?, true)?;
    write(&hidden.public_key, &pem(&parts.public)?, true)?;
    write(&hidden.certificate_key, &pem(&parts.certified)?, true)?;
    let ids = json!({
        "platform_public_key_id": parts.public_id,
        "platform_cert_serial": serial.serial(),
    });
    write(&hidden.ids, ids.to_string().as_bytes(), false)
}

fn p12(parts: &Parts) -> Result<Vec<u8>, BoxError> {
    let mut chain = Stack::new()?;
    chain.push(parts.root_certificate.clone())?;
    let mut builder = Pkcs12::builder();
    builder
        .name("Tenpay Certificate")
        .pkey(&parts.merchant)
        .cert(&parts.merchant_certificate)
        .ca(chain);
    Ok(builder.build2(MCHID)?.to_der()?)
}

/// For the user alone.
fn make_folder(dir: &Path) -> Result<(), BoxError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|err| unfit(dir, err))?;
    // One that was there is somebody's, and from now on holds keys.
    #[cfg(unix)]
    fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .map_err(|err| unfit(dir, err))?;
    Ok(())
}

/// A new file; two sandboxes that begin in one folder do not mix their keys.
fn write(path: &Path, bytes: &[u8], private: bool) -> Result<(), BoxError> {
    let written = create(path, private).and_then(|mut file| file.write_all(bytes));
    written.map_err(|err| unfit(path, err))
}

fn create(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path)
}
