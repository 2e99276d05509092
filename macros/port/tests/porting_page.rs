//! The pages about porting show what the porter writes.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::emit::{self, Options};
use wechatpay_chain_port::source::{Kind, split};

const PAGES: [(&str, &str); 2] = [
    ("porting.md", include_str!("../../../docs/porting.md")),
    (
        "porting.zh-CN.md",
        include_str!("../../../docs/porting.zh-CN.md"),
    ),
];

/// The Rust behind each block of PHP, without the lines that rustdoc hides.
fn pairs(page: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("```php\n") {
        let (php, after) = after.split_once("```\n").unwrap();
        let (_, rust) = after.split_once("```rust").unwrap();
        let (_, rust) = rust.split_once('\n').unwrap();
        let (rust, after) = rust.split_once("```\n").unwrap();
        let shown = rust.lines().filter(|line| !line.starts_with("# "));
        let shown: String = shown.map(|line| format!("{line}\n")).collect();
        pairs.push((php.to_owned(), shown));
        rest = after;
    }
    pairs
}

fn statements(php: &str) -> String {
    let made = emit::rust(&split("doc.php", php, Kind::Php), &Options::default());
    assert!(made.complete, "{:?}", made.diagnostics);
    let (_, inside) = made.text.split_once("Result<()> {\n").unwrap();
    let inside = inside.strip_suffix("    Ok(())\n}\n").unwrap();
    let lines = inside
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_rust_of_each_page_is_what_the_porter_writes() {
    for (name, page) in PAGES {
        let pairs = pairs(page);
        assert_eq!(pairs.len(), 11, "{name}");
        for (php, rust) in pairs {
            assert_eq!(rust, statements(&php), "{name}\n{php}");
        }
    }
}

#[test]
fn the_class_of_each_page_is_what_the_porter_writes() {
    for (name, page) in PAGES {
        let (_, after) = page.split_once("```php class\n").unwrap();
        let (php, after) = after.split_once("```\n").unwrap();
        let (_, rust) = after.split_once("```rust\n").unwrap();
        let (rust, _) = rust.split_once("```\n").unwrap();
        let shown = rust.lines().filter(|line| !line.starts_with("# "));
        let shown: String = shown.map(|line| format!("{line}\n")).collect();
        let blocks = split("CloseOrder.php", php, Kind::Php);
        let made = emit::rust(&blocks, &Options::default());
        assert!(made.complete, "{:?}", made.diagnostics);
        assert_eq!(shown.trim_end(), made.text.trim_end(), "{name}");
    }
}
