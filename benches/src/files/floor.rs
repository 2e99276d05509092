//! The floor: hyper and the hash, one step after the other.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use openssl::sha::{Sha1, Sha256};

use super::{Plain, same};
use crate::Result;
use crate::repeated::{CHUNK, LEN};

impl Plain {
    /// Hashes the file, then sends it.
    pub async fn floor_upload(&self, source: &Path) -> Result<()> {
        let (mut file, mut buffer) = (File::open(source)?, vec![0; CHUNK]);
        let mut hash = Sha256::new();
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                read => hash.update(&buffer[..read]),
            }
        }
        std::hint::black_box(hash.finish());
        self.send(FileBody(File::open(source)?, LEN as u64).boxed())
            .await
    }

    /// Hashes the answer when it arrives, and writes it if there is a file.
    pub async fn floor_download(&self, sha1: &str, mut file: Option<File>) -> Result<()> {
        let mut body = self.receive().await?;
        let mut hash = Sha1::new();
        while let Some(frame) = body.frame().await {
            if let Some(piece) = frame?.data_ref() {
                hash.update(piece);
                if let Some(file) = &mut file {
                    file.write_all(piece)?;
                }
            }
        }
        same(&hash.finish(), sha1)
    }
}

/// Reads the file while it is polled: the simplest body of a file.
struct FileBody(File, u64);

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let mut chunk = Vec::with_capacity(CHUNK);
        let read = (&mut self.0).take(CHUNK as u64).read_to_end(&mut chunk);
        Poll::Ready(match read {
            Ok(0) => None,
            Ok(read) => {
                self.1 -= read as u64;
                Some(Ok(Frame::data(chunk.into())))
            }
            Err(err) => Some(Err(err)),
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.1)
    }
}
