//! The layer `rate_limit`, in one process and shared through a real Redis.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use wechatpay_chain::catalog::RateLimit;
use wechatpay_chain::resilience::{InFlight, LimitStore, RateLimits, RetryPolicy};
use wechatpay_chain::testing::Never;
use wechatpay_chain::transport::from_fn;
use wechatpay_chain::{Client, ErrorKind};

use crate::kit::{Answer, KEY_ID, MCHID, MERCHANT, PLATFORM, SERIAL, Wire, builder};
use crate::support::{ORDERS, order};

const SECOND: Duration = Duration::from_secs(1);

fn client(wire: &Wire, limits: RateLimits) -> Client {
    builder()
        .transport(wire.clone())
        .rate_limits(limits)
        .build()
        .unwrap()
}

async fn make(client: &Client) -> wechatpay_chain::Result<wechatpay_chain::Response> {
    client.chain(ORDERS).post(order(MCHID, "1"), ()).await
}

#[tokio::test(start_paused = true)]
async fn a_call_over_the_limit_waits() {
    let wire = Wire::ok();
    let client = client(&wire, RateLimits::none().limit(ORDERS, 2, SECOND));
    let begun = Instant::now();
    for expected in [0, 0, 1, 1, 2] {
        make(&client).await.unwrap();
        assert_eq!(begun.elapsed().as_secs(), expected);
    }
    // Another operation is counted separately.
    client.chain("v3/certificates").get(()).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn all_methods_of_a_path_share_a_limit_of_the_program() {
    const PATH: &str = "v3/payscore/serviceorder";
    let wire = Wire::ok();
    let client = client(&wire, RateLimits::none().limit(PATH, 2, SECOND));
    let begun = Instant::now();
    client.chain(PATH).post(json!({}), ()).await.unwrap();
    client.chain(PATH).get(()).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 0);
    client.chain(PATH).get(()).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_not_wait_is_rejected_and_not_sent() {
    let wire = Wire::ok();
    let limits = RateLimits::none()
        .limit(ORDERS, 1, SECOND)
        .wait_at_most(Duration::ZERO);
    let client = client(&wire, limits);
    make(&client).await.unwrap();
    let err = make(&client).await.unwrap_err();
    assert_eq!(
        (err.kind(), err.maybe_sent(), err.attempts()),
        (ErrorKind::Limit, false, 0)
    );
    assert_eq!(wire.count(), 1);
}

/// How often [`OneEach`] allows a call.
const PAUSE: Duration = Duration::from_millis(20);

/// A store that allows a call in each [`PAUSE`], and counts the questions.
#[derive(Clone, Default)]
struct OneEach(Arc<Mutex<(Option<Instant>, u32)>>);

impl LimitStore for OneEach {
    async fn reserve(
        &self,
        _: &str,
        _: &[RateLimit],
        at_most: Duration,
    ) -> wechatpay_chain::Result<Duration> {
        // As far away as a Redis.
        tokio::time::sleep(Duration::from_millis(1)).await;
        let mut known = self.0.lock().unwrap();
        known.1 += 1;
        let now = Instant::now();
        let next = known.0.map_or(now, |next| next.max(now));
        if next - now <= at_most {
            known.0 = Some(next + PAUSE);
        }
        Ok(next - now)
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_keep_their_order_and_only_the_first_asks_the_store() {
    const CALLS: u32 = 500;
    let (wire, store) = (Wire::ok(), OneEach::default());
    let limits = RateLimits::none().limit(ORDERS, 1, SECOND);
    let client = client(&wire, limits.store(store.clone()));
    let done = Arc::new(Mutex::new(Vec::new()));
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..CALLS {
        let (client, done) = (client.clone(), Arc::clone(&done));
        calls.spawn(async move {
            make(&client).await.unwrap();
            done.lock().unwrap().push(number);
        });
        // The tasks begin in this order, some of them just when a call becomes possible.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    calls.join_all().await;
    assert!(done.lock().unwrap().is_sorted(), "{done:?}");
    // Each call asks once, when it is the first.
    let asked = store.0.lock().unwrap().1;
    assert_eq!(asked, CALLS);
}

/// The first waits for ten seconds; the calls behind it have only one.
#[tokio::test(start_paused = true)]
async fn a_call_behind_others_waits_only_as_long_as_it_may() {
    let wire = Wire::ok();
    let patient = RateLimits::none().limit(ORDERS, 1, 10 * SECOND);
    let hasty = client(&wire, patient.clone().wait_at_most(SECOND));
    let patient = client(&wire, patient);
    make(&patient).await.unwrap();
    let first = tokio::spawn({
        let patient = patient.clone();
        async move { make(&patient).await }
    });
    tokio::task::yield_now().await;
    let begun = Instant::now();
    let err = make(&hasty).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Limit, false));
    // It fails at once, since the first call waits longer.
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // One that is dropped in the queue leaves it.
    let dropped = tokio::time::timeout(SECOND, make(&patient));
    assert!(dropped.await.is_err());
    first.await.unwrap().unwrap();
    make(&patient).await.unwrap();
    assert_eq!((wire.count(), begun.elapsed().as_secs()), (3, 20));
}

/// Callers that give up early: their reservations are not lost, or with enough of them no call would ever be made.
#[tokio::test(start_paused = true)]
async fn the_reservation_of_a_call_that_gives_up_is_left_to_the_next() {
    let (wire, store) = (Wire::ok(), OneEach::default());
    let limits = RateLimits::none().limit(ORDERS, 1, SECOND);
    let client = client(&wire, limits.store(store.clone()));
    make(&client).await.unwrap();
    // 18 callers in a row, each with less patience than the wait.
    let begun = Instant::now();
    for _ in 0..9 {
        let two = (make(&client), make(&client));
        let both = async { tokio::join!(two.0, two.1) };
        let dropped = tokio::time::timeout(Duration::from_millis(2), both);
        assert!(dropped.await.is_err());
    }
    make(&client).await.unwrap();
    assert_eq!(wire.count(), 2);
    assert!(begun.elapsed() <= PAUSE + Duration::from_millis(1));
    assert_eq!(store.0.lock().unwrap().1, 2);
}

/// Calls that pile up before a slow host are not made together when it recovers.
#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_its_place_in_flight_is_counted_when_it_is_made() {
    const CALLS: usize = 10;
    let sent = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&sent);
    let slow = move |_| {
        let noted = Arc::clone(&noted);
        async move {
            let first = {
                let mut sent = noted.lock().unwrap();
                sent.push(Instant::now());
                sent.len() == 1
            };
            // The first call holds the only place while the others arrive.
            tokio::time::sleep(if first { 35 * SECOND } else { SECOND / 100 }).await;
            Ok(Answer::json(json!({})).into_response())
        }
    };
    let client = builder()
        .transport(from_fn(slow))
        .rate_limits(RateLimits::none().limit(ORDERS, 2, 10 * SECOND))
        .max_in_flight(1)
        .timeout(None)
        .build()
        .unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..CALLS {
        let client = client.clone();
        calls.spawn(async move { make(&client).await.unwrap() });
    }
    // A call of another operation does not wait for the limit.
    let other = {
        let client = client.clone();
        tokio::spawn(async move {
            tokio::time::sleep(36 * SECOND).await;
            let begun = Instant::now();
            client.chain("v3/certificates").get(()).await.unwrap();
            begun.elapsed()
        })
    };
    calls.join_all().await;
    assert!(other.await.unwrap() < SECOND);
    let mut sent = sent.lock().unwrap().clone();
    assert_eq!(sent.len(), CALLS + 1);
    // The other operation's call.
    let other = sent.iter().position(|at| *at - sent[0] == 36 * SECOND);
    sent.remove(other.unwrap());
    let crowded = sent
        .windows(3)
        .find(|three| three[2] - three[0] < 10 * SECOND);
    assert_eq!(crowded, None, "{sent:?}");
}

/// Its reserved time has passed when another operation's call leaves the only place.
#[tokio::test(start_paused = true)]
async fn a_call_that_misses_its_time_reserves_another() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&sent);
    let slow = move |request: http::Request<_>| {
        let noted = Arc::clone(&noted);
        async move {
            if request.uri().path().ends_with("native") {
                noted.lock().unwrap().push(Instant::now());
            } else {
                tokio::time::sleep(10 * SECOND).await;
            }
            Ok(Answer::json(json!({})).into_response())
        }
    };
    let client = builder()
        .transport(from_fn(slow))
        .rate_limits(RateLimits::none().limit(ORDERS, 1, 10 * SECOND))
        .max_in_flight(1)
        .timeout(None)
        .build()
        .unwrap();
    let other = async {
        tokio::time::sleep(5 * SECOND).await;
        client.chain("v3/certificates").get(()).await.unwrap();
    };
    let begun = Instant::now();
    let call = async || drop(make(&client).await.unwrap());
    tokio::join!(call(), call(), call(), other);
    let at: Vec<_> = (sent.lock().unwrap().iter().map(|at| *at - begun)).collect();
    // The second call has reserved the time after 10 s, and gets its place after 15 s.
    let near = |at: Duration, expected: u64| at.as_secs() == expected;
    assert!(
        near(at[0], 0) && near(at[1], 20) && near(at[2], 30),
        "{at:?}"
    );
}

/// The longest wait is the call's, whichever limit it has.
#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_deadline_of_the_retries_is_refused_at_once() {
    let wire = Wire::ok();
    let limited = builder().transport(wire.clone()).timeout(None);
    let limited = limited.rate_limits(RateLimits::none().limit(ORDERS, 1, 60 * SECOND));
    let client = limited.retry(RetryPolicy::new().deadline(15 * SECOND));
    let client = client.build().unwrap();
    make(&client).await.unwrap();
    let begun = Instant::now();
    let err = make(&client).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Limit, false));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // It has reserved nothing.
    tokio::time::advance(61 * SECOND).await;
    make(&client).await.unwrap();
}

/// A brand has no merchant id, and each has its own limit.
#[tokio::test(start_paused = true)]
async fn brands_do_not_share_a_limit() {
    const PATH: &str = "brand/marketing/product-coupon/product-coupons";
    let wire = Wire::ok();
    let limits = RateLimits::none().limit(PATH, 1, 60 * SECOND);
    let limits = limits.wait_at_most(Duration::ZERO);
    for brand in ["120344", "120345"] {
        let client = Client::builder()
            .brand_id(brand)
            .serial(SERIAL)
            .private_key(MERCHANT.private.clone())
            .platform_key(KEY_ID, PLATFORM.public.clone())
            .no_proxy()
            .transport(wire.clone())
            .rate_limits(limits.clone())
            .build()
            .unwrap();
        let make = async || client.chain(PATH).post(json!({}), ()).await;
        make().await.unwrap();
        assert_eq!(make().await.unwrap_err().kind(), ErrorKind::Limit);
    }
}

/// The time of an attempt begins when it may be sent: a call that waits keeps its place.
#[tokio::test(start_paused = true)]
async fn waits_for_limits_are_not_part_of_an_attempts_time() {
    let policy = || RetryPolicy::new().attempt_timeout(SECOND);
    let limits = || RateLimits::none().limit(ORDERS, 1, 10 * SECOND);
    let wire = Wire::ok();
    let limited = builder().transport(wire.clone()).retry(policy());
    let limited = limited.rate_limits(limits()).build().unwrap();
    let begun = Instant::now();
    for at in [0, 10, 20] {
        assert_eq!(make(&limited).await.unwrap().attempts(), 1);
        assert_eq!(begun.elapsed().as_secs(), at);
    }
    // The other call leaves the only place after 5 s.
    let bound = InFlight::new(1);
    let other = builder().transport(Never::new()).timeout(5 * SECOND);
    let other = other.max_in_flight(bound.clone()).build().unwrap();
    let bounded = builder().transport(wire).retry(policy());
    let bounded = bounded.max_in_flight(bound).build().unwrap();
    let (ended, response) = tokio::join!(make(&other), make(&bounded));
    assert!(ended.unwrap_err().is_timeout());
    assert_eq!(response.unwrap().attempts(), 1);
    // After its wait, an attempt has its second and no more.
    let unanswered = builder().transport(Never::new());
    let unanswered = unanswered.retry(policy().attempts(1)).rate_limits(limits());
    let unanswered = unanswered.build().unwrap();
    for expected in [1, 10] {
        let begun = Instant::now();
        assert!(make(&unanswered).await.unwrap_err().is_timeout());
        assert_eq!(begun.elapsed().as_secs(), expected);
    }
}

/// The documented limit of 200 calls a minute.
#[tokio::test(start_paused = true)]
async fn the_documented_limits_are_the_catalogs() {
    const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
    let wire = Wire::ok();
    let client = client(&wire, RateLimits::documented().wait_at_most(Duration::ZERO));
    for _ in 0..200 {
        client.chain(PUNISH).post(json!({}), ()).await.unwrap();
    }
    let err = client.chain(PUNISH).post(json!({}), ()).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Limit);
    tokio::time::advance(Duration::from_secs(61)).await;
    client.chain(PUNISH).post(json!({}), ()).await.unwrap();
}

#[test]
fn the_sandbox_enforces_the_same_limits() {
    for schema in wechatpay_sandbox::schema::all() {
        let seconds = |per: &str| match per {
            "second" => 1,
            "minute" => 60,
            _ => 86_400,
        };
        let enforced: Vec<_> = schema
            .limits()
            .iter()
            .map(|it| (it.count, seconds(it.per)))
            .collect();
        let kept = schema.operation().rate_limits();
        let kept: Vec<_> = kept.map(|it| (it.calls, it.per.as_secs())).collect();
        assert_eq!(kept, enforced, "{}", schema.operation().path());
    }
}

#[cfg(all(unix, feature = "redis"))]
mod redis {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use wechatpay_chain::resilience::RedisLimits;

    use super::*;
    use crate::redis_server::server;

    const LIMIT: RateLimit = RateLimit {
        calls: 50,
        per: Duration::from_secs(3600),
    };

    #[tokio::test]
    async fn several_machines_never_have_more_calls_than_the_limit() {
        let Some(server) = server(&[]) else { return };
        let taken = Arc::new(AtomicUsize::new(0));
        let machines = (0..4).map(|_| {
            let store = RedisLimits::open(&server.url).unwrap();
            let taken = Arc::clone(&taken);
            tokio::spawn(async move {
                for _ in 0..30 {
                    let wait = store.reserve("1900000109:POST:x", &[LIMIT], Duration::ZERO);
                    if wait.await.unwrap().is_zero() {
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                }
            })
        });
        for machine in machines.collect::<Vec<_>>() {
            machine.await.unwrap();
        }
        assert_eq!(taken.load(Ordering::SeqCst), 50);
        let store = RedisLimits::open(&server.url).unwrap();
        let take = |key| store.reserve(key, &[LIMIT], Duration::ZERO);
        let wait = take("1900000109:POST:x").await.unwrap();
        assert!(
            wait > Duration::from_secs(3000) && wait <= LIMIT.per,
            "{wait:?}"
        );
        let other = take("1900000110:POST:x").await.unwrap();
        assert!(other.is_zero(), "another merchant");
    }

    #[tokio::test]
    async fn a_call_rejected_by_one_limit_counts_for_none() {
        let Some(server) = server(&[]) else { return };
        let store = RedisLimits::open(&server.url).unwrap().prefix("p:");
        let limits = [
            LIMIT,
            RateLimit {
                calls: 1,
                per: Duration::from_millis(50),
            },
        ];
        let mut taken = 0;
        while taken < 3 {
            let wait = store.reserve("k", &limits, Duration::ZERO).await.unwrap();
            taken += u32::from(wait.is_zero());
            assert!(wait <= Duration::from_millis(50), "{wait:?}");
            tokio::time::sleep(wait).await;
        }
        // Rejected calls have used none of the 50.
        let mut free = 0;
        let take = || store.reserve("k", &[LIMIT], Duration::ZERO);
        while take().await.unwrap().is_zero() {
            free += 1;
        }
        assert_eq!(free, 50 - 3);
    }

    /// Several machines ask at once, and each gets a time that is free by then.
    #[tokio::test]
    async fn times_are_reserved_within_the_limits() {
        let Some(server) = server(&[]) else { return };
        let limits = [
            RateLimit {
                calls: 2,
                per: 10 * SECOND,
            },
            RateLimit {
                calls: 6,
                per: 100 * SECOND,
            },
        ];
        let store = RedisLimits::open(&server.url).unwrap();
        let mut waits = Vec::new();
        for _ in 0..9 {
            let wait = store.reserve("k", &limits, Duration::MAX).await.unwrap();
            waits.push(wait.as_secs_f64());
        }
        // The test itself takes some time, which the later waits are shorter by.
        for (wait, at) in waits.iter().zip([0, 0, 10, 10, 20, 20, 100, 100, 110]) {
            let at = f64::from(at);
            assert!(*wait <= at && *wait > at - 5.0, "{waits:?}");
        }
        // Too far away: nothing is reserved.
        for _ in 0..3 {
            let wait = store.reserve("k", &limits, SECOND).await.unwrap();
            assert!(wait > 105 * SECOND && wait <= 110 * SECOND, "{wait:?}");
        }
    }

    /// A replica that takes over may be an hour behind.
    #[tokio::test]
    async fn a_clock_of_redis_that_is_set_back_makes_no_call_wait() {
        let Some(server) = server(&[]) else { return };
        let store = RedisLimits::open(&server.url).unwrap().prefix("b:");
        let socket = server.url.strip_prefix("unix://").unwrap();
        let mut redis = UnixStream::connect(socket).unwrap();
        let now = std::time::SystemTime::now();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
        let hour = Duration::from_secs(3600);
        // Two calls a minute, both reserved by the clock of the former server.
        for ahead in [10, 20] {
            let at = (now + hour + ahead * SECOND).as_micros();
            let entry = format!("{at} {} 0", (now + hour).as_micros());
            let mut answer = [0; 4];
            write!(redis, "LPUSH b:k:calls \"{entry}\"\r\n").unwrap();
            redis.read_exact(&mut answer).unwrap();
            assert_eq!(answer[0], b':');
        }
        let limits = [RateLimit {
            calls: 2,
            per: 60 * SECOND,
        }];
        for _ in 0..2 {
            let wait = store.reserve("k", &limits, SECOND).await.unwrap();
            assert!(wait > 60 * SECOND && wait <= 70 * SECOND, "{wait:?}");
        }
        let wait = store.reserve("k", &limits, 70 * SECOND).await.unwrap();
        assert!(wait <= 70 * SECOND, "{wait:?}");
        // The next is a minute after the second reservation.
        let wait = store.reserve("k", &limits, SECOND).await.unwrap();
        assert!(wait > 75 * SECOND && wait <= 80 * SECOND, "{wait:?}");
    }

    #[tokio::test]
    async fn while_redis_is_down_each_process_counts_locally() {
        let dir = tempfile::tempdir().unwrap();
        let store = RedisLimits::open(format!("unix://{}/none", dir.path().display())).unwrap();
        let limits = RateLimits::none().limit(ORDERS, 1, LIMIT.per).store(store);
        let wire = Wire::ok();
        let client = client(&wire, limits.wait_at_most(Duration::ZERO));
        make(&client).await.unwrap();
        assert_eq!(make(&client).await.unwrap_err().kind(), ErrorKind::Limit);
        assert!(RedisLimits::open("http://x").is_err());
    }
}
