//! `wechatpay endpoints --emit types`: serde types for requests and answers.

mod tree;

use std::path::Path;

use http::Method;
use wechatpay_sandbox::schema::{self, Schema};

use crate::exit::{Exit, Failure};
use crate::files::input;
use crate::i18n::t;

pub(super) use tree::write;

/// The operations that a file names: `METHOD PATH` in each line. Empty lines and lines with `#` are skipped.
pub(super) fn listed(file: &Path) -> Result<Vec<Schema>, Failure> {
    let text =
        std::fs::read_to_string(file).map_err(|err| input(format!("{}: {err}", file.display())))?;
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| operation(line).ok_or_else(|| unknown(line)))
        .collect()
}

fn operation(line: &str) -> Option<Schema> {
    let (method, path) = line.split_once(char::is_whitespace)?;
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
    schema::find(&method, path.trim().trim_start_matches('/'))
}

fn unknown(line: &str) -> Failure {
    Failure::new(Exit::Failed, "none", t!("types-unknown", line = line))
}
