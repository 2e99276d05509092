//! Counts the attempts of a call that may have been sent.

use std::sync::atomic::{AtomicU64, Ordering};

/// The number of attempts that may have been sent, and the first round whose attempts may still be sent.
///
/// Both are in one atomic number, so that they exclude each other: after [`seal`](Self::seal) has returned 0, no attempt
/// of a sealed round is sent, even if another thread is about to send it.
#[derive(Default)]
pub(super) struct Sent(AtomicU64);

impl Sent {
    /// Counts an attempt of a round; returns `false` if the round is sealed and the attempt must not be sent.
    pub(super) fn add(&self, round: u32) -> bool {
        let add = |now| (round >= open(now)).then(|| now + 1);
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

    /// Seals all rounds before `next`; returns how many attempts may have been sent.
    pub(super) fn seal(&self, next: u32) -> u32 {
        let seal = |now| Some(u64::from(open(now).max(next)) << 32 | u64::from(count(now)));
        self.change(seal).map_or(0, count)
    }

    /// Changes the number; returns the one before, or `None` if it was not changed.
    fn change(&self, change: impl FnMut(u64) -> Option<u64>) -> Option<u64> {
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        self.0.fetch_update(set, fetch, change).ok()
    }
}

/// The upper half: the first round that is not sealed.
fn open(sent: u64) -> u32 {
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
    fn attempts_of_sealed_rounds_are_refused_and_those_of_later_rounds_are_not() {
        let sent = Sent::default();
        assert!(sent.add(0) && sent.add(1));
        assert_eq!(sent.seal(2), 2);
        assert!(!sent.add(0) && !sent.add(1), "both are sealed");
        assert!(sent.add(2));
        sent.remove();
        assert_eq!(
            sent.seal(1),
            2,
            "an earlier seal does not shorten a later one"
        );
        assert!(!sent.add(1));
        assert_eq!(sent.seal(u32::MAX), 2);
        assert!(!sent.add(u32::MAX - 1));
        assert_eq!(sent.count(), 2);
    }
}
