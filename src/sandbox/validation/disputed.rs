//! Finds where a request follows the official SDKs and not the documentation.
//!
//! The two disagree about some values and required members. The sandbox accepts both, and says in the call's verdict
//! which one was sent. A strict sandbox accepts both too.

use http::Method;
use serde_json::{Map, Value, json};

use super::{IncomingRequest, Location, POINTER};
use crate::record::CallWarning;
use crate::refusal::place;
use crate::schema::{self, Field, FieldKind, departures};
use wechatpay_core::catalog::{AnswerKind, Operation};

/// The warnings about what only the official SDKs have.
pub(crate) fn disputed(request: &IncomingRequest<'_>) -> Vec<CallWarning> {
    let is_redirect = request.operation.answer() == AnswerKind::Redirect;
    let is_v2 = request.operation.is_v2();
    let Some(schema) = schema::of(request.operation).filter(|_| !is_redirect && !is_v2) else {
        return Vec::new();
    };
    let mut search = Search {
        operation: request.operation,
        location: Location::Query,
        here: String::with_capacity(POINTER),
        pattern: String::with_capacity(POINTER),
        found: Vec::new(),
    };
    if request.query.is_some() {
        let query = request
            .parameters()
            .map(|(name, value)| (name, json!(value)));
        search.members(schema.query(), &query.collect());
    }
    let body = request.json.filter(|_| !request.upload);
    if let Some(Value::Object(members)) = body.filter(|_| request.operation.method() != Method::GET)
    {
        search.location = Location::Body;
        search.members(schema.request(), members);
    }
    search.found
}

struct Search<'s> {
    operation: &'s Operation,
    location: Location,
    here: String,
    /// The same with `*` for each index.
    pattern: String,
    found: Vec<CallWarning>,
}

impl Search<'_> {
    fn members(&mut self, fields: &'static [Field], members: &Map<String, Value>) {
        for field in fields {
            match members.get(field.name()).filter(|value| !value.is_null()) {
                Some(value) => self.inside(field.name(), field.name(), |it| it.value(field, value)),
                None if field.is_required() => {
                    self.inside(field.name(), field.name(), |it| it.absent(field));
                }
                None => {}
            }
        }
    }

    fn value(&mut self, field: &'static Field, value: &Value) {
        match (field.kind(), value, field.fields()) {
            (FieldKind::Object, Value::Object(members), fields) => self.members(fields, members),
            (FieldKind::Array, Value::Array(items), [item]) => {
                for (index, value) in items.iter().enumerate() {
                    self.inside(&index.to_string(), "*", |it| it.value(item, value));
                }
            }
            (_, Value::String(text), _) => self.text(field, text),
            _ => {}
        }
    }

    fn text(&mut self, field: &Field, text: &str) {
        let values = field.values();
        // Most fields list none.
        let is_undisputed = values.is_empty() || values.contains(&text);
        if is_undisputed || !departures::takes_value(self.operation, field, text) {
            return;
        }
        let (at, location) = (&self.here, self.location.name());
        let (values, values_zh) = (field.values().join(", "), field.values().join("、"));
        self.found.push(CallWarning {
            field: at.clone(),
            location,
            text: format!(
                "{at} of the {location} is {text}, which the official SDKs have; the documentation has {values}: the \
                 sandbox accepts both"
            ),
            text_zh: format!(
                "{}的 {at} 为 {text}，这是官方 SDK 中的取值；接口文档中的取值是 {values_zh}：沙箱两者都接受",
                place(location)
            ),
        });
    }

    fn absent(&mut self, field: &Field) {
        if !departures::is_left_out_by_sdks(self.operation, field, &self.pattern) {
            return;
        }
        let (at, location) = (&self.here, self.location.name());
        self.found.push(CallWarning {
            field: at.clone(),
            location,
            text: format!(
                "{at} of the {location} is missing: the documentation requires it, and in the official SDKs it is \
                 optional; the sandbox accepts both"
            ),
            text_zh: format!(
                "{}中没有 {at}：接口文档要求必填，官方 SDK 中为选填，沙箱两者都接受",
                place(location)
            ),
        });
    }

    fn inside(&mut self, name: &str, pattern: &str, walk: impl FnOnce(&mut Self)) {
        let lengths = (self.here.len(), self.pattern.len());
        self.here.extend(["/", name]);
        self.pattern.extend(["/", pattern]);
        walk(self);
        self.here.truncate(lengths.0);
        self.pattern.truncate(lengths.1);
    }
}
