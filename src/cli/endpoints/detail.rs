//! Shows one endpoint with all details.

use unicode_width::UnicodeWidthStr;
use wechatpay_chain::catalog::Operation;
use wechatpay_sandbox::reference;
use wechatpay_sandbox::schema::{Field, Part, Schema, is_conditional, label};

use crate::i18n::{self, Lang, t};
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
    page.variables(schema);
    for (title, part, fields) in sections {
        page.section(&title, &rows(operation, part, fields));
    }
    page.section_title("Rust");
    page.line(reference::rust_call(schema).trim_end());
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
        let mark = match field.is_required() {
            true if is_conditional(operation, part, &pointer) => "(*)",
            true => "*",
            false => "",
        };
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
        self.entry(&t!("entry-host"), reference::host(schema));
        if !schema.products().is_empty() {
            self.entry(
                &t!("entry-product"),
                &schema.products().join(&t!("list-separator")),
            );
        }
        for limit in schema.limits() {
            self.entry(&t!("entry-limit"), &reference::rate(limit, lang()));
        }
        if let Some(limit) = schema.upload_limit() {
            let (most, types) = (
                limit.max_bytes >> 20,
                limit.types.join(&t!("list-separator")),
            );
            self.entry(
                &t!("entry-file"),
                &t!("upload-limit", most = most, types = types),
            );
        }
        for note in reference::notes(operation, lang()) {
            self.entry(&t!("entry-note"), &note);
        }
        if let Some(page) = schema.page() {
            self.entry(&t!("entry-page"), page);
        }
    }

    fn variables(&mut self, schema: &Schema) {
        let operation = schema.operation();
        let names = schema.documented().variables();
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
    let mut text = reference::kind(field, lang());
    if !field.values().is_empty() {
        text.push_str(&format!(" {}", field.values().join("|")));
    }
    if let Some(pattern) = field.pattern() {
        text.push_str(&format!(" {}", t!("kind-pattern", pattern = pattern)));
    }
    text
}

fn lang() -> reference::Lang {
    match i18n::lang() {
        Lang::En => reference::Lang::En,
        Lang::Zh => reference::Lang::Zh,
    }
}
