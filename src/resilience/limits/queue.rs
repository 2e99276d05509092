//! The order in which calls of this process wait for a limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::Instant;

/// The queues of all operations and merchants.
#[derive(Default)]
pub(super) struct Queues(Mutex<HashMap<String, Arc<Queue>>>);

/// The calls that wait for one limit, in the order of their arrival; the first has the lock.
///
/// Only the first asks the store. Otherwise all would wake up when one call becomes possible, and each would ask: with n
/// calls waiting, n questions for every call.
#[derive(Default)]
pub(super) struct Queue {
    first: tokio::sync::Mutex<()>,
    /// When the first call asks again.
    asks_at: Mutex<Option<Instant>>,
}

/// The turn of the first call.
pub(super) struct Turn<'q> {
    queue: &'q Queue,
    _first: MutexGuard<'q, ()>,
}

impl Queues {
    pub(super) fn get(&self, key: &str) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(key) {
            return Arc::clone(queue);
        }
        Arc::clone(queues.entry(key.to_owned()).or_default())
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

    /// Returns how long the first call still waits before it asks again; those behind it wait at least as long.
    pub(super) fn wait_of_first(&self) -> Duration {
        let asks_at = *self.asks_at();
        asks_at.map_or(Duration::ZERO, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    fn asks_at(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.asks_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Tells the calls behind this one how long it waits.
    pub(super) fn waits_for(&self, wait: Duration) {
        *self.queue.asks_at() = Instant::now().checked_add(wait);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.queue.asks_at() = None;
    }
}
