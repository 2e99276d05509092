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
fn every_block_of_every_page_becomes_formatted_rust() {
    let Some(blocks) = blocks() else {
        return;
    };
    for style in [
        Style::Keep,
        Style::Chain,
        Style::Index,
        Style::Macro,
        Style::Seg,
    ] {
        let made = emit::rust(&blocks, &Options::default().style(style));
        if let Some(folder) = std::env::var_os("WECHATPAY_PORT_OUT") {
            let file = PathBuf::from(folder).join(format!("{style:?}.rs"));
            std::fs::write(file, &made.text).unwrap();
        }
        let refused: Vec<_> = made
            .functions
            .iter()
            .filter(|made| !made.complete)
            .collect();
        let errors: Vec<_> = made
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .map(ToString::to_string)
            .collect();
        println!(
            "{style:?}: {} blocks, {} refused",
            blocks.len(),
            refused.len()
        );
        // Prettyplease prints the ports of whole files.
        let snippets: Vec<_> = blocks
            .iter()
            .filter(|block| {
                let made = emit::rust(
                    std::slice::from_ref(*block),
                    &Options::default().style(style),
                );
                !made.text.starts_with("#![allow")
            })
            .cloned()
            .collect();
        let made = emit::rust(&snippets, &Options::default().style(style));
        let changes = unformatted(&made.text, &format!("{style:?}"));
        assert!(
            changes.is_empty(),
            "{style:?}\n{}",
            &changes.chars().take(6000).collect::<String>()
        );
        // Parts of arrays, and calls of a plain Guzzle client.
        assert_eq!(refused.len(), 18, "{}", errors.join("\n"));
    }
}
