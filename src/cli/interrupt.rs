//! Calls that clean up when they are interrupted.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use http::Method;
use tokio::runtime::{Builder, Runtime};
use wechatpay_chain::Result as CallResult;

use crate::exit::{Exit, Failure};
use crate::i18n::t;

/// The time limit for removing an unfinished file.
const CLEANUP_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes a call. Ctrl-C and SIGTERM cancel it and remove unfinished files.
pub(crate) fn run<T>(
    method: &Method,
    call: impl IntoFuture<Output = CallResult<T>>,
) -> Result<T, Failure> {
    attempt(method, call)?.map_err(|err| Failure::call(&err, method))
}

/// Like [`run`], but returns the call's error unchanged.
pub(crate) fn attempt<T>(
    method: &Method,
    call: impl IntoFuture<Output = CallResult<T>>,
) -> Result<CallResult<T>, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|err| system_error(&err))?;
    let outcome = runtime.block_on(async {
        let mut stop = pin!(signal());
        let mut call = pin!(call.into_future());
        poll_fn(|context| {
            if let Poll::Ready(outcome) = call.as_mut().poll(context) {
                return Poll::Ready(Ok(outcome));
            }
            match stop.as_mut().poll(context) {
                Poll::Ready(Ok(())) => Poll::Ready(Err(interrupted(method))),
                Poll::Ready(Err(err)) => Poll::Ready(Err(system_error(&err))),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    });
    // The call was dropped; the thread that writes its file removes it.
    runtime.shutdown_timeout(CLEANUP_TIMEOUT);
    outcome
}

/// Catches Ctrl-C and SIGTERM: they end [`wait`](Self::wait) instead of the process.
pub(crate) struct ShutdownSignal {
    runtime: Runtime,
    signals: Signals,
}

impl ShutdownSignal {
    pub(crate) fn listen() -> Result<Self, Failure> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|err| system_error(&err))?;
        let signals = runtime.block_on(async { Signals::listen() });
        let signals = signals.map_err(|err| system_error(&err))?;
        Ok(Self { runtime, signals })
    }

    /// Waits for a signal; false when none arrives in time.
    pub(crate) fn arrives_within(&mut self, time: Duration) -> bool {
        let signal = self.signals.recv();
        let waiting = async { tokio::time::timeout(time, signal).await };
        self.runtime.block_on(waiting).is_ok()
    }

    pub(crate) fn wait(mut self) {
        self.runtime.block_on(self.signals.recv());
    }
}

async fn signal() -> io::Result<()> {
    Signals::listen()?.recv().await;
    Ok(())
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    /// `None` under `nohup`, which ignores hang-ups.
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: if hang_ups_are_ignored() {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            },
        })
    }

    async fn recv(&mut self) {
        poll_fn(|context| {
            let came = self.terminate.poll_recv(context).is_ready()
                || self.interrupt.poll_recv(context).is_ready()
                || self
                    .hang_up
                    .as_mut()
                    .is_some_and(|signal| signal.poll_recv(context).is_ready());
            if came { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

/// Whether SIGHUP is ignored; known on Linux only.
#[cfg(unix)]
fn hang_ups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // SIGHUP is 1, the lowest bit.
    ignored.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Without signals, waits until the process is ended.
    async fn recv(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn interrupted(method: &Method) -> Failure {
    match *method {
        Method::GET => Failure::new(Exit::Interrupted, "interrupted", t!("interrupted")),
        _ => {
            let mut failure = Failure::new(
                Exit::OutcomeUnknown,
                "interrupted",
                t!("interrupted-unknown"),
            );
            failure.member("maybe_sent", true);
            failure
        }
    }
}

fn system_error(err: &io::Error) -> Failure {
    Failure::new(Exit::Input, "other", t!("system-error", err = err))
}
