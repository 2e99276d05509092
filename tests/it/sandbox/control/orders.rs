//! The user's and the bank's part.

use serde_json::{Value, json};
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::{get, order, post, refused};

fn state(sandbox: &Sandbox, number: &str) -> Outcome<Value> {
    let orders = get(sandbox, "orders")?;
    let mut orders = orders["orders"].as_array().ok_or("no orders")?.iter();
    let found = orders.find(|it| it["out_trade_no"] == number);
    Ok(found.ok_or("no such order")?["trade_state"].clone())
}

#[test]
fn an_order_is_paid_fails_and_expires() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (number, verb, expected) in [
        ("TRADE1", "pay", "SUCCESS"),
        ("TRADE2", "fail", "NOTPAY"),
        ("TRADE3", "expire", "CLOSED"),
    ] {
        order(&sandbox, number, "https://www.example.com/notify")?;
        assert_eq!(state(&sandbox, number)?, "NOTPAY");
        let done = post(&sandbox, &format!("orders/{number}/{verb}"), &json!({}))?;
        assert_eq!(done["orders"][0]["trade_state"], expected);
        assert_eq!(state(&sandbox, number)?, expected);
    }
    // An ended order stays as it is.
    assert_eq!(refused(&sandbox, "POST", "orders/TRADE1/pay", "")?.0, 409);
    assert_eq!(
        refused(&sandbox, "POST", "orders/TRADE3/expire", "")?.0,
        409
    );
    assert_eq!(refused(&sandbox, "POST", "orders/TRADE9/pay", "")?.0, 404);
    assert_eq!(sandbox.take_events().len(), 1);
    Ok(())
}

#[test]
fn a_refund_waits_and_is_settled() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    sandbox.pay("TRADE1")?;
    post(&sandbox, "refunds/hold", &json!({"hold": true}))?;
    let refund = post(&sandbox, "orders/TRADE1/refund", &json!({"amount": 60}))?;
    let number = refund["refund"]["out_refund_no"]
        .as_str()
        .ok_or("no number")?;
    assert_eq!(
        get(&sandbox, "refunds")?["refunds"][0]["status"],
        "PROCESSING"
    );
    assert_eq!(
        refused(&sandbox, "POST", "orders/TRADE1/refund", "{\"amount\": 41}")?.0,
        409
    );
    assert_eq!(
        refused(&sandbox, "POST", "orders/TRADE1/refund", "{\"amount\": 0}")?.0,
        400
    );
    assert_eq!(get(&sandbox, "refunds")?["hold"], true);
    let path = format!("refunds/{number}/settle");
    assert_eq!(
        refused(&sandbox, "POST", &path, "{\"status\": \"PROCESSING\"}")?.0,
        400
    );
    assert_eq!(refused(&sandbox, "POST", &path, "")?.0, 400);
    let settled = post(&sandbox, &path, &json!({"status": "ABNORMAL"}))?;
    assert_eq!(settled["refund"]["status"], "ABNORMAL");
    post(&sandbox, &path, &json!({"status": "SUCCESS"}))?;
    assert_eq!(
        refused(&sandbox, "POST", &path, "{\"status\": \"CLOSED\"}")?.0,
        409
    );
    // The rest.
    let rest = post(&sandbox, "orders/TRADE1/refund", &json!({}))?;
    assert_eq!(rest["refund"]["amount"]["refund"], 40);
    for (path, body) in [
        ("orders/TRADE9/refund", ""),
        ("orders/TRADE9/pay", ""),
        ("orders/TRADE9/fail", ""),
        ("orders/TRADE9/expire", ""),
        ("refunds/R9/settle", "{\"status\": \"CLOSED\"}"),
        ("transfers/B9/confirm", ""),
        ("transfers/B9/reject", ""),
    ] {
        assert_eq!(refused(&sandbox, "POST", path, body)?.0, 404, "{path}");
    }
    Ok(())
}

#[test]
fn a_transfer_is_confirmed_or_not() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    for (number, verb, expected) in [("B1", "confirm", "SUCCESS"), ("B2", "reject", "FAIL")] {
        let bill = json!({
            "appid": "wxd678efh567hg6787",
            "out_bill_no": number,
            "transfer_scene_id": "1000",
            "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            "transfer_amount": 30,
            "transfer_remark": "新会员开通有礼",
            "transfer_scene_report_infos": [{"info_type": "活动名称", "info_content": "新会员有礼"}],
        });
        client
            .chain("v3/fund-app/mch-transfer/transfer-bills")
            .post(bill, ())
            .wait()?;
        let done = post(&sandbox, &format!("transfers/{number}/{verb}"), &json!({}))?;
        assert_eq!(done["transfer"]["state"], expected);
    }
    assert_eq!(
        get(&sandbox, "transfers")?["transfers"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(get(&sandbox, "sharing")?, json!({"sharing": []}));
    assert_eq!(
        refused(&sandbox, "POST", "transfers/B1/confirm", "")?.0,
        409
    );
    Ok(())
}

#[test]
fn a_reset_forgets_all_but_the_keys() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    post(
        &sandbox,
        "faults",
        &json!({"fault": "probe", "times": "always"}),
    )?;
    post(
        &sandbox,
        "clock",
        &json!({"offset_seconds": 900, "speed": 5}),
    )?;
    let serial = sandbox.serial().to_owned();
    post(&sandbox, "reset", &json!({}))?;
    let none = json!({"orders": [], "service_orders": []});
    assert_eq!(get(&sandbox, "orders")?, none);
    assert_eq!(get(&sandbox, "calls")?, json!({"calls": []}));
    assert_eq!(get(&sandbox, "faults")?, json!({"faults": []}));
    let clock = get(&sandbox, "clock")?;
    assert_eq!(
        (&clock["offset_seconds"], &clock["speed"]),
        (&json!(0), &json!(1.0))
    );
    assert_eq!(get(&sandbox, "info")?["serial"], serial);
    Ok(())
}

#[test]
fn a_user_complains() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let about = json!({"out_trade_no": "TRADE1", "detail": "反馈一个重复扣费的问题"});
    assert_eq!(refused(&sandbox, "POST", "complaints", "{}")?.0, 400);
    assert_eq!(
        refused(&sandbox, "POST", "complaints", &about.to_string())?.0,
        404
    );
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    assert_eq!(
        refused(&sandbox, "POST", "complaints", &about.to_string())?.0,
        409
    );
    sandbox.pay("TRADE1")?;
    let long = json!({"out_trade_no": "TRADE1", "detail": "慢".repeat(301)});
    assert_eq!(
        refused(&sandbox, "POST", "complaints", &long.to_string())?.0,
        400
    );
    let made = post(&sandbox, "complaints", &about)?;
    assert_eq!(made["complaint"]["complaint_state"], "PENDING");
    assert_eq!(
        made["complaint"]["json"]["complaint_detail"],
        about["detail"]
    );
    let all = get(&sandbox, "complaints")?;
    assert_eq!(all["complaints"], json!([made["complaint"]]));
    Ok(())
}
