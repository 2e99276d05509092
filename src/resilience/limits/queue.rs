//! The order in which calls of this process wait for a limit.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::Instant;

use super::keyed::Keyed;

/// The queues of all operations and merchants; unused ones are dropped.
#[derive(Default)]
pub(super) struct Queues(Mutex<Keyed<Arc<Queue>>>);

/// The calls that wait for one limit, in the order of their arrival; the first has the lock.
///
/// Only the first reserves a time, and it does so once: a queue has at most one reservation. If each call reserved one,
/// those of callers that give up would be lost, and with many of them no time would be left. The reservation of a first call
/// that gives up is left to the next.
#[derive(Default)]
pub(super) struct Queue {
    first: tokio::sync::Mutex<()>,
    /// The reserved time, until its call is made.
    reserved: Mutex<Option<Instant>>,
}

/// The turn of the first call.
pub(super) struct Turn<'q> {
    queue: &'q Queue,
    _first: MutexGuard<'q, ()>,
}

impl Queues {
    pub(super) fn get(&self, key: &str) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A call that uses a queue holds it.
        let is_live =
            |queue: &Arc<Queue>| Arc::strong_count(queue) > 1 || queue.reservation().is_some();
        Arc::clone(queues.get_or_insert(key, is_live, Arc::default))
    }
}

impl Queue {
    /// Returns the turn if no call waits.
    pub(super) fn try_turn(&self) -> Option<Turn<'_>> {
        let first = self.first.try_lock().ok()?;
        Some(self.begun(first))
    }

    /// Waits for the turn, in the order of arrival.
    pub(super) async fn turn(&self) -> Turn<'_> {
        let first = self.first.lock().await;
        self.begun(first)
    }

    fn begun<'q>(&'q self, first: MutexGuard<'q, ()>) -> Turn<'q> {
        Turn {
            queue: self,
            _first: first,
        }
    }

    /// Returns the time until the reserved call; calls behind the first wait at least as long.
    pub(super) fn reservation(&self) -> Option<Duration> {
        let (at, now) = ((*self.reserved())?, Instant::now());
        // An unused reservation ends at its time: a later call could exceed the limit.
        (at >= now).then(|| at - now)
    }

    fn reserved(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Returns the time until the reserved call.
    pub(super) fn reservation(&self) -> Option<Duration> {
        self.queue.reservation()
    }

    /// Notes the reserved time.
    pub(super) fn reserve(&self, wait: Duration) {
        *self.queue.reserved() = Instant::now().checked_add(wait);
    }

    /// Ends the turn: the reserved call is made.
    pub(super) fn go(self) {
        *self.queue.reserved() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resilience::paused;

    #[test]
    fn unused_queues_are_dropped_and_reservations_kept() {
        paused(async {
            let queues = Queues::default();
            let held = queues.get("held");
            let left = queues.get("left");
            left.try_turn().unwrap().reserve(Duration::from_secs(10));
            drop(left);
            for merchant in 0..1000 {
                queues.get(&merchant.to_string());
            }
            assert!(queues.0.lock().unwrap().len() <= 64);
            assert!(Arc::ptr_eq(&held, &queues.get("held")));
            let left = queues.get("left").reservation();
            assert_eq!(left, Some(Duration::from_secs(10)));
            tokio::time::advance(Duration::from_secs(11)).await;
            assert_eq!(queues.get("left").reservation(), None);
        });
    }
}
