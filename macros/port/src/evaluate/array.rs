//! Functions on arrays.

use super::text::percent_encode;
use super::value::{Array, Key, Value};

/// The functions on arrays that call nothing back; nothing for any other name.
pub(super) fn call<'a>(name: &str, args: &[Value<'a>]) -> Option<Value<'a>> {
    let array = |at: usize| match args.get(at) {
        Some(Value::Array(array)) => Some(array),
        _ => None,
    };
    Some(match name {
        "count" | "sizeof" => Value::Int(array(0)?.len() as i64),
        "array_keys" => Value::Array(array(0)?.iter().map(|(key, _)| key.value()).collect()),
        "array_values" => Value::Array(array(0)?.values().cloned().collect()),
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
        "in_array" => {
            let mut found = false;
            for value in array(1)?.values() {
                found |= value.identical(args.first()?)?;
            }
            Value::Bool(found)
        }
        "implode" | "join" => {
            let (glue, pieces) = match args {
                [Value::Array(pieces)] => (String::new(), pieces),
                [Value::Array(pieces), glue] | [glue, Value::Array(pieces)] => {
                    (glue.to_text().ok()?, pieces)
                }
                _ => return None,
            };
            let texts: Result<Vec<_>, _> = pieces.values().map(Value::to_text).collect();
            let texts = texts.ok()?;
            if texts.len().saturating_mul(glue.len()) > super::LONGEST {
                return None;
            }
            Value::Text(texts.join(&glue))
        }
        "explode" => {
            let (glue, text) = (args.first()?.to_text().ok()?, args.get(1)?.to_text().ok()?);
            if glue.is_empty() {
                return None;
            }
            Value::Array(
                text.split(&*glue)
                    .map(|piece| Value::Text(piece.into()))
                    .collect(),
            )
        }
        "http_build_query" => {
            let raw = args.get(3).and_then(Value::to_int) == Some(2);
            query(array(0)?, raw)
        }
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
        let encode = |text: &str| percent_encode(text, !raw);
        pairs.push(format!("{}={}", encode(&key.to_text()), encode(&text)));
    }
    Value::Text(pairs.join("&"))
}
