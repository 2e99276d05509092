//! The `query` option of a call, written as the PHP SDK writes it.

use std::borrow::Cow;

use serde_json::{Number, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::percent;

/// The number of digits that PHP prints for a float (its setting `precision`).
const PRECISION: i32 = 14;

/// Writes an object as the query of a URL, like `Call::query` and PHP's `http_build_query` (RFC 3986).
///
/// Use it for URLs that a browser opens; a call writes its query itself.
///
/// ```
/// use serde_json::json;
/// let query = wechatpay_chain::query_string(&json!({"appid": "wx1", "notify_url": "https://a/b?c"}))?;
/// assert_eq!(query, "appid=wx1&notify_url=https%3A%2F%2Fa%2Fb%3Fc");
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Request`] for a number or a boolean, which have no names.
pub fn query_string(parameters: &Value) -> Result<String> {
    let query = Query::from_value(parameters.clone())?;
    Ok(query.encode().unwrap_or_default())
}

/// The query of a call under construction.
#[derive(Clone, Default)]
pub enum Query {
    /// No query.
    #[default]
    Empty,
    /// Names and values, in order.
    Parameters(Vec<(String, Value)>),
    /// The text after `?`, unchanged.
    Text(String),
}

impl Query {
    /// Reads the PHP SDK's option `query`.
    ///
    /// A map or list follows the rules of PHP's `http_build_query` (RFC 3986): `true` is `1`,
    /// `false` is `0`, `null` and empty lists are left out, nesting is `a%5Bx%5D=1`. A text is used as the query;
    /// only bytes that are invalid there are encoded.
    pub fn from_value(value: Value) -> Result<Self> {
        match value {
            Value::Null => Ok(Self::Empty),
            Value::String(text) => Ok(Self::Text(text)),
            Value::Object(map) => Ok(Self::Parameters(map.into_iter().collect())),
            Value::Array(list) => {
                let numbered = list.into_iter().enumerate();
                let named = numbered.map(|(index, value)| (index.to_string(), value));
                Ok(Self::Parameters(named.collect()))
            }
            Value::Bool(_) | Value::Number(_) => Err(Error::new(
                ErrorKind::Request,
                "the query is a single number or boolean; give a map of names and values, or the \
                 query as text",
            )),
        }
    }

    /// Adds a parameter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when the query was given as text.
    pub fn push(&mut self, name: String, value: Value) -> Result<()> {
        match self {
            Self::Empty => *self = Self::Parameters(vec![(name, value)]),
            Self::Parameters(parameters) => parameters.push((name, value)),
            Self::Text(_) => {
                return Err(Error::new(
                    ErrorKind::Request,
                    "the query is given as text and as parameters; give it in one form",
                ));
            }
        }
        Ok(())
    }

    /// Returns the text after `?`; `None` if it is empty.
    pub fn encode(&self) -> Option<String> {
        let mut out = String::new();
        match self {
            Self::Empty => {}
            Self::Parameters(parameters) => {
                for (name, value) in parameters {
                    push_member(&mut out, "", name, value);
                }
            }
            Self::Text(text) => percent::push_literal(&mut out, text),
        }
        (!out.is_empty()).then_some(out)
    }
}

fn push_members(out: &mut String, parent: &str, value: &Value) {
    match value {
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                push_member(out, parent, &index.to_string(), value);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                push_member(out, parent, key, value);
            }
        }
        _ => {}
    }
}

fn push_member(out: &mut String, parent: &str, key: &str, value: &Value) {
    let Some(text) = scalar(value) else {
        return push_members(out, &name(parent, key), value);
    };
    if !out.is_empty() {
        out.push('&');
    }
    out.push_str(&name(parent, key));
    out.push('=');
    percent::push_value(out, &text);
}

/// Encodes `key`, or `parent[key]`.
fn name(parent: &str, key: &str) -> String {
    let mut name = String::from(parent);
    if parent.is_empty() {
        percent::push_value(&mut name, key);
        return name;
    }
    name.push_str("%5B");
    percent::push_value(&mut name, key);
    name.push_str("%5D");
    name
}

/// Returns the text of a scalar; `None` for lists, objects and values that are left out.
fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Bool(flag) => Some(if *flag { "1" } else { "0" }.into()),
        Value::Number(number) => Some(number_text(number).into()),
        Value::String(text) => Some(text.into()),
        Value::Array(_) | Value::Null | Value::Object(_) => None,
    }
}

/// Writes a number as PHP does in a query or in XML.
pub fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float_text(float),
        _ => number.to_string(),
    }
}

/// Writes a float as PHP does: 14 significant digits, `1.0E+14` from 1e14 on and below 1e-4.
fn float_text(float: f64) -> String {
    let digits = PRECISION as usize;
    let scientific = format!("{float:.*e}", digits - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..PRECISION).contains(&exponent) {
        let decimals = usize::try_from(PRECISION - 1 - exponent).unwrap_or_default();
        return trimmed(&format!("{float:.decimals$}")).to_owned();
    }
    let mantissa = trimmed(mantissa);
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent:+}")
}

/// Removes zeros at the end of a fraction.
fn trimmed(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query_string(query: &Value) -> Result<String> {
        let query = Query::from_value(query.clone())?;
        Ok(query.encode().unwrap_or_default())
    }

    #[test]
    fn queries_equal_those_of_http_build_query() {
        for (query, expected) in [
            (
                json!({"a": true, "b": false, "c": null, "d": "", "e": 0}),
                "a=1&b=0&d=&e=0",
            ),
            (json!({"a": [1, 2]}), "a%5B0%5D=1&a%5B1%5D=2"),
            (json!({"a": {"x": 1}}), "a%5Bx%5D=1"),
            (json!({"a": {"y": {"z": "q r"}}}), "a%5By%5D%5Bz%5D=q%20r"),
            (json!({"a": {"y": null, "z": 1}}), "a%5Bz%5D=1"),
            (json!({"a": [null, 1]}), "a%5B1%5D=1"),
            (json!({"a": [], "b": {}, "c": null}), ""),
            (json!({}), ""),
            (json!([]), ""),
            (json!(null), ""),
            (json!(["x", "y"]), "0=x&1=y"),
            (json!({"a b": "x+y/z:1,2\n"}), "a%20b=x%2By%2Fz%3A1%2C2%0A"),
            (
                json!({"a": "-._~", "中": "文"}),
                "a=-._~&%E4%B8%AD=%E6%96%87",
            ),
            (json!({"a": {"x y": 1}}), "a%5Bx%20y%5D=1"),
            (json!({"z": 1, "a": 2}), "z=1&a=2"),
            (
                json!({"a": 2000002124775691_u64, "b": -1}),
                "a=2000002124775691&b=-1",
            ),
        ] {
            assert_eq!(query_string(&query).unwrap(), expected, "{query}");
        }
    }

    #[test]
    fn floats_are_written_as_php_writes_them() {
        for (float, expected) in [
            (0.1 + 0.2, "0.3"),
            (1.0, "1"),
            (-0.0, "-0"),
            (0.0, "0"),
            (1e13, "10000000000000"),
            (1e14, "1.0E+14"),
            (1.5e20, "1.5E+20"),
            (99_999_999_999_999.9, "1.0E+14"),
            (123_456.789, "123456.789"),
            (0.0001, "0.0001"),
            (0.00001, "1.0E-5"),
            (-1.25e-7, "-1.25E-7"),
            (1e100, "1.0E+100"),
        ] {
            assert_eq!(float_text(float), expected);
        }
        assert_eq!(query_string(&json!({"a": 1e14})).unwrap(), "a=1.0E%2B14");
    }

    #[test]
    fn a_text_is_taken_as_the_query() {
        for (text, expected) in [
            ("a=b c&d=中", "a=b%20c&d=%E4%B8%AD"),
            ("a=%2f", "a=%2f"),
            ("a=[1]", "a=%5B1%5D"),
            ("?a=1", "?a=1"),
            ("a=1#x", "a=1%23x"),
            ("a=%zz", "a=%25zz"),
            ("", ""),
        ] {
            assert_eq!(query_string(&json!(text)).unwrap(), expected);
        }
    }

    #[test]
    fn a_single_number_is_rejected() {
        for query in [json!(1), json!(true)] {
            assert_eq!(query_string(&query).unwrap_err().kind(), ErrorKind::Request);
        }
    }
}
