//! The reference model: what orders, refunds, transfers, batches and profit sharing do, without the sandbox.

use std::collections::BTreeMap;

use super::op::{Op, V2_ORDERS, V2_REFUNDS};
use crate::RefundStatus;

/// An unpaid order is closed after this time, in days.
const ORDER_DAYS: u64 = 7;

/// The result of an operation: nothing, or the code of a refusal. Operations by hand have no code.
pub(super) type Said = Result<(), &'static str>;
pub(super) const BY_HAND: &str = "by hand";

#[derive(Debug, Default)]
pub(super) struct Model {
    /// The days since the first operation.
    day: u64,
    orders: BTreeMap<u64, Order>,
    refunds: BTreeMap<u64, Refund>,
    transfers: BTreeMap<u64, Transfer>,
    batches: BTreeMap<u64, Batch>,
    shares: BTreeMap<u64, Share>,
    returns: BTreeMap<u64, Return>,
}

#[derive(Debug)]
struct Order {
    total: i64,
    state: &'static str,
    day: u64,
    /// The shared sum, including the seller's part.
    split: i64,
    /// The sum that others have and did not return.
    given: i64,
    is_unfrozen: bool,
}

#[derive(Debug)]
struct Refund {
    order: u64,
    amount: i64,
    total: i64,
    status: RefundStatus,
}

#[derive(Debug)]
struct Transfer {
    amount: i64,
    state: &'static str,
    day: u64,
}

/// A profit sharing order. One that unfreezes the rest has no amount of its receiver.
#[derive(Debug)]
struct Share {
    order: u64,
    amount: Option<i64>,
    unfreezes: bool,
    returned: i64,
}

#[derive(Debug)]
struct Return {
    share: u64,
    amount: i64,
}

/// A batch of two transfers.
#[derive(Debug)]
struct Batch {
    amount: i64,
    states: [&'static str; 2],
    has_ended: bool,
}

impl Model {
    pub(super) fn apply(&mut self, op: Op) -> Said {
        match op {
            Op::Order { number, total } => self.order(number, total),
            Op::Pay(number) => match self.order_state(number) {
                Some("NOTPAY") => self.set_order(number, "SUCCESS"),
                _ => Err(BY_HAND),
            },
            Op::Close(number) => match self.order_state(number) {
                None => Err(of_order(number, "ORDER_NOT_EXIST", "ORDERNOTEXIST")),
                Some("SUCCESS") => Err("ORDERPAID"),
                Some(_) => self.set_order(number, "CLOSED"),
            },
            Op::Refund {
                number,
                order,
                amount,
                total,
            } => self.refund(number, order, amount, total),
            Op::Settle(number, status) => match self.refunds.get_mut(&number) {
                Some(refund) if is_open(refund) => {
                    refund.status = status;
                    Ok(())
                }
                _ => Err(BY_HAND),
            },
            Op::Redirect(number) => match self.refunds.get_mut(&number) {
                None => Err("RESOURCE_NOT_EXISTS"),
                Some(refund) if refund.status == RefundStatus::Abnormal => {
                    refund.status = RefundStatus::Processing;
                    Ok(())
                }
                Some(_) => Err("INVALID_REQUEST"),
            },
            Op::Transfer { number, amount } => self.transfer(number, amount),
            Op::Confirm(number) => self.decide(number, "SUCCESS"),
            Op::Reject(number) => self.decide(number, "FAIL"),
            Op::Cancel(number) => match self.transfer_state(number) {
                None => Err("NOT_FOUND"),
                Some("SUCCESS" | "FAIL") => Err("INVALID_REQUEST"),
                Some(_) => self.set_transfer(number, "CANCELLED"),
            },
            Op::Batch { number, amount } => self.batch(number, amount),
            Op::Decide(number, detail, reason) => {
                let to = reason.map_or("SUCCESS", |_| "FAIL");
                self.decide_detail(number, detail, to)
            }
            Op::QueryBatch(number) => self.query_batch(number),
            Op::Share {
                number,
                order,
                amount,
                unfreezes,
            } => self.share(number, order, Some(amount), unfreezes),
            Op::Unfreeze { number, order } => self.share(number, order, None, true),
            Op::Return {
                number,
                share,
                amount,
            } => self.take_back(number, share, amount),
            // All models count it.
            Op::NextDay => Ok(()),
        }
    }

    pub(super) fn next_day(&mut self) {
        self.day += 1;
    }

    fn order(&mut self, number: u64, total: i64) -> Said {
        let known = self.orders.get(&number).map(|order| order.total);
        match self.order_state(number) {
            None => {
                let order = Order {
                    total,
                    state: "NOTPAY",
                    day: self.day,
                    split: 0,
                    given: 0,
                    is_unfrozen: false,
                };
                self.orders.insert(number, order);
                Ok(())
            }
            Some("SUCCESS") => Err("ORDERPAID"),
            Some("CLOSED") => Err(of_order(number, "ORDER_CLOSED", "ORDERCLOSED")),
            Some(_) if known != Some(total) => Err("INVALID_REQUEST"),
            Some(_) => Ok(()),
        }
    }

    fn order_state(&self, number: u64) -> Option<&'static str> {
        let order = self.orders.get(&number)?;
        let is_over = self.day - order.day >= ORDER_DAYS;
        Some(match order.state {
            "NOTPAY" if is_over => "CLOSED",
            state => state,
        })
    }

    fn set_order(&mut self, number: u64, state: &'static str) -> Said {
        let order = self.orders.get_mut(&number).ok_or("no order")?;
        order.state = state;
        Ok(())
    }

    /// The sum of refunds that are done or in progress; a closed refund is neither.
    fn refunded(&self, order: u64) -> i64 {
        let refunds = self.refunds.values();
        let open = refunds.filter(|it| it.order == order && it.status != RefundStatus::Closed);
        open.map(|it| it.amount).sum()
    }

    fn refund(&mut self, number: u64, order: u64, amount: i64, total: i64) -> Said {
        let is_v2 = number >= V2_REFUNDS;
        let code = |v3, v2| if is_v2 { v2 } else { v3 };
        let mismatch = code("INVALID_REQUEST", "REFUND_FEE_MISMATCH");
        if let Some(known) = self.refunds.get(&number) {
            let same = (known.order, known.amount, known.total) == (order, amount, total);
            return if same { Ok(()) } else { Err(mismatch) };
        }
        let missing = code("RESOURCE_NOT_EXISTS", "ORDERNOTEXIST");
        let paid = self.orders.get(&order).filter(|it| it.state == "SUCCESS");
        let left = paid.ok_or(missing)?.total - self.refunded(order);
        if paid.is_some_and(|paid| paid.total != total) {
            return Err(mismatch);
        }
        if left == 0 {
            return Err(code("INVALID_REQUEST", "ERROR"));
        }
        if amount > left {
            return Err("INVALID_REQUEST");
        }
        let refund = Refund {
            order,
            amount,
            total,
            status: RefundStatus::Processing,
        };
        self.refunds.insert(number, refund);
        Ok(())
    }

    fn transfer(&mut self, number: u64, amount: i64) -> Said {
        match self.transfers.get(&number) {
            Some(known) if known.amount != amount => Err("ALREADY_EXISTS"),
            Some(_) => Ok(()),
            None => {
                let transfer = Transfer {
                    amount,
                    state: "WAIT_USER_CONFIRM",
                    day: self.day,
                };
                self.transfers.insert(number, transfer);
                Ok(())
            }
        }
    }

    /// A transfer that its user has not confirmed fails after a day.
    fn transfer_state(&self, number: u64) -> Option<&'static str> {
        let transfer = self.transfers.get(&number)?;
        Some(match transfer.state {
            "WAIT_USER_CONFIRM" if transfer.day < self.day => "FAIL",
            state => state,
        })
    }

    fn set_transfer(&mut self, number: u64, state: &'static str) -> Said {
        let transfer = self.transfers.get_mut(&number).ok_or("no transfer")?;
        transfer.state = state;
        Ok(())
    }

    fn decide(&mut self, number: u64, to: &'static str) -> Said {
        match self.transfer_state(number) {
            Some("WAIT_USER_CONFIRM") => self.set_transfer(number, to),
            _ => Err(BY_HAND),
        }
    }

    fn batch(&mut self, number: u64, amount: i64) -> Said {
        match self.batches.get(&number) {
            Some(known) if known.amount != amount => Err("ALREADY_EXISTS"),
            Some(_) => Ok(()),
            None => {
                let batch = Batch {
                    amount,
                    states: ["PROCESSING"; 2],
                    has_ended: false,
                };
                self.batches.insert(number, batch);
                Ok(())
            }
        }
    }

    fn decide_detail(&mut self, number: u64, detail: usize, to: &'static str) -> Said {
        match self.batches.get_mut(&number) {
            Some(batch) if batch.states[detail] == "PROCESSING" => {
                batch.states[detail] = to;
                batch.has_ended = !batch.states.contains(&"PROCESSING");
                Ok(())
            }
            _ => Err(BY_HAND),
        }
    }

    /// A query ends a batch: what was not decided has succeeded.
    fn query_batch(&mut self, number: u64) -> Said {
        let batch = self.batches.get_mut(&number).ok_or("NOT_FOUND")?;
        let open = batch.states.iter_mut().filter(|it| **it == "PROCESSING");
        open.for_each(|state| *state = "SUCCESS");
        batch.has_ended = true;
        Ok(())
    }

    fn share(&mut self, number: u64, order: u64, amount: Option<i64>, unfreezes: bool) -> Said {
        if let Some(known) = self.shares.get(&number) {
            let same = (known.order, known.amount, known.unfreezes) == (order, amount, unfreezes);
            return if same { Ok(()) } else { Err("INVALID_REQUEST") };
        }
        let left = self.unsplit(order);
        let paid = self
            .orders
            .get_mut(&order)
            .filter(|it| it.state == "SUCCESS");
        let paid = paid.filter(|it| !it.is_unfrozen);
        let paid = paid.ok_or("INVALID_REQUEST")?;
        let given = amount.unwrap_or(0);
        if given > left {
            return Err("NOT_ENOUGH");
        }
        // At most 30 % go to others.
        if paid.given + given > paid.total * 3 / 10 {
            return Err("RULE_LIMIT");
        }
        paid.split += amount.unwrap_or(left);
        paid.given += given;
        paid.is_unfrozen = unfreezes;
        let share = Share {
            order,
            amount,
            unfreezes,
            returned: 0,
        };
        self.shares.insert(number, share);
        Ok(())
    }

    fn take_back(&mut self, number: u64, share: u64, amount: i64) -> Said {
        if let Some(known) = self.returns.get(&number) {
            let same = (known.share, known.amount) == (share, amount);
            return if same { Ok(()) } else { Err("INVALID_REQUEST") };
        }
        let of = self.shares.get_mut(&share).ok_or("RESOURCE_NOT_EXISTS")?;
        if amount > of.amount.unwrap_or(0) - of.returned {
            return Err("NOT_ENOUGH");
        }
        of.returned += amount;
        if let Some(order) = self.orders.get_mut(&of.order) {
            order.given -= amount;
        }
        self.returns.insert(number, Return { share, amount });
        Ok(())
    }

    /// The rest of an order that can be shared.
    pub(super) fn unsplit(&self, order: u64) -> i64 {
        let known = self.orders.get(&order).filter(|it| !it.is_unfrozen);
        known.map_or(0, |it| (it.total - self.refunded(order) - it.split).max(0))
    }

    /// The order of a share.
    pub(super) fn share_order(&self, number: u64) -> Option<u64> {
        self.shares.get(&number).map(|share| share.order)
    }

    /// The expected answer to a query of a return.
    pub(super) fn shown_return(&self, number: u64) -> &'static str {
        self.returns
            .get(&number)
            .map_or("RESOURCE_NOT_EXISTS", |_| "SUCCESS")
    }

    /// The expected answer to a query of a refund.
    pub(super) fn refund_status(&self, number: u64) -> &'static str {
        let refund = self.refunds.get(&number);
        refund.map_or("RESOURCE_NOT_EXISTS", |it| it.status.name())
    }

    /// The expected answer to a query of an order.
    pub(super) fn trade_state(&self, order: u64) -> &'static str {
        match self.order_state(order) {
            None => "ORDER_NOT_EXIST",
            Some("SUCCESS") if self.refunded(order) > 0 => "REFUND",
            Some(state) => state,
        }
    }

    /// The expected answer to a query of a transfer.
    pub(super) fn shown_transfer(&self, number: u64) -> &'static str {
        self.transfer_state(number).unwrap_or("NOT_FOUND")
    }

    /// The expected answer to a query of a detail, which ends its batch.
    pub(super) fn shown_detail(&self, number: u64, detail: usize) -> &'static str {
        match self.batches.get(&number).map(|it| it.states[detail]) {
            None => "NOT_FOUND",
            Some("PROCESSING") => "SUCCESS",
            Some(state) => state,
        }
    }
}

fn is_open(refund: &Refund) -> bool {
    [RefundStatus::Processing, RefundStatus::Abnormal].contains(&refund.status)
}

/// The code of APIv3 or of APIv2, by the API of an order.
fn of_order(number: u64, v3: &'static str, v2: &'static str) -> &'static str {
    if number >= V2_ORDERS { v2 } else { v3 }
}
