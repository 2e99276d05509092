//! Against a real `redis-server`, where the machine has one.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wechatpay_chain::ErrorKind;
use wechatpay_chain::notify::{Claim, Delivery, RedisStore, SeenStore};

use crate::support::{Post, builder};

const LEASE: Duration = Duration::from_millis(300);
const TTL: Duration = Duration::from_secs(60);

struct Server {
    child: Child,
    url: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// On a port that was free a moment ago; nothing is written to disk.
fn server() -> Option<Server> {
    let probe = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = probe.local_addr().unwrap().port();
    drop(probe);
    let command = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--save", "", "--appendonly", "no"])
        .stdout(Stdio::null())
        .spawn();
    let Ok(child) = command else {
        eprintln!("skipped: no redis-server on the PATH");
        return None;
    };
    let server = Server {
        child,
        url: format!("redis://127.0.0.1:{port}/"),
    };
    let patience = Instant::now() + Duration::from_secs(20);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < patience, "redis-server does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(server)
}

fn claim() -> Claim {
    Claim::new().unwrap()
}

/// What a delivery that comes now is told; a first one leaves a claim that nobody knows.
async fn asked(store: &RedisStore, id: &str) -> Delivery {
    store.claim(id, &claim(), TTL).await.unwrap()
}

#[tokio::test]
async fn two_machines_share_claims_and_what_was_finished() {
    let Some(server) = server() else { return };
    let (a, b) = (
        RedisStore::open(&server.url).unwrap(),
        RedisStore::open(&server.url).unwrap(),
    );
    let (of_a, of_b) = (claim(), claim());
    assert_eq!(a.claim("1", &of_a, TTL).await.unwrap(), Delivery::First);
    assert_eq!(b.claim("1", &of_b, TTL).await.unwrap(), Delivery::UnderWay);
    a.forget("1", &of_a).await.unwrap();
    assert_eq!(b.claim("1", &of_b, TTL).await.unwrap(), Delivery::First);
    assert!(b.finish("1", &of_b, TTL).await.unwrap());
    assert_eq!(asked(&a, "1").await, Delivery::Repeated);
    // Another shop in the same Redis.
    let other = RedisStore::open(&server.url).unwrap().prefix("other:");
    assert_eq!(asked(&other, "1").await, Delivery::First);
}

#[tokio::test]
async fn claims_and_ids_run_out() {
    let Some(server) = server() else { return };
    let store = RedisStore::open(&server.url).unwrap();
    let mine = claim();
    assert_eq!(
        store.claim("1", &claim(), LEASE).await.unwrap(),
        Delivery::First
    );
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(store.claim("1", &mine, TTL).await.unwrap(), Delivery::First);
    assert!(store.finish("1", &mine, LEASE).await.unwrap());
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(asked(&store, "1").await, Delivery::First);
}

/// Whoever outlived its claim can neither free nor finish what another machine has claimed since.
#[tokio::test]
async fn a_late_giveback_leaves_the_newer_claim() {
    let Some(server) = server() else { return };
    let (a, b) = (
        RedisStore::open(&server.url).unwrap(),
        RedisStore::open(&server.url).unwrap(),
    );
    let (late, newer) = (claim(), claim());
    assert_eq!(a.claim("1", &late, LEASE).await.unwrap(), Delivery::First);
    tokio::time::sleep(2 * LEASE).await;
    assert_eq!(b.claim("1", &newer, TTL).await.unwrap(), Delivery::First);
    a.forget("1", &late).await.unwrap();
    assert_eq!(asked(&a, "1").await, Delivery::UnderWay);
    assert!(!a.finish("1", &late, TTL).await.unwrap());
    assert_eq!(asked(&a, "1").await, Delivery::UnderWay);

    assert!(b.finish("1", &newer, TTL).await.unwrap());
    for claim in [&late, &newer] {
        a.forget("1", claim).await.unwrap();
        assert_eq!(asked(&a, "1").await, Delivery::Repeated);
    }
    // What is finished may be finished again, and a claim that nobody followed too.
    assert!(a.finish("1", &late, TTL).await.unwrap());
    assert_eq!(a.claim("2", &late, LEASE).await.unwrap(), Delivery::First);
    tokio::time::sleep(2 * LEASE).await;
    assert!(a.finish("2", &late, TTL).await.unwrap());
    assert_eq!(asked(&b, "2").await, Delivery::Repeated);
}

#[tokio::test]
async fn of_many_at_once_one_is_first() {
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
                firsts += usize::from(delivery == Delivery::First);
            }
            firsts
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 50);
}

#[tokio::test]
async fn a_redis_that_is_down_is_an_error_in_time_and_not_for_ever() {
    let Some(mut server) = server() else { return };
    let store = RedisStore::open(&server.url).unwrap();
    let notifications = builder().seen(store).build().unwrap();
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
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Seen, false));
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn without_a_redis_the_first_question_fails_in_time() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://:password@{}/", closed.local_addr().unwrap());
    drop(closed);
    let store = RedisStore::open(&url).unwrap();
    let start = Instant::now();
    let err = store.claim("1", &claim(), TTL).await.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Seen);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    assert!(!format!("{store:?} {err:?} {}", err.report()).contains("password"));
    let err = RedisStore::open("no url with a password").unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Builder);
    assert!(!format!("{err:?}").contains("password"));
}
