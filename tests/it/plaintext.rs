//! Correct paths with a body or a stack that prevents encryption: nothing is sent.

use bytes::Bytes;
use serde_json::{Value, json};
use wechatpay_chain::{Call, Client, ErrorKind, FieldPolicy, Media, middleware};

use crate::support::{MCHID, Wire, builder, client};

const SUBMIT: &str = "v3/mch-operation-manage/enhanced-due-diligence/{id}/submit";
const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
const RECEIPTS: &str = "v3/marketing/shopping-receipt/shoppingreceipts";
const BANK: &str = "v2/mmpaysptrans/pay_bank";

fn refused(wire: &Wire, what: &str, call: Call) {
    let err = call.wait().expect_err(what);
    assert_eq!(err.kind(), ErrorKind::Encrypt, "{what}: {}", err.report());
    assert!(!err.maybe_sent(), "{what}");
    assert_eq!(wire.count(), 0, "{what}");
}

fn submit(client: &Client, body: impl wechatpay_chain::IntoPayload) -> Call {
    client.chain(SUBMIT).post(body, ()).var("id", "1")
}

#[test]
fn raw_bytes_for_an_endpoint_with_flagged_items_are_rejected() {
    let wire = Wire::ok();
    let client = client(&wire);
    let bytes = || Bytes::from_static(b"{\"submit_data\":\"{}\"}");
    refused(&wire, "bytes", submit(&client, bytes()));
    let off = submit(&client, bytes()).fields(FieldPolicy::Off);
    off.wait().unwrap();
    assert_eq!(wire.count(), 1);
}

#[test]
fn anything_but_an_explicit_no_requests_encryption() {
    let wire = Wire::ok();
    let client = client(&wire);
    let body = |asked: Value| {
        let fields = json!({"record_fields": [{"need_encrypt": asked, "field_data": "secret"}]});
        json!({"submit_data": fields.to_string()})
    };
    for asked in [
        json!(1),
        json!("TRUE"),
        json!(" true"),
        json!("1"),
        json!([true]),
    ] {
        let what = asked.to_string();
        refused(&wire, &what, submit(&client, body(asked)));
    }
    for (sent, asked) in [
        json!(0),
        json!("False"),
        json!("0"),
        json!(""),
        json!(null),
        json!(false),
    ]
    .into_iter()
    .enumerate()
    {
        submit(&client, body(asked)).wait().unwrap();
        assert_eq!(wire.count(), sent + 1);
    }
}

#[test]
fn a_field_that_is_named_elsewhere_does_not_excuse_an_item() {
    let wire = Wire::ok();
    let client = client(&wire);
    let body = json!({"note": "x", "submit_data": {"record_fields": [
        {"need_encrypt": true, "field_data": "a"}, {"need_encrypt": true, "field_data": "b"},
    ]}});
    for named in ["/note", "/submit_data/record_fields/0/field_data"] {
        let call = submit(&client, body.clone()).encrypt([named]);
        refused(&wire, named, call);
    }
    let named = "/submit_data/record_fields/*/field_data";
    let call = submit(&client, body).encrypt([named]);
    call.wait().unwrap();
}

#[test]
fn bodies_of_the_wrong_kind_are_rejected() {
    let wire = Wire::ok();
    let client = client(&wire);
    let upload = Media::from_bytes("a.jpg", "JPEG").meta_field("card_no", "6214");
    let call = client.chain(PUNISH).post(upload, ());
    refused(&wire, "an upload for JSON", call);
    let phone = json!({"merchant_contact_information": {"consultation_phone_number": "138"}});
    let call = client.chain(RECEIPTS).post(phone, ());
    refused(&wire, "JSON for an upload", call);
}

#[test]
fn without_the_layer_sensitive_fields_of_the_catalog_are_not_sent() {
    let wire = Wire::ok();
    let client = client(&wire)
        .with_stack(|stack| stack.remove(middleware::ENCRYPT).map(drop))
        .unwrap();
    let body = json!({"card_no": "6214"});
    let call = || client.chain(PUNISH).post(body.clone(), ());
    refused(&wire, "no layer", call());
    call().fields(FieldPolicy::Off).wait().unwrap();
    // These have nothing to encrypt.
    client
        .chain("v3/pay/transactions/id/{transaction_id}")
        .get(())
        .var("transaction_id", "1")
        .query("mchid", MCHID)
        .wait()
        .unwrap();
    assert_eq!(wire.count(), 2);
}

/// Nothing parses these bodies, so they cannot be encrypted.
#[test]
fn plaintext_for_the_bank_is_refused_in_xml_and_without_the_layer() {
    let wire = Wire::ok();
    let client = v2_client(&wire);
    let xml = Bytes::from_static(b"<xml><enc_bank_no>6225760000000000</enc_bank_no></xml>");
    refused(&wire, "xml", client.chain(BANK).post(xml, ()));
    let client = client
        .with_v2_stack(|stack| stack.remove(middleware::ENCRYPT).map(drop))
        .unwrap();
    let cipher = base64_of(256);
    let pay = |number: Value, name: &str| {
        let body = json!({"mch_id": MCHID, "enc_bank_no": number, "enc_true_name": name});
        client.chain(BANK).post(body, ())
    };
    for (number, name) in [
        (json!("6225760000000000"), &*cipher),
        (json!(6_225_760_000_000_000_u64), &*cipher),
        (json!(cipher), "张三"),
        (json!(cipher), "Zhang San"),
        (json!("91440300MA5DA1234X"), &*cipher),
    ] {
        refused(&wire, name, pay(number, name));
    }
    // The wire's answer is not XML, which is detected after the request was sent.
    let sent = |call: Call| call.wait().unwrap_err().kind() == ErrorKind::Verify;
    assert!(sent(pay(json!(cipher), &cipher)));
    let plain = pay(json!("6225760000000000"), &cipher);
    assert!(sent(plain.fields(FieldPolicy::Off)));
    assert_eq!(wire.count(), 2);
}

fn v2_client(wire: &Wire) -> Client {
    let client = builder().v2_key("192006250b4c09247ec02edce69f6a2d");
    client.transport(wire.clone()).build().unwrap()
}

fn base64_of(len: usize) -> String {
    openssl::base64::encode_block(&vec![7; len])
}

/// The wire's answer has no key.
#[test]
fn a_key_for_the_bank_that_cannot_be_fetched_sends_nothing_else() {
    let wire = Wire::ok();
    let client = v2_client(&wire);
    let body = json!({"mch_id": MCHID, "enc_bank_no": "6225760000000000"});
    let call = || client.chain(BANK).post(body.clone(), ());
    let err = call().dry_run().wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Encrypt, "{}", err.report());
    assert_eq!(wire.count(), 0);
    let err = call().wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Encrypt, "{}", err.report());
    assert!(!err.maybe_sent() && !err.report().contains("6225760000000000"));
    // The request for the key.
    assert_eq!(wire.count(), 1);
}
