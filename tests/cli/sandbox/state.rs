//! `--state`: the state survives a restart and a crash.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};
use wechatpay_chain::{Call, Client};

use super::{Running, client, command};

/// How many orders are placed; a higher number for a run by hand.
fn writes() -> usize {
    let given = std::env::var("WECHATPAY_TEST_WRITES").ok();
    given.map_or(200, |count| count.parse().unwrap())
}

/// The call that places an order, with so many bytes that no schema knows.
fn order(shop: &Client, mchid: &Value, number: &str, bytes: usize) -> Call {
    let order = json!({
        "appid": "wxd678efh567hg6787", "mchid": mchid, "description": "公仔",
        "out_trade_no": number, "notify_url": "http://127.0.0.1:9/", "amount": {"total": 1},
        "unknown": "x".repeat(bytes),
    });
    shop.chain("v3/pay/transactions/native").post(order, ())
}

#[test]
fn kill_9_loses_no_order_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--json", "--state", folder.path().to_str().unwrap()];
    let running = Running::start(&arguments);
    let (ready, total) = (running.json(), writes());
    let shop = client(&ready);
    let (next, answered) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let place = || {
        while let number @ 0.. = next.fetch_add(1, Ordering::Relaxed)
            && number < total
        {
            let number = format!("ORDER{number:06}");
            if order(&shop, &ready["mchid"], &number, 0).wait().is_ok() {
                answered.lock().unwrap().push(number);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(place);
        }
        while answered.lock().unwrap().len() < total / 2 {
            std::thread::yield_now();
        }
        running.signal("-9");
    });
    drop(running);
    let answered = answered.into_inner().unwrap();
    assert!(
        answered.len() >= total / 2 && answered.len() < total,
        "{}",
        answered.len()
    );

    let began = Instant::now();
    let running = Running::start(&arguments);
    println!(
        "{} answered, restarted in {:?}",
        answered.len(),
        began.elapsed()
    );
    let again = running.json();
    assert_eq!(
        again["platform_public_key_id"],
        ready["platform_public_key_id"]
    );
    let shop = client(&again);
    assert_unpaid(&shop, &ready["mchid"], answered.iter());
}

#[test]
fn kill_9_during_a_reset_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--json", "--state", folder.path().to_str().unwrap()];
    for round in 0..5_u64 {
        let running = Running::start(&arguments);
        let ready = running.json();
        let shop = client(&ready);
        let place = |number: &str| {
            let placed = order(&shop, &ready["mchid"], number, 20_000);
            placed.wait().is_ok()
        };
        let reset = format!("{}_sandbox/api/reset", ready["base_url"].as_str().unwrap());
        let kept = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0.. {
                    let number = format!("ORDER{number:06}");
                    if !place(&number) {
                        return;
                    }
                    kept.lock().unwrap().push(number);
                    if kept.lock().unwrap().len() == 8 {
                        // An answered or a lost reset: only orders after it count.
                        kept.lock().unwrap().clear();
                        if !is_posted(&reset) {
                            return;
                        }
                    }
                }
            });
            std::thread::sleep(std::time::Duration::from_millis(150 + round * 37));
            running.signal("-9");
        });
        drop(running);
        let running = Running::start(&arguments);
        let again = running.json();
        assert_unpaid(
            &client(&again),
            &ready["mchid"],
            kept.lock().unwrap().iter(),
        );
        assert!(is_posted(&format!(
            "{}_sandbox/api/reset",
            again["base_url"].as_str().unwrap()
        )));
        assert_eq!(running.stop("-TERM").code(), Some(0));
    }
}

#[test]
fn kill_9_around_a_checkpoint_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--json", "--state", folder.path().to_str().unwrap()];
    let mut kept = Vec::new();
    for round in 0..3_usize {
        let running = Running::start(&arguments);
        let ready = running.json();
        let shop = client(&ready);
        assert_unpaid(&shop, &ready["mchid"], kept.iter());
        // Each takes half a megabyte, so that there is a checkpoint after nine.
        for number in 0..10 + round {
            let number = format!("ORDER{round}{number:05}");
            order(&shop, &ready["mchid"], &number, 350_000)
                .wait()
                .unwrap();
            kept.push(number);
        }
        running.signal("-9");
        drop(running);
    }
    let running = Running::start(&arguments);
    let ready = running.json();
    assert_unpaid(&client(&ready), &ready["mchid"], kept.iter());
    assert_eq!(running.stop("-TERM").code(), Some(0));
}

/// Reads the stream of requests until the sandbox has ended.
#[cfg(unix)]
fn events(base_url: &str) -> std::thread::JoinHandle<String> {
    use std::io::{Read, Write};
    let host = base_url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let text = format!("GET /_sandbox/api/calls/events HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(text.as_bytes()).unwrap();
    let mut start = [0; 16];
    stream.read_exact(&mut start).unwrap();
    std::thread::spawn(move || {
        let mut read = Vec::new();
        // The end of a killed process may be an error.
        let _ = stream.read_to_end(&mut read);
        String::from_utf8_lossy(&read).into_owned()
    })
}

/// Whether an empty request was answered with 200.
fn is_posted(url: &str) -> bool {
    use std::io::{Read, Write};
    let host = url.trim_start_matches("http://").split('/').next().unwrap();
    let path = url.split_once(host).unwrap().1;
    let text = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    );
    let mut answer = String::new();
    let posted = std::net::TcpStream::connect(host).and_then(|mut stream| {
        stream.write_all(text.as_bytes())?;
        stream.read_to_string(&mut answer)
    });
    posted.is_ok() && answer.starts_with("HTTP/1.1 200")
}

/// Each of the orders is there, and was not paid.
fn assert_unpaid<'n>(shop: &Client, mchid: &Value, numbers: impl IntoIterator<Item = &'n String>) {
    for number in numbers {
        let call = shop
            .chain("v3/pay/transactions/out-trade-no/{out_trade_no}")
            .get(());
        let call = call
            .var("out_trade_no", number.as_str())
            .query("mchid", mchid.as_str().unwrap());
        assert_eq!(call.wait().unwrap()["trade_state"], "NOTPAY", "{number}");
    }
}

/// The file may not grow beyond a limit, as on a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_refuses_further_requests_and_loses_none_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--json", "--state", folder.path().to_str().unwrap()];
    let mut limited = std::process::Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 6000; exec \"$0\" sandbox \"$@\"";
    limited.args(["-c", script, env!("CARGO_BIN_EXE_wechatpay")]);
    let errors = folder.path().join("errors.txt");
    limited.stderr(std::fs::File::create(&errors).unwrap());
    let running = Running::of(limited.args(arguments), true);
    let ready = running.json();
    let shop = client(&ready);
    let place = |number: &str| order(&shop, &ready["mchid"], number, 200_000).wait();
    let events = events(ready["base_url"].as_str().unwrap());
    let numbers: Vec<_> = (0..100).map(|number| format!("ORDER{number:06}")).collect();
    let answered: Vec<_> = numbers
        .iter()
        .take_while(|number| place(number).is_ok())
        .collect();
    assert!((1..100).contains(&answered.len()), "{}", answered.len());
    let refused = place("LATER001").unwrap_err();
    assert_eq!(
        refused.api().map(|it| it.status.as_u16()),
        Some(500),
        "{refused}"
    );
    let said = || std::fs::read_to_string(&errors).unwrap();
    while said().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(said().contains("make room on the disk"), "{}", said());
    drop(running);
    let (events, last) = (events.join().unwrap(), answered.len() - 1);
    assert!(
        events.contains(numbers[last].as_str()),
        "an answered request"
    );
    assert!(
        !events.contains(numbers[last + 1].as_str()),
        "a request that was not written"
    );

    let running = Running::start(&arguments);
    let shop = client(&running.json());
    assert_unpaid(&shop, &ready["mchid"], answered);
}

#[test]
fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--json", "--state", folder.path().to_str().unwrap()];
    let first = Running::start(&arguments);
    let output = command(&arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("in use by another sandbox"), "{said}");
    let before = first.json();
    assert_eq!(first.stop("-TERM").code(), Some(0));
    let second = Running::start(&arguments);
    assert_eq!(second.json()["serial"], before["serial"]);
}
