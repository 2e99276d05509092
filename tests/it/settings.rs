//! Settings from files.

use std::fs;

use serde_json::json;
use wechatpay_chain::{ErrorKind, Settings};
use wechatpay_sandbox::Sandbox;

use crate::support::native_order;

/// A sandbox whose files are in a folder, and the settings that name them.
fn folder() -> (Sandbox, tempfile::TempDir, serde_json::Value) {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::builder()
        .dir(dir.path().join("keys"))
        .start_blocking();
    let sandbox = sandbox.unwrap();
    // As an editor on Windows saves it.
    let key = format!("\u{feff}{}\r\n", sandbox.apiv3_key().expose());
    fs::write(dir.path().join("apiv3.txt"), key).unwrap();
    let settings = json!({
        "mchid": sandbox.mchid(),
        "serial": sandbox.serial(),
        "private_key": "keys/apiclient_key.pem",
        "platform_key_id": sandbox.platform_key_id(),
        "platform_key": "keys/pub_key.pem",
        "apiv3_key_file": "apiv3.txt",
        "base_url": sandbox.base_url(),
        "proxy": "none",
        "timeout": 20,
        "pool_max_idle": 2,
        "http2": false,
    });
    (sandbox, dir, settings)
}

fn read(settings: &serde_json::Value, dir: &tempfile::TempDir) -> Settings {
    let settings: Settings = serde_json::from_value(settings.clone()).unwrap();
    settings.relative_to(dir.path())
}

#[test]
fn a_client_is_built_from_settings_alone() {
    let (_sandbox, dir, settings) = folder();
    let client = read(&settings, &dir)
        .client_builder()
        .unwrap()
        .build()
        .unwrap();
    let made = client
        .chain("v3/pay/transactions/native")
        .post(native_order(), ());
    assert!(made.wait().unwrap()["code_url"].is_string());
    assert_eq!(client.certificates().wait().unwrap().len(), 1);
}

#[test]
fn without_a_key_of_wechat_pay_its_certificates_are_fetched() {
    let (_sandbox, dir, mut settings) = folder();
    settings["platform_key"] = json!(null);
    settings["platform_key_id"] = json!(null);
    let client = read(&settings, &dir)
        .client_builder()
        .unwrap()
        .build()
        .unwrap();
    let made = client
        .chain("v3/pay/transactions/native")
        .post(native_order(), ());
    made.wait().unwrap();
}

/// One file with key, certificate and serial, with the merchant id as passphrase.
#[test]
fn a_pkcs12_file_is_key_certificate_and_serial() {
    let (_sandbox, dir, mut settings) = folder();
    settings["serial"] = json!(null);
    for (key, certificate) in [
        (json!("keys/apiclient_cert.p12"), json!(null)),
        (json!(null), json!("keys/apiclient_cert.p12")),
    ] {
        settings["private_key"] = key;
        settings["certificate"] = certificate;
        let client = read(&settings, &dir)
            .client_builder()
            .unwrap()
            .build()
            .unwrap();
        client.chain("v3/certificates").get(()).wait().unwrap();
    }
    settings["passphrase"] = json!("wrong-passphrase");
    let err = read(&settings, &dir).client_builder().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Key);
    assert!(
        !err.report().contains("wrong-passphrase"),
        "{}",
        err.report()
    );
}

#[test]
fn invalid_settings_are_reported_before_anything_is_sent() {
    let (_sandbox, dir, settings) = folder();
    for (name, value, kind, word) in [
        ("timeout", json!(-1), ErrorKind::Builder, "timeout"),
        ("timeout", json!(1e300), ErrorKind::Builder, "timeout"),
        (
            "platform_key",
            json!(null),
            ErrorKind::Builder,
            "platform_key_id",
        ),
        (
            "platform_key_id",
            json!(null),
            ErrorKind::Builder,
            "PUB_KEY_ID",
        ),
        (
            "private_key",
            json!("nothing.pem"),
            ErrorKind::Key,
            "nothing.pem",
        ),
        (
            "apiv3_key_file",
            json!("nothing.txt"),
            ErrorKind::Builder,
            "APIv3",
        ),
    ] {
        let mut wrong = settings.clone();
        wrong[name] = value;
        let err = read(&wrong, &dir).client_builder().unwrap_err();
        assert_eq!(err.kind(), kind, "{name}: {err}");
        assert!(err.to_string().contains(word), "{name}: {err}");
    }
}

#[cfg(feature = "profile")]
#[test]
fn a_profile_of_the_command_is_read_by_programs_too() {
    let (_sandbox, dir, settings) = folder();
    let lines = settings
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| format!("{name} = {value}\n"));
    let file = dir.path().join("config.toml");
    fs::write(
        &file,
        format!(
            "[default]\n{}[other]\nmchid = \"1\"\n",
            lines.collect::<String>()
        ),
    )
    .unwrap();
    let client = Settings::from_profile(&file, "default")
        .unwrap()
        .client_builder()
        .unwrap();
    let client = client.build().unwrap();
    client
        .chain("v3/pay/transactions/native")
        .post(native_order(), ())
        .wait()
        .unwrap();
    let err = Settings::from_profile(&file, "third").unwrap_err();
    assert!(err.to_string().contains("default, other"), "{err}");
}
