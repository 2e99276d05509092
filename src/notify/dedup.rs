//! Deduplication: tells a repeated delivery of a notification from a new one.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::transport::BoxFuture;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Whether a notification was delivered before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// The notification is new, or an earlier delivery was not finished before its claim expired.
    New,
    /// Another delivery is being handled, or its handler crashed recently.
    InProgress,
    /// An earlier delivery was finished.
    Duplicate,
}

/// The result of finishing a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "stores say one of the two, and there is no third"
)]
#[must_use = "a lost lease means that the notification may be handled twice"]
pub enum Finished {
    /// Later deliveries are [`Delivery::Duplicate`].
    Recorded,
    /// Another delivery has claimed the notification, for example because the lease had expired; that one decides.
    LeaseLost,
}

/// The token of a claim: a fresh, unguessable text.
///
/// Finishing and forgetting take the token, so that a handler whose lease expired cannot end the claim of
/// the delivery that took over.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim(Arc<str>);

impl Claim {
    /// Creates a new, unique claim.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`] when the system provides no randomness.
    pub fn new() -> Result<Self> {
        // Never the injected clock's nonces: a test may make those repeat.
        let fresh = SystemClock::new().nonce().map_err(|err| {
            Error::new(ErrorKind::Dedup, "no claim can be made")
                .with_maybe_sent(false)
                .with_source(err)
        })?;
        Ok(Self(fresh.into()))
    }

    /// Returns the token that a store keeps and compares: 32 characters of `[0-9A-Za-z]`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The token is not shown, since it is enough to end the claim.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Claim").finish_non_exhaustive()
    }
}

/// A store for the ids of notifications.
///
/// An id is *claimed* before its notification is handled and *finished* afterwards. A handler that fails
/// forgets the claim, and the claim of a crashed handler expires, so that WeChat Pay's next delivery is
/// handled: no store may lose a payment.
///
/// [`MemoryStore`](super::MemoryStore) is for one process, `RedisStore` (feature `redis`) for several.
/// A store in a database keeps one row per id, `(id, claim or finished, expires_at)`, and does each of the
/// three steps in one statement. An expired row counts as absent.
pub trait DedupStore: Send + Sync + 'static {
    /// Claims the id if it is neither claimed nor finished, and returns its state before.
    ///
    /// Claiming again with the same token returns [`Delivery::New`] and extends the lease to `lease` from
    /// now. Leases are renewed this way, and a driver that lost a response may repeat the claim.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`] when the store is unreachable or full. The notification is then not handled, and
    /// WeChat Pay delivers it again. The claim may have been written nevertheless, so
    /// [`forget`](Self::forget) is called with it.
    fn claim(
        &self,
        id: &str,
        claim: &Claim,
        lease: Duration,
    ) -> impl Future<Output = Result<Delivery>> + Send;

    /// Records an id as finished, unless another delivery holds a claim.
    ///
    /// An expired claim that no other delivery has replaced is finished too, since the work is done.
    ///
    /// # Errors
    ///
    /// The errors of [`claim`](Self::claim).
    fn finish(
        &self,
        id: &str,
        claim: &Claim,
        ttl: Duration,
    ) -> impl Future<Output = Result<Finished>> + Send;

    /// Removes this claim if it is still valid. Removes no other claim and no finished id.
    ///
    /// # Errors
    ///
    /// The errors of [`claim`](Self::claim).
    fn forget(&self, id: &str, claim: &Claim) -> impl Future<Output = Result<()>> + Send;
}

impl<S: DedupStore + ?Sized> DedupStore for Arc<S> {
    async fn claim(&self, id: &str, claim: &Claim, lease: Duration) -> Result<Delivery> {
        (**self).claim(id, claim, lease).await
    }

    async fn finish(&self, id: &str, claim: &Claim, ttl: Duration) -> Result<Finished> {
        (**self).finish(id, claim, ttl).await
    }

    async fn forget(&self, id: &str, claim: &Claim) -> Result<()> {
        (**self).forget(id, claim).await
    }
}

/// The source of an id. Ids of different sources are stored separately.
///
/// An unsigned APIv2 refund that was captured can be altered; a signed notification cannot.
#[derive(Clone, Copy)]
pub(super) enum IdSource {
    V3,
    V2,
    Refund,
    /// Another operation of the store.
    Other,
}

impl IdSource {
    pub(super) const COUNT: usize = 4;

    /// The source of an id, read from its prefix.
    pub(super) fn of(id: &str) -> Self {
        let named = [Self::Refund, Self::V2, Self::V3]
            .into_iter()
            .find(|source| id.starts_with(source.prefix()));
        named.unwrap_or(Self::Other)
    }

    /// The prefix of a source's ids.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::V3 => "v3:",
            Self::V2 => "v2:",
            Self::Refund => "v2:refund:",
            Self::Other => "",
        }
    }
}

/// The object-safe form of [`DedupStore`]: traits with async functions are not object-safe.
pub(super) trait DynDedupStore: Send + Sync {
    fn claim<'a>(
        &'a self,
        id: &'a str,
        claim: &'a Claim,
        lease: Duration,
    ) -> BoxFuture<'a, Result<Delivery>>;
    fn finish<'a>(
        &'a self,
        id: &'a str,
        claim: &'a Claim,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Finished>>;
    fn forget<'a>(&'a self, id: &'a str, claim: &'a Claim) -> BoxFuture<'a, Result<()>>;
}

impl<S: DedupStore> DynDedupStore for S {
    fn claim<'a>(
        &'a self,
        id: &'a str,
        claim: &'a Claim,
        lease: Duration,
    ) -> BoxFuture<'a, Result<Delivery>> {
        Box::pin(DedupStore::claim(self, id, claim, lease))
    }

    fn finish<'a>(
        &'a self,
        id: &'a str,
        claim: &'a Claim,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Finished>> {
        Box::pin(DedupStore::finish(self, id, claim, ttl))
    }

    fn forget<'a>(&'a self, id: &'a str, claim: &'a Claim) -> BoxFuture<'a, Result<()>> {
        Box::pin(DedupStore::forget(self, id, claim))
    }
}
