//! APIv2's uploads: the signed fields, and the gateway's checks.

use serde_json::json;
use wechatpay_chain::crypto::digest;
use wechatpay_chain::{Client, ErrorKind, Media};
use wechatpay_sandbox::Sandbox;

use super::sandbox;
use crate::support::keys::MCHID;
use crate::support::{Answer, Wire};

const UPLOAD: &str = "v2/secapi/mch/uploadmedia";

fn refused(client: &Client, media: Media) -> String {
    let err = client.chain(UPLOAD).post(media, ()).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Api, "{}", err.report());
    err.api().unwrap().message.clone()
}

#[test]
fn the_gateway_checks_sign_and_hash() {
    let (sandbox, client) = sandbox();
    let answer = wechatpay_sandbox::StubResponse::json(json!({"media_id": "M1"}));
    sandbox
        .stub("POST", "secapi/mch/uploadmedia", answer)
        .unwrap();
    let media = || Media::from_bytes("a.jpg", "abc");
    let res = client.chain(UPLOAD).post(media(), ()).wait().unwrap();
    assert_eq!(res["media_id"], "M1");
    let call = sandbox.last_call().unwrap();
    assert!(call.verdict.is_accepted(), "{:?}", call.verdict);
    let fields = call.json.unwrap();
    assert_eq!(fields["media_hash"], "900150983cd24fb0d6963f7d28e17f72");

    let other = media().meta_field("media_hash", "900150983cd24fb0d6963f7d28e17f73");
    assert_eq!(refused(&client, other), "media_hash校验失败");
    let elsewhere = media().part("file2");
    assert_eq!(refused(&client, elsewhere), "缺少参数media");
    let forger = sandbox
        .client_builder()
        .v2_key("v2secretv2secretv2secretv2secret");
    assert_eq!(refused(&forger.build().unwrap(), media()), "签名错误");
}

#[test]
fn the_gateway_requires_the_merchant_certificate() {
    let sandbox = Sandbox::builder().tls(true).start_blocking().unwrap();
    let client = sandbox.client().unwrap();
    let call = || {
        let media = Media::from_bytes("a.jpg", "abc");
        client.chain(UPLOAD).post(media, ())
    };
    call().wait().unwrap();
    let err = call().security(false).wait().unwrap_err();
    assert_eq!(err.api().unwrap().message, "请使用商户证书发起请求");
}

#[test]
fn options_that_apiv2_lacks_are_rejected() {
    let (sandbox, client) = sandbox();
    let made = Media::from_bytes("a", "x").meta_with(|_, sha256| json!({"sha256": sha256}));
    let list = Media::from_bytes("a", "x").meta(json!([1]));
    for media in [made, list] {
        let err = client.chain(UPLOAD).post(media, ()).wait().unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Request, false));
    }
    assert_eq!(sandbox.calls().len(), 0);
}

#[test]
fn apiv2_signs_its_fields_and_the_md5() {
    let wire = Wire::answering(|_| Answer::unsigned("<xml><return_code>FAIL</return_code></xml>"));
    let client = Client::builder()
        .mchid(MCHID)
        .v2_key("v2secretv2secretv2secretv2secret")
        .transport(wire.clone())
        .build()
        .unwrap();
    let call = client.chain(UPLOAD);
    let _ = call.post(Media::from_bytes("a.jpg", "abc"), ()).wait();
    let sent = wire.only();
    assert_eq!(sent.target(), "/secapi/mch/uploadmedia");
    let text = String::from_utf8(sent.body.to_vec()).unwrap();
    let signed = format!(
        "mch_id={MCHID}&media_hash=900150983cd24fb0d6963f7d28e17f72&sign_type=HMAC-SHA256&key=v2secretv2secretv2secretv2secret"
    );
    let key = b"v2secretv2secretv2secretv2secret";
    let sign = digest::hmac_sha256_hex(key, signed.as_bytes()).unwrap();
    let field = |name: &str, value: &str| {
        let len = value.len();
        format!("form-data; name=\"{name}\"\r\nContent-Length: {len}\r\n\r\n{value}\r\n")
    };
    for expected in [
        field("mch_id", MCHID),
        field("media_hash", "900150983cd24fb0d6963f7d28e17f72"),
        field("sign_type", "HMAC-SHA256"),
        field("sign", &sign),
        "name=\"media\"; filename=\"a.jpg\"\r\nContent-Length: 3\r\nContent-Type: image/jpeg\r\n\r\nabc\r\n--"
            .to_owned(),
    ] {
        assert!(text.contains(&expected), "{expected}\nin\n{text}");
    }
}
