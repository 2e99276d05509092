//! The public documentation's own pages, where they are at hand.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use wechatpay_chain_port::source::{Kind, split};
use wechatpay_chain_port::syntax::parse;

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

#[test]
fn every_block_of_every_page_parses() {
    let Some(folder) = folder() else {
        println!("SKIPPED: set WECHATPAY_PHP_WIRE to the folder of the recordings");
        return;
    };
    let mut files = Vec::new();
    pages(&folder.join("pages"), &mut files);
    files.sort();
    let (mut blocks, mut fragments) = (0, 0);
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let name = file.to_str().unwrap();
        for block in split(name, &text, Kind::guess(name, &text)) {
            let parsed = parse(&block.text);
            assert_eq!(parsed.problems, [], "{name}:{}", block.line);
            let shown = format!("{:?}", parsed.program);
            assert!(
                !shown.contains("Unsupported"),
                "{name}:{}: {shown}",
                block.line
            );
            blocks += 1;
            fragments += usize::from(parsed.program.fragment);
        }
    }
    println!("{} pages, {blocks} blocks", files.len());
    assert_eq!((files.len(), blocks, fragments), (160, 1105, 16));
}
