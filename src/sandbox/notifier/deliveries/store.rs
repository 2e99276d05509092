//! The store of deliveries.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::super::draft::NotificationDraft;
use super::record::{AttemptRecord, DeliveryRecord, DeliveryState};
use crate::record::size_of_json;

/// How many deliveries are kept, and about how many bytes of memory they take together.
const KEPT: usize = 1000;
const KEPT_BYTES: usize = 64 << 20;

#[derive(Default)]
pub(super) struct DeliveryStore {
    rows: VecDeque<Row>,
    bytes: usize,
    count: u64,
    /// Releases the delivery that waits until the next one is posted.
    pub(super) held: Option<oneshot::Sender<()>>,
}

pub(super) struct Row {
    /// The record without the resource, which the draft holds.
    record: DeliveryRecord,
    /// The last counted size of record and draft.
    bytes: usize,
    pub(super) draft: Arc<NotificationDraft>,
    pub(super) task: Option<AbortHandle>,
}

impl Drop for Row {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

impl Row {
    pub(super) fn view(&self) -> DeliveryRecord {
        DeliveryRecord {
            resource: self.draft.resource().clone(),
            ..self.record.clone()
        }
    }

    /// The record without the resource.
    #[cfg(feature = "state")]
    pub(super) fn record(&self) -> &DeliveryRecord {
        &self.record
    }

    /// The record without resource, requests and answers.
    pub(super) fn brief(&self) -> DeliveryRecord {
        let record = &self.record;
        let attempt = |attempt: &AttemptRecord| AttemptRecord {
            response: None,
            ..attempt.clone()
        };
        DeliveryRecord {
            id: record.id,
            mchid: record.mchid.clone(),
            event_type: record.event_type.clone(),
            url: record.url.clone(),
            resource: Value::Null,
            state: record.state,
            attempts: record.attempts.iter().map(attempt).collect(),
            posted: None,
            next_in: record.next_in,
        }
    }

    fn size(&self) -> usize {
        self.record.size() + size_of_json(self.draft.resource())
    }
}

impl DeliveryStore {
    /// Adds a pending delivery and returns its number.
    pub(super) fn push(&mut self, draft: NotificationDraft, event_type: String) -> u64 {
        self.count += 1;
        let record = DeliveryRecord {
            id: self.count,
            mchid: draft.mchid().to_owned(),
            event_type,
            url: draft.url.clone(),
            resource: Value::Null,
            state: DeliveryState::Pending,
            attempts: Vec::new(),
            posted: None,
            next_in: None,
        };
        self.restore(record, draft);
        self.count
    }

    /// Adds a delivery that has a number.
    pub(super) fn restore(&mut self, record: DeliveryRecord, draft: NotificationDraft) {
        let mut row = Row {
            record,
            bytes: 0,
            draft: Arc::new(draft),
            task: None,
        };
        row.bytes = row.size();
        self.bytes += row.bytes;
        self.rows.push_back(row);
        self.shrink();
    }

    /// Changes the record of one delivery.
    pub(super) fn edit(&mut self, id: u64, edit: impl FnOnce(&mut DeliveryRecord)) {
        let Some(row) = self.row_mut(id) else {
            return;
        };
        edit(&mut row.record);
        let (old, new) = (row.bytes, row.size());
        row.bytes = new;
        self.bytes = self.bytes - old + new;
        self.shrink();
    }

    /// Evicts deliveries until the limits hold. The newest is never evicted.
    fn shrink(&mut self) {
        while self.rows.len() > KEPT || self.bytes > KEPT_BYTES && self.rows.len() > 1 {
            self.evict();
        }
    }

    #[cfg(feature = "state")]
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Lets the next delivery have the number after `count`.
    #[cfg(feature = "state")]
    pub(super) fn set_count(&mut self, count: u64) {
        self.count = count;
    }

    /// Removes all deliveries and cancels their tasks.
    pub(super) fn clear(&mut self) {
        *self = Self {
            count: self.count,
            ..Self::default()
        };
    }

    /// Evicts the oldest finished delivery; if there is none, the oldest pending one.
    fn evict(&mut self) {
        let is_finished = |row: &Row| row.record.state != DeliveryState::Pending;
        let mut older = self.rows.iter().take(self.rows.len().saturating_sub(1));
        let oldest = older.position(is_finished).unwrap_or_default();
        let gone = self.rows.remove(oldest);
        self.bytes -= gone.map_or(0, |row| row.bytes);
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    pub(super) fn row(&self, id: u64) -> Option<&Row> {
        self.rows.iter().find(|row| row.record.id == id)
    }

    pub(super) fn row_mut(&mut self, id: u64) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.record.id == id)
    }
}
