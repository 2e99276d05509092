//! No brand of a merchant sees what another has.

use http::Method;
use serde_json::{Value, json};
use wechatpay_chain::Client;
use wechatpay_sandbox::schema;
use wechatpay_sandbox::{MerchantSettings, SampleRequest, Sandbox};

use super::super::Outcome;
use super::super::operations::call;
use super::{OWN, post};

const STORES: &str = "brand/store/brandstores";
const STORE: &str = "brand/store/brandstores/{store_id}";
const COUPONS: &str = "brand/marketing/product-coupon/product-coupons";

/// A sandbox with two brands of one merchant, and their clients.
fn two() -> Outcome<(Sandbox, Client, Client)> {
    let keys = Sandbox::builder().fresh_keys().start_blocking()?;
    let (key, certificate) = (keys.merchant_key(), keys.merchant_certificate());
    let merchant = MerchantSettings::new("1900000109").brand("130001");
    let merchant = merchant.brand_key("130002", key.clone(), Some(certificate.clone()));
    let sandbox = Sandbox::builder().merchant(merchant).start_blocking()?;
    let first = sandbox.brand_builder()?.build()?;
    let second = sandbox.brand_builder()?.brand_id("130002");
    let second = second
        .private_key(key.clone())
        .certificate(certificate.clone())
        .build()?;
    Ok((sandbox, first, second))
}

/// Sends the sample of an operation, with these members.
fn make(client: &Client, path: &str, members: &[(&str, Value)]) -> Outcome<Value> {
    let schema = schema::find(&Method::POST, path).ok_or("no schema")?;
    let sample = SampleRequest::complete(&schema, 0);
    let mut body = sample.body().cloned().ok_or("no body")?;
    for (name, value) in members {
        body[*name] = value.clone();
    }
    let made = call(client, schema.operation(), &sample)
        .json(body)
        .wait()?;
    Ok(made.json()?)
}

/// The code of the refusal.
fn refused(outcome: wechatpay_chain::Result<wechatpay_chain::Response>) -> Outcome<String> {
    let err = outcome.err().ok_or("accepted")?;
    Ok(err.api().ok_or_else(|| err.report())?.code.to_string())
}

#[test]
fn a_store_belongs_to_its_brand() -> Outcome {
    let (_sandbox, first, second) = two()?;
    let store = make(&first, STORES, &[])?["store_id"].clone();
    let number = store.as_str().ok_or("no number")?;
    let chain = |client: &Client| client.chain(STORE);
    let found = chain(&second).get(()).var("store_id", number).wait();
    assert_eq!(refused(found)?, "RESOURCE_NOT_EXISTS");
    let removed = chain(&second).delete(()).var("store_id", number).wait();
    assert_eq!(refused(removed)?, "RESOURCE_NOT_EXISTS");
    let count = |client: &Client| -> Outcome<usize> {
        let listed = client.chain(STORES).get(());
        let listed = listed.query("offset", "0").query("limit", "10").wait()?;
        Ok(listed["data"].as_array().ok_or("no list")?.len())
    };
    assert_eq!((count(&first)?, count(&second)?), (1, 0));
    let found = chain(&first).get(()).var("store_id", number).wait()?;
    assert_eq!(found["store_id"], store);
    chain(&first).delete(()).var("store_id", number).wait()?;
    assert_eq!(count(&first)?, 0);
    Ok(())
}

#[test]
fn brands_may_use_the_same_numbers_and_have_their_own_settings() -> Outcome {
    let (_sandbox, first, second) = two()?;
    let coupon = |client: &Client, number: &str| {
        let members = [
            ("out_request_no", json!("R1")),
            ("out_product_no", json!(number)),
        ];
        make(client, COUPONS, &members)
    };
    let one = coupon(&first, "P1")?;
    let other = coupon(&second, "P2")?;
    assert_ne!(one["product_coupon_id"], other["product_coupon_id"]);
    assert_eq!(coupon(&first, "P1")?, one, "the same request again");
    assert!(coupon(&first, "P3").is_err(), "another with its number");

    post(&first, OWN)?;
    let url = |client: &Client| client.chain(OWN).get(()).wait();
    assert_eq!(url(&first)?["notify_url"], "https://www.example.com/n");
    assert_ne!(url(&second)?["notify_url"], "https://www.example.com/n");
    Ok(())
}
