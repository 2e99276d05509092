//! `bcadd` and related functions: decimal numbers of any length, truncated after `scale` decimals.

use std::cmp::Ordering;

use crate::{Result, Thrown};

/// A decimal number: its digits, the last `scale` of them after the point.
#[derive(Clone)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    scale: usize,
}

/// The longest that a number may become.
const LONGEST: usize = 1 << 14;

impl Decimal {
    fn parse(text: &str) -> Result<Self> {
        let malformed = || Thrown::new("ValueError", "the number is not well-formed");
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if text.is_empty() {
            return Ok(Self {
                negative: false,
                digits: vec![0],
                scale: 0,
            });
        }
        if digits.is_empty() || digits.len() > LONGEST || !digits.iter().all(u8::is_ascii_digit) {
            return Err(malformed());
        }
        Ok(Self {
            negative,
            digits: digits.into_iter().map(|digit| digit - b'0').collect(),
            scale: fraction.len(),
        })
    }

    fn scaled(&self, scale: usize) -> Self {
        let mut out = self.clone();
        while out.scale < scale {
            out.digits.push(0);
            out.scale += 1;
        }
        while out.scale > scale {
            out.digits.pop();
            out.scale -= 1;
        }
        out
    }

    fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == 0)
    }

    fn text(&self, scale: usize) -> String {
        let cut = self.scaled(scale);
        let mut digits = cut.digits.clone();
        while digits.len() <= scale {
            digits.insert(0, 0);
        }
        let point = digits.len() - scale;
        let shown = |digits: &[u8]| {
            digits
                .iter()
                .map(|digit| char::from(b'0' + digit))
                .collect::<String>()
        };
        let whole = shown(&digits[..point]);
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let sign = if cut.negative && !cut.is_zero() {
            "-"
        } else {
            ""
        };
        match scale {
            0 => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}.{}", shown(&digits[point..])),
        }
    }
}

fn scale_of(scale: i64) -> Result<usize> {
    let message = "the scale must be between 0 and 2147483647";
    let scale = usize::try_from(scale)
        .ok()
        .filter(|scale| *scale <= LONGEST);
    scale.ok_or_else(|| Thrown::new("ValueError", message))
}

fn aligned(one: &Decimal, other: &Decimal) -> (Vec<u8>, Vec<u8>, usize) {
    let scale = one.scale.max(other.scale);
    let (mut one, mut other) = (one.scaled(scale).digits, other.scaled(scale).digits);
    let len = one.len().max(other.len());
    one.splice(0..0, vec![0; len - one.len()]);
    other.splice(0..0, vec![0; len - other.len()]);
    (one, other, scale)
}

fn sum(one: &Decimal, other: &Decimal) -> Decimal {
    let (left, right, scale) = aligned(one, other);
    if one.negative == other.negative {
        let mut digits = Vec::with_capacity(left.len() + 1);
        let mut carry = 0;
        for (one, other) in left.iter().zip(&right).rev() {
            let digit = one + other + carry;
            digits.push(digit % 10);
            carry = digit / 10;
        }
        digits.push(carry);
        digits.reverse();
        return Decimal {
            negative: one.negative,
            digits,
            scale,
        };
    }
    let (larger, smaller, negative) = match left.cmp(&right) {
        Ordering::Less => (right, left, other.negative),
        _ => (left, right, one.negative),
    };
    let mut digits = Vec::with_capacity(larger.len());
    let mut borrow = 0;
    for (one, other) in larger.iter().zip(&smaller).rev() {
        let taken = other + borrow;
        borrow = u8::from(*one < taken);
        digits.push(one + borrow * 10 - taken);
    }
    digits.reverse();
    Decimal {
        negative,
        digits,
        scale,
    }
}

fn product(one: &Decimal, other: &Decimal) -> Decimal {
    let mut places = vec![0_u32; one.digits.len() + other.digits.len()];
    for (i, left) in one.digits.iter().enumerate() {
        for (j, right) in other.digits.iter().enumerate() {
            places[i + j + 1] += u32::from(*left) * u32::from(*right);
            // Keeps each digit in range.
            let carry = places[i + j + 1] / 10;
            places[i + j + 1] %= 10;
            places[i + j] += carry;
        }
    }
    let mut carry = 0;
    let mut digits = Vec::with_capacity(places.len());
    for place in places.iter().rev() {
        let digit = place + carry;
        digits.push((digit % 10) as u8);
        carry = digit / 10;
    }
    digits.reverse();
    Decimal {
        negative: one.negative != other.negative,
        digits,
        scale: one.scale + other.scale,
    }
}

/// Divides two whole numbers; returns the quotient and the remainder.
fn divided(one: &[u8], other: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let trimmed = |digits: &[u8]| {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits[zeros..].to_vec()
    };
    let other = trimmed(other);
    let less = |one: &[u8], other: &[u8]| (one.len(), one) < (other.len(), other);
    let (mut left, mut quotient): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::with_capacity(one.len()));
    for digit in one {
        left.push(*digit);
        left = trimmed(&left);
        let mut times = 0;
        while !less(&left, &other) {
            let whole = |digits: &[u8], negative| Decimal {
                negative,
                digits: digits.to_vec(),
                scale: 0,
            };
            left = trimmed(&sum(&whole(&left, false), &whole(&other, true)).digits);
            times += 1;
        }
        quotient.push(times);
    }
    (quotient, left)
}

/// `bcadd($one, $other, $scale)`
///
/// # Errors
/// A `ValueError` if a text is not a decimal number.
pub fn bcadd(one: &str, other: &str, scale: i64) -> Result<String> {
    Ok(sum(&Decimal::parse(one)?, &Decimal::parse(other)?).text(scale_of(scale)?))
}

/// `bcsub($one, $other, $scale)`
///
/// # Errors
/// A `ValueError` if a text is not a decimal number.
pub fn bcsub(one: &str, other: &str, scale: i64) -> Result<String> {
    let mut other = Decimal::parse(other)?;
    other.negative = !other.negative;
    Ok(sum(&Decimal::parse(one)?, &other).text(scale_of(scale)?))
}

/// `bcmul($one, $other, $scale)`
///
/// # Errors
/// A `ValueError` if a text is not a decimal number.
pub fn bcmul(one: &str, other: &str, scale: i64) -> Result<String> {
    Ok(product(&Decimal::parse(one)?, &Decimal::parse(other)?).text(scale_of(scale)?))
}

/// `bcdiv($one, $other, $scale)`
///
/// # Errors
/// A `ValueError` if a text is not a decimal number, and a `DivisionByZeroError`.
pub fn bcdiv(one: &str, other: &str, scale: i64) -> Result<String> {
    let (one, other, scale) = (
        Decimal::parse(one)?,
        Decimal::parse(other)?,
        scale_of(scale)?,
    );
    if other.is_zero() {
        return Err(Thrown::new("DivisionByZeroError", "Division by zero"));
    }
    let common = one.scale.max(other.scale);
    let (mut left, right) = (one.scaled(common).digits, other.scaled(common).digits);
    left.extend(std::iter::repeat_n(0, scale));
    let (digits, _) = divided(&left, &right);
    let negative = one.negative != other.negative;
    Ok(Decimal {
        negative,
        digits,
        scale,
    }
    .text(scale))
}

/// `bcmod($one, $other, $scale)`
///
/// # Errors
/// A `ValueError` if a text is not a decimal number, and a `DivisionByZeroError`.
pub fn bcmod(one: &str, other: &str, scale: i64) -> Result<String> {
    let (one, other, scale) = (
        Decimal::parse(one)?,
        Decimal::parse(other)?,
        scale_of(scale)?,
    );
    if other.is_zero() {
        return Err(Thrown::new("DivisionByZeroError", "Modulo by zero"));
    }
    let common = one.scale.max(other.scale).max(scale);
    let (_, digits) = divided(&one.scaled(common).digits, &other.scaled(common).digits);
    Ok(Decimal {
        negative: one.negative,
        digits,
        scale: common,
    }
    .text(scale))
}

/// `bccomp($one, $other, $scale)`
///
/// # Errors
/// A `ValueError` if a text is not a decimal number.
pub fn bccomp(one: &str, other: &str, scale: i64) -> Result<i64> {
    let scale = scale_of(scale)?;
    let (one, other) = (
        Decimal::parse(one)?.scaled(scale),
        Decimal::parse(other)?.scaled(scale),
    );
    let difference = sum(
        &one,
        &Decimal {
            negative: !other.negative,
            ..other
        },
    );
    Ok(match (difference.is_zero(), difference.negative) {
        (true, _) => 0,
        (false, true) => -1,
        (false, false) => 1,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn money_is_exact() {
        assert_eq!(bcmul("19.99", "100", 0).unwrap(), "1999");
        assert_eq!(bcadd("1", "2.555", 2).unwrap(), "3.55");
        assert_eq!(bcsub("0.1", "0.30", 2).unwrap(), "-0.20");
        assert_eq!(bcdiv("1", "3", 4).unwrap(), "0.3333");
        assert_eq!(bcdiv("-10.5", "0.25", 0).unwrap(), "-42");
        assert_eq!(bcmod("10", "3", 0).unwrap(), "1");
        assert_eq!(bccomp("1.001", "1", 2).unwrap(), 0);
        assert_eq!(bccomp("1.01", "1", 2).unwrap(), 1);
        assert_eq!(
            bcadd("99999999999999999999", "1", 0).unwrap(),
            "100000000000000000000"
        );
        assert!(bcadd("1e3", "1", 0).is_err());
        assert!(bcdiv("1", "0", 0).unwrap_err().is("DivisionByZeroError"));
    }
}
