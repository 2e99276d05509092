//! Runs calls for `.wait()`, and for `.await` outside of a tokio runtime.
//!
//! The waiting thread polls its call itself, or on a separate thread if it belongs to a runtime,
//! so a blocking layer delays only its call.
//! Sockets and timers belong to a background runtime, which works while the thread is parked.
//! `block_on` of a runtime would panic inside another runtime.

use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

use super::drivers;
use super::process::PerProcess;
use crate::trace::{self, Scope};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The time beyond the call's limit after which its thread stops waiting.
///
/// The limit itself is a timer of the background runtime, whose error has more details.
const GRACE: Duration = Duration::from_secs(1);

thread_local! {
    static ON_LANE: Cell<bool> = const { Cell::new(false) };
}

/// The limit of a thread's wait, and the error at its end. The call may go on in another thread, so `late` also ends
/// the call: it sends nothing after it.
#[derive(Clone)]
pub(crate) struct Bound {
    pub(crate) limit: Duration,
    pub(crate) late: Arc<dyn Fn() -> Error + Send + Sync>,
}

impl Bound {
    /// Returns the time at which a thread stops waiting after `graces` times the grace.
    fn deadline(&self, graces: u32) -> Option<Instant> {
        Instant::now().checked_add(self.limit.checked_add(GRACE * graces)?)
    }
}

/// Runs a future to completion and parks the thread meanwhile, in any runtime.
///
/// # Errors
///
/// [`ErrorKind::Blocking`] inside another such future and on the background runtime's threads, which
/// would wait for themselves. The bound's error when its time has passed by more than a second.
pub(crate) fn wait<T, F>(bound: Option<Bound>, future: F) -> Result<T>
where
    F: Future<Output = Result<T>> + Send + 'static,
    T: Send + 'static,
{
    if ON_LANE.get() {
        return Err(Error::new(
            ErrorKind::Blocking,
            "wait() would hang here, inside a middleware or transport of a call made with wait(); use \
             .await",
        ));
    }
    let runtime = runtime()?;
    if Handle::try_current().is_err() {
        return poll_here(runtime.handle(), bound, future);
    }
    // On a thread of another runtime, a yielding task is woken by that runtime, which is parked.
    let deadline = bound.as_ref().and_then(|bound| bound.deadline(2));
    let late = bound.clone();
    let future = trace::carried(future);
    let (done, result) = mpsc::sync_channel(1);
    let handle = runtime.handle().clone();
    runtime.spawn_blocking(move || {
        // Sending fails if the receiver stopped waiting.
        let _ = done.send(poll_here(&handle, bound, future));
    });
    let outcome = match deadline {
        None => result.recv().ok(),
        Some(deadline) => {
            let left = deadline.saturating_duration_since(Instant::now());
            match result.recv_timeout(left) {
                Err(RecvTimeoutError::Timeout) => late.map(|late| Err((late.late)())),
                outcome => outcome.ok(),
            }
        }
    };
    outcome.unwrap_or_else(|| Err(gone()))
}

/// Polls a future on this thread, which belongs to no runtime.
fn poll_here<T, F>(handle: &Handle, bound: Option<Bound>, future: F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut lane = InRuntime::new(handle, future);
    let bell = Arc::new(Unparker::default());
    let waker = Waker::from(Arc::clone(&bell));
    let mut cx = Context::from_waker(&waker);
    let deadline = bound.as_ref().and_then(|bound| bound.deadline(1));
    loop {
        if let Poll::Ready(outcome) = Pin::new(&mut lane).poll(&mut cx) {
            return outcome;
        }
        if !bell.wait(deadline) {
            return Err(bound.map_or_else(gone, |bound| (bound.late)()));
        }
    }
}

/// Runs a future where the caller polls it, or in the background if there is no tokio runtime with
/// timers.
///
/// Dropping the returned future cancels it in both cases.
pub(crate) async fn anywhere<T, F>(future: F) -> Result<T>
where
    F: Future<Output = Result<T>> + Send + 'static,
    T: Send + 'static,
{
    if can_run_here() {
        return future.await;
    }
    in_background(future).await
}

/// Whether a future can run where the caller polls it: in a tokio runtime with timers.
pub(crate) fn can_run_here() -> bool {
    drivers::with_timers().is_some()
}

/// Runs a future in the background.
///
/// Dropping the returned future cancels it.
pub(crate) async fn in_background<T, F>(future: F) -> Result<T>
where
    F: Future<Output = Result<T>> + Send + 'static,
    T: Send + 'static,
{
    let mut task = AbortOnDrop(runtime()?.spawn(trace::carried(future)));
    (&mut task.0).await.unwrap_or_else(|_| Err(gone()))
}

/// Runs a future to completion in the background, even if the caller is dropped.
///
/// # Errors
///
/// [`ErrorKind::Blocking`] when there can be no background runtime.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    spawn_in(Scope::current(), future)
}

/// Does the same with a span and subscriber that were found before.
///
/// # Errors
///
/// [`ErrorKind::Blocking`] when there can be no background runtime.
pub(crate) fn spawn_in(
    scope: Scope,
    future: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    runtime()?.spawn(scope.carry(future));
    Ok(())
}

/// Runs a blocking function on the runtime's blocking threads; must be called within a runtime.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Enters the background runtime whenever the waiting thread polls the future.
struct InRuntime<F> {
    handle: Handle,
    /// `None` once dropped; the future must be dropped within the runtime too.
    future: Option<Pin<Box<F>>>,
}

impl<F> InRuntime<F> {
    fn new(handle: &Handle, future: F) -> Self {
        Self {
            handle: handle.clone(),
            future: Some(Box::pin(future)),
        }
    }
}

impl<T, F: Future<Output = Result<T>>> Future for InRuntime<F> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(future) = &mut this.future else {
            return Poll::Ready(Err(gone()));
        };
        let _in_runtime = this.handle.enter();
        let _marked = WaitingMark::set();
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
        polled.unwrap_or_else(|_| {
            this.future = None;
            Poll::Ready(Err(gone()))
        })
    }
}

impl<F> Drop for InRuntime<F> {
    fn drop(&mut self) {
        let _in_runtime = self.handle.enter();
        self.future = None;
    }
}

/// Marks this thread as polling a call under `.wait()`, until it is dropped.
struct WaitingMark(bool);

impl WaitingMark {
    fn set() -> Self {
        Self(ON_LANE.replace(true))
    }
}

impl Drop for WaitingMark {
    fn drop(&mut self) {
        ON_LANE.set(self.0);
    }
}

/// Wakes the waiting thread. `thread::park` is not used, since other code may consume its token.
#[derive(Default)]
struct Unparker {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Unparker {
    /// Waits for a wake-up; returns `false` if the deadline passed first.
    fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        while !std::mem::take(&mut *rung) {
            let Some(deadline) = deadline else {
                rung = self
                    .changed
                    .wait(rung)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let woken = self.changed.wait_timeout(rung, left);
            rung = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl Wake for Unparker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }
}

/// Created at first use in a process, and kept: dropping a runtime in an async context panics.
///
/// It has several workers, so that blocking layers (in calls without a runtime, or in a fetch of
/// certificates) leave one for sockets and timers.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: PerProcess<std::io::Result<Runtime>> = PerProcess::new();
    let made = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(4)
            // As many as there are waiting threads: each is only parked.
            .max_blocking_threads(1 << 14)
            .thread_name("wechatpay-chain")
            .on_thread_start(|| ON_LANE.set(true))
            .enable_all()
            .build()
    });
    made.as_ref().map_err(|err| {
        Error::new(
            ErrorKind::Blocking,
            format!("the background runtime could not be started: {err}"),
        )
    })
}

fn gone() -> Error {
    Error::new(
        ErrorKind::Middleware,
        "the call ended without an answer: a middleware or transport panicked",
    )
    .with_maybe_sent(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_that_is_never_woken_ends_by_its_deadline() {
        let bound = Bound {
            limit: Duration::ZERO,
            late: Arc::new(|| Error::new(ErrorKind::Timeout, "late")),
        };
        let outcome = wait(Some(bound), std::future::pending::<Result<()>>());
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Timeout);
    }

    #[test]
    fn a_future_is_dropped_inside_the_runtime() {
        struct NeedsRuntime;
        impl Drop for NeedsRuntime {
            fn drop(&mut self) {
                tokio::spawn(async {});
            }
        }
        let held = NeedsRuntime;
        let late = Arc::new(|| Error::new(ErrorKind::Timeout, "late"));
        let limit = Duration::ZERO;
        let outcome = wait(Some(Bound { limit, late }), async move {
            let _held = held;
            std::future::pending::<Result<()>>().await
        });
        assert!(outcome.is_err());
    }

    /// The runtime of a parked thread can neither wake a yielding task nor renew its budget.
    #[test]
    fn inside_a_task_a_future_may_yield_as_often_as_it_likes() {
        let runtime = Builder::new_current_thread().build().unwrap();
        let outcome = runtime.block_on(async {
            tokio::spawn(async {
                wait(None, async {
                    let (sender, mut receiver) = tokio::sync::mpsc::channel(1);
                    for _ in 0..1000 {
                        sender.send(()).await.ok();
                        receiver.recv().await;
                        tokio::task::yield_now().await;
                    }
                    Ok(())
                })
            })
            .await
        });
        assert!(outcome.unwrap().is_ok());
    }
}
