//! The layer that bounds the attempts in flight.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::seconds;
use crate::message::{CallInfo, Request, Response};
use crate::middleware::OfKeySource;
use crate::stack::{Middleware, Next};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Bounds the number of attempts in flight; further attempts wait.
///
/// The wait is part of the call's time, and nothing is sent meanwhile. A streamed response counts until it
/// begins. Clones share the bound.
#[derive(Debug, Clone)]
#[must_use = "a bound does nothing until it is given to ClientBuilder::max_in_flight"]
pub struct InFlight {
    most: usize,
    permits: Arc<Semaphore>,
    patience: Option<Duration>,
}

impl InFlight {
    /// Creates a bound. 0 means 1.
    pub fn new(most: usize) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            most,
            permits: Arc::new(Semaphore::new(most)),
            patience: None,
        }
    }

    /// Sets the longest wait of an attempt; zero refuses at once. The attempt then fails with
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit).
    pub fn wait_at_most(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }
}

impl From<usize> for InFlight {
    fn from(most: usize) -> Self {
        Self::new(most)
    }
}

/// This layer is inside `retry`, so that a call that waits for its repetition does not count, and outside `rate_limit`,
/// which gives the place back while a call waits for a limit.
pub(crate) struct Gate(pub(crate) InFlight);

impl Middleware for Gate {
    async fn handle(&self, mut request: Request, next: Next) -> Result<Response> {
        // A call that already has a permit may be waiting for the certificates.
        let of_key_source = request.extensions().get::<OfKeySource>().is_some();
        let info = request.extensions().get::<CallInfo>();
        if of_key_source || info.is_some_and(|info| info.options().dry_run) {
            return next.run(request).await;
        }
        let place = Place::of(&self.0);
        let held = info.map(|info| info.state().hold());
        place.take().await?;
        drop(held);
        request.extensions_mut().insert(place.clone());
        let _leaving = Leaving(place);
        next.run(request).await
    }
}

/// The place in flight of an attempt, in the request's extensions. The default is that of a client without a bound.
#[derive(Clone, Default)]
pub(crate) struct Place(Option<Arc<Taken>>);

struct Taken {
    bound: InFlight,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
}

/// Gives the place back at the end of the attempt: a request that another task still has keeps no place.
struct Leaving(Place);

impl Place {
    fn of(bound: &InFlight) -> Self {
        Self(Some(Arc::new(Taken {
            bound: bound.clone(),
            permit: Mutex::default(),
        })))
    }

    /// Takes the place, unless it is taken; returns whether that needed a wait.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Limit`] when the wait is longer than the bound's patience.
    pub(super) async fn take(&self) -> Result<bool> {
        let Some(taken) = self.0.as_ref().filter(|taken| taken.permit().is_none()) else {
            return Ok(false);
        };
        let permits = || Arc::clone(&taken.bound.permits);
        if let Ok(permit) = permits().try_acquire_owned() {
            *taken.permit() = Some(permit);
            return Ok(false);
        }
        let turn = permits().acquire_owned();
        let permit = match taken.bound.patience {
            None => turn.await.ok(),
            Some(patience) => tokio::time::timeout(patience, turn)
                .await
                .map_err(|_| taken.bound.full(patience))?
                .ok(),
        };
        *taken.permit() = permit;
        Ok(true)
    }

    /// Leaves the place to another attempt.
    pub(super) fn give_back(&self) {
        let permit = self.0.as_ref().and_then(|taken| taken.permit().take());
        drop(permit);
    }
}

impl Taken {
    fn permit(&self) -> MutexGuard<'_, Option<OwnedSemaphorePermit>> {
        self.permit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

impl InFlight {
    fn full(&self, patience: Duration) -> Error {
        let calls = match self.most {
            1 => "1 call is".to_owned(),
            most => format!("{most} calls are"),
        };
        let message = format!(
            "{calls} in flight, the maximum of max_in_flight(..), and none ended within {} s; nothing was \
             sent: try again later, or raise the bound",
            seconds(patience)
        );
        Error::new(ErrorKind::Limit, message)
    }
}
