//! The gateway's clock, which can be set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::Result;

/// Another clock, some seconds off.
#[derive(Debug)]
pub(super) struct Shifted {
    clock: Arc<dyn Clock>,
    offset: AtomicI64,
}

impl Shifted {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let offset = AtomicI64::new(0);
        Self { clock, offset }
    }

    pub(super) fn offset(&self) -> i64 {
        self.offset.load(Ordering::Relaxed)
    }

    pub(super) fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::Relaxed);
    }
}

impl Default for Shifted {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock::new()))
    }
}

impl Clock for Shifted {
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
