//! The retry budget of a client.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The cost of a retry in tokens. A success returns one token, so in the long run there is at most one
/// retry for ten successes, however many calls fail.
const RETRY: u32 = 10;

/// A token bucket that all calls of a client share.
///
/// When WeChat Pay is down, every call fails, and the retries of all of them would only add load.
#[derive(Debug, Clone)]
pub(super) struct Budget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tokens: AtomicU32,
    most: u32,
}

impl Budget {
    /// Creates a full bucket for this many retries in a row.
    pub(super) fn new(retries: u32) -> Self {
        let most = retries.saturating_mul(RETRY);
        let tokens = AtomicU32::new(most);
        Self(Arc::new(Inner { tokens, most }))
    }

    /// Pays for a retry; returns whether there were enough tokens.
    pub(super) fn pay(&self) -> bool {
        self.change(|tokens| tokens.checked_sub(RETRY))
    }

    /// Records a successful call.
    pub(super) fn refill(&self) {
        self.change(|tokens| (tokens < self.0.most).then_some(tokens + 1));
    }

    fn change(&self, change: impl FnMut(u32) -> Option<u32>) -> bool {
        let (set, fetch) = (Ordering::Relaxed, Ordering::Relaxed);
        self.0.tokens.fetch_update(set, fetch, change).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_costs_as_much_as_ten_successes_restore() {
        let budget = Budget::new(2);
        assert!(budget.pay() && budget.pay());
        assert!(!budget.pay());
        (0..9).for_each(|_| budget.refill());
        assert!(!budget.pay());
        budget.refill();
        let clone = budget.clone();
        assert!(clone.pay(), "clones share the bucket");
        assert!(!budget.pay());
        (0..1000).for_each(|_| budget.refill());
        assert!(budget.pay() && budget.pay());
        assert!(!budget.pay(), "it is never more than full");
        assert!(!Budget::new(0).pay());
    }
}
