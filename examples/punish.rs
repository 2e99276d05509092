//! One call of the documentation, 发起微众台账管控, in six styles against the sandbox.
//!
//! ```text
//! cargo run --example punish
//! ```
//!
//! It ends with an error unless every answer is verified.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::process::ExitCode;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wechatpay_chain::{BoxError, Client, Response, Verification};
use wechatpay_sandbox::{CallRecord, Sandbox};

fn main() -> Result<ExitCode, BoxError> {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    println!("POST {PATH} at {}\n", sandbox.base_url());

    let mut answers = Runtime::new()?.block_on(with_await(&client, &sandbox))?;
    // No runtime from here on: `.wait()` needs none.
    answers.extend(with_wait(&client, &sandbox)?);

    let mut all_verified = true;
    for (style, answer) in &answers {
        all_verified &= matches!(answer.verification(), Verification::Verified { .. });
        println!("{style:<22} {}", outcome(answer));
    }
    if let (Some(call), Some((style, answer))) = (sandbox.last_call(), answers.last()) {
        println!("\nOver the wire, in the style \"{style}\":");
        show(&call, answer)?;
    }
    Ok(if all_verified {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

const PATH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";

type Answers = Vec<(&'static str, Response)>;

async fn with_await(client: &Client, sandbox: &Sandbox) -> Result<Answers, BoxError> {
    let headers = [("Wechatpay-Serial", sandbox.platform_key_id())];

    let pure = client
        .v3()
        .seg("aggracctBc")
        .seg("wbChannel")
        .seg("controlOrders")
        .seg("punish")
        .post(order("PUNISH20260101000001"), headers)
        .await?;
    let declarative = client
        .chain("v3/aggracct-bc/wb-channel/control-orders/punish")
        .post(order("PUNISH20260101000002"), headers)
        .await?;
    let index = client["v3/aggracct-bc/wb-channel/control-orders/punish"]
        .post(order("PUNISH20260101000003"), headers)
        .await?;

    Ok(vec![
        ("await, pure chain", pure),
        ("await, declarative", declarative),
        ("await, index", index),
    ])
}

fn with_wait(client: &Client, sandbox: &Sandbox) -> Result<Answers, BoxError> {
    let headers = [("Wechatpay-Serial", sandbox.platform_key_id())];

    let pure = client
        .v3()
        .seg("aggracctBc")
        .seg("wbChannel")
        .seg("controlOrders")
        .seg("punish")
        .post(order("PUNISH20260101000004"), headers)
        .wait()?;
    let declarative = client
        .chain("v3/aggracct-bc/wb-channel/control-orders/punish")
        .post(order("PUNISH20260101000005"), headers)
        .wait()?;
    let index = client["v3/aggracct-bc/wb-channel/control-orders/punish"]
        .post(order("PUNISH20260101000006"), headers)
        .wait()?;

    Ok(vec![
        ("wait, pure chain", pure),
        ("wait, declarative", declarative),
        ("wait, index", index),
    ])
}

/// The fields of the documentation's page; `bal_account_no` is plaintext here and encrypted by the
/// client.
fn order(out_request_no: &str) -> Value {
    json!({
        "out_request_no": out_request_no,
        "mchid": "1900000110",
        "bal_account_no": "6217000000000000001",
        "punish_scene": 1,
        "punish_reason": "连续三日交易异常",
        "punish_end_time": "2026-12-31T23:59:59+08:00",
    })
}

fn outcome(answer: &Response) -> String {
    let number = &answer["wxpay_punish_no"];
    match answer.verification() {
        Verification::Verified { serial } => format!("{number} verified with {serial}"),
        other => format!("{number} NOT TO BE TRUSTED: {other:?}"),
    }
}

fn show(call: &CallRecord, answer: &Response) -> Result<(), BoxError> {
    println!(
        "\nthe gateway checked the signature over ({:?})",
        call.verdict
    );
    println!("{}", indented(call.signed_text.as_deref().unwrap_or("-")));
    println!("the client named the key that it encrypted with");
    let serial = call.headers.get("Wechatpay-Serial");
    println!(
        "    {}\n",
        serial.map_or(Ok("-"), |serial| serial.to_str())?
    );

    let sent: Value = serde_json::from_slice(&call.body)?;
    let opened = call.json.as_ref().unwrap_or(&Value::Null);
    println!("the sensitive field bal_account_no");
    println!("    as sent: {}", sent["bal_account_no"]);
    println!(
        "    as the gateway decrypted it: {}\n",
        opened["bal_account_no"]
    );

    println!("the gateway answered");
    println!("    {}", answer.status());
    for (name, value) in answer.headers() {
        println!("    {name}: {}", value.to_str()?);
    }
    println!("\n{}", indented(answer.text()?));
    Ok(())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
