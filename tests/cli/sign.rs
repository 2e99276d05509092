//! `wechatpay sign pay-params`.

use wechatpay_chain::signing::pay_text;

use crate::support::{Run, Shop};

const PREPAY: &str = "wx201410272009395522657a690389285100";

fn params(shop: &Shop, scene: &[&str]) -> Run {
    shop.command(&[&["sign", "pay-params"], scene].concat())
}

#[test]
fn jsapi_parameters_are_signed() {
    let shop = Shop::new();
    let order = ["--appid", "wx8888888888888888", "--prepay-id", PREPAY];
    let shown = params(&shop, &[&["jsapi"], &order[..]].concat())
        .run()
        .json();
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();
    let package = format!("prepay_id={PREPAY}");
    let signed = pay_text(
        "wx8888888888888888",
        &text("timeStamp"),
        &text("nonceStr"),
        &package,
    );
    let key = shop.sandbox.merchant_certificate().public_key();
    assert!(key.verify(&signed, &text("paySign")));
    // Nothing is sent, so no platform key is needed.
    let run = params(&shop, &[&["app"], &order[..]].concat());
    let run = run.without("PLATFORM_KEY").without("PLATFORM_KEY_ID");
    assert_eq!(run.run().json()["prepayid"], PREPAY);
    assert!(shop.sandbox.calls().is_empty());
}

#[test]
fn every_scene_prints_its_parameters() {
    let shop = Shop::new();
    let order = ["--appid", "wx1", "--prepay-id", PREPAY];
    let with = |scene: &'static str| [&[scene], &order[..]].concat();
    for (scene, member) in [
        (with("mini-program"), "paySign"),
        (with("v2-jsapi"), "paySign"),
        (
            [&with("v2-app")[..], &["--sign-type", "HMAC-SHA256"]].concat(),
            "sign",
        ),
        (
            vec!["red-packet", "--appid", "wx1", "--package", "sendid=1"],
            "paySign",
        ),
        (vec!["score-confirm", "--package", "x"], "queryString"),
        (
            vec!["score-confirm", "--package", "x", "--to", "mini-program"],
            "extraData",
        ),
        (
            vec![
                "score-detail",
                "--service-id",
                "5",
                "--out-order-no",
                "1",
                "--to",
                "app",
            ],
            "businessType",
        ),
        (
            vec![
                "coupons",
                "--coupon",
                "98065001:1",
                "--coupon",
                "98065001:2:75",
            ],
            "sign",
        ),
        (
            vec!["coupon-url", "--coupon", "98065001:1", "--openid", "o1"],
            "url",
        ),
        (
            vec![
                "h5",
                "--h5-url",
                "https://wx.tenpay.com/a?b=c",
                "--redirect-url",
                "https://a.cn/",
            ],
            "url",
        ),
    ] {
        let shown = params(&shop, &scene).run().json();
        assert!(!shown[member].is_null(), "{scene:?}: {shown}");
    }
}

#[test]
fn invalid_parameters_exit_with_the_input_code() {
    let shop = Shop::new();
    let scene = ["jsapi", "--appid", "wx1", "--prepay-id", "prepay_id=wx2"];
    params(&shop, &scene).run().failed(4);
    params(&shop, &["coupons", "--coupon", "98065001"])
        .run()
        .failed(2);
}
