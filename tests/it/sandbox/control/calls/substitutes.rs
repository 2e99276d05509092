//! Another text is signed in place of the body or of the path.

use serde_json::Value;
use wechatpay_sandbox::Sandbox;

use super::super::super::Outcome;
use super::super::super::raw::Raw;
use super::{causes, header, refused, signed};

const BODY: &str = r#"{"description":"店 1","notify_url":"https://a.example/?a=1&b=2","amount":{"total":1},"attach":""}"#;
const NATIVE: &str = "/v3/pay/transactions/native";

/// Sends `sent` with a signature over `text`, in which `{t}` is the timestamp and `{n}` the nonce.
fn found(sandbox: &Sandbox, raw: Raw, text: &str) -> Outcome<Value> {
    let text = text
        .replace("{t}", &raw.timestamp.to_string())
        .replace("{n}", &raw.nonce);
    let authorization = header(&raw, &raw.key.sign(text.as_bytes())?);
    let call = refused(sandbox, raw, authorization)?;
    assert_eq!(signed(&call)?, text);
    Ok(call)
}

#[test]
fn a_text_that_stands_for_the_body_is_recognised() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let sha256 = wechatpay_core::crypto::digest::sha256_hex(BODY.as_bytes());
    let base64 = openssl::base64::encode_block(BODY.as_bytes());
    let cases = [
        ("{}", "body_placeholder"),
        ("null", "body_placeholder"),
        ("[object Object]", "body_placeholder"),
        (&*sha256, "body_digest"),
        (&*base64, "body_base64"),
        (
            r#"{"description":"店 1","notify_url":"https://a.example/?a=1&amp;b=2","amount":{"total":1},"attach":""}"#,
            "body_entities",
        ),
        (
            r#"{"description":"店 1","notify_url":"https://a.example/?a=1&b=2","amount":{"total":1}}"#,
            "body_without_empty",
        ),
        (
            r#"{"description":"店 1","amount":{"total":1},"attach":""}"#,
            "body_member_added",
        ),
        (
            r#"{"attach":"","amount":{"total":1},"notify_url":"https://a.example/?a=1&b=2","description":"店 1"}"#,
            "body_reordered",
        ),
        (
            "{'description': '店 1', 'notify_url': 'https://a.example/?a=1&b=2', 'amount': {'total': 1}, 'attach': ''}",
            "body_printed",
        ),
        (
            "{description=店 1, notify_url=https://a.example/?a=1&b=2, amount={total=1}, attach=}",
            "body_printed",
        ),
        (
            "description=%E5%BA%97%201&notify_url=https%3A%2F%2Fa.example%2F%3Fa%3D1%26b%3D2&\
             amount=%7B%22total%22%3A1%7D&attach=",
            "body_as_form",
        ),
        (
            r#""{\"description\":\"\u5e97 1\",\"notify_url\":\"https://a.example/?a=1&b=2\",\"amount\":{\"total\":1},\"attach\":\"\"}""#,
            "body_json_twice",
        ),
    ];
    for (text, cause) in cases {
        let raw = Raw::new(&sandbox, "POST", NATIVE)?.body(BODY);
        let call = found(
            &sandbox,
            raw,
            &format!("POST\n{NATIVE}\n{{t}}\n{{n}}\n{text}\n"),
        )?;
        assert_eq!(causes(&call), [cause], "{text}");
    }
    Ok(())
}

#[test]
fn the_member_that_was_added_after_signing_is_named() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let raw = Raw::new(&sandbox, "POST", NATIVE)?.body(r#"{"a":1,"mchid":"1","b":2}"#);
    let call = found(
        &sandbox,
        raw,
        &format!("POST\n{NATIVE}\n{{t}}\n{{n}}\n{{\"a\":1,\"b\":2}}\n"),
    )?;
    let mistake = &call["diagnosis"]["mistakes"][0];
    assert_eq!(mistake["cause"], "body_member_added");
    assert!(
        mistake["text"]
            .as_str()
            .unwrap()
            .contains("the member mchid is sent")
    );
    assert!(mistake["text_zh"].as_str().unwrap().contains("字段 mchid"));
    Ok(())
}

#[test]
fn the_path_of_another_operation_is_named() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let raw = Raw::new(&sandbox, "POST", NATIVE)?.body(BODY);
    let text = format!("POST\n/v3/pay/transactions/jsapi\n{{t}}\n{{n}}\n{BODY}\n");
    let call = found(&sandbox, raw, &text)?;
    assert_eq!(causes(&call), ["path_other"]);
    let text = call["diagnosis"]["mistakes"][0]["text"].to_string();
    assert!(text.contains("/v3/pay/transactions/jsapi"), "{text}");
    Ok(())
}

#[test]
fn a_query_that_is_signed_as_a_body_or_escaped_is_recognised() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let (path, query) = ("/v3/bill/tradebill", "bill_date=2026-11-28&bill_type=ALL");
    for (text, expected) in [
        (
            format!(
                "GET\n{path}?{query}\n{{t}}\n{{n}}\n{{\"bill_date\":\"2026-11-28\",\"bill_type\":\"ALL\"}}\n"
            ),
            "query_as_body",
        ),
        (
            format!(
                "GET\n{path}?{}\n{{t}}\n{{n}}\n\n",
                query.replace('&', "&amp;")
            ),
            "query_entities",
        ),
    ] {
        let raw = Raw::new(&sandbox, "GET", &format!("{path}?{query}"))?;
        assert_eq!(causes(&found(&sandbox, raw, &text)?), [expected]);
    }
    Ok(())
}

#[test]
fn an_upload_whose_file_is_signed_is_recognised() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let path = "/v3/merchant/media/upload";
    let part = "--b\r\nContent-Disposition: form-data; name=";
    let body = format!(
        "{part}\"meta\"\r\n\r\n{{\"filename\":\"a.png\"}}\r\n{part}\"file\"; filename=\"a.png\"\r\n\r\nabc\r\n--b--\r\n"
    );
    let raw = Raw::new(&sandbox, "POST", path)?
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(body);
    let call = found(&sandbox, raw, &format!("POST\n{path}\n{{t}}\n{{n}}\nabc\n"))?;
    assert_eq!(causes(&call), ["body_upload_file"]);
    Ok(())
}
