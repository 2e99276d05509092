//! A soak: many payments and refunds through a faulty network, while the platform's certificates are rotated.
//!
//! Nothing may be lost, nothing may be done twice, and memory must not grow. `WECHATPAY_SOAK_CALLS` says how many
//! calls are made, the queries for unknown outcomes not counted; 600 by default.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::outcome::{Outcome, QueryPolicy};
use wechatpay_chain::resilience::RetryPolicy;
use wechatpay_chain::{Call, Client};
use wechatpay_sandbox::{Fault, Sandbox};

use crate::relay::{GATEWAY_TIMEOUT, Relay, TOO_MANY, Wire};
use crate::support::{ORDERS, REFUNDS, order, refund};

/// Calls that run at the same time.
const AT_ONCE: u64 = 128;
/// The most payments after which the ledger is compared and a certificate is rotated; a short soak has ten rounds.
const ROUND: u64 = 4_000;
/// Rounds after which the sandbox forgets its orders. It would drop some itself when it has 10,000.
const KEPT_ROUNDS: usize = 2;
/// One call in so many meets a fault. Odd, since the calls of orders and refunds alternate.
const FAULTY: u64 = 9;

const WIRE: [Wire; 9] = [
    Wire::ResetUnread,
    Wire::LoseRequest,
    Wire::ResetRequest,
    Wire::PassOnLate,
    Wire::LoseAnswer,
    Wire::ResetAnswer,
    Wire::HalfBody,
    Wire::GatewayAfter(GATEWAY_TIMEOUT),
    Wire::Gateway(TOO_MANY),
];

#[test]
fn many_calls_through_faults_lose_nothing_and_do_nothing_twice() {
    let calls = std::env::var("WECHATPAY_SOAK_CALLS").map_or(600, |text| text.parse().unwrap());
    let payments = calls / 2;
    let soak = Arc::new(Soak::new());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    // Without any certificate nothing would be sent, and faults that no request meets would pile up.
    for client in &soak.clients {
        client.certificates().wait().unwrap();
    }
    let mut sizes = Vec::new();
    let (mut orders, mut refunds) = (0, 0);
    let round = (payments / 10).clamp(1, ROUND);
    for (at, first) in (0..payments).step_by(round as usize).enumerate() {
        if at % KEPT_ROUNDS == 0 {
            soak.sandbox.reset();
        }
        let numbers = first..(first + round).min(payments);
        let found = runtime.block_on(Soak::round(&soak, numbers));
        soak.compare(&found);
        orders += found.iter().filter(|it| it.order).count() as u64;
        refunds += found.iter().filter(|it| it.refund).count() as u64;
        soak.sandbox.retire_platform_certificates();
        soak.sandbox.rotate_platform_certificate().unwrap();
        sizes.push(resident());
    }
    soak.report(&format!("{orders} orders, {refunds} refunds"), &sizes);
    // Most calls are done: a soak in which nothing is sent would lose nothing.
    assert!(orders > payments * 9 / 10, "{orders} of {payments}");
    assert!(refunds > orders * 9 / 10, "{refunds} of {orders}");
    assert!(soak.faults.load(Ordering::Relaxed) >= calls / FAULTY * 9 / 10);
    // The sandbox is equally full after each second round.
    let full: Vec<_> = sizes
        .chunks_exact(KEPT_ROUNDS)
        .map(|it| it[KEPT_ROUNDS - 1])
        .collect();
    // The allocator has what it needs after a quarter of the rounds.
    if let ([.., last], Some(settled)) = (&full[..], full.get(1.max(full.len() / 4))) {
        assert!(
            *last < settled + settled / 10,
            "{settled} bytes, then {last}"
        );
    }
}

/// The outcome of a payment's two calls: whether each was done.
struct Done {
    number: String,
    order: bool,
    refund: bool,
}

struct Soak {
    sandbox: Sandbox,
    relay: Relay,
    /// Without retries and with them.
    clients: [Client; 2],
    faults: AtomicU64,
    queries: AtomicU64,
}

impl Soak {
    fn new() -> Self {
        let builder = Sandbox::builder()
            .check_fields(false)
            .certificate_mode(true);
        let sandbox = builder.start_blocking().unwrap();
        let relay = Relay::start(sandbox.address());
        let plain = || {
            let builder = sandbox.merchant_builder().base_url(relay.url());
            // A round takes seconds; in use, certificates are rotated once in years.
            let certificates = Certificates::auto().at_most_every(Duration::from_millis(1));
            let builder = builder.certificates(certificates);
            builder.timeout(Duration::from_secs(5))
        };
        let retry = RetryPolicy::new().backoff(Duration::from_millis(1), Duration::from_millis(5));
        let clients = [plain(), plain().retry(retry)].map(|builder| builder.build().unwrap());
        Self {
            sandbox,
            relay,
            clients,
            faults: AtomicU64::new(0),
            queries: AtomicU64::new(0),
        }
    }

    async fn round(soak: &Arc<Self>, numbers: std::ops::Range<u64>) -> Vec<Done> {
        let next = Arc::new(AtomicU64::new(numbers.start));
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (soak, next, end) = (Arc::clone(soak), Arc::clone(&next), numbers.end);
                tokio::spawn(async move {
                    let mut found = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= end {
                            return found;
                        }
                        found.push(soak.payment(number).await);
                    }
                })
            })
            .collect();
        let mut found = Vec::new();
        for worker in workers {
            found.extend(worker.await.unwrap());
        }
        found
    }

    /// Places an order, pays it as the user does, and refunds a part.
    async fn payment(&self, at: u64) -> Done {
        let number = format!("S{at:09}");
        let body = order(self.sandbox.mchid(), &number);
        let client = &self.clients[at as usize % 2];
        let order = self
            .done(at * 2, || client.chain(ORDERS).post(&body, ()))
            .await;
        if order {
            self.sandbox.pay(&number).unwrap();
        }
        let body = refund(&number, &number);
        let refund = order
            && self
                .done(at * 2 + 1, || client.chain(REFUNDS).post(&body, ()))
                .await;
        Done {
            number,
            order,
            refund,
        }
    }

    /// Makes a call, and queries until the outcome is known.
    async fn done(&self, at: u64, call: impl Fn() -> Call) -> bool {
        self.inject(at);
        // A delayed request arrives before "not found" is final.
        let policy = || {
            QueryPolicy::quick()
                .waits([20, 60, 150, 350].map(Duration::from_millis))
                .settled_after(Duration::from_millis(400))
        };
        let mut outcome = call().or_query(policy()).await.unwrap();
        for _ in 0..10 {
            match outcome {
                Outcome::Done(_) => return true,
                Outcome::NotDone(_) => return false,
                Outcome::StillUnknown(_) => {}
            }
            self.queries.fetch_add(1, Ordering::Relaxed);
            let ago = Duration::from_secs(1);
            outcome = call().query_outcome(ago, policy()).await.unwrap();
        }
        panic!("call {at}: {outcome:?}");
    }

    /// Lets the next request of any call meet a fault, for one call in [`FAULTY`].
    fn inject(&self, at: u64) {
        if !at.is_multiple_of(FAULTY) {
            return;
        }
        let turn = (self.faults.fetch_add(1, Ordering::Relaxed)) as usize;
        let sandbox = [
            Fault::CutBeforeAnswer,
            Fault::WrongSignature,
            Fault::Status(http::StatusCode::INTERNAL_SERVER_ERROR),
            Fault::Slow(Duration::from_millis(200)),
            Fault::TamperedBody,
        ];
        let all = WIRE.len() + sandbox.len();
        match sandbox.get(turn % all) {
            Some(fault) => self.sandbox.inject_fault(fault.clone()),
            None => self.relay.inject(WIRE[turn % all - sandbox.len()]),
        }
    }

    /// Compares the outcomes with the sandbox's ledger.
    fn compare(&self, found: &[Done]) {
        let mut ledger: HashMap<String, (usize, usize, i64)> = HashMap::new();
        for order in self.sandbox.orders() {
            let entry = ledger.entry(order.out_trade_no.clone()).or_default();
            entry.0 += 1;
            entry.2 += order.refunded;
        }
        for refund in self.sandbox.refunds() {
            ledger.entry(refund.out_trade_no.clone()).or_default().1 += 1;
        }
        for done in found {
            let kept = ledger.get(&done.number).copied().unwrap_or_default();
            let refunds = usize::from(done.refund);
            let expected = (usize::from(done.order), refunds, 30 * refunds as i64);
            assert_eq!(
                kept, expected,
                "orders, refunds and refunded fen of {}",
                done.number
            );
        }
    }

    fn report(&self, done: &str, sizes: &[u64]) {
        let megabytes: Vec<_> = sizes.iter().map(|size| size >> 20).collect();
        eprintln!(
            "{done}, {} faults, {} follow-up queries; resident MB after each round: {megabytes:?}",
            self.faults.load(Ordering::Relaxed),
            self.queries.load(Ordering::Relaxed),
        );
    }
}

/// The resident memory of the process in bytes, 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
