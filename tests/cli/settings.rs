//! Flags before environment before profile.

use crate::support::{Run, Shop};

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
fn a_flag_goes_before_the_environment_before_the_profile() {
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
fn profiles_are_named() {
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
fn a_key_and_its_file_are_one_setting() {
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
fn a_wrong_profile_is_told_by_its_line_and_never_quoted() {
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
            "v2_key is no string",
        ),
        ("[default]\nv2_key = 0123456789.5".to_owned(), "line 2"),
        (
            "[default]\nv2_key = [\"0123456789\"]".to_owned(),
            "v2_key is no string",
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
fn a_variable_that_is_no_text_is_not_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    let shop = shop();
    let mut command = shop.bare(&DRY).into_command();
    command.env("WECHATPAY_MCHID", std::ffi::OsStr::from_bytes(b"\xff"));
    let done = crate::support::Done::from(command.output().unwrap());
    assert!(done.failed(3).contains("WECHATPAY_MCHID is not UTF-8"));
}
