//! Runs snippets of the reference against a sandbox. `snippets.py` writes them into the module `all`.
//!
//! Each must be answered, or refused only because the sandbox has no record of the number in the sample: a request
//! that breaks a rule of its fields or its signature fails the run.

// Only some of the compiled snippets run.
#![allow(dead_code)]

mod all;

use std::error::Error;
use std::pin::Pin;

use wechatpay_chain::Client;
use wechatpay_sandbox::Sandbox;

type Outcome = Result<(), Box<dyn Error>>;
type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A snippet to run.
struct Run {
    name: &'static str,
    is_brand: bool,
    call: fn(&Client) -> Running<'_>,
}

fn run(name: &'static str, is_brand: bool, call: fn(&Client) -> Running<'_>) -> Run {
    Run {
        name,
        is_brand,
        call,
    }
}

/// Refusals of a wrong request; all others are about the state of the sandbox.
const WRONG: [&str; 5] = ["PARAM_ERROR", "INVALID_REQUEST", "SIGN_ERROR", "LACK_PARAMS", "SIGNERROR"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    std::fs::write("file.jpg", "a file")?;
    let sandbox = Sandbox::start().await?;
    let (merchant, brand) = (sandbox.client()?, sandbox.brand_builder()?.build()?);
    let (mut answered, mut refused, mut failed) = (0, 0, 0);
    for run in all::all() {
        let client = if run.is_brand { &brand } else { &merchant };
        let Err(err) = (run.call)(client).await else {
            answered += 1;
            continue;
        };
        let api = err.downcast_ref::<wechatpay_chain::Error>().and_then(|err| err.api());
        if api.is_some_and(|api| !WRONG.contains(&&*api.code)) {
            refused += 1;
        } else {
            failed += 1;
        }
        eprintln!("{}: {err}", run.name);
    }
    eprintln!("{answered} answered, {refused} refused for a number that the sandbox does not know, {failed} failed");
    if failed > 0 || answered < 150 {
        return Err("some snippets do not work".into());
    }
    Ok(())
}
