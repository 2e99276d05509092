//! Decides when the file is compacted.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// The entries after a checkpoint may take this many bytes, however small the checkpoint is.
const SMALLEST: u64 = 4 << 20;

/// The size of the last checkpoint with the entries that it has kept, and of the entries after it, in bytes.
#[derive(Default)]
pub(super) struct Growth {
    checkpoint: AtomicU64,
    since: AtomicU64,
    /// How many entries the file has.
    count: AtomicUsize,
}

impl Growth {
    pub(super) fn add_entry(&self, bytes: usize) {
        self.since.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// A checkpoint is queued. If it is skipped, the next one is due after as many bytes again.
    pub(super) fn begin_checkpoint(&self) {
        self.since.store(0, Ordering::Relaxed);
    }

    /// Counts a checkpoint. Entries before it that are left count as a part of it.
    pub(super) fn add_checkpoint(&self, bytes: usize) {
        self.checkpoint.store(bytes as u64, Ordering::Relaxed);
    }

    /// Whether the entries after the checkpoint take more bytes than the checkpoint.
    pub(super) fn is_due(&self) -> bool {
        let checkpoint = self.checkpoint.load(Ordering::Relaxed);
        self.since.load(Ordering::Relaxed) > checkpoint.max(SMALLEST)
    }

    pub(super) fn set_count(&self, count: usize) {
        self.count.store(count, Ordering::Relaxed);
    }

    /// How many entries a start executes.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}
