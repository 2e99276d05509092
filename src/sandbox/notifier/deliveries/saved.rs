//! Deliveries in the journal: their results are kept, and the next start continues those that have not ended.

use std::sync::Arc;

use http::StatusCode;

use super::Notifier;
use super::record::{AttemptRecord, DeliveryState, PostedRecord};
use super::schedule::FirstAttempt;
use crate::journal::{Blob, Entry, SavedAttempt, SavedHeaders};
use crate::record::ResponseRecord;

impl Notifier {
    /// Adds an attempt to a delivery.
    pub(super) fn add_attempt(
        &self,
        id: u64,
        attempt: AttemptRecord,
        posted: Option<PostedRecord>,
    ) {
        self.record(|| {
            let entry = || Entry::Attempt {
                id,
                attempt: saved(&attempt, posted.as_ref()),
            };
            let entry = self.journal.is_some().then(entry);
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

    /// Adds an attempt of an earlier run.
    pub(crate) fn restore_attempt(&self, id: u64, saved: SavedAttempt) {
        let (attempt, posted) = restored(saved);
        self.edit(id, |record| record.add(attempt, posted));
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
            let rows = store.rows().map(super::store::Row::brief);
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
            Some(journal) => drop(journal.run(0, || ((), work()))),
        }
    }
}

fn saved(attempt: &AttemptRecord, posted: Option<&PostedRecord>) -> SavedAttempt {
    let response = attempt.response.as_ref().map(|it| {
        let headers = SavedHeaders::of(&it.headers);
        (it.status.as_u16(), headers, Blob(it.body.clone()))
    });
    let posted = posted.map(|it| {
        let headers = SavedHeaders::of(&it.headers);
        (headers, Blob(it.body.clone()), it.body_length)
    });
    SavedAttempt {
        time_ms: attempt.time_ms,
        took_ms: attempt.took_ms,
        response,
        problem: attempt.problem.clone(),
        problem_zh: attempt.problem_zh.clone(),
        posted,
    }
}

fn restored(saved: SavedAttempt) -> (AttemptRecord, Option<PostedRecord>) {
    let response = saved.response.and_then(|(status, headers, body)| {
        Some(ResponseRecord {
            status: StatusCode::from_u16(status).ok()?,
            headers: headers.restored()?,
            body: body.0,
        })
    });
    let posted = saved.posted.and_then(|(headers, body, body_length)| {
        Some(PostedRecord {
            headers: headers.restored()?,
            body: body.0,
            body_length,
        })
    });
    let attempt = AttemptRecord {
        time_ms: saved.time_ms,
        took_ms: saved.took_ms,
        status: response.as_ref().map(|it| it.status),
        response,
        problem: saved.problem,
        problem_zh: saved.problem_zh,
    };
    (attempt, posted)
}
