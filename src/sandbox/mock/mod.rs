//! Requests and responses that are generated from the documentation.
//!
//! The documentation of the [crate](crate) states how.

mod condition;
mod generator;
mod listed;
mod random;
mod sample;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

pub(crate) use listed::{is_of_list, likely, values_of_product};
pub use sample::SampleRequest;

use crate::refusal::Refusal;
use crate::schema;
use crate::validation::{self, Encoding, IncomingRequest, SIGNATURE};
use generator::{FieldSelection, Generator};
use random::Seed;
use wechatpay_core::catalog::AnswerKind;

/// Members of APIv2's responses that the signature adds, or that describe a failure.
const SKIPPED_IN_V2: [&str; 8] = [
    "return_code",
    "return_msg",
    "result_code",
    "err_code",
    "err_code_des",
    "nonce_str",
    "sign",
    "sign_type",
];

/// A plausible value for a field of this name, for notifications, which have no schema. It depends only on the
/// name and `place`; times are `now`, and merchant ids `mchid`.
pub(super) fn value_of(name: &str, place: &str, mchid: &str, now: i64) -> Value {
    value::of_name(name, &mut Seed::new(0, &[]).at(place), mchid, now)
}

/// How the schemas are used.
#[derive(Debug, Clone, Copy)]
pub(super) struct SchemaSettings {
    /// Whether requests are checked.
    pub(super) check: bool,
    /// Whether members that are not documented are refused.
    pub(super) strict: bool,
    /// Whether a request to an unknown path is answered with its own body.
    pub(super) echo_unknown: bool,
    /// Whether rate limits are enforced from the start.
    pub(super) limits: bool,
    pub(super) seed: u64,
}

impl SchemaSettings {
    /// Refuses a request that breaks a rule of its schema, unless checks are off.
    pub(super) fn check(self, request: &IncomingRequest<'_>) -> Result<(), Refusal> {
        if self.check {
            validation::check(request)
        } else {
            Ok(())
        }
    }

    /// Generates a successful response to the merchant `mchid`; `None` if no JSON is documented.
    pub(super) fn answer(
        self,
        request: &IncomingRequest<'_>,
        mchid: &str,
    ) -> Option<(StatusCode, Value)> {
        let operation = request.operation;
        if !matches!(operation.answer(), AnswerKind::Json | AnswerKind::Xml) {
            return None;
        }
        let schema = schema::of(operation).filter(|schema| !schema.response().is_empty())?;
        let xml = operation.answer() == AnswerKind::Xml;
        let generator = Generator {
            operation,
            seed: seed(self.seed, request),
            encoding: if xml { Encoding::Text } else { Encoding::Json },
            selection: FieldSelection::All,
            known: known(request, mchid),
            skipped: if xml { &SKIPPED_IN_V2 } else { &[] },
            nests: xml,
            fills_lists: true,
        };
        let members = generator.members(schema.response(), "", request.json);
        Some((schema.status(), members.into()))
    }
}

/// Members that name the merchant that calls.
const OWN_IDS: [&str; 5] = [
    "mchid",
    "mch_id",
    "sp_mchid",
    "combine_mchid",
    "combine_mch_id",
];

/// The values of the request by name, and the id of the merchant. The path takes precedence over the query, and the
/// query over the body.
fn known(request: &IncomingRequest<'_>, mchid: &str) -> BTreeMap<String, Value> {
    let members = request
        .json
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let members = members.map(|(name, value)| (name.clone(), value.clone()));
    let texts = request.parameters().chain(request.variables());
    let mut known: BTreeMap<_, _> = members
        .chain(texts.map(|(name, value)| (name, json!(value))))
        .collect();
    for name in OWN_IDS {
        known.entry(name.to_owned()).or_insert_with(|| json!(mchid));
    }
    // Some responses use another name for a number, such as `id`.
    for (name, pointer) in request.operation.echoed() {
        let place = pointer.rsplit('/').next().unwrap_or_default();
        if let Some(value) = known.get(*name).filter(|_| place != *name).cloned() {
            known.insert(place.to_owned(), value);
        }
    }
    known
}

/// The seed of a request: everything except what differs in a repeated request.
fn seed(seed: u64, request: &IncomingRequest<'_>) -> Seed {
    let mut json = request.json.cloned().unwrap_or_default();
    if let Some(members) = json.as_object_mut().filter(|_| request.operation.is_v2()) {
        members.retain(|name, _| !SIGNATURE.contains(&&**name));
    }
    let query = if request.operation.is_v2() {
        ""
    } else {
        request.query.unwrap_or_default()
    };
    let method = request.operation.method();
    let parts = [method.as_str(), request.path, query, &json.to_string()];
    Seed::new(seed, &parts.map(str::as_bytes))
}
