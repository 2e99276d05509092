//! Diagnoses of APIv2's notifications.

use encoding_rs::GBK;
use http::HeaderMap;
use openssl::base64::encode_block;
use serde_json::Value;
use wechatpay_chain::crypto::{aes, digest};
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::signing::SignType;

use super::causes;
use crate::support::{APIV3, PLATFORM, PLATFORM_ID, Still, V2, v2_message, xml};

const PAID: [(&str, &str); 3] = [
    ("return_code", "SUCCESS"),
    ("out_trade_no", "1"),
    ("attach", "店"),
];

fn of_v2(reader: &Notifications, body: impl AsRef<[u8]>) -> Vec<&'static str> {
    causes(reader, &HeaderMap::new(), body.as_ref())
}

fn v2_reader(v2: &str) -> Notifications {
    let platform = PLATFORM.public_key().clone();
    let begun = Notifications::builder().platform_key(PLATFORM_ID, platform);
    begun
        .apiv3_key(APIV3)
        .v2_key(v2)
        .clock(Still)
        .build()
        .unwrap()
}

fn refund(key: &str) -> String {
    let key = digest::md5_hex(key.as_bytes()).unwrap().to_lowercase();
    let info = aes::ecb_encrypt(key.as_bytes().try_into().unwrap(), b"<root><a>1</a></root>");
    xml("xml", &[("req_info", &encode_block(&info.unwrap()))])
}

#[test]
fn swapped_apiv2_and_apiv3_keys_are_diagnosed() {
    for sign_type in [SignType::Md5, SignType::HmacSha256] {
        let message = v2_message(&PAID, sign_type, APIV3);
        assert_eq!(of_v2(&v2_reader(V2), &message), ["v2_key_is_apiv3"]);
        let message = v2_message(&PAID, sign_type, V2);
        assert_eq!(
            of_v2(&v2_reader(&V2.to_uppercase()), &message),
            ["v2_key_case"]
        );
        assert_eq!(of_v2(&v2_reader(APIV3), &message), ["v2_key_or_body"]);
    }
    assert_eq!(of_v2(&v2_reader(V2), refund(APIV3)), ["v2_key_is_apiv3"]);
    assert_eq!(
        of_v2(&v2_reader(&V2.to_uppercase()), refund(V2)),
        ["v2_key_case"]
    );
    assert_eq!(of_v2(&v2_reader(APIV3), refund(V2)), ["v2_key"]);
    let platform = PLATFORM.public_key().clone();
    let none = Notifications::builder().platform_key(PLATFORM_ID, platform);
    let none = none.apiv3_key(APIV3).clock(Still).build().unwrap();
    assert_eq!(of_v2(&none, refund(V2)), ["no_v2_key"]);
    assert_eq!(
        of_v2(&none, v2_message(&PAID, SignType::Md5, APIV3)),
        ["v2_key_is_apiv3"]
    );
}

#[test]
fn diagnosis_names_the_fault_in_apiv2_xml() {
    let good = v2_message(&PAID, SignType::Md5, V2);
    let (before, sign) = good.split_once("<sign><![CDATA[").unwrap();
    let (sign, after) = sign.split_once("]]>").unwrap();
    let signed = |sign: &str| format!("{before}<sign><![CDATA[{sign}]]>{after}");
    for (body, cause) in [
        (xml("xml", &PAID), "sign_missing"),
        (signed(""), "sign_missing"),
        (good.replace("sign>", "SIGN>"), "sign_name"),
        (signed(&sign.to_lowercase()), "sign_case"),
        (signed(&sign[1..]), "sign_form"),
        (good.replace("SUCCESS", "FAIL"), "v2_key_or_body"),
        (
            good.replace("<xml>", "<xml><sign_type>HMAC-SHA256</sign_type>"),
            "sign_type",
        ),
        (
            good.replace('"', "\\x22").replace("店", "\\xE5\\xBA\\x97"),
            "body_nginx",
        ),
        (good.replace('<', "&lt;").replace('>', "&gt;"), "body_html"),
        (Value::from(good.as_str()).to_string(), "body_json_twice"),
        ("<html>404</html>".to_owned(), "body_not_xml"),
        (
            refund(V2).replace("req_info><![CDATA[", "req_info><![CDATA[A"),
            "req_info_form",
        ),
    ] {
        assert_eq!(of_v2(&v2_reader(V2), &body), [cause], "{body}");
    }
    let mojibake: String = good.bytes().map(char::from).collect();
    assert_eq!(of_v2(&v2_reader(V2), mojibake), ["body_charset"]);
    assert_eq!(of_v2(&v2_reader(V2), GBK.encode(&good).0), ["body_charset"]);
}
