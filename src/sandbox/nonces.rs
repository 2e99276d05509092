//! The nonces of requests that came in: none is taken twice while its timestamp would be.

use std::collections::{BTreeMap, HashSet};

use openssl::sha::sha256;

/// How many are remembered at most: some 1,700 requests a second for as long as one is looked for, in
/// 50 MB. From then on those with the oldest timestamps are forgotten early, and could come in again.
const MOST: usize = 1 << 20;

/// Half a digest: long nonces take no more room than short ones, and nobody finds two alike.
type Key = [u8; 16];

/// Nonces by the timestamp of their request, which says how long they are looked for.
#[derive(Default)]
pub(super) struct Nonces {
    known: HashSet<Key>,
    by_time: BTreeMap<i64, Vec<Key>>,
}

impl Nonces {
    /// Forgets those whose requests are too old to come in again.
    ///
    /// A clock that is put back does not bring them back.
    pub(super) fn forget_before(&mut self, timestamp: i64) {
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

    /// Whether it is new.
    pub(super) fn insert(&mut self, nonce: &str, timestamp: i64) -> bool {
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
    fn a_nonce_is_known_for_as_long_as_its_timestamp_would_be_taken() {
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
    fn at_the_bound_those_with_the_oldest_timestamps_go() {
        let mut nonces = Nonces::default();
        let text = |number: usize| format!("nonce {number}");
        let time = |number: usize| i64::try_from(number / 1000).unwrap();
        // More than the bound was once, and none of them is forgotten.
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
