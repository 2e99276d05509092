//! Documented rate limits of operations.

use std::time::Duration;

use super::Operation;
use super::attribute::Verb;
use super::limits::LIMITS;

/// The rate limit of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "users make their own")]
pub struct RateLimit {
    /// The largest number of calls …
    pub calls: u32,
    /// … in each period of this length.
    pub per: Duration,
}

impl Operation {
    /// Returns the documented rate limits; empty if none is documented.
    ///
    /// The limits apply to one merchant or service provider, across all of its machines.
    /// They are not limits of a process.
    ///
    /// ```
    /// use std::time::Duration;
    /// use http::Method;
    /// use wechatpay_chain::catalog;
    ///
    /// let refund = catalog::find(&Method::POST, "v3/refund/domestic/refunds").unwrap();
    /// let limit = refund.rate_limits().next().unwrap();
    /// assert_eq!((limit.calls, limit.per), (150, Duration::from_secs(1)));
    /// ```
    pub fn rate_limits(&self) -> impl Iterator<Item = RateLimit> + use<> {
        let order = |row: &(&str, Verb, _)| row.0.cmp(self.path()).then(row.1.cmp(&self.verb));
        let found = LIMITS.binary_search_by(order).ok();
        let pairs = found
            .and_then(|at| LIMITS.get(at))
            .map_or(&[][..], |row| row.2);
        pairs.iter().map(|&(calls, seconds)| RateLimit {
            calls,
            per: Duration::from_secs(seconds.into()),
        })
    }
}
