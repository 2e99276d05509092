//! Writing the folder, once, and its certificates again when they are old.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::stack::Stack;
use serde_json::json;

use super::read::unfit;
use super::{Hidden, SandboxFiles};
use crate::identity::{MCHID, Parts};
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::BoxError;

const MARKER: &str = "\
The files of this folder and of the one around it are keys and certificates that `wechatpay sandbox` made
for itself. They belong to no real merchant. Without them the next start makes others.
";

pub(super) fn save(dir: &Path, parts: &Parts) -> Result<(), BoxError> {
    let serial = Certificate::from_bytes(parts.certified_certificate.to_der()?)?;
    let files = SandboxFiles::of(dir, serial.serial());
    let hidden = Hidden::of(dir);
    make_folder(dir)?;
    make_folder(&dir.join("sandbox"))?;
    let pem = |key: &PKey<Private>| key.private_key_to_pem_pkcs8();
    write(&hidden.marker, MARKER.as_bytes(), true)?;
    write(&dir.join(".gitignore"), b"*\n", false)?;
    write(&files.merchant_key, &pem(&parts.merchant)?, true)?;
    write(
        &files.platform_public_key,
        &parts.public.public_key_to_pem()?,
        false,
    )?;
    write(&files.apiv3_key, parts.apiv3_key.expose().as_bytes(), true)?;
    write(&files.v2_key, parts.v2_key.expose().as_bytes(), true)?;
    for file in certificates(&files, parts)? {
        write(file.path, &file.bytes, file.private)?;
    }
    write(&hidden.ca_key, &pem(&parts.root)?, true)?;
    write(&hidden.public_key, &pem(&parts.public)?, true)?;
    write(&hidden.certificate_key, &pem(&parts.certified)?, true)?;
    let ids = json!({
        "platform_public_key_id": parts.public_id,
        "platform_cert_serial": serial.serial(),
    });
    write(&hidden.ids, ids.to_string().as_bytes(), false)
}

/// Puts new certificates in the place of the old. Each file is replaced in one step, and fits the others
/// whichever of them are still old: the keys are the same.
pub(super) fn replace_certificates(dir: &Path, parts: &Parts) -> Result<(), BoxError> {
    let serial = Certificate::from_bytes(parts.certified_certificate.to_der()?)?;
    let files = SandboxFiles::of(dir, serial.serial());
    for Content {
        path,
        bytes,
        private,
    } in certificates(&files, parts)?
    {
        replace(path, &bytes, private).map_err(|err| unfit(path, err))?;
    }
    Ok(())
}

/// The new file has a name that no other start has, not even one in a container, where the process's
/// number is the same each time; on an error it goes.
fn replace(path: &Path, bytes: &[u8], private: bool) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".new-");
    #[cfg(unix)]
    builder.permissions(PermissionsExt::from_mode(if private {
        0o600
    } else {
        0o666
    }));
    let mut new = builder.tempfile_in(path.parent().unwrap_or(path))?;
    new.write_all(bytes)?;
    new.persist(path)?;
    Ok(())
}

/// Puts files back that nothing is read from, made of those that are there, and lets nobody else read
/// what is the user's alone.
pub(super) fn complete(dir: &Path, parts: &Parts) -> Result<(), BoxError> {
    let serial = Certificate::from_bytes(parts.certified_certificate.to_der()?)?;
    let files = SandboxFiles::of(dir, serial.serial());
    if !files.platform_public_key.exists() {
        let public_key = parts.public.public_key_to_pem()?;
        write(&files.platform_public_key, &public_key, false)?;
    }
    if !files.merchant_p12.exists() {
        write(&files.merchant_p12, &p12(parts)?, true)?;
    }
    close(dir, &files)
}

/// Folders and keys as they were made: somebody may have copied them with other modes.
#[cfg(unix)]
fn close(dir: &Path, files: &SandboxFiles) -> Result<(), BoxError> {
    let hidden = Hidden::of(dir);
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
fn close(_: &Path, _: &SandboxFiles) -> Result<(), BoxError> {
    Ok(())
}

/// What is in a file, and whether it is for the user alone.
struct Content<'a> {
    path: &'a Path,
    bytes: Vec<u8>,
    private: bool,
}

/// The files that hold certificates.
fn certificates<'a>(files: &'a SandboxFiles, parts: &Parts) -> Result<[Content<'a>; 4], BoxError> {
    let public = |path, bytes| Content {
        path,
        bytes,
        private: false,
    };
    let p12 = Content {
        path: &files.merchant_p12,
        bytes: p12(parts)?,
        private: true,
    };
    Ok([
        public(&files.merchant_cert, parts.merchant_certificate.to_pem()?),
        p12,
        public(&files.platform_cert, parts.certified_certificate.to_pem()?),
        public(&files.ca, parts.root_certificate.to_pem()?),
    ])
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
    fs::set_permissions(dir, PermissionsExt::from_mode(0o700)).map_err(|err| unfit(dir, err))?;
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
