//! JSON in the order of the documentation.

use serde_json::{Map, Value};

use crate::schema::Field;

/// The members in the order of the documentation, followed by undocumented members.
pub(super) fn documented(value: &Value, fields: &[Field]) -> Value {
    let Value::Object(members) = value else {
        return match value.as_array() {
            Some(items) => items.iter().map(|it| documented(it, fields)).collect(),
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
