//! A brand at the door: with its own scheme, id and key, at its own operations.

use serde_json::json;
use wechatpay_chain::signing::{Authorization, Scheme};
use wechatpay_chain::{Client, Result};
use wechatpay_sandbox::Sandbox;

use super::{Outcome, why};
use crate::support::echoing;

const OWN: &str = "brand/marketing/product-coupon/notify-configs";
const UNLISTED: &str = "brand/something/new";

fn post(client: &Client, path: &'static str) -> Result<()> {
    client
        .chain(path)
        .post(json!({"a": 1}), ())
        .wait()
        .map(drop)
}

#[test]
fn a_brand_is_let_in_to_its_operations() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let brand = sandbox.brand_builder()?.build()?;
    assert_eq!(brand.brand_id(), Some(sandbox.brand_id()));
    for path in [OWN, UNLISTED] {
        post(&brand, path)?;
        let call = sandbox.last_call().ok_or("no call")?;
        assert!(call.verdict.is_accepted());
        let auth = Authorization::parse(call.headers["Authorization"].to_str()?)?;
        assert_eq!(
            (auth.scheme(), auth.id()),
            (Scheme::Brand, sandbox.brand_id())
        );
        assert_eq!(call.headers["Wechatpay-Serial"], sandbox.platform_key_id());
    }
    Ok(())
}

/// Under the merchant's key, whatever else is right.
fn posing(sandbox: &Sandbox, brand_id: &str, serial: &str) -> Result<Client> {
    Client::builder()
        .base_url(sandbox.base_url())
        .brand_id(brand_id)
        .serial(serial)
        .private_key(sandbox.merchant_key().clone())
        .platform_key(
            sandbox.platform_key_id(),
            sandbox.platform_public_key().clone(),
        )
        .no_proxy()
        .build()
}

#[test]
fn non_brand_requests_are_rejected() -> Outcome {
    let sandbox = echoing().start_blocking()?;
    let (merchant, brand) = (sandbox.client()?, sandbox.brand_builder()?.build()?);
    let (id, serial) = (sandbox.brand_id(), brand.serial().unwrap_or_default());
    for (client, path, word) in [
        (posing(&sandbox, id, serial)?, OWN, "signature"),
        (posing(&sandbox, id, sandbox.serial())?, OWN, "serial"),
        (posing(&sandbox, "1", serial)?, OWN, "brand_id"),
        (brand.clone(), "v3/something/new", "scheme"),
        (merchant, UNLISTED, "scheme"),
    ] {
        let err = post(&client, path).unwrap_err();
        assert_eq!(err.api().ok_or("no answer")?.code, "SIGN_ERROR", "{word}");
        let why = why(&sandbox)?;
        assert!(why.contains(word), "{why}");
    }
    Ok(())
}
