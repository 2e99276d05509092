//! Maps Rust tokens to PHP source text, and positions in it back to spans.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::{Error, LitStr, Result};
use wechatpay_chain_port::syntax::Span as Place;

/// PHP written as Rust tokens.
#[derive(Default)]
pub(super) struct Written {
    text: String,
    /// The start of each token in the text.
    places: Vec<(usize, Span)>,
    /// The variables, by their Rust names.
    variables: BTreeMap<String, Ident>,
    behind_dollar: bool,
}

impl Written {
    pub(super) fn of(tokens: Vec<TokenTree>) -> Result<Self> {
        let mut written = Self::default();
        written.all(tokens)?;
        Ok(written)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the span of the token at a position of the text.
    pub(super) fn span(&self, place: Place) -> Span {
        let at = self
            .places
            .partition_point(|(start, _)| *start <= place.start);
        let found = at.checked_sub(1).and_then(|at| self.places.get(at));
        found.map_or_else(Span::call_site, |(_, span)| *span)
    }

    /// Returns the tokens of the expansion; variables have the spans of their PHP names.
    pub(super) fn respanned(&self, tokens: TokenStream) -> TokenStream {
        tokens
            .into_iter()
            .map(|tree| match tree {
                TokenTree::Ident(ident) => match self.variables.get(&ident.to_string()) {
                    Some(known) => TokenTree::Ident(Ident::new(&ident.to_string(), known.span())),
                    None => TokenTree::Ident(ident),
                },
                TokenTree::Group(group) => {
                    let inner = self.respanned(group.stream());
                    TokenTree::Group(Group::new(group.delimiter(), inner))
                }
                tree => tree,
            })
            .collect()
    }

    fn all(&mut self, tokens: impl IntoIterator<Item = TokenTree>) -> Result<()> {
        tokens.into_iter().try_for_each(|tree| self.one(tree))
    }

    fn one(&mut self, tree: TokenTree) -> Result<()> {
        self.places.push((self.text.len(), tree.span()));
        let dollar = std::mem::take(&mut self.behind_dollar);
        match tree {
            TokenTree::Group(group) => self.group(&group)?,
            TokenTree::Punct(punct) => self.punct(&punct)?,
            TokenTree::Literal(literal) => self.literal(&literal)?,
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let name = name.strip_prefix("r#").unwrap_or(&name);
                if dollar {
                    let rust = wechatpay_chain_port::emit::variable(name);
                    self.variables.insert(rust, ident);
                }
                self.text.push_str(name);
                self.text.push(' ');
            }
        }
        Ok(())
    }

    fn group(&mut self, group: &Group) -> Result<()> {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Brace => ("{", "}"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::None => ("", ""),
        };
        self.text.push_str(open);
        self.all(group.stream())?;
        self.places.push((self.text.len(), group.span_close()));
        self.text.push_str(close);
        Ok(())
    }

    fn punct(&mut self, punct: &Punct) -> Result<()> {
        match punct.as_char() {
            '\'' => return Err(Error::new(punct.span(), QUOTES)),
            '#' => {
                let sentence =
                    "`#` begins a comment in PHP: write `//`, or give the PHP as a raw string";
                return Err(Error::new(punct.span(), sentence));
            }
            c => self.text.push(c),
        }
        match punct.as_char() {
            '$' => self.behind_dollar = true,
            _ if punct.spacing() == Spacing::Alone => self.text.push(' '),
            _ => {}
        }
        Ok(())
    }

    /// Writes a literal. Strings in double quotes are PHP's, with its interpolation.
    fn literal(&mut self, literal: &Literal) -> Result<()> {
        let text = literal.to_string();
        match text.chars().next() {
            Some('r') => {
                let raw: LitStr = syn::parse2(TokenTree::Literal(literal.clone()).into())?;
                let escaped = raw.value().replace('\\', "\\\\").replace('\'', "\\'");
                self.text.push_str(&format!("'{escaped}'"));
            }
            Some('b' | 'c') => return Err(Error::new(literal.span(), QUOTES)),
            _ => self.text.push_str(&text),
        }
        self.text.push(' ');
        Ok(())
    }
}

const QUOTES: &str = "strings need double quotes here: `\"json\"`; or give the PHP as a raw string: \
                      `php!(client, r#\"…\"#)`";
