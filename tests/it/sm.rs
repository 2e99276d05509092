//! 国密: SM2 keys in the client.

use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::signing::response_text;
use wechatpay_chain::{
    Certificate, Client, ClientBuilder, ErrorKind, KeyAlgorithm, Keyring, PrivateKey, PublicKey,
    VerifyFailure,
};

use crate::support::answer::now;
use crate::support::{Answer, KEY_ID, PLATFORM, Wire};

macro_rules! file {
    ($name:literal) => {
        concat!(env!("CARGO_MANIFEST_DIR"), "/data/keys/", $name)
    };
}

const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";

fn key(path: &str) -> PrivateKey {
    PrivateKey::from_file(path).unwrap()
}

fn sm2() -> ClientBuilder {
    let builder = Client::builder().mchid("1900000110").serial(SERIAL);
    builder.private_key(key(file!("sm/pkcs8.pem")))
}

fn rsa() -> ClientBuilder {
    let builder = Client::builder().mchid("1900000110").serial(SERIAL);
    builder.private_key(key(file!("pkcs8.pem")))
}

/// Certificates whose key is not the merchant's.
fn platform_sm2() -> Certificate {
    Certificate::from_file(file!("sm/ca.pem")).unwrap()
}

fn refusal(builder: ClientBuilder) -> (String, String) {
    let err = builder.build().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder, "{err}");
    (err.report(), err.report_zh())
}

#[test]
fn a_client_takes_keys_of_one_algorithm() {
    assert!(sm2().platform_certificate(platform_sm2()).build().is_ok());
    let id = "PUB_KEY_ID_0114232134912410000000000000";
    let other = PublicKey::from_file(file!("spki.pem")).unwrap();
    for builder in [
        rsa().platform_certificate(platform_sm2()),
        sm2().platform_key(id, other.clone()),
        sm2()
            .platform_certificate(platform_sm2())
            .platform_key(id, other),
    ] {
        let (english, chinese) = refusal(builder);
        assert!(english.contains("the algorithms are mixed"), "{english}");
        assert!(chinese.contains("算法不一致"), "{chinese}");
    }
    let (english, chinese) = refusal(
        sm2()
            .certificate(Certificate::from_file(file!("certificate.pem")).unwrap())
            .platform_certificate(platform_sm2()),
    );
    assert!(english.contains("the algorithms are mixed"), "{english}");
    assert!(chinese.contains("算法不一致"), "{chinese}");
}

#[test]
fn a_shared_keyring_keeps_the_algorithm_of_its_client() {
    let keyring = Keyring::new();
    sm2().keyring(keyring.clone()).build().unwrap();
    let rsa_key = PublicKey::from_file(file!("spki.pem")).unwrap();
    let id = "PUB_KEY_ID_0114232134912410000000000000";
    let err = keyring.add_public_key(id, rsa_key).unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder);
    keyring.add_certificate(&platform_sm2()).unwrap();
    let (english, chinese) = refusal(rsa().keyring(Keyring::clone(&keyring)));
    assert!(english.contains("mixed"), "{english}");
    assert!(chinese.contains("算法不一致"), "{chinese}");
    let empty = Keyring::new();
    sm2().keyring(empty.clone()).build().unwrap();
    let (english, chinese) = refusal(rsa().keyring(empty));
    assert!(english.contains("its own keyring"), "{english}");
    assert!(chinese.contains("密钥库"), "{chinese}");
}

#[test]
fn a_failed_build_does_not_change_a_shared_keyring() {
    let id = "PUB_KEY_ID_0114232134912410000000000000";
    let rsa_key = || PublicKey::from_file(file!("spki.pem")).unwrap();
    let own = || Certificate::from_file(file!("sm/certificate.pem")).unwrap();
    let fitting = || sm2().platform_certificate(platform_sm2());
    for (why, failing) in [
        ("another algorithm", fitting().platform_key(id, rsa_key())),
        ("the merchant's own", fitting().platform_certificate(own())),
        ("no id", rsa().platform_key("PUB_KEY_ID_x", rsa_key())),
        ("base URL", fitting().base_url("nonsense")),
        ("host", fitting().trust_host("https://a/")),
        ("header", fitting().user_agent("a\nb")),
        ("timeout", fitting().timeout(std::time::Duration::ZERO)),
        ("certificates", fitting().certificates(Certificates::auto())),
        (
            "stack",
            fitting().stack(|stack| stack.remove("nothing").map(drop)),
        ),
    ] {
        let keyring = Keyring::new();
        let failed = failing.keyring(keyring.clone()).build();
        assert!(failed.is_err(), "{why}");
        assert!(keyring.ids().is_empty(), "{why}");
        // Neither an algorithm is required nor a merchant's key rejected.
        keyring.add_public_key(id, rsa_key()).expect(why);
        assert!(keyring.remove(id));
        keyring.add_certificate(&own()).expect(why);
    }
}

#[test]
fn apiv2_and_brands_refuse_sm2_keys() {
    let v2 = sm2()
        .platform_certificate(platform_sm2())
        .v2_key("1".repeat(32));
    let (english, chinese) = refusal(v2);
    assert!(english.contains("APIv2 knows RSA"), "{english}");
    assert!(chinese.contains("RSA 证书"), "{chinese}");
    let brand = Client::builder().brand_id("120344").serial(SERIAL);
    let brand = brand.private_key(key(file!("sm/pkcs8.pem")));
    let (english, chinese) = refusal(brand.platform_certificate(platform_sm2()));
    assert!(english.contains("brand"), "{english}");
    assert!(chinese.contains("品牌"), "{chinese}");
}

#[test]
fn a_request_is_signed_with_sm2() {
    let client = sm2().platform_certificate(platform_sm2()).build().unwrap();
    let order = serde_json::json!({"a": "b"});
    let request = client["v3/pay/transactions/native"]
        .post(order, ())
        .dry_run()
        .wait()
        .unwrap();
    let header = request.headers()["authorization"].to_str().unwrap();
    let auth = wechatpay_chain::signing::Authorization::parse(header).unwrap();
    assert!(
        header.starts_with("WECHATPAY2-SM2-WITH-SM3 mchid=\"1900000110\","),
        "{header}"
    );
    let text = wechatpay_chain::signing::request_text(
        "POST",
        "/v3/pay/transactions/native",
        auth.timestamp(),
        auth.nonce_str(),
        br#"{"a":"b"}"#,
    );
    let public = PublicKey::from_file(file!("sm/spki.pem")).unwrap();
    assert!(public.verify(&text, auth.signature()));
    assert_eq!(public.algorithm(), KeyAlgorithm::Sm2);
}

#[test]
fn pay_parameters_refuse_sm2_keys() {
    let client = sm2().platform_certificate(platform_sm2()).build().unwrap();
    let err = client
        .pay()
        .jsapi("wx8888888888888888", "wx2016")
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Unsupported, "{err}");
    assert!(err.report_zh().contains("signType"), "{}", err.report_zh());
}

#[test]
fn certificate_mode_takes_sm2_keys() {
    let client = sm2()
        .apiv3_key("1".repeat(32))
        .certificates(Certificates::auto());
    assert!(client.build().is_ok());
}

fn failure(builder: ClientBuilder, answer: Answer) -> VerifyFailure {
    let kind = "WECHATPAY2-SM2-WITH-SM3";
    let answer = answer.header("Wechatpay-Signature-Type", kind);
    let wire = Wire::answering(move |_| answer.clone());
    let client = builder.transport(wire).build().unwrap();
    let err = client.chain("v3/x").get(()).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Verify, "{}", err.report());
    err.verify_failure().unwrap().clone()
}

/// In the name of its own key, and in that of the client's.
#[test]
fn an_answer_signed_with_the_other_algorithm_is_refused() {
    let by_rsa = Answer::json(serde_json::json!({"a": 1}));
    let client = || sm2().platform_certificate(platform_sm2());
    let unknown = failure(client(), by_rsa.clone());
    assert!(matches!(unknown, VerifyFailure::UnknownSerial { .. }));
    let serial = platform_sm2().serial().to_owned();
    let named = by_rsa.header("Wechatpay-Serial", &serial);
    let wrong = failure(client(), named);
    assert!(matches!(wrong, VerifyFailure::Signature { .. }));
    // The other way: SM2 signs in the name of the client's RSA key.
    let (now, body) = (now().to_string(), br#"{"a":1}"#);
    let text = response_text(&now, "nonce", body);
    let signature = key(file!("sm/pkcs8.pem")).sign(&text).unwrap();
    let by_sm2 = Answer::unsigned(&body[..])
        .header("Wechatpay-Serial", KEY_ID)
        .header("Wechatpay-Timestamp", &now)
        .header("Wechatpay-Nonce", "nonce")
        .header("Wechatpay-Signature", &signature);
    let wrong = failure(rsa().platform_key(KEY_ID, PLATFORM.public.clone()), by_sm2);
    assert!(matches!(wrong, VerifyFailure::Signature { .. }));
}
