use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tempfile::TempPath;

use wechatpay_core::crypto::digest::DigestKind;
use wechatpay_core::error::Verification;
use wechatpay_core::secret::Secret;

/// A downloaded file that is complete, checked and in place.
#[derive(Debug, Clone)]
pub struct SavedFile {
    pub(crate) path: PathBuf,
    pub(crate) len: u64,
    pub(crate) digest: Option<(DigestKind, String)>,
    pub(crate) unsealed: bool,
    pub(crate) verification: Verification,
    /// Removes the file of a part when it is dropped.
    pub(crate) part: Option<Arc<TempPath>>,
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

    /// Whether the file is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the digest that the file was checked against, in lower-case hex; `None` if there was none.
    #[must_use]
    pub fn digest(&self) -> Option<(DigestKind, &str)> {
        self.digest.as_ref().map(|(kind, hex)| (*kind, &**hex))
    }

    /// Whether more than TLS confirms the content: a digest, a signature
    /// over it, or the authentication tag of its encryption.
    ///
    /// False for a file without a given digest from an endpoint that the catalog declares unsigned:
    /// a bill whose answer had no `hash_value`.
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

/// The default limit of a file's length: a megabyte of gzip can expand to a gigabyte, and the
/// longest bills that are not split are far shorter.
const MAX_BYTES: u64 = 4 << 30;

/// The key and nonce of an encrypted file.
pub(crate) struct Seal {
    pub(crate) key: Secret,
    pub(crate) nonce: String,
}

/// The target of a download, and the expected content.
pub(crate) struct Sink {
    pub(crate) target: PathBuf,
    /// Whether the file stays a temporary one beside the target, to be joined with others.
    pub(crate) is_part: bool,
    pub(crate) digest: Option<(DigestKind, String)>,
    pub(crate) seal: Option<Seal>,
    pub(crate) gunzip: bool,
    pub(crate) max_bytes: u64,
    /// The bytes written so far. The files of one bill share it, and so the limit.
    pub(crate) written: Arc<AtomicU64>,
    pub(crate) progress: Option<Progress>,
    pub(crate) answer: Expected,
}

/// The content that the catalog declares for the response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Expected {
    /// JSON, or unknown.
    #[default]
    Any,
    /// A bill or an image: neither a page nor a message.
    File,
    /// A file that may be XML: an invoice.
    XmlFile,
}

/// Called with the number of bytes received and the total, if the answer has a length.
pub(crate) type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

impl Sink {
    pub(crate) fn new(target: PathBuf) -> Self {
        Self {
            target,
            is_part: false,
            digest: None,
            seal: None,
            gunzip: false,
            max_bytes: MAX_BYTES,
            written: Arc::default(),
            progress: None,
            answer: Expected::default(),
        }
    }
}
