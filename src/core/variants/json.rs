//! JSON as other languages' libraries write it.

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use serde_json::{Map, Value};

/// Returns the same JSON as other languages' libraries write it.
pub fn rewritten(value: &Value) -> Vec<String> {
    let compact = value.to_string();
    let spaced = written(value, Spaced);
    let pretty = |indent: &'static [u8]| written(value, PrettyFormatter::with_indent(indent));
    let mut texts = vec![
        // PHP's default, and with each of its flags.
        slashed(&ascii(&compact)),
        slashed(&compact),
        ascii(&compact),
        // Python's default, and with ensure_ascii=False.
        ascii(&spaced),
        spaced,
        // Go's default.
        html(&compact),
        pretty(b"  "),
        pretty(b"    "),
        pretty(b"\t"),
    ];
    texts.push(compact);
    texts
}

fn written(value: &Value, formatter: impl Formatter) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, formatter);
    // Writing a Value to memory cannot fail.
    let _ = value.serialize(&mut serializer);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `{"a": 1, "b": 2}`.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()>
    where
        W: ?Sized + std::io::Write,
    {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()>
    where
        W: ?Sized + std::io::Write,
    {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W>(&mut self, writer: &mut W) -> std::io::Result<()>
    where
        W: ?Sized + std::io::Write,
    {
        writer.write_all(b": ")
    }
}

/// Writes non-ASCII characters as `\uXXXX`.
fn ascii(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character)
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    escaped
}

fn slashed(text: &str) -> String {
    text.replace('/', "\\/")
}

fn html(text: &str) -> String {
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// Returns the value with the members of each object sorted by name.
pub fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut pairs: Vec<_> = members.iter().collect();
            pairs.sort_unstable_by_key(|(name, _)| *name);
            let pairs = pairs.into_iter();
            Value::Object(
                pairs
                    .map(|(name, value)| (name.clone(), sorted(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// Returns the value with a null for each missing member of these, in this order; other members follow.
pub fn with_nulls<'n>(value: &Value, names: impl Iterator<Item = &'n str>) -> Value {
    let Value::Object(members) = value else {
        return value.clone();
    };
    let named = names.map(|name| {
        let value = members.get(name).cloned().unwrap_or_default();
        (name.to_owned(), value)
    });
    let mut filled: Map<_, _> = named.collect();
    for (name, value) in members {
        filled.entry(name.clone()).or_insert_with(|| value.clone());
    }
    filled.into()
}

/// Removes members that are null, at any depth.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), without_nulls(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// A form of the numbers in a JSON value.
#[derive(Clone, Copy)]
pub enum NumberForm {
    /// `1.0` as `1`.
    Integer,
    /// `1` as `1.0`.
    Float,
    /// `1` as `"1"`.
    Text,
    /// `"1"` as `1`.
    FromText,
}

/// All forms.
pub const NUMBER_FORMS: [NumberForm; 4] = [
    NumberForm::Integer,
    NumberForm::Float,
    NumberForm::Text,
    NumberForm::FromText,
];

/// Returns the value with its numbers in another form.
pub fn numbers(value: &Value, form: NumberForm) -> Value {
    match (value, form) {
        (Value::Object(members), _) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), numbers(value, form)))
                    .collect(),
            )
        }
        (Value::Array(items), _) => items.iter().map(|item| numbers(item, form)).collect(),
        (Value::Number(number), NumberForm::Text) => number.to_string().into(),
        (Value::Number(number), NumberForm::Integer) => {
            let text = number.to_string();
            let whole = text
                .strip_suffix(".0")
                .and_then(|whole| whole.parse::<i64>().ok());
            whole.map_or_else(|| value.clone(), Value::from)
        }
        (Value::Number(number), NumberForm::Float) => {
            number.as_f64().map_or_else(|| value.clone(), Value::from)
        }
        (Value::String(text), NumberForm::FromText) => {
            let number = text
                .parse::<i64>()
                .ok()
                .filter(|number| number.to_string() == *text);
            number.map_or_else(|| value.clone(), Value::from)
        }
        _ => value.clone(),
    }
}
