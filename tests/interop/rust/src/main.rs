//! Published Rust clients, unchanged, against `wechatpay sandbox`.
//!
//! Arguments: a client, a file with the sandbox's `--json` line, a folder for the results, and scenarios.json. Ends
//! with 1 when a scenario failed.

#![allow(clippy::print_stdout, reason = "a report for the terminal")]

mod kit;
mod rswxpay_requests;
mod with_rswxpay;
mod with_wechat_pay_rust_sdk;
mod with_wxpay_rs;
mod wxpay_rs_requests;

use std::env;
use std::path::Path;
use std::process::ExitCode;

use kit::{Kit, Outcome};

fn main() -> Outcome<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [client, ready, results, catalogue] = arguments.as_slice() else {
        return Err(
            "needs a client, the sandbox's line, a folder for the results and scenarios.json"
                .into(),
        );
    };
    let kit = Kit::new(Path::new(ready), Path::new(results), Path::new(catalogue))?;
    let scenarios = match client.as_str() {
        "rswxpay" => with_rswxpay::SCENARIOS,
        "wechat-pay-rust-sdk" => with_wechat_pay_rust_sdk::SCENARIOS,
        "wxpay-rs" => with_wxpay_rs::SCENARIOS,
        other => return Err(format!("no scenarios of {other}").into()),
    };
    // Certificates that another client's scenario rotated.
    kit.control("reset", serde_json::json!({}))?;
    let all_hold = kit.report(client, version_of(client)?, scenarios)?;
    Ok(if all_hold {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The version of a dependency.
fn version_of(name: &str) -> Outcome<&'static str> {
    let package = format!("name = \"{name}\"\nversion = \"");
    let (_, rest) = include_str!("../Cargo.lock")
        .split_once(&package)
        .ok_or("not in Cargo.lock")?;
    Ok(rest.split('"').next().unwrap_or_default())
}
