//! A streamed answer as `std::io::Read`, for threads.

use std::fmt;
use std::io::{self, Read};

use bytes::{Buf, Bytes};

use crate::call::Pending;
use crate::message::Streaming;
use crate::net::blocking;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A streamed response as [`std::io::Read`], in constant memory.
///
/// As with [`Streaming`], the data is not verified before the end is reached: `read` returns 0
/// only if the signature (of a signed answer) is valid. An error of this crate is inside the
/// [`io::Error`].
pub struct StreamReader {
    /// `None` while a piece is awaited, and after an error.
    source: Option<Streaming>,
    piece: Bytes,
}

impl Pending<Streaming> {
    /// Makes the call, parks this thread until the answer begins, and returns a reader for its body.
    ///
    /// ```no_run
    /// # fn example(client: wechatpay_chain::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let call = client.chain("v3/billdownload/file").get(()).query("token", "6XIv5TUPto7p");
    /// let mut reader = call.stream().reader()?;
    /// std::io::copy(&mut reader, &mut std::fs::File::create("bill.csv.gz")?)?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`Call::wait`](crate::Call::wait).
    pub fn reader(self) -> Result<StreamReader> {
        // With `wait`, the connection lives on the background runtime, so parking cannot starve it.
        Ok(StreamReader {
            source: Some(self.wait()?),
            piece: Bytes::new(),
        })
    }
}

impl StreamReader {
    /// Returns status, headers and verification; `None` after an error.
    #[must_use]
    pub fn answer(&self) -> Option<&Streaming> {
        self.source.as_ref()
    }

    /// Returns the next piece; empty at the end.
    fn fetch(&mut self) -> Result<Bytes> {
        let Some(mut source) = self.source.take() else {
            return Err(broken());
        };
        let (source, piece) = blocking::wait(None, async move {
            let piece = source.chunk().await?;
            Ok((source, piece))
        })?;
        self.source = Some(source);
        Ok(piece.unwrap_or_default())
    }
}

impl Read for StreamReader {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() && !buf.is_empty() {
            self.piece = self.fetch().map_err(io::Error::other)?;
        }
        let len = buf.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut buf[..len]);
        Ok(len)
    }
}

fn broken() -> Error {
    Error::new(
        ErrorKind::Body,
        "the stream has failed already; discard everything that was read",
    )
}

impl fmt::Debug for StreamReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamReader")
            .field("answer", &self.source)
            .finish_non_exhaustive()
    }
}
