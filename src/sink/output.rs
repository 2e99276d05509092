//! The file while it is written: decrypted, decompressed, hashed, and finally moved to its target.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use tempfile::TempPath;

use super::genuine;
use super::target::{Directory, temporary_beside};
use super::too_long;
use super::unseal::Unseal;
use crate::message::{Expected, SavedFile, Sink};
use wechatpay_core::crypto::digest::{DigestKind, Digester};
use wechatpay_core::error::{Error, ErrorKind, Result, Verification, VerifyFailure};
use wechatpay_core::protocol::{Content, HEAD, not_gzip};

/// Applies all steps that the sink asks for to the written bytes.
pub(super) struct Output {
    seal: Option<Unseal>,
    stream: Stream,
    target: PathBuf,
    is_part: bool,
    expected: Option<(DigestKind, String)>,
    answer: Expected,
}

enum Stream {
    Plain(Temporary),
    Zipped(Box<MultiGzDecoder<Temporary>>),
}

impl Output {
    pub(super) fn create(sink: Sink) -> Result<Self> {
        let seal = sink.seal.as_ref();
        let seal = seal.map(|seal| Unseal::new(seal, sink.max_bytes));
        let seal = seal.transpose()?;
        let digester = match &sink.digest {
            Some((kind, _)) => Some(Digester::new(*kind)?),
            None => None,
        };
        let (file, path) = temporary_beside(&sink.target)?.into_parts();
        let temporary = Temporary {
            file,
            path,
            directory: Directory::open(&sink.target)?,
            digester,
            head: Vec::new(),
            len: 0,
            written: sink.written,
            max_bytes: sink.max_bytes,
        };
        Ok(Self {
            seal,
            stream: if sink.gunzip {
                Stream::Zipped(Box::new(MultiGzDecoder::new(temporary)))
            } else {
                Stream::Plain(temporary)
            },
            target: sink.target,
            is_part: sink.is_part,
            expected: sink.digest,
            answer: sink.answer,
        })
    }

    pub(super) fn write(&mut self, piece: &[u8]) -> Result<()> {
        match &mut self.seal {
            None => self.stream.write(piece),
            Some(seal) => seal.open(piece, |text| self.stream.write(text)),
        }
    }

    /// Hands out the digester if the received bytes are the file's, so that they are hashed where they arrive,
    /// while earlier ones are written.
    pub(super) fn take_digester(&mut self) -> Option<Digester> {
        match &mut self.stream {
            Stream::Plain(file) if self.seal.is_none() => file.digester.take(),
            _ => None,
        }
    }

    /// Takes back the digester of all received bytes.
    pub(super) fn set_digester(&mut self, digester: Digester) {
        if let Stream::Plain(file) = &mut self.stream {
            file.digester = Some(digester);
        }
    }

    /// Checks the file and moves it to its target.
    pub(super) fn commit(mut self, verification: Verification) -> Result<SavedFile> {
        let sealed = self.seal.take();
        let was_sealed = sealed.is_some();
        sealed.map_or(Ok(()), Unseal::finish)?;
        let mut file = match self.stream {
            Stream::Plain(file) => file,
            Stream::Zipped(decoder) => decoder.finish().map_err(own)?,
        };
        match (&self.expected, file.digester.take()) {
            (Some((kind, expected)), Some(digester)) => {
                check(*kind, expected, digester.finish()?, &file.head)?;
            }
            (Some(_), None) => return Err(not_hashed()),
            (None, _) if was_sealed => {}
            (None, _) => {
                let genuine = genuine::check(&file.head, self.answer, &verification);
                genuine.map_err(|err| err.with_body(file.whole()))?;
            }
        }
        let len = file.len;
        let part = if self.is_part {
            Some(Arc::new(file.path))
        } else {
            file.keep(&self.target)?;
            None
        };
        Ok(SavedFile {
            path: part.as_ref().map_or(self.target, |part| part.to_path_buf()),
            len,
            part,
            digest: self.expected,
            unsealed: was_sealed,
            verification,
        })
    }
}

impl Stream {
    fn write(&mut self, piece: &[u8]) -> Result<()> {
        match self {
            Self::Plain(file) => file.write_all(piece).map_err(own),
            Self::Zipped(decoder) => decoder.write_all(piece).map_err(own),
        }
    }
}

fn check(kind: DigestKind, expected: &str, found: String, head: &[u8]) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let what = match genuine::content(head) {
        Content::Other => String::new(),
        content => format!(" (it is {})", content.name()),
    };
    Err(Error::new(
        ErrorKind::Verify,
        format!(
            "the file does not match the announced digest{what}: nothing of it was kept; download it again"
        ),
    )
    .with_source(VerifyFailure::Digest {
        algorithm: kind.name(),
        expected: expected.to_owned(),
        found,
    }))
}

/// The error for a missing digester. Only a mistake in this crate causes it; the file is refused.
fn not_hashed() -> Error {
    Error::new(
        ErrorKind::Verify,
        "the digest of the file was not computed: nothing of it was kept; report this mistake of the library",
    )
}

/// The temporary file, which hashes its content.
struct Temporary {
    file: File,
    /// Removes the file when it is dropped.
    path: TempPath,
    directory: Directory,
    digester: Option<Digester>,
    /// The first bytes, [`HEAD`] at most.
    head: Vec<u8>,
    len: u64,
    /// The bytes of this file and of those that share its limit.
    written: Arc<AtomicU64>,
    max_bytes: u64,
}

impl Temporary {
    /// Returns the whole content if it is short: the body of an error.
    fn whole(&self) -> Bytes {
        if self.len == self.head.len() as u64 {
            Bytes::copy_from_slice(&self.head)
        } else {
            Bytes::new()
        }
    }

    /// Syncs before and after the move, so that after a crash the target is either the old or the new file.
    fn keep(self, target: &Path) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|err| unwritable(target, err))?;
        let moved = self.path.persist(target);
        moved.map_err(|err| unwritable(target, err.error))?;
        let synced = self.directory.sync();
        synced.map_err(|err| may_not_last(target, err))
    }
}

impl Write for Temporary {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let len = piece.len() as u64;
        if self.written.fetch_add(len, Ordering::Relaxed) + len > self.max_bytes {
            return Err(io::Error::other(too_long(self.max_bytes)));
        }
        let written = self.file.write_all(piece);
        written.map_err(|err| io::Error::other(unwritable(&self.path, err)))?;
        if let Some(digester) = &mut self.digester {
            digester.update(piece).map_err(io::Error::other)?;
        }
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(room)]);
        self.len += len;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Unwraps this crate's errors from those of the decompressor.
fn own(err: io::Error) -> Error {
    match err.downcast::<Error>() {
        Ok(err) => err,
        Err(err) => not_gzip(err),
    }
}

fn unwritable(path: &Path, err: io::Error) -> Error {
    Error::new(
        ErrorKind::File,
        format!(
            "the download cannot be written to {}: nothing of it was kept",
            path.display()
        ),
    )
    .with_source(err)
}

/// The old file has already been replaced.
fn may_not_last(target: &Path, err: io::Error) -> Error {
    Error::new(
        ErrorKind::File,
        format!(
            "the download is at {}, whole and checked, but its directory could not be written to the \
             disk: it may not survive a power loss; copy it or fetch it again",
            target.display()
        ),
    )
    .with_source(err)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::fs::OpenOptionsExt;

    use super::*;

    /// Names a file without opening it: syncing gives EBADF.
    const O_PATH: i32 = 0o10_000_000;

    fn directory_of(output: &mut Output) -> &mut Directory {
        match &mut output.stream {
            Stream::Plain(temporary) => &mut temporary.directory,
            Stream::Zipped(_) => panic!("it was not to be unzipped"),
        }
    }

    /// A disk that is full from the first byte.
    fn full(target: &Path) -> Output {
        let mut output = Output::create(Sink::new(target.to_owned())).unwrap();
        if let Stream::Plain(temporary) = &mut output.stream {
            temporary.file = File::options().write(true).open("/dev/full").unwrap();
        }
        output
    }

    #[test]
    fn a_full_disk_is_reported_and_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("bill.csv");
        std::fs::write(&target, "old").unwrap();
        let mut output = full(&target);
        let err = output.write(b"new").unwrap_err();
        assert_eq!(err.kind(), ErrorKind::File);
        let cause = err.find::<io::Error>().unwrap();
        assert_eq!(cause.kind(), io::ErrorKind::StorageFull);
        drop(output);
        assert_eq!(std::fs::read(&target).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_whose_announced_digest_was_not_computed_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut sink = Sink::new(dir.path().join("bill.csv"));
        sink.digest = Some((DigestKind::Sha1, "0".repeat(40)));
        let mut output = Output::create(sink).unwrap();
        assert!(output.take_digester().is_some());
        output.write(b"new").unwrap();
        let err = output.commit(Verification::Unsigned).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_failed_directory_sync_is_reported_and_keeps_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("bill.csv");
        std::fs::write(&target, "old").unwrap();
        let mut output = Output::create(Sink::new(target.clone())).unwrap();
        output.write(b"new").unwrap();
        directory_of(&mut output).handle = File::options()
            .read(true)
            .custom_flags(O_PATH)
            .open(dir.path())
            .unwrap();
        let err = output.commit(Verification::Unsigned).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::File);
        let said = err.to_string();
        assert!(said.contains("may not survive a power loss"), "{said}");
        assert!(!said.contains("nothing of it was kept"), "{said}");
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
    }

    #[test]
    fn a_file_system_without_directory_sync_is_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let mut output = Output::create(Sink::new(dir.path().join("bill.csv"))).unwrap();
        output.write(b"new").unwrap();
        // Devices cannot be synced: EINVAL.
        directory_of(&mut output).handle = File::open("/dev/null").unwrap();
        output.commit(Verification::Unsigned).unwrap();
    }

    #[test]
    fn a_download_without_a_set_limit_has_the_default_limit() {
        let dir = tempfile::tempdir().unwrap();
        let sink = Sink::new(dir.path().join("bill.csv"));
        let limit = sink.max_bytes;
        assert_eq!(limit, 4 << 30);
        let output = Output::create(sink).unwrap();
        let Stream::Plain(mut temporary) = output.stream else {
            panic!("it was not to be unzipped");
        };
        // As if all but one byte had been written.
        temporary.written = Arc::new((limit - 1).into());
        assert!(temporary.write_all(b"1").is_ok());
        let err = own(temporary.write_all(b"2").unwrap_err());
        assert_eq!(err.kind(), ErrorKind::Body, "{}", err.report());
        assert_eq!(temporary.file.metadata().unwrap().len(), 1);
    }

    /// Before all of them are on the disk.
    #[test]
    fn the_files_of_a_bill_share_one_limit() {
        let dir = tempfile::tempdir().unwrap();
        let written = Arc::default();
        let part = || {
            let mut sink = Sink::new(dir.path().join("bill.csv"));
            (sink.max_bytes, sink.written) = (5, Arc::clone(&written));
            Output::create(sink).unwrap()
        };
        let (mut first, mut second) = (part(), part());
        first.write(b"123").unwrap();
        second.write(b"45").unwrap();
        for output in [&mut first, &mut second] {
            let err = output.write(b"6").unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Body, "{}", err.report());
        }
    }
}
