//! A key or certificate that was found in the input.

use std::fmt;

use zeroize::Zeroizing;

/// A structure and its kind.
pub(super) struct Item {
    pub(super) kind: ItemKind,
    /// DER; for [`ItemKind::EncryptedPem`] the repaired PEM text.
    pub(super) data: Zeroizing<Vec<u8>>,
}

/// The kind of a structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ItemKind {
    /// RFC 8017, appendix A.1.2.
    PrivatePkcs1,
    /// RFC 5208, section 5, of an RSA key.
    PrivatePkcs8,
    /// An SM2 key in PKCS#8 or SEC 1 (RFC 5915).
    PrivateSm2,
    /// A private key of another algorithm.
    PrivateOther,
    /// RFC 5208, section 6.
    EncryptedPkcs8,
    /// PEM with `Proc-Type: 4,ENCRYPTED` (RFC 1421, section 4.6.1.1).
    EncryptedPem,
    /// RFC 8017, appendix A.1.1.
    PublicPkcs1,
    /// RFC 5280, section 4.1.2.7, of an RSA key.
    PublicSpki,
    /// RFC 5280, section 4.1.2.7, of an SM2 key.
    PublicSm2,
    /// A public key of another algorithm.
    PublicOther,
    /// RFC 5280, section 4.1.
    Certificate,
    /// RFC 2986, a certificate signing request.
    Request,
    /// RFC 7292.
    Pkcs12,
    /// RFC 2315.
    Pkcs7,
    /// OpenSSH's format.
    OpenSsh,
    /// Another kind.
    Unknown,
}

/// The reason why nothing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreadable {
    Empty,
    Truncated,
    Base64,
    Path,
    Unknown,
}

/// Omits the contents: they may be a key.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
