//! Several steps on the records, between which no other request comes.

use std::collections::HashSet;
use std::sync::MutexGuard;

use serde_json::{Map, Value};

use super::exchange::{Generated, owner_of, value_of};
use super::plan::{self, Plan, Role};
use super::record::Record;
use super::{Records, Remembered};
use crate::journal::StaticText;
use crate::service_order;
use crate::validation::IncomingRequest;
use crate::world::Outcome;

/// A copy of a record.
pub(crate) struct Found {
    /// The path of the operation that created it.
    pub(crate) maker: StaticText,
    /// The sub-merchant of the request that created it.
    pub(crate) owner: Option<String>,
    /// The last change, or the state that was set.
    pub(crate) moved: Option<String>,
    /// The members of its requests and responses.
    pub(crate) members: Map<String, Value>,
    /// In seconds since the Unix epoch.
    pub(crate) made_at: i64,
}

/// The locked records.
pub(crate) struct Transaction<'r>(MutexGuard<'r, Records>);

impl Remembered {
    /// Locks the records for several steps at this time.
    pub(crate) fn begin(&self, now: i64) -> Transaction<'_> {
        let mut records = self.lock();
        records.now = now;
        Transaction(records)
    }
}

impl Transaction<'_> {
    /// As [`Remembered::answer`].
    pub(crate) fn answer(
        &mut self,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<(Outcome, bool)> {
        let next = self.0.next;
        let outcome = self.0.answer(request, generate)?;
        Some((outcome, self.0.next > next))
    }

    /// The record that a request names: of a request that creates records, the one that has its number already.
    pub(crate) fn addressed(&self, request: &IncomingRequest<'_>) -> Option<u64> {
        let plan = plan::of(request.operation)?;
        if plan.role != Role::Makes {
            return self.0.addressed(plan, request)?.ok();
        }
        let (own, owner) = (plan.own?, owner_of(request));
        let key = (plan.family, own.to_owned(), value_of(request, own)?);
        let row = self.0.row_of(&key, owner.as_deref())?;
        let record = self.0.rows.get(&row)?;
        (record.owner == owner).then_some(row)
    }

    /// The newest record of each sub-merchant that a text names: by a number of one of these names, or by `OWNER/NUMBER`. A
    /// number alone is first that of the merchant itself.
    pub(crate) fn named(&self, family: StaticText, names: &[&str], text: &str) -> Vec<u64> {
        let rows = self.newest_of_each(family, names, text);
        let owner = |row: &u64| self.0.rows.get(row).and_then(|it| it.owner.as_deref());
        if let Some(own) = rows.iter().find(|row| owner(row).is_none()) {
            return vec![*own];
        }
        let Some((of, number)) = text.split_once('/').filter(|_| rows.is_empty()) else {
            return rows;
        };
        let rows = self.newest_of_each(family, names, number);
        rows.into_iter()
            .filter(|row| owner(row) == Some(of))
            .collect()
    }

    /// The newest record of each owner that has a number.
    fn newest_of_each(&self, family: StaticText, names: &[&str], number: &str) -> Vec<u64> {
        let key = |name: &&str| (family, (*name).to_owned(), number.to_owned());
        let rows = names.iter().filter_map(|name| self.0.index.get(&key(name)));
        let mut owners = HashSet::new();
        let is_new = |row: &&u64| {
            let record = self.0.rows.get(row);
            record.is_some_and(|record| owners.insert(record.owner.as_deref()))
        };
        rows.flatten().rev().filter(is_new).copied().collect()
    }

    /// The operation that created the newest record with this number, of any product.
    pub(crate) fn maker_of_newest(&self, number: &str) -> Option<StaticText> {
        self.0.maker_of_newest(number)
    }

    /// The records of a family, oldest first.
    #[cfg(feature = "control")]
    pub(crate) fn all(&self, family: StaticText) -> Vec<Found> {
        let rows = self.0.rows.values();
        rows.filter(|it| it.family == family).map(copy).collect()
    }

    pub(crate) fn get(&self, row: u64) -> Option<Found> {
        self.0.rows.get(&row).map(copy)
    }

    /// Sets the state of a record, and members of it.
    pub(crate) fn write(&mut self, row: u64, state: &str, members: Map<String, Value>) {
        self.edit(row, |record| {
            record.moved = Some(state.to_owned());
            record.update(&Value::Object(members));
        });
    }

    /// Removes members of a record.
    pub(crate) fn forget(&mut self, row: u64, is_gone: impl Fn(&str) -> bool) {
        self.edit(row, |record| {
            record.members.retain(|name, _| !is_gone(name));
            record.weigh();
        });
    }

    fn edit(&mut self, row: u64, work: impl FnOnce(&mut Record)) {
        let bytes = self.0.bytes;
        if let Some(record) = self.0.rows.get_mut(&row) {
            let before = record.bytes;
            work(record);
            let after = record.bytes;
            self.0.bytes = bytes + after - before;
        }
    }
}

fn copy(record: &Record) -> Found {
    Found {
        maker: record.maker,
        owner: record.owner.clone(),
        moved: record.moved.clone(),
        members: record.members.clone(),
        made_at: record.made_at,
    }
}

impl Record {
    /// Takes the members of a request that changes the record.
    pub(super) fn change(&mut self, plan: &Plan, sent: &Value) {
        // How far a service order is, `gateway::payscore` decides.
        if plan.family == service_order::FAMILY {
            self.merge(sent);
        } else {
            self.moved = Some(plan.verb.to_owned());
            self.update(sent);
        }
    }

    /// As [`update`](Self::update), but an object keeps the members that the request does not name.
    fn merge(&mut self, sent: &Value) {
        let mut sent = sent.clone();
        for (name, value) in sent.as_object_mut().into_iter().flatten() {
            if let Some(known @ Value::Object(_)) = self.members.get(name) {
                *value = merged(known.clone(), value);
            }
        }
        self.update(&sent);
    }
}

fn merged(mut known: Value, new: &Value) -> Value {
    let (Value::Object(members), Value::Object(new)) = (&mut known, new) else {
        return new.clone();
    };
    for (name, value) in new {
        let before = members.remove(name).unwrap_or_default();
        members.insert(name.clone(), merged(before, value));
    }
    known
}
