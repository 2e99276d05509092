//! Decides when the file is compacted.

use std::sync::atomic::{AtomicU64, Ordering};

/// The entries after a checkpoint may take this many bytes, however small the checkpoint is.
const SMALLEST: u64 = 4 << 20;

/// The size of the last checkpoint with the entries that it has kept, and of the entries after it, in bytes.
#[derive(Default)]
pub(super) struct Growth {
    checkpoint: AtomicU64,
    since: AtomicU64,
}

impl Growth {
    pub(super) fn add_entry(&self, bytes: usize) {
        self.since.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Counts a checkpoint, and the entries before it as kept.
    pub(super) fn add_checkpoint(&self, bytes: usize) {
        self.checkpoint.store(bytes as u64, Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
    }

    /// Whether the entries after the checkpoint take more bytes than the checkpoint.
    pub(super) fn is_due(&self) -> bool {
        let checkpoint = self.checkpoint.load(Ordering::Relaxed);
        self.since.load(Ordering::Relaxed) > checkpoint.max(SMALLEST)
    }
}
