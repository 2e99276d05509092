//! The thread that writes: hashing and the disk never hold up the connections.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use tempfile::{NamedTempFile, TempPath};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;

use crate::crypto::digest::{DigestKind, Digester};
use crate::error::{Error, ErrorKind, Result, Verification, VerifyFailure};
use crate::message::{SavedFile, Sink};
use crate::offload::{offload, start};
use crate::protocol::not_gzip;

/// A file in the making. Dropped, it is given up and removed.
pub(super) struct Writer {
    pieces: Sender<Message>,
    thread: JoinHandle<Result<Option<SavedFile>>>,
}

enum Message {
    Piece(Bytes),
    Commit(Verification),
}

/// How many pieces may wait for the disk.
const AHEAD: usize = 4;

impl Writer {
    pub(super) async fn create(sink: Sink) -> Result<Self> {
        let output = offload(move || Output::create(sink)).await?;
        let (pieces, received) = mpsc::channel(AHEAD);
        let thread = start(move || write_all(output, received))?;
        Ok(Self { pieces, thread })
    }

    /// # Errors
    ///
    /// [`ErrorKind::File`] when the thread has given up; [`discard`](Self::discard) tells why.
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<()> {
        let sent = self.pieces.send(Message::Piece(piece)).await;
        sent.map_err(|_| given_up())
    }

    /// Checks the file and puts it into its place.
    pub(super) async fn commit(self, verification: Verification) -> Result<SavedFile> {
        // Not taken when the thread has given up: its error is the one that counts.
        let _ = self.pieces.send(Message::Commit(verification)).await;
        match self.thread.await {
            Ok(Ok(Some(saved))) => Ok(saved),
            Ok(Err(err)) => Err(err),
            _ => Err(given_up()),
        }
    }

    /// Removes the file, and gives the error of the thread if that was first.
    pub(super) async fn discard(self) -> Option<Error> {
        drop(self.pieces);
        match self.thread.await {
            Ok(Err(err)) => Some(err.with_maybe_sent(true)),
            _ => None,
        }
    }
}

fn write_all(mut output: Output, mut received: Receiver<Message>) -> Result<Option<SavedFile>> {
    while let Some(message) = received.blocking_recv() {
        match message {
            Message::Piece(piece) => output.write(&piece)?,
            Message::Commit(verification) => return output.commit(verification).map(Some),
        }
    }
    // Given up: the temporary file goes with the output.
    Ok(None)
}

/// What goes through the unzipping, if there is one, and what comes out of it.
struct Output {
    stream: Stream,
    target: PathBuf,
    expected: Option<(DigestKind, String)>,
}

enum Stream {
    Plain(Temporary),
    Zipped(Box<MultiGzDecoder<Temporary>>),
}

impl Output {
    fn create(sink: Sink) -> Result<Self> {
        let digester = match &sink.digest {
            Some((kind, _)) => Some(Digester::new(*kind)?),
            None => None,
        };
        let (file, path) = beside(&sink.target)?.into_parts();
        let temporary = Temporary {
            file,
            path,
            digester,
            len: 0,
            max_bytes: sink.max_bytes,
        };
        Ok(Self {
            stream: match sink.gunzip {
                true => Stream::Zipped(Box::new(MultiGzDecoder::new(temporary))),
                false => Stream::Plain(temporary),
            },
            target: sink.target,
            expected: sink.digest,
        })
    }

    fn write(&mut self, piece: &[u8]) -> Result<()> {
        match &mut self.stream {
            Stream::Plain(file) => file.write_all(piece).map_err(own),
            Stream::Zipped(decoder) => decoder.write_all(piece).map_err(own),
        }
    }

    fn commit(self, verification: Verification) -> Result<SavedFile> {
        let mut file = match self.stream {
            Stream::Plain(file) => file,
            Stream::Zipped(decoder) => decoder.finish().map_err(own)?,
        };
        if let (Some((kind, expected)), Some(digester)) = (&self.expected, file.digester.take()) {
            check(*kind, expected, digester.finish()?)?;
        }
        let len = file.len;
        file.keep(&self.target)?;
        Ok(SavedFile {
            path: self.target,
            len,
            digest: self.expected,
            verification,
        })
    }
}

fn check(kind: DigestKind, expected: &str, found: String) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Verify,
        "the file is not the one that was announced: nothing of it was kept; ask for it again",
    )
    .with_source(VerifyFailure::Digest {
        algorithm: kind.name(),
        expected: expected.to_owned(),
        found,
    }))
}

/// The temporary file: hashes what it writes.
struct Temporary {
    file: File,
    /// Removes the file when it is dropped.
    path: TempPath,
    digester: Option<Digester>,
    len: u64,
    max_bytes: u64,
}

impl Temporary {
    /// Whatever happens to the machine afterwards, the target is the old file or the whole new one.
    fn keep(self, target: &Path) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|err| unwritable(target, err))?;
        let moved = self.path.persist(target);
        moved.map_err(|err| unwritable(target, err.error))?;
        sync_directory(target).map_err(|err| unwritable(target, err))
    }
}

impl Write for Temporary {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let len = self.len + piece.len() as u64;
        if len > self.max_bytes {
            return Err(io::Error::other(too_long(self.max_bytes)));
        }
        let written = self.file.write_all(piece);
        written.map_err(|err| io::Error::other(unwritable(&self.path, err)))?;
        if let Some(digester) = &mut self.digester {
            digester.update(piece).map_err(io::Error::other)?;
        }
        self.len = len;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// On the same file system, so that it can be moved in one step; only its owner can read it.
fn beside(target: &Path) -> Result<NamedTempFile> {
    if target.file_name().is_none() || target.is_dir() {
        return Err(Error::new(
            ErrorKind::File,
            format!(
                "{} is not the path of a file; nothing was sent",
                target.display()
            ),
        ));
    }
    tempfile::Builder::new()
        .prefix(".wechatpay-")
        .suffix(".part")
        .tempfile_in(directory(target))
        .map_err(|err| unwritable(target, err).with_maybe_sent(false))
}

fn directory(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(unix)]
fn sync_directory(target: &Path) -> io::Result<()> {
    File::open(directory(target))?.sync_all()
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}

/// This crate's errors come through the unzipping as they are.
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

fn too_long(limit: u64) -> Error {
    Error::new(
        ErrorKind::Body,
        format!("the download is longer than {limit} bytes: nothing of it was kept"),
    )
}

fn given_up() -> Error {
    Error::new(
        ErrorKind::File,
        "the download was given up; nothing of it was kept",
    )
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// A disk that is full from the first byte.
    fn full(target: &Path) -> Output {
        let mut output = Output::create(Sink::new(target.to_owned())).unwrap();
        if let Stream::Plain(temporary) = &mut output.stream {
            temporary.file = File::options().write(true).open("/dev/full").unwrap();
        }
        output
    }

    #[test]
    fn a_full_disk_is_said_and_leaves_nothing() {
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
}
