//! The background runtime of this process: where `.wait()` runs its calls, and `.await` those of a
//! caller who has no tokio runtime.
//!
//! `block_on` in the caller's thread would panic inside a runtime, and a call parked on a pool that
//! lives on the parked runtime would hang. A runtime and a pool of its own work everywhere.

use std::cell::Cell;
use std::future::Future;
use std::sync::{OnceLock, mpsc};

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

use crate::error::{Error, ErrorKind, Result};

thread_local! {
    static ON_LANE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread belongs to the background runtime.
pub(crate) fn on_lane() -> bool {
    ON_LANE.get()
}

/// Runs a future to its end, whatever runtime the caller is in, and parks the thread meanwhile.
///
/// # Errors
///
/// [`ErrorKind::Blocking`] on the background runtime itself: it would wait for itself.
pub(crate) fn wait<T, F>(future: F) -> Result<T>
where
    F: Future<Output = Result<T>> + Send + 'static,
    T: Send + 'static,
{
    if on_lane() {
        return Err(Error::new(
            ErrorKind::Blocking,
            "wait() inside a middleware or transport of a call that is itself waited for would \
             hang; use .await",
        ));
    }
    let (done, result) = mpsc::sync_channel(1);
    runtime()?.spawn(async move {
        // Nobody waits any more when the receiver is gone.
        let _ = done.send(future.await);
    });
    result.recv().unwrap_or_else(|_| Err(gone()))
}

/// Runs a future where the caller polls it, or, when there is no tokio runtime, in the background.
///
/// Dropping it ends it in both cases.
pub(crate) async fn anywhere<T, F>(future: F) -> Result<T>
where
    F: Future<Output = Result<T>> + Send + 'static,
    T: Send + 'static,
{
    if Handle::try_current().is_ok() {
        return future.await;
    }
    AbortOnDrop(runtime()?.spawn(future)).join().await
}

/// Runs a future to its end in the background, whatever becomes of who asked for it.
///
/// # Errors
///
/// [`ErrorKind::Blocking`] when there can be no background runtime.
pub(crate) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    runtime()?.spawn(future);
    Ok(())
}

/// Runs what blocks, say on a disk, where it holds up nobody; asked for on a runtime.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> AbortOnDrop<Result<T>> {
    async fn join(mut self) -> Result<T> {
        (&mut self.0).await.unwrap_or_else(|_| Err(gone()))
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Made at its first use, and kept: dropping a runtime in an async context panics.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
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
