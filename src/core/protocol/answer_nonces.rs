use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::{Mutex, PoisonError};

/// The shortest time for which a nonce is kept: a response whose timestamp is 300 s in the future is accepted until it
/// is 300 s old.
const SECONDS: i64 = 600;
/// The largest number of nonces in each half of the memory, at 9 bytes each. A client that receives more answers in
/// 600 s (870 a second) forgets the oldest.
const CAPACITY: usize = 1 << 19;

/// The nonces of the answers that a client has accepted, so that none is accepted twice.
///
/// Only answers with a valid signature are recorded, so only WeChat Pay can fill it.
pub struct AnswerNonces {
    hasher: RandomState,
    seen: Mutex<Seen>,
    capacity: usize,
}

/// When the recent half is old or full, it becomes the older half, and the previous older half is dropped.
///
/// A nonce is stored as a keyed hash of 64 bits. A collision turns at most one answer in 10¹³
/// into an error, when the memory is full.
#[derive(Default)]
struct Seen {
    recent: HashSet<u64, Hashed>,
    older: HashSet<u64, Hashed>,
    /// The start of the recent half, in Unix seconds.
    since: Option<i64>,
}

/// A hasher for values that are already hashes.
type Hashed = BuildHasherDefault<AsItIs>;

#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Default for AnswerNonces {
    fn default() -> Self {
        Self::new()
    }
}

impl AnswerNonces {
    /// Creates an empty memory.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    fn with_capacity(capacity: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            seen: Mutex::default(),
            capacity,
        }
    }

    /// Records a nonce; returns `false` if it was already recorded. `now` is in Unix seconds.
    pub fn admit(&self, nonce: &str, now: i64) -> bool {
        let hash = self.hasher.hash_one(nonce);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.age(now, self.capacity);
        !seen.older.contains(&hash) && seen.recent.insert(hash)
    }
}

impl Seen {
    fn age(&mut self, now: i64, capacity: usize) {
        let since = *self.since.get_or_insert(now);
        // A clock that is set back must not make nonces older.
        if now < since {
            self.since = Some(now);
        }
        if now.saturating_sub(since) >= SECONDS || self.recent.len() >= capacity {
            self.older = std::mem::take(&mut self.recent);
            self.since = Some(now);
        }
    }
}

impl fmt::Debug for AnswerNonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerNonces").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_admitted_once_for_as_long_as_its_answer_is_accepted() {
        let nonces = AnswerNonces::new();
        assert!(nonces.admit("a", 1000));
        for now in [1000, 1001, 1599, 1600, 2000, 900] {
            assert!(!nonces.admit("a", now), "{now}");
        }
        assert!(nonces.admit("b", 1000));
    }

    #[test]
    fn nonces_are_forgotten_when_their_timestamps_are_too_old() {
        let nonces = AnswerNonces::new();
        assert!(nonces.admit("a", 0));
        assert!(nonces.admit("b", 600));
        assert!(nonces.admit("c", 1200));
        assert!(nonces.admit("a", 1200));
        assert!(!nonces.admit("b", 1200));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_nonces_stay() {
        let nonces = AnswerNonces::with_capacity(8);
        for index in 0..1000 {
            assert!(nonces.admit(&index.to_string(), 0));
        }
        let seen = nonces.seen.lock().unwrap();
        assert!(seen.recent.len() + seen.older.len() <= 16);
        drop(seen);
        for index in 992..1000 {
            assert!(!nonces.admit(&index.to_string(), 0), "{index}");
        }
    }
}
