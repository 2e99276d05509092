//! `wechatpay doctor`: each mix-up is named.

use serde_json::Value;

use crate::support::{Done, Run, STRANGER, Shop, server};

#[test]
fn what_is_right_is_said_to_be() {
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
fn offline_nothing_is_sent() {
    let shop = Shop::new();
    shop.command(&["doctor", "--offline"]).run().ok();
    assert!(shop.sandbox.calls().is_empty());
}

/// What is wrong, as the machine is told: check and message.
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
fn files_that_are_mixed_up_are_named() {
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
        "does not belong",
    );
    let theirs = doctor().env("CERTIFICATE", "platform_cert.pem");
    assert_wrong(theirs, "merchant id", "Tenpay");
}

#[test]
fn serials_that_are_mixed_up_are_named() {
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
    assert_wrong(doctor().without("MCHID"), "merchant id", "none");
}

#[test]
fn keys_of_the_wrong_length_are_named_and_not_shown() {
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
fn keys_that_others_can_read_are_named() {
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
fn clock_connection_and_credentials_are_tried() {
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
        "from the server's",
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
fn an_apiv3_key_that_is_another_is_named() {
    let shop = Shop::new();
    let doctor = || shop.command(&["doctor", "--format", "json"]);
    let done = doctor().run();
    assert!(done.stdout.contains("opens the certificates"), "{done:?}");
    assert_wrong(
        doctor().env("APIV3_KEY", "0123456789abcdef0123456789abcdef"),
        "APIv3 key",
        "does not open",
    );
}
