//! The parts of combined orders whose seller is another merchant than the one that placed the order.
//!
//! A part is kept where its combined order is. Its seller queries and refunds it like any order, by the
//! operations in [`SHARED`]. They run on a state that has only the parts of this seller. Its bills list the part, and those
//! of the merchant that placed the combined order do not ([`World::billed`]).

use std::sync::Mutex;

use super::order::model::Party;
use super::outcome::Outcome;
use super::record::OrderRecord;
use super::request::Request;
use super::state::State;
use super::table::{Row, Table};
use super::{Event, RESOURCES, World, refund};

/// The operations by which a seller acts on its parts.
const SHARED: [&str; 15] = [
    "v2/pay/orderquery",
    "v2/pay/refundquery",
    "v2/pay/refundqueryv2",
    "v2/secapi/pay/refund",
    "v2/secapi/pay/refundv2",
    "v3/ecommerce/refunds/apply",
    "v3/ecommerce/refunds/id/{refund_id}",
    "v3/ecommerce/refunds/out-refund-no/{out_refund_no}",
    "v3/pay/partner/transactions/id/{transaction_id}",
    "v3/pay/partner/transactions/out-trade-no/{out_trade_no}",
    "v3/pay/transactions/id/{transaction_id}",
    "v3/pay/transactions/out-trade-no/{out_trade_no}",
    "v3/refund/domestic/refunds",
    "v3/refund/domestic/refunds/{out_refund_no}",
    "v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund",
];

impl World {
    /// Answers a request of the seller of parts, and returns the events that it is notified of.
    ///
    /// `None` when the merchant of this world has placed no combined order with parts of this seller.
    pub(crate) fn answer_seller(
        &self,
        seller: &str,
        request: &Request<'_>,
    ) -> Option<(Outcome, Vec<Event>)> {
        if !SHARED.contains(&request.operation.path()) {
            return None;
        }
        self.with(|state| {
            let mut parts = parts_of(state, seller, request.now)?;
            let outcome = RESOURCES.iter().find_map(|it| it(&mut parts, request))?;
            // Their events are the seller's, so they end here.
            refund::advance_all(&mut parts, request.now);
            let events = parts.outbox.take();
            put_back(state, parts, request.now);
            Some((outcome, events))
        })
    }

    /// The world that the bills of its merchant list: without the parts of other sellers, and with the merchant's parts of
    /// the combined orders of other worlds. `None` when it is this world.
    pub(crate) fn billed<'w>(
        &self,
        mchid: &str,
        others: impl Iterator<Item = &'w Self>,
        now: i64,
    ) -> Option<Self> {
        let parts = others.filter_map(|it| it.with(|state| parts_of(state, mchid, now)));
        let parts: Vec<State> = parts.collect();
        let has_foreign =
            |state: &mut State| state.orders.iter().any(|it| it.party.is_other_seller);
        if parts.is_empty() && !self.with(has_foreign) {
            return None;
        }
        let mut state = self.with(|state| state.clone());
        remove_parts(&mut state.orders, |order| &order.party);
        remove_parts(&mut state.refunds, |refund| &refund.party);
        for parts in parts {
            put_back(&mut state, parts, now);
        }
        Some(Self {
            state: Mutex::new(state),
        })
    }

    /// The parts that this seller has in the combined orders of this world.
    pub(crate) fn orders_of_seller(&self, seller: &str, now: i64) -> Vec<OrderRecord> {
        self.with(|state| {
            let orders = state.orders.iter();
            let parts = orders.filter(|order| is_of(&order.party, seller));
            parts.map(|it| OrderRecord::of(it, seller, now)).collect()
        })
    }
}

fn is_of(party: &Party, seller: &str) -> bool {
    party.is_other_seller && party.mchid == seller
}

fn remove_parts<T: Row>(table: &mut Table<T>, party: impl Fn(&T) -> &Party) {
    let parts = table.iter().filter(|row| party(row).is_other_seller);
    let keys: Vec<String> = parts.map(Row::key).collect();
    for key in keys {
        table.remove(&key);
    }
}

/// A state in which the parts and their refunds are the seller's own.
fn parts_of(state: &State, seller: &str, now: i64) -> Option<State> {
    let mut parts = State::new(seller.to_owned(), state.ids.clone());
    parts.hold_refunds = state.hold_refunds;
    for order in state.orders.iter().filter(|it| is_of(&it.party, seller)) {
        let mut order = order.clone();
        order.party.is_other_seller = false;
        parts.orders.insert(order, now);
    }
    for refund in state.refunds.iter().filter(|it| is_of(&it.party, seller)) {
        let mut refund = refund.clone();
        refund.party.is_other_seller = false;
        parts.refunds.insert(refund, now);
    }
    parts.orders.iter().next()?;
    Some(parts)
}

/// Replaces the parts and refunds by those of the seller's state.
fn put_back(state: &mut State, parts: State, now: i64) {
    for order in parts.orders.iter() {
        let mut order = order.clone();
        order.party.is_other_seller = true;
        replace(&mut state.orders, order, now);
    }
    for refund in parts.refunds.iter() {
        let mut refund = refund.clone();
        refund.party.is_other_seller = true;
        replace(&mut state.refunds, refund, now);
    }
}

/// Keeps the place of a known row.
fn replace<T: Row>(table: &mut Table<T>, row: T, now: i64) {
    match table.get_mut(&row.key()) {
        Some(known) => *known = row,
        None => table.insert(row, now),
    }
}
