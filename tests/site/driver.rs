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

/// The codes of a wrong request. With the messages of [`STATE`] they are about the state of the sandbox.
const WRONG: [&str; 5] = ["PARAM_ERROR", "INVALID_REQUEST", "SIGN_ERROR", "LACK_PARAMS", "SIGNERROR"];

const STATE: [&str; 3] = ["非分账订单不支持分账", "账单下载地址已失效", "账单日期不正确"];

fn is_wrong(api: &wechatpay_chain::ApiError) -> bool {
    WRONG.contains(&&*api.code) && !STATE.iter().any(|text| api.message.contains(text))
}

/// Some snippets wait for their call, so the sandbox has its own threads.
fn main() -> Outcome {
    std::fs::write("file.jpg", "a file")?;
    let sandbox = Sandbox::start_blocking()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (merchant, brand) = (sandbox.client()?, sandbox.brand_builder()?.build()?);
    let (mut answered, mut refused, mut failed) = (0, 0, 0);
    for run in all::all() {
        let client = if run.is_brand { &brand } else { &merchant };
        let Err(err) = runtime.block_on((run.call)(client)) else {
            answered += 1;
            continue;
        };
        let api = err.downcast_ref::<wechatpay_chain::Error>().and_then(|err| err.api());
        if api.is_some_and(|api| !is_wrong(api)) {
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
