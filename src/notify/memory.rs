//! Ids in the memory of one process.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::seen::{Claim, Delivery, SeenStore};
use crate::error::Result;

/// Ids in the memory of this process: bounded, and each forgotten after its time.
///
/// It knows nothing of other machines nor of the time before a restart. When it is full, the handled
/// id that would be forgotten soonest makes room, before any that is being handled; only notifications
/// whose signature held get in.
pub struct MemoryStore {
    state: Mutex<State>,
    capacity: usize,
}

#[derive(Default)]
struct State {
    ids: HashMap<String, Entry>,
    handled: Ends,
    under_way: Ends,
    next: u64,
}

/// Ids by the end of their time; the number tells equal instants apart.
type Ends = BTreeMap<(Instant, u64), String>;

struct Entry {
    /// Whose it is while it is being handled; `None` once it is finished.
    claim: Option<Claim>,
    end: (Instant, u64),
}

impl Entry {
    fn delivery(&self) -> Delivery {
        match self.claim {
            Some(_) => Delivery::UnderWay,
            None => Delivery::Repeated,
        }
    }
}

impl MemoryStore {
    /// Room for 65,536 ids, some 10 MiB.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(NonZeroUsize::MIN.saturating_add(65_535))
    }

    /// Room for so many ids.
    #[must_use]
    pub fn with_capacity(capacity: NonZeroUsize) -> Self {
        Self {
            state: Mutex::default(),
            capacity: capacity.get(),
        }
    }

    fn claim_at(&self, now: Instant, id: &str, claim: &Claim, lease: Duration) -> Delivery {
        let mut state = self.lock();
        state.expire(now);
        if let Some(entry) = state.ids.get(id) {
            return entry.delivery();
        }
        state.put(id, Some(claim.clone()), now + lease, self.capacity);
        Delivery::First
    }

    fn finish_at(&self, now: Instant, id: &str, claim: &Claim, ttl: Duration) -> bool {
        let mut state = self.lock();
        state.expire(now);
        let holder = state.ids.get(id).and_then(|entry| entry.claim.as_ref());
        if holder.is_some_and(|holder| holder != claim) {
            return false;
        }
        state.put(id, None, now + ttl, self.capacity);
        true
    }

    fn forget_at(&self, now: Instant, id: &str, claim: &Claim) {
        let mut state = self.lock();
        state.expire(now);
        let holder = state.ids.get(id).and_then(|entry| entry.claim.as_ref());
        if holder == Some(claim) {
            state.take(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn expire(&mut self, now: Instant) {
        for ends in [&mut self.handled, &mut self.under_way] {
            while let Some(first) = ends.first_entry()
                && first.key().0 <= now
            {
                self.ids.remove(&first.remove());
            }
        }
    }

    fn ends(&mut self, under_way: bool) -> &mut Ends {
        match under_way {
            true => &mut self.under_way,
            false => &mut self.handled,
        }
    }

    fn put(&mut self, id: &str, claim: Option<Claim>, end: Instant, capacity: usize) {
        self.take(id);
        while self.ids.len() >= capacity
            // Without its claim, one that is being handled would be handled again beside it.
            && let Some((_, soonest)) = self.handled.pop_first().or_else(|| self.under_way.pop_first())
        {
            self.ids.remove(&soonest);
        }
        let end = (end, self.next);
        self.next += 1;
        self.ends(claim.is_some()).insert(end, id.to_owned());
        self.ids.insert(id.to_owned(), Entry { claim, end });
    }

    fn take(&mut self, id: &str) {
        if let Some(entry) = self.ids.remove(id) {
            self.ends(entry.claim.is_some()).remove(&entry.end);
        }
    }
}

impl SeenStore for MemoryStore {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        Ok(self.claim_at(Instant::now(), id, claim, lease))
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<bool> {
        Ok(self.finish_at(Instant::now(), id, claim, ttl))
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
            .field("ids", &self.lock().ids.len())
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

    /// The other side of a claim: what another delivery would be told.
    fn asked(store: &MemoryStore, now: Instant, id: &str) -> Delivery {
        store.claim_at(now, id, &claim(), LEASE)
    }

    #[test]
    fn what_is_being_handled_outlives_what_was() {
        let (store, now) = (small(), Instant::now());
        asked(&store, now, "under way");
        store.finish_at(now, "handled", &claim(), TTL);
        asked(&store, now, "another");
        assert_eq!(asked(&store, now, "under way"), Delivery::UnderWay);
        assert_eq!(asked(&store, now, "another"), Delivery::UnderWay);
    }

    #[test]
    fn a_claim_stands_until_it_is_finished_or_runs_out() {
        let (store, start) = (MemoryStore::new(), Instant::now());
        let (at, mine) = (|after| start + Duration::from_secs(after), claim());
        assert_eq!(asked(&store, at(0), "a"), Delivery::First);
        assert_eq!(asked(&store, at(9), "a"), Delivery::UnderWay);
        assert_eq!(store.claim_at(at(10), "a", &mine, LEASE), Delivery::First);
        assert!(store.finish_at(at(10), "a", &mine, TTL));
        assert_eq!(asked(&store, at(109), "a"), Delivery::Repeated);
        assert_eq!(asked(&store, at(110), "a"), Delivery::First);
    }

    /// Whoever outlived its claim can neither free nor finish what another has claimed since.
    #[test]
    fn a_late_giveback_leaves_the_newer_claim() {
        let (store, start) = (MemoryStore::new(), Instant::now());
        let (late, newer, then) = (claim(), claim(), start + LEASE);
        assert_eq!(store.claim_at(start, "a", &late, LEASE), Delivery::First);
        assert_eq!(store.claim_at(then, "a", &newer, LEASE), Delivery::First);
        store.forget_at(then, "a", &late);
        assert_eq!(asked(&store, then, "a"), Delivery::UnderWay);
        assert!(!store.finish_at(then, "a", &late, TTL));
        assert_eq!(asked(&store, then, "a"), Delivery::UnderWay);

        assert!(store.finish_at(then, "a", &newer, TTL));
        for claim in [&late, &newer] {
            store.forget_at(then, "a", claim);
            assert_eq!(asked(&store, then, "a"), Delivery::Repeated);
        }
        assert!(store.finish_at(then, "a", &late, TTL));
    }

    #[test]
    fn what_nobody_took_over_is_finished_late() {
        let (store, start, late) = (MemoryStore::new(), Instant::now(), claim());
        store.claim_at(start, "a", &late, LEASE);
        assert!(store.finish_at(start + 2 * LEASE, "a", &late, TTL));
        assert_eq!(asked(&store, start + 2 * LEASE, "a"), Delivery::Repeated);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let (store, now) = (small(), Instant::now());
        store.finish_at(now, "long", &claim(), TTL);
        for id in ["a", "b", "c"] {
            assert_eq!(asked(&store, now, id), Delivery::First);
            let state = store.lock();
            let ends = state.handled.len() + state.under_way.len();
            assert_eq!(state.ids.len(), ends);
            assert!(state.ids.len() <= 2);
        }
        // Of what is being handled, the oldest claim went.
        assert_eq!(asked(&store, now, "c"), Delivery::UnderWay);
        assert_eq!(asked(&store, now, "b"), Delivery::UnderWay);
        assert_eq!(asked(&store, now, "a"), Delivery::First);
    }

    #[test]
    fn what_is_forgotten_may_come_again() {
        let (store, now, mine) = (MemoryStore::new(), Instant::now(), claim());
        assert_eq!(store.claim_at(now, "a", &mine, LEASE), Delivery::First);
        store.forget_at(now, "a", &mine);
        assert_eq!(asked(&store, now, "a"), Delivery::First);
        assert_eq!(store.lock().under_way.len(), 1);
    }
}
