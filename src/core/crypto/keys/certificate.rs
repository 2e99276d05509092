use std::fmt;
use std::path::Path;
use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::x509::X509;

use super::file::{load, load_bytes};
use super::item::{Item, ItemKind};
use super::refusal::{Expected, Outcome, Refusal};
use super::x509::{common_name, reread, serial, unix};
use super::{PublicKey, pkcs12};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// An X.509 certificate: a merchant's (`apiclient_cert.pem`) or a platform certificate.
///
/// Reading it does not validate it: neither issuer nor dates are checked. Clones are cheap.
///
/// # Forms
///
/// PEM (the first certificate counts), DER, bare base64, base64 of a PEM, PKCS#12, `file://…`; mangled PEM is
/// repaired as for [`PrivateKey`](super::PrivateKey#forms).
///
/// ```
/// use wechatpay_chain::Certificate;
/// # let file = "../../tests/data/keys/certificate.pem";
/// let certificate = Certificate::from_file(file)?;
/// assert_eq!(certificate.serial(), "0B5157F09EFDC096DE15EBE81A47057A7232F1B8");
/// # Ok::<_, wechatpay_chain::Error>(())
/// ```
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<Inner>,
}

struct Inner {
    x509: X509,
    serial: String,
    key: PublicKey,
    not_before: i64,
    not_after: i64,
}

impl Certificate {
    /// Returns OpenSSL's type, for TLS.
    pub fn x509(&self) -> &X509 {
        &self.inner.x509
    }

    /// Reads a certificate from a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when the file cannot be read, contains something else (the message says
    /// what), or the certificate's key is not RSA or is shorter than 2048 bits.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        load(path.as_ref(), Expected::Certificate, |items| {
            Self::from_items(items, None)
        })
    }

    /// Reads the certificate in a PKCS#12 file, whose passphrase is the merchant id.
    ///
    /// # Errors
    ///
    /// The errors of [`from_file`](Self::from_file), and [`ErrorKind::Key`] when the passphrase is wrong.
    pub fn from_file_with_passphrase(
        path: impl AsRef<Path>,
        passphrase: impl Into<Secret>,
    ) -> Result<Self> {
        let passphrase = passphrase.into();
        load(path.as_ref(), Expected::Certificate, |items| {
            Self::from_items(items, Some(&passphrase))
        })
    }

    /// Reads a certificate from bytes or text in any of the [forms](Self#forms).
    ///
    /// # Errors
    ///
    /// The errors of [`from_file`](Self::from_file).
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self> {
        load_bytes(bytes.as_ref(), Expected::Certificate, |items| {
            Self::from_items(items, None)
        })
    }

    /// Reads the certificate from the bytes of a PKCS#12 file.
    ///
    /// The passphrase of WeChat Pay's `apiclient_cert.p12` is the merchant id.
    ///
    /// # Errors
    ///
    /// The errors of [`PrivateKey::from_pkcs12`](super::PrivateKey::from_pkcs12).
    pub fn from_pkcs12(bytes: impl AsRef<[u8]>, passphrase: impl Into<Secret>) -> Result<Self> {
        let passphrase = passphrase.into();
        load_bytes(bytes.as_ref(), Expected::Certificate, |items| {
            Self::from_items(items, Some(&passphrase))
        })
    }

    /// Returns the certificate that a public key was read from; `None` if it was not read from one.
    ///
    /// ```
    /// use wechatpay_chain::{Certificate, PublicKey};
    /// let key = PublicKey::from_file("../../tests/data/keys/certificate.pem")?;
    /// let certificate = Certificate::of_key(&key);
    /// assert_eq!(certificate.as_ref().map(Certificate::serial), key.certificate());
    /// # Ok::<_, wechatpay_chain::Error>(())
    /// ```
    #[must_use]
    pub fn of_key(key: &PublicKey) -> Option<Self> {
        Self::from_x509(key.x509()?.clone()).ok()
    }

    /// Returns the serial number as WeChat Pay prints it: upper-case hex, two digits per byte.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.inner.serial
    }

    /// Returns the certificate's public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.inner.key
    }

    /// Returns the start of validity, in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn not_before(&self) -> i64 {
        self.inner.not_before
    }

    /// Returns the end of validity, in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.inner.not_after
    }

    /// Returns the subject's common name; in a merchant certificate it is the merchant id.
    #[must_use]
    pub fn subject_common_name(&self) -> Option<String> {
        common_name(&self.inner.x509)
    }

    /// Returns the certificate as DER.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL cannot write it.
    pub fn to_der(&self) -> Result<Vec<u8>> {
        self.inner.x509.to_der().map_err(unwritable)
    }

    /// Returns the certificate as PEM.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`] when OpenSSL cannot write it.
    pub fn to_pem(&self) -> Result<String> {
        let pem = self.inner.x509.to_pem().map_err(unwritable)?;
        Ok(String::from_utf8_lossy(&pem).into_owned())
    }

    fn from_items(items: &[Item], passphrase: Option<&Secret>) -> Outcome<Self> {
        let item = items
            .iter()
            .find(|item| item.kind == ItemKind::Certificate)
            .or(items.first());
        match (item, passphrase) {
            (Some(item), _) if item.kind == ItemKind::Certificate => {
                Self::from_x509(X509::from_der(&item.data).map_err(damaged)?)
            }
            (Some(item), Some(passphrase)) if item.kind == ItemKind::Pkcs12 => {
                match pkcs12::open(&item.data, passphrase)?.cert {
                    Some(x509) => Self::from_x509(x509),
                    None => Err(Refusal::new(
                        "this PKCS#12 file contains no certificate; give apiclient_cert.pem",
                    )),
                }
            }
            (item, _) => {
                let kind = item.map_or(ItemKind::Unknown, |item| item.kind);
                Err(Refusal::wrong_kind(Expected::Certificate, kind))
            }
        }
    }

    fn from_x509(x509: X509) -> Outcome<Self> {
        let x509 = reread(&x509).map_err(damaged)?;
        let inner = Inner {
            serial: serial(&x509).map_err(damaged)?,
            key: PublicKey::of_certificate(&x509)?,
            not_before: unix(x509.not_before()).map_err(damaged)?,
            not_after: unix(x509.not_after()).map_err(damaged)?,
            x509,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }
}

fn damaged(err: ErrorStack) -> Refusal {
    Refusal::damaged(Expected::Certificate, err)
}

fn unwritable(err: ErrorStack) -> Error {
    Error::new(ErrorKind::Key, "OpenSSL cannot write this certificate").with_source(err)
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("serial", &self.serial())
            .field("subject", &self.subject_common_name())
            .field("not_after", &self.not_after())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
