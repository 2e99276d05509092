//! Lists the records of a family.

use serde_json::{Value, json};

use super::exchange::{Generated, answer_of, response_of, success, value_of};
use super::plan::Plan;
use super::record::{Record, is_wanted};
use super::{Records, overlay};
use crate::validation::IncomingRequest;
use crate::world::Outcome;

impl Records {
    pub(super) fn list(
        &mut self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let (list, names) = (plan.list?, &plan.names);
        let is_item = |record: &&Record| {
            let is_named = record.keys.iter().any(|key| names.contains(&&*key.1));
            record.family == plan.family && is_named
        };
        let mut items = self.rows.values().filter(is_item).peekable();
        let is_known = |name: &&str| self.names.contains(&(plan.family, (*name).to_owned()));
        if items.peek().is_none() && !names.iter().any(is_known) {
            return None;
        }
        let found: Vec<&Record> = items.filter(|record| is_wanted(record, request)).collect();
        let (status, mut body) = answer_of(request, generate)?;
        let answer = body.as_mut()?.as_object_mut()?;
        let fields = response_of(request);
        let number = |name| value_of(request, name).and_then(|it| it.parse::<usize>().ok());
        let (offset, limit) = (number("offset"), number("limit"));
        let items = overlay::items(&found, answer.get(list), list, fields);
        let shown = items.skip(offset.unwrap_or(0)).take(limit.unwrap_or(100));
        let shown: Vec<Value> = shown.collect();
        for total in ["total_count", "total", "count"] {
            if answer.get(total).is_some_and(Value::is_number) {
                answer.insert(total.to_owned(), json!(found.len()));
            }
        }
        answer.insert(list.to_owned(), shown.into());
        Some(Ok(success((status, body))))
    }
}
