//! PHP without its comments.

/// The text with blanks in the place of each comment; texts and their quotes stay.
pub(super) fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '\'' | '"' => quoted(rest, first),
            '#' if !rest.starts_with("#[") => line(rest),
            '/' if rest.starts_with("//") => line(rest),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            other => other.len_utf8(),
        };
        let (part, behind) = rest.split_at(end);
        match first {
            '#' | '/' if end > 1 => {
                out.extend(part.chars().map(|c| if c == '\n' { c } else { ' ' }))
            }
            _ => out.push_str(part),
        }
        rest = behind;
    }
    out
}

/// The length of a comment that its line, or `?>`, ends.
fn line(text: &str) -> usize {
    let ends = [text.find('\n'), text.find("?>")];
    ends.into_iter().flatten().min().unwrap_or(text.len())
}

/// The length of a text with its quotes; of a quote that nothing closes, one.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_are_blank() {
        let php = "a('//b'); // c()\n# d()\n/* e()\n */ f(\"#\") #[g]\n// h ?> i";
        let blank = blanked(php);
        assert_eq!(blank.len(), php.len());
        for kept in ["a('//b');", "f(\"#\")", "#[g]", "?> i"] {
            assert!(blank.contains(kept), "{blank}");
        }
        for gone in ["c()", "d()", "e()", "h"] {
            assert!(!blank.contains(gone), "{blank}");
        }
    }
}
