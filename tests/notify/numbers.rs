//! Numbers of a notification keep the digits that WeChat Pay wrote.

use serde_json::{Value, json};
use wechatpay_chain::Padding;
use wechatpay_chain::crypto::aes;
use wechatpay_chain::notify::Notification;

use crate::support::{APIV3, MERCHANT, Post, V2, reader, v2_message};

const CARD: &str = "BRAND_MEMBER_CARD_SP.USER_CARD.CREATE";
const NUMBERS: &str = r#""id" : 123456789012345678901234567890, "rate":1.00,"float":110.00000000000001,"list":[-0, 0.1e-7,18446744073709551616]"#;

/// A notification whose resource is this text.
fn notification(event: &str, resource: &str) -> Notification {
    let post = Post::new(event, Value::Null);
    let mut body: Value = serde_json::from_slice(&post.body()).unwrap();
    let (nonce, aad) = (b"fdasflkja484", b"transaction");
    let key = APIV3.as_bytes().try_into().unwrap();
    let sealed = aes::gcm_encrypt(key, nonce, aad, resource.as_bytes()).unwrap();
    body["resource"]["ciphertext"] = openssl::base64::encode_block(&sealed).into();
    let body = body.to_string().into_bytes();
    reader().parse(&post.headers(&body), &body).unwrap()
}

#[derive(serde::Deserialize)]
struct Paid {
    #[serde(default)]
    phone_number: String,
    id: u128,
    float: f64,
    rate: Box<serde_json::value::RawValue>,
}

fn check(notification: &Notification, phone: &str) {
    let paid: Paid = notification.resource_as().unwrap();
    assert_eq!(paid.id, 123_456_789_012_345_678_901_234_567_890);
    assert_eq!(paid.float.to_bits(), 110.000_000_000_000_01_f64.to_bits());
    assert_eq!(paid.rate.get(), "1.00");
    assert_eq!(paid.phone_number, phone);
    assert_eq!(
        notification.resource()["float"].to_string(),
        "110.00000000000001"
    );
    if values_keep_every_digit() {
        let numbers = notification.resource()["id"].to_string();
        assert_eq!(numbers, "123456789012345678901234567890");
    }
}

/// Whether some package of this build enables `arbitrary_precision` of `serde_json`, as the command does.
fn values_keep_every_digit() -> bool {
    serde_json::from_str::<Value>("1e400").is_ok()
}

#[test]
fn a_resource_keeps_its_digits() {
    let text = format!("{{{NUMBERS}}}");
    let paid = notification("TRANSACTION.SUCCESS", &text);
    assert_eq!(paid.resource_text(), Some(&*text));
    check(&paid, "");
}

#[test]
fn decrypting_fields_does_not_change_the_numbers_around_them() {
    let secret = MERCHANT.public_key().encrypt(Padding::Oaep, b"13800000000");
    let text = format!(r#"{{{NUMBERS}, "phone_number":"{}" }}"#, secret.unwrap());
    let card = notification(CARD, &text);
    let plain = format!(r#"{{{NUMBERS}, "phone_number":"13800000000" }}"#);
    assert_eq!(card.resource_text(), Some(&*plain));
    check(&card, "13800000000");
}

#[test]
fn floats_keep_all_their_digits() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut texts = Vec::new();
    while texts.len() < 2_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        #[allow(clippy::cast_precision_loss, reason = "any double will do")]
        let text = json!((state >> 11) as f64 / (1_u64 << 44) as f64).to_string();
        if text.len() >= 18 && !text.contains('e') {
            texts.push(text);
        }
    }
    let resource = format!("[{}]", texts.join(","));
    let got = notification("TRANSACTION.SUCCESS", &resource);
    assert_eq!(got.resource().to_string(), resource);
}

#[test]
fn an_event_of_apiv2_keeps_its_digits() {
    let text = format!("{{{NUMBERS}}}");
    let key = APIV3.as_bytes().try_into().unwrap();
    let sealed = aes::gcm_encrypt(key, b"fdasflkja484", b"", text.as_bytes()).unwrap();
    let ciphertext = openssl::base64::encode_block(&sealed);
    let members = [
        ("event_id", "EV-1"),
        ("event_type", "TRANSACTION.SUCCESS"),
        ("event_algorithm", "AEAD_AES_256_GCM"),
        ("event_nonce", "fdasflkja484"),
        ("event_ciphertext", &*ciphertext),
    ];
    let message = v2_message(&members, wechatpay_chain::signing::SignType::Md5, V2);
    let event = reader().parse(&http::HeaderMap::new(), message.as_bytes());
    let event = event.unwrap();
    assert_eq!(event.resource_text(), Some(&*text));
    check(&event, "");
}

#[test]
fn xml_resources_have_no_json_text() {
    let message = v2_message(
        &[("out_trade_no", "1"), ("total_fee", "007")],
        wechatpay_chain::signing::SignType::Md5,
        V2,
    );
    let paid = reader().parse(&http::HeaderMap::new(), message.as_bytes());
    let paid = paid.unwrap();
    assert_eq!(paid.resource_text(), None);
    assert_eq!(paid.resource()["total_fee"], "007");
}
