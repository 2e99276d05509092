//! Ids in the memory of one process.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::seen::{Delivery, SeenStore};
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
    delivery: Delivery,
    end: (Instant, u64),
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

    fn claim_at(&self, now: Instant, id: &str, lease: Duration) -> Delivery {
        let mut state = self.lock();
        state.expire(now);
        if let Some(entry) = state.ids.get(id) {
            return entry.delivery;
        }
        state.put(id, Delivery::UnderWay, now + lease, self.capacity);
        Delivery::First
    }

    fn keep_at(&self, now: Instant, id: &str, ttl: Duration) {
        let mut state = self.lock();
        state.expire(now);
        state.put(id, Delivery::Repeated, now + ttl, self.capacity);
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

    fn ends(&mut self, delivery: Delivery) -> &mut Ends {
        match delivery {
            Delivery::UnderWay => &mut self.under_way,
            _ => &mut self.handled,
        }
    }

    fn put(&mut self, id: &str, delivery: Delivery, end: Instant, capacity: usize) {
        self.take(id);
        while self.ids.len() >= capacity
            // Without its claim, one that is being handled would be handled again beside it.
            && let Some((_, soonest)) = self.handled.pop_first().or_else(|| self.under_way.pop_first())
        {
            self.ids.remove(&soonest);
        }
        let end = (end, self.next);
        self.next += 1;
        self.ends(delivery).insert(end, id.to_owned());
        self.ids.insert(id.to_owned(), Entry { delivery, end });
    }

    fn take(&mut self, id: &str) {
        if let Some(entry) = self.ids.remove(id) {
            self.ends(entry.delivery).remove(&entry.end);
        }
    }
}

impl SeenStore for MemoryStore {
    async fn claim(&self, id: &str, lease: Duration) -> Result<Delivery> {
        Ok(self.claim_at(Instant::now(), id, lease))
    }

    async fn keep(&self, id: &str, ttl: Duration) -> Result<()> {
        self.keep_at(Instant::now(), id, ttl);
        Ok(())
    }

    async fn forget(&self, id: &str) -> Result<()> {
        let mut state = self.lock();
        // What was handled meanwhile, by whoever took over, stays handled.
        if state
            .ids
            .get(id)
            .is_some_and(|entry| entry.delivery == Delivery::UnderWay)
        {
            state.take(id);
        }
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

    #[test]
    fn what_is_being_handled_outlives_what_was() {
        let (store, now) = (small(), Instant::now());
        store.claim_at(now, "under way", LEASE);
        store.keep_at(now, "handled", TTL);
        store.claim_at(now, "another", LEASE);
        assert_eq!(store.claim_at(now, "under way", LEASE), Delivery::UnderWay);
        assert_eq!(store.claim_at(now, "another", LEASE), Delivery::UnderWay);
    }

    #[test]
    fn a_claim_stands_until_it_is_kept_or_runs_out() {
        let (store, start) = (MemoryStore::new(), Instant::now());
        let claim = |after| store.claim_at(start + Duration::from_secs(after), "a", LEASE);
        assert_eq!(claim(0), Delivery::First);
        assert_eq!(claim(9), Delivery::UnderWay);
        assert_eq!(claim(10), Delivery::First);
        store.keep_at(start + LEASE, "a", TTL);
        assert_eq!(claim(109), Delivery::Repeated);
        assert_eq!(claim(110), Delivery::First);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let (store, now) = (small(), Instant::now());
        store.keep_at(now, "long", TTL);
        for id in ["a", "b", "c"] {
            assert_eq!(store.claim_at(now, id, LEASE), Delivery::First);
            let state = store.lock();
            let ends = state.handled.len() + state.under_way.len();
            assert_eq!(state.ids.len(), ends);
            assert!(state.ids.len() <= 2);
        }
        // Of what is being handled, the oldest claim went.
        assert_eq!(store.claim_at(now, "c", LEASE), Delivery::UnderWay);
        assert_eq!(store.claim_at(now, "b", LEASE), Delivery::UnderWay);
        assert_eq!(store.claim_at(now, "a", LEASE), Delivery::First);
    }

    #[test]
    fn what_is_forgotten_may_come_again() {
        let (store, now) = (small(), Instant::now());
        assert_eq!(store.claim_at(now, "a", LEASE), Delivery::First);
        store.lock().take("a");
        assert_eq!(store.claim_at(now, "a", LEASE), Delivery::First);
        assert_eq!(store.lock().under_way.len(), 1);
    }
}
