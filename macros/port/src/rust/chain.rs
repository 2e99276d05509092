//! The path of a call, in the style that is asked for.

use proc_macro2::TokenStream;
use quote::quote;

use super::function::Body;
use super::layout::NARROW;
use super::names::ident;
use super::options::Style;
use super::text::width;
use crate::hir::tree::Sdk;

impl Body<'_, '_> {
    /// `client.…` up to before the verb.
    pub(crate) fn chain(&mut self, client: &TokenStream, sdk: &Sdk, path: &str) -> TokenStream {
        let names = names(sdk, path);
        match self.shared.style.of(sdk.form) {
            Style::Index => quote!(#client[#path]),
            Style::Seg if matches!(&*names[0], "v2" | "v3") => segments(client, &names),
            Style::Macro if is_dotted(path) => {
                let dots = dotted(&names);
                let root = client.to_string();
                if width(&root) + width(&dots.1) > NARROW {
                    return quote!(#client.chain(#path));
                }
                self.shared.uses.insert("chain");
                let dots = dots.0;
                quote!(chain!(#client #dots))
            }
            _ => quote!(#client.chain(#path)),
        }
    }
}

/// The links as PHP has them, where both sides read them alike.
fn names(sdk: &Sdk, path: &str) -> Vec<String> {
    let same = !sdk.links.is_empty() && sdk.links.iter().all(|link| agrees(link));
    let mut names: Vec<String> = if same {
        sdk.links.clone()
    } else {
        path.split('/').map(str::to_owned).collect()
    };
    if let Some(first) = names.first_mut()
        && matches!(first.as_str(), "V2" | "V3")
    {
        *first = first.to_ascii_lowercase();
    }
    names
}

/// Whether Rust makes of a literal what PHP makes of it.
fn agrees(step: &str) -> bool {
    let capital = |c: char| c.is_ascii_uppercase();
    let inner = step
        .strip_prefix('_')
        .and_then(|step| step.strip_suffix('_'));
    match inner {
        Some(name) => !name.is_empty() && !name.contains(capital) && !name.contains(['{', '}']),
        None => !(step.contains(['{', '%', '?']) && step.contains(capital)),
    }
}

fn segments(client: &TokenStream, names: &[String]) -> TokenStream {
    let first = ident(&names[0]);
    let mut chain = quote!(#client.#first());
    for (index, name) in names.iter().enumerate().skip(1) {
        match name.is_empty() && index + 1 == names.len() {
            // A slash at the end.
            true => chain.extend(quote!(.chain(""))),
            false => chain.extend(quote!(.seg(#name))),
        }
    }
    chain
}

/// Whether a path can be written with dots.
fn is_dotted(path: &str) -> bool {
    let mut segments = path.split('/');
    let versioned = segments
        .next()
        .is_some_and(|first| matches!(first, "v2" | "v3"));
    versioned && segments.all(|segment| !segment.is_empty())
}

/// `.v3.pay["x"]`, and how it reads.
fn dotted(names: &[String]) -> (TokenStream, String) {
    let mut out = TokenStream::new();
    let mut text = String::new();
    for name in names {
        match link(name) {
            Some(link) => {
                text.push_str(&format!(".{link}"));
                out.extend(quote!(.#link));
            }
            None => {
                text.push_str(&format!("[\"{name}\"]"));
                out.extend(quote!([#name]));
            }
        }
    }
    (out, text)
}

/// The form of a name behind a dot.
fn link(name: &str) -> Option<proc_macro2::Ident> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.chars().all(|c| c == '_');
    let inner = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'));
    let word = match inner {
        Some(inner) if inner.chars().all(|c| c.is_ascii_lowercase() || c == '_') => {
            format!("_{inner}_")
        }
        Some(_) => return None,
        None if plain => name.to_owned(),
        None if is_kebab(name) => camel(name),
        None => return None,
    };
    let word = proc_macro2::Ident::new(&word, proc_macro2::Span::call_site());
    Some(word)
}

/// `merchant-service`
fn is_kebab(name: &str) -> bool {
    let words = name.split('-');
    words.into_iter().all(|word| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}

/// `merchantService`
fn camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (index, word) in name.split('-').enumerate() {
        let (first, rest) = word.split_at(word.len().min(1));
        match index {
            0 => out.push_str(first),
            _ => out.push_str(&first.to_ascii_uppercase()),
        }
        out.push_str(rest);
    }
    out
}
