//! Counts the attempts of a call that may have been sent.

use std::sync::atomic::{AtomicU64, Ordering};

/// The number of attempts that may have been sent, and the last attempt that may no longer be sent.
///
/// Both are in one atomic number, so that they exclude each other: after [`seal`](Self::seal) has returned 0, no sealed
/// attempt is sent, even if another thread is about to send it.
#[derive(Default)]
pub(super) struct Sent(AtomicU64);

impl Sent {
    /// Counts attempt `number`, which begins at 1; returns `false` if the attempt is sealed and must not be sent.
    pub(super) fn add(&self, number: u32) -> bool {
        let add = |now| (number > sealed(now)).then(|| now + 1);
        self.change(add).is_some()
    }

    /// Takes back an attempt that was counted.
    pub(super) fn remove(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Returns how many attempts may have been sent so far.
    pub(super) fn count(&self) -> u32 {
        count(self.0.load(Ordering::Relaxed))
    }

    /// Seals all attempts up to number `last`; returns how many attempts may have been sent.
    pub(super) fn seal(&self, last: u32) -> u32 {
        let seal = |now| Some(u64::from(sealed(now).max(last)) << 32 | u64::from(count(now)));
        self.change(seal).map_or(0, count)
    }

    /// Changes the number; returns the one before, or `None` if it was not changed.
    fn change(&self, change: impl FnMut(u64) -> Option<u64>) -> Option<u64> {
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        self.0.fetch_update(set, fetch, change).ok()
    }
}

fn sealed(sent: u64) -> u32 {
    (sent >> 32) as u32
}

/// The lower half.
fn count(sent: u64) -> u32 {
    sent as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_attempts_are_refused_and_later_attempts_are_not() {
        let sent = Sent::default();
        assert!(sent.add(1));
        assert_eq!(sent.seal(2), 1);
        assert!(!sent.add(1) && !sent.add(2), "both are sealed");
        assert!(sent.add(3));
        sent.remove();
        assert_eq!(
            sent.seal(1),
            1,
            "an earlier seal does not shorten a later one"
        );
        assert!(!sent.add(2));
        assert_eq!(sent.seal(u32::MAX), 1);
        assert!(!sent.add(u32::MAX));
        assert_eq!(sent.count(), 1);
    }
}
