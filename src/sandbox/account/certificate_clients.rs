//! The clients of a merchant that verify answers with platform certificates.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wechatpay_core::crypto::digest::{hex_upper, sha256};

/// How many are kept, and how long each may be. Of a longer one, the digest is kept.
const MOST: usize = 100;
const LONGEST: usize = 256;

/// The User-Agents that have fetched the list of certificates.
///
/// Source: "平台证书切换微信支付公钥": while a merchant switches, answers to requests that name no key are signed with the platform
/// certificate. The sandbox does so for those who have the certificates.
#[derive(Default)]
pub(crate) struct CertificateClients {
    /// The one that has fetched last is the last.
    agents: Mutex<VecDeque<String>>,
}

impl CertificateClients {
    /// Adds a client. Beyond [`MOST`], the one is dropped that has not fetched the list for the longest time.
    pub(crate) fn add(&self, agent: &str) {
        let (agent, mut agents) = (key(agent), self.lock());
        agents.retain(|known| *known != agent);
        agents.push_back(agent.into_owned());
        while agents.len() > MOST {
            agents.pop_front();
        }
    }

    pub(crate) fn has(&self, agent: &str) -> bool {
        let agent = key(agent);
        self.lock().iter().any(|known| *known == agent)
    }

    #[cfg(feature = "state")]
    pub(crate) fn saved(&self) -> VecDeque<String> {
        self.lock().clone()
    }

    #[cfg(feature = "state")]
    pub(crate) fn restore(&self, saved: VecDeque<String>) {
        *self.lock() = saved;
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(agent: &str) -> Cow<'_, str> {
    if agent.len() <= LONGEST {
        agent.into()
    } else {
        hex_upper(&sha256(agent.as_bytes())).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_that_has_not_fetched_for_longest_is_dropped() {
        let clients = CertificateClients::default();
        for number in 0..MOST {
            clients.add(&format!("a/{number}"));
        }
        clients.add("a/0");
        clients.add("new");
        assert!(clients.has("new") && clients.has("a/0") && !clients.has("a/1"));
        let long = "x".repeat(LONGEST + 1);
        clients.add(&long);
        assert!(clients.has(&long) && !clients.has(&long[1..]));
        let agents = clients.lock();
        assert_eq!(agents.len(), MOST);
        assert!(agents.iter().all(|agent| agent.len() <= LONGEST));
    }
}
