//! Refunds: partial, several, too much, ended in every way.

use serde_json::{Value, json};
use wechatpay_sandbox::RefundStatus;

use super::{Outcome, Shop, says, text};

const REFUNDS: &str = "v3/refund/domestic/refunds";

fn refund(number: &str, amount: i64) -> Value {
    json!({
        "out_trade_no": "1",
        "out_refund_no": number,
        "notify_url": "https://www.example.com/refunded",
        "amount": {"refund": amount, "total": 100, "currency": "CNY"},
    })
}

fn status(shop: &Shop, number: &str) -> Outcome<String> {
    Ok(text(&shop.get(&format!("{REFUNDS}/{number}"))?["status"]))
}

#[test]
fn parts_are_refunded_until_nothing_is_left() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let first = shop.post(REFUNDS, refund("R1", 60))?;
    assert_eq!(first["status"], "PROCESSING");
    assert_eq!(shop.state("1")?, "REFUND");
    assert_eq!(
        shop.post(REFUNDS, refund("R1", 60))?,
        first,
        "the same again"
    );

    let too_much = says(400, "INVALID_REQUEST", "refund_fee大于可退金额");
    assert_eq!(shop.refused(REFUNDS, refund("R2", 41))?, too_much);
    assert_eq!(shop.refused(REFUNDS, refund("R2", i64::MAX))?, too_much);
    shop.post(REFUNDS, refund("R2", 40))?;
    let all = says(400, "INVALID_REQUEST", "订单已全额退款");
    assert_eq!(shop.refused(REFUNDS, refund("R3", 1))?, all);
    assert_eq!(shop.sandbox.orders()[0].refunded, 100);
    assert_eq!(shop.sandbox.refunds().len(), 2);
    Ok(())
}

#[test]
fn a_refund_ends_before_the_next_look_at_it() -> Outcome {
    let shop = Shop::open()?;
    let id = shop.paid("1")?;
    shop.sandbox.take_events();
    let mut asked = refund("R1", 60);
    asked["transaction_id"] = json!(id);
    let accepted = shop.post(REFUNDS, asked)?;
    assert!(accepted.get("success_time").is_none());
    let ended = shop.get(&format!("{REFUNDS}/R1"))?;
    let refund_id = text(&accepted["refund_id"]);
    let expected = json!({
        "refund_id": refund_id,
        "out_refund_no": "R1",
        "transaction_id": id,
        "out_trade_no": "1",
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": "2023-11-15T06:13:20+08:00",
        "success_time": "2023-11-15T06:13:20+08:00",
        "status": "SUCCESS",
        "funds_account": "AVAILABLE",
        "amount": {
            "total": 100, "refund": 60, "from": [], "payer_total": 100, "payer_refund": 60,
            "settlement_refund": 60, "settlement_total": 100, "discount_refund": 0,
            "currency": "CNY",
        },
        "promotion_detail": [],
    });
    assert_eq!(ended, expected);

    let event = shop.event()?;
    assert_eq!(
        (event.event_type, event.original_type),
        ("REFUND.SUCCESS", "refund")
    );
    assert_eq!(
        event.notify_url.as_deref(),
        Some("https://www.example.com/refunded")
    );
    let resource = json!({
        "mchid": shop.mchid(),
        "out_trade_no": "1",
        "transaction_id": id,
        "out_refund_no": "R1",
        "refund_id": refund_id,
        "refund_status": "SUCCESS",
        "success_time": "2023-11-15T06:13:20+08:00",
        "user_received_account": "支付用户零钱",
        "amount": {"total": 100, "refund": 60, "payer_total": 100, "payer_refund": 60},
    });
    assert_eq!(event.resource, resource);
    Ok(())
}

#[test]
fn a_refund_may_be_held_closed_or_go_astray() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    shop.sandbox.take_events();
    shop.sandbox.hold_refunds(true);
    shop.post(REFUNDS, refund("R1", 100))?;
    assert_eq!(status(&shop, "R1")?, "PROCESSING");
    assert!(shop.sandbox.take_events().is_empty());
    shop.sandbox.settle_refund("R1", RefundStatus::Closed)?;
    assert_eq!(shop.event()?.event_type, "REFUND.CLOSED");
    assert_eq!(status(&shop, "R1")?, "CLOSED");
    assert_eq!(shop.state("1")?, "SUCCESS", "the money is back");
    assert!(
        shop.sandbox
            .settle_refund("R1", RefundStatus::Success)
            .is_err()
    );

    let id = text(&shop.post(REFUNDS, refund("R2", 100))?["refund_id"]);
    let abnormal = format!("{REFUNDS}/{id}/apply-abnormal-refund");
    let elsewhere = json!({"out_refund_no": "R2", "type": "MERCHANT_BANK_CARD"});
    assert_eq!(
        shop.refused(&abnormal, elsewhere.clone())?.1,
        "INVALID_REQUEST"
    );
    shop.sandbox.settle_refund("R2", RefundStatus::Abnormal)?;
    assert_eq!(shop.event()?.event_type, "REFUND.ABNORMAL");
    assert_eq!(status(&shop, "R2")?, "ABNORMAL");
    assert_eq!(shop.post(&abnormal, elsewhere)?["status"], "PROCESSING");
    shop.sandbox.hold_refunds(false);
    assert_eq!(status(&shop, "R2")?, "SUCCESS");
    assert_eq!(shop.event()?.event_type, "REFUND.SUCCESS");
    Ok(())
}

#[test]
fn what_does_not_fit_the_order_is_refused() -> Outcome {
    let shop = Shop::open()?;
    let unpaid = says(404, "RESOURCE_NOT_EXISTS", "订单不存在");
    assert_eq!(shop.refused(REFUNDS, refund("R1", 1))?, unpaid);
    shop.post("v3/pay/transactions/native", shop.native("1"))?;
    assert_eq!(shop.refused(REFUNDS, refund("R1", 1))?, unpaid, "not paid");
    shop.sandbox.pay("1")?;

    let unlike = says(400, "INVALID_REQUEST", "您的请求参数与订单信息不一致");
    let mut total = refund("R1", 1);
    total["amount"]["total"] = json!(99);
    assert_eq!(shop.refused(REFUNDS, total)?, unlike);
    let other = shop.paid("2")?;
    let mut two = refund("R1", 1);
    two["transaction_id"] = json!(other);
    assert_eq!(shop.refused(REFUNDS, two)?, unlike);
    let mut sub = refund("R1", 1);
    sub["sub_mchid"] = json!("1900000001");
    assert_eq!(
        shop.refused(REFUNDS, sub.clone())?.0,
        404,
        "a number of the sub-merchant"
    );
    sub["transaction_id"] = json!(other);
    sub.as_object_mut()
        .ok_or("no object")?
        .remove("out_trade_no");
    assert_eq!(shop.refused(REFUNDS, sub)?, unlike);

    shop.post(REFUNDS, refund("R1", 1))?;
    let used = "订单金额或退款金额与之前请求不一致，请核实后再试";
    let used = says(400, "INVALID_REQUEST", used);
    assert_eq!(shop.refused(REFUNDS, refund("R1", 2))?, used);

    for (pointer, value) in [
        ("/amount/refund", json!(0)),
        ("/amount/refund", json!(-5)),
        ("/amount/refund", json!(0.5)),
        ("/amount/refund", json!("1")),
        ("/amount/total", json!(null)),
        ("/out_refund_no", json!("")),
        ("/out_trade_no", json!(null)),
    ] {
        let mut body = refund("R9", 1);
        *body.pointer_mut(pointer).ok_or(pointer)? = value.clone();
        let (status, code, _) = shop.refused(REFUNDS, body)?;
        assert_eq!((status, &*code), (400, "PARAM_ERROR"), "{pointer} {value}");
    }
    let none = says(404, "RESOURCE_NOT_EXISTS", "退款单不存在");
    assert_eq!(shop.not_found(&format!("{REFUNDS}/R9"))?, none);
    assert!(
        shop.sandbox
            .settle_refund("R9", RefundStatus::Success)
            .is_err()
    );
    Ok(())
}

#[test]
fn an_order_is_refunded_fifty_times_at_most() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    for count in 0..50 {
        shop.post(REFUNDS, refund(&format!("R{count}"), 1))?;
    }
    let often = says(400, "INVALID_REQUEST", "部分退款次数超过限制");
    assert_eq!(shop.refused(REFUNDS, refund("R50", 50))?, often);
    // The same again is none more.
    assert_eq!(
        shop.post(REFUNDS, refund("R49", 1))?["out_refund_no"],
        "R49"
    );
    assert_eq!(shop.sandbox.orders()[0].refunded, 50);
    Ok(())
}

#[test]
fn an_order_is_refunded_within_a_year_and_in_its_currency() -> Outcome {
    let shop = Shop::open()?;
    shop.paid("1")?;
    let mut dollars = refund("R1", 1);
    dollars["amount"]["currency"] = json!("USD");
    let unlike = says(400, "INVALID_REQUEST", "您的请求参数与订单信息不一致");
    assert_eq!(shop.refused(REFUNDS, dollars)?, unlike);
    shop.hand.forward(365 * 86_400);
    shop.post(REFUNDS, refund("R1", 1))?;
    shop.hand.forward(1);
    let late = says(400, "INVALID_REQUEST", "订单已经超过退款期限");
    assert_eq!(shop.refused(REFUNDS, refund("R2", 1))?, late);
    Ok(())
}
