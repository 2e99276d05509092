//! A remembered record.

use http::StatusCode;
#[cfg(feature = "state")]
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::exchange::{is_state, owner_of, response_of, text};
use super::plan::{self, Plan};
use crate::journal::StaticText;
#[cfg(feature = "state")]
use crate::journal::{interned, static_text};
use crate::schema::Field;
use crate::validation::IncomingRequest;

/// A record that an operation created.
#[derive(Clone)]
#[cfg_attr(feature = "state", derive(Serialize, Deserialize))]
pub(super) struct Record {
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(super) family: StaticText,
    /// The operation that created it.
    #[cfg_attr(feature = "state", serde(deserialize_with = "interned"))]
    pub(super) maker: StaticText,
    /// The brand or the sub-merchant of its request. Two of them may use the same number.
    #[cfg_attr(feature = "state", serde(default))]
    pub(super) owner: Option<String>,
    /// The numbers that find it, as names and values.
    #[cfg_attr(feature = "state", serde(deserialize_with = "keys"))]
    pub(super) keys: Vec<Key>,
    /// The members of its requests and responses.
    pub(super) members: Map<String, Value>,
    /// The members of the request that created it.
    pub(super) sent: Value,
    #[cfg_attr(feature = "state", serde(with = "answer"))]
    pub(super) answer: Option<Answer>,
    /// The last change (`cancel`), or the state that was set by hand.
    pub(super) moved: Option<String>,
    /// Whether a user, not a request, created its number.
    pub(super) is_adopted: bool,
    /// In seconds since the Unix epoch.
    pub(super) made_at: i64,
    pub(super) bytes: usize,
}

/// The status and body of a response.
type Answer = (StatusCode, Option<Value>);

/// A family, the name of a number, and the number.
pub(super) type Key = (StaticText, String, String);

#[cfg(feature = "state")]
fn keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Key>, D::Error> {
    let keys = Vec::<(String, String, String)>::deserialize(deserializer)?;
    let key = |(family, name, number): (String, _, _)| (static_text(&family), name, number);
    Ok(keys.into_iter().map(key).collect())
}

/// The form of an [`Answer`] in a checkpoint.
#[cfg(feature = "state")]
mod answer {
    use super::{Answer, Deserialize, Deserializer, Serialize, StatusCode, Value};
    use serde::Serializer;
    use serde::de::Error;

    pub(super) fn serialize<S: Serializer>(
        answer: &Option<Answer>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let answer = answer.as_ref();
        let saved = answer.map(|(status, body)| (status.as_u16(), body));
        saved.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Answer>, D::Error> {
        let saved = Option::<(u16, Option<Value>)>::deserialize(deserializer)?;
        let restored = saved.map(|(status, body)| {
            let status = StatusCode::from_u16(status).map_err(D::Error::custom)?;
            Ok((status, body))
        });
        restored.transpose()
    }
}

impl Record {
    /// Keeps the generated values of a response, so that later responses agree with it.
    pub(super) fn learn(&mut self, answer: &Map<String, Value>, request: &IncomingRequest<'_>) {
        self.learn_fields(answer, response_of(request));
        self.weigh();
    }

    fn learn_fields(&mut self, answer: &Map<String, Value>, fields: &[Field]) {
        for field in fields {
            let name = field.name();
            let is_kept = is_state(field) || self.members.contains_key(name);
            match answer.get(name) {
                // The record itself, as `punish_order`. Other objects may contain a state, which changes.
                Some(Value::Object(part)) if !is_kept && self.is_named_in(part) => {
                    self.learn_fields(part, field.fields());
                }
                None | Some(Value::Object(_)) => {}
                Some(value) if !is_kept => {
                    self.members.insert(name.to_owned(), value.clone());
                }
                Some(_) => {}
            }
        }
    }

    /// Whether an object has one of the numbers of the record.
    pub(super) fn is_named_in(&self, part: &Map<String, Value>) -> bool {
        let names = |key: &Key, name: &str| {
            key.1 == name || (key.1 == plan::UPLOADED_CODE && name == plan::COUPON_CODE)
        };
        let is_key =
            |name: &String| plan::is_number(name) && self.keys.iter().any(|key| names(key, name));
        part.keys().any(is_key)
    }

    /// Whether it has this number, of any name.
    pub(super) fn is_named(&self, number: &str) -> bool {
        self.keys.iter().any(|(_, _, value)| value == number)
    }

    pub(super) fn is_coupon(&self) -> bool {
        self.keys.iter().any(|key| key.1 == plan::COUPON_CODE)
    }

    pub(super) fn update(&mut self, sent: &Value) {
        for (name, value) in sent.as_object().into_iter().flatten() {
            let is_key = self.keys.iter().any(|key| key.1 == *name);
            if !is_key {
                self.members.insert(name.clone(), value.clone());
            }
        }
        self.weigh();
    }

    pub(super) fn weigh(&mut self) {
        let members = serde_json::to_vec(&self.members).map_or(0, |text| text.len());
        let sent = serde_json::to_vec(&self.sent).map_or(0, |text| text.len());
        self.bytes = members + sent + 512;
    }
}

pub(super) fn new_record(
    plan: &Plan,
    request: &IncomingRequest<'_>,
    sent: Value,
    answer: &(StatusCode, Option<Value>),
) -> Record {
    let mut members = Map::new();
    for (name, value) in request.parameters().chain(request.variables()) {
        members.insert(name.to_string(), json!(value));
    }
    members.extend(sent.as_object().cloned().unwrap_or_default());
    let mut record = Record {
        family: plan.family,
        maker: request.operation.path(),
        owner: owner_of(request),
        keys: Vec::new(),
        members,
        sent,
        answer: Some(answer.clone()),
        moved: None,
        is_adopted: false,
        made_at: 0,
        bytes: 0,
    };
    if let Some(Value::Object(answer)) = &answer.1 {
        record.learn(answer, request);
    }
    let key = |name: &&'static str| {
        let number = text(record.members.get(*name)?)?;
        Some((plan.family, (*name).to_owned(), number))
    };
    record.keys = plan.makes.iter().filter_map(key).collect();
    record.weigh();
    record
}

/// Whether a record matches the brand or the sub-merchant and the numbers in the request for a list.
pub(super) fn is_wanted(record: &Record, request: &IncomingRequest<'_>) -> bool {
    let owner = owner_of(request);
    if owner.is_some() && record.owner.is_some() && owner != record.owner {
        return false;
    }
    let mut asked = request.parameters().chain(request.variables());
    asked.all(|(name, value)| {
        let is_compared = plan::is_number(&name) || name.ends_with("openid");
        let known = record.members.get(&*name).filter(|_| is_compared);
        known.and_then(text).is_none_or(|known| known == *value)
    })
}
