//! A merchant who migrates from certificates to the public key uses both.

use serde_json::json;
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::{Client, Verification, VerifyFailure};
use wechatpay_sandbox::{Fault, Sandbox};

use super::{fetches, last_payment, pay, payments, signer};
use crate::support::echoing;

fn both(sandbox: &Sandbox) -> Client {
    let (id, key) = (sandbox.platform_key_id(), sandbox.platform_public_key());
    let builder = sandbox.merchant_builder().platform_key(id, key.clone());
    builder.certificates(Certificates::auto()).build().unwrap()
}

#[test]
fn answers_signed_by_either_verify_and_requests_name_the_right_one() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = both(&sandbox);
    let named = || last_payment(&sandbox).headers["Wechatpay-Serial"].clone();

    let res = pay(&client).wait().unwrap();
    assert_eq!(signer(res.verification()), sandbox.platform_key_id());
    assert_eq!(named(), sandbox.platform_key_id());
    assert_eq!(fetches(&sandbox), 0);

    // WeChat Pay still signs with the certificate, so the list is needed only now.
    let serial = sandbox.platform_certificate().serial();
    let by_certificate = || {
        client
            .chain("v3/nobody/knows/this")
            .post(json!({"a": 1}), [("Wechatpay-Serial", serial)])
            .fields(wechatpay_chain::FieldPolicy::Off)
    };
    for _ in 0..3 {
        let res = by_certificate().wait().unwrap();
        assert_eq!(signer(res.verification()), serial);
        assert_eq!(named(), serial);
    }
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (1, 4));

    pay(&client).wait().unwrap();
    assert_eq!(named(), sandbox.platform_key_id());
}

/// The migration is over, but `certificates(..)` is still configured.
#[test]
fn a_merchant_without_certificates_is_unaffected() {
    let sandbox = echoing().start_blocking().unwrap();
    sandbox.public_key_only();
    let client = both(&sandbox);
    let res = pay(&client).wait().unwrap();
    assert!(matches!(res.verification(), Verification::Verified { .. }));
    assert_eq!(fetches(&sandbox), 0);

    sandbox.inject_fault(Fault::UnknownSerial);
    let err = pay(&client).wait().unwrap_err();
    assert!(matches!(
        err.verify_failure(),
        Some(VerifyFailure::UnknownSerial { .. })
    ));
    assert!(err.to_string().contains("public-key mode"), "{err}");
    assert!(err.maybe_sent());
}

/// The reverse: the merchant was migrated, but the client was not reconfigured.
#[test]
fn an_answer_signed_with_an_unknown_public_key_triggers_no_fetch() {
    let sandbox = echoing().start_blocking().unwrap();
    let builder = sandbox.merchant_builder();
    let client = builder.certificates(Certificates::auto()).build().unwrap();
    pay(&client).wait().unwrap();
    let id = sandbox.platform_key_id();
    let err = client
        .chain("v3/nobody/knows/this")
        .post(json!({}), [("Wechatpay-Serial", id)])
        .fields(wechatpay_chain::FieldPolicy::Off)
        .wait()
        .unwrap_err();
    assert!(err.report().contains(id), "{}", err.report());
    assert_eq!(fetches(&sandbox), 1);
}
