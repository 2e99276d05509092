//! Parses the lines of one operation; `regenerate.py` documents the format.
//!
//! The text is part of this crate and a test parses all of it, so this parser ignores errors and cannot
//! fail.

use std::iter::Peekable;
use std::str::Lines;

use crate::attributes::attributes;
use crate::documented::{Documented, RateLimit};
use crate::field::{Field, FieldKind};

pub(crate) fn documented(
    method: &'static str,
    path: &'static str,
    text: &'static str,
) -> Documented {
    let attributes = attributes(method, path);
    let mut found = Documented {
        method,
        path,
        attributes,
        title: "",
        products: Vec::new(),
        page: None,
        limits: Vec::new(),
        status: 200,
        query: Vec::new(),
        request: Vec::new(),
        response: Vec::new(),
    };
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        match line.split_at_checked(1) {
            Some(("#", title)) => found.title = title,
            Some(("%", product)) => found.products.push(product),
            Some(("&", page)) => found.page = Some(page),
            Some(("+", limit)) => found.limits.extend(rate_limit(limit)),
            Some(("$", status)) => found.status = status.parse().unwrap_or(200),
            Some(("?", _)) => found.query = query(&mut lines, &found.attributes.query_encrypt),
            Some((">", _)) => found.request = fields(&mut lines, &found.attributes.encrypt),
            Some(("<", _)) => found.response = fields(&mut lines, &found.attributes.decrypt),
            _ => {}
        }
    }
    found
}

/// `100/second merchant official`
fn rate_limit(text: &'static str) -> Option<RateLimit> {
    let mut words = text.split(' ');
    let (count, per) = words.next()?.split_once('/')?;
    let mut limit = RateLimit {
        count: count.parse().ok()?,
        per,
        scope: None,
        official: false,
    };
    for word in words {
        match word {
            "official" => limit.official = true,
            scope => limit.scope = Some(scope),
        }
    }
    Some(limit)
}

fn query(lines: &mut Peekable<Lines<'static>>, encrypted: &[&str]) -> Vec<Field> {
    let mut fields = fields(lines, &[]);
    for field in &mut fields {
        field.encrypted = encrypted.contains(&field.name);
    }
    fields
}

fn fields(lines: &mut Peekable<Lines<'static>>, encrypted: &[&str]) -> Vec<Field> {
    let mut pointer = String::new();
    level(lines, 0, &mut pointer, encrypted)
}

/// The fields at a depth, each with its nested fields.
fn level(
    lines: &mut Peekable<Lines<'static>>,
    depth: usize,
    pointer: &mut String,
    encrypted: &[&str],
) -> Vec<Field> {
    let mut fields = Vec::new();
    while let Some(text) = lines.peek().and_then(|line| at_depth(line, depth)) {
        lines.next();
        let mut field = field(text);
        let parent = pointer.len();
        pointer.push('/');
        pointer.push_str(field.name);
        field.encrypted = encrypted.contains(&pointer.as_str());
        field.fields = level(lines, depth + 1, pointer, encrypted);
        pointer.truncate(parent);
        fields.push(field);
    }
    fields
}

/// A line without its leading spaces, if it is a field of this depth.
fn at_depth(line: &'static str, depth: usize) -> Option<&'static str> {
    let text = line.trim_start_matches(' ');
    let mark = matches!(text, "?" | ">" | "<");
    (line.len() - text.len() == depth && !mark).then_some(text)
}

/// `name! s 1..32 @base64 [1..100] =A|B`
pub(crate) fn field(text: &'static str) -> Field {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (kind, mut rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let mut field = Field::new(name.trim_end_matches('!'), kind_of(kind));
    field.required = name.ends_with('!');
    while !rest.is_empty() {
        rest = attribute(&mut field, rest);
    }
    field
}

/// Parses the first attribute and returns the rest.
fn attribute(field: &mut Field, text: &'static str) -> &'static str {
    if let Some(values) = text.strip_prefix('=') {
        field.values = values.split('|').collect();
        return "";
    }
    if let Some(pattern) = text.strip_prefix('~') {
        field.pattern = Some(pattern);
        return "";
    }
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    if let Some(format) = word.strip_prefix('@') {
        field.format = Some(format);
    } else if let Some(range) = word.strip_prefix('[') {
        field.range = span(range.trim_end_matches(']'));
    } else {
        field.length = span(word);
    }
    rest
}

/// `1..32`, `..32`, `1..`
fn span<T: std::str::FromStr>(text: &str) -> (Option<T>, Option<T>) {
    let (least, greatest) = text.split_once("..").unwrap_or_default();
    (least.parse().ok(), greatest.parse().ok())
}

fn kind_of(letter: &str) -> FieldKind {
    match letter {
        "i" => FieldKind::Integer,
        "n" => FieldKind::Number,
        "b" => FieldKind::Boolean,
        "o" => FieldKind::Object,
        "a" => FieldKind::Array,
        _ => FieldKind::String,
    }
}
