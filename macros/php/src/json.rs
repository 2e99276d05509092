//! `json_encode` and `json_decode`.

use std::borrow::Cow;

use serde_json::Value;

use crate::value::num;
use crate::{Result, Thrown, digits, value::Num};

/// `JSON_ERROR_DEPTH`
const DEPTH: i64 = 1;
/// `JSON_ERROR_CTRL_CHAR`
const CONTROL: i64 = 3;
/// `JSON_ERROR_SYNTAX`
const SYNTAX: i64 = 4;
/// `JSON_ERROR_UTF16`
const UTF16: i64 = 10;

/// The flags of `json_encode` and `json_decode`.
#[allow(missing_docs, reason = "they are PHP's")]
pub mod flag {
    pub const HEX_TAG: i64 = 1;
    pub const HEX_AMP: i64 = 2;
    pub const HEX_APOS: i64 = 4;
    pub const HEX_QUOT: i64 = 8;
    pub const FORCE_OBJECT: i64 = 16;
    pub const NUMERIC_CHECK: i64 = 32;
    pub const UNESCAPED_SLASHES: i64 = 64;
    pub const PRETTY_PRINT: i64 = 128;
    pub const UNESCAPED_UNICODE: i64 = 256;
    pub const PRESERVE_ZERO_FRACTION: i64 = 1024;
}

/// `json_encode($value, $flags)`: `/` and non-ASCII characters are escaped unless a flag disables it.
#[must_use]
pub fn json_encode(value: &Value, flags: i64) -> String {
    let mut writer = Writer {
        out: String::new(),
        flags,
    };
    writer.value(value, 0);
    writer.out
}

/// `json_decode($text, true)`: null for invalid JSON.
#[must_use]
pub fn json_decode_array(text: &str) -> Value {
    arrays(json_decode(text))
}

/// `json_decode($text)`: null for invalid JSON.
#[must_use]
pub fn json_decode(text: &str) -> Value {
    parse(text).unwrap_or(Value::Null)
}

/// `json_last_error()` behind `json_decode($text)`.
#[must_use]
pub fn json_error(text: &str) -> i64 {
    match serde_json::from_str::<Value>(&without_negative_zero(text)) {
        Ok(_) => 0,
        Err(error) => error_code(text, &error),
    }
}

/// The text of `json_decode($text)`, for [`json_error`] and the call.
#[must_use]
pub fn json_text(text: &str) -> String {
    text.to_owned()
}

/// `json_last_error_msg()` of a code of [`json_error`].
#[must_use]
pub fn json_error_text(code: i64) -> &'static str {
    match code {
        0 => "No error",
        DEPTH => "Maximum stack depth exceeded",
        CONTROL => "Control character error, possibly incorrectly encoded",
        UTF16 => "Single unpaired UTF-16 surrogate in unicode escape",
        _ => "Syntax error",
    }
}

fn error_code(text: &str, error: &serde_json::Error) -> i64 {
    let told = error.to_string();
    let line = text.split('\n').nth(error.line().saturating_sub(1));
    let line = line.unwrap_or_default();
    let column = error.column().saturating_sub(1);
    // `\u12"`
    let escape = text
        .rsplit('\\')
        .next()
        .and_then(|tail| tail.strip_prefix('u'));
    let digits = |hex: &str| hex.chars().take_while(char::is_ascii_hexdigit).count();
    if told.starts_with("EOF") && escape.is_some_and(|hex| digits(hex) < 4) {
        return SYNTAX;
    }
    // PHP reads the end of the text within a string as a character of control.
    if told.starts_with("EOF while parsing a string") || told.starts_with("control character") {
        return CONTROL;
    }
    if told.starts_with("recursion limit") {
        return DEPTH;
    }
    if told.contains("surrogate") || told.contains("hex escape") {
        return UTF16;
    }
    let found = line.as_bytes().get(column);
    let is_control = found.is_some_and(|byte| *byte < b' ' && !b"\t\r\n".contains(byte));
    if is_control { CONTROL } else { SYNTAX }
}

/// The text, as it is, if it is JSON: what `json_decode` with `JSON_THROW_ON_ERROR` reads.
///
/// # Errors
/// A `JsonException` if it is not.
pub fn valid_json(text: &str) -> Result<String> {
    match parse(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err(Thrown::new("JsonException", "Syntax error").with_code(SYNTAX)),
    }
}

/// The value of JSON; nothing for invalid JSON.
fn parse(text: &str) -> Option<Value> {
    let value = serde_json::from_str(&without_negative_zero(text)).ok();
    value.map(without_large_integers)
}

/// PHP reads a whole number that is too large for an `int` as a float.
fn without_large_integers(value: Value) -> Value {
    match value {
        Value::Number(ref number) if number.is_u64() && !number.is_i64() => {
            Value::from(number.as_f64())
        }
        Value::Array(items) => {
            let items = items.into_iter();
            items.map(without_large_integers).collect()
        }
        Value::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(key, value)| (key, without_large_integers(value)));
            Value::Object(members.collect())
        }
        other => other,
    }
}

/// PHP reads `-0` as the whole number 0, and `-0.0` as a float.
fn without_negative_zero(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut in_string = false;
    let mut escaped = false;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'-' if !in_string && matches!(rest, [b'0', next @ ..] if !continues(next)) => {
                out.push_str(text.get(copied..at).unwrap_or_default());
                copied = at + 1;
            }
            _ => {}
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

fn continues(digits: &[u8]) -> bool {
    matches!(digits, [b'0'..=b'9' | b'.' | b'e' | b'E', ..])
}

/// Converts objects to arrays as PHP does.
fn arrays(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(arrays).collect(),
        Value::Object(members) => {
            crate::map(members.into_iter().map(|(key, value)| (key, arrays(value))))
        }
        scalar => scalar,
    }
}

/// A value as the SDK puts it into a body: PHP writes a float without a fraction as a whole number.
#[must_use]
pub fn sent(value: Value) -> Value {
    match value {
        Value::Array(list) => list.into_iter().map(sent).collect(),
        Value::Object(members) => {
            let members = members.into_iter();
            Value::Object(members.map(|(key, value)| (key, sent(value))).collect())
        }
        Value::Number(number) => match num(&number) {
            Num::Float(float)
                if float.fract() == 0.0
                    && float.abs() < 1e17
                    && !(float == 0.0 && float.is_sign_negative()) =>
            {
                Value::from(float as i64)
            }
            _ => Value::Number(number),
        },
        scalar => scalar,
    }
}

struct Writer {
    out: String,
    flags: i64,
}

impl Writer {
    fn has(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Value::Number(number) => match num(number) {
                Num::Int(number) => self.out.push_str(&number.to_string()),
                Num::Float(number) => self.float(number),
            },
            Value::String(text) => match crate::value::numeric(text) {
                Some(Num::Int(number)) if self.has(flag::NUMERIC_CHECK) => {
                    self.out.push_str(&number.to_string());
                }
                Some(Num::Float(number)) if self.has(flag::NUMERIC_CHECK) => self.float(number),
                _ => self.text(text),
            },
            Value::Array(list) if !self.has(flag::FORCE_OBJECT) => {
                let items = list.iter().map(|value| (None, value)).collect();
                self.items('[', ']', items, depth);
            }
            Value::Array(list) => {
                let keys: Vec<String> = (0..list.len()).map(|key| key.to_string()).collect();
                let items = keys
                    .iter()
                    .map(|key| Some(key.as_str()))
                    .zip(list)
                    .collect();
                self.items('{', '}', items, depth);
            }
            Value::Object(members) => {
                let items = members
                    .iter()
                    .map(|(key, value)| (Some(key.as_str()), value));
                self.items('{', '}', items.collect(), depth);
            }
        }
    }

    fn float(&mut self, number: f64) {
        self.out.push_str(&digits::json(number));
        if self.has(flag::PRESERVE_ZERO_FRACTION) && number.fract() == 0.0 && number.abs() < 1e17 {
            self.out.push_str(".0");
        }
    }

    fn items(&mut self, open: char, close: char, items: Vec<(Option<&str>, &Value)>, depth: usize) {
        self.out.push(open);
        let empty = items.is_empty();
        for (index, (key, value)) in items.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.line(depth + 1);
            if let Some(key) = key {
                self.text(key);
                let pretty = self.has(flag::PRETTY_PRINT);
                self.out.push_str(if pretty { ": " } else { ":" });
            }
            self.value(value, depth + 1);
        }
        if !empty {
            self.line(depth);
        }
        self.out.push(close);
    }

    fn line(&mut self, depth: usize) {
        if self.has(flag::PRETTY_PRINT) {
            self.out.push('\n');
            self.out.push_str(&"    ".repeat(depth));
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            self.character(c);
        }
        self.out.push('"');
    }

    fn character(&mut self, c: char) {
        match c {
            '"' if self.has(flag::HEX_QUOT) => self.out.push_str("\\u0022"),
            '<' if self.has(flag::HEX_TAG) => self.out.push_str("\\u003C"),
            '>' if self.has(flag::HEX_TAG) => self.out.push_str("\\u003E"),
            '&' if self.has(flag::HEX_AMP) => self.out.push_str("\\u0026"),
            '\'' if self.has(flag::HEX_APOS) => self.out.push_str("\\u0027"),
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '/' if !self.has(flag::UNESCAPED_SLASHES) => self.out.push_str("\\/"),
            '\u{8}' => self.out.push_str("\\b"),
            '\u{c}' => self.out.push_str("\\f"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\u{2028}' | '\u{2029}' => self.escaped(c),
            c if c < ' ' => self.escaped(c),
            c if !c.is_ascii() && !self.has(flag::UNESCAPED_UNICODE) => self.escaped(c),
            c => self.out.push(c),
        }
    }

    fn escaped(&mut self, c: char) {
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            self.out.push_str(&format!("\\u{unit:04x}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_is_escaped_as_php_does() {
        let value = json!({"a": 1.0, "b": "中/", "c": []});
        assert_eq!(json_encode(&value, 0), r#"{"a":1,"b":"\u4e2d\/","c":[]}"#);
        let plain = flag::UNESCAPED_UNICODE | flag::UNESCAPED_SLASHES;
        assert_eq!(json_encode(&value, plain), r#"{"a":1,"b":"中/","c":[]}"#);
        assert_eq!(
            json_encode(&json!({"a": [1]}), flag::PRETTY_PRINT),
            "{\n    \"a\": [\n        1\n    ]\n}"
        );
        assert_eq!(json_decode_array("{}"), json!([]));
        assert_eq!(
            json_decode_array(r#"{"0":{"b":1},"1":2}"#),
            json!([{"b": 1}, 2])
        );
        assert_eq!(json_decode("no"), Value::Null);
        assert_eq!(sent(json!({"a": [1.0, 1.5]})), json!({"a": [1, 1.5]}));
    }
}
