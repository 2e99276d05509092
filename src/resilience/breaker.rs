//! The layer that fails calls to an unresponsive host at once.

use std::time::Duration;

use super::health::{Health, Rules, Seen};
use super::seconds;
use crate::message::{CallInfo, Origin, Request, Response};
use crate::stack::{Middleware, Next};
use crate::trace;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Fails calls to a host at once after several consecutive failures.
///
/// Failures are connections that cannot be made, timeouts, and connections that break. Any answer,
/// including a refusal, closes the breaker. While it is open, calls fail with
/// [`ErrorKind::Connect`](crate::ErrorKind::Connect) and nothing is sent, so that a
/// [`Failover`](super::Failover) uses the backup host. After the cooldown one call goes through as a
/// probe.
///
/// Each host has a separate breaker. Clones share their state: give clones to the builders of several clients, and
/// a host that is down for one client is down for all.
#[derive(Debug, Clone)]
#[must_use = "a breaker does nothing until it is given to ClientBuilder::circuit_breaker"]
pub struct CircuitBreaker {
    health: Health,
}

impl Default for CircuitBreaker {
    fn default() -> Self {
        Self::new()
    }
}

impl CircuitBreaker {
    /// Creates a breaker that opens after 5 consecutive failures, for 5 s. Each failed probe doubles the time, up to 60 s.
    pub fn new() -> Self {
        let rules = Rules {
            threshold: 5,
            connect: 1,
            cooldown: Duration::from_secs(5),
            longest: Duration::from_secs(60),
        };
        Self {
            health: Health::new(rules),
        }
    }

    /// Sets the number of consecutive failures after which the breaker opens. 0 means 1.
    pub fn failures(mut self, failures: u32) -> Self {
        self.health.rules_mut().threshold = failures.max(1);
        self
    }

    /// Sets the first and the longest time for which the breaker is open.
    pub fn cooldown(mut self, first: Duration, longest: Duration) -> Self {
        let rules = self.health.rules_mut();
        (rules.cooldown, rules.longest) = (first, longest);
        self
    }
}

/// This layer is inside `failover`.
pub(crate) struct Breaker(pub(crate) CircuitBreaker);

impl Middleware for Breaker {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let info = request.extensions().get::<CallInfo>();
        let info = info.filter(|info| !info.options().dry_run);
        let state = info.map(|info| info.state().clone());
        let (Some(origin), Some(state)) = (Origin::of(request.uri()), state) else {
            return next.run(request).await;
        };
        let ticket = self.0.health.admit(&origin, &state);
        let ticket = ticket.map_err(|left| open(&origin, left))?;
        let before = state.unresolved();
        let outcome = next.run(request).await;
        let changed = ticket.close(Seen::of(&outcome, state.unresolved() > before));
        if let Some(is_open) = changed {
            trace::breaker(origin.host(), origin.port(), is_open);
        }
        outcome
    }
}

fn open(origin: &Origin, left: Duration) -> Error {
    let next = if left.is_zero() {
        "a trial call is being made now".to_owned()
    } else {
        format!("it lets a trial call through in {} s", seconds(left))
    };
    let message = format!("the circuit breaker of {origin} is open; nothing was sent: {next}");
    Error::new(ErrorKind::Connect, message).with_source(Open)
}

/// Whether a breaker has failed the call. A repetition would fail too.
pub(super) fn is_open(err: &Error) -> bool {
    let source = std::error::Error::source(err);
    source.is_some_and(|source| source.is::<Open>())
}

#[derive(Debug)]
struct Open;

impl std::fmt::Display for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the host did not answer several calls in a row")
    }
}

impl std::error::Error for Open {}
