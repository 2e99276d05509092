//! A brand at the door: with its own scheme, id and key, at its own operations.

mod separation;

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use wechatpay_chain::signing::{Authorization, Scheme};
use wechatpay_chain::{Client, Result};
use wechatpay_sandbox::schema::{self, Field, Schema};
use wechatpay_sandbox::{SampleRequest, Sandbox};

use super::operations::{call, empty};
use super::{Outcome, why};
use crate::support::echoing;

const OWN: &str = "brand/marketing/product-coupon/notify-configs";
const UNLISTED: &str = "brand/something/new";

fn post(client: &Client, path: &'static str) -> Result<()> {
    client
        .chain(path)
        .post(json!({"notify_url": "https://www.example.com/n"}), ())
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

fn of_brands() -> impl Iterator<Item = Schema> {
    schema::all().filter(|schema| schema.operation().is_brand())
}

#[test]
fn every_operation_of_a_brand_refuses_a_body_without_what_is_required() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let brand = sandbox.brand_builder()?.build()?;
    let mut refused = 0;
    for schema in of_brands().filter(|it| it.request().iter().any(Field::is_required)) {
        let mut asked = empty(&brand, schema.operation()).json(json!({}));
        for (name, value) in SampleRequest::complete(&schema, 0).vars() {
            asked = asked.var(*name, &**value);
        }
        let err = asked.wait().err().ok_or(format!("{schema:?}: accepted"))?;
        let api = err.api().ok_or_else(|| err.report())?;
        assert_eq!(api.code, "PARAM_ERROR", "{schema:?}");
        refused += 1;
    }
    assert_eq!(refused, 32);
    Ok(())
}

/// The members that both have are equal. A list that is generated may have other items.
fn assert_told_again(sent: &Value, told: &Value, at: &str) {
    let (Value::Object(sent), Value::Object(told)) = (sent, told) else {
        assert_eq!(sent, told, "{at}");
        return;
    };
    for (name, value) in sent {
        if let Some(again) = told.get(name) {
            assert_told_again(value, again, &format!("{at}/{name}"));
        }
    }
}

#[test]
fn a_brands_coupons_are_found_as_they_were_sent() -> Outcome {
    const COUPONS: &str = "brand/marketing/product-coupon/product-coupons";
    let sandbox = Sandbox::start_blocking()?;
    let brand = sandbox.brand_builder()?.build()?;
    let schema = schema::find(&Method::POST, COUPONS).ok_or("no schema")?;
    let sample = SampleRequest::complete(&schema, 0);
    let sent = sample.body().ok_or("no body")?;
    let made = call(&brand, schema.operation(), &sample).wait()?;
    let coupon = brand.chain(COUPONS.to_owned() + "/{product_coupon_id}");
    let number = made["product_coupon_id"].as_str().ok_or("no number")?;
    let found = coupon.get(()).var("product_coupon_id", number).wait()?;
    assert_eq!(found["product_coupon_id"], number);
    for name in ["scope", "type", "usage_mode", "out_product_no"] {
        assert!(sent[name].is_string());
        assert_eq!(found[name], sent[name], "{name}");
    }
    assert_told_again(sent, found.value()?, "");
    let err = coupon
        .get(())
        .var("product_coupon_id", "1")
        .wait()
        .unwrap_err();
    assert_eq!(err.api().ok_or("no answer")?.code, "RESOURCE_NOT_EXISTS");
    Ok(())
}

/// The official samples call this 多次优惠: its stock is a bundle.
#[test]
fn a_brands_coupon_has_a_bundle_in_place_of_a_stock() -> Outcome {
    const COUPONS: &str = "brand/marketing/product-coupon/product-coupons";
    let sandbox = Sandbox::start_blocking()?;
    let brand = sandbox.brand_builder()?.build()?;
    let schema = schema::find(&Method::POST, COUPONS).ok_or("no schema")?;
    let mut sent = SampleRequest::complete(&schema, 0)
        .body()
        .cloned()
        .ok_or("no body")?;
    sent["usage_mode"] = json!("PROGRESSIVE_BUNDLE");
    sent.as_object_mut().ok_or("no object")?.remove("stock");
    let made = brand.chain(COUPONS).post(sent.clone(), ()).wait()?;
    assert_eq!(made["usage_mode"], "PROGRESSIVE_BUNDLE");
    assert!(made["stock_bundle"]["stock_bundle_id"].is_string());
    sent.as_object_mut()
        .ok_or("no object")?
        .remove("stock_bundle");
    let err = brand.chain(COUPONS).post(sent, ()).wait().unwrap_err();
    assert!(err.api().ok_or("no answer")?.message.contains("stock"));
    Ok(())
}

/// An operation without a documented answer answers with an empty object and does not return the request.
#[tokio::test]
async fn no_operation_of_the_catalog_is_echoed() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let (merchant, brand) = (sandbox.client()?, sandbox.brand_builder()?.build()?);
    let mut undocumented = BTreeSet::new();
    for schema in schema::all().filter(|schema| schema.response().is_empty()) {
        let operation = schema.operation();
        let client = if operation.is_brand() {
            &brand
        } else {
            &merchant
        };
        let sample = SampleRequest::complete(&schema, 0);
        let mut body = sample.body().cloned().unwrap_or(json!({}));
        body["nobody_knows"] = json!("this");
        let asked = call(client, operation, &sample);
        let takes_body = ![Method::GET, Method::DELETE].contains(&operation.method());
        let asked = if takes_body { asked.json(body) } else { asked };
        let Ok(answer) = asked.await else { continue };
        let Ok(Value::Object(answer)) = answer.value() else {
            continue;
        };
        assert!(
            !answer.contains_key("nobody_knows"),
            "{schema:?} {answer:?}"
        );
        undocumented.insert(format!("{} {}", operation.method(), operation.path()));
    }
    // Users' browsers are sent to three of them.
    let expected = [
        "GET v2/appauth/authindex",
        "GET v2/papay/entrustweb",
        "GET v2/papay/partner/entrustweb",
        "GET v3/ecommerce/subject-sub-merchants",
        "POST v2/applyment/micro/signcontract",
    ];
    assert_eq!(undocumented, expected.map(str::to_owned).into());
    Ok(())
}

/// The fields of a form are texts in a card, and objects with secrets in a user's card.
#[test]
fn users_cards_are_listed_after_a_card_was_made() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let brand = sandbox.brand_builder()?.build()?;
    let ask = |method, path| {
        let schema = schema::find(method, path).ok_or("no schema")?;
        let sample = SampleRequest::complete(&schema, 0);
        call(&brand, schema.operation(), &sample)
            .wait()
            .map_err(Box::<dyn std::error::Error>::from)
    };
    ask(&Method::POST, "brand/card-member/cards")?;
    let listed = ask(&Method::GET, "brand/card-member/user-cards")?;
    let field = &listed["data"][0]["user_information"]["common_field_list"][0];
    assert!(field["value"].is_string(), "{field}");
    Ok(())
}
