//! A client that knows nothing of this crate's: it can get everything wrong.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use wechatpay_chain::PrivateKey;
use wechatpay_sandbox::Sandbox;

use super::Outcome;

/// A request, right until something in it is changed.
#[derive(Clone)]
pub(super) struct Raw {
    pub(super) method: &'static str,
    pub(super) target: String,
    pub(super) scheme: &'static str,
    pub(super) mchid: String,
    pub(super) serial: String,
    pub(super) timestamp: i64,
    pub(super) nonce: String,
    /// The text that the signature covers; the body when `None`.
    pub(super) signed: Option<Vec<u8>>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) key: PrivateKey,
}

/// An answer, with its head as it came.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Raw {
    pub(super) fn new(sandbox: &Sandbox, method: &'static str, target: &str) -> Outcome<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        Ok(Self {
            method,
            target: target.to_owned(),
            scheme: "WECHATPAY2-SHA256-RSA2048",
            mchid: sandbox.mchid().to_owned(),
            serial: sandbox.serial().to_owned(),
            timestamp: i64::try_from(now.as_secs())?,
            nonce: format!("nonce{}", now.as_nanos()),
            signed: None,
            headers: vec![
                ("Accept", "application/json".to_owned()),
                ("User-Agent", "raw".to_owned()),
            ],
            body: Vec::new(),
            key: sandbox.merchant_key().clone(),
        })
    }

    pub(super) fn post(sandbox: &Sandbox, target: &str, body: &Value) -> Outcome<Self> {
        let raw = Self::new(sandbox, "POST", target)?;
        Ok(raw.body(body.to_string()))
    }

    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| *header != name);
        self
    }

    pub(super) fn text(&self) -> Vec<u8> {
        let Self {
            method,
            target,
            timestamp,
            nonce,
            ..
        } = self;
        let mut text = format!("{method}\n{target}\n{timestamp}\n{nonce}\n").into_bytes();
        text.extend_from_slice(self.signed.as_deref().unwrap_or(&self.body));
        text.push(b'\n');
        text
    }

    /// With the header that a right client sends.
    pub(super) fn authorized(self) -> Outcome<Self> {
        let value = format!(
            "{} mchid=\"{}\",nonce_str=\"{}\",signature=\"{}\",timestamp=\"{}\",serial_no=\"{}\"",
            self.scheme,
            self.mchid,
            self.nonce,
            self.key.sign(&self.text())?,
            self.timestamp,
            self.serial
        );
        Ok(self.header("Authorization", value))
    }

    /// The request as bytes; nothing in it is changed any more.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        // A body without one has to say so: with an empty one, which is not sent.
        let mut names = self.headers.iter().map(|(name, _)| *name);
        if !self.body.is_empty() && !names.any(|name| name == "Content-Type") {
            head.push_str("Content-Type: application/json\r\n");
        }
        head.push_str("Host: 127.0.0.1\r\nConnection: close\r\n");
        let sent = self.headers.iter();
        let sent = sent.filter(|(name, value)| *name != "Content-Type" || !value.is_empty());
        for (name, value) in sent {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }

    pub(super) fn send(&self, sandbox: &Sandbox) -> Outcome<Answer> {
        exchange(TcpStream::connect(sandbox.address())?, &self.bytes())
    }
}

/// Writes a request to a connection and reads until it ends.
pub(super) fn exchange(mut stream: impl Read + Write, request: &[u8]) -> Outcome<Answer> {
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Answer::parse(&answer)
}

impl Answer {
    fn parse(bytes: &[u8]) -> Outcome<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or("the answer has no head")?;
        let head = String::from_utf8(bytes[..end].to_vec())?;
        let mut headers = HeaderMap::new();
        for line in head.lines().skip(1) {
            let (name, value) = line.split_once(": ").ok_or("a header without a colon")?;
            headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
        let status = head.split(' ').nth(1).ok_or("an empty status line")?;
        Ok(Self {
            status: status.parse()?,
            headers,
            body: bytes[end + 4..].to_vec(),
            head,
        })
    }

    pub(super) fn json(&self) -> Outcome<Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }

    pub(super) fn code(&self) -> Outcome<(u16, String)> {
        let body = self.json()?;
        Ok((
            self.status,
            body["code"].as_str().unwrap_or_default().to_owned(),
        ))
    }

    pub(super) fn is_signed(&self) -> bool {
        self.headers.contains_key("Wechatpay-Signature")
    }

    /// Whether the signature fits the body, and whose it is.
    pub(super) fn signer(&self, sandbox: &Sandbox) -> Outcome<String> {
        let text = |name: &str| -> Outcome<&str> {
            Ok(self.headers.get(name).ok_or(name.to_owned())?.to_str()?)
        };
        let (timestamp, nonce) = (text("Wechatpay-Timestamp")?, text("Wechatpay-Nonce")?);
        let mut signed = format!("{timestamp}\n{nonce}\n").into_bytes();
        signed.extend_from_slice(&self.body);
        signed.push(b'\n');
        let serial = text("Wechatpay-Serial")?;
        let key = if serial == sandbox.platform_key_id() {
            sandbox.platform_public_key()
        } else if serial == sandbox.platform_certificate().serial() {
            sandbox.platform_certificate().public_key()
        } else {
            return Err(format!("{serial} is no key of the sandbox").into());
        };
        if key.verify(&signed, text("Wechatpay-Signature")?) {
            Ok(serial.to_owned())
        } else {
            Err("the signature is wrong".into())
        }
    }
}
