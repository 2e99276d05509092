//! What `build()` refuses, and where it says to find the right value.

use wechatpay_chain::{Client, ClientBuilder, ErrorKind, Keyring};

use crate::support::keys::{self, CERTIFICATE_SERIAL, OTHER, OTHER_KEY_ID};
use crate::support::{KEY_ID, MCHID, MERCHANT, PLATFORM, SERIAL, builder};

/// What `build` says.
fn unbuilt(builder: ClientBuilder, kind: ErrorKind, word: &str) {
    let err = builder.build().map(drop).unwrap_err();
    assert_eq!(err.kind(), kind, "{}", err.report());
    assert!(!err.maybe_sent());
    assert!(err.report().contains(word), "{word:?} in {}", err.report());
}

fn bare() -> ClientBuilder {
    Client::builder()
        .private_key(MERCHANT.private.clone())
        .platform_key(KEY_ID, PLATFORM.public.clone())
}

#[test]
fn a_builder_that_lacks_something() {
    let kind = ErrorKind::Builder;
    unbuilt(Client::builder(), kind, "商户号");
    unbuilt(bare().serial(SERIAL), kind, "商户号");
    unbuilt(bare().mchid(MCHID), kind, "商户API证书");
    unbuilt(
        Client::builder().mchid(MCHID).serial(SERIAL),
        kind,
        "apiclient_key.pem",
    );
    let no_platform = Client::builder()
        .mchid(MCHID)
        .serial(SERIAL)
        .private_key(MERCHANT.private.clone());
    unbuilt(no_platform, kind, "微信支付公钥");
}

#[test]
fn apiv2_with_one_half_of_what_tls_presents() {
    let v2 = || Client::builder().mchid(MCHID).v2_key("x".repeat(32));
    let (key, certificate) = (&*MERCHANT, keys::certificate(&MERCHANT, SERIAL, 30));
    let half = v2().certificate(certificate.clone());
    unbuilt(half, ErrorKind::Builder, "give private_key(..) too");
    let half = v2().private_key(key.private.clone());
    unbuilt(half, ErrorKind::Builder, "give certificate(..) too");
    let whole = v2().certificate(certificate);
    whole.private_key(key.private.clone()).build().unwrap();
}

#[test]
fn a_builder_with_malformed_values() {
    let kind = ErrorKind::Builder;
    for mchid in ["", "wx1234567890", "19000001O9", "190 0000109"] {
        unbuilt(bare().serial(SERIAL).mchid(mchid), kind, "商户号");
    }
    for serial in [
        "",
        "51:57:F0:9E",
        "PUB_KEY_ID_0114232134912410000000000000",
        "XYZ",
        KEY_ID,
    ] {
        unbuilt(bare().mchid(MCHID).serial(serial), kind, "商户API证书");
    }
    for key in [
        "",
        "short",
        &"x".repeat(31),
        &"x".repeat(33),
        &"密".repeat(32),
    ] {
        unbuilt(builder().apiv3_key(key), kind, "APIv3密钥");
    }
    builder().apiv3_key("x".repeat(32)).build().unwrap();
    unbuilt(
        builder().platform_key("PUB_KEY_ID_", OTHER.public.clone()),
        ErrorKind::Key,
        "微信支付公钥",
    );
    unbuilt(
        builder().platform_key(SERIAL, OTHER.public.clone()),
        kind,
        "merchant's own",
    );
    unbuilt(
        builder().platform_key(CERTIFICATE_SERIAL, OTHER.public.clone()),
        ErrorKind::Key,
        "PUB_KEY_ID_",
    );
    unbuilt(
        builder().user_agent("a\r\nb"),
        ErrorKind::Header,
        "User-Agent",
    );
    unbuilt(builder().proxy("::"), kind, "proxy");
    unbuilt(
        builder().stack(|stack| stack.remove("sinner").map(drop)),
        ErrorKind::Stack,
        "signer",
    );
}

#[test]
fn a_key_that_does_not_belong_to_the_certificate() {
    let own = keys::certificate(&MERCHANT, SERIAL, 30);
    let other = keys::certificate(&OTHER, SERIAL, 30);
    let kind = ErrorKind::Builder;
    unbuilt(builder().certificate(other), kind, "does not belong");
    unbuilt(
        builder()
            .certificate(own.clone())
            .serial(CERTIFICATE_SERIAL),
        kind,
        SERIAL,
    );
    let derived = bare().mchid(MCHID).certificate(own).build().unwrap();
    assert_eq!(derived.serial(), Some(SERIAL));
}

#[test]
fn the_merchants_own_key_among_the_platforms() {
    let kind = ErrorKind::Builder;
    let own = keys::certificate(&MERCHANT, SERIAL, 30);
    unbuilt(
        builder().platform_certificate(own),
        kind,
        "not WeChat Pay's",
    );
    let renamed = keys::certificate(&MERCHANT, CERTIFICATE_SERIAL, 30);
    unbuilt(
        builder().platform_certificate(renamed),
        kind,
        "not WeChat Pay's",
    );
    unbuilt(
        builder().platform_key(OTHER_KEY_ID, MERCHANT.public.clone()),
        kind,
        "not WeChat Pay's",
    );
    // A keyring that is shared may hold one too.
    let shared = Keyring::new();
    shared
        .add_public_key(OTHER_KEY_ID, MERCHANT.public.clone())
        .unwrap();
    unbuilt(builder().keyring(shared), kind, "not WeChat Pay's");
}
