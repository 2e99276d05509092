//! Calls as PHP has them: by PHP's names, with all of PHP's arguments.

use serde_json::{Map, Value};

use super::Function;
use crate::function::args::Outcome;
use crate::{Result, Thrown, as_text, is_array};

/// What PHP's function of this name gives for these arguments.
///
/// There is nothing for a function that is not known here, and for arguments that it does not take here: an
/// argument is obeyed, or there is no value.
///
/// ```
/// use wechatpay_chain_php::{function::call, json};
///
/// let pieces = call("explode", &[json!(","), json!("a,b,c"), json!(2)]).unwrap().unwrap();
/// assert_eq!(pieces, json!(["a", "b,c"]));
/// assert!(call("round", &[json!(2.5), json!(0), json!(2)]).is_none());
/// ```
///
/// # Errors
/// What PHP throws, and a fault for what cannot be done here.
#[must_use]
pub fn call(name: &str, args: &[Value]) -> Option<Result<Value>> {
    let result = match (name, args) {
        ("max" | "min", _) => extreme(name == "max", args)?,
        ("sprintf", [format, args @ ..]) => {
            as_text(format).and_then(|format| crate::sprintf(&format, args).outcome())
        }
        ("array_merge", _) => crate::array_merge(args),
        ("array_replace", [_, ..]) => replaced(args),
        ("implode" | "join", [pieces]) => imploded("", pieces)?,
        ("implode" | "join", [glue, pieces]) => imploded(&as_text(glue).ok()?, pieces)?,
        // As a limit, null is 0.
        ("explode", [glue, text, Value::Null]) => {
            return call(name, &[glue.clone(), text.clone(), Value::from(0)]);
        }
        ("http_build_query", [data, ..]) => return query(data, args),
        ("pow", [one, other]) => crate::pow(one, other),
        ("print_r", [value, flag]) if crate::truth(flag) => crate::print_r(value).outcome(),
        ("is_string", [value]) => Ok(Value::Bool(value.is_string())),
        ("is_bool", [value]) => Ok(Value::Bool(value.is_boolean())),
        ("is_null", [value]) => Ok(Value::Bool(value.is_null())),
        ("intval", _) => return Function::of(name)?.call(args),
        // An object and an array are one here: `json_decode` tells them apart.
        ("json_decode", _) => return None,
        _ => return Function::of(known_as(name))?.call(args),
    };
    Some(result)
}

/// `json_decode` with all of PHP's arguments: the value, and whether its objects become arrays.
///
/// There is nothing for arguments that it does not take here, as [`call`] has it.
///
/// # Errors
/// A `JsonException` if `JSON_THROW_ON_ERROR` asks for it.
#[must_use]
pub fn json_decode(args: &[Value]) -> Option<Result<(Value, bool)>> {
    let text = match args.first()? {
        Value::Null => String::new(),
        text => as_text(text).ok()?,
    };
    let flags = args.get(3).map_or(Some(0), Value::as_i64)?;
    let depth = args.get(2).map_or(Some(DEPTH), Value::as_i64)?;
    if args.len() > 4 || depth < DEPTH || flags & !(AS_ARRAYS | THROW) != 0 {
        return None;
    }
    let associative = match args.get(1) {
        None | Some(Value::Null) => flags & AS_ARRAYS != 0,
        Some(flag) => crate::truth(flag),
    };
    match crate::json::parse(&text) {
        None if flags & THROW != 0 => Some(Err(Thrown::new("JsonException", "Syntax error"))),
        value => Some(Ok((value.unwrap_or(Value::Null), associative))),
    }
}

const DEPTH: i64 = 512;
const AS_ARRAYS: i64 = 1;
const THROW: i64 = 4_194_304;

/// The name in the table of a function of PHP with the same parameters; empty for a name that only the table uses.
#[must_use]
pub fn known_as(name: &str) -> &str {
    match name {
        "count" | "sizeof" => "counted",
        "strval" => "text",
        "intval" => "int",
        "floatval" | "doubleval" => "float",
        "boolval" => "truth",
        "chop" => "rtrim",
        "key_exists" => "array_key_exists",
        "is_integer" | "is_long" => "is_int",
        "is_double" => "is_float",
        "counted"
        | "text"
        | "int"
        | "float"
        | "truth"
        | "ksort_text"
        | "json_decode"
        | "http_build_query"
        | "sha256"
        | "hmac_sha256"
        | "nonce"
        | "reason_phrase"
        | "base64_of_hex"
        | "print_r"
        | "json_decode_array"
        | "ksort"
        | "joined_by_line_feed"
        | "file_url"
        | "xml_to_array"
        | "query_string_like" => "",
        name => name,
    }
}

/// `max` and `min` of an array, or of two values and more.
fn extreme(most: bool, args: &[Value]) -> Option<Result<Value>> {
    let values = match args {
        [array] if is_array(array) => crate::values(array),
        [_, _, ..] => args.to_vec(),
        _ => return None,
    };
    (!values.is_empty()).then(|| Ok(crate::extreme(&values, most)))
}

/// `array_replace`: the keys of the last array that has them.
fn replaced(arrays: &[Value]) -> Result<Value> {
    let mut replaced = Value::Array(Vec::new());
    for array in arrays {
        for (key, value) in crate::items(&crate::as_array(array.clone())?) {
            crate::set(&mut replaced, key, value)?;
        }
    }
    Ok(replaced)
}

/// An array within the array is `Array` in PHP, with a warning.
fn imploded(glue: &str, pieces: &Value) -> Option<Result<Value>> {
    let plain = is_array(pieces) && !crate::values(pieces).iter().any(is_array);
    plain.then(|| crate::implode(glue, pieces).outcome())
}

/// A prefix stands before the keys that are whole numbers; the separator is between the pairs.
fn query(data: &Value, args: &[Value]) -> Option<Result<Value>> {
    if !is_array(data) || args.len() > 4 {
        return None;
    }
    let prefix = args
        .get(1)
        .map_or("", |prefix| prefix.as_str().unwrap_or_default());
    let separator = match args.get(2) {
        None | Some(Value::Null) => "&",
        Some(separator) => separator.as_str()?,
    };
    let raw = match args.get(3).map(Value::as_i64) {
        None => false,
        Some(kind) => kind? == 2,
    };
    let items = crate::items(data).into_iter();
    let data: Map<String, Value> = items
        .map(|(key, value)| match key {
            Value::Number(number) => (format!("{prefix}{number}"), value),
            key => (crate::text(&key), value),
        })
        .collect();
    let text = crate::http_build_query(&Value::Object(data), raw);
    Some(text.replace('&', separator).outcome())
}
