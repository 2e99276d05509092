//! PHP's functions on values, as `wechatpay-chain-php` knows them.
//!
//! Each takes the arguments that are named here. With any other the value is unknown, and a request
//! that needs it is refused: an argument is never passed over.

use wechatpay_chain_php::{self as php, Value as Json};

use super::value::{Array, Key, Value};

/// The function's value; nothing when there is no such function, or it does not take such arguments.
pub(super) fn call<'a>(name: &str, args: &[Value<'a>]) -> Option<Value<'a>> {
    let plain = Plain(args.iter().map(to_json).collect::<Option<_>>()?);
    let found = text(name, &plain).or_else(|| number(name, &plain));
    found.or_else(|| array(name, &plain)).map(from_json)
}

/// A value that is neither an object nor unknown. Floats that JSON lacks are none either.
pub(super) fn to_json(value: &Value<'_>) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => Json::from(*number),
        Value::Float(number) => Json::Number(serde_json::Number::from_f64(*number)?),
        Value::Text(text) => Json::String(text.clone()),
        Value::Array(array) if array.is_list() => {
            array.values().map(to_json).collect::<Option<_>>()?
        }
        Value::Array(array) => Json::Object(
            array
                .iter()
                .map(|(key, value)| Some((key.to_text(), to_json(value)?)))
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}

pub(super) fn from_json<'a>(value: Json) -> Value<'a> {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_i64().filter(|_| !number.is_f64()) {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::Array(items.into_iter().map(from_json).collect()),
        Json::Object(items) => {
            let item = |(key, value): (String, Json)| (Key::text(&key), from_json(value));
            Value::Array(items.into_iter().map(item).collect::<Array<'_>>())
        }
    }
}

/// The arguments.
struct Plain(Vec<Json>);

impl Plain {
    /// Nothing when there are more arguments than that.
    fn at_most(&self, most: usize) -> Option<()> {
        (self.0.len() <= most).then_some(())
    }

    fn any(&self, at: usize) -> Option<&Json> {
        self.0.get(at)
    }

    fn text(&self, at: usize) -> Option<String> {
        php::as_text(self.any(at)?).ok()
    }

    fn int(&self, at: usize) -> Option<i64> {
        php::as_int(self.any(at)?).ok()
    }

    /// `null` and no argument are the default.
    fn optional<T>(
        &self,
        at: usize,
        read: impl Fn(&Self, usize) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.any(at) {
            None | Some(Json::Null) => Some(None),
            Some(_) => read(self, at).map(Some),
        }
    }

    fn int_or(&self, at: usize, default: i64) -> Option<i64> {
        match self.any(at) {
            None => Some(default),
            Some(_) => self.int(at),
        }
    }

    fn text_or(&self, at: usize, default: &str) -> Option<String> {
        match self.any(at) {
            None => Some(default.to_owned()),
            Some(_) => self.text(at),
        }
    }

    fn flag(&self, at: usize) -> Option<bool> {
        self.any(at)
            .map_or(Some(false), |value| php::as_bool(value).ok())
    }

    fn array(&self, at: usize) -> Option<&Json> {
        self.any(at).filter(|value| php::is_array(value))
    }
}

/// Functions on texts.
fn text(name: &str, args: &Plain) -> Option<Json> {
    let one = |change: fn(&str) -> String| {
        args.at_most(1)?;
        Some(Json::String(change(&args.text(0)?)))
    };
    let both = |ask: fn(&str, &str) -> bool| {
        args.at_most(2)?;
        Some(Json::Bool(ask(&args.text(0)?, &args.text(1)?)))
    };
    match name {
        "strtoupper" => one(php::strtoupper),
        "strtolower" => one(php::strtolower),
        "ucfirst" => one(php::ucfirst),
        "lcfirst" => one(php::lcfirst),
        "mb_strtoupper" => one(|text| text.to_uppercase()),
        "mb_strtolower" => one(|text| text.to_lowercase()),
        "rawurlencode" => one(php::rawurlencode),
        "urlencode" => one(php::urlencode),
        "bin2hex" => one(php::bin2hex),
        "ucwords" => one(php::ucwords),
        "strval" => one(str::to_owned),
        "trim" => trimmed(args, php::trim),
        "ltrim" => trimmed(args, php::ltrim),
        "rtrim" | "chop" => trimmed(args, php::rtrim),
        "str_starts_with" => both(php::str_starts_with),
        "str_ends_with" => both(php::str_ends_with),
        "str_contains" => both(php::str_contains),
        _ => part(name, args).or_else(|| built(name, args)),
    }
}

/// Bytes of characters outside of ASCII are trimmed one by one by PHP.
fn trimmed(args: &Plain, trim: fn(&str, &str) -> String) -> Option<Json> {
    args.at_most(2)?;
    let characters = args.text_or(1, php::BLANKS)?;
    (characters.is_ascii()).then_some(())?;
    Some(Json::String(trim(&args.text(0)?, &characters)))
}

/// What is a part of a text, or says where one is.
fn part(name: &str, args: &Plain) -> Option<Json> {
    args.at_most(3)?;
    let first = args.text(0)?;
    match name {
        "substr" => php::substr(&first, args.int(1)?, args.optional(2, Plain::int)?)
            .ok()
            .map(Json::String),
        "mb_substr" => {
            let length = args.optional(2, Plain::int)?;
            Some(Json::String(php::mb_substr(&first, args.int(1)?, length)))
        }
        "strpos" => php::strpos(&first, &args.text(1)?, args.int_or(2, 0)?).ok(),
        "strrpos" => {
            args.at_most(2)?;
            Some(php::strrpos(&first, &args.text(1)?))
        }
        "basename" => {
            args.at_most(2)?;
            Some(Json::String(php::basename(&first, &args.text_or(1, "")?)))
        }
        "strlen" => args.at_most(1).map(|()| php::strlen(&first).into()),
        "mb_strlen" => args.at_most(1).map(|()| php::mb_strlen(&first).into()),
        _ => None,
    }
}

/// Texts that are made of others.
fn built(name: &str, args: &Plain) -> Option<Json> {
    let short = |times: i64, len: usize| {
        let times = usize::try_from(times).unwrap_or(0);
        (times.saturating_mul(len) < super::LONGEST).then_some(())
    };
    match name {
        "strrev" => args
            .at_most(1)
            .and_then(|()| php::strrev(&args.text(0)?).ok()),
        "rawurldecode" => args
            .at_most(1)
            .and_then(|()| php::rawurldecode(&args.text(0)?).ok()),
        "urldecode" => args
            .at_most(1)
            .and_then(|()| php::urldecode(&args.text(0)?).ok()),
        "sprintf" => php::sprintf(&args.text(0)?, args.0.get(1..)?).ok(),
        "str_repeat" => {
            args.at_most(2)?;
            let (text, times) = (args.text(0)?, args.int(1)?);
            short(times, text.len())?;
            php::str_repeat(&text, times).ok()
        }
        "str_pad" => {
            args.at_most(4)?;
            let length = args.int(1)?;
            short(length, 1)?;
            let with = args.text_or(2, " ")?;
            php::str_pad(&args.text(0)?, length, &with, args.int_or(3, 1)?).ok()
        }
        "str_replace" => return replaced(args),
        "number_format" => {
            args.at_most(4)?;
            let (point, thousands) = (args.text_or(2, ".")?, args.text_or(3, ",")?);
            php::number_format(args.any(0)?, args.int_or(1, 0)?, &point, &thousands).ok()
        }
        _ => None,
    }
    .map(Json::String)
}

/// Its fourth argument is a variable that PHP writes to.
fn replaced(args: &Plain) -> Option<Json> {
    args.at_most(3)?;
    let (search, replace, subject) = (args.any(0)?, args.any(1)?, args.any(2)?);
    if let (Json::String(search), Json::String(subject)) = (search, subject) {
        let grown = subject.matches(&**search).count();
        let length = grown.checked_mul(php::text(replace).len())?;
        (length < super::LONGEST).then_some(())?;
    }
    php::str_replace(search, replace, subject).ok()
}

/// Functions on numbers. A third argument of `round` is a mode.
fn number(name: &str, args: &Plain) -> Option<Json> {
    match name {
        "intval" => {
            args.at_most(2)?;
            php::intval(args.any(0)?, args.int_or(1, 10)?).ok()
        }
        "floatval" | "doubleval" => {
            args.at_most(1)?;
            let number = serde_json::Number::from_f64(php::float(args.any(0)?))?;
            Some(Json::Number(number))
        }
        "boolval" => args
            .at_most(1)
            .and(args.any(0))
            .map(|value| php::truth(value).into()),
        "round" => {
            args.at_most(2)?;
            php::round(args.any(0)?, args.int_or(1, 0)?).ok()
        }
        "floor" => args.at_most(1).and_then(|()| php::floor(args.any(0)?).ok()),
        "ceil" => args.at_most(1).and_then(|()| php::ceil(args.any(0)?).ok()),
        "abs" => args.at_most(1).and_then(|()| php::abs(args.any(0)?).ok()),
        "intdiv" => {
            args.at_most(2)?;
            php::intdiv(args.int(0)?, args.int(1)?).ok().map(Json::from)
        }
        "is_numeric" => args
            .at_most(1)
            .and(args.any(0))
            .map(|value| php::is_numeric(value).into()),
        "max" | "min" => extreme(name == "max", args),
        "bcadd" => decimal(args, php::bcadd),
        "bcsub" => decimal(args, php::bcsub),
        "bcmul" => decimal(args, php::bcmul),
        "bcdiv" => decimal(args, php::bcdiv),
        _ => None,
    }
}

fn extreme(most: bool, args: &Plain) -> Option<Json> {
    let values = match &*args.0 {
        [array] => php::values(Some(array).filter(|array| php::is_array(array))?),
        values => values.to_vec(),
    };
    (!values.is_empty()).then(|| php::extreme(&values, most))
}

fn decimal(args: &Plain, calculate: fn(&str, &str, i64) -> php::Result<String>) -> Option<Json> {
    args.at_most(3)?;
    let scale = args.optional(2, Plain::int)?.unwrap_or(0);
    calculate(&args.text(0)?, &args.text(1)?, scale)
        .ok()
        .map(Json::String)
}

/// Functions on arrays whose values are plain.
fn array(name: &str, args: &Plain) -> Option<Json> {
    let alone = || args.at_most(1).and(args.array(0));
    match name {
        "in_array" => {
            args.at_most(3)?;
            Some(php::in_array(args.any(0)?, args.array(1)?, args.flag(2)?).into())
        }
        "array_search" => {
            args.at_most(3)?;
            Some(php::array_search(
                args.any(0)?,
                args.array(1)?,
                args.flag(2)?,
            ))
        }
        "array_sum" => php::array_sum(alone()?).ok(),
        "array_flip" => Some(php::array_flip(alone()?)),
        "array_unique" => Some(php::array_unique(alone()?)),
        "array_reverse" => Some(php::array_reverse(alone()?)),
        "array_combine" => {
            args.at_most(2)?;
            php::array_combine(args.array(0)?, args.array(1)?).ok()
        }
        "implode" | "join" => imploded(args),
        "explode" => {
            args.at_most(3)?;
            let limit = args.int_or(2, i64::MAX)?;
            php::explode(&args.text(0)?, &args.text(1)?, Some(limit)).ok()
        }
        "http_build_query" => query(args),
        _ => None,
    }
}

fn imploded(args: &Plain) -> Option<Json> {
    args.at_most(2)?;
    let (glue, pieces) = match (args.any(0)?, args.any(1)) {
        (pieces, None) => (String::new(), pieces),
        (glue, Some(pieces)) => (php::as_text(glue).ok()?, pieces),
    };
    let values = php::values(Some(pieces).filter(|pieces| php::is_array(pieces))?);
    let nested = values.iter().any(php::is_array);
    let short = values.len().saturating_mul(glue.len()) < super::LONGEST;
    (short && !nested).then(|| Json::String(php::implode(&glue, pieces)))
}

/// A prefix stands before the keys that are numbers; the separator is between the pairs.
fn query(args: &Plain) -> Option<Json> {
    args.at_most(4)?;
    let prefix = args.text_or(1, "")?;
    let separator = args.optional(2, Plain::text)?;
    let items = php::items(args.array(0)?).into_iter();
    let data: serde_json::Map<_, _> = items
        .map(|(key, value)| match key {
            Json::Number(number) => (format!("{prefix}{number}"), value),
            key => (php::text(&key), value),
        })
        .collect();
    let raw = args.int_or(3, 1)? == 2;
    let text = php::http_build_query(&Json::Object(data), raw);
    Some(Json::String(match separator {
        Some(separator) => text.replace('&', &separator),
        None => text,
    }))
}
