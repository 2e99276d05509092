//! The type of a field, and its comment.

use crate::field::{Field, FieldKind};

use super::layout::{code, comment, one_line};
use super::side::{Items, Side};
use super::values::enumeration;

const MAP: &str = "serde_json::Map<String, serde_json::Value>";
/// A term with one of these says that the amount is in fen.
const FEN: [&str; 5] = ["单位分", "单位：分", "单位:分", "单位为分", "（分）"];

/// A type in Rust.
pub(super) struct Type {
    pub(super) rust: String,
    /// Whether it implements `Default`.
    pub(super) has_default: bool,
}

impl Type {
    fn new(rust: impl Into<String>, has_default: bool) -> Self {
        let rust = rust.into();
        Self { rust, has_default }
    }
}

/// The type of a field of `owner`. Writes the structs and enums that it needs.
pub(super) fn kind(
    items: &mut Items,
    side: &Side,
    field: &Field,
    owner: &str,
    pointer: &str,
) -> Type {
    match field.kind() {
        FieldKind::Object | FieldKind::Array if side.is_xml_request() => Type::new("String", true),
        // One element or several.
        FieldKind::Array if side.is_xml_response() => Type::new("serde_json::Value", true),
        FieldKind::Object if field.fields().is_empty() => Type::new(MAP, true),
        FieldKind::Object => {
            let name = items.name(side, owner, last_name(pointer));
            let about = if field.name() == "*" {
                format!("An item of {}.", code(last_name(pointer)))
            } else {
                about(side, field, pointer)
            };
            let has_default = items.structure(&name, &about, side, field.fields(), pointer);
            Type::new(name, has_default)
        }
        FieldKind::Array => match field.fields().first() {
            Some(item) => {
                let item = kind(items, side, item, owner, &format!("{pointer}/*"));
                Type::new(format!("Vec<{}>", item.rust), true)
            }
            None => Type::new("Vec<serde_json::Value>", true),
        },
        _ if side.is_xml_response() && is_scalar(field) => Type::new("String", true),
        FieldKind::Boolean => Type::new("bool", true),
        FieldKind::Integer | FieldKind::Number if is_numeric(field) => number(side, field, pointer),
        _ => text(items, side, field, owner, pointer),
    }
}

fn number(side: &Side, field: &Field, pointer: &str) -> Type {
    let format = field.format().unwrap_or_default();
    let is_whole = field.kind() == FieldKind::Integer || format.contains("int");
    let term = side.term(pointer).unwrap_or_default();
    if format.starts_with("uint") {
        Type::new("u64", true)
    } else if is_whole && FEN.iter().any(|unit| term.contains(unit)) {
        Type::new("wechatpay_chain::Fen", true)
    } else if is_whole {
        Type::new("i64", true)
    } else {
        // `f64` would change some numbers.
        Type::new("serde_json::Number", false)
    }
}

fn text(items: &mut Items, side: &Side, field: &Field, owner: &str, pointer: &str) -> Type {
    if field.is_encrypted() {
        return Type::new("wechatpay_chain::Sensitive", true);
    }
    if !field.values().is_empty() && field.fields().is_empty() {
        let name = items.name(side, owner, last_name(pointer));
        let about = about(side, field, pointer);
        items.push(enumeration(&name, &about, field.values()));
        return Type::new(name, false);
    }
    if field.format() == Some("rfc3339") && !side.is_xml_request() && !side.is_xml_response() {
        return Type::new("wechatpay_chain::Timestamp", false);
    }
    Type::new("String", true)
}

/// The term of a field and its limits.
pub(super) fn about(side: &Side, field: &Field, pointer: &str) -> String {
    let term = side.term(pointer).map(|term| comment(&one_line(term)));
    let term = term.unwrap_or_else(|| code(last_name(pointer)));
    let limits = limits(field);
    if limits.is_empty() {
        term
    } else {
        format!("{term} ({})", limits.join(", "))
    }
}

/// The constraints that the type does not express.
fn limits(field: &Field) -> Vec<String> {
    let mut limits = Vec::new();
    limits.extend(span(field.length()).map(|span| format!("{span} characters")));
    limits.extend(span(field.range()));
    limits.extend(field.format().map(comment));
    limits.extend(field.pattern().map(code));
    if field.kind() == FieldKind::String && !field.fields().is_empty() {
        limits.push("a text that contains JSON".to_owned());
    }
    if field.is_encrypted() {
        limits.push("encrypted".to_owned());
    }
    limits
}

fn span<T: ToString + PartialEq>(ends: (Option<T>, Option<T>)) -> Option<String> {
    match ends {
        (None, None) => None,
        (Some(least), Some(greatest)) if least == greatest => Some(least.to_string()),
        (Some(least), Some(greatest)) => {
            Some(format!("{} to {}", least.to_string(), greatest.to_string()))
        }
        (Some(least), None) => Some(format!("at least {}", least.to_string())),
        (None, Some(greatest)) => Some(format!("at most {}", greatest.to_string())),
    }
}

fn is_scalar(field: &Field) -> bool {
    !field.is_encrypted()
        && matches!(
            field.kind(),
            FieldKind::Integer | FieldKind::Number | FieldKind::Boolean
        )
}

/// Whether all documented values are numbers, as the type says.
fn is_numeric(field: &Field) -> bool {
    let mut values = field.values().iter();
    values.all(|value| value.parse::<f64>().is_ok())
}

/// The last name in a pointer that is not an item of an array.
pub(super) fn last_name(pointer: &str) -> &str {
    let mut names = pointer.rsplit('/').filter(|name| *name != "*");
    names.next().unwrap_or_default()
}
