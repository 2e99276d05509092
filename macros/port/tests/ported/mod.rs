//! Ports a file of PHP, for the tests that look at the Rust that it becomes.

#![allow(dead_code, reason = "each test uses a part of it")]

use wechatpay_chain_port::Severity;
use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::hir::Facts;
use wechatpay_chain_port::source::{Kind, split};

fn fields(_: &str, _: &str) -> Vec<(String, &'static str)> {
    vec![
        ("/amount/total".to_owned(), "integer"),
        ("/out_trade_no".to_owned(), "string"),
    ]
}

pub(crate) fn ported(php: &str) -> Output {
    with(php, Options::default())
}

fn with(php: &str, options: Options) -> Output {
    let options = options.facts(Facts::new(fields));
    emit::rust(&split("Pay.php", php, Kind::Php), &options)
}

pub(crate) fn text(php: &str) -> String {
    let made = ported(php);
    assert!(made.complete, "{php}\n{:?}", made.diagnostics);
    made.text
}

/// A part is refused, though the application may have the function that it stands in.
pub(crate) fn refused(php: &str, reason: &str) {
    told(php, reason, with(php, Options::default().in_place(true)));
}

/// A part is refused, and the application cannot have the function that it stands in.
pub(crate) fn stays_refused(php: &str, reason: &str) {
    told(php, reason, ported(php));
}

fn told(php: &str, reason: &str, made: Output) {
    let told = made.diagnostics.iter();
    let told = told
        .filter(|told| told.severity == Severity::Error && told.message.contains(reason))
        .count();
    assert!(
        !made.complete && told > 0,
        "{php}\n{reason}\n{:?}\n{}",
        made.diagnostics,
        made.text
    );
}

pub(crate) fn holds(php: &str, expected: &str) {
    let text = text(php);
    assert!(text.contains(expected), "{php}\n{expected}\n{text}");
}
