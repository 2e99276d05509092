//! The sandbox under load: 64 clients at once, requests a second and memory.
//!
//!     cargo run --release --example sandbox_load --features sandbox

#![allow(clippy::print_stdout, reason = "that is what an example is for")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use serde_json::json;
use wechatpay_chain::Result;
use wechatpay_chain::sandbox::Sandbox;

const CLIENTS: usize = 64;
const EACH: usize = 100;

fn main() -> Result<()> {
    let sandbox = Sandbox::start_blocking()?;
    let clients = (0..CLIENTS).map(|_| sandbox.client());
    let clients = clients.collect::<Result<Vec<_>>>()?;
    let failed = AtomicUsize::new(0);
    let before = memory();
    let began = Instant::now();
    thread::scope(|scope| {
        for (number, client) in clients.iter().enumerate() {
            let (failed, mchid) = (&failed, sandbox.mchid());
            scope.spawn(move || {
                for turn in 0..EACH {
                    let order = json!({
                        "appid": "wxd678efh567hg6787",
                        "mchid": mchid,
                        "description": "Image形象店-深圳腾大-QQ公仔",
                        "out_trade_no": format!("load{number}x{turn}"),
                        "notify_url": "https://www.example.com/notify",
                        "amount": {"total": 100},
                    });
                    let call = client.chain("v3/pay/transactions/native").post(order, ());
                    if call.wait().is_err() {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    let count = CLIENTS * EACH;
    #[allow(clippy::cast_precision_loss, reason = "some thousands")]
    let rate = count as f64 / seconds;
    println!("{CLIENTS} clients, {count} orders in {seconds:.1} s: {rate:.0} a second");
    println!("failed: {}", failed.load(Ordering::Relaxed));
    println!("both ends sign and verify in this one process");
    if let (Some(before), Some(after)) = (before, memory()) {
        println!("memory of the process: {before} KiB before, {after} KiB after");
    }
    Ok(())
}

/// Resident memory in KiB, where the system says it.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
