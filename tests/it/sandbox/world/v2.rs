//! APIv2 over the same orders.

use serde_json::{Value, json};

use super::{Outcome, Shop, text, why};

impl Shop {
    /// Members of APIv2: all are texts.
    fn v2(&self, path: &str, mut members: Value) -> Outcome<Value> {
        members["appid"] = json!("wxd678efh567hg6787");
        members["mch_id"] = json!(self.mchid());
        super::value(self.call_post(path, members))
    }

    /// The `err_code` and its text.
    fn v2_refused(&self, path: &str, mut members: Value) -> Outcome<(String, String)> {
        members["appid"] = json!("wxd678efh567hg6787");
        members["mch_id"] = json!(self.mchid());
        let (_, code, message) = super::refusal(self.call_post(path, members))?;
        Ok((code, message))
    }
}

fn says(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

const UNIFIED: &str = "v2/pay/unifiedorder";
const QUERY: &str = "v2/pay/orderquery";

fn order(number: &str, trade_type: &str) -> Value {
    json!({
        "body": "公仔",
        "out_trade_no": number,
        "total_fee": "100",
        "spbill_create_ip": "127.0.0.1",
        "notify_url": "https://www.example.com/paid",
        "trade_type": trade_type,
        "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "attach": "A1",
    })
}

#[test]
fn an_order_is_made_paid_and_queried_by_either_api() -> Outcome {
    let shop = Shop::open()?;
    for (number, trade_type, member) in [
        ("1", "JSAPI", "prepay_id"),
        ("2", "NATIVE", "code_url"),
        ("3", "APP", "prepay_id"),
        ("4", "MWEB", "mweb_url"),
    ] {
        let made = shop.v2(UNIFIED, order(number, trade_type))?;
        assert!(made[member].is_string(), "{made}");
        let again = shop.v2(UNIFIED, order(number, trade_type))?;
        assert_eq!(made["prepay_id"], again["prepay_id"]);
    }
    let unpaid = shop.v2(QUERY, json!({"out_trade_no": "1"}))?;
    assert_eq!(unpaid["trade_state"], "NOTPAY");
    shop.sandbox.pay("1")?;
    let paid = shop.v2(QUERY, json!({"out_trade_no": "1"}))?;
    for (member, expected) in [
        ("trade_state", "SUCCESS"),
        ("total_fee", "100"),
        ("cash_fee", "100"),
        ("time_end", "20231115061320"),
        ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
        ("attach", "A1"),
    ] {
        assert_eq!(paid[member], expected, "{member}");
    }
    let by_id = json!({"transaction_id": paid["transaction_id"]});
    assert_eq!(shop.v2(QUERY, by_id)?["out_trade_no"], "1");
    assert_eq!(shop.order("1")?["transaction_id"], paid["transaction_id"]);

    let event = shop.event()?;
    assert!(event.is_v2);
    assert_eq!(event.resource["transaction_id"], paid["transaction_id"]);
    assert_eq!(event.resource["result_code"], "SUCCESS");
    Ok(())
}

#[test]
fn the_errors_are_apiv2_s() -> Outcome {
    let shop = Shop::open()?;
    let none = says("ORDERNOTEXIST", "order not exist");
    assert_eq!(shop.v2_refused(QUERY, json!({"out_trade_no": "9"}))?, none);
    shop.v2(UNIFIED, order("1", "NATIVE"))?;
    let mut dearer = order("1", "NATIVE");
    dearer["total_fee"] = json!("101");
    let used = says("INVALID_REQUEST", "201 商户订单号重复");
    assert_eq!(shop.v2_refused(UNIFIED, dearer)?, used);
    let close = "v2/pay/closeorder";
    shop.v2(close, json!({"out_trade_no": "1"}))?;
    assert_eq!(
        shop.v2_refused(UNIFIED, order("1", "NATIVE"))?.0,
        "ORDERCLOSED"
    );
    shop.v2(UNIFIED, order("2", "NATIVE"))?;
    shop.sandbox.pay("2")?;
    assert_eq!(
        shop.v2_refused(close, json!({"out_trade_no": "2"}))?.0,
        "ORDERPAID"
    );
    assert_eq!(
        shop.v2_refused(UNIFIED, order("2", "NATIVE"))?.0,
        "ORDERPAID"
    );

    for fee in ["0", "-1", "1.5", "+1", "", "99999999999999999999", "９"] {
        let mut bad = order("3", "NATIVE");
        bad["total_fee"] = json!(fee);
        assert!(shop.v2(UNIFIED, bad).is_err(), "{fee}");
    }
    assert_eq!(shop.sandbox.orders().len(), 2);

    let mut timed = order("4", "NATIVE");
    timed["time_expire"] = json!("20231115062320");
    shop.v2(UNIFIED, timed)?;
    shop.hand.forward(600);
    let expired = shop.v2(QUERY, json!({"out_trade_no": "4"}))?;
    assert_eq!(expired["trade_state"], "CLOSED");
    Ok(())
}

/// Neither too long nor of another type, and still no value: `err_code`, signed.
#[test]
fn a_value_that_cannot_be_is_a_param_error_of_its_member() -> Outcome {
    let shop = Shop::open()?;
    for (name, value) in [
        ("total_fee", "0"),
        ("total_fee", "-1"),
        ("time_expire", "99999999999999"),
        ("trade_type", "BARTER"),
    ] {
        let mut order = order("1", "NATIVE");
        order[name] = json!(value);
        let message = format!("{name}参数错误");
        assert_eq!(
            shop.v2_refused(UNIFIED, order)?,
            says("PARAM_ERROR", &message),
            "{value}"
        );
    }
    let mut order = order("1", "NATIVE");
    order["nonce_str"] = json!("n".repeat(33));
    assert_eq!(
        shop.v2_refused(UNIFIED, order)?,
        says("FAIL", "nonce_str参数长度有误")
    );
    Ok(())
}

#[test]
fn a_code_pays_or_asks() -> Outcome {
    let shop = Shop::open()?;
    let path = "v2/pay/micropay";
    let pay = |number: &str, code: &str| {
        let mut order = order(number, "");
        order["auth_code"] = json!(code);
        order
    };
    let paid = shop.v2(path, pay("1", "120000000000000000"))?;
    assert_eq!(paid["trade_type"], "MICROPAY");
    let asks = shop.v2_refused(path, pay("2", "130000000000000000"))?;
    assert_eq!(asks, says("USERPAYING", "需要用户输入支付密码"));
    shop.sandbox.pay("2")?;
    assert_eq!(
        shop.v2(QUERY, json!({"out_trade_no": "2"}))?["trade_state"],
        "SUCCESS"
    );
    assert_eq!(shop.v2_refused(path, pay("3", "1"))?.0, "AUTH_CODE_INVALID");
    shop.v2("v2/secapi/pay/reverse", json!({"out_trade_no": "1"}))?;
    assert_eq!(
        shop.v2(QUERY, json!({"out_trade_no": "1"}))?["trade_state"],
        "REVOKED"
    );
    Ok(())
}

#[test]
fn refunds_are_listed_and_end() -> Outcome {
    let shop = Shop::open()?;
    let path = "v2/secapi/pay/refund";
    let refund = |number: &str, fee: &str| json!({"out_trade_no": "1", "out_refund_no": number, "total_fee": "100", "refund_fee": fee});
    assert_eq!(shop.v2_refused(path, refund("R1", "1"))?.0, "ORDERNOTEXIST");
    shop.v2(UNIFIED, order("1", "NATIVE"))?;
    shop.sandbox.pay("1")?;
    shop.sandbox.take_events();
    let first = shop.v2(path, refund("R1", "60"))?;
    assert_eq!(first["refund_fee"], "60");
    assert_eq!(
        shop.v2(path, refund("R1", "60"))?["refund_id"],
        first["refund_id"]
    );
    assert_eq!(
        shop.v2_refused(path, refund("R1", "61"))?.0,
        "REFUND_FEE_MISMATCH"
    );
    let too_much = says("INVALID_REQUEST", "refund_fee大于可退金额");
    assert_eq!(shop.v2_refused(path, refund("R2", "41"))?, too_much);
    shop.v2(path, refund("R2", "40"))?;
    assert_eq!(
        shop.v2_refused(path, refund("R3", "1"))?,
        says("ERROR", "订单已全额退款")
    );

    let query = "v2/pay/refundquery";
    let list = shop.v2(query, json!({"out_trade_no": "1"}))?;
    assert_eq!(list["refund_count"], "2");
    assert_eq!(
        (&list["out_refund_no_0"], &list["out_refund_no_1"]),
        (&json!("R1"), &json!("R2"))
    );
    assert_eq!(list["refund_status_1"], "SUCCESS");
    let one = shop.v2(query, json!({"refund_id": first["refund_id"]}))?;
    assert_eq!(
        (&one["refund_count"], text(&one["refund_fee_0"])),
        (&json!("1"), "60".to_owned())
    );
    assert_eq!(
        shop.v2_refused(query, json!({"out_refund_no": "R9"}))?.0,
        "REFUNDNOTEXIST"
    );

    let events = shop.sandbox.take_events();
    assert_eq!(events.len(), 2);
    assert!(
        events
            .iter()
            .all(|event| event.is_v2 && event.event_type == "REFUND.SUCCESS")
    );
    assert_eq!(events[0].resource["refund_status"], "SUCCESS");
    // Whose it is stands in the open, as documented, and the rest in req_info alone.
    let notice = shop
        .sandbox
        .notify_v2_refund("http://127.0.0.1:9/", events[0].resource.clone());
    let body = notice.request()?.into_body();
    let body = std::str::from_utf8(&body)?;
    for member in ["<return_code>", "<mch_id>", "<nonce_str>", "<req_info>"] {
        assert!(body.contains(member), "{body}");
    }
    let appid = "wxd678efh567hg6787";
    assert!(body.contains(appid) && body.contains("<appid>"), "{body}");
    assert!(!body.contains("<refund_id>"), "{body}");
    // APIv3 sees it too.
    let refund = shop.get("v3/refund/domestic/refunds/R1")?;
    assert_eq!(refund["amount"]["refund"], 60);
    Ok(())
}

#[test]
fn an_order_is_in_yuan() -> Outcome {
    let shop = Shop::open()?;
    let mut dollars = order("1", "NATIVE");
    dollars["fee_type"] = json!("USD");
    assert_eq!(
        shop.v2_refused(UNIFIED, dollars.clone())?,
        says("PARAM_ERROR", "fee_type参数错误")
    );
    assert!(why(&shop.sandbox)?.contains("/fee_type"));
    dollars["fee_type"] = json!("CNY");
    shop.v2(UNIFIED, dollars)?;
    Ok(())
}

/// Paying signs the contract; the merchant ends it.
#[test]
fn an_order_with_a_contract_signs_it_when_it_is_paid() -> Outcome {
    const CONTRACT_ORDER: &str = "v2/pay/contractorder";
    const FIND: &str = "v2/papay/querycontract";
    let shop = Shop::open()?;
    let mut asked = order("C1", "NATIVE");
    for (name, value) in [
        ("contract_mchid", json!(shop.mchid())),
        ("contract_appid", json!("wxd678efh567hg6787")),
        ("plan_id", json!("123")),
        ("contract_code", json!("100001256")),
        ("request_serial", json!("1000")),
        ("contract_display_account", json!("张三")),
        (
            "contract_notify_url",
            json!("https://www.example.com/signed"),
        ),
    ] {
        asked[name] = value;
    }
    let made = shop.v2(CONTRACT_ORDER, asked.clone())?;
    assert_eq!(made["contract_result_code"], "SUCCESS");
    assert!(made["code_url"].is_string() && made["contract_code"] == "100001256");
    assert_eq!(
        shop.v2(CONTRACT_ORDER, asked)?["prepay_id"],
        made["prepay_id"]
    );
    let named = json!({"plan_id": "123", "contract_code": "100001256", "version": "1.0"});
    let unsigned = shop.v2(FIND, named.clone())?;

    shop.sandbox.pay("C1")?;
    let [paid, signed] =
        <[_; 2]>::try_from(shop.sandbox.take_events()).map_err(|all| format!("{all:?}"))?;
    assert_eq!(paid.resource["out_trade_no"], "C1");
    assert_eq!(
        signed.notify_url.as_deref(),
        Some("https://www.example.com/signed")
    );
    assert_eq!(signed.resource["change_type"], "ADD");
    let found = shop.v2(FIND, named.clone())?;
    assert_eq!(found["contract_state"], "0");
    assert_eq!(found["contract_display_account"], "张三");
    assert_eq!(found["openid"], "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
    let id = text(&found["contract_id"]);
    assert_ne!(text(&unsigned["contract_id"]), id, "it was made up before");
    assert_eq!(signed.resource["contract_id"], found["contract_id"]);
    let by_id = json!({"contract_id": id, "version": "1.0"});
    assert_eq!(shop.v2(FIND, by_id.clone())?["contract_code"], "100001256");

    let mut end = by_id;
    end["contract_termination_remark"] = json!("用户解约");
    for _ in 0..2 {
        let ended = shop.v2("v2/papay/deletecontract", end.clone())?;
        assert_eq!(ended["contract_id"], found["contract_id"]);
    }
    let event = shop.event()?;
    assert_eq!(event.resource["change_type"], "DELETE");
    let found = shop.v2(FIND, named)?;
    assert_eq!(
        (
            &found["contract_state"],
            &found["contract_termination_mode"]
        ),
        (&json!("1"), &json!("3"))
    );
    assert_eq!(
        shop.v2(QUERY, json!({"out_trade_no": "C1"}))?["trade_state"],
        "SUCCESS"
    );
    Ok(())
}
