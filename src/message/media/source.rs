//! The source of a file's bytes, and its digests.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncRead;

use crate::file_io::{BATCH, Buffers, Lane, run_blocking};
use wechatpay_core::crypto::digest::{DigestKind, Digester};
use wechatpay_core::crypto::{Fingerprint, FingerprintKey};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The bytes of a file; clones share bytes in memory.
#[derive(Clone)]
pub(super) struct Source {
    len: u64,
    origin: SourceOrigin,
    /// Known digests, given by the caller or computed earlier.
    known: Vec<(DigestKind, String)>,
    /// Whether the bytes have to be checked while they are sent: the caller gave a digest that was not verified.
    unchecked: bool,
    /// The fingerprint of a file on disk that was read before; it may change until it is sent.
    seen: Option<FileFingerprint>,
}

/// A keyed fingerprint of a file's content.
#[derive(Clone)]
pub(super) struct FileFingerprint {
    pub(super) key: FingerprintKey,
    pub(super) tag: [u8; 16],
}

#[derive(Clone)]
enum SourceOrigin {
    Bytes(Bytes),
    Path(Arc<PathBuf>),
    Reader(Arc<Mutex<SingleUse>>),
}

/// A reader that can be read once.
enum SingleUse {
    Unread(Pin<Box<dyn AsyncRead + Send>>),
    Gone,
    #[cfg(feature = "files")]
    Spooled(Arc<tempfile::TempPath>),
}

/// The open source of a body.
pub(super) enum Opened {
    Bytes(Bytes),
    Path(SharedPath),
    Reader(Pin<Box<dyn AsyncRead + Send>>),
}

/// A path, kept from being removed while it is read.
#[derive(Clone)]
pub(super) enum SharedPath {
    Own(Arc<PathBuf>),
    #[cfg(feature = "files")]
    Temporary(Arc<tempfile::TempPath>),
}

impl AsRef<Path> for SharedPath {
    fn as_ref(&self) -> &Path {
        match self {
            Self::Own(path) => path,
            #[cfg(feature = "files")]
            Self::Temporary(path) => path,
        }
    }
}

impl Source {
    pub(super) fn bytes(bytes: Bytes) -> Self {
        Self::new(bytes.len() as u64, SourceOrigin::Bytes(bytes))
    }

    pub(super) fn path(path: &Path) -> Result<Self> {
        let len = file_len(path)?;
        Ok(Self::new(
            len,
            SourceOrigin::Path(Arc::new(path.to_owned())),
        ))
    }

    pub(super) fn reader(len: u64, reader: Pin<Box<dyn AsyncRead + Send>>) -> Self {
        let once = Arc::new(Mutex::new(SingleUse::Unread(reader)));
        Self::new(len, SourceOrigin::Reader(once))
    }

    fn new(len: u64, origin: SourceOrigin) -> Self {
        Self {
            len,
            origin,
            known: Vec::new(),
            unchecked: false,
            seen: None,
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Sets the SHA-256 that the caller expects.
    pub(super) fn expect(&mut self, sha256: String) {
        self.known = vec![(DigestKind::Sha256, sha256.to_ascii_lowercase())];
        self.unchecked = true;
    }

    /// Returns the caller's digest, unless it was already verified.
    pub(super) fn expected(&self) -> Option<&(DigestKind, String)> {
        self.known.first().filter(|_| self.unchecked)
    }

    /// The fingerprint taken earlier, if the file may have changed since.
    pub(super) fn seen(&self) -> Option<&FileFingerprint> {
        self.seen.as_ref()
    }

    /// Checks the caller's digest and the length again, since a file may have changed since it was
    /// named. A file that needed no digest is read now, so that an edit during the upload is detected.
    pub(super) async fn make_ready(&mut self) -> Result<()> {
        if self.unchecked {
            for (kind, hex) in &self.known {
                kind.check_hex(hex)?;
            }
        }
        if let SourceOrigin::Path(path) = &self.origin {
            let (found, path) = (Arc::clone(path), SharedPath::Own(Arc::clone(path)));
            self.len = run_blocking(move || file_len(&found)).await?;
            if !self.unchecked && self.seen.is_none() {
                self.seen = Some(look(path, None).await?.1);
            }
        }
        Ok(())
    }

    /// Returns a digest in hex; reads the file unless the digest is known.
    pub(super) async fn digest(&mut self, kind: DigestKind) -> Result<String> {
        if let Some((_, known)) = self.known.iter().find(|(known, _)| *known == kind) {
            return Ok(known.clone());
        }
        let digest = match self.rereadable().await? {
            Opened::Path(path) => {
                let (digest, seen) = look(path, Some(Digester::new(kind)?)).await?;
                self.seen = Some(seen);
                digest
            }
            Opened::Bytes(bytes) => {
                run_blocking(move || {
                    let mut digester = Digester::new(kind)?;
                    digester.update(&bytes)?;
                    digester.finish()
                })
                .await?
            }
            Opened::Reader(_) => return Err(read_already()),
        };
        self.known.push((kind, digest.clone()));
        Ok(digest)
    }

    /// Opens the file for sending.
    pub(super) fn open(&self) -> Result<Opened> {
        match &self.origin {
            SourceOrigin::Bytes(bytes) => Ok(Opened::Bytes(bytes.clone())),
            SourceOrigin::Path(path) => Ok(Opened::Path(SharedPath::Own(Arc::clone(path)))),
            SourceOrigin::Reader(once) => {
                let mut once = lock(once);
                match &*once {
                    #[cfg(feature = "files")]
                    SingleUse::Spooled(path) => {
                        Ok(Opened::Path(SharedPath::Temporary(Arc::clone(path))))
                    }
                    _ => match std::mem::replace(&mut *once, SingleUse::Gone) {
                        SingleUse::Unread(reader) => Ok(Opened::Reader(reader)),
                        _ => Err(read_already()),
                    },
                }
            }
        }
    }

    /// Whether the source is a consumed reader.
    pub(super) fn is_spent(&self) -> bool {
        match &self.origin {
            SourceOrigin::Reader(once) => matches!(*lock(once), SingleUse::Gone),
            SourceOrigin::Bytes(_) | SourceOrigin::Path(_) => false,
        }
    }

    /// Returns the file in a form that can be read twice.
    async fn rereadable(&self) -> Result<Opened> {
        match (self.open()?, &self.origin) {
            (Opened::Reader(reader), SourceOrigin::Reader(once)) => {
                let path = spool(reader, self.len).await?;
                Ok(keep(once, path))
            }
            (opened, _) => Ok(opened),
        }
    }
}

/// Returns the file's length; paths other than files are errors.
fn file_len(path: &Path) -> Result<u64> {
    let found = std::fs::metadata(path).map_err(|err| {
        let message = format!(
            "the file {} cannot be read; nothing was sent",
            path.display()
        );
        Error::new(ErrorKind::File, message).with_source(err)
    })?;
    if found.is_file() {
        return Ok(found.len());
    }
    Err(Error::new(
        ErrorKind::File,
        format!(
            "{} is not a file; for a pipe or device give the length, with Media::from_reader",
            path.display()
        ),
    ))
}

/// The number of bytes that are read before the thread yields, so that a dropped call ends soon.
const SLICE: usize = 8 << 20;

/// Reads a file; the digest is empty if none is requested.
async fn look(path: SharedPath, digester: Option<Digester>) -> Result<(String, FileFingerprint)> {
    match digester {
        Some(digester) => hashed(path, digester).await,
        None => Ok((String::new(), skimmed(path).await?)),
    }
}

/// Reads a file. A long one is hashed while its next bytes are read.
async fn hashed(path: SharedPath, mut digester: Digester) -> Result<(String, FileFingerprint)> {
    let (mut looking, digester, mut batch) = run_blocking(move || {
        let mut looking = Looking::open(path)?;
        let len = looking.file.metadata().map_or(0, |found| found.len());
        let first = looking.batch(Vec::with_capacity(BATCH.min(len as usize)))?;
        if !looking.has_more {
            digester.update(&first)?;
        }
        Ok((looking, digester, first))
    })
    .await?;
    if !looking.has_more {
        return Ok((digester.finish()?, looking.finish()?));
    }
    let (mut digester, mut buffers) = (Lane::new(digester), Buffers::default());
    loop {
        digester.push(buffers.share(batch)).await?;
        if !looking.has_more {
            return Ok((digester.finish().await?.finish()?, looking.finish()?));
        }
        let buffer = buffers.empty();
        (looking, batch) = run_blocking(move || {
            let batch = looking.batch(buffer)?;
            Ok((looking, batch))
        })
        .await?;
    }
}

/// Reads a file only for its fingerprint.
async fn skimmed(path: SharedPath) -> Result<FileFingerprint> {
    let mut looking = run_blocking(move || Looking::open(path)?.slice()).await?;
    while looking.has_more {
        looking = run_blocking(move || looking.slice()).await?;
    }
    looking.finish()
}

/// A file that is being read.
struct Looking {
    path: SharedPath,
    file: File,
    has_more: bool,
    key: FingerprintKey,
    fingerprint: Fingerprint,
}

impl Looking {
    fn open(path: SharedPath) -> Result<Self> {
        let key = FingerprintKey::new()?;
        Ok(Self {
            file: File::open(&path).map_err(|err| unreadable(&path, err))?,
            path,
            has_more: true,
            fingerprint: Fingerprint::new(&key)?,
            key,
        })
    }

    /// Reads the next batch into the buffer.
    fn batch(&mut self, mut buffer: Vec<u8>) -> Result<Vec<u8>> {
        buffer.clear();
        let read = (&mut self.file).take(BATCH as u64).read_to_end(&mut buffer);
        let read = read.map_err(|err| unreadable(&self.path, err))?;
        self.fingerprint.update(&buffer)?;
        self.has_more = read == BATCH;
        Ok(buffer)
    }

    /// Reads a slice.
    fn slice(mut self) -> Result<Self> {
        let (mut read, mut buffer) = (0, Vec::new());
        while self.has_more && read < SLICE {
            buffer = self.batch(buffer)?;
            read += buffer.len();
        }
        Ok(self)
    }

    fn finish(self) -> Result<FileFingerprint> {
        let (key, tag) = (self.key, self.fingerprint.finish()?);
        Ok(FileFingerprint { key, tag })
    }
}

#[cfg(feature = "files")]
type Spooled = tempfile::TempPath;
#[cfg(not(feature = "files"))]
type Spooled = std::convert::Infallible;

/// Copies a reader to a temporary file with mode 0600.
#[cfg(feature = "files")]
async fn spool(reader: Pin<Box<dyn AsyncRead + Send>>, len: u64) -> Result<Spooled> {
    use std::io::Write;

    let failed = |err| {
        Error::new(
            ErrorKind::File,
            "the upload's temporary file cannot be written",
        )
        .with_source(err)
    };
    let mut file = run_blocking(move || tempfile::NamedTempFile::new().map_err(failed)).await?;
    let mut written = 0;
    let mut reader = super::reader::Reader::new(reader);
    loop {
        let piece = reader.some().await.map_err(reader_failed)?;
        if piece.is_empty() {
            break;
        }
        written += piece.len() as u64;
        if written > len {
            // The announced length limits the disk space.
            return Err(other_length(written, len));
        }
        file = run_blocking(move || file.write_all(&piece).map(|()| file).map_err(failed)).await?;
    }
    if written == len {
        Ok(file.into_temp_path())
    } else {
        Err(other_length(written, len))
    }
}

#[cfg(not(feature = "files"))]
async fn spool(_: Pin<Box<dyn AsyncRead + Send>>, _: u64) -> Result<Spooled> {
    Err(Error::new(
        ErrorKind::Unsupported,
        "the meta of an upload has the file's digest, and a reader can be read only once: give the \
         digest with Media::sha256, or build this crate with its feature `files`",
    ))
}

#[cfg(feature = "files")]
fn keep(once: &Mutex<SingleUse>, path: Spooled) -> Opened {
    let path = Arc::new(path);
    *lock(once) = SingleUse::Spooled(Arc::clone(&path));
    Opened::Path(SharedPath::Temporary(path))
}

#[cfg(not(feature = "files"))]
fn keep(_: &Mutex<SingleUse>, path: Spooled) -> Opened {
    match path {}
}

fn lock(once: &Mutex<SingleUse>) -> MutexGuard<'_, SingleUse> {
    once.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn unreadable(path: &SharedPath, err: std::io::Error) -> Error {
    let message = format!("the file {} cannot be read", path.as_ref().display());
    Error::new(ErrorKind::File, message).with_source(err)
}

pub(super) fn reader_failed(err: std::io::Error) -> Error {
    Error::new(ErrorKind::File, "the upload's reader failed").with_source(err)
}

pub(super) fn other_length(found: u64, len: u64) -> Error {
    Error::new(
        ErrorKind::File,
        if found > len {
            format!("the file to upload has more than the {len} bytes that were announced")
        } else {
            format!("the file to upload has {found} bytes, and {len} were announced")
        },
    )
}

fn read_already() -> Error {
    Error::new(
        ErrorKind::File,
        "the upload's reader was already consumed: to retry an upload, use Media::from_path or \
         Media::from_bytes",
    )
}
