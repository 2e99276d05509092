//! The folder of a sandbox's state.

use std::path::Path;

use wechatpay_sandbox::{Sandbox, StateInfo};

use super::report::Report;
use crate::i18n::t;
use crate::rephrase;

const CHECK: &str = "sandbox state";
/// From this size on, a start takes long.
const LARGE: u64 = 64 << 20;

pub(super) fn check(dir: &Path, report: &mut Report<'_>) {
    match Sandbox::inspect_state(dir) {
        Ok(Some(found)) => described(&found, report),
        Ok(None) if dir.exists() && !dir.is_dir() => {
            let message = t!("state-no-folder", path = dir.display());
            report.fail(CHECK, message, t!("advice-state-folder"));
        }
        Ok(None) => report.skip(CHECK, t!("state-none", path = dir.display())),
        Err(err) => {
            let said = rephrase::error(&err);
            // The messages end with what to do.
            let (problem, advice) = split(&said);
            report.fail(CHECK, problem, advice);
        }
    }
}

fn described(found: &StateInfo, report: &mut Report<'_>) {
    let message = t!(
        "state-described",
        version = found.version,
        size = size(found.bytes),
        entries = found.entries
    );
    if found.bytes > LARGE {
        report.warn(CHECK, message, t!("advice-state-large"));
    } else {
        report.pass(CHECK, message);
    }
}

/// The problem, and what to do about it: the text before and after the first colon.
fn split(said: &str) -> (&str, &str) {
    let colons = [": ", "："].map(|colon| said.split_once(colon));
    let parts = colons.into_iter().flatten();
    parts
        .min_by_key(|(problem, _)| problem.len())
        .unwrap_or((said, ""))
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
}
