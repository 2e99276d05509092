//! Arithmetic.

use serde_json::Value;

use crate::value::{Num, float_value, leading, mistyped, num, numeric, type_name};
use crate::{Result, Thrown};

/// The number of an operand.
fn operand(value: &Value) -> Option<Num> {
    Some(match value {
        Value::Null => Num::Int(0),
        Value::Bool(flag) => Num::Int(i64::from(*flag)),
        Value::Number(number) => num(number),
        Value::String(text) => match leading(text) {
            (_, 0) => return None,
            (number, _) => number,
        },
        Value::Array(_) | Value::Object(_) => return None,
    })
}

fn operands(one: &Value, op: &str, other: &Value) -> Result<(Num, Num)> {
    match (operand(one), operand(other)) {
        (Some(one), Some(other)) => Ok((one, other)),
        _ => {
            let (one, other) = (type_name(one), type_name(other));
            let message = format!("Unsupported operand types: {one} {op} {other}");
            Err(Thrown::new("TypeError", message))
        }
    }
}

fn calculate(
    one: &Value,
    op: &str,
    other: &Value,
    whole: fn(i64, i64) -> Option<i64>,
    float: fn(f64, f64) -> f64,
) -> Result<Value> {
    let (one, other) = operands(one, op, other)?;
    if let (Num::Int(one), Num::Int(other)) = (one, other)
        && let Some(number) = whole(one, other)
    {
        return Ok(Value::from(number));
    }
    float_value(float(one.float(), other.float()))
}

/// `$one + $other`: for arrays, keys that the left one lacks are added.
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn add(one: &Value, other: &Value) -> Result<Value> {
    let array = |value: &Value| matches!(value, Value::Array(_) | Value::Object(_));
    if array(one) && array(other) {
        return crate::union(one.clone(), other);
    }
    calculate(one, "+", other, i64::checked_add, |one, other| one + other)
}

/// `$one - $other`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn sub(one: &Value, other: &Value) -> Result<Value> {
    calculate(one, "-", other, i64::checked_sub, |one, other| one - other)
}

/// `$one * $other`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn mul(one: &Value, other: &Value) -> Result<Value> {
    calculate(one, "*", other, i64::checked_mul, |one, other| one * other)
}

/// `$one / $other`: an integer if there is no remainder.
///
/// # Errors
/// A `DivisionByZeroError`, and a `TypeError` if a value is not a number.
pub fn div(one: &Value, other: &Value) -> Result<Value> {
    let (left, right) = operands(one, "/", other)?;
    if right.float() == 0.0 {
        return Err(Thrown::new("DivisionByZeroError", "Division by zero"));
    }
    let whole = |one: i64, other: i64| match one.checked_rem(other) {
        Some(0) => one.checked_div(other),
        _ => None,
    };
    if let (Num::Int(one), Num::Int(other)) = (left, right)
        && let Some(number) = whole(one, other)
    {
        return Ok(Value::from(number));
    }
    float_value(left.float() / right.float())
}

/// `$one % $other`
///
/// # Errors
/// A `DivisionByZeroError`, and a `TypeError` if a value is not a number.
pub fn rem(one: &Value, other: &Value) -> Result<Value> {
    match whole_operands(one, "%", other)? {
        (_, 0) => Err(Thrown::new("DivisionByZeroError", "Modulo by zero")),
        (one, other) => Ok(Value::from(one.checked_rem(other).unwrap_or(0))),
    }
}

/// The whole numbers of operands.
fn whole_operands(one: &Value, op: &str, other: &Value) -> Result<(i64, i64)> {
    // A text that is too large stays at the largest number, as `(int)` has it.
    let whole = |value: &Value, number: Num| match value {
        Value::String(_) => crate::int(value),
        _ => number.int(),
    };
    let (left, right) = operands(one, op, other)?;
    Ok((whole(one, left), whole(other, right)))
}

/// `$one | $other`: of two texts, their bytes.
///
/// # Errors
/// A `TypeError` if a value is not a number, and an `Error` if the bytes of the texts give no UTF-8.
pub fn bit_or(one: &Value, other: &Value) -> Result<Value> {
    bits(one, "|", other, |one, other| one | other)
}

/// `$one & $other`: of two texts, their bytes.
///
/// # Errors
/// A `TypeError` if a value is not a number, and an `Error` if the bytes of the texts give no UTF-8.
pub fn bit_and(one: &Value, other: &Value) -> Result<Value> {
    bits(one, "&", other, |one, other| one & other)
}

/// `$one ^ $other`: of two texts, their bytes.
///
/// # Errors
/// A `TypeError` if a value is not a number, and an `Error` if the bytes of the texts give no UTF-8.
pub fn bit_xor(one: &Value, other: &Value) -> Result<Value> {
    bits(one, "^", other, |one, other| one ^ other)
}

fn bits(one: &Value, op: &str, other: &Value, combine: fn(i64, i64) -> i64) -> Result<Value> {
    let (Value::String(left), Value::String(right)) = (one, other) else {
        let (one, other) = whole_operands(one, op, other)?;
        return Ok(Value::from(combine(one, other)));
    };
    let pairs = left.bytes().zip(right.bytes());
    let combined = pairs.map(|(one, other)| combine(one.into(), other.into()).to_le_bytes()[0]);
    let mut bytes: Vec<u8> = combined.collect();
    if op == "|" {
        // The rest of the longer text stays.
        let longer = if left.len() > right.len() {
            left
        } else {
            right
        };
        bytes.extend(longer.bytes().skip(bytes.len()));
    }
    let text = String::from_utf8(bytes);
    let message = "the bits of these texts give bytes that are no UTF-8";
    text.map(Value::from)
        .map_err(|_| Thrown::new("Error", message))
}

/// `$one << $other`
///
/// # Errors
/// A `TypeError` if a value is not a number, an `ArithmeticError` for a negative width.
pub fn shift_left(one: &Value, other: &Value) -> Result<Value> {
    let (one, width) = shifted(one, "<<", other)?;
    Ok(Value::from(width.map_or(0, |width| one << width)))
}

/// `$one >> $other`
///
/// # Errors
/// A `TypeError` if a value is not a number, an `ArithmeticError` for a negative width.
pub fn shift_right(one: &Value, other: &Value) -> Result<Value> {
    let (one, width) = shifted(one, ">>", other)?;
    Ok(Value::from(one >> width.unwrap_or(63)))
}

/// The number, and the width where it is less than 64.
fn shifted(one: &Value, op: &str, other: &Value) -> Result<(i64, Option<u32>)> {
    let (one, width) = whole_operands(one, op, other)?;
    if width < 0 {
        let message = "Bit shift by negative number";
        return Err(Thrown::new("ArithmeticError", message));
    }
    let width = u32::try_from(width).ok();
    Ok((one, width.filter(|width| *width < i64::BITS)))
}

/// `$one ** $other`, `pow($one, $other)`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn pow(one: &Value, other: &Value) -> Result<Value> {
    let (one, other) = operands(one, "**", other)?;
    if let (Num::Int(one), Num::Int(other)) = (one, other)
        && let Ok(exponent) = u32::try_from(other)
        && let Some(number) = one.checked_pow(exponent)
    {
        return Ok(Value::from(number));
    }
    float_value(one.float().powf(other.float()))
}

/// `-$value`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn neg(value: &Value) -> Result<Value> {
    mul(value, &Value::from(-1))
}

/// `intdiv($one, $other)`
///
/// # Errors
/// A `DivisionByZeroError`, an `ArithmeticError` for the one result that is too large.
pub fn intdiv(one: i64, other: i64) -> Result<i64> {
    if other == 0 {
        return Err(Thrown::new("DivisionByZeroError", "Division by zero"));
    }
    let message = "Division of PHP_INT_MIN by -1 is not an integer";
    one.checked_div(other)
        .ok_or_else(|| Thrown::new("ArithmeticError", message))
}

/// `++` and `--`: null and texts follow special rules.
///
/// # Errors
/// A `TypeError` for an array.
pub fn step(value: &Value, up: bool) -> Result<Value> {
    match value {
        Value::Null if up => Ok(Value::from(1)),
        Value::Null | Value::Bool(_) => Ok(value.clone()),
        Value::String(text) if text.is_empty() => Ok(if up { "1".into() } else { (-1).into() }),
        Value::String(text) if numeric(text).is_none() => Ok(if up {
            letters_up(text).into()
        } else {
            value.clone()
        }),
        _ if up => add(value, &Value::from(1)),
        _ => sub(value, &Value::from(1)),
    }
}

/// `$text++` of a text that is no number: the last letter or digit is counted up, and `z`, `Z` and `9` carry.
fn letters_up(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut carry = None;
    for byte in bytes.iter_mut().rev() {
        (*byte, carry) = match *byte {
            b'z' => (b'a', Some(b'a')),
            b'Z' => (b'A', Some(b'A')),
            b'9' => (b'0', Some(b'1')),
            byte if byte.is_ascii_alphanumeric() => (byte + 1, None),
            byte => (byte, None),
        };
        if carry.is_none() {
            break;
        }
    }
    let bytes = carry.into_iter().chain(bytes).collect();
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// `abs($value)`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn abs(value: &Value) -> Result<Value> {
    match argument(value)? {
        Num::Int(number) => match number.checked_abs() {
            Some(number) => Ok(Value::from(number)),
            None => float_value((number as f64).abs()),
        },
        Num::Float(number) => float_value(number.abs()),
    }
}

/// `intval($value, $base)`: the base counts for texts only. 16 and 2 take `0x` and `0b` before the
/// digits, 0 goes by them.
///
/// # Errors
/// A `ValueError` for a base that is neither 0 nor 2 to 36.
pub fn intval(value: &Value, base: i64) -> Result<Value> {
    let Value::String(text) = value else {
        return Ok(Value::from(crate::int(value)));
    };
    let base = u32::try_from(base).ok();
    let Some(base) = base.filter(|base| *base == 0 || (2..=36).contains(base)) else {
        let message = "intval(): Argument #2 ($base) must be 0 or between 2 and 36";
        return Err(Thrown::new("ValueError", message));
    };
    if base == 10 {
        return Ok(Value::from(crate::int(value)));
    }
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (base, digits) = without_prefix(digits, base);
    let mut number = 0_i64;
    for digit in digits.chars().map_while(|digit| digit.to_digit(base)) {
        let digit = if negative {
            -i64::from(digit)
        } else {
            i64::from(digit)
        };
        let more = number.checked_mul(i64::from(base));
        let limit = if negative { i64::MIN } else { i64::MAX };
        match more.and_then(|more| more.checked_add(digit)) {
            Some(more) => number = more,
            None => return Ok(Value::from(limit)),
        }
    }
    Ok(Value::from(number))
}

/// Returns the base of a number and its digits without the prefix.
fn without_prefix(digits: &str, base: u32) -> (u32, &str) {
    let known = [("0x", 16), ("0b", 2)];
    for (prefix, own) in known {
        let start = digits.get(..2).unwrap_or_default();
        if start.eq_ignore_ascii_case(prefix) && (base == 0 || base == own) {
            return (own, &digits[2..]);
        }
    }
    match base {
        0 if digits.starts_with('0') => (8, digits),
        0 => (10, digits),
        base => (base, digits),
    }
}

/// `floor($value)`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn floor(value: &Value) -> Result<Value> {
    float_value(argument(value)?.float().floor())
}

/// `ceil($value)`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn ceil(value: &Value) -> Result<Value> {
    float_value(argument(value)?.float().ceil())
}

/// A value for an `int|float` parameter of a function of PHP: null is 0 there, and a text has to be a number as a
/// whole, while an operand may begin with one.
pub(crate) fn argument(value: &Value) -> Result<Num> {
    let found = match value {
        Value::Null => Some(Num::Int(0)),
        Value::Bool(flag) => Some(Num::Int(i64::from(*flag))),
        Value::Number(number) => Some(num(number)),
        Value::String(text) => numeric(text),
        Value::Array(_) | Value::Object(_) => None,
    };
    found.ok_or_else(|| mistyped(value, "int|float"))
}

/// `round($value, $places)`: halves away from zero, after the digits that a float cannot hold are
/// rounded away, as PHP before 8.4 does.
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn round(value: &Value, places: i64) -> Result<Value> {
    match argument(value)? {
        Num::Int(number) if places >= 0 => float_value(number as f64),
        number => float_value(rounded(number.float(), places)),
    }
}

/// The largest power of ten that makes a difference to a float.
const PLACES: i64 = 330;

pub(crate) fn rounded(value: f64, places: i64) -> f64 {
    if !value.is_finite() || value == 0.0 {
        return value;
    }
    let places = places.clamp(-PLACES, PLACES) as i32;
    let ten = |places: i32| 10_f64.powi(places.abs());
    let scaled = |places: i32| {
        if places >= 0 {
            value * ten(places)
        } else {
            value / ten(places)
        }
    };
    let half_up = |value: f64| {
        if value >= 0.0 {
            (value + 0.5).floor()
        } else {
            (value - 0.5).ceil()
        }
    };
    let precise = 14 - value.abs().log10().floor() as i32;
    let middle = if precise > places && precise - 15 < places {
        half_up(scaled(precise)) / ten((places - precise).max(-60))
    } else {
        let middle = scaled(places);
        if middle.abs() >= 1e15 {
            return value;
        }
        middle
    };
    let whole = half_up(middle);
    if places > 0 {
        whole / ten(places)
    } else {
        whole * ten(places)
    }
}

/// `max($one, $other)`, `min(…)`: the first of equals.
#[must_use]
pub fn extreme(values: &[Value], most: bool) -> Value {
    let mut found = values.first().cloned().unwrap_or(Value::Null);
    for value in values.iter().skip(1) {
        let better = if most {
            crate::less(&found, value)
        } else {
            crate::less(value, &found)
        };
        if better {
            found = value.clone();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_calculated_as_php_does() {
        let max = json!(i64::MAX);
        assert_eq!(
            add(&max, &json!(1)).ok(),
            Some(json!(9_223_372_036_854_775_808.0))
        );
        assert_eq!(mul(&json!("1.5"), &json!(2)).ok(), Some(json!(3.0)));
        assert_eq!(div(&json!(7), &json!(2)).ok(), Some(json!(3.5)));
        assert_eq!(div(&json!(6), &json!(2)).ok(), Some(json!(3)));
        assert_eq!(rem(&json!("10"), &json!("3.7")).ok(), Some(json!(1)));
        let class = |outcome: Result<Value>| outcome.err().map(|err| err.class().to_owned());
        assert_eq!(
            class(add(&json!("abc"), &json!(1))).as_deref(),
            Some("TypeError")
        );
        assert_eq!(
            class(div(&json!(1), &json!(0))).as_deref(),
            Some("DivisionByZeroError")
        );
        for text in ["12abc", "abc", ""] {
            let text = json!(text);
            for outcome in [abs(&text), round(&text, 0), floor(&text), ceil(&text)] {
                assert_eq!(class(outcome).as_deref(), Some("TypeError"), "{text}");
            }
        }
        assert_eq!(abs(&json!(" -7 ")).ok(), Some(json!(7)));
        for (value, places, expected) in [
            (1.005, 2, 1.01),
            (-2.5, 0, -3.0),
            (1234.5, -2, 1200.0),
            (19.99 * 100.0, 0, 1999.0),
        ] {
            assert_eq!(rounded(value, places), expected, "{value}");
        }
    }

    #[test]
    fn bits_are_those_of_php() {
        let class = |outcome: Result<Value>| outcome.err().map(|err| err.class().to_owned());
        let (one, other) = (json!("12"), json!(3.9));
        assert_eq!(bit_or(&one, &other).ok(), Some(json!(15)));
        assert_eq!(bit_or(&json!("a"), &json!("!bc")).ok(), Some(json!("abc")));
        assert_eq!(bit_and(&json!("ab"), &json!("!")).ok(), Some(json!("!")));
        assert_eq!(bit_xor(&json!(-1), &json!(null)).ok(), Some(json!(-1)));
        assert_eq!(
            class(bit_xor(&json!("é"), &json!("a"))).as_deref(),
            Some("Error")
        );
        for value in [json!("x"), json!([])] {
            assert_eq!(
                class(bit_or(&value, &json!(1))).as_deref(),
                Some("TypeError")
            );
        }
        let shifts = [
            (1, 63, i64::MIN, 0),
            (-8, 1, -16, -4),
            (-8, 64, 0, -1),
            (5, 70, 0, 0),
        ];
        for (number, width, left, right) in shifts {
            let (number, width) = (json!(number), json!(width));
            assert_eq!(shift_left(&number, &width).ok(), Some(json!(left)));
            assert_eq!(shift_right(&number, &width).ok(), Some(json!(right)));
        }
        let negative = shift_left(&json!(1), &json!(-1));
        assert_eq!(class(negative).as_deref(), Some("ArithmeticError"));
    }
}
