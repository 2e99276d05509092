//! The PHP SDK's recorded requests, which are not part of the repository, and a client that makes
//! them again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use wechatpay_chain::{Call, Chain, Client, ClientBuilder, Clock, PrivateKey};

use super::keys::MCHID;
use super::literal;
use super::php::{Snippet, Step};

/// The environment variable `WECHATPAY_PHP_WIRE` names it.
pub(crate) fn folder() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/php-wire");
    std::env::var_os("WECHATPAY_PHP_WIRE").map_or(default, PathBuf::from)
}

/// The SDK's rows of one API; `None` if the folder does not exist.
pub(crate) fn rows(version: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(folder().join("golden.jsonl")).ok()?;
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let wanted = |row: &Value| row["kind"] == "sdk" && row["version"] == version;
    Some(rows.filter(wanted).collect())
}

pub(crate) fn say_skipped() {
    eprintln!("skipped: no golden.jsonl; WECHATPAY_PHP_WIRE names its folder");
}

pub(crate) fn merchant_key() -> PrivateKey {
    PrivateKey::from_file(folder().join("keys/merchant_key.pem")).unwrap()
}

/// A client that makes a row's call at the row's time.
pub(crate) struct Replay {
    client: Client,
    clock: RowClock,
}

#[derive(Debug, Clone, Default)]
struct RowClock(Arc<Mutex<(i64, String)>>);

impl Clock for RowClock {
    fn now(&self) -> i64 {
        self.0.lock().unwrap().0
    }

    fn nonce(&self) -> wechatpay_chain::Result<String> {
        Ok(self.0.lock().unwrap().1.clone())
    }
}

impl Replay {
    pub(crate) fn new(build: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let clock = RowClock::default();
        let builder = Client::builder().mchid(MCHID).clock(clock.clone());
        let client = build(builder).build().unwrap();
        Self { client, clock }
    }

    /// The snippet in one of the three chain styles, always the same one.
    pub(crate) fn prepare(&self, timestamp: i64, nonce: &str, snippet: &Snippet) -> Call {
        *self.clock.0.lock().unwrap() = (timestamp, nonce.to_owned());
        let mut options = snippet.options.clone();
        // The host and the verification of the answer are not part of the recording.
        for option in ["sink", "handler"] {
            options.remove(option);
        }
        let chain = match &snippet.steps[..] {
            [Step::Index(path)] => self.client[literal(path)].clone(),
            steps => steps.iter().fold(self.client.chain(""), follow),
        };
        chain.request(&snippet.verb, Value::Object(options))
    }
}

fn follow(chain: Chain, step: &Step) -> Chain {
    match step {
        Step::Arrow(name) => chain.seg(literal(name)),
        Step::Chain(path) => chain.chain(literal(path)),
        Step::Index(path) => chain[literal(path)].clone(),
    }
}
