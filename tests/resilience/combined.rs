//! All layers at once, with random settings, over a WeChat Pay with random faults, in virtual time.
//!
//! Nothing is processed twice, nothing is lost, and a call that has ended sends nothing. `WECHATPAY_COMBINED_SEEDS` says how
//! many combinations are tried; 40 by default.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};
use tokio::time::Instant;
use wechatpay_chain::catalog::RateLimit;
use wechatpay_chain::outcome::{Outcome, QueryPolicy};
use wechatpay_chain::resilience::{
    CircuitBreaker, Failover, InFlight, LimitStore, MemoryLimits, RateLimits, RetryPolicy,
};
use wechatpay_chain::transport::{Body, BoxFuture};
use wechatpay_chain::{Call, Client, Error, ErrorKind, Result, Transport};

use crate::kit::{Answer, MCHID, builder};
use crate::support::{ORDERS, REFUNDS, TRANSFERS, order, refund, transfer};

/// A payment by code: WeChat Pay says to query it and never to repeat it.
const CODEPAY: &str = "v3/pay/transactions/codepay";
/// An operation that the catalog does not know: each request is a new one.
const UNKNOWN: &str = "v3/not/known";
const PATHS: [&str; 5] = [ORDERS, REFUNDS, TRANSFERS, CODEPAY, UNKNOWN];

/// Always the same numbers for the same seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn millis(&mut self, bound: u64) -> Duration {
        Duration::from_millis(self.below(bound))
    }
}

/// What happens to a request.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    Unconnected,
    /// The connection breaks before WeChat Pay has the request, or at once, and WeChat Pay processes it minutes later.
    Broken {
        later: Option<Duration>,
    },
    AnswerLost,
    TooMany,
    /// `SYSTEM_ERROR`, before or after WeChat Pay has processed the request.
    SystemError {
        processed: bool,
    },
    /// The gateway answers with an unsigned status, before or after it has passed the request on.
    Gateway {
        passed_on: bool,
    },
    WrongSignature,
    /// The serial of the merchant's certificate is no longer known.
    StaleKey,
}

fn fault(random: &mut Random) -> Fault {
    match random.below(16) {
        0 => Fault::Unconnected,
        1 => Fault::Broken { later: None },
        2 => Fault::Broken {
            later: Some(random.millis(290_000)),
        },
        3 => Fault::AnswerLost,
        4 => Fault::TooMany,
        5 => Fault::SystemError {
            processed: random.below(2) == 0,
        },
        6 => Fault::Gateway { passed_on: false },
        7 => Fault::Gateway { passed_on: true },
        8 => Fault::WrongSignature,
        9 => Fault::StaleKey,
        _ => Fault::None,
    }
}

struct World {
    random: Random,
    /// How often each payment was processed, by its number.
    processed: HashMap<String, u32>,
    bodies: HashMap<String, Bytes>,
    /// When the call with a number ended.
    ended: HashMap<String, Instant>,
    sent_late: Vec<String>,
    changed: Vec<String>,
}

#[derive(Clone)]
struct Pay(Arc<Mutex<World>>);

impl Pay {
    fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(World {
            random: Random(seed),
            processed: HashMap::new(),
            bodies: HashMap::new(),
            ended: HashMap::new(),
            sent_late: Vec::new(),
            changed: Vec::new(),
        })))
    }

    fn random(&self, bound: u64) -> u64 {
        self.0.lock().unwrap().random.below(bound)
    }

    fn millis(&self, bound: u64) -> Duration {
        self.0.lock().unwrap().random.millis(bound)
    }

    /// Notes a payment that arrives; returns its number.
    fn arrive(&self, body: &Bytes) -> String {
        let value: Value = serde_json::from_slice(body).unwrap();
        let number = number_of(&value).to_owned();
        let mut world = self.0.lock().unwrap();
        if world.ended.contains_key(&number) {
            world.sent_late.push(number.clone());
        }
        let known = world.bodies.entry(number.clone()).or_insert(body.clone());
        if known != body {
            world.changed.push(number.clone());
        }
        number
    }

    fn process(&self, number: &str) {
        let mut world = self.0.lock().unwrap();
        *world.processed.entry(number.to_owned()).or_default() += 1;
    }

    fn is_done(&self, number: &str) -> bool {
        self.0.lock().unwrap().processed.contains_key(number)
    }

    async fn answer(self, request: http::Request<Body>) -> Result<http::Response<Body>> {
        let (fault, before, after) = {
            let random = &mut self.0.lock().unwrap().random;
            // One request in eight takes longer than most limits.
            let slow = if random.below(8) == 0 { 15_000 } else { 100 };
            (fault(random), random.millis(slow), random.millis(slow))
        };
        let (parts, body) = request.into_parts();
        let body = body.collect(usize::MAX).await?;
        let number = (parts.method == Method::POST).then(|| self.arrive(&body));
        if let Fault::Unconnected = fault {
            return Err(Error::new(ErrorKind::Connect, "the test says so"));
        }
        if let Fault::Broken { later } = fault {
            if let (Some(number), Some(later)) = (number, later) {
                tokio::spawn(async move {
                    tokio::time::sleep(later).await;
                    self.process(&number);
                });
            }
            return Err(broken());
        }
        // WeChat Pay does not notice that the caller gives up meanwhile.
        let path = parts.uri.path().to_owned();
        let work = tokio::spawn(async move {
            tokio::time::sleep(before).await;
            let answer = self.decide(fault, number, &path);
            tokio::time::sleep(after).await;
            answer
        });
        work.await.unwrap()
    }

    fn decide(
        &self,
        fault: Fault,
        number: Option<String>,
        path: &str,
    ) -> Result<http::Response<Body>> {
        let refusal =
            |status, code| Answer::json(json!({"code": code, "message": "-"})).status(status);
        // WeChat Pay asks for the same request again, unless the operation is to be queried. An operation that the catalog
        // does not know is repeated.
        if let (Fault::SystemError { processed: true }, Some(number)) = (fault, &number)
            && !path.ends_with(UNKNOWN)
        {
            self.process(number);
        }
        let refused = match fault {
            Fault::TooMany => Some(refusal(429, "FREQUENCY_LIMITED")),
            Fault::SystemError { .. } => Some(refusal(500, "SYSTEM_ERROR")),
            Fault::StaleKey => Some(refusal(401, "SIGN_ERROR")),
            Fault::Gateway { passed_on: false } => Some(Answer::unsigned("-").status(502)),
            _ => None,
        };
        if let Some(refused) = refused {
            return Ok(refused.into_response());
        }
        let answer = match number {
            Some(number) => {
                self.process(&number);
                Answer::json(result_of(path))
            }
            None if self.is_done(path.rsplit('/').next().unwrap()) => Answer::json(state_of(path)),
            None => refusal(404, not_found(path)),
        };
        match fault {
            Fault::AnswerLost => Err(broken()),
            Fault::Gateway { .. } => Ok(Answer::unsigned("-").status(504).into_response()),
            Fault::WrongSignature => Ok(answer.forged("{\"code\":\"X\"}").into_response()),
            _ => Ok(answer.into_response()),
        }
    }
}

impl Transport for Pay {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'static, Result<http::Response<Body>>> {
        Box::pin(self.clone().answer(request))
    }
}

fn broken() -> Error {
    Error::new(ErrorKind::Transport, "the test says so").with_maybe_sent(true)
}

fn number_of(body: &Value) -> &str {
    let members = ["out_refund_no", "out_bill_no", "out_trade_no"];
    let found = members.iter().find_map(|member| body[*member].as_str());
    found.unwrap()
}

fn result_of(path: &str) -> Value {
    match path.trim_start_matches('/') {
        ORDERS => json!({"code_url": "weixin://"}),
        REFUNDS => json!({"status": "PROCESSING"}),
        TRANSFERS => json!({"state": "WAIT_USER_CONFIRM"}),
        CODEPAY => json!({"trade_state": "SUCCESS"}),
        _ => json!({}),
    }
}

fn state_of(path: &str) -> Value {
    if path.contains("/refund/") {
        json!({"status": "PROCESSING"})
    } else if path.contains("/transfer-bills/") {
        json!({"state": "WAIT_USER_CONFIRM"})
    } else {
        json!({"trade_state": "SUCCESS"})
    }
}

fn not_found(path: &str) -> &'static str {
    if path.contains("/refund/") {
        "RESOURCE_NOT_EXISTS"
    } else if path.contains("/transfer-bills/") {
        "NOT_FOUND"
    } else {
        "ORDER_NOT_EXIST"
    }
}

/// A store that fails now and then, as a Redis does, and is slow.
struct Shaky(MemoryLimits, Pay);

impl LimitStore for Shaky {
    async fn reserve(
        &self,
        key: &str,
        limits: &[RateLimit],
        at_most: Duration,
    ) -> Result<Duration> {
        tokio::time::sleep(self.1.millis(20)).await;
        if self.1.random(10) == 0 {
            return Err(Error::new(ErrorKind::Limit, "the test says so"));
        }
        self.0.reserve(key, limits, at_most).await
    }
}

/// A client with a random choice of layers.
fn client(pay: &Pay) -> Client {
    let yes = || pay.random(3) > 0;
    let mut client = builder()
        .transport(pay.clone())
        .base_url("https://a.example/")
        .timeout(Duration::from_secs(2) + pay.millis(28_000));
    if yes() {
        let attempts = 1 + u32::try_from(pay.random(4)).unwrap();
        let policy = RetryPolicy::new().attempts(attempts).budget(1_000);
        let limit = Duration::from_secs(1) + pay.millis(10_000);
        client = client.retry(policy.attempt_timeout(limit));
    }
    if yes() {
        client = client.failover(Failover::to("https://b.example/"));
    }
    if yes() {
        client = client.circuit_breaker(CircuitBreaker::new());
    }
    if yes() {
        client = client.max_in_flight(InFlight::new(1 + pay.random(4) as usize));
    }
    if yes() {
        let store = Shaky(MemoryLimits::default(), pay.clone());
        let mut limits = RateLimits::none().store(store);
        for path in PATHS {
            limits = limits.limit(path, 2, Duration::from_secs(3));
        }
        if yes() {
            limits = limits.wait_at_most(pay.millis(5_000));
        }
        client = client.rate_limits(limits);
    }
    client.build().unwrap()
}

fn call(client: &Client, path: &'static str, number: &str) -> Call {
    let body = match path {
        REFUNDS => refund("1", number),
        TRANSFERS => transfer(number),
        CODEPAY => {
            let mut body = order(MCHID, number);
            body["payer"] = json!({"auth_code": "130000000000000000"});
            body
        }
        _ => order(MCHID, number),
    };
    client.chain(path).post(body, ())
}

/// What the caller was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Done,
    NotDone,
    /// Nothing, or that the outcome is not known.
    Unknown,
}

/// Makes a call and finds out what came of it, unless its caller gives up.
async fn make(client: Client, pay: Pay, path: &'static str, number: String) -> (String, Told) {
    tokio::time::sleep(pay.millis(20_000)).await;
    let gives_up = pay.random(6) == 0;
    let patience = Duration::from_millis(1) + pay.millis(10_000);
    let policy = QueryPolicy::documented().repeat_not_found(pay.random(2) == 0);
    let work = async {
        if path == UNKNOWN {
            return match call(&client, path, &number).await {
                Ok(_) => Told::Done,
                Err(err) if err.maybe_sent() || err.is_undecided() => Told::Unknown,
                Err(_) => Told::NotDone,
            };
        }
        match call(&client, path, &number).or_query(policy).await {
            Ok(Outcome::Done(_)) => Told::Done,
            Ok(Outcome::NotDone(_)) => Told::NotDone,
            Ok(Outcome::StillUnknown(_)) | Err(_) => Told::Unknown,
        }
    };
    let told = if gives_up {
        tokio::time::timeout(patience, work)
            .await
            .unwrap_or(Told::Unknown)
    } else {
        work.await
    };
    let mut world = pay.0.lock().unwrap();
    world.ended.insert(number.clone(), Instant::now());
    drop(world);
    (number, told)
}

/// Finds out what came of an unknown outcome, in the end.
async fn resolve(client: &Client, path: &'static str, number: &str) -> Told {
    for _ in 0..20 {
        let age = Duration::from_secs(3_600);
        let query = call(client, path, number).query_outcome(age, QueryPolicy::documented());
        match query.await.unwrap() {
            Outcome::Done(_) => return Told::Done,
            Outcome::NotDone(_) => return Told::NotDone,
            Outcome::StillUnknown(_) => {}
        }
    }
    Told::Unknown
}

async fn try_seed(seed: u64) {
    let pay = Pay::new(seed);
    let client = client(&pay);
    let mut calls = tokio::task::JoinSet::new();
    for at in 0..20 {
        let path = PATHS[at % PATHS.len()];
        calls.spawn(make(
            client.clone(),
            pay.clone(),
            path,
            format!("N{seed:06}{at:06}"),
        ));
    }
    let told = calls.join_all().await;
    // Requests that are on their way arrive, and calls that were dropped would send theirs.
    tokio::time::sleep(Duration::from_secs(700)).await;
    for (number, told) in told {
        let at: usize = number[7..].parse().unwrap();
        let path = PATHS[at % PATHS.len()];
        let times = || (pay.0.lock().unwrap().processed.get(&number).copied()).unwrap_or_default();
        let case = || {
            format!(
                "seed {seed}: {path} {number}: told {told:?}, processed {}",
                times()
            )
        };
        match told {
            Told::Done => assert!(times() > 0, "{}", case()),
            Told::NotDone => assert_eq!(times(), 0, "{}", case()),
            Told::Unknown if path == UNKNOWN => {}
            Told::Unknown => {
                let found = resolve(&client, path, &number).await;
                let expected = [Told::NotDone, Told::Done][usize::from(times() > 0)];
                assert_eq!(found, expected, "{}", case());
            }
        }
        // WeChat Pay processes the number of an order, a refund or a transfer once.
        if [CODEPAY, UNKNOWN].contains(&path) {
            assert!(times() <= 1, "{}", case());
        }
    }
    let world = pay.0.lock().unwrap();
    assert!(
        world.sent_late.is_empty(),
        "seed {seed}: {:?}",
        world.sent_late
    );
    assert!(world.changed.is_empty(), "seed {seed}: {:?}", world.changed);
}

#[test]
fn no_combination_of_layers_pays_twice_or_loses_a_payment() {
    let seeds = std::env::var("WECHATPAY_COMBINED_SEEDS").map_or(40, |text| text.parse().unwrap());
    for seed in 0..seeds {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(try_seed(seed));
    }
}
