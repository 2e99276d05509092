//! File operations, on the runtime's blocking threads.

use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use wechatpay_core::error::{Error, ErrorKind, Result};

/// Runs a blocking function and waits for its result.
///
/// # Errors
///
/// The errors of `work`, and [`ErrorKind::File`] if there is no runtime or it shuts down first.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work)?.await.unwrap_or_else(|err| {
        Err(Error::new(ErrorKind::File, "the file operation was cancelled").with_source(err))
    })
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
