//! Remembers the records of operations without special rules.
//!
//! [`plan`] derives from the schemas which records each operation creates, and by which numbers other operations query,
//! change or list them. This file keeps the records, and [`overlay`] writes a record over a generated response.
//!
//! The sandbox's rules:
//!
//! - Until a record with a number of this name was created, queries return generated values. After that, an unknown
//!   number is 404.
//! - A number that no operation creates, such as the number of a contract that a user signs, is known from the first
//!   request that changes its record.
//! - A coupon is found by its code. A code that no request has sent is not refused, since users get coupons without one.
//! - The answer to a query may show another number of its record. From then on that number finds it too.
//! - An uploaded coupon code is found until a coupon has it.
//! - A detail of a batch is that of the request that created the batch ([`parts`]).
//! - A setting, such as the URL of notifications, is read as it was last written.
//! - A repeated number of the merchant gets the first response again if the fields are the same, otherwise a refusal.
//! - Sub-merchants may use the same number. A request that names none finds the newest record with the number.
//! - The newest 10,000 records are kept, and at most 64 MiB.

mod codes;
mod exchange;
mod lists;
#[cfg(feature = "state")]
mod older;
mod overlay;
mod parts;
mod plan;
mod record;
#[cfg(feature = "state")]
mod saved;
mod settings;
#[cfg(test)]
mod tests;
mod transaction;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::Method;
use serde_json::Value;

use crate::journal::StaticText;
use crate::refusal::{Refusal, business};
use crate::validation::IncomingRequest;
use crate::world::Outcome;
use exchange::{Generated, answer_of, owner_of, response_of, sent, success, text, value_of};
use plan::{Plan, Role};
use record::{Key, Record, new_record};
#[cfg(feature = "state")]
pub(crate) use saved::SavedRecords;
pub(crate) use transaction::{Found, Transaction};

const KEPT: usize = 10_000;
const MOST_BYTES: usize = 64 << 20;

#[derive(Default)]
struct Records {
    rows: BTreeMap<u64, Record>,
    /// The records of each number, the newest last. They belong to different sub-merchants, or replace each other.
    index: HashMap<Key, Vec<u64>>,
    /// The families and names of all numbers created so far.
    names: HashSet<(&'static str, String)>,
    next: u64,
    bytes: usize,
    /// The time of the request that is being answered.
    now: i64,
}

/// The records behind a lock.
#[derive(Default)]
pub(crate) struct Remembered {
    records: Mutex<Records>,
}

impl Remembered {
    /// Answers a request, and tells whether it created a record; `None` when its operation remembers nothing, or no
    /// record was created yet.
    pub(crate) fn answer(
        &self,
        request: &IncomingRequest<'_>,
        now: i64,
        generate: impl FnOnce() -> Generated,
    ) -> Option<(Outcome, bool)> {
        self.begin(now).answer(request, generate)
    }

    /// Whether one of these operations created the newest record with this number.
    pub(crate) fn is_made_by(&self, number: &str, operations: &[&str]) -> bool {
        let maker = self.lock().maker_of_newest(number);
        maker.is_some_and(|maker| operations.contains(&maker))
    }

    /// The requests of an operation that have not failed and that match.
    pub(crate) fn sent_to(&self, operation: &str, matches: impl Fn(&Value) -> bool) -> Vec<Value> {
        let records = self.lock();
        let rows = records.rows.values().filter(|row| {
            let has_failed = row.moved.as_deref() == Some("FAILED");
            row.maker == operation && !has_failed && matches(&row.sent)
        });
        rows.map(|row| row.sent.clone()).collect()
    }

    /// Sets the state of the newest record with this number; `false` when there is none.
    pub(crate) fn set_state(&self, number: &str, state: &str) -> bool {
        let mut records = self.lock();
        let mut rows = records.rows.values_mut().rev();
        let found = rows.find(|row| row.is_named(number));
        let is_known = found.is_some();
        if let Some(record) = found {
            record.moved = Some(state.to_owned());
        }
        is_known
    }

    pub(crate) fn clear(&self) {
        *self.lock() = Records::default();
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records {
    /// The operation that created the newest record with this number, of any product.
    fn maker_of_newest(&self, number: &str) -> Option<StaticText> {
        let mut rows = self.rows.values().rev();
        let newest = rows.find(|row| row.is_named(number))?;
        Some(newest.maker)
    }

    fn answer(
        &mut self,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let plan = plan::of(request.operation)?;
        match plan.role {
            Role::Makes => self.make(plan, request, generate),
            Role::Queries => self.query(plan, request, generate),
            Role::Changes => match plan.uploads {
                Some(list) => self.upload(plan, list, request, generate),
                None => self.change(plan, request, generate),
            },
            Role::Lists => self.list(plan, request, generate),
            Role::Sets => self.set(plan, request, generate),
        }
    }

    fn make(
        &mut self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let sent = sent(request);
        if let Some(answer) = self.repeated(plan, request, &sent) {
            return Some(answer);
        }
        let answer = answer_of(request, generate)?;
        let record = new_record(plan, request, sent, &answer);
        if !record.keys.is_empty() {
            self.refer(plan, &record);
            self.insert(record);
        }
        Some(Ok(success(answer)))
    }

    /// The response to a number that was used before.
    fn repeated(
        &self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
        sent: &Value,
    ) -> Option<Outcome> {
        let own = plan.own?;
        let number = value_of(request, own)?;
        let key = (plan.family, own.to_owned(), number);
        let record = self
            .rows
            .get(&self.row_of(&key, owner_of(request).as_deref())?)?;
        if record.owner != owner_of(request) {
            return None;
        }
        let is_over = exchange::reentrance(request.operation)
            .is_some_and(|seconds| self.now - record.made_at >= seconds);
        if record.maker != request.operation.path() || is_over {
            return None;
        }
        if record.sent == *sent {
            return record.answer.clone().map(|answer| Ok(success(answer)));
        }
        Some(Err(business::NUMBER_USED.with(&[&own])))
    }

    /// Applies `related_…` numbers: the operation changes the records that they name.
    fn refer(&mut self, plan: &Plan, made: &Record) {
        for (name, value) in &made.members {
            let Some((name, number)) = name.strip_prefix("related_").zip(value.as_str()) else {
                continue;
            };
            let key = (plan.family, name.to_owned(), number.to_owned());
            if let Some(row) = self.row_of(&key, made.owner.as_deref())
                && let Some(record) = self.rows.get_mut(&row)
            {
                record.moved = Some(plan.verb.to_owned());
            }
        }
    }

    fn query(
        &mut self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let row = match self.addressed(plan, request)? {
            Ok(row) => row,
            Err(refusal) => return Some(Err(refusal)),
        };
        let (status, mut body) = answer_of(request, generate)?;
        let part = plan
            .part
            .and_then(|name| Some((name, value_of(request, name)?)));
        let (bytes, record) = (self.bytes, self.rows.get_mut(&row)?);
        if let Some(Value::Object(answer)) = &mut body {
            overlay::write(record, answer, response_of(request));
            let before = record.bytes;
            if let Some((name, number)) = part {
                let part = parts::answer(record, (name, &number), answer, response_of(request));
                if let Err(refusal) = part {
                    return Some(Err(refusal));
                }
            } else {
                record.learn(answer, request);
                // Nested objects also get the values learned just now.
                overlay::write(record, answer, response_of(request));
                parts::number(record, answer);
            }
            self.bytes = bytes + record.bytes - before;
            self.show(plan, row);
        }
        Some(Ok(success((status, body))))
    }

    /// Lets a record be found by the numbers that the answer to a query has shown.
    fn show(&mut self, plan: &Plan, row: u64) {
        let Some(record) = self.rows.get_mut(&row) else {
            return;
        };
        for name in &plan.shows {
            let is_key = record.keys.iter().any(|key| key.1 == *name);
            let number = record.members.get(*name).filter(|_| !is_key);
            let Some(number) = number.and_then(text) else {
                continue;
            };
            let key = (plan.family, (*name).to_owned(), number);
            self.names.insert((plan.family, key.1.clone()));
            self.index.entry(key.clone()).or_default().push(row);
            record.keys.push(key);
        }
    }

    fn change(
        &mut self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let sent = sent(request);
        if let Some(answer) = self.repeated(plan, request, &sent) {
            return Some(answer);
        }
        let row = match self.addressed(plan, request) {
            None if plan.adopts => return self.adopt(plan, request, sent, generate),
            found => match found? {
                Ok(row) => row,
                Err(refusal) => return Some(Err(refusal)),
            },
        };
        let (status, mut body) = answer_of(request, generate)?;
        if request.operation.method() == Method::DELETE && self.is_whole(plan, request, row) {
            self.remove(row);
            return Some(Ok(success((status, body))));
        }
        let record = self.rows.get_mut(&row)?;
        let before = record.bytes;
        record.change(plan, &sent);
        if let Some(Value::Object(answer)) = &mut body {
            overlay::write(record, answer, response_of(request));
        }
        self.bytes = self.bytes + record.bytes - before;
        let answer = (status, body);
        if plan.own.is_some() {
            let made = new_record(plan, request, sent, &answer);
            if !made.keys.is_empty() {
                self.insert(made);
            }
        }
        Some(Ok(success(answer)))
    }

    /// Whether a `DELETE` names the record itself. One that ends with a part of the record, such as
    /// `stocks/{stock_id}/couponcodes/{coupon_code}`, only changes it.
    fn is_whole(&self, plan: &Plan, request: &IncomingRequest<'_>, row: u64) -> bool {
        let last = plan.last();
        let last = last.and_then(|name| Some((name, named(plan, request, name)?)));
        let record = self.rows.get(&row);
        last.zip(record).is_some_and(|((name, number), record)| {
            let mut keys = record.keys.iter();
            keys.any(|key| key.1 == name && key.2 == number)
        })
    }

    /// Creates the record of a number that no operation creates.
    fn adopt(
        &mut self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
        sent: Value,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let answer = answer_of(request, generate)?;
        let mut record = new_record(plan, request, sent, &answer);
        let mut names = plan.names.iter();
        let asked = names.any(|name| named(plan, request, name).is_some());
        // The response may have told another number of the same record.
        let number = |name: &&'static str| {
            let told = || record.members.get(*name).and_then(text);
            let number = named(plan, request, name).or_else(told)?;
            Some((plan.family, (*name).to_owned(), number))
        };
        let names = plan.names.iter().filter(|_| asked);
        record.keys = names.filter_map(number).collect();
        record.moved = Some(plan.verb.to_owned());
        record.is_adopted = true;
        if !record.keys.is_empty() {
            self.insert(record);
        }
        Some(Ok(success(answer)))
    }

    /// The record that the request names; `None` when no record with a number of this name was ever created.
    fn addressed(
        &self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
    ) -> Option<Result<u64, Refusal>> {
        let (mut unknown, owner) = (None, owner_of(request));
        for name in &plan.names {
            let Some(number) = named(plan, request, name) else {
                continue;
            };
            let key = (plan.family, (*name).to_owned(), number);
            if let Some(row) = self.row_of(&key, owner.as_deref()) {
                return Some(Ok(row));
            }
            // A missing order of APIv2 may be in `world`.
            if plan.family != plan::V2_ORDERS && self.names.contains(&(plan.family, key.1)) {
                unknown = Some((*name, key.2));
            }
            // The stock that the path names too is another record.
            if unknown.is_some() && *name == plan::UPLOADED_CODE {
                break;
            }
        }
        let (name, number) = unknown?;
        let refusal = business::RECORD_NOT_EXIST.with(&[&name, &format_args!("{number:?}")]);
        Some(Err(refusal))
    }

    /// The newest record with a number, of this sub-merchant or of none. Queries that name no sub-merchant find the
    /// records of all.
    fn row_of(&self, key: &Key, owner: Option<&str>) -> Option<u64> {
        let newest_first = || self.index.get(key).into_iter().flatten().rev();
        let of = |wanted: Option<&str>| {
            newest_first().find(|row| {
                let record = self.rows.get(row);
                record.is_some_and(|record| record.owner.as_deref() == wanted)
            })
        };
        let found = of(owner).or_else(|| of(None));
        let any = || newest_first().next().filter(|_| owner.is_none());
        found.or_else(any).copied()
    }

    fn insert(&mut self, mut record: Record) {
        self.dispatch(&record);
        record.made_at = self.now;
        let row = self.next;
        self.next += 1;
        self.bytes += record.bytes;
        for key in &record.keys {
            // A setting has no number: its place is its name.
            let name = if key.1.is_empty() { &key.2 } else { &key.1 };
            if !record.is_adopted && plan::is_refused(&key.1) {
                self.names.insert((key.0, name.clone()));
            }
            self.index.entry(key.clone()).or_default().push(row);
        }
        self.rows.insert(row, record);
        while self.rows.len() > KEPT || (self.bytes > MOST_BYTES && self.rows.len() > 1) {
            let Some(oldest) = self.rows.keys().next().copied() else {
                break;
            };
            self.remove(oldest);
        }
    }

    fn remove(&mut self, row: u64) {
        let Some(record) = self.rows.remove(&row) else {
            return;
        };
        self.bytes -= record.bytes;
        for key in &record.keys {
            if let Some(rows) = self.index.get_mut(key) {
                rows.retain(|it| *it != row);
                if rows.is_empty() {
                    self.index.remove(key);
                }
            }
        }
    }
}

/// A number of the request, by its name in records.
fn named(plan: &Plan, request: &IncomingRequest<'_>, name: &'static str) -> Option<String> {
    value_of(request, plan.variable_of(name))
}
