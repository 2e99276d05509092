//! Tests the button of the reference over sockets.

use std::io::{Read, Write};

use super::limits::connect;
use crate::Sandbox;

const NATIVE: &str = "method=POST&path=v3%2Fpay%2Ftransactions%2Fnative";

/// The whole response.
fn exchange(sandbox: &Sandbox, request: &str) -> String {
    let mut stream = connect(sandbox);
    write!(stream, "{request}").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

fn get(sandbox: &Sandbox, path: &str) -> String {
    let head = "HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    exchange(sandbox, &format!("GET {path} {head}"))
}

/// Presses the button, as a browser does on a page of `origin`.
fn press(sandbox: &Sandbox, origin: &str, form: &str) -> String {
    let length = form.len();
    exchange(
        sandbox,
        &format!(
            "POST /_sandbox/do/reference HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {origin}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{form}"
        ),
    )
}

#[test]
fn the_button_sends_a_signed_request_and_leads_to_its_page() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let page = get(
        &sandbox,
        "/_sandbox/reference/en/post-v3-pay-transactions-native.html",
    );
    assert!(page.contains("action=\"/_sandbox/do/reference\""), "{page}");
    assert!(
        page.contains("script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'")
    );
    let answer = press(&sandbox, "http://127.0.0.1", NATIVE);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    assert!(
        answer.contains("Location: /_sandbox/calls/1\r\n"),
        "{answer}"
    );
    let calls = sandbox.calls();
    assert_eq!(calls.len(), 1);
    assert!(calls[0].verdict.is_accepted() && calls[0].headers.contains_key("authorization"));
    assert_eq!(sandbox.orders().len(), 1);
    let shown = get(&sandbox, "/_sandbox/calls/1");
    assert!(shown.contains("/v3/pay/transactions/native"), "{shown}");
    assert!(get(&sandbox, "/_sandbox/").contains("/_sandbox/calls/1"));
}

#[test]
fn other_sites_and_unknown_operations_send_nothing() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for (origin, form, status) in [
        ("http://evil.example", NATIVE, 403),
        ("http://127.0.0.1", "method=POST&path=v3%2Fnothing", 404),
        (
            "http://127.0.0.1",
            "method=GET&path=v3%2Fpay%2Ftransactions%2Fnative",
            404,
        ),
        (
            "http://127.0.0.1",
            "method=GET&path=v2%2Fpapay%2Fentrustweb",
            404,
        ),
        ("http://127.0.0.1", "", 404),
    ] {
        let answer = press(&sandbox, origin, form);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{answer}"
        );
    }
    assert!(sandbox.calls().is_empty());
}

#[test]
fn a_restart_restores_the_request_of_the_button() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let sandbox = Sandbox::builder()
            .dir(folder.path().join("keys"))
            .state(folder.path().join("state"));
        sandbox.start_blocking().unwrap()
    };
    let sandbox = start();
    let answer = press(&sandbox, "http://127.0.0.1", NATIVE);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let sent = sandbox.calls()[0].body.clone();
    drop(sandbox);
    let sandbox = start();
    assert_eq!(sandbox.calls()[0].body, sent);
    assert_eq!(sandbox.orders().len(), 1);
}
