//! Diagnoses of headers, keys and encrypted content.

use http::{HeaderMap, HeaderName, HeaderValue};
use openssl::base64::encode_block;
use wechatpay_chain::notify::Notifications;

use super::{causes, text, value};
use crate::support::{
    APIV3, MERCHANT, NOW, PLATFORM, PLATFORM_ID, Post, SERIAL, STRANGER, Still, V2, builder, reader,
};

/// The headers of a valid notification with one value in another form.
fn with(name: &'static str, value: &str) -> Vec<&'static str> {
    let (mut headers, body) = Post::paid().signed();
    headers.insert(name, HeaderValue::from_str(value).unwrap());
    causes(&reader(), &headers, &body)
}

fn of(name: &str) -> String {
    let (headers, _) = Post::paid().signed();
    headers[name].to_str().unwrap().to_owned()
}

#[test]
fn each_encoding_of_the_signature_is_diagnosed() {
    let right = of("wechatpay-signature");
    let bytes = openssl::base64::decode_block(&right).unwrap();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent = percent_encoding::utf8_percent_encode(&right, percent_encoding::NON_ALPHANUMERIC);
    for (written, cause) in [
        (percent.to_string(), "signature_percent_encoded"),
        (right.replace('=', ""), "signature_no_padding"),
        (
            format!("{} {}", &right[..64], &right[64..]),
            "signature_line_breaks",
        ),
        (
            format!("{}\\n{}", &right[..64], &right[64..]),
            "signature_line_breaks",
        ),
        (hex, "signature_hex"),
        (encode_block(right.as_bytes()), "signature_base64_twice"),
        (encode_block(&bytes[..100]), "signature_cut"),
        (encode_block(&bytes[..32]), "signature_short"),
        ("?".into(), "signature_not_base64"),
        (format!("\"{right}\""), "header_quoted"),
        (format!("'{right}',"), "header_quoted"),
        (format!("Wechatpay-Signature: {right}"), "header_quoted"),
        ("WECHATPAY/SIGNTEST/abc".into(), "probe"),
    ] {
        assert_eq!(with("wechatpay-signature", &written), [cause], "{written}");
    }
}

/// Repeats until a signature contains both characters.
#[test]
fn changed_plus_and_slash_are_diagnosed() {
    let mut post = Post::paid();
    let (mut headers, body) = (0..)
        .map(|number| {
            post.id = format!("EV-{number}");
            post.signed()
        })
        .find(|(headers, _)| {
            let text = headers["wechatpay-signature"].to_str().unwrap();
            text.contains('+') && text.contains('/')
        })
        .unwrap();
    let right = headers["wechatpay-signature"].to_str().unwrap().to_owned();
    for (written, cause) in [
        (right.replace('+', " "), "signature_blank_for_plus"),
        (
            right.replace('+', "-").replace('/', "_"),
            "signature_base64url",
        ),
        (right.replace('+', "%2B"), "signature_percent_encoded"),
    ] {
        headers.insert(
            "wechatpay-signature",
            HeaderValue::from_str(&written).unwrap(),
        );
        assert_eq!(causes(&reader(), &headers, &body), [cause], "{written}");
    }
}

#[test]
fn renamed_and_lost_headers_are_diagnosed() {
    for name in ["signature", "serial", "timestamp", "nonce"] {
        let (mut headers, body) = Post::paid().signed();
        let value = headers.remove(format!("wechatpay-{name}")).unwrap();
        assert_eq!(causes(&reader(), &headers, &body)[0], "header_missing");
        for other in ["http_wechatpay_", "x-wechatpay-", "wechatpay"] {
            let mut renamed = headers.clone();
            let other = HeaderName::try_from(format!("{other}{name}")).unwrap();
            renamed.insert(other, value.clone());
            assert_eq!(
                causes(&reader(), &renamed, &body),
                ["header_name"],
                "{renamed:?}"
            );
        }
        let name = HeaderName::try_from(format!("wechatpay-{name}")).unwrap();
        let mut doubled = headers.clone();
        doubled.append(&name, value.clone());
        doubled.append(&name, value);
        assert_eq!(causes(&reader(), &doubled, &body), ["header_doubled"]);
        headers.insert(&name, HeaderValue::from_bytes("店".as_bytes()).unwrap());
        assert_eq!(causes(&reader(), &headers, &body)[0], "header_unreadable");
    }
    let body = Post::paid().body();
    assert_eq!(
        causes(&reader(), &HeaderMap::new(), &body),
        ["headers_missing"]
    );
    let own = HeaderValue::from_static("WECHATPAY2-SHA256-RSA2048 mchid=\"1\"");
    let own = HeaderMap::from_iter([(http::header::AUTHORIZATION, own)]);
    assert_eq!(causes(&reader(), &own, &body), ["own_request"]);
}

#[test]
fn a_converted_timestamp_is_diagnosed() {
    for (written, cause) in [
        (format!("{NOW}000"), "timestamp_unit"),
        (format!("{NOW}.0"), "timestamp_unit"),
        ("2023-11-14T22:13:20Z".to_owned(), "timestamp_form"),
    ] {
        assert_eq!(with("wechatpay-timestamp", &written), [cause]);
    }
    let (mut headers, body) = Post::paid().signed();
    let time = headers.insert("wechatpay-timestamp", headers["wechatpay-nonce"].clone());
    headers.insert("wechatpay-nonce", time.unwrap());
    assert_eq!(causes(&reader(), &headers, &body), ["headers_swapped"]);
    assert_eq!(
        with("wechatpay-nonce", &of("wechatpay-nonce").to_lowercase()),
        ["nonce_case"]
    );
    for offset in [301, -301, -86_400] {
        let mut post = Post::paid();
        post.timestamp += offset;
        let (headers, body) = post.signed();
        assert_eq!(causes(&reader(), &headers, &body), ["clock"]);
        // Further problems are reported too.
        let found = causes(&reader(), &headers, &[&body[..], b"\n"].concat());
        assert_eq!(found, ["clock", "body_ends"]);
    }
}

#[test]
fn a_wrong_platform_key_is_diagnosed() {
    const OTHER_ID: &str = "PUB_KEY_ID_0114232134912410000000000001";
    let mut post = Post::paid();
    post.signer = STRANGER.clone();
    let (headers, body) = post.signed();
    assert_eq!(causes(&reader(), &headers, &body), ["other_key"]);
    let both = builder()
        .platform_key(OTHER_ID, STRANGER.public_key().clone())
        .build()
        .unwrap();
    assert_eq!(causes(&both, &headers, &body), ["key_of_other_id"]);
    post.signer = MERCHANT.clone();
    let (headers, body) = post.signed();
    assert_eq!(causes(&reader(), &headers, &body), ["own_key"]);
    for (serial, cause) in [
        (OTHER_ID, "serial_unknown"),
        (SERIAL, "serial_of_merchant"),
        ("pub_key_id_0114232134912410000000000000", "serial_form"),
        ("5157F09EFDC096DE15EBE81A47057A7232F1B8E2", "serial_unknown"),
    ] {
        assert_eq!(with("wechatpay-serial", serial), [cause], "{serial}");
    }
    let none = Notifications::builder()
        .v2_key(V2)
        .clock(Still)
        .build()
        .unwrap();
    let (headers, body) = Post::paid().signed();
    assert_eq!(causes(&none, &headers, &body), ["no_platform_key"]);
}

#[test]
fn a_wrong_apiv3_key_is_diagnosed() {
    let keys = |apiv3: &str| {
        let platform = PLATFORM.public_key().clone();
        let begun = Notifications::builder().platform_key(PLATFORM_ID, platform);
        begun
            .apiv3_key(apiv3)
            .v2_key(V2)
            .clock(Still)
            .build()
            .unwrap()
    };
    let (headers, body) = Post::paid().signed();
    assert_eq!(causes(&keys(V2), &headers, &body), ["apiv3_key"]);
    assert_eq!(
        causes(&keys(&APIV3.to_uppercase()), &headers, &body),
        ["apiv3_key_case"]
    );
    let mut post = Post::paid();
    post.apiv3 = V2.into();
    let (headers, body) = post.signed();
    assert_eq!(causes(&reader(), &headers, &body), ["apiv3_key_is_v2"]);
    // The signature is valid, so only the resource is wrong.
    let mut altered = value();
    altered["resource"]["associated_data"] = "".into();
    for (body, cause) in [
        (altered.to_string(), "associated_data_missing"),
        (
            text().replace("AEAD_AES_256_GCM", "AEAD_OTHER"),
            "resource_form",
        ),
        (r#"{"out_trade_no":"1"}"#.to_owned(), "answer"),
    ] {
        let headers = Post::paid().headers(body.as_bytes());
        assert_eq!(causes(&reader(), &headers, body.as_bytes()), [cause]);
    }
}
