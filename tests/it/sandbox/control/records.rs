//! The parts of a call's record that follow the request: the answer, the fault, the refusal's message.

use serde_json::{Value, json};
use wechatpay_sandbox::{Fault, Sandbox};

use super::super::raw::Raw;
use super::super::{Outcome, is_chinese};
use super::{get, order, post};

const URL: &str = "https://www.example.com/notify";

fn call(sandbox: &Sandbox, id: u64) -> Outcome<Value> {
    get(sandbox, &format!("calls/{id}"))
}

#[test]
fn a_call_has_its_answer_as_it_went_out() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let raw = Raw::new(&sandbox, "GET", "/v3/certificates")?;
    let came = raw.authorized()?.send(&sandbox)?;
    let shown = call(&sandbox, 1)?;
    let answer = &shown["answer"];
    assert_eq!(answer["status"], 200);
    assert_eq!(answer["body"], *String::from_utf8(came.body.clone())?);
    assert_eq!(answer["body_length"], came.body.len());
    let signature = came.headers["wechatpay-signature"].to_str()?;
    assert_eq!(answer["headers"]["wechatpay-signature"], signature);
    assert_eq!(shown["fault"], Value::Null);
    let record = sandbox.last_call().ok_or("no call")?;
    let answer = record.response.ok_or("no answer")?;
    assert_eq!(
        (Some(answer.status), answer.body.to_vec()),
        (record.status, came.body)
    );
    Ok(())
}

#[test]
fn a_call_names_its_fault_and_has_no_answer_when_it_was_cut() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (id, (fault, status)) in (1..).zip([
        ("status=503", Some(503)),
        ("status=429", Some(429)),
        ("cut_before_processing", None),
        ("cut_before_answer", None),
        ("cut_in_body", Some(200)),
        ("html_error_page", Some(502)),
    ]) {
        post(&sandbox, "faults", &json!({"fault": fault}))?;
        assert!(
            order(&sandbox, &format!("TRADE{id}"), URL).is_err(),
            "{fault}"
        );
        let shown = call(&sandbox, id)?;
        assert_eq!(shown["fault"], fault);
        assert_eq!(shown["answer"]["status"], json!(status), "{fault}");
        assert_eq!(shown["answer"].is_null(), status.is_none(), "{fault}");
    }
    // All of the body, of which a part was let out.
    let cut = &call(&sandbox, 5)?["answer"];
    let body: Value = serde_json::from_str(cut["body"].as_str().ok_or("no body")?)?;
    assert!(body["code_url"].is_string());
    assert_eq!(sandbox.calls()[2].fault, Some(Fault::CutBeforeProcessing));
    order(&sandbox, "TRADE9", URL)?;
    assert_eq!(call(&sandbox, 7)?["fault"], Value::Null);
    Ok(())
}

#[test]
fn a_refusal_has_its_message_and_why() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "", URL).unwrap_err();
    Raw::new(&sandbox, "GET", "/v3/certificates")?.send(&sandbox)?;
    for id in [1, 2] {
        let shown = call(&sandbox, id)?;
        let answer: Value = serde_json::from_str(shown["answer"]["body"].as_str().ok_or("none")?)?;
        assert_eq!(shown["verdict"]["message"], answer["message"]);
        assert_eq!(shown["verdict"]["code"], answer["code"]);
        let message = answer["message"].as_str().unwrap_or_default();
        assert!(!message.is_ascii(), "{message}");
        assert_ne!(shown["verdict"]["why"], message);
        let why_zh = shown["verdict"]["why_zh"].as_str().unwrap_or_default();
        assert!(is_chinese(why_zh), "{}", shown["verdict"]);
    }
    Ok(())
}
