//! APIv3: accepted notifications, and the reasons for rejections.

use serde::Deserialize;
use serde_json::{Value, json};
use wechatpay_chain::notify::{Delivery, Version};
use wechatpay_chain::signing::PROBE_PREFIX;
use wechatpay_chain::{Error, ErrorKind, FieldPolicy, Padding, Verification, VerifyFailure};

use crate::support::{APIV3, MERCHANT, NOW, PLATFORM_ID, Post, STRANGER, builder, reader};

#[test]
fn parse_verifies_and_decrypts_a_payment() {
    #[derive(Deserialize)]
    struct Paid {
        out_trade_no: String,
    }
    let (headers, body) = Post::paid().signed();
    let paid = reader().parse(&headers, &body).unwrap();
    assert_eq!(paid.version(), Version::V3);
    assert_eq!(paid.id(), "EV-2018022511223320873");
    assert_eq!(paid.event_type(), "TRANSACTION.SUCCESS");
    assert_eq!(paid.create_time(), "2023-11-14T22:13:20+08:00");
    assert_eq!(paid.resource_type(), "encrypt-resource");
    assert_eq!(paid.original_type(), "transaction");
    assert_eq!(paid.summary(), "支付成功");
    assert_eq!(paid.resource()["amount"]["total"], 100);
    assert_eq!(paid.resource_as::<Paid>().unwrap().out_trade_no, "order-1");
    assert_eq!(paid.raw(), &body);
    assert_eq!(paid.envelope()["resource"]["nonce"], "fdasflkja484");
    assert_eq!(paid.delivery(), Delivery::New);
    let serial = PLATFORM_ID.to_owned();
    assert_eq!(paid.verification(), &Verification::Verified { serial });
    let err = paid.resource_as::<Vec<u8>>().unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Body, false));
}

fn refusal(post: &Post) -> Error {
    let (headers, body) = post.signed();
    reader().parse(&headers, &body).unwrap_err()
}

fn assert_verify(err: &Error, failure: &VerifyFailure) {
    assert_eq!(err.kind(), ErrorKind::Verify, "{err:?}");
    assert_eq!(err.verify_failure(), Some(failure));
    assert!(!err.maybe_sent() && !err.is_retryable());
}

#[test]
fn other_signers_and_altered_bytes_fail_as_signature() {
    let failure = VerifyFailure::Signature {
        serial: PLATFORM_ID.into(),
    };
    let mut post = Post::paid();
    post.signer = STRANGER.clone();
    assert_verify(&refusal(&post), &failure);

    let (headers, body) = Post::paid().signed();
    let reserialised: Value = serde_json::from_slice(&body).unwrap();
    let pretty = serde_json::to_vec_pretty(&reserialised).unwrap();
    let truncated = &body[..body.len() - 1];
    let mut longer = body.clone();
    longer.push(b'\n');
    for altered in [&pretty[..], truncated, &longer, b"", b"no json"] {
        let err = reader().parse(&headers, altered).unwrap_err();
        assert_verify(&err, &failure);
        assert_eq!(err.body().unwrap(), altered);
    }
}

#[test]
fn an_unknown_serial_is_named_with_the_known_ones() {
    let mut post = Post::paid();
    post.serial = "PUB_KEY_ID_42".into();
    let (serial, known) = (post.serial.clone(), vec![PLATFORM_ID.into()]);
    assert_verify(
        &refusal(&post),
        &VerifyFailure::UnknownSerial { serial, known },
    );
}

#[test]
fn a_stale_timestamp_fails_as_clock() {
    for offset in [-301, 301, i64::MAX - NOW] {
        let mut post = Post::paid();
        post.timestamp = NOW + offset;
        assert_verify(&refusal(&post), &VerifyFailure::Clock { offset });
    }
    for offset in [-300, 300] {
        let mut post = Post::paid();
        post.timestamp = NOW + offset;
        let (headers, body) = post.signed();
        assert!(reader().parse(&headers, &body).is_ok());
    }
}

#[test]
fn each_missing_doubled_or_unreadable_header_is_named() {
    for name in [
        "Wechatpay-Serial",
        "Wechatpay-Timestamp",
        "Wechatpay-Nonce",
        "Wechatpay-Signature",
    ] {
        let (headers, body) = Post::paid().signed();
        let (mut missing, mut doubled, mut binary) = (headers.clone(), headers.clone(), headers);
        missing.remove(name);
        doubled.append(name, "1".parse().unwrap());
        binary.insert(name, http::HeaderValue::from_bytes(b"\xff").unwrap());
        for headers in [missing, doubled, binary] {
            let err = reader().parse(&headers, &body).unwrap_err();
            assert_verify(&err, &VerifyFailure::Header { name });
        }
    }
}

#[test]
fn probes_are_detected_before_anything_else() {
    let (mut headers, body) = Post::paid().signed();
    let probe = format!("{PROBE_PREFIX}Bm5vdCBiYXNlNjQh");
    headers.insert("wechatpay-signature", probe.parse().unwrap());
    headers.insert("wechatpay-serial", "PUB_KEY_ID_1".parse().unwrap());
    let err = reader().parse(&headers, &body).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Probe);
    assert_eq!(err.verify_failure(), Some(&VerifyFailure::Probe));
    assert!(!err.maybe_sent());
}

#[test]
fn a_wrong_apiv3_key_is_named() {
    let mut post = Post::paid();
    post.apiv3 = "x".repeat(32);
    let err = refusal(&post);
    assert_eq!(err.kind(), ErrorKind::Decrypt);
    assert!(
        err.report()
            .contains("the APIv3 key does not match (1 tried)"),
        "{}",
        err.report()
    );
    assert!(!err.report().contains("tag"), "{}", err.report());
    assert!(!err.maybe_sent() && err.verify_failure().is_none());
}

#[test]
fn old_and_new_apiv3_keys_are_accepted() {
    let rotating = builder().apiv3_key("n".repeat(32)).build().unwrap();
    for key in [APIV3.to_owned(), "n".repeat(32)] {
        let mut post = Post::paid();
        post.apiv3 = key;
        let (headers, body) = post.signed();
        assert!(rotating.parse(&headers, &body).is_ok());
    }
}

#[test]
fn signed_bodies_other_than_notifications_fail_as_body() {
    for body in [
        &b"not json"[..],
        b"[]",
        b"{}",
        b"{\"id\":\"\"}",
        b"{\"id\":1}",
        b"\"x\"",
    ] {
        let headers = Post::paid().headers(body);
        let err = reader().parse(&headers, body).unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Body, false));
    }
}

#[test]
fn a_notification_without_a_resource_has_null() {
    let body = b"{\"id\":\"1\",\"event_type\":\"X.Y\"}";
    let headers = Post::paid().headers(body);
    let bare = reader().parse(&headers, body).unwrap();
    assert_eq!(bare.resource(), &Value::Null);
    assert!(bare.kind().is_none() && !bare.expects_data());
}

#[test]
fn a_malformed_resource_is_not_blamed_on_the_key() {
    for (resource, word) in [
        (json!({"algorithm": "AEAD_OTHER"}), "AEAD_OTHER"),
        (
            json!({"algorithm": "AEAD_AES_256_GCM", "nonce": "1"}),
            "nonce",
        ),
        (
            json!({"algorithm": "AEAD_AES_256_GCM", "nonce": "123456789012", "ciphertext": "?"}),
            "base64",
        ),
        (json!("text"), "algorithm"),
    ] {
        let body = json!({"id": "1", "resource": resource}).to_string();
        let headers = Post::paid().headers(body.as_bytes());
        let err = reader().parse(&headers, body.as_bytes()).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Decrypt);
        assert!(err.report().contains(word), "{}", err.report());
    }
}

#[test]
fn encrypted_fields_of_a_resource_are_decrypted() {
    let key = MERCHANT.public_key();
    let secret = |text: &str| key.encrypt(Padding::Oaep, text.as_bytes()).unwrap();
    let post = Post::new(
        "BRAND_MEMBER_CARD_SP.USER_CARD.CREATE",
        json!({
            "openid": secret("left alone"),
            "phone_number": secret("13800000000"),
            "user_information": {"common_field_list": [{"name": "n", "value": secret("张三")}, {"value": ""}]},
        }),
    );
    let (headers, body) = post.signed();
    let card = reader().parse(&headers, &body).unwrap();
    assert_eq!(card.resource()["phone_number"], "13800000000");
    let fields = &card.resource()["user_information"]["common_field_list"];
    assert_eq!(
        (&fields[0]["value"], &fields[1]["value"]),
        (&json!("张三"), &json!(""))
    );
    assert_eq!(card.resource()["openid"], post.resource["openid"]);

    let off = builder().fields(FieldPolicy::Off).build().unwrap();
    let card = off.parse(&headers, &body).unwrap();
    assert_eq!(card.resource(), &post.resource);

    let stranger = builder().private_key(STRANGER.clone()).build().unwrap();
    let err = stranger.parse(&headers, &body).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Decrypt);
    assert!(err.report().contains("/phone_number"), "{}", err.report());
}
