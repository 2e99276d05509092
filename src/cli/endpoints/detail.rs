//! One endpoint in full.

use wechatpay_chain::Padding;
use wechatpay_chain::catalog::{AnswerKind, AnswerSignature, BodyKind, Operation};
use wechatpay_sandbox::schema::{Field, FieldKind, RateLimit, Schema};

use super::{host, snippet};
use crate::output::Output;

pub(super) fn text(schema: &Schema, output: &Output) -> String {
    let mut page = Page {
        text: String::new(),
        output,
    };
    page.head(schema);
    page.section("Query", schema.query());
    page.section("Request", schema.request());
    page.section("Answer", schema.response());
    page.rust(schema);
    page.text
}

struct Page<'a> {
    text: String,
    output: &'a Output,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn entry(&mut self, name: &str, value: &str) {
        let name = self.output.dim(&format!("{name:9}"));
        self.line(&format!("{name} {value}"));
    }

    fn head(&mut self, schema: &Schema) {
        let operation = schema.operation();
        let call = format!("{} {}", operation.method(), operation.path());
        let call = self.output.bold(&call);
        self.line(&call);
        self.line(schema.title());
        self.entry("host", host(schema));
        if !schema.products().is_empty() {
            self.entry("product", &schema.products().join(", "));
        }
        for limit in schema.limits() {
            self.entry("limit", &rate(limit));
        }
        for note in notes(operation) {
            self.entry("note", &note);
        }
        if let Some(page) = schema.page() {
            self.entry("page", page);
        }
    }

    fn section(&mut self, title: &str, fields: &[Field]) {
        if fields.is_empty() {
            return;
        }
        let title = self.output.bold(title);
        self.line(&format!("\n{title}"));
        self.fields(fields, 1);
    }

    fn fields(&mut self, fields: &[Field], depth: usize) {
        for field in fields {
            let mark = if field.is_required() { "*" } else { " " };
            let name = format!("{:indent$}{}{mark}", "", label(field), indent = depth * 2);
            let name = format!("{name:36}");
            let mut line = format!("{name} {}", kind(field));
            if field.is_encrypted() {
                line.push(' ');
                line.push_str(&self.output.yellow("encrypted"));
            }
            self.line(&line);
            self.fields(field.fields(), depth + 1);
        }
    }

    fn rust(&mut self, schema: &Schema) {
        let title = self.output.bold("Rust");
        self.line(&format!("\n{title}"));
        self.line(&snippet::rust(schema));
    }
}

fn label(field: &Field) -> &'static str {
    match field.name() {
        "*" => "[]",
        name => name,
    }
}

/// The type and what bounds it.
fn kind(field: &Field) -> String {
    let mut text = field.kind().to_string();
    if field.kind() == FieldKind::String && !field.fields().is_empty() {
        text.push_str(" (JSON)");
    }
    if let Some(span) = span(field.length()) {
        text.push_str(&format!(" {span} characters"));
    }
    if let Some(span) = span(field.range()) {
        text.push_str(&format!(" from {span}"));
    }
    if let Some(format) = field.format() {
        text.push_str(&format!(" ({format})"));
    }
    if !field.values().is_empty() {
        text.push_str(&format!(" {}", field.values().join("|")));
    }
    if let Some(pattern) = field.pattern() {
        text.push_str(&format!(" matching {pattern}"));
    }
    text
}

fn span<T: ToString + PartialEq>(ends: (Option<T>, Option<T>)) -> Option<String> {
    let (least, greatest) = ends;
    if least.is_none() && greatest.is_none() {
        return None;
    }
    let text = |end: Option<T>| end.map(|end| end.to_string()).unwrap_or_default();
    Some(format!("{}..{}", text(least), text(greatest)))
}

fn rate(limit: &RateLimit) -> String {
    let scope = limit.scope.map(|scope| format!(" for each {scope}"));
    format!(
        "{} calls a {}{}",
        limit.count,
        limit.per,
        scope.unwrap_or_default()
    )
}

/// What is not as with most endpoints.
fn notes(operation: &Operation) -> Vec<String> {
    let mut notes = properties(operation);
    if let Some(kind) = operation.sign_type() {
        notes.push(format!("signed with {} only", kind.as_str()));
    }
    for pointer in operation.encrypt_bank() {
        notes.push(format!(
            "{pointer} is encrypted with the key from v2/risk/getpublickey"
        ));
    }
    for pointer in operation.encrypt_if_flagged() {
        notes.push(format!(
            "{pointer} is encrypted where need_encrypt is true: name it with encrypt(..)"
        ));
    }
    notes
}

fn properties(operation: &Operation) -> Vec<String> {
    let properties = [
        (operation.body() == BodyKind::Multipart, "takes a file"),
        (
            operation.answer() == AnswerKind::Stream,
            "answers with a file",
        ),
        (operation.answer() == AnswerKind::Empty, "answers nothing"),
        (
            operation.answer() == AnswerKind::Redirect,
            "a page for the user's browser; no server calls it",
        ),
        (
            operation.needs_client_cert(),
            "wants the merchant certificate in TLS",
        ),
        (
            operation.is_brand(),
            "signed by a brand (品牌), not by a merchant",
        ),
        (
            operation.answer_signature() == AnswerSignature::Nothing,
            "its answers are not signed",
        ),
        (
            operation.padding() == Padding::Pkcs1v15,
            "fields are encrypted with PKCS#1 v1.5 padding",
        ),
        (operation.reentrant(), "the same request may be repeated"),
    ];
    let holding = properties.into_iter().filter(|(holds, _)| *holds);
    holding.map(|(_, text)| text.to_owned()).collect()
}
