//! Names in Rust for the members and values of the documentation. All generated types get their names here.

use std::collections::BTreeSet;

/// Words that Rust accepts as names only with `r#`.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
/// Words that Rust never accepts as names.
const RESERVED: [&str; 4] = ["crate", "self", "super", "_"];

/// The names that are already used in one place.
#[derive(Default)]
pub struct Names(BTreeSet<String>);

impl Names {
    /// The name of a field: `outTradeNo` becomes `out_trade_no`, `type` becomes `r#type`.
    pub fn field(&mut self, name: &str) -> String {
        let name = self.fresh(&snake(name), "_");
        if KEYWORDS.contains(&name.as_str()) {
            format!("r#{name}")
        } else {
            name
        }
    }

    /// The name of a module, which is a file name too: `type` becomes `type_`.
    pub fn module(&mut self, name: &str) -> String {
        let name = snake(name);
        if KEYWORDS.contains(&name.as_str()) {
            self.fresh(&format!("{name}_"), "_")
        } else {
            self.fresh(&name, "_")
        }
    }

    /// The name of a type or variant: `WX_BALANCE` becomes `WxBalance`. `Other` is the variant for unlisted values.
    pub fn upper(&mut self, name: &str) -> String {
        let name = match pascal(name) {
            name if ["Self", "Other"].contains(&&*name) => format!("{name}Value"),
            name => name,
        };
        self.fresh(&name, "N")
    }

    /// A name that is not used yet; a later one gets a number.
    pub fn fresh(&mut self, base: &str, before_number: &str) -> String {
        let mut name = base.to_owned();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{base}{before_number}{number}");
            number += 1;
        }
        name
    }
}

fn snake(name: &str) -> String {
    let name = words(name).join("_");
    match name.chars().next() {
        None => "value".to_owned(),
        Some(first) if first.is_numeric() => format!("n{name}"),
        Some(_) if RESERVED.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

fn pascal(name: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        let mut chars = word.chars();
        if let Some(first) = chars.next() {
            // `V2_1` must not become the same name as `V21`.
            if first.is_numeric() && out.ends_with(char::is_numeric) {
                out.push('N');
            }
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
        }
    }
    match out.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if first.is_numeric() => format!("N{out}"),
        Some(_) => out,
    }
}

/// The words of a name in lower case. A word begins after a character that is no letter or digit, and at a capital
/// that follows a small letter or precedes one.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<_> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(index + 1);
        let capital = c.is_uppercase()
            && (before.is_some_and(|it| it.is_lowercase() || it.is_numeric())
                || before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|it| it.is_lowercase()));
        if capital || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_rust_names_and_unique() {
        let mut names = Names::default();
        for (documented, rust) in [
            ("out_trade_no", "out_trade_no"),
            ("outTradeNo", "out_trade_no_2"),
            ("type", "r#type"),
            ("self", "self_"),
            ("2fa", "n2fa"),
            ("needAPIKey", "need_api_key"),
            ("total-count", "total_count"),
            ("_", "value"),
        ] {
            assert_eq!(names.field(documented), rust, "{documented}");
        }
    }

    #[test]
    fn variants_are_rust_names_and_unique() {
        let mut names = Names::default();
        for (documented, rust) in [
            ("WX_BALANCE", "WxBalance"),
            ("wxBalance", "WxBalanceN2"),
            ("JSAPI", "Jsapi"),
            ("OTHER", "OtherValue"),
            ("SELF", "SelfValue"),
            ("1", "N1"),
            ("V2_1", "V2N1"),
            ("", "Empty"),
            ("身份证", "身份证"),
        ] {
            assert_eq!(names.upper(documented), rust, "{documented}");
        }
    }

    #[test]
    fn modules_of_keywords_have_file_names() {
        assert_eq!(Names::default().module("type"), "type_");
        assert_eq!(Names::default().module("{out_trade_no}"), "out_trade_no");
    }
}
