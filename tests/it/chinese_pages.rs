//! Every page of `docs/` exists in English and in Chinese, and the two link to each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");

/// Generated pages. Their generators write no links.
const GENERATED: [&str; 2] = ["refusals", "remembered"];

#[test]
fn every_page_has_a_chinese_twin() {
    let (english, chinese) = pages();
    assert!(english.len() > 15, "{english:?}");
    let without: Vec<&String> = english.difference(&chinese).collect();
    assert!(
        without.is_empty(),
        "write docs/NAME.zh-CN.md for these pages: {without:?}"
    );
    let orphans: Vec<&String> = chinese.difference(&english).collect();
    assert!(
        orphans.is_empty(),
        "Chinese pages without an English one: {orphans:?}"
    );
}

#[test]
fn twins_link_to_each_other_at_the_top() {
    let (english, chinese) = pages();
    let mut missing = Vec::new();
    for name in english.intersection(&chinese) {
        if GENERATED.contains(&name.as_str()) {
            continue;
        }
        for (page, twin) in [(".md", ".zh-CN.md"), (".zh-CN.md", ".md")] {
            let text = read(&format!("{name}{page}"));
            let top: Vec<&str> = text.lines().take(5).collect();
            if !top.concat().contains(&format!("]({name}{twin})")) {
                missing.push(format!("{name}{page}"));
            }
        }
    }
    assert!(
        missing.is_empty(),
        "these pages do not link to their twins in the first five lines: {missing:?}"
    );
}

#[test]
fn chinese_pages_link_to_chinese_pages() {
    let (_, chinese) = pages();
    let mut found = Vec::new();
    for name in &chinese {
        for (at, line) in read(&format!("{name}.zh-CN.md"))
            .lines()
            .enumerate()
            .skip(5)
        {
            let english = chinese.iter().filter(|it| {
                line.contains(&format!("]({it}.md)")) || line.contains(&format!("]({it}.md#"))
            });
            found.extend(english.map(|it| format!("{name}.zh-CN.md:{}: {it}.md", at + 1)));
        }
    }
    assert!(
        found.is_empty(),
        "link to the Chinese pages instead: {found:#?}"
    );
}

/// Returns the names of the English and of the Chinese pages, without their endings.
fn pages() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut english = BTreeSet::new();
    let mut chinese = BTreeSet::new();
    for entry in fs::read_dir(DOCS).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(name) = name.strip_suffix(".zh-CN.md") {
            chinese.insert(name.to_owned());
        } else if let Some(name) = name.strip_suffix(".md") {
            english.insert(name.to_owned());
        }
    }
    (english, chinese)
}

fn read(page: &str) -> String {
    fs::read_to_string(Path::new(DOCS).join(page)).unwrap()
}
