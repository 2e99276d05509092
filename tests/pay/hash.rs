//! Parameters signed with the APIv2 key. The signatures were computed by another implementation
//! (Python's hashlib and hmac) over texts written by hand.

use serde_json::{json, to_string};
use wechatpay_chain::pay::Coupon;
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{ErrorKind, Secret};

use super::*;

/// Published in WeChat Pay's document on APIv2's signatures.
#[test]
fn the_published_examples_are_reproduced() {
    let key = Secret::new(V2_KEY);
    let members = [
        ("appid", "wxd930ea5d5a258f4f"),
        ("mch_id", "10000100"),
        ("device_info", "1000"),
        ("body", "test"),
        ("nonce_str", "ibuaiVcKdpRxkhJA"),
    ];
    assert_eq!(
        SignType::Md5.sign(members, &key).unwrap(),
        "9A0A8659F005D6984697E2CA0A9CF3B7"
    );
    assert_eq!(
        SignType::HmacSha256.sign(members, &key).unwrap(),
        "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"
    );
}

#[test]
fn jsapi_signs_all_under_the_orders_sign_type() {
    for (kind, sign) in [
        (SignType::Md5, "C65DBAE5857F710BAA484800E0C26DA7"),
        (
            SignType::HmacSha256,
            "D2412456FD36C0D07E3B63BA8DB9047BDD94A7B603F80231BCD4B4FDA254A5C3",
        ),
    ] {
        let params = v2_only().pay().v2().jsapi(APPID, PREPAY_ID, kind).unwrap();
        let expected = json!({
            "appId": APPID,
            "timeStamp": "1414561699",
            "nonceStr": NONCE,
            "package": "prepay_id=wx201410272009395522657a690389285100",
            "signType": kind.as_str(),
            "paySign": sign,
        });
        assert_eq!(to_string(&params).unwrap(), expected.to_string());
    }
}

#[test]
fn an_app_signs_all_under_the_orders_sign_type() {
    for (kind, sign) in [
        (SignType::Md5, "BB73F0F846BA577217D18C12F84665A1"),
        (
            SignType::HmacSha256,
            "94F9FEB7701927A13E58F3E910646F7DBD884A3ACB534BE51FCE232F4D283253",
        ),
    ] {
        let params = v2_only().pay().v2().app(APPID, PREPAY_ID, kind).unwrap();
        let expected = json!({
            "appid": APPID,
            "partnerid": MCHID,
            "timestamp": "1414561699",
            "noncestr": NONCE,
            "package": "Sign=WXPay",
            "prepayid": PREPAY_ID,
            "sign": sign,
        });
        assert_eq!(to_string(&params).unwrap(), expected.to_string());
    }
}

#[test]
fn a_red_packet_signs_the_unencoded_package_without_the_sign_type() {
    let package = "sendid=242e8abd&ver=8&sign=4110d6+9a/5a=&mchid=11475856";
    let params = v2_only().pay().v2().red_packet(APPID, package).unwrap();
    let expected = json!({
        "appId": APPID,
        "timeStamp": "1414561699",
        "nonceStr": NONCE,
        "package": "sendid%3D242e8abd%26ver%3D8%26sign%3D4110d6%2B9a%2F5a%3D%26mchid%3D11475856",
        "paySign": "241C7E725E3B97BC775275C96EA8C96E",
        "signType": "MD5",
    });
    assert_eq!(to_string(&params).unwrap(), expected.to_string());
}

#[test]
fn coupons_are_signed_with_their_index() {
    let pay = v2_only().pay();
    let params = pay.coupons([Coupon::new("98065001", "8956|1")]).unwrap();
    assert_eq!(
        to_string(&params).unwrap(),
        json!({
            "send_coupon_merchant": MCHID,
            "send_coupon_params": [{"stock_id": "98065001", "out_request_no": "8956|1"}],
            "sign": "9F41996885CAA171C482D204D844E78419649FB20C9181EAFDDFC420546C0981",
        })
        .to_string()
    );

    let two = [
        Coupon::new("98065001", "8956|1"),
        Coupon::new("98065002", "8956|2").coupon_code("code*1"),
    ];
    let params = pay.mchid("10016226").coupons(two).unwrap();
    assert_eq!(
        to_string(&params).unwrap(),
        json!({
            "send_coupon_merchant": "10016226",
            "send_coupon_params": [
                {"stock_id": "98065001", "out_request_no": "8956|1"},
                {"stock_id": "98065002", "out_request_no": "8956|2", "coupon_code": "code*1"},
            ],
            "sign": "660BC4AD94CE58E5121EC75E3BD4C723D7668BE7D24B3BD056C98B3E884E1C00",
        })
        .to_string()
    );
}

#[test]
fn the_plug_in_takes_one_to_ten_coupons() {
    let pay = v2_only().pay();
    let some = |count| pay.coupons(vec![Coupon::new("1", "2"); count]);
    assert!(some(1).is_ok() && some(10).is_ok());
    for count in [0, 11] {
        assert_eq!(some(count).unwrap_err().kind(), ErrorKind::Request);
    }
    assert!(pay.coupons([Coupon::new("1", "")]).is_err());
    assert!(
        pay.coupons([Coupon::new("1", "2").coupon_code("")])
            .is_err()
    );
}

#[test]
fn a_coupons_page_has_encoded_values_and_a_signature_over_plain_ones() {
    let pay = v2_only().pay();
    let coupon = Coupon::new("98065001", "8956|1");
    assert_eq!(
        pay.coupon_url(&coupon, "oX_1").unwrap(),
        "https://action.weixin.qq.com/busifavor/getcouponinfo?stock_id=98065001\
         &out_request_no=8956%7C1&send_coupon_merchant=1900000109&open_id=oX_1\
         &sign=77DD25C6DE72B94CCE60947B44B61AC74EADAD4BDE896F38674AF3BC93EA17F3\
         #wechat_pay&wechat_redirect"
    );
    assert_eq!(
        pay.coupon_url(&coupon.coupon_code("code*1"), "oX_1")
            .unwrap(),
        "https://action.weixin.qq.com/busifavor/getcouponinfo?stock_id=98065001\
         &out_request_no=8956%7C1&send_coupon_merchant=1900000109&open_id=oX_1\
         &coupon_code=code%2A1\
         &sign=D172DC598F550044D3391809DD040D0507ECC2841920C11D5C9E756C780AB174\
         #wechat_pay&wechat_redirect"
    );
}

#[test]
fn confirming_an_order_has_three_wrappers() {
    let package = "DJIOSQPYWDxsjdldeuwhdodwxasd_dDiodnwjh9we+/==";
    let sign = "098E0D54A9EACA509B31F7D9CEE85B6291B8C412672B7195BEA17C379D2B3905";
    let score = v2_only().pay().score_confirm(package).unwrap();
    let query = format!(
        "mch_id=1900000109&package=DJIOSQPYWDxsjdldeuwhdodwxasd_dDiodnwjh9we%2B%2F%3D%3D\
         &timestamp=1414561699&nonce_str={NONCE}&sign_type=HMAC-SHA256&sign={sign}"
    );
    assert_eq!(
        to_string(&score.app()).unwrap(),
        json!({
            "businessType": "wxpayScoreUse",
            "query": query,
            "extInfo": {"miniProgramType": 0},
        })
        .to_string()
    );
    assert_eq!(
        to_string(&score.jsapi()).unwrap(),
        json!({"businessType": "wxpayScoreUse", "queryString": query}).to_string()
    );
    let extra = json!({
        "mch_id": MCHID,
        "package": package,
        "timestamp": "1414561699",
        "nonce_str": NONCE,
        "sign_type": "HMAC-SHA256",
        "sign": sign,
    });
    assert_eq!(
        to_string(&score.mini_program()).unwrap(),
        json!({"businessType": "wxpayScoreUse", "extraData": extra}).to_string()
    );
    assert_eq!(score.mini_program().extra_data.get("sign"), Some(sign));
}

#[test]
fn the_order_page_names_the_order() {
    let score = v2_only()
        .pay()
        .score_detail("88888888000011", "1234|323*JK")
        .unwrap();
    let sign = "6C0D4EFE8CDD97B07ED6FCF53888EAA2ED27A4FC3323DED51D40916E926470A7";
    let extra = json!({
        "mch_id": MCHID,
        "service_id": "88888888000011",
        "out_order_no": "1234|323*JK",
        "timestamp": "1414561699",
        "nonce_str": NONCE,
        "sign_type": "HMAC-SHA256",
        "sign": sign,
    });
    assert_eq!(
        to_string(&score.mini_program()).unwrap(),
        json!({"businessType": "wxpayScoreDetail", "extraData": extra}).to_string()
    );
    assert!(
        score
            .jsapi()
            .query_string
            .contains("&out_order_no=1234%7C323%2AJK&")
    );
}

#[test]
fn a_client_without_the_v2_key_names_the_setting() {
    let pay = v3_only().pay();
    for err in [
        pay.v2().jsapi(APPID, PREPAY_ID, SignType::Md5).unwrap_err(),
        pay.coupons([Coupon::new("1", "2")]).unwrap_err(),
        pay.score_confirm("x").unwrap_err(),
    ] {
        assert_eq!(err.kind(), ErrorKind::Request);
        assert!(err.to_string().contains("v2_key(..)"), "{err}");
    }
}
