//! Names, texts and widths.

/// How many columns a text takes, as rustfmt counts: East Asian wide characters take two.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The wide ranges of Unicode's EastAsianWidth.txt, roughly: what people write in China, and emoji.
fn columns(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f900}'..='\u{1f9ff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// A text as a literal of Rust.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| !c.is_control() && !is_invisible(c);
    if text.contains('"') && !text.contains("\"#") && text.chars().all(plain) {
        return format!("r#\"{text}\"#");
    }
    if text.contains('\\') && !text.contains('"') && text.chars().all(plain) {
        return format!("r\"{text}\"");
    }
    format!("\"{}\"", escaped(text))
}

/// A text between the quotation marks of a literal.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            c if c.is_control() || is_invisible(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Characters that are not seen, or change how the text around them is shown.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text of PHP's as the lines of a comment: none of it can end the comment or hide in it.
pub(crate) fn comment_lines(text: &str) -> Vec<String> {
    let breaks = [
        '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
    ];
    let text = text.replace("\r\n", "\n");
    text.split(breaks).map(shown).collect()
}

/// The same on one line.
pub(crate) fn comment_line(text: &str) -> String {
    comment_lines(text).join(" ")
}

fn shown(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => out.push(' '),
            c if c.is_control() || is_invisible(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// `$orderNo` is `order_no` in Rust; a keyword gets a `_` behind it.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let starts = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && chars.peek().is_some_and(|c| c.is_lowercase()))
            });
        if starts {
            out.push('_');
        }
        if c.is_alphanumeric() || c == '_' {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
        before = Some(c);
    }
    let out = out.trim_matches('_');
    if out.is_empty() {
        return "value".to_owned();
    }
    match () {
        () if out.starts_with(|c: char| c.is_ascii_digit()) => format!("v{out}"),
        () if KEYWORDS.contains(&out) => format!("{out}_"),
        () => out.to_owned(),
    }
}

#[rustfmt::skip]
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union",
];

/// Whether `name` stands in a text as a whole word.
pub(crate) fn mentions(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(word) && !after.is_some_and(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rusts() {
        for (php, rust) in [
            ("instance", "instance"),
            ("orderNo", "order_no"),
            ("apiv2Key", "apiv2_key"),
            ("mediaMd5Digest", "media_md5_digest"),
            ("inWechatpayAPIKey", "in_wechatpay_api_key"),
            ("MCHID", "mchid"),
            ("type", "type_"),
            ("_x_", "x"),
            ("2a", "v2a"),
            ("transaction-id", "transaction_id"),
        ] {
            assert_eq!(snake(php), rust);
        }
    }

    #[test]
    fn texts_become_literals() {
        for (text, literal) in [
            ("a'b", r#""a'b""#),
            ("[\"x\"]", "r#\"[\"x\"]\"#"),
            ("a\\b", "r\"a\\b\""),
            ("a\"\n", r#""a\"\n""#),
            ("\"#", r##""\"#""##),
            ("\u{202e}", "\"\\u{202e}\""),
            ("\"\u{202e}\\", "\"\\\"\\u{202e}\\\\\""),
        ] {
            assert_eq!(quoted(text), literal);
        }
    }

    #[test]
    fn words_are_whole() {
        assert!(mentions("f(&order_no)", "order_no"));
        assert!(!mentions("order_no2 my_order_no", "order_no"));
        assert_eq!(width("a中"), 3);
    }
}
