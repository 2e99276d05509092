//! `==`, `<`, `<=>` and `===`.

use std::cmp::Ordering;

use serde_json::Value;

use crate::text;
use crate::value::{Num, num, numeric, truth};

/// `$one == $other`
#[must_use]
pub fn equal(one: &Value, other: &Value) -> bool {
    if let (Value::Array(_) | Value::Object(_), Value::Array(_) | Value::Object(_)) = (one, other) {
        let items = crate::items(one);
        return items.len() == crate::count(other)
            && items.iter().all(|(key, value)| {
                crate::has(other, text(key)) && equal(value, &crate::get(other, text(key)))
            });
    }
    order(one, other) == Some(Ordering::Equal)
}

/// `$one === $other`
#[must_use]
pub fn identical(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => num(one) == num(other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| identical(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same =
                |((key, one), (other_key, other)): ((&String, &Value), (&String, &Value))| {
                    key == other_key && identical(one, other)
                };
            one.len() == other.len() && one.iter().zip(other).all(same)
        }
        _ => one == other,
    }
}

/// `$one <=> $other`
#[must_use]
pub fn compare(one: &Value, other: &Value) -> i64 {
    order(one, other).map_or(1, |order| order as i64)
}

/// `$one < $other`
#[must_use]
pub fn less(one: &Value, other: &Value) -> bool {
    order(one, other) == Some(Ordering::Less)
}

/// `$one <= $other`
#[must_use]
pub fn at_most(one: &Value, other: &Value) -> bool {
    matches!(order(one, other), Some(Ordering::Less | Ordering::Equal))
}

fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Null, Value::String(text)) => Some("".cmp(text)),
        (Value::String(text), Value::Null) => Some(text.as_str().cmp("")),
        (Value::Null | Value::Bool(_), _) | (_, Value::Null | Value::Bool(_)) => {
            Some(truth(one).cmp(&truth(other)))
        }
        (Value::Number(one), Value::Number(other)) => numbers(num(one), num(other)),
        (Value::String(one), Value::String(other)) => match (numeric(one), numeric(other)) {
            (Some(left), Some(right)) if !both_overflow(left, right) => numbers(left, right),
            _ => Some(one.as_bytes().cmp(other.as_bytes())),
        },
        (Value::Number(number), Value::String(text)) => with_text(num(number), one, text),
        (Value::String(text), Value::Number(number)) => {
            with_text(num(number), other, text).map(Ordering::reverse)
        }
        (Value::Array(_) | Value::Object(_), Value::Array(_) | Value::Object(_)) => {
            arrays(one, other)
        }
        (Value::Array(_) | Value::Object(_), _) => Some(Ordering::Greater),
        (_, Value::Array(_) | Value::Object(_)) => Some(Ordering::Less),
    }
}

fn numbers(one: Num, other: Num) -> Option<Ordering> {
    match (one, other) {
        (Num::Int(one), Num::Int(other)) => Some(one.cmp(&other)),
        _ => one.float().partial_cmp(&other.float()),
    }
}

/// Two texts of digits that are too long for PHP's numbers are compared as texts.
fn both_overflow(one: Num, other: Num) -> bool {
    let large = |number: Num| matches!(number, Num::Float(number) if number.abs() >= 9.2e18);
    large(one) && large(other)
}

fn with_text(number: Num, value: &Value, other: &str) -> Option<Ordering> {
    match numeric(other) {
        Some(other) => numbers(number, other),
        None => Some(text(value).as_str().cmp(other)),
    }
}

fn arrays(one: &Value, other: &Value) -> Option<Ordering> {
    match crate::count(one).cmp(&crate::count(other)) {
        Ordering::Equal => {}
        unequal => return Some(unequal),
    }
    for (key, value) in crate::items(one) {
        let key = text(&key);
        if !crate::has(other, &key) {
            return None;
        }
        match order(&value, &crate::get(other, &key)) {
            Some(Ordering::Equal) => {}
            unequal => return unequal,
        }
    }
    Some(Ordering::Equal)
}
