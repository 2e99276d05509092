//! Ids in the memory of one process.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::seen::{Claim, Delivery, Finished, SeenStore};
use crate::error::{Error, ErrorKind, Result};

/// Ids in the memory of this process: bounded, and each forgotten after its time.
///
/// It knows nothing of other machines nor of the time before a restart. When it is full, the handled
/// id that would be forgotten soonest makes room. One that is being handled never does, or it would be
/// handled again beside itself: where all are, the next notification is put off with
/// [`ErrorKind::Seen`]. Only notifications whose signature held get in.
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

    fn claim_at(&self, now: Instant, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        let mut state = self.lock();
        state.expire(now);
        if let Some(entry) = state.ids.get(id)
            && entry.claim.as_ref() != Some(claim)
        {
            return Ok(entry.delivery());
        }
        state.put(id, Some(claim.clone()), now + lease, self.capacity)?;
        Ok(Delivery::First)
    }

    fn finish_at(&self, now: Instant, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        let mut state = self.lock();
        state.expire(now);
        let holder = state.ids.get(id).and_then(|entry| entry.claim.as_ref());
        if holder.is_some_and(|holder| holder != claim) {
            return Ok(Finished::Overtaken);
        }
        state.put(id, None, now + ttl, self.capacity)?;
        Ok(Finished::Remembered)
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

    fn put(&mut self, id: &str, claim: Option<Claim>, end: Instant, capacity: usize) -> Result<()> {
        self.take(id);
        while self.ids.len() >= capacity {
            let (_, soonest) = self.handled.pop_first().ok_or_else(full)?;
            self.ids.remove(&soonest);
        }
        let end = (end, self.next);
        self.next += 1;
        self.ends(claim.is_some()).insert(end, id.to_owned());
        self.ids.insert(id.to_owned(), Entry { claim, end });
        Ok(())
    }

    fn take(&mut self, id: &str) {
        if let Some(entry) = self.ids.remove(id) {
            self.ends(entry.claim.is_some()).remove(&entry.end);
        }
    }
}

fn full() -> Error {
    Error::new(
        ErrorKind::Seen,
        "as many notifications are being handled as the store has room for: give MemoryStore a greater \
         capacity, or claim_for a shorter time",
    )
    .with_maybe_sent(false)
}

impl SeenStore for MemoryStore {
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
        asked_as(store, now, id, &claim())
    }

    fn asked_as(store: &MemoryStore, now: Instant, id: &str, claim: &Claim) -> Delivery {
        store.claim_at(now, id, claim, LEASE).unwrap()
    }

    fn remembered(outcome: Result<Finished>) {
        assert_eq!(outcome.unwrap(), Finished::Remembered);
    }

    #[test]
    fn what_is_being_handled_outlives_what_was() {
        let (store, now) = (small(), Instant::now());
        asked(&store, now, "under way");
        remembered(store.finish_at(now, "handled", &claim(), TTL));
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
        assert_eq!(asked_as(&store, at(10), "a", &mine), Delivery::First);
        remembered(store.finish_at(at(10), "a", &mine, TTL));
        assert_eq!(asked(&store, at(109), "a"), Delivery::Repeated);
        assert_eq!(asked(&store, at(110), "a"), Delivery::First);
    }

    /// Whoever outlived its claim can neither free nor finish what another has claimed since.
    #[test]
    fn a_late_giveback_leaves_the_newer_claim() {
        let (store, start) = (MemoryStore::new(), Instant::now());
        let (late, newer, then) = (claim(), claim(), start + LEASE);
        assert_eq!(asked_as(&store, start, "a", &late), Delivery::First);
        assert_eq!(asked_as(&store, then, "a", &newer), Delivery::First);
        store.forget_at(then, "a", &late);
        assert_eq!(asked(&store, then, "a"), Delivery::UnderWay);
        let finished = store.finish_at(then, "a", &late, TTL);
        assert_eq!(finished.unwrap(), Finished::Overtaken);
        assert_eq!(asked(&store, then, "a"), Delivery::UnderWay);

        remembered(store.finish_at(then, "a", &newer, TTL));
        for claim in [&late, &newer] {
            store.forget_at(then, "a", claim);
            assert_eq!(asked(&store, then, "a"), Delivery::Repeated);
        }
        remembered(store.finish_at(then, "a", &late, TTL));
    }

    #[test]
    fn what_nobody_took_over_is_finished_late() {
        let (store, start, late) = (MemoryStore::new(), Instant::now(), claim());
        asked_as(&store, start, "a", &late);
        remembered(store.finish_at(start + 2 * LEASE, "a", &late, TTL));
        assert_eq!(asked(&store, start + 2 * LEASE, "a"), Delivery::Repeated);
    }

    #[test]
    fn it_never_holds_more_than_its_capacity() {
        let (store, now) = (small(), Instant::now());
        remembered(store.finish_at(now, "long", &claim(), TTL));
        for id in ["a", "b"] {
            assert_eq!(asked(&store, now, id), Delivery::First);
        }
        // No claim makes room for another, nor for what is finished late.
        let err = store.claim_at(now, "c", &claim(), LEASE).unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Seen, false));
        let err = store.finish_at(now, "c", &claim(), TTL).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Seen);
        {
            let state = store.lock();
            assert_eq!((state.ids.len(), state.under_way.len()), (2, 2));
            assert_eq!(state.handled.len(), 0);
        }
        for id in ["a", "b"] {
            assert_eq!(asked(&store, now, id), Delivery::UnderWay);
        }
        // When their time is over there is room again.
        assert_eq!(asked(&store, now + LEASE, "c"), Delivery::First);
    }

    #[test]
    fn the_same_claim_once_more_is_first_again_and_lasts_longer() {
        let (store, start, mine) = (small(), Instant::now(), claim());
        let later = start + LEASE / 2;
        for now in [start, later] {
            assert_eq!(asked_as(&store, now, "a", &mine), Delivery::First);
        }
        assert_eq!(asked(&store, start + LEASE, "a"), Delivery::UnderWay);
        assert_eq!(asked(&store, later + LEASE, "a"), Delivery::First);
        assert_eq!(store.lock().ids.len(), 1);
    }

    #[test]
    fn what_is_forgotten_may_come_again() {
        let (store, now, mine) = (MemoryStore::new(), Instant::now(), claim());
        assert_eq!(asked_as(&store, now, "a", &mine), Delivery::First);
        store.forget_at(now, "a", &mine);
        assert_eq!(asked(&store, now, "a"), Delivery::First);
        assert_eq!(store.lock().under_way.len(), 1);
    }
}
