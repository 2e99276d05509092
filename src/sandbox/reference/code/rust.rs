//! Calls in Rust.

use wechatpay_core::catalog::{AnswerKind, BodyKind};

use super::literal;
use crate::mock::SampleRequest;
use crate::schema::Schema;

/// A way to write the path of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Style {
    /// `client.v3().seg("pay")`
    Segments,
    /// `client.chain("v3/pay")`
    Path,
    /// `client["v3/pay"]`
    Index,
    /// `chain!(client.v3.pay)`
    Macro,
}

impl Style {
    /// The styles in which an operation can be called. Literals become lower case, so a path with capitals has no
    /// literal.
    pub(super) fn of(schema: &Schema) -> Vec<Self> {
        let mut styles = vec![Self::Segments, Self::Path];
        if !has_capitals(schema.operation().path()) {
            styles.extend([Self::Index, Self::Macro]);
        }
        styles
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Path => "path",
            Self::Index => "index",
            Self::Macro => "macro",
        }
    }

    pub(super) fn title(self, waits: bool) -> String {
        let start = match self {
            Self::Segments => "v3().seg(…)",
            Self::Path => "chain(\"v3/…\")",
            Self::Index => "client[\"v3/…\"]",
            Self::Macro => "chain!",
        };
        let end = if waits { "wait()" } else { "await" };
        format!("{start} {end}")
    }
}

/// Code for a function with a `client` that returns a `Result`: async, unless it `waits`.
pub(super) fn call(schema: &Schema, sample: &SampleRequest, style: Style, waits: bool) -> String {
    let operation = schema.operation();
    let redirects = operation.answer() == AnswerKind::Redirect;
    let mut code = imports(sample.body().is_some(), operation.body(), style);
    if let Some(body) = sample.body() {
        code.push_str(&format!("let body = json!({});\n", literal::rust(body, 0)));
    }
    let name = if redirects { "request" } else { "res" };
    code.push_str(&format!("let {name} = {}", start(schema, sample, style)));
    let mut steps = vec![verb(schema, sample)];
    if style != Style::Segments {
        let variables = sample.vars().iter();
        steps.extend(variables.map(|(name, value)| format!("var({name:?}, {value:?})")));
    }
    let parameters = sample.query().iter();
    steps.extend(parameters.map(|(name, value)| format!("query({name:?}, {value:?})")));
    if operation.answer() == AnswerKind::Stream {
        steps.push("sink(\"file\")".to_owned());
    }
    if redirects {
        steps.push("dry_run()".to_owned());
    }
    steps.push(if waits { "wait()?" } else { "await?" }.to_owned());
    for step in steps {
        code.push_str(&format!("\n    .{step}"));
    }
    code.push_str(&format!(";\nprintln!({});\n", shown(operation.answer())));
    code
}

fn imports(has_json: bool, body: BodyKind, style: Style) -> String {
    let mut imports = String::new();
    if has_json {
        imports.push_str("use serde_json::json;\n");
    }
    let names = match (body == BodyKind::Multipart, style == Style::Macro) {
        (true, true) => "{Media, chain}",
        (true, false) => "Media",
        (false, true) => "chain",
        (false, false) => "",
    };
    if !names.is_empty() {
        imports.push_str(&format!("use wechatpay_chain::{names};\n"));
    }
    if !imports.is_empty() {
        imports.push('\n');
    }
    imports
}

/// The client with the path.
fn start(schema: &Schema, sample: &SampleRequest, style: Style) -> String {
    let path = schema.operation().path();
    match style {
        Style::Segments => segments(path, sample),
        Style::Path if has_capitals(path) => {
            format!("client\n    .chain(String::from({path:?}))")
        }
        Style::Path => format!("client\n    .chain({path:?})"),
        Style::Index => format!("client[{path:?}]"),
        Style::Macro => {
            // Without a version at the start, the macro takes the last name before it for the client.
            let has_version = ["v2/", "v3/"]
                .iter()
                .any(|version| path.starts_with(version));
            let client = if has_version { "client" } else { "(client)" };
            format!("chain!({client}{})", macro_segments(path))
        }
    }
}

/// A variable is a value here: a `String`.
fn segments(path: &str, sample: &SampleRequest) -> String {
    let mut code = "client".to_owned();
    for (at, segment) in path.split('/').enumerate() {
        let variable = variable(segment)
            .and_then(|name| sample.vars().iter().find(|(other, _)| *other == name));
        code.push_str("\n    ");
        code.push_str(&match (at, segment, variable) {
            (0, "v2" | "v3", _) => format!(".{segment}()"),
            (0, _, _) => format!(".chain({segment:?})"),
            (_, _, Some((_, value))) => format!(".seg(String::from({value:?}))"),
            _ if has_capitals(segment) => format!(".seg(String::from({segment:?}))"),
            _ => format!(".seg({segment:?})"),
        });
    }
    code
}

/// `.v3.pay["merchant-service"]._media_id_`
fn macro_segments(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if let Some(name) = variable(segment) {
            return format!("._{name}_");
        }
        let is_name = segment.starts_with(|c: char| c.is_ascii_lowercase())
            && segment
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if is_name && !KEYWORDS.contains(&segment) {
            format!(".{segment}")
        } else {
            format!("[{segment:?}]")
        }
    });
    segments.collect()
}

/// Keywords that are segments of paths, or may become one.
const KEYWORDS: [&str; 12] = [
    "abstract", "async", "const", "extern", "final", "match", "move", "ref", "static", "type",
    "use", "where",
];

pub(super) fn verb(schema: &Schema, sample: &SampleRequest) -> String {
    let operation = schema.operation();
    let verb = operation.method().as_str().to_lowercase();
    let takes_body = !["get", "delete"].contains(&&*verb);
    match (operation.body(), sample.body()) {
        (BodyKind::Multipart, _) => format!("{verb}(Media::from_path(\"file.jpg\")?, ())"),
        (_, Some(_)) if takes_body => format!("{verb}(body, ())"),
        (_, Some(_)) => format!("{verb}(())\n    .json(body)"),
        (_, None) if takes_body => format!("{verb}((), ())"),
        (_, None) => format!("{verb}(())"),
    }
}

fn shown(answer: AnswerKind) -> &'static str {
    match answer {
        AnswerKind::Stream => "\"{res:?}\"",
        AnswerKind::Empty => "\"{}\", res.status()",
        AnswerKind::Redirect => "\"{}\", request.uri()",
        _ => "\"{}\", res.value()?",
    }
}

pub(super) fn has_capitals(path: &str) -> bool {
    path.contains(|c: char| c.is_ascii_uppercase())
}

fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
