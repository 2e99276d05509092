//! The operations of a sequence, and the random choice of them.

use crate::RefundStatus;

pub(super) const ORDERS: u64 = 3;
/// Orders with at least this number are placed and closed with APIv2.
pub(super) const V2_ORDERS: u64 = 2;
pub(super) const REFUNDS: u64 = 4;
/// Refunds with at least this number are requested with APIv2.
pub(super) const V2_REFUNDS: u64 = 2;
pub(super) const TRANSFERS: u64 = 2;
pub(super) const BATCHES: u64 = 2;
pub(super) const SHARES: u64 = 3;
pub(super) const RETURNS: u64 = 2;

/// SplitMix64: a sequence is known by its seed.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    pub(super) fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).unwrap_or(0)
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    Order {
        number: u64,
        total: i64,
    },
    Pay(u64),
    Close(u64),
    Refund {
        number: u64,
        order: u64,
        amount: i64,
        total: i64,
    },
    Settle(u64, RefundStatus),
    /// Redirects an abnormal refund to another account.
    Redirect(u64),
    Transfer {
        number: u64,
        amount: i64,
    },
    Confirm(u64),
    Reject(u64),
    Cancel(u64),
    Share {
        number: u64,
        order: u64,
        amount: i64,
        unfreezes: bool,
    },
    Unfreeze {
        number: u64,
        order: u64,
    },
    Return {
        number: u64,
        share: u64,
        amount: i64,
    },
    Batch {
        number: u64,
        amount: i64,
    },
    /// Ends one of the two details of a batch; with a reason it fails.
    Decide(u64, usize, Option<&'static str>),
    QueryBatch(u64),
    NextDay,
}

impl Op {
    pub(super) fn random(random: &mut Random) -> Self {
        let (order, refund) = (random.below(ORDERS), random.below(REFUNDS));
        let (transfer, batch) = (random.below(TRANSFERS), random.below(BATCHES));
        let share = random.below(SHARES);
        let total = random.of(&[100, 100, 100, 100, 100, 100, 100, 200]);
        let ends = [
            RefundStatus::Success,
            RefundStatus::Closed,
            RefundStatus::Abnormal,
        ];
        match random.below(36) {
            0..=4 => Self::Order {
                number: order,
                total,
            },
            5..=8 => Self::Pay(order),
            9 => Self::Close(order),
            10..=13 => Self::Refund {
                number: refund,
                order,
                amount: random.of(&[30, 60, 100]),
                total,
            },
            14..=16 => Self::Settle(refund, random.of(&ends)),
            17 | 18 => Self::Redirect(refund),
            19 => Self::Transfer {
                number: transfer,
                amount: total,
            },
            20 => Self::Confirm(transfer),
            21 => Self::Reject(transfer),
            22 => Self::Cancel(transfer),
            23..=26 => Self::Share {
                number: share,
                order,
                amount: random.of(&[10, 20, 30, 90]),
                unfreezes: random.of(&[false, false, true]),
            },
            27 => Self::Unfreeze {
                number: share,
                order,
            },
            28..=30 => Self::Return {
                number: random.below(RETURNS),
                share,
                amount: random.of(&[5, 10, 30]),
            },
            31 => Self::Batch {
                number: batch,
                amount: total,
            },
            32 | 33 => {
                let detail = random.index(2);
                Self::Decide(batch, detail, random.of(&[None, Some("ACCOUNT_FROZEN")]))
            }
            34 => Self::QueryBatch(batch),
            _ => Self::NextDay,
        }
    }
}
