//! Generated keys that the next start has again.

use std::sync::Arc;

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::authority::{DAY, Purpose, key_of, validity};
use super::{Identity, certificate, keys_failed};
use crate::journal::Journal;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::crypto::KeyAlgorithm;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A key with its certificate, as OpenSSL has them.
pub(super) type Pair = (PKey<Private>, X509);

/// A place that keeps keys with their certificates by name.
pub(crate) trait KeyStore: Send + Sync {
    /// The key and the certificate of a name, if the store has them.
    fn key(&self, name: &str) -> Result<Option<Pair>>;

    /// Adds a key and its certificate; `false` when another process has added one under this name before. A store may
    /// ignore names that it does not keep.
    fn add(&self, name: &str, key: &PKey<Private>, certificate: &X509) -> Result<bool>;

    /// Replaces a key and its certificate.
    fn replace(&self, name: &str, key: &PKey<Private>, certificate: &X509) -> Result<()>;
}

impl Identity {
    /// From now on keeps generated keys in a journal, which has those of earlier runs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`] when the journal belongs to other keys.
    pub(crate) fn keep_keys_in(&self, journal: Arc<Journal>) -> Result<()> {
        let id = self.merchant.public.id.as_bytes();
        match journal.key("identity") {
            None => journal.keep_key("identity", id.to_vec())?,
            Some(known) if known == id => {}
            Some(_) => {
                let message = "the sandbox's state was made with other keys than those in its folder: restore the folder \
                               keys in the folder of the state, start with the same --dir, or name an empty folder";
                return Err(Error::new(ErrorKind::File, message));
            }
        }
        // A sandbox has one journal.
        let _ = self.journal.set(journal);
        Ok(())
    }

    /// From now on keeps keys in the folder of the sandbox, as files for the programs that use them.
    pub(crate) fn keep_keys_as_files(&self, folder: Box<dyn KeyStore>) {
        // A sandbox has one folder.
        let _ = self.folder.set(folder);
    }

    /// The key and certificate that were kept under a name, or generated ones, which are kept.
    ///
    /// The journal goes before the folder: its entries were signed with its keys.
    pub(super) fn kept(
        &self,
        name: &str,
        common: &str,
        (algorithm, now): (KeyAlgorithm, i64),
    ) -> Result<Pair> {
        let journal = self.journal.get();
        if let Some(pem) = journal.and_then(|journal| journal.key(name)) {
            let pair = read(&pem)?;
            self.replace_in_folder(name, &pair)?;
            return Ok(pair);
        }
        let pair = match self.in_folder(name)? {
            Some(pair) => pair,
            None => self.first_added(name, self.generated((common, algorithm), now)?)?,
        };
        if let Some(journal) = journal {
            journal.keep_key(name, written(&pair)?)?;
        }
        Ok(pair)
    }

    /// The key in the folder, with a certificate that is valid for a day at least.
    pub(super) fn in_folder(&self, name: &str) -> Result<Option<Pair>> {
        let known = self.folder.get().map(|folder| folder.key(name));
        let Some(pair) = known.transpose()?.flatten() else {
            return Ok(None);
        };
        let now = SystemClock::new().now();
        if certificate(&pair.1)?.not_after() > now + DAY {
            return Ok(Some(pair));
        }
        let renewed = self.authority.renew(&pair.1, &pair.0, now);
        let pair = (pair.0, renewed.map_err(keys_failed)?);
        self.replace_in_folder(name, &pair)?;
        Ok(Some(pair))
    }

    pub(super) fn replace_in_folder(&self, name: &str, (key, x509): &Pair) -> Result<()> {
        let folder = self.folder.get();
        folder.map_or(Ok(()), |folder| folder.replace(name, key, x509))
    }

    /// A new key, or that of the sandbox that was faster to add one to the same folder.
    fn first_added(&self, name: &str, pair: Pair) -> Result<Pair> {
        let Some(folder) = self.folder.get() else {
            return Ok(pair);
        };
        if folder.add(name, &pair.0, &pair.1)? {
            return Ok(pair);
        }
        Ok(self.in_folder(name)?.unwrap_or(pair))
    }

    fn generated(&self, (common, algorithm): (&str, KeyAlgorithm), now: i64) -> Result<Pair> {
        let key = key_of(algorithm)?;
        let validity = validity(now);
        let x509 = self
            .authority
            .issue(common, &key, Purpose::Signing, validity);
        Ok((key, x509.map_err(keys_failed)?))
    }
}

fn read(pem: &[u8]) -> Result<Pair> {
    let key = PKey::private_key_from_pem(pem).map_err(keys_failed)?;
    Ok((key, X509::from_pem(pem).map_err(keys_failed)?))
}

fn written((key, x509): &Pair) -> Result<Vec<u8>> {
    let pems = [key.private_key_to_pem_pkcs8(), x509.to_pem()];
    let [key, certificate] = pems.map(|pem| pem.map_err(keys_failed));
    Ok([key?, certificate?].concat())
}
