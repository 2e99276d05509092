//! File operations, on the runtime's blocking threads, and several downloads at the same time.

mod lane;

use tokio::runtime::Handle;
#[cfg(feature = "files")]
use tokio::task::JoinSet;
use tokio::task::{JoinError, JoinHandle};

#[cfg(feature = "files")]
pub(crate) use lane::Worker;
pub(crate) use lane::{BATCH, Buffers, Lane};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Runs a blocking function and waits for its result.
///
/// # Errors
///
/// The errors of `work`, and [`ErrorKind::File`] if there is no runtime or it shuts down first.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let ended = spawn_blocking(work)?.await;
    ended.unwrap_or_else(|err| Err(cancelled(err)))
}

/// Starts a blocking function.
///
/// # Errors
///
/// [`ErrorKind::File`] when there is no tokio runtime.
pub(crate) fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    let runtime = Handle::try_current().map_err(|err| {
        Error::new(
            ErrorKind::File,
            "files are read and written on a tokio runtime, and none is running: make the call with \
             .await or .wait()",
        )
        .with_source(err)
    })?;
    Ok(runtime.spawn_blocking(work))
}

/// Runs all futures at the same time and returns their results in order. The first error drops the others.
///
/// # Errors
///
/// The errors of the futures.
#[cfg(feature = "files")]
pub(crate) async fn run_all<T: Send + 'static>(
    futures: impl IntoIterator<Item = impl Future<Output = Result<T>> + Send + 'static>,
) -> Result<Vec<T>> {
    let mut running = JoinSet::new();
    for (at, future) in futures.into_iter().enumerate() {
        running.spawn(async move { future.await.map(|value| (at, value)) });
    }
    let mut ended = Vec::new();
    while let Some(outcome) = running.join_next().await {
        match outcome.unwrap_or_else(|err| Err(cancelled(err))) {
            Ok(value) => ended.push(value),
            Err(err) => {
                running.shutdown().await;
                return Err(err);
            }
        }
    }
    ended.sort_by_key(|(at, _)| *at);
    Ok(ended.into_iter().map(|(_, value)| value).collect())
}

const CANCELLED: &str = "the file operation was cancelled";

fn cancelled(err: JoinError) -> Error {
    Error::new(ErrorKind::File, CANCELLED).with_source(err)
}
