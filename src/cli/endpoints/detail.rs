//! Shows one endpoint with all details.

use unicode_width::UnicodeWidthStr;
use wechatpay_chain::Padding;
use wechatpay_chain::catalog::{AnswerKind, AnswerSignature, BodyKind, Operation};
use wechatpay_sandbox::schema::{Field, FieldKind, Part, RateLimit, Schema, is_deprecated, label};

use super::{host, snippet};
use crate::i18n::{find, t};
use crate::output::{Output, line_width, pad};

pub(super) fn text(schema: &Schema, output: &Output) -> String {
    let mut page = Page {
        text: String::new(),
        output,
    };
    page.head(schema);
    let operation = schema.operation();
    let sections = [
        (t!("section-query"), Part::Query, schema.query()),
        (t!("section-request"), Part::Request, schema.request()),
        (t!("section-answer"), Part::Response, schema.response()),
    ];
    page.variables(operation);
    for (title, part, fields) in sections {
        page.section(&title, &rows(operation, part, fields));
    }
    page.section_title("Rust");
    page.line(&snippet::rust(schema));
    page.text
}

/// The greatest width of the columns of names and terms. A longer entry shifts the rest of its line.
const MAX_COLUMN: usize = 36;

struct Page<'a> {
    text: String,
    output: &'a Output,
}

/// The line of a field: name with indent, term, type.
struct Row {
    name: String,
    label: &'static str,
    kind: String,
    encrypted: bool,
}

fn rows(operation: &Operation, part: Part, fields: &[Field]) -> Vec<Row> {
    let mut found = Vec::new();
    collect(operation, part, fields, "", 1, &mut found);
    found
}

fn collect(
    operation: &Operation,
    part: Part,
    fields: &[Field],
    pointer: &str,
    depth: usize,
    found: &mut Vec<Row>,
) {
    for field in fields {
        let pointer = match part {
            Part::Query => field.name().to_owned(),
            _ => format!("{pointer}/{}", field.name()),
        };
        let mark = if field.is_required() { "*" } else { "" };
        let item = field.name() == "*";
        let name = if item { "[]" } else { field.name() };
        found.push(Row {
            name: format!("{}{name}{mark}", " ".repeat(depth * 2)),
            label: label(operation, part, &pointer)
                .filter(|_| !item)
                .unwrap_or_default(),
            kind: kind(field),
            encrypted: field.is_encrypted(),
        });
        collect(operation, part, field.fields(), &pointer, depth + 1, found);
    }
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn entry(&mut self, name: &str, value: &str) {
        let name = self.output.dim(&pad(name, 9));
        self.line(&format!("{name} {value}"));
    }

    fn head(&mut self, schema: &Schema) {
        let operation = schema.operation();
        let call = format!("{} {}", operation.method(), operation.path());
        let call = self.output.bold(&call);
        self.line(&call);
        self.line(schema.title());
        self.entry(&t!("entry-host"), host(schema));
        if !schema.products().is_empty() {
            self.entry(
                &t!("entry-product"),
                &schema.products().join(&t!("list-separator")),
            );
        }
        for limit in schema.limits() {
            self.entry(&t!("entry-limit"), &rate(limit));
        }
        if let Some(limit) = schema.upload_limit() {
            let (most, types) = (limit.max_bytes >> 20, limit.types.join(", "));
            self.entry("file", &format!("{most} MiB at most; {types}"));
        }
        for note in notes(operation) {
            self.entry(&t!("entry-note"), &note);
        }
        if let Some(page) = schema.page() {
            self.entry(&t!("entry-page"), page);
        }
    }

    fn variables(&mut self, operation: &Operation) {
        let names = snippet::variables(operation.path());
        let rows = names.map(|name| Row {
            name: format!("  {name}*"),
            label: label(operation, Part::Path, name).unwrap_or_default(),
            kind: "string".to_owned(),
            encrypted: false,
        });
        let rows: Vec<_> = rows.collect();
        self.section(&t!("section-path"), &rows);
    }

    fn section_title(&mut self, title: &str) {
        let title = self.output.bold(title);
        self.line(&format!("\n{title}"));
    }

    fn section(&mut self, title: &str, rows: &[Row]) {
        if rows.is_empty() {
            return;
        }
        self.section_title(title);
        let widest = |text: fn(&Row) -> &str| {
            let widths = rows.iter().map(|row| text(row).width());
            widths
                .filter(|width| *width <= MAX_COLUMN)
                .max()
                .unwrap_or_default()
        };
        let (names, labels) = (widest(|row| &row.name), widest(|row| row.label));
        for row in rows {
            let start = format!("{}  {}  ", pad(&row.name, names), pad(row.label, labels));
            let kind = wrap(&row.kind, start.width(), names + labels + 4);
            let encrypted = self.output.yellow(&t!("encrypted"));
            let end = if row.encrypted {
                format!(" {encrypted}")
            } else {
                String::new()
            };
            self.line(format!("{start}{kind}{end}").trim_end());
        }
    }
}

/// Wraps a long list of values that begins at column `start`; continuation lines begin at `indent`.
fn wrap(kind: &str, start: usize, indent: usize) -> String {
    let width = line_width();
    if start + kind.width() <= width || indent + 20 > width {
        return kind.to_owned();
    }
    let (mut text, mut column) = (String::new(), start);
    for part in kind.split_inclusive(['|', ' ']) {
        if column + part.trim_end().width() > width && column > indent {
            let kept = text.trim_end().len();
            text.truncate(kept);
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        }
        text.push_str(part);
        column += part.width();
    }
    text
}

/// The type and its constraints.
fn kind(field: &Field) -> String {
    let mut text = field.kind().to_string();
    if field.kind() == FieldKind::String && !field.fields().is_empty() {
        text.push_str(" (JSON)");
    }
    if let Some(span) = span(field.length()) {
        text.push_str(&format!(" {}", t!("kind-length", span = span)));
    }
    if let Some(span) = span(field.range()) {
        text.push_str(&format!(" {}", t!("kind-range", span = span)));
    }
    if let Some(format) = field.format() {
        text.push_str(&format!(" ({format})"));
    }
    if !field.values().is_empty() {
        text.push_str(&format!(" {}", field.values().join("|")));
    }
    if let Some(pattern) = field.pattern() {
        text.push_str(&format!(" {}", t!("kind-pattern", pattern = pattern)));
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
    let per = find(&format!("per-{}", limit.per)).unwrap_or_else(|| limit.per.to_owned());
    let text = t!("rate", count = limit.count, per = per);
    let Some(scope) = limit.scope else {
        return text;
    };
    let scope = find(&format!("scope-{scope}")).unwrap_or_else(|| scope.to_owned());
    t!("rate-for-each", rate = text, scope = scope)
}

/// The properties that most endpoints do not have.
fn notes(operation: &Operation) -> Vec<String> {
    let mut notes = properties(operation);
    if let Some(kind) = operation.sign_type() {
        notes.push(t!("note-sign-type", kind = kind.as_str()));
    }
    for pointer in operation.encrypt_bank() {
        notes.push(t!("note-bank-key", pointer = pointer));
    }
    for pointer in operation.encrypt_if_flagged() {
        notes.push(t!("note-need-encrypt", pointer = pointer));
    }
    notes
}

fn properties(operation: &Operation) -> Vec<String> {
    let properties = [
        (is_deprecated(operation), t!("note-deprecated")),
        (operation.body() == BodyKind::Multipart, t!("note-upload")),
        (operation.answer() == AnswerKind::Stream, t!("note-file")),
        (operation.answer() == AnswerKind::Empty, t!("note-empty")),
        (operation.answer() == AnswerKind::Redirect, t!("note-page")),
        (operation.needs_client_cert(), t!("note-certificate")),
        (operation.is_brand(), t!("note-brand")),
        (
            operation.answer_signature() == AnswerSignature::Nothing,
            t!("note-unsigned"),
        ),
        (operation.padding() == Padding::Pkcs1v15, t!("note-padding")),
        (operation.reentrant(), t!("note-reentrant")),
    ];
    let kept = properties.into_iter().filter(|(holds, _)| *holds);
    kept.map(|(_, text)| text).collect()
}
