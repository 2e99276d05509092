//! Stores that fail, fill up or lose a lease: what the reply reports to the operator.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::{HeaderMap, StatusCode};
use serde_json::json;
use wechatpay_chain::notify::{
    Acknowledgement, Claim, DedupStore, Delivery, Finished, MemoryStore, Notifications, Reply,
};
use wechatpay_chain::signing::SignType;
use wechatpay_chain::{Error, ErrorKind, Result};

use crate::support::{Post, V2, builder, v2_message};

#[derive(Clone, Copy, PartialEq)]
enum Mishap {
    /// The claim is recorded, but the answer is lost.
    ClaimLost,
    LeaseLost,
    FinishFails,
    /// Only the first time.
    FinishFailsOnce,
    ForgetFails,
}

/// A memory store in which one thing fails, once.
struct Store {
    inner: MemoryStore,
    mishap: Mishap,
    over: AtomicBool,
}

impl Store {
    fn now(&self, mishap: Mishap) -> bool {
        self.mishap == mishap && !self.over.swap(true, Ordering::SeqCst)
    }
}

fn down<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Dedup, "the store is down"))
}

impl DedupStore for Store {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        let delivery = self.inner.claim(id, claim, lease).await?;
        if self.now(Mishap::ClaimLost) {
            down()
        } else {
            Ok(delivery)
        }
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        match self.mishap {
            Mishap::LeaseLost => Ok(Finished::LeaseLost),
            Mishap::FinishFails => down(),
            _ if self.now(Mishap::FinishFailsOnce) => down(),
            _ => self.inner.finish(id, claim, ttl).await,
        }
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        match self.mishap {
            Mishap::ForgetFails => down(),
            _ => self.inner.forget(id, claim).await,
        }
    }
}

fn store(mishap: Mishap) -> Store {
    Store {
        inner: MemoryStore::new(),
        mishap,
        over: AtomicBool::new(false),
    }
}

fn reader(mishap: Mishap) -> Notifications {
    builder().dedup_store(store(mishap)).build().unwrap()
}

async fn run(reader: &Notifications, post: &Post, outcome: io::Result<Acknowledgement>) -> Reply {
    let (headers, body) = post.signed();
    let notification = reader.accept(&headers, &body).await.unwrap();
    reader.run(notification, |_| async { outcome }).await
}

/// WeChat Pay receives success; the error is in the reply for the operator.
#[tokio::test]
async fn an_unrecorded_success_carries_a_dedup_error() {
    for (mishap, said) in [
        (Mishap::LeaseLost, "lease"),
        (Mishap::FinishFails, "the store is down"),
    ] {
        let reply = run(&reader(mishap), &Post::paid(), Ok(Acknowledgement::Done)).await;
        assert_eq!(reply.status(), StatusCode::NO_CONTENT);
        let err = reply.error().expect("it is said");
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
        assert!(err.to_string().contains("was handled"), "{err}");
        assert!(err.report().contains(said), "{}", err.report());
    }
}

/// Without the second try, the next delivery after the lease is handled again.
#[tokio::test]
async fn an_unrecorded_success_is_recorded_when_the_store_is_back() {
    let reader = builder()
        .dedup_store(store(Mishap::FinishFailsOnce))
        .lease(Duration::from_secs(3));
    let reader = reader.build().unwrap();
    let reply = run(&reader, &Post::paid(), Ok(Acknowledgement::Done)).await;
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    assert_eq!(reply.error().unwrap().kind(), ErrorKind::Dedup);
    let (headers, body) = Post::paid().signed();
    loop {
        let next = reader.accept(&headers, &body).await.unwrap();
        match next.delivery() {
            Delivery::InProgress => tokio::time::sleep(Duration::from_millis(20)).await,
            delivery => return assert_eq!(delivery, Delivery::Duplicate),
        }
    }
}

/// A process that exits before the record would handle the next delivery again.
#[tokio::test]
async fn the_end_of_the_handlers_includes_a_record_that_is_tried_again() {
    let lease = Duration::from_millis(600);
    let begin = || builder().lease(lease);
    let recorded = begin().dedup_store(store(Mishap::FinishFailsOnce));
    let recorded = recorded.build().unwrap();
    run(&recorded, &Post::paid(), Ok(Acknowledgement::Done)).await;
    recorded.handlers_ended().await;
    let (headers, body) = Post::paid().signed();
    let next = recorded.accept(&headers, &body).await.unwrap();
    assert_eq!(next.delivery(), Delivery::Duplicate);
    // A store that stays down holds the process up until the lease ends.
    let lost = begin().dedup_store(store(Mishap::FinishFails));
    let lost = lost.build().unwrap();
    run(&lost, &Post::paid(), Ok(Acknowledgement::Done)).await;
    let start = Instant::now();
    lost.handlers_ended().await;
    assert!(start.elapsed() > lease / 2);
}

#[tokio::test]
async fn a_claim_that_cannot_be_released_is_reported() {
    let failed = || Err(io::Error::other("the database is down"));
    let reply = run(&reader(Mishap::ForgetFails), &Post::paid(), failed()).await;
    assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let err = reply.error().expect("it is said");
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
    assert!(
        err.report().contains("the store is down"),
        "{}",
        err.report()
    );
    // A handler reports its own errors.
    let reply = run(&reader(Mishap::FinishFails), &Post::paid(), failed()).await;
    assert!(reply.error().is_none());
}

#[tokio::test]
async fn requests_for_data_are_not_recorded() {
    let question = Post::new("ENTRUST.TERMINATE_RETENTION", json!({}));
    let answer = || Ok(json!({"retention_type": "NONE"}).into());
    for mishap in [Mishap::LeaseLost, Mishap::FinishFails] {
        let reply = run(&reader(mishap), &question, answer()).await;
        assert_eq!(reply.status(), StatusCode::OK);
        assert!(reply.error().is_none());
    }
}

/// Otherwise its own claim would block the notification until it expires.
#[tokio::test]
async fn a_claim_with_a_lost_answer_is_released() {
    let reader = reader(Mishap::ClaimLost);
    let (headers, body) = Post::paid().signed();
    let err = reader.accept(&headers, &body).await.unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
    let next = reader.accept(&headers, &body).await.unwrap();
    assert_eq!(next.delivery(), Delivery::New);
}

#[tokio::test]
async fn a_full_store_defers_the_next_notification_and_drops_nothing() {
    let store = MemoryStore::with_capacity(NonZeroUsize::MIN);
    let reader = builder().dedup_store(store).build().unwrap();
    let (headers, body) = Post::paid().signed();
    let first = reader.accept(&headers, &body).await.unwrap();
    let mut other = Post::paid();
    other.id = "another".into();
    let (other_headers, other_body) = other.signed();
    for finished in [false, true] {
        let err = reader
            .accept(&other_headers, &other_body)
            .await
            .unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Dedup, false));
        assert_eq!(reader.refuse(err).status(), StatusCode::SERVICE_UNAVAILABLE);
        let again = reader.accept(&headers, &body).await.unwrap();
        if finished {
            assert_eq!(again.delivery(), Delivery::Duplicate);
        } else {
            assert_eq!(again.delivery(), Delivery::InProgress);
            let finished = reader.finish(&first).await.unwrap();
            assert_eq!(finished, Finished::Recorded);
        }
    }
    // APIv2's notifications have separate capacity.
    let v2 = v2_message(&[("out_trade_no", "1")], SignType::Md5, V2);
    let paid = reader.accept(&HeaderMap::new(), v2.as_bytes()).await;
    assert_eq!(paid.unwrap().delivery(), Delivery::New);
}
