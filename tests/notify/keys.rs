//! Sources of keys, key changes, and missing keys.

use serde_json::json;
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::{Certificate, Client, ErrorKind, Keyring, Padding, PrivateKey};

use crate::support::{APIV3, MERCHANT, PLATFORM, PLATFORM_ID, Post, SERIAL, STRANGER, Still, V2};

#[test]
fn a_clients_keys_suffice_and_its_keyring_stays_shared() {
    let client = Client::builder()
        .mchid("1900000109")
        .serial(SERIAL)
        .private_key(MERCHANT.clone())
        .platform_key(PLATFORM_ID, PLATFORM.public_key().clone())
        .apiv3_key(APIV3)
        .clock(Still)
        .build()
        .unwrap();
    let notifications = Notifications::from_client(&client).unwrap();
    let phone = MERCHANT
        .public_key()
        .encrypt(Padding::Oaep, b"138")
        .unwrap();
    let (headers, body) =
        Post::new("MEMBERCARD.ACCEPT_CARD", json!({"phone_number": phone})).signed();
    let card = notifications.parse(&headers, &body).unwrap();
    assert_eq!(card.resource()["phone_number"], "138");

    // The platform key changes under a running server.
    client.keyring().remove(PLATFORM_ID);
    assert!(notifications.parse(&headers, &body).is_err());
    let next = "PUB_KEY_ID_0114232134912410000000000001";
    client
        .keyring()
        .add_public_key(next, STRANGER.public_key().clone())
        .unwrap();
    let mut post = Post::paid();
    (post.serial, post.signer) = (next.into(), STRANGER.clone());
    let (headers, body) = post.signed();
    assert!(notifications.parse(&headers, &body).is_ok());
}

/// WeChat Pay never signs notifications with the merchant's key, nor with a certificate under
/// the id of a public key.
#[test]
fn keys_that_are_not_wechat_pays_are_rejected() {
    let begin = || Notifications::builder().apiv3_key(APIV3);
    let own = MERCHANT.public_key().clone();
    let shared = Keyring::new();
    shared.add_public_key(PLATFORM_ID, own.clone()).unwrap();
    let certificate = Certificate::from_file("data/keys/certificate.pem").unwrap();
    let key = PrivateKey::from_file("data/keys/pkcs8.pem").unwrap();
    for (builder, word) in [
        (
            begin()
                .platform_key(PLATFORM_ID, own)
                .private_key(MERCHANT.clone()),
            "merchant's own",
        ),
        (
            begin().keyring(shared).private_key(MERCHANT.clone()),
            "merchant's own",
        ),
        (
            begin()
                .platform_certificate(certificate.clone())
                .private_key(key),
            "merchant's own",
        ),
        (
            begin().platform_key(PLATFORM_ID, certificate.public_key().clone()),
            "pub_key.pem",
        ),
    ] {
        let err = builder.build().map(drop).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Builder);
        assert!(err.to_string().contains(word), "{err}");
    }
    begin().platform_certificate(certificate).build().unwrap();
}

#[test]
fn a_failed_build_does_not_change_a_shared_keyring() {
    let own = MERCHANT.public_key().clone();
    let certificate = Certificate::from_file("data/keys/certificate.pem").unwrap();
    let keyring = Keyring::new();
    let builder = Notifications::builder()
        .apiv3_key(APIV3)
        .keyring(keyring.clone())
        .private_key(MERCHANT.clone())
        .platform_key(PLATFORM_ID, certificate.public_key().clone())
        .platform_certificate(certificate);
    assert!(builder.build().is_err());
    assert!(keyring.ids().is_empty());
    // The key of the failed reader's merchant is not rejected.
    keyring.add_public_key(PLATFORM_ID, own).unwrap();
}

/// Of `client` and equivalent settings, the later call applies.
#[test]
fn a_later_keyring_replaces_the_clients() {
    let client = Client::builder()
        .mchid("1900000109")
        .serial(SERIAL)
        .private_key(MERCHANT.clone())
        .platform_key(PLATFORM_ID, PLATFORM.public_key().clone())
        .apiv3_key(APIV3)
        .clock(Still)
        .build()
        .unwrap();
    let other = Keyring::new();
    let stranger = STRANGER.public_key().clone();
    other.add_public_key(PLATFORM_ID, stranger).unwrap();
    let begin = Notifications::builder;
    let of_client = begin().keyring(other.clone()).client(&client);
    let of_keyring = begin().client(&client).keyring(other.clone());
    let (headers, body) = Post::paid().signed();
    assert!(of_client.build().unwrap().parse(&headers, &body).is_ok());
    assert!(of_keyring.build().unwrap().parse(&headers, &body).is_err());

    // Keys of this builder are added in either case, in any order.
    let next = "PUB_KEY_ID_0114232134912410000000000001";
    let platform = PLATFORM.public_key().clone();
    let added = begin().platform_key(next, platform).client(&client);
    added.keyring(other.clone()).build().unwrap();
    assert!(other.get(next).is_some() && client.keyring().get(next).is_none());
}

#[test]
fn a_client_without_notification_keys_is_rejected() {
    let client = Client::builder()
        .mchid("1900000109")
        .serial(SERIAL)
        .private_key(MERCHANT.clone())
        .keyring(Keyring::new())
        .build()
        .unwrap();
    let err = Notifications::from_client(&client).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder);
    assert!(err.to_string().contains("apiv3_key"), "{err}");

    let v2_only = Client::builder()
        .mchid("1900000109")
        .v2_key(V2)
        .build()
        .unwrap();
    let notifications = Notifications::from_client(&v2_only).unwrap();
    let (headers, body) = Post::paid().signed();
    assert_eq!(
        notifications.parse(&headers, &body).unwrap_err().kind(),
        ErrorKind::Verify
    );
}

#[test]
fn missing_or_malformed_keys_fail_at_build() {
    let builder = Notifications::builder;
    let cases = [
        (builder(), "platform_key"),
        (builder().apiv3_key(APIV3), "platform_key"),
        (builder().keyring(Keyring::new()), "apiv3_key"),
        (
            builder().keyring(Keyring::new()).apiv3_key("short"),
            "5 bytes",
        ),
        (builder().v2_key("short"), "5 bytes"),
        (
            builder()
                .v2_key(V2)
                .private_key(MERCHANT.clone())
                .serial("51:57"),
            "colons",
        ),
    ];
    for (builder, word) in cases {
        let err = builder.build().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Builder);
        assert!(err.to_string().contains(word), "{err}");
    }
    assert!(builder().v2_key(V2).build().is_ok());
}

#[test]
fn an_encrypted_field_without_a_private_key_names_the_setting() {
    let keyring = Keyring::new();
    keyring
        .add_public_key(PLATFORM_ID, PLATFORM.public_key().clone())
        .unwrap();
    let notifications = Notifications::builder()
        .keyring(keyring)
        .apiv3_key(APIV3)
        .clock(Still)
        .build()
        .unwrap();
    let (headers, body) = Post::new(
        "MEMBERCARD.ACCEPT_CARD",
        json!({"phone_number": "c2VjcmV0"}),
    )
    .signed();
    let err = notifications.parse(&headers, &body).unwrap_err();
    assert!(err.report().contains("private_key(..)"), "{}", err.report());
}
