//! The layer that uses a backup host.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;

use super::breaker;
use super::health::{Health, Rules, Seen, Ticket, is_unconnected};
use crate::base_url::BaseUrl;
use crate::message::{CallInfo, CallState, Origin, Request, Response};
use crate::stack::{Middleware, Next};
use crate::trace;
use wechatpay_core::catalog::Operation;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Uses a backup host when no connection to a host can be made.
///
/// The same call then sends the request, with a new signature, to the other host, but only if nothing of it can have
/// been sent. After an attempt that may have been sent there is no failover, unless a
/// [`RetryPolicy`](super::RetryPolicy) repeats the request, which then uses the host that responds.
///
/// A host to which no connection could be made, or that has not answered three calls in a row, is not
/// used for a while. Then one call tests it, and if it answers, all calls use it again. Clones share their
/// knowledge of the hosts.
///
/// Both hosts belong to the same WeChat Pay: orders made over one are visible over the other.
///
/// ```
/// use wechatpay_chain::Client;
/// use wechatpay_chain::resilience::Failover;
///
/// // api.mch.weixin.qq.com and api2.mch.weixin.qq.com; apihk and apius overseas.
/// let builder = Client::builder().failover(Failover::documented());
/// // A gateway of one's own.
/// let builder = Client::builder()
///     .base_url("https://pay-a.example/")
///     .failover(Failover::to("https://pay-b.example/"));
/// # let _ = builder;
/// ```
#[derive(Debug, Clone)]
#[must_use = "a failover does nothing until it is given to ClientBuilder::failover"]
pub struct Failover {
    backup: Option<String>,
    health: Health,
}

impl Failover {
    /// Uses the hosts that WeChat Pay documents as each other's backup:
    /// `api.mch.weixin.qq.com` and `api2.mch.weixin.qq.com`; overseas `apihk.mch.weixin.qq.com` and
    /// `apius.mch.weixin.qq.com`. Calls to other hosts have no failover, nor have operations that only one
    /// host serves.
    ///
    /// Sources: WeChat Pay documents "跨城冗灾方案" and, overseas, "统一下单" (接入点).
    pub fn documented() -> Self {
        Self::with(None)
    }

    /// Uses this URL as the backup of the client's base URL: for your own gateway, a sandbox or a test.
    ///
    /// Its path must equal that of the base URL, since signatures cover the path.
    pub fn to(base_url: impl Into<String>) -> Self {
        Self::with(Some(base_url.into()))
    }

    /// Sets the first and the longest time for which a host that is down is not used: the time doubles with each probe
    /// that fails. 10 s and 5 minutes by default.
    pub fn cooldown(mut self, first: Duration, longest: Duration) -> Self {
        let rules = self.health.rules_mut();
        (rules.cooldown, rules.longest) = (first, longest);
        self
    }

    fn with(backup: Option<String>) -> Self {
        let rules = Rules {
            threshold: 3,
            connect: 3,
            cooldown: Duration::from_secs(10),
            longest: Duration::from_secs(300),
        };
        Self {
            backup,
            health: Health::new(rules),
        }
    }

    /// Creates the layer for a client with this base URL.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`] when the backup cannot be used.
    pub(crate) fn layer(self, base: Option<&BaseUrl>) -> Result<Switch> {
        let mut pairs = BaseUrl::backups();
        if let Some(backup) = &self.backup {
            let backup = BaseUrl::parse(backup)?;
            let base = base.cloned().unwrap_or_else(|| BaseUrl::documented(None));
            if backup.prefix() != base.prefix() {
                return Err(Error::new(
                    ErrorKind::Builder,
                    "the backup of failover(..) and base_url(..) have different paths, and signatures \
                     cover the path: give both the same path",
                ));
            }
            pairs = vec![(base.origin(), backup.origin())];
        }
        Ok(Switch {
            pairs: pairs.into(),
            health: self.health,
        })
    }
}

/// This layer is outside the layers that sign.
#[derive(Clone)]
pub(crate) struct Switch {
    pairs: Arc<[(Origin, Origin)]>,
    health: Health,
}

impl Switch {
    /// Returns the hosts that requests may go to, in addition to their own.
    pub(crate) fn origins(&self) -> impl Iterator<Item = Origin> {
        self.pairs.iter().flat_map(|(a, b)| [a.clone(), b.clone()])
    }

    fn hosts(&self, request: &Request, info: &CallInfo) -> Option<[Origin; 2]> {
        if info.operation().is_some_and(Operation::host_required) {
            return None;
        }
        let own = Origin::of(request.uri())?;
        self.pairs.iter().find_map(|(a, b)| match &own {
            own if own == a => Some([a.clone(), b.clone()]),
            own if own == b => Some([b.clone(), a.clone()]),
            _ => None,
        })
    }
}

impl Middleware for Switch {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let info = request.extensions().get::<CallInfo>().cloned();
        let Some(info) = info else {
            return next.run(request).await;
        };
        let Some(hosts) = self.hosts(&request, &info) else {
            return next.run(request).await;
        };
        let state = info.state();
        let (first, second, ticket) = self.order(&hosts, state);
        if *first != hosts[0] {
            trace::redirected(&hosts[0], first);
        }
        let (outcome, sent) = attempt(
            redirected(request.clone(), first)?,
            next.clone(),
            ticket,
            state,
        )
        .await;
        match outcome {
            Err(err) if !sent && is_unconnected(&err) && !request.body().is_spent() => {
                trace::failover(first, second);
                state.between_attempts();
                let ticket = self.health.ticket(second, state);
                let last = attempt(redirected(request, second)?, next, ticket, state)
                    .await
                    .0;
                // The error of the usual host explains more, unless its breaker made it: the other host may be tried again.
                let by_breaker = breaker::is_open(&err);
                last.map_err(|last| {
                    if is_unconnected(&last) && !by_breaker {
                        err
                    } else {
                        last
                    }
                })
            }
            outcome => outcome,
        }
    }
}

impl Switch {
    /// Orders the hosts: the call's own first, unless it is down and the other is not. The ticket is that of the first.
    fn order<'h>(
        &self,
        [own, other]: &'h [Origin; 2],
        state: &CallState,
    ) -> (&'h Origin, &'h Origin, Ticket) {
        if let Ok(ticket) = self.health.admit(own, state) {
            return (own, other, ticket);
        }
        match self.health.admit(other, state) {
            Ok(ticket) => (other, own, ticket),
            Err(_) => (own, other, self.health.ticket(own, state)),
        }
    }
}

async fn attempt(
    request: Request,
    next: Next,
    ticket: Ticket,
    state: &CallState,
) -> (Result<Response>, bool) {
    let before = state.unresolved();
    let outcome = next.round(state).run(request).await;
    let sent = state.seal_rounds() > before;
    ticket.close(Seen::of(&outcome, sent));
    (outcome, sent)
}

fn redirected(mut request: Request, origin: &Origin) -> Result<Request> {
    if !origin.holds(request.uri()) {
        let mut parts = std::mem::take(request.uri_mut()).into_parts();
        origin.write_to(&mut parts);
        *request.uri_mut() = Uri::from_parts(parts).map_err(|err| {
            Error::new(
                ErrorKind::Request,
                "the URL for the backup host cannot be built",
            )
            .with_source(err)
        })?;
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::super::paused;
    use super::*;

    #[test]
    fn one_call_at_a_time_tests_a_host_that_is_down() {
        paused(async {
            let failover = Failover::to("https://backup.example/");
            let base = BaseUrl::parse("https://usual.example/").unwrap();
            let switch = failover.layer(Some(&base)).unwrap();
            let pair = &switch.pairs[0];
            let hosts = [pair.0.clone(), pair.1.clone()];
            let state = CallState::default();
            let first = || switch.order(&hosts, &state);
            first().2.close(Seen::NoConnection);
            assert_eq!(first().0, &hosts[1]);
            tokio::time::advance(Duration::from_secs(10)).await;
            let probe = first();
            assert_eq!(probe.0, &hosts[0]);
            for _ in 0..3 {
                assert_eq!(first().0, &hosts[1], "the probe has not ended");
            }
            drop(probe);
            assert_eq!(first().0, &hosts[0], "the probe saw nothing");
        });
    }
}
