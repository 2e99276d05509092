//! The processes, and the calls that they make.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio::time::Instant;
use wechatpay_chain::catalog::RateLimit;
use wechatpay_chain::middleware::{self, from_fn};
use wechatpay_chain::outcome::{Outcome, QueryPolicy};
use wechatpay_chain::resilience::{
    CircuitBreaker, Failover, LimitStore, MemoryLimits, RateLimits, RetryPolicy,
};
use wechatpay_chain::signing::Authorization;
use wechatpay_chain::{Client, Clock, Next, PrivateKey, PublicKey, Request, Response};

use crate::report::{Report, Tally};
use crate::scenario::{Fault, Scenario};
use crate::world::{BACKUP, LIMIT, LIMITED, MAIN, Network, World};
use wechatpay_chain_benches::Result;
use wechatpay_chain_benches::setup::{PLATFORM_ID, SERIAL, rsa};

#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub processes: u32,
    pub merchants: u32,
    /// Calls a second.
    pub rate: u32,
}

impl Size {
    pub const SMALL: Self = Self {
        processes: 5,
        merchants: 4,
        rate: 100,
    };
    pub const FULL: Self = Self {
        processes: 100,
        merchants: 1_000,
        rate: 10_000,
    };
}

/// Runs a scenario from its beginning until every outcome is known.
pub async fn run(size: Size, scenario: &'static Scenario) -> Result<Report> {
    let (merchant, platform) = (rsa()?, rsa()?);
    let fleet = Fleet {
        key: PrivateKey::from_bytes(merchant.private_key_to_pem_pkcs8()?)?,
        platform: PublicKey::from_bytes(platform.public_key_to_pem()?)?,
        world: World::new(scenario, platform),
        shared: SharedLimits::default(),
    };
    let processes: Vec<_> = (0..size.processes).map(|_| Process::default()).collect();
    let tally = Arc::new(Mutex::new(Tally::default()));
    let mut clients = HashMap::new();
    let mut calls = tokio::task::JoinSet::new();
    let tick = Duration::from_millis(10);
    let mut number = 0_u64;
    let mut due = 0.0;
    while fleet.world.elapsed() < scenario.end() {
        due += f64::from(size.rate) * tick.as_secs_f64();
        while due >= 1.0 {
            due -= 1.0;
            number += 1;
            let of = (
                number % u64::from(size.processes),
                fleet.world.lock().random(size.merchants.into()),
            );
            let client = match clients.entry(of) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(new) => {
                    let process = &processes[usize::try_from(of.0)?];
                    new.insert(fleet.client(process, of.1)?)
                }
            };
            let caller = Caller {
                client: client.clone(),
                world: Arc::clone(&fleet.world),
                tally: Arc::clone(&tally),
            };
            calls.spawn(caller.call(number, size));
        }
        while calls.try_join_next().transpose()?.is_some() {}
        tokio::time::sleep(tick).await;
    }
    while calls.join_next().await.transpose()?.is_some() {}
    // A request that is on its way may still arrive.
    tokio::time::sleep(Duration::from_secs(600)).await;
    let tally = std::mem::take(&mut *tally.lock().unwrap_or_else(PoisonError::into_inner));
    let questions = fleet.shared.0.questions.load(Ordering::Relaxed);
    Ok(Report::new(tally, &fleet.world, questions))
}

/// The state that all processes share.
struct Fleet {
    key: PrivateKey,
    platform: PublicKey,
    world: Arc<World>,
    shared: SharedLimits,
}

/// The state that the clients of one process share.
struct Process {
    retry: RetryPolicy,
    failover: Failover,
    breaker: CircuitBreaker,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            retry: RetryPolicy::new(),
            failover: Failover::to(BACKUP),
            breaker: CircuitBreaker::new(),
        }
    }
}

impl Fleet {
    fn client(&self, process: &Process, merchant: u64) -> Result<Client> {
        let mchid = format!("19{merchant:08}");
        let clock = Skewed(Arc::clone(&self.world));
        let signer = Skewed(Arc::clone(&self.world));
        let of = mchid.clone();
        Ok(Client::builder()
            .base_url(MAIN)
            .mchid(mchid)
            .serial(SERIAL)
            .private_key(self.key.clone())
            .platform_key(PLATFORM_ID, self.platform.clone())
            .clock(clock)
            .check_answer_nonces(false)
            .transport(Network(Arc::clone(&self.world)))
            .retry(process.retry.clone())
            .failover(process.failover.clone())
            .circuit_breaker(process.breaker.clone())
            .rate_limits(RateLimits::documented().store(self.shared.clone()))
            .stack(move |stack| {
                stack.remove(middleware::SIGNER)?;
                let sign = move |request, next| unsigned(signer.clone(), of.clone(), request, next);
                stack.after(middleware::VERIFIER, "unsigned", from_fn(sign))?;
                Ok(())
            })
            .build()?)
    }
}

/// A header as the signer writes it, without a signature.
async fn unsigned(
    clock: Skewed,
    mchid: String,
    mut request: Request,
    next: Next,
) -> wechatpay_chain::Result<Response> {
    let auth = Authorization::new(
        mchid,
        SERIAL.to_owned(),
        clock.now(),
        clock.nonce()?,
        "AA==".to_owned(),
    );
    request
        .headers_mut()
        .insert(AUTHORIZATION, auth.to_header_value()?);
    next.run(request).await
}

/// The clock of a process, which may step.
#[derive(Clone)]
struct Skewed(Arc<World>);

impl Clock for Skewed {
    fn now(&self) -> i64 {
        let step = match self.0.scenario.at(self.0.elapsed()) {
            Fault::ClockAhead => 600,
            Fault::ClockBehind => -600,
            _ => 0,
        };
        self.0.now() + step
    }

    fn nonce(&self) -> wechatpay_chain::Result<String> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Ok(format!("{:032X}", NEXT.fetch_add(1, Ordering::Relaxed)))
    }
}

impl fmt::Debug for Skewed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Skewed")
    }
}

/// Limits in one place, as Redis has them, a millisecond away.
#[derive(Clone, Default)]
struct SharedLimits(Arc<Shared>);

#[derive(Default)]
struct Shared {
    limits: MemoryLimits,
    questions: AtomicU64,
}

impl LimitStore for SharedLimits {
    async fn reserve(
        &self,
        key: &str,
        limits: &[RateLimit],
        at_most: Duration,
    ) -> wechatpay_chain::Result<Duration> {
        let half = Duration::from_micros(500);
        self.0.questions.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(half).await;
        let wait = self.0.limits.reserve(key, limits, at_most).await;
        tokio::time::sleep(half).await;
        wait
    }
}

/// One call of the load.
struct Caller {
    client: Client,
    world: Arc<World>,
    tally: Arc<Mutex<Tally>>,
}

impl Caller {
    /// Most calls are orders; a share is of the limited operation.
    async fn call(self, number: u64, size: Size) {
        let second = usize::try_from(self.world.elapsed().as_secs()).unwrap_or(0);
        // All calls of the limited operation in a second, as the limit allows them, times the demand.
        let allowed = LIMIT * usize::try_from(size.merchants).unwrap_or(1) / 60;
        let limited = allowed * usize::try_from(self.world.scenario.demand).unwrap_or(0) / 100;
        let limited = u64::try_from(limited)
            .unwrap_or(0)
            .min(u64::from(size.rate) / 2);
        if number % u64::from(size.rate) < limited {
            let outcome = self.client.chain(LIMITED).post(punish(number), ()).await;
            self.note(|tally| tally.limited(second, outcome.is_ok()));
        } else {
            self.order(number, second).await;
        }
    }

    /// An order, and queries until its outcome is known.
    async fn order(&self, number: u64, second: usize) {
        let number = format!("N{number:015}");
        let begun = Instant::now();
        let call = |number: &str| {
            self.client
                .chain("v3/pay/transactions/native")
                .post(order(number), ())
        };
        let mut outcome = call(&number).or_query(QueryPolicy::documented()).await;
        let ended = usize::try_from(self.world.elapsed().as_secs()).unwrap_or(0);
        let prompt = matches!(outcome, Ok(Outcome::Done(_))) && ended <= second + 2;
        for _ in 0..10 {
            if !matches!(outcome, Ok(Outcome::StillUnknown(_))) {
                break;
            }
            let policy = QueryPolicy::documented();
            outcome = call(&number).query_outcome(begun.elapsed(), policy).await;
        }
        let done = self.world.lock().ledger.contains(&number);
        self.note(|tally| tally.order(second, prompt, &outcome, (number, done)));
    }

    fn note(&self, note: impl FnOnce(&mut Tally)) {
        note(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn order(number: &str) -> Value {
    json!({
        "appid": "wxd678efh567hg6787", "mchid": "1900000109", "description": "-", "out_trade_no": number,
        "notify_url": "https://www.example.com/", "amount": {"total": 1, "currency": "CNY"},
    })
}

fn punish(number: u64) -> Value {
    json!({"out_request_no": format!("P{number}")})
}
