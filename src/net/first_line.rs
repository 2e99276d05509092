//! Observes whether the status line of an answer arrives. curl, and so PHP, tells a connection that was closed before it
//! from one that broke later.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::socket::Watch;

/// A connection above TLS, whose own records are no part of an answer.
pub(super) struct FirstLine<T> {
    io: TokioIo<T>,
    watch: Arc<Watch>,
}

/// Tells the watch of the first line that is read.
pub(super) fn observed<T>(io: T, watch: &Arc<Watch>) -> TokioIo<FirstLine<T>> {
    TokioIo::new(FirstLine {
        io: TokioIo::new(io),
        watch: Arc::clone(watch),
    })
}

impl<T: Read + Unpin> AsyncRead for FirstLine<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buf))?;
        if let Some(came) = buf.filled().get(before..) {
            self.watch.read(came);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: Write + Unpin> AsyncWrite for FirstLine<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }
}
