//! A shop that takes money: orders, notifications, refunds and the bill of the day.
//!
//! Begin with [`Shop`], whose methods are what a shop does, and read `main.rs` to see how it runs. `web.rs` is what a
//! browser and WeChat Pay call, `book.rs` stands for the shop's database.

mod bill;
mod book;
mod orders;
mod refunds;
mod web;

use std::fmt;
use std::sync::Arc;

use wechatpay_chain::notify::Notifications;
use wechatpay_chain::{BoxError, Client, Error};

pub use bill::{Difference, yesterday};
pub use book::{Book, Order, State};
pub use orders::Channel;
pub use web::router;

/// What the handlers share.
#[derive(Clone)]
pub struct Shop {
    /// The client of the shop's merchant.
    pub client: Client,
    /// What reads WeChat Pay's notifications.
    pub notifications: Notifications,
    /// The orders.
    pub book: Arc<Book>,
    /// The appid of the shop's official account or mini program.
    pub appid: Arc<str>,
    /// Where WeChat Pay posts notifications: `https://shop.example/notify`.
    pub notify_url: Arc<str>,
}

/// What the shop cannot do, and what its user is told.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// There is no such order.
    NoOrder,
    /// The order is not in the state for it.
    NotNow(&'static str),
    /// WeChat Pay refused, or cannot be reached; nothing has changed.
    Refused(Error),
    /// Nobody knows yet. The same call may be made again: it has the same number.
    Unknown(Error),
}

impl From<Error> for Failure {
    fn from(err: Error) -> Self {
        match err.is_undecided() {
            true => Self::Unknown(err),
            false => Self::Refused(err),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOrder => f.write_str("there is no such order"),
            Self::NotNow(why) => f.write_str(why),
            Self::Refused(err) => write!(f, "WeChat Pay did not do it: {}", err.report()),
            Self::Unknown(err) => write!(f, "the outcome is unknown, try again: {}", err.report()),
        }
    }
}

impl std::error::Error for Failure {}

/// A number for an order that none had before.
fn fresh_number() -> Result<String, BoxError> {
    use wechatpay_chain::Clock;
    Ok(wechatpay_chain::SystemClock::new().nonce()?)
}
