//! Programs and data that tests need and not every machine has.
//!
//! A test whose program is missing fails. It passes without a result only where [`SKIP`] says so.

#![allow(
    clippy::panic,
    clippy::print_stderr,
    dead_code,
    reason = "a test that cannot go on says why; each binary uses a part"
)]

use std::env;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// With the value `1`, tests whose program is missing are skipped (CONTRIBUTING.md).
const SKIP: &str = "WECHATPAY_SKIP_MISSING_TOOLS";

/// Returns what a program yielded when it was started; `None` if it is missing and the test may be skipped.
///
/// # Panics
///
/// If the program is missing or does not start. The message names its package in Debian.
pub(crate) fn started<T>(program: &str, package: &str, outcome: io::Result<T>) -> Option<T> {
    match (outcome, env::var_os(SKIP)) {
        (Ok(value), _) => Some(value),
        (Err(err), Some(skip)) if err.kind() == ErrorKind::NotFound && skip == "1" => {
            eprintln!("skipped, as {SKIP}=1 says: {program} is missing");
            None
        }
        (Err(err), _) if err.kind() == ErrorKind::NotFound => panic!(
            "{program} is missing: install it (in Debian, the package {package}), or skip the tests of missing \
             programs with {SKIP}=1"
        ),
        (Err(err), _) => panic!("{program} does not start: {err}"),
    }
}

/// Returns a file of the facts, which are not part of this repository; `None` if it is missing.
///
/// The variable `WECHATPAY_FACTS` names the folder; otherwise it is `shared/facts` next to the repository, whose root
/// is `root`.
///
/// # Panics
///
/// If the folder that the variable names does not have the file.
pub(crate) fn fact(root: &Path, name: &str) -> Option<PathBuf> {
    let named = env::var_os("WECHATPAY_FACTS").map(PathBuf::from);
    let default = || root.join("../shared/facts");
    let file = named.clone().unwrap_or_else(default).join(name);
    match (file.is_file(), named) {
        (true, _) => Some(file),
        (false, Some(_)) => panic!("WECHATPAY_FACTS names a folder without {name}"),
        (false, None) => {
            eprintln!("skipped: no {}; set WECHATPAY_FACTS", file.display());
            None
        }
    }
}
