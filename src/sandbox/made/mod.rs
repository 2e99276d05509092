//! What is documented of every operation, put to use: requests are checked against it, and answers
//! made from it.
//!
//! The rules for both are in the documentation of [`sandbox`](super).

mod answer;
mod check;
mod dice;
mod issue;
mod pattern;
mod rules;
mod sample;
mod slips;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

pub(super) use rules::is_number;
pub use sample::SampleRequest;

use super::query;
use super::refusal::Refusal;
use crate::schema::{self, Schema};
use answer::{Extent, Maker};
use check::{Check, Written};
use dice::Seed;
use issue::{Issue, Location, Wrong};
use wechatpay_core::catalog::{AnswerKind, Operation};

/// Members of APIv2's signature: the door's business.
const SIGNATURE: [&str; 3] = ["nonce_str", "sign", "sign_type"];
/// Members of APIv2's answers that are put there when it is signed, or that tell of a failure.
const OF_V2: [&str; 8] = [
    "return_code",
    "return_msg",
    "result_code",
    "err_code",
    "err_code_des",
    "nonce_str",
    "sign",
    "sign_type",
];

/// A value such as a field of this name may have, for what has no schema: notifications. It depends on
/// the name and `place` alone, but for times, which are `now`.
pub(super) fn value_of(name: &str, place: &str, now: i64) -> Value {
    value::of_name(name, &mut Seed::new(0, &[]).at(place), now)
}

/// The settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Documented {
    /// Whether requests are checked.
    pub(super) check: bool,
    /// Whether what is not in the catalog is answered with its own body.
    pub(super) echo_unknown: bool,
    /// Whether the limits of frequency act from the start.
    pub(super) limits: bool,
    pub(super) seed: u64,
}

/// A request whose sensitive fields are decrypted.
pub(super) struct Sent<'a> {
    pub(super) operation: &'static Operation,
    /// As in the request line.
    pub(super) path: &'a str,
    pub(super) query: Option<&'a str>,
    /// Of an upload its `meta`, in APIv2 all members.
    pub(super) json: Option<&'a Value>,
    pub(super) upload: bool,
}

impl Documented {
    /// Compares a request with what is documented of it.
    pub(super) fn check(self, sent: &Sent<'_>) -> Result<(), Refusal> {
        let leaves_the_server = sent.operation.answer() == AnswerKind::Redirect;
        let Some(schema) = schema::of(sent.operation).filter(|_| self.check && !leaves_the_server)
        else {
            return Ok(());
        };
        if sent.operation.is_v2() {
            sent.check_v2(&schema).map_err(Issue::v2_refusal)
        } else {
            sent.check_path(&schema)
                .and_then(|()| sent.check_query(&schema))
                .and_then(|()| sent.check_body(&schema))
                .map_err(Issue::refusal)
        }
    }

    /// An answer that succeeds; `None` where no JSON is documented.
    pub(super) fn answer(self, sent: &Sent<'_>) -> Option<(StatusCode, Value)> {
        let operation = sent.operation;
        if !matches!(operation.answer(), AnswerKind::Json | AnswerKind::Xml) {
            return None;
        }
        let schema = schema::of(operation).filter(|schema| !schema.response().is_empty())?;
        let xml = operation.answer() == AnswerKind::Xml;
        let maker = Maker {
            operation,
            seed: sent.seed(self.seed),
            written: if xml { Written::Text } else { Written::Json },
            extent: Extent::All,
            known: sent.known(),
            passed_over: if xml { &OF_V2 } else { &[] },
        };
        let members = maker.members(schema.response(), "", sent.json);
        Some((schema.status(), members.into()))
    }
}

impl Sent<'_> {
    /// The members of a `GET` are its query; another request may have one beside.
    fn check_v2(&self, schema: &Schema) -> Result<(), Issue> {
        let none = Map::new();
        let members = self.json.and_then(Value::as_object).unwrap_or(&none);
        let (location, fields) = match self.operation.method() {
            Method::GET => (Location::Query, schema.query()),
            _ => (Location::Body, schema.request()),
        };
        if location == Location::Body {
            self.check_query(schema)?;
        }
        // Of an upload only the fields that are signed are members.
        if self.upload {
            return Ok(());
        }
        Check::new(self.operation, location, Written::Text)
            .pass_over(&SIGNATURE)
            .members(fields, members)
    }

    /// The variables, and that none is in the query as well where that is not documented.
    ///
    /// Published: 此字段并非多重字段但被输入源…映射过了.
    fn check_path(&self, schema: &Schema) -> Result<(), Issue> {
        let issue = |location, name: &str, value: String, wrong| Issue {
            location,
            pointer: format!("/{name}"),
            value: Some(Box::new(json!(value))),
            wrong,
        };
        for (name, value) in self.variables() {
            if let Some(wrong) = rules::variable(self.operation, &name, &value) {
                return Err(issue(Location::Path, &name, value, wrong));
            }
            let documented = schema.query().iter().any(|field| field.name() == name);
            let again = self.parameters().find(|(other, _)| *other == name);
            if let Some((_, again)) = again.filter(|_| !documented) {
                return Err(issue(
                    Location::Query,
                    &name,
                    again,
                    Wrong::Twice(name.clone()),
                ));
            }
        }
        Ok(())
    }

    fn check_query(&self, schema: &Schema) -> Result<(), Issue> {
        let query = self.parameters().map(|(name, value)| (name, json!(value)));
        Check::new(self.operation, Location::Query, Written::Text)
            .members(schema.query(), &query.collect())
    }

    /// The parts of an upload are not all JSON: what is documented of it is not looked at.
    fn check_body(&self, schema: &Schema) -> Result<(), Issue> {
        let none = json!({});
        let mut check = Check::new(self.operation, Location::Body, Written::Json);
        if self.upload || schema.request().is_empty() {
            return Ok(());
        }
        match self.json.unwrap_or(&none) {
            Value::Object(members) => check.members(schema.request(), members),
            other => Err(check.no_object(other)),
        }
    }

    fn parameters(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = query::pairs(self.query.unwrap_or_default());
        pairs.map(|(name, value)| (name.into_owned(), value.into_owned()))
    }

    /// The variables of the path, by the documentation's names.
    fn variables(&self) -> impl Iterator<Item = (String, String)> {
        let template = self.operation.wire_path().split('/');
        let path = self.path.trim_start_matches('/').split('/');
        template.zip(path).filter_map(|(name, value)| {
            let name = name.strip_prefix('{')?.strip_suffix('}')?;
            let value = query::decoded(value);
            Some((name.to_owned(), value.into_owned()))
        })
    }

    /// What the request names: path before query before body.
    fn known(&self) -> BTreeMap<String, Value> {
        let members = self.json.and_then(Value::as_object).into_iter().flatten();
        let members = members.map(|(name, value)| (name.clone(), value.clone()));
        let texts = self.parameters().chain(self.variables());
        let mut known: BTreeMap<_, _> = members
            .chain(texts.map(|(name, value)| (name, json!(value))))
            .collect();
        // Some answers have a number under another name: `id`.
        for (name, pointer) in self.operation.echoed() {
            let place = pointer.rsplit('/').next().unwrap_or_default();
            if let Some(value) = known.get(*name).filter(|_| place != *name).cloned() {
                known.insert(place.to_owned(), value);
            }
        }
        known
    }

    /// All of the request but what differs each time.
    fn seed(&self, seed: u64) -> Seed {
        let mut json = self.json.cloned().unwrap_or_default();
        if let Some(members) = json.as_object_mut().filter(|_| self.operation.is_v2()) {
            members.retain(|name, _| !SIGNATURE.contains(&&**name));
        }
        let query = if self.operation.is_v2() {
            ""
        } else {
            self.query.unwrap_or_default()
        };
        let method = self.operation.method();
        let parts = [method.as_str(), self.path, query, &json.to_string()];
        Seed::new(seed, &parts.map(str::as_bytes))
    }
}
