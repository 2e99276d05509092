//! The scheme of brands, in requests as they would be sent.

use http::header::AUTHORIZATION;
use serde_json::json;
use wechatpay_chain::signing::{Authorization, Scheme};
use wechatpay_chain::{Call, ErrorKind, PublicKey, SignedRequest};

use super::*;

const PLATFORM: &str = "PUB_KEY_ID_0114232134912410000000000000";

fn brand() -> Client {
    let builder = builder().brand_id("120344").serial(SERIAL);
    let builder = builder.private_key(KEY.clone());
    let platform = Rsa::generate(2048).unwrap().public_key_to_pem().unwrap();
    let platform = PublicKey::from_bytes(platform).unwrap();
    builder.platform_key(PLATFORM, platform).build().unwrap()
}

fn signed(call: Call) -> SignedRequest {
    call.dry_run().wait().unwrap()
}

/// Checks the whole header, and that its signature covers exactly this text.
fn check(request: &SignedRequest, text: &str) {
    let header = request.headers()[AUTHORIZATION].to_str().unwrap();
    let auth = Authorization::parse(header).unwrap();
    assert_eq!(
        header,
        format!(
            "WECHATPAY-BRAND-SHA256-RSA2048 brand_id=\"120344\",serial_no=\"{SERIAL}\",\
             timestamp=\"1414561699\",nonce_str=\"{NONCE}\",signature=\"{}\"",
            auth.signature()
        )
    );
    assert_eq!((auth.scheme(), auth.id()), (Scheme::Brand, "120344"));
    assert!(KEY.public_key().verify(text.as_bytes(), auth.signature()));
    assert_eq!(request.signed_text().unwrap(), text);
    assert_eq!(request.headers()["Wechatpay-Serial"], PLATFORM);
    assert_eq!(request.uri().host(), Some("api.mch.weixin.qq.com"));
}

#[test]
fn a_read_is_signed_as_the_brand() {
    let call = brand()["brand/marketing/product-coupon/users/{openid}/coupons/{coupon_code}"]
        .get(())
        .var("openid", "oX_1")
        .var("coupon_code", "code*1")
        .query("appid", APPID);
    check(
        &signed(call),
        "GET\n/brand/marketing/product-coupon/users/oX_1/coupons/code%2A1?appid=wx8888888888888888\n\
         1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n\n",
    );
}

#[test]
fn a_write_is_signed_as_the_brand() {
    let client = brand();
    let call = client
        .chain("brand/marketing/product-coupon/notify-configs")
        .post(json!({"notify_url": "https://www.example.com/n"}), ());
    check(
        &signed(call),
        "POST\n/brand/marketing/product-coupon/notify-configs\n1414561699\n\
         5K8264ILTKCH16CQ2502SI8ZNMTM67VS\n{\"notify_url\":\"https://www.example.com/n\"}\n",
    );
    assert_eq!((client.brand_id(), client.mchid()), (Some("120344"), ""));
    assert!(format!("{client:?}").contains("120344"));
}

#[test]
fn a_merchant_signs_as_before() {
    let request = signed(v3_only().chain("v3/certificates").get(()));
    let header = request.headers()[AUTHORIZATION].to_str().unwrap();
    let start = "WECHATPAY2-SHA256-RSA2048 mchid=\"1900000109\",serial_no=";
    assert!(header.starts_with(start), "{header}");
    assert_eq!(v3_only().brand_id(), None);
}

#[test]
fn a_merchants_client_rejects_brand_operations() {
    let call = v3_only()
        .chain("brand/marketing/product-coupon/notify-configs")
        .get(());
    let err = call.dry_run().wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Request);
    assert!(err.to_string().contains("brand_id(..)"), "{err}");
    assert!(!err.maybe_sent());
}

#[test]
fn a_brands_client_has_no_payment_parameters() {
    let pay = brand().pay();
    for err in [
        pay.jsapi(APPID, PREPAY_ID).unwrap_err(),
        pay.app(APPID, PREPAY_ID).unwrap_err(),
        pay.score_confirm("x").unwrap_err(),
    ] {
        assert!(err.to_string().contains("brand's"), "{err}");
    }
}

#[test]
fn a_brands_client_rejects_merchant_operations() {
    for (path, word) in [
        ("v2/pay/unifiedorder", "APIv2 is for merchants"),
        ("V2/something/new", "APIv2 is for merchants"),
        ("pay/unifiedorder", "APIv2 is for merchants"),
        ("v3/pay/transactions/native", "mchid(..)"),
        ("/v3/pay/transactions/native/?a=b", "mchid(..)"),
    ] {
        let call = brand().chain(path.to_owned()).post(json!({}), ());
        let err = call.dry_run().wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request, "{path}");
        assert!(err.to_string().contains(word), "{path}: {err}");
        assert!(!err.maybe_sent());
    }
    // The catalog need not contain all operations of a brand.
    signed(brand().chain("v3/something/new").get(()));
}
