//! `wechatpay notify open`.

use openssl::base64::encode_block;
use serde_json::json;
use wechatpay_chain::crypto::aes;
use wechatpay_chain::signing::response_text;
use wechatpay_chain::{Clock, PrivateKey, SystemClock};

use crate::support::{Run, STRANGER, Shop};

/// A notification as WeChat Pay posts it, signed by a key at a time, in files.
fn capture(shop: &Shop, signer: &PrivateKey, timestamp: i64) {
    let key = shop.sandbox.apiv3_key().expose().as_bytes();
    let resource = json!({"out_trade_no": "order-1", "amount": {"total": 100}}).to_string();
    let sealed = aes::gcm_encrypt(
        key.try_into().unwrap(),
        b"0123456789ab",
        b"t",
        resource.as_bytes(),
    );
    let body = json!({
        "id": "EV-1", "create_time": "2026-01-01T00:00:00+08:00",
        "event_type": "TRANSACTION.SUCCESS", "resource_type": "encrypt-resource",
        "summary": "支付成功",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM", "original_type": "transaction",
            "ciphertext": encode_block(&sealed.unwrap()), "nonce": "0123456789ab",
            "associated_data": "t",
        },
    })
    .to_string();
    let (time, nonce) = (timestamp.to_string(), "5K8264ILTKCH16CQ2502SI8ZNMTM67VS");
    let signature = signer
        .sign(&response_text(&time, nonce, body.as_bytes()))
        .unwrap();
    let id = shop.sandbox.platform_key_id();
    shop.file("body", &body);
    shop.file(
        "headers",
        &format!(
            "POST /notify HTTP/1.1\r\nHost: shop\r\nWechatpay-Serial: {id}\r\n\
             Wechatpay-Timestamp: {time}\r\nWechatpay-Nonce: {nonce}\r\n\
             Wechatpay-Signature: {signature}\r\n\r\n"
        ),
    );
}

/// The merchant knows this key as WeChat Pay's.
fn platform() -> PrivateKey {
    PrivateKey::from_bytes(STRANGER.as_bytes()).unwrap()
}

fn open(shop: &Shop, more: &[&str]) -> Run {
    let public = platform().public_key().to_pem().unwrap();
    shop.file("pub_key.pem", &public);
    let arguments = ["notify", "open", "--headers", "headers", "--body", "body"];
    shop.command(&[&arguments[..], more].concat())
}

#[test]
fn a_notification_is_verified_and_decrypted() {
    let shop = Shop::new();
    capture(&shop, &platform(), SystemClock::new().now());
    let shown = open(&shop, &[]).run().json();
    assert_eq!(shown["event_type"], "TRANSACTION.SUCCESS");
    assert_eq!(shown["resource"]["out_trade_no"], "order-1");
    // Neither private key nor merchant id are needed.
    let run = open(&shop, &[])
        .without("PRIVATE_KEY")
        .without("CERTIFICATE");
    assert_eq!(run.without("MCHID").run().json()["id"], "EV-1");
}

#[test]
fn an_old_one_is_opened_on_request_only() {
    let shop = Shop::new();
    capture(&shop, &platform(), 1_700_000_000);
    open(&shop, &[]).run().failed(8);
    let shown = open(&shop, &["--ignore-age"]).run().json();
    assert_eq!(shown["resource"]["amount"]["total"], 100);
}

#[test]
fn a_forged_one_is_not_opened() {
    let shop = Shop::new();
    capture(&shop, &shop.merchant_key(), SystemClock::new().now());
    let said = open(&shop, &["--format", "json"]).run().failed_json(8);
    assert_eq!(said["kind"], "verify");
    open(&shop, &["--ignore-age"]).run().failed(8);
    capture(&shop, &platform(), SystemClock::new().now());
    shop.secret("apiv3.key", "00000000000000000000000000000000");
    let said = open(&shop, &["--format", "json"]).run().failed_json(8);
    assert_eq!(said["kind"], "decrypt");
    shop.file("headers", "nothing here");
    open(&shop, &[]).run().failed(4);
}
