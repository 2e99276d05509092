//! APIv2: a refund, for which the TLS connection presents the merchant certificate.
//!
//! ```text
//! cargo run --example refund
//! ```

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wechatpay_chain::{BoxError, Client, ErrorKind};
use wechatpay_sandbox::{Sandbox, StubResponse};

const REFUND: &str = "v2/secapi/pay/refund";

fn main() -> Result<(), BoxError> {
    Runtime::new()?.block_on(example())
}

async fn example() -> Result<(), BoxError> {
    // Over TLS the gateway sees whether a certificate is presented; plain HTTP cannot show one.
    let sandbox = Sandbox::builder().tls(true).start().await?;
    let answer = json!({"refund_id": "50000000382019052709732678859", "refund_fee": 100});
    sandbox.stub("POST", "secapi/pay/refund", StubResponse::json(answer))?;
    let refund = json!({
        "appid": "wx8888888888888888",
        "mch_id": sandbox.mchid(),
        "out_trade_no": "1217752501201407033233368018",
        "out_refund_no": "1217752501201407033233368018-1",
        "total_fee": 100,
        "refund_fee": 100,
    });

    // In production: Certificate::from_file("apiclient_cert.pem") and
    // PrivateKey::from_file("apiclient_key.pem"), or both from apiclient_cert.p12.
    let client = Client::builder()
        .mchid(sandbox.mchid())
        .v2_key(sandbox.v2_key().clone())
        .certificate(sandbox.merchant_certificate().clone())
        .private_key(sandbox.merchant_key().clone())
        // These three are only for the sandbox.
        .base_url(sandbox.base_url())
        .root_certificate(sandbox.root_certificate().clone())
        .no_proxy()
        .build()?;
    let res = client.chain(REFUND).post(&refund, ()).await?;
    println!("refunded: {}", res["refund_id"]);

    forgotten(&sandbox, &refund).await?;
    not_presented(&client, &refund).await
}

/// A missing certificate is an error before anything is sent.
async fn forgotten(sandbox: &Sandbox, refund: &Value) -> Result<(), BoxError> {
    let client = Client::builder()
        .mchid(sandbox.mchid())
        .v2_key(sandbox.v2_key().clone())
        .base_url(sandbox.base_url())
        .root_certificate(sandbox.root_certificate().clone())
        .no_proxy()
        .build()?;
    match client.chain(REFUND).post(refund, ()).await {
        Err(err) if err.kind() == ErrorKind::Request && !err.maybe_sent() => {
            println!("\nnot sent: {err}");
            Ok(())
        }
        other => Err(format!("a refund without certificate: {other:?}").into()),
    }
}

/// WeChat Pay's answer without a certificate.
async fn not_presented(client: &Client, refund: &Value) -> Result<(), BoxError> {
    let call = client.chain(REFUND).post(refund, ()).security(false);
    match call.await {
        Err(err) if err.is_api() => {
            println!("\nsent without: {err}");
            Ok(())
        }
        other => Err(format!("a refund without certificate: {other:?}").into()),
    }
}
