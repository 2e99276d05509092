//! What the shop knows of its orders. A real one has a database here, and each method is a transaction.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Serialize;

use crate::Failure;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Order {
    /// Its number, `out_trade_no`.
    pub number: String,
    /// The price in fen.
    pub total: i64,
    /// How far it is.
    pub state: State,
    /// When it was made.
    #[serde(skip)]
    pub made: Instant,
}

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum State {
    /// Nobody has paid yet.
    Unpaid,
    /// It is paid, and the goods may leave.
    Paid,
    /// It was not paid in time.
    Closed,
    /// The money is on its way back.
    Refunding,
    /// The money is back.
    Refunded,
}

/// The orders by number.
#[derive(Debug, Default)]
pub struct Book(Mutex<BTreeMap<String, Order>>);

impl Book {
    /// Writes a new order down, before anybody hears of it.
    pub fn add(&self, number: &str, total: i64) -> Order {
        let order = Order {
            number: number.to_owned(),
            total,
            state: State::Unpaid,
            made: Instant::now(),
        };
        self.lock().insert(number.to_owned(), order.clone());
        order
    }

    /// An order.
    ///
    /// # Errors
    ///
    /// [`Failure::NoOrder`].
    pub fn get(&self, number: &str) -> Result<Order, Failure> {
        self.lock().get(number).cloned().ok_or(Failure::NoOrder)
    }

    /// Moves an order from one of some states to another; says whether it was in one of them.
    ///
    /// The condition makes what is done twice happen once, whatever came before.
    pub fn advance(&self, number: &str, from: &[State], to: State) -> bool {
        let mut orders = self.lock();
        let order = orders
            .get_mut(number)
            .filter(|order| from.contains(&order.state));
        order.is_some_and(|order| {
            order.state = to;
            true
        })
    }

    /// All orders in a state.
    pub fn all(&self, state: State) -> Vec<Order> {
        let orders = self.lock();
        orders
            .values()
            .filter(|order| order.state == state)
            .cloned()
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Order>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
