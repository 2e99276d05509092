//! The effects of many processes on WeChat Pay, and on each other, when something fails: the real layers of the client, over a
//! WeChat Pay that is scripted, in virtual time.
//!
//! ```text
//! cargo run --release --features simulation --bin simulation                # small, 20 seconds
//! cargo run --release --features simulation --bin simulation -- full        # 100 processes, 1,000 merchants, 10,000 calls a second
//! cargo run --release --features simulation --bin simulation -- 20 50 500 down
//! ```
//!
//! The numbers are processes, merchants and calls a second; the last word chooses one scenario. Each process has one
//! retry policy, one failover, one breaker, and shares its rate limits with all others, as `docs/operations.md`
//! recommends. Signatures of requests are left out, since they cost most of the time and change nothing here; those of
//! answers are verified. The program fails when a goal is missed.

mod load;
mod report;
mod scenario;
mod world;

use std::process::ExitCode;

use load::Size;
use scenario::{SCENARIOS, Scenario};
use wechatpay_chain_benches::Result;

fn main() -> Result<ExitCode> {
    let (size, only) = arguments()?;
    let chosen = |it: &&Scenario| only.as_deref().is_none_or(|name| name == it.name);
    println!(
        "{} processes, {} merchants, {} calls a second",
        size.processes, size.merchants, size.rate
    );
    report::print_head();
    let mut met = true;
    for scenario in SCENARIOS.iter().filter(chosen) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()?;
        let report = runtime.block_on(load::run(size, scenario))?;
        met &= report.print(scenario);
    }
    Ok(if met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn arguments() -> Result<(Size, Option<String>)> {
    let mut words: Vec<_> = std::env::args().skip(1).collect();
    let mut size = Size::SMALL;
    if words.first().is_some_and(|word| word == "full") {
        size = Size::FULL;
        words.remove(0);
    } else if words.len() >= 3 {
        let mut number = || words.remove(0).parse::<u32>();
        size = Size {
            processes: number()?,
            merchants: number()?,
            rate: number()?,
        };
    }
    Ok((size, words.pop()))
}
