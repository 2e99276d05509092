//! WeChat Pay's side: makes and posts real notifications.

use std::net::SocketAddr;
use std::sync::LazyLock;

use http::{HeaderMap, HeaderValue};
use openssl::rsa::Rsa;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wechatpay_chain::crypto::aes;
use wechatpay_chain::notify::{Notifications, NotificationsBuilder};
use wechatpay_chain::signing::{SignType, response_text};
use wechatpay_chain::{Clock, PrivateKey, Result, Secret, SystemClock};

pub(crate) const PLATFORM_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";
pub(crate) const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
pub(crate) const APIV3: &str = "apiv3-key-of-32-bytes-for-tests!";
pub(crate) const V2: &str = "192006250b4c09247ec02edce69f6a2d";
pub(crate) const NOW: i64 = 1_700_000_000;

pub(crate) static PLATFORM: LazyLock<PrivateKey> = LazyLock::new(generate);
pub(crate) static MERCHANT: LazyLock<PrivateKey> = LazyLock::new(generate);
pub(crate) static STRANGER: LazyLock<PrivateKey> = LazyLock::new(generate);

fn generate() -> PrivateKey {
    let key = Rsa::generate(2048).unwrap();
    PrivateKey::from_bytes(key.private_key_to_der().unwrap()).unwrap()
}

#[derive(Debug)]
pub(crate) struct Still;

impl Clock for Still {
    fn now(&self) -> i64 {
        NOW
    }

    fn nonce(&self) -> Result<String> {
        Ok("0123456789abcdefABCDEF0123456789".into())
    }
}

pub(crate) fn builder() -> NotificationsBuilder {
    Notifications::builder()
        .platform_key(PLATFORM_ID, PLATFORM.public_key().clone())
        .apiv3_key(APIV3)
        .v2_key(V2)
        .private_key(MERCHANT.clone())
        .serial(SERIAL)
        .clock(Still)
}

pub(crate) fn reader() -> Notifications {
    builder().build().unwrap()
}

/// The parts of a notification; a test changes the part that should be rejected.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) id: String,
    pub(crate) event_type: String,
    pub(crate) resource: Value,
    pub(crate) apiv3: String,
    pub(crate) serial: String,
    pub(crate) signer: PrivateKey,
    pub(crate) timestamp: i64,
}

impl Post {
    pub(crate) fn new(event_type: &str, resource: Value) -> Self {
        Self {
            id: "EV-2018022511223320873".into(),
            event_type: event_type.into(),
            resource,
            apiv3: APIV3.into(),
            serial: PLATFORM_ID.into(),
            signer: PLATFORM.clone(),
            timestamp: NOW,
        }
    }

    pub(crate) fn paid() -> Self {
        let resource = json!({"out_trade_no": "order-1", "amount": {"total": 100}});
        Self::new("TRANSACTION.SUCCESS", resource)
    }

    /// Signed with the machine's clock, as a server requires.
    pub(crate) fn fresh(mut self, id: &str) -> Self {
        self.id = id.into();
        self.timestamp = SystemClock::new().now();
        self
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        let (nonce, aad) = ("fdasflkja484", "transaction");
        let key = self.apiv3.as_bytes().try_into().unwrap();
        let text = self.resource.to_string();
        let sealed = aes::gcm_encrypt(key, nonce.as_bytes(), aad.as_bytes(), text.as_bytes());
        json!({
            "id": self.id,
            "create_time": "2023-11-14T22:13:20+08:00",
            "event_type": self.event_type,
            "resource_type": "encrypt-resource",
            "summary": "支付成功",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM", "original_type": "transaction",
                "ciphertext": openssl::base64::encode_block(&sealed.unwrap()),
                "nonce": nonce, "associated_data": aad,
            },
        })
        .to_string()
        .into_bytes()
    }

    pub(crate) fn signed(&self) -> (HeaderMap, Vec<u8>) {
        let body = self.body();
        (self.headers(&body), body)
    }

    pub(crate) fn headers(&self, body: &[u8]) -> HeaderMap {
        let (timestamp, nonce) = (
            self.timestamp.to_string(),
            "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        );
        let text = response_text(&timestamp, nonce, body);
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("wechatpay-serial", self.serial.clone()),
            ("wechatpay-timestamp", timestamp),
            ("wechatpay-nonce", nonce.into()),
            ("wechatpay-signature", self.signer.sign(&text).unwrap()),
        ] {
            headers.insert(name, HeaderValue::try_from(value).unwrap());
        }
        headers
    }
}

/// APIv2's XML, signed.
pub(crate) fn v2_message(members: &[(&str, &str)], sign_type: SignType, key: &str) -> String {
    let sign = sign_type
        .sign(members.iter().copied(), &Secret::new(key))
        .unwrap();
    xml("xml", &[members, &[("sign", &sign)]].concat())
}

pub(crate) fn xml(root: &str, members: &[(&str, &str)]) -> String {
    let members: String = members
        .iter()
        .map(|(key, value)| format!("<{key}><![CDATA[{value}]]></{key}>"))
        .collect();
    format!("<{root}>{members}</{root}>")
}

pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Posts over a plain socket, independent of the server's libraries.
pub(crate) async fn post(to: SocketAddr, headers: &HeaderMap, body: &[u8]) -> Answered {
    post_part(to, headers, body, body.len()).await
}

/// Announces a length and sends the given bytes.
pub(crate) async fn post_part(
    to: SocketAddr,
    headers: &HeaderMap,
    body: &[u8],
    length: usize,
) -> Answered {
    let mut socket = TcpStream::connect(to).await.unwrap();
    let mut head = format!(
        "POST /notify HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nContent-Length: {length}\r\n"
    );
    for (name, value) in headers {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    socket
        .write_all(format!("{head}\r\n").as_bytes())
        .await
        .unwrap();
    // The server may answer and close before it has read everything.
    let _ = socket.write_all(body).await;
    let _ = socket.shutdown().await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.get(9..12).and_then(|code| code.parse().ok());
    Answered {
        status: status.unwrap_or_default(),
        head: head.to_ascii_lowercase(),
        body: body.into(),
    }
}
