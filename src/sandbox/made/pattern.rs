//! The few regular expressions of the documentation, without an engine for all there are.
//!
//! They are alternatives (`|`) of a literal text, `\d{8}`, or a class with a count:
//! `[a-zA-Z0-9\|\*_-]{1,128}`.

/// Whether a text matches; an expression that is not understood refuses nothing.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let fits = |alternative: &str| match class(alternative) {
        Some(Class { set, least, most }) => {
            let count = text.chars().count();
            (least..=most).contains(&count) && text.chars().all(|c| set.holds(c))
        }
        None => alternative == text || !is_literal(alternative),
    };
    alternatives(pattern).into_iter().any(fits)
}

struct Class {
    set: Set,
    least: usize,
    most: usize,
}

struct Set(Vec<(char, char)>);

impl Set {
    fn holds(&self, c: char) -> bool {
        self.0.iter().any(|(from, to)| (*from..=*to).contains(&c))
    }
}

/// Parts between the `|` that stand in no brackets.
fn alternatives(pattern: &str) -> Vec<&str> {
    let (mut parts, mut from, mut inside) = (Vec::new(), 0, false);
    for (at, c) in pattern.char_indices() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            '|' if !inside => {
                parts.push(&pattern[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&pattern[from..]);
    parts
}

/// `\d{8}`, `[0-9]{6}`, `[a-z]{1,128}`
fn class(text: &str) -> Option<Class> {
    let (set, count) = text.strip_suffix('}')?.rsplit_once('{')?;
    let (least, most) = count.split_once(',').unwrap_or((count, count));
    let set = match set {
        r"\d" => Set(vec![('0', '9')]),
        _ => ranges(set.strip_prefix('[')?.strip_suffix(']')?)?,
    };
    Some(Class {
        set,
        least: least.parse().ok()?,
        most: most.parse().ok()?,
    })
}

/// A range that runs backwards is none, and the expression not understood.
fn ranges(text: &str) -> Option<Set> {
    let mut chars = text.chars().filter(|c| *c != '\\').peekable();
    let mut ranges = Vec::new();
    while let Some(from) = chars.next() {
        let mut ahead = chars.clone();
        let to = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(to)) => {
                chars = ahead;
                to
            }
            _ => from,
        };
        if to < from {
            return None;
        }
        ranges.push((from, to));
    }
    Some(Set(ranges))
}

fn is_literal(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_s_own_are_understood() {
        let date = r"\d{8}|\d{14}|OnAccept";
        for (pattern, text, fits) in [
            (date, "20240101", true),
            (date, "20240101000000", true),
            (date, "OnAccept", true),
            (date, "2024", false),
            (date, "2024010a", false),
            ("[0-9]{6}", "123456", true),
            ("[0-9]{6}", "12345", false),
            (r"[a-zA-Z0-9\|\*_-]{1,128}", "aZ9|*_-", true),
            (r"[a-zA-Z0-9\|\*_-]{1,128}", "a b", false),
            (r"[a-zA-Z0-9\|\*_-]{1,128}", "", false),
            // `|` to `_` runs backwards: nothing can be said.
            (r"[a-zA-Z0-9\|-_\*]{1,128}", "a b", true),
            ("(a|b)+", "anything", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text:?}");
        }
    }
}
