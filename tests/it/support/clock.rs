//! A clock that advances only on demand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use wechatpay_chain::{Clock, Result, SystemClock};

/// A clock that advances only on demand; its copies are the same clock.
#[derive(Debug, Clone)]
pub(crate) struct Hand(Arc<AtomicI64>);

impl Hand {
    /// Creates a clock with a time in seconds since the Unix epoch.
    pub(crate) fn at(seconds: i64) -> Self {
        Self(Arc::new(AtomicI64::new(seconds)))
    }

    pub(crate) fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn nonce(&self) -> Result<String> {
        SystemClock::new().nonce()
    }
}
