//! Deliveries: posts notifications and retries them until they are accepted.

mod attempt;
mod progress;
mod record;
#[cfg(feature = "state")]
mod saved;
mod schedule;
mod store;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};

use super::draft::NotificationDraft;
use super::post::Reach;
use crate::bilingual::Bilingual;
use crate::fault::{Fault, Faults};
use crate::journal::Journal;
pub use record::{AttemptRecord, DeliveryRecord, DeliveryState, PostedRecord};
#[cfg(feature = "state")]
pub(crate) use saved::SavedDeliveries;
use schedule::{DeliveryTask, FirstAttempt};
use store::DeliveryStore;
use wechatpay_core::clock::Clock;

/// Posts notifications, and remembers their deliveries.
pub(crate) struct Notifier {
    clock: Arc<dyn Clock>,
    faults: Arc<Faults>,
    reach: Reach,
    store: Mutex<DeliveryStore>,
    speed: watch::Sender<f64>,
    journal: Option<Arc<Journal>>,
    /// The runtime of the delivery tasks.
    runtime: OnceLock<Handle>,
}

impl Notifier {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        faults: Arc<Faults>,
        reach: Reach,
        speed: f64,
        journal: Option<Arc<Journal>>,
    ) -> Self {
        Self {
            clock,
            faults,
            reach,
            store: Mutex::default(),
            speed: watch::Sender::new(speed),
            journal,
            runtime: OnceLock::new(),
        }
    }

    /// Sets the runtime of the delivery tasks.
    pub(crate) fn run_on(&self, runtime: Handle) {
        // A sandbox is served once.
        let _ = self.runtime.set(runtime);
    }

    /// How many times faster than real time the waits between attempts pass.
    pub(crate) fn speed(&self) -> f64 {
        *self.speed.borrow()
    }

    pub(crate) fn set_speed(&self, speed: f64) {
        self.speed.send_replace(speed);
    }

    pub(crate) fn all(&self) -> Vec<DeliveryRecord> {
        self.with(|store| store.rows().map(store::Row::view).collect())
    }

    /// All deliveries without resources, requests and answers, which are long.
    #[cfg(feature = "control")]
    pub(crate) fn brief(&self) -> Vec<DeliveryRecord> {
        self.with(|store| store.rows().map(store::Row::brief).collect())
    }

    #[cfg(feature = "control")]
    pub(crate) fn get(&self, id: u64) -> Option<DeliveryRecord> {
        self.with(|store| store.row(id).map(store::Row::view))
    }

    /// Forgets all deliveries and cancels those in progress.
    pub(crate) fn clear(&self) {
        self.with(DeliveryStore::clear);
    }

    /// Posts the notification that a fault holds back until the next one is posted.
    #[cfg(feature = "control")]
    pub(crate) fn release_held(&self) {
        self.with(|store| store.held = None);
    }

    /// Records a notification that is not posted, and why.
    pub(crate) fn reject(
        &self,
        draft: NotificationDraft,
        event_type: String,
        why: Bilingual,
    ) -> u64 {
        let id = self.with(|store| store.push(draft, event_type));
        let (problem, problem_zh) = why.into_both();
        self.edit(id, |record| {
            record.state = DeliveryState::NotSent;
            record.attempts.push(AttemptRecord {
                time_ms: self.clock.now_ms(),
                took_ms: 0,
                status: None,
                response: None,
                problem: Some(problem),
                problem_zh: Some(problem_zh),
            });
        });
        id
    }

    /// Posts a notification, with the next fault of notifications that waits; returns its number.
    pub(crate) fn post(self: &Arc<Self>, draft: NotificationDraft, event_type: String) -> u64 {
        let fault = self.faults.next_posting();
        let id = self.with(|store| store.push(draft, event_type));
        let times = match fault {
            Some(Fault::DuplicatedNotification) => 2,
            _ => 1,
        };
        let held = self.with(|store| store.held.take().filter(|held| !held.is_closed()));
        let first = match held {
            // The held notification follows this one, whatever the fault of this one is.
            Some(held) => FirstAttempt::Before(held),
            None if fault == Some(Fault::ReorderedNotifications) => {
                let (release, released) = oneshot::channel();
                self.with(|store| store.held = Some(release));
                FirstAttempt::After(released)
            }
            None => FirstAttempt::Now,
        };
        self.start(id, times, first);
        id
    }

    /// Posts a notification again, at once.
    #[cfg(feature = "control")]
    pub(crate) fn resend(self: &Arc<Self>, id: u64) {
        self.edit(id, |record| record.state = DeliveryState::Pending);
        self.start(id, 1, FirstAttempt::Now);
    }

    /// Without a runtime the sandbox is ending, and posts nothing more.
    fn start(self: &Arc<Self>, id: u64, times: u32, first: FirstAttempt) {
        let Some(runtime) = self.runtime.get() else {
            return;
        };
        let notifier = Arc::clone(self);
        let task = DeliveryTask { notifier, id };
        let task = runtime.spawn(task.run(times, first)).abort_handle();
        self.with(|store| match store.row_mut(id) {
            Some(row) => {
                if let Some(old) = row.task.replace(task) {
                    old.abort();
                }
            }
            None => task.abort(),
        });
    }

    fn edit(&self, id: u64, edit: impl FnOnce(&mut DeliveryRecord)) {
        self.with(|store| store.edit(id, edit));
    }

    fn draft(&self, id: u64) -> Option<Arc<NotificationDraft>> {
        self.with(|store| store.row(id).map(|row| Arc::clone(&row.draft)))
    }

    fn with<T>(&self, work: impl FnOnce(&mut DeliveryStore) -> T) -> T {
        work(&mut self.store.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
