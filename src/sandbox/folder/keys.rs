//! Keys that are generated while a sandbox runs: those of brands, and the platform's for 国密.

use std::path::{Path, PathBuf};

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::write::Claim;
use super::{PlatformFiles, read, write};
use crate::identity::KeyStore;
use wechatpay_core::crypto::Certificate;
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};

/// The folder of a sandbox as a place for such keys.
pub(crate) fn key_store(dir: &Path) -> Box<dyn KeyStore> {
    Box::new(FolderKeys(dir.to_owned()))
}

struct FolderKeys(PathBuf);

/// The files of one key.
struct PairFiles {
    /// The folder of the sandbox.
    dir: PathBuf,
    /// Written first.
    key: PathBuf,
    /// Written last; without it the key is not complete.
    certificate: PathBuf,
    /// Whether the folder of the sandbox has the certificate under its serial too.
    is_published: bool,
}

impl FolderKeys {
    /// The files of a name; `None` for names that a folder does not keep.
    fn files(&self, name: &str) -> Option<PairFiles> {
        if name == "platform sm" {
            let hidden = PlatformFiles::of(&self.0);
            return Some(PairFiles {
                key: hidden.sm_key,
                certificate: hidden.sm_certificate,
                is_published: true,
                dir: self.0.clone(),
            });
        }
        // The id of a brand has only digits.
        let brand_id = name.strip_prefix("brand ")?;
        let own = self.0.join("brands").join(brand_id);
        Some(PairFiles {
            key: own.join("apiclient_key.pem"),
            certificate: own.join("apiclient_cert.pem"),
            is_published: false,
            dir: self.0.clone(),
        })
    }

    fn unusable(&self, files: &PairFiles, why: BoxError) -> Error {
        let message = format!(
            "the key in the sandbox's folder {} cannot be used: delete {} and {}, and the sandbox makes another; or name \
             another folder",
            self.0.display(),
            files.key.display(),
            files.certificate.display()
        );
        Error::new(ErrorKind::File, message).with_source(why)
    }
}

impl KeyStore for FolderKeys {
    fn key(&self, name: &str) -> Result<Option<(PKey<Private>, X509)>> {
        let files = self.files(name).filter(|files| files.key.is_file());
        let Some(files) = files else {
            return Ok(None);
        };
        let pair = files.read();
        pair.map(Some).map_err(|why| self.unusable(&files, why))
    }

    fn add(&self, name: &str, key: &PKey<Private>, certificate: &X509) -> Result<bool> {
        let Some(files) = self.files(name) else {
            return Ok(true);
        };
        let added = files.add(key, certificate);
        added.map_err(|why| self.unusable(&files, why))
    }

    fn replace(&self, name: &str, key: &PKey<Private>, certificate: &X509) -> Result<()> {
        let Some(files) = self.files(name) else {
            return Ok(());
        };
        let replaced = files.replace(key, certificate);
        replaced.map_err(|why| self.unusable(&files, why))
    }
}

impl PairFiles {
    fn read(&self) -> Result<(PKey<Private>, X509), BoxError> {
        write::await_file(&self.certificate, &self.key)?;
        let (key, certificate) = (read::key(&self.key)?, read::certificate(&self.certificate)?);
        if certificate.public_key()?.public_eq(&key) {
            return Ok((key, certificate));
        }
        let why = "it does not belong to the key beside it";
        Err(read::unfit(&self.certificate, why))
    }

    /// Whether the files are new; `false` when another sandbox was faster.
    fn add(&self, key: &PKey<Private>, certificate: &X509) -> Result<bool, BoxError> {
        write::make_folder(self.folder())?;
        let pem = key.private_key_to_pem_pkcs8()?;
        if write::claim(&self.key, &pem)? == Claim::Lost {
            return Ok(false);
        }
        self.publish(certificate)?;
        write::replace(&self.certificate, &certificate.to_pem()?, false)?;
        self.sync()?;
        Ok(true)
    }

    fn replace(&self, key: &PKey<Private>, certificate: &X509) -> Result<(), BoxError> {
        write::make_folder(self.folder())?;
        write::replace(&self.key, &key.private_key_to_pem_pkcs8()?, true)?;
        self.publish(certificate)?;
        write::replace(&self.certificate, &certificate.to_pem()?, false)?;
        self.sync()
    }

    fn sync(&self) -> Result<(), BoxError> {
        write::sync_folders(self.folders())
    }

    /// The folders that have new names: those up to the sandbox's, in which the folder of the first brand is new.
    fn folders(&self) -> impl Iterator<Item = &Path> {
        let folders = self.folder().ancestors();
        folders.take_while(|folder| folder.starts_with(&self.dir))
    }

    fn publish(&self, certificate: &X509) -> Result<(), BoxError> {
        if !self.is_published {
            return Ok(());
        }
        let serial = Certificate::from_bytes(certificate.to_der()?)?;
        let path = super::SandboxFiles::of(&self.dir, serial.serial()).platform_cert;
        write::replace(&path, &certificate.to_pem()?, false)
    }

    fn folder(&self) -> &Path {
        self.key.parent().unwrap_or(Path::new("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crash must not lose the name of a folder that a key is in.
    #[test]
    fn every_folder_up_to_that_of_the_sandbox_is_synced() {
        let keys = FolderKeys(PathBuf::from("/srv/keys"));
        let synced = |name: &str| {
            let files = keys.files(name).unwrap();
            let folders = files.folders().map(Path::to_owned);
            folders.collect::<Vec<_>>()
        };
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let brand = ["/srv/keys/brands/120344", "/srv/keys/brands", "/srv/keys"];
        assert_eq!(synced("brand 120344"), paths(&brand));
        let platform = ["/srv/keys/sandbox", "/srv/keys"];
        assert_eq!(synced("platform sm"), paths(&platform));
    }
}
