//! Generates objects: requests from the documentation, and responses from the documentation and the request.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::condition::is_needed;
use super::listed::{is_of_list, likely, values_of_product};
use super::random::Seed;
use super::value;
use crate::schema::{Field, FieldKind};
use crate::validation::Location;
use crate::validation::{Encoding, Validator, first_of};
use wechatpay_core::catalog::Operation;

/// The greatest number of items that a response copies from a list of the request.
const MOST_ITEMS: usize = 100;

/// The fields to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldSelection {
    Required,
    /// All fields except optional ones that describe a failure.
    All,
}

/// Generates one object.
pub(super) struct Generator<'a> {
    pub(super) operation: &'a Operation,
    pub(super) seed: Seed,
    pub(super) encoding: Encoding,
    pub(super) selection: FieldSelection,
    /// The request's variables, query and members, by name.
    pub(super) known: BTreeMap<String, Value>,
    pub(super) skipped: &'a [&'a str],
    /// Whether APIv2's objects are elements with child elements, as in its responses.
    pub(super) nests: bool,
    /// Whether a field without values has those that the other operations of the product list for it.
    pub(super) fills_lists: bool,
}

impl Generator<'_> {
    /// An object with these fields; `echo` is the request's at the same place.
    pub(super) fn members(
        &self,
        fields: &[Field],
        pointer: &str,
        echo: Option<&Value>,
    ) -> Map<String, Value> {
        let top = pointer.is_empty();
        let wanted = fields
            .iter()
            .filter(|field| !(top && self.skipped.contains(&field.name())))
            .filter(|field| self.wants(field, echo) || self.needs(fields, field, pointer));
        let member = |field: &Field| {
            let name = first_of(field.name());
            let pointer = format!("{pointer}/{name}");
            let echo = echo.and_then(|echo| echo.get(&*name));
            let value = self.value(field, field.name(), &pointer, echo);
            (name.into_owned(), value)
        };
        wanted.map(member).collect()
    }

    fn wants(&self, field: &Field, echo: Option<&Value>) -> bool {
        let sent = echo.is_some_and(|echo| echo.get(field.name()).is_some());
        let all = self.selection == FieldSelection::All && !tells_of_failure(field.name());
        field.is_required() || sent || all
    }

    /// Whether a request with the required fields needs another one.
    fn needs(&self, fields: &[Field], field: &Field, pointer: &str) -> bool {
        let pointer = format!("{pointer}/{}", field.name());
        self.selection == FieldSelection::Required
            && is_needed(self.operation, fields, field, &pointer)
    }

    /// A value of a field. For an item of a list, `name` is the name of the list.
    fn value(&self, field: &Field, name: &str, pointer: &str, echo: Option<&Value>) -> Value {
        match field.kind() {
            FieldKind::Object => {
                let made = self.members(field.fields(), pointer, echo);
                self.text_or(made.into())
            }
            FieldKind::Array => {
                let made = self.items(field, pointer, echo);
                self.text_or(made.into())
            }
            FieldKind::String if !field.fields().is_empty() => self.json(field, pointer, echo),
            _ => self
                .echoed(field, pointer, echo)
                .unwrap_or_else(|| self.scalar(field, name, pointer)),
        }
    }

    fn scalar(&self, field: &Field, name: &str, pointer: &str) -> Value {
        let mut random = self.seed.at(pointer);
        if self.operation.is_v2()
            && let Some(time) = value::v2_time(field, name, &mut random)
        {
            return json!(time);
        }
        let path = self.operation.path();
        if let Some(time) = value::payscore_time(path, name, &mut random) {
            return json!(time);
        }
        if let Some(listed) = self.listed(field, pointer) {
            return json!(listed);
        }
        value::scalar(field, name, &mut random)
    }

    /// The value of a state, a type or the like whose values only other operations list.
    fn listed(&self, field: &Field, pointer: &str) -> Option<&'static str> {
        let is_text = field.kind() == FieldKind::String && field.values().is_empty();
        let name = field.name().trim_end_matches("_$n").trim_end_matches("_$m");
        if !(self.fills_lists && is_text && is_of_list(name)) {
            return None;
        }
        let place = pointer.trim_end_matches("_0");
        let values = values_of_product(&[self.operation.path()], place)?;
        let most = field.length().1.unwrap_or(usize::MAX);
        likely(&values).filter(|value| value.len() <= most)
    }

    /// As many items as the request has in the same list, otherwise one.
    fn items(&self, field: &Field, pointer: &str, echo: Option<&Value>) -> Vec<Value> {
        let Some(item) = field.fields().first() else {
            return Vec::new();
        };
        let sent = echo.and_then(Value::as_array);
        let count = sent.map_or(1, |sent| sent.len().clamp(1, MOST_ITEMS));
        let at = |index: usize| {
            let echo = sent.and_then(|sent| sent.get(index));
            self.value(item, field.name(), &format!("{pointer}/{index}"), echo)
        };
        (0..count).map(at).collect()
    }

    /// A text that contains JSON.
    fn json(&self, field: &Field, pointer: &str, echo: Option<&Value>) -> Value {
        if let Some(echoed) = self.echoed(field, pointer, echo) {
            return echoed;
        }
        let inside = Generator {
            known: BTreeMap::new(),
            encoding: Encoding::Json,
            nests: false,
            ..*self
        };
        let made: Value = match field.fields() {
            [item] if item.name() == "*" => inside.items(field, pointer, None).into(),
            fields => inside.members(fields, pointer, None).into(),
        };
        json!(made.to_string())
    }

    /// In APIv2, an object is a text in a request, and an element with child elements in a response.
    fn text_or(&self, made: Value) -> Value {
        match self.encoding {
            _ if self.nests => made,
            Encoding::Json => made,
            Encoding::Text => json!(made.to_string()),
        }
    }

    /// The value of a field in the request, if the response may repeat it.
    fn echoed(&self, field: &Field, pointer: &str, echo: Option<&Value>) -> Option<Value> {
        let top = pointer.rfind('/') == Some(0);
        // APIv2 numbers the members of its responses: `out_refund_no_$n`.
        let name = field.name().trim_end_matches("_$n");
        let known = || {
            if top || identifies(name) {
                self.known.get(name)
            } else {
                None
            }
        };
        let fits = |value: &Value| {
            let mut check = Validator::new(self.operation, Location::Body, self.encoding);
            check.value(field, value).is_ok()
        };
        echo.into_iter()
            .chain(known())
            .filter(|value| !value.is_null() && **value != json!(""))
            .map(|value| self.typed(field, value))
            .find(fits)
    }

    /// A number in the path or query is a text.
    fn typed(&self, field: &Field, value: &Value) -> Value {
        match (self.encoding, field.kind(), value) {
            (Encoding::Json, FieldKind::Integer | FieldKind::Number, Value::String(text)) => text
                .parse::<i64>()
                .map_or_else(|_| value.clone(), Value::from),
            _ => value.clone(),
        }
    }
}

/// Whether a name has the same meaning everywhere.
fn identifies(name: &str) -> bool {
    ["_no", "_id", "mchid", "appid", "openid", "_code"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Whether a field describes a failure. A successful response has such a field only if it is required.
fn tells_of_failure(name: &str) -> bool {
    let about = ["fail", "error", "reject", "abnormal", "block_reason"];
    name.starts_with("err_") || about.iter().any(|word| name.contains(word))
}
