//! Quoted texts and here documents.

use std::ops::Range;

use tree_sitter::Node;

use super::Lower;
use crate::syntax::{Expr, ExprKind, Piece};

impl<'t> Lower<'t> {
    pub(super) fn literal(&mut self, node: Node<'_>) -> ExprKind {
        if node.kind() == "string" {
            return single_quoted(self.text(node));
        }
        if node.kind() == "encapsed_string" {
            return self.interpolated(node, node.byte_range(), Pieces::new(Quote::Double, ""));
        }
        let mut pieces = Pieces::new(Quote::None, self.indent(node));
        let range = self.document(node);
        match node.child_by_field_name("value") {
            Some(body) if node.kind() == "heredoc" => self.interpolated(body, range, pieces),
            _ => {
                pieces.raw(self.text.get(range).unwrap_or_default());
                pieces.finish()
            }
        }
    }

    /// The lines of a here document, without the line break before the closing word.
    fn document(&self, node: Node<'_>) -> Range<usize> {
        let open = node.child_by_field_name("identifier");
        let close = node.child_by_field_name("end_tag");
        let (Some(open), Some(close)) = (open, close) else {
            return node.end_byte()..node.end_byte();
        };
        let first = self.text[open.end_byte()..].find('\n');
        let start = first.map_or(open.end_byte(), |at| open.end_byte() + at + 1);
        let tag = close.start_byte() + leading_space(self.text(close));
        let before = self.text.get(start..tag).unwrap_or_default();
        let before = before.trim_end_matches([' ', '\t']);
        let lines = before.strip_suffix('\n').unwrap_or(before);
        let lines = lines.strip_suffix('\r').unwrap_or(lines);
        start..start + lines.len()
    }

    /// The indentation before the closing word of a here document: it is removed from each line.
    fn indent(&self, node: Node<'_>) -> &'t str {
        let Some(end) = node.child_by_field_name("end_tag") else {
            return "";
        };
        let before = &self.text[..end.start_byte()];
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        // The parser's closing word begins with its indentation or behind it.
        let line = self.text.get(line..end.end_byte()).unwrap_or_default();
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        &line[..indent]
    }

    fn interpolated(
        &mut self,
        node: Node<'_>,
        range: Range<usize>,
        mut pieces: Pieces<'_>,
    ) -> ExprKind {
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        let text = self.text;
        let within = |from: usize, to: usize| {
            let (from, to) = (from.max(range.start), to.min(range.end));
            text.get(from..to).unwrap_or_default()
        };
        let mut at = range.start;
        let mut braced = false;
        for child in children {
            if !braced {
                pieces.raw(within(at, child.start_byte()));
            }
            at = child.end_byte();
            match child.kind() {
                "\"" | "b\"" | "B\"" => {}
                "{" => braced = true,
                "}" => braced = false,
                "escape_sequence" => pieces.escape(self.text(child)),
                _ if !child.is_named() || child.kind() == "string_content" => {
                    pieces.raw(within(child.start_byte(), child.end_byte()));
                }
                _ if child.is_extra() => {}
                _ => pieces.value(self.part(child, braced)),
            }
        }
        pieces.raw(within(at, range.end));
        pieces.finish()
    }

    /// A value in a text. Outside of braces, the key in `$a[key]` is a text without quotes.
    fn part(&mut self, node: Node<'_>, braced: bool) -> Expr {
        let mut expr = self.expr(node);
        if !braced
            && let ExprKind::Index {
                index: Some(index), ..
            } = &mut expr.kind
            && let ExprKind::Constant(name) = &index.kind
        {
            index.kind = ExprKind::String(name.written.clone());
        }
        expr
    }
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn single_quoted(text: &str) -> ExprKind {
    let text = text.trim_start_matches(['b', 'B']);
    let inner = text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    let mut out = String::new();
    let mut chars = inner.unwrap_or_default().chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next @ ('\\' | '\''))) => {
                out.push(*next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    ExprKind::String(out)
}

/// The delimiters of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Double,
    None,
}

/// A text as it comes together.
struct Pieces<'i> {
    quote: Quote,
    indent: &'i str,
    at_line_start: bool,
    text: Vec<u8>,
    done: Vec<Piece>,
    broken: bool,
}

impl<'i> Pieces<'i> {
    fn new(quote: Quote, indent: &'i str) -> Self {
        Self {
            quote,
            indent,
            at_line_start: quote == Quote::None,
            text: Vec::new(),
            done: Vec::new(),
            broken: false,
        }
    }

    /// Text as it stands.
    fn raw(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            let mut kept = line;
            if self.at_line_start {
                kept = kept
                    .strip_prefix(self.indent)
                    .unwrap_or_else(|| kept.trim_start_matches([' ', '\t']));
            }
            self.text.extend_from_slice(kept.as_bytes());
            self.at_line_start = self.quote == Quote::None && line.ends_with('\n');
        }
    }

    fn escape(&mut self, written: &str) {
        self.at_line_start = false;
        let rest = written.get(1..).unwrap_or_default();
        let byte = match rest.as_bytes() {
            [b'n'] => b'\n',
            [b'r'] => b'\r',
            [b't'] => b'\t',
            [b'v'] => 0x0b,
            [b'e'] => 0x1b,
            [b'f'] => 0x0c,
            [b'"'] if self.quote == Quote::Double => b'"',
            [byte @ (b'\\' | b'$')] => *byte,
            [b'x', hex @ ..] => {
                match std::str::from_utf8(hex).map(|hex| u8::from_str_radix(hex, 16)) {
                    Ok(Ok(byte)) => byte,
                    _ => return self.keep(written),
                }
            }
            [b'u', b'{', ..] => return self.character(rest),
            // As in PHP, what is above a byte is cut off.
            [b'0'..=b'7', ..] => match u16::from_str_radix(rest, 8) {
                Ok(number) => (number & 0xff) as u8,
                Err(_) => return self.keep(written),
            },
            _ => return self.keep(written),
        };
        self.text.push(byte);
    }

    fn keep(&mut self, written: &str) {
        self.text.extend_from_slice(written.as_bytes());
    }

    fn character(&mut self, rest: &str) {
        let hex = rest.trim_start_matches("u{").trim_end_matches('}');
        match u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) {
            Some(c) => self
                .text
                .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.broken = true,
        }
    }

    fn value(&mut self, value: Expr) {
        self.at_line_start = false;
        self.flush();
        self.done.push(Piece::Value(value));
    }

    fn flush(&mut self) {
        match String::from_utf8(std::mem::take(&mut self.text)) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => self.done.push(Piece::Text(text)),
            Err(_) => self.broken = true,
        }
    }

    fn finish(mut self) -> ExprKind {
        self.flush();
        if self.broken {
            return ExprKind::Unsupported {
                what: "a text that is not UTF-8".into(),
            };
        }
        match &mut *self.done {
            [] => ExprKind::String(String::new()),
            [Piece::Text(text)] => ExprKind::String(std::mem::take(text)),
            _ => ExprKind::Interpolated(self.done),
        }
    }
}
