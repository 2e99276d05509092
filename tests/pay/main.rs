//! Pay parameters: exact objects and exact signatures from independent sources.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that cannot go on may panic, and says what it has skipped"
)]

mod brand;
mod hash;
#[cfg(feature = "qr")]
mod qr;
mod rsa;
#[path = "../tools/mod.rs"]
mod tools;

use std::sync::LazyLock;

use openssl::rsa::Rsa;
use wechatpay_chain::testing::FixedClock;
use wechatpay_chain::{Client, ClientBuilder, PrivateKey};

const APPID: &str = "wx8888888888888888";
const MCHID: &str = "1900000109";
const NONCE: &str = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";
const PREPAY_ID: &str = "wx201410272009395522657a690389285100";
const SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
const TIME: i64 = 1_414_561_699;
/// The key of WeChat Pay's examples, which no merchant uses.
const V2_KEY: &str = "192006250b4c09247ec02edce69f6a2d";

/// Created for this run only.
static KEY: LazyLock<PrivateKey> = LazyLock::new(|| {
    let key = Rsa::generate(2048).unwrap();
    PrivateKey::from_bytes(key.private_key_to_der().unwrap()).unwrap()
});

fn builder() -> ClientBuilder {
    Client::builder().clock(FixedClock::new(TIME, NONCE))
}

fn v3_only() -> Client {
    let builder = builder().mchid(MCHID).serial(SERIAL);
    let builder = builder.private_key(KEY.clone());
    builder.keyring(Default::default()).build().unwrap()
}

fn v2_only() -> Client {
    builder().mchid(MCHID).v2_key(V2_KEY).build().unwrap()
}
