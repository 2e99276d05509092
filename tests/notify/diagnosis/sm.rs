//! Diagnoses of notifications that an SM2 key (国密) signed.

use http::{HeaderMap, HeaderValue};
use openssl::base64::{decode_block, encode_block};
use wechatpay_chain::PrivateKey;
use wechatpay_chain::crypto::sm4;
use wechatpay_chain::notify::{Notifications, NotificationsBuilder};

use super::causes;
use crate::support::{APIV3, PLATFORM_ID, Post, SERIAL, Still};

fn platform() -> PrivateKey {
    PrivateKey::from_bytes(include_bytes!("../../data/keys/sm/pkcs8.pem")).unwrap()
}

/// A key in SEC 1, without its public key.
fn other(fill: u8) -> PrivateKey {
    let head = [0x30, 0x31, 2, 1, 1, 4, 32];
    let curve = [0xa0, 10, 6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d];
    let body = encode_block(&[&head[..], &[fill; 32], &curve].concat());
    let name = "EC PRIVATE KEY";
    PrivateKey::from_bytes(format!(
        "-----BEGIN {name}-----\n{body}\n-----END {name}-----\n"
    ))
    .unwrap()
}

fn builder(apiv3: &str) -> NotificationsBuilder {
    Notifications::builder()
        .platform_key(PLATFORM_ID, platform().public_key().clone())
        .apiv3_key(apiv3)
        .private_key(other(7))
        .serial(SERIAL)
        .clock(Still)
}

fn reader() -> Notifications {
    builder(APIV3).build().unwrap()
}

fn paid() -> Post {
    let signer = platform();
    Post {
        signer,
        ..Post::paid()
    }
}

/// A notification whose resource is encrypted with SM4.
fn sealed() -> (HeaderMap, Vec<u8>) {
    let mut body: serde_json::Value = serde_json::from_slice(&paid().body()).unwrap();
    let key = sm4::key_of(&APIV3.into());
    let sealed = sm4::gcm_encrypt(&key, b"fdasflkja484", b"transaction", b"{\"a\":1}").unwrap();
    body["resource"]["algorithm"] = "AEAD_SM4_GCM".into();
    body["resource"]["ciphertext"] = encode_block(&sealed).into();
    let body = body.to_string().into_bytes();
    (paid().headers(&body), body)
}

#[track_caller]
fn with(headers: &HeaderMap, name: &'static str, value: &str, body: &[u8]) -> Vec<&'static str> {
    let mut headers = headers.clone();
    headers.insert(name, HeaderValue::from_str(value).unwrap());
    causes(&reader(), &headers, body)
}

#[test]
fn a_valid_signature_leads_to_the_resource() {
    let wrong = builder("apiv3-key-of-32-bytes-for-other!").build().unwrap();
    for (headers, body) in [paid().signed(), sealed()] {
        assert!(reader().parse(&headers, &body).is_ok());
        assert_eq!(causes(&wrong, &headers, &body), ["apiv3_key"]);
    }
    let altered = String::from_utf8(sealed().1)
        .unwrap()
        .replace("\"transaction\"", "\"\"");
    let headers = paid().headers(altered.as_bytes());
    let found = causes(&reader(), &headers, altered.as_bytes());
    assert_eq!(found, ["associated_data_missing"]);
    let body = br#"{"code": "SUCCESS"}"#;
    assert_eq!(causes(&reader(), &paid().headers(body), body), ["answer"]);
}

/// SM2 signatures of the same text are the same here (RFC 6979), so none lacks the characters that a notation changes.
#[test]
fn notations_of_the_signature_are_diagnosed() {
    let (headers, body) = paid().signed();
    let right = headers["wechatpay-signature"].to_str().unwrap();
    let bytes = decode_block(right).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent = percent_encoding::utf8_percent_encode(right, percent_encoding::NON_ALPHANUMERIC);
    let raw = raw(&bytes);
    let cases: [(String, &[&str]); 10] = [
        (hex(&bytes), &["signature_hex"]),
        (encode_block(&raw), &["sm2_raw"]),
        (hex(&raw), &["signature_hex", "sm2_raw"]),
        (percent.to_string(), &["signature_percent_encoded"]),
        (
            format!("{} {}", &right[..64], &right[64..]),
            &["signature_line_breaks"],
        ),
        (encode_block(right.as_bytes()), &["signature_base64_twice"]),
        (
            encode_block(&[&bytes[..], &[0]].concat()),
            &["signature_cut"],
        ),
        (encode_block(&bytes[..32]), &["signature_short"]),
        (encode_block(&[1; 256]), &["sm2_not_der"]),
        ("?".into(), &["signature_not_base64"]),
    ];
    for (written, expected) in cases {
        let found = with(&headers, "wechatpay-signature", &written, &body);
        assert_eq!(found, expected, "{written}");
    }
}

/// The numbers r and s of a signature in DER, 32 bytes each.
fn raw(der: &[u8]) -> Vec<u8> {
    let padded = |number: &[u8]| {
        let start = number.len().saturating_sub(32);
        let digits = &number[start..];
        [&vec![0; 32 - digits.len()], digits].concat()
    };
    let (r, rest) = der[4..].split_at(usize::from(der[3]));
    [padded(r), padded(&rest[2..])].concat()
}

#[test]
fn changes_of_the_signed_text_are_diagnosed() {
    let (headers, body) = paid().signed();
    let text = String::from_utf8(body.clone()).unwrap();
    for (changed, cause) in [
        (format!("{text}\n"), "body_ends"),
        (format!("\u{feff}{text}"), "body_bom"),
        (text[..text.len() / 2].to_owned(), "body_cut"),
        (text.replace("支付成功", "已经支付"), "sm2_other"),
        (String::new(), "body_empty"),
    ] {
        let found = causes(&reader(), &headers, changed.as_bytes());
        assert_eq!(found, [cause], "{changed}");
    }
    let nonce = headers["wechatpay-nonce"].to_str().unwrap();
    let lower = nonce.to_ascii_lowercase();
    assert_eq!(
        with(&headers, "wechatpay-nonce", &lower, &body),
        ["nonce_case"]
    );
}

#[test]
fn signatures_of_other_keys_are_diagnosed() {
    let by = |signer| Post { signer, ..paid() }.signed();
    let (headers, body) = by(other(7));
    assert_eq!(causes(&reader(), &headers, &body), ["own_key"]);
    let (headers, body) = by(other(9));
    assert_eq!(causes(&reader(), &headers, &body), ["sm2_other"]);
    let second = "PUB_KEY_ID_0114232134912410000000000001";
    let two = builder(APIV3).platform_key(second, other(9).public_key().clone());
    let found = causes(&two.build().unwrap(), &headers, &body);
    assert_eq!(found, ["key_of_other_id"]);
}
