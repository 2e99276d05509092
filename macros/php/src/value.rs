//! Casts.

use serde_json::{Number, Value};

use crate::function::parameter;
use crate::{Result, Thrown, digits};

/// A number as PHP calculates with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Num {
    Int(i64),
    Float(f64),
}

impl Num {
    pub(crate) fn float(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    pub(crate) fn int(self) -> i64 {
        match self {
            Self::Int(number) => number,
            Self::Float(number) => int_of_float(number),
        }
    }
}

pub(crate) fn float_value(number: f64) -> Result<Value> {
    match Number::from_f64(number) {
        Some(number) => Ok(Value::Number(number)),
        None => Err(Thrown::fault("a number is infinite or none at all")),
    }
}

pub(crate) fn num(number: &Number) -> Num {
    match number.as_i64() {
        Some(whole) if !number.is_f64() => Num::Int(whole),
        _ => Num::Float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

/// Modulo 2^64, as PHP casts.
pub(crate) fn int_of_float(number: f64) -> i64 {
    if !number.is_finite() {
        return 0;
    }
    let whole = number.trunc();
    if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) {
        return whole as i64;
    }
    whole.rem_euclid(18_446_744_073_709_551_616.0) as u64 as i64
}

/// `(string) $value`; an array is `Array`.
#[must_use]
pub fn text(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(false) => String::new(),
        Value::Bool(true) => "1".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => "Array".to_owned(),
        Value::Number(number) => match num(number) {
            Num::Int(number) => number.to_string(),
            Num::Float(number) => digits::cast(number),
        },
    }
}

/// `(string) $value` of a float.
#[must_use]
pub fn float_text(number: f64) -> String {
    digits::cast(number)
}

/// `(string) $value` of a bool.
#[must_use]
pub fn bool_text(flag: bool) -> &'static str {
    if flag { "1" } else { "" }
}

/// `(bool) $value`
#[must_use]
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => num(number).float() != 0.0,
        Value::String(text) => truth_of_text(text),
        Value::Array(list) => !list.is_empty(),
        Value::Object(_) => true,
    }
}

/// `(bool) $text`
#[must_use]
pub fn truth_of_text(text: &str) -> bool {
    !text.is_empty() && text != "0"
}

/// `(int) $value`
#[must_use]
pub fn int(value: &Value) -> i64 {
    match value {
        Value::Null => 0,
        Value::Bool(flag) => i64::from(*flag),
        Value::Number(number) => num(number).int(),
        Value::String(text) => int_of_text(text),
        Value::Array(list) => i64::from(!list.is_empty()),
        Value::Object(_) => 1,
    }
}

/// `(int) $text`: the number that it begins with.
#[must_use]
pub fn int_of_text(text: &str) -> i64 {
    match leading(text).0 {
        Num::Int(number) => number,
        Num::Float(number) if number.is_infinite() => 0,
        // Of a text PHP takes the nearest whole number, and not modulo 2^64.
        Num::Float(number) => number as i64,
    }
}

/// `(float) $value`
#[must_use]
pub fn float(value: &Value) -> f64 {
    match value {
        Value::Number(number) => num(number).float(),
        Value::String(text) => match leading(text) {
            // The sign of zero stays.
            (Num::Int(0), end) if text[..end].contains('-') => -0.0,
            (number, _) => number.float(),
        },
        other => int(other) as f64,
    }
}

/// `(array) $value`
#[must_use]
pub fn array(value: Value) -> Value {
    match value {
        Value::Null => Value::Array(Vec::new()),
        Value::Array(_) => value,
        Value::Object(_) => crate::array::canonical(value),
        scalar => Value::Array(vec![scalar]),
    }
}

/// `(object) $value`
#[must_use]
pub fn object(value: Value) -> Value {
    match value {
        Value::Object(_) => value,
        Value::Null => Value::Object(serde_json::Map::new()),
        Value::Array(list) => {
            let members = list.into_iter().enumerate();
            Value::Object(
                members
                    .map(|(key, value)| (key.to_string(), value))
                    .collect(),
            )
        }
        scalar => Value::Object([("scalar".to_owned(), scalar)].into_iter().collect()),
    }
}

/// The number that a text begins with, and how much of the text it is.
pub(crate) fn leading(text: &str) -> (Num, usize) {
    let blank = text.len()
        - text
            .trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}'])
            .len();
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let at = |index: usize| bytes.get(index).copied().unwrap_or_default();
    let sign = usize::from(matches!(at(blank), b'-' | b'+'));
    let before = digits(blank + sign);
    let mut end = blank + sign + before;
    let mut is_float = false;
    if at(end) == b'.' && before + digits(end + 1) > 0 {
        is_float = true;
        end += 1 + digits(end + 1);
    }
    if end == blank + sign {
        return (Num::Int(0), 0);
    }
    if matches!(at(end), b'e' | b'E') {
        let sign = usize::from(matches!(at(end + 1), b'-' | b'+'));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            is_float = true;
            end += 1 + sign + exponent;
        }
    }
    let number = &text[blank..end];
    let whole = if is_float { None } else { number.parse().ok() };
    let number = match whole {
        Some(whole) => Num::Int(whole),
        None => Num::Float(number.parse().unwrap_or_default()),
    };
    (number, end)
}

/// The number that a text is as a whole, blanks around it aside.
pub(crate) fn numeric(text: &str) -> Option<Num> {
    let (number, end) = leading(text);
    let rest = text.get(end..).unwrap_or_default();
    let blank = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    (end > 0 && blank.is_empty()).then_some(number)
}

/// `is_numeric($value)`
#[must_use]
pub fn is_numeric(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::String(text) => numeric(text).is_some(),
        _ => false,
    }
}

/// `is_array($value)`
#[must_use]
pub fn is_array(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

/// `is_int($value)`
#[must_use]
pub fn is_int(value: &Value) -> bool {
    matches!(value, Value::Number(number) if !number.is_f64())
}

/// `is_float($value)`
#[must_use]
pub fn is_float(value: &Value) -> bool {
    matches!(value, Value::Number(number) if number.is_f64())
}

/// `getenv($name)`: false when it is not set.
#[must_use]
pub fn getenv(name: &str) -> Value {
    std::env::var(name).map_or(Value::Bool(false), Value::from)
}

/// `gettype($value)`
#[must_use]
pub fn gettype(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "double",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) | Value::Object(_) => "array",
    }
}

/// The name of a value's type in the message of a `TypeError`.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "string",
        Value::Array(_) | Value::Object(_) => "array",
    }
}

/// A value for a parameter or result of type `int`, as PHP takes it without `strict_types`.
///
/// # Errors
/// A `TypeError` if the value is not a number, or too great. A fraction is cut off, which PHP 8.1 calls deprecated.
pub fn as_int(value: &Value) -> Result<i64> {
    // 2^63 is the first that an integer cannot hold.
    let limit = -(i64::MIN as f64);
    let whole = |number: f64| (-limit <= number && number < limit).then_some(number as i64);
    let found = match value {
        Value::Bool(flag) => Some(i64::from(*flag)),
        Value::Number(number) => match num(number) {
            Num::Int(number) => Some(number),
            Num::Float(number) => whole(number),
        },
        Value::String(text) => match numeric(text) {
            Some(Num::Int(number)) => Some(number),
            Some(Num::Float(number)) => whole(number),
            None => None,
        },
        _ => None,
    };
    found.ok_or_else(|| mistyped(value, "int"))
}

/// A value for a parameter or result of type `float`, as PHP takes it without `strict_types`.
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn as_float(value: &Value) -> Result<f64> {
    match value {
        Value::Bool(_) | Value::Number(_) => Ok(float(value)),
        Value::String(text) if numeric(text).is_some() => Ok(float(value)),
        _ => Err(mistyped(value, "float")),
    }
}

/// A value for a parameter or result of type `string`, as PHP takes it without `strict_types`.
///
/// # Errors
/// A `TypeError` for an array, an object and null.
pub fn as_text(value: &Value) -> Result<String> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => Err(mistyped(value, "string")),
        _ => Ok(text(value)),
    }
}

/// A value for a parameter or result of type `int`, as PHP takes it with `strict_types`.
///
/// # Errors
/// A `TypeError` for all but a whole number.
pub fn strict_int(value: &Value) -> Result<i64> {
    match value {
        Value::Number(number) if !number.is_f64() => as_int(value),
        _ => Err(mistyped(value, "int")),
    }
}

/// A value for a parameter or result of type `float`, as PHP takes it with `strict_types`.
///
/// # Errors
/// A `TypeError` for all but a number.
pub fn strict_float(value: &Value) -> Result<f64> {
    match value {
        Value::Number(_) => as_float(value),
        _ => Err(mistyped(value, "float")),
    }
}

/// A value for a parameter of type `int|float`, as PHP takes it with `strict_types`.
///
/// # Errors
/// A `TypeError` for all but a number.
pub fn strict_number(value: &Value) -> Result<Value> {
    match value {
        Value::Number(_) => Ok(value.clone()),
        _ => Err(mistyped(value, "int|float")),
    }
}

/// A value for a parameter or result of type `string`, as PHP takes it with `strict_types`.
///
/// # Errors
/// A `TypeError` for all but a text.
pub fn strict_text(value: &Value) -> Result<String> {
    match value {
        Value::String(_) => as_text(value),
        _ => Err(mistyped(value, "string")),
    }
}

/// A value for a parameter or result of type `bool`, as PHP takes it with `strict_types`.
///
/// # Errors
/// A `TypeError` for all but `true` and `false`.
pub fn strict_bool(value: &Value) -> Result<bool> {
    value.as_bool().ok_or_else(|| mistyped(value, "bool"))
}

/// A value for a `string` parameter of a function of PHP: null is an empty text there.
///
/// # Errors
/// A `TypeError` for an array and an object.
pub fn string(value: &Value) -> Result<String> {
    match value {
        Value::Null => Ok(String::new()),
        value => as_text(value),
    }
}

/// How the application's value for a client begins. No text of PHP's begins so.
pub const CLIENT: &str = "\0client";

/// The application's value for a client, which a property keeps in its place.
///
/// # Errors
/// An `Error` for a value that does not begin with [`CLIENT`].
pub fn client_value(value: Value) -> Result<Value> {
    if is_client(&value) {
        return Ok(value);
    }
    let message =
        "the application's value for a client has to be a text that begins with `php::CLIENT`";
    Err(Thrown::new("Error", message))
}

/// A value that something is done with which PHP would do with an object, if it were a client.
///
/// # Errors
/// An `Error` for the application's value for a client.
pub fn no_client(value: &Value) -> Result<Value> {
    if is_client(value) {
        return Err(Thrown::new("Error", "this value is a client"));
    }
    Ok(value.clone())
}

fn is_client(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(CLIENT))
}

/// A value for an `array` parameter of a function of PHP.
///
/// # Errors
/// A `TypeError` for other values.
pub fn array_ref(value: &Value) -> Result<&Value> {
    match value {
        Value::Array(_) | Value::Object(_) => Ok(value),
        other => Err(mistyped(other, "array")),
    }
}

/// A value for an `int` parameter of a function of PHP: null is 0 there, and a fraction is cut off.
///
/// # Errors
/// A `TypeError` for an array, an object and a text that is no number.
pub fn integer(value: &Value) -> Result<i64> {
    match value {
        Value::Null => Ok(0),
        value => as_int(value),
    }
}

/// A value for a parameter or result of type `bool`, as PHP takes it without `strict_types`.
///
/// # Errors
/// A `TypeError` for an array, an object and null.
pub fn as_bool(value: &Value) -> Result<bool> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => Err(mistyped(value, "bool")),
        _ => Ok(truth(value)),
    }
}

/// A value for a parameter or result of type `array`.
///
/// # Errors
/// A `TypeError` for other values.
pub fn as_array(value: Value) -> Result<Value> {
    match value {
        Value::Array(_) | Value::Object(_) => Ok(value),
        other => Err(mistyped(&other, "array")),
    }
}

/// Checks an argument for a parameter of type `array`.
///
/// # Errors
/// A `TypeError` for other values.
pub fn expect_array(value: &Value) -> Result<()> {
    array_ref(value).map(|_| ())
}

/// Checks an argument for a parameter of type `?array`.
///
/// # Errors
/// A `TypeError` for other values.
pub fn expect_array_or_null(value: &Value) -> Result<()> {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => Ok(()),
        other => Err(mistyped(other, "?array")),
    }
}

/// Returns the value, or PHP's error for using null.
///
/// # Errors
/// An `Error` when there is nothing.
pub fn present<T>(value: Option<T>) -> Result<T> {
    value.ok_or_else(|| Thrown::new("Error", "Call to a member function on null"))
}

/// Returns the key, or the exception of PHP's `Rsa` for a key that was not set yet.
///
/// # Errors
/// An `UnexpectedValueException` when there is none.
pub fn present_key<T>(key: Option<T>) -> Result<T> {
    key.ok_or_else(|| Thrown::new("UnexpectedValueException", "The key is empty"))
}

/// Names an argument of a function of PHP in the error for its type, as PHP does.
///
/// # Errors
/// That of `taken`.
pub fn typed_argument<T>(taken: Result<T>, function: &str, number: usize) -> Result<T> {
    taken.map_err(|err| {
        let wanted = err.message().strip_prefix(MISTYPED);
        let (Some(wanted), Some(name)) = (wanted, parameter(function, number)) else {
            return err;
        };
        // A variadic parameter has no name there.
        let name = if name.is_empty() {
            String::new()
        } else {
            format!(" (${name})")
        };
        let message = format!("{function}(): Argument #{number}{name}{wanted}");
        Thrown::new("TypeError", message)
    })
}

/// The beginning of the message for a value of a wrong type.
const MISTYPED: &str = "the value";

pub(crate) fn mistyped(value: &Value, wanted: &str) -> Thrown {
    let message = format!(
        "{MISTYPED} must be of type {wanted}, {} given",
        type_name(value)
    );
    Thrown::new("TypeError", message)
}

/// A text that may be missing, as a value.
#[must_use]
pub fn maybe(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

/// What `echo` and `print_r` write of a value that is no array.
#[must_use]
pub fn print_r(value: &Value) -> String {
    let mut out = String::new();
    printed(value, "Array", 0, &mut out);
    out
}

/// `print_r($value, true)` of what `json_decode` gives without arrays for objects.
#[must_use]
pub fn print_r_object(value: &Value) -> String {
    let mut out = String::new();
    printed(value, "stdClass Object", 0, &mut out);
    out
}

fn printed(value: &Value, object: &str, indent: usize, out: &mut String) {
    let items = match value {
        Value::Array(_) | Value::Object(_) => crate::items(value),
        scalar => return out.push_str(&text(scalar)),
    };
    let pad = " ".repeat(indent);
    let kind = if value.is_object() { object } else { "Array" };
    out.push_str(&format!("{kind}\n{pad}(\n"));
    for (key, value) in items {
        out.push_str(&format!("{pad}    [{}] => ", text(&key)));
        printed(&value, object, indent + 8, out);
        out.push('\n');
    }
    out.push_str(&format!("{pad})\n"));
}
