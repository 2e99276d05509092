use std::borrow::Cow;

use serde_json::Value;
use wechatpay_chain_path::PathError;

/// A variable's value as RFC 6570 sees it, section 2.3.
pub(super) enum Var<'a> {
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Map(Vec<(&'a str, Cow<'a, str>)>),
}

/// Whether a value is defined in the RFC's sense: `null`, empty lists and empty objects are undefined.
pub(super) fn is_defined(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

impl<'a> Var<'a> {
    pub(super) fn read(name: &str, value: &'a Value) -> Result<Self, PathError> {
        let text = |value| {
            text(value).map_err(|found| PathError::ValueType {
                name: name.into(),
                found,
            })
        };
        Ok(match value {
            Value::Array(list) => Self::List(list.iter().map(text).collect::<Result<_, _>>()?),
            Value::Object(map) => {
                let pair = |(key, value): (&'a String, _)| Ok((key.as_str(), text(value)?));
                Self::Map(map.iter().map(pair).collect::<Result<_, _>>()?)
            }
            scalar => Self::Text(text(scalar)?),
        })
    }
}

/// Returns a scalar as text, or the problem with it.
///
/// PHP writes `false` as an empty text, which would silently drop a segment, so it is rejected.
fn text(value: &Value) -> Result<Cow<'_, str>, &'static str> {
    match value {
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::Bool(true) => Ok(Cow::Borrowed("1")),
        Value::Number(number) => {
            let text = number.to_string();
            Ok(match text.strip_suffix(".0") {
                Some(whole) => whole.to_owned().into(),
                None => text.into(),
            })
        }
        Value::Bool(false) => Err("`false` (PHP sends nothing for it)"),
        Value::Null => Err("a `null` inside a list or map"),
        Value::Array(_) => Err("a list inside a list or map"),
        Value::Object(_) => Err("a map inside a list or map"),
    }
}
