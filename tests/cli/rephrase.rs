//! The messages of the command when it fails: they use the words of a command.

use std::fmt::Debug;

use openssl::pkcs12::Pkcs12;
use openssl::pkey::PKey;
use openssl::symm::Cipher;
use openssl::x509::X509;
use serde_json::json;
use wechatpay_sandbox::{Fault, StubResponse};

use crate::support::{Run, Shop};

const ECHO: &str = "v3/pay/transactions/native";
const BILL: &str = "v3/billdownload/file";

/// The parts of a text that are Rust: a call, a path of modules, a type of the library.
fn rust(text: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '!';
    let plain = text.replace("[::1]", "");
    for sign in [
        "::",
        "(..",
        "()",
        "json!",
        "unwrap",
        "ErrorKind",
        "Some(",
        "None",
        "from_file",
        "from_pkcs12",
        "dry_run",
    ] {
        if plain.contains(sign) {
            return Some(sign.to_owned());
        }
    }
    let mut calls = plain.match_indices('(').map(|(at, _)| &plain[..at]);
    let called = calls.find(|before| before.ends_with(is_name))?;
    Some(called.rsplit(|c| !is_name(c)).next()?.to_owned())
}

#[track_caller]
fn check(run: Run, what: &dyn Debug) {
    let done = run.run();
    let code = done.code.unwrap_or_default();
    assert!((1..=9).contains(&code), "{what:?}: {done:#?}");
    for text in [&done.stderr, &done.stdout] {
        assert_eq!(rust(text), None, "{what:?}: {done:#?}");
    }
    let empty = ["the key \"\"", "the header \"\"", "named \"\""];
    assert!(
        !empty.iter().any(|it| done.stderr.contains(it)),
        "{done:#?}"
    );
}

/// Each with the settings of the shop.
const CALLS: &[&[&str]] = &[
    &["request", "BREW", ECHO],
    &["request", "GET", "v3/pay/transactions/id/{transaction_id}"],
    &["request", "GET", ECHO, "--var", "unused=1"],
    &["request", "GET", "v3//x"],
    &["request", "GET", "v3/a?b=1", "--query", "c=2"],
    &["request", "GET", "https://example.com/v3/x"],
    &["request", "POST", "https://api.mch.weixin.qq.com/v3/x"],
    &["request", "POST", ECHO, "--json", "{"],
    &["request", "POST", ECHO, "--json", "{\"a\":1,\"a\":2}"],
    &["request", "POST", ECHO, "--json", "@nowhere.json"],
    &["request", "POST", ECHO, "--body-file", "nowhere"],
    &["request", "POST", ECHO, "--security"],
    &[
        "request",
        "POST",
        "v3/merchant/media/upload",
        "--media",
        "nowhere.jpg",
    ],
    &[
        "request",
        "POST",
        "v3/merchant/media/upload",
        "--media",
        ".",
    ],
    &[
        "request",
        "POST",
        "v3/applyment4sub/applyment/",
        "--json",
        "{\"contact_info\": 1}",
    ],
    &[
        "request",
        "POST",
        "v3/applyment4sub/applyment/",
        "--json",
        "[]",
    ],
    &[
        "request",
        "POST",
        "v3/applyment4sub/applyment/",
        "--body-file",
        "apiv3.key",
    ],
    &["request", "POST", "v2/pay/orderquery", "--json", "[]"],
    &[
        "request",
        "POST",
        "v2/pay/orderquery",
        "--json",
        "{\"mch_id\": \"1\"}",
    ],
    &[
        "request",
        "POST",
        "v2/pay/orderquery",
        "--json",
        "{\"a\": {\"b\": 1}}",
    ],
    &[
        "request",
        "POST",
        "v2/pay/orderquery",
        "--json",
        "{\"sign_type\": \"SHA1\"}",
    ],
    &[
        "request",
        "POST",
        "v2/pay/orderquery",
        "--body-file",
        "apiv3.key",
    ],
    &["request", "GET", ECHO, "--header", "Authorization: mine"],
    &["request", "GET", ECHO, "--header", "Content-Length: 1"],
    &["request", "GET", ECHO, "--header", "Host: a"],
    &[
        "request",
        "POST",
        "v3/applyment4sub/applyment/",
        "--json",
        "{\"id_card_info\":{}}",
        "--header",
        "Wechatpay-Serial: 店",
    ],
    &[
        "request",
        "POST",
        "v3/applyment4sub/applyment/",
        "--json",
        "{}",
        "--header",
        "Wechatpay-Serial: X",
    ],
    &["request", "GET", BILL, "--sink", "no/such/folder"],
    &["request", "GET", BILL, "--sink", "f", "--sha1", "xyz"],
    &["request", "GET", BILL, "--sink", "f", "--gunzip"],
    &[
        "sign",
        "pay-params",
        "h5",
        "--h5-url",
        "http://x",
        "--redirect-url",
        "x",
    ],
    &[
        "sign",
        "pay-params",
        "jsapi",
        "--appid",
        "wx1",
        "--prepay-id",
        "prepay_id=1",
    ],
    &["endpoints", "nothing-of-this-name"],
    &["port", "nowhere.php"],
    &[
        "notify",
        "open",
        "--headers",
        "nowhere",
        "--body",
        "nowhere",
    ],
    &[
        "notify",
        "open",
        "--headers",
        "apiv3.key",
        "--body",
        "apiv3.key",
    ],
    &["notify", "open", "--body", "apiclient_cert.pem"],
    &["certs", "download", "-k", "nowhere", "-o", "certs"],
    &["certs", "download", "-k", "env:NOWHERE", "-o", "certs"],
    &["completions", "nothing"],
    &["man", "--dir", "apiv3.key"],
    &["nothing"],
];

#[test]
fn input_errors_name_no_rust_methods() {
    let shop = Shop::new();
    for arguments in CALLS {
        check(shop.command(arguments), arguments);
    }
}

const FILES: [&str; 10] = [
    "nowhere.pem",
    "empty",
    "short.key",
    "apiclient_key.pem",
    "apiclient_cert.pem",
    "pub_key.pem",
    "platform_cert.pem",
    "other.pem",
    "locked.pem",
    "apiclient_cert.p12",
];

/// The settings that name files.
const OF_FILES: [&str; 7] = [
    "PRIVATE_KEY",
    "CERTIFICATE",
    "PLATFORM_KEY",
    "PLATFORM_CERTIFICATE",
    "APIV3_KEY_FILE",
    "V2_KEY_FILE",
    "CA",
];

const VALUES: [(&str, &str); 17] = [
    ("MCHID", "x"),
    ("MCHID", ""),
    ("SERIAL", "x"),
    ("SERIAL", "00:11"),
    ("SERIAL", "PUB_KEY_ID_01"),
    ("PLATFORM_KEY_ID", "x"),
    ("PLATFORM_KEY_ID", ""),
    ("BRAND_ID", "1"),
    ("BASE_URL", "nonsense"),
    ("BASE_URL", "http://example.com/"),
    ("TIMEOUT", "soon"),
    ("TIMEOUT", "0"),
    ("PROXY", "ftp://x"),
    ("APIV3_KEY", "short"),
    ("V2_KEY", "short"),
    ("PROFILE", "nobody"),
    ("CONFIG", "empty"),
];

/// Key files that cannot be used where they are named.
fn wrong_files(shop: &Shop) {
    shop.file("empty", "");
    shop.secret("short.key", "short");
    let stranger = PKey::private_key_from_pem(crate::support::STRANGER.as_bytes()).unwrap();
    shop.secret("other.pem", &crate::support::STRANGER);
    let locked = stranger.private_key_to_pem_pkcs8_passphrase(Cipher::aes_128_cbc(), b"pass");
    shop.secret("locked.pem", &String::from_utf8(locked.unwrap()).unwrap());
    let key = shop.sandbox.merchant_key_pem().unwrap();
    let key = PKey::private_key_from_pem(key.expose().as_bytes()).unwrap();
    let certificate = shop.sandbox.merchant_certificate().to_pem().unwrap();
    let certificate = X509::from_pem(certificate.as_bytes()).unwrap();
    let mut p12 = Pkcs12::builder();
    let p12 = p12.pkey(&key).cert(&certificate).build2("1").unwrap();
    std::fs::write(shop.path("apiclient_cert.p12"), p12.to_der().unwrap()).unwrap();
}

#[test]
fn errors_about_settings_name_flags() {
    let shop = Shop::new();
    wrong_files(&shop);
    let of_files = OF_FILES
        .iter()
        .flat_map(|name| FILES.map(|file| (*name, file)));
    for (name, value) in of_files.chain(VALUES) {
        for arguments in [
            &["request", "POST", ECHO, "--json", "{}", "--dry-run"][..],
            &["doctor", "--offline"],
        ] {
            let done = shop.command(arguments).env(name, value).run();
            for text in [&done.stderr, &done.stdout] {
                // A dry run shows a request, no message.
                let said = text.lines().filter(|line| !line.starts_with('{'));
                let said: String = said.map(|line| format!("{line}\n")).collect();
                assert_eq!(rust(&said), None, "{name}={value}: {done:#?}");
            }
        }
    }
}

#[test]
fn errors_about_missing_settings_name_flags() {
    let shop = Shop::new();
    for name in OF_FILES {
        for path in [ECHO, "v2/pay/orderquery"] {
            let run = shop.command(&["request", "POST", path, "--json", "{}"]);
            let done = run.without(name).run();
            assert_eq!(rust(&done.stderr), None, "{name}: {done:#?}");
        }
    }
    let apiv3 = [
        "PRIVATE_KEY",
        "CERTIFICATE",
        "PLATFORM_KEY",
        "PLATFORM_KEY_ID",
    ];
    let v2 = || {
        let run = shop.command(&["request", "POST", ECHO, "--json", "{}"]);
        apiv3.iter().fold(run, |run, name| run.without(name))
    };
    check(v2(), &"APIv3 with APIv2's credentials");
    check(v2().without("V2_KEY_FILE"), &"no key at all");
}

#[test]
fn errors_about_answers_name_no_rust_methods() {
    let shop = Shop::new();
    let post = ["request", "POST", ECHO, "--json", "{}"];
    let get = ["request", "GET", "v3/certificates"];
    for fault in [
        Fault::TamperedBody,
        Fault::MissingHeaders,
        Fault::Probe,
        Fault::WrongSignature,
        Fault::UnknownSerial,
        Fault::CutBeforeAnswer,
        Fault::StaleTimestamp(-400),
    ] {
        for arguments in [&post[..], &get] {
            shop.sandbox.inject_fault(fault.clone());
            check(shop.command(arguments), &fault);
        }
    }
    for (status, body) in [
        (
            400,
            json!({"code": "PARAM_ERROR", "message": "参数错误", "detail": {"field": "/amount"}}),
        ),
        (401, json!({"code": "SIGN_ERROR", "message": "签名错误"})),
        (403, json!({"code": "NO_AUTH"})),
        (
            429,
            json!({"code": "FREQUENCY_LIMITED", "message": "频率超限"}),
        ),
        (500, json!({})),
    ] {
        shop.sandbox
            .stub("POST", ECHO, StubResponse::json(body).status(status))
            .unwrap();
        check(shop.command(&post), &status);
    }
    // The gateway knows another key than the merchant's.
    shop.secret("apiclient_key.pem", crate::support::STRANGER.as_str());
    let run = shop.command(&post).without("CERTIFICATE");
    let serial = shop.sandbox.merchant_certificate().serial().to_owned();
    check(run.env("SERIAL", &serial), &"SIGN_ERROR");
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    check(
        shop.command(&post)
            .env("BASE_URL", &format!("http://{closed}/")),
        &"closed",
    );
    check(
        shop.command(&post).env(
            "BASE_URL",
            &format!(
                "https://{}/",
                shop.sandbox
                    .base_url()
                    .trim_start_matches("http://")
                    .trim_end_matches('/')
            ),
        ),
        &"TLS",
    );
}
