//! `wechatpay port`: PHP that calls WeChat Pay, as Rust or as requests.

mod call;
mod client;
mod files;
mod host;
mod multipart;
mod template;
mod xml;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use wechatpay_chain::{catalog, schema};
use wechatpay_chain_port::source::{Block, Kind, split};
use wechatpay_chain_port::{Diagnostic, Severity, emit, evaluate, hir, syntax};

use crate::exit::{Exit, Failure};
use crate::output::Screen;
use call::Caller;
use host::CommandHost;

const EXAMPLES: &str = "\
Examples:
  wechatpay port pay.php > src/main.rs
  wechatpay port --style macro docs/native.md
  wechatpay port --emit request pay.php
  wechatpay port --emit request --files testdata docs/*.md
  pbpaste | wechatpay port --emit request --define mchid=1900000109 -

Takes .php files, Markdown with fenced PHP, and bare snippets. Nothing is sent.
A file that builds its client becomes a program (src/main.rs); anything else a function that is
given a &Client (a module, src/pay.rs). Dependencies and a walk-through: docs/porting.md.
--style and --no-tokio belong to --emit rust; --files, --define and --now to --emit request.
With --emit request a variable that the PHP does not define has the value of --define; $mchid, $apiv2Key, $agentSecret,
$signType and $merchantCertificateSerial have a stand-in. Ends with 4 when something could not be
ported; warnings do not count.
";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PortArgs {
    /// The files to port; - for standard input
    #[arg(value_name = "FILE", default_value = "-")]
    files: Vec<PathBuf>,

    /// What is made of them
    #[arg(long, value_enum, default_value_t = Emit::Rust, value_name = "WHAT")]
    emit: Emit,

    /// Rust: how it writes chains; as the PHP does, unless it is said
    #[arg(long, value_enum, value_name = "STYLE")]
    style: Option<Style>,

    /// Rust: wait for each call, without tokio
    #[arg(long)]
    no_tokio: bool,

    /// Requests: where file:///path/to/x is read from: DIR/path/to/x
    #[arg(long = "files", value_name = "DIR", id = "folder")]
    folder: Option<PathBuf>,

    /// Requests: the value of a variable that the PHP leaves undefined: JSON or a text, @FILE or env:NAME; a
    /// key belongs into one of the last two, for other users of the machine see arguments
    #[arg(long, value_name = "NAME=VALUE|@FILE|env:NAME", value_parser = definition)]
    define: Vec<(String, Value)>,

    /// Requests: the time that time() and Formatter::timestamp() give; otherwise it is now
    #[arg(long, value_name = "SECONDS")]
    now: Option<i64>,
}

/// What is made of the PHP.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// A function for each block, or a program
    Rust,
    /// Each call's request, one JSON object a line
    Request,
}

/// The styles of chains.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Style {
    /// client.chain("v3/pay/transactions/native")
    Chain,
    /// client["v3/pay/transactions/native"]
    Index,
    /// chain!(client.v3.pay.transactions.native), with the feature macros
    Macro,
    /// client.v3().seg("pay").seg("transactions").seg("native")
    Seg,
}

pub(crate) fn run(args: &PortArgs, screen: &Screen) -> Result<(), Failure> {
    let host = CommandHost::new(args.folder.clone(), &args.define, args.now);
    let mut report = Report {
        screen,
        failed: false,
    };
    let mut caller = Caller::default();
    let mut blocks = Vec::new();
    for file in &args.files {
        let text = crate::files::read_text(file)?;
        let name = file.to_string_lossy();
        blocks.extend(split(&name, &text, Kind::guess(&name, &text)));
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

/// All blocks as one file of Rust.
fn rust(args: &PortArgs, blocks: &[Block], report: &mut Report<'_>) -> Result<(), Failure> {
    let style = match args.style {
        None => emit::Style::Keep,
        Some(Style::Chain) => emit::Style::Chain,
        Some(Style::Index) => emit::Style::Index,
        Some(Style::Macro) => emit::Style::Macro,
        Some(Style::Seg) => emit::Style::Seg,
    };
    let options = emit::Options::default()
        .style(style)
        .tokio(!args.no_tokio)
        .sensitive(sensitive)
        .facts(hir::Facts::new(field_types));
    let output = emit::rust(blocks, &options);
    for diagnostic in &output.diagnostics {
        report.tell(diagnostic);
    }
    let text = format!("{}\n", output.text.trim_end());
    report.screen.foreign(text.as_bytes())
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

/// What the client encrypts by itself.
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

/// A value is JSON where it reads as a whole as such, and not a number: `0123` is a text.
fn definition(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
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

/// What is no argument itself: the text of a file, whose last line break does not count, or a
/// variable of the environment. `@@x` is the text `@x`.
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

/// The requests of a block, a line each.
fn requests(
    block: &Block,
    host: &CommandHost,
    caller: &mut Caller,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let parsed = syntax::parse(&block.text);
    let output = evaluate::run(&parsed.program, host);
    for problem in parsed.problems.into_iter().chain(output.problems) {
        report.tell(&block.diagnose(problem));
    }
    for request in &output.requests {
        match caller.line(block, request)? {
            Ok((line, problems)) => {
                for problem in problems {
                    report.tell(&block.diagnose(problem));
                }
                report.screen.line(&line.to_string())?;
            }
            Err(problem) => report.tell(&block.diagnose(problem)),
        }
    }
    Ok(())
}

/// What is said on standard error, and whether any of it is an error.
struct Report<'s> {
    screen: &'s Screen,
    failed: bool,
}

impl Report<'_> {
    fn tell(&mut self, diagnostic: &Diagnostic) {
        self.failed |= diagnostic.severity == Severity::Error;
        match self.screen.json() {
            true => self.screen.complain(&machine(diagnostic).to_string()),
            false => self.screen.complain(&diagnostic.to_string()),
        }
    }

    fn end(self) -> Result<(), Failure> {
        match self.failed {
            true => Err(Failure::Silent(Exit::Input)),
            false => Ok(()),
        }
    }
}

fn machine(diagnostic: &Diagnostic) -> Value {
    json!({ "diagnostic": {
        "file": diagnostic.file,
        "line": diagnostic.line,
        "col": diagnostic.col,
        "severity": diagnostic.severity.to_string(),
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }})
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
