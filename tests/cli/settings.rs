//! Flags before environment before profile.

use crate::support::{Done, Run, Shop};

const DRY: [&str; 4] = ["request", "GET", "v3/certificates", "--dry-run"];

/// The merchant id that a dry run signs with.
#[track_caller]
fn mchid(run: Run) -> String {
    let shown = run.run().json();
    let header = shown["headers"]["Authorization"]
        .as_str()
        .unwrap()
        .to_owned();
    let (_, rest) = header.split_once("mchid=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn shop() -> Shop {
    let shop = Shop::new();
    std::fs::create_dir_all(shop.path(".config/wechatpay")).unwrap();
    let profile = |name: &str, mchid: &str| {
        format!(
            "[{name}]\nmchid = \"{mchid}\"\nprivate_key = \"../../apiclient_key.pem\"\n\
             serial = \"5157F09EFDC096DE15EBE81A47057A7232F1B8E1\"\ntimeout = 3\n"
        )
    };
    let profiles = profile("default", "1000000001") + &profile("other", "1000000002");
    shop.file(".config/wechatpay/config.toml", &profiles);
    shop.file(
        "mine.toml",
        &profile("default", "1000000003").replace("../../", ""),
    );
    shop
}

#[test]
fn flags_override_the_environment_and_the_environment_the_profile() {
    let shop = shop();
    assert_eq!(mchid(shop.bare(&DRY)), "1000000001");
    assert_eq!(
        mchid(shop.bare(&DRY).env("MCHID", "2000000001")),
        "2000000001"
    );
    let flag = [&DRY[..], &["--mchid", "3000000001"]].concat();
    assert_eq!(
        mchid(shop.bare(&flag).env("MCHID", "2000000001")),
        "3000000001"
    );
    // An empty variable is not set.
    assert_eq!(mchid(shop.bare(&DRY).env("MCHID", "")), "1000000001");
}

#[test]
fn a_profile_is_selected_by_name() {
    let shop = shop();
    let named = [&DRY[..], &["--profile", "other"]].concat();
    assert_eq!(mchid(shop.bare(&named)), "1000000002");
    assert_eq!(mchid(shop.bare(&DRY).env("PROFILE", "other")), "1000000002");
    let file = [&DRY[..], &["--config", "mine.toml"]].concat();
    assert_eq!(mchid(shop.bare(&file)), "1000000003");
    assert_eq!(
        mchid(shop.bare(&DRY).env("CONFIG", "mine.toml")),
        "1000000003"
    );

    let unknown = [&DRY[..], &["--profile", "nobody"]].concat();
    let said = shop.bare(&unknown).run().failed(3);
    assert!(said.contains("default, other"), "{said}");
    let nowhere = [&DRY[..], &["--config", "nowhere.toml"]].concat();
    shop.bare(&nowhere).run().failed(3);
}

/// A key and its file are one setting: that of the environment replaces the profile's other form.
#[test]
fn a_key_overrides_the_key_file_of_a_lower_source() {
    let shop = Shop::new();
    let profile = format!(
        "[default]\nmchid = \"{}\"\nv2_key = \"{}\"\n",
        shop.sandbox.mchid(),
        shop.sandbox.v2_key().expose()
    );
    shop.secret("keys.toml", &profile);
    let arguments = [
        "sign",
        "pay-params",
        "v2-app",
        "--appid",
        "wx1",
        "--prepay-id",
        "wx2",
        "--config",
        "keys.toml",
    ];
    shop.bare(&arguments).run().json();
    shop.secret("short.key", "too short\n");
    let run = shop.bare(&arguments).env("V2_KEY_FILE", "short.key");
    assert!(run.run().failed(3).contains("9 bytes"));
}

#[test]
fn profile_errors_name_the_line_and_quote_no_values() {
    let shop = Shop::new();
    let secret = "0123456789abcdef0123456789abcdef";
    for (text, line) in [
        (
            format!("[default]\nmchid = \"1\"\napiv3_key = \"{secret}"),
            "line 3",
        ),
        (format!("[default]\napiv3 = \"{secret}\""), "line 2"),
        (format!("[default]\n\ntimeout = \"{secret}\""), "line 3"),
        (format!("apiv3_key = \"{secret}\""), "line 1"),
        (format!("[default]\napiv3_key = {secret}"), "line 2"),
        (
            "[default]\nv2_key = 123456789123456789".to_owned(),
            "v2_key is not a string",
        ),
        ("[default]\nv2_key = 0123456789.5".to_owned(), "line 2"),
        (
            "[default]\nv2_key = [\"0123456789\"]".to_owned(),
            "v2_key is not a string",
        ),
    ] {
        shop.secret("wrong.toml", &text);
        let wrong = [&DRY[..], &["--config", "wrong.toml"]].concat();
        let said = shop.bare(&wrong).run().failed(3);
        assert!(said.contains(line), "{text}: {said}");
        assert!(!said.contains("123456789"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_utf8_are_refused() {
    use std::os::unix::ffi::OsStrExt;
    let shop = shop();
    let mut command = shop.bare(&DRY).into_command();
    command.env("WECHATPAY_MCHID", std::ffi::OsStr::from_bytes(b"\xff"));
    let done = Done::from(command.output().unwrap());
    assert!(done.failed(3).contains("WECHATPAY_MCHID is not UTF-8"));
}

/// A proxy of the environment that cannot be used is never passed by.
#[test]
fn malformed_proxies_exit_with_3_before_sending() {
    let shop = Shop::new();
    let run = |variable: &str, value: &str| {
        let run = shop.command(&["request", "GET", "v3/certificates"]);
        let mut command = run.without("PROXY").into_command();
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command.env(variable, value);
        Done::from(command.output().unwrap())
    };
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        for value in [
            "htp://proxy:1",
            "proxy:99999",
            "http://u:hunter2@p:",
            "u:hunter2#@p:1",
        ] {
            let said = run(name, value).failed(3);
            assert!(said.contains(name) && !said.contains("hunter2"), "{said}");
        }
        // Of another kind: it is known, and cannot be used.
        let said = run(name, "socks5://u:hunter2@127.0.0.1:1").failed(5);
        assert!(
            said.contains("http://") && !said.contains("hunter2"),
            "{said}"
        );
    }
    assert!(shop.sandbox.calls().is_empty());
    run("http_proxy", " ").ok();
    assert_eq!(shop.sandbox.calls().len(), 1);
}

#[test]
fn invalid_base_urls_exit_with_3() {
    let shop = Shop::new();
    for url in [
        "https://h:99999/",
        "https://h:/",
        "https://h/#frag",
        "https://h/../",
        "http://api.mch.weixin.qq.com./",
    ] {
        let flag = ["--base-url", url, "request", "GET", "v3/certificates"];
        let said = shop.command(&flag).run().failed(3);
        assert!(said.contains("base URL"), "{said}");
        shop.file("config.toml", &format!("[default]\nbase_url = {url:?}\n"));
        let run = shop.command(&flag[2..]).without("BASE_URL");
        run.env("CONFIG", "config.toml").run().failed(3);
    }
}
