//! The layer `retry`, over scripted transports and virtual time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{HeaderValue, Response};
use serde_json::json;
use tokio::time::Instant;
use wechatpay_chain::middleware::from_fn;
use wechatpay_chain::resilience::{CircuitBreaker, RETRY, RetryPolicy};
use wechatpay_chain::testing::Never;
use wechatpay_chain::transport::Body;
use wechatpay_chain::{Client, ClientBuilder, Error, ErrorKind, Next, Request, Result, Stack};

use crate::kit::{Answer, MCHID, MERCHANT, Sent, Wire, builder};
use crate::support::{ORDERS, TRANSFERS, order, transfer};

/// Answers with these in order, and then with success.
fn wire(answers: impl Fn(usize) -> Option<Result<Response<Body>>> + Send + Sync + 'static) -> Wire {
    let count = AtomicUsize::new(0);
    Wire::responding(move |_| {
        let at = count.fetch_add(1, Ordering::SeqCst);
        let ok = || Ok(Answer::json(json!({"code_url": "weixin://"})).into_response());
        answers(at).unwrap_or_else(ok)
    })
}

fn failing(times: usize, kind: ErrorKind) -> Wire {
    wire(move |at| (at < times).then(|| Err(Error::new(kind, "the test says so"))))
}

fn refusing(times: usize, status: u16, code: &'static str) -> Wire {
    wire(move |at| (at < times).then(|| Ok(refusal(status, code).signed().into_response())))
}

fn refusal(status: u16, code: &str) -> Answer {
    Answer::unsigned(json!({"code": code, "message": ""}).to_string()).status(status)
}

fn client(wire: &Wire, policy: RetryPolicy) -> Client {
    builder()
        .transport(wire.clone())
        .retry(policy)
        .build()
        .unwrap()
}

fn policy() -> RetryPolicy {
    RetryPolicy::new()
}

async fn make(client: &Client) -> Result<wechatpay_chain::Response> {
    client.chain(ORDERS).post(order(MCHID, "1"), ()).await
}

#[tokio::test(start_paused = true)]
async fn nothing_is_repeated_by_default() {
    for kind in [ErrorKind::Connect, ErrorKind::Transport] {
        let wire = failing(1, kind);
        let client = builder().transport(wire.clone()).build().unwrap();
        let err = make(&client).await.unwrap_err();
        assert_eq!((wire.count(), err.attempts()), (1, 1));
        assert!(!format!("{client:?}").contains(RETRY));
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_a_new_signature_and_the_same_body() {
    let wire = failing(2, ErrorKind::Transport);
    let client = client(&wire, policy());
    let answer = client
        .chain(TRANSFERS)
        .post(transfer("1"), ())
        .await
        .unwrap();
    assert_eq!(answer.attempts(), 3);
    let sent = wire.all();
    assert_eq!(sent.len(), 3);
    for other in &sent[1..] {
        assert_eq!(sent[0].body, other.body, "the ciphertext is the same");
        assert_eq!(
            sent[0].header("wechatpay-serial"),
            other.header("wechatpay-serial")
        );
        let nonce = |at: usize| sent[at].authorization().nonce_str().to_owned();
        assert_ne!(nonce(0), other.authorization().nonce_str());
        assert_ne!(nonce(1), nonce(2));
        assert!(other.signed_by(MERCHANT.private.public_key()));
    }
    assert_ne!(sent[0].json()["user_name"], "张三");
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_all_headers_and_extensions_of_the_request() {
    #[derive(Clone)]
    struct Mark;
    let wire = failing(2, ErrorKind::Connect);
    let marked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&marked);
    let mark = |mut request: Request, next: Next| {
        request.extensions_mut().insert(Mark);
        for value in ["1", "2"] {
            let value = HeaderValue::from_static(value);
            request.headers_mut().append("x-mark", value);
        }
        next.run(request)
    };
    let look = move |request: Request, next: Next| {
        let found = request.extensions().get::<Mark>().is_some();
        count.fetch_add(found.into(), Ordering::SeqCst);
        next.run(request)
    };
    let edit = move |stack: &mut Stack| {
        stack.before(RETRY, "mark", from_fn(mark))?;
        stack.after(RETRY, "look", from_fn(look)).map(drop)
    };
    let builder = builder().transport(wire.clone()).retry(policy());
    make(&builder.stack(edit).build().unwrap()).await.unwrap();
    assert_eq!(marked.load(Ordering::SeqCst), 3);
    let sent = wire.all();
    assert_eq!(sent.len(), 3);
    for request in sent {
        let values: Vec<_> = request.parts.headers.get_all("x-mark").iter().collect();
        assert_eq!(values, ["1", "2"]);
        assert_eq!(request.target(), format!("/{ORDERS}"));
    }
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_the_headers_of_the_first() {
    let own = |mut request: Request, next: Next| {
        let headers = request.headers_mut();
        assert_eq!(headers.len(), 4, "the default headers and the serial");
        let accepted = headers[ACCEPT].clone();
        headers.insert("x-accept", accepted);
        headers.insert(ACCEPT, HeaderValue::from_static("text/plain"));
        headers.remove(USER_AGENT);
        next.run(request)
    };
    let edit = move |stack: &mut Stack| stack.before(RETRY, "own", from_fn(own)).map(drop);
    for is_edited in [false, true] {
        let wire = failing(2, ErrorKind::Connect);
        let mut builder = builder().transport(wire.clone()).retry(policy());
        if is_edited {
            builder = builder.stack(edit);
        }
        make(&builder.build().unwrap()).await.unwrap();
        let sent: Vec<_> = wire.all().iter().map(|sent| headers(sent)).collect();
        assert_eq!(sent.len(), 3);
        assert_eq!(sent[0].len(), 4);
        assert_eq!(
            sent[0].iter().any(|it| it == "accept: text/plain"),
            is_edited
        );
        assert_eq!((&sent[0], &sent[0]), (&sent[1], &sent[2]));
    }
}

/// All headers but the signature, sorted.
fn headers(sent: &Sent) -> Vec<String> {
    let all = sent.parts.headers.iter();
    let all = all.filter(|(name, _)| **name != AUTHORIZATION);
    let mut all: Vec<_> = all
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    all.sort();
    all
}

#[tokio::test(start_paused = true)]
async fn no_more_attempts_are_made_than_allowed() {
    let wire = failing(99, ErrorKind::Connect);
    let err = make(&client(&wire, policy().attempts(4)))
        .await
        .unwrap_err();
    assert_eq!((wire.count(), err.attempts()), (4, 4));
    assert!(err.is_connect() && !err.maybe_sent() && !err.is_undecided());
    let wire = failing(99, ErrorKind::Connect);
    make(&client(&wire, policy().attempts(0)))
        .await
        .unwrap_err();
    assert_eq!(wire.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn possibly_processed_requests_without_a_number_are_not_repeated() {
    let mut unnumbered = order(MCHID, "1");
    unnumbered.as_object_mut().unwrap().remove("out_trade_no");
    for (path, body) in [(ORDERS, unnumbered), ("v3/not/known", json!({}))] {
        let wire = failing(1, ErrorKind::Transport);
        let client = client(&wire, policy());
        let err = client.chain(path).post(body, ()).await.unwrap_err();
        assert_eq!(wire.count(), 1, "{path}");
        assert!(err.is_undecided(), "{path}");
    }
}

/// WeChat Pay says to query these after `SYSTEM_ERROR`, and to repeat all others.
#[tokio::test(start_paused = true)]
async fn payments_by_code_and_deductions_are_not_repeated_after_a_system_error() {
    for (path, sent) in [
        ("v3/papay/pay/transactions/apply", 1),
        ("hk/v3/transactions/micropay", 1),
        ("v3/vehicle/transactions/parking", 1),
        ("v3/marketing/favor/coupon-stocks", 2),
    ] {
        let wire = refusing(1, 500, "SYSTEM_ERROR");
        let call = client(&wire, policy()).chain(path).post(json!({}), ());
        let ended = call.await;
        assert_eq!((wire.count(), ended.is_ok()), (sent, sent == 2), "{path}");
    }
}

/// The first attempt may have created the order, whatever the second is answered.
#[tokio::test(start_paused = true)]
async fn a_refusal_of_a_later_attempt_does_not_decide_the_outcome() {
    let wire = wire(|at| {
        Some(match at {
            0 => Err(Error::new(ErrorKind::Transport, "cut")),
            _ => Ok(refusal(401, "SIGN_ERROR").signed().into_response()),
        })
    });
    let err = make(&client(&wire, policy())).await.unwrap_err();
    assert_eq!((wire.count(), err.kind()), (2, ErrorKind::Api));
    assert!(!err.api().unwrap().is_undecided());
    assert!(err.is_undecided() && err.maybe_sent() && !err.is_retryable());
    // Without the first attempt, the same refusal decides.
    let alone = refusing(9, 401, "SIGN_ERROR");
    assert!(
        !make(&client(&alone, policy()))
            .await
            .unwrap_err()
            .is_undecided()
    );
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_for_in_full() {
    for seconds in [0, 7] {
        let wire = wire(move |at| {
            let answer = refusal(429, "FREQUENCY_LIMITED").signed();
            let answer = answer.header("retry-after", &seconds.to_string());
            (at == 0).then(|| Ok(answer.into_response()))
        });
        let begun = Instant::now();
        make(&client(&wire, policy())).await.unwrap();
        let waited = begun.elapsed();
        let least = Duration::from_secs(seconds);
        assert!(
            waited >= least && waited <= least + Duration::from_millis(201),
            "{waited:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_is_not_started() {
    let wire = wire(|_| {
        let answer = refusal(429, "FREQUENCY_LIMITED").signed();
        Some(Ok(answer.header("retry-after", "3600").into_response()))
    });
    let begun = Instant::now();
    let err = make(&client(&wire, policy().deadline(Duration::from_secs(60)))).await;
    assert_eq!(err.unwrap_err().api().unwrap().code, "FREQUENCY_LIMITED");
    assert_eq!((wire.count(), begun.elapsed()), (1, Duration::ZERO));
}

/// An unsigned answer of any gateway could otherwise hold such a call for years.
#[tokio::test(start_paused = true)]
async fn a_call_without_any_limit_does_not_wait_for_hours() {
    let wire = wire(|_| {
        let answer = refusal(429, "FREQUENCY_LIMITED").signed();
        Some(Ok(answer.header("retry-after", "3600").into_response()))
    });
    let builder = builder().transport(wire.clone()).timeout(None);
    let client = builder.retry(policy()).build().unwrap();
    let begun = Instant::now();
    let err = make(&client).await.unwrap_err();
    assert_eq!(err.api().unwrap().code, "FREQUENCY_LIMITED");
    assert_eq!((wire.count(), begun.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn attempts_and_the_whole_call_have_separate_limits() {
    let with = |policy| {
        let client = builder()
            .transport(Never::new())
            .timeout(None)
            .retry(policy);
        client.build().unwrap()
    };
    let policy = policy()
        .attempt_timeout(Duration::from_secs(2))
        .backoff(Duration::ZERO, Duration::ZERO);
    let begun = Instant::now();
    let err = make(&with(policy.clone())).await.unwrap_err();
    assert_eq!(
        (begun.elapsed(), err.attempts()),
        (Duration::from_secs(6), 3)
    );
    assert!(err.is_timeout() && err.is_undecided());
    let begun = Instant::now();
    let err = make(&with(policy.clone().deadline(Duration::from_secs(5))))
        .await
        .unwrap_err();
    assert_eq!(
        (begun.elapsed(), err.attempts()),
        (Duration::from_secs(5), 3)
    );
    // A call that may not be repeated is not aborted early.
    let begun = Instant::now();
    let client = with(policy.deadline(Duration::from_secs(5)));
    let err = client
        .chain("v3/not/known")
        .post(json!({}), ())
        .await
        .unwrap_err();
    assert_eq!(
        (begun.elapsed(), err.attempts()),
        (Duration::from_secs(5), 1)
    );
}

#[tokio::test(start_paused = true)]
async fn all_calls_of_a_client_share_the_budget() {
    let wire = failing(usize::MAX, ErrorKind::Connect);
    let client = client(&wire, policy().budget(3).attempts(10));
    for _ in 0..5 {
        make(&client).await.unwrap_err();
    }
    assert_eq!(wire.count(), 5 + 3);
}

#[tokio::test(start_paused = true)]
async fn a_system_error_is_repeated_and_a_payment_by_code_is_not() {
    let wire = refusing(1, 500, "SYSTEM_ERROR");
    assert_eq!(make(&client(&wire, policy())).await.unwrap().attempts(), 2);
    let wire = refusing(1, 500, "SYSTEM_ERROR");
    let pay = client(&wire, policy())
        .chain("v3/pay/transactions/codepay")
        .post(order(MCHID, "1"), ());
    assert!(pay.await.unwrap_err().is_undecided());
    assert_eq!(wire.count(), 1);
}

/// Notes what a layer around `retry` is told of a failed call: whether it may have been sent, and whether it is undecided.
fn told(client: ClientBuilder) -> (Error, (bool, bool)) {
    let seen = Arc::new(Mutex::new(None));
    let note = Arc::clone(&seen);
    let edit = move |stack: &mut Stack| {
        let look = move |request: Request, next: Next| {
            let note = Arc::clone(&note);
            async move {
                let outcome = next.run(request).await;
                let err = outcome.as_ref().unwrap_err();
                *note.lock().unwrap() = Some((err.maybe_sent(), err.is_undecided()));
                outcome
            }
        };
        stack.before(RETRY, "look", from_fn(look)).map(drop)
    };
    let client = client.stack(edit).build().unwrap();
    let call = client.chain(TRANSFERS).post(transfer("1"), ());
    let err = call.wait().unwrap_err();
    let seen = seen.lock().unwrap().unwrap();
    (err, seen)
}

/// What comes after the first attempt was not sent, and says so.
#[test]
fn an_attempt_that_was_not_sent_does_not_deny_an_earlier_one() {
    let policy = || policy().attempts(2).backoff(Duration::ZERO, Duration::ZERO);
    let wire = wire(|at| {
        let kind = [ErrorKind::Transport, ErrorKind::Connect][at.min(1)];
        Some(Err(Error::new(kind, "refused; nothing was sent")))
    });
    let refused = builder().transport(wire).retry(policy());
    let opened = builder()
        .transport(failing(9, ErrorKind::Transport))
        .circuit_breaker(CircuitBreaker::new().failures(1))
        .retry(policy());
    for client in [refused, opened] {
        let (err, seen) = told(client);
        assert_eq!((err.kind(), seen), (ErrorKind::Connect, (true, true)));
        assert!(err.maybe_sent() && err.is_undecided() && !err.is_retryable());
        let warning =
            "the request may have been processed, so query before repeating it; the last attempt: ";
        assert_eq!(err.report().matches(warning).count(), 1, "{}", err.report());
        assert!(err.report().starts_with(warning));
        assert!(
            err.report_zh()
                .starts_with("请求可能已被处理，重发前请先查单")
        );
    }
}

#[test]
fn an_attempt_that_wechat_pay_refused_for_the_rate_leaves_nothing_open() {
    let wire = wire(|at| {
        Some(match at {
            0 => Ok(refusal(429, "FREQUENCY_LIMITED").signed().into_response()),
            _ => Err(Error::new(ErrorKind::Connect, "refused")),
        })
    });
    let policy = policy().backoff(Duration::ZERO, Duration::ZERO);
    let (err, seen) = told(builder().transport(wire.clone()).retry(policy));
    assert_eq!((wire.count(), err.attempts()), (3, 3));
    assert_eq!((err.kind(), seen), (ErrorKind::Connect, (false, false)));
    assert!(!err.maybe_sent() && !err.is_undecided() && err.is_retryable());
}
