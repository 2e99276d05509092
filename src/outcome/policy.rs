//! The schedule of queries for an unknown outcome.

use std::time::Duration;

/// Configures the queries: when, for how long, and whether to repeat the request or close the order.
///
/// ```
/// use std::time::Duration;
/// use wechatpay_chain::outcome::QueryPolicy;
///
/// // In a background job, until the outcome is known.
/// let patient = QueryPolicy::documented();
/// // While a user waits: short waits, and the same request again if the query finds nothing.
/// let quick = QueryPolicy::quick().repeat_not_found(true);
/// // Custom waits.
/// let own = QueryPolicy::quick().waits([1, 2, 3].map(Duration::from_secs));
/// ```
#[derive(Debug, Clone)]
#[must_use = "a policy does nothing until it is given to or_query"]
pub struct QueryPolicy {
    pub(super) waits: Vec<Duration>,
    pub(super) settled: Duration,
    pub(super) repeat: bool,
    pub(super) close: bool,
}

/// APIv3 accepts a timestamp that differs from its clock by up to 5 minutes. A request from a clock that is
/// 5 minutes ahead is therefore accepted for 10 minutes. The last minute allows for requests that wait in a queue.
const SETTLED: Duration = Duration::from_secs(660);

impl QueryPolicy {
    /// Uses the waits that WeChat Pay recommends after an order (5 s, 30 s, 1, 3 and 5 minutes), and 2 minutes more.
    /// "Not found" is final by then, so the outcome is known unless WeChat Pay does not answer the last query.
    ///
    /// Source: WeChat Pay document "支付回调和查单实现指引". For refunds WeChat Pay recommends a minute between two
    /// queries ("查询单笔退款"), which these waits respect from the third query on.
    pub fn documented() -> Self {
        Self::with([5, 30, 60, 180, 300, 120])
    }

    /// Uses waits of 1, 2, 4 and 8 s, for a request that a user waits for. "Not found" is not final within that time.
    pub fn quick() -> Self {
        Self::with([1, 2, 4, 8])
    }

    /// Sets the waits before each query. Without waits there is no query.
    pub fn waits(mut self, waits: impl IntoIterator<Item = Duration>) -> Self {
        self.waits = waits.into_iter().collect();
        self
    }

    /// Sets the time after which "not found" is final; 11 minutes by default.
    ///
    /// APIv3 accepts a timestamp up to 5 minutes from its clock. A request from a clock that is 5 minutes ahead
    /// is accepted for 10 minutes. A shorter time is for tests: if WeChat Pay accepts the request after "not found"
    /// was taken as final, and the program sends another number, the user pays twice.
    pub fn settled_after(mut self, time: Duration) -> Self {
        self.settled = time;
        self
    }

    /// Sends the same request with the same number again if a query finds nothing; off by default.
    ///
    /// Applies only to operations that WeChat Pay processes once per number
    /// ([`MerchantNumber::repeatable`](crate::catalog::MerchantNumber::repeatable)), so it has no effect on payments
    /// by code. The body is the same, byte for byte: sensitive fields are not encrypted again, and
    /// each attempt gets a new signature.
    pub fn repeat_not_found(mut self, repeat: bool) -> Self {
        self.repeat = repeat;
        self
    }

    /// Closes an existing unpaid order, so that its outcome is certainly [`NotDone`](super::NotDone);
    /// off by default, which reports an unpaid order as done.
    ///
    /// Use it when the order is abandoned. Before another order for the same goods is made, the old one must
    /// be closed, or the user may pay both. The user may pay during the close: the query after the close
    /// decides. APIv2 does not close an order in its first 5 minutes, so until then such an order is
    /// [`StillUnknown`](super::Outcome::StillUnknown).
    ///
    /// An order that cannot be closed is refused with [`ErrorKind::Request`](crate::ErrorKind::Request) before anything is
    /// sent: a combined order of APIv2, and one of APIv3 whose body has no `combine_appid`.
    pub fn close_unpaid(mut self, close: bool) -> Self {
        self.close = close;
        self
    }

    fn with<const N: usize>(seconds: [u64; N]) -> Self {
        Self {
            waits: seconds.map(Duration::from_secs).to_vec(),
            settled: SETTLED,
            repeat: false,
            close: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_waits_end_after_not_found_is_final() {
        let policy = QueryPolicy::documented();
        assert!(policy.waits.iter().sum::<Duration>() > policy.settled);
        let policy = QueryPolicy::quick();
        assert!(policy.waits.iter().sum::<Duration>() < policy.settled);
    }
}
