//! The notifications that are remembered.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::super::draft::Draft;
use super::record::{AttemptRecord, DeliveryRecord, DeliveryState};
use crate::record::size_of_json;

/// How many are remembered, and about as many bytes of them together.
const KEPT: usize = 1000;
const KEPT_BYTES: usize = 64 << 20;

#[derive(Default)]
pub(super) struct Kept {
    rows: VecDeque<Row>,
    bytes: usize,
    count: u64,
    /// Lets one go that waits until the one after it has been posted.
    pub(super) held: Option<oneshot::Sender<()>>,
}

pub(super) struct Row {
    /// Without the resource, which the draft has.
    record: DeliveryRecord,
    /// The record's size with the draft's, as it was counted last.
    bytes: usize,
    pub(super) draft: Arc<Draft>,
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

    /// As a list has it: without what it is about, what was posted and what was answered.
    pub(super) fn brief(&self) -> DeliveryRecord {
        let record = &self.record;
        let attempt = |attempt: &AttemptRecord| AttemptRecord {
            response: None,
            ..attempt.clone()
        };
        DeliveryRecord {
            id: record.id,
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

impl Kept {
    /// Remembers one that is about to be posted, and gives its number.
    pub(super) fn push(&mut self, draft: Draft, event_type: String) -> u64 {
        self.count += 1;
        let record = DeliveryRecord {
            id: self.count,
            event_type,
            url: draft.url.clone(),
            resource: Value::Null,
            state: DeliveryState::Pending,
            attempts: Vec::new(),
            posted: None,
            next_in: None,
        };
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
        self.count
    }

    /// Changes what is known of one.
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

    /// The newest stays, however long it is.
    fn shrink(&mut self) {
        while self.rows.len() > KEPT || self.bytes > KEPT_BYTES && self.rows.len() > 1 {
            self.evict();
        }
    }

    /// Forgets all, and what was still to be posted is not.
    pub(super) fn clear(&mut self) {
        *self = Self {
            count: self.count,
            ..Self::default()
        };
    }

    /// The oldest that is over goes; only when none is, one that is still to be posted.
    fn evict(&mut self) {
        let over = |row: &Row| row.record.state != DeliveryState::Pending;
        let mut older = self.rows.iter().take(self.rows.len().saturating_sub(1));
        let oldest = older.position(over).unwrap_or_default();
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
