//! Tests APIv2 as clients see it.

use std::io::{Read, Write};

use serde_json::{Value, json};
use wechatpay_core::protocol::{SignType, xml};

use super::limits::connect;
use crate::Sandbox;

/// Sends members to a path, signed, and gives the head and the body of the response.
fn post(sandbox: &Sandbox, path: &str, members: &Value) -> (String, String) {
    let mut texts: Vec<(String, String)> = vec![("nonce_str".into(), "n1".into())];
    for (name, value) in members.as_object().unwrap() {
        texts.push((name.clone(), value.as_str().unwrap().to_owned()));
    }
    let key = sandbox.v2_key();
    let pairs = || texts.iter().map(|(name, value)| (&**name, &**value));
    let sign = SignType::Md5.sign(pairs(), key).unwrap();
    let body = xml::encode(pairs().chain([("sign", &*sign)])).unwrap();
    let mut stream = connect(sandbox);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn start() -> Sandbox {
    Sandbox::builder().tls(false).start_blocking().unwrap()
}

#[test]
fn a_failure_names_the_app_and_the_merchant() {
    let sandbox = start();
    let query = json!({"appid": "wx8888888888888888", "mch_id": sandbox.mchid(), "out_trade_no": "UNKNOWN1"});
    let (_, body) = post(&sandbox, "/pay/orderquery", &query);
    let members = xml::decode(body.as_bytes()).unwrap();
    let names: Vec<_> = members.keys().map(String::as_str).collect();
    assert_eq!(members["err_code_des"], "order not exist");
    assert_eq!(
        names,
        [
            "return_code",
            "return_msg",
            "result_code",
            "appid",
            "mch_id",
            "nonce_str",
            "err_code",
            "err_code_des",
            "sign"
        ]
    );
}

#[test]
fn orders_and_refunds_are_in_the_simulation_too() {
    let sandbox = start();
    let refund = json!({
        "appid": "wx8888888888888888", "mch_id": sandbox.mchid(), "out_trade_no": "T1234567",
        "out_refund_no": "R1234567", "total_fee": "101", "refund_fee": "101",
    });
    for start in ["sandboxnew", "xdc/apiv2sandbox", "v2/sandboxnew"] {
        for path in [
            "secapi/pay/refund",
            "pay/closeorder",
            "secapi/pay/reverse",
            "pay/unifiedorder",
        ] {
            let mut members = refund.clone();
            if path == "pay/unifiedorder" {
                for (name, value) in [
                    ("body", "b"),
                    ("spbill_create_ip", "1.2.3.4"),
                    ("trade_type", "NATIVE"),
                    ("notify_url", "https://example.com/n"),
                    ("product_id", "1"),
                ] {
                    members[name] = json!(value);
                }
            }
            let (head, body) = post(&sandbox, &format!("/{start}/{path}"), &members);
            assert!(head.starts_with("HTTP/1.1 200"), "{start}/{path} {head}");
            assert!(
                body.contains("<result_code><![CDATA[SUCCESS]]>"),
                "{start}/{path} {body}"
            );
        }
    }
}

#[test]
fn an_unknown_path_is_refused_in_xml() {
    let sandbox = start();
    let (head, body) = post(
        &sandbox,
        "/pay/nosuchthing",
        &json!({"mch_id": sandbox.mchid()}),
    );
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    assert!(
        head.to_ascii_lowercase().contains("content-type: text/xml") || head.contains("xml"),
        "{head}"
    );
    let members = xml::decode(body.as_bytes()).unwrap();
    assert_eq!(members["return_code"], "FAIL");
}
