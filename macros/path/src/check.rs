use crate::{Part, PathError, parts};

/// Checks a template: a relative path with RFC 6570 expressions, optionally with a query.
///
/// One leading slash and a trailing slash are accepted.
///
/// # Errors
///
/// [`PathError`] for everything that would leave the host or the intended path: absolute and `//` paths,
/// dot segments (also as `%2e`), fragments, white space, control characters, backslashes and empty inner
/// segments; and for malformed expressions.
pub fn check_template(template: &str) -> Result<(), PathError> {
    check_characters(template)?;
    let relative = template.strip_prefix('/').unwrap_or(template);
    check_relative(relative)?;
    check_expressions(relative)?;
    let (path, _) = split_query(relative);
    if path.contains('\\') {
        return Err(PathError::Backslash);
    }
    check_segments(path)
}

/// Checks a path whose variables have been filled in, without its leading slash.
///
/// Values may leave a segment empty, but must not change the path.
///
/// # Errors
///
/// [`PathError::Absolute`], [`PathError::DotSegment`] and [`PathError::Fragment`].
pub fn check_expanded(relative: &str) -> Result<(), PathError> {
    check_relative(relative)?;
    if !is_suspicious(relative) {
        return Ok(());
    }
    if relative.contains('#') {
        return Err(PathError::Fragment);
    }
    let path = relative.split('?').next().unwrap_or_default();
    if path.split('/').any(is_dot_segment) {
        Err(PathError::DotSegment)
    } else {
        Ok(())
    }
}

/// Whether any check could fail. One pass instead of four; nearly every path stops here.
fn is_suspicious(path: &str) -> bool {
    let special = |byte| (byte == b'.') | (byte == b'%') | (byte == b'#');
    path.bytes().fold(false, |any, byte| any | special(byte))
}

/// Splits off the query, including its `?`; a `?` inside braces is an operator.
pub(crate) fn split_query(template: &str) -> (&str, &str) {
    let at = find_outside_braces(template, b'?').unwrap_or(template.len());
    template.split_at(at)
}

/// Returns the segments of a path; a `/` inside braces is an operator.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let text = rest?;
        match find_outside_braces(text, b'/') {
            Some(at) => {
                rest = Some(&text[at + 1..]);
                Some(&text[..at])
            }
            None => rest.take(),
        }
    })
}

fn find_outside_braces(text: &str, wanted: u8) -> Option<usize> {
    let mut inside = false;
    text.bytes().position(|byte| {
        match byte {
            b'{' => inside = true,
            b'}' => inside = false,
            _ => {}
        }
        !inside && byte == wanted
    })
}

fn check_characters(text: &str) -> Result<(), PathError> {
    let refused = |c: &char| c.is_whitespace() || c.is_control();
    match text.chars().find(refused) {
        Some(found) => Err(PathError::Character { found }),
        None => Ok(()),
    }
}

/// Rejects `//host`, `\\host` (which browsers and some servers read alike), and any scheme.
fn check_relative(relative: &str) -> Result<(), PathError> {
    if relative.starts_with(['/', '\\']) || has_scheme(relative) {
        Err(PathError::Absolute)
    } else {
        Ok(())
    }
}

/// Whether a text has a scheme (RFC 3986, section 3.1); a first segment with a colon is always read as one.
fn has_scheme(text: &str) -> bool {
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let end = text.bytes().position(|byte| !is_scheme(byte));
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && end.is_some_and(|end| text.as_bytes()[end] == b':')
}

fn check_expressions(template: &str) -> Result<(), PathError> {
    for part in parts(template) {
        let fragment = match part? {
            Part::Literal(text) => text.contains('#'),
            Part::Expression(expression) => expression.operator().symbol == Some('#'),
        };
        if fragment {
            return Err(PathError::Fragment);
        }
    }
    Ok(())
}

fn check_segments(path: &str) -> Result<(), PathError> {
    let mut rest = segments(path).peekable();
    while let Some(segment) = rest.next() {
        if is_dot_segment(segment) {
            return Err(PathError::DotSegment);
        }
        if segment.is_empty() && rest.peek().is_some() {
            return Err(PathError::EmptySegment);
        }
    }
    Ok(())
}

/// Whether a segment is `.` or `..`; each dot may be encoded as `%2e`.
fn is_dot_segment(mut segment: &str) -> bool {
    for dots in 0..=2 {
        if segment.is_empty() {
            return dots > 0;
        }
        let rest = [".", "%2e", "%2E"]
            .iter()
            .find_map(|dot| segment.strip_prefix(dot));
        match rest {
            Some(rest) => segment = rest,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_to_other_places_are_rejected() {
        use PathError::*;
        for (template, expected) in [
            ("https://api.mch.weixin.qq.com/v3/pay", Absolute),
            ("HTTPS://host/v3", Absolute),
            ("/https:x", Absolute),
            ("file:x", Absolute),
            ("//host/v3", Absolute),
            ("///v3", Absolute),
            ("\\\\host\\v3", Absolute),
            ("/\\host", Absolute),
            ("v3\\pay", Backslash),
            ("v3/../pay", DotSegment),
            ("v3/./pay", DotSegment),
            ("..", DotSegment),
            ("v3/%2e%2E/pay", DotSegment),
            ("v3/.%2e", DotSegment),
            ("v3/%2e/", DotSegment),
            ("v3//pay", EmptySegment),
            ("v3/pay//", EmptySegment),
            ("v3/pay#x", Fragment),
            ("v3/pay?a=1#x", Fragment),
            ("v3/pay{#x}", Fragment),
            ("v3/p ay", Character { found: ' ' }),
            ("v3/pay?a=b c", Character { found: ' ' }),
            ("v3/pay\n", Character { found: '\n' }),
            ("v3/pay\0", Character { found: '\0' }),
            ("v3/\u{7f}", Character { found: '\u{7f}' }),
            ("v3/\u{3000}pay", Character { found: '\u{3000}' }),
            ("v3/{ a }", Character { found: ' ' }),
            ("v3/{a", UnclosedBrace),
            ("v3/a}", UnopenedBrace),
            ("v3/{}", EmptyExpression),
        ] {
            assert_eq!(check_template(template), Err(expected), "{template}");
        }
    }

    #[test]
    fn accepts_ordinary_templates() {
        for template in [
            "",
            "/",
            "v3/pay",
            "/v3/pay",
            "v3/pay/",
            "v3/Pay/{outTradeNo}",
            "v3/pay?url=https://x/../y//z",
            "v3{/a,b}{?c}",
            "{+path}",
            "{a:3}/x",
            "v3/a:b/c@d",
            "v3/...",
            "v3/%2e%2e%2e",
            "v3/{a}..",
            "v3/支付",
        ] {
            assert_eq!(check_template(template), Ok(()), "{template}");
        }
    }

    #[test]
    fn expanded_paths_are_checked() {
        use PathError::*;
        for (path, expected) in [
            ("v3/x//y", Ok(())),
            ("v3/x?a=../b", Ok(())),
            ("v3/../y", Err(DotSegment)),
            ("v3/%2e", Err(DotSegment)),
            ("/host/x", Err(Absolute)),
            ("https://host", Err(Absolute)),
            ("v3/x#y", Err(Fragment)),
        ] {
            assert_eq!(check_expanded(path), expected, "{path}");
        }
    }
}
