//! The entries that a reset keeps: the entries before it are dropped, except for those whose effects a reset keeps.

use std::collections::HashSet;

use super::entry::{Action, Entry};

/// The entries whose effects a reset keeps.
#[derive(Default)]
pub(super) struct Durable {
    /// The number of each entry, and what it sets if a later entry replaces it.
    entries: Vec<(u64, Option<String>)>,
}

impl Durable {
    pub(super) fn add(&mut self, number: u64, entry: &Entry) {
        let key = match entry {
            Entry::Checkpoint(_) => {
                // It stands for all entries before it, and the next one replaces it.
                return;
            }
            Entry::Brand { brand_id } => Some(format!("brand {brand_id}")),
            Entry::Action(Action::Stub(stub)) => Some(format!("{} {}", stub.method, stub.path)),
            Entry::Action(Action::AddMerchant { .. }) => None,
            Entry::Control(request) if request.adds_merchant() => None,
            _ => return,
        };
        if key.is_some() {
            self.entries.retain(|(_, known)| *known != key);
        }
        self.entries.push((number, key));
    }

    pub(super) fn numbers(&self) -> HashSet<u64> {
        self.entries.iter().map(|(number, _)| *number).collect()
    }
}
