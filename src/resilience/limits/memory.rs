//! Counts calls in this process.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::store::LimitStore;
use wechatpay_core::catalog::RateLimit;
use wechatpay_core::error::Result;

/// The times of recent calls of each operation: for each limit, as many as it allows.
///
/// A leaky bucket (GCRA) would need less memory, but allows up to twice the limit
/// in one window: a full bucket plus its refill.
#[derive(Default)]
pub(super) struct MemoryLimits {
    calls: Mutex<HashMap<String, Vec<VecDeque<Instant>>>>,
}

impl MemoryLimits {
    pub(super) fn take(&self, key: &str, limits: &[RateLimit]) -> Duration {
        let now = Instant::now();
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if !calls.contains_key(key) {
            calls.insert(key.to_owned(), vec![VecDeque::new(); limits.len()]);
        }
        let Some(windows) = calls.get_mut(key) else {
            return Duration::ZERO;
        };
        windows.resize_with(limits.len(), VecDeque::new);
        let waits = windows.iter().zip(limits).map(|(window, limit)| {
            let full = window.len() >= limit.calls as usize;
            let first = window.front().filter(|_| full);
            first.map_or(Duration::ZERO, |first| {
                limit.per.saturating_sub(now - *first)
            })
        });
        let wait = waits.max().unwrap_or_default();
        if wait.is_zero() {
            for (window, limit) in windows.iter_mut().zip(limits) {
                window.push_back(now);
                let surplus = window.len().saturating_sub(limit.calls as usize);
                window.drain(..surplus);
            }
        }
        wait
    }
}

impl LimitStore for MemoryLimits {
    async fn take(&self, key: &str, limits: &[RateLimit]) -> Result<Duration> {
        Ok(Self::take(self, key, limits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO_A_SECOND: RateLimit = RateLimit {
        calls: 2,
        per: Duration::from_secs(1),
    };
    const THREE_A_MINUTE: RateLimit = RateLimit {
        calls: 3,
        per: Duration::from_secs(60),
    };

    #[tokio::test(start_paused = true)]
    async fn no_window_has_more_calls_than_the_limit() {
        let memory = MemoryLimits::default();
        let take = || memory.take("k", &[TWO_A_SECOND]);
        assert_eq!(take(), Duration::ZERO);
        tokio::time::advance(Duration::from_millis(900)).await;
        assert_eq!(take(), Duration::ZERO);
        assert_eq!(take(), Duration::from_millis(100));
        tokio::time::advance(Duration::from_millis(100)).await;
        assert_eq!(take(), Duration::ZERO);
        // The last two are 100 ms apart, so the next call is possible after 900 ms.
        assert_eq!(take(), Duration::from_millis(900));
        assert_eq!(memory.take("other", &[TWO_A_SECOND]), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_rejected_by_one_limit_counts_for_none() {
        let memory = MemoryLimits::default();
        let take = || memory.take("k", &[TWO_A_SECOND, THREE_A_MINUTE]);
        assert_eq!((take(), take()), (Duration::ZERO, Duration::ZERO));
        for _ in 0..5 {
            assert_eq!(take(), Duration::from_secs(1));
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(take(), Duration::ZERO);
        assert_eq!(take(), Duration::from_secs(59));
    }
}
