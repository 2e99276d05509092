//! Compares the merchant's orders with trade bills.

use std::collections::BTreeMap;

use http::Method;
use wechatpay_chain::Fen;
use wechatpay_chain::bill::Row;

use super::orders::{Key, Orders};
use crate::exit::{Exit, Failure};
use crate::i18n::t;

/// The entries of both sides so far.
pub(super) struct Reconciliation {
    entries: BTreeMap<Key, Entry>,
    has_refunds: bool,
    has_sub_mchid: bool,
}

#[derive(Default)]
struct Entry {
    /// The merchant's amount, and the line of its file.
    ours: Option<(Fen, u64)>,
    /// WeChat Pay's amount.
    theirs: Option<Fen>,
    /// Whether the payment was reversed (撤销).
    is_reversed: bool,
}

/// The result.
pub(super) struct Reconciled {
    /// The number of payments and refunds with the same amount on both sides.
    pub(super) equal: u64,
    pub(super) differences: Vec<(Key, Difference)>,
}

pub(super) enum Difference {
    MissingInBill {
        amount: Fen,
        line: u64,
    },
    MissingInOrders {
        amount: Fen,
    },
    Amounts {
        ours: Fen,
        line: u64,
        theirs: Fen,
    },
    /// The bill has the payment and its reversal, so no money came in.
    Reversed {
        amount: Fen,
        line: u64,
    },
}

impl Reconciliation {
    pub(super) fn new(orders: Orders) -> Self {
        let entries = orders.amounts.into_iter();
        let entries = entries.map(|(key, ours)| {
            let ours = Some(ours);
            (
                key,
                Entry {
                    ours,
                    ..Entry::default()
                },
            )
        });
        Self {
            entries: entries.collect(),
            has_refunds: orders.has_refunds,
            has_sub_mchid: orders.has_sub_mchid,
        }
    }

    /// Adds a row of a trade bill.
    pub(super) fn add(&mut self, row: &Row) -> Result<(), Failure> {
        match row.get("交易状态") {
            Some("SUCCESS") => {
                let key = self.key(row, "商户订单号", false)?;
                self.insert(key, amount(row, "订单金额", "应结订单金额")?)
            }
            // A refund that failed gave no money back.
            Some("REFUND") if !self.has_refunds || row.get("退款状态") == Some("FAIL") => {
                Ok(())
            }
            Some("REFUND") => {
                let key = self.key(row, "商户退款单号", true)?;
                self.insert(key, amount(row, "申请退款金额", "退款金额")?)
            }
            Some("REVOKED") => {
                let key = self.key(row, "商户订单号", false)?;
                self.entries.entry(key).or_default().is_reversed = true;
                Ok(())
            }
            _ => Err(unreadable("交易状态")),
        }
    }

    /// The differences, payments before refunds.
    pub(super) fn finish(self) -> Reconciled {
        let mut result = Reconciled {
            equal: 0,
            differences: Vec::new(),
        };
        for (key, entry) in self.entries {
            let difference = match (entry.ours, entry.theirs) {
                (Some((amount, line)), _) if entry.is_reversed => {
                    Difference::Reversed { amount, line }
                }
                (Some((ours, line)), Some(theirs)) if ours != theirs => {
                    Difference::Amounts { ours, line, theirs }
                }
                (Some(_), Some(_)) => {
                    result.equal += 1;
                    continue;
                }
                (Some((amount, line)), None) => Difference::MissingInBill { amount, line },
                (None, Some(amount)) if !entry.is_reversed => {
                    Difference::MissingInOrders { amount }
                }
                // Paid and reversed, or reversed only: neither side has money of it.
                (None, _) => continue,
            };
            result.differences.push((key, difference));
        }
        result
    }

    fn key(&self, row: &Row, column: &str, is_refund: bool) -> Result<Key, Failure> {
        let value = |column: &str| row.get(column).ok_or_else(|| unreadable(column));
        let sub_mchid = if self.has_sub_mchid {
            // The merchant's own orders have 0 here.
            Some(value("特约商户号")?).filter(|id| *id != "0")
        } else {
            None
        };
        Ok(Key {
            is_refund,
            number: value(column)?.to_owned(),
            sub_mchid: sub_mchid.unwrap_or_default().to_owned(),
        })
    }

    fn insert(&mut self, key: Key, amount: Fen) -> Result<(), Failure> {
        let number = key.number.clone();
        let entry = self.entries.entry(key).or_default();
        if entry.theirs.replace(amount).is_some() {
            // Two sub-merchants may use the same number.
            let message = t!("reconcile-ambiguous", number = number);
            return Err(Failure::new(Exit::Input, "file", message));
        }
        Ok(())
    }
}

/// The amount of the first of two columns that the bill has.
fn amount(row: &Row, column: &str, older: &str) -> Result<Fen, Failure> {
    let column = if row.get(column).is_some() {
        column
    } else {
        older
    };
    row.fen(column)
        .map_err(|err| Failure::call(&err, &Method::GET))
}

fn unreadable(column: &str) -> Failure {
    let message = t!("reconcile-column", column = column);
    Failure::new(Exit::InvalidAnswer, "body", message)
}
