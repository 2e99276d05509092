//! Orders: made in every style, paid, failed, expired, closed.

use serde_json::{Value, json};

use super::{Outcome, Shop, says, text, why};

const NATIVE: &str = "v3/pay/transactions/native";

/// A query says two members more, both empty.
fn as_notified(mut found: Value) -> Value {
    for (member, empty) in [
        ("promotion_detail", json!([])),
        ("scene_info", json!({"device_id": ""})),
    ] {
        let value = found.as_object_mut().and_then(|it| it.remove(member));
        assert_eq!(value, Some(empty));
    }
    found
}

#[test]
fn each_style_offers_what_its_front_end_needs() -> Outcome {
    let shop = Shop::open()?;
    for (number, style, member, begins) in [
        ("1", "jsapi", "prepay_id", "wx"),
        ("2", "app", "prepay_id", "wx"),
        ("3", "native", "code_url", "weixin://wxpay/bizpayurl?pr="),
        ("4", "h5", "h5_url", "https://wx.tenpay.com/"),
        ("5", "jsapi-with-contract", "prepay_id", "wx"),
    ] {
        let mut order = shop.native(number);
        order["payer"] = json!({"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"});
        order["scene_info"] =
            json!({"payer_client_ip": "14.23.150.211", "h5_info": {"type": "Wap"}});
        order["contract_info"] = json!({});
        let path = format!("v3/pay/transactions/{style}");
        let answer = shop.post(&path, order.clone())?;
        let offered = text(&answer[member]);
        assert!(offered.starts_with(begins), "{answer}");
        assert_eq!(answer, shop.post(&path, order)?, "the same again");

        shop.sandbox.pay(number)?;
        let event = shop.event()?;
        assert_eq!(event.resource, as_notified(shop.order(number)?), "{style}");
        assert_eq!(
            event.notify_url.as_deref(),
            Some("https://www.example.com/paid")
        );
        assert_eq!(
            (event.event_type, event.original_type),
            ("TRANSACTION.SUCCESS", "transaction")
        );
    }
    Ok(())
}

#[test]
fn a_paid_order_says_all_that_a_query_documents() -> Outcome {
    let shop = Shop::open()?;
    let mut order = shop.native("1");
    order["payer"] = json!({"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"});
    shop.post("v3/pay/transactions/jsapi", order)?;
    let unpaid = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": shop.mchid(),
        "out_trade_no": "1",
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
        "attach": "A1",
        "amount": {"total": 100, "payer_currency": "CNY"},
        "promotion_detail": [],
        "scene_info": {"device_id": ""},
    });
    assert_eq!(shop.order("1")?, unpaid);

    shop.sandbox.pay("1")?;
    let paid = shop.order("1")?;
    let id = text(&paid["transaction_id"]);
    assert_eq!(id.len(), 28);
    let expected = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": shop.mchid(),
        "out_trade_no": "1",
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "attach": "A1",
        "transaction_id": id,
        "trade_type": "JSAPI",
        "bank_type": "OTHERS",
        "success_time": "2023-11-15T06:13:20+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "amount": {"total": 100, "currency": "CNY", "payer_total": 100, "payer_currency": "CNY"},
        "promotion_detail": [],
        "scene_info": {"device_id": ""},
    });
    assert_eq!(paid, expected);
    let by_id = format!("v3/pay/transactions/id/{id}?mchid={}", shop.mchid());
    assert_eq!(shop.get(&by_id)?, expected);
    Ok(())
}

#[test]
fn a_number_in_use_has_the_real_errors() -> Outcome {
    let shop = Shop::open()?;
    shop.post(NATIVE, shop.native("1"))?;
    let mut dearer = shop.native("1");
    dearer["amount"]["total"] = json!(101);
    let used = says(400, "INVALID_REQUEST", "201 商户订单号重复");
    assert_eq!(shop.refused(NATIVE, dearer)?, used);
    assert!(why(&shop.sandbox)?.contains("out_trade_no was used"));
    // Another way to pay is another order.
    assert_eq!(
        shop.refused("v3/pay/transactions/app", shop.native("1"))?,
        used
    );
    assert_eq!(shop.sandbox.orders().len(), 1);

    shop.sandbox.pay("1")?;
    let paid = says(400, "ORDERPAID", "该订单已支付");
    assert_eq!(shop.refused(NATIVE, shop.native("1"))?, paid);
    assert_eq!(shop.refused(CLOSE_1, json!({"mchid": shop.mchid()}))?, paid);
    assert!(shop.sandbox.pay("1").is_err());
    Ok(())
}

const CLOSE_1: &str = "v3/pay/transactions/out-trade-no/1/close";

#[test]
fn a_closed_order_stays_closed() -> Outcome {
    let shop = Shop::open()?;
    shop.post(NATIVE, shop.native("1"))?;
    let merchant = json!({"mchid": shop.mchid()});
    assert_eq!(shop.post(CLOSE_1, merchant.clone())?, 204);
    assert_eq!(shop.post(CLOSE_1, merchant)?, 204, "again");
    assert_eq!(shop.state("1")?, "CLOSED");
    let closed = says(400, "ORDER_CLOSED", "该订单已关闭");
    assert_eq!(shop.refused(NATIVE, shop.native("1"))?, closed);
    assert!(shop.sandbox.pay("1").is_err());
    assert!(shop.sandbox.take_events().is_empty());
    Ok(())
}

#[test]
fn an_order_that_is_not_there_is_404() -> Outcome {
    let shop = Shop::open()?;
    let mchid = shop.mchid();
    let none = says(404, "ORDER_NOT_EXIST", "订单不存在");
    for path in ["out-trade-no/9", "id/9"] {
        let path = format!("v3/pay/transactions/{path}?mchid={mchid}");
        assert_eq!(shop.not_found(&path)?, none);
    }
    let merchant = json!({"mchid": mchid});
    assert_eq!(
        shop.refused("v3/pay/transactions/out-trade-no/9/close", merchant)?,
        none
    );
    assert!(shop.sandbox.pay("9").is_err() && shop.sandbox.fail_payment("9").is_err());

    // A direct order is nobody's sub-merchant's.
    shop.post(NATIVE, shop.native("1"))?;
    let partner = "v3/pay/partner/transactions/out-trade-no/1";
    let path = format!("{partner}?sp_mchid={mchid}&sub_mchid=1900000001");
    assert_eq!(shop.not_found(&path)?, none);
    Ok(())
}

#[test]
fn the_merchant_is_checked_everywhere() -> Outcome {
    let shop = Shop::open()?;
    let mut order = shop.native("1");
    order["mchid"] = json!("1900000001");
    let stranger = says(400, "MCH_NOT_EXISTS", "商户号不存在");
    assert_eq!(shop.refused(NATIVE, order)?, stranger);
    shop.post(NATIVE, shop.native("1"))?;
    assert_eq!(
        shop.refused(CLOSE_1, json!({"mchid": "1900000001"}))?,
        stranger
    );
    let query = "v3/pay/transactions/out-trade-no/1";
    assert_eq!(
        shop.not_found(&format!("{query}?mchid=1900000001"))?,
        stranger
    );
    assert_eq!(shop.not_found(query)?.1, "PARAM_ERROR");
    assert!(why(&shop.sandbox)?.contains("mchid"));
    Ok(())
}

#[test]
fn what_is_missing_or_wrong_is_named() -> Outcome {
    let shop = Shop::open()?;
    let pointers: [(&str, Value); 9] = [
        ("/amount", json!(null)),
        ("/amount/total", json!(0)),
        ("/amount/total", json!(-1)),
        ("/amount/total", json!(1.5)),
        ("/amount/total", json!("100")),
        ("/out_trade_no", json!("中文")),
        ("/out_trade_no", json!("1".repeat(33))),
        ("/notify_url", json!("")),
        ("/time_expire", json!("tomorrow")),
    ];
    for (pointer, value) in pointers {
        let mut order = shop.native("1");
        order["time_expire"] = json!("2030-01-01T00:00:00+08:00");
        *order.pointer_mut(pointer).ok_or(pointer)? = value.clone();
        let (status, code, _) = shop.refused(NATIVE, order)?;
        assert_eq!((status, &*code), (400, "PARAM_ERROR"), "{pointer} {value}");
        let why = why(&shop.sandbox)?;
        assert!(why.contains(pointer), "{pointer}: {why}");
    }
    let (_, code, _) = shop.refused("v3/pay/transactions/jsapi", shop.native("1"))?;
    assert_eq!(code, "PARAM_ERROR", "JSAPI needs an openid");
    assert!(shop.sandbox.orders().is_empty());
    Ok(())
}

#[test]
fn time_closes_what_nobody_pays() -> Outcome {
    let shop = Shop::open()?;
    let mut order = shop.native("1");
    order["time_expire"] = json!("2023-11-15T06:23:20+08:00");
    shop.post(NATIVE, order)?;
    // Too early an end is a minute away.
    let mut order = shop.native("2");
    order["time_expire"] = json!("2023-11-15T06:13:21+08:00");
    shop.post(NATIVE, order)?;
    shop.post(NATIVE, shop.native("3"))?;

    shop.hand.forward(59);
    assert_eq!(shop.state("2")?, "NOTPAY");
    shop.hand.forward(1);
    assert_eq!(shop.state("2")?, "CLOSED");
    shop.hand.forward(539);
    assert_eq!(shop.state("1")?, "NOTPAY");
    shop.hand.forward(1);
    assert_eq!(shop.state("1")?, "CLOSED");
    let err = shop.sandbox.pay("1").err().ok_or("paid too late")?;
    assert!(err.to_string().contains("CLOSED"), "{err}");
    assert_eq!(shop.state("3")?, "NOTPAY");
    shop.hand.forward(7 * 86_400);
    assert_eq!(shop.state("3")?, "CLOSED");
    Ok(())
}

#[test]
fn a_payment_that_failed_may_be_tried_again() -> Outcome {
    let shop = Shop::open()?;
    shop.post(NATIVE, shop.native("1"))?;
    shop.sandbox.fail_payment("1")?;
    let failed = shop.order("1")?;
    // Payments by code alone say that one failed.
    assert_eq!(failed["trade_state"], "NOTPAY");
    assert!(failed.get("transaction_id").is_none());
    assert!(shop.sandbox.take_events().is_empty());
    shop.sandbox.pay("1")?;
    assert_eq!(shop.state("1")?, "SUCCESS");
    assert!(shop.sandbox.fail_payment("1").is_err());
    Ok(())
}

#[test]
fn a_service_provider_s_orders_are_its_sub_merchants() -> Outcome {
    let shop = Shop::open()?;
    let (mchid, sub_mchid) = (shop.mchid(), "1900000001");
    let path = "v3/pay/partner/transactions/jsapi";
    let order = json!({
        "sp_appid": "wxd678efh567hg6787",
        "sp_mchid": mchid,
        "sub_mchid": sub_mchid,
        "description": "公仔",
        "out_trade_no": "1",
        "notify_url": "https://www.example.com/paid",
        "amount": {"total": 100},
        "payer": {"sp_openid": "oSp", "sub_openid": "oSub"},
    });
    let prepay = shop.post(path, order)?;
    assert!(prepay["prepay_id"].is_string());
    shop.sandbox.pay("1")?;
    let query = "v3/pay/partner/transactions/out-trade-no/1";
    let paid = shop.get(&format!("{query}?sp_mchid={mchid}&sub_mchid={sub_mchid}"))?;
    assert_eq!(paid["sp_mchid"], mchid);
    assert_eq!(paid["sub_mchid"], sub_mchid);
    assert_eq!(
        paid["payer"],
        json!({"sp_openid": "oSp", "sub_openid": "oSub"})
    );
    assert_eq!(shop.event()?.resource, as_notified(paid));
    let other = format!("{query}?sp_mchid={mchid}&sub_mchid=1900000002");
    assert_eq!(shop.not_found(&other)?.1, "ORDER_NOT_EXIST");
    let close = json!({"sp_mchid": mchid, "sub_mchid": sub_mchid});
    let path = "v3/pay/partner/transactions/out-trade-no/1/close";
    assert_eq!(shop.refused(path, close)?.1, "ORDERPAID");
    Ok(())
}

fn code(shop: &Shop, number: &str, code: &str) -> Value {
    let mut order = shop.native(number);
    order["payer"] = json!({"auth_code": code});
    order["scene_info"] = json!({"store_info": {"id": "0001"}});
    order
}

#[test]
fn a_code_pays_at_once_or_asks_the_user() -> Outcome {
    let shop = Shop::open()?;
    let path = "v3/pay/transactions/codepay";
    let paid = shop.post(path, code(&shop, "1", "120000000000000000"))?;
    assert_eq!(paid["trade_state"], "SUCCESS");
    assert_eq!(paid["trade_type"], "MICROPAY");
    assert_eq!(
        shop.post(path, code(&shop, "1", "120000000000000000"))?,
        paid
    );

    let asked = shop.post(path, code(&shop, "2", "130000000000000000"))?;
    assert_eq!(asked["trade_state"], "USERPAYING");
    shop.sandbox.pay("2")?;
    assert_eq!(shop.state("2")?, "SUCCESS");

    shop.post(path, code(&shop, "3", "130000000000000000"))?;
    shop.sandbox.fail_payment("3")?;
    assert_eq!(shop.state("3")?, "PAYERROR");
    assert!(shop.sandbox.pay("3").is_err(), "a code is used once");

    let bad = shop.refused(path, code(&shop, "4", "990000000000000000"))?;
    assert_eq!(bad.1, "PARAM_ERROR");
    assert!(
        shop.sandbox.take_events().is_empty(),
        "codes are not notified"
    );
    Ok(())
}

#[test]
fn a_payment_by_code_is_reversed_and_no_other() -> Outcome {
    let shop = Shop::open()?;
    let path = "v3/pay/transactions/codepay";
    shop.post(path, code(&shop, "1", "120000000000000000"))?;
    let merchant = json!({"appid": "wxd678efh567hg6787", "mchid": shop.mchid()});
    let reverse = |number: &str| format!("v3/pay/transactions/out-trade-no/{number}/reverse");
    let answer = shop.post(&reverse("1"), merchant.clone())?;
    assert_eq!(answer["out_trade_no"], "1");
    assert_eq!(shop.state("1")?, "REVOKED");
    assert_eq!(
        shop.refused(path, code(&shop, "1", "120000000000000000"))?
            .1,
        "ORDER_CLOSED"
    );
    shop.post(NATIVE, shop.native("2"))?;
    assert_eq!(shop.refused(&reverse("2"), merchant)?.1, "INVALID_REQUEST");
    Ok(())
}

#[test]
fn a_rule_of_the_test_goes_first_and_touches_nothing() -> Outcome {
    use wechatpay_sandbox::StubResponse;
    let shop = Shop::open()?;
    let answer = StubResponse::json(json!({"code_url": "mine"}));
    shop.sandbox.stub("POST", NATIVE, answer)?;
    assert_eq!(shop.post(NATIVE, shop.native("1"))?["code_url"], "mine");
    assert!(shop.sandbox.orders().is_empty());
    Ok(())
}

#[test]
fn the_answer_may_be_lost_and_the_order_is_there() -> Outcome {
    use wechatpay_sandbox::Fault;
    let shop = Shop::open()?;
    for (number, fault) in [("1", Fault::CutBeforeAnswer), ("2", Fault::HtmlErrorPage)] {
        shop.sandbox.inject_fault(fault);
        assert!(shop.post(NATIVE, shop.native(number)).is_err());
        assert_eq!(shop.state(number)?, "NOTPAY");
    }
    Ok(())
}

#[test]
fn reset_forgets_all() -> Outcome {
    let shop = Shop::open()?;
    let first = shop.paid("1")?;
    shop.sandbox.reset();
    assert!(shop.sandbox.orders().is_empty() && shop.sandbox.take_events().is_empty());
    assert_ne!(first, shop.paid("1")?);
    let shown = format!(
        "{:?} {:?}",
        shop.sandbox.orders(),
        shop.sandbox.take_events()
    );
    assert!(
        shown.contains("SUCCESS") && !shown.contains("openid"),
        "{shown}"
    );
    Ok(())
}

#[test]
fn a_merchant_of_the_mainland_sells_in_yuan_alone() -> Outcome {
    let shop = Shop::open()?;
    let mut dollars = shop.native("1");
    dollars["amount"]["currency"] = json!("USD");
    for path in ["v3/pay/transactions/native", "v3/pay/transactions/app"] {
        let (status, code, _) = shop.refused(path, dollars.clone())?;
        assert_eq!((status, &*code), (400, "PARAM_ERROR"), "{path}");
        assert!(why(&shop.sandbox)?.contains("/amount/currency"));
    }
    assert!(shop.sandbox.orders().is_empty());
    Ok(())
}

/// Paying an order with the terms of a contract signs it; the merchant ends it.
#[test]
fn an_order_with_a_contract_signs_it_when_it_is_paid() -> Outcome {
    const CONTRACT: &str = "v3/papay/sign/contracts/plan-id/12535/out-contract-code/CODE1";
    let shop = Shop::open()?;
    let mut order = shop.native("1");
    order["payer"] = json!({"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"});
    order["contract_info"] = json!({
        "plan_id": "12535", "contract_code": "CODE1", "request_serial": "1000",
        "contract_display_account": "张三", "contract_notify_url": "https://www.example.com/signed",
    });
    shop.post("v3/pay/transactions/jsapi-with-contract", order)?;
    shop.sandbox.pay("1")?;
    let [paid, signed] =
        <[_; 2]>::try_from(shop.sandbox.take_events()).map_err(|all| format!("{all:?}"))?;
    assert_eq!(paid.event_type, "TRANSACTION.SUCCESS");
    assert_eq!(signed.event_type, "ENTRUST.SIGN");
    assert_eq!(
        signed.notify_url.as_deref(),
        Some("https://www.example.com/signed")
    );
    let found = shop.get(CONTRACT)?;
    assert_eq!(signed.resource, found);
    assert_eq!(
        (
            &found["contract_state"],
            &found["plan_id"],
            &found["out_contract_code"]
        ),
        (&json!("SIGNED"), &json!(12535), &json!("CODE1"))
    );
    assert_eq!(found["openid"], "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");

    let terminate = format!("{CONTRACT}/terminate");
    for _ in 0..2 {
        let ended = shop.post(
            &terminate,
            json!({"contract_termination_remark": "用户解约"}),
        )?;
        assert_eq!(ended["contract_state"], "TERMINATED");
    }
    let event = shop.event()?;
    assert_eq!(
        (event.event_type, &event.resource),
        ("ENTRUST.TERMINATE", &shop.get(CONTRACT)?)
    );
    Ok(())
}
