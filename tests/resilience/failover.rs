//! The layers `failover`, `breaker` and `in_flight`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use wechatpay_chain::resilience::{CircuitBreaker, Failover, InFlight, RetryPolicy};
use wechatpay_chain::testing::Never;
use wechatpay_chain::{Client, ClientBuilder, Error, ErrorKind};

use crate::kit::{Answer, MERCHANT, Wire, builder};

const MAIN: &str = "api.mch.weixin.qq.com";
const BACKUP: &str = "api2.mch.weixin.qq.com";

/// A wire whose main host fails on demand, and the switch for it.
fn wire(kind: ErrorKind) -> (Wire, Arc<AtomicBool>) {
    let down = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&down);
    let wire = Wire::responding(move |sent| {
        if sent.parts.uri.host() == Some(MAIN) && switch.load(Ordering::SeqCst) {
            return Err(Error::new(kind, "the test says so"));
        }
        Ok(Answer::json(json!({})).into_response())
    });
    (wire, down)
}

fn hosts(wire: &Wire) -> Vec<String> {
    let sent = wire.take();
    sent.iter()
        .map(|it| it.parts.uri.host().unwrap().to_owned())
        .collect()
}

fn with(wire: &Wire, failover: Failover) -> Client {
    builder()
        .transport(wire.clone())
        .failover(failover)
        .build()
        .unwrap()
}

async fn get(client: &Client) -> wechatpay_chain::Result<wechatpay_chain::Response> {
    client.chain("v3/certificates").get(()).await
}

#[tokio::test(start_paused = true)]
async fn an_unavailable_host_is_skipped_and_probed_later() {
    let (wire, down) = wire(ErrorKind::Connect);
    let client = with(&wire, Failover::documented());
    let answer = get(&client).await.unwrap();
    assert_eq!(answer.attempts(), 2);
    let sent = wire.all();
    let nonce = |at: usize| sent[at].authorization().nonce_str().to_owned();
    assert_ne!(nonce(0), nonce(1), "signed anew");
    assert!(sent[1].signed_by(MERCHANT.private.public_key()));
    assert_eq!(hosts(&wire), [MAIN, BACKUP]);
    // The recorded failure saves the next call the attempt.
    get(&client).await.unwrap();
    assert_eq!(hosts(&wire), [BACKUP]);
    tokio::time::advance(Duration::from_secs(10)).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(hosts(&wire), [MAIN, BACKUP, BACKUP]);
    down.store(false, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(20)).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(hosts(&wire), [MAIN, MAIN], "probed back");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_may_have_been_sent_goes_to_no_other_host() {
    let (wire, _) = wire(ErrorKind::Transport);
    let client = with(&wire, Failover::documented());
    for _ in 0..3 {
        assert!(get(&client).await.unwrap_err().maybe_sent());
    }
    assert_eq!(hosts(&wire), [MAIN, MAIN, MAIN]);
    // A host that does not answer three times is skipped too.
    get(&client).await.unwrap();
    assert_eq!(hosts(&wire), [BACKUP]);
}

/// The backup host answers with its own URLs, for example of bills.
#[tokio::test(start_paused = true)]
async fn urls_of_a_named_backup_host_are_followed() {
    let (wire, down) = wire(ErrorKind::Connect);
    down.store(false, Ordering::SeqCst);
    let client = with(&wire, Failover::to("https://backup.example/"));
    let url = |host: &str| format!("https://{host}/v3/billdownload/file?token=x");
    client.get_url(&*url("backup.example")).await.unwrap();
    assert_eq!(hosts(&wire), ["backup.example"]);
    for other in ["other.example", "backup.example:8443"] {
        let err = client.get_url(&*url(other)).await.unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request, "{other}");
    }
    assert_eq!(wire.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn only_documented_pairs_and_named_backups_are_used() {
    let refuse = || Wire::responding(|_| Err(Error::new(ErrorKind::Connect, "down")));
    let asked = async |build: fn(ClientBuilder) -> ClientBuilder, path: &'static str| {
        let wire = refuse();
        let client = build(builder().transport(wire.clone())).build().unwrap();
        client.chain(path).get(()).await.unwrap_err();
        hosts(&wire)
    };
    let documented = |it: ClientBuilder| it.failover(Failover::documented());
    assert_eq!(asked(documented, "v3/certificates").await, [MAIN, BACKUP]);
    let global = "v3/global/certificates";
    let overseas = ["apihk.mch.weixin.qq.com", "apius.mch.weixin.qq.com"];
    assert_eq!(asked(documented, global).await, overseas);
    let other = |it: ClientBuilder| {
        it.base_url("https://pay.example/")
            .failover(Failover::documented())
    };
    assert_eq!(asked(other, "v3/certificates").await, ["pay.example"]);
    let own = |it: ClientBuilder| {
        it.base_url("https://pay.example/x/")
            .failover(Failover::to("http://127.0.0.1:9/x"))
    };
    assert_eq!(
        asked(own, "v3/certificates").await,
        ["pay.example", "127.0.0.1"]
    );
    let off = |it: ClientBuilder| it;
    assert_eq!(asked(off, "v3/certificates").await, [MAIN]);
}

#[test]
fn a_backup_with_another_path_or_an_invalid_url_is_rejected() {
    for (base, backup) in [
        ("https://a.example/x/", "https://b.example/"),
        ("https://a.example/", "b.example"),
    ] {
        let client = builder()
            .base_url(base)
            .failover(Failover::to(backup))
            .build();
        let kind = client.map(drop).unwrap_err().kind();
        assert!(
            matches!(kind, ErrorKind::Builder | ErrorKind::Request),
            "{kind:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_names_the_first_host_if_both_are_down() {
    let wire = Wire::responding(|sent| {
        let host = sent.parts.uri.host().unwrap().to_owned();
        Err(Error::new(ErrorKind::Connect, format!("{host} is down")))
    });
    let err = get(&with(&wire, Failover::documented())).await.unwrap_err();
    assert!(err.to_string().starts_with(MAIN), "{err}");
    assert_eq!(err.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_breaker_opens_after_failures_in_a_row_and_probes() {
    let (wire, down) = wire(ErrorKind::Transport);
    let breaker = CircuitBreaker::new()
        .failures(2)
        .cooldown(Duration::from_secs(5), Duration::from_secs(60));
    let client = builder()
        .transport(wire.clone())
        .circuit_breaker(breaker)
        .build()
        .unwrap();
    for _ in 0..2 {
        assert!(get(&client).await.unwrap_err().maybe_sent());
    }
    let err = get(&client).await.unwrap_err();
    assert!(err.is_connect() && !err.maybe_sent(), "{}", err.report());
    assert!(err.to_string().contains("circuit breaker"), "{err}");
    assert_eq!((err.attempts(), wire.count()), (0, 2));
    tokio::time::advance(Duration::from_nanos(1_012_345_678)).await;
    let err = get(&client).await.unwrap_err();
    assert!(
        err.to_string()
            .ends_with("it lets a trial call through in 4 s"),
        "{err}"
    );
    assert!(
        err.report_zh()
            .contains("请求未发出：4 秒后放行一个请求去试探"),
        "{}",
        err.report_zh()
    );
    down.store(false, Ordering::SeqCst);
    tokio::time::advance(Duration::from_secs(5)).await;
    get(&client).await.unwrap();
    get(&client).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refusals_do_not_open_a_breaker() {
    let wire = Wire::answering(|_| {
        Answer::json(json!({"code": "SYSTEM_ERROR"}))
            .status(500)
            .signed()
    });
    let breaker = CircuitBreaker::new().failures(1);
    let client = builder()
        .transport(wire.clone())
        .circuit_breaker(breaker)
        .build()
        .unwrap();
    for _ in 0..3 {
        assert!(get(&client).await.unwrap_err().is_api());
    }
}

#[tokio::test(start_paused = true)]
async fn a_timed_out_call_counts_as_a_failure() {
    let breaker = CircuitBreaker::new().failures(1);
    let builder = builder().transport(Never::new()).circuit_breaker(breaker);
    // The call uses the machine's clock: a timeout that expires at once needs no waiting.
    let client = builder.timeout(Duration::from_nanos(1)).build().unwrap();
    get(&client).await.unwrap_err();
    let err = client
        .chain("v3/certificates")
        .get(())
        .timeout(Duration::from_secs(60))
        .await;
    assert!(err.unwrap_err().to_string().contains("circuit breaker"));
}

#[tokio::test(start_paused = true)]
async fn timed_out_attempts_count_as_failures() {
    let policy = RetryPolicy::new()
        .attempts(2)
        .attempt_timeout(Duration::from_secs(2));
    let client = builder()
        .transport(Never::new())
        .timeout(None)
        .retry(policy)
        .circuit_breaker(CircuitBreaker::new().failures(2))
        .build()
        .unwrap();
    let err = get(&client).await.unwrap_err();
    assert!(err.is_timeout() && err.attempts() == 2, "{}", err.report());
    let err = get(&client).await.unwrap_err();
    assert!(err.to_string().contains("circuit breaker"), "{err}");
}

/// A repetition would fail too, and use up the budget of the other hosts' calls.
#[tokio::test(start_paused = true)]
async fn a_call_that_the_breaker_fails_is_not_repeated() {
    let (wire, _) = wire(ErrorKind::Transport);
    let client = builder()
        .transport(wire.clone())
        .retry(RetryPolicy::new().attempts(5).budget(4))
        .circuit_breaker(CircuitBreaker::new().failures(1))
        .build()
        .unwrap();
    get(&client).await.unwrap_err();
    for _ in 0..9 {
        let err = get(&client).await.unwrap_err();
        assert!(err.to_string().contains("circuit breaker"), "{err}");
    }
    // The budget is left for the calls after the cooldown.
    tokio::time::advance(Duration::from_secs(5)).await;
    wire.take();
    get(&client).await.unwrap_err();
    assert_eq!(wire.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_over_gives_its_place_in_flight_back() {
    let policy = RetryPolicy::new()
        .attempts(2)
        .attempt_timeout(Duration::from_secs(2))
        .backoff(Duration::from_secs(60), Duration::from_secs(60));
    let slow = wechatpay_chain::transport::from_fn(|request: http::Request<_>| async move {
        if request.uri().path() == "/v3/slow" {
            std::future::pending::<()>().await;
        }
        Ok(Answer::json(json!({})).into_response())
    });
    let client = builder()
        .transport(slow)
        .timeout(None)
        .retry(policy)
        .max_in_flight(1)
        .build()
        .unwrap();
    let slow = tokio::spawn(client.chain("v3/slow").get(()).into_future());
    tokio::time::sleep(Duration::from_millis(1)).await;
    let begun = tokio::time::Instant::now();
    client.chain("v3/quick").get(()).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 1, "{:?}", begun.elapsed());
    slow.abort();
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_sends_calls_to_the_backup() {
    let (wire, _) = wire(ErrorKind::Transport);
    let builder = builder()
        .transport(wire.clone())
        .failover(Failover::documented());
    let client = builder
        .circuit_breaker(CircuitBreaker::new().failures(1))
        .build()
        .unwrap();
    get(&client).await.unwrap_err();
    get(&client).await.unwrap();
    assert_eq!(hosts(&wire), [MAIN, BACKUP]);
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_are_in_flight_than_allowed() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let slow = wechatpay_chain::transport::from_fn(|_| async {
        let now = NOW.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(1)).await;
        NOW.fetch_sub(1, Ordering::SeqCst);
        Ok(Answer::json(json!({})).into_response())
    });
    let client = builder().transport(slow).max_in_flight(3).build().unwrap();
    let calls: Vec<_> = (0..9)
        .map(|_| tokio::spawn(client.chain("v3/x").get(()).into_future()))
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(MOST.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_full_client_rejects_calls_that_may_not_wait() {
    let in_flight = InFlight::new(1).wait_at_most(Duration::from_secs(2));
    let client = builder()
        .transport(Never::new())
        .max_in_flight(in_flight)
        .build()
        .unwrap();
    let first = tokio::spawn(client.chain("v3/x").get(()).into_future());
    tokio::task::yield_now().await;
    let err = client.chain("v3/x").get(()).await.unwrap_err();
    assert_eq!(
        (err.kind(), err.maybe_sent(), err.attempts()),
        (ErrorKind::Limit, false, 0)
    );
    assert!(
        err.to_string().starts_with("1 call is in flight, "),
        "{err}"
    );
    assert!(err.to_string().contains("none ended within 2 s; "), "{err}");
    assert!(
        err.report_zh()
            .starts_with("有 1 个调用正在进行，已达 max_in_flight(..) 的上限，2 秒内"),
        "{}",
        err.report_zh()
    );
    first.abort();
}
