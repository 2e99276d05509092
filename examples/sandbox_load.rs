//! The sandbox under load from 64 clients: requests per second, errors, and memory over time.
//!
//!     cargo run --release --example sandbox_load
//!
//! Client and sandbox share this process, which signs and verifies for both. The sandbox keeps 10,000 orders and 1,000
//! requests, so its memory grows only in the first rounds.

#![allow(clippy::print_stdout, reason = "that is what an example is for")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use serde_json::json;
use wechatpay_chain::{Client, Result};
use wechatpay_sandbox::Sandbox;

const CLIENTS: usize = 64;
const ROUNDS: usize = 8;
/// The number of orders of each client in each round.
const ORDERS: usize = 64;

fn main() -> Result<()> {
    let sandbox = Sandbox::start_blocking()?;
    let clients = (0..CLIENTS).map(|_| sandbox.client());
    let clients = clients.collect::<Result<Vec<_>>>()?;
    let failed = AtomicUsize::new(0);
    println!(
        "{CLIENTS} clients; resident memory at the start: {}",
        memory()
    );
    let began = Instant::now();
    for round in 1..=ROUNDS {
        let began = Instant::now();
        play(&clients, round, sandbox.mchid(), &failed);
        let rate = rate(CLIENTS * ORDERS, began);
        println!(
            "{:6} requests: {rate:.0} a second, {}",
            round * CLIENTS * ORDERS,
            memory()
        );
    }
    let count = ROUNDS * CLIENTS * ORDERS;
    let rate = rate(count, began);
    let failed = failed.load(Ordering::Relaxed);
    println!(
        "{count} requests, {failed} failed, {rate:.0} a second; {} at the end",
        memory()
    );
    Ok(())
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

#[allow(clippy::cast_precision_loss, reason = "some thousands")]
fn rate(count: usize, began: Instant) -> f64 {
    count as f64 / began.elapsed().as_secs_f64()
}

/// Resident memory, if the system reports it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or("unknown".to_owned(), |line| line.trim().to_owned())
}
