//! Numbers as PHP writes them.

use crate::syntax::ExprKind;

/// `42`, `0x1F`, `0o17`, `017`, `0b1`, `1_000`; too large a number is a float.
pub(super) fn integer(text: &str) -> ExprKind {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let (digits, radix) = split_radix(&digits);
    match i64::from_str_radix(digits, radix) {
        Ok(number) => ExprKind::Int(number),
        Err(_) if digits.is_empty() => ExprKind::Int(0),
        Err(_) => ExprKind::Float(large(digits, radix)),
    }
}

/// `1.5`, `.5`, `1e3`, `1_000.5`
pub(super) fn float(text: &str) -> ExprKind {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    match digits.parse() {
        Ok(number) => ExprKind::Float(number),
        Err(_) => ExprKind::Unsupported {
            what: format!("the number `{text}`"),
        },
    }
}

fn split_radix(digits: &str) -> (&str, u32) {
    let lower = digits.to_ascii_lowercase();
    let radix = match lower.as_bytes() {
        [b'0', b'x', ..] => 16,
        [b'0', b'b', ..] => 2,
        [b'0', b'o', ..] => 8,
        [b'0', _, ..] => return (digits.get(1..).unwrap_or_default(), 8),
        _ => return (digits, 10),
    };
    (digits.get(2..).unwrap_or_default(), radix)
}

fn large(digits: &str, radix: u32) -> f64 {
    if radix == 10 {
        return digits.parse().unwrap_or(f64::INFINITY);
    }
    let digits = digits.chars().filter_map(|c| c.to_digit(radix));
    digits.fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_number() {
        for (text, expected) in [
            ("0", 0),
            ("42", 42),
            ("1_000_000", 1_000_000),
            ("0x1F", 31),
            ("0X1f", 31),
            ("0b101", 5),
            ("017", 15),
            ("0o17", 15),
            ("00", 0),
            ("9223372036854775807", i64::MAX),
        ] {
            assert_eq!(integer(text), ExprKind::Int(expected), "{text}");
        }
        let large = 9_223_372_036_854_775_808.0;
        assert_eq!(integer("9223372036854775808"), ExprKind::Float(large));
        assert_eq!(integer("0x8000000000000000"), ExprKind::Float(large));
        for (text, expected) in [("1.5", 1.5), (".5", 0.5), ("6.", 6.0), ("1_0.5e-1", 1.05)] {
            assert_eq!(float(text), ExprKind::Float(expected), "{text}");
        }
    }
}
