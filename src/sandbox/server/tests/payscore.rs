//! Tests the life of orders of 微信支付分.

#[cfg(feature = "control")]
mod control;
mod owners;
mod stages;

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

    /// A shop with an order of 300 fen that is confirmed and completed.
    fn completed() -> Self {
        let shop = Self::open(ORDER);
        shop.post("", created());
        shop.post("complete", json!({"total_amount": 300}));
        assert_eq!(shop.events(), ["PAYSCORE.USER_CONFIRM"]);
        shop
    }

    /// Sends the required members, and those given.
    fn post(&self, verb: &str, members: Value) -> Value {
        self.send(verb, members).unwrap()
    }

    /// As [`post`](Self::post), or the error as a text.
    fn send(&self, verb: &str, members: Value) -> Result<Value, String> {
        let path = match verb {
            "" => self.base.to_owned(),
            "direct-complete" => format!("{}/{verb}", self.base),
            verb => format!("{}/{{out_order_no}}/{verb}", self.base),
        };
        let body = sample(&path, members);
        let is_named = path.contains("{");
        let call = self.client.chain(path).post(body, ());
        let call = if is_named {
            call.var("out_order_no", "S1")
        } else {
            call
        };
        let res = call.wait().map_err(|err| err.to_string())?;
        Ok(res.json().unwrap_or_default())
    }

    fn order(&self) -> Value {
        self.order_of("1900008888")
    }

    fn order_of(&self, sub_mchid: &str) -> Value {
        let mut call = self.client.chain(self.base).get(());
        for (name, value) in [
            ("out_order_no", "S1"),
            ("service_id", "1"),
            ("appid", "wx1"),
        ] {
            call = call.query(name, value);
        }
        if self.base.contains("partner") {
            call = call.query("sub_mchid", sub_mchid);
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

/// The required members of a request, and those given.
fn sample(path: &str, members: Value) -> Value {
    let schema = schema::find(&Method::POST, path).unwrap();
    let sample = SampleRequest::required(&schema, 1);
    let mut body = sample.body().cloned().unwrap_or_else(|| json!({}));
    body["service_id"] = json!("1");
    body["appid"] = json!("wx1");
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

const ORDER: &str = "v3/payscore/serviceorder";
const PARTNER: &str = "v3/payscore/partner/serviceorder";

fn created() -> Value {
    json!({"out_order_no": "S1", "notify_url": "https://example.com/n", "need_user_confirm": true})
}

#[test]
fn an_order_is_confirmed_and_completed() {
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
}

#[test]
fn a_completed_order_is_paid() {
    let shop = Shop::completed();
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
        (PARTNER, 14),
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
