//! Root certificates for TLS.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use openssl::x509::X509;

use super::Certificate;
use super::file::{load, load_bytes};
use super::item::{Item, ItemKind};
use super::refusal::{Expected, Outcome, Refusal};
use super::x509::{common_name, reread, serial, unix};
use crate::error::Result;

/// Certificates of CAs that a client trusts for TLS, with keys of any algorithm of TLS: RSA, ECDSA, Ed25519.
///
/// [`Certificate`] has only the algorithms of WeChat Pay; the CA of a company's proxy often has an ECDSA key. A
/// [`Certificate`] becomes a root certificate with `into()`.
///
/// ```
/// use wechatpay_chain::{Client, RootCertificates};
/// # let file = "../../tests/data/keys/certificate.pem";
/// let roots = RootCertificates::from_file(file)?;
/// let builder = Client::builder().root_certificate(roots);
/// # let _ = builder;
/// # Ok::<_, wechatpay_chain::Error>(())
/// ```
#[derive(Clone)]
pub struct RootCertificates {
    roots: Arc<[RootCertificate]>,
}

/// One of [`RootCertificates`].
#[derive(Clone)]
pub struct RootCertificate {
    x509: X509,
    serial: String,
    not_after: i64,
}

impl RootCertificates {
    /// Reads one or several certificates from a PEM file, or one from a DER file. Text between the certificates is ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Key`](crate::error::ErrorKind::Key) when the file cannot be read, contains no certificate (the message
    /// says what it contains), or OpenSSL cannot use a certificate's key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        load(path.as_ref(), Expected::Root, Self::from_items)
    }

    /// Reads one or several certificates as PEM, or one as DER or base64.
    ///
    /// # Errors
    ///
    /// The errors of [`from_file`](Self::from_file).
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self> {
        load_bytes(bytes.as_ref(), Expected::Root, Self::from_items)
    }

    /// Returns the certificates; there is at least one.
    pub fn iter(&self) -> impl Iterator<Item = &RootCertificate> {
        self.roots.iter()
    }

    fn from_items(items: &[Item]) -> Outcome<Self> {
        let certificates = items
            .iter()
            .filter(|item| item.kind == ItemKind::Certificate);
        let roots: Arc<[_]> = certificates
            .map(|item| RootCertificate::from_der(&item.data))
            .collect::<Outcome<_>>()?;
        if roots.is_empty() {
            let kind = items.first().map_or(ItemKind::Unknown, |item| item.kind);
            return Err(Refusal::wrong_kind(Expected::Root, kind));
        }
        Ok(Self { roots })
    }
}

impl RootCertificate {
    /// Returns OpenSSL's type, for TLS.
    pub fn x509(&self) -> &X509 {
        &self.x509
    }

    /// Returns the serial number: upper-case hex, two digits per byte.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// Returns the subject's common name, usually the name of the CA.
    #[must_use]
    pub fn subject_common_name(&self) -> Option<String> {
        common_name(&self.x509)
    }

    /// Returns the end of validity, in seconds since 1970-01-01 UTC.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.not_after
    }

    fn from_der(der: &[u8]) -> Outcome<Self> {
        let x509 = X509::from_der(der).map_err(unreadable)?;
        let x509 = reread(&x509).map_err(unreadable)?;
        if let Err(err) = x509.public_key() {
            return Err(Refusal::new(
                "OpenSSL cannot use the key of this root certificate: TLS knows RSA, ECDSA and Ed25519 keys",
            )
            .with_source(err));
        }
        Ok(Self {
            serial: serial(&x509).map_err(unreadable)?,
            not_after: unix(x509.not_after()).map_err(unreadable)?,
            x509,
        })
    }
}

impl From<Certificate> for RootCertificates {
    fn from(certificate: Certificate) -> Self {
        let root = RootCertificate {
            x509: certificate.x509().clone(),
            serial: certificate.serial().to_owned(),
            not_after: certificate.not_after(),
        };
        Self {
            roots: Arc::new([root]),
        }
    }
}

fn unreadable(err: openssl::error::ErrorStack) -> Refusal {
    Refusal::damaged(Expected::Root, err)
}

impl fmt::Debug for RootCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for RootCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RootCertificate")
            .field("serial", &self.serial())
            .field("subject", &self.subject_common_name())
            .field("not_after", &self.not_after())
            .finish_non_exhaustive()
    }
}
