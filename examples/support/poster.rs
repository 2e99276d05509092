//! WeChat Pay's side of the examples: keys of its own, and notifications posted over a socket.

use std::io;
use std::net::SocketAddr;

use openssl::rsa::Rsa;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wechatpay_chain::crypto::aes;
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::signing::{PROBE_PREFIX, response_text};
use wechatpay_chain::{BoxError, Clock, PrivateKey, Result, SystemClock};

const PLATFORM_ID: &str = "PUB_KEY_ID_0114232134912410000000000000";
const APIV3_KEY: &[u8; 32] = b"an-APIv3-key-of-32-bytes-exactly";

/// What only WeChat Pay has, made anew for every run.
pub(crate) struct Poster {
    key: PrivateKey,
}

/// What is posted.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum What {
    Genuine,
    Forged,
    Probe,
}

impl Poster {
    pub(crate) fn new() -> Result<Self, BoxError> {
        let key = Rsa::generate(2048)?.private_key_to_der()?;
        let key = PrivateKey::from_bytes(key)?;
        Ok(Self { key })
    }

    /// The merchant's side, with the keys that it would find at 商户平台.
    pub(crate) fn notifications(&self) -> Result<Notifications> {
        Notifications::builder()
            .platform_key(PLATFORM_ID, self.key.public_key().clone())
            .apiv3_key(String::from_utf8_lossy(APIV3_KEY))
            .build()
    }

    /// Posts a payment; gives the status of the reply.
    pub(crate) async fn post(&self, to: SocketAddr, id: &str, what: What) -> Result<u16, BoxError> {
        let body = body(id, &json!({"out_trade_no": format!("order-{id}")}))?;
        let (timestamp, nonce) = (
            SystemClock::new().now().to_string(),
            SystemClock::new().nonce()?,
        );
        let signature = match what {
            What::Probe => PROBE_PREFIX.to_owned() + "b24gcHVycG9zZQ==",
            _ => self
                .key
                .sign(&response_text(&timestamp, &nonce, body.as_bytes()))?,
        };
        let body = match what {
            What::Forged => body.replace("SUCCESS", "SUCCEED"),
            _ => body,
        };
        let request = format!(
            "POST /notify HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/json\r\nWechatpay-Serial: {PLATFORM_ID}\r\n\
             Wechatpay-Timestamp: {timestamp}\r\nWechatpay-Nonce: {nonce}\r\n\
             Wechatpay-Signature: {signature}\r\n\r\n{body}",
            body.len()
        );
        Ok(exchange(to, request.as_bytes()).await?)
    }
}

/// Posts what a server has to bear, and says where it does not.
pub(crate) async fn check(poster: &Poster, to: SocketAddr) -> Result<(), BoxError> {
    for (id, what, expected) in [
        ("1", What::Genuine, 204),
        ("1", What::Genuine, 204),
        ("2", What::Forged, 401),
        ("3", What::Probe, 401),
        ("2", What::Genuine, 204),
    ] {
        let status = poster.post(to, id, what).await?;
        if status != expected {
            return Err(format!("notification {id}: answered {status}, not {expected}").into());
        }
    }
    Ok(())
}

fn body(id: &str, resource: &Value) -> Result<String> {
    let (nonce, aad) = ("fdasflkja484", "transaction");
    let text = resource.to_string();
    let sealed = aes::gcm_encrypt(APIV3_KEY, nonce.as_bytes(), aad.as_bytes(), text.as_bytes())?;
    Ok(json!({
        "id": id,
        "create_time": "2023-11-14T22:13:20+08:00",
        "event_type": "TRANSACTION.SUCCESS",
        "resource_type": "encrypt-resource",
        "summary": "支付成功",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM",
            "original_type": "transaction",
            "ciphertext": openssl::base64::encode_block(&sealed),
            "nonce": nonce,
            "associated_data": aad,
        },
    })
    .to_string())
}

async fn exchange(to: SocketAddr, request: &[u8]) -> io::Result<u16> {
    let mut socket = TcpStream::connect(to).await?;
    socket.write_all(request).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    let status = answer.get(9..12).and_then(|code| code.parse().ok());
    status.ok_or_else(|| io::Error::other(format!("no HTTP answer: {answer:?}")))
}
