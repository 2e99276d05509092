//! Several merchants of one sandbox.

use std::fs;
use std::process::Stdio;

use serde_json::Value;
use wechatpay_chain::{Certificate, Client, PrivateKey, PublicKey};

use super::{Running, command};

/// Calls the sandbox as the merchant whose values these are.
fn call(ready: &Value, merchant: &Value) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let client = Client::builder()
        .base_url(text(&ready["base_url"]))
        .mchid(text(&merchant["mchid"]))
        .private_key(PrivateKey::from_file(text(&merchant["merchant_key"])).unwrap())
        .certificate(Certificate::from_file(text(&merchant["merchant_cert"])).unwrap())
        .platform_key(
            text(&merchant["platform_public_key_id"]),
            PublicKey::from_file(text(&ready["platform_public_key"])).unwrap(),
        )
        .platform_certificate(Certificate::from_file(text(&ready["platform_cert"])).unwrap())
        .apiv3_key(text(&merchant["apiv3_key"]))
        .no_proxy()
        .build()
        .unwrap();
    client.chain("v3/certificates").get(()).wait().unwrap();
}

#[test]
fn the_json_line_has_every_merchant() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.toml");
    fs::write(&file, "[[merchant]]\nmchid = \"1900005001\"\n").unwrap();
    let running = Running::start(&["--json", "--merchant", file.to_str().unwrap()]);
    let ready = running.json();
    let merchants = ready["merchants"].as_array().unwrap();
    let ids: Vec<_> = merchants
        .iter()
        .map(|it| it["mchid"].as_str().unwrap())
        .collect();
    let expected = [
        "1900000109",
        "1900005001",
        "1900007100",
        "1900007101",
        "1900007102",
    ];
    assert_eq!(ids, expected);
    assert_eq!(merchants[2]["kind"], "service_provider");
    for merchant in merchants {
        call(&ready, merchant);
    }
}

#[test]
fn account_prints_the_set_up_of_another_merchant() {
    let running = Running::start(&["--json", "--account", "1900007100"]);
    let ready = running.json();
    assert_eq!(ready["mchid"], "1900007100");
    call(&ready, &ready);

    let running = Running::start(&["--account", "1900007101"]);
    assert!(
        running.ready.contains("1900000109  merchant"),
        "{}",
        running.ready
    );
    assert!(
        running.ready.contains("mchid               1900007101"),
        "{}",
        running.ready
    );
    let (folder, others) = (
        "merchants/1900007101",
        "1900007100  service provider: 1900007101, 1900007102",
    );
    assert!(
        running.ready.contains(folder) && running.ready.contains(others),
        "{}",
        running.ready
    );
}

#[test]
fn mchid_is_the_id_of_the_first_merchant() {
    let running = Running::start(&["--mchid", "1230000109", "--json"]);
    let ready = running.json();
    assert_eq!(ready["mchid"], "1230000109");
    assert_eq!(ready["merchants"][0]["mchid"], "1230000109");
    call(&ready, &ready);
}

#[test]
fn wrong_merchants_do_not_start_and_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.toml");
    fs::write(&file, "[[merchant]]\nmchid = \"1900005001\"\nkey = \"x\"\n").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, code, said) in [
        (
            ["--merchant", file],
            3,
            "shop.toml are wrong: merchant[0].key: unknown field `key`",
        ),
        (["--merchant", "none.toml"], 4, "none.toml"),
        (
            ["--account", "1900009999"],
            3,
            "--account takes one of 1900000109",
        ),
        (["--mchid", "19"], 3, "8 to 10 digits"),
        (["--serial", "19"], 2, "--merchant FILE"),
    ] {
        let output = command(&arguments).stdout(Stdio::null()).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.contains(said), "{text}");
    }
}
