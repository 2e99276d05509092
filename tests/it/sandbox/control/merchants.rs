//! Merchants over the control API and on the page.

use serde_json::json;
use wechatpay_chain::{Certificate, Client, PrivateKey};
use wechatpay_sandbox::{MerchantKind, MerchantSettings, Sandbox};

use super::super::Outcome;
use super::super::raw::Raw;
use super::merchant::Merchant;
use super::notifications::sandbox;
use super::{api, get, post, refused, send};

/// The diagnosis is kept, but not longer than the keys that it was made with.
#[test]
fn a_key_of_a_merchant_that_is_added_later_is_recognised() -> Outcome {
    let sandbox = sandbox()?;
    let other = Sandbox::builder().fresh_keys().start_blocking()?;
    let key = other.merchant_key().to_pem()?;
    let key = || PrivateKey::from_bytes(key.as_bytes());
    let mut raw = Raw::new(&sandbox, "GET", "/v3/certificates")?;
    raw.key = key()?;
    raw.authorized()?.send(&sandbox)?;
    let cause = |sandbox: &Sandbox| -> Outcome<_> {
        Ok(get(sandbox, "calls")?["calls"][0]["diagnosis"]["mistakes"][0]["cause"].clone())
    };
    assert_eq!(cause(&sandbox)?, "other_key");
    sandbox.add_merchant(MerchantSettings::new("1900004009").private_key(key()?))?;
    sandbox.account("1900004009")?;
    assert_eq!(cause(&sandbox)?, "key_of_other_merchant");
    Ok(())
}

#[test]
fn the_balance_of_a_merchant_is_shown_and_set() -> Outcome {
    let sandbox = sandbox()?;
    let made = post(
        &sandbox,
        "merchants",
        &json!({"mchid": "1900004008", "balance": 500}),
    )?;
    assert_eq!(made["merchant"]["balance"], 500);
    let set = post(
        &sandbox,
        "merchants/1900004008/balance",
        &json!({"balance": 700}),
    )?;
    assert_eq!(set["merchant"]["balance"], 700);
    post(&sandbox, "reset", &json!({}))?;
    let shown = get(&sandbox, "merchants/1900004008")?;
    assert_eq!(shown["merchant"]["balance"], 500, "as it was added");
    let shown = get(&sandbox, "merchants/1900000109")?;
    assert_eq!(shown["merchant"]["balance"], 100_000_000);
    for (path, body, status) in [
        (
            "merchants",
            r#"{"mchid": "1900004007", "balance": -1}"#,
            400,
        ),
        ("merchants/1900004008/balance", r#"{"balance": -1}"#, 400),
        ("merchants/1900004008/balance", "{}", 400),
        ("merchants/1900004006/balance", r#"{"balance": 1}"#, 404),
    ] {
        assert_eq!(
            refused(&sandbox, "POST", path, body)?.0,
            status,
            "{path} {body}"
        );
    }
    Ok(())
}

#[test]
fn a_merchant_is_made_listed_shown_and_used() -> Outcome {
    let sandbox = sandbox()?;
    let asked = json!({
        "mchid": "1900004001", "name": "甲商店", "kind": "service_provider", "sub_merchants": ["1900004002"],
    });
    let made = post(&sandbox, "merchants", &asked)?["merchant"].clone();
    let text = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .mchid("1900004001")
        .private_key(PrivateKey::from_bytes(text("private_key"))?)
        .certificate(Certificate::from_bytes(text("certificate"))?)
        .apiv3_key(text("apiv3_key"))
        .v2_key(text("v2_key"))
        .platform_key(
            text("platform_public_key_id"),
            sandbox.platform_public_key().clone(),
        )
        .platform_certificate(sandbox.platform_certificate().clone())
        .no_proxy()
        .build()?;
    client.chain("v3/certificates").get(()).wait()?;
    let call = &get(&sandbox, "calls")?["calls"][0];
    assert_eq!(call["mchid"], "1900004001");

    let listed = get(&sandbox, "merchants")?;
    let ids: Vec<_> = listed["merchants"]
        .as_array()
        .ok_or("none")?
        .iter()
        .map(|it| it["mchid"].clone())
        .collect();
    assert_eq!(ids[0], "1900000109");
    assert!(ids.contains(&json!("1900004001")) && ids.contains(&json!("1900004002")));
    let shown = get(&sandbox, "merchants/1900004001")?["merchant"].clone();
    assert_eq!(shown["serial"], made["serial"]);
    assert_eq!(
        [&shown["name"], &shown["kind"]],
        ["甲商店", "service_provider"]
    );
    for secret in ["private_key", "apiv3_key", "v2_key"] {
        assert!(
            shown[secret].is_null() && made[secret].is_string(),
            "{secret}"
        );
    }
    Ok(())
}

#[test]
fn a_merchant_that_cannot_be_is_refused_with_what_to_do() -> Outcome {
    let sandbox = sandbox()?;
    for (asked, status, said) in [
        (json!({}), 400, "missing field `mchid`"),
        (json!({"mchid": "1"}), 400, "mchid: give the 8 to 10 digits"),
        (
            json!({"mchid": "1900004001", "kind": "bank"}),
            400,
            "kind: unknown variant `bank`",
        ),
        (
            json!({"mchid": "1900004001", "shop": 1}),
            400,
            "unknown field `shop`",
        ),
        (
            json!({"mchid": "1900004001", "v2_key": "S3CRET"}),
            400,
            "v2_key: it has 6 bytes",
        ),
        (
            json!({"mchid": "1900004001", "v2_key": 53}),
            400,
            "v2_key: give it as a text",
        ),
        (
            json!({"mchid": "1900004001", "v2_key_file": "/etc/hosts"}),
            400,
            "files are not read here",
        ),
        (
            json!({"mchid": "1900004001", "notify_url": "http://example.com/"}),
            400,
            "servers of this machine alone",
        ),
        (json!({"mchid": "1900000109"}), 409, "there is a merchant"),
        (
            json!({"mchid": "1900004001", "brands": ["120344"]}),
            409,
            "belongs to another merchant",
        ),
    ] {
        let (found, error) = refused(&sandbox, "POST", "merchants", &asked.to_string())?;
        assert_eq!(found, status, "{error}");
        assert!(error.contains(said), "{error}");
        assert!(
            !error.contains("S3CRET") && !error.contains("53"),
            "{error}"
        );
    }
    let (status, _) = refused(&sandbox, "GET", "merchants/1900004001", "")?;
    assert_eq!(status, 404);
    Ok(())
}

/// A merchant that only a service provider has named keeps its orders.
#[test]
fn a_refused_merchant_replaces_none() -> Outcome {
    let sandbox = sandbox()?;
    order(&sandbox, "1900007101", None)?;
    let asked = json!({"mchid": "1900007101", "brands": ["120344"]});
    let (status, error) = refused(&sandbox, "POST", "merchants", &asked.to_string())?;
    assert_eq!(status, 409, "{error}");
    assert_eq!(get(&sandbox, "orders")?["orders"][0]["mchid"], "1900007101");
    Ok(())
}

fn order(sandbox: &Sandbox, mchid: &str, notify_url: Option<&str>) -> Outcome {
    let order = json!({
        "appid": "wxd678efh567hg6787", "mchid": mchid, "description": "公仔", "out_trade_no": "ORDER001",
        "notify_url": notify_url.unwrap_or("http://127.0.0.1:9/"), "amount": {"total": 100},
    });
    let client = sandbox.account(mchid)?.client()?;
    client
        .chain("v3/pay/transactions/native")
        .post(order, ())
        .wait()?;
    Ok(())
}

/// As the base URL ends with a slash, so may the path begin with one.
#[test]
fn two_slashes_before_the_control_api_are_one() -> Outcome {
    let sandbox = sandbox()?;
    let host = sandbox.address().to_string();
    for (path, status) in [
        ("/_sandbox/api/info", 200),
        ("//_sandbox/api/info", 200),
        ("///_sandbox/api/info", 401),
        ("//v3/certificates", 401),
    ] {
        let came = send(
            &sandbox,
            "GET",
            path,
            &[("Host", &host), ("Accept", "*/*"), ("User-Agent", "x")],
            "",
        )?;
        assert_eq!(came.status, status, "{path}: {}", came.body);
    }
    Ok(())
}

/// The number of a sub-merchant's order has a slash, which the path may have as it is.
#[test]
fn a_path_names_a_sub_merchants_number_with_or_without_an_escape() -> Outcome {
    let sandbox = sandbox()?;
    let known = refused(&sandbox, "POST", "orders/1900007101/NONE01/pay", "{}")?;
    assert_eq!(
        known,
        refused(&sandbox, "POST", "orders/1900007101%2FNONE01/pay", "{}")?
    );
    assert_eq!(known.0, 404);
    assert!(known.1.contains("1900007101/NONE01"), "{known:?}");
    Ok(())
}

#[test]
fn a_number_of_several_merchants_needs_the_merchant() -> Outcome {
    let sandbox = sandbox()?;
    for mchid in ["1900000109", "1900007101"] {
        order(&sandbox, mchid, None)?;
    }
    let (status, error) = refused(&sandbox, "POST", "orders/ORDER001/pay", "{}")?;
    assert_eq!(status, 409);
    assert!(
        error.contains("mchid") && error.contains("1900007101"),
        "{error}"
    );
    // In the query too, which says the same as the body.
    let other = refused(&sandbox, "POST", "orders/ORDER001/pay?mchid=1900009999", "")?;
    assert!(other.1.contains("1900009999"), "{other:?}");
    let other = refused(&sandbox, "POST", "orders/ORDER001/pay?amount=1", "")?;
    assert_eq!(other, (400, "the query has amount".to_owned()));
    let asked = json!({"mchid": "1900007101"});
    let paid = post(&sandbox, "orders/ORDER001/pay", &asked)?;
    assert_eq!(paid["orders"][0]["mchid"], "1900007101");
    let states: Vec<_> = get(&sandbox, "orders")?["orders"]
        .as_array()
        .ok_or("none")?
        .iter()
        .map(|it| it["trade_state"].clone())
        .collect();
    assert_eq!(states, ["NOTPAY", "SUCCESS"]);
    let own = get(&sandbox, "orders?mchid=1900007101")?;
    assert_eq!(own["orders"].as_array().map(Vec::len), Some(1));
    let (status, _) = refused(&sandbox, "GET", "orders?mchid=1", "")?;
    assert_eq!(status, 404);
    Ok(())
}

#[test]
fn a_notification_names_its_merchant_and_is_encrypted_for_it() -> Outcome {
    use wechatpay_chain::notify::Notifications;

    let sandbox = sandbox()?;
    let server = Merchant::answering(&[])?;
    order(&sandbox, "1900007101", Some(&server.url))?;
    post(&sandbox, "orders/ORDER001/pay", &json!({}))?;
    let got = server.next()?;
    let sub = sandbox.account("1900007101")?;
    let with = |key: &wechatpay_sandbox::Account| {
        let builder = Notifications::builder().apiv3_key(key.apiv3_key().clone());
        builder
            .platform_key(sub.platform_key_id(), sandbox.platform_public_key().clone())
            .build()
    };
    let read = with(&sub)?.parse(&got.headers(), &got.body)?;
    assert_eq!(read.resource()["mchid"], "1900007101");
    let provider = sandbox.account("1900007100")?;
    assert!(with(&provider)?.parse(&got.headers(), &got.body).is_err());
    assert_eq!(sandbox.deliveries()[0].mchid, "1900007101");
    assert_eq!(
        get(&sandbox, "notifications")?["notifications"][0]["mchid"],
        "1900007101"
    );
    Ok(())
}

#[test]
fn the_page_shows_whose_a_request_and_an_order_are() -> Outcome {
    let sandbox = sandbox()?;
    for mchid in ["1900000109", "1900007101"] {
        order(&sandbox, mchid, None)?;
    }
    let host = sandbox.address().to_string();
    for (page, shown) in [
        (
            "/_sandbox/",
            &["1900007101", "service provider (1900007101, 1900007102)"][..],
        ),
        ("/_sandbox/orders", &["1900007101"]),
        ("/_sandbox/orders/ORDER001", &["1900000109", "1900007101"]),
        ("/_sandbox/calls/2", &["1900007101"]),
    ] {
        let came = send(
            &sandbox,
            "GET",
            page,
            &[("Host", &host), ("Accept-Language", "en")],
            "",
        )?;
        for text in shown {
            assert!(came.body.contains(text), "{page} {text}: {}", came.body);
        }
    }
    let came = api(&sandbox, "GET", "info", "")?.json()?;
    assert_eq!(came["merchants"][1], "1900007100");
    Ok(())
}

#[test]
fn a_refused_merchant_is_not_kept_and_an_added_one_is() -> Outcome {
    let folder = tempfile::tempdir()?;
    let builder = || Sandbox::builder().state(folder.path().join("state"));
    let sandbox = builder().start_blocking()?;
    let asked = json!({"mchid": "1900000334", "kind": "merchant"}).to_string();
    // The path is read after it is decoded.
    let host = sandbox.address().to_string();
    let path = "/_sandbox/api/%6Derchants";
    let added = send(&sandbox, "POST", path, &[("Host", &*host)], &asked)?;
    assert_eq!(added.status, 200, "{}", added.body);
    let (known, wrong) = (asked.as_str(), "{\"mchid\": \"x\"}");
    for body in [known, wrong, known, wrong] {
        let (status, _) = refused(&sandbox, "POST", "merchants", body)?;
        assert!([400, 409].contains(&status), "{status}");
    }
    let again = MerchantSettings::new("1900000334").kind(MerchantKind::Any);
    sandbox.add_merchant(again).map(drop).unwrap_err();
    sandbox.reset();
    assert_eq!(
        get(&sandbox, "info")?["state"]["entries"],
        2,
        "the merchant and the reset"
    );
    drop(sandbox);
    builder().start_blocking()?.account("1900000334")?;
    Ok(())
}
