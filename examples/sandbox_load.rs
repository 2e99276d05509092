//! The sandbox under load: 64 clients place 100,000 orders. Requests per second, their ratio to what cryptography allows, errors
//! and memory over time.
//!
//!     cargo run --release --example sandbox_load
//!
//! For each request the sandbox verifies a signature and makes one, as the client does. Their CPU time, measured before each round,
//! divided by the CPU time of a request is the ratio: once for the sandbox's threads, and once for the whole process, where the
//! clients' HTTP and threads count too. The rounds are short, since the speed of a shared machine changes: stop other programs
//! before you compare two runs. The sandbox keeps 10,000 orders and 1,000 requests, so its memory grows only in the first rounds.

#![allow(clippy::print_stdout, reason = "that is what an example is for")]
#![allow(clippy::cast_precision_loss, reason = "counts are small")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use serde_json::json;
use wechatpay_chain::{BoxError, Client, Clock, PrivateKey, Result, SystemClock};
use wechatpay_sandbox::Sandbox;

const CLIENTS: usize = 64;
const ROUNDS: usize = 32;
/// The number of orders of each client in each round.
const ORDERS: usize = 49;
/// How many times the cryptography of a request is measured before a round.
const MEASURED: usize = 300;

fn main() -> Result<(), BoxError> {
    let sandbox = Sandbox::start_blocking()?;
    let clients = (0..CLIENTS).map(|_| sandbox.client());
    let clients = clients.collect::<Result<Vec<_>>>()?;
    let failed = AtomicUsize::new(0);
    println!(
        "{CLIENTS} clients; resident memory at the start: {}",
        memory()
    );
    let began = Instant::now();
    let (mut crypto, mut spent, mut sandboxes) = (0.0, 0.0, 0.0);
    for round in 1..=ROUNDS {
        let limit = cryptography(sandbox.merchant_key())?;
        let (began, before, before_sandbox) = (Instant::now(), cpu_seconds(), sandbox_seconds());
        play(&clients, round, sandbox.mchid(), &failed);
        let requests = (CLIENTS * ORDERS) as f64;
        let request = (cpu_seconds() - before) / requests;
        let its = (sandbox_seconds() - before_sandbox) / requests;
        (crypto, spent, sandboxes) = (crypto + limit, spent + request, sandboxes + its);
        println!(
            "{:6} requests: {:.0} a second; sandbox {:.0} µs of CPU each, {:.2} of the limit; all {:.0} µs, {:.2}; {}",
            round * CLIENTS * ORDERS,
            rate(CLIENTS * ORDERS, began),
            its * 1e6,
            limit / its,
            request * 1e6,
            2.0 * limit / request,
            memory()
        );
    }
    let count = ROUNDS * CLIENTS * ORDERS;
    println!(
        "{count} requests, {} failed, {:.0} a second; sandbox {:.3} of the limit, all {:.3}; {} at the end",
        failed.load(Ordering::Relaxed),
        rate(count, began),
        crypto / sandboxes,
        2.0 * crypto / spent,
        memory()
    );
    Ok(())
}

/// The CPU time of a signature and a verification, in seconds. All cores are busy, as in a round: two threads on one core take
/// longer each.
fn cryptography(key: &PrivateKey) -> Result<f64, BoxError> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let before = cpu_seconds();
    thread::scope(|scope| {
        let all: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| sign_and_verify(key)))
            .collect();
        all.into_iter().try_for_each(|thread| {
            let done = thread.join().map_err(|_| "a thread panicked")?;
            done.map_err(BoxError::from)
        })
    })?;
    Ok((cpu_seconds() - before) / (threads * MEASURED) as f64)
}

fn sign_and_verify(key: &PrivateKey) -> Result<(), String> {
    let public = key.public_key();
    for _ in 0..MEASURED {
        let message = SystemClock::new().nonce().map_err(|err| err.report())?;
        let signature = key.sign(message.as_bytes()).map_err(|err| err.report())?;
        if !public.verify(message.as_bytes(), &signature) {
            return Err("a signature does not verify".to_owned());
        }
    }
    Ok(())
}

/// The CPU time of this process in seconds, at a resolution of 10 ms; 0 where the system does not report it.
fn cpu_seconds() -> f64 {
    seconds(&std::fs::read_to_string("/proc/self/stat").unwrap_or_default())
}

/// The CPU time of the sandbox's threads.
fn sandbox_seconds() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let stats =
        threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("stat")).ok());
    // Linux cuts names of threads off after 15 characters.
    let of_sandbox = stats.filter(|stat| stat.contains("(wechatpay-sandb)"));
    of_sandbox.map(|stat| seconds(&stat)).sum()
}

/// The CPU time in a file `stat` of Linux.
fn seconds(stat: &str) -> f64 {
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let times = fields.split_whitespace().skip(11).take(2);
    let ticks: f64 = times.filter_map(|time| time.parse::<f64>().ok()).sum();
    ticks / 100.0
}

/// Runs all clients concurrently, each with one order after another.
fn play(clients: &[Client], round: usize, mchid: &str, failed: &AtomicUsize) {
    thread::scope(|scope| {
        for (number, client) in clients.iter().enumerate() {
            scope.spawn(move || {
                for turn in 0..ORDERS {
                    if order(client, mchid, &format!("load{round}x{number}x{turn}")).is_err() {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
}

fn order(client: &Client, mchid: &str, out_trade_no: &str) -> Result<()> {
    let order = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": mchid,
        "description": "Image形象店-深圳腾大-QQ公仔",
        "out_trade_no": out_trade_no,
        "notify_url": "https://www.example.com/notify",
        "amount": {"total": 100},
    });
    let call = client.chain("v3/pay/transactions/native").post(order, ());
    call.wait().map(drop)
}

fn rate(count: usize, began: Instant) -> f64 {
    count as f64 / began.elapsed().as_secs_f64()
}

/// Resident memory, if the system reports it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or("unknown".to_owned(), |line| line.trim().to_owned())
}
