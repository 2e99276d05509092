//! No printed output contains a secret of the fixtures.

use std::fmt::Debug;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use serde_json::json;
use wechatpay_chain::middleware::from_fn;
use wechatpay_chain::{
    Certificate, Client, Error, ErrorKind, Keyring, Next, Padding, Payload, PrivateKey, PublicKey,
    Request, Secret,
};
use wechatpay_sandbox::Fault;

use crate::support::keys::{self, OTHER_KEY_ID};
use crate::support::{Answer, KEY_ID, MERCHANT, SERIAL, Wire, builder, client, echoing};

const APIV3_KEY: &str = "Apiv3SecretApiv3SecretApiv3Secre";
const PASSPHRASE: &str = "correct-horse-battery";
const CARD: &str = "6214830012345678";
const NAME: &str = "欧阳娜娜";
const PHONE: &str = "13800138000";
const OPENID: &str = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";
const PROXY_PASSWORD: &str = "proxy-pass";
const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";

/// Returns the output of a subscriber of all levels during the work; empty without the feature.
fn traced<T>(out: &mut Output, work: impl FnOnce() -> T) -> T {
    #[cfg(feature = "tracing")]
    {
        let log = crate::observe::Log::default();
        let done = tracing::subscriber::with_default(log.subscriber(), work);
        out.0.extend(log.text().lines().map(str::to_owned));
        done
    }
    #[cfg(not(feature = "tracing"))]
    {
        out.0.extend(std::iter::repeat_n(String::new(), 21));
        work()
    }
}

/// All printed output.
#[derive(Default)]
struct Output(Vec<String>);

impl Output {
    fn show(&mut self, value: &impl Debug) {
        self.0.push(format!("{value:?}"));
        self.0.push(format!("{value:#?}"));
    }

    fn error(&mut self, err: &Error) {
        self.show(err);
        self.0.push(err.to_string());
        self.0.push(err.report());
        if let Some(api) = err.api() {
            self.show(api);
        }
        let mut source = std::error::Error::source(err);
        while let Some(err) = source {
            self.show(&err);
            self.0.push(err.to_string());
            source = err.source();
        }
    }

    fn failed<T>(&mut self, result: Result<T, Error>, kind: ErrorKind) {
        let err = result.err().unwrap();
        assert_eq!(err.kind(), kind, "{}", err.report());
        self.error(&err);
    }

    /// Checks that the output contains none of these.
    fn assert_free_of(&self, secrets: &[String]) {
        assert!(self.0.len() > 20, "{} texts", self.0.len());
        for secret in secrets {
            assert!(secret.len() >= 6, "{secret:?} is no needle");
            for text in &self.0 {
                assert!(!text.contains(&**secret), "{secret:?} in {text}");
            }
        }
    }
}

/// The merchant's private key in every form in which it could be printed.
fn private_key_pieces() -> Vec<String> {
    let pem = MERCHANT.pkey.private_key_to_pem_pkcs8().unwrap();
    let pem = String::from_utf8(pem).unwrap();
    let lines = pem
        .lines()
        .filter(|line| line.len() > 32 && !line.starts_with('-'));
    let mut pieces: Vec<_> = lines.map(str::to_owned).collect();
    let rsa = MERCHANT.pkey.rsa().unwrap();
    for number in [rsa.d(), rsa.p().unwrap(), rsa.q().unwrap()] {
        let hex = number.to_hex_str().unwrap().to_string();
        pieces.push(hex[..24].to_owned());
        pieces.push(hex[..24].to_ascii_lowercase());
        pieces.push(number.to_dec_str().unwrap()[..24].to_owned());
        pieces.push(as_list(&number.to_vec()[..8]));
    }
    pieces
}

/// The bytes as `{:?}` prints them.
fn as_list(bytes: &[u8]) -> String {
    format!("{bytes:?}").trim_matches(['[', ']']).to_owned()
}

fn texts(secrets: &[&str]) -> Vec<String> {
    let plain = secrets.iter().map(|secret| (*secret).to_owned());
    plain
        .chain(secrets.iter().map(|secret| as_list(secret.as_bytes())))
        .collect()
}

fn full() -> Client {
    full_over(&Wire::ok())
}

fn full_over(wire: &Wire) -> Client {
    builder()
        .apiv3_key(APIV3_KEY)
        .transport(wire.clone())
        .build()
        .unwrap()
}

#[test]
fn types_print_no_keys() {
    let mut out = Output::default();
    let certificate = keys::certificate(&MERCHANT, SERIAL, 30);
    let builder = builder()
        .apiv3_key(APIV3_KEY)
        .certificate(certificate.clone())
        .proxy(format!("http://user:{PROXY_PASSWORD}@127.0.0.1:1/"));
    out.show(&builder);
    let client = builder.build().unwrap();
    let chain = client.chain("v3/marketing").seg(OPENID.to_owned());
    out.show(&chain);
    out.show(&chain.post(json!({"card_no": CARD}), [("X-Phone", PHONE)]));
    let call = || {
        client
            .chain("v3/x/{id}")
            .post(json!({"name": NAME}), ())
            .query("phone", PHONE)
    };
    out.show(&call().var("id", OPENID));
    out.show(&call().stream());
    out.show(&call().into_future());
    out.show(&client);
    out.show(client.keyring());
    out.show(&client.keyring().get(KEY_ID));
    out.show(&MERCHANT.private);
    out.show(&MERCHANT.public);
    out.show(&certificate);
    out.show(&Secret::new(APIV3_KEY));
    out.show(&Payload::Json(json!({"card_no": CARD})));
    out.show(&Payload::Bytes(CARD.into()));
    out.show(&wechatpay_chain::transport::Body::from(CARD));
    let mut secrets = private_key_pieces();
    secrets.extend(texts(&[
        APIV3_KEY,
        CARD,
        NAME,
        PHONE,
        OPENID,
        PROXY_PASSWORD,
    ]));
    out.assert_free_of(&secrets);
}

#[test]
fn requests_and_answers_print_no_contents_and_no_signature() {
    let secret = MERCHANT
        .public
        .encrypt(Padding::Oaep, PHONE.as_bytes())
        .unwrap();
    let body = json!({"data": [{"name": secret, "mobile": NAME}]});
    let wire = Wire::answering(move |_| Answer::json(body.clone()));
    let printed = Arc::new(Mutex::new(Output::default()));
    let inside = Arc::clone(&printed);
    let client = full_over(&wire).with_stack(|stack| {
        let print = from_fn(move |request: Request, next: Next| {
            let inside = Arc::clone(&inside);
            async move {
                let show = |value: &dyn Debug| inside.lock().unwrap().show(&value);
                show(&request);
                show(&request.extensions().get::<wechatpay_chain::CallInfo>());
                show(&next);
                let response = next.run(request).await?;
                show(&response);
                Ok(response)
            }
        });
        stack.push("print", print).map(drop)
    });
    let client = client.unwrap();
    let call = || client.chain("v3/smartguide/guides").get(());
    let mut out = std::mem::take(&mut *printed.lock().unwrap());
    out.show(&call().wait().unwrap());
    out.show(&call().stream().wait().unwrap());
    let signed = call().dry_run().wait().unwrap();
    out.show(&signed);
    out.0.append(&mut printed.lock().unwrap().0);
    let sent = wire.all();
    let auth = sent[0].authorization();
    out.show(&auth);
    let mut secrets = texts(&[PHONE, NAME, APIV3_KEY]);
    for header in [
        sent[0].header("authorization"),
        signed.headers()["authorization"].to_str().ok(),
    ] {
        let auth = wechatpay_chain::signing::Authorization::parse(header.unwrap()).unwrap();
        secrets.push(auth.signature().to_owned());
    }
    out.assert_free_of(&secrets);
}

/// At TRACE, over TLS: this crate, and HTTP/2, HTTP/1.1 and TLS below it.
#[test]
fn spans_and_events_of_all_levels_hold_no_contents() {
    let sandbox = echoing().tls(true).start_blocking().unwrap();
    let client = sandbox.client_builder().build().unwrap();
    let mut out = Output::default();
    traced(&mut out, || {
        let body = json!({"out_request_no": "P1", "card_no": CARD, "name": NAME, "phone": PHONE});
        let call = client
            .chain("v3/x/{openid}")
            .post(body, [("X-Phone", PHONE)]);
        call.var("openid", OPENID)
            .query("phone", PHONE)
            .wait()
            .unwrap();
        let punish = json!({
            "out_request_no": "P1", "mchid": sandbox.mchid(), "bal_account_no": CARD, "punish_scene": 1,
        });
        client.chain(PUNISH).post(punish, ()).wait().unwrap();
        let path = format!("v3/nobody/{OPENID}/x");
        client
            .chain(path)
            .get(())
            .query("phone", PHONE)
            .wait()
            .unwrap();
        let url = format!(
            "{}v3/nobody/knows/{OPENID}?phone={PHONE}",
            sandbox.base_url()
        );
        client.get_url(url).wait().unwrap();
        let v2 = json!({"mch_id": sandbox.mchid(), "openid": OPENID, "name": NAME});
        let _ = client.chain("v2/pay/unifiedorder").post(v2, ()).wait();
        for fault in [
            Fault::Probe,
            Fault::CutBeforeAnswer,
            Fault::TamperedBody,
            Fault::WrongSignature,
        ] {
            sandbox.inject_fault(fault);
            let call = client.chain("v3/x/{id}").post(json!({"card_no": CARD}), ());
            call.var("id", OPENID).wait().unwrap_err();
        }
    });
    let mut secrets = texts(&[
        CARD,
        NAME,
        PHONE,
        OPENID,
        sandbox.apiv3_key().expose(),
        sandbox.v2_key().expose(),
    ]);
    let sent = sandbox.calls();
    let sent = sent
        .iter()
        .flat_map(|call| call.headers.get("authorization"));
    for header in sent {
        let auth = wechatpay_chain::signing::Authorization::parse(header.to_str().unwrap());
        secrets.push(auth.unwrap().signature().to_owned());
    }
    assert!(secrets.len() > 12, "{secrets:?}");
    out.assert_free_of(&secrets);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    A,
}

#[test]
fn errors_of_calls_print_no_contents() {
    let mut out = Output::default();
    let client = full();
    let punish = |body| client.chain(PUNISH).post(body, ());
    let long = CARD.repeat(20);
    out.failed(punish(json!({"card_no": long})).wait(), ErrorKind::Encrypt);
    out.failed(
        punish(json!({"card_no": {"no": CARD}})).wait(),
        ErrorKind::Encrypt,
    );
    out.failed(punish(json!([CARD])).wait(), ErrorKind::Encrypt);
    let inner = json!({"meta": format!("{{\"name\":\"{NAME}\",")});
    out.failed(
        client
            .chain("v3/x")
            .post(inner, ())
            .encrypt(["/meta/name"])
            .wait(),
        ErrorKind::Encrypt,
    );
    out.failed(client.encrypt(&long), ErrorKind::Encrypt);
    out.failed(client.decrypt(CARD), ErrorKind::Decrypt);
    let by_id = || client.chain("v3/pay/{id}").get(());
    out.failed(by_id().var("openid", OPENID).wait(), ErrorKind::Path);
    out.failed(by_id().var("id", json!([[OPENID]])).wait(), ErrorKind::Path);
    out.failed(
        by_id()
            .var("id", format!("../{OPENID}"))
            .base_url("x")
            .wait(),
        ErrorKind::Request,
    );
    out.failed(
        by_id()
            .header("X-Phone", format!("{PHONE}\n"))
            .header("X", "\0")
            .wait(),
        ErrorKind::Header,
    );
    out.failed(
        client
            .chain("v3/{+p}")
            .get(())
            .var("p", format!("../{OPENID}"))
            .wait(),
        ErrorKind::Path,
    );
    for url in [
        "https://user:PW@host name/",
        "https://user:PW@h/",
        "ftp://user:PW@h/",
        "https://user:PW@h/?a=1",
    ] {
        let url = url.replace("PW", PROXY_PASSWORD);
        out.failed(punish(json!({})).base_url(&url).wait(), ErrorKind::Request);
        out.failed(builder().base_url(url).build(), ErrorKind::Request);
    }
    let proxied = |url: &str| builder().proxy(url.replace("PW", PROXY_PASSWORD)).build();
    for url in [
        "https://user:PW@127.0.0.1:1/",
        "socks5://user:PW@127.0.0.1:1/",
    ] {
        out.failed(proxied(url), ErrorKind::Builder);
    }
    out.failed(
        proxied("http://user:PW@127.0.0.1:1/")
            .unwrap()
            .chain("v3/x")
            .get(())
            .wait(),
        ErrorKind::Connect,
    );
    out.assert_free_of(&texts(&[
        APIV3_KEY,
        CARD,
        NAME,
        PHONE,
        OPENID,
        PROXY_PASSWORD,
    ]));
}

#[test]
fn errors_about_answers_print_no_contents() {
    let mut out = Output::default();
    let encrypted = MERCHANT
        .public
        .encrypt(Padding::Oaep, PHONE.as_bytes())
        .unwrap();
    let body =
        json!({"data": [{"name": encrypted, "mobile": NAME}], "card": CARD, "n": 13800138000_u64});
    let good = body.clone();
    let wire = Wire::answering(move |_| Answer::json(good.clone()));
    let guides = client(&wire).chain("v3/smartguide/guides");
    let res = guides.get(()).wait().unwrap();
    assert_eq!(res["data"][0]["name"], PHONE);
    #[derive(Debug, Deserialize)]
    struct Guide<T> {
        #[expect(dead_code, reason = "only its type matters")]
        name: T,
    }
    #[derive(Debug, Deserialize)]
    struct Guides<T> {
        #[expect(dead_code, reason = "only its type matters")]
        data: Vec<Guide<T>>,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its type matters")]
    struct Number<T> {
        n: T,
    }
    // serde quotes the value that does not match.
    out.failed(res.json::<Guides<u64>>(), ErrorKind::Body);
    out.failed(res.json::<Guides<Kind>>(), ErrorKind::Body);
    out.failed(res.json::<Guides<char>>(), ErrorKind::Body);
    out.failed(res.json::<Number<u8>>(), ErrorKind::Body);
    out.failed(res.json::<Number<String>>(), ErrorKind::Body);
    let text = body.to_string();
    type Make = fn(String) -> Answer;
    let bodies: [(Make, ErrorKind); 5] = [
        (|_| refused_field(), ErrorKind::Api),
        (|text| Answer::bytes(text).forged(CARD), ErrorKind::Verify),
        (|text| Answer::bytes(text).status(500), ErrorKind::Api),
        (|_| Answer::bytes(CARD).status(404), ErrorKind::Api),
        (
            |text| Answer::bytes(text).header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/x"),
            ErrorKind::Probe,
        ),
    ];
    for (answer, kind) in bodies {
        let text = text.clone();
        let wire = Wire::answering(move |_| answer(text.clone()));
        out.failed(
            client(&wire).chain("v3/smartguide/guides").get(()).wait(),
            kind,
        );
    }
    let wire = Wire::answering(|_| Answer::bytes(format!("{{{CARD}")));
    let res = client(&wire).chain("v3/x").get(()).wait().unwrap();
    out.failed(res.value().map(drop), ErrorKind::Body);
    let wire = Wire::answering(|_| Answer::json(json!({"a": CARD, "b": [CARD]})));
    for pointer in ["/a", "/b", "/b/c", "/a/c"] {
        let call = client(&wire).chain("v3/x").get(()).decrypt([pointer]);
        out.failed(call.wait(), ErrorKind::Decrypt);
    }
    out.assert_free_of(&texts(&[CARD, NAME, PHONE]));
}

/// A refusal that quotes the request wherever possible.
fn refused_field() -> Answer {
    let detail = json!([
        {"field": "/card", "value": CARD, "issue": format!("{CARD} is no card"), "location": "body"},
        {"field": "/name", "value": {"first": NAME}, "issue": format!("{NAME}\n{PHONE}"), "hint": PHONE},
        {"field": "/phone", "value": [PHONE], "sign_information": {"truncated_sign_message": PHONE}},
        CARD,
    ]);
    let message = format!("{NAME} {PHONE}");
    Answer::json(json!({"code": "PARAM_ERROR", "message": message, "detail": detail})).status(400)
}

#[test]
fn errors_about_keys_print_no_keys() {
    let mut out = Output::default();
    let pem = String::from_utf8(MERCHANT.pkey.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let cipher = openssl::symm::Cipher::aes_256_cbc();
    let locked = MERCHANT
        .pkey
        .private_key_to_pem_pkcs8_passphrase(cipher, PASSPHRASE.as_bytes())
        .unwrap();
    let kind = ErrorKind::Key;
    out.failed(PrivateKey::from_bytes(pem.replace('A', "!")), kind);
    out.failed(PrivateKey::from_bytes(&pem[..pem.len() / 2]), kind);
    out.failed(PrivateKey::from_bytes(&locked), kind);
    out.failed(
        PrivateKey::from_bytes_with_passphrase(&locked, format!("{PASSPHRASE}!")),
        kind,
    );
    out.failed(PrivateKey::from_pkcs12(&locked[30..], PASSPHRASE), kind);
    PrivateKey::from_bytes_with_passphrase(&locked, PASSPHRASE).unwrap();
    // The key in place of its file's name, and the private key in place of the public one.
    out.failed(PrivateKey::from_file(&pem), kind);
    out.failed(PublicKey::from_file(&pem), kind);
    out.failed(PublicKey::from_bytes(&pem), kind);
    out.failed(Certificate::from_bytes(&pem), kind);
    out.failed(PublicKey::from_bytes(format!("file://{pem}")), kind);
    let ring = Keyring::new();
    out.failed(
        ring.add_public_key("PUB_KEY", MERCHANT.public.clone()),
        kind,
    );
    for key in [&APIV3_KEY[1..], &format!("{APIV3_KEY}1")] {
        out.failed(builder().apiv3_key(key).build(), ErrorKind::Builder);
    }
    out.failed(
        builder()
            .platform_key(OTHER_KEY_ID, MERCHANT.public.clone())
            .build(),
        ErrorKind::Builder,
    );
    let other = keys::certificate(&keys::OTHER, SERIAL, 1);
    out.failed(builder().certificate(other).build(), ErrorKind::Builder);
    let mut secrets = private_key_pieces();
    secrets.extend(texts(&[&APIV3_KEY[1..], PASSPHRASE]));
    out.assert_free_of(&secrets);
}
