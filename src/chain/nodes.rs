use std::sync::OnceLock;

use super::Chain;

const BUCKETS: usize = 16;

/// The chains that were made by indexing one chain.
///
/// Lock-free and only growing: keys are literals of the program, so there are finitely many.
/// Nothing points back up, or a client would never be freed.
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
    /// The chain of `key`, made by `make` if it is not there.
    pub(super) fn get_or_make(&self, key: &'static str, make: impl Fn() -> Chain) -> &Chain {
        let buckets = self.buckets.get_or_init(Box::default);
        let mut slot = &buckets[bucket(key)];
        loop {
            // After a lost race the winner's node is here, with this key or another.
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

/// Paths differ most at their end.
fn bucket(key: &str) -> usize {
    let sum = key.bytes().rev().take(8).fold(key.len(), |sum, byte| {
        sum.wrapping_mul(31) ^ usize::from(byte)
    });
    sum % BUCKETS
}
