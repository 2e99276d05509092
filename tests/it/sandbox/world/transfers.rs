//! Transfers to users.

use serde_json::{Value, json};

use super::{Outcome, Shop, says, text, why};

const BILLS: &str = "v3/fund-app/mch-transfer/transfer-bills";

fn bill(number: &str, amount: i64) -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "out_bill_no": number,
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "transfer_amount": amount,
        "transfer_remark": "2020年4月报销",
        "transfer_scene_id": "1005",
        "transfer_scene_report_infos": [{"info_type": "岗位类型", "info_content": "外卖员"}],
        "notify_url": "https://www.example.com/transferred",
    })
}

fn query(shop: &Shop, number: &str) -> Outcome<Value> {
    shop.get(&format!("{BILLS}/out-bill-no/{number}"))
}

#[test]
fn a_user_confirms_and_the_merchant_is_told() -> Outcome {
    let shop = Shop::open()?;
    let mut named = bill("T1", 200_000);
    named["user_name"] = json!("张三");
    let accepted = shop.post(BILLS, named.clone())?;
    assert_eq!(accepted["state"], "WAIT_USER_CONFIRM");
    assert!(accepted["package_info"].is_string());
    assert_eq!(shop.post(BILLS, named)?, accepted, "the same again");

    shop.sandbox.confirm_transfer("T1")?;
    let id = text(&accepted["transfer_bill_no"]);
    let done = query(&shop, "T1")?;
    let expected = json!({
        "mch_id": shop.mchid(),
        "out_bill_no": "T1",
        "transfer_bill_no": id,
        "state": "SUCCESS",
        "transfer_amount": 200_000,
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "create_time": "2023-11-15T06:13:20+08:00",
        "update_time": "2023-11-15T06:13:20+08:00",
        "appid": "wxd678efh567hg6787",
        "transfer_remark": "2020年4月报销",
        // Sent encrypted, and decrypted by the client.
        "user_name": "张三",
    });
    assert_eq!(done, expected);
    assert_eq!(shop.get(&format!("{BILLS}/transfer-bill-no/{id}"))?, done);

    let event = shop.event()?;
    assert_eq!(event.event_type, "MCHTRANSFER.BILL.FINISHED");
    assert_eq!(event.original_type, "mch_payment");
    assert_eq!(
        event.notify_url.as_deref(),
        Some("https://www.example.com/transferred")
    );
    assert_eq!(event.resource["state"], "SUCCESS");
    assert!(event.resource.get("user_name").is_none());
    assert!(shop.sandbox.confirm_transfer("T1").is_err());
    assert!(!format!("{:?}", shop.sandbox.transfers()).contains("张三"));
    Ok(())
}

#[test]
fn a_transfer_fails_when_refused_or_forgotten() -> Outcome {
    let shop = Shop::open()?;
    shop.post(BILLS, bill("T1", 30))?;
    shop.sandbox.reject_transfer("T1", "NAME_NOT_CORRECT")?;
    let failed = query(&shop, "T1")?;
    assert_eq!(
        (&failed["state"], &failed["fail_reason"]),
        (&json!("FAIL"), &json!("NAME_NOT_CORRECT"))
    );
    assert_eq!(shop.event()?.resource["fail_reason"], "NAME_NOT_CORRECT");

    shop.post(BILLS, bill("T2", 30))?;
    shop.hand.forward(86_399);
    assert_eq!(query(&shop, "T2")?["state"], "WAIT_USER_CONFIRM");
    shop.hand.forward(1);
    let err = shop
        .sandbox
        .confirm_transfer("T2")
        .err()
        .ok_or("too late")?;
    assert!(err.to_string().contains("FAIL"), "{err}");
    assert_eq!(query(&shop, "T2")?["fail_reason"], "OVERDUE_CLOSE");
    assert_eq!(shop.event()?.resource["state"], "FAIL");
    Ok(())
}

#[test]
fn a_transfer_is_cancelled_while_it_waits() -> Outcome {
    let shop = Shop::open()?;
    shop.post(BILLS, bill("T1", 30))?;
    let cancel = |number: &str| format!("{BILLS}/out-bill-no/{number}/cancel");
    let cancelled = shop.post(&cancel("T1"), json!({}))?;
    assert_eq!(cancelled["state"], "CANCELING");
    assert_eq!(query(&shop, "T1")?["state"], "CANCELLED");
    assert_eq!(shop.event()?.resource["state"], "CANCELLED");
    assert_eq!(shop.post(&cancel("T1"), json!({}))?["state"], "CANCELLED");
    assert!(shop.sandbox.confirm_transfer("T1").is_err());

    shop.post(BILLS, bill("T2", 30))?;
    shop.sandbox.confirm_transfer("T2")?;
    assert_eq!(shop.refused(&cancel("T2"), json!({}))?.1, "INVALID_REQUEST");
    assert_eq!(query(&shop, "T2")?["state"], "SUCCESS");
    Ok(())
}

#[test]
fn what_is_wrong_is_refused() -> Outcome {
    let shop = Shop::open()?;
    shop.post(BILLS, bill("T1", 30))?;
    let used = says(
        400,
        "ALREADY_EXISTS",
        "对应的订单已经存在，请查单检查避免重复转账",
    );
    assert_eq!(shop.refused(BILLS, bill("T1", 31))?, used);
    assert_eq!(shop.sandbox.transfers()[0].amount, 30);

    // From 2,000 yuan on, who it is has to be said.
    shop.post(BILLS, bill("T2", 199_999))?;
    assert_eq!(shop.refused(BILLS, bill("T3", 200_000))?.1, "PARAM_ERROR");
    assert!(why(&shop.sandbox)?.contains("/user_name"));
    for amount in [0, -1, i64::MIN] {
        assert_eq!(shop.refused(BILLS, bill("T3", amount))?.1, "PARAM_ERROR");
    }
    let none = says(404, "NOT_FOUND", "记录不存在");
    assert_eq!(shop.not_found(&format!("{BILLS}/out-bill-no/T9"))?, none);
    assert_eq!(
        shop.not_found(&format!("{BILLS}/transfer-bill-no/9"))?,
        none
    );
    assert_eq!(
        shop.refused(&format!("{BILLS}/out-bill-no/T9/cancel"), json!({}))?,
        none
    );
    assert!(shop.sandbox.confirm_transfer("T9").is_err());
    Ok(())
}
