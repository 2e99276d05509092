//! Ends the process when a test hangs: a deadlock shall be a failure, not a stuck build.

use std::io::Write;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

/// Generous: it must never fire because a machine is slow.
const LIMIT: Duration = Duration::from_secs(120);

/// Guards the test that holds it.
pub(crate) struct Watchdog {
    /// Dropping it is the sign that all is well.
    _alive: Sender<()>,
}

impl Watchdog {
    pub(crate) fn guard(name: &'static str) -> Self {
        let (alive, gone) = mpsc::channel();
        thread::spawn(move || {
            if gone.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
                // Straight out: what the macros print is captured, and lost in the abort.
                let _ = writeln!(std::io::stderr(), "{name} hangs");
                std::process::abort();
            }
        });
        Self { _alive: alive }
    }
}
