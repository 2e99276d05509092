//! Writes in batches on blocking threads: the disk never blocks the runtime, and an idle connection occupies no
//! thread.

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::output::Output;
use crate::file_io::{run_blocking, spawn_blocking};
use crate::message::{SavedFile, Sink};
use wechatpay_core::crypto::digest::Digester;
use wechatpay_core::error::{Error, ErrorKind, Result, Verification};

/// A file that is being written. Dropping it removes the file.
///
/// Pieces are written in batches, each a separate job on the blocking threads, while the next batch is
/// collected.
pub(super) struct Writer {
    state: WriterState,
    /// The bytes for the next job. They are copied: holding a piece prevents the connection from reusing its
    /// buffer, and a new buffer for each read costs more.
    waiting: Vec<u8>,
    /// The buffer of the previous job.
    spare: Vec<u8>,
    /// Hashes pieces as they arrive, if they are the file's bytes: they are still in the processor's cache, and the
    /// blocking thread writes meanwhile.
    digester: Option<Digester>,
}

enum WriterState {
    Idle(Box<Output>),
    Writing(JoinHandle<Result<(Box<Output>, Vec<u8>)>>),
    /// The file was removed, or moved to its target.
    Ended,
}

/// The size of a job: waking a thread costs more than writing a few bytes.
const BATCH: usize = 256 << 10;

impl Writer {
    pub(super) async fn create(sink: Sink) -> Result<Self> {
        let mut output = run_blocking(move || Output::create(sink).map(Box::new)).await?;
        Ok(Self {
            digester: output.take_digester(),
            state: WriterState::Idle(output),
            waiting: Vec::new(),
            spare: Vec::new(),
        })
    }

    /// # Errors
    ///
    /// Writes a piece. Returns errors of this piece or an earlier one.
    pub(super) async fn write(&mut self, piece: Bytes) -> Result<()> {
        if let Some(digester) = &mut self.digester {
            digester.update(&piece)?;
        }
        self.waiting.extend_from_slice(&piece);
        drop(piece);
        if self.waiting.len() < BATCH {
            Ok(())
        } else {
            self.begin().await
        }
    }

    /// Checks the file and moves it to its target.
    pub(super) async fn commit(mut self, verification: Verification) -> Result<SavedFile> {
        if !self.waiting.is_empty() {
            self.begin().await?;
        }
        let mut output = self.idle().await?;
        if let Some(digester) = self.digester.take() {
            output.set_digester(digester);
        }
        run_blocking(move || output.commit(verification)).await
    }

    /// Removes the file, and returns the disk's error if it came first.
    pub(super) async fn discard(mut self) -> Option<Error> {
        if matches!(self.state, WriterState::Ended) {
            return None;
        }
        match self.idle().await {
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

    /// Passes the collected bytes to a job, after the previous job has ended.
    async fn begin(&mut self) -> Result<()> {
        let mut output = self.idle().await?;
        let spare = std::mem::take(&mut self.spare);
        let mut batch = std::mem::replace(&mut self.waiting, spare);
        self.state = WriterState::Writing(spawn_blocking(move || {
            output.write(&batch)?;
            batch.clear();
            Ok((output, batch))
        })?);
        Ok(())
    }

    /// Returns the output when nothing is being written.
    async fn idle(&mut self) -> Result<Box<Output>> {
        let outcome = match &mut self.state {
            WriterState::Writing(job) => Some(job.await.unwrap_or_else(|err| Err(panicked(err)))),
            _ => None,
        };
        match (
            outcome,
            std::mem::replace(&mut self.state, WriterState::Ended),
        ) {
            (Some(outcome), _) => {
                let (output, spare) = outcome?;
                self.spare = spare;
                Ok(output)
            }
            (None, WriterState::Idle(output)) => Ok(output),
            (None, _) => {
                let message = "the download has failed already";
                Err(Error::new(ErrorKind::File, message))
            }
        }
    }
}

/// Removes the file of a dropped call, on a blocking thread.
impl Drop for Writer {
    fn drop(&mut self) {
        if let WriterState::Idle(output) = std::mem::replace(&mut self.state, WriterState::Ended) {
            let _ = spawn_blocking(move || drop(output));
        }
    }
}

fn panicked(err: tokio::task::JoinError) -> Error {
    Error::new(
        ErrorKind::File,
        "the download was aborted; nothing of it was kept",
    )
    .with_source(err)
}
