//! `wechatpay notify open`.

use openssl::base64::encode_block;
use serde_json::json;
use wechatpay_chain::crypto::aes;
use wechatpay_chain::signing::response_text;
use wechatpay_chain::{Clock, PrivateKey, SystemClock};

use crate::chinese::english;
use crate::support::{Run, STRANGER, Shop};

/// A notification as WeChat Pay posts it, signed by a key at a time, in files.
pub(crate) fn capture(shop: &Shop, signer: &PrivateKey, timestamp: i64) {
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
pub(crate) fn platform() -> PrivateKey {
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
fn an_expired_notification_needs_ignore_age() {
    let shop = Shop::new();
    capture(&shop, &platform(), 1_700_000_000);
    open(&shop, &[]).run().failed(8);
    let shown = open(&shop, &["--ignore-age"]).run().json();
    assert_eq!(shown["resource"]["amount"]["total"], 100);
}

#[test]
fn a_forged_notification_is_rejected() {
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

/// The causes that a refused notification is given, for machines; those for people say the same.
#[track_caller]
fn causes(shop: &Shop, more: &[&str]) -> Vec<String> {
    let said = open(shop, &[more, &["--format", "json"]].concat())
        .run()
        .failed_json(8);
    let causes = said["causes"].as_array().unwrap().clone();
    let people = open(shop, more).run().failed(8);
    for cause in &causes {
        let line = format!("\ncause: {}\n", cause["text"].as_str().unwrap());
        assert!(people.contains(&line), "{people}");
    }
    let chinese = open(shop, &[more, &["--lang", "zh"]].concat())
        .run()
        .failed(8);
    let explained = chinese.matches("\n原因：").count();
    assert_eq!(explained, causes.len(), "{chinese}");
    assert_eq!(english(&chinese), [""; 0], "{chinese}");
    let names = causes
        .iter()
        .map(|it| it["cause"].as_str().unwrap().to_owned());
    names.collect()
}

fn read(shop: &Shop, name: &str) -> String {
    std::fs::read_to_string(shop.path(name)).unwrap()
}

#[test]
fn changes_of_the_body_are_explained() {
    let shop = Shop::new();
    capture(&shop, &platform(), SystemClock::new().now());
    let body = read(&shop, "body");
    for (changed, cause) in [
        (format!("{body}\n"), "body_ends"),
        (format!("\u{feff}{body}"), "body_bom"),
        (body.replace('"', "\\x22"), "body_nginx"),
        (body.replace("\":", "\": "), "body_rewritten"),
        (body.replace("EV-1", "EV-2"), "other_body"),
        (String::new(), "body_empty"),
    ] {
        shop.file("body", &changed);
        assert_eq!(causes(&shop, &[]), [cause], "{changed}");
        assert_eq!(causes(&shop, &["--ignore-age"]), [cause]);
    }
}

#[test]
fn headers_in_other_formats_are_explained() {
    let shop = Shop::new();
    capture(&shop, &platform(), SystemClock::new().now());
    let good = read(&shop, "headers");
    let four = || good.lines().filter(|line| line.starts_with("Wechatpay-"));
    let each = |edit: &dyn Fn(&str, &str) -> String| {
        let lines = four().map(|line| line.split_once(": ").unwrap());
        lines
            .map(|(name, value)| edit(name, value))
            .collect::<String>()
    };
    let cgi = |name: &str| format!("HTTP_{}", name.to_uppercase().replace('-', "_"));
    for (headers, cause) in [
        (
            each(&|name, value| format!("{}: {value}\n", cgi(name))),
            "header_name",
        ),
        (
            each(&|name, value| format!("{name}: \"{value}\"\n")),
            "header_quoted",
        ),
        (
            format!(
                "Host: a\n{}",
                each(&|name, value| format!("{}={value}\n", cgi(name)))
            ),
            "header_line",
        ),
        (
            format!(
                "Host: a\n{}",
                each(&|name, value| format!("[{}] => {value}\n", cgi(name)))
            ),
            "header_line",
        ),
        (
            format!(
                "Host: a\n{}",
                each(&|name, value| format!("< {name}: {value}\n"))
            ),
            "header_line",
        ),
        (
            format!(
                "Host: a\n{}",
                each(&|name, value| format!("  '{name}': '{value}',\n"))
            ),
            "header_line",
        ),
    ] {
        shop.file("headers", &headers);
        assert_eq!(causes(&shop, &[]), [cause; 4], "{headers}");
    }
    // No line of it is a header at all.
    shop.file(
        "headers",
        &each(&|name, value| format!("{}={value}\n", cgi(name))),
    );
    let said = open(&shop, &[]).run().failed(4);
    assert!(said.contains("Wechatpay-Serial: …\""), "{said}");
    shop.file("headers", &read(&shop, "body"));
    assert!(open(&shop, &[]).run().failed(4).contains("did you swap"));
    // Lower case and a mark at the beginning are no mistakes.
    shop.file(
        "headers",
        &format!(
            "\u{feff}{}",
            each(&|name, value| format!("{}:{value}\n", name.to_lowercase()))
        ),
    );
    open(&shop, &[]).run().ok();
}

#[test]
fn each_cause_names_the_setting_that_resolves_it() {
    let shop = Shop::new();
    capture(&shop, &platform(), SystemClock::new().now() - 86_400);
    let said = open(&shop, &[]).run().failed(8);
    assert!(said.contains("--ignore-age"), "{said}");
    let run = shop.command(&["notify", "open", "--body", "body"]);
    assert!(run.run().failed(8).contains("--headers"));
    let v2 = read(&shop, "v2.key");
    let v3 = read(&shop, "apiv3.key");
    shop.secret("apiv3.key", &v2);
    shop.secret("v2.key", &v3);
    assert_eq!(causes(&shop, &["--ignore-age"]), ["apiv3_key_is_v2"]);
    let said = open(&shop, &["--ignore-age"]).run().failed(8);
    assert!(said.contains("--apiv3-key-file"), "{said}");
    let key = shop.sandbox.apiv3_key().expose().to_owned();
    assert!(!said.contains(&key) && !said.contains(&v2));
}

/// APIv2's refund, encrypted with a key.
fn refund(key: &str) -> String {
    let key = wechatpay_chain::crypto::digest::md5_hex(key.as_bytes())
        .unwrap()
        .to_lowercase();
    let plain = b"<root><out_refund_no>r-1</out_refund_no></root>";
    let info = aes::ecb_encrypt(key.as_bytes().try_into().unwrap(), plain).unwrap();
    format!("<xml><req_info>{}</req_info></xml>", encode_block(&info))
}

#[test]
fn a_refund_of_apiv2_is_not_called_verified() {
    let shop = Shop::new();
    let open = |more: &[&str]| {
        shop.command(&[&["notify", "open", "--body", "body"], more].concat())
            .run()
    };
    shop.file("body", &refund(shop.sandbox.v2_key().expose()));
    let shown = open(&[]).json();
    assert_eq!(shown["resource"]["out_refund_no"], "r-1");
    assert!(shown["checked"].as_str().unwrap().starts_with("not signed"));
    shop.file("body", &refund(shop.sandbox.apiv3_key().expose()));
    let said = open(&["--format", "json"]).failed_json(8);
    assert_eq!(said["causes"][0]["cause"], "v2_key_is_apiv3");
    let said = open(&[]).failed(8);
    assert!(
        said.contains("no signature") && !said.contains("verified"),
        "{said}"
    );
    shop.file("body", "<xml><out_trade_no>1</out_trade_no></xml>");
    let said = open(&[]).failed(8);
    assert!(
        said.contains("<sign>") && !said.contains("the header"),
        "{said}"
    );
}

/// A key file that was written by an editor or a shell.
#[test]
fn whitespace_around_keys_is_reported() {
    let shop = Shop::new();
    capture(&shop, &platform(), SystemClock::new().now());
    for name in ["apiv3.key", "v2.key"] {
        let key = read(&shop, name);
        for written in [
            format!("{key} "),
            format!("\"{key}\""),
            format!("\n{key}\n"),
        ] {
            shop.secret(name, &written);
            let said = open(&shop, &[]).run().failed(3);
            assert!(said.contains("white space"), "{said}");
            assert!(!said.contains(&key));
        }
        for written in [format!("{key}\r\n"), format!("\u{feff}{key}\n")] {
            shop.secret(name, &written);
            open(&shop, &[]).run().ok();
        }
    }
}
