//! `wechatpay order`, `refund` and `transfer` query and close by number, against the sandbox.

use serde_json::{Value, json};

use crate::support::Shop;

/// WeChat Pay's number of a payment, as it writes them.
const WECHAT_ORDER: &str = "4200001234202611010123456789";

fn post(shop: &Shop, path: &str, body: &Value) -> Value {
    let run = shop.command(&["request", "POST", path, "--json", &body.to_string()]);
    run.run().json()
}

/// A shop with the order `order-1` of one yuan, not paid yet.
fn shop_with_order() -> Shop {
    let shop = Shop::new();
    let order = json!({
        "appid": "wx8888888888888888", "mchid": shop.sandbox.mchid(), "description": "x",
        "out_trade_no": "order-1", "notify_url": "https://www.example.com/notify",
        "amount": {"total": 100},
    });
    post(&shop, "v3/pay/transactions/native", &order);
    shop
}

#[test]
fn an_order_is_queried_by_either_number() {
    let shop = shop_with_order();
    let query = |arguments: &[&str]| {
        let arguments = [&["order", "query"], arguments].concat();
        shop.command(&arguments).run().json()
    };
    assert_eq!(query(&["order-1"])["trade_state"], "NOTPAY");
    let call = shop.sandbox.last_call().unwrap();
    let mchid = shop.sandbox.mchid();
    let target = format!("/v3/pay/transactions/out-trade-no/order-1?mchid={mchid}");
    assert_eq!((call.method.as_str(), call.target), ("GET", target));

    shop.sandbox.pay("order-1").unwrap();
    let paid = query(&["order-1"]);
    let id = paid["transaction_id"].as_str().unwrap();
    assert_eq!(query(&[id]), paid);
    let call = shop.sandbox.last_call().unwrap();
    let target = format!("/v3/pay/transactions/id/{id}?mchid={mchid}");
    assert_eq!(call.target, target);
}

#[test]
fn options_override_the_form_of_the_number() {
    let shop = Shop::new();
    let target = |arguments: &[&str]| {
        let run = shop.command(&[arguments, &["--dry-run"]].concat());
        run.run().json()["uri"].as_str().unwrap().to_owned()
    };
    for (command, option, path) in [
        ("order", "--out-trade-no", "/out-trade-no/"),
        ("order", "--transaction-id", "/id/"),
        ("transfer", "--out-bill-no", "/out-bill-no/"),
        ("transfer", "--transfer-bill-no", "/transfer-bill-no/"),
    ] {
        let other = if option == "--out-trade-no" {
            WECHAT_ORDER
        } else if option == "--out-bill-no" {
            "133000001232018051101234567890"
        } else {
            "order-1"
        };
        let uri = target(&[command, "query", other, option]);
        assert!(uri.contains(&format!("{path}{other}")), "{option}: {uri}");
    }
    assert!(shop.sandbox.calls().is_empty());
}

#[test]
fn an_unpaid_order_is_closed() {
    let shop = shop_with_order();
    let close = ["order", "close", "order-1"];
    // The answer has no body.
    assert_eq!(shop.command(&close).run().ok(), "null\n");
    let call = shop.sandbox.last_call().unwrap();
    let path = "/v3/pay/transactions/out-trade-no/order-1/close";
    assert_eq!((call.method.as_str(), &*call.target), ("POST", path));
    let body: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!(body, json!({"mchid": shop.sandbox.mchid()}));
    let order = shop.command(&["order", "query", "order-1"]).run().json();
    assert_eq!(order["trade_state"], "CLOSED");
}

#[test]
fn a_partner_names_the_sub_merchant() {
    let shop = Shop::new();
    let mchid = shop.sandbox.mchid();
    let shown = |arguments: &[&str]| {
        let more = ["--sub-mchid", "1900000209", "--dry-run"];
        shop.command(&[arguments, &more].concat()).run().json()
    };
    let uri = |arguments: &[&str]| shown(arguments)["uri"].as_str().unwrap().to_owned();
    let partner = format!("?sp_mchid={mchid}&sub_mchid=1900000209");
    for (number, path) in [("order-1", "out-trade-no"), (WECHAT_ORDER, "id")] {
        let end = format!("/v3/pay/partner/transactions/{path}/{number}{partner}");
        assert!(uri(&["order", "query", number]).ends_with(&end), "{end}");
    }
    let refund = uri(&["refund", "query", "refund-1"]);
    let end = "/v3/refund/domestic/refunds/refund-1?sub_mchid=1900000209";
    assert!(refund.ends_with(end), "{refund}");
    let close = shown(&["order", "close", "order-1"]);
    let body: Value = serde_json::from_str(close["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({"sp_mchid": mchid, "sub_mchid": "1900000209"}));
}

#[test]
fn a_refund_is_queried() {
    let shop = shop_with_order();
    shop.sandbox.pay("order-1").unwrap();
    let refund = json!({
        "out_trade_no": "order-1", "out_refund_no": "refund-1",
        "amount": {"refund": 30, "total": 100, "currency": "CNY"},
    });
    post(&shop, "v3/refund/domestic/refunds", &refund);
    let found = shop.command(&["refund", "query", "refund-1"]).run().json();
    assert_eq!(found["amount"]["refund"], 30);
    assert_eq!(found["out_refund_no"], "refund-1");
}

#[test]
fn a_transfer_is_queried_by_either_number() {
    let shop = Shop::new();
    let transfer = json!({
        "appid": "wx8888888888888888", "out_bill_no": "T1", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "transfer_amount": 100, "transfer_remark": "报销", "transfer_scene_id": "1005",
        "transfer_scene_report_infos": [{"info_type": "岗位类型", "info_content": "外卖员"}],
    });
    let made = post(&shop, "v3/fund-app/mch-transfer/transfer-bills", &transfer);
    let id = made["transfer_bill_no"].as_str().unwrap();
    let found = shop.command(&["transfer", "query", "T1"]).run().json();
    assert_eq!(found["transfer_bill_no"], id);
    let same = shop.command(&["transfer", "query", id]).run().json();
    assert_eq!(same, found);
    let call = shop.sandbox.last_call().unwrap();
    assert!(call.target.contains("/transfer-bill-no/"), "{call:?}");
}

/// The exit code is that of `request`; the other kind of number is offered.
#[test]
fn a_number_that_is_not_found_exits_with_7_and_offers_the_other_kind() {
    let shop = shop_with_order();
    let said = shop.command(&["order", "query", "order-2"]).run().failed(7);
    assert!(said.contains("--transaction-id"), "{said}");
    let run = shop.command(&["order", "query", WECHAT_ORDER]).run();
    let said = run.failed(7);
    assert!(said.contains("--out-trade-no"), "{said}");
    let zh = ["--lang", "zh", "order", "query", "order-2"];
    let said = shop.command(&zh).run().failed(7);
    assert!(said.contains("单号是按 out_trade_no 查询的"), "{said}");
    // A refund has one kind of number only.
    let said = shop
        .command(&["refund", "query", "refund-2"])
        .run()
        .failed(7);
    assert!(!said.contains("The number was read"), "{said}");
    let json = ["--sandbox", "--format", "json", "order", "query", "order-2"];
    let error = shop.bare(&json).run().failed_json(7);
    assert_eq!(error["status"], 404);
}

#[test]
fn malformed_numbers_are_refused_before_anything_is_sent() {
    let shop = Shop::new();
    let long = "x".repeat(33);
    for arguments in [
        ["order", "query", ""],
        ["order", "query", "order 1"],
        ["order", "query", "订单1"],
        ["order", "query", &long],
        ["order", "close", &long],
        ["transfer", "query", "T1\n"],
    ] {
        let said = shop.command(&arguments).run().failed(4);
        assert!(said.contains("_no"), "{said}");
    }
    // A merchant's refund number may have 64 characters.
    let refund = ["refund", "query", &"x".repeat(64), "--dry-run"];
    shop.command(&refund).run().ok();
    let refund = ["refund", "query", &"x".repeat(65), "--dry-run"];
    shop.command(&refund).run().failed(4);
    shop.command(&["order", "query"]).run().failed(2);
    let both = ["order", "query", "1", "--transaction-id", "--out-trade-no"];
    shop.command(&both).run().failed(2);
    assert!(shop.sandbox.calls().is_empty());
}
