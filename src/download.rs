//! Downloads into files.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use crate::call::{Call, Pending};
use crate::message::{Response, SavedFile, Seal, Sink};
use crate::transport::BoxFuture;
use wechatpay_core::crypto::digest::DigestKind;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

/// A call that saves its response in a file: `.await` it, or `.wait()` for it.
///
/// The response is streamed in constant memory to a temporary file in the target's directory. When it is
/// complete and checked, the temporary file replaces the target atomically. On any error the target is
/// unchanged and the temporary file is removed.
///
/// The file has mode 0600, whatever the mode of the file that it replaces. A symbolic link is replaced
/// and not followed. A device, pipe or socket as target, or a link to one, is an error.
///
/// Dropping the call leaves the target unchanged. A call that is dropped while the file is being moved may
/// still replace the target with the complete new file.
///
/// A response that is not a file is an error whatever its status: an HTML page, a JSON or XML message or
/// an empty body, compressed or not, unless its digest is the expected one.
///
/// The response's signature is checked if it has one, then the signed digest of a statement and the digest
/// given here. Without a signature and a digest, only TLS protects the file; such a response is an error
/// unless the catalog declares the endpoint unsigned.
///
/// ```no_run
/// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
/// let file = client
///     .chain("v3/billdownload/file")
///     .get(())
///     .query("token", "6XIv5TUPto7p")
///     .sink("2024-01-01.csv")
///     .expect_sha1("79bb0f45fc4c42234a918000b2668d689e2bde04")
///     .await?;
/// println!("{} bytes", file.len());
/// # Ok(()) }
/// ```
#[must_use = "nothing happens until it is awaited, or waited for with .wait()"]
pub struct Download {
    call: Call,
}

impl Call {
    /// Saves the response in a file: see [`Download`].
    ///
    /// A [`timeout`](Self::timeout) limits the time to the headers and every pause between two reads. A path
    /// that cannot be a file fails with [`ErrorKind::File`] before anything is sent: a directory, `x/`, a
    /// path in a directory that is missing or read-only, or one that is too long or holds a NUL.
    pub fn sink(self, path: impl Into<PathBuf>) -> Download {
        let sink = Sink::new(path.into());
        Download {
            call: self.edit(|plan| plan.sink = Some(sink)),
        }
    }
}

impl Download {
    /// Accepts only a file with this SHA-1, in 40 hex digits. Bills announce it as `hash_value`.
    pub fn expect_sha1(self, hex: impl Into<String>) -> Self {
        self.expect_digest(DigestKind::Sha1, hex)
    }

    /// Accepts only a file with this digest, in hex. With [`gunzip`](Self::gunzip) it is the digest of the
    /// decompressed file.
    pub fn expect_digest(self, kind: DigestKind, hex: impl Into<String>) -> Self {
        let hex = kind.check_hex(&hex.into());
        Self {
            call: self.call.attempt(|plan| {
                let hex = hex?;
                if let Some(sink) = &mut plan.sink {
                    sink.digest = Some((kind, hex));
                }
                Ok(())
            }),
        }
    }

    /// Decompresses the file while it is received, for `tar_type=GZIP`.
    pub fn gunzip(self) -> Self {
        self.edit(|sink| sink.gunzip = true)
    }

    /// Decrypts a file that is encrypted with AES-256-GCM, such as a sub-merchant's bill, and then
    /// decompresses it if asked to. [`Client::bill`](crate::Client::bill) does this automatically.
    ///
    /// `key` is the decrypted `encrypt_key` of the response that named the file: 32 characters. `nonce` is
    /// in the same response. The target is not replaced before the authentication tag has been verified.
    ///
    /// Source: WeChat Pay document "下载单个子商户/二级商户资金账单".
    pub fn unseal(self, key: impl Into<Secret>, nonce: impl Into<String>) -> Self {
        let (key, nonce) = (key.into(), nonce.into());
        self.edit(|sink| sink.seal = Some(Seal { key, nonce }))
    }

    /// Limits the decompressed length, in bytes; 4 GiB by default. A longer file is an error.
    ///
    /// The limit exists because a small compressed file can expand to any length.
    pub fn max_bytes(self, limit: u64) -> Self {
        self.edit(|sink| sink.max_bytes = limit)
    }

    /// Limits the time of the download to its last byte, as [`Call::deadline`] does.
    pub fn deadline(self, limit: Duration) -> Self {
        Self {
            call: self.call.deadline(limit),
        }
    }

    /// Calls `progress` with the bytes received so far and the total, if the response announces it. Both
    /// count compressed bytes. The total of a response with `Content-Encoding` is unknown, since it is
    /// decoded before it is counted.
    pub fn on_progress(self, progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.edit(|sink| sink.progress = Some(Arc::new(progress)))
    }

    /// Blocks this thread until the file is saved. It works in the same places as [`Call::wait`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`] when the file cannot be written, [`ErrorKind::Verify`] when signature or digest do
    /// not match, [`ErrorKind::Body`] when the response is not gzip, or a page or message instead of the
    /// file, [`ErrorKind::Transport`] when the connection breaks or the response may be cut off, and all
    /// errors of [`Call::wait`]. No file is left behind.
    pub fn wait(self) -> Result<SavedFile> {
        self.call.wait().and_then(saved)
    }

    pub(crate) async fn run(self) -> Result<SavedFile> {
        self.call.run().await.and_then(saved)
    }

    /// Leaves the file beside its target, to be joined with others that share `written`: together they are no longer than
    /// the limit.
    pub(crate) fn left_as_part(self, written: &Arc<AtomicU64>) -> Self {
        let written = Arc::clone(written);
        self.edit(|sink| (sink.is_part, sink.written) = (true, written))
    }

    fn edit(self, edit: impl FnOnce(&mut Sink)) -> Self {
        Self {
            call: self.call.edit(|plan| {
                if let Some(sink) = &mut plan.sink {
                    edit(sink);
                }
            }),
        }
    }
}

impl IntoFuture for Download {
    type Output = Result<SavedFile>;
    type IntoFuture = BoxFuture<'static, Result<SavedFile>>;

    fn into_future(self) -> Self::IntoFuture {
        Pending::new(self.run()).into_future()
    }
}

fn saved(response: Response) -> Result<SavedFile> {
    response.into_saved().ok_or_else(|| {
        Error::new(
            ErrorKind::Middleware,
            "the call ended without a file: a middleware answered the call",
        )
    })
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Download").field(&self.call).finish()
    }
}
