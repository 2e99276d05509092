//! Uses of PHP's functions of OpenSSL that are refused: their raw bytes, or another algorithm. The oracle runs the accepted
//! ones.

#![allow(clippy::unwrap_used)]

use wechatpay_chain_port::emit::{self, Options, Output};
use wechatpay_chain_port::source::{Kind, split};

const CALL: &str = "$instance->chain('v3/certificates')->get();";

fn ported(php: &str) -> Output {
    let php = format!("function f($instance, string $text, string $key) {{ {CALL} {php} }}");
    emit::rust(
        &split("Pay.php", &php, Kind::Php),
        &Options::default().in_place(true),
    )
}

fn is_refused(php: &str, reason: &str) {
    let made = ported(php);
    let found = made
        .diagnostics
        .iter()
        .any(|problem| problem.to_string().contains(reason));
    assert!(!made.complete && found, "{php}\n{:?}", made.diagnostics);
}

fn is_ported(php: &str, rust: &str) {
    let made = ported(php);
    assert!(made.complete, "{php}\n{:?}", made.diagnostics);
    assert!(made.text.contains(rust), "{php}\n{}", made.text);
}

#[test]
fn bytes_that_are_read_by_anything_but_base64_are_refused() {
    for use_of in [
        "return $raw;",
        "return bin2hex($raw);",
        "$copy = $raw; return base64_encode($copy);",
        "return base64_encode($raw) . strlen($raw);",
        "return \"{$raw}\" . base64_encode($raw);",
        "return compact('raw');",
        "$f = function () use ($raw) { return base64_encode($raw); }; return $f();",
        "$f = fn () => base64_encode($raw); return $f() . base64_encode($raw);",
        "if ($text) { $raw = base64_encode($raw); } return $raw;",
        "foreach ([1] as $raw) { } return base64_encode($raw);",
    ] {
        is_refused(
            &format!("openssl_sign($text, $raw, $key, OPENSSL_ALGO_SHA256); {use_of}"),
            "raw bytes",
        );
    }
}

#[test]
fn other_algorithms_are_refused() {
    for call in [
        "openssl_sign($text, $raw, $key);",
        "openssl_sign($text, $raw, $key, OPENSSL_ALGO_SHA1);",
        "openssl_sign($text, $raw, $key, 'sha512');",
        "openssl_sign($text, $raw, $key, $text);",
        "openssl_public_encrypt($text, $raw, $key);",
        "openssl_public_encrypt($text, $raw, $key, OPENSSL_PKCS1_PADDING);",
    ] {
        is_refused(
            &format!("{call} return base64_encode($raw);"),
            "another algorithm",
        );
    }
    is_refused(
        "return openssl_verify($text, base64_decode($text), $key);",
        "another algorithm",
    );
    is_refused(
        "openssl_private_decrypt(base64_decode($text), $plain, $key); return $plain;",
        "another algorithm",
    );
}

#[test]
fn a_signature_that_is_not_decoded_at_once_is_refused() {
    for verify in [
        "return openssl_verify($text, $text, $key, 'SHA256');",
        "$raw = base64_decode($text); if ($raw) { return openssl_verify('x', $raw, $key, 'SHA256'); }",
        "if ($text) { $text = base64_decode($text); } return openssl_verify('x', $text, $key, 'SHA256');",
        "$v = openssl_verify('x', $text, $key, 'SHA256'); $text = base64_decode($text); return $v;",
        "$raw = base64_decode($text); $raw = base64_decode($raw); return openssl_verify('x', $raw, $key, 'SHA256');",
    ] {
        is_refused(verify, "raw bytes");
    }
}

#[test]
fn the_result_of_a_signature_in_an_expression_is_refused() {
    is_refused(
        "return openssl_sign($text, $raw, $key, 'SHA256') . base64_encode($raw);",
        "in an expression whose value counts",
    );
    is_refused(
        "if (openssl_sign(made($text), $raw, $key, 'SHA256')) { return base64_encode($raw); }",
        "as a condition with arguments that may throw",
    );
    is_refused(
        "openssl_sign($text, $instance['a'], $key, 'SHA256');",
        "sets something else than a variable",
    );
}

#[test]
fn a_key_that_cannot_be_read_is_false() {
    for code in [
        "$own = openssl_get_privatekey($key); if (!$own) { return ''; } openssl_sign($text, $raw, $own, 'SHA256'); return base64_encode($raw);",
        "$own = openssl_get_privatekey($key); if ($own === false) { return ''; } openssl_sign($text, $raw, $own, 'SHA256'); return base64_encode($raw);",
        "$own = openssl_get_privatekey($key); openssl_sign($text, $raw, $own, 'SHA256'); return base64_encode($raw);",
    ] {
        is_ported(code, "php::private_key_or_false(key)");
    }
    is_ported(
        "$own = openssl_get_privatekey($key); return made($own);",
        "host.openssl_get_privatekey(key)?",
    );
    is_refused(
        "$own = openssl_get_privatekey($key, 'x'); openssl_sign($text, $raw, $own, 'SHA256'); return base64_encode($raw);",
        "with a passphrase",
    );
}
