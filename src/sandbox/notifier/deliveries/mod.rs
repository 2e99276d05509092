//! Notifications that the sandbox posts by itself, again and again until they are accepted.

mod attempt;
mod record;
mod schedule;
mod store;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use super::super::fault::Fault;
use super::super::gateway::Gateway;
use super::draft::Draft;
pub use record::{AttemptRecord, DeliveryRecord, DeliveryState, PostedRecord};
use schedule::{First, Task};
use store::Kept;
use wechatpay_core::error::Error;

/// Those that are under way, and those that were.
pub(crate) struct Deliveries {
    kept: Mutex<Kept>,
    pace: watch::Sender<f64>,
    /// Where they run.
    runtime: OnceLock<Handle>,
}

impl Default for Deliveries {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            pace: watch::Sender::new(1.0),
            runtime: OnceLock::new(),
        }
    }
}

impl Deliveries {
    /// Says where they run.
    pub(crate) fn run_on(&self, runtime: Handle) {
        // A sandbox is served once.
        let _ = self.runtime.set(runtime);
    }

    /// How many times faster than time the waits pass.
    pub(crate) fn pace(&self) -> f64 {
        *self.pace.borrow()
    }

    pub(crate) fn set_pace(&self, pace: f64) {
        self.pace.send_replace(pace);
    }

    pub(crate) fn all(&self) -> Vec<DeliveryRecord> {
        self.with(|kept| kept.rows().map(store::Row::view).collect())
    }

    /// All, without what they are about, what was posted and what was answered: those are long.
    pub(crate) fn brief(&self) -> Vec<DeliveryRecord> {
        self.with(|kept| kept.rows().map(store::Row::brief).collect())
    }

    pub(crate) fn get(&self, id: u64) -> Option<DeliveryRecord> {
        self.with(|kept| kept.row(id).map(store::Row::view))
    }

    /// Forgets all, and what was still to be posted is not.
    pub(crate) fn clear(&self) {
        self.with(Kept::clear);
    }

    /// Lets one go that waits for the one after it.
    pub(crate) fn let_go(&self) {
        self.with(|kept| kept.held = None);
    }

    /// Remembers one that is not posted, and why.
    pub(crate) fn refuse(&self, draft: Draft, event_type: String, now_ms: i64, why: &Error) -> u64 {
        let id = self.with(|kept| kept.push(draft, event_type));
        let (problem, problem_zh) = attempt::undelivered(why.to_string()).into_both();
        self.edit(id, |record| {
            record.state = DeliveryState::NotSent;
            record.attempts.push(AttemptRecord {
                time_ms: now_ms,
                took_ms: 0,
                status: None,
                response: None,
                problem: Some(problem),
                problem_zh: Some(problem_zh),
            });
        });
        id
    }

    /// Posts one, with what is to go wrong.
    pub(crate) fn post(gateway: &Arc<Gateway>, draft: Draft, event_type: String) -> u64 {
        let deliveries = &gateway.control.deliveries;
        let fault = gateway.faults.next_posting();
        let id = deliveries.with(|kept| kept.push(draft, event_type));
        let times = match fault {
            Some(Fault::DuplicatedNotification) => 2,
            _ => 1,
        };
        let before = deliveries.with(|kept| kept.held.take().filter(|held| !held.is_closed()));
        let first = match before {
            // This is the one after it, whatever is to go wrong with itself.
            Some(before) => First::Before(before),
            None if fault == Some(Fault::ReorderedNotifications) => {
                let (release, released) = oneshot::channel();
                deliveries.with(|kept| kept.held = Some(release));
                First::After(released)
            }
            None => First::Now,
        };
        deliveries.start(gateway, id, times, first);
        id
    }

    /// Posts one again, at once.
    pub(crate) fn again(gateway: &Arc<Gateway>, id: u64) {
        let deliveries = &gateway.control.deliveries;
        deliveries.edit(id, |record| record.state = DeliveryState::Pending);
        deliveries.start(gateway, id, 1, First::Now);
    }

    /// Without a runtime the sandbox is ending, and posts nothing more.
    fn start(&self, gateway: &Arc<Gateway>, id: u64, times: u32, first: First) {
        let Some(runtime) = self.runtime.get() else {
            return;
        };
        let task = Task {
            gateway: Arc::clone(gateway),
            id,
        };
        let task = runtime.spawn(task.run(times, first)).abort_handle();
        self.with(|kept| match kept.row_mut(id) {
            Some(row) => {
                if let Some(old) = row.task.replace(task) {
                    old.abort();
                }
            }
            None => task.abort(),
        });
    }

    fn edit(&self, id: u64, edit: impl FnOnce(&mut DeliveryRecord)) {
        self.with(|kept| kept.edit(id, edit));
    }

    fn draft(&self, id: u64) -> Option<Arc<Draft>> {
        self.with(|kept| kept.row(id).map(|row| Arc::clone(&row.draft)))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
