//! Calls of PHP's functions: which node each is, by PHP's name and arguments.
//!
//! `build` lowers a file with it, and `--emit request` runs the nodes that it returns. An argument is obeyed, or
//! there is no node.

use serde_json::Value;
use wechatpay_chain_php::truth;

use super::builtin::{Builtin, Default};
use super::fold::literal;
use super::json_errors;
use super::pushes;
use super::tree::{Expr, ExprKind};
use crate::syntax::{BinaryOp, Span};

/// The node of a call; nothing for a function that is not known, and for arguments that it does not take.
pub(crate) fn node(span: Span, name: &str, mut args: Vec<Expr>) -> Option<Expr> {
    let kind = match (name, args.len()) {
        ("json_decode", _) => return json_decode(span, args),
        ("json_encode", _) => return json_encode(span, args),
        (json_errors::TEXT, 1) => return table(span, "json_text", args),
        (json_errors::ERROR, 1) => return table(span, "json_error", args),
        (json_errors::MESSAGE, 1) => return table(span, "json_error_text", args),
        (pushes::SPREAD, 2) => return table(span, "spread_values", args),
        ("http_build_query", _) => return query(span, args),
        ("hash" | "hash_hmac" | "md5" | "sha1" | "bin2hex" | "base64_encode", _) => {
            return digest(span, name, args);
        }
        ("max" | "min", 1..) => ExprKind::Extreme(name == "max", args),
        ("sprintf", 1..) => {
            let format = args.remove(0);
            if is_shortest(&format) {
                let message = "`%g` of `sprintf`, which has no equal in Rust";
                return Some(Expr::refused(span, message));
            }
            ExprKind::Format(format, args)
        }
        ("array_merge", _) => ExprKind::Merge(args),
        ("array_replace", 2..) => return replaced(span, args),
        ("array_map" | "array_filter", 2) => return with_closure(span, name, args),
        // As a limit, null is 0.
        ("explode", 3) if matches!(*args[2].kind, ExprKind::Null) => {
            *args[2].kind = ExprKind::Int(0);
            return table(span, name, args);
        }
        ("implode" | "join", 1 | 2) => return imploded(span, args),
        ("print_r", 2) if matches!(*args[1].kind, ExprKind::Bool(true)) => {
            args.truncate(1);
            ExprKind::Builtin("print_r", args)
        }
        ("is_string", 1) => is_of(span, "string", args),
        ("is_bool", 1) => is_of(span, "boolean", args),
        ("is_null", 1) => {
            let there = Expr::new(span, ExprKind::Isset(args.pop()?));
            ExprKind::Not(there)
        }
        ("intval", 2) => return table(span, "intval", args),
        ("pow", 2) => {
            let other = args.pop()?;
            ExprKind::Binary(BinaryOp::Pow, args.pop()?, other)
        }
        _ => return table(span, known_as(name), args),
    };
    Some(Expr::new(span, kind))
}

/// Whether [`node`] knows a function.
pub(crate) fn is_known(name: &str) -> bool {
    BY_NAME.contains(&name) || Builtin::of(known_as(name)).is_some()
}

/// The functions that [`node`] knows and the table has not, or has with other parameters: a test compares both.
const BY_NAME: [&str; 21] = [
    json_errors::ERROR,
    json_errors::MESSAGE,
    json_errors::TEXT,
    pushes::SPREAD,
    "array_map",
    "array_merge",
    "hash",
    "hash_hmac",
    "http_build_query",
    "implode",
    "is_bool",
    "is_null",
    "is_string",
    "join",
    "json_decode",
    "json_encode",
    "max",
    "min",
    "pow",
    "print_r",
    "sprintf",
];

/// Whether a format writes a number with `%g` or `%h`.
fn is_shortest(format: &Expr) -> bool {
    let ExprKind::Text(format) = &*format.kind else {
        return false;
    };
    let mut pieces = format.split('%').skip(1);
    while let Some(piece) = pieces.next() {
        if piece.is_empty() {
            // `%%`
            pieces.next();
            continue;
        }
        let flags = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | ' ' | '.' | '$');
        let kind = piece.trim_start_matches(flags);
        if kind.starts_with(['g', 'G', 'h', 'H']) {
            return true;
        }
    }
    false
}

/// A function of the table, its missing arguments filled in.
pub(super) fn table(span: Span, name: &str, mut args: Vec<Expr>) -> Option<Expr> {
    let builtin = Builtin::of(name)?;
    if args.len() > builtin.params.len() {
        return None;
    }
    for param in builtin.params.iter().skip(args.len()) {
        let kind = match param.default? {
            Default::Null => ExprKind::Null,
            Default::False => ExprKind::Bool(false),
            Default::Int(number) => ExprKind::Int(number),
            Default::Text(text) => ExprKind::Text(text.to_owned()),
        };
        args.push(Expr::new(span, kind));
    }
    Some(Expr::new(span, ExprKind::Builtin(builtin.name, args)))
}

/// The name in the table of a function of PHP with the same parameters; empty for a name that only the table uses.
pub(crate) fn known_as(name: &str) -> &str {
    match name {
        "count" | "sizeof" => "counted",
        "strval" => "text",
        "intval" => "int",
        "floatval" | "doubleval" => "float",
        "boolval" => "truth",
        "chop" => "rtrim",
        "key_exists" => "array_key_exists",
        "is_integer" | "is_long" => "is_int",
        "is_double" => "is_float",
        name if OURS.contains(&name) => "",
        name => name,
    }
}

/// The function of PHP that an error names for one of the table.
pub(crate) fn told_as(name: &str) -> &str {
    match name {
        "json_decode_array" | "json_error" | "json_text" | "valid_json" => "json_decode",
        name => name,
    }
}

/// Names of the table that PHP does not have, or has with other parameters.
const OURS: [&str; 35] = [
    "spread_values",
    "base64_of_hex",
    "base_url",
    "base_url_for",
    "base_url_of_root",
    "counted",
    "file_url",
    "float",
    "hash_md5",
    "hmac_sha256",
    "http_build_query",
    "int",
    "joined_by_line_feed",
    "json_decode",
    "json_decode_array",
    "json_error",
    "json_error_text",
    "json_text",
    "keys_prefixed",
    "ksort",
    "ksort_text",
    "no_client",
    "nonce",
    "print_r",
    "print_r_object",
    "query_string_like",
    "random_base64",
    "random_hex",
    "reason_phrase",
    "sha256",
    "strict_number",
    "text",
    "truth",
    "unrooted_path",
    "valid_json",
];

/// Whether the type of a value, as `gettype` names it, is this one.
fn is_of(span: Span, name: &str, args: Vec<Expr>) -> ExprKind {
    let ty = Expr::new(span, ExprKind::Builtin("gettype", args));
    let name = Expr::new(span, ExprKind::Text(name.to_owned()));
    ExprKind::Binary(BinaryOp::Identical, ty, name)
}

/// `array_map($closure, $array)`, `array_filter($array, $closure)`
fn with_closure(span: Span, name: &str, mut args: Vec<Expr>) -> Option<Expr> {
    let (last, first) = (args.pop()?, args.pop()?);
    let is_closure = |expr: &Expr| matches!(*expr.kind, ExprKind::Closure(..));
    let kind = match name {
        "array_map" if is_closure(&first) => ExprKind::Map(first, last),
        "array_filter" if is_closure(&last) => ExprKind::Filter(first, last),
        _ => return None,
    };
    Some(Expr::new(span, kind))
}

/// `array_replace($array, …)`: two arrays at a time.
fn replaced(span: Span, args: Vec<Expr>) -> Option<Expr> {
    let both = |one, other| {
        let args = vec![one, other];
        Expr::new(span, ExprKind::Builtin("array_replace", args))
    };
    args.into_iter().reduce(both)
}

/// `implode($glue, $array)`, `implode($array)`: PHP takes both orders only of old.
fn imploded(span: Span, mut args: Vec<Expr>) -> Option<Expr> {
    let array = args.pop()?;
    let none = || Expr::new(span, ExprKind::Text(String::new()));
    let glue = args.pop().unwrap_or_else(none);
    Some(Expr::new(
        span,
        ExprKind::Builtin("implode", vec![glue, array]),
    ))
}

const AS_ARRAYS: i64 = 1;
const THROW: i64 = 4_194_304;
const DEPTH: i64 = 512;

/// `json_decode($text, $associative, $depth, $flags)`, where all but the text is written there.
fn json_decode(span: Span, args: Vec<Expr>) -> Option<Expr> {
    let [text, options @ ..] = &*args else {
        return None;
    };
    let options: Vec<Value> = options.iter().map(literal).collect::<Option<_>>()?;
    let flags = options.get(2).map_or(Some(0), Value::as_i64)?;
    if options.len() > 3 || !is_deep(options.get(1)) || flags & !(AS_ARRAYS | THROW) != 0 {
        return None;
    }
    let associative = match options.first() {
        None | Some(Value::Null) => flags & AS_ARRAYS != 0,
        Some(flag) => truth(flag),
    };
    let mut text = text.clone();
    if flags & THROW != 0 {
        text = table(span, "valid_json", vec![text])?;
    }
    let name = if associative {
        "json_decode_array"
    } else {
        "json_decode"
    };
    table(span, name, vec![text])
}

/// `json_encode($value, $flags, $depth)`. There is no value here that `JSON_THROW_ON_ERROR` would throw for.
fn json_encode(span: Span, mut args: Vec<Expr>) -> Option<Expr> {
    let depth = args.get(2).map(literal);
    if args.len() > 3 || depth.is_some_and(|depth| depth.is_none() || !is_deep(depth.as_ref())) {
        return None;
    }
    args.truncate(2);
    if let Some(flags) = args.get_mut(1) {
        let ExprKind::Int(number) = *flags.kind else {
            return None;
        };
        let number = number & !THROW;
        if !(0..=1535).contains(&number) {
            return None;
        }
        *flags.kind = ExprKind::Int(number);
    }
    table(span, "json_encode", args)
}

/// Whether a depth, where one is written, is no less than PHP's own.
fn is_deep(depth: Option<&Value>) -> bool {
    depth.is_none_or(|depth| depth.as_i64().is_some_and(|depth| depth >= DEPTH))
}

/// `http_build_query($data, $prefix, $separator, $kind)`, where all but the data is written there.
fn query(span: Span, args: Vec<Expr>) -> Option<Expr> {
    let [data, options @ ..] = &*args else {
        return None;
    };
    let options: Vec<Value> = options.iter().map(literal).collect::<Option<_>>()?;
    let prefix = match options.first() {
        None | Some(Value::Null) => "",
        Some(prefix) => prefix.as_str()?,
    };
    let separator = match options.get(1) {
        None | Some(Value::Null) => "&",
        Some(separator) => separator.as_str()?,
    };
    let raw = match options.get(2).map(Value::as_i64) {
        None => false,
        Some(kind) => kind? == RAW_QUERY,
    };
    if options.len() > 3 {
        return None;
    }
    let text = |text: &str| Expr::new(span, ExprKind::Text(text.to_owned()));
    let mut data = data.clone();
    if !prefix.is_empty() {
        data = table(span, "keys_prefixed", vec![data, text(prefix)])?;
    }
    let raw = Expr::new(span, ExprKind::Bool(raw));
    let query = table(span, "http_build_query", vec![data, raw])?;
    if separator == "&" {
        return Some(query);
    }
    // A `&` of a key or a value is encoded.
    table(span, "str_replace", vec![text("&"), text(separator), query])
}

/// `PHP_QUERY_RFC3986`
const RAW_QUERY: i64 = 2;

/// Raw bytes, by their hexadecimal digits: no text holds them, so a function has to read them at once.
const RAW: &str = "raw_bytes";

/// Digests in hexadecimal digits; raw ones only within `bin2hex` and `base64_encode`.
fn digest(span: Span, name: &str, mut args: Vec<Expr>) -> Option<Expr> {
    let digest = |name, args| Some(Expr::new(span, ExprKind::Builtin(name, args)));
    match (name, args.len()) {
        ("hash", 3) | ("hash_hmac", 4) | ("md5" | "sha1", 2) => {
            let raw = truth(&literal(&args.pop()?)?);
            let hex = self::digest(span, name, args)?;
            return if raw {
                digest(RAW, vec![hex])
            } else {
                Some(hex)
            };
        }
        ("bin2hex" | "base64_encode", 1) => {
            return match &mut *args[0].kind {
                ExprKind::Builtin(RAW, hex) if name == "bin2hex" => hex.pop(),
                ExprKind::Builtin(RAW, hex) => digest("base64_of_hex", vec![hex.pop()?]),
                _ => table(span, name, args),
            };
        }
        ("md5" | "sha1", 1) => return table(span, name, args),
        _ => {}
    }
    let algorithm = match &*args.first()?.kind {
        ExprKind::Text(algorithm) => algorithm.to_ascii_lowercase(),
        _ => return None,
    };
    args.remove(0);
    match (name, algorithm.as_str(), args.len()) {
        ("hash", "sha256", 1) => digest("sha256", args),
        ("hash", "md5", 1) => digest("md5", args),
        ("hash", "sha1", 1) => digest("sha1", args),
        ("hash_hmac", "sha256", 2) => digest("hmac_sha256", args),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names in the arms of [`node`].
    fn arms() -> Vec<&'static str> {
        let (_, body) = include_str!("function.rs").split_once("fn node(").unwrap();
        let (body, _) = body.split_once("_ => return table").unwrap();
        let arms = body
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with("(\""));
        let names = arms.flat_map(|line| {
            let (names, _) = line.split_once(',').unwrap();
            names.split('"').skip(1).step_by(2)
        });
        names.collect()
    }

    #[test]
    fn each_arm_is_known_and_each_known_name_has_an_arm() {
        let arms = arms();
        assert!(arms.len() > 20, "{arms:?}");
        for name in &arms {
            assert!(is_known(name), "{name}");
        }
        let marks = [
            json_errors::ERROR,
            json_errors::MESSAGE,
            json_errors::TEXT,
            pushes::SPREAD,
        ];
        for name in BY_NAME.iter().filter(|name| !marks.contains(name)) {
            assert!(arms.contains(name), "{name}");
        }
    }
}
