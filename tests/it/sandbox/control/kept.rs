//! How much is remembered of notifications, and what a reset leaves of them.

use std::sync::Barrier;
use std::thread;

use serde_json::json;
use wechatpay_sandbox::{DeliveryState, Sandbox};

use super::super::Outcome;
use super::{get, order, post};

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9/";

fn sandbox() -> Outcome<Sandbox> {
    Ok(Sandbox::builder().post_notifications().start_blocking()?)
}

/// A paid order about which so many complained: as many events, and one more.
fn complained(sandbox: &Sandbox, times: usize) -> Outcome {
    order(sandbox, "TRADE1", "https://www.example.com/notify")?;
    sandbox.pay("TRADE1")?;
    for _ in 0..times {
        sandbox.complain("TRADE1", "反馈一个重复扣费的问题")?;
    }
    Ok(())
}

#[test]
fn what_is_still_to_be_posted_is_forgotten_last() -> Outcome {
    let sandbox = sandbox()?;
    post(
        &sandbox,
        "notifications",
        &json!({"kind": "PAY", "url": NOBODY}),
    )?;
    complained(&sandbox, 999)?;
    let kept = sandbox.deliveries();
    let ids: Vec<_> = kept.iter().map(|it| it.id).collect();
    assert_eq!((ids.len(), &ids[..2]), (1000, &[1, 3][..]));
    assert_eq!(kept[0].state, DeliveryState::Pending);
    assert_eq!(kept[1].state, DeliveryState::NotSent);
    Ok(())
}

#[test]
fn long_ones_are_fewer() -> Outcome {
    let sandbox = sandbox()?;
    // In memory each number takes many times its two bytes.
    let zeros = vec![0; 400_000];
    let asked = json!({"kind": "TRANSACTION.SUCCESS", "url": NOBODY, "resource": {"a": zeros}});
    for _ in 0..8 {
        post(&sandbox, "notifications", &asked)?;
    }
    let listed = get(&sandbox, "notifications")?["notifications"].clone();
    let listed = listed.as_array().ok_or("no list")?;
    assert!((1..8).contains(&listed.len()), "{}", listed.len());
    assert_eq!(listed.last().map(|it| &it["id"]), Some(&json!(8)));
    Ok(())
}

#[test]
fn nothing_that_happened_before_a_reset_is_posted_after_it() -> Outcome {
    let sandbox = sandbox()?;
    for _ in 0..3 {
        complained(&sandbox, 3000)?;
        let both = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                both.wait();
                sandbox.deliveries()
            });
            both.wait();
            sandbox.reset();
        });
        assert_eq!(sandbox.deliveries().len(), 0);
    }
    Ok(())
}
