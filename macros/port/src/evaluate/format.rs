//! `sprintf`.

use super::value::Value;

/// The text; nothing for a directive that is not known or an argument that is missing.
pub(super) fn sprintf(args: &[Value<'_>]) -> Option<String> {
    let (format, values) = args.split_first()?;
    let format = format.to_text().ok()?;
    let mut rest = &*format;
    let mut next = 0;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let (directive, after) = Directive::parse(after)?;
        let at = directive.position.unwrap_or_else(|| {
            next += 1;
            next
        });
        out.push_str(&directive.show(values.get(at.checked_sub(1)?)?)?);
        rest = after;
        if out.len() > 1 << 20 {
            return None;
        }
    }
    out.push_str(rest);
    Some(out)
}

struct Directive {
    position: Option<usize>,
    left: bool,
    plus: bool,
    fill: char,
    width: usize,
    precision: Option<usize>,
    kind: char,
}

impl Directive {
    fn parse(text: &str) -> Option<(Self, &str)> {
        let mut found = Self {
            position: None,
            left: false,
            plus: false,
            fill: ' ',
            width: 0,
            precision: None,
            kind: 's',
        };
        let mut rest = text;
        if let (Some(number), after) = digits(rest)
            && let Some(after) = after.strip_prefix('$')
        {
            found.position = Some(number);
            rest = after;
        }
        loop {
            let mut chars = rest.chars();
            match chars.next()? {
                '-' => found.left = true,
                '+' => found.plus = true,
                '0' => found.fill = '0',
                ' ' => found.fill = ' ',
                '\'' => found.fill = chars.next()?,
                _ => break,
            }
            rest = chars.as_str();
        }
        let (width, after) = digits(rest);
        found.width = width.unwrap_or_default().min(1 << 12);
        rest = after;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = digits(after);
            found.precision = Some(precision.unwrap_or_default().min(50));
            rest = after;
        }
        let mut chars = rest.chars();
        found.kind = chars.next()?;
        Some((found, chars.as_str()))
    }

    fn show(&self, value: &Value<'_>) -> Option<String> {
        let signed = |text: String, negative: bool| match self.plus && !negative {
            true => format!("+{text}"),
            false => text,
        };
        let text = match self.kind {
            's' => {
                let text = value.to_text().ok()?;
                match self.precision {
                    Some(len) => text.get(..len.min(text.len()))?.to_owned(),
                    None => text,
                }
            }
            'd' | 'i' => {
                let number = value.to_int()?;
                signed(number.to_string(), number < 0)
            }
            'u' => (value.to_int()? as u64).to_string(),
            'f' | 'F' => {
                let number = value.to_float()?;
                signed(
                    format!("{number:.*}", self.precision.unwrap_or(6)),
                    number < 0.0,
                )
            }
            'x' => format!("{:x}", value.to_int()?),
            'X' => format!("{:X}", value.to_int()?),
            'o' => format!("{:o}", value.to_int()?),
            'b' => format!("{:b}", value.to_int()?),
            'c' => char::from(u8::try_from(value.to_int()?).ok()?).to_string(),
            _ => return None,
        };
        Some(self.pad(text))
    }

    fn pad(&self, text: String) -> String {
        let missing = self.width.saturating_sub(text.len());
        let fill: String = std::iter::repeat_n(self.fill, missing).collect();
        match text.strip_prefix('-') {
            _ if self.left => text + &fill,
            Some(number) if self.fill == '0' => format!("-{fill}{number}"),
            _ => fill + &text,
        }
    }
}

fn digits(text: &str) -> (Option<usize>, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    // `%05d`: the zero is a filling.
    match number.starts_with('0') {
        true => (None, text),
        false => (number.parse().ok(), rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(format: &str, values: &[Value<'static>]) -> Option<String> {
        let mut args = vec![Value::Text(format.into())];
        args.extend_from_slice(values);
        sprintf(&args)
    }

    #[test]
    fn directives() {
        let text = |text: &str| Value::Text(text.into());
        for (pattern, values, expected) in [
            ("a%s%%b", vec![text("x")], "ax%b"),
            (
                "%05d|%-4d|%4d",
                vec![Value::Int(42), Value::Int(7), Value::Int(-7)],
                "00042|7   |  -7",
            ),
            ("%05d", vec![Value::Int(-42)], "-0042"),
            ("%2$s %1$s", vec![text("a"), text("b")], "b a"),
            ("%.2f", vec![Value::Float(1.005)], "1.00"),
            ("%'*6s", vec![text("ab")], "****ab"),
            ("%x%X", vec![Value::Int(255), Value::Int(255)], "ffFF"),
            ("%+d", vec![Value::Int(5)], "+5"),
            ("no", vec![], "no"),
        ] {
            assert_eq!(
                format(pattern, &values).as_deref(),
                Some(expected),
                "{pattern}"
            );
        }
        for pattern in ["%", "%s", "%y", "%99$s"] {
            assert_eq!(format(pattern, &[]), None, "{pattern}");
        }
    }
}
