//! The comment of a field: WeChat Pay's term and the limits.

use crate::field::{Field, FieldKind};

use super::layout::{code, comment, one_line};
use super::side::Side;

/// The term of a field and its limits.
pub(super) fn about(side: &Side, field: &Field, pointer: &str) -> String {
    let term = side.term(pointer).map(|term| comment(&one_line(term)));
    let term = term.unwrap_or_else(|| code(last_name(pointer)));
    let mut limits = limits(field);
    if side.is_conditional(field, pointer) {
        limits.push("required under a condition".to_owned());
    }
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

/// The last name in a pointer that is not an item of an array.
pub(super) fn last_name(pointer: &str) -> &str {
    let mut names = pointer.rsplit('/').filter(|name| *name != "*");
    names.next().unwrap_or_default()
}
