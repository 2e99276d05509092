//! The script in place of a network: it signs its answers, and fails where it says so.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use wechatpay_chain::testing::Replay;
use wechatpay_chain::transport::{Body, BoxFuture, Transport};
use wechatpay_chain::{Error, ErrorKind, Padding, PrivateKey, PublicKey, Result, SignedRequest};

use crate::world::World;

#[derive(Clone)]
pub(crate) struct Script {
    inner: Arc<Inner>,
}

struct Inner {
    answers: Mutex<VecDeque<Value>>,
    sent: Mutex<usize>,
    platform: PrivateKey,
    merchant: PublicKey,
    serial: String,
    now: i64,
}

impl Script {
    pub(crate) fn new(
        answers: Vec<Value>,
        platform: PrivateKey,
        merchant: PublicKey,
        serial: String,
        now: i64,
    ) -> Self {
        let inner = Inner {
            answers: Mutex::new(answers.into()),
            sent: Mutex::new(0),
            platform,
            merchant,
            serial,
            now,
        };
        Self { inner: Arc::new(inner) }
    }
}

impl Transport for Script {
    fn send(&self, request: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>>> {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            // It is Replay that reads a request.
            let replay = Replay::new([http::Response::new("".into())]);
            replay.send(request).await?;
            let made = replay.requests();
            World::the().note("request", inner.seen(&made[0]));
            inner.answer()
        })
    }
}

/// The error of the default transport for a server that closes the connection before it answers.
fn nothing() -> Error {
    Error::new(ErrorKind::Transport, "the script says: nothing").with_nothing_received()
}

impl Inner {
    fn answer(&self) -> Result<http::Response<Body>> {
        let turn = {
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            *sent += 1;
            *sent
        };
        let next = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let answer = next.unwrap_or_else(|| json!("connect"));
        match answer.as_str() {
            Some("timeout") => return Err(Error::new(ErrorKind::Timeout, "the script says: a timeout")),
            Some("connect") => return Err(Error::new(ErrorKind::Connect, "the script says: no connection")),
            Some("nothing") => return Err(nothing()),
            Some("broken") => return Err(Error::new(ErrorKind::Transport, "the script says: broken off")),
            _ => {}
        }
        let body = self.sealed(answer["body"].as_str().unwrap_or_default());
        let status = answer["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
        let mut response = http::Response::builder().status(status);
        for (name, value) in answer["headers"].as_object().into_iter().flatten() {
            response = response.header(name, value.as_str().unwrap_or_default());
        }
        if answer["signed"] == true {
            let nonce = format!("answer{turn:026}");
            let text = format!("{}\n{nonce}\n{body}\n", self.now);
            response = response
                .header("Wechatpay-Timestamp", self.now.to_string())
                .header("Wechatpay-Nonce", nonce)
                .header("Wechatpay-Serial", &self.serial)
                .header("Wechatpay-Signature", self.platform.sign(text.as_bytes())?);
        }
        Ok(response.body(body.into()).expect("a response"))
    }

    /// The marks of the script as ciphertexts for the merchant.
    fn sealed(&self, text: &str) -> String {
        let mut made = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{enc:") {
            let (mark, after) = after.split_once("}}").expect("a mark");
            let plain = decoded(mark);
            made.push_str(before);
            made.push_str(&self.merchant.encrypt(Padding::Oaep, &plain).expect("a ciphertext"));
            rest = after;
        }
        made + rest
    }

    fn seen(&self, made: &SignedRequest) -> Value {
        let mut headers = serde_json::Map::new();
        for name in made.headers().keys() {
            let values: Vec<_> = made.headers().get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            headers.insert(name.as_str().to_owned(), json!(values.join(", ")));
        }
        json!({
            "method": made.method().as_str(),
            "uri": self.opened(&made.uri().to_string()),
            "headers": headers,
            "body": self.opened(&String::from_utf8_lossy(made.body())),
        })
    }

    /// Ciphertexts for the platform as marks.
    fn opened(&self, text: &str) -> String {
        let mut made = String::new();
        let mut run = String::new();
        for c in text.chars().chain(['\0']) {
            if c.is_ascii_alphanumeric() || "+/=%".contains(c) {
                run.push(c);
                continue;
            }
            made.push_str(&self.mark(&run).unwrap_or(run));
            run = String::new();
            if c != '\0' {
                made.push(c);
            }
        }
        made
    }

    fn mark(&self, text: &str) -> Option<String> {
        let plain = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        if plain.len() != 344 {
            return None;
        }
        let paddings = [Padding::Oaep, Padding::Pkcs1v15];
        let opened = paddings.iter().find_map(|padding| self.platform.decrypt(*padding, &plain).ok())?;
        Some(format!("{{{{enc:{}}}}}", encoded(&opened)))
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut number = 0_u32;
        for place in 0..3 {
            number = number << 8 | u32::from(chunk.get(place).copied().unwrap_or_default());
        }
        for place in 0..4 {
            let index = (number >> (18 - 6 * place)) & 63;
            text.push(if place <= chunk.len() { char::from(ALPHABET[index as usize]) } else { '=' });
        }
    }
    text
}

pub(crate) fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut number, mut bits) = (0_u32, 0);
    for c in text.bytes().filter(|c| *c != b'=') {
        let index = ALPHABET.iter().position(|known| *known == c).expect("base64");
        number = number << 6 | u32::try_from(index).expect("an index");
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(number >> bits & 255).expect("a byte"));
        }
    }
    bytes
}
