//! Casts, and the characters of a text.

use super::object::Object;
use super::plain::from_json;
use super::value::{Array, Value};
use crate::syntax::Cast;

pub(super) fn cast<'a>(to: Cast, value: Value<'a>) -> Value<'a> {
    if let Value::Unknown(why) = value {
        return Value::Unknown(why);
    }
    let unfit = || Value::unknown("a cast that PHP refuses");
    match to {
        Cast::String => match value.to_text() {
            Ok(text) => Value::Text(text),
            Err(why) => Value::Unknown(why),
        },
        Cast::Int => value.to_int().map_or_else(unfit, Value::Int),
        Cast::Float => value.to_float().map_or_else(unfit, Value::Float),
        Cast::Bool => value.to_bool().map_or_else(unfit, Value::Bool),
        Cast::Array => match value {
            Value::Array(array) => Value::Array(array),
            Value::Null => Value::Array(Array::default()),
            Value::Object(object) => match &*object.borrow() {
                Object::Plain(properties) => Value::Array(properties.clone()),
                _ => unfit(),
            },
            other => Value::Array([other].into_iter().collect()),
        },
        Cast::Object => match value {
            Value::Array(array) => Value::object(Object::Plain(array)),
            object @ Value::Object(_) => object,
            other => match other.plain() {
                Some(scalar) => from_json(wechatpay_chain_php::object(scalar), false),
                None => unfit(),
            },
        },
    }
}

/// `"abc"[1]`, from the end with a negative index. PHP throws for an index that is no whole number.
pub(super) fn character<'a>(text: &str, index: &Value<'a>) -> Value<'a> {
    let at = match index {
        Value::Int(at) => *at,
        Value::Text(at) if at.parse::<i64>().is_ok() => index.to_int().unwrap_or_default(),
        Value::Unknown(why) => return Value::Unknown(why.clone()),
        _ => return Value::unknown("a character of a text at an index that is no whole number"),
    };
    let len = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if at >= len || at < -len {
        return Value::Text(String::new());
    }
    match wechatpay_chain_php::substr(text, at, Some(1)) {
        Ok(byte) => Value::Text(byte),
        Err(_) => Value::unknown("a byte of a character"),
    }
}
