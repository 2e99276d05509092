//! The clients of a merchant that verify answers with platform certificates.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many are kept, and how long each may be.
const MOST: usize = 100;
const LONGEST: usize = 256;

/// The User-Agents that have fetched the list of certificates.
///
/// Source: "平台证书切换微信支付公钥": while a merchant switches, answers to requests that name no key are signed with the platform
/// certificate. The sandbox does so for those who have the certificates.
#[derive(Default)]
pub(crate) struct CertificateClients {
    agents: Mutex<BTreeSet<String>>,
}

impl CertificateClients {
    pub(crate) fn add(&self, agent: &str) {
        let mut agents = self.lock();
        if agents.len() < MOST && agent.len() <= LONGEST && !agents.contains(agent) {
            agents.insert(agent.to_owned());
        }
    }

    pub(crate) fn has(&self, agent: &str) -> bool {
        self.lock().contains(agent)
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    #[cfg(feature = "state")]
    pub(crate) fn saved(&self) -> BTreeSet<String> {
        self.lock().clone()
    }

    #[cfg(feature = "state")]
    pub(crate) fn restore(&self, saved: BTreeSet<String>) {
        *self.lock() = saved;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.agents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
