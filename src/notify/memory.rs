//! A deduplication store in the memory of one process.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::dedup::{Claim, DedupStore, Delivery, Finished, IdSource};
use wechatpay_core::crypto::digest;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A bounded store in the memory of this process.
///
/// Its ids are lost on restart and not shared with other machines. It records only notifications with a
/// verified signature and APIv2 refunds that were decrypted.
///
/// Ids are never evicted early, since a duplicate would then be handled again. When the store is full, the
/// next notification is answered with 503 ([`ErrorKind::Dedup`]), and WeChat Pay delivers it again.
///
/// APIv3's notifications, APIv2's signed notifications and APIv2's unsigned refunds have separate capacity,
/// so that many of one kind do not block the others.
pub struct MemoryStore {
    state: Mutex<[Ids; IdSource::COUNT]>,
    capacity: usize,
}

#[derive(Default)]
struct Ids {
    entries: HashMap<Key, Entry>,
    ends: BTreeMap<End, Key>,
    next: u64,
}

/// A digest of the id: short, and without collisions.
type Key = [u8; 32];

/// The expiry of an id; the number distinguishes equal instants.
type End = (Instant, u64);

struct Entry {
    /// The claim while the notification is being handled; `None` after that.
    claim: Option<Claim>,
    end: End,
}

impl Entry {
    fn delivery(&self) -> Delivery {
        match self.claim {
            Some(_) => Delivery::InProgress,
            None => Delivery::Duplicate,
        }
    }
}

impl MemoryStore {
    /// Creates a store for 1,048,576 ids of each source: 6 notifications a second for two days. A full store takes
    /// about 200 MiB per source; an empty one allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(NonZeroUsize::MIN.saturating_add((1 << 20) - 1))
    }

    /// Creates a store for this many ids of each source.
    #[must_use]
    pub fn with_capacity(capacity: NonZeroUsize) -> Self {
        Self {
            state: Mutex::default(),
            capacity: capacity.get(),
        }
    }

    /// Returns whether all ids have expired.
    pub(super) fn is_empty(&self) -> bool {
        self.is_empty_at(Instant::now())
    }

    fn is_empty_at(&self, now: Instant) -> bool {
        self.lock().iter_mut().all(|ids| {
            ids.expire(now);
            ids.entries.is_empty()
        })
    }

    fn claim_at(&self, now: Instant, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        self.with(now, id, |ids, key| {
            if let Some(entry) = ids.entries.get(&key)
                && entry.claim.as_ref() != Some(claim)
            {
                return Ok(entry.delivery());
            }
            ids.put(key, Some(claim.clone()), now + lease, self.capacity)?;
            Ok(Delivery::New)
        })
    }

    fn finish_at(&self, now: Instant, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        self.with(now, id, |ids, key| {
            if ids.holder(&key).is_some_and(|holder| holder != claim) {
                return Ok(Finished::LeaseLost);
            }
            ids.put(key, None, now + ttl, self.capacity)?;
            Ok(Finished::Recorded)
        })
    }

    fn forget_at(&self, now: Instant, id: &str, claim: &Claim) {
        self.with(now, id, |ids, key| {
            if ids.holder(&key) == Some(claim) {
                ids.take(&key);
            }
        });
    }

    /// Removes the expired ids of one source and calls `work` with the others.
    fn with<T>(&self, now: Instant, id: &str, work: impl FnOnce(&mut Ids, Key) -> T) -> T {
        let key = digest::sha256(id.as_bytes());
        let mut state = self.lock();
        let ids = &mut state[IdSource::of(id) as usize];
        ids.expire(now);
        work(ids, key)
    }

    fn lock(&self) -> MutexGuard<'_, [Ids; IdSource::COUNT]> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ids {
    fn expire(&mut self, now: Instant) {
        while let Some(first) = self.ends.first_entry()
            && first.key().0 <= now
        {
            self.entries.remove(&first.remove());
        }
    }

    fn holder(&self, key: &Key) -> Option<&Claim> {
        self.entries.get(key)?.claim.as_ref()
    }

    fn put(&mut self, key: Key, claim: Option<Claim>, end: Instant, capacity: usize) -> Result<()> {
        if !self.take(&key) && self.entries.len() >= capacity {
            return Err(full());
        }
        let end = (end, self.next);
        self.next += 1;
        self.ends.insert(end, key);
        self.entries.insert(key, Entry { claim, end });
        Ok(())
    }

    /// Removes an id; returns whether it was present.
    fn take(&mut self, key: &Key) -> bool {
        let taken = self.entries.remove(key);
        if let Some(entry) = &taken {
            self.ends.remove(&entry.end);
        }
        taken.is_some()
    }
}

fn full() -> Error {
    Error::new(
        ErrorKind::Dedup,
        "the store is full, so this notification was not recorded: raise the capacity of MemoryStore, \
         shorten retention, or use RedisStore",
    )
    .with_maybe_sent(false)
}

impl DedupStore for MemoryStore {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        self.claim_at(Instant::now(), id, claim, lease)
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        self.finish_at(Instant::now(), id, claim, ttl)
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        self.forget_at(Instant::now(), id, claim);
        Ok(())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("ids", &self.lock().each_ref().map(|ids| ids.entries.len()))
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(10);
    const TTL: Duration = Duration::from_secs(100);

    fn small() -> MemoryStore {
        MemoryStore::with_capacity(NonZeroUsize::MIN.saturating_add(1))
    }

    fn claim() -> Claim {
        Claim::new().unwrap()
    }

    /// Returns the result for another delivery.
    fn asked(store: &MemoryStore, now: Instant, id: &str) -> Delivery {
        asked_as(store, now, id, &claim())
    }

    fn asked_as(store: &MemoryStore, now: Instant, id: &str, claim: &Claim) -> Delivery {
        store.claim_at(now, id, claim, LEASE).unwrap()
    }

    fn remembered(outcome: Result<Finished>) {
        assert_eq!(outcome.unwrap(), Finished::Recorded);
    }

    #[test]
    fn a_claim_is_valid_until_it_is_finished_or_expires() {
        let (store, start) = (MemoryStore::new(), Instant::now());
        let (at, mine) = (|after| start + Duration::from_secs(after), claim());
        assert_eq!(asked(&store, at(0), "a"), Delivery::New);
        assert_eq!(asked(&store, at(9), "a"), Delivery::InProgress);
        assert_eq!(asked_as(&store, at(10), "a", &mine), Delivery::New);
        remembered(store.finish_at(at(10), "a", &mine, TTL));
        assert_eq!(asked(&store, at(109), "a"), Delivery::Duplicate);
        assert_eq!(asked(&store, at(110), "a"), Delivery::New);
    }

    /// An expired claim can neither release nor finish a later claim.
    #[test]
    fn a_late_release_does_not_affect_a_newer_claim() {
        let (store, start) = (MemoryStore::new(), Instant::now());
        let (late, newer, then) = (claim(), claim(), start + LEASE);
        assert_eq!(asked_as(&store, start, "a", &late), Delivery::New);
        assert_eq!(asked_as(&store, then, "a", &newer), Delivery::New);
        store.forget_at(then, "a", &late);
        assert_eq!(asked(&store, then, "a"), Delivery::InProgress);
        let finished = store.finish_at(then, "a", &late, TTL);
        assert_eq!(finished.unwrap(), Finished::LeaseLost);
        assert_eq!(asked(&store, then, "a"), Delivery::InProgress);

        remembered(store.finish_at(then, "a", &newer, TTL));
        for claim in [&late, &newer] {
            store.forget_at(then, "a", claim);
            assert_eq!(asked(&store, then, "a"), Delivery::Duplicate);
        }
        remembered(store.finish_at(then, "a", &late, TTL));
    }

    #[test]
    fn an_expired_claim_without_a_successor_can_be_finished() {
        let (store, start, late) = (MemoryStore::new(), Instant::now(), claim());
        asked_as(&store, start, "a", &late);
        remembered(store.finish_at(start + 2 * LEASE, "a", &late, TTL));
        assert_eq!(asked(&store, start + 2 * LEASE, "a"), Delivery::Duplicate);
    }

    fn refused(outcome: Result<impl fmt::Debug>) {
        let err = outcome.unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
        assert!(err.to_string().contains("is full"), "{err}");
    }

    #[test]
    fn a_full_store_drops_no_unexpired_entry() {
        let (store, now, mine) = (small(), Instant::now(), claim());
        remembered(store.finish_at(now, "handled", &claim(), TTL));
        assert_eq!(asked_as(&store, now, "under way", &mine), Delivery::New);
        for n in 0..1000 {
            let id = format!("another {n}");
            refused(store.claim_at(now, &id, &claim(), LEASE));
            refused(store.finish_at(now, &id, &claim(), TTL));
        }
        assert_eq!(asked(&store, now, "handled"), Delivery::Duplicate);
        assert_eq!(asked(&store, now, "under way"), Delivery::InProgress);
        // An id that is already stored needs no further room.
        remembered(store.finish_at(now, "under way", &mine, TTL));
        refused(store.claim_at(now + LEASE, "another", &claim(), LEASE));
        assert_eq!(asked(&store, now + TTL, "another"), Delivery::New);
    }

    #[test]
    fn one_source_cannot_fill_the_store() {
        let (store, now) = (small(), Instant::now());
        remembered(store.finish_at(now, "v3:handled", &claim(), TTL));
        let sources = ["v2:", "v2:refund:", "", "v3:"];
        for source in sources {
            let mut room = 0;
            while store
                .claim_at(now, &format!("{source}{room}"), &claim(), LEASE)
                .is_ok()
            {
                room += 1;
            }
            assert_eq!(room, if source == "v3:" { 1 } else { 2 }, "{source}");
        }
        assert_eq!(asked(&store, now, "v3:handled"), Delivery::Duplicate);
    }

    #[test]
    fn a_store_is_empty_when_its_last_id_has_expired() {
        let (store, now) = (small(), Instant::now());
        assert!(store.is_empty());
        asked(&store, now, "v3:a");
        assert!(!store.is_empty_at(now));
        assert!(store.is_empty_at(now + 2 * LEASE));
        assert!(store.lock()[IdSource::V3 as usize].ends.is_empty());
        for id in ["v3:b", "v2:b", "v2:refund:b"] {
            let mine = claim();
            asked_as(&store, Instant::now(), id, &mine);
            assert!(!store.is_empty(), "{id}");
            store.forget_at(Instant::now(), id, &mine);
            assert!(store.is_empty(), "{id}");
        }
    }

    #[test]
    fn repeating_a_claim_renews_it() {
        let (store, start, mine) = (small(), Instant::now(), claim());
        let later = start + LEASE / 2;
        for now in [start, later] {
            assert_eq!(asked_as(&store, now, "a", &mine), Delivery::New);
        }
        assert_eq!(asked(&store, start + LEASE, "a"), Delivery::InProgress);
        assert_eq!(asked(&store, later + LEASE, "a"), Delivery::New);
        assert_eq!(store.lock()[IdSource::of("a") as usize].ends.len(), 1);
    }

    #[test]
    fn forgotten_ids_can_be_claimed_again() {
        let (store, now, mine) = (MemoryStore::new(), Instant::now(), claim());
        assert_eq!(asked_as(&store, now, "a", &mine), Delivery::New);
        store.forget_at(now, "a", &mine);
        assert_eq!(asked(&store, now, "a"), Delivery::New);
        assert_eq!(store.lock()[IdSource::of("a") as usize].ends.len(), 1);
    }
}
