//! What an expression is where PHP could say it before running: texts, numbers, arrays of them.

use serde_json::{Map, Number, Value};

use super::scope::Scope;
use crate::syntax::{Arg, BinaryOp, Cast, Expr, ExprKind, Item, Piece, UnaryOp};

/// The value of an expression of literals, of variables that hold such, and of pure functions.
///
/// Nothing where it is large: what doubles with each statement would take all memory.
pub(crate) fn constant(expr: &Expr, scope: &Scope) -> Option<Value> {
    let mut left = LARGEST;
    folded_value(expr, scope).filter(|value| fits(value, &mut left))
}

/// How many bytes of texts and values a constant may have.
const LARGEST: usize = 1 << 20;

fn fits(value: &Value, left: &mut usize) -> bool {
    let size = 16 + value.as_str().map_or(0, str::len);
    let Some(less) = left.checked_sub(size) else {
        return false;
    };
    *left = less;
    match value {
        Value::Array(items) => items.iter().all(|item| fits(item, left)),
        Value::Object(members) => members
            .iter()
            .all(|(key, value)| key.len() < *left && fits(value, left)),
        _ => true,
    }
}

fn folded_value(expr: &Expr, scope: &Scope) -> Option<Value> {
    let fold = |expr: &Expr| constant(expr, scope);
    match &expr.kind {
        ExprKind::Variable(name) => scope.get(name)?.constant.clone(),
        ExprKind::Null => Some(Value::Null),
        ExprKind::Bool(flag) => Some(Value::Bool(*flag)),
        ExprKind::Int(number) => Some((*number).into()),
        ExprKind::Float(number) => float(*number),
        ExprKind::String(text) => Some(text.as_str().into()),
        ExprKind::Constant(name) if name.last() == "php_eol" => Some("\n".into()),
        ExprKind::Interpolated(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => Some(text.clone()),
                Piece::Value(expr) => text(&fold(expr)?),
            });
            pieces.collect::<Option<String>>().map(Value::from)
        }
        ExprKind::Binary {
            op: BinaryOp::Concat,
            left,
            right,
        } => Some((text(&fold(left)?)? + &text(&fold(right)?)?).into()),
        ExprKind::Binary { op, left, right } => arithmetic(*op, &fold(left)?, &fold(right)?),
        ExprKind::Unary { op, operand } => negated(*op, &fold(operand)?),
        ExprKind::Cast { to, value } => cast(*to, fold(value)?),
        ExprKind::Array(items) => array(items, scope),
        ExprKind::Call { function, args } => function_of(&function.last(), &folded(args, scope)?),
        ExprKind::StaticCall {
            class,
            method,
            args,
        } if class.is("WeChatPay\\Formatter") => {
            formatter(&method.to_ascii_lowercase(), &folded(args, scope)?)
        }
        ExprKind::MethodCall {
            object,
            method,
            args,
        } if args.is_empty() => uri_part(method.name()?, &uri(object, scope)?),
        _ => None,
    }
}

/// The text of an URL that `new Uri(…)` or a variable with one holds.
fn uri(expr: &Expr, scope: &Scope) -> Option<String> {
    match &expr.kind {
        ExprKind::Variable(name) => scope.get(name)?.uri.clone(),
        ExprKind::New { class, args } if class.is("GuzzleHttp\\Psr7\\Uri") => {
            text(&constant(&args.first()?.value, scope)?)
        }
        _ => None,
    }
}

/// The URL of an expression, where it is known.
pub(crate) fn known_uri(expr: &Expr, scope: &Scope) -> Option<String> {
    uri(expr, scope)
}

fn uri_part(method: &str, uri: &str) -> Option<Value> {
    let (_, rest) = uri.split_once("://")?;
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    match method.to_ascii_lowercase().as_str() {
        "getpath" => Some(path.into()),
        "getquery" => Some(query.into()),
        "gethost" => Some(host.into()),
        _ => None,
    }
}

fn float(number: f64) -> Option<Value> {
    // From 1e14 PHP's text of it is no longer that of an integer.
    if number.fract() == 0.0 && number.abs() < 1e14 && !(number == 0.0 && number.is_sign_negative())
    {
        #[allow(clippy::cast_possible_truncation, reason = "it was just bounded")]
        return Some((number as i64).into());
    }
    Number::from_f64(number).map(Value::Number)
}

/// Of whole numbers; what leaves PHP's integers is nothing.
fn arithmetic(op: BinaryOp, left: &Value, right: &Value) -> Option<Value> {
    let (left, right) = (left.as_i64()?, right.as_i64()?);
    let done = match op {
        BinaryOp::Add => left.checked_add(right),
        BinaryOp::Sub => left.checked_sub(right),
        BinaryOp::Mul => left.checked_mul(right),
        _ => None,
    };
    done.map(Value::from)
}

/// `(int)` of a text: the number that it begins with.
fn leading(text: &str) -> Option<i64> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let unsigned = text.trim_start_matches(['+', '-']);
    if text.len() - unsigned.len() > 1 {
        return Some(0);
    }
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &unsigned[digits..];
    if rest.starts_with(['e', 'E']) || (digits == 0 && rest.starts_with('.')) {
        // `1e3` is 1000, and `.5` is 0: of no use to anyone here.
        return None;
    }
    if digits == 0 {
        return Some(0);
    }
    // A fraction falls away, an exponent behind it does not.
    let fraction = rest.strip_prefix('.').unwrap_or_default();
    let exponent = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    if exponent.starts_with(['e', 'E']) {
        return None;
    }
    text[..text.len() - rest.len()].parse().ok()
}

fn negated(op: UnaryOp, operand: &Value) -> Option<Value> {
    match (op, operand) {
        (UnaryOp::Not, Value::Bool(flag)) => Some((!flag).into()),
        (UnaryOp::Plus, Value::Number(_)) => Some(operand.clone()),
        (UnaryOp::Minus, Value::Number(number)) => match number.as_i64() {
            Some(number) => number.checked_neg().map(Value::from),
            None => float(-number.as_f64()?),
        },
        _ => None,
    }
}

fn cast(to: Cast, value: Value) -> Option<Value> {
    match to {
        Cast::String => text(&value).map(Value::from),
        Cast::Int => match &value {
            Value::Number(number) => match number.as_i64() {
                Some(number) => Some(number.into()),
                #[allow(clippy::cast_possible_truncation, reason = "it was just bounded")]
                None => number
                    .as_f64()
                    .filter(|number| number.abs() < 9e15)
                    .map(|number| (number as i64).into()),
            },
            Value::String(text) => leading(text).map(Value::from),
            Value::Bool(flag) => Some(i64::from(*flag).into()),
            Value::Null => Some(0.into()),
            _ => None,
        },
        Cast::Float => value.as_f64().and_then(float),
        Cast::Bool => value.as_bool().map(Value::from),
        Cast::Array => value.is_array().then_some(value),
        Cast::Object => match value {
            Value::Array(list) if list.is_empty() => Some(Value::Object(Map::new())),
            Value::Object(_) => Some(value),
            _ => None,
        },
    }
}

/// PHP's text of a scalar.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => Some(String::new()),
        Value::Bool(true) => Some("1".to_owned()),
        Value::Number(number) => Some(match number.as_i64() {
            Some(number) => number.to_string(),
            None => wechatpay_chain_php::digits::cast(number.as_f64()?),
        }),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn folded(args: &[Arg], scope: &Scope) -> Option<Vec<Value>> {
    if args.iter().any(|arg| arg.name.is_some()) {
        return None;
    }
    args.iter().map(|arg| constant(&arg.value, scope)).collect()
}

/// A key of a PHP array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// A number, also one that was written as a text.
    Number(i64),
    /// A text.
    Text(String),
}

impl Key {
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(match text.parse::<i64>() {
                Ok(number) if number.to_string() == *text => Self::Number(number),
                _ => Self::Text(text.clone()),
            }),
            Value::Number(number) => number.as_i64().map(Self::Number),
            Value::Bool(flag) => Some(Self::Number((*flag).into())),
            Value::Null => Some(Self::Text(String::new())),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// The items of an array with their keys; a key given twice keeps its first place and its last value.
pub(crate) fn keyed<'a>(items: &'a [Item], scope: &Scope) -> Option<Vec<(Key, &'a Item)>> {
    let mut next = 0;
    let mut out: Vec<(Key, &Item)> = Vec::with_capacity(items.len());
    for item in items {
        let key = match &item.key {
            Some(key) => Key::of(&constant(key, scope)?)?,
            None => Key::Number(next),
        };
        if let Key::Number(number) = key {
            next = next.max(number.saturating_add(1));
        }
        match out.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = item,
            None => out.push((key, item)),
        }
    }
    Some(out)
}

/// Whether PHP's `json_encode` writes such keys as a list.
pub(crate) fn is_list<'a>(mut keys: impl Iterator<Item = &'a Key>) -> bool {
    let mut next = 0;
    keys.all(|key| {
        next += 1;
        *key == Key::Number(next - 1)
    })
}

fn array(items: &[Item], scope: &Scope) -> Option<Value> {
    let keyed = keyed(items, scope)?;
    let list = is_list(keyed.iter().map(|(key, _)| key));
    let values = keyed
        .iter()
        .map(|(key, item)| Some((key.text(), constant(&item.value, scope)?)));
    match list {
        true => values
            .map(|pair| pair.map(|(_, value)| value))
            .collect::<Option<Vec<_>>>()
            .map(Value::Array),
        false => values.collect::<Option<Map<_, _>>>().map(Value::Object),
    }
}

fn function_of(name: &str, args: &[Value]) -> Option<Value> {
    let first = || args.first().and_then(text);
    let out = match (name, args.len()) {
        ("strtoupper", 1) => first()?.to_ascii_uppercase(),
        ("strtolower", 1) => first()?.to_ascii_lowercase(),
        ("trim", 1) => first()?
            .trim_matches([' ', '\t', '\n', '\r', '\0', '\x0b'])
            .to_owned(),
        ("rawurlencode", 1) => percent(&first()?, b"-._~"),
        ("urlencode", 1) => percent(&first()?, b"-._ ").replace(' ', "+"),
        ("rawurldecode", 1) => decoded(&first()?)?,
        ("urldecode", 1) => decoded(&first()?.replace('+', " "))?,
        ("substr", 2 | 3) => substr(&first()?, args)?,
        _ => return None,
    };
    Some(out.into())
}

/// Offsets are bytes, negative ones count from the end.
fn substr(text: &str, args: &[Value]) -> Option<String> {
    let length = i64::try_from(text.len()).ok()?;
    let at = |offset: i64| match offset {
        ..0 => length.saturating_add(offset).max(0),
        _ => offset.min(length),
    };
    let start = at(args.get(1)?.as_i64()?);
    let end = match args.get(2) {
        None | Some(Value::Null) => length,
        Some(count) => match count.as_i64()? {
            count @ ..0 => length.saturating_add(count),
            count => start.saturating_add(count).min(length),
        },
    };
    let range = usize::try_from(start).ok()?..usize::try_from(end.max(start)).ok()?;
    text.get(range).map(str::to_owned)
}

fn percent(text: &str, kept: &[u8]) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decoded(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let byte = || {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            hex.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
        };
        match (first, byte()) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = &after[2..];
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(out).ok()
}

fn formatter(method: &str, args: &[Value]) -> Option<Value> {
    match (method, args) {
        ("ksort", [Value::Object(members)]) => {
            let mut members: Vec<_> = members.clone().into_iter().collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Some(Value::Object(members.into_iter().collect()))
        }
        ("querystringlike", [Value::Object(members)]) => {
            // As the SDK: what is empty or `sign` is not part of the text.
            let pairs = members.iter().filter_map(|(name, value)| {
                let kept = name != "sign" && !value.is_null() && *value != "";
                kept.then(|| Some(format!("{name}={}", text(value)?)))
            });
            Some(pairs.collect::<Option<Vec<_>>>()?.join("&").into())
        }
        ("joinedbylinefeed", pieces) => {
            let lines = pieces.iter().map(|piece| Some(text(piece)? + "\n"));
            lines.collect::<Option<String>>().map(Value::from)
        }
        _ => None,
    }
}
