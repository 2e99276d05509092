//! The fastest client that could be written by hand: each step has a thread, and the queues between them have room
//! for several batches. It checks nothing but the digest, and neither an error nor a cancellation ends it cleanly.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use openssl::sha::{Sha1, Sha256};
use tokio::sync::mpsc::{Receiver, channel};

use super::{Plain, same};
use crate::Result;
use crate::repeated::{CHUNK, LEN};

const QUEUE: usize = 8;

impl Plain {
    /// Reads while hashing, then reads while sending.
    pub async fn ideal_upload(&self, source: &Path) -> Result<()> {
        let mut pieces = read_ahead(File::open(source)?);
        let mut hash = Sha256::new();
        while let Some(piece) = pieces.recv().await {
            hash.update(&piece?);
        }
        std::hint::black_box(hash.finish());
        let body = Pieces(read_ahead(File::open(source)?), LEN as u64);
        self.send(body.boxed()).await
    }

    /// Receives, hashes and writes at the same time.
    pub async fn ideal_download(&self, sha1: &str, mut file: File) -> Result<()> {
        let mut body = self.receive().await?;
        let (to_hash, mut hashed) = channel::<Bytes>(QUEUE);
        let (to_write, mut written) = channel::<Bytes>(QUEUE);
        let hashing = thread::spawn(move || {
            let mut hash = Sha1::new();
            while let Some(batch) = hashed.blocking_recv() {
                hash.update(&batch);
            }
            hash.finish()
        });
        let writing = thread::spawn(move || -> io::Result<()> {
            while let Some(batch) = written.blocking_recv() {
                file.write_all(&batch)?;
            }
            Ok(())
        });
        let mut batch = Vec::with_capacity(2 * CHUNK);
        while let Some(frame) = body.frame().await {
            if let Some(piece) = frame?.data_ref() {
                batch.extend_from_slice(piece);
            }
            if batch.len() >= CHUNK {
                let full =
                    Bytes::from(std::mem::replace(&mut batch, Vec::with_capacity(2 * CHUNK)));
                to_hash.send(full.clone()).await?;
                to_write.send(full).await?;
            }
        }
        let rest = Bytes::from(batch);
        to_hash.send(rest.clone()).await?;
        to_write.send(rest).await?;
        drop((to_hash, to_write));
        writing.join().map_err(|_| "writing panicked")??;
        same(&hashing.join().map_err(|_| "hashing panicked")?, sha1)
    }
}

fn read_ahead(mut file: File) -> Receiver<io::Result<Bytes>> {
    let (pieces, read) = channel(QUEUE);
    thread::spawn(move || {
        loop {
            let mut piece = Vec::with_capacity(CHUNK);
            let read = (&mut file).take(CHUNK as u64).read_to_end(&mut piece);
            let ended = !matches!(read, Ok(1..));
            if matches!(read, Ok(0))
                || pieces.blocking_send(read.map(|_| piece.into())).is_err()
                || ended
            {
                return;
            }
        }
    });
    read
}

struct Pieces(Receiver<io::Result<Bytes>>, u64);

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(cx).map(|piece| {
            let piece = piece?;
            if let Ok(piece) = &piece {
                self.1 -= piece.len() as u64;
            }
            Some(piece.map(Frame::data))
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.1)
    }
}
