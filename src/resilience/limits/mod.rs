//! The layer that enforces the documented rate limit of each operation.

mod keyed;
mod memory;
mod queue;
#[cfg(feature = "redis")]
mod redis;
mod store;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::in_flight::Place;
use super::seconds;
use crate::message::{CallInfo, Request, Response};
use crate::stack::{Middleware, Next};
pub use memory::MemoryLimits;
use queue::{Queue, Queues, Turn};
#[cfg(feature = "redis")]
pub use redis::RedisLimits;
use store::DynLimitStore;
pub use store::LimitStore;
use tokio::time::{Instant, timeout, timeout_at};
use wechatpay_core::catalog::{Operation, RateLimit};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Limits how often each operation is called, so that WeChat Pay does not refuse calls with 429.
///
/// Calls are counted per operation and merchant. A call above the limit waits until the limit
/// allows it, as long as the call's time permits; otherwise it fails at once with
/// [`ErrorKind::Limit`](crate::ErrorKind::Limit) and nothing is sent. Waiting calls of a process go in the order of their
/// arrival. The first reserves its time in the store, so the store gets one question for each call, however many calls and
/// processes wait. No window of a limit's length has more calls than the limit allows, wherever WeChat Pay's own
/// windows begin. A window is 1 % longer than documented, by 100 ms at most, because requests take different times to
/// WeChat Pay.
///
/// A call reserves its time when it has its place in flight ([`InFlight`](super::InFlight)), so that it is made at that
/// time. While it waits for the limit, it leaves the place to other calls.
///
/// WeChat Pay's limits apply to the merchant, not to a process: several machines share them through a
/// [`store`](Self::store) such as `RedisLimits`.
///
/// ```
/// use std::time::Duration;
/// use wechatpay_chain::Client;
/// use wechatpay_chain::resilience::RateLimits;
///
/// let limits = RateLimits::documented()
///     .limit("v3/pay/transactions/native", 300, Duration::from_secs(1))
///     .wait_at_most(Duration::from_secs(2));
/// let builder = Client::builder().rate_limits(limits);
/// # let _ = builder;
/// ```
#[derive(Clone)]
#[must_use = "limits do nothing until they are given to ClientBuilder::rate_limits"]
pub struct RateLimits {
    documented: bool,
    own: Vec<(Cow<'static, str>, RateLimit)>,
    patience: Option<Duration>,
    store: Arc<dyn DynLimitStore>,
    /// Counts while the store is down.
    memory: Arc<MemoryLimits>,
    queues: Arc<Queues>,
}

impl RateLimits {
    /// Enforces the limits of [`Operation::rate_limits`](crate::catalog::Operation::rate_limits), counted in this
    /// process. Operations without a documented limit are not limited.
    pub fn documented() -> Self {
        Self::with(true)
    }

    /// Enforces only the limits that [`limit`](Self::limit) adds.
    pub fn none() -> Self {
        Self::with(false)
    }

    /// Limits an operation, named by its path in the catalog, instead of the documented limit. All
    /// methods of a path share the limit. If a path has several limits, all apply. 0 calls
    /// means 1.
    pub fn limit(mut self, path: impl Into<Cow<'static, str>>, calls: u32, per: Duration) -> Self {
        let calls = calls.max(1);
        self.own.push((path.into(), RateLimit { calls, per }));
        self
    }

    /// Sets the longest wait of a call; zero refuses at once. By default a call waits as long as its time
    /// permits.
    pub fn wait_at_most(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Counts calls in a store that several machines share.
    ///
    /// While the store fails, this process counts its calls itself.
    pub fn store(mut self, store: impl LimitStore) -> Self {
        self.store = Arc::new(store);
        self
    }

    fn with(documented: bool) -> Self {
        let memory = Arc::new(MemoryLimits::default());
        Self {
            documented,
            own: Vec::new(),
            patience: None,
            store: Arc::clone(&memory) as _,
            memory,
            queues: Arc::default(),
        }
    }

    /// Returns the limits that the program has set for an operation.
    fn own_of(&self, operation: &Operation) -> impl Iterator<Item = RateLimit> {
        let own = self.own.iter().filter(|(path, _)| path == operation.path());
        own.map(|(_, limit)| *limit)
    }

    fn of(&self, operation: &Operation) -> Vec<RateLimit> {
        let own: Vec<_> = self.own_of(operation).map(stretched).collect();
        if own.is_empty() && self.documented {
            return operation.rate_limits().map(stretched).collect();
        }
        own
    }
}

/// Lengthens the period of a limit by 1 %, but not by more than 100 ms.
///
/// Requests take different times to WeChat Pay, so two that are sent a period apart may arrive closer together.
fn stretched(RateLimit { calls, per }: RateLimit) -> RateLimit {
    let per = per.saturating_add((per / 100).min(Duration::from_millis(100)));
    RateLimit { calls, per }
}

/// This layer is inside `retry`, since WeChat Pay counts every request; inside `in_flight`, so that a call is not made later
/// than it was counted; and outside the layers that sign, so that a signature does not expire while its call waits.
pub(crate) struct Limiter {
    pub(crate) limits: RateLimits,
    /// The merchant whose limits apply.
    pub(crate) merchant: Arc<str>,
}

impl Middleware for Limiter {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let info = request.extensions().get::<CallInfo>();
        if let Some(info) = info.filter(|info| !info.options().dry_run)
            && let Some(operation) = info.operation()
        {
            let limits = self.limits.of(operation);
            if !limits.is_empty() {
                let _held = info.state().hold();
                let place = request.extensions().get().cloned().unwrap_or_default();
                let time = info.state().remaining();
                self.take(operation, &limits, time, &place).await?;
            }
        }
        next.run(request).await
    }
}

/// How long before its time a call takes its place in flight, which other calls may have.
const LEAD: Duration = Duration::from_secs(1);

impl Limiter {
    async fn take(
        &self,
        operation: &Operation,
        limits: &[RateLimit],
        time: Option<Duration>,
        place: &Place,
    ) -> Result<()> {
        let key = self.key(operation);
        let patience = [self.limits.patience, time].into_iter().flatten().min();
        let asked = Asked {
            operation,
            limits,
            key: &key,
            until: patience.and_then(|patience| Instant::now().checked_add(patience)),
        };
        let queue = self.limits.queues.get(&key);
        let turn = match queue.try_turn() {
            Some(turn) => Some(turn),
            None => {
                // Calls of other operations do not wait for this limit.
                if !asked.left().is_zero() {
                    place.give_back();
                }
                asked.turn(&queue).await?
            }
        };
        match turn {
            Some(turn) => self.go(&asked, turn, place).await,
            None => {
                // No time is left, so the call is made now or not at all.
                let taken = timeout(asked.left(), place.take()).await;
                taken.map_err(|_| too_often(operation, Duration::ZERO))??;
                asked.check(self.ask(&asked, Duration::ZERO).await)
            }
        }
    }

    /// Waits, as the first call, until the limits allow it and it has its place in flight.
    ///
    /// The call is made at the time that it has reserved. If calls reserved their times and then waited for their
    /// places, they would be made together when the places become free, more of them than the limits allow.
    async fn go(&self, asked: &Asked<'_>, turn: Turn<'_>, place: &Place) -> Result<()> {
        place.take().await?;
        let wait = self.reserve(asked, &turn).await?;
        if wait > LEAD {
            place.give_back();
            tokio::time::sleep(wait - LEAD).await;
            place.take().await?;
        }
        if !wait.is_zero() {
            // If its time is over, it keeps the place until the next one, or it might miss that too, and so on.
            tokio::time::sleep(self.reserve(asked, &turn).await?).await;
        }
        turn.go();
        Ok(())
    }

    /// Returns the time until the reserved call, and reserves one if there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] when the call cannot wait as long.
    async fn reserve(&self, asked: &Asked<'_>, turn: &Turn<'_>) -> Result<Duration> {
        let wait = match turn.reservation() {
            Some(wait) => wait,
            None => {
                let at_most = asked.left();
                let wait = self.ask(asked, at_most).await;
                if wait <= at_most {
                    turn.reserve(wait);
                }
                wait
            }
        };
        asked.check(wait)?;
        Ok(wait)
    }

    /// Returns the key of an operation's count. The methods of a path share the limit that the program has set.
    fn key(&self, operation: &Operation) -> String {
        let (merchant, path) = (&self.merchant, operation.path());
        if self.limits.own_of(operation).next().is_some() {
            format!("{merchant}:{path}")
        } else {
            format!("{merchant}:{}:{path}", operation.method())
        }
    }

    async fn ask(&self, asked: &Asked<'_>, at_most: Duration) -> Duration {
        let (store, memory) = (&self.limits.store, &self.limits.memory);
        match store.reserve(asked.key, asked.limits, at_most).await {
            Ok(wait) => wait,
            Err(_) => memory.reserve(asked.key, asked.limits, at_most),
        }
    }
}

/// A call that the limits may stop.
struct Asked<'a> {
    operation: &'a Operation,
    limits: &'a [RateLimit],
    key: &'a str,
    /// The end of the call's patience.
    until: Option<Instant>,
}

impl Asked<'_> {
    /// Waits until this call is the first; `None` if its patience ends before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] when the first call waits longer than this one can.
    async fn turn<'q>(&self, queue: &'q Queue) -> Result<Option<Turn<'q>>> {
        if let Some(turn) = queue.try_turn() {
            return Ok(Some(turn));
        }
        self.check(queue.reservation().unwrap_or_default())?;
        Ok(match self.until {
            None => Some(queue.turn().await),
            Some(until) => timeout_at(until, queue.turn()).await.ok(),
        })
    }

    /// Returns how long the call can still wait.
    fn left(&self) -> Duration {
        let left = |until: Instant| until.duration_since(Instant::now());
        self.until.map_or(Duration::MAX, left)
    }

    /// Checks that the call has time for a wait.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`].
    fn check(&self, wait: Duration) -> Result<()> {
        if wait > self.left() {
            return Err(too_often(self.operation, wait));
        }
        Ok(())
    }
}

fn too_often(operation: &Operation, wait: Duration) -> Error {
    let message = format!(
        "{} {} has reached its limit in rate_limits(..); nothing was sent: the next call is possible in \
         {} s",
        operation.method(),
        operation.path(),
        seconds(wait)
    );
    Error::new(ErrorKind::Limit, message)
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits")
            .field("documented", &self.documented)
            .field("own", &self.own)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}
