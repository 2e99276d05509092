use std::sync::OnceLock;

use super::Chain;

const BUCKETS: usize = 16;

/// The chains created by indexing one chain.
///
/// It is lock-free and only grows: the keys are literals of the program, so there are finitely many.
/// Nothing refers back to the client, which would otherwise never be freed.
#[derive(Default)]
pub(super) struct Nodes {
    buckets: OnceLock<Box<[Slot; BUCKETS]>>,
}

type Slot = OnceLock<Box<Node>>;

struct Node {
    key: &'static str,
    chain: Chain,
    next: Slot,
}

impl Nodes {
    /// Returns the chain of `key`, and creates it with `make` if it does not exist.
    pub(super) fn get_or_make(&self, key: &'static str, make: impl Fn() -> Chain) -> &Chain {
        let buckets = self.buckets.get_or_init(Box::default);
        let mut slot = &buckets[bucket(key)];
        loop {
            // After a lost race, the slot has the winner's node, with this key or another.
            let node = slot.get_or_init(|| {
                Box::new(Node {
                    key,
                    chain: make(),
                    next: Slot::new(),
                })
            });
            if node.key == key {
                return &node.chain;
            }
            slot = &node.next;
        }
    }
}

/// Hashes the end of the path, since paths differ most there.
fn bucket(key: &str) -> usize {
    let sum = key.bytes().rev().take(8).fold(key.len(), |sum, byte| {
        sum.wrapping_mul(31) ^ usize::from(byte)
    });
    sum % BUCKETS
}
