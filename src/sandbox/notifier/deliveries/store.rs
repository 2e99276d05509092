//! The notifications that are remembered.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use super::super::draft::Draft;
use super::record::{DeliveryRecord, DeliveryState};

/// How many are remembered.
const KEPT: usize = 1000;

#[derive(Default)]
pub(super) struct Kept {
    rows: VecDeque<Row>,
    count: u64,
    /// Lets one go that waits until the one after it has been posted.
    pub(super) held: Option<oneshot::Sender<()>>,
}

pub(super) struct Row {
    /// Without the resource, which the draft has.
    pub(super) record: DeliveryRecord,
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
}

impl Kept {
    /// Remembers one that is about to be posted, and gives its number.
    pub(super) fn push(&mut self, draft: Draft, event_type: String) -> u64 {
        if self.rows.len() >= KEPT {
            self.evict();
        }
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
        self.rows.push_back(Row {
            record,
            draft: Arc::new(draft),
            task: None,
        });
        self.count
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
        let oldest = self.rows.iter().position(over).unwrap_or_default();
        self.rows.remove(oldest);
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

#[cfg(test)]
mod tests {
    use super::super::super::content::Content;
    use super::*;

    fn row(id: u64, state: DeliveryState) -> Row {
        let gateway = crate::sandbox::Sandbox::start_blocking().unwrap();
        let draft = Draft::new(
            &gateway.gateway,
            String::new(),
            Content::signed_v2(Value::Null),
        );
        let record = DeliveryRecord {
            id,
            event_type: String::new(),
            url: String::new(),
            state,
            resource: Value::Null,
            attempts: Vec::new(),
            posted: None,
            next_in: None,
        };
        let draft = Arc::new(draft);
        Row {
            record,
            draft,
            task: None,
        }
    }

    #[test]
    fn what_is_still_to_be_posted_is_forgotten_last() {
        let mut kept = Kept::default();
        let states = [
            DeliveryState::Pending,
            DeliveryState::Accepted,
            DeliveryState::GivenUp,
        ];
        kept.rows
            .extend((1..).zip(states).map(|(id, state)| row(id, state)));
        let mut left = Vec::new();
        while !kept.rows.is_empty() {
            kept.evict();
            left.push(
                kept.rows
                    .iter()
                    .map(|row| row.record.id)
                    .collect::<Vec<_>>(),
            );
        }
        assert_eq!(left, [vec![1, 3], vec![1], vec![]]);
    }
}
