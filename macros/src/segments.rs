//! Parses segments written with dots and brackets into a normalised path.

use proc_macro2::{Ident, Literal, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, LitStr, Result, Token, bracketed, token};
use wechatpay_chain_path::{join, normalize_literal};

/// `v3.aggracctBc["wb-channel"]._id_`; starts with a segment, not with a dot.
pub(crate) struct Segments {
    path: String,
}

impl Segments {
    pub(crate) fn into_path(self) -> String {
        self.path
    }
}

impl Parse for Segments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut path = String::new();
        let mut is_first = true;
        while !input.is_empty() {
            let segment = Segment::parse_next(input, is_first)?;
            segment.push_to(&mut path)?;
            is_first = false;
        }
        if is_first {
            Err(error(
                input,
                "the path is empty; write its segments, as in `v3.pay.transactions.native`",
            ))
        } else {
            Ok(Self { path })
        }
    }
}

struct Segment {
    text: String,
    span: Span,
}

impl Segment {
    fn parse_next(input: ParseStream<'_>, is_first: bool) -> Result<Self> {
        if input.peek(token::Bracket) {
            return Self::parse_brackets(input);
        }
        if input.peek(token::Paren) {
            return Err(error(
                input,
                "calls follow outside of the macro: close it before the method's name, as in \
                 `chain!(client.v3.pay).post(body, ())`",
            ));
        }
        if !is_first {
            Self::parse_dot(input)?;
        }
        Self::parse_plain(input)
    }

    fn parse_dot(input: ParseStream<'_>) -> Result<()> {
        if !input.peek(Token![.]) {
            return Err(error(input, "write `.` before the next segment"));
        }
        let dot = input.parse::<Token![.]>()?;
        if input.is_empty() {
            Err(Error::new(
                dot.span,
                "the path ends in a dot; write a segment after it",
            ))
        } else {
            Ok(())
        }
    }

    fn parse_brackets(input: ParseStream<'_>) -> Result<Self> {
        let content;
        bracketed!(content in input);
        if !content.peek(LitStr) {
            return Err(error(
                &content,
                "write the segment as text, as in `[\"merchant-service\"]`; a value known at run \
                 time goes into a placeholder `_name_` and `.var(\"name\", value)`",
            ));
        }
        let literal: LitStr = content.parse()?;
        if !content.is_empty() {
            return Err(error(&content, "write one string in each pair of brackets"));
        }
        Ok(Self {
            text: literal.value(),
            span: literal.span(),
        })
    }

    fn parse_plain(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(syn::Lit) && !input.peek(LitStr) {
            return Self::parse_number(input);
        }
        if !input.peek(Ident::peek_any) {
            return Err(error(
                input,
                "write a segment here: a name, `_name_`, or `[\"text\"]`",
            ));
        }
        let ident = Ident::parse_any(input)?;
        Ok(Self {
            text: ident.unraw().to_string(),
            span: ident.span(),
        })
    }

    /// Parses a segment that begins with a digit: `0`, `2pay`. Two of them, as in `0.1`, are one token.
    fn parse_number(input: ParseStream<'_>) -> Result<Self> {
        let literal: Literal = input.parse()?;
        let text = literal.to_string();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        if text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(plain) {
            Ok(Self {
                text: text.replace('.', "/"),
                span: literal.span(),
            })
        } else {
            Err(Error::new(
                literal.span(),
                "write this segment as text: `[\"…\"]`",
            ))
        }
    }

    fn push_to(self, path: &mut String) -> Result<()> {
        let Self { text, span } = self;
        if text.is_empty() {
            return Err(Error::new(span, "the segment is empty; leave it out"));
        }
        let at_segment = |err| Error::new(span, err);
        let segment = normalize_literal(&text).map_err(at_segment)?;
        join(path, &segment).map_err(at_segment)
    }
}

/// Unlike `ParseStream::error`, this does not add "unexpected end of input" to the message.
pub(crate) fn error(input: ParseStream<'_>, sentence: &str) -> Error {
    Error::new(input.span(), sentence)
}
