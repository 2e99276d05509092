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
    /// How often the host went down, failed a probe, or came back. An earlier call says nothing about the time after such a
    /// change.
    changes: u64,
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
    is_probe: bool,
    /// The host's changes when the ticket was made.
    changes: u64,
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
        let (is_probe, changes) = match self.lock().get_mut(origin) {
            Some(host) => (host.admit()?, host.changes),
            None => (false, 0),
        };
        Ok(self.new_ticket(origin, state, is_probe, changes))
    }

    /// Returns a ticket regardless of the host's state.
    pub(super) fn ticket(&self, origin: &Origin, state: &CallState) -> Ticket {
        let changes = self.lock().get(origin).map_or(0, |host| host.changes);
        self.new_ticket(origin, state, false, changes)
    }

    fn new_ticket(
        &self,
        origin: &Origin,
        state: &CallState,
        is_probe: bool,
        changes: u64,
    ) -> Ticket {
        Ticket {
            health: self.clone(),
            origin: origin.clone(),
            state: state.clone(),
            is_probe,
            changes,
            open: true,
        }
    }

    /// Records a result; returns whether the host is down now, if that has changed.
    fn note(&self, ticket: &Ticket, seen: Seen) -> Option<bool> {
        let mut hosts = self.lock();
        match seen {
            Seen::Answered => hosts.get_mut(&ticket.origin)?.answered(ticket),
            Seen::Nothing => {
                hosts.get_mut(&ticket.origin)?.end_probe(ticket);
                None
            }
            Seen::NoConnection | Seen::NoAnswer => {
                let host = hosts.entry(ticket.origin.clone()).or_default();
                host.failed(ticket, seen, &self.rules)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Origin, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Host {
    /// Returns whether the call is a probe, or the time until the next probe.
    fn admit(&mut self) -> Result<bool, Duration> {
        let Some(down) = &mut self.down else {
            return Ok(false);
        };
        let left = down.cooldown.saturating_sub(down.since.elapsed());
        if down.probing || !left.is_zero() {
            return Err(left);
        }
        down.probing = true;
        Ok(true)
    }

    fn answered(&mut self, ticket: &Ticket) -> Option<bool> {
        if ticket.changes != self.changes {
            return None;
        }
        self.failures = 0;
        self.down.take()?;
        self.changes += 1;
        Some(false)
    }

    fn failed(&mut self, ticket: &Ticket, seen: Seen, rules: &Rules) -> Option<bool> {
        if ticket.changes != self.changes {
            return None;
        }
        if let Some(down) = &self.down {
            // Only the probe was to test the host. A call that is made although the host is down shortens and prolongs
            // nothing.
            if ticket.is_probe {
                let cooldown = down.cooldown.saturating_mul(2).min(rules.longest);
                self.go_down(cooldown);
            }
            return None;
        }
        let weight = if seen == Seen::NoConnection {
            rules.connect
        } else {
            1
        };
        self.failures = self.failures.saturating_add(weight);
        if self.failures < rules.threshold {
            return None;
        }
        self.go_down(rules.cooldown);
        Some(true)
    }

    fn go_down(&mut self, cooldown: Duration) {
        self.down = Some(Down::now(cooldown));
        self.changes += 1;
    }

    /// Lets another call test the host, if this ticket's call was to.
    fn end_probe(&mut self, ticket: &Ticket) {
        if let Some(down) = &mut self.down
            && ticket.is_probe
            && ticket.changes == self.changes
        {
            down.probing = false;
        }
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
        self.health.note(&self, seen)
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
            self.health.note(self, seen);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::resilience::paused;
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

    #[test]
    fn one_probe_passes_after_the_cooldown() {
        paused(async {
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
        });
    }

    #[test]
    fn only_consecutive_failures_count() {
        paused(async {
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
        });
    }

    #[test]
    fn late_failures_of_earlier_calls_do_not_prolong_the_cooldown() {
        paused(async {
            let health = health();
            let earlier = admitted(&health).ok().unwrap();
            admitted(&health).ok().unwrap().close(Seen::NoConnection);
            tokio::time::advance(Duration::from_secs(4)).await;
            earlier.close(Seen::NoConnection);
            assert_eq!(admitted(&health).err(), Some(Duration::from_secs(6)));
        });
    }

    #[test]
    fn earlier_calls_do_not_decide_for_the_probe() {
        paused(async {
            let health = health();
            let [failing, answered, dropped] = [(); 3].map(|()| admitted(&health).ok().unwrap());
            admitted(&health).ok().unwrap().close(Seen::NoConnection);
            tokio::time::advance(Duration::from_secs(10)).await;
            let probe = admitted(&health).ok().unwrap();
            failing.close(Seen::NoConnection);
            assert_eq!(answered.close(Seen::Answered), None);
            drop(dropped);
            assert_eq!(admitted(&health).err(), Some(Duration::ZERO), "one probe");
            probe.close(Seen::NoAnswer);
            assert_eq!(admitted(&health).err(), Some(Duration::from_secs(20)));
        });
    }

    #[test]
    fn calls_from_before_an_outage_do_not_begin_the_next() {
        paused(async {
            let health = health();
            let earlier: Vec<_> = (0..5).map(|_| admitted(&health).ok().unwrap()).collect();
            admitted(&health).ok().unwrap().close(Seen::NoConnection);
            tokio::time::advance(Duration::from_secs(10)).await;
            assert_eq!(
                admitted(&health).ok().unwrap().close(Seen::Answered),
                Some(false)
            );
            for ticket in earlier {
                assert_eq!(ticket.close(Seen::NoAnswer), None);
            }
            assert!(admitted(&health).is_ok());
        });
    }
}
