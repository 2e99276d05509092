//! JSON as PHP reads and writes it.

use std::rc::Rc;

use serde_json::{Map, Number, Value as Json};

use super::object::Object;
use super::value::{Array, Key, Value};

/// The flags of `json_encode` that change its text.
#[rustfmt::skip]
pub(crate) mod flag {
    pub(crate) const HEX_TAG: i64 = 1;
    pub(crate) const HEX_AMP: i64 = 2;
    pub(crate) const HEX_APOS: i64 = 4;
    pub(crate) const HEX_QUOT: i64 = 8;
    pub(crate) const FORCE_OBJECT: i64 = 16;
    pub(crate) const UNESCAPED_SLASHES: i64 = 64;
    pub(crate) const PRETTY_PRINT: i64 = 128;
    pub(crate) const UNESCAPED_UNICODE: i64 = 256;
    pub(crate) const PRESERVE_ZERO_FRACTION: i64 = 1024;
}

/// How deep PHP goes.
const DEEPEST: usize = 512;

/// A value as Guzzle's `json` takes it: a list or an object, by its keys.
pub(crate) fn to_json(value: &Value<'_>) -> Result<Json, Rc<str>> {
    at_depth(value, 0)
}

fn at_depth(value: &Value<'_>, depth: usize) -> Result<Json, Rc<str>> {
    if depth > DEEPEST {
        return Err("it is nested too deeply".into());
    }
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => Json::from(*number),
        Value::Float(number) => number_of(*number)?,
        Value::Text(text) => Json::String(text.clone()),
        Value::Array(array) if array.is_list() => {
            let items = array.values().map(|item| at_depth(item, depth + 1));
            Json::Array(items.collect::<Result<_, _>>()?)
        }
        Value::Array(array) => Json::Object(members(array, depth)?),
        Value::Object(object) => match &*object.borrow() {
            Object::Plain(properties) => Json::Object(members(properties, depth)?),
            other => Json::String(other.to_text()?),
        },
        other => Json::String(other.to_text()?),
    })
}

fn members(array: &Array<'_>, depth: usize) -> Result<Map<String, Json>, Rc<str>> {
    let member =
        |(key, value): (&Key, &Value<'_>)| Ok((key.to_text(), at_depth(value, depth + 1)?));
    array.iter().map(member).collect()
}

/// A float without a fraction is written without one, up to 10^17.
fn number_of(number: f64) -> Result<Json, Rc<str>> {
    if number.fract() == 0.0 && number.abs() < 1e17 && !(number == 0.0 && number.is_sign_negative())
    {
        return Ok(Json::from(number as i64));
    }
    match Number::from_f64(number) {
        Some(number) => Ok(Json::Number(number)),
        None => Err("infinity and NaN are no JSON".into()),
    }
}

/// `json_encode`, byte for byte.
pub(crate) fn encode(value: &Value<'_>, flags: i64) -> Result<String, Rc<str>> {
    let mut writer = Writer {
        out: String::new(),
        flags,
    };
    writer.value(value, 0)?;
    Ok(writer.out)
}

struct Writer {
    out: String,
    flags: i64,
}

impl Writer {
    fn has(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    fn value(&mut self, value: &Value<'_>, depth: usize) -> Result<(), Rc<str>> {
        if depth > DEEPEST {
            return Err("it is nested too deeply".into());
        }
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Int(number) => self.out.push_str(&number.to_string()),
            Value::Float(number) => self.float(*number)?,
            Value::Text(text) => self.text(text),
            Value::Array(array) if array.is_list() && !self.has(flag::FORCE_OBJECT) => {
                let items = array.values().map(|value| (None, value));
                self.items('[', ']', items, depth)?;
            }
            Value::Array(array) => self.object(array, depth)?,
            Value::Object(object) => match &*object.borrow() {
                Object::Plain(properties) => self.object(properties, depth)?,
                other => self.text(&other.to_text()?),
            },
            other => self.text(&other.to_text()?),
        }
        Ok(())
    }

    fn object(&mut self, array: &Array<'_>, depth: usize) -> Result<(), Rc<str>> {
        let items = array
            .iter()
            .map(|(key, value)| (Some(key.to_text()), value));
        self.items('{', '}', items, depth)
    }

    fn items<'v, 'a: 'v>(
        &mut self,
        open: char,
        close: char,
        items: impl Iterator<Item = (Option<String>, &'v Value<'a>)>,
        depth: usize,
    ) -> Result<(), Rc<str>> {
        self.out.push(open);
        let mut any = false;
        for (key, value) in items {
            if any {
                self.out.push(',');
            }
            any = true;
            self.line(depth + 1);
            if let Some(key) = key {
                self.text(&key);
                self.out.push_str(if self.has(flag::PRETTY_PRINT) {
                    ": "
                } else {
                    ":"
                });
            }
            self.value(value, depth + 1)?;
        }
        if any {
            self.line(depth);
        }
        self.out.push(close);
        Ok(())
    }

    fn line(&mut self, depth: usize) {
        if self.has(flag::PRETTY_PRINT) {
            self.out.push('\n');
            self.out.push_str(&"    ".repeat(depth));
        }
    }

    fn float(&mut self, number: f64) -> Result<(), Rc<str>> {
        if !number.is_finite() {
            return Err("infinity and NaN are no JSON".into());
        }
        let text = wechatpay_chain_php::digits::json(number);
        self.out.push_str(&text);
        if self.has(flag::PRESERVE_ZERO_FRACTION) && !text.contains(['.', 'e']) {
            self.out.push_str(".0");
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' if self.has(flag::HEX_QUOT) => self.out.push_str("\\u0022"),
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '/' if !self.has(flag::UNESCAPED_SLASHES) => self.out.push_str("\\/"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '<' if self.has(flag::HEX_TAG) => self.out.push_str("\\u003C"),
                '>' if self.has(flag::HEX_TAG) => self.out.push_str("\\u003E"),
                '&' if self.has(flag::HEX_AMP) => self.out.push_str("\\u0026"),
                '\'' if self.has(flag::HEX_APOS) => self.out.push_str("\\u0027"),
                c if (c as u32) < 0x20 => self.unit(c as u16),
                // PHP keeps these two escaped: they end lines in JavaScript.
                '\u{2028}' | '\u{2029}' => self.unit(c as u16),
                c if c.is_ascii() || self.has(flag::UNESCAPED_UNICODE) => self.out.push(c),
                c => c
                    .encode_utf16(&mut [0; 2])
                    .iter()
                    .for_each(|unit| self.unit(*unit)),
            }
        }
        self.out.push('"');
    }

    fn unit(&mut self, unit: u16) {
        self.out.push_str(&format!("\\u{unit:04x}"));
    }
}

/// `json_decode`: objects, or with `associative` arrays.
pub(crate) fn decode<'a>(text: &str, associative: bool) -> Value<'a> {
    match serde_json::from_str(text) {
        Ok(json) => from_json(&json, associative),
        Err(_) => Value::Null,
    }
}

pub(crate) fn from_json<'a>(json: &Json, associative: bool) -> Value<'a> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| from_json(item, associative))
                .collect(),
        ),
        Json::Object(members) => {
            let member =
                |(key, value): (&String, &Json)| (Key::text(key), from_json(value, associative));
            let array: Array<'_> = members.iter().map(member).collect();
            match associative {
                true => Value::Array(array),
                false => Value::object(Object::Plain(array)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str, flags: i64) -> String {
        encode(&decode(text, false), flags).unwrap()
    }

    #[test]
    fn escapes_as_php_does() {
        for (text, flags, expected) in [
            (
                r#"{"k/中":"中文😀"}"#,
                0,
                r#"{"k\/\u4e2d":"\u4e2d\u6587\ud83d\ude00"}"#,
            ),
            (
                r#""a\"\\\b\f\n\r\t\u0001\u000b<>&'""#,
                0,
                r#""a\"\\\b\f\n\r\t\u0001\u000b<>&'""#,
            ),
            (
                r#""中/""#,
                flag::UNESCAPED_UNICODE | flag::UNESCAPED_SLASHES,
                r#""中/""#,
            ),
            (r#""<>&'\"""#, 15, r#""\u003C\u003E\u0026\u0027\u0022""#),
            ("[]", 0, "[]"),
            ("{}", 0, "{}"),
            ("[]", flag::FORCE_OBJECT, "{}"),
            ("[1.0,1.5,10.50]", 0, "[1,1.5,10.5]"),
            ("1.0", flag::PRESERVE_ZERO_FRACTION, "1.0"),
            (
                r#"{"a":[1,{}]}"#,
                flag::PRETTY_PRINT,
                "{\n    \"a\": [\n        1,\n        {}\n    ]\n}",
            ),
        ] {
            assert_eq!(round(text, flags), expected, "{text}");
        }
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
