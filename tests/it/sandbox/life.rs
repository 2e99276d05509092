//! Starting and ending, in every situation that a test may be in.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Builder;
use wechatpay_chain::{Clock, ErrorKind, Result};
use wechatpay_sandbox::{Fault, Sandbox};

use super::Outcome;

#[test]
fn it_starts_and_ends_inside_every_kind_of_runtime() -> Outcome {
    let runtimes = [
        Builder::new_current_thread().enable_all().build()?,
        Builder::new_multi_thread().enable_all().build()?,
        // It has sockets and timers of its own.
        Builder::new_current_thread().build()?,
    ];
    for runtime in runtimes {
        runtime.block_on(async {
            let sandbox = Sandbox::start().await?;
            let client = sandbox.client()?;
            client.chain("v3/certificates").get(()).wait()?;
            drop(sandbox);
            let sandbox = Sandbox::start_blocking()?;
            sandbox.client()?.chain("v3/certificates").get(()).wait()?;
            Outcome::Ok(())
        })?;
    }
    Ok(())
}

#[tokio::test(flavor = "current_thread")]
async fn it_answers_the_thread_that_started_it() -> Outcome {
    let sandbox = Sandbox::builder().tls(true).start().await?;
    sandbox.client()?.chain("v3/certificates").get(()).await?;
    Ok(())
}

#[test]
fn dropped_its_port_is_free() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let address = sandbox.address();
    // A connection that is open must not keep it.
    let _open = TcpStream::connect(address)?;
    drop(sandbox);
    assert!(TcpStream::connect(address).is_err());
    Sandbox::builder().listen(address).start_blocking()?;
    Ok(())
}

#[test]
fn keys_are_shared_unless_fresh_ones_are_asked_for() -> Outcome {
    let [one, two] = [Sandbox::start_blocking()?, Sandbox::start_blocking()?];
    assert_eq!(one.platform_key_id(), two.platform_key_id());
    assert_eq!(one.serial(), two.serial());

    let fresh = Sandbox::builder().fresh_keys().start_blocking()?;
    assert_ne!(one.platform_key_id(), fresh.platform_key_id());
    assert!(one.platform_public_key() != fresh.platform_public_key());
    let stranger = one.client_builder().base_url(fresh.base_url()).build()?;
    let err = stranger.chain("v3/certificates").get(()).wait().err();
    assert_eq!(err.map(|err| err.kind()), Some(ErrorKind::Api));
    fresh.client()?.chain("v3/certificates").get(()).wait()?;
    Ok(())
}

/// A clock that somebody else moves.
#[derive(Debug, Clone)]
struct Moved(Arc<AtomicI64>);

impl Clock for Moved {
    fn now(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    fn nonce(&self) -> Result<String> {
        Ok(format!("nonce{}", self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

#[test]
fn it_goes_by_the_clock_it_is_given() -> Outcome {
    let clock = Moved(Arc::new(AtomicI64::new(1_700_000_000)));
    let sandbox = Sandbox::builder().clock(clock.clone()).start_blocking()?;
    let client = sandbox.client_builder().clock(clock).build()?;
    client.chain("v3/certificates").get(()).wait()?;

    let err = sandbox.client()?.chain("v3/certificates").get(()).wait();
    assert_eq!(err.err().map(|err| err.kind()), Some(ErrorKind::Api));

    let notice = sandbox.notify("http://127.0.0.1:9/", "TRANSACTION.SUCCESS", json!({}));
    let event: Value = serde_json::from_slice(notice.request()?.body())?;
    let id = event["id"].as_str().unwrap_or_default();
    assert!(id.starts_with("nonce17000"), "{id}");
    Ok(())
}

#[test]
fn faults_of_the_builder_apply_from_the_start_and_after_a_reset() -> Outcome {
    let sandbox = Sandbox::builder()
        .fault((Fault::TamperedBody, 2))
        .fault(Fault::HtmlErrorPage)
        .start_blocking()?;
    let client = sandbox.client()?;
    let kind = || {
        let answer = client.chain("v3/certificates").get(()).wait();
        answer.err().map(|err| err.verify_failure().is_some())
    };
    for _ in 0..2 {
        assert_eq!([kind(), kind()], [Some(true); 2], "of the signature");
        assert_eq!([kind(), kind()], [Some(false); 2], "a proxy's page");
        sandbox.inject_fault(Fault::Probe);
        sandbox.reset();
    }
    sandbox.inject_fault_always(None);
    assert_eq!(kind(), Some(true));
    assert_eq!(kind(), Some(true));
    assert_eq!(kind(), None);

    let twice = Sandbox::builder()
        .fault(Fault::Probe)
        .fault(Fault::HtmlErrorPage);
    let err = twice.start_blocking().err().ok_or("both happen")?;
    assert_eq!(err.kind(), ErrorKind::Builder);
    Ok(())
}

#[test]
fn requests_that_are_under_way_are_answered_before_the_end() -> Outcome {
    for tls in [false, true] {
        let sandbox = Sandbox::builder().tls(tls).start_blocking()?;
        let client = sandbox.client()?;
        sandbox.inject_fault(Fault::Slow(Duration::from_millis(500)));
        let call = thread::spawn(move || client.chain("v3/certificates").get(()).wait().map(drop));
        while sandbox.calls().is_empty() {
            thread::sleep(Duration::from_millis(1));
        }
        drop(sandbox);
        call.join().map_err(|_| "the caller panicked")??;
    }
    Ok(())
}
