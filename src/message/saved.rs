use std::path::{Path, PathBuf};
use std::sync::Arc;

use wechatpay_core::crypto::digest::DigestKind;
use wechatpay_core::error::Verification;
use wechatpay_core::secret::Secret;

/// A downloaded file that is whole, checked and in its place.
#[derive(Debug, Clone)]
pub struct SavedFile {
    pub(crate) path: PathBuf,
    pub(crate) len: u64,
    pub(crate) digest: Option<(DigestKind, String)>,
    pub(crate) unsealed: bool,
    pub(crate) verification: Verification,
}

impl SavedFile {
    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the length of the file in bytes, after decompression.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The digest that it was checked against, in lower-case hex; `None` when none was given.
    #[must_use]
    pub fn digest(&self) -> Option<(DigestKind, &str)> {
        self.digest.as_ref().map(|(kind, hex)| (*kind, &**hex))
    }

    /// Whether anything but TLS vouches for the content: a digest it was checked against, a signature
    /// over it, or the tag of the encryption it came in.
    ///
    /// False of a file of an endpoint that the catalog declares unsigned, where no digest was given:
    /// of a bill whose answer had no `hash_value`.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        let signed = matches!(self.verification, Verification::Verified { .. });
        self.digest.is_some() || self.unsealed || signed
    }

    /// The result of verifying the response's signature.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.verification
    }
}

/// The longest file unless the caller says another: a megabyte of gzip makes a gigabyte, and the
/// longest bills that are not split are far shorter.
pub(crate) const MAX_BYTES: u64 = 4 << 30;

/// The key and nonce of an encrypted file.
pub(crate) struct Seal {
    pub(crate) key: Secret,
    pub(crate) nonce: String,
}

/// The target of a download, and the expected content.
pub(crate) struct Sink {
    pub(crate) target: PathBuf,
    pub(crate) digest: Option<(DigestKind, String)>,
    pub(crate) seal: Option<Seal>,
    pub(crate) gunzip: bool,
    pub(crate) max_bytes: u64,
    pub(crate) progress: Option<Progress>,
    pub(crate) answer: Expected,
}

/// The content that the catalog declares for the response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Expected {
    /// JSON, or nothing is known.
    #[default]
    Any,
    /// A bill or an image: neither a page nor a message.
    File,
    /// A file that may be XML: an invoice.
    XmlFile,
}

/// Told how many bytes have come, and how many there are if the answer says so.
pub(crate) type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

impl Sink {
    pub(crate) fn new(target: PathBuf) -> Self {
        Self {
            target,
            digest: None,
            seal: None,
            gunzip: false,
            max_bytes: MAX_BYTES,
            progress: None,
            answer: Expected::default(),
        }
    }
}
