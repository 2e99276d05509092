//! The tree as text: `prettyplease` prints it; `json!` and comments, which it leaves as they are, are
//! laid out here.

use proc_macro2::TokenStream;
use quote::quote;

/// JSON as it is written in a `json!`.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    Object(Vec<(String, Json)>),
    List(Vec<Json>),
    Leaf(TokenStream),
}

/// What the printer puts in for names that stand for it.
#[derive(Debug, Default)]
pub(crate) struct Inserts {
    jsons: Vec<Json>,
    comments: Vec<String>,
}

/// The widest line.
const WIDTH: usize = 100;

impl Inserts {
    /// A `json!` that is laid out when it is printed.
    pub(crate) fn json(&mut self, json: Json) -> TokenStream {
        self.jsons.push(json);
        let name = quote::format_ident!("__json_{}", self.jsons.len() - 1);
        quote!(json!(#name))
    }

    /// A line of comment, as a statement.
    pub(crate) fn comment(&mut self, text: &str) -> TokenStream {
        let clean: String = text
            .chars()
            .filter(|c| !c.is_control() && !is_direction(*c))
            .collect();
        self.comments.push(clean);
        let name = quote::format_ident!("__comment_{}", self.comments.len() - 1);
        quote!(#name!();)
    }

    /// The text of a file.
    pub(crate) fn file(&self, tokens: TokenStream) -> Result<String, String> {
        let file = syn::parse2::<syn::File>(tokens.clone()).map_err(|err| {
            format!(
                "{err}: {}",
                tokens.to_string().chars().take(0).collect::<String>()
            )
        })?;
        let text = prettyplease::unparse(&file);
        let text = self.with_comments(&text);
        Ok(self.with_jsons(&text))
    }

    fn with_comments(&self, text: &str) -> String {
        let mut out = String::new();
        for line in text.lines() {
            let trimmed = line.trim_start();
            let number = trimmed
                .strip_prefix("__comment_")
                .and_then(|rest| rest.strip_suffix("!();"))
                .and_then(|number| number.parse::<usize>().ok());
            match number.and_then(|number| self.comments.get(number)) {
                Some(comment) => {
                    let indent = &line[..line.len() - trimmed.len()];
                    out.push_str(format!("{indent}// {comment}").trim_end());
                }
                None => out.push_str(line),
            }
            out.push('\n');
        }
        out
    }

    fn with_jsons(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("json!(__json_") {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let after = &after["json!(__json_".len()..];
            let end = after.find(')').unwrap_or(0);
            let json = after[..end]
                .parse::<usize>()
                .ok()
                .and_then(|number| self.jsons.get(number));
            let line = out.rsplit('\n').next().unwrap_or_default();
            let indent = line.len() - line.trim_start().len();
            let column = line.chars().count();
            if let Some(json) = json {
                let flat = self.flat(json);
                let fits = !flat.contains('\n') && column + flat.chars().count() + 8 <= WIDTH;
                match fits {
                    true => out.push_str(&format!("json!({flat})")),
                    false => out.push_str(&format!("json!({})", self.laid_out(json, indent))),
                }
            }
            rest = after.get(end + 1..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }

    fn leaf(&self, tokens: &TokenStream) -> String {
        let plain = tokens.to_string();
        if plain == "null" {
            return plain;
        }
        let Ok(expr) = syn::parse2::<syn::Expr>(tokens.clone()) else {
            return plain;
        };
        let file: syn::File = syn::parse_quote!(
            const X: () = #expr;
        );
        let text = prettyplease::unparse(&file);
        let text = text
            .trim_end()
            .strip_prefix("const X: () =")
            .unwrap_or(&text);
        let text = text.trim().trim_end_matches(';');
        let text = self.with_jsons(text);
        // `json!` would take a block for an object.
        match text.starts_with(['{', '[']) {
            true => format!("({text})"),
            false => text,
        }
    }

    fn flat(&self, json: &Json) -> String {
        match json {
            Json::Leaf(tokens) => self.leaf(tokens),
            Json::List(items) => {
                let items: Vec<_> = items.iter().map(|item| self.flat(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Json::Object(members) if members.is_empty() => "{}".to_owned(),
            Json::Object(members) => {
                let members = members.iter();
                let members: Vec<_> = members
                    .map(|(key, value)| format!("{}: {}", quoted(key), self.flat(value)))
                    .collect();
                format!("{{ {} }}", members.join(", "))
            }
        }
    }

    fn laid_out(&self, json: &Json, indent: usize) -> String {
        let pad = " ".repeat(indent + 4);
        let end = " ".repeat(indent);
        let line = |prefix: String, value: &Json| {
            let flat = self.flat(value);
            let fits =
                !flat.contains('\n') && indent + 5 + prefix.len() + flat.chars().count() <= WIDTH;
            let value = if fits {
                flat
            } else {
                self.laid_out(value, indent + 4)
            };
            format!("{pad}{prefix}{value},\n")
        };
        match json {
            Json::Leaf(tokens) => self.leaf(tokens).replace('\n', &format!("\n{end}")),
            Json::List(items) if items.is_empty() => "[]".to_owned(),
            Json::Object(members) if members.is_empty() => "{}".to_owned(),
            Json::List(items) => {
                let lines: String = items.iter().map(|item| line(String::new(), item)).collect();
                format!("[\n{lines}{end}]")
            }
            Json::Object(members) => {
                let lines = members.iter();
                let lines: String = lines
                    .map(|(key, value)| line(format!("{}: ", quoted(key)), value))
                    .collect();
                format!("{{\n{lines}{end}}}")
            }
        }
    }
}

/// A text as Rust writes it.
fn quoted(text: &str) -> String {
    quote!(#text).to_string()
}

/// Characters that turn the direction of text around, and break lines.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
