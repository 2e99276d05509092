//! Measures the time from the start of a process to its first verified answer, over plain HTTP.
//!
//! `start_up [RUNS]`: median and fastest of this many processes, floor and client in turn.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use wechatpay_chain_benches::gateway::become_gateway;
use wechatpay_chain_benches::{Gateway, Result};

fn main() -> Result<()> {
    become_gateway()?;
    let runs = std::env::args()
        .nth(1)
        .map_or(Ok(30), |text| text.parse())?;
    let gateway = Gateway::spawn()?;
    let program = std::env::current_exe()?.with_file_name("first_call");
    let mut times = [const { Vec::new() }; 2];
    // The first run of each only warms the page cache.
    for round in 0..=runs {
        for (who, times) in ["floor", "client"].into_iter().zip(&mut times) {
            let time = run(&program, who, &gateway.setup.dir)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    println!("process start to first verified answer, {runs} processes of each; goal 8 ms\n");
    println!("{:<10}{:>10}{:>10}{:>8}", "", "floor", "client", "ratio");
    // Other load on the machine disturbs the fastest run least.
    let [mut floor, mut client] = times;
    print_row("median", median(&mut floor), median(&mut client));
    print_row("fastest", floor[0], client[0]);
    Ok(())
}

fn run(program: &Path, who: &str, dir: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let status = Command::new(program).arg(who).arg(dir).status()?;
    let time = begin.elapsed();
    if status.success() {
        Ok(time)
    } else {
        Err(format!("first_call {who} ended with {status}").into())
    }
}

/// Sorts them.
fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn print_row(name: &str, floor: Duration, client: Duration) {
    let ratio = client.as_secs_f64() / floor.as_secs_f64();
    println!("{name:<10}{floor:>10.2?}{client:>10.2?}{ratio:>8.2}");
}
