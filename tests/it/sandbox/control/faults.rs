//! Faults by the API and by header.

use serde_json::json;
use wechatpay_chain::{Client, Error};
use wechatpay_sandbox::{Sandbox, Verdict};

use super::super::raw::Raw;
use super::super::{Outcome, last};
use super::{api, get, order, post, refused};

fn call(client: &Client, fault: Option<&str>) -> Result<(), Error> {
    let headers = fault.map(|fault| ("X-Sandbox-Fault", fault));
    let chain = client.chain("v3/certificates");
    chain.get(headers.as_slice()).wait().map(drop)
}

#[test]
fn they_come_as_often_as_was_said() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let waiting = post(
        &sandbox,
        "faults",
        &json!({"fault": "wrong_signature", "times": 2}),
    )?;
    assert_eq!(
        waiting,
        json!({"faults": [{"fault": "wrong_signature", "times": 2}]})
    );
    post(
        &sandbox,
        "faults",
        &json!({"fault": "status", "status": 503, "times": "always"}),
    )?;
    for _ in 0..2 {
        assert!(call(&client, None).unwrap_err().verify_failure().is_some());
    }
    for _ in 0..2 {
        let err = call(&client, None).unwrap_err();
        assert_eq!(err.api().map(|api| api.status.as_u16()), Some(503));
    }
    assert_eq!(api(&sandbox, "DELETE", "faults", "")?.status, 200);
    assert_eq!(get(&sandbox, "faults")?, json!({"faults": []}));
    call(&client, None)?;
    Ok(())
}

#[test]
fn a_request_asks_for_its_own() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    post(&sandbox, "faults", &json!({"fault": "probe"}))?;
    let err = call(&client, Some("status=429")).unwrap_err();
    assert_eq!(
        err.api().map(|api| api.code.as_str()),
        Some("FREQUENCY_LIMITED")
    );
    // The one that waits goes on waiting.
    assert_eq!(get(&sandbox, "faults")?["faults"][0]["fault"], "probe");
    let err = call(&client, Some("wrong")).unwrap_err();
    assert_eq!(err.api().map(|api| api.status.as_u16()), Some(400));
    assert!(
        matches!(last(&sandbox)?.verdict, Verdict::Refused { why, .. } if why.contains("wrong_signature"))
    );
    Ok(())
}

#[test]
fn a_header_is_for_one_request() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let err = call(&sandbox.client()?, Some("wrong_signature:2")).unwrap_err();
    assert_eq!(err.api().map(|api| api.status.as_u16()), Some(400));
    let said = &err.api().ok_or("no answer")?.message;
    assert!(said.contains("leave the count out"), "{said}");
    Ok(())
}

#[test]
fn what_is_no_client_s_call_takes_no_fault() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    post(&sandbox, "faults", &json!({"fault": "probe"}))?;
    for path in ["/", "/favicon.ico", "/healthz"] {
        Raw::new(&sandbox, "GET", path)?.send(&sandbox)?;
    }
    assert_eq!(get(&sandbox, "faults")?["faults"][0]["fault"], "probe");
    // Browsers ask for it with every page.
    let recorded = sandbox.calls();
    assert!(recorded.iter().all(|call| call.target != "/favicon.ico"));
    let err = call(&sandbox.client()?, None).unwrap_err();
    assert!(err.verify_failure().is_some());
    Ok(())
}

#[test]
fn a_request_asks_for_no_notification_s_fault() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    for fault in ["duplicated_notification", "reordered_notifications"] {
        let err = call(&client, Some(fault)).unwrap_err();
        assert_eq!(err.api().map(|api| api.status.as_u16()), Some(400));
        assert!(
            matches!(last(&sandbox)?.verdict, Verdict::Refused { why, .. } if why.contains("api/faults"))
        );
    }
    Ok(())
}

#[test]
fn a_cut_before_processing_and_a_refusal_leave_no_order_and_a_cut_after_it_does() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (fault, orders) in [
        ("cut_before_processing", 0),
        ("frequency_limited", 0),
        ("cut_before_answer", 1),
        ("system_error", 2),
    ] {
        post(&sandbox, "faults", &json!({"fault": fault}))?;
        assert!(
            order(&sandbox, fault, "https://www.example.com/notify").is_err(),
            "{fault}"
        );
        assert_eq!(sandbox.orders().len(), orders, "{fault}");
    }
    let first = &sandbox.calls()[0];
    assert_eq!(
        (&first.verdict, first.status),
        (&Verdict::Unprocessed, None)
    );
    Ok(())
}

#[test]
fn what_cannot_go_wrong_is_refused() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for body in [
        json!({"fault": "no_such"}),
        json!({"fault": "slow"}),
        json!({"fault": "slow", "milliseconds": -1}),
        json!({"fault": "status", "status": 200}),
        json!({"fault": "probe", "times": 0}),
        json!({"fault": "probe", "times": 10_001}),
        json!({"fault": "probe", "times": "often"}),
        json!({"fault": "probe", "how": "well"}),
    ] {
        assert_eq!(
            refused(&sandbox, "POST", "faults", &body.to_string())?.0,
            400,
            "{body}"
        );
    }
    assert_eq!(get(&sandbox, "faults")?, json!({"faults": []}));
    Ok(())
}
