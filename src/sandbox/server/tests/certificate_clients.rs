//! Tests which key signs the answers to requests that name none.

use std::io::{Read, Write};

use super::limits::connect;
use crate::Sandbox;

/// Asks for something without `Wechatpay-Serial`, and gives the serial that signed the answer and the reason.
fn signed_by(sandbox: &Sandbox, agent: &str, path: &'static str) -> (String, String) {
    signed_with(sandbox, agent, path, "")
}

/// The same, with lines of headers that end with `\r\n`.
fn signed_with(
    sandbox: &Sandbox,
    agent: &str,
    path: &'static str,
    headers: &str,
) -> (String, String) {
    let client = sandbox.client().unwrap();
    let signed = client.chain(path).get(()).dry_run().wait().unwrap();
    let authorization = signed.headers()["authorization"].to_str().unwrap();
    let mut stream = connect(sandbox);
    let head = format!(
        "GET {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept: */*\r\nUser-Agent: {agent}\r\nAuthorization: {authorization}\r\n{headers}\r\n",
        signed.uri().path()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(!answer.starts_with("HTTP/1.1 401"), "{answer}");
    let header = |name: &str| {
        let mut lines = answer.lines();
        let found = lines.find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        });
        found.unwrap_or_default().to_owned()
    };
    (header("wechatpay-serial"), header("x-sandbox-signed-by"))
}

const ASKED: &str = "v3/merchant-service/complaint-notifications";
const LIST: &str = "v3/certificates";

#[test]
fn a_client_that_has_the_certificates_gets_answers_that_they_verify() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        Sandbox::builder()
            .tls(false)
            .state(folder.path())
            .start_blocking()
    };
    let sandbox = start().unwrap();
    let is_public = |serial: &str| serial.starts_with("PUB_KEY_ID_");
    let (serial, reason) = signed_by(&sandbox, "a/1", ASKED);
    assert!(
        is_public(&serial) && reason.starts_with("public key"),
        "{serial} {reason}"
    );
    let (listed, _) = signed_by(&sandbox, "a/1", "v3/certificates");
    assert!(!is_public(&listed), "{listed}");
    let (serial, reason) = signed_by(&sandbox, "a/1", ASKED);
    assert_eq!(serial, listed);
    assert!(reason.contains("has fetched"), "{reason}");
    let (serial, _) = signed_by(&sandbox, "b/1", ASKED);
    assert!(is_public(&serial), "{serial}");
    drop(sandbox);
    let sandbox = start().unwrap();
    assert_eq!(signed_by(&sandbox, "a/1", ASKED).0, listed);
    sandbox.reset();
    assert_eq!(
        signed_by(&sandbox, "a/1", ASKED).0,
        listed,
        "it still has them"
    );
    drop(sandbox);
    let sandbox = start().unwrap();
    assert_eq!(signed_by(&sandbox, "a/1", ASKED).0, listed);
    let named = format!("Wechatpay-Serial: {}\r\n", sandbox.platform_key_id());
    assert!(is_public(&signed_with(&sandbox, "a/1", ASKED, &named).0));
}

#[test]
fn a_merchant_without_certificates_gets_the_public_key() {
    let sandbox = Sandbox::builder()
        .tls(false)
        .public_key_only()
        .start_blocking();
    let sandbox = sandbox.unwrap();
    signed_by(&sandbox, "a/1", "v3/certificates");
    let (serial, _) = signed_by(&sandbox, "a/1", ASKED);
    assert!(serial.starts_with("PUB_KEY_ID_"), "{serial}");
}

#[test]
fn a_client_whose_list_is_spoilt_has_no_certificates() {
    let sandbox = Sandbox::builder().tls(false).start_blocking().unwrap();
    for fault in [
        "cut_before_answer",
        "cut_in_body",
        "wrong_signature",
        "missing_headers",
    ] {
        let header = format!("X-Sandbox-Fault: {fault}\r\n");
        signed_with(&sandbox, "a/1", LIST, &header);
        let (serial, _) = signed_by(&sandbox, "a/1", ASKED);
        assert!(serial.starts_with("PUB_KEY_ID_"), "{fault}: {serial}");
    }
    signed_with(&sandbox, "a/1", LIST, "X-Sandbox-Fault: slow=1\r\n");
    let (serial, _) = signed_by(&sandbox, "a/1", ASKED);
    assert!(!serial.starts_with("PUB_KEY_ID_"), "{serial}");
}

#[test]
fn the_reason_of_the_key_is_the_right_one() {
    let sandbox = Sandbox::builder().tls(false).start_blocking().unwrap();
    let reason = |agent: &str, path, expected: &str| {
        let (_, reason) = signed_by(&sandbox, agent, path);
        assert!(reason.contains(expected), "{reason}");
    };
    let long = "x".repeat(300);
    for agent in ["a/1", &long, "微信/1"] {
        reason(agent, ASKED, "has not fetched");
        reason(agent, LIST, "lists the certificates");
        reason(agent, ASKED, "has fetched");
    }
    sandbox.certificate_mode(true);
    reason("a/1", ASKED, "in certificate mode");
    reason("b/1", ASKED, "in certificate mode");
    sandbox.certificate_mode(false);
    sandbox.retire_platform_certificates();
    reason("a/1", ASKED, "has fetched");
    sandbox.public_key_only();
    reason("a/1", ASKED, "there are no platform certificates");
    reason("b/1", ASKED, "has not fetched");
    let bare = Sandbox::builder().tls(false).public_key_only();
    let bare = bare.start_blocking().unwrap();
    let (_, reason) = signed_by(&bare, "a/1", ASKED);
    assert!(reason.contains("has not fetched"), "{reason}");
}
