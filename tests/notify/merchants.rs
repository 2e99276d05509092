//! One endpoint for many merchants: which keys read a notification.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{HeaderMap, HeaderName, Request};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::X509;
use serde_json::json;
use wechatpay_chain::notify::{MerchantNotifications, Reply};
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{
    Account, Certificate, Client, ClientBuilder, ErrorKind, Merchants, Padding, PrivateKey,
};

use crate::support::{
    APIV3, MERCHANT, NOW, PLATFORM, Post, SERIAL, STRANGER, Still, V2, v2_message,
};

const A: &str = "1900000109";
const B: &str = "1900000110";
const KEY_A: &str = "PUB_KEY_ID_0119000001092024112500000000";
const KEY_B: &str = "PUB_KEY_ID_0119000001102024112500000000";
const APIV3_B: &str = "apiv3-key-of-the-merchant-called";
const V2_B: &str = "292006250b4c09247ec02edce69f6a2d";

fn builder(
    mchid: &str,
    key_id: &str,
    platform: &PrivateKey,
    apiv3: &str,
    v2: &str,
) -> ClientBuilder {
    Client::builder()
        .mchid(mchid)
        .serial(SERIAL)
        .private_key(MERCHANT.clone())
        .platform_key(key_id, platform.public_key().clone())
        .apiv3_key(apiv3)
        .v2_key(v2)
        .clock(Still)
        .no_proxy()
}

fn a() -> ClientBuilder {
    builder(A, KEY_A, &PLATFORM, APIV3, V2)
}

fn b() -> ClientBuilder {
    builder(B, KEY_B, &STRANGER, APIV3_B, V2_B)
}

/// Two merchants with nothing in common.
fn two() -> Merchants {
    let merchants = Merchants::new().unwrap();
    merchants.add(a()).unwrap();
    merchants.add(b()).unwrap();
    merchants
}

/// Two merchants with the same keys.
fn sharing_keys() -> Merchants {
    let merchants = Merchants::new().unwrap();
    merchants.add(a()).unwrap();
    merchants
        .add(builder(B, KEY_A, &PLATFORM, APIV3, V2))
        .unwrap();
    merchants
}

fn paid(mchid: &str) -> Post {
    let resource = json!({"mchid": mchid, "out_trade_no": "order-1"});
    Post::new("TRANSACTION.SUCCESS", resource)
}

fn of_a() -> Post {
    Post {
        serial: KEY_A.into(),
        ..paid(A)
    }
}

fn of_b() -> Post {
    Post {
        serial: KEY_B.into(),
        signer: STRANGER.clone(),
        apiv3: APIV3_B.into(),
        ..paid(B)
    }
}

/// A platform certificate and its key.
fn certificate() -> (Certificate, PrivateKey) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut builder = X509::builder().unwrap();
    let serial = BigNum::from_u32(0x51_57F0).unwrap();
    builder
        .set_serial_number(&serial.to_asn1_integer().unwrap())
        .unwrap();
    builder.set_pubkey(&key).unwrap();
    let day = |at: i64| Asn1Time::from_unix(at).unwrap();
    builder.set_not_before(&day(NOW - 86_400)).unwrap();
    builder.set_not_after(&day(NOW + 86_400)).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let certificate = Certificate::from_bytes(builder.build().to_pem().unwrap()).unwrap();
    (
        certificate,
        PrivateKey::from_bytes(key.private_key_to_der().unwrap()).unwrap(),
    )
}

/// Which merchant was handed which notification.
#[derive(Clone, Default)]
struct Handled(Arc<Mutex<Vec<String>>>);

impl Handled {
    async fn post(
        &self,
        endpoint: &MerchantNotifications,
        path: &str,
        (headers, body): (HeaderMap, Vec<u8>),
    ) -> Reply {
        let mut request = Request::post(path)
            .body(String::from_utf8(body).unwrap())
            .unwrap();
        *request.headers_mut() = headers;
        let handled = self.0.clone();
        let handler = move |client: Client, _| async move {
            handled.lock().unwrap().push(client.mchid().to_owned());
            Ok::<_, Infallible>(())
        };
        endpoint.handle(request, handler).await
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[track_caller]
fn refused(reply: &Reply, word: &str) {
    assert_eq!(reply.status(), 401);
    let err = reply.error().unwrap();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Verify, false));
    assert!(err.report().contains(word), "{}", err.report());
}

#[tokio::test]
async fn the_serial_of_a_public_key_identifies_the_merchant() {
    let endpoint = two().notifications();
    let handled = Handled::default();
    assert_eq!(
        handled
            .post(&endpoint, "/notify", of_a().signed())
            .await
            .status(),
        204
    );
    let second = Post {
        id: "EV-2".into(),
        ..of_b()
    };
    assert_eq!(
        handled
            .post(&endpoint, "/notify", second.signed())
            .await
            .status(),
        204
    );
    assert_eq!(handled.take(), [A, B]);
    // A repeated delivery is not handled again.
    assert_eq!(
        handled
            .post(&endpoint, "/notify", of_a().signed())
            .await
            .status(),
        204
    );
    assert!(handled.take().is_empty());
}

/// A merchant signs APIv2's notifications as well as WeChat Pay does: the key is shared. It must not use up the ids of
/// another merchant's.
#[tokio::test]
async fn a_merchant_cannot_make_another_merchants_notification_a_duplicate() {
    let endpoint = two().notifications();
    let handled = Handled::default();
    for (mchid, key) in [(A, V2), (B, V2_B), (B, V2_B)] {
        let members = [
            ("event_id", "EV-1"),
            ("mch_id", mchid),
            ("nonce_str", "n"),
            ("return_code", "SUCCESS"),
        ];
        let body = v2_message(&members, SignType::Md5, key).into_bytes();
        let reply = handled.post(&endpoint, "/", (HeaderMap::new(), body)).await;
        assert_eq!(reply.status(), 200);
    }
    assert_eq!(handled.take(), [A, B]);
}

#[tokio::test]
async fn forgeries_between_merchants_are_rejected() {
    let endpoint = two().notifications();
    let handled = Handled::default();
    let post = async |post: Post| handled.post(&endpoint, "/", post.signed()).await;
    // Signed with one merchant's key, in the other's name.
    refused(
        &post(Post {
            signer: STRANGER.clone(),
            ..of_a()
        })
        .await,
        "does not match",
    );
    // Encrypted with the other's key: genuine but unreadable, and the other's key is not tried.
    let reply = post(Post {
        apiv3: APIV3_B.into(),
        ..of_a()
    })
    .await;
    assert_eq!(
        (reply.status().as_u16(), reply.error().unwrap().kind()),
        (500, ErrorKind::Decrypt)
    );
    // Readable with one merchant's key, but about the other.
    let about = json!({"mchid": B, "out_trade_no": "order-1"});
    refused(
        &post(Post {
            resource: about,
            ..of_a()
        })
        .await,
        "a different merchant",
    );
    refused(
        &post(Post {
            serial: "PUB_KEY_ID_0100000000000000000000000000".into(),
            ..of_a()
        })
        .await,
        "no merchant",
    );
    let (_, body) = of_a().signed();
    refused(
        &handled.post(&endpoint, "/", (HeaderMap::new(), body)).await,
        "names no key",
    );
    assert!(handled.take().is_empty());
    // A rejected delivery claims nothing: the genuine one is handled.
    assert_eq!(post(of_a()).await.status(), 204);
    assert_eq!(handled.take(), [A]);
}

#[tokio::test]
async fn a_key_shared_by_two_merchants_needs_the_path() {
    let merchants = sharing_keys();
    let handled = Handled::default();
    let by_serial = merchants.notifications();
    refused(
        &handled.post(&by_serial, "/", of_a().signed()).await,
        "by_path()",
    );
    let by_path = merchants.notifications().by_path();
    refused(
        &handled
            .post(&by_path, &format!("/notify/{B}"), of_a().signed())
            .await,
        "a different merchant",
    );
    refused(
        &handled
            .post(&by_path, "/notify/1900000111", of_a().signed())
            .await,
        "no merchant",
    );
    refused(
        &handled.post(&by_path, "/", of_a().signed()).await,
        "no merchant",
    );
    assert!(handled.take().is_empty());
    assert_eq!(
        handled
            .post(&by_path, &format!("/notify/{A}/"), of_a().signed())
            .await
            .status(),
        204
    );
    assert_eq!(handled.take(), [A]);
    for event in ["MCHTRANSFER.BILL.FINISHED", "FACEPAY.USER_STATE_CHANGE"] {
        let transfer = Post {
            resource: json!({"mch_id": A, "out_bill_no": "transfer-1"}),
            id: event.into(),
            event_type: event.into(),
            ..of_a()
        };
        let post = async |id: &str| {
            let path = format!("/notify/{id}");
            handled.post(&by_path, &path, transfer.signed()).await
        };
        refused(&post(B).await, "a different merchant");
        assert_eq!(post(A).await.status(), 204);
        assert_eq!(handled.take(), [A]);
    }
}

/// Then only the keys tell whose it is.
#[tokio::test]
async fn a_notification_that_names_nobody_is_refused_if_another_merchants_keys_read_it() {
    let unnamed = Post {
        resource: json!({"complaint_id": "1", "action_type": "CREATE_COMPLAINT"}),
        event_type: "COMPLAINT.CREATE".into(),
        ..of_a()
    };
    let handled = Handled::default();
    let of = async |merchants: &Merchants, post: &Post, id: &str| {
        let endpoint = merchants.notifications().by_path();
        handled
            .post(&endpoint, &format!("/{id}"), post.signed())
            .await
    };
    // The public keys differ, or the APIv3 keys do.
    for other in [
        builder(B, KEY_B, &STRANGER, APIV3, V2),
        builder(B, KEY_A, &PLATFORM, APIV3_B, V2),
    ] {
        let merchants = Merchants::new().unwrap();
        merchants.add(a()).unwrap();
        merchants.add(other).unwrap();
        assert_eq!(of(&merchants, &unnamed, A).await.status(), 204);
        assert_eq!(handled.take(), [A]);
    }
    for id in [A, B] {
        let reply = of(&sharing_keys(), &unnamed, id).await;
        refused(&reply, "a separate APIv3 key");
    }
    // A certificate signs for all merchants. The other one has not fetched it.
    let (certificate, signer) = certificate();
    let by_certificate = Post {
        serial: certificate.serial().into(),
        signer,
        ..unnamed
    };
    let merchants = Merchants::new().unwrap();
    merchants
        .add(a().platform_certificate(certificate))
        .unwrap();
    assert_eq!(of(&merchants, &by_certificate, A).await.status(), 204);
    assert_eq!(handled.take(), [A]);
    merchants
        .add(builder(B, KEY_B, &STRANGER, APIV3, V2))
        .unwrap();
    refused(
        &of(&merchants, &by_certificate, A).await,
        "a separate APIv3 key",
    );
    assert!(handled.take().is_empty());
}

/// A sub-merchant may also be a merchant of the registry, and its service provider too.
#[tokio::test]
async fn a_service_providers_notification_is_not_its_sub_merchants() {
    let merchants = sharing_keys();
    let endpoint = merchants.notifications().by_path();
    let handled = Handled::default();
    let of_provider = Post {
        resource: json!({"sp_mchid": B, "sub_mchid": A, "out_trade_no": "order-1"}),
        ..of_a()
    };
    let (own, other) = (format!("/notify/{B}"), format!("/notify/{A}"));
    refused(
        &handled.post(&endpoint, &other, of_provider.signed()).await,
        "a different merchant",
    );
    let reply = handled.post(&endpoint, &own, of_provider.signed()).await;
    assert_eq!(reply.status(), 204);
    assert_eq!(handled.take(), [B]);
}

/// A service provider may serve a merchant that has separate keys in the registry.
#[tokio::test]
async fn a_notification_that_names_only_a_sub_merchant_is_its_service_providers() {
    let of_sub = Post {
        resource: json!({"sub_mchid": B, "block_record_id": "1"}),
        event_type: "BLOCKRECORD.CHANGE".into(),
        ..of_a()
    };
    let handled = Handled::default();
    let reply = handled
        .post(&two().notifications(), "/", of_sub.signed())
        .await;
    assert_eq!(reply.status(), 204);
    assert_eq!(handled.take(), [A]);

    // If both have the same key, or had it, decryption does not tell whose notification it is.
    let merchants = sharing_keys();
    let endpoint = merchants.notifications().by_path();
    for changed in [false, true] {
        if changed {
            merchants
                .replace(builder(B, KEY_A, &PLATFORM, APIV3_B, V2))
                .unwrap();
        }
        let reply = handled
            .post(&endpoint, &format!("/{A}"), of_sub.signed())
            .await;
        refused(&reply, "a different merchant");
    }
    assert!(handled.take().is_empty());

    // The same holds for a sub-merchant that the registry does not know, unless the account names it.
    let of_sub = Post {
        resource: json!({"sub_mchid": "1900000201", "block_record_id": "1"}),
        ..of_sub
    };
    for (account, status) in [
        (Account::new(a()), 401),
        (Account::new(a()).sub_mchid("1900000201"), 204),
    ] {
        merchants.replace(account).unwrap();
        let post = async |id: &str| {
            let path = format!("/{id}");
            handled.post(&endpoint, &path, of_sub.signed()).await
        };
        refused(&post(B).await, "Account::sub_mchid");
        assert_eq!(post(A).await.status(), status);
    }
    assert_eq!(handled.take(), [A]);
}

#[tokio::test]
async fn a_header_can_name_the_merchant_but_never_overrules_the_signature() {
    let endpoint = two()
        .notifications()
        .by_header(HeaderName::from_static("x-merchant"));
    let handled = Handled::default();
    let post = async |post: Post, id: &str| {
        let (mut headers, body) = post.signed();
        headers.insert("x-merchant", id.parse().unwrap());
        handled.post(&endpoint, "/", (headers, body)).await
    };
    assert_eq!(post(of_a(), A).await.status(), 204);
    refused(
        &post(
            Post {
                id: "2".into(),
                ..of_a()
            },
            B,
        )
        .await,
        KEY_A,
    );
    refused(
        &handled.post(&endpoint, "/", of_a().signed()).await,
        "x-merchant",
    );
    assert_eq!(handled.take(), [A]);
}

#[tokio::test]
async fn apiv2_is_read_with_the_key_of_its_mch_id() {
    let endpoint = two().notifications();
    let handled = Handled::default();
    let message = |id: &str, key: &str| {
        let members = [
            ("return_code", "SUCCESS"),
            ("result_code", "SUCCESS"),
            ("mch_id", id),
            ("out_trade_no", "1"),
            ("transaction_id", "4200000001"),
            ("nonce_str", "x"),
        ];
        (
            HeaderMap::new(),
            v2_message(&members, SignType::Md5, key).into_bytes(),
        )
    };
    assert_eq!(
        handled
            .post(&endpoint, "/", message(B, V2_B))
            .await
            .status(),
        200
    );
    assert_eq!(handled.take(), [B]);
    assert_eq!(
        handled
            .post(&endpoint, "/", message(A, V2_B))
            .await
            .status(),
        401
    );
    assert_eq!(
        handled
            .post(&endpoint, "/", message("1900000111", V2_B))
            .await
            .status(),
        401
    );
    let by_path = two().notifications().by_path();
    let reply = handled
        .post(&by_path, &format!("/{A}"), message(B, V2))
        .await;
    refused(&reply, "a different merchant");
    assert!(handled.take().is_empty());
}

#[tokio::test]
async fn a_combined_payment_of_apiv2_names_its_merchant_differently() {
    let merchants = two();
    let handled = Handled::default();
    let combined = |key: &str| {
        let members = [
            ("return_code", "SUCCESS"),
            ("result_code", "SUCCESS"),
            ("combine_mch_id", B),
            ("combine_out_trade_no", "1"),
            ("nonce_str", "x"),
        ];
        (
            HeaderMap::new(),
            v2_message(&members, SignType::Md5, key).into_bytes(),
        )
    };
    let endpoint = merchants.notifications();
    let reply = handled.post(&endpoint, "/", combined(V2_B)).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(handled.take(), [B]);
    let by_path = merchants.notifications().by_path();
    let reply = handled.post(&by_path, &format!("/{A}"), combined(V2)).await;
    refused(&reply, "a different merchant");
    assert!(handled.take().is_empty());
}

/// Each of the three keys is replaced separately, and the notifications of each replaced key come for a day.
#[tokio::test]
async fn a_replaced_key_is_kept_until_the_same_key_is_replaced_again() {
    let merchants = two();
    let endpoint = merchants.notifications();
    let handled = Handled::default();
    let (apiv3, v2) = (
        "apiv3-key-after-the-replacement!",
        "392006250b4c09247ec02edce69f6a2d",
    );
    let phone = |key: &PrivateKey| key.public_key().encrypt(Padding::Oaep, b"138").unwrap();
    let card = |id: &str, apiv3: &str, phone: String| {
        let post = Post {
            id: id.into(),
            apiv3: apiv3.into(),
            event_type: "MEMBERCARD.ACCEPT_CARD".into(),
            resource: json!({"mchid": A, "phone_number": phone}),
            ..of_a()
        };
        post.signed()
    };
    let paid = |id: &str, key: &str| {
        let members = [("mch_id", A), ("event_id", id), ("return_code", "SUCCESS")];
        let body = v2_message(&members, SignType::Md5, key).into_bytes();
        (HeaderMap::new(), body)
    };
    let next = |apiv3, v2| builder(A, KEY_A, &PLATFORM, apiv3, v2);
    // First the private key, then the APIv3 key, then the APIv2 key, then none.
    for (round, replaced) in [
        next(APIV3, V2).private_key(STRANGER.clone()),
        next(apiv3, V2).private_key(STRANGER.clone()),
        next(apiv3, v2).private_key(STRANGER.clone()),
        next(apiv3, v2).private_key(STRANGER.clone()),
    ]
    .into_iter()
    .enumerate()
    {
        merchants.replace(replaced).unwrap();
        let id = |of: &str| format!("{of} {round}");
        for post in [
            card(&id("old"), APIV3, phone(&MERCHANT)),
            card(
                &id("new"),
                if round == 0 { APIV3 } else { apiv3 },
                phone(&STRANGER),
            ),
            paid(&id("old"), V2),
            paid(&id("new"), if round < 2 { V2 } else { v2 }),
        ] {
            let reply = handled.post(&endpoint, "/", post).await;
            assert!(reply.status().is_success(), "{round}: {:?}", reply.error());
        }
        assert_eq!(handled.take().len(), 4);
    }
    let third = Rsa::generate(2048).unwrap().private_key_to_der().unwrap();
    let third = PrivateKey::from_bytes(third).unwrap();
    // The next change of the private key ends the time of the first, and of no other key.
    let replaced = next(apiv3, v2).private_key(third);
    merchants.replace(replaced).unwrap();
    let first = card("first", APIV3, phone(&MERCHANT));
    assert_eq!(handled.post(&endpoint, "/", first).await.status(), 500);
    let second = card("second", APIV3, phone(&STRANGER));
    assert_eq!(handled.post(&endpoint, "/", second).await.status(), 204);
}

/// As the documents say for a stolen key.
#[tokio::test]
async fn a_merchant_that_is_removed_and_added_keeps_its_handled_notifications() {
    let merchants = two();
    let endpoint = merchants.notifications();
    let handled = Handled::default();
    let post = async |post: Post| handled.post(&endpoint, "/", post.signed()).await.status();
    assert_eq!(post(of_a()).await, 204);
    merchants.remove(A);
    assert_eq!(post(of_b()).await, 204);
    assert_eq!(handled.take(), [A, B]);
    merchants.add(a()).unwrap();
    assert_eq!(post(of_a()).await, 204);
    assert!(handled.take().is_empty());
}

#[tokio::test]
async fn keys_are_replaced_at_run_time() {
    let merchants = two();
    let endpoint = merchants.notifications();
    let handled = Handled::default();
    let new = "apiv3-key-after-the-replacement!";
    let post = async |id: &str, apiv3: &str| {
        let post = Post {
            id: id.into(),
            apiv3: apiv3.into(),
            ..of_a()
        };
        handled
            .post(&endpoint, "/", post.signed())
            .await
            .status()
            .as_u16()
    };
    assert_eq!((post("1", APIV3).await, post("2", new).await), (204, 500));
    let replaced = merchants
        .replace(builder(A, KEY_A, &PLATFORM, new, V2))
        .unwrap();
    assert_eq!(replaced.mchid(), A);
    assert_eq!((post("3", APIV3).await, post("4", new).await), (204, 204));
    merchants.remove(A);
    assert_eq!(post("5", new).await, 401);
    merchants
        .add(builder(A, KEY_A, &PLATFORM, new, V2))
        .unwrap();
    assert_eq!((post("6", APIV3).await, post("7", new).await), (500, 204));
}

#[test]
fn each_name_belongs_to_one_merchant() {
    let merchants = Merchants::new().unwrap();
    let provider = Account::new(a()).sub_mchid("1900000201").appid("wx1");
    merchants.add(provider).unwrap();
    merchants.add(b()).unwrap();
    assert_eq!(merchants.ids(), [A, B]);
    assert_eq!(merchants.by_sub_mchid("1900000201").unwrap().mchid(), A);
    assert_eq!(merchants.by_appid("wx1").unwrap().mchid(), A);
    assert!(merchants.by_appid("wx2").is_none() && merchants.get("1900000201").is_none());

    let err = merchants.add(a()).unwrap_err();
    assert!(err.to_string().contains("replace(..)"), "{err}");
    for account in [
        Account::new(b()).appid("wx1"),
        Account::new(b()).sub_mchid("1900000201"),
    ] {
        let err = merchants.replace(account).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Builder);
        assert!(err.to_string().contains(A), "{err}");
    }
    // Rejected changes have no effect, and an account without names keeps its names.
    merchants.replace(a()).unwrap();
    assert_eq!(merchants.by_appid("wx1").unwrap().mchid(), A);
    merchants.replace(Account::new(a()).appid("wx3")).unwrap();
    assert!(merchants.by_appid("wx1").is_none() && merchants.by_sub_mchid("1900000201").is_none());
    assert!(merchants.remove(A) && !merchants.remove(A));
    assert!(merchants.by_appid("wx3").is_none());
    let err = merchants.replace(a()).unwrap_err();
    assert!(err.to_string().contains("add(..)"), "{err}");
}
