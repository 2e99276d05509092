//! Deliveries in the journal.

use serde::{Deserialize, Serialize};

use super::super::draft::{NotificationDraft, SavedDraft};
use super::Notifier;
use super::record::{AttemptRecord, DeliveryRecord, DeliveryState, PostedRecord};
use super::store::Row;
use crate::journal::{Blob, SavedAttempt, SavedHeaders};
use crate::record::{restored_response, saved_response};

/// The deliveries, oldest first, and the number of the newest one, in a checkpoint.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedDeliveries {
    count: u64,
    deliveries: Vec<SavedDelivery>,
}

#[derive(Serialize, Deserialize)]
struct SavedDelivery {
    id: u64,
    mchid: String,
    event_type: String,
    state: String,
    attempts: Vec<SavedAttempt>,
    posted: Option<SavedPosted>,
    draft: SavedDraft,
}

impl Notifier {
    pub(crate) fn saved(&self) -> SavedDeliveries {
        self.with(|store| SavedDeliveries {
            count: store.count(),
            deliveries: store.rows().map(SavedDelivery::of).collect(),
        })
    }

    /// Replaces the deliveries. `restore` makes the draft of a merchant's notification. `None` when a merchant or a
    /// state is unknown.
    pub(crate) fn restore(
        &self,
        saved: SavedDeliveries,
        restore: impl Fn(&str, SavedDraft) -> Option<NotificationDraft>,
    ) -> Option<()> {
        self.clear();
        for delivery in saved.deliveries {
            let draft = restore(&delivery.mchid, delivery.draft)?;
            let record = DeliveryRecord {
                id: delivery.id,
                mchid: delivery.mchid,
                event_type: delivery.event_type,
                url: draft.url.clone(),
                resource: serde_json::Value::Null,
                state: DeliveryState::named(&delivery.state)?,
                attempts: delivery
                    .attempts
                    .into_iter()
                    .map(|it| restored(it).0)
                    .collect(),
                posted: delivery.posted.and_then(restored_posted),
                next_in: None,
            };
            self.with(|store| store.restore(record, draft));
        }
        self.with(|store| store.set_count(saved.count));
        Some(())
    }

    /// Adds an attempt of an earlier run.
    pub(crate) fn restore_attempt(&self, id: u64, saved: SavedAttempt) {
        let (attempt, posted) = restored(saved);
        self.edit(id, |record| record.add(attempt, posted));
    }
}

impl SavedDelivery {
    fn of(row: &Row) -> Self {
        let record = row.record();
        Self {
            id: record.id,
            mchid: record.mchid.clone(),
            event_type: record.event_type.clone(),
            state: record.state.as_str().to_owned(),
            attempts: record.attempts.iter().map(|it| saved(it, None)).collect(),
            posted: record.posted.as_ref().map(saved_posted),
            draft: row.draft.saved(),
        }
    }
}

/// The headers, the kept start of the body, and its length.
type SavedPosted = (SavedHeaders, Blob, usize);

fn saved_posted(posted: &PostedRecord) -> SavedPosted {
    let headers = SavedHeaders::of(&posted.headers);
    (headers, Blob(posted.body.clone()), posted.body_length)
}

fn restored_posted((headers, body, body_length): SavedPosted) -> Option<PostedRecord> {
    Some(PostedRecord {
        headers: headers.restored()?,
        body: body.0,
        body_length,
    })
}

pub(super) fn saved(attempt: &AttemptRecord, posted: Option<&PostedRecord>) -> SavedAttempt {
    let response = attempt.response.as_ref().map(saved_response);
    let posted = posted.map(saved_posted);
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
    let response = saved.response.and_then(restored_response);
    let posted = saved.posted.and_then(restored_posted);
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
