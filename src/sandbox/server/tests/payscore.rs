//! Tests the life of orders of 微信支付分.

use http::Method;
use serde_json::{Value, json};
use wechatpay_chain::Client;

use crate::{SampleRequest, Sandbox, schema};

struct Shop {
    sandbox: Sandbox,
    client: Client,
    base: &'static str,
}

impl Shop {
    fn open(base: &'static str) -> Self {
        let sandbox = Sandbox::builder().tls(false).start_blocking().unwrap();
        let client = sandbox.client().unwrap();
        Self {
            sandbox,
            client,
            base,
        }
    }

    /// Sends the required members, and those given.
    fn post(&self, verb: &str, members: Value) -> Value {
        let path = match verb {
            "" => self.base.to_owned(),
            verb => format!("{}/{{out_order_no}}/{verb}", self.base),
        };
        let schema = schema::find(&Method::POST, &path).unwrap();
        let sample = SampleRequest::required(&schema, 1);
        let mut body = sample.body().cloned().unwrap_or_else(|| json!({}));
        body["service_id"] = json!("1");
        body["appid"] = json!("wx1");
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        let call = self.client.chain(path).post(body, ());
        let call = if verb.is_empty() {
            call
        } else {
            call.var("out_order_no", "S1")
        };
        let res = call.wait().unwrap();
        res.json().unwrap_or_default()
    }

    fn order(&self) -> Value {
        let mut call = self.client.chain(self.base).get(());
        for (name, value) in [
            ("out_order_no", "S1"),
            ("service_id", "1"),
            ("appid", "wx1"),
        ] {
            call = call.query(name, value);
        }
        if self.base.contains("partner") {
            call = call.query("sub_mchid", "1900008888");
        }
        call.wait().unwrap().json().unwrap()
    }

    fn states(&self) -> Vec<Value> {
        let order = self.order();
        let at = |pointer: &str| order.pointer(pointer).cloned().unwrap_or_default();
        vec![
            at("/state"),
            at("/state_description"),
            at("/collection/state"),
        ]
    }

    fn events(&self) -> Vec<&'static str> {
        let events = self.sandbox.take_events();
        events.iter().map(|event| event.event_type).collect()
    }
}

const ORDER: &str = "v3/payscore/serviceorder";

fn created() -> Value {
    json!({"out_order_no": "S1", "notify_url": "https://example.com/n", "need_user_confirm": true})
}

#[test]
fn an_order_is_confirmed_completed_and_paid() {
    let shop = Shop::open(ORDER);
    let made = shop.post("", created());
    assert_eq!(made["state"], "CREATED");
    assert_eq!(made["state_description"], Value::Null);
    assert_eq!(shop.states(), [json!("CREATED"), Value::Null, Value::Null]);
    assert_eq!(shop.events(), [""; 0]);
    shop.sandbox.pay("S1").unwrap();
    assert_eq!(
        shop.states(),
        [json!("DOING"), json!("USER_CONFIRM"), Value::Null]
    );
    assert!(shop.sandbox.pay("S1").is_err());
    let done = shop.post("complete", json!({"total_amount": 300}));
    assert_eq!(done["state_description"], "MCH_COMPLETE");
    assert_eq!(
        shop.states(),
        [json!("DOING"), json!("MCH_COMPLETE"), json!("USER_PAYING")]
    );
    let paying = &shop.order()["collection"];
    assert_eq!(
        (&paying["paying_amount"], &paying["paid_amount"]),
        (&json!(300), &json!(0))
    );
    assert_eq!(shop.events(), ["PAYSCORE.USER_CONFIRM"]);
    shop.sandbox.pay("S1").unwrap();
    let order = shop.order();
    assert_eq!(
        shop.states(),
        [json!("DONE"), Value::Null, json!("USER_PAID")]
    );
    let paid = &order["collection"];
    assert_eq!(
        (
            &order["total_amount"],
            &paid["paid_amount"],
            &paid["paying_amount"]
        ),
        (&json!(300), &json!(300), &json!(0))
    );
    assert_eq!(paid["details"][0]["amount"], 300);
    assert_eq!(paid["details"][0]["paid_time"].as_str().unwrap().len(), 14);
    let events = shop.sandbox.take_events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event_type, "PAYSCORE.USER_PAID");
    assert_eq!(events[0].resource["state"], "DONE");
    assert_eq!(
        events[0].notify_url.as_deref(),
        Some("https://example.com/n")
    );
}

#[test]
fn an_order_is_completed_without_an_action_of_the_user() {
    let shop = Shop::open(ORDER);
    shop.post("", created());
    shop.post("complete", json!({"total_amount": 300}));
    assert_eq!(shop.events(), ["PAYSCORE.USER_CONFIRM"]);
    shop.post("modify", json!({"total_amount": 200}));
    assert_eq!(shop.order()["collection"]["paying_amount"], 200);
    let synced = shop.post(
        "sync",
        json!({"type": "Order_Paid", "detail": {"paid_time": "20091225091210"}}),
    );
    assert_eq!(synced["state"], "DONE");
    let detail = &shop.order()["collection"]["details"][0];
    assert_eq!(
        (&detail["paid_type"], &detail["paid_time"]),
        (&json!("MCH"), &json!("20091225091210"))
    );
    // What is done stays done.
    shop.post("cancel", json!({"reason": "r"}));
    assert_eq!(shop.states()[0], "DONE");
}

#[test]
fn an_order_is_cancelled_or_expires_or_costs_nothing() {
    let shop = Shop::open(ORDER);
    shop.post("", created());
    shop.post("cancel", json!({"reason": "r"}));
    assert_eq!(shop.states(), [json!("REVOKED"), Value::Null, Value::Null]);
    assert_eq!(shop.events(), [""; 0]);
    let shop = Shop::open(ORDER);
    shop.post(
        "",
        json!({"out_order_no": "S1", "need_user_confirm": false}),
    );
    assert_eq!(shop.states()[1], "USER_CONFIRM");
    shop.post("complete", json!({"total_amount": 0}));
    assert_eq!(shop.states(), [json!("DONE"), Value::Null, Value::Null]);
}

#[test]
fn the_merchant_collects_the_payment() {
    let shop = Shop::open(ORDER);
    shop.post("", created());
    shop.post("complete", json!({"total_amount": 300}));
    shop.post("pay", json!({}));
    assert_eq!(
        shop.states(),
        [json!("DONE"), Value::Null, json!("USER_PAID")]
    );
    assert_eq!(
        shop.events(),
        ["PAYSCORE.USER_CONFIRM", "PAYSCORE.USER_PAID"]
    );
}

/// Orders of service providers and overseas ones, whose completion is answered without a body.
#[test]
fn other_products_have_the_same_states() {
    for (base, length) in [
        ("v3/payscore/partner/serviceorder", 14),
        ("v3/payscore/oversea/partner/serviceorder", 25),
    ] {
        let shop = Shop::open(base);
        let mut made = created();
        made["sub_mchid"] = json!("1900008888");
        shop.post("", made);
        let complete = json!({"total_amount": 300, "sub_mchid": "1900008888"});
        shop.post("complete", complete);
        shop.sandbox.pay("S1").unwrap();
        let order = shop.order();
        assert_eq!(order["state"], "DONE", "{order}");
        let time = &order["collection"]["details"][0]["paid_time"];
        assert_eq!(time.as_str().unwrap_or_default().len(), length, "{order}");
    }
}

#[cfg(feature = "control")]
#[test]
fn the_control_api_pays_an_order() {
    use std::io::{Read, Write};

    let shop = Shop::open(ORDER);
    shop.post("", created());
    let pay = || {
        let mut stream = super::limits::connect(&shop.sandbox);
        let head = b"POST /_sandbox/api/orders/S1/pay HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        stream.write_all(head).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = pay();
    assert!(answer.contains("USER_CONFIRM"), "{answer}");
    let answer = pay();
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    shop.post("complete", json!({"total_amount": 300}));
    let answer = pay();
    assert!(answer.contains("\"DONE\""), "{answer}");
}
