//! Names in Rust.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};

use crate::hir::tree::{Class, ExprKind, Function};

/// Words that no name may be.
const KEYWORDS: [&str; 52] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use",
    "where", "while", "abstract", "become", "box", "do", "final", "macro", "override", "priv",
    "typeof", "unsized", "virtual", "yield", "try", "gen", "union",
];
/// Names that generated code uses itself.
const OWN: [&str; 12] = [
    "php", "json", "client", "host", "this", "value", "thrown", "settled", "subject", "print",
    "println", "format",
];

/// `orderNo` is `order_no`, `WxPayService` is `wx_pay_service`.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            if !out.ends_with('_') && !out.is_empty() {
                out.push('_');
            }
            continue;
        }
        if c.is_uppercase() {
            let before = index.checked_sub(1).and_then(|before| chars.get(before));
            let after = chars.get(index + 1);
            let starts = before
                .is_some_and(|before| before.is_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase()));
            if starts && !out.ends_with('_') && !out.is_empty() {
                out.push('_');
            }
        }
        out.extend(c.to_lowercase());
    }
    let out = out.trim_end_matches('_').to_owned();
    match out.chars().next() {
        None => "value".to_owned(),
        Some(first) if first.is_numeric() => format!("n{out}"),
        Some(_) => out,
    }
}

/// `wx_pay_service` is `WxPayService`.
pub(crate) fn pascal(name: &str) -> String {
    let mut out = String::new();
    for word in snake(name).split('_') {
        let mut chars = word.chars();
        if let Some(first) = chars.next() {
            out.extend(first.to_uppercase());
            out.push_str(chars.as_str());
        }
    }
    out
}

/// Types that generated code names without their crate, in its `use` lines or from the prelude.
const TYPES: [&str; 19] = [
    "Box",
    "Certificate",
    "Client",
    "Duration",
    "Error",
    "ErrorKind",
    "FieldPolicy",
    "Media",
    "Option",
    "Padding",
    "PrivateKey",
    "PublicKey",
    "Response",
    "Secret",
    "Self",
    "SignType",
    "String",
    "Value",
    "Vec",
];

/// The name of a class's struct: not that of a type that the code uses.
pub(crate) fn class_name(php: &str) -> String {
    let name = pascal(php);
    if TYPES.contains(&name.as_str()) {
        format!("Php{name}")
    } else {
        name
    }
}

/// A name that Rust takes.
pub(crate) fn ident(name: &str) -> Ident {
    let name = match KEYWORDS.contains(&name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    };
    Ident::new(&name, Span::call_site())
}

/// The names of a function's variables, each its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taken(BTreeSet<String>);

impl Taken {
    /// A name that nothing else has.
    pub(crate) fn variable(&mut self, php: &str) -> Ident {
        let base = snake(php);
        let base = match OWN.contains(&base.as_str()) && base != "client" {
            true => format!("{base}_"),
            false => base,
        };
        self.fresh(&base)
    }

    /// Whether something has this name already.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// A name for what has none in PHP.
    pub(crate) fn fresh(&mut self, base: &str) -> Ident {
        let mut name = base.to_owned();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        ident(&name)
    }
}

/// The name of a method: no other function of the class has it. `__get` is `get` where that is free.
pub(crate) fn method_name(class: &Class, php: &str) -> Ident {
    let mut taken = Taken::default();
    taken.fresh("new");
    let scalar = |value: &ExprKind| {
        matches!(
            value,
            ExprKind::Text(_) | ExprKind::Int(_) | ExprKind::Bool(_) | ExprKind::Float(_)
        )
    };
    for constant in class.consts.iter().filter(|it| !scalar(&it.value.kind)) {
        taken.fresh(&snake(&constant.name));
    }
    let is_magic = |method: &&Function| method.name.starts_with("__");
    let plain = class.methods.iter().filter(|method| !is_magic(method));
    for method in plain.chain(class.methods.iter().filter(is_magic)) {
        let base = snake(&method.name);
        let name = if is_magic(&method) && taken.contains(&base) {
            taken.fresh(&format!("magic_{base}"))
        } else {
            taken.fresh(&base)
        };
        if method.name.eq_ignore_ascii_case(php) {
            return name;
        }
    }
    ident(&snake(php))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rusts() {
        for (php, rust) in [
            ("orderNo", "order_no"),
            ("WxPayV3Service", "wx_pay_v3_service"),
            ("APIv3Key", "ap_iv3_key"),
            ("out_trade_no", "out_trade_no"),
            ("_x", "x"),
            ("2fa", "n2fa"),
        ] {
            assert_eq!(snake(php), rust, "{php}");
        }
        assert_eq!(pascal("order_service"), "OrderService");
        assert_eq!(ident("type").to_string(), "type_");
        assert_eq!(class_name("Client"), "PhpClient");
        assert_eq!(class_name("wx_client"), "WxClient");
    }
}
