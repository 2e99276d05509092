//! Between the values here and those of `wechatpay-chain-php`, which says what PHP does with them.
//!
//! A plain value is neither an object nor a closure nor unknown. The functions of PHP take plain values, and
//! those that only move the items of an array take any.

use std::rc::Rc;

use serde_json::{Map, Number};
use wechatpay_chain_php::function::Function;
use wechatpay_chain_php::{self as php, Value as Json};

use super::object::Object;
use super::value::{Array, Key, Value};

/// How deep PHP goes.
const DEEPEST: usize = 512;

/// The result of a function of the table; nothing when there is no such function, or it does not take such arguments.
pub(super) fn call<'a>(name: &str, args: &[Value<'a>]) -> Option<Value<'a>> {
    match args.iter().map(Value::plain).collect::<Option<Vec<_>>>() {
        Some(args) if too_long(name, &args) => None,
        Some(args) => run(name, &args).map(value),
        None => moved(name, args),
    }
}

/// Runs a function of the table, or one with any number of arguments.
fn run(name: &str, args: &[Json]) -> Option<Json> {
    match (name, args) {
        ("array_merge", _) => php::array_merge(args).ok(),
        // An array within the array is `Array` in PHP, with a warning.
        ("implode", [glue, pieces]) => {
            let plain = php::is_array(pieces) && !php::values(pieces).iter().any(php::is_array);
            let glue = php::as_text(glue).ok().filter(|_| plain)?;
            Some(php::implode(&glue, pieces).into())
        }
        _ => Function::of(name)?.call(args)?.ok(),
    }
}

/// Whether the result has more bytes than a text may have here.
fn too_long(name: &str, args: &[Json]) -> bool {
    let number = |at: usize| {
        let number = args.get(at).map(php::int).unwrap_or_default();
        usize::try_from(number).unwrap_or_default()
    };
    let len = |at: usize| args.get(at).map_or(0, |text| php::text(text).len());
    let bytes = match (name, args) {
        ("str_repeat", _) => len(0).saturating_mul(number(1)),
        ("str_pad", _) => number(1),
        ("implode", [glue, pieces]) => php::values(pieces)
            .len()
            .saturating_mul(php::text(glue).len()),
        ("str_replace", [Json::String(search), replace, Json::String(subject)])
            if !search.is_empty() =>
        {
            let found = subject.matches(&**search).count();
            found.saturating_mul(php::text(replace).len())
        }
        _ => 0,
    };
    bytes >= super::LONGEST
}

/// The value of a plain one: what has names is an array.
pub(super) fn value<'a>(plain: Json) -> Value<'a> {
    from_json(plain, true)
}

/// The value of JSON, as `json_decode` reads it: objects, or with `associative` arrays.
pub(super) fn from_json<'a>(json: Json, associative: bool) -> Value<'a> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_i64().filter(|_| !number.is_f64()) {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::Array(
            items
                .into_iter()
                .map(|item| from_json(item, associative))
                .collect(),
        ),
        Json::Object(members) => {
            let member =
                |(key, value): (String, Json)| (Key::text(&key), from_json(value, associative));
            let array: Array<'_> = members.into_iter().map(member).collect();
            if associative {
                Value::Array(array)
            } else {
                Value::object(Object::Plain(array))
            }
        }
    }
}

/// `json_decode($text, $associative)`
pub(super) fn decode<'a>(text: &str, associative: bool) -> Value<'a> {
    from_json(php::json_decode(text), associative)
}

/// `json_encode($value, $flags)`, byte for byte.
pub(super) fn encode(value: &Value<'_>, flags: i64) -> Result<String, Rc<str>> {
    Ok(php::json_encode(&encodable(value, 0)?, flags))
}

/// A value as Guzzle's `json` sends it: a list or an object, by its keys.
pub(super) fn to_json(value: &Value<'_>) -> Result<Json, Rc<str>> {
    encodable(value, 0).map(php::sent)
}

fn encodable(value: &Value<'_>, depth: usize) -> Result<Json, Rc<str>> {
    if depth > DEEPEST {
        return Err("it is nested too deeply".into());
    }
    Ok(match value {
        Value::Float(number) => match Number::from_f64(*number) {
            Some(number) => Json::Number(number),
            None => return Err("infinity and NaN are no JSON".into()),
        },
        Value::Array(array) if array.is_list() => {
            let items = array.values().map(|item| encodable(item, depth + 1));
            Json::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Array(array) => Json::Object(members(array, depth)?),
        Value::Object(object) => match &*object.borrow() {
            Object::Plain(properties) => Json::Object(members(properties, depth)?),
            other => Json::String(other.to_text()?),
        },
        other => match other.plain() {
            Some(scalar) => scalar,
            None => Json::String(other.to_text()?),
        },
    })
}

fn members(array: &Array<'_>, depth: usize) -> Result<Map<String, Json>, Rc<str>> {
    let member =
        |(key, value): (&Key, &Value<'_>)| Ok((key.to_text(), encodable(value, depth + 1)?));
    array.iter().map(member).collect()
}

/// Functions that look at the keys of arrays only.
const OF_KEYS: [&str; 3] = ["array_key_exists", "array_keys", "counted"];
/// Functions that only move the items of arrays.
const MOVING: [&str; 6] = [
    "array_filter",
    "array_merge",
    "array_replace",
    "array_reverse",
    "array_slice",
    "array_values",
];

/// The function's value where arrays hold values that are not plain: a number stands for each item.
fn moved<'a>(name: &str, args: &[Value<'a>]) -> Option<Value<'a>> {
    let moving = MOVING.contains(&name);
    if !moving && !OF_KEYS.contains(&name) {
        return None;
    }
    let mut items = Vec::new();
    let mut numbered = Vec::new();
    for arg in args {
        numbered.push(match arg {
            Value::Array(array) => numbers(array, &mut items, name == "array_filter")?,
            other => other.plain()?,
        });
    }
    let result = run(name, &numbered)?;
    if moving {
        Some(Value::Array(items_of(&result, &items)))
    } else {
        Some(value(result))
    }
}

/// The array with its items sorted by their keys: `ksort`, `ksort_text`.
pub(super) fn by_keys<'a>(sort: fn(&Json) -> Json, array: &Array<'a>) -> Array<'a> {
    let mut items = Vec::new();
    match numbers(array, &mut items, false) {
        Some(numbered) => items_of(&sort(&numbered), &items),
        None => array.clone(),
    }
}

/// The array with a number in the place of each item, from 1; with `truths`, 0 for an item that is false.
fn numbers<'a>(array: &Array<'a>, items: &mut Vec<Value<'a>>, truths: bool) -> Option<Json> {
    let mut numbered = Vec::new();
    for (key, value) in array.iter() {
        let kept = !truths || value.to_bool()?;
        items.push(value.clone());
        numbered.push((
            key.to_text(),
            Json::from(if kept { items.len() } else { 0 }),
        ));
    }
    Some(php::map(numbered))
}

/// The array whose items these numbers stand for.
fn items_of<'a>(numbered: &Json, items: &[Value<'a>]) -> Array<'a> {
    let item = |(key, number): (Json, Json)| {
        let index = number.as_u64()?.checked_sub(1)?;
        let item = items.get(usize::try_from(index).ok()?)?;
        Some((Key::of(&value(key))?, item.clone()))
    };
    php::items(numbered).into_iter().filter_map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown<'a>() -> Value<'a> {
        Value::unknown("a test")
    }

    #[test]
    fn items_that_are_not_known_are_moved_and_counted() {
        let array = Value::Array(
            [(Key::text("b"), unknown()), (Key::text("7"), Value::Int(1))]
                .into_iter()
                .collect(),
        );
        let Some(Value::Array(merged)) = call("array_merge", &[array.clone(), array.clone()])
        else {
            panic!("array_merge");
        };
        let keys: Vec<_> = merged.iter().map(|(key, _)| key.to_text()).collect();
        assert_eq!(keys, ["b", "0", "1"]);
        assert!(matches!(merged.get_text("b"), Some(Value::Unknown(_))));
        assert!(matches!(
            call("counted", std::slice::from_ref(&array)),
            Some(Value::Int(2))
        ));
        // Whether it is kept depends on the item.
        assert!(call("array_filter", std::slice::from_ref(&array)).is_none());
        assert!(call("in_array", &[Value::Int(1), array]).is_none());
    }

    #[test]
    fn keys_decide_between_lists_and_objects() {
        let array = |keys: &[&str]| {
            let items = keys
                .iter()
                .map(|key| (Key::text(key), Value::Text("a".into())));
            Value::Array(items.collect())
        };
        assert_eq!(encode(&array(&["0", "1"]), 0).unwrap(), r#"["a","a"]"#);
        assert_eq!(encode(&array(&["1"]), 0).unwrap(), r#"{"1":"a"}"#);
        assert_eq!(
            to_json(&array(&["1", "0"])).unwrap().to_string(),
            r#"{"1":"a","0":"a"}"#
        );
        assert_eq!(
            to_json(&Value::Float(1e16)).unwrap().to_string(),
            "10000000000000000"
        );
        assert!(to_json(&Value::Float(f64::NAN)).is_err());
    }
}
