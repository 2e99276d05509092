//! Sensitive fields: what the gateway decrypts, and what the caller receives.

use bytes::Bytes;
use serde_json::{Value, json};
use wechatpay_chain::{ErrorKind, FieldPolicy, Padding, Verification, middleware};

use crate::support::keys::{self, CERTIFICATE_SERIAL, OTHER, OTHER_KEY_ID, Pair};
use crate::support::{Answer, KEY_ID, MERCHANT, PLATFORM, Sent, Wire, builder, client};

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";

/// Returns the decrypted text of a field.
fn read(pair: &Pair, padding: Padding, ciphertext: &Value) -> String {
    let ciphertext = ciphertext.as_str().unwrap();
    let plain = pair.private.decrypt(padding, ciphertext).unwrap();
    String::from_utf8(plain.to_vec()).unwrap()
}

fn platform_reads(ciphertext: &Value) -> String {
    read(&PLATFORM, Padding::Oaep, ciphertext)
}

fn query(sent: &Sent) -> Vec<(String, Value)> {
    let query = sent.parts.uri.query().unwrap();
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (decode(name), Value::String(decode(value))))
        .collect()
}

#[test]
fn the_catalogs_fields_are_encrypted_and_nothing_else() {
    let wire = Wire::ok();
    let body = json!({
        "out_request_no": "p20150806125346", "bal_account_no": "账号1024", "card_no": "6214",
        "reason": "{\"card_no\":\"6214\"}", "deep": {"card_no": "6214"},
    });
    client(&wire).chain(PUNISH).post(&body, ()).wait().unwrap();
    let sent = wire.only();
    let mut got = sent.json();
    assert_eq!(platform_reads(&got["bal_account_no"]), "账号1024");
    assert_eq!(platform_reads(&got["card_no"]), "6214");
    for name in ["bal_account_no", "card_no"] {
        got[name] = body[name].clone();
    }
    assert_eq!(got, body);
    assert_eq!(sent.header("Wechatpay-Serial"), Some(KEY_ID));
    assert!(
        sent.signed_by(&MERCHANT.public),
        "the ciphertext is what is signed"
    );
}

#[test]
fn two_encryptions_of_a_text_differ() {
    let wire = Wire::ok();
    let body = json!({"bal_account_no": "6214", "card_no": "6214"});
    client(&wire).chain(PUNISH).post(body, ()).wait().unwrap();
    let got = wire.only().json();
    assert_ne!(got["bal_account_no"], got["card_no"]);
}

#[test]
fn ciphertexts_are_not_encrypted_again() {
    let wire = Wire::ok();
    let client = client(&wire);
    let ciphertext = client.encrypt("6214").unwrap();
    let almost = &ciphertext[..ciphertext.len() - 4];
    let body = json!({"bal_account_no": ciphertext, "card_no": almost});
    let call = client.chain(PUNISH).post(body, ());
    // This text of 340 bytes is nearly a ciphertext, but too long to be encrypted.
    assert_eq!(call.wait().unwrap_err().kind(), ErrorKind::Encrypt);
    let body = json!({"bal_account_no": ciphertext, "card_no": ""});
    client.chain(PUNISH).post(&body, ()).wait().unwrap();
    let sent = wire.only();
    assert_eq!(sent.json(), body);
    assert_eq!(sent.header("Wechatpay-Serial"), Some(KEY_ID));
}

#[test]
fn absent_and_null_fields_are_skipped() {
    let wire = Wire::ok();
    let body = json!({"bal_account_no": null, "x": [1, 2.5, "中"]});
    client(&wire).chain(PUNISH).post(&body, ()).wait().unwrap();
    assert_eq!(wire.only().json(), body);
}

#[test]
fn a_serial_given_by_the_caller_selects_the_key() {
    let wire = Wire::ok();
    let certificate = keys::certificate(&OTHER, CERTIFICATE_SERIAL, 30);
    let client = builder()
        .platform_certificate(certificate)
        .transport(wire.clone())
        .build()
        .unwrap();
    let body = json!({"card_no": "6214"});
    let headers = [("wechatpay-serial", CERTIFICATE_SERIAL)];
    client.chain(PUNISH).post(&body, headers).wait().unwrap();
    client.chain(PUNISH).post(&body, ()).wait().unwrap();
    let [named, default] = &wire.all()[..] else {
        panic!("two requests");
    };
    assert_eq!(
        read(&OTHER, Padding::Oaep, &named.json()["card_no"]),
        "6214"
    );
    assert_eq!(named.header("Wechatpay-Serial"), Some(CERTIFICATE_SERIAL));
    assert_eq!(platform_reads(&default.json()["card_no"]), "6214");
    assert_eq!(default.header("Wechatpay-Serial"), Some(KEY_ID));
}

#[test]
fn the_keyring_can_change_while_the_client_is_used() {
    let wire = Wire::ok();
    let client = client(&wire);
    let body = json!({"card_no": "6214"});
    client
        .keyring()
        .add_public_key(OTHER_KEY_ID, OTHER.public.clone())
        .unwrap();
    client
        .chain(PUNISH)
        .post(&body, [("Wechatpay-Serial", OTHER_KEY_ID)])
        .wait()
        .unwrap();
    assert_eq!(
        read(&OTHER, Padding::Oaep, &wire.only().json()["card_no"]),
        "6214"
    );
    assert!(client.keyring().remove(OTHER_KEY_ID));
    let call = client
        .chain(PUNISH)
        .post(&body, [("Wechatpay-Serial", OTHER_KEY_ID)]);
    assert_eq!(call.wait().unwrap_err().kind(), ErrorKind::Encrypt);
}

#[test]
fn overseas_operations_use_the_older_padding() {
    let wire = Wire::ok();
    let body = json!({"receivers": [{"name": "A"}, {"account": "1"}, {"name": "B"}]});
    client(&wire)
        .chain("v3/global/profit-sharing/orders")
        .post(body, ())
        .wait()
        .unwrap();
    let sent = wire.only();
    let got = sent.json();
    for (index, name) in [(0, "A"), (2, "B")] {
        assert_eq!(
            read(
                &PLATFORM,
                Padding::Pkcs1v15,
                &got["receivers"][index]["name"]
            ),
            name
        );
    }
    assert_eq!(got["receivers"][1], json!({"account": "1"}));
    assert_eq!(sent.parts.uri.host(), Some("apihk.mch.weixin.qq.com"));
}

/// The documentation calls `hk/v3/merchants` as `v3/merchants` under a base URL that ends in `/hk/`.
#[test]
fn operations_are_found_below_a_base_path() {
    for base in [
        "https://api.mch.weixin.qq.com/hk/",
        "https://api.mch.weixin.qq.com/hk",
    ] {
        let wire = Wire::ok();
        let call = client(&wire)
            .chain("v3/merchants")
            .post(json!({"contact": {"name": "A"}}), ());
        call.base_url(base).wait().unwrap();
        let sent = wire.only();
        assert_eq!(sent.target(), "/hk/v3/merchants");
        let name = &sent.json()["contact"]["name"];
        assert_eq!(read(&PLATFORM, Padding::Pkcs1v15, name), "A");
    }
    // A gateway's prefix does not disable encryption.
    let wire = Wire::ok();
    let client = builder()
        .base_url("https://gateway.example/wechatpay/")
        .transport(wire.clone());
    let client = client.build().unwrap();
    client
        .chain(PUNISH)
        .post(json!({"card_no": "6214"}), ())
        .wait()
        .unwrap();
    assert_eq!(platform_reads(&wire.only().json()["card_no"]), "6214");
}

#[test]
fn query_parameters_are_encrypted_before_they_are_signed() {
    let wire = Wire::ok();
    let client = client(&wire);
    let call = client.chain("v3/gov/subsidy/qualification").get(());
    let call = call
        .query("activity_id", "a b")
        .query("real_name", "张三")
        .query("phone_number", "+86");
    call.wait().unwrap();
    let sent = wire.only();
    assert!(sent.signed_by(&MERCHANT.public));
    assert_eq!(sent.header("Wechatpay-Serial"), Some(KEY_ID));
    let [(_, plain), (real_name, name), (_, phone)] = &query(&sent)[..] else {
        panic!("{}", sent.target());
    };
    assert_eq!((plain, real_name.as_str()), (&json!("a b"), "real_name"));
    assert_eq!(platform_reads(name), "张三");
    assert_eq!(platform_reads(phone), "+86");
}

#[test]
fn an_operation_is_known_by_its_concrete_path_too() {
    let wire = Wire::ok();
    let call = client(&wire)
        .chain("v3/{+rest}")
        .post(json!({"card_no": "6214"}), ());
    call.var("rest", "aggracct-bc/wb-channel/control-orders/punish")
        .wait()
        .unwrap();
    assert_eq!(platform_reads(&wire.only().json()["card_no"]), "6214");
}

#[test]
fn a_call_can_name_further_fields() {
    let wire = Wire::ok();
    let body = json!({"payers": [{"name": "张三"}, {"name": "李四"}], "meta": "{\"id\":\"1\"}", "a/b": "c"});
    let call = client(&wire).chain("v3/not/in/the/catalog").post(body, ());
    call.encrypt(["/payers/*/name", "/meta/id", "/a~1b"])
        .wait()
        .unwrap();
    let got = wire.only().json();
    assert_eq!(platform_reads(&got["payers"][1]["name"]), "李四");
    assert_eq!(platform_reads(&got["a/b"]), "c");
    // Also inside a text that contains JSON.
    let meta: Value = serde_json::from_str(got["meta"].as_str().unwrap()).unwrap();
    assert_eq!(platform_reads(&meta["id"]), "1");
}

#[test]
fn items_are_encrypted_if_flagged() {
    let wire = Wire::ok();
    let path = "v3/mch-operation-manage/enhanced-due-diligence/{id}/submit";
    let fields = json!({"record_fields": [
        {"need_encrypt": false, "field_data": "open"}, {"need_encrypt": true, "field_data": "secret"},
    ]});
    let body = json!({"submit_data": fields.to_string()});
    let call = client(&wire).chain(path).post(body, ()).var("id", "1");
    call.encrypt(["/submit_data/record_fields/*/field_data"])
        .wait()
        .unwrap();
    let got = wire.only().json();
    let got: Value = serde_json::from_str(got["submit_data"].as_str().unwrap()).unwrap();
    assert_eq!(got["record_fields"][0]["field_data"], "open");
    assert_eq!(
        platform_reads(&got["record_fields"][1]["field_data"]),
        "secret"
    );
}

#[test]
fn a_policy_disables_encryption_for_a_call_or_a_client() {
    let body = json!({"card_no": "6214"});
    let wire = Wire::ok();
    let one_call = client(&wire)
        .chain(PUNISH)
        .post(&body, ())
        .fields(FieldPolicy::Off);
    one_call.wait().unwrap();
    assert_eq!(wire.only().json(), body);
    let wire = Wire::ok();
    let off = builder()
        .fields(FieldPolicy::Off)
        .transport(wire.clone())
        .build()
        .unwrap();
    off.chain(PUNISH).post(&body, ()).wait().unwrap();
    off.chain(PUNISH)
        .post(&body, ())
        .fields(FieldPolicy::Catalog)
        .wait()
        .unwrap();
    assert_eq!(wire.all()[0].json(), body);
    assert_eq!(platform_reads(&wire.all()[1].json()["card_no"]), "6214");
}

fn for_merchant(padding: Padding, text: &str) -> String {
    MERCHANT.public.encrypt(padding, text.as_bytes()).unwrap()
}

#[test]
fn fields_of_answers_are_decrypted_after_verification() {
    let secret = for_merchant(Padding::Oaep, "13800138000");
    let body = json!({"data": [{"name": secret, "mobile": "13900139000", "guide_id": "1"}, {}]});
    let raw = body.to_string();
    let wire = Wire::answering(move |_| Answer::json(body.clone()));
    let res = client(&wire)
        .chain("v3/smartguide/guides")
        .get(())
        .query("store_id", 1)
        .wait()
        .unwrap();
    assert_eq!(res["data"][0]["name"], "13800138000");
    // The catalog expects a ciphertext, but this is none, so it is unchanged.
    assert_eq!(res["data"][0]["mobile"], "13900139000");
    assert_eq!(res["data"][0]["guide_id"], "1");
    assert_eq!(res.bytes(), &raw, "the bytes stay as they were signed");
    let serial = KEY_ID.to_owned();
    assert_eq!(res.verification(), &Verification::Verified { serial });
    assert_eq!(res.into_value().unwrap()["data"][0]["name"], "13800138000");
}

#[test]
fn fields_of_answers_with_older_padding_are_decrypted() {
    let (older, named) = (
        for_merchant(Padding::Pkcs1v15, "A"),
        for_merchant(Padding::Oaep, "B"),
    );
    let body = json!({"payer_phone": older});
    let wire = Wire::answering(move |_| Answer::json(body.clone()));
    let complaint = client(&wire)
        .chain("v3/global/merchant-service/complaints/{id}")
        .get(());
    assert_eq!(complaint.var("id", "1").wait().unwrap()["payer_phone"], "A");
    let body = json!({"new": {"phone": named}});
    let wire = Wire::answering(move |_| Answer::json(body.clone()));
    let call = || client(&wire).chain("v3/new").get(());
    assert_eq!(
        call().decrypt(["/new/phone"]).wait().unwrap()["new"]["phone"],
        "B"
    );
    assert_ne!(call().wait().unwrap()["new"]["phone"], "B");
    assert_ne!(
        call()
            .decrypt(["/new/phone"])
            .fields(FieldPolicy::Off)
            .wait()
            .unwrap()["new"]["phone"],
        "B"
    );
}

#[test]
fn an_answer_for_another_key_is_an_error_that_keeps_the_answer() {
    let secret = OTHER.public.encrypt(Padding::Oaep, b"13800138000").unwrap();
    let body = json!({"data": [{"name": secret}]});
    let raw = body.to_string();
    let wire = Wire::answering(move |_| Answer::json(body.clone()).header("Request-ID", "08F7"));
    let err = client(&wire)
        .chain("v3/smartguide/guides")
        .get(())
        .wait()
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Decrypt);
    assert!(err.maybe_sent(), "the request was processed");
    assert!(err.report().contains("/data/0/name"), "{}", err.report());
    assert_eq!(err.body().unwrap(), &raw);
    assert_eq!(err.request_id(), Some("08F7"));
    // A field that the call names must be a ciphertext.
    let wire = Wire::answering(|_| Answer::json(json!({"a": "plain"})));
    let err = client(&wire)
        .chain("v3/new")
        .get(())
        .decrypt(["/a"])
        .wait()
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Decrypt);
}

#[test]
fn single_texts_can_be_encrypted() {
    let client = client(&Wire::ok());
    let ciphertext = client.encrypt("张三").unwrap();
    assert_eq!(platform_reads(&json!(ciphertext)), "张三");
    assert_eq!(
        client.decrypt(for_merchant(Padding::Oaep, "李四")).unwrap(),
        "李四"
    );
    let err = client.encrypt("x".repeat(215)).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Encrypt);
    assert_eq!(
        client.decrypt(ciphertext).unwrap_err().kind(),
        ErrorKind::Decrypt
    );
}

/// A named field must be encrypted: otherwise nothing is sent.
#[test]
fn a_named_field_is_encrypted_or_nothing_is_sent() {
    let wire = Wire::ok();
    let client = client(&wire);
    let plain = || {
        client
            .chain("v3/x")
            .post(json!({"name": "张三", "list": []}), ())
    };
    let no_encrypt = client
        .with_stack(|stack| stack.remove(middleware::ENCRYPT).map(drop))
        .unwrap();
    let refused = [
        plain().encrypt(["/nmae"]),
        plain().encrypt(["/list/*/name", "/name/first"]),
        plain().encrypt(["/name"]).fields(FieldPolicy::Off),
        no_encrypt
            .chain("v3/x")
            .post(json!({"name": "张三"}), ())
            .encrypt(["/name"]),
        client
            .chain("v3/x")
            .post(Bytes::from_static(b"{}"), ())
            .encrypt(["/name"]),
        client.chain("v3/x").get(()).encrypt(["/name"]),
    ];
    for call in refused {
        let err = call.wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Encrypt, "{}", err.report());
        assert!(!err.maybe_sent());
    }
    assert_eq!(wire.count(), 0);
    // A list may be empty.
    plain().encrypt(["/list/*/name"]).wait().unwrap();
}

/// Raw bytes are not parsed, so they cannot be encrypted as the catalog requires.
#[test]
fn raw_bytes_for_sensitive_endpoints_need_the_off_policy() {
    let wire = Wire::ok();
    let client = client(&wire);
    let bytes = || Bytes::from_static(b"{\"bal_account_no\":\"6214\"}");
    let punish = client.chain("v3/aggracct-bc/wb-channel/control-orders/punish");
    let err = punish.post(bytes(), ()).wait().unwrap_err();
    assert!(err.kind() == ErrorKind::Encrypt && !err.maybe_sent());
    assert_eq!(wire.count(), 0);
    let off = punish.post(bytes(), ()).fields(FieldPolicy::Off);
    off.wait().unwrap();
    punish.post((), ()).wait().unwrap();
}

#[test]
fn a_trailing_slash_does_not_disable_encryption() {
    let wire = Wire::ok();
    client(&wire)
        .chain("v3/aggracct-bc/wb-channel/control-orders/punish/")
        .post(json!({"bal_account_no": "6214"}), ())
        .wait()
        .unwrap();
    assert_eq!(
        platform_reads(&wire.only().json()["bal_account_no"]),
        "6214"
    );
}
