//! Counts calls in this process.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::keyed::Keyed;
use super::store::LimitStore;
use wechatpay_core::catalog::RateLimit;
use wechatpay_core::error::Result;

/// Counts calls in this process: the store of [`RateLimits`](super::RateLimits) by default.
///
/// It is public so that another [`LimitStore`] can be built on it.
#[derive(Default)]
pub struct MemoryLimits {
    logs: Mutex<Keyed<Log>>,
}

/// The times of the last calls of an operation, made and reserved, in their order: as many as its largest limit
/// allows.
///
/// A leaky bucket (GCRA) would need less memory, but allows up to twice the limit
/// in one window: a full bucket plus its refill.
#[derive(Default)]
struct Log {
    calls: VecDeque<Instant>,
    longest: Duration,
}

impl MemoryLimits {
    pub(super) fn reserve(&self, key: &str, limits: &[RateLimit], at_most: Duration) -> Duration {
        let now = Instant::now();
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let log = logs.get_or_insert(key, |log| log.matters(now), Log::default);
        let wait = log.wait(limits, now);
        if wait <= at_most
            && let Some(at) = now.checked_add(wait)
        {
            log.push(at, limits);
        }
        wait
    }
}

impl Log {
    /// Returns how long it is until all limits allow a call that is not earlier than one already reserved.
    fn wait(&self, limits: &[RateLimit], now: Instant) -> Duration {
        let waits = limits.iter().filter_map(|limit| {
            let at = self.calls.len().checked_sub(limit.calls as usize)?;
            let first = *self.calls.get(at)?;
            let (ahead, ago) = (first.duration_since(now), now.duration_since(first));
            Some(limit.per.saturating_add(ahead).saturating_sub(ago))
        });
        let last = self.calls.back().map(|last| last.duration_since(now));
        waits.chain(last).max().unwrap_or_default()
    }

    fn push(&mut self, at: Instant, limits: &[RateLimit]) {
        self.calls.push_back(at);
        let most = limits.iter().map(|limit| limit.calls as usize).max();
        let surplus = self.calls.len().saturating_sub(most.unwrap_or_default());
        self.calls.drain(..surplus);
        self.longest = limits.iter().map(|it| it.per).max().unwrap_or_default();
        // No later call is earlier than this one. A limit that is practically none would keep all calls.
        let is_over = |first: &Instant| at.duration_since(*first) >= self.longest;
        while self.calls.len() > 1 && self.calls.front().is_some_and(is_over) {
            self.calls.pop_front();
        }
    }

    /// Whether one of the calls still counts.
    fn matters(&self, now: Instant) -> bool {
        let last = self.calls.back();
        last.is_some_and(|last| now.duration_since(*last) < self.longest)
    }
}

impl LimitStore for MemoryLimits {
    async fn reserve(
        &self,
        key: &str,
        limits: &[RateLimit],
        at_most: Duration,
    ) -> Result<Duration> {
        Ok(Self::reserve(self, key, limits, at_most))
    }
}

impl fmt::Debug for MemoryLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLimits").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resilience::paused;

    const SECOND: Duration = Duration::from_secs(1);
    const TWO_A_SECOND: RateLimit = RateLimit {
        calls: 2,
        per: SECOND,
    };
    const THREE_A_MINUTE: RateLimit = RateLimit {
        calls: 3,
        per: Duration::from_secs(60),
    };

    #[test]
    fn no_window_has_more_calls_than_the_limit() {
        paused(async {
            let memory = MemoryLimits::default();
            let take = || memory.reserve("k", &[TWO_A_SECOND], Duration::ZERO);
            assert_eq!(take(), Duration::ZERO);
            tokio::time::advance(Duration::from_millis(900)).await;
            assert_eq!(take(), Duration::ZERO);
            assert_eq!(take(), Duration::from_millis(100));
            tokio::time::advance(Duration::from_millis(100)).await;
            assert_eq!(take(), Duration::ZERO);
            // The last two are 100 ms apart, so the next call is possible after 900 ms.
            assert_eq!(take(), Duration::from_millis(900));
            let other = memory.reserve("other", &[TWO_A_SECOND], Duration::ZERO);
            assert_eq!(other, Duration::ZERO);
        });
    }

    #[test]
    fn calls_that_no_limit_counts_are_forgotten() {
        paused(async {
            let none = RateLimit {
                calls: u32::MAX,
                per: SECOND,
            };
            let memory = MemoryLimits::default();
            for _ in 0..100 {
                assert_eq!(memory.reserve("k", &[none], Duration::ZERO), Duration::ZERO);
                tokio::time::advance(Duration::from_millis(100)).await;
            }
            let mut logs = memory.logs.lock().unwrap();
            let kept = logs.get_or_insert("k", |_| true, Log::default).calls.len();
            assert_eq!(kept, 10);
        });
    }

    #[test]
    fn reserved_times_keep_the_limit_too() {
        paused(async {
            let memory = MemoryLimits::default();
            let take = |at_most| memory.reserve("k", &[TWO_A_SECOND], at_most).as_millis();
            let waits: Vec<_> = (0..6).map(|_| take(10 * SECOND)).collect();
            assert_eq!(waits, [0, 0, 1000, 1000, 2000, 2000]);
            // A time too far away is not reserved.
            assert_eq!((take(2 * SECOND), take(2 * SECOND)), (3000, 3000));
            tokio::time::advance(Duration::from_millis(2500)).await;
            assert_eq!((take(SECOND), take(SECOND), take(SECOND)), (500, 500, 1500));
        });
    }

    #[test]
    fn a_call_rejected_by_one_limit_counts_for_none() {
        paused(async {
            let memory = MemoryLimits::default();
            let take = || memory.reserve("k", &[TWO_A_SECOND, THREE_A_MINUTE], Duration::ZERO);
            assert_eq!((take(), take()), (Duration::ZERO, Duration::ZERO));
            for _ in 0..5 {
                assert_eq!(take(), Duration::from_secs(1));
            }
            tokio::time::advance(Duration::from_secs(1)).await;
            assert_eq!(take(), Duration::ZERO);
            assert_eq!(take(), Duration::from_secs(59));
        });
    }

    #[test]
    fn operations_that_are_no_longer_called_are_forgotten() {
        paused(async {
            let memory = MemoryLimits::default();
            for merchant in 0..10_000 {
                memory.reserve(&merchant.to_string(), &[TWO_A_SECOND], Duration::ZERO);
                tokio::time::advance(Duration::from_millis(100)).await;
            }
            // Ten of them called within the last second.
            let known = memory.logs.lock().unwrap().len();
            assert!(known <= 64, "{known}");
            assert_eq!(
                memory.reserve("9999", &[TWO_A_SECOND], SECOND),
                Duration::ZERO
            );
            let third = memory.reserve("9999", &[TWO_A_SECOND], SECOND);
            assert_eq!(third, Duration::from_millis(900));
        });
    }

    #[test]
    fn a_limit_for_ever_does_not_overflow() {
        paused(async {
            let memory = MemoryLimits::default();
            let once = RateLimit {
                calls: 1,
                per: Duration::MAX,
            };
            let take = || memory.reserve("k", &[once], Duration::MAX);
            assert_eq!((take(), take()), (Duration::ZERO, Duration::MAX));
        });
    }
}
