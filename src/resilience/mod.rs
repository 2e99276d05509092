//! Layers that repeat, redirect, limit or delay calls. All of them are off by
//! default: without them a request is sent once, to one host, immediately.
//!
//! Each is one line on [`ClientBuilder`](crate::ClientBuilder), and a named layer of the stack. They are listed
//! from the outermost; all are directly inside `prepare` in APIv3 and `encrypt` in APIv2, so that every attempt gets a new
//! signature:
//!
//! - [`RETRY`]: [`RetryPolicy`] repeats calls that are safe to repeat;
//! - [`IN_FLIGHT`]: [`InFlight`] bounds the number of attempts in flight;
//! - [`RATE_LIMIT`]: [`RateLimits`] enforces the documented rate limit of each operation;
//! - [`FAILOVER`]: [`Failover`] uses a backup host when no connection can be made;
//! - [`BREAKER`]: [`CircuitBreaker`] fails calls to an unresponsive host at once.
//!
//! For payments with an unknown outcome, see [`outcome`](crate::outcome).
//!
//! ```
//! use std::time::Duration;
//! use wechatpay_chain::Client;
//! use wechatpay_chain::resilience::{CircuitBreaker, Failover, RateLimits, RetryPolicy};
//!
//! let builder = Client::builder()
//!     .timeout(Duration::from_secs(20))
//!     .retry(RetryPolicy::new())
//!     .rate_limits(RateLimits::documented())
//!     .max_in_flight(200)
//!     .failover(Failover::documented())
//!     .circuit_breaker(CircuitBreaker::new());
//! # let _ = builder;
//! ```

mod attempt;
mod backoff;
mod breaker;
mod budget;
mod failover;
mod health;
mod in_flight;
mod limits;
mod repeat;
mod retry;
mod spare;

use std::time::Duration;

pub(crate) use breaker::Breaker;
pub use breaker::CircuitBreaker;
pub use failover::Failover;
pub(crate) use failover::Switch;
pub(crate) use in_flight::Gate;
pub use in_flight::InFlight;
pub(crate) use limits::Limiter;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use limits::RedisLimits;
pub use limits::{LimitStore, MemoryLimits, RateLimits};
pub(crate) use retry::Retry;
pub use retry::RetryPolicy;

/// Repeats calls that are safe to repeat.
pub const RETRY: &str = "retry";
/// Enforces the documented rate limits.
pub const RATE_LIMIT: &str = "rate_limit";
/// Bounds the attempts in flight.
pub const IN_FLIGHT: &str = "in_flight";
/// Uses a backup host when no connection can be made.
pub const FAILOVER: &str = "failover";
/// Fails calls to an unresponsive host at once.
pub const BREAKER: &str = "breaker";

/// Formats a time for a message: in tenths of a second, rounded up, so that nothing happens before it has passed.
pub(crate) fn seconds(time: Duration) -> String {
    let tenths = time.as_nanos().div_ceil(100_000_000);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

/// Runs a test whose time passes only while it waits.
#[cfg(test)]
fn paused(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build();
    runtime.unwrap().block_on(test);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_messages_have_tenths_of_a_second() {
        for (nanos, shown) in [
            (0, "0"),
            (1, "0.1"),
            (1_500_000_000, "1.5"),
            (4_987_654_321, "5"),
            (60_000_000_000, "60"),
        ] {
            assert_eq!(seconds(Duration::from_nanos(nanos)), shown);
        }
    }
}
