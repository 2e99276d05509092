//! User and system CPU of a whole call: this client and the floor, in interleaved rounds.
//!
//! `whole_call [ROUNDS [CALLS]]`: medians over the rounds, each with this many calls.

use std::hint::black_box;
use std::sync::Arc;

use openssl::pkey::PKey;
use rustix::time::{ClockId, clock_gettime};
use tokio::task::JoinSet;
use wechatpay_chain_benches::gateway::become_gateway;
use wechatpay_chain_benches::{Caller, Crypto, Gateway, Result, Who, Work, runtime, setup};

fn main() -> Result<()> {
    become_gateway()?;
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().map_or(Ok(25), |text| text.parse())?;
    let calls = arguments.next().map_or(Ok(128), |text| text.parse())?;
    let gateway = Gateway::spawn()?;
    runtime()?.block_on(report(&gateway, rounds, calls))
}

/// The number of calls in flight.
const LANES: [usize; 2] = [1, 64];

async fn report(gateway: &Gateway, rounds: usize, calls: usize) -> Result<()> {
    let floor = Arc::new(Caller::new(Who::Floor, &gateway.setup)?);
    let client = Arc::new(Caller::new(Who::Client, &gateway.setup)?);
    println!("user + system CPU per call in µs, medians of {rounds} rounds of {calls} calls\n");
    println!(
        "{:<24}{:>10}{:>10}{:>8}{:>22}",
        "", "floor", "client", "ratio", "x crypto (f, c)"
    );
    for work in [Work::Plain, Work::Field] {
        for lanes in LANES {
            let row = measure([&floor, &client], work, lanes, rounds, calls).await?;
            let Row {
                crypto,
                floor,
                client,
                ratio,
            } = row;
            let name = format!("{}, {lanes} at once", name(work));
            println!(
                "{name:<24}{floor:>10.1}{client:>10.1}{ratio:>8.3}{:>14.3}{:>8.3}",
                floor / crypto,
                client / crypto
            );
        }
    }
    Ok(())
}

/// Medians; the ratio is the median of the rounds' ratios, which a noisy machine disturbs least.
struct Row {
    crypto: f64,
    floor: f64,
    client: f64,
    ratio: f64,
}

async fn measure(
    [floor, client]: [&Arc<Caller>; 2],
    work: Work,
    lanes: usize,
    rounds: usize,
    calls: usize,
) -> Result<Row> {
    // Opens connections and sets up OpenSSL's contexts before the measurement.
    run(floor, work, lanes, lanes).await?;
    run(client, work, lanes, lanes).await?;
    let alone = crypto_alone()?;
    let mut seen = [const { Vec::new() }; 4];
    for round in 0..rounds {
        // The second one finds warmer caches.
        let (first, second) = if round % 2 == 0 {
            (floor, client)
        } else {
            (client, floor)
        };
        let a = run(first, work, lanes, calls).await?;
        let b = run(second, work, lanes, calls).await?;
        let (f, c) = if round % 2 == 0 { (a, b) } else { (b, a) };
        for (list, value) in seen
            .iter_mut()
            .zip([crypto(&alone, calls / 4 + 1)?, f, c, c / f])
        {
            list.push(value);
        }
    }
    let [crypto, floor, client, ratio] = seen.map(median);
    Ok(Row {
        crypto,
        floor,
        client,
        ratio,
    })
}

/// CPU per call, in µs.
async fn run(caller: &Arc<Caller>, work: Work, lanes: usize, calls: usize) -> Result<f64> {
    let each = calls / lanes;
    let before = cpu_us();
    let mut tasks: JoinSet<Result<()>> = JoinSet::new();
    for _ in 0..lanes {
        let caller = Arc::clone(caller);
        tasks.spawn(async move {
            for _ in 0..each {
                caller.call(work).await?;
            }
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok((cpu_us() - before) / (each * lanes) as f64)
}

/// CPU of one signature and one verification, in µs.
fn crypto(crypto: &Crypto, times: usize) -> Result<f64> {
    let before = cpu_us();
    for _ in 0..times {
        let signature = crypto.sign(b"text")?;
        black_box(crypto.verify(b"text", &signature)?);
    }
    Ok((cpu_us() - before) / times as f64)
}

fn crypto_alone() -> Result<Crypto> {
    let private = setup::rsa()?;
    let public = PKey::public_key_from_pem(&private.public_key_to_pem()?)?;
    Crypto::new(&private, &public)
}

/// User and system CPU of this process so far.
fn cpu_us() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn name(work: Work) -> &'static str {
    match work {
        Work::Plain => "no encrypted field",
        Work::Field => "one field",
    }
}
