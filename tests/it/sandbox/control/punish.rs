//! Control orders of ledger accounts: their notifications, and the balance of an account.

use serde_json::{Value, json};
use wechatpay_chain::Client;
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::merchant::Merchant;
use super::notifications::{read, sandbox};
use super::post;

const CHANNEL: &str = "v3/aggracct-bc/wb-channel";
const ACCOUNT: &str = "6217000000000000001";

fn call(client: &Client, path: &str, body: Value) -> Outcome<Value> {
    let chain = client.chain(format!("{CHANNEL}/{path}"));
    Ok(chain.post(body, ()).wait()?.json()?)
}

fn punish(client: &Client, number: &str) -> Outcome<Value> {
    let body = json!({
        "out_request_no": number, "mchid": "1900000109", "bal_account_no": ACCOUNT, "punish_scene": 1,
        "punish_reason": "连续三日交易异常",
    });
    call(client, "control-orders/punish", body)
}

fn query(client: &Client, number: &str, kind: &str) -> Outcome<Value> {
    let chain = client.chain(format!("{CHANNEL}/control-orders/{{out_request_no}}"));
    let call = chain.get(()).var("out_request_no", number);
    let call = call
        .query("control_type", kind)
        .query("mchid", "1900000109");
    Ok(call.wait()?.json()?)
}

/// The type and the resource of the next notification, decrypted as this crate's users do.
fn notified(sandbox: &Sandbox, merchant: &Merchant) -> Outcome<(String, Value)> {
    let read = read(sandbox, &merchant.next()?)?;
    let resource: Value = read.resource_as()?;
    Ok((read.event_type().to_owned(), resource))
}

#[test]
fn the_notification_of_a_control_order_agrees_with_its_query() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[])?;
    post(&sandbox, "settings", &json!({"notify_url": merchant.url}))?;
    let client = sandbox.client()?;
    let punished = punish(&client, "P1")?;
    let (kind, resource) = notified(&sandbox, &merchant)?;
    assert_eq!(kind, "CONTROL_ORDER.PUNISH");
    assert_eq!(resource, query(&client, "P1", "PUNISH")?);
    let order = &resource["punish_order"];
    assert_eq!(order["wxpay_punish_no"], punished["wxpay_punish_no"]);
    assert_eq!(
        (&order["punish_state"], &order["punish_reason"]),
        (&json!("SUCCESS"), &json!("连续三日交易异常"))
    );

    assert_eq!(
        punish(&client, "P1")?,
        punished,
        "the same again is not notified again"
    );
    let recover = json!({
        "out_request_no": "R1", "related_webank_punish_no": "P1",
        "related_wxpay_punish_no": punished["wxpay_punish_no"], "mchid": "1900000109",
        "bal_account_no": ACCOUNT, "recover_reason": "商户已整改",
    });
    call(&client, "control-orders/recover", recover)?;
    let (kind, resource) = notified(&sandbox, &merchant)?;
    assert_eq!(kind, "CONTROL_ORDER.RECOVER");
    assert_eq!(resource, query(&client, "R1", "RECOVER")?);
    let seen = query(&client, "P1", "PUNISH")?;
    assert_eq!(seen["punish_order"]["effect_state"], "RECOVERED");

    sandbox.set_state("P1", "FAILED")?;
    let (kind, resource) = notified(&sandbox, &merchant)?;
    assert_eq!(kind, "CONTROL_ORDER.PUNISH");
    assert_eq!(resource["punish_order"]["punish_state"], "FAILED");
    assert_eq!(resource, query(&client, "P1", "PUNISH")?);
    Ok(())
}

fn balance(client: &Client, account: &str) -> Outcome<i64> {
    let call = client.chain(format!("{CHANNEL}/account/balance")).get(());
    let call = call
        .query("mchid", "1900000109")
        .query("bal_account_no", account);
    Ok(call.wait()?["balance"].as_i64().ok_or("no balance")?)
}

#[test]
fn reductions_take_from_the_balance_of_their_account() -> Outcome {
    let sandbox = sandbox()?;
    let client = sandbox.client()?;
    let full = balance(&client, ACCOUNT)?;
    let reduce = |number: &str, amount: i64| {
        let body = json!({
            "mchid": "1900000109", "bal_account_no": ACCOUNT, "out_request_no": number,
            "reduction_type": "FINANCIAL_PENALTY", "amount": amount,
        });
        call(&client, "special-reduction", body)
    };
    let done = reduce("S1", 300)?;
    assert_eq!(
        (&done["state"], &done["bal_account_no"]),
        (&json!("SUCCESS"), &json!(ACCOUNT))
    );
    assert_eq!(reduce("S1", 300)?, done, "re-entrant");
    let failed = reduce("S2", full)?;
    assert_eq!(
        (&failed["state"], &failed["fail_reason"]),
        (&json!("FAILED"), &json!("BALANCE_NOT_ENOUGH"))
    );
    assert!(failed.get("success_time").is_none(), "{failed}");
    assert_eq!(balance(&client, ACCOUNT)?, full - 300);
    assert_eq!(
        balance(&client, "6217000000000000002")?,
        full,
        "another account"
    );
    for (number, state) in [("S1", "SUCCESS"), ("S2", "FAILED")] {
        let chain = client.chain(format!("{CHANNEL}/special-reduction/{{out_request_no}}"));
        let seen = chain.get(()).var("out_request_no", number);
        let seen = seen
            .query("mchid", "1900000109")
            .query("bal_account_no", ACCOUNT);
        let seen: Value = seen.wait()?.json()?;
        assert_eq!(
            (&seen["state"], &seen["bal_account_no"]),
            (&json!(state), &json!(ACCOUNT))
        );
        assert_eq!(
            seen.get("success_time").is_some(),
            state == "SUCCESS",
            "{seen}"
        );
    }
    let archives = client
        .chain(format!("{CHANNEL}/account/mch_archives"))
        .get(());
    let archives = archives
        .query("mchid", "1900000109")
        .query("bal_account_no", ACCOUNT);
    let archives: Value = archives.wait()?.json()?;
    assert_eq!(archives["bal_account_no"], ACCOUNT);
    Ok(())
}
