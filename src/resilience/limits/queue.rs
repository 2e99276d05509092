//! The order in which calls of this process wait for a limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The queues of all operations and merchants.
#[derive(Default)]
pub(super) struct Queues(Mutex<HashMap<String, Arc<Queue>>>);

/// The calls that wait for one limit, in the order of their arrival; the first has the lock.
///
/// Only the first asks the store. Otherwise all would wake up when one call becomes possible, and each would ask: with n
/// calls waiting, n questions for every call.
pub(super) type Queue = tokio::sync::Mutex<()>;

impl Queues {
    pub(super) fn get(&self, key: &str) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(key) {
            return Arc::clone(queue);
        }
        Arc::clone(queues.entry(key.to_owned()).or_default())
    }
}
