//! The memory of a call in flight: 10,000 calls whose answers never arrive.
//!
//! `in_flight [COUNT]`: resident memory a call, its connection included. Each call has a connection and so a file
//! descriptor, in this process and in the server's: raise `ulimit -n` above COUNT.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::Duration;

use wechatpay_chain::{Client, PrivateKey, PublicKey};
use wechatpay_chain_benches::setup::{MCHID, PLATFORM_ID, SERIAL, rsa};
use wechatpay_chain_benches::{Result, Work, caller, resident, runtime};

const GOAL: u64 = 26_000;

fn main() -> Result<()> {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("server") {
        return serve();
    }
    let count: u64 = argument.map_or(Ok(10_000), |text| text.parse())?;
    let mut server = Command::new(std::env::current_exe()?)
        .arg("server")
        .stdout(Stdio::piped())
        .spawn()?;
    let mut address = [0; 5];
    let stdout = server.stdout.as_mut().ok_or("the server has no output")?;
    stdout.read_exact(&mut address)?;
    let port = String::from_utf8(address.to_vec())?;
    let outcome = measure(count, &format!("http://127.0.0.1:{port}/"));
    server.kill()?;
    server.wait()?;
    let each = outcome?;
    println!("{count} calls in flight, {each} bytes each; goal {GOAL}");
    if each > GOAL {
        return Err("a call in flight takes more than the goal".into());
    }
    Ok(())
}

/// Accepts connections and never answers.
fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let mut stdout = std::io::stdout();
    write!(stdout, "{port:05}")?;
    stdout.flush()?;
    let mut held = Vec::new();
    for connection in listener.incoming() {
        held.push(connection?);
    }
    Ok(())
}

fn measure(count: u64, base_url: &str) -> Result<u64> {
    let client = Client::builder()
        .mchid(MCHID)
        .serial(SERIAL)
        .private_key(PrivateKey::from_bytes(rsa()?.private_key_to_pem_pkcs8()?)?)
        .platform_key(
            PLATFORM_ID,
            PublicKey::from_bytes(rsa()?.public_key_to_pem()?)?,
        )
        .base_url(base_url)
        .timeout(None)
        .build()?;
    runtime()?.block_on(async {
        let mut before = 0;
        // The first call allocates what all calls share.
        for number in 0..=count {
            if number == 1 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                before = resident()?;
            }
            let client = client.clone();
            tokio::spawn(async move {
                let call = client[caller::PATH].post(caller::body(Work::Plain), ());
                call.await.map(drop)
            });
            // One after another, so that the server's queue does not overflow.
            tokio::task::yield_now().await;
            if number % 100 == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let alive = tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks() as u64;
        // A task for the call and one for its connection.
        if alive < 2 * count {
            return Err(format!("only {alive} tasks are alive: raise `ulimit -n`").into());
        }
        Ok(resident()?.saturating_sub(before) / count)
    })
}
