//! The body of an upload: its pieces in order, read a few hundred KiB at a time.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::task::JoinHandle;

use super::Progress;
use super::check::{Check, changed, check};
use super::reader::Reader;
use super::source::{Opened, SharedPath, Source, other_length, reader_failed, unreadable};
use crate::file_io::{self, BATCH, Buffers};
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};

/// A section of a body.
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

    pub(super) fn is_spent(&self) -> bool {
        match self {
            Self::Bytes(_) => false,
            Self::File { source, .. } => source.is_spent(),
        }
    }
}

/// A body of a known length. It ends with an error if fewer or other bytes would be sent.
pub(super) struct Files {
    pieces: VecDeque<Stretch>,
    left: u64,
    failure: Failure,
}

/// The reason why a body broke off: transports wrap or lose a body's error.
#[derive(Clone, Default)]
pub(crate) struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    fn set(&self, err: &Error) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(err.duplicate());
    }

    /// Takes the error that ended the body, if any.
    pub(crate) fn take(&self) -> Option<Error> {
        let mut failure = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take()
    }
}

enum Stretch {
    Bytes(Bytes),
    File(Box<Sending>),
}

/// A file that is being sent.
struct Sending {
    input: Input,
    len: u64,
    sent: u64,
    progress: Option<Progress>,
    buffers: Buffers,
}

enum Input {
    Bytes(Bytes, Option<Check>),
    Blocking(JoinHandle<Result<(Reading, Vec<u8>)>>),
    Reader(Reader, Option<Check>),
    Done,
    Failed,
}

/// A chunk whose buffer is used again when the connection has written it.
struct Sent(Arc<Vec<u8>>);

impl AsRef<[u8]> for Sent {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A file that is read and hashed on the blocking threads, one chunk ahead of the wire.
struct Reading {
    file: File,
    path: SharedPath,
    left: u64,
    check: Option<Check>,
}

impl Files {
    /// Opens the body; also returns where it reports the reason of a failure.
    pub(super) fn open(pieces: &[Piece]) -> Result<(Self, Failure)> {
        let failure = Failure::default();
        let files = Self {
            left: pieces.iter().map(Piece::len).sum(),
            pieces: pieces.iter().map(Stretch::open).collect::<Result<_>>()?,
            failure: failure.clone(),
        };
        Ok((files, failure))
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        loop {
            let piece = match self.pieces.front_mut() {
                None => return Poll::Ready(Ok(None)),
                Some(Stretch::Bytes(bytes)) => std::mem::take(bytes),
                Some(Stretch::File(file)) => ready!(file.poll_chunk(cx))?,
            };
            if !piece.is_empty() {
                self.left -= piece.len() as u64;
                return Poll::Ready(Ok(Some(piece)));
            }
            self.pieces.pop_front();
        }
    }
}

impl Stretch {
    fn open(piece: &Piece) -> Result<Self> {
        let (source, progress) = match piece {
            Piece::Bytes(bytes) => return Ok(Self::Bytes(bytes.clone())),
            Piece::File { source, progress } => (source, progress.clone()),
        };
        let check = Check::of(source)?;
        let mut buffers = Buffers::default();
        let len = source.len();
        let input = match source.open()? {
            Opened::Bytes(bytes) => Input::Bytes(bytes, check),
            Opened::Path(path) => {
                let buffer = buffers.empty();
                Input::Blocking(file_io::spawn_blocking(move || {
                    let file = File::open(&path).map_err(|err| unreadable(&path, err))?;
                    Reading {
                        file,
                        path,
                        left: len,
                        check,
                    }
                    .chunk(buffer)
                })?)
            }
            Opened::Reader(reader) => Input::Reader(Reader::new(reader), check),
        };
        Ok(Self::File(Box::new(Sending {
            input,
            len,
            sent: 0,
            progress,
            buffers,
        })))
    }
}

impl Reading {
    /// Reads the next chunk into the buffer; nothing at the end, after checking that the file has ended too.
    fn chunk(mut self, mut chunk: Vec<u8>) -> Result<(Self, Vec<u8>)> {
        // Reading one byte beyond the length detects a file that has grown.
        let want = self.left.saturating_add(1).min(BATCH as u64);
        let read = (&mut self.file).take(want).read_to_end(&mut chunk);
        let read = read.map_err(|err| unreadable(&self.path, err))? as u64;
        if read > self.left || (read == 0 && self.left > 0) {
            return Err(changed());
        }
        self.left -= read;
        check(&mut self.check, &chunk)?;
        Ok((self, chunk))
    }
}

impl Sending {
    /// Polls the next chunk; an empty one at the end.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes>> {
        let chunk = ready!(self.poll_input(cx))?;
        self.sent += chunk.len() as u64;
        if self.sent > self.len || (chunk.is_empty() && self.sent < self.len) {
            self.input = Input::Failed;
            return Poll::Ready(Err(other_length(self.sent, self.len)));
        }
        if let Some(progress) = &self.progress {
            progress(self.sent, self.len);
        }
        Poll::Ready(Ok(chunk))
    }

    /// Polls the input; never after an error, since a finished task must not be polled.
    fn poll_input(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes>> {
        let outcome = ready!(self.poll_next(cx));
        if outcome.is_err() {
            self.input = Input::Failed;
        }
        Poll::Ready(outcome)
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Bytes>> {
        match &mut self.input {
            Input::Done => Poll::Ready(Ok(Bytes::new())),
            Input::Failed => {
                let message = "the upload has failed already";
                Poll::Ready(Err(Error::new(ErrorKind::File, message)))
            }
            Input::Bytes(bytes, expected) => {
                let chunk = bytes.split_to(bytes.len().min(BATCH));
                Poll::Ready(check(expected, &chunk).map(|()| chunk))
            }
            Input::Blocking(task) => {
                let outcome = ready!(Pin::new(task).poll(cx)).map_err(given_up);
                let (reading, chunk) = outcome.and_then(|read| read)?;
                // The next chunk is read while this one is sent.
                self.input = if chunk.is_empty() {
                    Input::Done
                } else {
                    let buffer = self.buffers.empty();
                    Input::Blocking(file_io::spawn_blocking(move || reading.chunk(buffer))?)
                };
                Poll::Ready(Ok(Bytes::from_owner(Sent(self.buffers.share(chunk)))))
            }
            Input::Reader(reader, expected) => {
                let chunk = ready!(reader.poll_some(cx)).map_err(reader_failed)?;
                Poll::Ready(check(expected, &chunk).map(|()| chunk))
            }
        }
    }
}

fn given_up(err: tokio::task::JoinError) -> Error {
    Error::new(ErrorKind::File, "the file operation was cancelled").with_source(err)
}

impl Body for Files {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(match ready!(self.poll_piece(cx)) {
            Ok(piece) => piece.map(|piece| Ok(Frame::data(piece))),
            Err(err) => {
                self.failure.set(&err);
                Some(Err(err.into()))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use tokio::io::{AsyncRead, ReadBuf};

    use super::*;

    /// Marks the buffer of one poll and looks for the mark in the buffer of the next.
    struct Marking(u8);

    impl AsyncRead for Marking {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            self.0 += 1;
            let room = buf.initialize_unfilled();
            match self.0 {
                1 => {
                    room[0] = b'm';
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                2 => {
                    room[1] = b'n';
                    buf.advance(2);
                    Poll::Ready(Ok(()))
                }
                _ => Poll::Ready(Ok(())),
            }
        }
    }

    #[test]
    fn a_pending_reader_needs_no_buffer() {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        runtime.block_on(async {
            let (source, progress) = (Source::reader(2, Box::pin(Marking(0))), None);
            let (mut files, _) = Files::open(&[Piece::File { source, progress }]).unwrap();
            let frame = std::future::poll_fn(|cx| Pin::new(&mut files).poll_frame(cx)).await;
            let sent = frame.unwrap().unwrap().into_data().unwrap();
            assert_eq!(&sent[..], b"mn");
        });
    }

    /// Polling a finished task would panic.
    #[test]
    fn a_body_that_failed_can_be_polled_again() {
        let name = format!("wechatpay-gone-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, "").unwrap();
        let source = Source::path(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        runtime.block_on(async {
            let progress = None;
            let (mut files, failure) = Files::open(&[Piece::File { source, progress }]).unwrap();
            for _ in 0..3 {
                let frame = std::future::poll_fn(|cx| Pin::new(&mut files).poll_frame(cx)).await;
                assert!(frame.unwrap().is_err());
            }
            assert_eq!(failure.take().unwrap().kind(), ErrorKind::File);
        });
    }
}
