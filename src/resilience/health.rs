//! The health of hosts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::message::{CallState, Origin};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The rules for when a host counts as down, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// The sum of weights of consecutive failures at which a host counts as down.
    pub(super) threshold: u32,
    /// The weight of a failed connection attempt; any other failure weighs 1.
    pub(super) connect: u32,
    pub(super) cooldown: Duration,
    /// The longest cooldown; each failed probe doubles the cooldown up to this.
    pub(super) longest: Duration,
}

/// The state of each host; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Health {
    rules: Rules,
    hosts: Arc<Mutex<HashMap<Origin, Host>>>,
}

#[derive(Debug, Default)]
struct Host {
    failures: u32,
    down: Option<Down>,
}

#[derive(Debug)]
struct Down {
    since: Instant,
    cooldown: Duration,
    /// A call is testing whether the host answers again.
    probing: bool,
}

/// The result of an attempt with regard to its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Answered,
    NoConnection,
    NoAnswer,
    /// The attempt failed before it reached the host.
    Nothing,
}

impl Seen {
    pub(super) fn of<T>(outcome: &Result<T>, sent: bool) -> Self {
        match outcome {
            Ok(_) => Self::Answered,
            Err(err) if !sent && is_unconnected(err) => Self::NoConnection,
            Err(err) => match err.kind() {
                ErrorKind::Transport | ErrorKind::Timeout => Self::NoAnswer,
                ErrorKind::Api
                | ErrorKind::Body
                | ErrorKind::Probe
                | ErrorKind::Verify
                | ErrorKind::Decrypt => Self::Answered,
                _ => Self::Nothing,
            },
        }
    }
}

/// Whether no connection could be made, and nothing was sent.
pub(super) fn is_unconnected(err: &Error) -> bool {
    !err.maybe_sent() && (err.is_connect() || err.is_timeout())
}

/// The permission to call a host; dropping it records the result.
pub(super) struct Ticket {
    health: Health,
    origin: Origin,
    state: CallState,
    open: bool,
}

impl Health {
    pub(super) fn new(rules: Rules) -> Self {
        let hosts = Arc::default();
        Self { rules, hosts }
    }

    pub(super) fn rules_mut(&mut self) -> &mut Rules {
        &mut self.rules
    }

    /// Returns a ticket, or the time until the next test if the host is down.
    ///
    /// When the cooldown is over, one call goes through as a probe.
    pub(super) fn admit(&self, origin: &Origin, state: &CallState) -> Result<Ticket, Duration> {
        let mut hosts = self.lock();
        if let Some(down) = hosts.get_mut(origin).and_then(|host| host.down.as_mut()) {
            let left = down.cooldown.saturating_sub(down.since.elapsed());
            if down.probing || !left.is_zero() {
                return Err(left);
            }
            down.probing = true;
        }
        Ok(self.ticket(origin, state))
    }

    /// Returns a ticket regardless of the host's state.
    pub(super) fn ticket(&self, origin: &Origin, state: &CallState) -> Ticket {
        Ticket {
            health: self.clone(),
            origin: origin.clone(),
            state: state.clone(),
            open: true,
        }
    }

    /// Records a result; returns whether the host is down now, if that has changed.
    fn note(&self, origin: &Origin, seen: Seen) -> Option<bool> {
        let mut hosts = self.lock();
        let weight = match seen {
            Seen::Answered => {
                let was_down = hosts.remove(origin).is_some_and(|host| host.down.is_some());
                return was_down.then_some(false);
            }
            Seen::Nothing => {
                let down = hosts.get_mut(origin).and_then(|host| host.down.as_mut());
                down.into_iter().for_each(|down| down.probing = false);
                return None;
            }
            Seen::NoConnection => self.rules.connect,
            Seen::NoAnswer => 1,
        };
        let host = hosts.entry(origin.clone()).or_default();
        host.failures = host.failures.saturating_add(weight);
        if let Some(down) = host.down.as_mut() {
            // Calls that started before the host went down give no new information.
            if down.probing {
                let cooldown = down.cooldown.saturating_mul(2).min(self.rules.longest);
                *down = Down::now(cooldown);
            }
        } else if host.failures >= self.rules.threshold {
            host.down = Some(Down::now(self.rules.cooldown));
            return Some(true);
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Origin, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Down {
    fn now(cooldown: Duration) -> Self {
        Self {
            since: Instant::now(),
            cooldown,
            probing: false,
        }
    }
}

impl Ticket {
    /// Records the result of the attempt; returns whether the host is down now, if that has changed.
    pub(super) fn close(mut self, seen: Seen) -> Option<bool> {
        self.open = false;
        self.health.note(&self.origin, seen)
    }
}

/// A call or attempt dropped at its deadline counts as unanswered. One that the caller drops counts as
/// nothing.
impl Drop for Ticket {
    fn drop(&mut self) {
        if self.open {
            // The caller's time limit may be shorter than a connection takes, so a failed connection then weighs no
            // more than a missing answer.
            let seen = if self.state.is_late() {
                Seen::NoAnswer
            } else {
                Seen::Nothing
            };
            self.health.note(&self.origin, seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use http::uri::{Authority, Scheme};

    use super::*;

    fn health() -> Health {
        Health::new(Rules {
            threshold: 3,
            connect: 3,
            cooldown: Duration::from_secs(10),
            longest: Duration::from_secs(30),
        })
    }

    fn origin() -> Origin {
        Origin::new(Scheme::HTTP, Authority::from_static("a:1"))
    }

    fn admitted(health: &Health) -> Result<Ticket, Duration> {
        health.admit(&origin(), &CallState::default())
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_passes_after_the_cooldown() {
        let health = health();
        admitted(&health).ok().unwrap().close(Seen::NoConnection);
        assert_eq!(admitted(&health).err(), Some(Duration::from_secs(10)));
        tokio::time::advance(Duration::from_secs(10)).await;
        let probe = admitted(&health).ok().unwrap();
        assert!(admitted(&health).is_err(), "one at a time");
        probe.close(Seen::NoAnswer);
        assert_eq!(admitted(&health).err(), Some(Duration::from_secs(20)));
        tokio::time::advance(Duration::from_secs(20)).await;
        drop(admitted(&health).ok().unwrap());
        let probe = admitted(&health).ok().unwrap();
        probe.close(Seen::Answered);
        assert!(admitted(&health).is_ok() && admitted(&health).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn only_consecutive_failures_count() {
        let health = health();
        for seen in [
            Seen::NoAnswer,
            Seen::NoAnswer,
            Seen::Answered,
            Seen::NoAnswer,
            Seen::NoAnswer,
        ] {
            admitted(&health).ok().unwrap().close(seen);
        }
        admitted(&health).ok().unwrap().close(Seen::NoAnswer);
        assert!(admitted(&health).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn late_failures_of_earlier_calls_do_not_prolong_the_cooldown() {
        let health = health();
        let earlier = admitted(&health).ok().unwrap();
        admitted(&health).ok().unwrap().close(Seen::NoConnection);
        tokio::time::advance(Duration::from_secs(4)).await;
        earlier.close(Seen::NoConnection);
        assert_eq!(admitted(&health).err(), Some(Duration::from_secs(6)));
    }
}
