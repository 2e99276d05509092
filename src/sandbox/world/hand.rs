//! What is done to the world in the user's, the bank's and time's place, by the methods of
//! [`Sandbox`](crate::Sandbox) and by the control API.

use super::user::Done;
use super::{
    ComplaintRecord, Event, OrderRecord, Outcome, RefundRecord, RefundStatus, SharingRecord, State,
    TransferRecord, World, batches, complaints, refunds, sharing, transfers, user,
};

impl World {
    pub(crate) fn pay(&self, number: &str, now: i64) -> Done {
        self.with(|state| user::pay(state, number, now))
    }

    pub(crate) fn fail(&self, number: &str, now: i64) -> Done {
        self.with(|state| user::fail(state, number, now))
    }

    pub(crate) fn expire(&self, number: &str, now: i64) -> Done {
        self.with(|state| user::expire(state, number, now))
    }

    pub(crate) fn settle(&self, number: &str, status: RefundStatus, now: i64) -> Done {
        self.with(|state| refunds::settle(state, number, status, now))
    }

    /// Of the rest without an amount. At once: nobody else gets the same number or the same rest.
    pub(crate) fn refund(&self, number: &str, amount: Option<i64>, now: i64) -> Done<Outcome> {
        self.with(|state| refunds::by_hand(state, number, amount, now))
    }

    /// With a reason the user does not take the money.
    pub(crate) fn decide(
        &self,
        number: &str,
        fail_reason: Option<&str>,
        now: i64,
    ) -> Done<TransferRecord> {
        self.with(|state| transfers::decide(state, number, fail_reason, now))
    }

    pub(crate) fn complain(&self, number: &str, detail: &str, now: i64) -> Done<String> {
        self.with(|state| complaints::complain(state, number, detail, now))
    }

    pub(crate) fn hold_refunds(&self, hold: bool) {
        self.with(|state| state.hold_refunds = hold);
    }

    pub(crate) fn holds_refunds(&self) -> bool {
        self.with(|state| state.hold_refunds)
    }

    pub(crate) fn hold_transfers(&self, hold: bool) {
        self.with(|state| state.hold_transfers = hold);
    }

    pub(crate) fn holds_transfers(&self) -> bool {
        self.with(|state| state.hold_transfers)
    }

    pub(crate) fn reset(&self) {
        self.with(State::reset);
    }

    pub(crate) fn orders(&self, now: i64) -> Vec<OrderRecord> {
        self.with(|state| {
            let orders = state.orders.iter();
            orders.map(|order| OrderRecord::of(order, now)).collect()
        })
    }

    pub(crate) fn refunds(&self) -> Vec<RefundRecord> {
        self.with(|state| state.refunds.iter().map(RefundRecord::of).collect())
    }

    pub(crate) fn transfers(&self) -> Vec<TransferRecord> {
        self.with(|state| state.transfers.iter().map(TransferRecord::of).collect())
    }

    pub(crate) fn sharing(&self) -> Vec<SharingRecord> {
        self.with(|state| state.shares.iter().map(SharingRecord::of).collect())
    }

    pub(crate) fn complaints(&self) -> Vec<ComplaintRecord> {
        self.with(|state| {
            let complaints = state.complaints.iter();
            complaints
                .map(|it| ComplaintRecord::of(it, state.orders.get(&it.out_trade_no)))
                .collect()
        })
    }

    /// Lets what is on its way end, and gives the events.
    pub(crate) fn take_events(&self, now: i64) -> Vec<Event> {
        self.with(|state| {
            refunds::all_come_to_an_end(state, now);
            transfers::all_come_to_an_end(state, now);
            batches::all_come_to_an_end(state, now);
            sharing::all_come_to_an_end(state, now);
            state.outbox.take()
        })
    }
}
