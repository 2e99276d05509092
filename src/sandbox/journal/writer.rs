//! Writes entries on a separate thread: all waiting entries are one transaction.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

use super::entry::Input;
use super::failed;
use super::store::{Last, Store, Write};
use wechatpay_core::error::{Error, Result};

pub(super) struct Writer {
    queue: Option<Sender<Write>>,
    /// The number of the newest queued entry.
    newest: AtomicU64,
    progress: Arc<Progress>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(store: Store, last: &Last) -> Result<Self> {
        let (queue, writes) = channel();
        let progress = Arc::new(Progress::new(last.number));
        let shared = Arc::clone(&progress);
        let thread = thread::Builder::new()
            .name("wechatpay-state".to_owned())
            .spawn(move || write_all(store, &writes, &shared))
            .map_err(|err| {
                failed("cannot start a thread that writes the state".to_owned()).with_source(err)
            })?;
        Ok(Self {
            queue: Some(queue),
            newest: AtomicU64::new(last.number),
            progress,
            thread: Some(thread),
        })
    }

    /// Queues an entry, and returns its number and size. The caller makes sure that one entry is queued at a time.
    pub(super) fn append(&self, input: &Input) -> Result<(u64, usize, Ticket)> {
        let (number, bytes) = self.next(input)?;
        let size = bytes.len();
        self.queue(Write::Entry(number, bytes))?;
        self.newest.store(number, Ordering::Relaxed);
        Ok((number, size, self.last()))
    }

    /// Queues an entry that replaces all entries before it, except for some, and returns its size.
    pub(super) fn append_alone(
        &self,
        input: &Input,
        kept: HashSet<u64>,
    ) -> Result<(usize, Ticket)> {
        let (number, bytes) = self.next(input)?;
        let size = bytes.len();
        self.queue(Write::Checkpoint(number, bytes, kept))?;
        self.newest.store(number, Ordering::Relaxed);
        Ok((size, self.last()))
    }

    fn next(&self, input: &Input) -> Result<(u64, Vec<u8>)> {
        let bytes = serde_json::to_vec(input).map_err(|err| {
            failed("cannot encode an entry of the state".to_owned()).with_source(err)
        })?;
        Ok((self.newest.load(Ordering::Relaxed) + 1, bytes))
    }

    pub(super) fn keep_key(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        self.queue(Write::Key(name.to_owned(), bytes))
    }

    /// The ticket of the newest entry.
    pub(super) fn last(&self) -> Ticket {
        let number = self.newest.load(Ordering::Relaxed);
        Ticket(Some((number, Arc::clone(&self.progress))))
    }

    /// Whether entries can be written.
    pub(super) fn check(&self) -> Result<()> {
        self.progress.check()
    }

    fn queue(&self, write: Write) -> Result<()> {
        let queue = self.queue.as_ref();
        let sent = queue.is_some_and(|queue| queue.send(write).is_ok());
        if sent {
            return Ok(());
        }
        self.check()?;
        Err(ended())
    }
}

/// Writes what is queued before the folder is unlocked.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // After a panic there is nothing to wait for.
            let _ = thread.join();
        }
    }
}

/// Waits until an entry is on the disk.
#[must_use = "an input is answered only after its entry is written"]
pub(crate) struct Ticket(Option<(u64, Arc<Progress>)>);

impl Ticket {
    /// The ticket of an input without an entry.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// # Errors
    ///
    /// [`ErrorKind::File`](wechatpay_core::error::ErrorKind::File) when the entry cannot be written.
    pub(crate) async fn written(self) -> Result<()> {
        let Some((number, progress)) = self.0 else {
            return Ok(());
        };
        let mut written = progress.changed.subscribe();
        let reached = written.wait_for(|written| *written >= number);
        // The sender lives as long as the progress.
        let _ = reached.await;
        progress.check_until(number)
    }

    /// As [`written`](Self::written), from code that is not async.
    pub(crate) fn wait(self) -> Result<()> {
        let Some((number, progress)) = self.0 else {
            return Ok(());
        };
        let state = progress
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_pending = |state: &mut State| state.written < number && state.failed.is_none();
        drop(progress.ended.wait_while(state, is_pending));
        progress.check_until(number)
    }
}

/// How far the entries are written.
pub(super) struct Progress {
    state: Mutex<State>,
    ended: Condvar,
    /// The number of the newest written entry, or the highest number after a failure.
    changed: watch::Sender<u64>,
}

struct State {
    written: u64,
    failed: Option<Error>,
}

impl Progress {
    fn new(written: u64) -> Self {
        Self {
            state: Mutex::new(State {
                written,
                failed: None,
            }),
            ended: Condvar::new(),
            changed: watch::Sender::new(written),
        }
    }

    fn set(&self, outcome: Result<u64>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let reached = match outcome {
            Ok(written) => {
                state.written = written;
                written
            }
            Err(err) => {
                state.failed = Some(err);
                u64::MAX
            }
        };
        drop(state);
        self.changed.send_replace(reached);
        self.ended.notify_all();
    }

    fn check(&self) -> Result<()> {
        self.check_until(u64::MAX)
    }

    /// The failure, unless the entry was written before it.
    fn check_until(&self, number: u64) -> Result<()> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.failed {
            Some(err) if state.written < number => Err(err.duplicate()),
            _ => Ok(()),
        }
    }
}

fn write_all(mut store: Store, writes: &Receiver<Write>, progress: &Progress) {
    let _ended = Ended(progress);
    while let Ok(first) = writes.recv() {
        let batch: Vec<Write> = std::iter::once(first).chain(writes.try_iter()).collect();
        let outcome = store.write(&batch);
        let has_failed = outcome.is_err();
        progress.set(outcome);
        if has_failed {
            return;
        }
    }
}

/// Lets those who wait know that the thread has ended, also after a panic.
struct Ended<'a>(&'a Progress);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        if self.0.check().is_ok() {
            self.0.set(Err(ended()));
        }
    }
}

fn ended() -> Error {
    failed("the state is no longer written: start the sandbox again".to_owned())
}
