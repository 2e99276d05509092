//! Ends the process when a test hangs, so that a deadlock is a failure and not a stuck build.

use std::io::Write;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

/// Generous, since it must never fire on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);

/// Guards the test that owns it.
pub(crate) struct Watchdog {
    /// Dropping it signals success.
    _alive: Sender<()>,
}

impl Watchdog {
    pub(crate) fn guard(name: &'static str) -> Self {
        let (alive, gone) = mpsc::channel();
        thread::spawn(move || {
            if gone.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
                // Written directly: output of the macros is captured, and lost in the abort.
                let _ = writeln!(std::io::stderr(), "{name} hangs");
                std::process::abort();
            }
        });
        Self { _alive: alive }
    }
}
