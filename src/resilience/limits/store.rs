//! The store that counts calls.

use std::future::Future;
use std::time::Duration;

use crate::transport::BoxFuture;
use wechatpay_core::catalog::RateLimit;
use wechatpay_core::error::Result;

/// A store that counts the calls of an operation, in a process or shared by several machines.
pub trait LimitStore: Send + Sync + 'static {
    /// Reserves the next time at which all limits allow a call of `key`, and returns how long it is until then: zero for
    /// now. If that is longer than `at_most`, it returns the time and reserves nothing.
    ///
    /// The caller makes one call at the reserved time and does not ask again. So a reserved time counts as a call
    /// for later reservations, and no reservation is earlier than one before it. Finding and reserving the time must be
    /// one atomic step.
    ///
    /// # Errors
    ///
    /// The reason why the store is unavailable; the process then counts its calls itself.
    fn reserve(
        &self,
        key: &str,
        limits: &[RateLimit],
        at_most: Duration,
    ) -> impl Future<Output = Result<Duration>> + Send;
}

/// The object-safe form of [`LimitStore`].
pub(super) trait DynLimitStore: Send + Sync {
    fn reserve<'a>(
        &'a self,
        key: &'a str,
        limits: &'a [RateLimit],
        at_most: Duration,
    ) -> BoxFuture<'a, Result<Duration>>;
}

impl<S: LimitStore> DynLimitStore for S {
    fn reserve<'a>(
        &'a self,
        key: &'a str,
        limits: &'a [RateLimit],
        at_most: Duration,
    ) -> BoxFuture<'a, Result<Duration>> {
        Box::pin(LimitStore::reserve(self, key, limits, at_most))
    }
}
