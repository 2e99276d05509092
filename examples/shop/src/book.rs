//! The shop's orders. A real shop has a database here, and each method is a transaction.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

use serde::Serialize;
use wechatpay_chain::Fen;

use crate::{Failure, TIMEOUT};

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Order {
    /// Its number, `out_trade_no`.
    pub number: String,
    /// The name of its article.
    pub article: String,
    /// The price.
    pub total: Fen,
    /// Its state.
    pub state: State,
    /// The number of refunds that WeChat Pay has ended without success: their numbers are used up.
    #[serde(skip)]
    pub failed: u32,
    /// When the request for its state was sent at the latest.
    #[serde(skip)]
    pub sent: Instant,
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum State {
    /// The user has not paid yet.
    Unpaid,
    /// The user has paid; the goods may leave.
    Paid,
    /// The user did not pay in time.
    Closed,
    /// The refund is in progress.
    Refunding,
    /// The refund has succeeded.
    Refunded,
}

/// The orders by number.
#[derive(Debug, Default)]
pub struct Book(Mutex<BTreeMap<String, Order>>);

impl Book {
    /// Adds a new order.
    pub fn add(&self, number: &str, article: &str, total: Fen) -> Result<Order, Failure> {
        let order = Order {
            number: number.to_owned(),
            article: article.to_owned(),
            total,
            state: State::Unpaid,
            failed: 0,
            sent: Instant::now() + TIMEOUT,
        };
        self.lock()?.insert(number.to_owned(), order.clone());
        Ok(order)
    }

    /// Returns an order.
    pub fn get(&self, number: &str) -> Result<Order, Failure> {
        let order = self.lock()?.get(number).cloned();
        order.ok_or(Failure::NotFound("order"))
    }

    /// Moves an order to another state if that is allowed. Returns the order, and whether it was moved.
    /// Two notifications of one payment are booked once, since the second one finds the order paid.
    pub fn advance(
        &self,
        number: &str,
        to: State,
        is_allowed: impl FnOnce(&mut Order) -> bool,
    ) -> Result<(Order, bool), Failure> {
        let mut orders = self.lock()?;
        let order = orders.get_mut(number).ok_or(Failure::NotFound("order"))?;
        let is_allowed = is_allowed(order);
        if is_allowed {
            (order.state, order.sent) = (to, Instant::now() + TIMEOUT);
        }
        Ok((order.clone(), is_allowed))
    }

    /// Returns all orders in a state.
    pub fn all(&self, state: State) -> Result<Vec<Order>, Failure> {
        let is_wanted = |order: &&Order| order.state == state;
        let orders = self.lock()?;
        Ok(orders.values().filter(is_wanted).cloned().collect())
    }

    fn lock(&self) -> Result<MutexGuard<'_, BTreeMap<String, Order>>, Failure> {
        self.0.lock().map_err(|err| Failure::Book(err.to_string()))
    }
}
