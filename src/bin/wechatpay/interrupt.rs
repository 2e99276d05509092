//! Calls that can be interrupted without leaving anything behind.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use http::Method;
use tokio::runtime::Builder;
use wechatpay_chain::Result as CallResult;

use crate::exit::{Exit, Failure};

/// How long a thread that writes a file may take to remove it.
const CLEANING_UP: Duration = Duration::from_secs(5);

/// Makes a call; on Ctrl-C (and SIGTERM) it is given up and its unfinished files are removed.
pub(crate) fn run<T>(
    method: &Method,
    call: impl IntoFuture<Output = CallResult<T>>,
) -> Result<T, Failure> {
    attempt(method, call)?.map_err(|err| Failure::call(&err, method))
}

/// As [`run`], with the call's own error for who wants to look at it.
pub(crate) fn attempt<T>(
    method: &Method,
    call: impl IntoFuture<Output = CallResult<T>>,
) -> Result<CallResult<T>, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|err| unable(&err))?;
    let outcome = runtime.block_on(async {
        let mut stop = pin!(signal());
        let mut call = pin!(call.into_future());
        poll_fn(|context| {
            if let Poll::Ready(outcome) = call.as_mut().poll(context) {
                return Poll::Ready(Ok(outcome));
            }
            match stop.as_mut().poll(context) {
                Poll::Ready(Ok(())) => Poll::Ready(Err(interrupted(method))),
                Poll::Ready(Err(err)) => Poll::Ready(Err(unable(&err))),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    });
    // The call is dropped; what writes its file sees that and removes it.
    runtime.shutdown_timeout(CLEANING_UP);
    outcome
}

#[cfg(unix)]
async fn signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    poll_fn(|context| {
        let came =
            terminate.poll_recv(context).is_ready() || interrupt.poll_recv(context).is_ready();
        if came { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    Ok(())
}

#[cfg(not(unix))]
async fn signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}

fn interrupted(method: &Method) -> Failure {
    match *method {
        Method::GET => Failure::new(Exit::Interrupted, "interrupted", "interrupted"),
        _ => {
            let mut failure = Failure::new(
                Exit::Unknown,
                "interrupted",
                "interrupted. OUTCOME UNKNOWN: the request may have been acted on; query it before \
                 anything else",
            );
            failure.note("maybe_sent", true);
            failure
        }
    }
}

fn unable(err: &io::Error) -> Failure {
    Failure::new(
        Exit::Input,
        "other",
        format!("the system gives no threads or signals: {err}"),
    )
}
