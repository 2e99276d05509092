//! Errors of `build()`, which say where to find the right value.

use std::time::Duration;

use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::{Client, ClientBuilder, ErrorKind, Keyring, PublicKey};

use crate::support::keys::{self, CERTIFICATE_SERIAL, OTHER, OTHER_KEY_ID};
use crate::support::{KEY_ID, MCHID, MERCHANT, PLATFORM, SERIAL, builder};

/// Limits that exceed any timer, or that leave no time.
#[test]
fn zero_and_excessive_limits_are_rejected() {
    let kind = ErrorKind::Builder;
    for limit in [Duration::ZERO, Duration::from_nanos(0)] {
        unbuilt(builder().timeout(limit), kind, "timeout");
        unbuilt(builder().connect_timeout(limit), kind, "connect_timeout");
        unbuilt(builder().read_timeout(limit), kind, "read_timeout");
        let certificates = Certificates::auto().timeout(limit);
        let auto = builder()
            .apiv3_key("x".repeat(32))
            .certificates(certificates);
        unbuilt(auto, kind, "Certificates::timeout");
    }
    let call = builder().build().unwrap().chain("v3/certificates").get(());
    let err = call.timeout(Duration::ZERO).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Request);
    assert!(!err.maybe_sent());
}

#[test]
fn invalid_base_urls_and_hosts_are_rejected() {
    for url in [
        "https://h:99999/",
        "https://h:/",
        "https://h/#frag",
        "https://h/../",
        "http://api.mch.weixin.qq.com./",
        "http://%61pi.mch.weixin.qq.com/",
    ] {
        unbuilt(builder().base_url(url), ErrorKind::Request, "base URL");
        let call = builder().build().unwrap().chain("v3/certificates").get(());
        let err = call.base_url(url).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request, "{url}");
        assert!(!err.maybe_sent());
    }
    for host in [
        "",
        "https://h",
        "h/",
        "h:443",
        "u@h",
        "0x7f.1",
        "a b",
        "..",
        "[::g]",
    ] {
        unbuilt(builder().trust_host(host), ErrorKind::Builder, "trust_host");
    }
    for host in ["API2.mch.weixin.qq.com.", "::1", "[::1]", "10.0.0.1"] {
        builder().trust_host(host).build().unwrap();
    }
}

#[test]
fn invalid_proxies_are_rejected() {
    for url in [
        "",
        " ",
        "::",
        "http://p:99999",
        "http://u:p@ss@p:1",
        "socks5://p:1",
        "https://p:1",
    ] {
        let err = builder().proxy(url).build().map(drop).unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Builder, "{url:?}");
        assert!(!err.report().contains("ss@"), "{err}");
    }
    builder().proxy("127.0.0.1:3128").build().unwrap();
}

/// Returns the error of `build`.
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
fn missing_settings_are_rejected() {
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
fn apiv2_needs_both_certificate_and_private_key() {
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
fn malformed_values_are_rejected() {
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
fn a_key_of_another_certificate_is_rejected() {
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
fn the_merchants_key_as_platform_key_is_rejected() {
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
    let read = PublicKey::from_bytes(keys::certificate(&MERCHANT, SERIAL, 30).to_pem().unwrap());
    unbuilt(
        builder().platform_key(OTHER_KEY_ID, read.unwrap()),
        kind,
        "not WeChat Pay's",
    );
    // An earlier certificate of the same merchant, with another key.
    let earlier = keys::certificate_of(&OTHER, CERTIFICATE_SERIAL, 30, MCHID);
    unbuilt(
        builder().platform_certificate(earlier),
        kind,
        "not WeChat Pay's",
    );
    // A shared keyring may contain one too.
    let shared = Keyring::new();
    shared
        .add_public_key(OTHER_KEY_ID, MERCHANT.public.clone())
        .unwrap();
    unbuilt(builder().keyring(shared), kind, "not WeChat Pay's");
    let shared = Keyring::new();
    let earlier = keys::certificate_of(&OTHER, CERTIFICATE_SERIAL, 30, MCHID);
    shared.add_certificate(&earlier).unwrap();
    unbuilt(builder().keyring(shared), kind, "not WeChat Pay's");
}

#[test]
fn the_brands_key_as_platform_key_is_rejected() {
    let brand = || {
        Client::builder()
            .brand_id("120344")
            .serial(SERIAL)
            .private_key(MERCHANT.private.clone())
    };
    let kind = ErrorKind::Builder;
    let own = brand().platform_key(KEY_ID, MERCHANT.public.clone());
    unbuilt(own, kind, "not WeChat Pay's");
    let named = keys::certificate_of(&OTHER, CERTIFICATE_SERIAL, 30, "120344");
    unbuilt(
        brand().platform_certificate(named),
        kind,
        "not WeChat Pay's",
    );
    let read = keys::certificate(&OTHER, CERTIFICATE_SERIAL, 30);
    let key = read.public_key().clone();
    unbuilt(brand().platform_key(KEY_ID, key), kind, "pub_key.pem");
    brand().platform_certificate(read).build().unwrap();
}

#[test]
fn the_merchants_key_cannot_be_added_to_a_keyring() {
    let client = builder().build().unwrap();
    let keyring = client.keyring();
    let own = keys::certificate(&MERCHANT, CERTIFICATE_SERIAL, 30);
    let earlier = keys::certificate_of(&OTHER, CERTIFICATE_SERIAL, 30, MCHID);
    let key = MERCHANT.public.clone();
    for added in [
        keyring.add_certificate(&own),
        keyring.add_certificate(&earlier),
        keyring.add_public_key(OTHER_KEY_ID, key),
        keyring.clone().add_public_key(SERIAL, OTHER.public.clone()),
    ] {
        let err = added.unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Builder);
        assert!(err.to_string().contains("not WeChat Pay's"), "{err}");
    }
    assert_eq!(keyring.ids(), [KEY_ID]);
    let theirs = keys::certificate(&OTHER, CERTIFICATE_SERIAL, 30);
    keyring.add_certificate(&theirs).unwrap();
}

#[test]
fn a_certificate_in_place_of_the_public_key_is_rejected() {
    let certificate = keys::certificate(&PLATFORM, CERTIFICATE_SERIAL, 30);
    let (pem, der) = (certificate.to_pem().unwrap(), certificate.to_der().unwrap());
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &pem).unwrap();
    for key in [
        PublicKey::from_bytes(&pem).unwrap(),
        PublicKey::from_bytes(&der).unwrap(),
        PublicKey::from_file(file.path()).unwrap(),
        certificate.public_key().clone(),
    ] {
        unbuilt(
            builder().platform_key(OTHER_KEY_ID, key.clone()),
            ErrorKind::Builder,
            CERTIFICATE_SERIAL,
        );
        let err = Keyring::new()
            .add_public_key(OTHER_KEY_ID, key)
            .unwrap_err();
        assert!(err.to_string().contains("pub_key.pem"), "{err}");
    }
    // The same key from a key file is a public key.
    let key = PublicKey::from_bytes(PLATFORM.public.to_pem().unwrap()).unwrap();
    builder().platform_key(OTHER_KEY_ID, key).build().unwrap();
}
