//! The facts about a file, and the state of a way through a function.

use std::collections::{BTreeMap, BTreeSet};

use super::Objects;
use super::holders::{Seen, Vars};
use crate::syntax::Span;

/// A parameter: the function in lower case, and the index.
pub(super) type Key = (String, usize);

/// The facts about the functions of a file.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) declared: BTreeSet<String>,
    /// What callers see of a parameter's object.
    pub(super) given: BTreeMap<Key, Seen>,
    /// The parameters whose object the function keeps.
    pub(super) keeps: BTreeSet<Key>,
    /// The functions that give an object that a property holds.
    pub(super) returns: BTreeSet<String>,
    pub(super) objects: Objects,
}

impl Facts {
    pub(super) fn declares(&self, name: &str) -> bool {
        self.declared.contains(name)
    }

    /// Notes what a caller sees of the object that it gives.
    pub(super) fn given(&mut self, key: Key, seen: Seen) {
        let known = self.given.entry(key).or_default();
        *known = seen.max(*known);
    }

    pub(super) fn size(&self) -> (usize, usize, usize) {
        let seen = self.given.values().map(|seen| 1 + *seen as usize).sum();
        (seen, self.keeps.len(), self.returns.len())
    }
}

/// A way through a function.
pub(super) struct Walk<'t> {
    pub(super) text: &'t str,
    /// The end of the function that is declared around the code.
    pub(super) end: usize,
    /// What runs again in the loops around the code.
    pub(super) loops: Vec<Span>,
    pub(super) vars: Vars,
    pub(super) name: String,
    pub(super) facts: &'t mut Facts,
}

impl<'t> Walk<'t> {
    pub(super) fn new(text: &'t str, end: usize, name: String, facts: &'t mut Facts) -> Self {
        Self {
            text,
            end,
            loops: Vec::new(),
            vars: Vars::new(),
            name,
            facts,
        }
    }

    /// Whether a function gives an object that a property holds.
    pub(super) fn returns_kept(&self, name: &str) -> bool {
        self.facts.returns.contains(&name.to_ascii_lowercase())
    }
}
