//! Writes the matrix to the page, or compares it with the page.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use super::Cell;
use super::chinese;
use super::faults::Case;
use super::operations::Op;

/// The text for a mode that was not run.
const UNKNOWN: &str = "?";

pub(super) fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/fault-matrix.md")
}

const HEAD: &str = "\
# Fault matrix

[中文](fault-matrix.zh-CN.md)

`tests/resilience/matrix` generates this page (`WECHATPAY_FAULT_MATRIX=write`); do not edit it by hand. Each row is a
fault that happens to one request. Each column is an operation against the sandbox. In every cell, the sandbox's
state agrees with the result that the program got: nothing is done twice, and nothing is lost.

A cell has the results of four set-ups, in this order: neither `retry` nor `failover`; `retry`; `failover`; both. If
all four are the same, the cell has one result.

| result | meaning |
| --- | --- |
| A | done: the call returned at the first attempt |
| R | done: the call returned after a retry or from the backup host |
| Q | done: the response was lost, and the query by the merchant's number found the result (`Call::or_query`) |
| N | not done: the request was refused, never sent, or not found after the documented wait |
| E | failed with an error. For an upload, the error tells whether it may have been sent. For a download, no file is left |
| 1 | the notification was handled once |
| Q | in the column of the notification: a gateway acknowledged it in place of the shop, and a query of unpaid orders finds the payment |
| W | the shop could not query the order, so it did not acknowledge the notification, which is posted again |

The first three faults after `none` last as long as the call; all others happen once. *Passed on* means that
WeChat Pay received the request. In the column of the notification, network faults affect the notification, and all
others affect the query that the handler makes. `order` and `refund` are APIv3's, `transfer` has an encrypted
name, and `v2 pay` is a payment by code (付款码支付), which is never repeated.

";

pub(super) fn write(cases: &[Case], found: &[Cell]) {
    let mut page = HEAD.to_owned();
    let names: Vec<_> = Op::ALL.iter().map(|op| op.name()).collect();
    writeln!(page, "| fault | {} |", names.join(" | ")).unwrap();
    writeln!(page, "| --- |{}", " --- |".repeat(names.len())).unwrap();
    for (at, case) in cases.iter().enumerate() {
        let row = found.iter().filter(|cell| cell.0 == at);
        let texts: Vec<_> = row.map(|cell| text(&cell.2)).collect();
        writeln!(page, "| {} | {} |", case.name, texts.join(" | ")).unwrap();
    }
    chinese::write(&page);
    fs::write(path(), page).unwrap();
}

fn text(runs: &[Option<&str>; 4]) -> String {
    let texts = runs.map(|run| run.unwrap_or(UNKNOWN));
    if texts.iter().all(|text| *text == texts[0]) {
        return texts[0].to_owned();
    }
    texts.join(" ")
}

/// Compares the results with the page.
pub(super) fn compare(cases: &[Case], found: &[Cell]) {
    let page = fs::read_to_string(path()).unwrap();
    let mut differing = Vec::new();
    for (case, op, runs) in found {
        let name = cases[*case].name;
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| {name} |")));
        let row = row.unwrap_or_else(|| panic!("the page has no row {name:?}"));
        let cell = row.split('|').nth(op + 2).unwrap().trim();
        let written: Vec<_> = cell.split(' ').collect();
        for (mode, run) in runs.iter().enumerate() {
            let written = written.get(mode).unwrap_or(&written[0]);
            if run.is_some_and(|run| run != *written) {
                let op = Op::ALL[*op].name();
                differing.push(format!(
                    "{name}, {op}, set-up {mode}: {run:?}, the page has {written}"
                ));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
