//! From the start of a process to its first verified answer, over plain HTTP.
//!
//! `start_up [RUNS]`: the median of so many processes, floor and client in turn.

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
    // The first of each only warms the page cache.
    for round in 0..=runs {
        for (who, times) in ["floor", "client"].into_iter().zip(&mut times) {
            let time = run(&program, who, &gateway.setup.dir)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    let [floor, client] = times.map(median);
    println!("process start to first verified answer, medians of {runs} processes");
    println!(
        "floor {floor:.2?}, client {client:.2?} (goal 8 ms), ratio {:.2}",
        ratio(client, floor)
    );
    Ok(())
}

fn run(program: &Path, who: &str, dir: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let status = Command::new(program).arg(who).arg(dir).status()?;
    let time = begin.elapsed();
    match status.success() {
        true => Ok(time),
        false => Err(format!("first_call {who} ended with {status}").into()),
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64()
}
