//! Bodies as they are signed by mistake.

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use serde_json::{Map, Value};

use super::super::views::Said;
use super::{Parts, Variant};

/// Bodies that are longer are not written otherwise.
const LONGEST: usize = 256 << 10;

pub(super) fn bodies(parts: &Parts<'_>) -> Vec<Variant<Vec<u8>>> {
    let body = parts.body;
    let mut found = vec![(None, body.to_vec())];
    if body.len().max(parts.sent.len()) > LONGEST {
        found.push((Some(NO_BODY), Vec::new()));
        return found;
    }
    let mut add = |said: Said, text: Vec<u8>| {
        if found.iter().all(|(_, known)| *known != text) {
            found.push((Some(said), text));
        }
    };
    add(NO_BODY, Vec::new());
    if body.is_empty() {
        let empty = (
            "a body is signed and none is sent",
            "签名包含了并未发送的报文主体",
        );
        for text in ["{}", "[]", "null", "\"\""] {
            add(empty, text.into());
        }
        let query = parts.target.split_once('?').map_or("", |(_, query)| query);
        add(
            (
                "the query is signed as the body",
                "把查询参数当作报文主体签名",
            ),
            query.into(),
        );
    }
    let whole = (
        "the whole upload is signed; only its meta part is",
        "对整个上传报文签名了：只对 meta 签名",
    );
    add(whole, parts.sent.to_vec());
    if let Ok(text) = std::str::from_utf8(body) {
        let ends = (
            "the body differs in blanks or line breaks at its ends",
            "报文主体首尾的空白不同",
        );
        add(ends, text.trim().into());
        add(ends, format!("{text}\n").into());
        add(ends, format!("\u{feff}{text}").into());
        let twice = (
            "the body is encoded as JSON twice",
            "报文主体被 JSON 编码了两次",
        );
        add(twice, Value::from(text).to_string().into());
    }
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        for text in rewritten(&value) {
            add(REWRITTEN, text.into());
        }
        let sorted = sorted(&value);
        for text in rewritten(&sorted) {
            add(
                (
                    "the body's members are in another order than was sent",
                    "报文主体的字段顺序与实际发送的不同",
                ),
                text.into(),
            );
        }
    }
    found
}

const NO_BODY: Said = ("the body is missing", "缺少报文主体");
const REWRITTEN: Said = (
    "the body is written as JSON once more, otherwise than it was sent: sign the very text that is sent",
    "报文主体被重新序列化，与实际发送的不同：请对实际发送的内容签名",
);

/// The same JSON as the libraries of other languages write it.
fn rewritten(value: &Value) -> Vec<String> {
    let compact = value.to_string();
    let spaced = written(value, Spaced);
    let pretty = |indent: &'static [u8]| written(value, PrettyFormatter::with_indent(indent));
    let mut texts = vec![
        // PHP's default, and with each of its flags.
        slashed(&ascii(&compact)),
        slashed(&compact),
        ascii(&compact),
        // Python's default, and with ensure_ascii=False.
        ascii(&spaced),
        spaced,
        // Go's default.
        html(&compact),
        pretty(b"  "),
        pretty(b"    "),
        pretty(b"\t"),
    ];
    texts.push(compact);
    texts
}

fn written(value: &Value, formatter: impl Formatter) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, formatter);
    // Writing a Value to memory cannot fail.
    let _ = value.serialize(&mut serializer);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `{"a": 1, "b": 2}`.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()>
    where
        W: ?Sized + std::io::Write,
    {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()>
    where
        W: ?Sized + std::io::Write,
    {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W>(&mut self, writer: &mut W) -> std::io::Result<()>
    where
        W: ?Sized + std::io::Write,
    {
        writer.write_all(b": ")
    }
}

/// Everything beyond ASCII as `\uXXXX`.
fn ascii(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_ascii() {
            true => escaped.push(character),
            false => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    escaped
}

fn slashed(text: &str) -> String {
    text.replace('/', "\\/")
}

fn html(text: &str) -> String {
    text.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut pairs: Vec<_> = members.iter().collect();
            pairs.sort_unstable_by_key(|(name, _)| *name);
            let pairs = pairs.into_iter();
            Value::Object(
                pairs
                    .map(|(name, value)| (name.clone(), sorted(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
