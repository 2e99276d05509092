//! Messages of `build()` for a builder whose settings come from the environment.
//!
//! The messages name the builder's methods. A program that uses `ClientBuilder::from_env` does not call them, so each name is
//! replaced by that of its variable.

use wechatpay_core::error::Error;

/// Rewrites an error of [`build`](super::ClientBuilder::build).
pub(super) fn in_build(err: Error) -> Error {
    err.edited(|message| replaced(message, &[CLAUSES, METHODS]))
}

/// Rewrites an error of settings that were read from the environment: it names keys of profiles too, and time limits,
/// which a program may still change with the builder's methods afterwards.
pub(crate) fn in_settings(err: Error) -> Error {
    err.edited(|message| replaced(message, &[KEYS, CLAUSES, METHODS]))
}

fn replaced(message: &str, tables: &[&[(&str, &str)]]) -> String {
    let mut text = message.to_owned();
    for (theirs, ours) in tables.iter().copied().flatten() {
        if text.contains(theirs) {
            text = text.replace(theirs, ours);
        }
    }
    text
}

/// Keys of profiles and time limits, in both languages.
const KEYS: &[(&str, &str)] = &[
    (
        "platform_key goes with platform_key_id, its id PUB_KEY_ID_…",
        "WECHATPAY_PLATFORM_KEY goes with WECHATPAY_PLATFORM_KEY_ID, its id PUB_KEY_ID_…",
    ),
    (
        "platform_key_id goes with platform_key, the file of that key",
        "WECHATPAY_PLATFORM_KEY_ID goes with WECHATPAY_PLATFORM_KEY, the file of that key",
    ),
    (
        "platform_key 要与 platform_key_id",
        "WECHATPAY_PLATFORM_KEY 要与 WECHATPAY_PLATFORM_KEY_ID",
    ),
    (
        "platform_key_id 要与 platform_key",
        "WECHATPAY_PLATFORM_KEY_ID 要与 WECHATPAY_PLATFORM_KEY",
    ),
    ("set passphrase_file", "set WECHATPAY_PASSPHRASE_FILE"),
    ("请设置 passphrase_file", "请设置 WECHATPAY_PASSPHRASE_FILE"),
    ("connect_timeout(..)", "WECHATPAY_CONNECT_TIMEOUT"),
    ("read_timeout(..)", "WECHATPAY_READ_TIMEOUT"),
    ("timeout(..)", "WECHATPAY_TIMEOUT"),
    (
        "give None for no limit",
        "leave it out for the default limit",
    ),
    ("不限时请给 None", "不设置就用默认时限"),
];

/// Applied before [`METHODS`], whose names they contain.
const CLAUSES: &[(&str, &str)] = &[
    (
        "which goes with platform_key(..)",
        "which goes into WECHATPAY_PLATFORM_KEY_ID",
    ),
    (
        "platform_key(\"PUB_KEY_ID_…\", PublicKey::from_file(\"pub_key.pem\")?)",
        "WECHATPAY_PLATFORM_KEY_ID=PUB_KEY_ID_… WECHATPAY_PLATFORM_KEY=pub_key.pem",
    ),
    (
        "private_key(PrivateKey::from_file(\"apiclient_key.pem\")?)",
        "WECHATPAY_PRIVATE_KEY=apiclient_key.pem",
    ),
    (
        "certificate(Certificate::from_file(\"apiclient_cert.pem\")?)",
        "WECHATPAY_CERTIFICATE=apiclient_cert.pem",
    ),
    ("give a platform_key(..)", "give platform_key(..)"),
    (
        "应与 platform_key(..) 一起使用",
        "应设为 WECHATPAY_PLATFORM_KEY_ID",
    ),
    (
        "提供 platform_key(..)",
        "设置 WECHATPAY_PLATFORM_KEY 和 WECHATPAY_PLATFORM_KEY_ID",
    ),
];

const METHODS: &[(&str, &str)] = &[
    ("mchid(..)", "WECHATPAY_MCHID"),
    ("mchid \"", "WECHATPAY_MCHID \""),
    ("brand_id(..)", "WECHATPAY_BRAND_ID"),
    ("brand_id \"", "WECHATPAY_BRAND_ID \""),
    ("serial(..)", "WECHATPAY_SERIAL"),
    ("private_key(..)", "WECHATPAY_PRIVATE_KEY"),
    ("platform_certificate(..)", "WECHATPAY_PLATFORM_CERTIFICATE"),
    ("certificate(..)", "WECHATPAY_CERTIFICATE"),
    (
        "platform_key(..)",
        "WECHATPAY_PLATFORM_KEY and WECHATPAY_PLATFORM_KEY_ID",
    ),
    ("apiv3_key(..)", "WECHATPAY_APIV3_KEY_FILE"),
    ("v2_key(..)", "WECHATPAY_V2_KEY_FILE"),
    ("proxy(..)", "WECHATPAY_PROXY"),
    ("no_proxy()", "WECHATPAY_PROXY=none"),
    ("give WECHATPAY_", "set WECHATPAY_"),
    ("请提供 WECHATPAY_", "请设置 WECHATPAY_"),
];

#[cfg(test)]
mod tests {
    use super::super::ClientBuilder;
    use super::*;
    use crate::Settings;
    use serde_json::json;

    /// Asserts that a message names variables in both languages, and no method or key of a profile.
    fn check(err: &Error, variables: &[&str]) {
        assert!(!err.report_zh().contains(" and "), "{}", err.report_zh());
        for said in [err.report(), err.report_zh()] {
            for variable in variables {
                assert!(said.contains(variable), "{variable}: {said}");
            }
            let method = [
                "(..)",
                "(\"",
                "::",
                "()",
                " passphrase_file",
                " platform_key",
            ];
            assert!(!method.iter().any(|it| said.contains(it)), "{said}");
        }
    }

    fn key() -> std::path::PathBuf {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        root.join("tests/data/keys/pkcs8.pem")
    }

    #[test]
    fn missing_settings_are_named_by_their_variables() {
        const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
        let key = key();
        for (settings, variables) in [
            (json!({}), &["WECHATPAY_MCHID"][..]),
            (json!({"mchid": "wx1"}), &["WECHATPAY_MCHID \"wx1\""]),
            (
                json!({"mchid": "1900000109", "brand_id": "1"}),
                &["WECHATPAY_MCHID", "WECHATPAY_BRAND_ID"],
            ),
            (
                json!({"mchid": "1900000109"}),
                &["WECHATPAY_PRIVATE_KEY=apiclient_key.pem"],
            ),
            (
                json!({"mchid": "1900000109", "private_key": key}),
                &["WECHATPAY_SERIAL", "WECHATPAY_CERTIFICATE"],
            ),
            (
                json!({"mchid": "1900000109", "private_key": key, "serial": "PUB_KEY_ID_1"}),
                &["WECHATPAY_PLATFORM_KEY_ID"],
            ),
            (
                json!({"mchid": "1900000109", "private_key": key, "serial": SERIAL}),
                &[
                    "WECHATPAY_PLATFORM_KEY_ID",
                    "WECHATPAY_PLATFORM_KEY=",
                    "WECHATPAY_PLATFORM_CERTIFICATE",
                ],
            ),
            (
                json!({"mchid": "1900000109", "private_key": key, "v2_key": "1".repeat(32)}),
                &["WECHATPAY_CERTIFICATE", "WECHATPAY_PLATFORM_KEY"],
            ),
            (
                json!({"mchid": "1900000109", "v2_key": "1".repeat(32), "proxy": "socks5://a:1"}),
                &["WECHATPAY_PROXY", "WECHATPAY_PROXY=none"],
            ),
        ] {
            let settings: Settings = serde_json::from_value(settings).unwrap();
            let builder = settings.client_builder().unwrap().noted_from_env();
            check(&builder.build().unwrap_err(), variables);
        }
    }

    #[test]
    fn settings_without_their_counterpart_are_named_by_their_variables() {
        for (settings, variables) in [
            (
                json!({"platform_key": "a"}),
                ["WECHATPAY_PLATFORM_KEY", "WECHATPAY_PLATFORM_KEY_ID"],
            ),
            (
                json!({"platform_key_id": "a"}),
                ["WECHATPAY_PLATFORM_KEY", "WECHATPAY_PLATFORM_KEY_ID"],
            ),
            (json!({"timeout": 0}), ["WECHATPAY_TIMEOUT"; 2]),
            (json!({"read_timeout": 0}), ["WECHATPAY_READ_TIMEOUT"; 2]),
        ] {
            let settings: Settings = serde_json::from_value(settings).unwrap();
            let err = settings.client_builder().unwrap_err();
            check(&in_settings(err), &variables);
        }
    }

    /// A time limit that the program sets is named as the program names it.
    #[test]
    fn methods_that_the_program_calls_keep_their_names() {
        let builder = ClientBuilder::new()
            .mchid("1900000109")
            .v2_key("1".repeat(32));
        let builder = builder.noted_from_env().timeout(std::time::Duration::ZERO);
        let said = builder.build().unwrap_err().report();
        assert!(said.starts_with("timeout(..) of zero"), "{said}");
    }
}
