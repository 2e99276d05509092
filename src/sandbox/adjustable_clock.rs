//! The sandbox's clock: another clock plus an adjustable offset.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::journal;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::Result;

/// A clock with an offset in seconds that can be changed while the sandbox runs.
#[derive(Debug)]
pub(crate) struct AdjustableClock {
    clock: Arc<dyn Clock>,
    offset: AtomicI64,
}

impl AdjustableClock {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let offset = AtomicI64::new(0);
        Self { clock, offset }
    }

    pub(crate) fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    pub(crate) fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::Relaxed);
    }

    /// The time without the offset, in milliseconds since the Unix epoch.
    pub(crate) fn unadjusted_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}

/// While the journal executes an input, the time is fixed and the nonces are derived.
impl Clock for AdjustableClock {
    fn now(&self) -> i64 {
        let fixed = journal::time_ms().map(|time| time.div_euclid(1000));
        let now = fixed.unwrap_or_else(|| self.clock.now());
        now.saturating_add(self.offset())
    }

    fn now_ms(&self) -> i64 {
        let offset = self.offset().saturating_mul(1000);
        let now = journal::time_ms().unwrap_or_else(|| self.clock.now_ms());
        now.saturating_add(offset)
    }

    fn nonce(&self) -> Result<String> {
        journal::next_nonce().map_or_else(|| self.clock.nonce(), Ok)
    }
}
