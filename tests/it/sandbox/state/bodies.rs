//! Bodies that look like JSON and are not the request's JSON: the records of both, and the next start.

use http::Method;
use serde_json::{Value, json};
use wechatpay_chain::signing::SignType;
use wechatpay_sandbox::schema;
use wechatpay_sandbox::{SampleRequest, Sandbox};

use super::super::raw::Raw;
use super::super::{Outcome, control, last, why};
use super::{builder, entries};

const META: &str = r#"{"filename":"a.jpg","sha256":"5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9"}"#;

/// An upload whose preamble is an opening brace.
fn upload(sandbox: &Sandbox) -> Outcome {
    let part = "--bb\r\nContent-Disposition: form-data; name=";
    let body = format!(
        "{{\r\n{part}\"meta\"\r\nContent-Type: application/json\r\n\r\n{META}\r\n\
         {part}\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n0\r\n--bb--\r\n"
    );
    let mut raw = Raw::new(sandbox, "POST", "/v3/merchant/media/upload")?
        .header("Content-Type", "multipart/form-data; boundary=bb")
        .body(body);
    raw.signed = Some(META.into());
    let answer = raw.authorized()?.send(sandbox)?;
    assert_eq!(answer.status, 200, "{}", why(sandbox)?);
    Ok(())
}

/// A `GET` of APIv2 with a body. Returns the members, which are in its query.
fn sign_contract(sandbox: &Sandbox, body: &str) -> Outcome<Value> {
    let schema = schema::find(&Method::GET, "v2/papay/h5entrustweb").ok_or("no schema")?;
    let sample = SampleRequest::complete(&schema, 0);
    let members = sample.query().iter().filter(|(name, _)| name != "sign");
    let members = members.map(|(name, value)| (&**name, &**value));
    let mut members: Vec<(&str, &str)> = members.collect();
    for (name, value) in &mut members {
        if *name == "mch_id" {
            *value = sandbox.mchid();
        }
    }
    let sign = SignType::Md5.sign(members.iter().copied(), sandbox.v2_key())?;
    members.push(("sign", &sign));
    let encoded = |text| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs = members.iter();
    let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    let raw = Raw::new(sandbox, "GET", &format!("/papay/h5entrustweb?{query}"))?.body(body);
    raw.send(sandbox)?;
    assert!(last(sandbox)?.verdict.is_accepted(), "{}", why(sandbox)?);
    let members = members.iter();
    let members = members.map(|(name, value)| ((*name).to_owned(), json!(value)));
    Ok(Value::Object(members.collect()))
}

/// The members that each call shows.
fn shown(sandbox: &Sandbox, count: usize) -> Outcome<Vec<Value>> {
    let call = |id| Ok(control::get(sandbox, &format!("calls/{id}"))?["decrypted"].take());
    (1..=count).map(call).collect()
}

#[test]
fn a_body_that_begins_as_json_is_not_taken_for_it() -> Outcome {
    let folder = tempfile::tempdir()?;
    let sandbox = builder(folder.path()).start_blocking()?;
    upload(&sandbox)?;
    let mut expected = vec![serde_json::from_str(META)?];
    for body in [r#"{"a":1}"#, "{"] {
        expected.push(sign_contract(&sandbox, body)?);
    }
    let json = |sandbox: &Sandbox| -> Vec<Value> {
        let calls = sandbox.calls().into_iter();
        calls.map(|it| it.json.unwrap_or_default()).collect()
    };
    assert_eq!(json(&sandbox), expected);
    assert_eq!(shown(&sandbox, 3)?, expected);
    let before = entries(&sandbox)?;
    for _ in 0..5 {
        sandbox.set_bill(vec![b'x'; 1 << 20]);
    }
    assert!(entries(&sandbox)? < before + 5, "no checkpoint");
    drop(sandbox);

    let sandbox = builder(folder.path()).start_blocking()?;
    assert_eq!(json(&sandbox), expected);
    assert_eq!(shown(&sandbox, 3)?, expected);
    Ok(())
}
