//! Tests against a real `redis-server`.

use std::process::Command;
use std::time::{Duration, Instant};

use wechatpay_chain::ErrorKind;
use wechatpay_chain::notify::{Claim, DedupStore, Delivery, Finished, RedisStore};

use crate::redis::{self, Server};
use crate::support::{Post, builder};

const LEASE: Duration = Duration::from_millis(300);
const TTL: Duration = Duration::from_secs(60);

impl Server {
    /// Stops it, so that it accepts requests without answering, or lets it continue.
    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill").args([name, &pid]).status().unwrap();
        assert!(status.success());
    }
}

fn server() -> Option<Server> {
    redis::server(&[])
}

fn claim() -> Claim {
    Claim::new().unwrap()
}

/// Returns the result for a new delivery; a first delivery leaves an unfinished claim.
async fn asked(store: &RedisStore, id: &str) -> Delivery {
    store.claim(id, &claim(), TTL).await.unwrap()
}

#[tokio::test]
async fn two_machines_share_claims_and_finished_ids() {
    let Some(server) = server() else { return };
    let (a, b) = (
        RedisStore::open(&server.url).unwrap(),
        RedisStore::open(&server.url).unwrap(),
    );
    let (of_a, of_b) = (claim(), claim());
    assert_eq!(a.claim("1", &of_a, TTL).await.unwrap(), Delivery::New);
    assert_eq!(
        b.claim("1", &of_b, TTL).await.unwrap(),
        Delivery::InProgress
    );
    a.forget("1", &of_a).await.unwrap();
    assert_eq!(b.claim("1", &of_b, TTL).await.unwrap(), Delivery::New);
    assert_eq!(b.finish("1", &of_b, TTL).await.unwrap(), Finished::Recorded);
    assert_eq!(asked(&a, "1").await, Delivery::Duplicate);
    // Another shop in the same Redis.
    let other = RedisStore::open(&server.url).unwrap().prefix("other:");
    assert_eq!(asked(&other, "1").await, Delivery::New);
}

#[tokio::test]
async fn claims_and_ids_expire() {
    let Some(server) = server() else { return };
    let store = RedisStore::open(&server.url).unwrap();
    let mine = claim();
    assert_eq!(
        store.claim("1", &claim(), LEASE).await.unwrap(),
        Delivery::New
    );
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(store.claim("1", &mine, TTL).await.unwrap(), Delivery::New);
    assert_eq!(
        store.finish("1", &mine, LEASE).await.unwrap(),
        Finished::Recorded
    );
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(asked(&store, "1").await, Delivery::New);
}

/// An expired claim can neither release nor finish the claim of another machine.
#[tokio::test]
async fn a_late_release_does_not_affect_a_newer_claim() {
    let Some(server) = server() else { return };
    let (a, b) = (
        RedisStore::open(&server.url).unwrap(),
        RedisStore::open(&server.url).unwrap(),
    );
    let (late, newer) = (claim(), claim());
    assert_eq!(a.claim("1", &late, LEASE).await.unwrap(), Delivery::New);
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(b.claim("1", &newer, TTL).await.unwrap(), Delivery::New);
    a.forget("1", &late).await.unwrap();
    assert_eq!(asked(&a, "1").await, Delivery::InProgress);
    assert_eq!(
        a.finish("1", &late, TTL).await.unwrap(),
        Finished::LeaseLost
    );
    assert_eq!(asked(&a, "1").await, Delivery::InProgress);

    assert_eq!(
        b.finish("1", &newer, TTL).await.unwrap(),
        Finished::Recorded
    );
    for claim in [&late, &newer] {
        a.forget("1", claim).await.unwrap();
        assert_eq!(asked(&a, "1").await, Delivery::Duplicate);
    }
    // A finished id can be finished again, and so can an expired claim without a successor.
    assert_eq!(a.finish("1", &late, TTL).await.unwrap(), Finished::Recorded);
    assert_eq!(a.claim("2", &late, LEASE).await.unwrap(), Delivery::New);
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(a.finish("2", &late, TTL).await.unwrap(), Finished::Recorded);
    assert_eq!(asked(&b, "2").await, Delivery::Duplicate);
}

/// As a client does that lost the answer and repeats the claim.
#[tokio::test]
async fn repeating_a_claim_renews_it() {
    let Some(server) = server() else { return };
    let store = RedisStore::open(&server.url).unwrap();
    let mine = claim();
    for lease in [LEASE, TTL] {
        assert_eq!(store.claim("1", &mine, lease).await.unwrap(), Delivery::New);
        assert_eq!(asked(&store, "1").await, Delivery::InProgress);
    }
    // The last requested lease applies.
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(asked(&store, "1").await, Delivery::InProgress);
    assert_eq!(
        store.finish("1", &mine, TTL).await.unwrap(),
        Finished::Recorded
    );
    assert_eq!(
        store.claim("1", &mine, TTL).await.unwrap(),
        Delivery::Duplicate
    );
}

#[tokio::test]
async fn one_of_many_concurrent_claims_wins() {
    let Some(server) = server() else { return };
    let stores: Vec<_> = (0..4)
        .map(|_| RedisStore::open(&server.url).unwrap())
        .collect();
    let mut tasks = tokio::task::JoinSet::new();
    for store in stores {
        tasks.spawn(async move {
            let mut firsts = 0;
            for n in 0..50 {
                let delivery = asked(&store, &format!("id-{n}")).await;
                firsts += usize::from(delivery == Delivery::New);
            }
            firsts
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 50);
}

#[tokio::test]
async fn an_unavailable_redis_is_an_error_until_it_recovers() {
    let Some(mut server) = server() else { return };
    let store = RedisStore::open(&server.url).unwrap();
    let notifications = builder().dedup_store(store).build().unwrap();
    let (headers, body) = Post::paid().signed();
    assert!(
        !notifications
            .accept(&headers, &body)
            .await
            .unwrap()
            .duplicate()
    );
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let start = Instant::now();
    let err = notifications.accept(&headers, &body).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn the_first_claim_without_a_redis_fails_in_time() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://:password@{}/", closed.local_addr().unwrap());
    drop(closed);
    let store = RedisStore::open(&url).unwrap();
    let start = Instant::now();
    let err = store.claim("1", &claim(), TTL).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Dedup);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    assert!(!format!("{store:?} {err:?} {}", err.report()).contains("password"));
    assert!(err.to_string().contains("was not handled"), "{err}");
    // Failures after the handler are not reported this way.
    let err = store.finish("1", &claim(), TTL).await.unwrap_err();
    assert!(!err.report().contains("was not handled"), "{err}");
    let err = RedisStore::open("no url with a password").unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder);
    assert!(!format!("{err:?}").contains("password"));
}

#[tokio::test]
async fn a_silent_redis_defers_notifications_and_keeps_no_claim() {
    let Some(server) = server() else { return };
    let store = RedisStore::open(&server.url).unwrap();
    let patience = Duration::from_millis(700);
    let reader = builder()
        .dedup_store(store)
        .timeout(patience)
        .build()
        .unwrap();
    let (headers, body) = Post::paid().signed();
    let first = reader.accept(&headers, &body).await.unwrap();
    reader.release(&first).await.unwrap();
    server.signal("-STOP");
    let err = reader.accept(&headers, &body).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
    assert_eq!(reader.refuse(err).status(), 503);
    server.signal("-CONT");
    // It records the requested claim, and then releases it.
    let mut delivery = None;
    for _ in 0..2000 {
        delivery = match reader.accept(&headers, &body).await {
            Ok(next) if next.delivery() == Delivery::New => return,
            other => Some(other.map(|next| next.delivery())),
        };
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the claim stays: {delivery:?}");
}

/// A server that accepts connections and never answers does not block a delivery, even while connecting.
#[tokio::test]
async fn a_server_other_than_redis_is_an_error() {
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}/", mute.local_addr().unwrap());
    let store = RedisStore::open(&url).unwrap();
    let err = store.claim("1", &claim(), TTL).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
    assert!(err.report().contains("timed out"), "{}", err.report());
}

/// As documented: a full Redis rejects new ids and drops none.
#[tokio::test]
async fn a_full_redis_defers_the_next_notification() {
    let settings = ["--maxmemory", "1", "--maxmemory-policy", "noeviction"];
    let Some(server) = redis::server(&settings) else {
        return;
    };
    let reader = builder()
        .dedup_store(RedisStore::open(&server.url).unwrap())
        .build()
        .unwrap();
    let (headers, body) = Post::paid().signed();
    let err = reader.accept(&headers, &body).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
    assert_eq!(reader.refuse(err).status(), 503);
}

#[tokio::test]
async fn a_running_handler_keeps_its_claim_in_redis() {
    let Some(server) = server() else { return };
    let open = || RedisStore::open(&server.url).unwrap();
    let reader = |store| {
        let lease = Duration::from_secs(3);
        builder().dedup_store(store).lease(lease).build().unwrap()
    };
    let (one, another) = (reader(open()), reader(open()));
    let (headers, body) = Post::paid().signed();
    let kept = one.accept(&headers, &body).await.unwrap();
    tokio::time::sleep(Duration::from_secs(4)).await;
    let other = another.accept(&headers, &body).await.unwrap();
    assert_eq!(other.delivery(), Delivery::InProgress);
    assert_eq!(one.finish(&kept).await.unwrap(), Finished::Recorded);
    let other = another.accept(&headers, &body).await.unwrap();
    assert_eq!(other.delivery(), Delivery::Duplicate);
}
