//! Floats as PHP writes them.

/// `(string)`: 14 significant digits.
pub fn cast(number: f64) -> String {
    if let Some(special) = special(number) {
        return special.to_owned();
    }
    let rounded = format!("{number:.13e}");
    let (digits, exponent) = parts(&rounded);
    layout(number, &digits, exponent, 14, 'E')
}

/// `json_encode`: the fewest digits that identify the number.
pub fn json(number: f64) -> String {
    let shortest = format!("{number:e}");
    let (digits, exponent) = parts(&shortest);
    layout(number, &digits, exponent, 17, 'e')
}

fn special(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NAN"),
        f64::INFINITY => Some("INF"),
        f64::NEG_INFINITY => Some("-INF"),
        _ => None,
    }
}

/// The significant digits, and the exponent of the first.
fn parts(scientific: &str) -> (String, i32) {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    (digits.to_owned(), exponent.parse().unwrap_or_default())
}

fn layout(number: f64, digits: &str, exponent: i32, precision: i32, e: char) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if exponent < -4 || exponent >= precision {
        let (first, rest) = digits.split_at(1);
        let rest = if rest.is_empty() { "0" } else { rest };
        let direction = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}.{rest}{e}{direction}{}", exponent.abs());
    }
    let len = digits.len() as i32;
    let point = exponent + 1;
    if point <= 0 {
        let zeros = "0".repeat(point.unsigned_abs() as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    if point >= len {
        let zeros = "0".repeat((point - len).unsigned_abs() as usize);
        return format!("{sign}{digits}{zeros}");
    }
    let (whole, fraction) = digits.split_at(point.unsigned_abs() as usize);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_have_fourteen_digits() {
        for (number, expected) in [
            (0.1 + 0.2, "0.3"),
            (1.0, "1"),
            (0.1, "0.1"),
            (1e14, "1.0E+14"),
            (123_456_789_012_345.0, "1.2345678901234E+14"),
            (12_345_678_901_234.0, "12345678901234"),
            (-0.0, "-0"),
            (1e-4, "0.0001"),
            (1e-5, "1.0E-5"),
            (10.5, "10.5"),
            (f64::INFINITY, "INF"),
        ] {
            assert_eq!(cast(number), expected);
        }
    }

    #[test]
    fn json_has_the_shortest_digits() {
        for (number, expected) in [
            (1.0, "1"),
            (10.50, "10.5"),
            (1e16, "10000000000000000"),
            (1e17, "1.0e+17"),
            (1e-5, "1.0e-5"),
            (1e-4, "0.0001"),
            (-0.0, "-0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (9_223_372_036_854_775_808.0, "9.223372036854776e+18"),
        ] {
            assert_eq!(json(number), expected);
        }
    }
}
