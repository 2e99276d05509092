//! Functions on texts.

use super::value::Value;

/// The functions whose arguments are known texts and numbers; nothing for any other name.
pub(super) fn call<'a>(name: &str, args: &[Value<'a>]) -> Option<Value<'a>> {
    let text = |at: usize| args.get(at).and_then(|value| value.to_text().ok());
    let number = |at: usize| args.get(at).and_then(Value::to_int);
    let first = text(0)?;
    let done = match name {
        "strtoupper" => first.to_ascii_uppercase(),
        "strtolower" => first.to_ascii_lowercase(),
        "mb_strtoupper" => first.to_uppercase(),
        "mb_strtolower" => first.to_lowercase(),
        "ucfirst" => capital(&first, u8::to_ascii_uppercase),
        "lcfirst" => capital(&first, u8::to_ascii_lowercase),
        "trim" => first.trim_matches(blanks(text(1))).to_owned(),
        "ltrim" => first.trim_start_matches(blanks(text(1))).to_owned(),
        "rtrim" | "chop" => first.trim_end_matches(blanks(text(1))).to_owned(),
        "strrev" => first.chars().rev().collect(),
        "str_repeat" => first.repeat(
            usize::try_from(number(1)?)
                .ok()
                .filter(|times| times.saturating_mul(first.len()) < 1 << 20)?,
        ),
        "substr" => substr(&first, number(1)?, number(2))?,
        "mb_substr" => {
            let chars: Vec<char> = first.chars().collect();
            chars[range(chars.len(), number(1)?, number(2))]
                .iter()
                .collect()
        }
        "str_replace" => {
            let (from, to, subject) = (text(0)?, text(1)?, text(2)?);
            if from.is_empty() {
                subject
            } else {
                let grown = subject.matches(&*from).count().checked_mul(to.len())?;
                if grown > super::LONGEST {
                    return None;
                }
                subject.replace(&from, &to)
            }
        }
        "str_pad" => pad(
            &first,
            number(1)?,
            &text(2).unwrap_or_else(|| " ".into()),
            number(3).unwrap_or(1),
        ),
        "rawurlencode" => percent_encode(&first, false),
        "urlencode" => percent_encode(&first, true),
        "rawurldecode" => percent_decode(&first, false)?,
        "urldecode" => percent_decode(&first, true)?,
        "basename" => super::guzzle::basename(&first).to_owned(),
        "strval" => first,
        "strlen" => return Some(Value::Int(first.len() as i64)),
        "mb_strlen" => return Some(Value::Int(first.chars().count() as i64)),
        "intval" => return args.first()?.to_int().map(Value::Int),
        "floatval" | "doubleval" => return args.first()?.to_float().map(Value::Float),
        "round" => return rounded(args.first()?.to_float()?, number(1).unwrap_or(0)),
        "floor" => return Some(Value::Float(args.first()?.to_float()?.floor())),
        "ceil" => return Some(Value::Float(args.first()?.to_float()?.ceil())),
        "abs" => return number(0).map(|number| Value::Int(number.saturating_abs())),
        "strpos" => {
            let at = first.find(&text(1)?);
            return Some(at.map_or(Value::Bool(false), |at| Value::Int(at as i64)));
        }
        "str_starts_with" => return Some(Value::Bool(first.starts_with(&text(1)?))),
        "str_ends_with" => return Some(Value::Bool(first.ends_with(&text(1)?))),
        "str_contains" => return Some(Value::Bool(first.contains(&text(1)?))),
        _ => return None,
    };
    Some(Value::Text(done))
}

fn capital(text: &str, case: fn(&u8) -> u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if let Some(first) = bytes.first_mut() {
        *first = case(first);
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn blanks(given: Option<String>) -> impl Fn(char) -> bool {
    move |c| match &given {
        Some(set) => set.contains(c),
        None => " \t\n\r\0\u{b}".contains(c),
    }
}

/// Bytes; nothing when they are not UTF-8.
fn substr(text: &str, offset: i64, length: Option<i64>) -> Option<String> {
    text.get(range(text.len(), offset, length))
        .map(str::to_owned)
}

/// What `substr` takes of `len` items.
fn range(len: usize, offset: i64, length: Option<i64>) -> std::ops::Range<usize> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let start = if offset < 0 {
        len.saturating_add(offset).max(0)
    } else {
        offset.min(len)
    };
    let end = match length {
        None => len,
        Some(length) if length < 0 => len.saturating_add(length).max(start),
        Some(length) => start.saturating_add(length).min(len),
    };
    start as usize..end as usize
}

fn pad(text: &str, len: i64, with: &str, kind: i64) -> String {
    let wanted = usize::try_from(len).unwrap_or(0).min(1 << 16);
    let missing = wanted.saturating_sub(text.len());
    if missing == 0 || with.is_empty() {
        return text.to_owned();
    }
    let fill = |count: usize| with.chars().cycle().take(count).collect::<String>();
    match kind {
        0 => fill(missing) + text,
        2 => fill(missing / 2) + text + &fill(missing - missing / 2),
        _ => text.to_owned() + &fill(missing),
    }
}

fn rounded<'a>(number: f64, places: i64) -> Option<Value<'a>> {
    let factor = 10_f64.powi(i32::try_from(places).ok()?);
    Some(Value::Float((number * factor).round() / factor))
}

/// `rawurlencode`, or with `form` `urlencode`.
pub(super) fn percent_encode(text: &str, form: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                out.push(char::from(byte))
            }
            b'~' if !form => out.push('~'),
            b' ' if form => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn percent_decode(text: &str, form: bool) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = text.as_bytes();
    while let [byte, rest @ ..] = bytes {
        let hex = rest.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex
            .filter(|hex| hex.bytes().all(|c| c.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, decoded) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                bytes = &rest[2..];
                continue;
            }
            (b'+', _) if form => out.push(b' '),
            _ => out.push(*byte),
        }
        bytes = rest;
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let text = |text: &str| Value::Text(text.into());
        for (name, args, expected) in [
            ("strtoupper", vec![text("aä1")], "Aä1"),
            ("substr", vec![text("/v3/x/y"), Value::Int(4)], "x/y"),
            (
                "substr",
                vec![text("abcdef"), Value::Int(-3), Value::Int(2)],
                "de",
            ),
            ("substr", vec![text("abc"), Value::Int(9)], ""),
            (
                "mb_substr",
                vec![text("中文字"), Value::Int(1), Value::Int(1)],
                "文",
            ),
            ("rawurlencode", vec![text("a b/~中")], "a%20b%2F~%E4%B8%AD"),
            ("urlencode", vec![text("a b/~")], "a+b%2F%7E"),
            (
                "rawurldecode",
                vec![text("a%2Fb+%zz%e4%b8%ad")],
                "a/b+%zz中",
            ),
            ("urldecode", vec![text("a+b")], "a b"),
            ("trim", vec![text(" \na ")], "a"),
            (
                "str_pad",
                vec![text("7"), Value::Int(3), text("0"), Value::Int(0)],
                "007",
            ),
            ("ucfirst", vec![text("abc")], "Abc"),
        ] {
            let Some(Value::Text(found)) = call(name, &args) else {
                panic!("{name}")
            };
            assert_eq!(found, expected, "{name}");
        }
        for (offset, length) in [
            (i64::MIN, i64::MAX),
            (i64::MIN, i64::MIN),
            (i64::MAX, i64::MIN),
        ] {
            for name in ["substr", "mb_substr"] {
                let args = [text("abc"), Value::Int(offset), Value::Int(length)];
                assert!(call(name, &args).is_some(), "{name}({offset}, {length})");
            }
        }
        assert!(
            call("substr", &[text("中"), Value::Int(1)]).is_none(),
            "half a character"
        );
        assert!(call("str_repeat", &[text("x"), Value::Int(i64::MAX)]).is_none());
    }
}
