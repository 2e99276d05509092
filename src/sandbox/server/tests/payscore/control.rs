//! Orders in the control API.

use std::io::{Read, Write};

use serde_json::{Value, json};

use super::super::limits::connect;
use super::{ORDER, Shop, created};
use crate::{MerchantSettings, Sandbox};

/// The status and the JSON of a response.
fn ask(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let mut stream = connect(sandbox);
    let body = if method == "GET" {
        String::new()
    } else {
        body.to_string()
    };
    let head = format!(
        "{method} /_sandbox/api/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

fn act(sandbox: &Sandbox, number: &str, verb: &str) -> (u16, Value) {
    ask(
        sandbox,
        "POST",
        &format!("orders/{number}/{verb}"),
        &json!({}),
    )
}

#[test]
fn the_control_api_pays_an_order() {
    let shop = Shop::open(ORDER);
    shop.post("", created());
    let (_, answer) = act(&shop.sandbox, "S1", "pay");
    assert_eq!(answer["orders"][0]["state_description"], "USER_CONFIRM");
    assert_eq!(act(&shop.sandbox, "S1", "pay").0, 409);
    shop.post("complete", json!({"total_amount": 300}));
    // A payment that fails changes nothing.
    let (status, answer) = act(&shop.sandbox, "S1", "fail");
    assert_eq!(status, 409, "{answer}");
    let (_, answer) = act(&shop.sandbox, "S1", "pay");
    assert_eq!(answer["orders"][0]["state"], "DONE");
    assert_eq!(act(&shop.sandbox, "S2", "pay").0, 404);
}

#[test]
fn the_number_of_wechat_pay_finds_an_order() {
    let shop = Shop::open(ORDER);
    let made = shop.post("", created());
    let (_, answer) = act(&shop.sandbox, made["order_id"].as_str().unwrap(), "pay");
    assert_eq!(answer["orders"][0]["out_order_no"], "S1", "{answer}");
    assert_eq!(shop.events(), ["PAYSCORE.USER_CONFIRM"]);
}

#[test]
fn orders_of_a_sub_merchant_are_named_by_both() {
    let shop = Shop::open(super::PARTNER);
    for owner in ["1900008101", "1900008102"] {
        let mut made = created();
        made["sub_mchid"] = json!(owner);
        shop.post("", made);
    }
    assert_eq!(act(&shop.sandbox, "S1", "pay").0, 409);
    let (status, answer) = act(&shop.sandbox, "1900008101/S1", "pay");
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["orders"][0]["sub_mchid"], "1900008101");
    let (_, listed) = ask(&shop.sandbox, "GET", "orders", &Value::Null);
    let state = |place: usize| &listed["service_orders"][place]["state"];
    assert_eq!(
        (state(0), state(1)),
        (&json!("DOING"), &json!("CREATED")),
        "{listed}"
    );
}

/// A number of several merchants needs `mchid`.
#[test]
fn a_number_of_several_merchants_is_ambiguous() {
    let other = MerchantSettings::new("1900000110");
    let sandbox = Sandbox::builder().tls(false).merchant(other);
    let sandbox = sandbox.start_blocking().unwrap();
    let other = sandbox.account("1900000110").unwrap();
    for client in [sandbox.client().unwrap(), other.client().unwrap()] {
        let body = super::sample(ORDER, created());
        client.chain(ORDER).post(body, ()).wait().unwrap();
    }
    let (status, answer) = act(&sandbox, "S1", "pay");
    assert_eq!(status, 409, "{answer}");
    let named = json!({"mchid": "1900000110"});
    let (status, answer) = ask(&sandbox, "POST", "orders/S1/pay", &named);
    assert_eq!(
        (status, &answer["orders"][0]["mchid"]),
        (200, &json!("1900000110"))
    );
    assert_eq!(other.take_events().len(), 1);
    assert_eq!(sandbox.take_events().len(), 0);
}
