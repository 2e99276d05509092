//! `wechatpay endpoints`: searches and shows the catalog.

mod detail;
mod json;
mod types;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use wechatpay_sandbox::reference;
use wechatpay_sandbox::schema::{Schema, is_deprecated};

use crate::candidates;
use crate::exit::{Exit, Failure};
use crate::i18n::t;
use crate::output::{Output, pad};

const EXAMPLES: &str = "  \
  wechatpay endpoints refund
  wechatpay endpoints 分账 回退
  wechatpay endpoints POST v3/pay/transactions/native
  wechatpay endpoints --json transfer
  wechatpay endpoints POST v3/pay/transactions/jsapi --emit types
  wechatpay endpoints --event COMPLAINT.CREATE --emit types
  wechatpay endpoints --emit types --all -o src/wechat/
";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EndpointsArgs {
    #[arg(add = ArgValueCompleter::new(candidates::paths))]
    words: Vec<String>,

    #[arg(long)]
    json: bool,

    #[arg(long, value_enum, value_name = "WHAT", conflicts_with = "json")]
    emit: Option<Emit>,

    #[arg(
        long,
        value_name = "TYPE",
        requires = "emit",
        conflicts_with_all = ["words", "all", "file"],
        add = ArgValueCompleter::new(candidates::events)
    )]
    event: Vec<String>,

    #[arg(long, requires_all = ["emit", "output"], conflicts_with_all = ["words", "file"])]
    all: bool,

    #[arg(long, value_name = "FILE", requires_all = ["emit", "output"], conflicts_with = "words")]
    file: Option<PathBuf>,

    #[arg(short, long, value_name = "DIR", requires = "emit")]
    output: Option<PathBuf>,

    #[arg(long, requires = "output")]
    force: bool,
}

/// The code to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    Types,
}

pub(crate) fn run(args: &EndpointsArgs, output: &Output) -> Result<(), Failure> {
    if args.emit == Some(Emit::Types) {
        return emit_types(args, output);
    }
    let found = found(reference::search(&args.words))?;
    if args.json || output.json() {
        let lines = found
            .iter()
            .map(|schema| json::line(schema).to_string() + "\n");
        return output.write(&lines.collect::<String>());
    }
    match &found[..] {
        [schema] => output.write(&detail::text(schema, output)),
        found => output.write(&list(found, output)),
    }
}

fn found(schemas: Vec<Schema>) -> Result<Vec<Schema>, Failure> {
    if schemas.is_empty() {
        return Err(Failure::new(Exit::Failed, "none", t!("endpoints-none")));
    }
    Ok(schemas)
}

fn emit_types(args: &EndpointsArgs, output: &Output) -> Result<(), Failure> {
    let named = if let Some(file) = &args.file {
        types::listed(file)?
    } else if args.all {
        types::all()
    } else if !args.event.is_empty() {
        types::events(&args.event)?
    } else {
        let found = found(reference::search(&args.words))?;
        found.into_iter().map(types::Named::Operation).collect()
    };
    if let Some(folder) = &args.output {
        types::write(&named, folder, args.force)?;
        let is_event = |named: &&types::Named| matches!(named, types::Named::Event(_));
        let events = named.iter().filter(is_event).count();
        let text = t!("types-count", count = named.len() - events, events = events);
        return output.write(&format!("{text}\n"));
    }
    match &named[..] {
        [named] => output.write(&named.source()),
        _ => Err(Failure::new(
            Exit::Usage,
            "usage",
            t!("types-which", count = named.len()),
        )),
    }
}

/// One endpoint on each line: method, path, title and products.
fn list(found: &[Schema], output: &Output) -> String {
    let mut text = String::new();
    for schema in found {
        let operation = schema.operation();
        let method = output.bold(&pad(operation.method().as_str(), 6));
        let mut about = schema.title().to_owned();
        if !schema.products().is_empty() {
            about.push_str(&format!(
                "  [{}]",
                schema.products().join(&t!("list-separator"))
            ));
        }
        if is_deprecated(operation) {
            about.push_str(&format!("  {}", t!("note-deprecated")));
        }
        let about = output.dim(&about);
        text.push_str(&format!("{method} {}  {about}\n", operation.path()));
    }
    let count = t!("endpoints-count", count = found.len());
    text.push_str(&output.dim(&format!("{count}\n")));
    text
}
