//! The record of notifications: the posts and the replies.

use serde_json::{Value, json};
use wechatpay_chain::Clock;
use wechatpay_sandbox::DeliveryState;

use super::super::Outcome;
use super::merchant::Merchant;
use super::notifications::{sandbox, until};
use super::{get, post, refused};

#[test]
fn one_is_shown_as_it_was_posted_with_what_was_answered() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[500])?;
    let asked = json!({
        "kind": "TRANSACTION.SUCCESS",
        "url": merchant.url,
        "resource": {"out_trade_no": "mine"},
    });
    let before = sandbox_ms();
    post(&sandbox, "notifications", &asked)?;
    let [_, second] = [merchant.next()?, merchant.next()?];
    let shown = until(&sandbox, 1, DeliveryState::Accepted)?;
    assert_eq!(shown["url"], *merchant.url);
    assert_eq!(shown["resource"], json!({"out_trade_no": "mine"}));
    assert_eq!(
        shown["posted"]["body"],
        *String::from_utf8(second.body.clone())?
    );
    assert_eq!(shown["posted"]["body_length"], second.body.len());
    let signature = second.headers()["wechatpay-signature"].clone();
    let headers = &shown["posted"]["headers"];
    assert_eq!(headers["wechatpay-signature"], signature.to_str()?);
    let attempts = shown["attempts"].as_array().ok_or("none")?;
    let statuses: Vec<_> = attempts.iter().map(|it| &it["answer"]["status"]).collect();
    assert_eq!(statuses, [500, 204]);
    assert_eq!(attempts[0]["answer"]["headers"]["connection"], "close");
    for attempt in attempts {
        let time = attempt["time_ms"].as_i64().ok_or("no time")?;
        assert!((before..=sandbox_ms()).contains(&time), "{attempt}");
        assert!(attempt["took_ms"].is_u64());
    }
    // A list has no room for all that.
    let listed = &get(&sandbox, "notifications")?["notifications"][0];
    assert_eq!([&listed["posted"], &listed["resource"]], [&Value::Null; 2]);
    let record = sandbox.deliveries().remove(0);
    assert_eq!(record.resource["out_trade_no"], "mine");
    assert!(!format!("{record:?}").contains("mine"), "{record:?}");
    Ok(())
}

fn sandbox_ms() -> i64 {
    wechatpay_chain::SystemClock::new().now_ms()
}

#[test]
fn a_long_one_is_remembered_in_part() -> Outcome {
    let sandbox = sandbox()?;
    let merchant = Merchant::answering(&[])?;
    let long = "x".repeat(100 << 10);
    let asked =
        json!({"kind": "PAY", "version": "v2", "url": merchant.url, "resource": {"attach": long}});
    post(&sandbox, "notifications", &asked)?;
    let length = merchant.next()?.body.len();
    let shown = until(&sandbox, 1, DeliveryState::Accepted)?;
    assert_eq!(shown["posted"]["body_length"], length);
    assert_eq!(
        shown["posted"]["body"].as_str().map(str::len),
        Some(64 << 10)
    );
    Ok(())
}

#[test]
fn what_cannot_be_spoilt_so_is_said_in_the_api_s_words() -> Outcome {
    let sandbox = sandbox()?;
    let asked = json!({"kind": "PAY", "url": "http://127.0.0.1:9/", "fault": "cut_in_body"});
    let (status, error) = refused(&sandbox, "POST", "notifications", &asked.to_string())?;
    assert_eq!(status, 400);
    assert!(
        error.contains("cut_in_body") && error.contains("wrong_signature"),
        "{error}"
    );
    assert!(!error.contains("::"), "{error}");
    Ok(())
}
