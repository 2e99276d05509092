//! JSON in the order and with the types of the documentation.

use serde_json::{Map, Value};

use crate::schema::{Field, FieldKind};
use wechatpay_core::variants::json::{NumberForm, numbers};

/// The members in the order of the documentation, followed by undocumented members.
pub(super) fn documented(value: &Value, fields: &[Field]) -> Value {
    let Value::Object(members) = value else {
        return match value.as_array() {
            Some(items) => {
                let fields = item(fields);
                items.iter().map(|it| documented(it, fields)).collect()
            }
            None => value.clone(),
        };
    };
    let mut ordered = Map::new();
    for field in fields {
        if let Some(value) = members.get(field.name()) {
            ordered.insert(field.name().to_owned(), documented(value, field.fields()));
        }
    }
    for (name, value) in members {
        ordered.entry(name.clone()).or_insert_with(|| value.clone());
    }
    ordered.into()
}

/// The value with texts as numbers where the documentation has integers.
pub(super) fn with_numbers(value: &Value, fields: &[Field]) -> Value {
    let Value::Object(members) = value else {
        return match value.as_array() {
            Some(items) => {
                let fields = item(fields);
                items.iter().map(|it| with_numbers(it, fields)).collect()
            }
            None => value.clone(),
        };
    };
    let written = members.iter().map(|(name, value)| {
        let field = fields.iter().find(|field| field.name() == name);
        (
            name.clone(),
            field.map_or_else(|| value.clone(), |field| as_documented(value, field)),
        )
    });
    Value::Object(written.collect())
}

fn as_documented(value: &Value, field: &Field) -> Value {
    if field.kind() == FieldKind::Integer {
        return numbers(value, NumberForm::FromText);
    }
    with_numbers(value, field.fields())
}

/// The fields of the items of an array; it is documented as a field with the name `*`.
fn item(fields: &[Field]) -> &[Field] {
    match fields {
        [item] if item.name() == "*" => item.fields(),
        _ => fields,
    }
}
