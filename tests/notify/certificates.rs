//! Certificate mode: a notification names an unknown certificate.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use tokio::task::JoinSet;
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::notify::{Notification, Notifications};
use wechatpay_chain::{Client, Clock, ErrorKind, Result, SystemClock, Verification, VerifyFailure};
use wechatpay_sandbox::{Fault, Notice, Sandbox};

use crate::hyper_server::serve;

const MINUTE: i64 = 60;

/// A clock that advances only on demand.
#[derive(Debug, Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn nonce(&self) -> Result<String> {
        SystemClock::new().nonce()
    }
}

struct World {
    hand: Hand,
    sandbox: Sandbox,
    client: Client,
    reader: Notifications,
}

/// A merchant in certificate mode; `both` has the public key as well.
async fn world(both: bool) -> World {
    let hand = Hand(Arc::new(AtomicI64::new(SystemClock::new().now())));
    let sandbox = Sandbox::builder().echo_unknown(true).clock(hand.clone());
    let sandbox = sandbox.start().await;
    let sandbox = sandbox.unwrap();
    let mut builder = sandbox.merchant_builder().clock(hand.clone());
    if both {
        let (id, key) = (sandbox.platform_key_id(), sandbox.platform_public_key());
        builder = builder.platform_key(id, key.clone());
    }
    let client = builder.certificates(Certificates::auto()).build().unwrap();
    let reader = Notifications::from_client(&client).unwrap();
    World {
        hand,
        sandbox,
        client,
        reader,
    }
}

impl World {
    fn paid(&self) -> Notice {
        let url = "http://127.0.0.1:1/notify";
        let order = json!({"out_trade_no": "order-1"});
        self.sandbox.notify(url, "TRANSACTION.SUCCESS", order)
    }

    async fn accept(&self, notice: &Notice) -> Result<Notification> {
        let request = notice.request().unwrap();
        self.reader.accept(request.headers(), request.body()).await
    }

    async fn signer(&self, notice: &Notice) -> String {
        signer(self.accept(notice).await.unwrap().verification())
    }

    /// How often the list was requested.
    fn fetches(&self) -> usize {
        let calls = self.sandbox.calls();
        let lists = calls.iter().filter(|it| it.target == "/v3/certificates");
        lists.count()
    }
}

fn signer(verification: &Verification) -> String {
    match verification {
        Verification::Verified { serial } => serial.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_process_that_only_receives_fetches_certificates() {
    let world = world(false).await;
    assert_eq!(world.fetches(), 0);
    let serial = world.sandbox.platform_certificate().serial();
    for _ in 0..2 {
        assert_eq!(world.signer(&world.paid().by_certificate()).await, serial);
    }
    assert_eq!(world.fetches(), 1);
}

#[tokio::test]
async fn a_rotated_certificate_verifies_at_its_first_notification() {
    let world = world(false).await;
    world.accept(&world.paid().by_certificate()).await.unwrap();
    let new = world.sandbox.rotate_platform_certificate().unwrap();
    world.hand.forward(MINUTE);
    let notice = world.paid().by_certificate();
    assert_eq!(world.signer(&notice).await, new.serial());
    assert_eq!(world.fetches(), 2);
}

#[tokio::test]
async fn parse_fetches_nothing() {
    let world = world(false).await;
    let request = world.paid().by_certificate().request().unwrap();
    let err = world.reader.parse(request.headers(), request.body());
    assert!(matches!(
        err.unwrap_err().verify_failure(),
        Some(VerifyFailure::UnknownSerial { .. })
    ));
    assert_eq!(world.fetches(), 0);
}

#[tokio::test]
async fn concurrent_callers_share_one_fetch() {
    let world = world(false).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (reader, notice) = (world.reader.clone(), world.paid().by_certificate());
        let request = notice.request().unwrap();
        tasks.spawn(async move {
            reader
                .accept(request.headers(), request.body())
                .await
                .is_ok()
        });
    }
    assert!(tasks.join_all().await.into_iter().all(|accepted| accepted));
    assert_eq!(world.fetches(), 1);
}

/// Unknown serials trigger one fetch a minute, and do not block genuine notifications.
#[tokio::test]
async fn forged_serials_trigger_one_fetch_a_minute() {
    let world = world(false).await;
    let forged = world.paid().inject_fault(Fault::UnknownSerial);
    for minute in 1..=2 {
        for _ in 0..5 {
            let err = world.accept(&forged).await.unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Verify);
            let known = err.verify_failure().unwrap();
            assert!(
                matches!(known, VerifyFailure::UnknownSerial { known, .. } if known.len() == 1)
            );
            assert!(err.to_string().contains("requested 0 s ago"), "{err}");
        }
        world.accept(&world.paid().by_certificate()).await.unwrap();
        assert_eq!(world.fetches(), minute);
        world.hand.forward(MINUTE);
    }
    // Failures of other kinds trigger no fetch.
    for fault in [
        Fault::Probe,
        Fault::StaleTimestamp(301),
        Fault::WrongSignature,
    ] {
        let notice = world.paid().by_certificate().inject_fault(fault);
        world.accept(&notice).await.unwrap_err();
    }
    assert_eq!(world.fetches(), 2);
}

#[tokio::test]
async fn an_expired_certificate_verifies_nothing() {
    let world = world(false).await;
    world.accept(&world.paid().by_certificate()).await.unwrap();
    world.hand.forward(366 * 24 * 60 * MINUTE);
    let err = world.accept(&world.paid().by_certificate()).await;
    let err = err.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Verify);
    assert!(matches!(
        err.verify_failure(),
        Some(VerifyFailure::Expired { .. })
    ));
    assert_eq!(world.fetches(), 1);
}

/// A genuine notification must not look like a forgery because the list is unavailable.
#[tokio::test]
async fn a_failed_fetch_is_reported_and_repeated() {
    let world = world(false).await;
    world.sandbox.inject_fault(Fault::HtmlErrorPage);
    let notice = world.paid().by_certificate();
    let err = world.accept(&notice).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Verify, false));
    assert!(err.to_string().contains("could not be fetched"), "{err}");
    assert!(matches!(
        err.verify_failure(),
        Some(VerifyFailure::UnknownSerial { .. })
    ));
    assert!(err.body().is_some_and(|body| body.starts_with(b"{\"id\"")));
    // Each cause appears once.
    assert_eq!(
        err.report().matches("cannot be trusted").count(),
        1,
        "{err}"
    );
    world.hand.forward(MINUTE);
    world.accept(&notice).await.unwrap();
}

/// A call is signed when it is awaited, not when it is created.
#[tokio::test]
async fn a_notice_is_signed_when_it_is_posted() {
    let world = world(true).await;
    let (to, shop) = serve(world.reader.clone()).await;
    let url = format!("http://{to}/notify");
    let paid = world.sandbox.notify(url, "TRANSACTION.SUCCESS", json!({}));
    let posting = paid.send();
    // Options given at creation apply.
    drop(paid.inject_fault(Fault::Probe));
    world.hand.forward(10 * MINUTE);
    assert_eq!(posting.await.unwrap().status(), 204);
    assert_eq!(shop.handled.load(Ordering::SeqCst), 1);
}

/// A merchant who migrates from certificates to the public key uses both.
#[tokio::test]
async fn during_a_migration_both_keys_are_accepted() {
    let world = world(true).await;
    let public = world.sandbox.platform_key_id();
    let pay = || {
        let call = world.client.chain("v3/nobody/knows/this");
        call.post(json!({"a": 1}), ())
    };
    let named = || {
        let calls = world.sandbox.calls();
        let payment = calls.iter().rfind(|it| it.target != "/v3/certificates");
        payment.unwrap().headers["Wechatpay-Serial"].clone()
    };
    // The public key, known from the start.
    assert_eq!(world.signer(&world.paid()).await, public);
    let answer = pay().await.unwrap();
    assert_eq!(signer(answer.verification()), public);
    assert_eq!((named().to_str().unwrap(), world.fetches()), (public, 0));

    // The certificate, first seen in a notification, and then a new one.
    let mut serial = world.sandbox.platform_certificate().serial().to_owned();
    for fetches in 1..=2 {
        let notice = world.paid().by_certificate();
        assert_eq!(world.signer(&notice).await, serial);
        assert_eq!(world.fetches(), fetches);
        // A request that names the certificate is answered with it.
        let by_certificate = pay().header("Wechatpay-Serial", &serial);
        let answer = by_certificate.await.unwrap();
        assert_eq!(signer(answer.verification()), serial);
        assert_eq!(named(), serial.as_str());
        // Without an explicit serial, requests name the public key.
        pay().await.unwrap();
        assert_eq!(named(), public);
        assert_eq!(world.signer(&world.paid()).await, public);
        assert_eq!(world.fetches(), fetches);

        let new = world.sandbox.rotate_platform_certificate().unwrap();
        serial = new.serial().to_owned();
        world.hand.forward(MINUTE);
    }
    // The request for the list names no key: the list tells which keys exist.
    let calls = world.sandbox.calls();
    let list = calls.iter().find(|it| it.target == "/v3/certificates");
    assert!(!list.unwrap().headers.contains_key("Wechatpay-Serial"));
}

#[tokio::test]
async fn a_server_fetches_while_the_delivery_waits() {
    let world = world(false).await;
    let (to, _) = serve(world.reader.clone()).await;
    let order = json!({"out_trade_no": "order-1"});
    let url = format!("http://{to}/notify");
    let notice = world.sandbox.notify(url, "TRANSACTION.SUCCESS", order);
    let answer = notice.by_certificate().send().await.unwrap();
    assert_eq!((answer.status().as_u16(), world.fetches()), (204, 1));
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn the_extractor_fetches_as_well() {
    let world = world(false).await;
    let (to, _seen) = crate::axum_server::serve_with(world.reader.clone()).await;
    let order = json!({"out_trade_no": "order-1"});
    let url = format!("http://{to}/notify");
    let notice = world.sandbox.notify(url, "TRANSACTION.SUCCESS", order);
    let answer = notice.by_certificate().send().await.unwrap();
    assert_eq!((answer.status().as_u16(), world.fetches()), (204, 1));
}
