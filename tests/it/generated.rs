//! The generated tables are those that the scripts next to them write.
//!
//! Here and not in the packages of the tables: the scripts read facts outside of those packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "../tools/mod.rs"]
mod tools;

#[test]
fn the_table_contains_the_corrections() {
    assert_current("core/catalog", "table.rs", "regenerate.py", &["--print"]);
}

#[test]
fn the_table_matches_the_facts() {
    let files = ["endpoints.jsonl", "endpoints_brand.jsonl", "schemas.jsonl"];
    let Some(facts) = files.map(fact).into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let mut arguments = vec!["--print"];
    arguments.extend(facts.iter().filter_map(|file| file.to_str()));
    assert_current("core/catalog", "table.rs", "regenerate.py", &arguments);
}

#[test]
fn the_answer_tables_match_the_facts() {
    let Some(facts) = fact("schemas.jsonl") else {
        return;
    };
    let script = "regenerate_answers.py";
    let facts = facts.to_str().unwrap();
    assert_current("core/catalog", "answers.rs", script, &[facts]);
}

#[test]
fn the_schema_matches_the_facts() {
    let Some(facts) = fact("schemas.jsonl") else {
        return;
    };
    let folder = facts.parent().and_then(Path::to_str).unwrap();
    assert_current("schema", "operations.txt", "regenerate.py", &[folder]);
}

/// A file of the facts, if it is there.
fn fact(name: &str) -> Option<PathBuf> {
    tools::fact(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), name)
}

/// Compares a table of `src/` with what a script of its folder prints. Without python3 the test may be skipped.
fn assert_current(folder: &str, table: &str, script: &str, arguments: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../src")
        .join(folder);
    let mut python = Command::new("python3");
    let out = python.arg(folder.join(script)).args(arguments).output();
    let Some(out) = tools::started("python3", "python3", out) else {
        return;
    };
    let problem = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{problem}");
    let fresh = String::from_utf8(out.stdout).unwrap();
    let committed = fs::read_to_string(folder.join(table)).unwrap();
    for (number, (fresh, committed)) in (1..).zip(fresh.lines().zip(committed.lines())) {
        assert_eq!(
            fresh,
            committed,
            "line {number} of {table}; run {script} in {}",
            folder.display()
        );
    }
    assert_eq!(fresh, committed, "{table}; run {script}");
}
