//! `wechatpay certs download`.

use wechatpay_chain::Certificate;

use crate::support::{Run, STRANGER, Shop};

/// The downloader with PHP's options.
fn download(shop: &Shop, key: &str, more: &[&str]) -> Run {
    let (sandbox, folder) = (&shop.sandbox, shop.path("certs"));
    let folder = folder.to_str().unwrap();
    let arguments = [
        "certs",
        "download",
        "-k",
        key,
        "-m",
        sandbox.mchid(),
        "-f",
        "apiclient_key.pem",
        "-s",
        sandbox.serial(),
        "-o",
        folder,
        "-u",
        sandbox.base_url(),
    ];
    shop.bare(&[&arguments[..], more].concat())
}

#[test]
fn certificates_are_saved_under_the_names_of_the_php_sdk() {
    let shop = Shop::new();
    let text = download(&shop, "apiv3.key", &[]).run().ok();
    let certificate = shop.sandbox.platform_certificate();
    let path = shop
        .path("certs")
        .join(format!("wechatpay_{}.pem", certificate.serial()));
    assert!(text.contains(certificate.serial()) && text.contains(path.to_str().unwrap()));
    let saved = Certificate::from_file(&path).unwrap();
    assert_eq!(saved.serial(), certificate.serial());
    // It works as a platform certificate, and a second time.
    let run = shop
        .command(&["request", "GET", "v3/certificates"])
        .without("PLATFORM_KEY");
    let run = run.without("PLATFORM_KEY_ID").without("APIV3_KEY_FILE");
    run.env("PLATFORM_CERTIFICATE", path.to_str().unwrap())
        .run()
        .ok();
    let shown = download(&shop, "apiv3.key", &["--format", "json"])
        .run()
        .json();
    assert_eq!(shown["serial"], certificate.serial());
    assert_eq!(shown["not_after"], certificate.not_after());
    assert_eq!(std::fs::read_dir(shop.path("certs")).unwrap().count(), 1);
}

#[test]
fn keys_are_accepted_from_variables_and_refused_as_arguments() {
    let shop = Shop::new();
    let key = shop.sandbox.apiv3_key().expose();
    download(&shop, "env:WECHATPAY_MY_KEY", &[])
        .env("MY_KEY", key)
        .run()
        .ok();
    download(&shop, "env:WECHATPAY_NO_KEY", &[]).run().failed(3);
    let said = download(&shop, key, &[]).run().failed(3);
    assert!(said.contains("arguments are seen"), "{said}");
    assert!(!said.contains(key), "{said}");
}

#[test]
fn nothing_is_saved_with_a_wrong_key() {
    let shop = Shop::new();
    shop.secret("other.key", "00000000000000000000000000000000");
    download(&shop, "other.key", &[]).run().failed(8);
    shop.secret("apiclient_key.pem", &STRANGER);
    download(&shop, "apiv3.key", &[]).run().failed(7);
    assert!(!shop.path("certs").exists());
}
