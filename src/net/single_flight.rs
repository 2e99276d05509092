//! Runs one future for all concurrent callers.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::blocking;
use crate::trace::Scope;
use crate::transport::BoxFuture;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Runs at most one future at a time, in the background; concurrent callers wait for its result.
///
/// It runs in the background because a caller may be cancelled, or may block the runtime that drives the future.
pub(crate) struct SingleFlight<T> {
    current: Mutex<Option<watch::Receiver<Option<T>>>>,
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    pub(crate) fn new() -> Self {
        Self {
            current: Mutex::new(None),
        }
    }

    /// Waits for the running future, or starts the one that `begin` returns.
    ///
    /// `begin` runs with a lock, so it must call no code of the program, such as its clock.
    ///
    /// Returns `None` if `begin` returns `None` or the future panicked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Blocking`] when there can be no background runtime.
    pub(crate) fn join<F>(
        &self,
        begin: impl FnOnce() -> Option<F>,
    ) -> Result<BoxFuture<'static, Option<T>>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let receiver = self.enter(begin)?;
        Ok(Box::pin(async move {
            let mut receiver = receiver?;
            let outcome = receiver.wait_for(Option::is_some).await.ok()?;
            outcome.clone()
        }))
    }

    fn enter<F>(
        &self,
        begin: impl FnOnce() -> Option<F>,
    ) -> Result<Option<watch::Receiver<Option<T>>>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        // The subscriber is the program's, so it is asked without the lock.
        let scope = Scope::current();
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(receiver) = current.as_ref().filter(|receiver| under_way(receiver)) {
            return Ok(Some(receiver.clone()));
        }
        let Some(work) = begin() else {
            return Ok(None);
        };
        let (done, receiver) = watch::channel(None);
        blocking::spawn_in(scope, async move {
            let outcome = work.await;
            // All callers may have cancelled.
            let _ = done.send(Some(outcome));
        })?;
        *current = Some(receiver.clone());
        Ok(Some(receiver))
    }
}

/// A sender that was dropped without a value belonged to a future that panicked.
fn under_way<T>(receiver: &watch::Receiver<Option<T>>) -> bool {
    receiver.borrow().is_none() && receiver.has_changed().is_ok()
}

/// Limits the time of a future.
///
/// # Errors
///
/// [`ErrorKind::Timeout`], and the errors of the future.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        let message = format!("no answer within {limit:?}");
        Err(Error::new(ErrorKind::Timeout, message).with_maybe_sent(false))
    })
}
