//! JSON as Rust, for `json!`, and as one line.

use serde_json::Value;

/// The value as the argument of `json!`, with lines of 4 more spaces for each depth.
pub(super) fn rust(value: &Value, depth: usize) -> String {
    let (indent, end) = (" ".repeat(4 * (depth + 1)), " ".repeat(4 * depth));
    match value {
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let lines = members
                .iter()
                .map(|(name, value)| format!("{indent}{name:?}: {},\n", rust(value, depth + 1)));
            format!("{{\n{}{end}}}", lines.collect::<String>())
        }
        Value::Array(items) if items.iter().all(is_scalar) => {
            let items: Vec<_> = items.iter().map(|item| rust(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Array(items) => {
            let lines = items
                .iter()
                .map(|item| format!("{indent}{},\n", rust(item, depth + 1)));
            format!("[\n{}{end}]", lines.collect::<String>())
        }
        Value::String(text) => format!("{text:?}"),
        Value::Number(number) => match number.as_i64() {
            // A literal without a type is an i32.
            Some(whole) if i32::try_from(whole).is_err() => format!("{whole}_i64"),
            _ => number.to_string(),
        },
        Value::Bool(_) | Value::Null => value.to_string(),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}
