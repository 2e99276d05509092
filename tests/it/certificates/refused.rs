//! Rejected lists, and their errors.

use serde_json::json;
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::{Client, Error, ErrorKind, VerifyFailure};
use wechatpay_sandbox::{Fault, Sandbox, StubResponse};

use super::{certificate_mode, fetches, on_a_clock, pay, payments};
use crate::support::echoing;

/// Returns the error of a call without a valid list; nothing was sent.
fn refused(sandbox: &Sandbox, client: &Client) -> Error {
    let err = pay(client).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Certificates, "{}", err.report());
    assert!(!err.maybe_sent(), "{}", err.report());
    assert!(err.api().is_none() && !err.is_api());
    assert!(client.keyring().ids().is_empty());
    assert_eq!(payments(sandbox), 0);
    err
}

fn sandbox() -> (Sandbox, Client) {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    (sandbox, client)
}

#[test]
fn without_certificates_the_error_recommends_the_public_key() {
    let (hand, sandbox, client) = on_a_clock();
    sandbox.public_key_only();
    for _ in 0..3 {
        let err = refused(&sandbox, &client);
        for word in ["public-key mode", "platform_key(", "微信支付公钥"] {
            assert!(err.to_string().contains(word), "{err}");
        }
        let answer = err.find::<Error>().and_then(Error::api).unwrap();
        assert_eq!(answer.status, 404);
        assert_eq!(answer.code, "RESOURCE_NOT_EXISTS");
        assert_eq!(answer.message, "无可用的平台证书");
    }
    // Another fetch would fail in the same way, so none is made for a while.
    assert_eq!(fetches(&sandbox), 1);
    hand.forward(60);
    refused(&sandbox, &client);
    assert_eq!(fetches(&sandbox), 2);
    let err = client.certificates().wait().unwrap_err();
    assert!(err.to_string().contains("public-key mode"), "{err}");
}

#[test]
fn a_wrong_apiv3_key_is_named() {
    let sandbox = echoing().start_blocking().unwrap();
    let builder = sandbox.merchant_builder().apiv3_key("0".repeat(32));
    let client = builder.certificates(Certificates::auto()).build().unwrap();
    for _ in 0..2 {
        let err = refused(&sandbox, &client);
        let text = err.to_string();
        assert!(text.contains("the APIv3 key does not match"), "{text}");
        assert!(!err.report().contains(&"0".repeat(32)));
    }
    assert_eq!(fetches(&sandbox), 1);
}

#[test]
fn a_client_needs_the_apiv3_key() {
    let err = crate::support::builder()
        .certificates(Certificates::auto())
        .build()
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder);
    assert!(err.to_string().contains("apiv3_key"), "{err}");
}

fn after(fault: Fault) -> (Sandbox, Client, VerifyFailure) {
    let (sandbox, client) = sandbox();
    sandbox.inject_fault(fault);
    let err = refused(&sandbox, &client);
    // A temporary failure: the next call fetches again and succeeds.
    pay(&client).wait().unwrap();
    let failure = err.verify_failure().unwrap().clone();
    (sandbox, client, failure)
}

#[test]
fn a_tampered_list_is_rejected() {
    for fault in [Fault::TamperedBody, Fault::WrongSignature] {
        let (sandbox, _, failure) = after(fault);
        assert!(matches!(failure, VerifyFailure::Signature { .. }));
        assert_eq!(fetches(&sandbox), 2);
    }
}

#[test]
fn a_list_signed_by_an_unlisted_certificate_is_rejected() {
    let (_, _, failure) = after(Fault::UnknownSerial);
    assert!(matches!(failure, VerifyFailure::UnknownSerial { .. }));
}

#[test]
fn an_unsigned_or_stale_list_is_rejected() {
    let (_, _, failure) = after(Fault::MissingHeaders);
    assert!(matches!(failure, VerifyFailure::Header { .. }));
    let (_, _, failure) = after(Fault::StaleTimestamp(301));
    assert!(matches!(failure, VerifyFailure::Clock { .. }));
}

#[test]
fn a_probe_is_retried_once() {
    let (sandbox, client) = sandbox();
    sandbox.inject_fault(Fault::Probe);
    pay(&client).wait().unwrap();
    assert_eq!(fetches(&sandbox), 2);
}

#[test]
fn a_list_of_expired_certificates_is_rejected() {
    let (sandbox, client) = sandbox();
    sandbox.inject_fault(Fault::ExpiredCertificate);
    let err = refused(&sandbox, &client);
    assert!(err.to_string().contains("clock"), "{err}");
}

#[test]
fn a_list_signed_with_an_expired_certificate_is_rejected() {
    let (hand, sandbox, client) = on_a_clock();
    pay(&client).wait().unwrap();
    let own = sandbox.platform_certificate().clone();
    let builder = sandbox.merchant_builder().clock(hand.clone());
    let (id, key) = (sandbox.platform_key_id(), sandbox.platform_public_key());
    let given = builder
        .platform_key(id, key.clone())
        .platform_certificate(own.clone());
    let given = given.build().unwrap();
    let call = || {
        given
            .chain("v3/nobody/knows/this")
            .post(json!({}), [("Wechatpay-Serial", own.serial())])
    };
    hand.forward(own.not_after() - wechatpay_chain::Clock::now(&hand));
    call().wait().unwrap();
    hand.forward(1);
    let err = call().wait().unwrap_err();
    let failure = err.verify_failure().unwrap();
    assert!(
        matches!(failure, VerifyFailure::Expired { not_after, .. } if *not_after == own.not_after()),
        "{failure:?}"
    );
    // In certificate mode the call is not sent.
    let before = payments(&sandbox);
    let err = pay(&client).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Certificates);
    assert_eq!(payments(&sandbox), before);
    // Nor does a certificate that is not yet valid.
    hand.forward(own.not_before() - wechatpay_chain::Clock::now(&hand));
    call().wait().unwrap();
    hand.forward(-1);
    let err = call().wait().unwrap_err();
    let failure = err.verify_failure().unwrap();
    assert!(
        matches!(failure, VerifyFailure::NotYetValid { not_before, .. } if *not_before == own.not_before()),
        "{failure:?}"
    );
}

#[test]
fn a_certificate_of_another_ca_is_rejected() {
    let sandbox = echoing().start_blocking().unwrap();
    let (own, other) = (sandbox.root_certificate(), sandbox.merchant_certificate());
    let with = |root: &wechatpay_chain::Certificate| {
        let certificates = Certificates::auto().root_certificate(root.clone());
        let builder = sandbox.merchant_builder().certificates(certificates);
        builder.build().unwrap()
    };
    let err = refused(&sandbox, &with(other));
    assert!(
        err.report().contains("not issued by the given CA"),
        "{}",
        err.report()
    );
    pay(&with(own)).wait().unwrap();
}

#[test]
fn invalid_lists_are_rejected() {
    for body in [
        json!({}),
        json!({"data": []}),
        json!({"data": [{}]}),
        json!({"data": [{"serial_no": "1", "encrypt_certificate": {
            "algorithm": "AEAD_SM4_GCM", "nonce": "", "associated_data": "", "ciphertext": "",
        }}]}),
        json!({"data": [{"serial_no": "1", "encrypt_certificate": {
            "algorithm": "AEAD_AES_256_GCM", "nonce": "", "associated_data": "", "ciphertext": "",
        }}]}),
    ] {
        let (sandbox, client) = sandbox();
        let answer = StubResponse::json(body);
        sandbox.stub("GET", "v3/certificates", answer).unwrap();
        refused(&sandbox, &client);
    }
}

#[test]
fn a_failed_connection_is_retryable() {
    let (sandbox, client) = sandbox();
    sandbox.inject_fault(Fault::CutBeforeAnswer);
    let err = refused(&sandbox, &client);
    assert!(
        err.report().contains("could not be fetched"),
        "{}",
        err.report()
    );
    pay(&client).wait().unwrap();
    let url = sandbox.base_url().to_owned();
    let builder = sandbox.merchant_builder();
    let client = builder
        .certificates(Certificates::auto())
        .base_url(url)
        .build();
    let client = client.unwrap();
    drop(sandbox);
    let err = pay(&client).wait().unwrap_err();
    assert!(err.is_connect() && err.is_retryable(), "{}", err.report());
}

#[test]
fn a_silent_gateway_times_out() {
    let sandbox = echoing().start_blocking().unwrap();
    let limit = std::time::Duration::from_millis(100);
    let certificates = Certificates::auto().timeout(limit);
    let builder = sandbox.merchant_builder().certificates(certificates);
    let client = builder.timeout(None).build().unwrap();
    sandbox.inject_fault(Fault::Slow(std::time::Duration::from_secs(5)));
    let err = refused(&sandbox, &client);
    assert!(err.is_timeout() && err.is_retryable(), "{}", err.report());
}
