//! The sandbox's clock: another clock plus an adjustable offset.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

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
}

impl Clock for AdjustableClock {
    fn now(&self) -> i64 {
        self.clock.now().saturating_add(self.offset())
    }

    fn now_ms(&self) -> i64 {
        let offset = self.offset().saturating_mul(1000);
        self.clock.now_ms().saturating_add(offset)
    }

    fn nonce(&self) -> Result<String> {
        self.clock.nonce()
    }
}
