//! Writes the crate that `tests/port/run` compiles: for each operation of the recorded pages, one of its
//! six snippets as Rust.
//!
//! ```sh
//! cargo run -p wechatpay-chain-port --example port_check -- RECORDINGS FOLDER
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use wechatpay_chain_port::emit::{self, Function, Options, Style};
use wechatpay_chain_port::source::{Block, Kind, split};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The styles that the calls are written in, in turn.
const STYLES: [(&str, Style); 5] = [
    ("keep", Style::Keep),
    ("chain", Style::Chain),
    ("index", Style::Index),
    ("dotted", Style::Macro),
    ("seg", Style::Seg),
];

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [recordings, folder] = &*args else {
        return Err("usage: port_check RECORDINGS FOLDER".into());
    };
    let (recordings, source) = (Path::new(recordings), Path::new(folder).join("src"));
    fs::create_dir_all(&source)?;
    let mut table = String::from(
        "// Written by port_check.\nuse super::Case;\n\npub(crate) fn cases() -> Vec<Case> {\n    vec![\n",
    );
    let mut modules = String::new();
    let chosen = chosen(recordings)?;
    for (name, style) in STYLES {
        let blocks: Vec<Block> = (chosen.iter())
            .filter(|chosen| chosen.style == style)
            .map(|chosen| chosen.block.clone())
            .collect();
        let rows: Vec<usize> = (chosen.iter())
            .filter(|chosen| chosen.style == style)
            .map(|chosen| chosen.row)
            .collect();
        let made = emit::rust(&blocks, &Options::default().style(style));
        if !made.complete {
            let said: Vec<_> = made.diagnostics.iter().map(ToString::to_string).collect();
            return Err(said.join("\n").into());
        }
        let fixtures = recordings.join("fixtures/path/to/").display().to_string();
        let text = made.text.replace("\"/path/to/", &format!("\"{fixtures}"));
        fs::write(source.join(format!("{name}.rs")), text)?;
        writeln!(modules, "#[allow(dead_code)]\nmod {name};")?;
        for function in &made.functions {
            let row = rows[function.block];
            if function.needs_app {
                // It is compiled, and cannot be called without an application.
                continue;
            }
            let call = call(name, function)?;
            writeln!(
                table,
                "        Case {{ row: {row}, run: |world| Box::pin(async move {{ Ok({call}?) }}) }},"
            )?;
        }
    }
    for (name, style) in STYLES {
        let text = shapes(style)?;
        fs::write(source.join(format!("shapes_{name}.rs")), text)?;
        writeln!(modules, "#[allow(dead_code)]\nmod shapes_{name};")?;
    }
    table.push_str("    ]\n}\n");
    fs::write(source.join("table.rs"), table)?;
    fs::write(source.join("modules.rs"), modules)?;
    Ok(())
}

/// Other styles of PHP: all of it is compiled, nothing is run.
fn shapes(style: Style) -> Result<String> {
    let shapes = include_str!("../../../tests/port/shapes.md");
    let blocks = split("shapes.md", shapes, Kind::Markdown);
    let made = emit::rust(&blocks, &Options::default().style(style));
    if made.complete {
        Ok(made.text)
    } else {
        let said: Vec<_> = made.diagnostics.iter().map(ToString::to_string).collect();
        Err(said.join("\n").into())
    }
}

/// A snippet, the line of its recording, and how it is to be written.
struct Chosen {
    block: Block,
    row: usize,
    style: Style,
}

/// One snippet for each operation: the forms and the styles take turns.
fn chosen(recordings: &Path) -> Result<Vec<Chosen>> {
    let text = fs::read_to_string(recordings.join("golden.jsonl"))?;
    let mut operations: BTreeMap<String, Vec<(usize, String, u64)>> = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let row: Value = serde_json::from_str(line)?;
        if row["kind"] == "sdk" {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let index = row["index"].as_u64().unwrap_or_default();
            let rows = operations.entry(text("op")).or_default();
            rows.push((number, text("page"), index));
        }
    }
    let mut chosen = Vec::new();
    for (turn, rows) in operations.values().enumerate() {
        let (row, page, index) = &rows[turn % rows.len()];
        let file = recordings.join("pages").join(page);
        let blocks = split(page, &fs::read_to_string(file)?, Kind::Markdown);
        let block = usize::try_from(*index)
            .ok()
            .and_then(|index| blocks.get(index));
        chosen.push(Chosen {
            block: block
                .ok_or("a recording names a block that is not there")?
                .clone(),
            row: *row,
            style: STYLES[turn / rows.len() % STYLES.len()].1,
        });
    }
    Ok(chosen)
}

/// The call of a function with what the recordings were made with.
fn call(module: &str, function: &Function) -> Result<String> {
    let mut args = Vec::new();
    for (name, _) in &function.params {
        args.push(match name.as_str() {
            "client" => "&world.client",
            "apiv2_key" => "super::V2_KEY",
            "agent_secret" => "super::AGENT_SECRET",
            "mchid" => "super::MCHID",
            "sign_type" => "\"HMAC-SHA256\"",
            "merchant_certificate_serial" => "super::SERIAL",
            "merchant_private_key_instance" => "&world.key",
            other => return Err(format!("no value for the parameter {other}").into()),
        });
    }
    let end = if function.is_async { ".await" } else { "" };
    Ok(format!(
        "super::{module}::{}({}){end}",
        function.name,
        args.join(", ")
    ))
}
