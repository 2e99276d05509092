//! Mistakes of the caller are typed errors before anything is sent.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use wechatpay_chain::{Call, Client, Error, ErrorKind, FieldPolicy, Json, Keyring, PathError};

use crate::support::keys::OTHER_KEY_ID;
use crate::support::{KEY_ID, MCHID, MERCHANT, SERIAL, Wire, builder, client};

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
const BY_ID: &str = "v3/pay/transactions/id/{transaction_id}";

/// Makes the call in every way and returns the error, which must be the same.
fn refused_by(client: &Client, wire: &Wire, make: impl Fn(&Client) -> Call) -> Error {
    let errors = [
        make(client).wait().map(drop).unwrap_err(),
        make(client).stream().wait().map(drop).unwrap_err(),
        make(client).dry_run().wait().map(drop).unwrap_err(),
    ];
    for err in &errors {
        assert_eq!(err.kind(), errors[0].kind());
        assert_eq!(err.report(), errors[0].report());
        assert!(!err.maybe_sent(), "{}", err.report());
        assert!(!err.is_retryable(), "{}", err.report());
    }
    assert_eq!(wire.count(), 0, "requests on the wire");
    let [err, ..] = errors;
    err
}

fn refused(make: impl Fn(&Client) -> Call) -> Error {
    let wire = Wire::ok();
    refused_by(&client(&wire), &wire, make)
}

fn path_error(make: impl Fn(&Client) -> Call) -> PathError {
    let err = refused(make);
    assert_eq!(err.kind(), ErrorKind::Path, "{}", err.report());
    err.find::<PathError>().unwrap().clone()
}

#[test]
fn the_harness_detects_sent_requests() {
    let wire = Wire::ok();
    client(&wire)
        .chain(PUNISH)
        .post(json!({}), ())
        .wait()
        .unwrap();
    assert_eq!(wire.count(), 1);
}

#[test]
fn a_missing_variable_is_rejected() {
    let missing = |name: &str, given: &[&str]| PathError::MissingVariable {
        name: name.into(),
        given: given.iter().map(|name| (*name).into()).collect(),
    };
    let err = path_error(|client| client.chain(BY_ID).get(()));
    assert_eq!(err, missing("transaction_id", &[]));
    let err = path_error(|client| client.chain(BY_ID).get(()).var("transaction-id", "1"));
    assert_eq!(err, missing("transaction_id", &["transaction-id"]));
    let undefined = [Value::Null, json!([]), json!({})];
    for value in undefined {
        let err = path_error(|client| client[BY_ID].get(()).var("transaction_id", value.clone()));
        assert_eq!(err, missing("transaction_id", &[]));
    }
}

#[test]
fn an_unused_variable_is_rejected() {
    let err = path_error(|client| {
        let call = client.chain(BY_ID).get(()).var("transaction_id", "1");
        call.var("out_trade_no", "2")
    });
    let expected = PathError::UnusedVariable {
        name: "out_trade_no".into(),
        template: vec!["transaction_id".into()],
    };
    assert_eq!(err, expected);
    let err = path_error(|client| client.chain(PUNISH).request("POST", json!({"jsn": {}})));
    assert!(matches!(err, PathError::UnusedVariable { name, .. } if name == "jsn"));
}

#[test]
fn dot_values_are_rejected() {
    for value in [".", ".."] {
        let err = path_error(|client| client.chain(BY_ID).get(()).var("transaction_id", value));
        let name = "transaction_id".to_owned();
        assert_eq!(err, PathError::DotValue { name });
        let err = path_error(|client| client.v3().seg("pay").seg(value.to_owned()).get(()));
        assert_eq!(err, PathError::DotSegment);
    }
    let err = path_error(|client| client.chain("v3/pay/{+path}").get(()).var("path", "a/../b"));
    assert_eq!(err, PathError::DotSegment);
}

#[test]
fn values_without_a_text_form_are_rejected() {
    let err = path_error(|client| client.chain(BY_ID).get(()).var("transaction_id", false));
    assert!(matches!(err, PathError::ValueType { .. }), "{err:?}");
    let err = path_error(|client| client.v3().seg(String::new()).get(()));
    assert_eq!(err, PathError::EmptyValue);
}

/// A literal and a template built at run time are rejected alike.
#[test]
fn malformed_and_absolute_paths_are_rejected() {
    let cases = [
        ("https://evil.example/v3/pay", PathError::Absolute),
        ("HTTPS://evil.example/", PathError::Absolute),
        ("//evil.example/v3/pay", PathError::Absolute),
        ("\\\\evil.example\\v3", PathError::Absolute),
        ("javascript:x", PathError::Absolute),
        ("v3/pay\\x", PathError::Backslash),
        ("v3/../secret", PathError::DotSegment),
        ("v3/./pay", PathError::DotSegment),
        ("v3/%2e%2E/pay", PathError::DotSegment),
        ("v3//pay", PathError::EmptySegment),
        ("v3/pay#x", PathError::Fragment),
        ("v3/{#id}", PathError::Fragment),
        ("v3/{id", PathError::UnclosedBrace),
        ("v3/id}", PathError::UnopenedBrace),
        ("v3/{}", PathError::EmptyExpression),
        ("v3/{|id}", PathError::Operator { found: '|' }),
        ("v3/ pay", PathError::Character { found: ' ' }),
        ("v3/pay\r\n", PathError::Character { found: '\r' }),
    ];
    for (path, expected) in cases {
        assert_eq!(
            path_error(|client| client.chain(path).get(())),
            expected,
            "{path:?}"
        );
        let made = path_error(|client| client.chain(path.to_owned()).get(()));
        assert_eq!(made, expected, "{path:?}");
        assert_eq!(
            path_error(|client| client[path].post(json!({}), ())),
            expected,
            "{path:?}"
        );
    }
    let err = path_error(|client| client.chain("v3/{id:0}").get(()).var("id", "1"));
    assert!(matches!(err, PathError::Prefix { .. }), "{err:?}");
    let err = path_error(|client| client.chain("v3/{i d}").get(()));
    assert!(
        matches!(
            err,
            PathError::Character { .. } | PathError::VariableName { .. }
        ),
        "{err:?}"
    );
}

#[test]
fn a_value_cannot_set_the_host() {
    let err = path_error(|client| {
        client
            .chain("{+v}")
            .get(())
            .var("v", "https://evil.example/x")
    });
    assert_eq!(err, PathError::Absolute);
    let err = path_error(|client| client.chain("{+v}").get(()).var("v", "//evil.example/x"));
    assert_eq!(err, PathError::Absolute);
}

#[test]
fn overlong_paths_are_rejected() {
    let long = "x".repeat(1 << 16);
    let err = path_error(|client| client.chain(BY_ID).get(()).var("transaction_id", &*long));
    assert_eq!(err, PathError::TooLong);
}

#[test]
fn the_first_error_of_a_chain_stays() {
    let err = path_error(|client| client.chain("v3//pay").seg("..").chain("{").get(()));
    assert_eq!(err, PathError::EmptySegment);
}

#[test]
fn reserved_and_malformed_headers_are_rejected() {
    let pairs = [
        ("Authorization", "Bearer x"),
        ("authorization", "x"),
        ("Content-Length", "1"),
        ("Host", "evil.example"),
        ("Transfer-Encoding", "chunked"),
        ("X-A", "1\r\nX-B: 2"),
        ("X A", "1"),
    ];
    for pair in pairs {
        for err in [
            refused(|client| client.chain(PUNISH).get([pair])),
            refused(|client| client.chain(PUNISH).get(()).header(pair.0, pair.1)),
            refused(|client| client.chain(PUNISH).post((), json!({pair.0: pair.1}))),
            refused(|client| {
                let options = json!({"headers": {pair.0: pair.1}});
                client.chain(PUNISH).request("PUT", options)
            }),
        ] {
            assert_eq!(err.kind(), ErrorKind::Header, "{pair:?}");
        }
    }
}

#[test]
fn unknown_options_are_rejected() {
    let options = [
        (json!("json"), ErrorKind::Request),
        (json!([1]), ErrorKind::Request),
        (json!({"timeout": "soon"}), ErrorKind::Request),
        (json!({"timeout": -1}), ErrorKind::Request),
        (json!({"base_uri": 1}), ErrorKind::Request),
        (
            json!({"base_uri": "api.mch.weixin.qq.com"}),
            ErrorKind::Request,
        ),
        (json!({"body": {}}), ErrorKind::Request),
        (json!({"query": 1}), ErrorKind::Request),
        (json!({"headers": "X: 1"}), ErrorKind::Header),
        (json!({"verify": false}), ErrorKind::Unsupported),
        (json!({"xml": {}}), ErrorKind::Request),
        (json!({"allow_redirects": true}), ErrorKind::Unsupported),
        // APIv2's.
        (json!({"security": true}), ErrorKind::Request),
        (json!({"nonceless": true}), ErrorKind::Request),
    ];
    for (options, kind) in options {
        let err = refused(|client| client.chain(PUNISH).request("POST", options.clone()));
        assert_eq!(err.kind(), kind, "{options}");
    }
    let err = refused(|client| client.chain(PUNISH).request("TRACE", json!({})));
    assert_eq!(err.kind(), ErrorKind::Request);
}

#[test]
fn conflicting_settings_are_rejected() {
    let err = refused(|client| client.chain("v3/pay?a=1").get(()).query("b", 2));
    assert_eq!(err.kind(), ErrorKind::Path);
    let err = refused(|client| {
        let call = client.chain(PUNISH).request("GET", json!({"query": "a=1"}));
        call.query("b", 2)
    });
    assert_eq!(err.kind(), ErrorKind::Request);
    let err = refused(|client| {
        client
            .v2()
            .seg("pay")
            .seg("unifiedorder")
            .post(json!({}), ())
    });
    assert_eq!(err.kind(), ErrorKind::Request);
    let unprintable = std::collections::HashMap::from([((1, 2), 3)]);
    let err = refused(|client| client.chain(PUNISH).post(Json(&unprintable), ()));
    assert_eq!(err.kind(), ErrorKind::Request);
}

#[test]
fn invalid_base_urls_are_rejected() {
    for url in [
        "",
        "/hk/",
        "ftp://h/",
        "https://user:pass@h/",
        "https://h/?a=1",
        "https://",
    ] {
        let err = refused(|client| client.chain(PUNISH).post(json!({}), ()).base_url(url));
        assert_eq!(err.kind(), ErrorKind::Request, "{url}");
        assert!(!err.report().contains("pass@"), "{}", err.report());
        let err = builder().base_url(url).build().unwrap_err();
        assert!(!err.report().contains("pass@"), "{}", err.report());
    }
}

fn encryption_error(make: impl Fn(&Client) -> Call) -> String {
    let err = refused(make);
    assert_eq!(err.kind(), ErrorKind::Encrypt, "{}", err.report());
    err.report()
}

#[test]
fn unknown_serials_are_rejected() {
    let err = encryption_error(|client| {
        let headers = [("Wechatpay-Serial", OTHER_KEY_ID)];
        client
            .chain(PUNISH)
            .post(json!({"card_no": "6214"}), headers)
    });
    assert!(err.contains(OTHER_KEY_ID) && err.contains(KEY_ID), "{err}");
    // Even if nothing needs encryption: no key could verify the answer.
    encryption_error(|client| client.chain("v3/x").get([("Wechatpay-Serial", "")]));
}

#[test]
fn overlong_plaintexts_are_rejected() {
    // 2048 bits: 214 bytes for OAEP, 245 for PKCS#1 v1.5.
    for (path, pointer, limit) in [
        (PUNISH, "card_no", 214),
        ("v3/global/profit-sharing/receivers", "name", 245),
    ] {
        let body = |len: usize| json!({pointer: "张".repeat(len / 3) + &"x".repeat(len % 3)});
        let err = encryption_error(|client| client.chain(path).post(body(limit + 1), ()));
        assert!(
            err.contains(&format!("/{pointer}")) && err.contains(&limit.to_string()),
            "{err}"
        );
        let wire = Wire::ok();
        client(&wire)
            .chain(path)
            .post(body(limit), ())
            .wait()
            .unwrap();
    }
}

#[test]
fn non_text_fields_are_rejected() {
    for value in [
        json!(6214),
        json!(true),
        json!({"no": "6214"}),
        json!(["6214"]),
    ] {
        let err =
            encryption_error(|client| client.chain(PUNISH).post(json!({"card_no": value}), ()));
        assert!(err.contains("/card_no"), "{err}");
        assert!(!err.contains("6214"), "{err}");
    }
    let err = encryption_error(|client| client.chain(PUNISH).post(json!(["card_no"]), ()));
    assert!(err.contains("an object"), "{err}");
}

#[test]
fn pointers_without_a_match_are_rejected() {
    for pointer in ["card_no", "/a~2b"] {
        let err = encryption_error(|client| {
            client
                .chain("v3/new")
                .post(json!({"a": "b"}), ())
                .encrypt([pointer])
        });
        assert!(err.contains(pointer), "{err}");
    }
    let body = Bytes::from_static(b"{\"name\":\"x\"}");
    let err = encryption_error(|client| {
        client
            .chain("v3/new")
            .post(body.clone(), ())
            .encrypt(["/name"])
    });
    assert!(err.contains("/name"), "{err}");
}

#[test]
fn flagged_items_without_a_named_member_are_rejected() {
    let path = "v3/mch-operation-manage/enhanced-due-diligence/{id}/submit";
    let body = json!({"submit_data": {"record_fields": [
        {"need_encrypt": false, "value": "a"}, {"need_encrypt": true, "value": "b"},
    ]}});
    let err = encryption_error(|client| client.chain(path).post(body.clone(), ()).var("id", "1"));
    assert!(err.contains("/submit_data/record_fields/1"), "{err}");
}

#[test]
fn encryption_without_a_key_is_rejected() {
    let wire = Wire::ok();
    let without = Client::builder()
        .mchid(MCHID)
        .serial(SERIAL)
        .private_key(MERCHANT.private.clone())
        .keyring(Keyring::new())
        .transport(wire.clone())
        .build()
        .unwrap();
    let make = |client: &Client| client.chain(PUNISH).post(json!({"card_no": "6214"}), ());
    let err = refused_by(&without, &wire, make);
    assert_eq!(err.kind(), ErrorKind::Encrypt);
    assert_eq!(
        without.encrypt("6214").unwrap_err().kind(),
        ErrorKind::Encrypt
    );
    // With the policy off, the same body passes: the error above was about the field.
    let off = make(&without).fields(FieldPolicy::Off).dry_run().wait();
    assert_eq!(off.unwrap().body(), "{\"card_no\":\"6214\"}");
}

#[test]
fn an_error_of_a_chain_keeps_its_type_in_every_call() {
    let wire = Wire::ok();
    let client = client(&wire);
    let chain = Arc::new(client.chain("v3/{"));
    for _ in 0..2 {
        let err = chain.get(()).wait().unwrap_err();
        assert_eq!(err.find::<PathError>(), Some(&PathError::UnclosedBrace));
    }
}

/// Otherwise it would be signed as APIv3's JSON.
#[test]
fn an_apiv2_path_without_v2_is_rejected() {
    for (path, write) in [
        ("pay/unifiedorder", "v2/pay/unifiedorder"),
        ("/secapi/pay/refund/", "v2/secapi/pay/refund"),
        ("secapi/pay/refund?a=b", "v2/secapi/pay/refund"),
    ] {
        let err = refused(|client| client.chain(path.to_owned()).post(json!({}), ()));
        assert_eq!(err.kind(), ErrorKind::Request);
        assert!(
            err.to_string().ends_with(&format!("write {write}")),
            "{err}"
        );
    }
    let err = refused(|client| client["secapi/pay/refund"].get(()));
    assert!(err.to_string().contains("v2/secapi/pay/refund"), "{err}");
    let err = refused(|client| {
        client
            .chain("{a}/{b}")
            .get(())
            .var("a", "pay")
            .var("b", "micropay")
    });
    assert!(err.to_string().contains("v2/pay/micropay"), "{err}");
    // Unknown operations are sent as they are.
    let wire = Wire::ok();
    let call = client(&wire).chain("pay/something-new").post(json!({}), ());
    call.wait().unwrap();
    assert_eq!(wire.count(), 1);
}
