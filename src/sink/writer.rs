//! Hashes and writes in batches on blocking threads: the disk never blocks the runtime, and an idle connection occupies
//! no thread.

use std::sync::Arc;

use bytes::Bytes;

use super::output::Output;
use crate::file_io::{BATCH, Buffers, Lane, Worker, run_blocking};
use crate::message::{SavedFile, Sink};
use wechatpay_core::crypto::digest::Digester;
use wechatpay_core::error::{Error, Result, Verification};

/// A file that is being written. Dropping it removes the file.
///
/// Pieces are collected. A batch of them is written, and at the same time hashed if the pieces are the file's bytes.
pub(super) struct Writer {
    output: Lane<Box<Output>>,
    digester: Option<Lane<Digester>>,
    /// The bytes of the next batch. They are copied: holding a piece prevents the connection from reusing its
    /// buffer, and a new buffer for each read costs more.
    waiting: Vec<u8>,
    buffers: Buffers,
}

impl Worker for Box<Output> {
    fn handle(&mut self, batch: &[u8]) -> Result<()> {
        self.write(batch)
    }
}

impl Writer {
    pub(super) async fn create(sink: Sink) -> Result<Self> {
        let mut output = run_blocking(move || Output::create(sink).map(Box::new)).await?;
        Ok(Self {
            digester: output.take_digester().map(Lane::new),
            output: Lane::new(output),
            waiting: Vec::new(),
            buffers: Buffers::default(),
        })
    }

    /// Takes a piece.
    ///
    /// # Errors
    ///
    /// Those of this piece or an earlier one.
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<()> {
        let room = BATCH.saturating_sub(self.waiting.len());
        let (now, later) = piece.split_at(room.min(piece.len()));
        self.waiting.extend_from_slice(now);
        if self.waiting.len() < BATCH {
            return Ok(());
        }
        let mut next = self.buffers.empty();
        next.extend_from_slice(later);
        drop(piece);
        let full = std::mem::replace(&mut self.waiting, next);
        let batch = self.buffers.share(full);
        if let Some(digester) = &mut self.digester {
            digester.push(Arc::clone(&batch)).await?;
        }
        self.output.push(batch).await
    }

    /// Checks the file and moves it to its target.
    pub(super) async fn commit(mut self, verification: Verification) -> Result<SavedFile> {
        let mut output = self.output.finish().await?;
        let mut digester = match &mut self.digester {
            Some(digester) => Some(digester.finish().await?),
            None => None,
        };
        let rest = std::mem::take(&mut self.waiting);
        run_blocking(move || {
            if let Some(digester) = &mut digester {
                digester.update(&rest)?;
            }
            if !rest.is_empty() {
                output.write(&rest)?;
            }
            if let Some(digester) = digester {
                output.set_digester(digester);
            }
            output.commit(verification)
        })
        .await
    }

    /// Removes the file, and returns the disk's error if it came first.
    pub(super) async fn discard(mut self) -> Option<Error> {
        if self.output.has_ended() {
            return None;
        }
        match self.output.finish().await {
            Err(err) => Some(err.with_maybe_sent(true)),
            Ok(output) => {
                let removed = run_blocking(move || {
                    drop(output);
                    Ok(())
                });
                // Without a runtime the file was dropped too.
                let _ = removed.await;
                None
            }
        }
    }
}
