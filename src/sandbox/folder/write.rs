//! Writes the folder, and replaces its certificates when they are old.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::stack::Stack;
use openssl::x509::X509;
use serde_json::json;

use super::read::unfit;
use super::{PlatformFiles, SandboxFiles};
use crate::identity::{MerchantParts, Parts};
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::BoxError;
use wechatpay_core::file::{Access, write_atomically};

const MARKER: &str = "\
The files of this folder and of the one around it are keys and certificates that `wechatpay sandbox` made
for itself. They belong to no real merchant. Without them the next start makes others.

本目录和上一级目录中的密钥与证书由 `wechatpay sandbox` 生成，仅供沙箱使用，不属于任何真实商户。删除后，下次启动会生成新的。
";

/// Writes the folder, unless another sandbox has begun to.
pub(super) fn save(dir: &Path, parts: &Parts) -> Result<Claim, BoxError> {
    let serial = Certificate::from_bytes(parts.certified_certificate.to_der()?)?;
    let files = SandboxFiles::of(dir, serial.serial());
    let hidden = PlatformFiles::of(dir);
    make_folder(dir)?;
    make_folder(&dir.join("sandbox"))?;
    if claim(&hidden.marker, MARKER.as_bytes())? == Claim::Lost {
        return Ok(Claim::Lost);
    }
    let pem = |key: &PKey<Private>| key.private_key_to_pem_pkcs8();
    write(&dir.join(".gitignore"), b"*\n", false)?;
    write_secrets(&files, &parts.merchant)?;
    write(
        &files.platform_public_key,
        &parts.public.public_key_to_pem()?,
        false,
    )?;
    for file in certificates(&files, parts)? {
        write(file.path, &file.bytes, file.private)?;
    }
    write(&hidden.ca_key, &pem(&parts.root)?, true)?;
    write(&hidden.public_key, &pem(&parts.public)?, true)?;
    write(&hidden.certificate_key, &pem(&parts.certified)?, true)?;
    let ids = json!({
        "mchid": parts.mchid,
        "platform_public_key_id": parts.public_id,
        "platform_cert_serial": serial.serial(),
    });
    // Last, and whole at once: another sandbox may wait for it.
    replace(&hidden.ids, ids.to_string().as_bytes(), false)?;
    sync_folders([dir, &dir.join("sandbox")])?;
    Ok(Claim::Won)
}

/// Writes the files of a merchant that is not the first, unless another sandbox has begun to.
pub(super) fn save_merchant(
    files: &SandboxFiles,
    parts: &MerchantParts,
    mchid: &str,
    root: &X509,
) -> Result<Claim, BoxError> {
    let folder = files.merchant_key.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let key = parts.key.private_key_to_pem_pkcs8()?;
    if claim(&files.merchant_key, &key)? == Claim::Lost {
        return Ok(Claim::Lost);
    }
    write_texts(files, parts)?;
    write(&files.merchant_p12, &p12(parts, mchid, root)?, true)?;
    // Last: a folder without it is incomplete.
    let certificate = parts.certificate.to_pem()?;
    replace(&files.merchant_cert, &certificate, false)?;
    sync_folders(folder.ancestors().take(3))?;
    Ok(Claim::Won)
}

/// Writes all files of such a merchant again.
pub(super) fn overwrite_merchant(
    files: &SandboxFiles,
    parts: &MerchantParts,
    mchid: &str,
    root: &X509,
) -> Result<(), BoxError> {
    make_folder(files.merchant_key.parent().unwrap_or(Path::new(".")))?;
    let key = parts.key.private_key_to_pem_pkcs8()?;
    for (path, bytes) in [
        (&files.merchant_key, &*key),
        (&files.apiv3_key, parts.apiv3_key.expose().as_bytes()),
        (&files.v2_key, parts.v2_key.expose().as_bytes()),
    ] {
        replace(path, bytes, true)?;
    }
    replace_merchant(files, parts, mchid, root)
}

/// Replaces the certificate of such a merchant.
pub(super) fn replace_merchant(
    files: &SandboxFiles,
    parts: &MerchantParts,
    mchid: &str,
    root: &X509,
) -> Result<(), BoxError> {
    let p12 = p12(parts, mchid, root)?;
    let certificate = parts.certificate.to_pem()?;
    replace(&files.merchant_cert, &certificate, false)?;
    replace(&files.merchant_p12, &p12, true)
}

fn write_secrets(files: &SandboxFiles, parts: &MerchantParts) -> Result<(), BoxError> {
    let key = parts.key.private_key_to_pem_pkcs8()?;
    write(&files.merchant_key, &key, true)?;
    write_texts(files, parts)
}

/// Writes the secrets that are texts.
fn write_texts(files: &SandboxFiles, parts: &MerchantParts) -> Result<(), BoxError> {
    write(&files.apiv3_key, parts.apiv3_key.expose().as_bytes(), true)?;
    write(&files.v2_key, parts.v2_key.expose().as_bytes(), true)
}

/// Replaces the certificates. Each file is replaced atomically and fits the old versions of the others,
/// because the keys stay the same.
pub(super) fn replace_certificates(dir: &Path, parts: &Parts) -> Result<(), BoxError> {
    let serial = Certificate::from_bytes(parts.certified_certificate.to_der()?)?;
    let files = SandboxFiles::of(dir, serial.serial());
    for FileContent {
        path,
        bytes,
        private,
    } in certificates(&files, parts)?
    {
        replace(path, &bytes, private)?;
    }
    Ok(())
}

/// Restores missing files that can be derived from the others, and restricts the private ones to the
/// current user.
pub(super) fn complete(dir: &Path, parts: &Parts) -> Result<(), BoxError> {
    let serial = Certificate::from_bytes(parts.certified_certificate.to_der()?)?;
    let files = SandboxFiles::of(dir, serial.serial());
    if !files.platform_public_key.exists() {
        let public_key = parts.public.public_key_to_pem()?;
        write(&files.platform_public_key, &public_key, false)?;
    }
    if !files.merchant_p12.exists() {
        write(&files.merchant_p12, &first_p12(parts)?, true)?;
    }
    restrict(dir, &files)
}

/// Sets the modes of folders and keys, which may have been copied with other modes.
#[cfg(unix)]
fn restrict(dir: &Path, files: &SandboxFiles) -> Result<(), BoxError> {
    let hidden = PlatformFiles::of(dir);
    let sandbox = dir.join("sandbox");
    for (path, mode) in [
        (dir, 0o700),
        (&sandbox, 0o700),
        (&files.merchant_key, 0o600),
        (&files.merchant_p12, 0o600),
        (&files.apiv3_key, 0o600),
        (&files.v2_key, 0o600),
        (&hidden.ca_key, 0o600),
        (&hidden.public_key, 0o600),
        (&hidden.certificate_key, 0o600),
    ] {
        let found = fs::metadata(path).map_err(|err| unfit(path, err))?;
        if found.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(path, PermissionsExt::from_mode(mode))
                .map_err(|err| unfit(path, err))?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: &SandboxFiles) -> Result<(), BoxError> {
    Ok(())
}

/// The content of a file.
struct FileContent<'a> {
    path: &'a Path,
    bytes: Vec<u8>,
    /// Whether only the current user may read it.
    private: bool,
}

/// The files that hold certificates.
fn certificates<'a>(
    files: &'a SandboxFiles,
    parts: &Parts,
) -> Result<[FileContent<'a>; 4], BoxError> {
    let public = |path, bytes| FileContent {
        path,
        bytes,
        private: false,
    };
    let p12 = FileContent {
        path: &files.merchant_p12,
        bytes: first_p12(parts)?,
        private: true,
    };
    Ok([
        public(&files.merchant_cert, parts.merchant.certificate.to_pem()?),
        p12,
        public(&files.platform_cert, parts.certified_certificate.to_pem()?),
        public(&files.ca, parts.root_certificate.to_pem()?),
    ])
}

fn first_p12(parts: &Parts) -> Result<Vec<u8>, BoxError> {
    p12(&parts.merchant, &parts.mchid, &parts.root_certificate)
}

/// The passphrase is the merchant id.
///
/// Triple DES and SHA-1, as old as WeChat Pay's own file: many clients read nothing newer (Go's
/// `golang.org/x/crypto/pkcs12`, which most Go clients use, knows no other digest than SHA-1). RC2, which WeChat Pay uses
/// for the certificate, is left out: OpenSSL 3 reads it only with its legacy provider.
fn p12(parts: &MerchantParts, mchid: &str, root: &X509) -> Result<Vec<u8>, BoxError> {
    let mut chain = Stack::new()?;
    chain.push(root.clone())?;
    let mut builder = Pkcs12::builder();
    builder
        .name("Tenpay Certificate")
        .pkey(&parts.key)
        .cert(&parts.certificate)
        .key_algorithm(Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC)
        .cert_algorithm(Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC)
        .mac_md(MessageDigest::sha1())
        .ca(chain);
    Ok(builder.build2(mchid)?.to_der()?)
}

/// Waits until the names in these folders are on the disk: the state of a sandbox relies on the keys.
pub(super) fn sync_folders<'p>(
    folders: impl IntoIterator<Item = &'p Path>,
) -> Result<(), BoxError> {
    // Other systems cannot open a folder.
    if cfg!(unix) {
        for folder in folders {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|err| unfit(folder, err))?;
        }
    }
    Ok(())
}

/// Creates a folder for the current user only.
pub(super) fn make_folder(dir: &Path) -> Result<(), BoxError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|err| unfit(dir, err))?;
    // A folder that existed may have another mode, and holds keys from now on.
    #[cfg(unix)]
    fs::set_permissions(dir, PermissionsExt::from_mode(0o700)).map_err(|err| unfit(dir, err))?;
    Ok(())
}

/// Whether this sandbox is the first that writes files which belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    Won,
    Lost,
}

/// How long another sandbox may take to write files after the first of them.
const MOST_WAIT: Duration = Duration::from_secs(5);

/// Creates the first of several private files that belong together, unless it exists: two sandboxes that start in one
/// folder must not mix their keys.
pub(super) fn claim(path: &Path, bytes: &[u8]) -> Result<Claim, BoxError> {
    match create(path, true) {
        Ok(file) => fill(path, file, bytes).map(|()| Claim::Won),
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => Ok(Claim::Lost),
        Err(err) => Err(unfit(path, err)),
    }
}

/// Waits for the last of such files, for as long as the first one is new: another sandbox may be writing them.
pub(super) fn await_file(last: &Path, first: &Path) -> Result<(), BoxError> {
    let start = Instant::now();
    loop {
        if last.is_file() {
            return Ok(());
        }
        let written = fs::metadata(first).and_then(|it| it.modified());
        let written = written.map_err(|err| unfit(first, err))?;
        // A file of the future is new: the clock was set back.
        let age = written.elapsed().unwrap_or_default();
        if age.max(start.elapsed()) > MOST_WAIT {
            return Err(unfit(last, "it is missing"));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Writes a file, replacing an earlier one at once.
pub(super) fn replace(path: &Path, bytes: &[u8], private: bool) -> Result<(), BoxError> {
    let access = if private {
        Access::Owner
    } else {
        Access::Everyone
    };
    write_atomically(path, bytes, access).map_err(|err| unfit(path, err))
}

/// Creates a file, which must not exist.
fn write(path: &Path, bytes: &[u8], private: bool) -> Result<(), BoxError> {
    let file = create(path, private).map_err(|err| unfit(path, err))?;
    fill(path, file, bytes)
}

fn fill(path: &Path, mut file: File, bytes: &[u8]) -> Result<(), BoxError> {
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|err| unfit(path, err))
}

// Other systems have no mode bits.
#[cfg_attr(not(unix), expect(unused_variables))]
fn create(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path)
}
