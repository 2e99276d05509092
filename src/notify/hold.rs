//! The claim of a notification in handling: it is renewed meanwhile, and released if it is never finished.

use std::fmt;
use std::future::{self, Future};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Mutex, oneshot};
use tokio::task::AbortHandle;

use super::dedup::{Claim, Delivery, DynDedupStore, Finished};
use crate::net;
use crate::trace;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The claim of one notification. Dropping an unfinished claim releases it in the background.
pub(super) struct Hold {
    held: Arc<Held>,
}

struct Held {
    store: Arc<dyn DynDedupStore>,
    id: String,
    claim: Claim,
    /// The time limit for each operation of the store.
    limit: Duration,
    /// Whether the claim was finished or released, or never taken.
    over: AtomicBool,
    /// Locked during an operation of the store, so that no renewal follows the end of the claim.
    asking: Mutex<()>,
    renewal: OnceLock<AbortHandle>,
}

impl Hold {
    pub(super) fn new(store: Arc<dyn DynDedupStore>, id: String, limit: Duration) -> Result<Self> {
        let held = Held {
            store,
            id,
            claim: Claim::new()?,
            limit,
            over: AtomicBool::new(false),
            asking: Mutex::new(()),
            renewal: OnceLock::new(),
        };
        let held = Arc::new(held);
        Ok(Self { held })
    }

    /// Claims the id until `deadline` at the latest.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`].
    pub(super) async fn claim(&self, lease: Duration, deadline: Instant) -> Result<Delivery> {
        let held = &self.held;
        let asked = held.store.claim(&held.id, &held.claim, lease);
        let outcome = until(deadline, mute, asked).await;
        match &outcome {
            Ok(Delivery::New) => {}
            Ok(_) => held.end(),
            // The claim may have been recorded and only the answer lost. It would defer the next delivery.
            Err(_) => {
                let freed = held.store.forget(&held.id, &held.claim);
                if until(deadline, mute, freed).await.is_ok() {
                    held.end();
                }
            }
        }
        outcome
    }

    /// Keeps renewing the claim, for at most `limit`, so that it outlasts a slow handler.
    pub(super) fn renew(&self, lease: Duration, limit: Duration) {
        // Without a handle to abort, the renewal detects the end of the claim itself.
        if let Some(task) = start_with_timers(Arc::clone(&self.held).renew(lease, limit)) {
            let _ = self.held.renewal.set(task);
        }
    }

    pub(super) async fn finish(&self, ttl: Duration) -> Result<Finished> {
        let held = &self.held;
        let _asking = held.asking.lock().await;
        // Even if this fails, the work is done, and releasing the claim would repeat it.
        held.end();
        held.stop_renewing();
        let asked = held.store.finish(&held.id, &held.claim, ttl);
        until(Instant::now() + held.limit, mute, asked).await
    }

    pub(super) async fn release(&self) -> Result<()> {
        self.held.end();
        self.held.release().await
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if !self.held.over.load(Ordering::SeqCst) {
            let held = Arc::clone(&self.held);
            held.end();
            // Without a runtime the claim expires.
            let _ = start(async move {
                let _ = held.release().await;
            });
        }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold").finish_non_exhaustive()
    }
}

impl Held {
    fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// Stops the renewal. Called with the lock, so that no renewal is aborted while the store executes it.
    fn stop_renewing(&self) {
        if let Some(renewal) = self.renewal.get() {
            renewal.abort();
        }
    }

    async fn release(&self) -> Result<()> {
        let _asking = self.asking.lock().await;
        self.stop_renewing();
        let asked = self.store.forget(&self.id, &self.claim);
        until(Instant::now() + self.limit, mute, asked).await
    }

    /// Renews the claim three times per lease, so that one renewal may fail.
    async fn renew(self: Arc<Self>, lease: Duration, limit: Duration) {
        let start = Instant::now();
        loop {
            tokio::time::sleep(lease / 3).await;
            let _asking = self.asking.lock().await;
            if self.over.load(Ordering::SeqCst) || start.elapsed() > limit {
                return;
            }
            let asked = self.store.claim(&self.id, &self.claim, lease);
            let outcome = until(Instant::now() + self.limit, mute, asked).await;
            if outcome.is_ok_and(|delivery| delivery != Delivery::New) {
                // The claim had expired, and the delivery that took over decides.
                return;
            }
        }
    }
}

/// Runs a future to completion, on the caller's runtime or else in the background.
///
/// # Errors
///
/// [`ErrorKind::Blocking`] when neither is available.
pub(super) fn start(future: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    match Handle::try_current() {
        Ok(runtime) => {
            runtime.spawn(trace::carried(future));
            Ok(())
        }
        Err(_) => net::blocking::spawn(future),
    }
}

/// Starts a future that sleeps: on the caller's runtime if that has timers, or else in the background.
pub(super) fn start_with_timers(
    future: impl Future<Output = ()> + Send + 'static,
) -> Option<AbortHandle> {
    if let Some(runtime) = net::drivers::with_timers() {
        return Some(runtime.spawn(future).abort_handle());
    }
    // Without a background runtime the claim expires.
    let _ = net::blocking::spawn(future);
    None
}

/// Waits for a future until `deadline`.
///
/// # Errors
///
/// The errors of the future, and `late` when there is no result in time.
pub(super) async fn until<T>(
    deadline: Instant,
    late: impl FnOnce() -> Error,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let (mut work, mut timer) = (pin!(work), timer(deadline));
    let mut late = Some(late);
    future::poll_fn(move |context| {
        if let Poll::Ready(outcome) = work.as_mut().poll(context) {
            return Poll::Ready(outcome);
        }
        match (timer.as_mut().poll(context), late.take()) {
            (Poll::Ready(()), Some(late)) => Poll::Ready(Err(late())),
            (_, kept) => {
                late = kept;
                Poll::Pending
            }
        }
    })
    .await
}

/// Returns a timer of the background runtime: the caller's runtime may have none.
fn timer(deadline: Instant) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    if net::drivers::with_timers().is_some() {
        return Box::pin(tokio::time::sleep_until(deadline.into()));
    }
    let (over, waiting) = oneshot::channel();
    let alarm = net::blocking::spawn(async move {
        tokio::time::sleep_until(deadline.into()).await;
        let _ = over.send(());
    });
    Box::pin(async move {
        match alarm {
            Ok(()) => drop(waiting.await),
            Err(_) => future::pending().await,
        }
    })
}

fn mute() -> Error {
    Error::new(
        ErrorKind::Dedup,
        "the deduplication store did not answer in time: check its connection, or raise \
         NotificationsBuilder::timeout",
    )
    .with_maybe_sent(false)
}
