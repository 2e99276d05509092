//! The generated table of notifications.

use std::path::Path;
use std::process::Command;

use crate::tools;

#[test]
fn the_table_matches_the_script() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let Some(facts) = tools::fact(root, "notifications.jsonl") else {
        return;
    };
    let out = Command::new("python3")
        .arg(root.join("src/notify/regenerate.py"))
        .arg(facts)
        .output();
    let Some(out) = tools::started("python3", "python3", out) else {
        return;
    };
    let problem = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{problem}");
    let fresh = String::from_utf8(out.stdout).unwrap();
    let committed = include_str!("../../src/notify/table.rs");
    assert_eq!(fresh, committed, "run regenerate.py");
}
