//! The nonces of accepted requests, which detect replays.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

#[cfg(feature = "state")]
use crate::journal::Blob;
use wechatpay_core::crypto::digest::sha256;

/// How many nonces are kept: those of about 1,700 requests a second in the window of timestamps, in
/// 50 MB. Above that the nonces with the oldest timestamps are dropped early, and could be replayed.
const MOST: usize = 1 << 20;

/// Half a digest, so that long nonces take no more memory than short ones.
type Key = [u8; 16];

/// Remembers the nonces of requests whose timestamps are still accepted.
#[derive(Default)]
pub(crate) struct NonceStore {
    nonces: Mutex<Nonces>,
}

impl NonceStore {
    /// Adds a nonce, and drops those with timestamps before `oldest`; `false` when it was used before.
    pub(crate) fn insert(&self, nonce: &str, timestamp: i64, oldest: i64) -> bool {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.forget_before(oldest);
        nonces.insert(nonce, timestamp)
    }
}

impl NonceStore {
    /// The keys by timestamp, for the journal.
    #[cfg(feature = "state")]
    pub(crate) fn saved(&self) -> Vec<(i64, Blob)> {
        let nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = nonces.by_time.iter();
        saved
            .map(|(time, keys)| (*time, Blob(keys.concat().into())))
            .collect()
    }

    /// Replaces the nonces.
    #[cfg(feature = "state")]
    pub(crate) fn restore(&self, saved: Vec<(i64, Blob)>) {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        *nonces = Nonces::default();
        for (time, keys) in saved {
            for key in keys.0.as_chunks::<16>().0 {
                nonces.known.insert(*key);
                nonces.by_time.entry(time).or_default().push(*key);
            }
        }
    }
}

/// Nonces by the timestamp of their request.
#[derive(Default)]
struct Nonces {
    known: HashSet<Key>,
    by_time: BTreeMap<i64, Vec<Key>>,
}

impl Nonces {
    /// Drops the nonces of requests that are too old to be accepted again.
    ///
    /// Setting the clock back does not restore them.
    fn forget_before(&mut self, timestamp: i64) {
        while let Some(oldest) = self
            .by_time
            .first_entry()
            .filter(|it| *it.key() < timestamp)
        {
            for key in oldest.remove() {
                self.known.remove(&key);
            }
        }
    }

    /// Whether the nonce is new.
    fn insert(&mut self, nonce: &str, timestamp: i64) -> bool {
        let [key, _] = halves(&sha256(nonce.as_bytes()));
        if !self.known.insert(key) {
            return false;
        }
        self.by_time.entry(timestamp).or_default().push(key);
        if self.known.len() > MOST {
            self.forget_oldest();
        }
        true
    }

    fn forget_oldest(&mut self) {
        let Some(mut oldest) = self.by_time.first_entry() else {
            return;
        };
        if let Some(key) = oldest.get_mut().pop() {
            self.known.remove(&key);
        }
        if oldest.get().is_empty() {
            oldest.remove();
        }
    }
}

fn halves(digest: &[u8; 32]) -> [Key; 2] {
    let mut halves = [[0; 16]; 2];
    for (half, bytes) in halves.iter_mut().zip(digest.chunks(16)) {
        half.copy_from_slice(bytes);
    }
    halves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_kept_while_its_timestamp_is_accepted() {
        let mut nonces = Nonces::default();
        assert!(nonces.insert("a", 1000) && nonces.insert("b", 1001));
        // Another timestamp does not make it new.
        assert!(!nonces.insert("a", 1100));
        nonces.forget_before(1000);
        assert!(!nonces.insert("a", 1000));
        nonces.forget_before(1001);
        assert!(nonces.insert("a", 1300) && !nonces.insert("b", 1301));
        nonces.forget_before(i64::MAX);
        assert!(nonces.known.is_empty() && nonces.by_time.is_empty());
    }

    #[test]
    fn a_full_store_drops_the_oldest_timestamps() {
        let mut nonces = Nonces::default();
        let text = |number: usize| format!("nonce {number}");
        let time = |number: usize| i64::try_from(number / 1000).unwrap();
        // All nonces within the bound are remembered.
        assert!((0..MOST).all(|number| nonces.insert(&text(number), time(number))));
        assert!(!nonces.insert(&text(0), time(0)) && !nonces.insert(&text(999), time(0)));
        assert!((0..1000).all(|number| nonces.insert(&format!("new {number}"), 5000)));
        assert_eq!(nonces.known.len(), MOST);
        let kept: usize = nonces.by_time.values().map(Vec::len).sum();
        assert_eq!(kept, MOST);
        assert!(!nonces.insert(&text(1000), time(1000)));
        assert!(nonces.insert(&text(0), time(0)));
    }
}
