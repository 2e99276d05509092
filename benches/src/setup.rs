//! Keys and address: written by the gateway's process, read by its callers.

use std::fs;
use std::path::{Path, PathBuf};

use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

use crate::Result;

pub const MCHID: &str = "1900000109";
pub const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
pub const PLATFORM_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";

/// A directory with `merchant.pem` (private), `platform.pem` (public) and `base_url`.
#[derive(Debug, Clone)]
pub struct Setup {
    pub dir: PathBuf,
}

impl Setup {
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    pub fn merchant_key(&self) -> PathBuf {
        self.dir.join("merchant.pem")
    }

    pub fn platform_key(&self) -> PathBuf {
        self.dir.join("platform.pem")
    }

    pub fn base_url(&self) -> Result<String> {
        Ok(fs::read_to_string(self.dir.join("base_url"))?)
    }

    /// Writes fresh keys and returns the platform's private key.
    pub fn create(&self, base_url: &str) -> Result<PKey<Private>> {
        let merchant = rsa()?;
        let platform = rsa()?;
        write(&self.merchant_key(), &merchant.private_key_to_pem_pkcs8()?)?;
        write(&self.platform_key(), &platform.public_key_to_pem()?)?;
        // Written last: a process that waits for this file finds the keys too.
        let unfinished = self.dir.join("base_url.new");
        write(&unfinished, base_url.as_bytes())?;
        fs::rename(unfinished, self.dir.join("base_url"))?;
        Ok(platform)
    }
}

pub fn rsa() -> Result<PKey<Private>> {
    Ok(PKey::from_rsa(Rsa::generate(2048)?)?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    Ok(fs::write(path, bytes)?)
}
