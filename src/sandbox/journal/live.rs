//! The journal in the folder of a state.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::checkpoint::Snapshot;
use super::durable::Durable;
use super::entry::{Entry, Input, Replayed};
use super::growth::Growth;
use super::moment::{self, Moment};
use super::store::{Content, Store};
use super::writer::{Ticket, Writer};
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::{Error, Result};

/// The journal of a running sandbox.
pub(crate) struct Journal {
    /// Held while an input is executed and queued: entries have the order of their effects.
    executing: Mutex<()>,
    writer: Writer,
    /// Whether an input came after the events were last posted.
    has_news: AtomicBool,
    /// The generated keys of the earlier runs, by name.
    keys: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Whether the input that is being executed has reset the sandbox.
    has_reset: AtomicBool,
    durable: Mutex<Durable>,
    growth: Arc<Growth>,
}

/// A journal that was opened, and its entries, oldest first.
pub(crate) struct Opened {
    pub(crate) journal: Arc<Journal>,
    pub(crate) entries: Vec<Replayed>,
}

impl Journal {
    /// Opens or creates the journal in a folder. `settings` are those that the effects of its entries depend on.
    pub(crate) fn open(dir: &Path, settings: &BTreeMap<String, String>) -> Result<Opened> {
        let (store, content) = Store::open(dir, settings)?;
        Self::of(store, content)
    }

    /// The journal of an open file.
    pub(super) fn of(store: Store, content: Content) -> Result<Opened> {
        let mut durable = Durable::default();
        for entry in &content.entries {
            durable.add(entry.number, &entry.input.entry);
        }
        let growth = Arc::new(content.growth);
        let journal = Self {
            executing: Mutex::new(()),
            writer: Writer::start(store, &content.last, Arc::clone(&growth))?,
            has_news: AtomicBool::new(!content.entries.is_empty()),
            keys: Mutex::new(content.keys),
            has_reset: AtomicBool::new(false),
            durable: Mutex::new(durable),
            growth,
        };
        Ok(Opened {
            journal: Arc::new(journal),
            entries: content.entries,
        })
    }

    /// Executes an input at a time, and queues the entry that `work` returns. An input within an input is a part of it.
    /// After a reset, and when the file has grown enough, `snapshot` copies the state, which replaces the entries. The writer's
    /// thread encodes it, so that other inputs do not wait.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::File`] when an earlier entry could not be written; `work` is not executed then.
    pub(crate) fn run<T>(
        &self,
        time_ms: i64,
        work: impl FnOnce() -> (T, Option<Entry>),
        snapshot: Option<&dyn Fn() -> Snapshot>,
    ) -> Result<(T, Ticket)> {
        if moment::time_ms().is_some() {
            return Ok((work().0, Ticket::none()));
        }
        let _executing = self.executing();
        self.writer.check()?;
        let seed = SystemClock::new().nonce()?;
        self.has_reset.store(false, Ordering::Relaxed);
        let (result, entry) = Moment::new(time_ms, &seed).run(work);
        let Some(entry) = entry else {
            // The answer may show effects of entries that are not written yet.
            return Ok((result, self.writer.last()));
        };
        if let Some(has_news) = entry.sets_news() {
            self.has_news.store(has_news, Ordering::Relaxed);
        }
        let input = Input {
            time_ms,
            seed,
            entry,
        };
        let ticket = self.append(&input)?;
        let has_reset = self.has_reset.load(Ordering::Relaxed);
        match snapshot.filter(|_| has_reset || self.growth.is_due()) {
            Some(snapshot) => Ok((result, self.begin_anew(time_ms, snapshot())?)),
            None => Ok((result, ticket)),
        }
    }

    fn append(&self, input: &Input) -> Result<Ticket> {
        let (number, bytes, ticket) = self.writer.append(input)?;
        self.growth.add_entry(bytes);
        lock(&self.durable).add(number, &input.entry);
        Ok(ticket)
    }

    /// Queues a checkpoint, which drops the entries before it in the same transaction.
    fn begin_anew(&self, time_ms: i64, snapshot: Snapshot) -> Result<Ticket> {
        self.growth.begin_checkpoint();
        let kept = lock(&self.durable).numbers();
        self.writer.append_checkpoint(time_ms, snapshot, kept)
    }

    /// Lets the input that is being executed end as a checkpoint: it has reset the sandbox.
    pub(crate) fn note_reset(&self) {
        self.has_reset.store(true, Ordering::Relaxed);
    }

    /// How many entries a start executes.
    pub(crate) fn count(&self) -> usize {
        self.growth.count()
    }

    /// Why the newest due checkpoint was skipped, if it was. The entries stay, so nothing is lost and the file grows.
    pub(crate) fn skipped_checkpoint(&self) -> Option<Error> {
        self.writer.skipped_checkpoint()
    }

    /// # Errors
    ///
    /// [`ErrorKind::File`] when an entry could not be written; no input is executed since.
    pub(crate) fn check(&self) -> Result<()> {
        self.writer.check()
    }

    /// The ticket of the newest entry, after the input that is being executed.
    pub(crate) fn last(&self) -> Ticket {
        let _executing = self.executing();
        self.writer.last()
    }

    /// Whether an input came after the events were last posted. Operations in progress advance at the next posting.
    pub(crate) fn has_news(&self) -> bool {
        self.has_news.load(Ordering::Relaxed)
    }

    /// A generated key that an earlier run, or this one, has kept.
    pub(crate) fn key(&self, name: &str) -> Option<Vec<u8>> {
        self.keys().get(name).cloned()
    }

    /// Keeps a generated key. It is written no later than the entry of the input that needed it.
    pub(crate) fn keep_key(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
        self.writer.keep_key(name, bytes.clone())?;
        self.keys().insert(name.to_owned(), bytes);
        Ok(())
    }

    fn executing(&self) -> MutexGuard<'_, ()> {
        lock(&self.executing)
    }

    fn keys(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        lock(&self.keys)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
