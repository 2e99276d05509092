//! APIv2: the merchant is in the body, and its key signs.

use http::Method;
use serde_json::{Value, json};
use wechatpay_chain::{Client, catalog};
use wechatpay_sandbox::schema;
use wechatpay_sandbox::{Account, MerchantSettings, SampleRequest, Sandbox};

use super::super::{Outcome, why};
use super::{FOREIGN_SUB, PROVIDER, SHOP, SUBS, post, refused, sandbox};

const UNIFIED: &str = "v2/pay/unifiedorder";

fn order(mchid: &str, sub: Option<&str>) -> Value {
    let mut order = json!({
        "appid": "wxd678efh567hg6787", "mch_id": mchid, "body": "公仔", "out_trade_no": "ORDER001",
        "total_fee": "100", "spbill_create_ip": "127.0.0.1", "trade_type": "NATIVE",
        "notify_url": "https://www.example.com/paid",
    });
    if let Some(sub) = sub {
        order["sub_mch_id"] = json!(sub);
    }
    order
}

#[test]
fn each_merchant_signs_with_its_own_key() -> Outcome {
    let sandbox = sandbox()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    assert_ne!(first.v2_key().expose(), shop.v2_key().expose());
    for account in [&first, &shop] {
        let made = post(&account.client()?, UNIFIED, order(account.mchid(), None))?;
        assert_eq!(made["mch_id"], account.mchid());
        account.pay("ORDER001")?;
        assert_eq!(account.take_events()[0].resource["mch_id"], account.mchid());
    }
    let keys = |account: &Account, key: &Account| {
        let builder = account.client_builder().v2_key(key.v2_key().clone());
        builder.build()
    };
    let other = keys(&shop, &first)?;
    let query = json!({"appid": "wxd678efh567hg6787", "mch_id": SHOP, "out_trade_no": "ORDER001"});
    let found = post(&other, "v2/pay/orderquery", query);
    assert_eq!(refused(found)?.2, "签名错误");
    Ok(())
}

#[test]
fn a_provider_s_sub_merchant_has_to_be_its_own() -> Outcome {
    let sandbox = sandbox()?;
    let provider = sandbox.account(PROVIDER)?;
    let client = provider.client()?;
    let made = post(&client, UNIFIED, order(PROVIDER, Some(SUBS[0])))?;
    assert_eq!(made["sub_mch_id"], SUBS[0]);
    for (sub, message) in [
        (Some(FOREIGN_SUB), "受理关系不存在"),
        (None, "受理机构必须传入sub_mch_id"),
    ] {
        let made = post(&client, UNIFIED, order(PROVIDER, sub));
        assert_eq!(refused(made)?.2, message);
        let answer = sandbox
            .last_call()
            .and_then(|it| it.response)
            .ok_or("no answer")?;
        let text = String::from_utf8(answer.body.to_vec())?;
        assert!(text.contains("<return_code><![CDATA[FAIL]]><"), "{text}");
    }
    let shop = sandbox.account(SHOP)?.client()?;
    let made = post(&shop, UNIFIED, order(SHOP, Some(SUBS[0])));
    assert_eq!(refused(made)?.2, "普通商户不允许传sub_mch_id");
    Ok(())
}

/// Operations that move money out need the merchant's certificate on the TLS connection, and not another merchant's.
#[test]
fn the_tls_certificate_has_to_be_that_of_the_mch_id() -> Outcome {
    let sandbox = Sandbox::builder()
        .tls(true)
        .merchant(MerchantSettings::new(SHOP))
        .start_blocking()?;
    let (first, shop) = (sandbox.account(sandbox.mchid())?, sandbox.account(SHOP)?);
    let client = |keys: &Account| {
        let builder = Client::builder()
            .base_url(sandbox.base_url())
            .root_certificate(sandbox.root_certificate().clone())
            .mchid(SHOP)
            .v2_key(shop.v2_key().clone())
            .private_key(keys.key().clone())
            .certificate(keys.certificate().clone());
        builder.no_proxy().build()
    };
    let certified: Vec<_> = catalog::operations()
        .iter()
        .filter(|it| it.is_v2() && it.needs_client_cert() && it.method() == Method::POST)
        .collect();
    assert!(certified.len() > 20, "{}", certified.len());
    for operation in certified {
        let Some(schema) = schema::of(operation) else {
            continue;
        };
        let mut sample = SampleRequest::complete(&schema, 0).body().cloned();
        let Some(body) = sample.as_mut().filter(|body| body.get("mch_id").is_some()) else {
            continue;
        };
        body["mch_id"] = json!(SHOP);
        let path = operation.path();
        // One operation fetches a key first, which is refused for the same reason.
        let foreign = post(&client(&first)?, path, body.clone());
        let report = foreign.err().ok_or("it was not refused")?.report();
        assert!(
            report.contains("请使用商户证书发起请求"),
            "{path}: {report}"
        );
        let why = why(&sandbox)?;
        let serials = [first.serial(), shop.serial(), SHOP];
        assert!(serials.iter().all(|it| why.contains(it)), "{path}: {why}");
        // With its own certificate, any other refusal is one of its fields.
        if let Err(err) = post(&client(&shop)?, path, body.clone()) {
            let message = err
                .api()
                .map_or_else(|| err.report(), |api| api.message.clone());
            assert!(
                !message.contains("请使用商户证书发起请求"),
                "{path}: {message}"
            );
        }
    }
    Ok(())
}
