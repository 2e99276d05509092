//! Which notifications came before: what tells a repeated delivery from a first one.

use std::future::Future;
use std::time::Duration;

use crate::error::Result;
use crate::transport::BoxFuture;

/// What is known of earlier deliveries of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// None came before, or none that was finished in its time.
    First,
    /// Another one is being handled right now, or its handler died a moment ago.
    UnderWay,
    /// One came before and was finished.
    Repeated,
}

/// Where ids of notifications are remembered.
///
/// An id is *claimed* before a notification is handled and *kept* after it. A handler that fails
/// forgets it, and a claim of one that dies runs out, so that WeChat Pay's next delivery is handled:
/// no store may lose a payment.
///
/// [`MemoryStore`](super::MemoryStore) is for one process, `RedisStore` (feature `redis`) for several.
/// A store over a database implements the same three steps.
pub trait SeenStore: Send + Sync + 'static {
    /// Claims an id for a while, in one step that no other machine can come between.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Seen`](crate::ErrorKind::Seen) when the store cannot be asked; the notification is
    /// then not handled and WeChat Pay delivers it again.
    fn claim(&self, id: &str, lease: Duration) -> impl Future<Output = Result<Delivery>> + Send;

    /// Remembers an id as finished.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim).
    fn keep(&self, id: &str, ttl: Duration) -> impl Future<Output = Result<()>> + Send;

    /// Takes a claim back.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim).
    fn forget(&self, id: &str) -> impl Future<Output = Result<()>> + Send;
}

/// The object-safe twin: traits with async functions cannot be made into objects.
pub(super) trait DynSeenStore: Send + Sync {
    fn claim<'a>(&'a self, id: &'a str, lease: Duration) -> BoxFuture<'a, Result<Delivery>>;
    fn keep<'a>(&'a self, id: &'a str, ttl: Duration) -> BoxFuture<'a, Result<()>>;
    fn forget<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<()>>;
}

impl<S: SeenStore> DynSeenStore for S {
    fn claim<'a>(&'a self, id: &'a str, lease: Duration) -> BoxFuture<'a, Result<Delivery>> {
        Box::pin(SeenStore::claim(self, id, lease))
    }

    fn keep<'a>(&'a self, id: &'a str, ttl: Duration) -> BoxFuture<'a, Result<()>> {
        Box::pin(SeenStore::keep(self, id, ttl))
    }

    fn forget<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(SeenStore::forget(self, id))
    }
}
