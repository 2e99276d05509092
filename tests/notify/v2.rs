//! APIv2: signed messages, unsigned refunds, encrypted events.

use http::HeaderMap;
use serde_json::json;
use wechatpay_chain::crypto::{aes, digest};
use wechatpay_chain::notify::{Notification, Version};
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{Error, ErrorKind, Result, Verification, VerifyFailure};

use crate::support::{APIV3, PLATFORM, PLATFORM_ID, V2, builder, reader, v2_message, xml};

const PAID: [(&str, &str); 5] = [
    ("return_code", "SUCCESS"),
    ("out_trade_no", "order-1"),
    ("attach", "a<b>&c"),
    ("nonce_str", "1"),
    ("device_info", ""),
];

fn parse(body: &str) -> Result<Notification> {
    reader().parse(&HeaderMap::new(), body.as_bytes())
}

fn refund(key: &str, plain: &str, others: &[(&str, &str)]) -> String {
    let key = digest::md5_hex(key.as_bytes()).unwrap().to_lowercase();
    let key = key.as_bytes().try_into().unwrap();
    let info = aes::ecb_encrypt(key, plain.as_bytes()).unwrap();
    let info = openssl::base64::encode_block(&info);
    xml("xml", &[others, &[("req_info", &info)]].concat())
}

fn assert_verify(err: &Error, failure: &VerifyFailure) {
    assert_eq!(err.kind(), ErrorKind::Verify, "{err:?}");
    assert_eq!(err.verify_failure(), Some(failure));
    assert!(!err.maybe_sent());
}

#[test]
fn both_signature_types_are_accepted() {
    for sign_type in [SignType::Md5, SignType::HmacSha256] {
        let paid = parse(&v2_message(&PAID, sign_type, V2)).unwrap();
        assert_eq!(paid.version(), Version::V2);
        assert_eq!(paid.resource()["attach"], "a<b>&c");
        assert_eq!((paid.event_type(), paid.create_time()), ("", ""));
        assert!(matches!(paid.verification(), Verification::Verified { .. }));
    }
}

#[test]
fn wrong_keys_and_altered_members_fail_as_signature() {
    let serial = "the APIv2 key".to_owned();
    let failure = VerifyFailure::Signature { serial };
    assert!(failure.to_string().ends_with("under the APIv2 key"));
    let good = v2_message(&PAID, SignType::Md5, V2);
    let other = v2_message(&PAID, SignType::Md5, &"x".repeat(32));
    let altered = good.replace("order-1", "order-2");
    let added = good.replace("<xml>", "<xml><total_fee>1</total_fee>");
    let short = good
        .replace("</sign>", "")
        .replace("<sign>", "<sign>A</sign><x>")
        .replace("</xml>", "</x></xml>");
    for message in [other, altered, added, short] {
        assert_verify(&parse(&message).unwrap_err(), &failure);
    }
    let unsigned = xml("xml", &PAID);
    assert_verify(
        &parse(&unsigned).unwrap_err(),
        &VerifyFailure::Element { name: "sign" },
    );
}

#[test]
fn unsigned_members_are_not_in_the_resource() {
    let good = v2_message(&PAID, SignType::Md5, V2);
    let nested = "<xml><transaction_id_list><data><a>1</a></data></transaction_id_list><x1/>";
    let paid = parse(&good.replace("<xml>", nested)).unwrap();
    for (name, value) in paid.resource().as_object().unwrap() {
        assert!(!value.as_str().unwrap().is_empty(), "{name}");
        assert!(!["transaction_id_list", "x1", "device_info"].contains(&&**name));
    }
    assert!(paid.envelope().get("transaction_id_list").is_some());
    assert_eq!(paid.id(), parse(&good).unwrap().id());
}

#[test]
fn broken_and_hostile_xml_is_rejected() {
    let good = v2_message(&PAID, SignType::Md5, V2);
    let bomb = good.replace(
        "<xml>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml>",
    );
    for message in [&good[..good.len() - 4], &bomb, "<xml>"] {
        assert_eq!(
            parse(message).unwrap_err().kind(),
            ErrorKind::Verify,
            "{message}"
        );
    }
}

#[test]
fn deliveries_of_one_payment_share_an_id() {
    let id = |members: &[(&str, &str)]| {
        let paid = parse(&v2_message(members, SignType::Md5, V2)).unwrap();
        paid.id().to_owned()
    };
    let again = PAID.map(|(key, value)| (key, if key == "nonce_str" { "2" } else { value }));
    let other = PAID.map(|(key, value)| {
        (
            key,
            if key == "out_trade_no" {
                "order-2"
            } else {
                value
            },
        )
    });
    assert_eq!(id(&PAID), id(&again));
    assert_ne!(id(&PAID), id(&other));
}

#[test]
fn a_refund_is_decrypted_and_called_unsigned() {
    let plain = xml("root", &[("refund_id", "R1"), ("refund_status", "SUCCESS")]);
    let message = refund(
        V2,
        &plain,
        &[("return_code", "SUCCESS"), ("nonce_str", "1")],
    );
    let refunded = parse(&message).unwrap();
    assert_eq!(
        refunded.resource(),
        &json!({"refund_id": "R1", "refund_status": "SUCCESS"})
    );
    assert_eq!(refunded.verification(), &Verification::Unsigned);
    // The id depends only on the encrypted content: the rest may be forged.
    let again = refund(
        V2,
        &plain,
        &[
            ("return_code", "SUCCESS"),
            ("mch_id", "2"),
            ("event_id", "another"),
            ("event_type", "TRANSACTION.SUCCESS"),
        ],
    );
    let again = parse(&again).unwrap();
    assert_eq!(again.id(), refunded.id());
    assert_eq!(again.event_type(), refunded.event_type());
}

#[test]
fn a_refund_under_another_key_is_detected_even_with_valid_padding() {
    let plain = xml("root", &[("refund_id", "R1")]);
    let no_xml = refund(V2, "not xml", &[]);
    let bad_base64 = xml("xml", &[("req_info", "?")]);
    // A few of 600 wrong keys give valid padding.
    let others = (0..600).map(|n| refund(&format!("{n:032}"), &plain, &[]));
    for message in others.chain([no_xml, bad_base64]) {
        let err = parse(&message).unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Decrypt, false));
        assert!(err.report().contains("req_info"), "{}", err.report());
    }
}

#[test]
fn an_event_is_decrypted_with_the_apiv3_key() {
    let event = |sealing: &str| {
        let key = sealing.as_bytes().try_into().unwrap();
        let text = json!({"out_order_no": "o-1"}).to_string();
        let bytes = aes::gcm_encrypt(key, b"123456789012", b"aad", text.as_bytes()).unwrap();
        let members = [
            ("event_id", "EV-1"),
            ("event_type", "CHECK.SUCCESS"),
            ("event_create_time", "2019-01-01T00:00:00+08:00"),
            ("event_algorithm", "AEAD_AES_256_GCM"),
            ("event_nonce", "123456789012"),
            ("event_associated_data", "aad"),
            ("event_ciphertext", &openssl::base64::encode_block(&bytes)),
        ];
        v2_message(&members, SignType::HmacSha256, V2)
    };
    let checked = parse(&event(APIV3)).unwrap();
    assert_eq!(
        (checked.id(), checked.event_type()),
        ("EV-1", "CHECK.SUCCESS")
    );
    assert_eq!(checked.create_time(), "2019-01-01T00:00:00+08:00");
    assert_eq!(checked.resource()["out_order_no"], "o-1");
    assert_eq!(checked.kind().unwrap().version(), Version::V2);
    let err = parse(&event(&"x".repeat(32))).unwrap_err();
    assert!(
        err.report().contains("APIv3 key does not match"),
        "{}",
        err.report()
    );
}

#[test]
fn old_and_new_apiv2_keys_are_accepted() {
    let rotating = builder().v2_key("n".repeat(32)).build().unwrap();
    let message = v2_message(&PAID, SignType::Md5, &"n".repeat(32));
    assert!(
        rotating
            .parse(&HeaderMap::new(), message.as_bytes())
            .is_ok()
    );
    let v3_only = wechatpay_chain::notify::Notifications::builder()
        .platform_key(PLATFORM_ID, PLATFORM.public_key().clone())
        .apiv3_key(APIV3)
        .build()
        .unwrap();
    let err = v3_only
        .parse(&HeaderMap::new(), message.as_bytes())
        .unwrap_err();
    assert!(err.to_string().contains("v2_key(..)"), "{err}");
}
