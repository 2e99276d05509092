//! Orders of several sub-merchants, merchants and products that have the same number.

use serde_json::{Value, json};

use super::{ORDER, PARTNER, Shop, created, sample};

const OWNERS: [&str; 2] = ["1900008101", "1900008102"];

/// A service provider with an order of two sub-merchants. The first one is completed.
fn provider() -> Shop {
    let shop = Shop::open(PARTNER);
    for owner in OWNERS {
        let mut made = created();
        made["sub_mchid"] = json!(owner);
        made["notify_url"] = json!(format!("https://example.com/{owner}"));
        shop.post("", made);
    }
    shop.post(
        "complete",
        json!({"total_amount": 300, "sub_mchid": OWNERS[0]}),
    );
    shop
}

#[test]
fn orders_of_sub_merchants_are_separate() {
    let shop = provider();
    let told = |shop: &Shop| -> Vec<(String, Value)> {
        let events = shop.sandbox.take_events().into_iter();
        let url = |url: Option<String>| url.unwrap_or_default();
        events
            .map(|it| (url(it.notify_url), it.resource["sub_mchid"].clone()))
            .collect()
    };
    let first = (
        "https://example.com/1900008101".to_owned(),
        json!(OWNERS[0]),
    );
    assert_eq!(told(&shop).first(), Some(&first));
    assert_eq!(
        shop.order_of(OWNERS[0])["state_description"],
        "MCH_COMPLETE"
    );
    let other = shop.order_of(OWNERS[1]);
    assert_eq!(
        (&other["state"], &other["total_amount"]),
        (&json!("CREATED"), &Value::Null)
    );

    let refused = shop.sandbox.pay("S1").unwrap_err().to_string();
    assert!(refused.contains("1900008102/S1"), "{refused}");
    shop.sandbox.pay("1900008101/S1").unwrap();
    assert_eq!(told(&shop), [first]);
    assert_eq!(shop.order_of(OWNERS[0])["state"], "DONE");
    assert_eq!(shop.order_of(OWNERS[1])["state"], "CREATED");
    shop.sandbox.set_state("1900008102/S1", "EXPIRED").unwrap();
    assert_eq!(shop.order_of(OWNERS[1])["state"], "EXPIRED");
}

/// As in the tables of ordinary orders, the number alone names the order of the merchant itself.
#[test]
fn a_number_alone_is_that_of_the_merchants_own_order() {
    let shop = provider();
    let body = sample(ORDER, created());
    shop.client.chain(ORDER).post(body, ()).wait().unwrap();
    shop.events();
    shop.sandbox.pay("S1").unwrap();
    let events = shop.sandbox.take_events();
    let told: Vec<_> = events
        .iter()
        .map(|it| it.resource.get("sub_mchid"))
        .collect();
    assert_eq!(told, [None]);
}

#[test]
fn payments_of_sub_merchants_have_different_numbers() {
    let shop = provider();
    shop.post(
        "complete",
        json!({"total_amount": 300, "sub_mchid": OWNERS[1]}),
    );
    let paid = OWNERS.map(|owner| {
        shop.sandbox.pay(&format!("{owner}/S1")).unwrap();
        let order = shop.order_of(owner);
        order["collection"]["details"][0]["transaction_id"].clone()
    });
    assert!(paid[0].is_string());
    assert_ne!(paid[0], paid[1]);
}

/// The payment is found by its `transaction_id`. The number of the order is that of the service order only.
#[test]
fn the_payment_of_an_order_is_refunded() {
    let shop = Shop::completed();
    shop.sandbox.pay("S1").unwrap();
    shop.events();
    let paid = &shop.order()["collection"]["details"][0];
    let refund = |number: Value| {
        let mut body = json!({
            "out_refund_no": "R1",
            "amount": {"refund": 100, "total": 300, "currency": "CNY"},
        });
        let known = number.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(known);
        let call = shop.client.chain("v3/refund/domestic/refunds");
        call.post(body, ()).wait()
    };
    assert!(refund(json!({"out_trade_no": "S1"})).is_err());
    refund(json!({"transaction_id": paid["transaction_id"]})).unwrap();
    assert_eq!(shop.events(), ["REFUND.SUCCESS"]);
    assert!(shop.sandbox.pay("S1").is_err());
    assert_eq!(shop.order()["state"], "DONE");
}

/// A number of another product is another number.
#[test]
fn an_order_of_another_product_has_its_own_record() {
    const RETAIL: &str = "v3/payscore/smartretail-orders";
    let shop = Shop::open(ORDER);
    shop.post("", created());
    let body = sample(RETAIL, json!({"out_order_no": "S1"}));
    shop.client.chain(RETAIL).post(body, ()).wait().unwrap();
    let retail = || -> Value {
        let call = shop
            .client
            .chain(RETAIL)
            .get(())
            .query("out_order_no", "S1");
        let call = call.query("service_id", "1").query("appid", "wx1");
        call.wait().unwrap().json().unwrap()
    };
    let before = retail();
    let done = shop.post("complete", json!({"total_amount": 300}));
    assert_eq!(done["state_description"], "MCH_COMPLETE");
    shop.sandbox.pay("S1").unwrap();
    assert!(shop.sandbox.pay("S1").is_err());
    assert_eq!(
        shop.events(),
        ["PAYSCORE.USER_CONFIRM", "PAYSCORE.USER_PAID"]
    );
    assert_eq!(shop.order()["state"], "DONE");
    assert_eq!(retail(), before);

    // The newest record of the number is the one whose state is set.
    shop.sandbox.set_state("S1", "REVOKED").unwrap();
    assert_eq!(shop.order()["state"], "DONE");
    assert_eq!(shop.events(), [""; 0]);
}
