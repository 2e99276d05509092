//! Writes entries on a separate thread: all waiting entries are one transaction.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::watch;

use super::checkpoint::Snapshot;
use super::entry::{Entry, Input};
use super::failed;
use super::growth::Growth;
use super::store::{Last, Store, Write};
use wechatpay_core::error::{Error, Result};

pub(super) struct Writer {
    queue: Option<Sender<Queued>>,
    /// The number of the newest queued entry.
    newest: AtomicU64,
    progress: Arc<Progress>,
    thread: Option<JoinHandle<()>>,
}

/// Something that waits to be written.
enum Queued {
    Entry(u64, Vec<u8>),
    Key(String, Vec<u8>),
    /// A checkpoint with its number and time, and the numbers of the entries that it keeps.
    Checkpoint(u64, i64, Snapshot, HashSet<u64>),
}

impl Writer {
    /// `growth` is told of checkpoints and of the count of entries as they are written.
    pub(super) fn start(store: Store, last: &Last, growth: Arc<Growth>) -> Result<Self> {
        let (queue, writes) = channel();
        let progress = Arc::new(Progress::new(last.number));
        let shared = Arc::clone(&progress);
        let thread = thread::Builder::new()
            .name("wechatpay-state".to_owned())
            .spawn(move || write_all(store, &writes, &shared, &growth))
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
        let (number, bytes) = (self.next(), encoded(input)?);
        let size = bytes.len();
        self.queue(Queued::Entry(number, bytes))?;
        self.newest.store(number, Ordering::Relaxed);
        Ok((number, size, self.last()))
    }

    /// Queues a checkpoint, which replaces all entries before it, except for some.
    pub(super) fn append_checkpoint(
        &self,
        time_ms: i64,
        snapshot: Snapshot,
        kept: HashSet<u64>,
    ) -> Result<Ticket> {
        let number = self.next();
        self.queue(Queued::Checkpoint(number, time_ms, snapshot, kept))?;
        self.newest.store(number, Ordering::Relaxed);
        Ok(self.last())
    }

    fn next(&self) -> u64 {
        self.newest.load(Ordering::Relaxed) + 1
    }

    pub(super) fn keep_key(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        self.queue(Queued::Key(name.to_owned(), bytes))
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

    /// Why the newest checkpoint was skipped.
    pub(super) fn skipped_checkpoint(&self) -> Option<Error> {
        let skipped = self.progress.skipped.lock();
        let skipped = skipped.unwrap_or_else(PoisonError::into_inner);
        skipped.as_ref().map(Error::duplicate)
    }

    fn queue(&self, queued: Queued) -> Result<()> {
        let queue = self.queue.as_ref();
        let sent = queue.is_some_and(|queue| queue.send(queued).is_ok());
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
    /// Why the newest checkpoint was skipped.
    skipped: Mutex<Option<Error>>,
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
            skipped: Mutex::new(None),
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

    fn set_skipped(&self, why: Option<Error>) {
        *self.skipped.lock().unwrap_or_else(PoisonError::into_inner) = why;
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

fn write_all(mut store: Store, queue: &Receiver<Queued>, progress: &Progress, growth: &Growth) {
    let _ended = Ended(progress);
    let mut reached = store.last_number();
    while let Ok(first) = queue.recv() {
        let mut batch = Vec::new();
        for queued in std::iter::once(first).chain(queue.try_iter()) {
            if let Queued::Entry(number, _) | Queued::Checkpoint(number, ..) = &queued {
                reached = *number;
            }
            batch.extend(encode(queued, progress, growth));
        }
        let outcome = store.write(&batch);
        let has_failed = outcome.is_err();
        progress.set(outcome.map(|count| {
            growth.set_count(count);
            reached
        }));
        if has_failed {
            return;
        }
    }
}

/// The bytes to write; `None` for a checkpoint that cannot be encoded, which is skipped: the entries before it stay.
fn encode(queued: Queued, progress: &Progress, growth: &Growth) -> Option<Write> {
    match queued {
        Queued::Entry(number, bytes) => Some(Write::Entry(number, bytes)),
        Queued::Key(name, bytes) => Some(Write::Key(name, bytes)),
        Queued::Checkpoint(number, time_ms, snapshot, kept) => {
            let input = |checkpoint| Input {
                time_ms,
                seed: String::new(),
                entry: Entry::Checkpoint(checkpoint),
            };
            let bytes = snapshot().and_then(|checkpoint| encoded(&input(checkpoint)));
            match bytes {
                Ok(bytes) => {
                    progress.set_skipped(None);
                    growth.add_checkpoint(bytes.len());
                    Some(Write::Checkpoint(number, bytes, kept))
                }
                Err(err) => {
                    progress.set_skipped(Some(skipped().with_source(err)));
                    None
                }
            }
        }
    }
}

fn encoded(input: &Input) -> Result<Vec<u8>> {
    serde_json::to_vec(input)
        .map_err(|err| failed("cannot encode an entry of the state".to_owned()).with_source(err))
}

fn skipped() -> Error {
    failed(
        "the sandbox's state could not be compacted: nothing is lost, and its file grows until a later compaction succeeds"
            .to_owned(),
    )
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
