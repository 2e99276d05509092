//! `wechatpay port`: translates PHP that calls WeChat Pay into Rust or into requests.

mod call;
mod client;
mod files;
mod folder;
mod host;
mod manifest;
mod multipart;
mod report;
mod template;
mod told;
mod xml;
mod zh_messages;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use wechatpay_chain::catalog;
use wechatpay_chain_port::source::{Block, Kind, split};
use wechatpay_chain_port::{Diagnostic, Problem, Severity, emit, evaluate, hir, syntax};
use wechatpay_sandbox::schema;

use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::output::Output;
use call::Caller;
use host::CommandHost;

const EXAMPLES: &str = "  \
  wechatpay port pay.php > src/main.rs
  wechatpay port app/Services -o ported/src
  wechatpay port --check app
  wechatpay port --style macro docs/native.md
  wechatpay port --emit request pay.php
  wechatpay port --emit request --files testdata docs/*.md
  pbpaste | wechatpay port --emit request --define mchid=1900000109 -
";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PortArgs {
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,

    #[arg(long, value_enum, default_value_t = Emit::Rust, value_name = "WHAT")]
    emit: Emit,

    #[arg(long, value_enum, value_name = "STYLE")]
    style: Option<Style>,

    #[arg(long)]
    no_tokio: bool,

    #[arg(long = "files", value_name = "DIR", id = "folder")]
    folder: Option<PathBuf>,

    #[arg(long, value_name = "NAME=VALUE|@FILE|env:NAME", value_parser = definition)]
    define: Vec<(String, Value)>,

    #[arg(long, value_name = "SECONDS")]
    now: Option<i64>,

    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,

    #[arg(long, requires = "output")]
    force: bool,

    #[arg(long, value_name = "DIR", requires = "output")]
    client_path: Option<PathBuf>,

    #[arg(long)]
    report: bool,

    #[arg(long, conflicts_with = "output")]
    check: bool,
}

impl PortArgs {
    /// Whether modules are written, or only told of, in place of one file on standard output.
    fn modules(&self) -> Result<bool, Failure> {
        let wanted = self.output.is_some() || self.check;
        if wanted && self.emit == Emit::Request {
            return Err(usage(t!("port-only-rust")));
        }
        if !wanted && self.files.iter().any(|file| file.is_dir()) {
            return Err(usage(t!("port-folder-output")));
        }
        if !wanted && self.report {
            return Err(usage(t!("port-report-output")));
        }
        Ok(wanted)
    }
}

fn usage(message: String) -> Failure {
    Failure::new(Exit::Usage, "usage", message)
}

/// The kind of output.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    Rust,
    Request,
}

/// The styles of chains.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Style {
    Chain,
    Index,
    Macro,
    Seg,
}

pub(crate) fn run(args: &PortArgs, output: &Output) -> Result<(), Failure> {
    if args.modules()? {
        return folder::run(args, &rust_options(args), output);
    }
    let host = CommandHost::new(args.folder.clone(), &args.define, args.now);
    let mut report = Report {
        output,
        failed: false,
    };
    let mut caller = Caller::default();
    let mut blocks = Vec::new();
    for file in &args.files {
        let text = crate::files::read_text(file)?;
        let name = file.to_string_lossy();
        let found = split(&name, &text, Kind::guess(&name, &text));
        if let Some(problem) = nothing_to_port(args.emit, &found) {
            report.tell(&Diagnostic::of_file(&name, problem));
        }
        blocks.extend(found);
    }
    match args.emit {
        Emit::Rust => rust(args, &blocks, &mut report)?,
        Emit::Request => {
            for block in &blocks {
                requests(block, &host, &mut caller, &mut report)?;
            }
        }
    }
    report.end()
}

/// The reason why a valid file yields no output. The inside of an array can be ported to Rust, but makes no
/// request.
fn nothing_to_port(emit: Emit, blocks: &[Block]) -> Option<Problem> {
    if blocks.is_empty() {
        let problem = Problem::error(syntax::Span::default(), "this file holds no PHP");
        return Some(problem.hint(
            "give a .php file, or a page with its code: below ```php, below a line `php`, or by itself",
        ));
    }
    let gives = |block: &Block| {
        let parsed = syntax::parse_whole(&block.text);
        let fragment = parsed.program.fragment && emit == Emit::Rust;
        parsed.calls || fragment || !parsed.problems.is_empty()
    };
    let nothing = !blocks.iter().any(gives);
    nothing.then(|| {
        Problem::error(
            syntax::Span::default(),
            "the PHP of this file calls nothing",
        )
        .hint("give the code that calls the SDK, such as `$instance->chain('v3/…')->get()`")
    })
}

/// All blocks as one file of Rust.
fn rust(args: &PortArgs, blocks: &[Block], report: &mut Report<'_>) -> Result<(), Failure> {
    let output = emit::rust(blocks, &rust_options(args));
    for diagnostic in &output.diagnostics {
        report.tell(diagnostic);
    }
    let text = format!("{}\n", output.text.trim_end());
    report.output.untrusted(text.as_bytes())
}

fn rust_options(args: &PortArgs) -> emit::Options {
    let style = match args.style {
        None => emit::Style::Keep,
        Some(Style::Chain) => emit::Style::Chain,
        Some(Style::Index) => emit::Style::Index,
        Some(Style::Macro) => emit::Style::Macro,
        Some(Style::Seg) => emit::Style::Seg,
    };
    emit::Options::default()
        .style(style)
        .tokio(!args.no_tokio)
        .sensitive(sensitive)
        .localised(told::localised)
        .facts(hir::Facts::new(field_types))
}

/// The types of an operation's fields, by their pointers.
fn field_types(method: &str, path: &str) -> Vec<(String, &'static str)> {
    let operation = method
        .parse()
        .ok()
        .and_then(|method| schema::find(&method, path));
    let mut found = Vec::new();
    if let Some(operation) = operation {
        types_of(operation.request(), "", &mut found);
    }
    found
}

fn types_of(fields: &[schema::Field], above: &str, found: &mut Vec<(String, &'static str)>) {
    for field in fields {
        let pointer = format!("{above}/{}", field.name());
        match field.kind() {
            schema::FieldKind::Integer => found.push((pointer.clone(), "integer")),
            schema::FieldKind::String => found.push((pointer.clone(), "string")),
            _ => {}
        }
        types_of(field.fields(), &pointer, found);
    }
}

/// The fields that the client encrypts by default.
fn sensitive(method: &str, path: &str) -> Vec<String> {
    let operation = method
        .parse()
        .ok()
        .and_then(|method| catalog::find(&method, path));
    operation.map_or_else(Vec::new, |operation| {
        operation
            .encrypt()
            .iter()
            .map(ToString::to_string)
            .collect()
    })
}

/// Parses a value as JSON if all of it is JSON and not a number; otherwise it is a text, such as `0123`.
fn definition(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| t!("definition-format"))?;
    let name = name.trim_start_matches('$').to_owned();
    if let Some(value) = from_elsewhere(value)? {
        return Ok((name, Value::String(value)));
    }
    let json = serde_json::from_str(value)
        .ok()
        .filter(|json: &Value| !json.is_number());
    Ok((
        name,
        json.unwrap_or_else(|| Value::String(value.to_owned())),
    ))
}

/// Reads a value from a file, without its final line break, or from an environment variable. `@@x` is the text `@x`.
fn from_elsewhere(value: &str) -> Result<Option<String>, String> {
    if let Some(text) = value.strip_prefix("@@") {
        return Ok(Some(format!("@{text}")));
    }
    if let Some(file) = value.strip_prefix('@') {
        let text = std::fs::read_to_string(file).map_err(|err| format!("{file}: {err}"))?;
        return Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()));
    }
    let Some(name) = value.strip_prefix("env:") else {
        return Ok(None);
    };
    match std::env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(err) => Err(format!("{name}: {err}")),
    }
}

/// The requests of a block, one on each line.
fn requests(
    block: &Block,
    host: &CommandHost,
    caller: &mut Caller,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let parsed = syntax::parse_run(&block.text);
    let output = evaluate::run(block, &parsed.program, host);
    for problem in parsed.problems.into_iter().chain(output.problems) {
        report.tell(&block.diagnose(problem));
    }
    for request in &output.requests {
        match caller.line(block, request)? {
            Ok((line, problems)) => {
                for problem in problems {
                    report.tell(&block.diagnose(problem));
                }
                report.output.line(&line.to_string())?;
            }
            Err(problem) => report.tell(&block.diagnose(problem)),
        }
    }
    Ok(())
}

/// Diagnostics on standard error, and whether any of them is an error.
struct Report<'s> {
    output: &'s Output,
    failed: bool,
}

impl Report<'_> {
    fn tell(&mut self, diagnostic: &Diagnostic) {
        self.failed |= diagnostic.severity == Severity::Error;
        if self.output.json() {
            let line = json!({ "diagnostic": told::machine(diagnostic) });
            self.output.error_line(&line.to_string())
        } else {
            self.output.error_line(&told::text(diagnostic))
        }
    }

    fn end(self) -> Result<(), Failure> {
        if self.failed {
            Err(Failure::AlreadyReported(Exit::Input))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_texts_unless_they_are_json() {
        for (text, name, value) in [
            ("mchid=1900", "mchid", json!("1900")),
            ("$a=b=c", "a", json!("b=c")),
            ("a=", "a", json!("")),
            ("a=true", "a", json!(true)),
            ("a={\"b\":[1]}", "a", json!({"b": [1]})),
        ] {
            assert_eq!(definition(text), Ok((name.to_owned(), value)));
        }
        assert!(definition("a").is_err());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "secret\n").unwrap();
        let read = definition(&format!("key=@{}", file.path().display()));
        assert_eq!(read, Ok(("key".to_owned(), json!("secret"))));
        assert_eq!(definition("a=@@x"), Ok(("a".to_owned(), json!("@x"))));
        assert!(definition("a=@nowhere/x").is_err() && definition("a=env:NO_SUCH_1").is_err());
        assert_eq!(
            definition("a=env:CARGO_PKG_NAME").map(|(_, value)| value),
            std::env::var("CARGO_PKG_NAME")
                .map(Value::from)
                .map_err(|err| err.to_string())
        );
    }
}
