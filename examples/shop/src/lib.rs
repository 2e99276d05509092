//! A shop that takes money. Begin with [`Shop`], whose methods are its operations; `main.rs` shows how it runs.

#![allow(clippy::exhaustive_enums, reason = "an example")]

mod bill;
mod book;
mod orders;
mod refunds;
mod web;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use wechatpay_chain::notify::Notifications;
use wechatpay_chain::resilience::{CircuitBreaker, Failover, RateLimits, RetryPolicy};
use wechatpay_chain::{Client, ClientBuilder, Error};

pub use bill::{Difference, last_week};
pub use book::{Book, Order, State};
pub use orders::Channel;
pub use web::router;

/// The state that all handlers share.
#[derive(Clone)]
pub struct Shop {
    /// The client of the shop's merchant.
    pub client: Client,
    /// Verifies and decrypts WeChat Pay's notifications.
    pub notifications: Notifications,
    /// The orders.
    pub book: Arc<Book>,
    /// The appid of the shop's official account or mini program.
    pub appid: Arc<str>,
    /// The URL for notifications: `https://shop.example/notify`.
    pub notify_url: Arc<str>,
    /// The token with which the staff refunds, in the header `Authorization: Bearer …`. Without it that route is off.
    pub staff_token: Option<Arc<str>>,
}

/// The longest time of a call with its repetitions. `WECHATPAY_TIMEOUT` does not apply: the queries depend on this time.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Enables the options that a shop needs in production. All of them are off by default.
pub fn for_production(builder: ClientBuilder, failover: Failover) -> ClientBuilder {
    builder
        .timeout(TIMEOUT)
        // Repeats an order or a refund under the same number when its answer is lost.
        .retry(RetryPolicy::new())
        .failover(failover)
        .rate_limits(RateLimits::documented())
        .max_in_flight(256)
        .circuit_breaker(CircuitBreaker::new())
}

/// The reason why a request of the user failed.
#[derive(Debug)]
pub enum Failure {
    /// The order, the article or the token does not exist.
    NotFound(&'static str),
    /// The order's state does not allow it.
    NotNow(&'static str),
    /// WeChat Pay refused, or cannot be reached. Nothing has changed.
    Refused(Error),
    /// The outcome is unknown. The same call may be made again: it has the same number.
    Unknown(String),
    /// The book cannot be read or written.
    Book(String),
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(err: Error) -> Self {
        match err {
            err if err.is_undecided() => Self::Unknown(err.report()),
            err => Self::Refused(err),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "the {what} does not exist"),
            Self::NotNow(why) => f.write_str(why),
            Self::Refused(err) => write!(f, "WeChat Pay did not do it: {}", err.report()),
            Self::Book(why) => write!(f, "the book failed: {why}"),
            Self::Unknown(why) => write!(f, "try again, the outcome is unknown: {why}"),
        }
    }
}
