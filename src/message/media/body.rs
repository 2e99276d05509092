//! The body of an upload: its pieces one after the other, a few hundred KiB at a time.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::task::JoinHandle;

use super::Progress;
use super::source::{Opened, SharedPath, Source, other_length, reader_failed, unreadable};
use crate::crypto::digest::{DigestKind, Digester};
use crate::error::{BoxError, Error, ErrorKind, Result, VerifyFailure};
use crate::offload;

/// One stretch of a body.
#[derive(Clone)]
pub(super) enum Piece {
    Bytes(Bytes),
    File {
        source: Source,
        progress: Option<Progress>,
    },
}

impl Piece {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { source, .. } => source.len(),
        }
    }
}

/// A body of a known length. It ends with an error rather than with fewer or other bytes.
pub(super) struct Files {
    pieces: VecDeque<Stretch>,
    left: u64,
}

enum Stretch {
    Bytes(Bytes),
    File(Sending),
}

/// A file on its way.
struct Sending {
    input: Input,
    len: u64,
    sent: u64,
    check: Option<Check>,
    progress: Option<Progress>,
}

enum Input {
    Bytes(Bytes),
    Blocking(JoinHandle<Result<(Reading, Bytes)>>),
    Reader(Pin<Box<dyn AsyncRead + Send>>),
    Done,
}

/// A file that is read on the blocking threads, one chunk ahead of the wire.
struct Reading {
    file: File,
    path: SharedPath,
    left: u64,
}

struct Check {
    digester: Digester,
    expected: String,
}

const CHUNK: usize = 256 << 10;

impl Files {
    pub(super) fn open(pieces: &[Piece]) -> Result<Self> {
        Ok(Self {
            left: pieces.iter().map(Piece::len).sum(),
            pieces: pieces.iter().map(Stretch::open).collect::<Result<_>>()?,
        })
    }
}

impl Stretch {
    fn open(piece: &Piece) -> Result<Self> {
        let (source, progress) = match piece {
            Piece::Bytes(bytes) => return Ok(Self::Bytes(bytes.clone())),
            Piece::File { source, progress } => (source, progress.clone()),
        };
        let check = match source.expected() {
            Some(expected) => Some(Check {
                digester: Digester::new(DigestKind::Sha256)?,
                expected: expected.to_owned(),
            }),
            None => None,
        };
        let len = source.len();
        let input = match source.open()? {
            Opened::Bytes(bytes) => Input::Bytes(bytes),
            Opened::Path(path) => Input::Blocking(offload::start(move || {
                let file = File::open(&path).map_err(|err| unreadable(&path, err))?;
                Reading {
                    file,
                    path,
                    left: len,
                }
                .chunk()
            })?),
            Opened::Reader(reader) => Input::Reader(reader),
        };
        Ok(Self::File(Sending {
            input,
            len,
            sent: 0,
            check,
            progress,
        }))
    }
}

impl Reading {
    /// The next chunk; at the end an empty one, when the file has ended too.
    fn chunk(mut self) -> Result<(Self, Bytes)> {
        // One byte more than is left shows a file that has grown.
        let want = self.left.saturating_add(1).min(CHUNK as u64);
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = (&mut self.file).take(want).read_to_end(&mut chunk);
        let read = read.map_err(|err| unreadable(&self.path, err))? as u64;
        if read > self.left || (read == 0 && self.left > 0) {
            return Err(Error::new(
                ErrorKind::File,
                "the file to upload changed while it was sent",
            ));
        }
        self.left -= read;
        Ok((self, chunk.into()))
    }
}

impl Sending {
    /// The next chunk; an empty one at the end.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes>> {
        let chunk = ready!(self.poll_input(cx))?;
        self.sent += chunk.len() as u64;
        if self.sent > self.len || (chunk.is_empty() && self.sent < self.len) {
            return Poll::Ready(Err(other_length(self.sent, self.len)));
        }
        if let Some(check) = &mut self.check {
            check.digester.update(&chunk)?;
        }
        if chunk.is_empty()
            && let Some(check) = self.check.take()
        {
            check.finish()?;
        }
        if let Some(progress) = &self.progress {
            progress(self.sent, self.len);
        }
        Poll::Ready(Ok(chunk))
    }

    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes>> {
        match &mut self.input {
            Input::Done => Poll::Ready(Ok(Bytes::new())),
            Input::Bytes(bytes) => {
                let len = bytes.len().min(CHUNK);
                Poll::Ready(Ok(bytes.split_to(len)))
            }
            Input::Blocking(task) => {
                let (reading, chunk) = ready!(Pin::new(task).poll(cx)).map_err(given_up)??;
                // The next one is read while this one is sent.
                self.input = match chunk.is_empty() {
                    true => Input::Done,
                    false => Input::Blocking(offload::start(move || reading.chunk())?),
                };
                Poll::Ready(Ok(chunk))
            }
            Input::Reader(reader) => {
                poll_read_some(reader, cx, CHUNK).map(|read| read.map_err(reader_failed))
            }
        }
    }
}

impl Check {
    fn finish(self) -> Result<()> {
        let found = self.digester.finish()?;
        if found == self.expected {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::File,
            "the file to upload is not the one whose SHA-256 was given; it was not sent to its end",
        )
        .with_source(VerifyFailure::Digest {
            algorithm: DigestKind::Sha256.name(),
            expected: self.expected,
            found,
        }))
    }
}

fn given_up(err: tokio::task::JoinError) -> Error {
    Error::new(ErrorKind::File, "the work on a file was given up").with_source(err)
}

/// What a reader has, at most `limit` bytes; nothing at its end.
#[cfg(feature = "files")]
pub(super) async fn read_some(
    reader: &mut Pin<Box<dyn AsyncRead + Send>>,
    limit: usize,
) -> io::Result<Bytes> {
    std::future::poll_fn(|cx| poll_read_some(reader, cx, limit)).await
}

fn poll_read_some(
    reader: &mut Pin<Box<dyn AsyncRead + Send>>,
    cx: &mut Context<'_>,
    limit: usize,
) -> Poll<io::Result<Bytes>> {
    let mut chunk = vec![0; limit];
    let mut buffer = ReadBuf::new(&mut chunk);
    ready!(reader.as_mut().poll_read(cx, &mut buffer))?;
    let len = buffer.filled().len();
    chunk.truncate(len);
    Poll::Ready(Ok(chunk.into()))
}

impl Body for Files {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            let chunk = match self.pieces.front_mut() {
                None => return Poll::Ready(None),
                Some(Stretch::Bytes(bytes)) => std::mem::take(bytes),
                Some(Stretch::File(file)) => match ready!(file.poll_chunk(cx)) {
                    Ok(chunk) => chunk,
                    Err(err) => return Poll::Ready(Some(Err(err.into()))),
                },
            };
            if !chunk.is_empty() {
                self.left -= chunk.len() as u64;
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
            }
            self.pieces.pop_front();
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
