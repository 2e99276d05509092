//! Reads an upload's reader chunk by chunk.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};

use crate::file_io::BATCH;

/// A reader and its buffer. The buffer is reused, since a reader may return a few bytes at a time, or none yet.
pub(super) struct Reader {
    inner: Pin<Box<dyn AsyncRead + Send>>,
    buffer: Vec<u8>,
}

impl Reader {
    pub(super) fn new(inner: Pin<Box<dyn AsyncRead + Send>>) -> Self {
        let buffer = Vec::new();
        Self { inner, buffer }
    }

    /// Reads at most one batch; empty at the end.
    #[cfg(feature = "files")]
    pub(super) async fn some(&mut self) -> io::Result<Bytes> {
        std::future::poll_fn(|cx| self.poll_some(cx)).await
    }

    pub(super) fn poll_some(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        self.buffer.resize(BATCH, 0);
        let mut buffer = ReadBuf::new(&mut self.buffer);
        ready!(self.inner.as_mut().poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
    }
}
