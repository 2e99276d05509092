//! The optional layers, which are off by default.

use std::sync::Arc;

use super::ClientBuilder;
use crate::base_url::BaseUrl;
use crate::message::Origin;
use crate::resilience::{CircuitBreaker, Failover, InFlight, RateLimits, RetryPolicy, Switch};
use wechatpay_core::error::Result;

impl ClientBuilder {
    /// Repeats calls that are safe to repeat; without it no call is ever repeated. See [`RetryPolicy`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.layers.retry = Some(policy);
        self
    }

    /// Uses a backup host when no connection can be made. See [`Failover`].
    pub fn failover(mut self, failover: Failover) -> Self {
        self.layers.failover = Some(failover);
        self
    }

    /// Enforces the documented rate limit of each operation. See [`RateLimits`].
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.layers.rate_limits = Some(limits);
        self
    }

    /// Bounds the number of requests in flight: a number, or an [`InFlight`].
    pub fn max_in_flight(mut self, most: impl Into<InFlight>) -> Self {
        self.layers.in_flight = Some(most.into());
        self
    }

    /// Fails calls to an unresponsive host at once. See [`CircuitBreaker`].
    pub fn circuit_breaker(mut self, breaker: CircuitBreaker) -> Self {
        self.layers.breaker = Some(breaker);
        self
    }
}

/// The optional layers, which are off by default.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) retry: Option<RetryPolicy>,
    pub(super) rate_limits: Option<RateLimits>,
    pub(super) in_flight: Option<InFlight>,
    failover: Option<Failover>,
    pub(super) breaker: Option<CircuitBreaker>,
}

/// The enabled layers and their hosts.
pub(super) struct Assembled {
    pub(super) given: Layers,
    pub(super) switch: Option<Switch>,
    /// The hosts that a failover may use.
    pub(super) backups: Arc<[Origin]>,
}

impl Layers {
    pub(super) fn assemble(mut self, base: Option<&BaseUrl>) -> Result<Assembled> {
        let failover = self.failover.take();
        let switch = failover.map(|failover| failover.layer(base)).transpose()?;
        let backups = switch.iter().flat_map(Switch::origins).collect();
        Ok(Assembled {
            given: self,
            switch,
            backups,
        })
    }
}
