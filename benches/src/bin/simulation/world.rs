//! WeChat Pay as the simulation has it: hosts that answer or not, and a ledger.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use tokio::time::Instant;
use wechatpay_chain::signing::Authorization;
use wechatpay_chain::transport::{Body, BoxFuture};
use wechatpay_chain::{Error, ErrorKind, Transport};

use crate::scenario::{Fault, Scenario};
use wechatpay_chain_benches::setup::PLATFORM_ID;

/// The wall clock when the simulation begins.
pub const NOON: i64 = 1_767_240_000;
pub const MAIN: &str = "https://main.example/";
pub const BACKUP: &str = "https://backup.example/";
/// The limited operation: 200 calls a minute for each merchant.
pub const LIMITED: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
pub const LIMIT: usize = 200;

pub struct World {
    pub scenario: &'static Scenario,
    begun: Instant,
    key: PKey<Private>,
    state: Mutex<State>,
}

#[derive(Default)]
pub struct State {
    random: u64,
    /// Attempts in each second: requests that arrived, and connections that were refused.
    pub attempts: Vec<u32>,
    /// Queries of an unknown outcome among them.
    pub queries: u64,
    /// The numbers of what was processed.
    pub ledger: HashSet<String>,
    /// The calls of the last minute of each merchant.
    limited: HashMap<String, VecDeque<Instant>>,
    /// The most calls of the limited operation in any minute.
    pub most_in_a_minute: usize,
    signatures: HashMap<(i64, &'static str), String>,
}

/// An answer: status and body.
type Answer = (StatusCode, &'static str);

const DONE: Answer = (StatusCode::OK, r#"{"code_url":"weixin://x"}"#);
const UNPAID: Answer = (StatusCode::OK, r#"{"trade_state":"NOTPAY"}"#);
const UNKNOWN: Answer = (
    StatusCode::NOT_FOUND,
    r#"{"code":"ORDER_NOT_EXIST","message":"-"}"#,
);
const FREQUENT: Answer = (
    StatusCode::TOO_MANY_REQUESTS,
    r#"{"code":"FREQUENCY_LIMITED","message":"-"}"#,
);
const STALE: Answer = (
    StatusCode::UNAUTHORIZED,
    r#"{"code":"SIGN_ERROR","message":"-"}"#,
);

impl World {
    pub fn new(scenario: &'static Scenario, key: PKey<Private>) -> Arc<Self> {
        let state = Mutex::new(State {
            random: 7,
            ..State::default()
        });
        Arc::new(Self {
            scenario,
            begun: Instant::now(),
            key,
            state,
        })
    }

    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The true time in Unix seconds.
    pub fn now(&self) -> i64 {
        NOON + i64::try_from(self.elapsed().as_secs()).unwrap_or(0)
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(
        self: Arc<Self>,
        request: Request<Body>,
    ) -> wechatpay_chain::Result<Response<Body>> {
        let fault = self.scenario.at(self.elapsed());
        let (latency, lost) = self.arrive(&request, fault);
        let is_main = request.uri().host() == Some("main.example");
        if fault == Fault::AllDown || (fault == Fault::MainDown && is_main) {
            tokio::time::sleep(latency).await;
            return Err(Error::new(ErrorKind::Connect, "the simulated host is down"));
        }
        let (parts, body) = request.into_parts();
        let body = body.collect(usize::MAX).await?;
        if lost && fault == Fault::Late {
            self.process_later(parts, body);
            return Err(
                Error::new(ErrorKind::Transport, "the simulated connection broke")
                    .with_maybe_sent(true),
            );
        }
        // The request takes half of the time, the answer the other half.
        tokio::time::sleep(latency / 2).await;
        let (status, text) = self.process(&parts, &body, lost && fault == Fault::Storm);
        tokio::time::sleep(latency / 2).await;
        if lost && fault == Fault::AnswersLost {
            return Err(
                Error::new(ErrorKind::Transport, "the simulated answer is lost")
                    .with_maybe_sent(true),
            );
        }
        self.signed(status, text)
    }

    /// WeChat Pay refuses a request whose timestamp is too old by then.
    fn process_later(self: Arc<Self>, parts: Parts, body: Bytes) {
        let delay = Duration::from_secs(self.lock().random(330));
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            self.process(&parts, &body, false);
        });
    }

    /// Counts an attempt; how long it takes, and whether the fault hits it.
    fn arrive(&self, request: &Request<Body>, fault: Fault) -> (Duration, bool) {
        let mut state = self.lock();
        let second = usize::try_from(self.elapsed().as_secs()).unwrap_or(0);
        if state.attempts.len() <= second {
            state.attempts.resize(second + 1, 0);
        }
        state.attempts[second] += 1;
        state.queries += u64::from(request.uri().path().contains("out-trade-no"));
        let percent = state.random(100);
        let hit = percent
            < match fault {
                Fault::Late => 10,
                Fault::Storm => 33,
                _ => 50,
            };
        let latency = Duration::from_millis(20 + state.random(60));
        let slow = hit && fault == Fault::Slow;
        (
            if slow {
                Duration::from_secs(8)
            } else {
                latency
            },
            hit,
        )
    }

    fn process(&self, parts: &Parts, body: &Bytes, refused: bool) -> Answer {
        let signed = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|it| it.to_str().ok());
        let signed = signed.and_then(|it| Authorization::parse(it).ok());
        let Some(signed) = signed else { return STALE };
        if signed.timestamp().abs_diff(self.now()) > 300 {
            return STALE;
        }
        if refused {
            return FREQUENT;
        }
        let mut state = self.lock();
        let path = parts.uri.path();
        if path.ends_with("/punish") {
            state.count(signed.mchid());
            return DONE;
        }
        if let Some(number) = path.strip_prefix("/v3/pay/transactions/out-trade-no/") {
            return if state.ledger.contains(number) {
                UNPAID
            } else {
                UNKNOWN
            };
        }
        let value: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        if let Some(number) = value["out_trade_no"].as_str() {
            state.ledger.insert(number.to_owned());
        }
        DONE
    }

    /// One signature for all answers of a second with one body: nonces are not checked here.
    fn signed(
        &self,
        status: StatusCode,
        body: &'static str,
    ) -> wechatpay_chain::Result<Response<Body>> {
        const NONCE: &str = "593BEC0C930BF1AFEB40B4A08C8FB242";
        let now = self.now();
        let mut state = self.lock();
        let signature = state.signatures.entry((now, body)).or_insert_with(|| {
            let text = format!("{now}\n{NONCE}\n{body}\n");
            let sign = || {
                Signer::new(MessageDigest::sha256(), &self.key)?
                    .sign_oneshot_to_vec(text.as_bytes())
            };
            openssl::base64::encode_block(&sign().unwrap_or_default())
        });
        Response::builder()
            .status(status)
            .header("Wechatpay-Nonce", NONCE)
            .header("Wechatpay-Signature", &**signature)
            .header("Wechatpay-Timestamp", now)
            .header("Wechatpay-Serial", PLATFORM_ID)
            .body(Body::from(body))
            .map_err(|err| Error::new(ErrorKind::Body, err.to_string()))
    }
}

impl State {
    /// A number below a bound, always the same in the same run (SplitMix64).
    pub fn random(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }

    /// Counts a call of the limited operation.
    fn count(&mut self, mchid: &str) {
        let now = Instant::now();
        let calls = self.limited.entry(mchid.to_owned()).or_default();
        calls.push_back(now);
        while calls
            .front()
            .is_some_and(|first| now - *first >= Duration::from_secs(60))
        {
            calls.pop_front();
        }
        self.most_in_a_minute = self.most_in_a_minute.max(calls.len());
    }
}

/// The network of all processes.
#[derive(Clone)]
pub struct Network(pub Arc<World>);

impl Transport for Network {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'static, wechatpay_chain::Result<Response<Body>>> {
        let world = Arc::clone(&self.0);
        Box::pin(async move { world.answer(request).await })
    }
}
