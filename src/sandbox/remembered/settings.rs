//! Reads and writes settings, which have no number.

use http::{Method, StatusCode};
use serde_json::Value;

use super::exchange::{Generated, answer_of, response_of, sent, setting_of, success};
use super::plan::Plan;
use super::record::{Key, new_record};
use super::{Records, overlay};
use crate::refusal::business;
use crate::validation::IncomingRequest;
use crate::world::Outcome;

impl Records {
    /// Reads, writes or removes a setting. One that was never written has generated values; one that was removed is 404.
    pub(super) fn set(
        &mut self,
        plan: &Plan,
        request: &IncomingRequest<'_>,
        generate: impl FnOnce() -> Generated,
    ) -> Option<Outcome> {
        let key =
            |names: &[&str]| -> Key { (plan.family, String::new(), setting_of(request, names)) };
        let method = request.operation.method();
        let own = key(&plan.names);
        let of = |key: &Key| self.index.get(key).and_then(|rows| rows.last()).copied();
        // A merchant that sets its own may leave its number out.
        let unnamed = || of(&key(&[])).filter(|_| method == Method::GET);
        let known = of(&own).or_else(unnamed);
        let was_known = self.names.contains(&(plan.family, own.2.clone()));
        let row = match known {
            Some(row) => row,
            None if [Method::GET, Method::DELETE].contains(&method) => {
                let refusal = || business::RECORD_NOT_EXIST.with(&[&"path", &plan.family]);
                return was_known.then(|| Err(refusal()));
            }
            None => {
                let answer = answer_of(request, generate)?;
                let mut record = new_record(plan, request, sent(request), &answer);
                record.keys = vec![own];
                self.insert(record);
                return Some(Ok(success(answer)));
            }
        };
        let answer = answer_of(request, generate)?;
        if method == Method::DELETE {
            self.remove(row);
            return Some(Ok(success(answer)));
        }
        self.rewrite(row, request, answer)
    }

    /// Writes a setting that is known, and reads it.
    fn rewrite(
        &mut self,
        row: u64,
        request: &IncomingRequest<'_>,
        (status, mut body): (StatusCode, Option<Value>),
    ) -> Option<Outcome> {
        let (bytes, record) = (self.bytes, self.rows.get_mut(&row)?);
        let before = record.bytes;
        record.update(&sent(request));
        if let Some(Value::Object(answer)) = &mut body {
            overlay::write(record, answer, response_of(request));
        }
        self.bytes = bytes + record.bytes - before;
        Some(Ok(success((status, body))))
    }
}
