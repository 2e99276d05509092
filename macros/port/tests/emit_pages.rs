//! Every page of the public documentation as Rust, where the pages are at hand.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

use wechatpay_chain_port::Severity;
use wechatpay_chain_port::emit::{self, Options, Style};
use wechatpay_chain_port::source::{Block, Kind, split};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("WECHATPAY_PHP_WIRE").map(PathBuf::from);
    let folder = named
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/php-wire"));
    folder.join("pages").is_dir().then_some(folder)
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
}

fn blocks() -> Option<Vec<Block>> {
    let Some(folder) = folder() else {
        println!("SKIPPED: set WECHATPAY_PHP_WIRE to the folder of the recordings");
        return None;
    };
    let mut files = Vec::new();
    let root = folder.join("pages");
    pages(&root, &mut files);
    files.sort();
    let of = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        let name = file
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        split(&name, &text, Kind::Markdown)
    };
    Some(files.iter().flat_map(of).collect())
}

/// The changes that rustfmt would make.
fn unformatted(text: &str, name: &str) -> String {
    let file = std::env::temp_dir().join(format!("{}-{name}.rs", std::process::id()));
    std::fs::write(&file, text).unwrap();
    let run = Command::new("rustfmt")
        .args([
            "--check",
            "--edition",
            "2024",
            "--config",
            "newline_style=Unix",
        ])
        .arg(&file)
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    let shown = String::from_utf8_lossy(&run.stdout).into_owned();
    match run.status.success() {
        true => String::new(),
        false => shown + &String::from_utf8_lossy(&run.stderr),
    }
}

#[test]
fn every_block_becomes_formatted_rust_in_the_style_of_the_source() {
    formatted_rust(Style::Keep);
}

#[test]
fn every_block_becomes_formatted_rust_with_chain() {
    formatted_rust(Style::Chain);
}

#[test]
fn every_block_becomes_formatted_rust_with_an_index() {
    formatted_rust(Style::Index);
}

#[test]
fn every_block_becomes_formatted_rust_with_the_macro() {
    formatted_rust(Style::Macro);
}

#[test]
fn every_block_becomes_formatted_rust_with_seg() {
    formatted_rust(Style::Seg);
}

/// A test for each style, so that they run at the same time.
fn formatted_rust(style: Style) {
    let Some(blocks) = blocks() else {
        return;
    };
    let made = emit::rust(&blocks, &Options::default().in_place(true).style(style));
    if let Some(folder) = std::env::var_os("WECHATPAY_PORT_OUT") {
        let file = PathBuf::from(folder).join(format!("{style:?}.rs"));
        std::fs::write(file, &made.text).unwrap();
    }
    let refused = made.functions.iter().filter(|made| !made.complete).count();
    println!("{style:?}: {} blocks, {refused} refused", blocks.len());
    let errors: Vec<_> = made
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    let made = emit::rust(
        &snippets(&blocks, style),
        &Options::default().in_place(true).style(style),
    );
    let changes = unformatted(&made.text, &format!("{style:?}"));
    let shown: String = changes.chars().take(6000).collect();
    assert!(changes.is_empty(), "{style:?}\n{shown}");
    // Parts of arrays, and calls of a plain Guzzle client.
    assert_eq!(refused, 18, "{}", errors.join("\n"));
}

/// The blocks that are no whole files: prettyplease prints the ports of those.
fn snippets(blocks: &[Block], style: Style) -> Vec<Block> {
    let options = Options::default().in_place(true).style(style);
    let printed = |block: &Block| emit::rust(std::slice::from_ref(block), &options).text;
    blocks
        .iter()
        .filter(|block| !printed(block).starts_with("#![allow"))
        .cloned()
        .collect()
}
