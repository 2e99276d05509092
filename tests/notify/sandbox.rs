//! Notifications of the sandbox, posted to a real server.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use wechatpay_chain::notify::{Notification, Notifications, Version};
use wechatpay_chain::{Error, ErrorKind, FieldPolicy, Result, Verification, VerifyFailure};
use wechatpay_sandbox::{Fault, Notice, Sandbox};

use crate::hyper_server::{Shop, serve};

const ANYWHERE: &str = "http://127.0.0.1:1/notify";

fn paid(sandbox: &Sandbox, url: &str) -> Notice {
    let order = json!({"out_trade_no": "order-1", "amount": {"total": 100}});
    sandbox.notify(url, "TRANSACTION.SUCCESS", order)
}

/// A server whose keys are those of the sandbox's merchant.
async fn server(sandbox: &Sandbox) -> (String, Arc<Shop>) {
    let client = sandbox.client().unwrap();
    let (to, shop) = serve(Notifications::from_client(&client).unwrap()).await;
    (format!("http://{to}/notify"), shop)
}

async fn status(notice: &Notice) -> u16 {
    notice.send().await.unwrap().status().as_u16()
}

fn handled(shop: &Shop) -> usize {
    shop.handled.load(Ordering::SeqCst)
}

/// Read with only the keys that a merchant finds at 商户平台.
fn parse(sandbox: &Sandbox, request: &Request<Bytes>) -> Result<Notification> {
    let (id, key) = (sandbox.platform_key_id(), sandbox.platform_public_key());
    let reader = Notifications::builder()
        .platform_key(id, key.clone())
        .platform_certificate(sandbox.platform_certificate().clone())
        .apiv3_key(sandbox.apiv3_key().clone())
        .v2_key(sandbox.v2_key().clone())
        .private_key(sandbox.merchant_key().clone())
        .build()
        .unwrap();
    reader.parse(request.headers(), request.body())
}

fn signer(notification: &Notification) -> &str {
    match notification.verification() {
        Verification::Verified { serial } => serial,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_envelope_equals_wechat_pays() {
    let sandbox = Sandbox::start().await.unwrap();
    let notice = paid(&sandbox, ANYWHERE).id("EV-1").summary("支付成功");
    let request = notice.request().unwrap();
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    for (pointer, value) in [
        ("/id", "EV-1"),
        ("/event_type", "TRANSACTION.SUCCESS"),
        ("/resource_type", "encrypt-resource"),
        ("/summary", "支付成功"),
        ("/resource/algorithm", "AEAD_AES_256_GCM"),
        ("/resource/original_type", "transaction"),
        ("/resource/associated_data", "transaction"),
    ] {
        assert_eq!(body.pointer(pointer).unwrap(), value, "{pointer}");
    }
    assert!(body["create_time"].as_str().unwrap().ends_with("+08:00"));
    assert_eq!(body["resource"]["nonce"].as_str().unwrap().len(), 12);
    assert_eq!(body["resource"].as_object().unwrap().len(), 5);

    let paid = parse(&sandbox, &request).unwrap();
    assert_eq!(paid.resource()["amount"]["total"], 100);
    assert_eq!(signer(&paid), sandbox.platform_key_id());
    let paid = parse(&sandbox, &notice.by_certificate().request().unwrap()).unwrap();
    assert_eq!(signer(&paid), sandbox.platform_certificate().serial());
}

#[tokio::test]
async fn fields_inside_are_encrypted_to_the_merchant() {
    let sandbox = Sandbox::start().await.unwrap();
    let card = json!({"phone_number": "13800000000", "openid": "o-1"});
    let notice = sandbox.notify(ANYWHERE, "MEMBERCARD.ACCEPT_CARD", card.clone());
    let request = notice.request().unwrap();
    assert_eq!(parse(&sandbox, &request).unwrap().resource(), &card);
    let as_it_came = Notifications::builder()
        .platform_key(
            sandbox.platform_key_id(),
            sandbox.platform_public_key().clone(),
        )
        .apiv3_key(sandbox.apiv3_key().clone())
        .fields(FieldPolicy::Off)
        .build()
        .unwrap();
    let read = as_it_came.parse(request.headers(), request.body()).unwrap();
    let sealed = read.resource()["phone_number"].as_str().unwrap();
    let client = sandbox.client().unwrap();
    assert_eq!(client.decrypt(sealed).unwrap(), "13800000000");
    assert_eq!(read.resource()["openid"], "o-1");
}

#[tokio::test]
async fn redeliveries_and_replays_are_handled_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, shop) = server(&sandbox).await;
    let notice = paid(&sandbox, &url);
    let (first, again) = (notice.request().unwrap(), notice.request().unwrap());
    // The same notification with a new signature.
    assert_ne!(
        first.headers()["wechatpay-signature"],
        again.headers()["wechatpay-signature"]
    );
    for request in [first.clone(), first, again] {
        let answer = Sandbox::deliver(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(handled(&shop), 1);
    // Another notification of the same payment.
    assert_eq!(status(&paid(&sandbox, &url)).await, 204);
    assert_eq!(handled(&shop), 2);
}

#[tokio::test]
async fn each_notification_fault_is_rejected_with_its_own_reason() {
    type Is = fn(&VerifyFailure) -> bool;
    let sandbox = Sandbox::start().await.unwrap();
    let (url, shop) = server(&sandbox).await;
    let signature: Is = |failure| matches!(failure, VerifyFailure::Signature { .. });
    let header: Is = |failure| matches!(failure, VerifyFailure::Header { .. });
    let cases: [(Fault, Is); 8] = [
        (Fault::WrongSignature, signature),
        (Fault::TamperedBody, signature),
        (Fault::MissingHeaders, header),
        (Fault::MissingHeader("Wechatpay-Nonce".into()), header),
        (Fault::Probe, |failure| *failure == VerifyFailure::Probe),
        (Fault::StaleTimestamp(301), |failure| {
            matches!(failure, VerifyFailure::Clock { .. })
        }),
        (Fault::UnknownSerial, |failure| {
            matches!(failure, VerifyFailure::UnknownSerial { .. })
        }),
        (Fault::ExpiredCertificate, |failure| {
            matches!(failure, VerifyFailure::UnknownSerial { .. })
        }),
    ];
    let mut notice = paid(&sandbox, &url);
    for (fault, is) in cases {
        notice = notice.inject_fault(fault.clone());
        let answer = notice.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{fault:?}");
        assert!(answer.body().starts_with(b"{\"code\":\"FAIL\""));
        let err = parse(&sandbox, &notice.request().unwrap()).unwrap_err();
        assert!(is(err.verify_failure().unwrap()), "{fault:?}: {err:?}");
    }
    assert_eq!(handled(&shop), 0);
    assert_eq!(status(&notice.inject_fault(None)).await, 204);
    assert_eq!(handled(&shop), 1);
}

#[tokio::test]
async fn another_merchants_keys_open_nothing() {
    let (sandbox, stranger) = (
        Sandbox::start().await.unwrap(),
        Sandbox::builder().fresh_keys().start().await.unwrap(),
    );
    let (url, shop) = server(&sandbox).await;
    assert_eq!(status(&paid(&stranger, &url)).await, 401);

    // The platform key is right, the APIv3 key is wrong.
    let reader = Notifications::builder()
        .platform_key(
            stranger.platform_key_id(),
            stranger.platform_public_key().clone(),
        )
        .apiv3_key(sandbox.apiv3_key().clone())
        .build()
        .unwrap();
    let (to, other) = serve(reader).await;
    let url = format!("http://{to}/notify");
    assert_eq!(status(&paid(&stranger, &url)).await, 500);
    assert_eq!((handled(&shop), handled(&other)), (0, 0));
}

#[tokio::test]
async fn apiv2_is_signed_and_its_refunds_are_encrypted() {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, shop) = server(&sandbox).await;
    for sign_type in ["MD5", "HMAC-SHA256"] {
        let members = json!({"out_trade_no": "1", "attach": "a<b>&c", "sign_type": sign_type});
        let notice = sandbox.notify_v2(&url, members);
        let paid = parse(&sandbox, &notice.request().unwrap()).unwrap();
        assert_eq!(paid.version(), Version::V2);
        assert_eq!(paid.resource()["attach"], "a<b>&c");
        assert_eq!(paid.resource()["mch_id"], sandbox.mchid());
        assert!(matches!(paid.verification(), Verification::Verified { .. }));
    }
    let refund = sandbox.notify_v2_refund(&url, json!({"refund_id": "R1", "settlement": 1}));
    let refunded = parse(&sandbox, &refund.request().unwrap()).unwrap();
    assert_eq!(
        refunded.resource(),
        &json!({"refund_id": "R1", "settlement": "1"})
    );
    assert_eq!(refunded.verification(), &Verification::Unsigned);
    for _ in 0..2 {
        let answer = refund.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.body().starts_with(b"<xml><return_code>SUCCESS<"));
    }
    assert_eq!(handled(&shop), 1);

    let mut notice = sandbox.notify_v2(&url, json!({"out_trade_no": "1"}));
    for fault in [
        Fault::WrongSignature,
        Fault::TamperedBody,
        Fault::MissingHeaders,
    ] {
        notice = notice.inject_fault(fault);
        assert_eq!(status(&notice).await, 401);
    }
    assert_eq!(handled(&shop), 1);
}

fn refused(notice: &Notice) -> Error {
    let err = notice.send().wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder, "{err}");
    err
}

#[test]
fn invalid_targets_are_rejected_before_posting() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let elsewhere = paid(&sandbox, "http://192.0.2.1/notify");
    assert!(refused(&elsewhere).to_string().contains("127.0.0.1"));
    refused(&paid(&sandbox, ANYWHERE).inject_fault(Fault::CutInBody));
    refused(
        &sandbox
            .notify_v2(ANYWHERE, json!({}))
            .inject_fault(Fault::Probe),
    );
    let refund = sandbox.notify_v2_refund(ANYWHERE, json!({}));
    refused(&refund.inject_fault(Fault::WrongSignature));
    refused(&sandbox.notify_v2(ANYWHERE, json!([])));
    let request = Request::post("http://192.0.2.1/").body(Bytes::new());
    let err = Sandbox::deliver(request.unwrap()).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder);
    sandbox.public_key_only();
    refused(&paid(&sandbox, ANYWHERE).by_certificate());
}

#[tokio::test]
async fn an_absent_server_is_distinguished_from_one_that_hangs_up() {
    let sandbox = Sandbox::start().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/notify", listener.local_addr().unwrap());
    tokio::spawn(async move {
        // The connection is accepted once and dropped; then nothing listens.
        let _ = listener.accept().await;
    });
    let notice = paid(&sandbox, &url);
    let err = notice.send().await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Transport, true));
    let err = notice.send().await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Connect, false));
    let shown = format!("{notice:?}");
    assert!(!shown.contains("order-1"), "{shown}");
}

#[test]
fn the_headers_equal_wechat_pays() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let request = paid(&sandbox, ANYWHERE).request().unwrap();
    let names = |headers: &HeaderMap| -> Vec<String> {
        let mut names: Vec<_> = headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(
        names(request.headers()),
        [
            "accept",
            "content-type",
            "user-agent",
            "wechatpay-nonce",
            "wechatpay-serial",
            "wechatpay-signature",
            "wechatpay-signature-type",
            "wechatpay-timestamp"
        ]
    );
}
