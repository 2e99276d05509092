//! A long body that takes no memory: one chunk, repeated.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The endpoint of the long file.
pub const FILE: &str = "/v3/billdownload/file";
/// The length of the long file.
pub const LEN: usize = 1 << 30;
pub const CHUNK: usize = 256 << 10;

#[derive(Debug, Clone)]
pub struct Repeated {
    chunk: Bytes,
    times: usize,
}

impl Repeated {
    pub fn once(chunk: Bytes) -> Self {
        Self { chunk, times: 1 }
    }

    /// 1 GiB.
    pub fn file() -> Self {
        Self {
            chunk: chunk(),
            times: LEN / CHUNK,
        }
    }
}

/// The chunk that the long file repeats.
pub fn chunk() -> Bytes {
    (0..CHUNK).map(|n| (n % 251) as u8).collect()
}

impl Body for Repeated {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.times == 0 {
            return Poll::Ready(None);
        }
        self.times -= 1;
        Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact((self.chunk.len() * self.times) as u64)
    }
}
