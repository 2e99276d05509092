//! Writes a record over a generated response.

use std::mem::discriminant;

use serde_json::{Map, Value};

use super::exchange::is_state;
use super::plan;
use super::record::Record;
use crate::schema::{Field, FieldKind};

/// States that mean that the merchant ended the record.
const CLOSED: [&str; 8] = [
    "CLOSE",
    "CANCEL",
    "REVOK",
    "TERMINAT",
    "DEACTIVAT",
    "INVALID",
    "STOP",
    "UNBIND",
];

/// What becomes of a coupon: the last segment of an operation, and the state after it.
const OF_COUPONS: [(&str, &str); 4] = [
    ("USE", "USED"),
    ("RETURN", "SENDED"),
    ("RETURN", "EFFECTIVE"),
    ("CONFIRM", "EFFECTIVE"),
];

/// The state of an uploaded code: a coupon has it.
const CODE_STATUS: &str = "code_status";
const DISPATCHED: &str = "DISPATCHED";
/// The state of an uploaded code that no coupon has.
pub(super) const AVAILABLE: &str = "AVAILABLE";

/// Members of answers that have another name in requests: the second was sent, the first is answered.
const ALIASES: [(&str, &str); 3] = [
    ("code", plan::COUPON_CODE),
    ("payment_amount", "amount"),
    ("transfer_name", "re_user_name"),
];

/// Writes all values of the record into the response.
pub(super) fn write(record: &Record, answer: &mut Map<String, Value>, fields: &[Field]) {
    choose_part(record, answer);
    members(record, &record.members, answer, fields);
}

/// The items of a list: the first generated item, with each record written over it.
pub(super) fn items<'r>(
    records: &'r [&Record],
    generated: Option<&Value>,
    list: &str,
    fields: &'r [Field],
) -> impl Iterator<Item = Value> + 'r {
    let template = generated.and_then(|it| it.get(0)).cloned();
    let field = fields.iter().find(|field| field.name() == list);
    let fields = field.and_then(|field| field.fields().first());
    records.iter().filter_map(move |record| {
        let mut item = template.clone()?;
        write(record, item.as_object_mut()?, fields?.fields());
        Some(item)
    })
}

/// Writes the values of a part of the record into the response.
pub(super) fn write_part(
    record: &Record,
    part: &Map<String, Value>,
    answer: &mut Map<String, Value>,
    fields: &[Field],
) {
    members(record, part, answer, fields);
}

/// Keeps only one of `punish_order` and `recover_order`: the one that the record is.
fn choose_part(record: &Record, answer: &mut Map<String, Value>) {
    let verb = record.maker.rsplit('/').next().unwrap_or_default();
    let own = format!("{verb}_order");
    if answer.contains_key(&own) {
        answer
            .retain(|name, value| *name == own || !(value.is_object() && name.ends_with("_order")));
    }
}

fn members(
    record: &Record,
    known: &Map<String, Value>,
    answer: &mut Map<String, Value>,
    fields: &[Field],
) {
    for field in fields {
        let Some(slot) = answer.get_mut(field.name()) else {
            continue;
        };
        let value = known
            .get(field.name())
            .or_else(|| known.get(alias(field.name())?));
        match (slot, value) {
            (Value::Object(slot), Some(Value::Object(value))) => {
                members(record, value, slot, field.fields());
            }
            (Value::Object(slot), _) => {
                if record.is_named_in(slot) {
                    members(record, known, slot, field.fields());
                }
            }
            (slot @ Value::Array(_), Some(Value::Array(values))) => {
                *slot = array(record, slot, values, field);
            }
            (Value::Array(_), _) => {}
            (slot, value) => scalar(record, slot, value, field),
        }
    }
}

fn alias(name: &str) -> Option<&'static str> {
    let found = ALIASES.iter().find(|(answered, _)| *answered == name);
    found.map(|(_, sent)| *sent)
}

fn array(record: &Record, slot: &Value, values: &[Value], field: &Field) -> Value {
    let template = slot.get(0);
    let fields = field.fields().first().map_or(&[][..], Field::fields);
    let item = |value: &Value| match (template, value) {
        (Some(Value::Object(template)), Value::Object(value)) => {
            let mut item = template.clone();
            members(record, value, &mut item, fields);
            item.into()
        }
        // An operation of the same family has texts under this name.
        (Some(template @ Value::Object(_)), _) => template.clone(),
        _ => value.clone(),
    };
    values.iter().map(item).collect()
}

fn scalar(record: &Record, slot: &mut Value, value: Option<&Value>, field: &Field) {
    let moved = state(record, field).map(Value::from);
    let listed = |value: &Value| {
        let listed = |text| field.values().is_empty() || field.values().contains(&text);
        value.as_str().is_none_or(listed)
    };
    let known = || {
        value
            .and_then(|value| converted(value, slot))
            .filter(listed)
    };
    if let Some(value) = moved.or_else(known) {
        *slot = value;
    }
}

/// Converts a value to the JSON type of another: some operations use texts for values that are numbers elsewhere.
fn converted(value: &Value, like: &Value) -> Option<Value> {
    match (value, like) {
        (Value::Number(number), Value::String(_)) => Some(number.to_string().into()),
        (Value::String(text), Value::Number(_)) => text.parse::<i64>().ok().map(Value::from),
        _ => (discriminant(value) == discriminant(like)).then(|| value.clone()),
    }
}

/// The value of a state, or of a field that names the operation, such as `control_scene`.
fn state(record: &Record, field: &Field) -> Option<&'static str> {
    let mut values = field.values().iter().copied();
    if field.kind() != FieldKind::String {
        return None;
    }
    if !is_state(field) {
        let verb = record.maker.rsplit('/').next()?.to_ascii_uppercase();
        return values.find(|value| *value == verb);
    }
    if field.name() == CODE_STATUS && record.is_coupon() {
        return values.find(|value| *value == DISPATCHED);
    }
    let moved = record.moved.as_deref()?.to_ascii_uppercase();
    let exact = values.clone().find(|value| *value == moved);
    let stem = moved.get(..moved.len().min(5))?;
    let same = |value: &&str| stem.len() > 3 && value.starts_with(stem);
    let is_closing = CLOSED.iter().any(|closed| moved.contains(closed));
    let closes = |value: &&str| is_closing && CLOSED.iter().any(|closed| value.contains(closed));
    let mut of_coupons = OF_COUPONS.iter().filter(|(verb, _)| *verb == moved);
    let of_coupon = of_coupons.find_map(|(_, state)| values.clone().find(|it| it == state));
    exact
        .or(of_coupon)
        .or_else(|| values.clone().find(same))
        .or_else(|| values.find(closes))
}
