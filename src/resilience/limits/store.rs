//! Where calls are counted.

use std::future::Future;
use std::time::Duration;

use crate::transport::BoxFuture;
use wechatpay_core::catalog::RateLimit;
use wechatpay_core::error::Result;

/// Where the calls of an operation are counted: in a process, or in a place that several machines share.
pub trait LimitStore: Send + Sync + 'static {
    /// Counts a call of `key`, if all limits allow one now; else counts nothing and says how long it takes
    /// until they may. Zero means that the call was counted.
    ///
    /// Checking the limits and counting the call must be one atomic step.
    ///
    /// # Errors
    ///
    /// Why the store cannot be asked; the process then counts for itself.
    fn take(
        &self,
        key: &str,
        limits: &[RateLimit],
    ) -> impl Future<Output = Result<Duration>> + Send;
}

/// The object-safe twin.
pub(super) trait DynLimitStore: Send + Sync {
    fn take<'a>(&'a self, key: &'a str, limits: &'a [RateLimit])
    -> BoxFuture<'a, Result<Duration>>;
}

impl<S: LimitStore> DynLimitStore for S {
    fn take<'a>(
        &'a self,
        key: &'a str,
        limits: &'a [RateLimit],
    ) -> BoxFuture<'a, Result<Duration>> {
        Box::pin(LimitStore::take(self, key, limits))
    }
}
