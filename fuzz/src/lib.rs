//! The bodies of the fuzz targets: they take bytes and panic if the library violates a property.

mod bill;
mod media;
mod notification;
mod options;
mod porter;
mod xml;

use std::cell::LazyCell;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use wechatpay_chain::signing::{Authorization, SignatureHeaders};
use wechatpay_chain::{
    Certificate, Client, KeyAlgorithm, Keyring, PrivateKey, PublicKey, Response, catalog,
};
use wechatpay_chain_path as path;

pub use bill::bill;
pub use media::{media, multipart};
pub use notification::{notification, resource, seeds as signed_notifications};
pub use options::options;
pub use porter::{nesting, porter};
pub use xml::xml;

/// A target's name and function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, for the smoke runner.
pub const TARGETS: [Target; 16] = [
    ("authorization", authorization),
    ("bill", bill),
    ("catalog", catalog),
    ("chain", chain),
    ("keys", keys),
    ("media", media),
    ("multipart", multipart),
    ("nesting", nesting),
    ("notification", notification),
    ("options", options),
    ("paths", paths),
    ("porter", porter),
    ("resource", resource),
    ("response", response),
    ("signature", signature),
    ("xml", xml),
];

/// An `Authorization` header: a header that was parsed and can be written is parsed to the same parts again.
pub fn authorization(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let Ok(parsed) = Authorization::parse(text) else {
        return;
    };
    if let Ok(value) = parsed.to_header_value() {
        assert!(value.is_sensitive());
        let written = str::from_utf8(value.as_bytes()).expect("made from text");
        let again = Authorization::parse(written).expect("what was written is well formed");
        assert!(again == parsed, "{text:?} does not survive");
    }
}

/// A method and path: an operation that is found is also found by its documented path.
pub fn catalog(data: &[u8]) {
    let Some([method, path]) = texts(data) else {
        return;
    };
    let Ok(method) = Method::from_bytes(method.as_bytes()) else {
        return;
    };
    if let Some(found) = catalog::find(&method, path) {
        let again = catalog::find(&method, found.path()).expect("the table finds its own rows");
        assert!(std::ptr::eq(found, again), "{path:?}");
        assert_eq!(found.method(), method);
    }
}

/// A template, a variable's name and value, and a query: with any input, a request goes only to the
/// intended host, and dot segments do not change its path.
pub fn chain(data: &[u8]) {
    let Some([template, name, value, query]) = texts(data) else {
        return;
    };
    thread_local! {
        static CLIENT: LazyCell<(Client, Runtime)> = const { LazyCell::new(client_and_runtime) };
    }
    CLIENT.with(|both| {
        let (client, runtime) = &**both;
        let mut call = client.chain(template.to_owned()).get(());
        if !name.is_empty() {
            // JSON becomes a list or map, anything else a text.
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            call = call.var(name.to_owned(), value);
        }
        if !query.is_empty() {
            call = call.query("q", query);
        }
        let Ok(request) = runtime.block_on(call.dry_run().into_future()) else {
            return;
        };
        let uri = request.uri();
        assert_eq!(uri.scheme_str(), Some("https"), "{uri}");
        assert_eq!(uri.host(), Some("gateway.example"), "{uri}");
        let path = uri.path().replace("%2e", ".").replace("%2E", ".");
        assert!(
            path.split('/').all(|part| part != "." && part != ".."),
            "{uri}"
        );
    });
}

/// Keys and certificates in any form except `file://`, which would read this machine's files.
pub fn keys(data: &[u8]) {
    if data
        .windows(5)
        .any(|word| word.eq_ignore_ascii_case(b"file:"))
    {
        return;
    }
    if let Ok(key) = PrivateKey::from_bytes(data) {
        let public = key.public_key();
        assert_eq!(key.algorithm(), public.algorithm());
        assert!(key.algorithm() == KeyAlgorithm::Sm2 || key.modulus_len() >= 256);
        assert_eq!(key.modulus_len(), public.modulus_len());
    }
    if let Ok(key) = PublicKey::from_bytes(data) {
        assert!(!key.verify(b"", "AAAA"));
    }
    if let Ok(certificate) = Certificate::from_bytes(data) {
        let pem = certificate.to_pem().expect("what was read can be written");
        let again = Certificate::from_bytes(pem).expect("what was written can be read");
        assert_eq!(again.serial(), certificate.serial());
        assert_eq!(again.not_after(), certificate.not_after());
    }
}

/// Literals and templates of the path crate: a normalised literal is well formed and normal.
pub fn paths(data: &[u8]) {
    let Some([first, second]) = texts(data) else {
        return;
    };
    let _ = path::normalize_segment(first);
    let _ = path::check_expanded(first);
    for part in path::parts(first) {
        if let Ok(path::Part::Expression(expression)) = part {
            let _ = expression.variables().count();
        }
    }
    let Ok(normal) = path::normalize_literal(first) else {
        return;
    };
    assert_eq!(
        path::check_template(&normal),
        Ok(()),
        "{first:?} gave {normal:?}"
    );
    let again = path::normalize_literal(&normal);
    assert_eq!(
        again.as_ref(),
        Ok(&normal),
        "{first:?} is not normal at once"
    );
    let mut joined = normal;
    if path::check_template(second).is_ok() && path::join(&mut joined, second).is_ok() {
        for part in path::parts(&joined) {
            part.expect("two well-formed templates make one");
        }
    }
}

/// Reads a response's body in every form.
pub fn response(data: &[u8]) {
    let response = Response::new(StatusCode::OK, HeaderMap::new(), data.to_vec());
    let _ = response["code"].as_str();
    let _ = response.text();
    let _ = response.json::<std::collections::HashMap<String, String>>();
    let parsed = response.value().cloned();
    assert_eq!(response.bytes(), data);
    if let Ok(value) = parsed {
        assert_eq!(response.into_value().ok(), Some(value));
    }
}

/// The four signature headers and a body: made-up input is never verified.
pub fn signature(data: &[u8]) {
    thread_local! {
        static KEYRING: LazyCell<Keyring> = const { LazyCell::new(keyring) };
    }
    let Some([serial, timestamp, nonce, signature, body]) = texts(data) else {
        return;
    };
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("wechatpay-serial", serial),
        ("wechatpay-timestamp", timestamp),
        ("wechatpay-nonce", nonce),
        ("wechatpay-signature", signature),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(name, value);
        }
    }
    let Ok(read) = SignatureHeaders::read(&headers) else {
        return;
    };
    KEYRING.with(|keyring| {
        let verified = read.verify(keyring, 1_767_245_375, body.as_bytes());
        assert!(verified.is_err(), "{data:?} is verified");
    });
}

const KEY_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";
const SPKI: &str = include_str!("../../tests/data/keys/spki.pem");
const PKCS8: &str = include_str!("../../tests/data/keys/pkcs8.pem");

fn keyring() -> Keyring {
    let keyring = Keyring::new();
    let key = PublicKey::from_bytes(SPKI).expect("a test key");
    keyring.add_public_key(KEY_ID, key).expect("an id");
    keyring
}

/// Without `signer`, since RSA would take most of the time.
fn client_and_runtime() -> (Client, Runtime) {
    let client = Client::builder()
        .mchid("1900000109")
        .serial("5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
        .private_key(PrivateKey::from_bytes(PKCS8).expect("a test key"))
        .keyring(Keyring::new())
        .base_url("https://gateway.example/")
        .transport(Arc::new(wechatpay_chain::transport::from_fn(|_| async {
            Err(wechatpay_chain::Error::new(
                wechatpay_chain::ErrorKind::Connect,
                "nothing is sent",
            ))
        })))
        .stack(|stack| stack.remove(wechatpay_chain::middleware::SIGNER).map(drop))
        .build()
        .expect("a client");
    let runtime = Builder::new_current_thread().enable_time().build();
    (client, runtime.expect("a runtime"))
}

/// Returns the lines of a text; the last one includes the rest, and missing ones are empty.
fn texts<const N: usize>(data: &[u8]) -> Option<[&str; N]> {
    let mut lines = str::from_utf8(data).ok()?.splitn(N, '\n');
    Some(std::array::from_fn(|_| lines.next().unwrap_or_default()))
}
