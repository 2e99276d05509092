//! Records of operations without special rules are remembered, over the wire.

use serde_json::{Value, json};
use wechatpay_chain::{Client, Clock, Error, SystemClock};
use wechatpay_core::crypto::digest::{DigestKind, Digester};
use wechatpay_sandbox::Sandbox;

use super::Outcome;
use crate::support::Hand;

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

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";

/// A sandbox and a client with the same clock, which the test moves.
fn with_clock(enforce_limits: bool) -> Outcome<(Sandbox, Client, Hand)> {
    let hand = Hand::at(SystemClock::new().now());
    let builder = Sandbox::builder().enforce_limits(enforce_limits);
    let sandbox = builder.clock(hand.clone()).start_blocking()?;
    let client = sandbox.client_builder().clock(hand.clone()).build()?;
    Ok((sandbox, client, hand))
}

fn punish(client: &Client, number: &str, scene: u64) -> Result<String, Error> {
    let mut order = super::order();
    order["out_request_no"] = json!(number);
    order["punish_scene"] = json!(scene);
    let made = client.chain(PUNISH).post(order, ()).wait()?;
    Ok(made["wxpay_punish_no"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

#[test]
fn a_control_order_is_reentrant_for_a_year() -> Outcome {
    let (_sandbox, client, hand) = with_clock(false)?;
    let first = punish(&client, "P1", 1)?;
    hand.forward(364 * 86_400);
    assert_eq!(punish(&client, "P1", 1)?, first);
    let other = punish(&client, "P1", 2).unwrap_err();
    assert_eq!(
        other.api().map(|it| it.status.as_u16()),
        Some(400),
        "{other}"
    );
    hand.forward(86_400);
    let second = punish(&client, "P1", 2)?;
    assert_ne!(second, first);
    assert_eq!(punish(&client, "P1", 2)?, second);
    Ok(())
}

#[test]
fn control_orders_are_limited_to_200_a_minute() -> Outcome {
    let (_sandbox, client, hand) = with_clock(true)?;
    for number in 0..200 {
        punish(&client, &format!("P{number}"), 1)?;
    }
    let refused = punish(&client, "P200", 1).unwrap_err();
    assert_eq!(
        refused.api().map(|it| it.status.as_u16()),
        Some(429),
        "{refused}"
    );
    hand.forward(60);
    punish(&client, "P200", 1)?;
    Ok(())
}

#[test]
fn balance_and_archives_agree_with_the_account_of_a_control_order() -> Outcome {
    let (_sandbox, client, _hand) = with_clock(false)?;
    let ask = |name: &str, account: &str| {
        let chain = client.chain(format!("v3/aggracct-bc/wb-channel/account/{name}"));
        let call = chain.get(()).query("mchid", "1900000110");
        call.query("bal_account_no", account)
            .wait()?
            .json::<Value>()
    };
    let account = "6217000000000000001";
    let (balance, archives) = (ask("balance", account)?, ask("mch_archives", account)?);
    assert_eq!(archives["bal_account_no"], account);
    assert_eq!(archives["mchid"], "1900000110");
    punish(&client, "P1", 1)?;
    assert_eq!(ask("balance", account)?["balance"], balance["balance"]);
    assert_eq!(ask("mch_archives", account)?, archives);
    Ok(())
}

/// Applies for a receipt, queries it and downloads it. Its digest is checked.
#[tokio::test]
async fn a_receipt_can_be_downloaded() -> Outcome {
    const ELECSIGN: &str = "v3/fund-app/mch-transfer/elecsign/out-bill-no";
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client()?;
    let body = json!({"out_bill_no": "plfk2020042013"});
    client.chain(ELECSIGN).post(body, ()).await?;
    let receipt = client.chain(format!("{ELECSIGN}/plfk2020042013")).get(());
    let receipt = receipt.await?;
    let url = receipt["download_url"].as_str().ok_or("no download_url")?;
    let path = url.strip_prefix(sandbox.base_url()).ok_or(url.to_owned())?;
    let download = "v3/transferdownload/elecvoucherfile?token=";
    assert!(
        path.starts_with(download) && path.ends_with("&source=elecsign"),
        "{path}"
    );
    let file = client.chain(path.to_owned()).get(()).await?;
    assert_eq!(file.headers()["content-type"], "application/pdf");
    assert!(file.bytes().starts_with(b"%PDF-"));
    let kind = DigestKind::parse(receipt["hash_type"].as_str().unwrap_or_default());
    let mut digester = Digester::new(kind.ok_or("an unknown hash_type")?)?;
    digester.update(file.bytes())?;
    assert_eq!(receipt["hash_value"], digester.finish()?);

    // Another query has the same URL, so that queries do not push out the URLs of bills.
    let again = client.chain(format!("{ELECSIGN}/plfk2020042013")).get(());
    assert_eq!(again.await?["download_url"], receipt["download_url"]);
    Ok(())
}

/// A client in its sandbox mode fetches a key from 仿真测试系统 and signs with it. WxJava uses the newer addresses.
#[test]
fn apiv2_s_simulation_takes_the_key_that_it_gives() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    for (path, orders) in [
        ("v2/sandboxnew/pay/getsignkey", "v2/sandboxnew/pay"),
        (
            "v2/xdc/apiv2getsignkey/sign/getsignkey",
            "v2/xdc/apiv2sandbox/pay",
        ),
    ] {
        let given = client
            .chain(path)
            .post(json!({"mch_id": sandbox.mchid()}), ())
            .wait()?;
        let key = given["sandbox_signkey"].as_str().ok_or("no key")?;
        let simulated = sandbox.client_builder().v2_key(key).build()?;
        let number = format!("SIMULATED{}", path.len());
        let mut order = super::v2_order(&sandbox);
        order["out_trade_no"] = json!(number);
        let chain = simulated.chain(format!("{orders}/unifiedorder"));
        chain.post(order, ()).wait()?;
        let asked = json!({"appid": "wxd678efh567hg6787", "mch_id": sandbox.mchid(), "out_trade_no": number});
        let chain = simulated.chain(format!("{orders}/orderquery"));
        assert_eq!(chain.post(asked, ()).wait()?["out_trade_no"], number);
    }
    Ok(())
}
