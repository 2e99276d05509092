//! The constructors of exceptions that a file declares.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::source::{Kind, split};

fn ported(php: &str) -> Output {
    let blocks = split("a.php", &format!("<?php\n{php}"), Kind::Php);
    emit::rust(&blocks, &Options::default().in_place(true))
}

/// The warnings about classes that are declared nowhere.
fn told(php: &str) -> Vec<String> {
    let told = ported(php).diagnostics.into_iter();
    let told = told.map(|told| told.to_string());
    told.filter(|told| told.contains("declared nowhere"))
        .collect()
}

#[test]
fn constructors_below_an_unknown_class_are_the_applications() {
    let class = "class VException extends \\Vendor\\BaseException {";
    let throw = "}\nfunction f($m) { throw new VException($m); }";
    for body in [
        "function __construct($m) { parent::__construct(\"V $m\"); }",
        "protected $code = 7;",
        "use \\Vendor\\Coded;",
    ] {
        let text = ported(&format!("{class} {body} {throw}")).text;
        assert!(!text.contains("Thrown::new"), "{body}\n{text}");
        assert!(text.contains("new_v_exception"), "{body}\n{text}");
    }
    let text = ported(&format!("{class} {throw}")).text;
    assert!(text.contains("Thrown::new("), "{text}");
}

#[test]
fn exceptions_below_guzzles_are_the_applications() {
    let class = "class GoneException extends \\GuzzleHttp\\Exception\\RequestException {}";
    let text = ported(&format!(
        "{class}\nfunction f($m, $r) {{ throw new GoneException($m, $r); }}"
    ))
    .text;
    assert!(!text.contains("Thrown::new"), "{text}");
}

#[test]
fn a_code_of_unknown_type_that_a_constructor_assigns_is_the_applications() {
    let class = "class E extends \\Exception { function __construct($m, $c) { parent::__construct($m); $this->code = $c; } }";
    let of = |code: &str| {
        ported(&format!(
            "{class}\nfunction f($a, int $n, \\Exception $e) {{ throw new E('m', {code}); }}"
        ))
        .text
    };
    assert!(of("$a['code']").contains("new_e"), "{}", of("$a['code']"));
    for code in ["$n", "(int) $a['code']", "$e->getCode()", "3"] {
        assert!(of(code).contains("Thrown::new"), "{}", of(code));
    }
}

#[test]
fn a_deep_chain_of_constructors_stays_short() {
    let mut php = String::from("class E0 extends \\Exception {}\n");
    for level in 1..30 {
        let above = level - 1;
        writeln!(
            php,
            "class E{level} extends E{above} {{ function __construct($m) {{ parent::__construct(\"$m$m\"); }} }}"
        )
        .unwrap();
    }
    php.push_str("function f($m) { throw new E29($m); }\nfunction g($m) { throw new E3($m); }");
    let text = ported(&php).text;
    assert!(text.len() < 50_000, "{}", text.len());
    assert!(text.contains("\"E3\","), "{text}");
}

#[test]
fn the_class_that_is_declared_nowhere_is_named() {
    let class = "class VException extends \\Vendor\\BaseException {}\nclass OwnError extends \\RuntimeException {}\n";
    let told_of = |thrown: &str, caught: &str| {
        told(&format!(
            "{class}function f($c) {{ try {{ $c->chain('v3/a')->get(); throw new {thrown}('m'); }} catch ({caught} $e) {{ return 1; }} }}"
        ))
    };
    let told = told_of("VException", "\\Vendor\\Other");
    assert!(
        told[0].contains("`BaseException` is declared nowhere here"),
        "{told:?}"
    );
    for (thrown, caught) in [
        ("VException", "\\Vendor\\BaseException"),
        ("VException", "VException"),
        ("OwnError", "\\Vendor\\Other"),
    ] {
        assert_eq!(told_of(thrown, caught), [""; 0], "{thrown} {caught}");
    }
}
