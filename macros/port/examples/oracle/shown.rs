//! Compares texts. PHP's hold marks where the other side may word it: `{{msg:…}}` takes any text, and what
//! `print_r` printed is taken as PHP prints it or as JSON.

use serde_json::Value;

/// The output of PHP, in pieces.
enum Piece {
    /// Exactly this.
    Text(String),
    /// Some text, not empty.
    Any,
    /// A value: its text, or its JSON.
    Value { text: String, json: Value },
}

/// Whether a text of the Rust is PHP's; `printed` may hold what `print_r` left.
pub(crate) fn same(php: &str, rust: &str) -> bool {
    matches(&pieces(php), rust)
}

/// The output of PHP, readable.
pub(crate) fn readable(php: &str) -> String {
    let piece = |piece: Piece| match piece {
        Piece::Text(text) | Piece::Value { text, .. } => text,
        Piece::Any => "{{any}}".to_owned(),
    };
    pieces(php).into_iter().map(piece).collect()
}

fn pieces(php: &str) -> Vec<Piece> {
    let mut made = Vec::new();
    let mut rest = php;
    while !rest.is_empty() {
        let mark = ["\u{2}", "{{msg:", "{{uniqid}}"]
            .iter()
            .filter_map(|mark| rest.find(mark))
            .min();
        let Some(at) = mark else {
            made.push(Piece::Text(rest.to_owned()));
            break;
        };
        if at > 0 {
            made.push(Piece::Text(rest[..at].to_owned()));
        }
        rest = &rest[at..];
        if rest.starts_with('\u{2}') {
            let end = rest.find('\u{3}').unwrap_or(rest.len() - 1);
            let said: Value = serde_json::from_slice(&base64(&rest[1..end])).unwrap_or_default();
            let text = base64(said["text"].as_str().unwrap_or_default());
            let json = said["json"].as_str().unwrap_or("null");
            made.push(Piece::Value {
                text: String::from_utf8_lossy(&text).into_owned(),
                json: serde_json::from_str(json).unwrap_or_default(),
            });
            rest = &rest[end + 1..];
        } else {
            made.push(Piece::Any);
            rest = rest.find("}}").map_or("", |end| &rest[end + 2..]);
        }
    }
    made
}

fn matches(pieces: &[Piece], rust: &str) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return rust.is_empty();
    };
    match first {
        Piece::Text(text) => rust
            .strip_prefix(text.as_str())
            .is_some_and(|after| matches(rest, after)),
        Piece::Any => {
            let ends = rust.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.into_iter().any(|end| matches(rest, &rust[end..]))
        }
        Piece::Value { text, json } => {
            let exact = rust
                .strip_prefix(text.as_str())
                .is_some_and(|after| matches(rest, after));
            // Marks within the value's own text.
            let marked = text.contains("{{msg:") && {
                let inner: Vec<Piece> = pieces_of(text);
                let mut all: Vec<&Piece> = inner.iter().collect();
                all.extend(rest);
                matches_all(&all, rust)
            };
            exact || marked || json_prefix(json, rust).is_some_and(|after| matches(rest, after))
        }
    }
}

fn pieces_of(text: &str) -> Vec<Piece> {
    pieces(text)
}

fn matches_all(pieces: &[&Piece], rust: &str) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return rust.is_empty();
    };
    match first {
        Piece::Text(text) => rust
            .strip_prefix(text.as_str())
            .is_some_and(|after| matches_all(rest, after)),
        Piece::Any => {
            let ends = rust.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.into_iter().any(|end| matches_all(rest, &rust[end..]))
        }
        Piece::Value { text, json } => {
            rust.strip_prefix(text.as_str())
                .is_some_and(|after| matches_all(rest, after))
                || json_prefix(json, rust).is_some_and(|after| matches_all(rest, after))
        }
    }
}

/// The text behind the JSON of a value, and the end of its line.
fn json_prefix<'t>(json: &Value, rust: &'t str) -> Option<&'t str> {
    let mut stream = serde_json::Deserializer::from_str(rust).into_iter::<Value>();
    let found = stream.next()?.ok()?;
    if !same_value(json, &found) {
        return None;
    }
    let after = &rust[stream.byte_offset()..];
    Some(after.strip_prefix('\n').unwrap_or(after))
}

/// Whether two values are the same; texts may hold marks, and PHP's empty array is a list or a map.
pub(crate) fn same_value(php: &Value, rust: &Value) -> bool {
    match (php, rust) {
        (Value::String(php), Value::String(rust)) => same(php, rust) || same_json_text(php, rust),
        (Value::Array(php), Value::Object(rust)) if php.is_empty() => rust.is_empty(),
        (Value::Array(php), Value::Array(rust)) => {
            php.len() == rust.len()
                && php
                    .iter()
                    .zip(rust)
                    .all(|(php, rust)| same_value(php, rust))
        }
        (Value::Object(php), Value::Object(rust)) => {
            php.len() == rust.len()
                && php
                    .iter()
                    .all(|(name, php)| rust.get(name).is_some_and(|rust| same_value(php, rust)))
        }
        (php, rust) => php == rust,
    }
}

/// JSON within a text: equal as texts where PHP's has no mark; with one, by its members.
fn same_json_text(php: &str, rust: &str) -> bool {
    if !php.contains("{{") || !php.starts_with(['{', '[']) {
        return false;
    }
    match (serde_json::from_str(php), serde_json::from_str(rust)) {
        (Ok(php), Ok(rust)) => same_value(&php, &rust),
        _ => false,
    }
}

pub(crate) fn base64(text: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => Some(c - b'A'),
        b'a'..=b'z' => Some(c - b'a' + 26),
        b'0'..=b'9' => Some(c - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut bytes, mut number, mut bits) = (Vec::new(), 0_u32, 0);
    for value in text.bytes().filter_map(digit) {
        number = (number << 6 | u32::from(value)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(number >> bits & 255).unwrap_or_default());
        }
    }
    bytes
}
