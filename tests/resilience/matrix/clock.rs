//! A runtime whose time stands still while a request makes progress.
//!
//! The limits of the client's calls are short, and a machine under load is slow. In real time, a limit could end an
//! attempt that would have succeeded, and the outcome of a cell would depend on the load.

use std::future::Future;
use std::sync::{Arc, Mutex, mpsc};

use tokio::runtime::{Builder, Runtime};
use wechatpay_chain::middleware::from_fn;
use wechatpay_chain::{Next, Request, Stack};

/// The time of the client under test. While nothing makes progress, it jumps to the next timer.
#[derive(Clone)]
pub(super) struct StoppedClock {
    runtime: Arc<Mutex<Runtime>>,
    progress: Progress,
}

/// Stops the clock until it is dropped or replaced: a paused clock of tokio does not advance by itself while a blocking
/// task runs.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Mutex<Option<mpsc::Sender<()>>>>);

impl StoppedClock {
    pub(super) fn new() -> Self {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_all().start_paused(true).build().unwrap();
        Self {
            runtime: Arc::new(Mutex::new(runtime)),
            progress: Progress::default(),
        }
    }

    /// Runs a call to its end, one at a time.
    pub(super) fn run<T>(&self, call: impl Future<Output = T>) -> T {
        let runtime = self.runtime.lock().unwrap();
        let outcome = runtime.block_on(call);
        self.progress.end();
        outcome
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Adds a layer below all others that stops the clock while a request is under way. With `streams`, it stays stopped
    /// while the caller reads the body of a success.
    pub(super) fn add_layer(&self, stack: &mut Stack, streams: bool) {
        let progress = self.progress.clone();
        let layer = from_fn(move |request: Request, next: Next| {
            let progress = progress.clone();
            async move {
                let under_way = progress.begin();
                let outcome = next.run(request).await;
                if streams && outcome.as_ref().is_ok_and(|it| it.status().is_success()) {
                    std::mem::forget(under_way);
                }
                outcome
            }
        });
        stack.push("clock", layer).unwrap();
    }
}

impl Progress {
    /// Stops the clock.
    fn begin(&self) -> UnderWay {
        let (running, stopped) = mpsc::channel();
        drop(tokio::task::spawn_blocking(move || stopped.recv()));
        *self.0.lock().unwrap() = Some(running);
        UnderWay(self.clone())
    }

    /// Lets the clock go on: the request has ended, or it was given to a server that will never answer.
    pub(super) fn end(&self) {
        *self.0.lock().unwrap() = None;
    }
}

/// A request under way. An attempt that is dropped at its limit ends too.
struct UnderWay(Progress);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.end();
    }
}
