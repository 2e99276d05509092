//! What operations without special rules make is remembered, over the wire.

use serde_json::json;
use wechatpay_sandbox::Sandbox;

use super::Outcome;

const RENAME: &str = "v3/aggracct-bc/wb-channel/bank-channel-account/rename";

/// The account number is encrypted in the request, in the query and in both answers.
#[tokio::test]
async fn an_encrypted_number_comes_back_as_it_was_sent() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client()?;
    let body = json!({
        "out_request_no": "RENAME20260101000001",
        "mchid": "1900000110",
        "bal_account_no": "6217000000000000001",
        "change_scene": "SUBJECT_INFO_RENAME",
    });
    let made = client.chain(RENAME).post(body, ()).await?;
    assert_eq!(made["bal_account_no"], "6217000000000000001");
    let id = made["application_id"].as_str().ok_or("no application_id")?;

    let chain =
        client.chain("v3/aggracct-bc/wb-channel/bank-channel-account/rename/{application_id}");
    let call = chain.get(()).var("application_id", id);
    let seen = call
        .query("mchid", "1900000110")
        .query("bal_account_no", "6217000000000000001")
        .await?;
    assert_eq!(seen["bal_account_no"], "6217000000000000001");
    assert_eq!(seen["application_id"], id);
    Ok(())
}
