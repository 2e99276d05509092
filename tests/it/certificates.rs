//! Platform certificates, fetched from the sandbox over real sockets.

mod copy;
mod migration;
mod refused;

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::{Call, Client, Clock, ErrorKind, Verification, VerifyFailure};
use wechatpay_sandbox::{CallRecord, Fault, Sandbox};

use crate::support::answer::now;
use crate::support::{Hand, echoing};

const DAY: i64 = 86_400;

fn certificate_mode(sandbox: &Sandbox) -> Client {
    let builder = sandbox.merchant_builder();
    builder.certificates(Certificates::auto()).build().unwrap()
}

fn pay(client: &Client) -> Call {
    client
        .chain("v3/nobody/knows/this")
        .post(json!({"a": 1}), ())
}

/// How often the list was requested.
fn fetches(sandbox: &Sandbox) -> usize {
    let is_list = |target: &str| target == "/v3/certificates";
    let calls = sandbox.calls();
    calls.iter().filter(|call| is_list(&call.target)).count()
}

fn payments(sandbox: &Sandbox) -> usize {
    sandbox.calls().len() - fetches(sandbox)
}

fn last_payment(sandbox: &Sandbox) -> CallRecord {
    let is_payment = |call: &CallRecord| call.target == "/v3/nobody/knows/this";
    sandbox.calls().into_iter().rfind(is_payment).unwrap()
}

fn signer(verification: &Verification) -> &str {
    match verification {
        Verification::Verified { serial } => serial,
        other => panic!("{other:?}"),
    }
}

/// A sandbox and a client in certificate mode that share a clock.
fn on_a_clock() -> (Hand, Sandbox, Client) {
    let hand = Hand::at(now());
    let sandbox = echoing().clock(hand.clone()).start_blocking();
    let sandbox = sandbox.unwrap();
    let builder = sandbox.merchant_builder().clock(hand.clone());
    let client = builder.certificates(Certificates::auto()).build().unwrap();
    (hand, sandbox, client)
}

/// Waits for a refresh, which runs in the background and reports no end.
fn until(what: impl Fn() -> bool) {
    for _ in 0..500 {
        if what() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never comes about");
}

#[test]
fn nothing_is_fetched_before_the_first_call() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    let _ = pay(&client);
    assert_eq!(sandbox.calls().len(), 0);
    assert!(client.keyring().ids().is_empty());

    let res = pay(&client).wait().unwrap();
    let serial = sandbox.platform_certificate().serial();
    assert_eq!(signer(res.verification()), serial);
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (1, 1));
    let named = &sandbox.last_call().unwrap().headers["Wechatpay-Serial"];
    assert_eq!(named, serial);
    pay(&client).wait().unwrap();
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (1, 2));
}

#[tokio::test]
async fn awaited_calls_fetch_too() {
    let sandbox = echoing().start().await.unwrap();
    let client = certificate_mode(&sandbox);
    pay(&client).await.unwrap();
    let list = client.certificates().await.unwrap();
    assert_eq!(list.len(), 1);
    let expected = sandbox.platform_certificate().to_pem().unwrap();
    assert_eq!(list[0].to_pem().unwrap(), expected);
    assert_eq!(fetches(&sandbox), 2);
    // The fetch must not need a thread that is parked inside a runtime.
    let other = certificate_mode(&sandbox);
    assert_eq!(other.certificates().wait().unwrap().len(), 1);
    pay(&other).wait().unwrap();
}

#[test]
fn sensitive_fields_are_encrypted_with_the_fetched_certificate() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    assert_eq!(client.encrypt("x").unwrap_err().kind(), ErrorKind::Encrypt);
    let body = crate::sandbox::order();
    let call = client
        .chain("v3/aggracct-bc/wb-channel/control-orders/punish")
        .post(body.clone(), ());
    call.wait().unwrap();
    assert_eq!(sandbox.last_call().unwrap().json.unwrap(), body);
    assert!(client.encrypt("x").is_ok());
}

#[test]
fn a_dry_run_fetches_nothing() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    let request = pay(&client).dry_run().wait().unwrap();
    assert_eq!(request.uri().path(), "/v3/nobody/knows/this");
    assert_eq!(sandbox.calls().len(), 0);
}

#[test]
fn public_key_mode_can_list_certificates_without_using_them() {
    let sandbox = echoing().start_blocking().unwrap();
    let (id, key) = (sandbox.platform_key_id(), sandbox.platform_public_key());
    let builder = sandbox.merchant_builder().platform_key(id, key.clone());
    let client = builder.build().unwrap();
    let list = client.certificates().wait().unwrap();
    assert_eq!(list[0].serial(), sandbox.platform_certificate().serial());
    assert_eq!(client.keyring().ids(), [id]);
}

#[test]
fn fifty_calls_at_once_fetch_once() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    fifty(&client);
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (1, 50));
    // Again, with all answers signed with a new certificate.
    sandbox.rotate_platform_certificate().unwrap();
    fifty(&client);
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (2, 100));
}

fn fifty(client: &Client) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let calls: Vec<_> = (0..50)
        .map(|_| runtime.spawn(pay(client).into_future()))
        .collect();
    for call in calls {
        runtime.block_on(call).unwrap().unwrap();
    }
}

#[test]
fn a_rotation_fails_no_running_call_and_repeats_none() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..30).for_each(|_| drop(pay(&client).wait().unwrap())));
        }
        sandbox.rotate_platform_certificate().unwrap();
    });
    assert_eq!(payments(&sandbox), 120);
    let new = sandbox.rotate_platform_certificate().unwrap();
    assert!(client.keyring().get(new.serial()).is_none());
}

#[test]
fn an_error_signed_with_a_new_certificate_is_verified_too() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    pay(&client).wait().unwrap();
    let new = sandbox.rotate_platform_certificate().unwrap();
    sandbox.inject_fault(Fault::Status(http::StatusCode::BAD_REQUEST));
    let err = pay(&client).wait().unwrap_err();
    let verification = &err.api().unwrap().verification;
    assert_eq!(signer(verification), new.serial());
}

#[test]
fn a_streamed_answer_with_a_new_certificate_is_verified() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    pay(&client).wait().unwrap();
    let new = sandbox.rotate_platform_certificate().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut stream = pay(&client).stream().await.unwrap();
        while stream.chunk().await.unwrap().is_some() {}
        assert_eq!(signer(stream.verification()), new.serial());
    });
    assert_eq!(payments(&sandbox), 2);
}

#[test]
fn an_unknown_serial_triggers_one_fetch_a_minute() {
    let (hand, sandbox, client) = on_a_clock();
    pay(&client).wait().unwrap();
    sandbox.inject_fault_always(Fault::UnknownSerial);
    let unknown = |ago: &str| {
        let err = pay(&client).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify);
        assert!(err.maybe_sent());
        let failure = err.verify_failure().unwrap();
        assert!(matches!(failure, VerifyFailure::UnknownSerial { .. }));
        assert!(err.to_string().contains(ago), "{err}");
    };
    unknown("is signed with a certificate");
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (2, 2));
    (0..5).for_each(|_| unknown("in 60 s"));
    hand.forward(59);
    unknown("requested 59 s ago");
    unknown("in 1 s");
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (2, 9));
    hand.forward(1);
    unknown("is signed with a certificate");
    assert_eq!((fetches(&sandbox), payments(&sandbox)), (3, 10));
}

#[test]
fn an_old_list_is_fetched_again_and_a_young_one_is_not() {
    let (hand, sandbox, client) = on_a_clock();
    pay(&client).wait().unwrap();
    hand.forward(12 * 3600 - 1);
    pay(&client).wait().unwrap();
    assert_eq!(fetches(&sandbox), 1);
    hand.forward(1);
    pay(&client).wait().unwrap();
    until(|| fetches(&sandbox) == 2);
}

#[test]
fn a_refresh_that_fails_fails_no_call() {
    let (hand, sandbox, client) = on_a_clock();
    pay(&client).wait().unwrap();
    sandbox
        .stub(
            "GET",
            "v3/certificates",
            wechatpay_sandbox::StubResponse::empty().status(500),
        )
        .unwrap();
    hand.forward(12 * 3600);
    (0..10).for_each(|_| drop(pay(&client).wait().unwrap()));
    until(|| fetches(&sandbox) == 2);
    hand.forward(60);
    pay(&client).wait().unwrap();
    until(|| fetches(&sandbox) == 3);
}

#[test]
fn a_certificate_is_replaced_before_it_ends() {
    let (hand, sandbox, _) = on_a_clock();
    let certificates = Certificates::auto().refresh_after(Duration::MAX);
    let builder = sandbox.merchant_builder().clock(hand.clone());
    let client = builder.certificates(certificates).build().unwrap();
    pay(&client).wait().unwrap();
    let end = sandbox.platform_certificate().not_after();
    hand.forward(end - 7 * DAY - hand.now());
    pay(&client).wait().unwrap();
    assert_eq!(fetches(&sandbox), 1);
    hand.forward(1);
    // Nothing new yet; asked again an hour later.
    client.certificates().wait().unwrap();
    hand.forward(3599);
    pay(&client).wait().unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(fetches(&sandbox), 2);
    hand.forward(1);
    pay(&client).wait().unwrap();
    until(|| fetches(&sandbox) == 3);
}

#[test]
fn requests_name_the_certificate_that_expires_last() {
    let (hand, sandbox, client) = on_a_clock();
    pay(&client).wait().unwrap();
    hand.forward(DAY);
    let new = sandbox.rotate_platform_certificate().unwrap();
    assert!(new.not_after() > sandbox.platform_certificate().not_after());
    client.certificates().wait().unwrap();
    pay(&client).wait().unwrap();
    let named = &last_payment(&sandbox).headers["Wechatpay-Serial"];
    assert_eq!(named, new.serial());
    assert_eq!(client.keyring().ids().len(), 2);
}

/// WeChat Pay rejects fields that are encrypted with a withdrawn certificate.
#[test]
fn a_withdrawn_certificate_is_dropped_at_once() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = certificate_mode(&sandbox);
    let receiver = || {
        client.chain("v3/profitsharing/receivers/add").post(
            json!({
                "appid": "wx8888888888888888", "type": "PERSONAL_OPENID", "account": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
                "name": "张三", "relation_type": "STAFF",
            }),
            (),
        )
    };
    receiver().wait().unwrap();
    let new = sandbox.rotate_platform_certificate().unwrap();
    sandbox.retire_platform_certificates();
    let err = receiver().wait().unwrap_err();
    assert_eq!(signer(&err.api().unwrap().verification), new.serial());
    receiver().wait().unwrap();
}

#[test]
fn delisted_certificates_are_dropped_and_configured_ones_stay() {
    let sandbox = echoing().start_blocking().unwrap();
    let old = sandbox.platform_certificate().clone();
    let client = certificate_mode(&sandbox);
    let given = sandbox.merchant_builder().platform_certificate(old.clone());
    let given = given.certificates(Certificates::auto()).build().unwrap();
    for client in [&client, &given] {
        client.certificates().wait().unwrap();
    }
    let new = sandbox.rotate_platform_certificate().unwrap();
    sandbox.retire_platform_certificates();
    for client in [&client, &given] {
        client.certificates().wait().unwrap();
        assert!(client.keyring().get(new.serial()).is_some());
    }
    assert!(client.keyring().get(old.serial()).is_none());
    assert!(given.keyring().get(old.serial()).is_some());
}

#[test]
fn a_dropped_client_leaves_no_task() {
    let sandbox = echoing().start_blocking().unwrap();
    let token = Arc::new(());
    let held = Arc::clone(&token);
    let builder = sandbox.merchant_builder();
    let client = builder
        .certificates(Certificates::auto())
        .stack(move |stack| {
            let hold = wechatpay_chain::middleware::from_fn(
                move |request, next: wechatpay_chain::Next| {
                    let _held = &held;
                    next.run(request)
                },
            );
            stack.unshift("hold", hold).map(drop)
        })
        .build()
        .unwrap();
    pay(&client).wait().unwrap();
    drop(client);
    until(|| Arc::strong_count(&token) == 1);
}
