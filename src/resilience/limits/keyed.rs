//! A map that forgets the values that no longer matter.

use std::collections::HashMap;

/// Fewer values are never searched for dead ones.
const FEW: usize = 64;

/// A map of live and dead values. When it grows to twice its live values, it drops the dead ones.
///
/// An insertion therefore costs constant time on average, and a removal needs no task and no lock of its owner.
pub(super) struct Keyed<V> {
    values: HashMap<String, V>,
    sweep_at: usize,
}

impl<V> Default for Keyed<V> {
    fn default() -> Self {
        Self {
            values: HashMap::new(),
            sweep_at: FEW,
        }
    }
}

impl<V> Keyed<V> {
    /// Returns the value of a key; `new` makes a missing one.
    pub(super) fn get_or_insert(
        &mut self,
        key: &str,
        is_live: impl Fn(&V) -> bool,
        new: impl FnOnce() -> V,
    ) -> &mut V {
        if !self.values.contains_key(key) && self.values.len() >= self.sweep_at {
            self.values.retain(|_, value| is_live(value));
            self.sweep_at = (2 * self.values.len()).max(FEW);
        }
        self.values.entry(key.to_owned()).or_insert_with(new)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }
}
