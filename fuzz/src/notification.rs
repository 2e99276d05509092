//! Notifications of both versions, as they are sent.

use std::cell::LazyCell;

use http::{HeaderMap, HeaderName, HeaderValue};
use wechatpay_chain::crypto::aes;
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::signing::{SignType, response_text};
use wechatpay_chain::{Clock, PrivateKey, PublicKey, Result, Secret, Verification};

const APIV3: &str = "apiv3-key-of-32-bytes-for-tests!";
const V2: &str = "192006250b4c09247ec02edce69f6a2d";
const NOW: i64 = 1_767_245_375;

/// Headers, an empty line and a body: a message is accepted only exactly as it was signed.
///
/// APIv2's refunds are unsigned, and the blocks of a ciphertext can be rearranged: for them this target
/// checks only that nothing panics.
pub fn notification(data: &[u8]) {
    let (head, body) = match data.windows(2).position(|window| window == b"\n\n") {
        Some(at) => (&data[..at], &data[at + 2..]),
        None => (&b""[..], data),
    };
    let headers = headers(head);
    with_reader(|reader| {
        let Ok(notification) = reader.parse(&headers, body) else {
            return;
        };
        if matches!(notification.verification(), Verification::Verified { .. }) {
            let order = &notification.resource()["out_trade_no"];
            assert_eq!(order, "order-1", "a changed message is believed");
        }
    });
}

/// The plaintext of a resource, encrypted with the real key: decryption returns the same plaintext.
///
/// It uses an event of APIv2, whose signature takes a thousandth of the time of APIv3's.
pub fn resource(data: &[u8]) {
    let Some(ciphertext) = ciphertext(data) else {
        return;
    };
    let message = v2_message(&[
        ("event_id", "EV-1"),
        ("event_type", "TRANSACTION.SUCCESS"),
        ("event_algorithm", "AEAD_AES_256_GCM"),
        ("event_nonce", NONCE),
        ("event_associated_data", AAD),
        ("event_ciphertext", &ciphertext),
    ]);
    with_reader(
        |reader| match reader.parse(&HeaderMap::new(), message.as_bytes()) {
            Ok(notification) => {
                let text = notification.resource_text().expect("JSON");
                assert_eq!(text.as_bytes(), data, "not what was written");
                let _ = notification.resource_as::<std::collections::HashMap<String, String>>();
            }
            Err(err) => assert!(
                serde_json::from_slice::<serde_json::Value>(data).is_err(),
                "JSON is refused: {}",
                err.report()
            ),
        },
    );
}

const NONCE: &str = "fdasflkja484";
const AAD: &str = "transaction";

fn ciphertext(plain: &[u8]) -> Option<String> {
    let key = APIV3.as_bytes().try_into().ok()?;
    let sealed = aes::gcm_encrypt(key, NONCE.as_bytes(), AAD.as_bytes(), plain);
    Some(base64(&sealed.ok()?))
}

fn signed(body: &[u8]) -> HeaderMap {
    thread_local! {
        static KEY: LazyCell<PrivateKey> = const { LazyCell::new(private_key) };
    }
    let (timestamp, nonce) = (NOW.to_string(), "5K8264ILTKCH16CQ2502SI8ZNMTM67VS");
    let text = response_text(&timestamp, nonce, body);
    let signature = KEY.with(|key| key.sign(&text)).expect("a signature");
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("wechatpay-serial", crate::KEY_ID),
        ("wechatpay-timestamp", &timestamp),
        ("wechatpay-nonce", nonce),
        ("wechatpay-signature", &signature),
    ] {
        headers.insert(name, HeaderValue::from_str(value).expect("a text"));
    }
    headers
}

fn headers(head: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let Some(at) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let name = HeaderName::from_bytes(&line[..at]);
        let value = HeaderValue::from_bytes(line[at + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

fn with_reader(work: impl FnOnce(&Notifications)) {
    thread_local! {
        static READER: LazyCell<Notifications> = const { LazyCell::new(reader) };
    }
    READER.with(|reader| work(reader));
}

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> i64 {
        NOW
    }

    fn nonce(&self) -> Result<String> {
        Ok("0123456789abcdefABCDEF0123456789".into())
    }
}

fn reader() -> Notifications {
    let key: PublicKey = private_key().public_key().clone();
    let builder = Notifications::builder().platform_key(crate::KEY_ID, key);
    let builder = builder.apiv3_key(APIV3).v2_key(V2).clock(Still);
    builder.build().expect("a reader")
}

fn private_key() -> PrivateKey {
    PrivateKey::from_bytes(crate::PKCS8).expect("a test key")
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let three = [0, 1, 2].map(|at| chunk.get(at).copied().unwrap_or_default());
        let number = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for digit in 0..4 {
            let at = (number >> (18 - 6 * digit)) & 63;
            let past = digit > chunk.len();
            out.push(if past {
                '='
            } else {
                DIGITS[at as usize] as char
            });
        }
    }
    out
}

/// Signed messages for the seeds.
#[must_use]
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let plain = br#"{"out_trade_no":"order-1","amount":{"total":100}}"#;
    let text = serde_json::json!({
        "id": "EV-1",
        "event_type": "TRANSACTION.SUCCESS",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": ciphertext(plain).expect("a ciphertext"),
            "nonce": NONCE,
            "associated_data": AAD,
        },
    });
    let text = text.to_string();
    let mut v3 = Vec::new();
    for (name, value) in &signed(text.as_bytes()) {
        let value = value.to_str().expect("a text");
        v3.extend_from_slice(format!("{name}: {value}\n").as_bytes());
    }
    v3.push(b'\n');
    v3.extend_from_slice(text.as_bytes());
    let v2 = v2_message(&[
        ("return_code", "SUCCESS"),
        ("result_code", "SUCCESS"),
        ("out_trade_no", "order-1"),
        ("total_fee", "100"),
        ("attach", "a&amp;b"),
    ]);
    vec![("v3", v3), ("v2", v2.into_bytes())]
}

fn v2_message(members: &[(&str, &str)]) -> String {
    let sign = SignType::Md5.sign(members.iter().copied(), &Secret::new(V2));
    let sign = sign.expect("MD5");
    let signed = [("sign", &*sign)];
    let members = members.iter().chain(&signed);
    let members: String = members
        .map(|(name, value)| format!("<{name}><![CDATA[{value}]]></{name}>\n"))
        .collect();
    format!("<xml>{members}</xml>")
}
