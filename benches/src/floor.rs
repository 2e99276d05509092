//! The minimum cost of a call: hyper-util's client, one RSA signature, one verification.
//!
//! Written by hand for one endpoint, with OpenSSL contexts set up once, and without checks other than
//! the signature. It is the baseline for wechatpay-chain, not an example to follow.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openssl::md::Md;
use openssl::pkey::{PKey, Private, Public};
use openssl::pkey_ctx::{PkeyCtx, PkeyCtxRef};
use openssl::rsa::Padding;
use openssl::sha::sha256;
use serde_json::Value;

use crate::Result;
use crate::caller::PATH;
use crate::setup::{MCHID, PLATFORM_ID, SERIAL, Setup};

pub struct Floor {
    http: Client<HttpConnector, Full<Bytes>>,
    uri: Uri,
    crypto: Crypto,
}

impl Floor {
    pub fn new(setup: &Setup) -> Result<Self> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Ok(Self {
            http: Client::builder(TokioExecutor::new()).build(connector),
            uri: format!("{}{PATH}", setup.base_url()?).parse()?,
            crypto: Crypto::read(setup)?,
        })
    }

    pub async fn call(&self, mut body: Value, encrypt: Option<&str>) -> Result<()> {
        if let Some(name) = encrypt {
            let plaintext = body[name].as_str().ok_or("the field is no text")?;
            body[name] = self.crypto.encrypt(plaintext)?.into();
        }
        let body = serde_json::to_vec(&body)?;
        let authorization = self.authorization(&body)?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.uri.clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "floor")
            .header("Wechatpay-Serial", PLATFORM_ID)
            .header(AUTHORIZATION, authorization)
            .body(Full::new(Bytes::from(body)))?;
        let (head, body) = self.http.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        self.verify(&head.headers, &body)
    }

    fn authorization(&self, body: &[u8]) -> Result<String> {
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let nonce = nonce()?;
        let mut text = format!("POST\n/{PATH}\n{timestamp}\n{nonce}\n").into_bytes();
        text.extend_from_slice(body);
        text.push(b'\n');
        let signature = self.crypto.sign(&text)?;
        Ok(format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{MCHID}\",serial_no=\"{SERIAL}\",\
             timestamp=\"{timestamp}\",nonce_str=\"{nonce}\",signature=\"{signature}\""
        ))
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8]) -> Result<()> {
        let header = |name| {
            headers
                .get(name)
                .ok_or("a header is missing")?
                .to_str()
                .map_err(|_| "")
        };
        let (timestamp, nonce) = (header("wechatpay-timestamp")?, header("wechatpay-nonce")?);
        let mut text = Vec::with_capacity(timestamp.len() + nonce.len() + body.len() + 3);
        for part in [timestamp.as_bytes(), nonce.as_bytes(), body] {
            text.extend_from_slice(part);
            text.push(b'\n');
        }
        if self.crypto.verify(&text, header("wechatpay-signature")?)? {
            Ok(())
        } else {
            Err("the signature is wrong".into())
        }
    }
}

/// The RSA operations of a call.
pub struct Crypto {
    signing: Mutex<PkeyCtx<Private>>,
    verifying: Mutex<PkeyCtx<Public>>,
    encrypting: Mutex<PkeyCtx<Public>>,
}

impl Crypto {
    fn read(setup: &Setup) -> Result<Self> {
        let merchant = PKey::private_key_from_pem(&fs::read(setup.merchant_key())?)?;
        let platform = PKey::public_key_from_pem(&fs::read(setup.platform_key())?)?;
        Self::new(&merchant, &platform)
    }

    pub fn new(merchant: &PKey<Private>, platform: &PKey<Public>) -> Result<Self> {
        let mut signing = PkeyCtx::new(merchant)?;
        signing.sign_init()?;
        sha256_pkcs1(&mut signing)?;
        let mut verifying = PkeyCtx::new(platform)?;
        verifying.verify_init()?;
        sha256_pkcs1(&mut verifying)?;
        let mut encrypting = PkeyCtx::new(platform)?;
        encrypting.encrypt_init()?;
        encrypting.set_rsa_padding(Padding::PKCS1_OAEP)?;
        Ok(Self {
            signing: Mutex::new(signing),
            verifying: Mutex::new(verifying),
            encrypting: Mutex::new(encrypting),
        })
    }

    pub fn sign(&self, text: &[u8]) -> Result<String> {
        let mut out = [0; 256];
        let mut ctx = self.signing.lock().unwrap_or_else(PoisonError::into_inner);
        let len = ctx.sign(&sha256(text), Some(&mut out))?;
        Ok(openssl::base64::encode_block(&out[..len]))
    }

    pub fn verify(&self, text: &[u8], signature: &str) -> Result<bool> {
        let signature = openssl::base64::decode_block(signature)?;
        let mut ctx = self
            .verifying
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(ctx.verify(&sha256(text), &signature)?)
    }

    fn encrypt(&self, plaintext: &str) -> Result<String> {
        let mut out = [0; 256];
        let mut ctx = self
            .encrypting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let len = ctx.encrypt(plaintext.as_bytes(), Some(&mut out))?;
        Ok(openssl::base64::encode_block(&out[..len]))
    }
}

fn sha256_pkcs1<T>(ctx: &mut PkeyCtxRef<T>) -> Result<()> {
    ctx.set_rsa_padding(Padding::PKCS1)?;
    Ok(ctx.set_signature_md(Md::sha256())?)
}

fn nonce() -> Result<String> {
    let mut random = [0; 24];
    openssl::rand::rand_bytes(&mut random)?;
    // 32 characters; `+` and `/` are harmless here.
    Ok(openssl::base64::encode_block(&random))
}
