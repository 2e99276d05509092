//! Which notifications came before: what tells a repeated delivery from a first one.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::transport::BoxFuture;
use wechatpay_core::clock::{Clock, SystemClock};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// What is known of earlier deliveries of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Delivery {
    /// None came before, or none that was finished in its time.
    New,
    /// Another one is being handled right now, or its handler died a moment ago.
    InProgress,
    /// One came before and was finished.
    Duplicate,
}

/// What came of finishing a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "stores say one of the two, and there is no third"
)]
#[must_use = "whoever was overtaken has to know: the notification may be handled twice"]
pub enum Finished {
    /// Later deliveries are [`Delivery::Duplicate`].
    Recorded,
    /// The claim had run out and another delivery is being handled: that one decides.
    LeaseLost,
}

/// Whose a claim is: a fresh text that nobody guesses, made by who claims.
///
/// Giving back and finishing name it, so that a handler that outlived its claim does neither to the
/// claim of the one that took over.
#[derive(Clone, PartialEq, Eq)]
pub struct Claim(Arc<str>);

impl Claim {
    /// A new one, unlike all others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`] when the machine gives no randomness.
    pub fn new() -> Result<Self> {
        // Never the injected clock's nonces: a test may make those repeat.
        let fresh = SystemClock::new().nonce().map_err(|err| {
            Error::new(ErrorKind::Dedup, "no claim can be made")
                .with_maybe_sent(false)
                .with_source(err)
        })?;
        Ok(Self(fresh.into()))
    }

    /// What a store keeps and compares: 32 characters of `[0-9A-Za-z]`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whoever knows a claim can end it.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Claim").finish_non_exhaustive()
    }
}

/// Where ids of notifications are remembered.
///
/// An id is *claimed* before a notification is handled and *finished* after it. A handler that fails
/// forgets it, and a claim of one that dies runs out, so that WeChat Pay's next delivery is handled:
/// no store may lose a payment.
///
/// [`MemoryStore`](super::MemoryStore) is for one process, `RedisStore` (feature `redis`) for several.
/// A store over a database keeps a row an id, `(id, claim or finished, expires_at)`, and does each of
/// the three steps in one statement. A row that has expired counts as none.
pub trait DedupStore: Send + Sync + 'static {
    /// Writes the claim where the id has neither a claim nor is finished; says what was there.
    ///
    /// Where this very claim stands already it is [`Delivery::New`] again, and lasts for `lease` from
    /// now. A claim is renewed like this while its notification is handled, and a driver that lost the
    /// answer may ask once more.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Dedup`] when the store cannot be asked, or has no room; the notification is then not
    /// handled and WeChat Pay delivers it again. The claim may have been written all the same, so
    /// [`forget`](Self::forget) is called with it.
    fn claim(
        &self,
        id: &str,
        claim: &Claim,
        lease: Duration,
    ) -> impl Future<Output = Result<Delivery>> + Send;

    /// Remembers an id as finished, unless another claim stands.
    ///
    /// A claim that ran out and that nobody followed is finished all the same: the work is done.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim).
    fn finish(
        &self,
        id: &str,
        claim: &Claim,
        ttl: Duration,
    ) -> impl Future<Output = Result<Finished>> + Send;

    /// Takes this very claim back, if it still stands; never another, and nothing that is finished.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim).
    fn forget(&self, id: &str, claim: &Claim) -> impl Future<Output = Result<()>> + Send;
}

/// Where notifications come from, as far as their ids have to be kept apart.
///
/// Anybody who has captured a refund of APIv2 can try to alter it, and nobody can alter what is signed.
#[derive(Clone, Copy)]
pub(super) enum IdSource {
    V3,
    V2,
    Refund,
    /// Of whoever uses a store for something else.
    Other,
}

impl IdSource {
    pub(super) const COUNT: usize = 4;

    /// Read off an id, as a store is asked for it.
    pub(super) fn of(id: &str) -> Self {
        let named = [Self::Refund, Self::V2, Self::V3]
            .into_iter()
            .find(|source| id.starts_with(source.prefix()));
        named.unwrap_or(Self::Other)
    }

    /// What the ids of a source begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::V3 => "v3:",
            Self::V2 => "v2:",
            Self::Refund => "v2:refund:",
            Self::Other => "",
        }
    }
}

/// The object-safe twin: traits with async functions cannot be made into objects.
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
