//! Functions on arrays that may hold anything.

use wechatpay_chain_php::{rawurlencode, urlencode};

use super::value::{Array, Key, Value};

/// The functions on arrays that call nothing back; nothing for any other name.
pub(super) fn call<'a>(name: &str, args: &[Value<'a>]) -> Option<Value<'a>> {
    let array = |at: usize| match args.get(at) {
        Some(Value::Array(array)) => Some(array),
        _ => None,
    };
    Some(match name {
        "count" | "sizeof" if args.len() == 1 => Value::Int(array(0)?.len() as i64),
        "array_keys" if args.len() == 1 => {
            Value::Array(array(0)?.iter().map(|(key, _)| key.value()).collect())
        }
        "array_values" if args.len() == 1 => Value::Array(array(0)?.values().cloned().collect()),
        "array_merge" | "array_replace" => {
            let mut merged = Array::default();
            for at in 0..args.len() {
                for (key, value) in array(at)?.iter() {
                    match key {
                        Key::Int(_) if name == "array_merge" => merged.push(value.clone()),
                        key => merged.insert(key.clone(), value.clone()),
                    }
                }
            }
            Value::Array(merged)
        }
        "array_filter" if args.len() == 1 => {
            let mut kept = Array::default();
            for (key, value) in array(0)?.iter() {
                if value.to_bool()? {
                    kept.insert(key.clone(), value.clone());
                }
            }
            Value::Array(kept)
        }
        "array_key_exists" => Value::Bool(array(1)?.get(&Key::of(args.first()?)?).is_some()),
        _ => return None,
    })
}

/// `name=value` joined by `&`, flat.
pub(super) fn query<'a>(array: &Array<'a>, raw: bool) -> Value<'a> {
    let mut pairs = Vec::new();
    for (key, value) in array.iter() {
        let text = match value {
            Value::Null => continue,
            Value::Bool(flag) => if *flag { "1" } else { "0" }.to_owned(),
            Value::Array(_) => return Value::unknown("a nested query"),
            other => match other.to_text() {
                Ok(text) => text,
                Err(why) => return Value::Unknown(why),
            },
        };
        let encode = if raw { rawurlencode } else { urlencode };
        pairs.push(format!("{}={}", encode(&key.to_text()), encode(&text)));
    }
    Value::Text(pairs.join("&"))
}
