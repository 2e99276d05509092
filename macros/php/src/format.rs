//! `sprintf` and `number_format`.

use serde_json::Value;

use crate::number::rounded;
use crate::value::float_value;
use crate::{Result, Thrown, float, int, text};

/// One `%…` of a format.
struct Spec {
    left: bool,
    plus: bool,
    fill: char,
    width: usize,
    precision: Option<usize>,
    kind: char,
    arg: Option<usize>,
}

/// The longest that a width or precision may be.
const WIDEST: usize = 1 << 16;

/// `sprintf($format, …$args)`
///
/// # Errors
/// An `ArgumentCountError` when a value is missing, a `ValueError` for a format that PHP does not know.
pub fn sprintf(format: &str, args: &[Value]) -> Result<String> {
    let mut out = String::new();
    let mut next = 0;
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            out.push('%');
            continue;
        }
        let spec = spec(&mut chars)?;
        let index = spec.arg.unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        let value = args.get(index).ok_or_else(|| {
            let message = format!(
                "{} arguments are required, {} given",
                index + 2,
                args.len() + 1
            );
            Thrown::new("ArgumentCountError", message)
        })?;
        written(&spec, value, &mut out)?;
    }
    Ok(out)
}

fn spec(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Spec> {
    let mut spec = Spec {
        left: false,
        plus: false,
        fill: ' ',
        width: 0,
        precision: None,
        kind: 's',
        arg: None,
    };
    let mut ahead = chars.clone();
    let digits = number(&mut ahead);
    if let Some(arg) = digits
        && ahead.next() == Some('$')
    {
        spec.arg = Some(arg.saturating_sub(1));
        *chars = ahead;
    }
    loop {
        match chars.peek() {
            Some('-') => spec.left = true,
            Some('+') => spec.plus = true,
            Some(fill @ ('0' | ' ')) => spec.fill = *fill,
            Some('\'') => {
                chars.next();
                spec.fill = *chars.peek().unwrap_or(&' ');
            }
            _ => break,
        }
        chars.next();
    }
    spec.width = number(chars).unwrap_or(0).min(WIDEST);
    if chars.peek() == Some(&'.') {
        chars.next();
        spec.precision = Some(number(chars).unwrap_or(0).min(53));
    }
    if chars.peek() == Some(&'l') {
        chars.next();
    }
    match chars.next() {
        Some(kind) => spec.kind = kind,
        None => {
            return Err(Thrown::new(
                "ValueError",
                "Missing format specifier at end of string",
            ));
        }
    }
    Ok(spec)
}

fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut digits = String::new();
    while let Some(c) = chars.peek().filter(|c| c.is_ascii_digit()) {
        digits.push(*c);
        chars.next();
    }
    digits.parse().ok()
}

fn written(spec: &Spec, value: &Value, out: &mut String) -> Result<()> {
    let precision = spec.precision;
    let (sign, digits) = match spec.kind {
        's' => {
            let text = text(value);
            let cut = match precision {
                Some(length) => crate::substr(&text, 0, Some(length as i64))?,
                None => text,
            };
            ("", cut)
        }
        'd' | 'i' => {
            let number = int(value);
            (
                signed(number < 0, spec.plus),
                number.unsigned_abs().to_string(),
            )
        }
        'u' => ("", (int(value) as u64).to_string()),
        'c' => {
            let byte = (int(value) & 0xff) as u8;
            if !byte.is_ascii() {
                return Err(Thrown::fault("`%c` makes no text of this number"));
            }
            out.push(char::from(byte));
            return Ok(());
        }
        // PHP writes none of the digits then.
        'x' | 'X' | 'o' | 'b' if precision.is_some() => ("", String::new()),
        'x' => ("", format!("{:x}", int(value))),
        'X' => ("", format!("{:X}", int(value))),
        'o' => ("", format!("{:o}", int(value))),
        'b' => ("", format!("{:b}", int(value))),
        'e' | 'E' | 'f' | 'F' if !float(value).is_finite() => {
            // PHP writes neither the sign nor the width.
            out.push_str(if float(value).is_nan() { "NaN" } else { "INF" });
            return Ok(());
        }
        // It takes a value and does not show it.
        '%' => {
            out.push('%');
            return Ok(());
        }
        'f' | 'F' => {
            let number = float(value);
            let places = precision.unwrap_or(6);
            let text = format!("{:.places$}", number.abs());
            (signed(number < 0.0, spec.plus), text)
        }
        'e' | 'E' => {
            let number = float(value);
            let text = format!("{:.*e}", precision.unwrap_or(6), number.abs());
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let direction = if exponent.starts_with('-') { "" } else { "+" };
            let text = format!("{digits}e{direction}{exponent}");
            let text = if spec.kind == 'E' {
                text.to_uppercase()
            } else {
                text
            };
            (signed(number < 0.0, spec.plus), text)
        }
        'g' | 'G' | 'h' | 'H' => {
            return Err(Thrown::fault("`%g` of sprintf has no equal here"));
        }
        kind => {
            let message = format!("Unknown format specifier \"{kind}\"");
            return Err(Thrown::new("ValueError", message));
        }
    };
    padded(spec, sign, &digits, out);
    Ok(())
}

fn signed(negative: bool, plus: bool) -> &'static str {
    match (negative, plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

fn padded(spec: &Spec, sign: &str, digits: &str, out: &mut String) {
    let missing = spec.width.saturating_sub(sign.len() + digits.len());
    let fill: String = std::iter::repeat_n(spec.fill, missing).collect();
    match (spec.left, spec.fill) {
        // PHP pads no whole number with zeros on the right.
        (true, '0') if matches!(spec.kind, 'd' | 'i' | 'u') => {
            out.push_str(&format!("{sign}{digits}{}", " ".repeat(missing)));
        }
        (true, _) => out.push_str(&format!("{sign}{digits}{fill}")),
        (false, '0') => out.push_str(&format!("{sign}{fill}{digits}")),
        (false, _) => out.push_str(&format!("{fill}{sign}{digits}")),
    }
}

/// `number_format($number, $places, $point, $thousands)`
///
/// # Errors
/// A `TypeError` if a value is not a number.
pub fn number_format(number: &Value, places: i64, point: &str, thousands: &str) -> Result<String> {
    let places = usize::try_from(places).unwrap_or(0).min(WIDEST);
    let number = rounded(crate::number::argument(number)?.float(), places as i64);
    // Infinity has no digits.
    float_value(number)?;
    let digits = format!("{:.places$}", number.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut grouped = String::new();
    for (index, c) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push_str(thousands);
        }
        grouped.push(c);
    }
    if !fraction.is_empty() {
        grouped.push_str(point);
        grouped.push_str(fraction);
    }
    let zero = digits.chars().all(|c| matches!(c, '0' | '.'));
    Ok(if number < 0.0 && !zero {
        format!("-{grouped}")
    } else {
        grouped
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn formats_are_phps() {
        let args = [
            json!(2.7654),
            json!("a"),
            json!(42),
            json!(255),
            json!("z"),
            json!(3),
            json!(1234.5),
            json!(3),
        ];
        assert_eq!(
            sprintf("%05.2f|%-5s|%05d|%x|%'*10s|%+d|%e|%u", &args).unwrap(),
            "02.77|a    |00042|ff|*********z|+3|1.234500e+3|3"
        );
        assert_eq!(
            sprintf("%-05d|%-05s|%-05.1f|%-05x|%.3x|", &vec![json!(7); 5]).unwrap(),
            "7    |70000|7.000|70000||"
        );
        assert_eq!(
            sprintf("%2$s-%1$s%%", &[json!(1), json!(2)]).unwrap(),
            "2-1%"
        );
        assert!(
            sprintf("%d %d", &[json!(1)])
                .unwrap_err()
                .is("ArgumentCountError")
        );
        assert_eq!(number_format(&json!(1234.5), 0, ".", ",").unwrap(), "1,235");
        assert_eq!(
            number_format(&json!("-1234567.891"), 2, ".", ",").unwrap(),
            "-1,234,567.89"
        );
    }
}
