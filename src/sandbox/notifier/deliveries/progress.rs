//! The results of deliveries. The journal keeps them, and the next start continues those that have not ended.

use std::sync::Arc;

use super::Notifier;
use super::record::{AttemptRecord, DeliveryState, PostedRecord};
#[cfg(feature = "state")]
use super::saved::saved;
use super::schedule::FirstAttempt;
use super::store::Row;
use crate::journal::Entry;

impl Notifier {
    /// Adds an attempt to a delivery.
    pub(super) fn add_attempt(
        &self,
        id: u64,
        attempt: AttemptRecord,
        posted: Option<PostedRecord>,
    ) {
        self.record(|| {
            #[cfg(feature = "state")]
            let entry = self.journal.is_some().then(|| Entry::Attempt {
                id,
                attempt: saved(&attempt, posted.as_ref()),
            });
            #[cfg(not(feature = "state"))]
            let entry = None;
            self.edit(id, |record| record.add(attempt, posted));
            entry
        });
    }

    /// Ends a delivery.
    pub(super) fn finish(&self, id: u64, accepted: bool) {
        self.record(|| {
            self.set_finished(id, accepted);
            Some(Entry::Delivered { id, accepted })
        });
    }

    /// Ends a delivery.
    pub(crate) fn set_finished(&self, id: u64, accepted: bool) {
        self.edit(id, |record| {
            record.state = if accepted {
                DeliveryState::Accepted
            } else {
                DeliveryState::GivenUp
            };
        });
    }

    /// Continues the deliveries of earlier runs that have not ended.
    pub(crate) fn resume(self: &Arc<Self>) {
        let pending = self.with(|store| {
            let rows = store.rows().map(Row::brief);
            let pending = rows.filter(|it| it.state == DeliveryState::Pending);
            pending
                .map(|it| (it.id, it.attempts.len()))
                .collect::<Vec<_>>()
        });
        for (id, attempts) in pending {
            self.start(id, 1, FirstAttempt::Again(attempts));
        }
    }

    /// A result is not awaited: one that is lost is one more attempt after the next start.
    fn record(&self, work: impl FnOnce() -> Option<Entry>) {
        match &self.journal {
            None => drop(work()),
            #[cfg(feature = "state")]
            Some(journal) => drop(journal.run(0, || ((), work()), None)),
            #[cfg(not(feature = "state"))]
            Some(journal) => drop(journal.run(0, || ((), work()))),
        }
    }
}
