//! Certificate mode: the client fetches the list when needed, survives a rotation, and tells a new merchant
//! what to do.
//!
//! ```text
//! cargo run --example certificates
//! ```
//!
//! For older accounts only; all others give `platform_key(..)` and need none of this.

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use serde_json::json;
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::{BoxError, Client, Verification};
use wechatpay_sandbox::Sandbox;

fn main() -> Result<(), BoxError> {
    let sandbox = Sandbox::start_blocking()?;
    let copy = std::env::temp_dir().join("wechatpay-chain-example.json");
    let client = sandbox
        .merchant_builder()
        .certificates(Certificates::auto().disk_copy(&copy))
        .build()?;
    println!("built; requests so far: {}", sandbox.calls().len());

    println!("verified with {}", pay(&client)?);
    sandbox.rotate_platform_certificate()?;
    println!("verified with {}, after a rotation", pay(&client)?);

    println!("\nthe certificates, as a tool would store them:");
    for certificate in client.certificates().wait()? {
        let lines = certificate.to_pem()?.lines().count();
        println!(
            "    {} until {} (Unix time), {lines} lines of PEM",
            certificate.serial(),
            certificate.not_after()
        );
    }
    std::fs::remove_file(copy)?;

    sandbox.public_key_only();
    let new_merchant = sandbox.merchant_builder();
    let client = new_merchant.certificates(Certificates::auto()).build()?;
    match pay(&client) {
        Ok(_) => Err("a merchant without certificates cannot be in certificate mode".into()),
        Err(err) => {
            println!("\na new merchant is told:\n    {err}");
            Ok(())
        }
    }
}

/// The serial of the certificate that signed the answer.
fn pay(client: &Client) -> Result<String, BoxError> {
    let order = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": "1900000109",
        "description": "Image形象店-深圳腾大-QQ公仔",
        "out_trade_no": "1217752501201407033233368018",
        "notify_url": "https://www.example.com/notify",
        "amount": {"total": 100},
    });
    let answer = client
        .chain("v3/pay/transactions/native")
        .post(order, ())
        .wait()?;
    match answer.verification() {
        Verification::Verified { serial } => Ok(serial.clone()),
        other => Err(format!("not verified: {other:?}").into()),
    }
}
