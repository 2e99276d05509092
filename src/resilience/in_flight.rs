//! The layer that bounds the attempts in flight.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

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

/// This layer is inside `retry`, so that a call that waits for its repetition does not count.
pub(crate) struct Gate(pub(crate) InFlight);

impl Middleware for Gate {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        // A call that already has a permit may be waiting for the certificates.
        let of_key_source = request.extensions().get::<OfKeySource>().is_some();
        let info = request.extensions().get::<CallInfo>();
        if of_key_source || info.is_some_and(|info| info.options().dry_run) {
            return next.run(request).await;
        }
        let held = info.map(|info| info.state().hold());
        let turn = self.0.permits.acquire();
        let permit = match self.0.patience {
            None => turn.await.ok(),
            Some(patience) => tokio::time::timeout(patience, turn)
                .await
                .map_err(|_| self.full(patience))?
                .ok(),
        };
        drop(held);
        let outcome = next.run(request).await;
        drop(permit);
        outcome
    }
}

impl Gate {
    fn full(&self, patience: Duration) -> Error {
        let calls = match self.0.most {
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
