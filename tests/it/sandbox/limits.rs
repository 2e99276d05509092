//! The documented limits of frequency, which act when told to.

use serde_json::{Value, json};
use wechatpay_chain::{Call, Client, Error, Verification};
use wechatpay_sandbox::schema::{self, Schema};
use wechatpay_sandbox::{SampleRequest, Sandbox};

use super::raw::Raw;
use super::{Outcome, why};
use crate::support::{Hand, MERCHANT};

const LIMITS: &str = "/_sandbox/api/limits";

struct Counted {
    sandbox: Sandbox,
    client: Client,
    hand: Hand,
}

impl Counted {
    fn start(enforce: bool) -> Outcome<Self> {
        let hand = Hand::at(1_700_000_000);
        let builder = Sandbox::builder().enforce_limits(enforce);
        let sandbox = builder.clock(hand.clone()).start_blocking()?;
        let client = sandbox.client_builder().clock(hand.clone()).build()?;
        Ok(Self {
            sandbox,
            client,
            hand,
        })
    }

    fn forward(&self, seconds: i64) {
        self.hand.forward(seconds);
    }

    /// How many calls come through before one is refused.
    fn through(&self, limited: &Limited) -> Outcome<(u32, Error)> {
        for count in 0..=limited.count {
            if let Err(err) = self.call(limited).wait() {
                return Ok((count, err));
            }
        }
        Err(format!(
            "{:?} was called more than {} times",
            limited.schema, limited.count
        )
        .into())
    }

    fn call(&self, limited: &Limited) -> Call {
        called_by(&self.client, limited)
    }
}

/// An operation, and how many calls it takes in a stretch of time.
struct Limited {
    schema: Schema,
    count: u32,
}

/// The one with the least limit of its kind; APIv2's have none.
fn least(per: &str) -> Outcome<Limited> {
    let limited = schema::all().filter_map(|schema| {
        let limit = schema.limits().iter().find(|limit| limit.per == per)?;
        let count = limit.count;
        Some(Limited { schema, count })
    });
    let least = limited.min_by_key(|limited| limited.count);
    Ok(least.ok_or("no operation has such a limit")?)
}

fn called_by(client: &Client, limited: &Limited) -> Call {
    let sample = SampleRequest::required(&limited.schema, 0);
    super::operations::call(client, limited.schema.operation(), &sample)
}

#[test]
fn what_is_called_too_often_is_refused_until_the_window_is_over() -> Outcome {
    for (per, seconds) in [("second", 1), ("minute", 60), ("day", 86_400)] {
        let counted = Counted::start(true)?;
        let limited = least(per)?;
        let (count, err) = counted.through(&limited)?;
        assert_eq!(count, limited.count, "{:?}", limited.schema);
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!(
            (api.status.as_u16(), &*api.code, &*api.message),
            (429, "FREQUENCY_LIMITED", "频率超限")
        );
        assert!(matches!(api.verification, Verification::Verified { .. }));
        let why = why(&counted.sandbox)?;
        assert!(
            why.contains(&format!("{count} calls a {per}"))
                && why.contains(limited.schema.operation().path()),
            "{why}"
        );

        // Others are not touched.
        let certificates = counted.client.chain("v3/certificates");
        certificates.get(()).wait()?;
        assert!(counted.call(&limited).wait().is_err());
        counted.forward(seconds);
        counted.call(&limited).wait()?;
    }
    Ok(())
}

#[test]
fn the_sandbox_s_own_clock_counts_and_no_other() -> Outcome {
    let counted = Counted::start(true)?;
    let limited = least("minute")?;
    counted.through(&limited)?;
    // As far as the door lets the client's clock be off.
    counted.sandbox.set_clock_offset(60);
    assert_eq!(counted.through(&limited)?.0, limited.count);
    counted.forward(60);
    counted.sandbox.set_clock_offset(0);
    assert_eq!(counted.through(&limited)?.0, 0);
    Ok(())
}

#[test]
fn they_act_when_told_to() -> Outcome {
    let counted = Counted::start(false)?;
    let limited = least("day")?;
    let most = limited.count;
    for _ in 0..=most {
        counted.call(&limited).wait()?;
    }
    // Earlier calls do not count.
    counted.sandbox.enforce_limits(true);
    assert_eq!(counted.through(&limited)?.0, most);
    counted.sandbox.reset();
    for _ in 0..=most {
        counted.call(&limited).wait()?;
    }
    Ok(())
}

#[test]
fn only_requests_that_are_signed_right_count() -> Outcome {
    let counted = Counted::start(true)?;
    let limited = least("day")?;
    let sandbox = &counted.sandbox;
    let other = Client::builder()
        .base_url(sandbox.base_url())
        .mchid(sandbox.mchid())
        .serial(sandbox.serial())
        .private_key(MERCHANT.private.clone())
        .platform_key(
            sandbox.platform_key_id(),
            sandbox.platform_public_key().clone(),
        )
        .clock(counted.hand.clone())
        .no_proxy()
        .build()?;
    for _ in 0..20 {
        let err = called_by(&other, &limited)
            .wait()
            .err()
            .ok_or("somebody else was let in")?;
        assert_eq!(err.api().map(|api| &*api.code), Some("SIGN_ERROR"));
    }
    assert_eq!(counted.through(&limited)?.0, limited.count);
    Ok(())
}

#[test]
fn the_control_api_switches_them() -> Outcome {
    let counted = Counted::start(false)?;
    let post = |body: Value| Raw::post(&counted.sandbox, LIMITS, &body)?.send(&counted.sandbox);
    assert_eq!(
        post(json!({"enforce": true}))?.json()?,
        json!({"enforce": true})
    );
    let limited = least("day")?;
    counted.through(&limited)?;
    for wrong in [json!({}), json!({"enforce": 3}), json!({"on": true})] {
        assert_eq!(post(wrong)?.status, 400);
    }
    let got = Raw::new(&counted.sandbox, "GET", LIMITS)?.send(&counted.sandbox)?;
    assert_eq!(got.json()?, json!({"enforce": true}));
    assert_eq!(
        post(json!({"enforce": false}))?.json()?,
        json!({"enforce": false})
    );
    counted.call(&limited).wait()?;
    Ok(())
}
