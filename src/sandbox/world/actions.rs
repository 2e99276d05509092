//! What users, banks and time do to the state. The methods of [`Sandbox`](crate::Sandbox) and the control API
//! call these.

use std::ops::Range;

#[cfg(feature = "control")]
use super::Outcome;
use super::action::{ActionError, ActionResult};
use super::bill::{BillType, funds, trade};
use super::record::{ComplaintRecord, OrderRecord, RefundRecord, SharingRecord, TransferRecord};
use super::refund::model::RefundStatus;
use super::{
    Event, OtherPayment, State, World, batch, complaint, order, refund, sharing, transfer,
};

impl World {
    pub(crate) fn pay(&self, number: &str, now: i64) -> ActionResult {
        self.with(|state| order::pay(state, number, now))
    }

    /// Adds a payment of an order that the world does not keep. Returns its `transaction_id`.
    pub(crate) fn add_payment(&self, payment: &OtherPayment<'_>, now: i64) -> String {
        self.with(|state| order::add_payment(state, payment, now))
    }

    pub(crate) fn fail(&self, number: &str, now: i64) -> ActionResult {
        self.with(|state| order::fail(state, number, now))
    }

    pub(crate) fn expire(&self, number: &str, now: i64) -> ActionResult {
        self.with(|state| order::expire(state, number, now))
    }

    pub(crate) fn settle(&self, number: &str, status: RefundStatus, now: i64) -> ActionResult {
        self.with(|state| refund::settle(state, number, status, now))
    }

    /// Refunds an amount, or without one the rest of the order, in one step: no other request can take the rest.
    #[cfg(feature = "control")]
    pub(crate) fn refund(
        &self,
        number: &str,
        amount: Option<i64>,
        now: i64,
    ) -> ActionResult<Outcome> {
        self.with(|state| refund::refund_manually(state, number, amount, now))
    }

    /// The user confirms a transfer, or with a `fail_reason` rejects it. Details of batches are transfers too.
    pub(crate) fn decide(
        &self,
        number: &str,
        fail_reason: Option<&str>,
        now: i64,
    ) -> ActionResult<TransferRecord> {
        self.with(|state| {
            transfer::decide(state, number, fail_reason, now)
                .or_else(|| batch::decide(state, number, fail_reason, now))
                .unwrap_or_else(|| Err(ActionError::not_found(("transfer", "转账单"), number)))
        })
    }

    pub(crate) fn complain(&self, number: &str, detail: &str, now: i64) -> ActionResult<String> {
        self.with(|state| complaint::complain(state, number, detail, now))
    }

    pub(crate) fn hold_refunds(&self, hold: bool) {
        self.with(|state| state.hold_refunds = hold);
    }

    #[cfg(feature = "control")]
    pub(crate) fn holds_refunds(&self) -> bool {
        self.with(|state| state.hold_refunds)
    }

    pub(crate) fn hold_transfers(&self, hold: bool) {
        self.with(|state| state.hold_transfers = hold);
    }

    #[cfg(feature = "control")]
    pub(crate) fn holds_transfers(&self) -> bool {
        self.with(|state| state.hold_transfers)
    }

    pub(crate) fn reset(&self) {
        self.with(State::reset);
    }

    pub(crate) fn orders(&self, now: i64) -> Vec<OrderRecord> {
        self.with(|state| {
            let orders = state.orders.iter();
            let record = |order| OrderRecord::of(order, &state.mchid, now);
            orders.map(record).collect()
        })
    }

    pub(crate) fn refunds(&self) -> Vec<RefundRecord> {
        self.with(|state| {
            let record = |refund| RefundRecord::of(refund, &state.mchid);
            state.refunds.iter().map(record).collect()
        })
    }

    pub(crate) fn transfers(&self) -> Vec<TransferRecord> {
        self.with(|state| state.transfers.iter().map(TransferRecord::of).collect())
    }

    pub(crate) fn sharing(&self) -> Vec<SharingRecord> {
        self.with(|state| {
            let record = |share| SharingRecord::of(share, &state.mchid);
            state.shares.iter().map(record).collect()
        })
    }

    pub(crate) fn complaints(&self) -> Vec<ComplaintRecord> {
        self.with(|state| {
            let complaints = state.complaints.iter();
            complaints
                .map(|it| {
                    let order = state.orders.get(&it.order);
                    ComplaintRecord::of(it, order, &state.mchid)
                })
                .collect()
        })
    }

    /// Whether there is an order or a combined order with this number.
    pub(crate) fn has_order(&self, number: &str) -> bool {
        self.with(|state| {
            !state.orders.keys_named(number).is_empty()
                || state.combined_orders.get(number).is_some()
        })
    }

    #[cfg(feature = "control")]
    pub(crate) fn has_refund(&self, number: &str) -> bool {
        self.with(|state| !state.refunds.keys_named(number).is_empty())
    }

    /// Whether there is a transfer, or a detail of a batch, with this number.
    #[cfg(feature = "control")]
    pub(crate) fn has_transfer(&self, number: &str) -> bool {
        self.with(|state| {
            let mut details = state.batches.iter().flat_map(|batch| &batch.details);
            !state.transfers.keys_named(number).is_empty()
                || details.any(|detail| detail.out_detail_no == number)
        })
    }

    pub(crate) fn has_no_trade(&self) -> bool {
        self.with(|state| trade::is_unused(state))
    }

    pub(crate) fn has_no_funds(&self) -> bool {
        self.with(|state| funds::is_unused(state))
    }

    pub(crate) fn trade_bill(
        &self,
        day: Range<i64>,
        bill_type: BillType,
        sub_mchid: Option<&str>,
    ) -> Option<String> {
        self.with(|state| trade::bill(state, day, bill_type, sub_mchid))
    }

    pub(crate) fn fund_bill(&self, day: Range<i64>, sub_mchid: Option<&str>) -> Option<String> {
        self.with(|state| funds::bill(state, day, sub_mchid))
    }

    /// Finishes everything that is pending, and takes the events.
    pub(crate) fn take_events(&self, now: i64) -> Vec<Event> {
        self.with(|state| {
            refund::advance_all(state, now);
            transfer::advance_all(state, now);
            batch::advance_all(state, now);
            sharing::advance_all(state, now);
            state.outbox.take()
        })
    }
}
