//! PHP whose meaning Rust would not have is refused at its place.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::Severity;
use wechatpay_chain_port::emit::{self, Options};
use wechatpay_chain_port::source::{Kind, split};

/// The errors of a file, as the command shows them.
fn errors(php: &str) -> String {
    let blocks = split("a.php", php, Kind::Php);
    let made = emit::rust(&blocks, &Options::default());
    let errors = made.diagnostics.iter();
    let errors = errors.filter(|it| it.severity == Severity::Error);
    errors.map(|it| format!("{it}\n")).collect()
}

#[track_caller]
fn assert_refused(php: &str, place: &str, message: &str) {
    let errors = errors(php);
    let expected = format!("a.php:{place}: error: {message}");
    assert!(errors.contains(&expected), "{php}\n{errors}");
}

#[track_caller]
fn assert_ported(php: &str) {
    assert_eq!(errors(php), "", "{php}");
}

#[test]
fn pages_without_braces() {
    for php in [
        "<?php\nif ($a) ?>q<?php echo 2;",
        "<?php\nwhile (f()) ?>q<?php echo 2;",
    ] {
        let column = php.lines().nth(1).unwrap().find("?>").unwrap() + 1;
        assert_refused(php, &format!("2:{column}"), "this page is no statement");
    }
}

#[test]
fn settings_of_guzzle_that_change_something() {
    let factory = |setting: &str| {
        let settings = "'mchid' => '1', 'serial' => '2', 'privateKey' => $k, 'certs' => []";
        format!(
            "<?php\nfunction f($k, $x) {{ return \\WeChatPay\\Builder::factory([{settings},\n{setting}]); }}"
        )
    };
    for setting in [
        "'http_errors' => false",
        "'http_errors' => $x",
        "'debug' => true",
        "'synchronous' => true",
        "'verify' => false",
        "'allow_redirects' => true",
        "'handler' => $x",
        "'stream' => true",
        "'decode_content' => false",
    ] {
        assert_refused(
            &factory(setting),
            "3:1",
            "the client in Rust has no setting",
        );
    }
    for setting in ["'http_errors' => true", "'debug' => false", "'appid' => $x"] {
        assert_ported(&factory(setting));
    }
}
