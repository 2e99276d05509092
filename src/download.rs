//! Answers that go into files: streamed, checked, and only then put in their place.

use std::fmt;
use std::future::IntoFuture;
use std::path::PathBuf;
use std::sync::Arc;

use crate::call::{Call, Pending};
use crate::message::{Response, SavedFile, Seal, Sink};
use crate::transport::BoxFuture;
use wechatpay_core::crypto::digest::DigestKind;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::secret::Secret;

/// A call whose answer goes into a file: `.await` it, or `.wait()` for it.
///
/// The answer is streamed in constant memory to a temporary file beside the target that only its
/// owner can read. When it is whole and checked it replaces the target in one step; until then, and
/// whatever goes wrong, the target is as it was and nothing else is left behind.
///
/// The file is readable by its owner alone (0600), whatever the mode of the one that it replaces. A
/// symbolic link is replaced too, and not followed; a device, a pipe or a socket is refused.
///
/// A call that is dropped leaves the target as it was. Dropped while the file is put into its place, at
/// the very end, it may come too late: the target is then the whole new file.
///
/// What is not the file is refused, whatever its status: of an operation whose answer is a file an HTML
/// page, a JSON or XML message and nothing at all, zipped or not, unless it is what the digest says.
///
/// What is checked: the answer's signature where it has one, of a statement its digest, and the
/// digest given here. Where an answer carries no signature and no digest is given, only TLS vouches
/// for it; of endpoints that the catalog does not declare unsigned such an answer is refused.
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
    /// The answer as a file: see [`Download`].
    ///
    /// A [`timeout`](Self::timeout) bounds the beginning of the answer and every pause in it. A path that
    /// can be no file's fails with [`ErrorKind::File`] before anything is sent: a directory, `x/`, one in a
    /// directory that is missing or read-only, one that is too long or holds a NUL.
    pub fn sink(self, path: impl Into<PathBuf>) -> Download {
        let sink = Sink::new(path.into());
        Download {
            call: self.edit(|plan| plan.sink = Some(sink)),
        }
    }
}

impl Download {
    /// Accepts only a file of this SHA-1, 40 hex digits: what bills announce.
    pub fn expect_sha1(self, hex: impl Into<String>) -> Self {
        self.expect_digest(DigestKind::Sha1, hex)
    }

    /// Accepts only a file of this digest, in hex. With [`gunzip`](Self::gunzip) it is that of the
    /// unzipped file.
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

    /// Unzips the file on its way: for `tar_type=GZIP`.
    pub fn gunzip(self) -> Self {
        self.edit(|sink| sink.gunzip = true)
    }

    /// Opens a file that came encrypted with AES-256-GCM, as bills of sub-merchants do; before it is
    /// unzipped, if it is. [`Client::bill`](crate::Client::bill) does it by itself.
    ///
    /// `key` is the `encrypt_key` of the answer that named the file, decrypted: 32 characters. `nonce`
    /// stands beside it. Nothing of the file is in its place before the tag at its end has proven it.
    ///
    /// Source: WeChat Pay document "下载单个子商户/二级商户资金账单".
    pub fn unseal(self, key: impl Into<Secret>, nonce: impl Into<String>) -> Self {
        let (key, nonce) = (key.into(), nonce.into());
        self.edit(|sink| sink.seal = Some(Seal { key, nonce }))
    }

    /// Gives a file up that is longer than this many bytes, unzipped; 4 GiB unless said.
    ///
    /// The limit is there because a small zipped file can unzip to any length.
    pub fn max_bytes(self, limit: u64) -> Self {
        self.edit(|sink| sink.max_bytes = limit)
    }

    /// Is told how many bytes have come, and how many there are if the answer says so; zipped, if
    /// they come zipped. Of an answer with `Content-Encoding`, which is unzipped before it is counted,
    /// nobody knows the end.
    pub fn on_progress(self, progress: impl Fn(u64, Option<u64>) + Send + Sync + 'static) -> Self {
        self.edit(|sink| sink.progress = Some(Arc::new(progress)))
    }

    /// Parks this thread until the file is there; works anywhere, as [`Call::wait`] does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`] when the file cannot be written, [`ErrorKind::Verify`] when signature or
    /// digest do not fit, [`ErrorKind::Body`] when it is not gzip, or a page or a message in the
    /// file's place, [`ErrorKind::Transport`] when the connection breaks or the end of the answer is
    /// not known to be its end, and all of [`Call::wait`]. Nothing is left behind.
    pub fn wait(self) -> Result<SavedFile> {
        self.call.wait().and_then(saved)
    }

    pub(crate) async fn run(self) -> Result<SavedFile> {
        self.call.run().await.and_then(saved)
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
            "the call ended without a file: a middleware answered it by itself",
        )
    })
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Download").field(&self.call).finish()
    }
}
