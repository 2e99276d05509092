//! `wechatpay doctor`: each mix-up is named.

use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::Value;
use wechatpay_chain::PrivateKey;

use crate::support::{Done, Run, STRANGER, Shop, certificate, server};

#[test]
fn correct_settings_pass_every_check() {
    let shop = Shop::new();
    let text = shop.command(&["doctor"]).run().ok();
    for check in [
        "private key",
        "key pair",
        "together",
        "connection",
        "clock",
        "credentials",
    ] {
        let line = text.lines().find(|line| line.contains(check)).unwrap();
        assert!(line.starts_with("ok"), "{text}");
    }
    assert!(!text.contains("WRONG"), "{text}");
    let calls = shop.sandbox.calls();
    // The first asks for nothing but an answer, and gives nothing away.
    assert!(!calls[0].headers.contains_key("authorization"));
    assert!(calls[1].verdict.is_accepted());
}

#[test]
fn offline_sends_nothing() {
    let shop = Shop::new();
    shop.command(&["doctor", "--offline"]).run().ok();
    assert!(shop.sandbox.calls().is_empty());
}

/// The faults in machine-readable form: check and message.
fn wrong(run: Run) -> Vec<(String, String)> {
    let Done { code, stdout, .. } = run.run();
    assert_eq!(code, Some(1), "{stdout}");
    let lines = stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let wrong = lines.filter(|line| line["status"] == "wrong");
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    wrong
        .inspect(|line| assert!(line["advice"].is_string(), "{line}"))
        .map(|line| (text(&line, "check"), text(&line, "message")))
        .collect()
}

const DOCTOR: [&str; 4] = ["doctor", "--offline", "--format", "json"];

#[track_caller]
fn assert_wrong(run: Run, check: &str, word: &str) {
    let found = wrong(run);
    let named = found
        .iter()
        .any(|(name, message)| name == check && message.contains(word));
    assert!(named, "{check}: {found:?}");
}

#[test]
fn swapped_files_are_reported() {
    let shop = Shop::new();
    let doctor = || shop.command(&DOCTOR);
    assert_wrong(
        doctor().env("PRIVATE_KEY", "apiclient_cert.pem"),
        "private key",
        "certificate",
    );
    assert_wrong(
        doctor().env("CERTIFICATE", "apiclient_key.pem"),
        "certificate",
        "private key",
    );
    assert_wrong(
        doctor().env("PRIVATE_KEY", "nowhere.pem"),
        "private key",
        "nowhere.pem",
    );
    shop.file(
        "own.pem",
        &shop.merchant_key().public_key().to_pem().unwrap(),
    );
    assert_wrong(
        doctor().env("PLATFORM_KEY", "own.pem"),
        "platform key",
        "merchant's own",
    );
    let own = doctor().env("PLATFORM_CERTIFICATE", "apiclient_cert.pem");
    assert_wrong(own, "platform certificate", "merchant's own");
    shop.secret("stranger.pem", &STRANGER);
    assert_wrong(
        doctor().env("PRIVATE_KEY", "stranger.pem"),
        "key pair",
        "does not match",
    );
    let theirs = doctor().env("CERTIFICATE", "platform_cert.pem");
    assert_wrong(theirs, "merchant id", "Tenpay");
}

/// Each can be read as a key, and is not the one that is meant.
#[test]
fn a_certificate_given_as_the_public_key_is_reported() {
    let shop = Shop::new();
    let doctor = || {
        shop.command(&DOCTOR)
            .env("PLATFORM_KEY", "platform_cert.pem")
    };
    let serial = shop.sandbox.platform_certificate().serial();
    assert_wrong(doctor(), "platform key", serial);
    assert_wrong(doctor(), "platform key", shop.sandbox.platform_key_id());
    assert_wrong(doctor(), "together", "pub_key.pem");
    let own = || {
        shop.command(&DOCTOR)
            .env("PLATFORM_KEY", "apiclient_cert.pem")
    };
    assert_wrong(own(), "platform key", "merchant's own");
    assert_wrong(own(), "together", "merchant's own");
    // The key of the platform certificate, extracted with openssl.
    let extracted = shop.sandbox.platform_certificate().public_key();
    shop.file("extracted.pem", &extracted.to_pem().unwrap());
    let run = shop.command(&DOCTOR).env("PLATFORM_KEY", "extracted.pem");
    let done = run.env("PLATFORM_CERTIFICATE", "platform_cert.pem").run();
    let lines = done
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut looks = lines.filter(|line| line["status"] == "look");
    assert!(
        looks.any(|line| line["check"] == "platform key"),
        "{done:?}"
    );
}

#[test]
fn an_old_merchant_certificate_given_as_platform_certificate_is_reported() {
    let shop = Shop::new();
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let certificate = certificate(&key, shop.sandbox.mchid());
    shop.file(
        "earlier.pem",
        std::str::from_utf8(&certificate.to_pem().unwrap()).unwrap(),
    );
    for check in ["platform certificate", "together"] {
        let doctor = shop
            .command(&DOCTOR)
            .env("PLATFORM_CERTIFICATE", "earlier.pem");
        assert_wrong(doctor, check, "merchant's own");
    }
}

/// The file is right and its id is not, or the other way round: only WeChat Pay can tell.
#[test]
fn a_key_id_of_another_key_is_reported() {
    let shop = Shop::new();
    let doctor = || shop.command(&["doctor", "--format", "json"]);
    let (wrong, right) = (
        "PUB_KEY_ID_0114232134912410000000009999",
        shop.sandbox.platform_key_id(),
    );
    for id in [wrong, right] {
        assert_wrong(doctor().env("PLATFORM_KEY_ID", wrong), "credentials", id);
    }
    let stranger = PrivateKey::from_bytes(STRANGER.as_bytes()).unwrap();
    shop.file("other.pem", &stranger.public_key().to_pem().unwrap());
    let other = doctor().env("PLATFORM_KEY", "other.pem");
    assert_wrong(other, "credentials", "contains another key");
    for body in [
        r#"{"code":"PARAM_ERROR","message":"平台证书序列号Wechatpay-Serial错误"}"#,
        r#"{"code":"PARAM_ERROR","message":"微信支付公钥ID错误"}"#,
        r#"{"code":"PARAM_ERROR","message":"参数错误","detail":{"field":"Wechatpay-Serial"}}"#,
    ] {
        let url = answering("400 Bad Request", body);
        let run = doctor().env("BASE_URL", &url).env("PLATFORM_KEY_ID", wrong);
        assert_wrong(run, "credentials", wrong);
    }
    let url = answering(
        "400 Bad Request",
        r#"{"code":"INVALID_REQUEST","message":"x"}"#,
    );
    assert_wrong(
        doctor().env("BASE_URL", &url),
        "credentials",
        "INVALID_REQUEST",
    );
}

/// A server that gives one answer to all.
fn answering(status: &'static str, body: &'static str) -> String {
    server(move |_| {
        let len = body.len();
        format!("HTTP/1.1 {status}\r\nContent-Length: {len}\r\nConnection: close\r\n\r\n{body}")
    })
}

#[test]
fn swapped_serials_are_reported() {
    let shop = Shop::new();
    let doctor = || shop.command(&DOCTOR);
    let (sandbox, serial) = (&shop.sandbox, shop.sandbox.serial());
    assert_wrong(
        doctor().env("PLATFORM_KEY_ID", serial),
        "platform key id",
        "merchant certificate",
    );
    assert_wrong(
        doctor().env("SERIAL", sandbox.platform_key_id()),
        "serial",
        "public key",
    );
    let theirs = doctor().env("PLATFORM_CERTIFICATE", "platform_cert.pem");
    let theirs = theirs.env("SERIAL", sandbox.platform_certificate().serial());
    assert_wrong(theirs, "serial", "platform certificate");
    let other = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    assert_wrong(doctor().env("SERIAL", other), "serial", serial);
    let run = doctor().without("CERTIFICATE").env("SERIAL", "51:57:F0");
    assert_wrong(run, "serial", "hexadecimal");
    assert_wrong(
        doctor().env("PLATFORM_KEY_ID", "0114232134"),
        "platform key id",
        "PUB_KEY_ID_",
    );
    assert_wrong(doctor().without("MCHID"), "merchant id", "missing");
}

#[test]
fn keys_of_the_wrong_length_are_reported_and_not_printed() {
    let shop = Shop::new();
    let run = |name: &str, key: &str| shop.command(&DOCTOR).env(name, key);
    assert_wrong(
        run("APIV3_KEY", "secret-of-16-byte"),
        "APIv3 key",
        "17 bytes",
    );
    assert_wrong(run("V2_KEY", "secret-of-16-byte"), "APIv2 key", "17 bytes");
    let text = run("V2_KEY", "secret-of-16-byte").run();
    assert!(!format!("{text:?}").contains("secret-of"));
}

#[cfg(unix)]
#[test]
fn keys_readable_by_others_are_reported() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Shop::new();
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(shop.path("v2.key"), open).unwrap();
    assert_wrong(shop.command(&DOCTOR), "permissions", "v2.key");
    let group = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(shop.path("v2.key"), group).unwrap();
    let done = shop.command(&DOCTOR).run();
    assert!(
        done.code == Some(0) && done.stdout.contains("by its group"),
        "{done:?}"
    );
}

#[test]
fn clock_connection_and_credentials_are_checked() {
    let shop = Shop::new();
    let doctor = || shop.command(&["doctor", "--format", "json"]);
    let late = server(|_| {
        "HTTP/1.1 401 Unauthorized\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
            .to_owned()
    });
    assert_wrong(
        doctor().env("BASE_URL", &late),
        "clock",
        "off the server's clock",
    );
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    assert_wrong(
        doctor().env("BASE_URL", &nobody),
        "connection",
        "connection",
    );
    shop.secret("stranger.pem", &STRANGER);
    let wrong = doctor()
        .env("PRIVATE_KEY", "stranger.pem")
        .without("CERTIFICATE");
    assert_wrong(
        wrong.env("SERIAL", shop.sandbox.serial()),
        "credentials",
        "SIGN_ERROR",
    );
}

/// A 404 is a merchant's in public-key mode, or anybody's.
#[test]
fn a_404_counts_only_from_wechat_pay() {
    let shop = Shop::new();
    let status = |body: &'static str| {
        let url = server(move |_| {
            format!(
                "HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
        });
        let run = shop.command(&["doctor", "--format", "json"]);
        let done = run.env("BASE_URL", &url).run();
        let lines = done
            .stdout
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut found = lines.filter(|line| line["check"] == "credentials");
        found.next().unwrap()["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status("no such page"), "look");
    assert_eq!(
        status(r#"{"code":"RESOURCE_NOT_EXISTS","message":"x"}"#),
        "ok"
    );
}

#[test]
fn a_wrong_apiv3_key_is_reported() {
    let shop = Shop::new();
    let doctor = || shop.command(&["doctor", "--format", "json"]);
    let done = doctor().run();
    assert!(
        done.stdout.contains("decrypts the downloaded certificates"),
        "{done:?}"
    );
    assert_wrong(
        doctor().env("APIV3_KEY", "0123456789abcdef0123456789abcdef"),
        "APIv3 key",
        "does not decrypt",
    );
}

/// The lines of a check, with its advice.
fn lines(run: Run, check: &str) -> Vec<String> {
    let report = run.run().stdout;
    let lines = report.lines().filter(|line| line.contains(check));
    lines.map(str::to_owned).collect()
}

/// Whoever follows the advice must not end up with the merchant's own certificate there.
#[test]
fn advice_for_platform_and_root_certificates_names_their_own_files() {
    let shop = Shop::new();
    let settings = [
        ("PLATFORM_CERTIFICATE", "platform certificate"),
        ("CA", "root certificate"),
    ];
    for (setting, check) in settings {
        for file in ["apiclient_key.pem", "nowhere.pem"] {
            let run = shop.command(&["doctor", "--offline"]).env(setting, file);
            let found = lines(run, &format!("WRONG {check}"));
            assert!(found[0].contains(file), "{setting}: {found:?}");
            assert!(!found[0].contains("apiclient_cert"), "{setting}: {found:?}");
        }
    }
    let run = shop.command(&["request", "GET", "v3/certificates"]);
    let said = run.env("CA", "apiclient_key.pem").run().failed(3);
    assert!(said.contains("--ca"), "{said}");
}

/// The answer to it looks as that to a merchant in public-key mode.
#[test]
fn a_base_url_with_a_version_is_reported() {
    let shop = Shop::new();
    let base = shop.sandbox.base_url();
    for end in ["v3", "v3/", "v2/"] {
        let run = shop.command(&DOCTOR);
        assert_wrong(
            run.env("BASE_URL", &format!("{base}{end}")),
            "base URL",
            "begin with v",
        );
    }
    let run = shop.command(&["doctor", "--offline"]);
    run.env("BASE_URL", &format!("{base}pay/")).run().ok();
}

#[test]
fn directories_are_exempt_from_the_permission_check() {
    let shop = Shop::new();
    std::fs::create_dir(shop.path("folder")).unwrap();
    let run = shop.command(&["doctor", "--offline"]);
    let found = lines(run.env("PRIVATE_KEY", "folder"), "permissions");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_folder_of_a_sandbox_is_described_or_its_problem_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let line = |language: &str| {
        let run = Run::new(&[
            "--lang", language, "doctor", "--state", path, "--format", "json",
        ]);
        let Done { code, stdout, .. } = run.run();
        let line: Value = serde_json::from_str(stdout.trim()).unwrap();
        assert_eq!(line["check"], "sandbox state");
        (code, line)
    };
    let (code, none) = line("en");
    assert_eq!(
        (code, &none["status"]),
        (Some(0), &"skipped".into()),
        "{none}"
    );

    let sandbox = wechatpay_sandbox::Sandbox::builder().state(folder.path());
    let sandbox = sandbox.start_blocking().unwrap();
    sandbox.hold_refunds(true);
    let (code, used) = line("en");
    assert_eq!(code, Some(1), "{used}");
    assert!(
        used["message"].as_str().unwrap().contains("in use"),
        "{used}"
    );
    assert!(
        used["advice"]
            .as_str()
            .unwrap()
            .contains("stop that sandbox"),
        "{used}"
    );
    drop(sandbox);

    let (code, found) = line("en");
    assert_eq!((code, &found["status"]), (Some(0), &"ok".into()), "{found}");
    let message = found["message"].as_str().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(message.contains(&format!("version {version}")), "{message}");
    assert!(message.contains("1 entries"), "{message}");
    let (_, chinese) = line("zh");
    assert!(
        chinese["message"].as_str().unwrap().contains("1 条记录"),
        "{chinese}"
    );

    std::fs::write(folder.path().join("state.redb"), "no database").unwrap();
    let (code, damaged) = line("en");
    assert_eq!(
        (code, &damaged["status"]),
        (Some(1), &"wrong".into()),
        "{damaged}"
    );
    assert!(
        damaged["advice"]
            .as_str()
            .unwrap()
            .contains("restore a copy"),
        "{damaged}"
    );
    let (_, damaged) = line("zh");
    assert!(
        damaged["advice"].as_str().unwrap().contains("备份"),
        "{damaged}"
    );
}
