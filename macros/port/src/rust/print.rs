//! The tree as text: `prettyplease` prints items; the statements of a snippet, `json!` and comments are laid out as
//! rustfmt and a hand would.

use proc_macro2::TokenStream;
use quote::quote;

use super::json::{Group as WrittenGroup, Json as Written, Member as WrittenMember};
use super::layout;
use super::text::{comment_lines, quoted};

/// JSON as it is written in a `json!`.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    Object(Group),
    List(Group),
    Leaf(TokenStream),
}

/// The list between brackets, with its comments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) members: Vec<Member>,
    /// The comment behind the opening bracket.
    pub(crate) opening: Option<String>,
    /// Comments before the closing one.
    pub(crate) closing: Vec<String>,
}

/// An item with the comments at its place.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) key: Option<String>,
    pub(crate) value: Json,
    pub(crate) before: Vec<String>,
    pub(crate) after: Option<String>,
}

impl Json {
    pub(crate) fn object(members: impl IntoIterator<Item = (String, Self)>) -> Self {
        let members = members.into_iter();
        Self::Object(Group::new(members.map(|(key, value)| (Some(key), value))))
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Self>) -> Self {
        let items = items.into_iter();
        Self::List(Group::new(items.map(|value| (None, value))))
    }
}

impl Json {
    /// Takes the member out that goes deepest, if it has members itself.
    pub(crate) fn take_deepest(&mut self, inserts: &Inserts) -> Option<(Option<String>, Self)> {
        let (Self::Object(group) | Self::List(group)) = self else {
            return None;
        };
        let members = group.members.iter_mut().enumerate();
        let (_, member) = members
            .filter(|(_, member)| !matches!(member.value, Self::Leaf(_)))
            .map(|(index, member)| (3 * index + inserts.written(&member.value).depth(), member))
            .filter(|(depth, _)| *depth > 3)
            .max_by_key(|(depth, _)| *depth)?;
        let value = std::mem::replace(&mut member.value, Self::Leaf(TokenStream::new()));
        Some((member.key.clone(), value))
    }

    /// Fills the place of what was taken out.
    pub(crate) fn put_back(&mut self, name: TokenStream) {
        let (Self::Object(group) | Self::List(group)) = self else {
            return;
        };
        let empty =
            |member: &&mut Member| matches!(&member.value, Self::Leaf(tokens) if tokens.is_empty());
        if let Some(member) = group.members.iter_mut().find(empty) {
            member.value = Self::Leaf(name);
        }
    }
}

impl Group {
    fn new(members: impl Iterator<Item = (Option<String>, Json)>) -> Self {
        let members = members.map(|(key, value)| Member {
            key,
            value,
            before: Vec::new(),
            after: None,
        });
        Self {
            members: members.collect(),
            ..Self::default()
        }
    }
}

/// The texts that the printer puts in place of names.
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

    /// Calls `change` for each leaf of JSON.
    pub(crate) fn leaves(&mut self, change: &mut dyn FnMut(&mut TokenStream)) {
        fn each(json: &mut Json, change: &mut dyn FnMut(&mut TokenStream)) {
            match json {
                Json::Leaf(tokens) => change(tokens),
                Json::Object(group) | Json::List(group) => {
                    for member in &mut group.members {
                        each(&mut member.value, change);
                    }
                }
            }
        }
        self.jsons.iter_mut().for_each(|json| each(json, change));
    }

    /// The leaves of the JSON that a name stands for.
    pub(crate) fn leaves_of(&self, name: &str) -> Vec<&TokenStream> {
        fn each<'a>(json: &'a Json, found: &mut Vec<&'a TokenStream>) {
            match json {
                Json::Leaf(tokens) => found.push(tokens),
                Json::Object(group) | Json::List(group) => {
                    for member in &group.members {
                        each(&member.value, found);
                    }
                }
            }
        }
        let mut found = Vec::new();
        if let Some(json) = self.json_of(name) {
            each(json, &mut found);
        }
        found
    }

    /// A line of comment, as a statement.
    pub(crate) fn comment(&mut self, text: &str) -> TokenStream {
        let name = self.keep("__comment", text);
        quote!(#name!();)
    }

    /// A comment behind the statement before it.
    pub(crate) fn behind(&mut self, text: &str) -> TokenStream {
        let name = self.keep("__behind", text);
        quote!(#name!();)
    }

    /// A comment behind a link of a chain, or before the next one, as a link.
    pub(crate) fn link_comment(&mut self, text: &str, behind: bool) -> TokenStream {
        let name = self.keep(if behind { "__behind" } else { "__before" }, text);
        quote!(.#name())
    }

    fn keep(&mut self, kind: &str, text: &str) -> proc_macro2::Ident {
        self.comments.push(comment_lines(text).join(" "));
        quote::format_ident!("{kind}_{}", self.comments.len() - 1)
    }

    /// The comment that a name of these kinds stands for.
    pub(crate) fn comment_of(&self, name: &str, kind: &str) -> Option<&str> {
        let number = name.strip_prefix(kind)?.strip_prefix('_')?;
        let comment = self.comments.get(number.parse::<usize>().ok()?)?;
        Some(comment)
    }

    /// The JSON that a name stands for.
    pub(crate) fn json_of(&self, name: &str) -> Option<&Json> {
        let number = name.strip_prefix("__json_")?;
        self.jsons.get(number.parse::<usize>().ok()?)
    }

    /// The text of a file.
    pub(crate) fn file(&self, tokens: TokenStream) -> Result<String, String> {
        let file = syn::parse2::<syn::File>(tokens).map_err(|err| err.to_string())?;
        Ok(self.finished(&prettyplease::unparse(&file)))
    }

    /// The text of a function whose statements are laid out one by one.
    pub(crate) fn function(&self, tokens: TokenStream) -> Result<String, String> {
        let function = syn::parse2::<syn::ItemFn>(tokens).map_err(|err| err.to_string())?;
        let mut head = function;
        let stmts = std::mem::take(&mut head.block.stmts);
        let file = syn::File {
            shebang: None,
            attrs: Vec::new(),
            items: vec![syn::Item::Fn(head)],
        };
        let head = prettyplease::unparse(&file);
        let head = head.trim_end().trim_end_matches('}').trim_end();
        let head = head.to_owned();
        let nodes = self.nodes(&stmts);
        let lines = layout::nodes(&nodes, 4);
        Ok(format!("{head}\n{}\n}}\n", lines.join("\n")))
    }

    /// What `prettyplease` printed, with comments and JSON in their places.
    pub(crate) fn finished(&self, text: &str) -> String {
        self.with_jsons(&self.with_comments(text))
    }

    fn with_comments(&self, text: &str) -> String {
        let mut out = String::new();
        for line in text.lines() {
            let trimmed = line.trim_start();
            let name = trimmed.strip_suffix("!();").unwrap_or_default();
            let comment = self.comment_of(name, "__comment");
            match comment.or_else(|| self.comment_of(name, "__behind")) {
                Some(comment) => {
                    let indent = &line[..line.len() - trimmed.len()];
                    out.push_str(format!("{indent}// {comment}").trim_end());
                }
                None if name == "__blank" => {}
                None => out.push_str(line),
            }
            out.push('\n');
        }
        out
    }

    pub(super) fn with_jsons(&self, text: &str) -> String {
        // Within a macro that prettyplease does not know, it prints tokens with blanks between them.
        let text = text.replace("json ! (__json_", "json!(__json_");
        let mut out = String::new();
        let mut rest = &*text;
        while let Some(at) = rest.find("json!(__json_") {
            let (before, after) = rest.split_at(at);
            out.push_str(before);
            let after = &after["json!(".len()..];
            let end = after.find(')').unwrap_or(0);
            let line = out.rsplit('\n').next().unwrap_or_default();
            let indent = line.len() - line.trim_start().len();
            let column = line.chars().count();
            if let Some(json) = self.json_of(&after[..end]) {
                let json = self.written(json);
                let flat = json.one_line();
                let fits = |flat: &String| {
                    !flat.contains('\n') && column + flat.chars().count() + 8 <= WIDTH
                };
                match flat.filter(fits) {
                    Some(flat) => out.push_str(&format!("json!({flat})")),
                    None => {
                        let lines = json.lines(indent, 6, 2).join("\n");
                        out.push_str(&format!("json!({lines})"));
                    }
                }
            }
            rest = after.get(end + 1..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }

    /// An expression as `prettyplease` prints it.
    pub(crate) fn printed(&self, expr: &syn::Expr) -> String {
        let file: syn::File = syn::parse_quote!(
            const X: () = #expr;
        );
        let text = prettyplease::unparse(&file);
        let text = text.trim_end();
        let text = text.strip_prefix("const X: () =").unwrap_or(text);
        let text = text.trim().trim_end_matches(';');
        self.finished(text).trim_end().to_owned()
    }

    fn leaf(&self, tokens: &TokenStream) -> String {
        let plain = tokens.to_string();
        if plain == "null" {
            return plain;
        }
        let Ok(expr) = syn::parse2::<syn::Expr>(tokens.clone()) else {
            return plain;
        };
        let text = self.expr(&expr).flat();
        // `json!` would take a block for an object.
        if text.starts_with(['{', '[']) {
            format!("({text})")
        } else {
            text
        }
    }

    /// With its leaves as text.
    pub(crate) fn written(&self, json: &Json) -> Written {
        match json {
            Json::Leaf(tokens) => Written::Leaf(self.leaf(tokens)),
            Json::Object(group) => Written::Object(self.written_group(group)),
            Json::List(group) => Written::Array(self.written_group(group)),
        }
    }

    fn written_group(&self, group: &Group) -> WrittenGroup {
        let members = group.members.iter().map(|member| WrittenMember {
            key: member.key.as_deref().map(quoted),
            value: self.written(&member.value),
            before: member.before.clone(),
            after: member.after.clone(),
        });
        WrittenGroup {
            members: members.collect(),
            opening: group.opening.clone(),
            closing: group.closing.clone(),
        }
    }
}
