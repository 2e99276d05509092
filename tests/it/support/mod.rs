//! Shared helpers: keys, a gateway in memory, one on a socket, and a parser of PHP.

pub(crate) mod answer;
mod clock;
pub(crate) mod gate;
pub(crate) mod golden;
pub(crate) mod keys;
pub(crate) mod php;
pub(crate) mod server;
#[cfg(feature = "files")]
pub(crate) mod tls;
pub(crate) mod watchdog;
pub(crate) mod wire;

use serde_json::{Value, json};
use wechatpay_chain::{Client, ClientBuilder};
use wechatpay_sandbox::{Sandbox, SandboxBuilder};

pub(crate) use answer::Answer;
pub(crate) use clock::Hand;
pub(crate) use keys::{KEY_ID, MCHID, MERCHANT, PLATFORM, SERIAL};
pub(crate) use wire::{Sent, Wire};

/// A complete builder: this merchant's key and one platform key.
pub(crate) fn builder() -> ClientBuilder {
    signer().mchid(MCHID)
}

/// The keys without a merchant or a brand.
pub(crate) fn signer() -> ClientBuilder {
    Client::builder()
        .serial(SERIAL)
        .private_key(MERCHANT.private.clone())
        .platform_key(KEY_ID, PLATFORM.public.clone())
        .no_proxy()
}

/// A client over a wire.
pub(crate) fn client(wire: &Wire) -> Client {
    builder().transport(wire.clone()).build().unwrap()
}

/// A client of the sandbox at this address, which trusts no further root certificate.
pub(crate) fn stranger(sandbox: &Sandbox, base_url: &str) -> ClientBuilder {
    Client::builder()
        .base_url(base_url)
        .mchid(sandbox.mchid())
        .serial(sandbox.serial())
        .private_key(sandbox.merchant_key().clone())
        .platform_key(
            sandbox.platform_key_id(),
            sandbox.platform_public_key().clone(),
        )
        .no_proxy()
}

/// A sandbox for tests that are not about the fields of requests.
pub(crate) fn lenient() -> SandboxBuilder {
    Sandbox::builder().check_fields(false)
}

/// A sandbox for tests that need any answer: it echoes the body on unknown paths.
pub(crate) fn echoing() -> SandboxBuilder {
    Sandbox::builder().echo_unknown(true)
}

/// A complete Native order.
pub(crate) fn native_order() -> Value {
    json!({
        "appid": "wxd678efh567hg6787",
        "mchid": MCHID,
        "description": "Image形象店-深圳腾大-QQ公仔",
        "out_trade_no": "1217752501201407033233368018",
        "notify_url": "https://example.com/notify",
        "amount": {"total": 100, "currency": "CNY"},
    })
}

/// Turns a text into a literal, for tests that read paths from data.
pub(crate) fn literal(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}
