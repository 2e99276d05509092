//! `php!(client, …)`: PHP as a string literal or as Rust tokens.

mod written;

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{Error, Result};
use wechatpay_chain_port::emit;
use wechatpay_chain_port::source::{Kind, split};
use wechatpay_chain_port::syntax::Span as Place;
use wechatpay_chain_port::{Problem, Severity};

use written::Written;

/// The name of the client within the expansion.
const CLIENT: &str = "__client";

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let (client, php) = taken_apart(input)?;
    let source = Source::of(php)?;
    let rust = emit::call(source.text(), CLIENT).map_err(|problem| source.error(&problem))?;
    let call: TokenStream = rust.parse().map_err(|_| {
        Error::new(
            Span::call_site(),
            "`php!` generated invalid Rust: please report this bug",
        )
    })?;
    let call = source.respanned(call);
    let name = Ident::new(CLIENT, Span::mixed_site());
    let call = renamed(call, &name);
    Ok(quote!({ let #name = &(#client); #call }))
}

/// Splits the input at the first comma into the client and the PHP.
fn taken_apart(input: TokenStream) -> Result<(TokenStream, Vec<TokenTree>)> {
    let is_comma =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ',');
    let trees: Vec<_> = input.into_iter().collect();
    let at = trees.iter().position(is_comma).filter(|at| *at > 0);
    let Some(at) = at else {
        let sentence =
            "the client comes first: `php!(client, r#\"$instance->v3->certificates->get([]);\"#)`";
        return Err(Error::new(Span::call_site(), sentence));
    };
    let mut php = trees[at + 1..].to_vec();
    // A trailing comma is allowed.
    if php.len() > 1 && php.last().is_some_and(is_comma) {
        php.pop();
    }
    Ok((trees[..at].iter().cloned().collect(), php))
}

/// The PHP code and its spans.
enum Source {
    /// A string literal: errors give line and column.
    Text { text: String, span: Span },
    /// Tokens: errors point at them.
    Tokens(Written),
}

impl Source {
    fn of(php: Vec<TokenTree>) -> Result<Self> {
        match &*php {
            [] => Err(Error::new(Span::call_site(), "the PHP is missing")),
            [TokenTree::Literal(literal)] => Self::literal(literal),
            _ => Written::of(php).map(Self::Tokens),
        }
    }

    fn literal(literal: &Literal) -> Result<Self> {
        let text: syn::LitStr = syn::parse2(TokenTree::Literal(literal.clone()).into())?;
        Ok(Self::Text {
            text: text.value(),
            span: text.span(),
        })
    }

    fn text(&self) -> &str {
        match self {
            Self::Text { text, .. } => text,
            Self::Tokens(written) => written.text(),
        }
    }

    fn error(&self, problem: &Problem) -> Error {
        let mut sentence = problem.message.clone();
        if problem.severity == Severity::Warning {
            sentence.push_str("; `php!` treats warnings as errors");
        }
        if let Some(hint) = &problem.hint {
            sentence = format!("{sentence}\nhelp: {hint}");
        }
        match self {
            Self::Tokens(written) => Error::new(written.span(problem.span), sentence),
            Self::Text { text, span } => {
                let (line, col) = position(text, problem.span);
                Error::new(*span, format!("PHP, line {line}, column {col}: {sentence}"))
            }
        }
    }

    /// Gives variables the spans of their PHP names.
    fn respanned(&self, tokens: TokenStream) -> TokenStream {
        match self {
            Self::Text { .. } => tokens,
            Self::Tokens(written) => written.respanned(tokens),
        }
    }
}

fn position(text: &str, place: Place) -> (usize, usize) {
    let blocks = split("php!", text, Kind::Php);
    blocks
        .first()
        .map_or((1, 1), |block| block.position(place.start))
}

/// The client's name is hygienic: it cannot clash with a name outside.
fn renamed(tokens: TokenStream, name: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Ident(ident) if ident == CLIENT => TokenTree::Ident(name.clone()),
            TokenTree::Group(group) => {
                let mut inner =
                    proc_macro2::Group::new(group.delimiter(), renamed(group.stream(), name));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            tree => tree,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(input: TokenStream) -> String {
        expand(input).map_or_else(|err| format!("error: {err}"), |rust| rust.to_string())
    }

    #[test]
    fn a_raw_string_and_tokens_give_the_same_call() {
        let tokens = expanded(
            quote!(client, $instance->v3->pay->_id_->post(["id" => $orderNo, "json" => ["a" => 1]])),
        );
        let text = expanded(quote!(
            client,
            r#"$instance->v3->pay->_id_->post(['id' => $orderNo, 'json' => ['a' => 1]]);"#
        ));
        assert_eq!(tokens, text);
        assert!(
            tokens.contains("\"v3/pay/{id}\"") && tokens.contains("order_no"),
            "{tokens}"
        );
    }

    #[test]
    fn php_without_a_call_is_rejected() {
        for (input, said) in [
            (quote!(client), "the client comes first"),
            (quote!(client,), "the PHP is missing"),
            (quote!(client, 1), "expected string literal"),
            (
                quote!(client, "$a->v3->get()->wait();"),
                "`wait` is done in Rust",
            ),
            (
                quote!(client, "$r = $a->v3->get();"),
                "the answer is Rust's to keep",
            ),
            (quote!(client, "$a->v3->get(); $a->v3->get();"), "one call"),
            (quote!(client, "$a->v3->_id_->get();"), "has no value"),
            (quote!(client, "$a->v3->get([;"), "line 1, column"),
        ] {
            let error = expanded(input);
            assert!(error.contains(said), "{error}");
        }
    }
}
