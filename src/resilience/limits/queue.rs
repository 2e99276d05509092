//! The order in which calls of this process wait for a limit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, MutexGuard as TurnGuard};

/// The queues of all operations and merchants.
#[derive(Default)]
pub(super) struct Queues(Mutex<HashMap<String, Arc<Queue>>>);

/// The calls that wait for one limit.
///
/// Only the first of them asks the store. Otherwise all would wake up when one call becomes possible, and each would
/// ask: with n calls waiting, n questions for every call.
#[derive(Default)]
pub(super) struct Queue {
    turn: Turn<()>,
    waiting: AtomicUsize,
}

/// A place in a queue, until it is dropped.
pub(super) struct Place<'q>(&'q Queue);

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
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) == 0
    }

    pub(super) fn join(&self) -> Place<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Place(self)
    }
}

impl<'q> Place<'q> {
    /// Waits until this place is the first; it stays first while the guard lives.
    pub(super) async fn turn(&self) -> TurnGuard<'q, ()> {
        self.0.turn.lock().await
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}
