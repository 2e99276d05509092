//! The right key has signed another text.

use serde_json::{Value, json};
use wechatpay_chain::Padding;
use wechatpay_sandbox::Sandbox;

use super::super::super::Outcome;
use super::super::super::raw::Raw;
use super::{causes, header, newest, refused, signed};

const BODY: &str = "{\"b\":\"店/1\",\"a\":1,\"c\":null}";
const TARGET: &str = "/base/v3/a%20b?x=1&y=2";

/// A request, and the text that is signed for it: `{t}` is the timestamp, `{n}` the nonce.
type Case = (&'static str, &'static str, &'static str, &'static str);

const CASES: [Case; 41] = [
    (
        "POST",
        "",
        "POST\n{u}\n{t}\n{n}\n{b}",
        "last_line_break_missing",
    ),
    ("POST", "", "POST\n{u}\n{t}\n{n}\n", "body_line_missing"),
    (
        "POST",
        "",
        "POST\r\n{u}\r\n{t}\r\n{n}\r\n{b}\r\n",
        "line_ends_crlf",
    ),
    (
        "POST",
        "",
        "POST\\n{u}\\n{t}\\n{n}\\n{b}\\n",
        "line_ends_literal",
    ),
    ("POST", "", "POST{u}{t}{n}{b}", "line_breaks_missing"),
    ("POST", "", "POST\n{u}\n{t}\n{n}\n{b}\n\n", "body_ends"),
    (
        "POST",
        "",
        "POST\n{u}\n{n}\n{t}\n{b}\n",
        "nonce_before_timestamp",
    ),
    ("POST", "", "{t}\n{n}\n{b}\n", "text_of_answer"),
    ("POST", "", "{u}\n{t}\n{n}\n{b}\n", "method_missing"),
    ("POST", "", "POST\n{u}\n{n}\n{b}\n", "timestamp_missing"),
    ("POST", "", "POST\n{u}\n{t}\n{b}\n", "nonce_missing"),
    (
        "POST",
        "",
        "post\n{u}\n{t}\n{n}\n{b}\n",
        "method_lower_case",
    ),
    (
        "POST",
        "",
        "Post\n{u}\n{t}\n{n}\n{b}\n",
        "method_lower_case",
    ),
    ("POST", "", "GET\n{u}\n{t}\n{n}\n{b}\n", "method_other"),
    (
        "POST",
        "",
        "POST\n{u}\n{t}123\n{n}\n{b}\n",
        "timestamp_unit",
    ),
    (
        "POST",
        "",
        "POST\n{u}\n{t+1}\n{n}\n{b}\n",
        "timestamp_other",
    ),
    ("POST", "", "POST\n{u}\n{t}\n{N}\n{b}\n", "nonce_case"),
    ("POST", "", "POST\n{u}\n{t}\n{n}\n\n", "body_missing"),
    ("POST", "", "POST\n{u}\n{t}\n{n}\n\u{feff}{b}\n", "body_bom"),
    (
        "POST",
        "\u{feff}{\"a\":1}",
        "POST\n{u}\n{t}\n{n}\n{\"a\":1}\n",
        "body_bom",
    ),
    (
        "POST",
        "{\"a\":1}\n",
        "POST\n{u}\n{t}\n{n}\n{\"a\":1}\n",
        "body_ends",
    ),
    (
        "POST",
        "",
        "POST\n{u}\n{t}\n{n}\n{\"b\":\"\\u5e97\\/1\",\"a\":1,\"c\":null}\n",
        "body_rewritten",
    ),
    (
        "POST",
        "",
        "POST\n{u}\n{t}\n{n}\n{\"b\": \"店/1\", \"a\": 1, \"c\": null}\n",
        "body_rewritten",
    ),
    (
        "POST",
        "",
        "POST\n{u}\n{t}\n{n}\n{\"a\":1,\"b\":\"店/1\",\"c\":null}\n",
        "body_reordered",
    ),
    (
        "POST",
        "",
        "POST\n{u}\n{t}\n{n}\n{\"b\":\"店/1\",\"a\":1}\n",
        "body_without_nulls",
    ),
    (
        "POST",
        "",
        "POST\n{u}\n{t}\n{n}\n{\"b\":\"?/1\",\"a\":1,\"c\":null}\n",
        "body_charset",
    ),
    ("GET", "", "GET\n{u}\n{t}\n{n}\n\n\n", "line_break_too_many"),
    ("GET", "", "GET\n{u}\n{t}\n{n}\n{}\n", "body_not_sent"),
    ("GET", "", "GET\n{u}\n{t}\n{n}\nx=1&y=2\n", "query_as_body"),
    (
        "GET",
        "",
        "GET\n/base/v3/a%20b\n{t}\n{n}\n\n",
        "query_missing",
    ),
    (
        "GET",
        "",
        "GET\n/base/v3/a%20b?y=2&x=1\n{t}\n{n}\n\n",
        "query_reordered",
    ),
    (
        "GET",
        "",
        "GET\n/base/v3/a b?x=1&y=2\n{t}\n{n}\n\n",
        "path_decoded",
    ),
    (
        "GET",
        "",
        "GET\nbase/v3/a%20b?x=1&y=2\n{t}\n{n}\n\n",
        "leading_slash_missing",
    ),
    (
        "GET",
        "",
        "GET\n/base/v3/a%20b/?x=1&y=2\n{t}\n{n}\n\n",
        "trailing_slash",
    ),
    (
        "GET",
        "",
        "GET\n/v3/a%20b?x=1&y=2\n{t}\n{n}\n\n",
        "base_path_missing",
    ),
    ("GET", "", "GET\n/v3{u}\n{t}\n{n}\n\n", "base_path_added"),
    (
        "GET",
        "",
        "GET\nhttp://127.0.0.1{u}\n{t}\n{n}\n\n",
        "whole_url",
    ),
    (
        "GET",
        "",
        "GET\nhttps://api.mch.weixin.qq.com{u}\n{t}\n{n}\n\n",
        "whole_url",
    ),
    ("GET", "", "GET\n127.0.0.1{u}\n{t}\n{n}\n\n", "whole_url"),
    (
        "POST",
        "",
        "post\n{u}\n{t}\n{n}\n\n",
        "method_lower_case body_missing",
    ),
    ("GET", "", "GET\nv3/a%20b\n{t}\n{n}\n\n", "other_text"),
];

fn filled(raw: &Raw, text: &str) -> String {
    let body = String::from_utf8_lossy(&raw.body);
    let mut text = text.to_owned();
    for (name, value) in [
        ("{u}", raw.target.clone()),
        ("{t}", raw.timestamp.to_string()),
        ("{t+1}", (raw.timestamp + 1).to_string()),
        ("{n}", raw.nonce.clone()),
        ("{N}", raw.nonce.to_uppercase()),
        ("{b}", body.into_owned()),
    ] {
        text = text.replace(name, &value);
    }
    text
}

#[test]
fn each_likely_text_is_found_with_its_cause() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (method, body, text, cause) in CASES {
        let body = match (method, body) {
            ("GET", _) => "",
            (_, "") => BODY,
            (_, other) => other,
        };
        let raw = Raw::new(&sandbox, method, TARGET)?.body(body);
        let text = filled(&raw, text);
        let authorization = header(&raw, &raw.key.sign(text.as_bytes())?);
        let call = refused(&sandbox, raw, authorization)?;
        assert_eq!(causes(&call).join(" "), cause, "{text}");
        match cause {
            "other_text" => assert_eq!(call["diagnosis"]["signed"], json!(null)),
            _ => assert_eq!(signed(&call)?, text),
        }
    }
    Ok(())
}

#[test]
fn the_path_of_a_known_operation_is_found_with_its_variables() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let target = "/v3/pay/transactions/out-trade-no/T1?mchid=1";
    let raw = Raw::new(&sandbox, "GET", target)?;
    let text = filled(
        &raw,
        "GET\n/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid=1\n{t}\n{n}\n\n",
    );
    let authorization = header(&raw, &raw.key.sign(text.as_bytes())?);
    let call = refused(&sandbox, raw, authorization)?;
    assert_eq!(causes(&call), ["path_template"]);
    assert_eq!(signed(&call)?, text);
    Ok(())
}

#[test]
fn a_body_that_was_signed_before_its_fields_were_encrypted_is_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut receiver = json!({
        "appid": "wxd678efh567hg6787",
        "type": "PERSONAL_OPENID",
        "account": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "name": "张三",
        "relation_type": "USER",
    });
    let plain = receiver.to_string();
    let key = sandbox.platform_public_key();
    receiver["name"] = json!(key.encrypt(Padding::Oaep, "张三".as_bytes())?);
    let mut raw = Raw::post(&sandbox, "/v3/profitsharing/receivers/add", &receiver)?
        .header("Wechatpay-Serial", sandbox.platform_key_id());
    raw.signed = Some(plain.into());
    let text = String::from_utf8(raw.text())?;
    let authorization = header(&raw, &raw.key.sign(text.as_bytes())?);
    let call = refused(&sandbox, raw, authorization)?;
    assert_eq!(causes(&call), ["body_before_encryption"]);
    assert_eq!(signed(&call)?, text);
    Ok(())
}

#[test]
fn an_upload_that_was_signed_as_a_whole_is_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut raw = Raw::new(&sandbox, "POST", "/v3/merchant/media/upload")?
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(
            "--b\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{\"filename\":\"a.png\"}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nabc\r\n\
             --b--\r\n",
        );
    raw.signed = Some(raw.body.clone());
    let authorization = header(&raw, &raw.key.sign(&raw.text())?);
    let call = refused(&sandbox, raw, authorization)?;
    assert_eq!(causes(&call), ["body_whole_upload"]);
    assert!(signed(&call)?.ends_with("--b--\r\n\n"));
    Ok(())
}

/// The diagnosis of a request whose text is written by hand.
fn found(sandbox: &Sandbox, raw: Raw, text: &str) -> Outcome<Value> {
    let text = filled(&raw, text);
    let authorization = header(&raw, &raw.key.sign(text.as_bytes())?);
    let call = refused(sandbox, raw, authorization)?;
    if !causes(&call).contains(&"body_form".to_owned()) {
        assert_eq!(signed(&call)?, text);
    }
    Ok(call)
}

#[test]
fn a_base_url_s_slash_and_a_path_s_are_told() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let (two, one) = (
        "//v3/pay/transactions/native",
        "/v3/pay/transactions/native",
    );
    for (sent, signed) in [(two, one), (one, two)] {
        let raw = Raw::new(&sandbox, "POST", sent)?.body(BODY);
        let call = found(
            &sandbox,
            raw,
            &format!("POST\n{signed}\n{{t}}\n{{n}}\n{{b}}\n"),
        )?;
        assert_eq!(causes(&call), ["two_slashes"], "{sent}");
    }
    // No header signs APIv2's XML, so it is the path that is wrong.
    let raw = Raw::new(&sandbox, "POST", "//pay/unifiedorder")?.body("<xml/>");
    assert_eq!(raw.send(&sandbox)?.status, 404);
    let why = newest(&sandbox)?["verdict"]["why"].to_string();
    assert!(why.contains("the base URL ends with /"), "{why}");
    // Both with two: it is signed as it is sent, and leads nowhere.
    let raw = Raw::new(&sandbox, "POST", two)?.body(BODY).authorized()?;
    assert_eq!(raw.send(&sandbox)?.status, 404);
    let why = newest(&sandbox)?["verdict"]["why"].to_string();
    assert!(why.contains("the base URL ends with /"), "{why}");
    Ok(())
}

#[test]
fn what_is_sent_otherwise_than_as_the_json_that_is_signed_is_found() -> Outcome {
    const FORM: &str = "application/x-www-form-urlencoded";
    let sandbox = Sandbox::start_blocking()?;
    let inner = "{\"description\": \"\\u5e97\", \"amount\": 1}";
    let twice = json!(inner).to_string();
    let form = "description=%E5%BA%97+1&amount=1";
    let json = "{\"description\":\"店 1\",\"amount\":1}";
    for (kind, body, signed, cause) in [
        ("application/json", twice.as_str(), inner, "body_json_twice"),
        (FORM, form, json, "body_form"),
        (FORM, form, "nobody would guess this", "body_form"),
        // It is a form whatever else is wrong with it.
        (FORM, form, "", "body_missing body_form"),
    ] {
        let raw = Raw::new(&sandbox, "POST", "/v3/any")?
            .header("Content-Type", kind)
            .body(body);
        let call = found(
            &sandbox,
            raw,
            &format!("POST\n{{u}}\n{{t}}\n{{n}}\n{signed}\n"),
        )?;
        assert_eq!(causes(&call).join(" "), cause, "{signed}");
        assert_eq!(
            call["diagnosis"]["signed"].is_null(),
            signed.starts_with("nobody")
        );
    }
    Ok(())
}

#[test]
fn what_languages_write_for_nothing_is_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for nothing in ["None", "undefined", "[object Object]", "nil", "null"] {
        let raw = Raw::new(&sandbox, "GET", TARGET)?;
        let call = found(
            &sandbox,
            raw,
            &format!("GET\n{{u}}\n{{t}}\n{{n}}\n{nothing}\n"),
        )?;
        assert_eq!(causes(&call), ["body_not_sent"], "{nothing}");
    }
    Ok(())
}

#[test]
fn the_order_of_the_documentation_is_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let sorted =
        "{\"amount\":{\"currency\":\"CNY\",\"total\":1},\"appid\":\"wx8\",\"mchid\":\"1\",\"x\":1}";
    let raw = Raw::new(&sandbox, "POST", "/v3/pay/transactions/native")?.body(sorted);
    let call = found(
        &sandbox,
        raw,
        "POST\n{u}\n{t}\n{n}\n{\"appid\": \"wx8\", \"mchid\": \"1\", \"amount\": {\"total\": 1, \
         \"currency\": \"CNY\"}, \"x\": 1}\n",
    )?;
    assert_eq!(causes(&call), ["body_reordered"]);
    Ok(())
}

#[test]
fn two_things_that_are_wrong_with_the_lines_are_found() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (text, expected) in [
        (
            "post\n{u}\n{t}\n{n}\n{b}",
            ["last_line_break_missing", "method_lower_case"],
        ),
        (
            "POST\n{u}\n{t}007\n{n}\n{b}",
            ["timestamp_unit", "last_line_break_missing"],
        ),
        (
            "post\n{u}\n{t}999\n{n}\n{b}\n",
            ["timestamp_unit", "method_lower_case"],
        ),
    ] {
        let raw = Raw::new(&sandbox, "POST", TARGET)?.body(BODY);
        assert_eq!(causes(&found(&sandbox, raw, text)?), expected);
    }
    Ok(())
}
