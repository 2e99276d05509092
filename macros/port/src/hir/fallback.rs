//! Functions of which a part is refused: the application has them as a whole, where that means what PHP does.
//!
//! `build/fallback.rs` says where it does.

use std::collections::{BTreeMap, BTreeSet};

use super::Ty;
use super::tree::Function;
use crate::diagnostic::Problem;
use crate::syntax::Span;

/// The functions of a file that are left to the application.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fallback {
    /// By the class in lower case, which is empty of a function, and by the name in lower case.
    functions: BTreeMap<Key, Known>,
    /// The calls of WeChat Pay that a translation of the file had, by where they begin and end.
    calls: BTreeSet<Span>,
}

pub(crate) type Key = (String, String);

/// What a translation knew of a function before a part of it was refused.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The first refusal.
    pub(crate) problem: Problem,
    /// The type of each parameter, whether PHP declares it, and whether it is an object of the application's.
    pub(crate) params: Vec<(Ty, bool, bool)>,
    /// The type of the value, and whether it is certain.
    pub(crate) returns: (Ty, bool),
}

impl Known {
    pub(crate) fn of(function: &Function, problem: &Problem, returns: (Ty, bool)) -> Self {
        let params = function.params.iter();
        Self {
            problem: problem.clone(),
            params: params
                .map(|param| (param.ty.clone(), param.declared, param.foreign))
                .collect(),
            returns,
        }
    }
}

impl Fallback {
    pub(crate) fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    pub(crate) fn get(&self, class: &str, name: &str) -> Option<&Known> {
        self.functions.get(&key(class, name))
    }

    pub(crate) fn insert(&mut self, class: &str, name: &str, known: Known) {
        self.functions.insert(key(class, name), known);
    }

    /// Notes calls of WeChat Pay.
    pub(crate) fn note(&mut self, calls: impl IntoIterator<Item = Span>) {
        self.calls.extend(calls);
    }

    /// How many calls of WeChat Pay begin within these pieces.
    pub(crate) fn calls_in(&self, pieces: &[Span]) -> usize {
        let within = |call: &&Span| {
            let mut pieces = pieces.iter();
            pieces.any(|piece| piece.range().contains(&call.start))
        };
        self.calls.iter().filter(within).count()
    }
}

pub(crate) fn key(class: &str, name: &str) -> Key {
    (class.to_ascii_lowercase(), name.to_ascii_lowercase())
}
