//! The store that counts calls.

use std::future::Future;
use std::time::Duration;

use crate::transport::BoxFuture;
use wechatpay_core::catalog::RateLimit;
use wechatpay_core::error::Result;

/// A store that counts the calls of an operation, in a process or shared by several machines.
pub trait LimitStore: Send + Sync + 'static {
    /// Counts a call of `key` if all limits allow one now; otherwise counts nothing and returns the time
    /// until they do. Zero means that the call was counted.
    ///
    /// Checking the limits and counting the call must be one atomic step.
    ///
    /// # Errors
    ///
    /// The reason why the store is unavailable; the process then counts its calls itself.
    fn take(
        &self,
        key: &str,
        limits: &[RateLimit],
    ) -> impl Future<Output = Result<Duration>> + Send;
}

/// The object-safe form of [`LimitStore`].
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
