//! A body that differs from the signed one, in both directions.

use encoding_rs::{GBK, WINDOWS_1252};
use wechatpay_sandbox::Sandbox;

use super::super::super::Outcome;
use super::super::super::raw::Raw;
use super::{causes, header, refused};

const TARGET: &str = "/base/v3/a%20b?x=1&y=2";

/// A body as it is sent, as it is signed, and the cause.
type Pair = (Vec<u8>, Vec<u8>, &'static str);

fn sent_and_signed() -> Vec<Pair> {
    let text = "{\"description\":\"深圳店\"}";
    let latin = "{\"description\":\"café\"}";
    let twice = |text: &str| text.bytes().map(char::from).collect::<String>();
    let bytes = |text: &str| text.as_bytes().to_vec();
    let gbk = GBK.encode(text).0.into_owned();
    let latin1: Vec<u8> = latin.chars().map(|c| c as u8).collect();
    let cp1252 = |text: &str| {
        WINDOWS_1252
            .decode_without_bom_handling(text.as_bytes())
            .0
            .into_owned()
    };
    let (lf, crlf) = ("{\n \"a\": 1\n}", "{\r\n \"a\": 1\r\n}");
    vec![
        (bytes(text), gbk.clone(), "body_charset"),
        (gbk, bytes(text), "body_charset"),
        (bytes(latin), latin1.clone(), "body_charset"),
        (latin1, bytes(latin), "body_charset"),
        (bytes(text), bytes(&twice(text)), "body_charset"),
        (bytes(&twice(text)), bytes(text), "body_charset"),
        (bytes(&cp1252(text)), bytes(text), "body_charset"),
        (bytes(lf), bytes(crlf), "body_line_ends"),
        (bytes(crlf), bytes(lf), "body_line_ends"),
        (bytes("{\"a\":1}"), bytes("{\"a\":1.0}"), "body_numbers"),
        (bytes("{\"a\":1.0}"), bytes("{\"a\":1}"), "body_numbers"),
        (
            bytes("{\"a\":[1]}"),
            bytes("{\"a\": [\"1\"]}"),
            "body_numbers",
        ),
        (bytes("{\"a\":\"1\"}"), bytes("{\"a\":1}"), "body_numbers"),
        (
            bytes("{\"a\":1,\"b\":null}"),
            bytes("{\"a\":1}"),
            "body_without_nulls",
        ),
        (
            bytes("{\"b\":1,\"a\":2}"),
            bytes("{\"a\":2,\"b\":1}"),
            "body_reordered",
        ),
        (
            bytes("{\"a\":\"???\"}"),
            bytes("{\"a\":\"深圳店\"}"),
            "other_text body_question_marks",
        ),
    ]
}

#[test]
fn a_body_that_differs_from_the_signed_one_is_found_in_both_directions() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (sent, signed, cause) in sent_and_signed() {
        let mut raw = Raw::new(&sandbox, "POST", TARGET)?.body(sent);
        raw.signed = Some(signed);
        let authorization = header(&raw, &raw.key.sign(&raw.text())?);
        let shown = String::from_utf8_lossy(&raw.text()).into_owned();
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call).join(" "), cause, "{shown}");
    }
    Ok(())
}

/// As Gson and Go write a struct whose members have no value.
#[test]
fn nulls_that_are_signed_and_not_sent_are_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let target = "/v3/pay/transactions/out-trade-no/T1/close";
    let mut raw = Raw::new(&sandbox, "POST", target)?.body("{\"x\":1}");
    raw.signed = Some("{\"mchid\":null,\"x\":1}".into());
    let authorization = header(&raw, &raw.key.sign(&raw.text())?);
    let call = refused(&sandbox, raw, authorization)?;
    assert_eq!(causes(&call), ["body_with_nulls"]);
    Ok(())
}

/// A native order as it is sent, as it is signed, and the cause.
const ORDERS: [(&str, &str, &str); 6] = [
    // Sorted, as the order of the members was.
    (
        r#"{"amount":{"currency":"CNY","total":1},"appid":"wx8","mchid":"1","out_trade_no":"T1","x":1}"#,
        r#"{"mchid":"1","appid":"wx8","x":1,"out_trade_no":"T1","amount":{"total":1,"currency":"CNY"}}"#,
        "body_reordered",
    ),
    (
        r#"{"appid": "wx8", "description": "店", "mchid": "1"}"#,
        r#"{"mchid": "1", "appid": "wx8", "description": "店"}"#,
        "body_reordered",
    ),
    // Nulls as they stand in a program, at the end, and in the order of the documentation.
    (
        r#"{"appid":"wx8","mchid":"1"}"#,
        r#"{"appid":"wx8","attach":null,"mchid":"1","time_expire":null}"#,
        "body_with_nulls",
    ),
    (
        r#"{"appid":"wx8","mchid":"1"}"#,
        r#"{"appid":"wx8","mchid":"1","attach":null,"time_expire":null,"goods_tag":null}"#,
        "body_with_nulls",
    ),
    (
        r#"{"mchid":"1","appid":"wx8"}"#,
        r#"{"appid":"wx8","mchid":"1","attach":null,"time_expire":null,"goods_tag":null}"#,
        "body_with_nulls",
    ),
    // Only integers: the number of the merchant is a text.
    (
        r#"{"mchid":"1900000109","amount":{"total":"100"}}"#,
        r#"{"mchid":"1900000109","amount":{"total":100}}"#,
        "body_numbers",
    ),
];

#[test]
fn what_a_serializer_destroyed_is_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (sent, signed, cause) in ORDERS {
        let mut raw = Raw::new(&sandbox, "POST", "/v3/pay/transactions/native")?.body(sent);
        raw.signed = Some(signed.into());
        let authorization = header(&raw, &raw.key.sign(&raw.text())?);
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call), [cause], "{signed}");
        let found = call["diagnosis"]["signed"].as_str().unwrap();
        assert!(found.ends_with(&format!("{signed}\n")), "{found}");
    }
    Ok(())
}

#[test]
fn an_upload_with_another_content_type_is_found() -> Outcome {
    const META: &str = "{\"filename\":\"a.png\"}";
    let sandbox = Sandbox::start_blocking()?;
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{META}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nabc\r\n--b--\r\n"
    );
    for kind in ["application/octet-stream", "image/png", "application/json"] {
        let mut raw = Raw::new(&sandbox, "POST", "/v3/merchant/media/upload")?
            .header("Content-Type", kind)
            .body(body.clone());
        raw.signed = Some(META.into());
        let authorization = header(&raw, &raw.key.sign(&raw.text())?);
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call), ["upload_content_type"], "{kind}");
    }
    Ok(())
}
