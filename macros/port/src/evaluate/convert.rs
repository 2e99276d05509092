//! Casts, constants, and the characters of a text.

use super::json::flag;
use super::object::Object;
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
            Value::Null => Value::object(Object::Plain(Array::default())),
            other => other,
        },
    }
}

/// The constants that snippets use.
pub(super) fn constant<'a>(name: &str) -> Option<Value<'a>> {
    let number = match name {
        "JSON_HEX_TAG" => flag::HEX_TAG,
        "JSON_HEX_AMP" => flag::HEX_AMP,
        "JSON_HEX_APOS" => flag::HEX_APOS,
        "JSON_HEX_QUOT" => flag::HEX_QUOT,
        "JSON_FORCE_OBJECT" => flag::FORCE_OBJECT,
        "JSON_UNESCAPED_SLASHES" => flag::UNESCAPED_SLASHES,
        "JSON_PRETTY_PRINT" => flag::PRETTY_PRINT,
        "JSON_UNESCAPED_UNICODE" => flag::UNESCAPED_UNICODE,
        "JSON_PRESERVE_ZERO_FRACTION" => flag::PRESERVE_ZERO_FRACTION,
        "JSON_OBJECT_AS_ARRAY" => 1,
        "JSON_THROW_ON_ERROR" => 4_194_304,
        "JSON_BIGINT_AS_STRING" => 2,
        "PHP_INT_MAX" => i64::MAX,
        "PHP_INT_MIN" => i64::MIN,
        "PHP_QUERY_RFC1738" | "SORT_NUMERIC" | "STR_PAD_RIGHT" => 1,
        "PHP_QUERY_RFC3986" | "SORT_STRING" | "STR_PAD_BOTH" => 2,
        "SORT_REGULAR" | "STR_PAD_LEFT" => 0,
        _ => {
            return match name {
                "PHP_EOL" => Some(Value::Text("\n".into())),
                "DIRECTORY_SEPARATOR" => Some(Value::Text("/".into())),
                _ => None,
            };
        }
    };
    Some(Value::Int(number))
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
