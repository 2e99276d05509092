//! Finds out an unknown outcome by querying the merchant's number.
//!
//! A request whose answer is lost may have been processed. Only a query by the merchant's number
//! (商户订单号, 商户退款单号, 商户单号 …) tells whether it was. [`Call::or_query`] makes the call; if
//! its outcome is unknown, it queries, waits, and queries again until the outcome is known:
//!
//! ```no_run
//! use wechatpay_chain::outcome::{NotDone, Outcome, QueryPolicy};
//! # use serde_json::json;
//! # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
//! # let refund = json!({});
//! let call = client.chain("v3/refund/domestic/refunds").post(refund, ());
//! match call.or_query(QueryPolicy::quick()).await? {
//!     // The answer of the refund, or of its query: both have `status`.
//!     Outcome::Done(answer) => println!("{}", answer["status"]),
//!     // Nothing moved. Correct the request, or try again later, with the same number.
//!     Outcome::NotDone(why) if why.leaves_number_free() => println!("not refunded: {why}"),
//!     // Nothing moved, and the number is used up.
//!     Outcome::NotDone(why) => println!("not refunded: {why}"),
//!     // Keep the number and ask again later with `Call::query_outcome`. Never take another number.
//!     Outcome::StillUnknown(why) => println!("{why}"),
//! }
//! # Ok(()) }
//! ```
//!
//! It supports the operations of [`Operation::merchant_number`](crate::catalog::Operation::merchant_number):
//! orders of APIv3 and APIv2, of merchants and partners, combined orders, payments by code, refunds,
//! transfers, red packets and profit sharing. Any other is rejected before anything is sent.
//!
//! # When a request is done
//!
//! *Done* means that WeChat Pay has accepted the request under this number and it has not ended without
//! success. An order is done when it exists: `trade_state` says whether it is paid. A payment by code and a deduction are
//! done when they are paid, a refund or a transfer when it is accepted; its progress is in `status` or
//! `state`.
//!
//! # Why "not found" is not enough
//!
//! A request whose connection broke may still be in transit, or be in a queue at WeChat Pay. So an answer
//! that says "not found" proves something only after WeChat Pay can no longer accept such a request. APIv3 rejects
//! a timestamp that differs from its clock by more than 5 minutes. Before [`QueryPolicy::settled_after`] has passed,
//! "not found" is [`Outcome::StillUnknown`]. After 29 days it is so again, since several queries find only the
//! requests of the last 30 days.
//!
//! For the same reason a refusal without a signature does not settle the outcome: a gateway may have forwarded the
//! request before it answered.
//!
//! Two options decide sooner; both are off by default:
//! [`QueryPolicy::repeat_not_found`] sends the same request with the same number again, and
//! [`QueryPolicy::close_unpaid`] closes an unpaid order, which then cannot be paid.

mod asked;
mod policy;
mod resolve;
mod state;

use std::fmt;
use std::time::Duration;

pub use policy::QueryPolicy;

use crate::call::{Call, Pending};
use crate::message::Response;
use crate::resilience::seconds;
use wechatpay_core::error::Error;

/// The outcome of a request.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums, reason = "there is nothing between")]
#[allow(clippy::large_enum_variant, reason = "it is matched at once")]
pub enum Outcome {
    /// WeChat Pay has processed it: the response of the call, or of the query that found it.
    Done(Response),
    /// It was not done, and will not be.
    NotDone(NotDone),
    /// The outcome is unknown: money may have moved. Keep the number and the body, and query again later.
    StillUnknown(Unknown),
}

/// The reason why a request was not done, and will not be. No money has moved for it.
///
/// This is said of the request that the call made. **If an earlier program may have sent a request with the same number, its
/// money may have moved**: a job that was restarted asks with [`Call::query_outcome`](crate::Call::query_outcome) before
/// it repeats a request.
///
/// Each variant says whether the payment may be made again, and with which number:
///
/// ```
/// use wechatpay_chain::outcome::NotDone;
///
/// fn advice(why: &NotDone) -> &'static str {
///     match why {
///         NotDone::Refused(_) => "correct the request and pay with the same number",
///         NotDone::NotFound(_) => "pay with the same number",
///         NotDone::Ended(_) => "pay with a new number",
///         NotDone::NumberTaken(_) => "find out who uses the number; then pay with a new one",
///         _ => "look into it",
///     }
/// }
/// # let _ = advice;
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "it is matched at once")]
pub enum NotDone {
    /// WeChat Pay refused it in a signed response, or it was never sent.
    ///
    /// You may pay again with the same number, after you have removed the cause: the error's
    /// [`report`](Error::report) names it. The number is not used up, and the same number keeps a second payment
    /// impossible. WeChat Pay may refuse the same number with other content; then take a new one.
    Refused(Error),
    /// WeChat Pay accepted it, and it ended without success: the query's response, with the state.
    ///
    /// An order is closed or revoked, a refund closed, a transfer failed or cancelled. You may pay again with a **new**
    /// number. The old one is used up.
    Ended(Response),
    /// The number is unknown, and the request can no longer arrive. The error is the query's.
    ///
    /// You may pay again with the same number. A new number is safe too, but only now: before
    /// [`QueryPolicy::settled_after`] the outcome is [`StillUnknown`](Outcome::StillUnknown).
    NotFound(Error),
    /// The number belongs to another request, with another amount: the query's response.
    ///
    /// You may pay again with a **new** number. First find out why two requests have the same number: if the other one
    /// was meant for the same goods, the user has an order for them already and would pay twice.
    NumberTaken(Response),
}

/// An outcome that is unknown after all queries.
///
/// `Display` says how often and for how long the outcome was queried, with the error of the call.
///
/// ```
/// use wechatpay_chain::outcome::Outcome;
///
/// fn note(outcome: &Outcome) {
///     if let Outcome::StillUnknown(why) = outcome {
///         // the outcome is unknown after 4 queries in 15 s: the connection broke
///         eprintln!("{why}");
///         if why.queries() == 0 {
///             eprintln!("no query was made: the policy has no waits");
///         }
///     }
/// }
/// # let _ = note;
/// ```
#[derive(Debug)]
pub struct Unknown {
    error: Error,
    queries: u32,
    repeats: u32,
    queried_for: Duration,
    sent_ago: Duration,
    last_query: Option<Error>,
}

impl Call {
    /// Makes the call, and if its outcome is unknown, queries it by the merchant's number.
    ///
    /// See [`outcome`](crate::outcome). The call's timeout limits each request; the policy limits
    /// the total time.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) before anything is sent, if the catalog has no query
    /// for the operation, or the body lacks the number or another value that the query needs, or
    /// [`QueryPolicy::close_unpaid`] is set for an order that cannot be closed; and errors of the call's arguments.
    /// Everything else is in the [`Outcome`].
    pub fn or_query(self, policy: QueryPolicy) -> Pending<Outcome> {
        Pending::new(resolve::send(self, policy))
    }

    /// Queries the outcome of an earlier call: after a restart, or from a job that follows up
    /// unknown outcomes. The call itself is not sent.
    ///
    /// Give the body that was sent; only the members that the query needs are read. `sent_ago` is the time since it
    /// was last sent, repetitions included. It decides what "not found" proves: nothing for the first minutes, and nothing after 29
    /// days, since several queries (转账, 红包) find only the requests of the last 30 days. If only a range is known,
    /// give the shorter time for a request of today and the longer one for an old request.
    ///
    /// ```no_run
    /// # use std::time::{Duration, SystemTime};
    /// use wechatpay_chain::outcome::QueryPolicy;
    /// # async fn example(
    /// #     client: wechatpay_chain::Client, kept_body: serde_json::Value, kept_time: SystemTime,
    /// # ) -> wechatpay_chain::Result<()> {
    /// let sent_ago = kept_time.elapsed().unwrap_or_default();
    /// let call = client.chain("v3/refund/domestic/refunds").post(kept_body, ());
    /// let outcome = call.query_outcome(sent_ago, QueryPolicy::quick()).await?;
    /// # let _ = outcome;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`or_query`](Self::or_query).
    pub fn query_outcome(self, sent_ago: Duration, policy: QueryPolicy) -> Pending<Outcome> {
        Pending::new(resolve::query(self, sent_ago, policy))
    }
}

impl Outcome {
    /// Returns the name of the outcome in reports: `done`, `refused`, `ended`, `not_found`, `number_taken` or
    /// `still_unknown`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::NotDone(NotDone::Refused(_)) => "refused",
            Self::NotDone(NotDone::Ended(_)) => "ended",
            Self::NotDone(NotDone::NotFound(_)) => "not_found",
            Self::NotDone(NotDone::NumberTaken(_)) => "number_taken",
            Self::StillUnknown(_) => "still_unknown",
        }
    }

    /// Returns the response if the request was done.
    #[must_use]
    pub fn done(self) -> Option<Response> {
        match self {
            Self::Done(response) => Some(response),
            Self::NotDone(_) | Self::StillUnknown(_) => None,
        }
    }

    /// Returns whether the request was done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }
}

impl NotDone {
    /// Whether the number may be used again because WeChat Pay does not know it.
    ///
    /// False for a request that has ended, such as a closed order or refund, and for a number of another request. The
    /// number cannot be used again, and a new request needs a new number.
    #[must_use]
    pub fn leaves_number_free(&self) -> bool {
        !matches!(self, Self::Ended(_) | Self::NumberTaken(_))
    }
}

impl Unknown {
    /// Returns the error of the call.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the error of the call, without the queries.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Returns the number of queries.
    #[must_use]
    pub fn queries(&self) -> u32 {
        self.queries
    }

    /// Returns how often the request was sent again: 0 unless [`QueryPolicy::repeat_not_found`] allows it.
    #[must_use]
    pub fn repeats(&self) -> u32 {
        self.repeats
    }

    /// Returns the time since the request was last sent, repetitions included. Keep it, as a time of day: a later
    /// [`Call::query_outcome`] needs it.
    #[must_use]
    pub fn sent_ago(&self) -> Duration {
        self.sent_ago
    }

    /// Returns the time from the end of the call to the end of the last query or repetition.
    #[must_use]
    pub fn queried_for(&self) -> Duration {
        self.queried_for
    }

    /// Returns the error of the last query: "not found", or the reason why it had no answer. `None` if it found the
    /// request and WeChat Pay had not decided it, and without queries.
    #[must_use]
    pub fn last_query(&self) -> Option<&Error> {
        self.last_query.as_ref()
    }

    /// Returns the text of `Display` in Chinese.
    #[must_use]
    pub fn report_zh(&self) -> String {
        let (queries, time) = (self.queries, seconds(self.queried_for));
        let mut text = format!(
            "{time} 秒内查询 {queries} 次，结果仍未知：{}",
            self.error.report_zh()
        );
        if let Some(last) = &self.last_query {
            text.push_str(&format!("；最后一次查询：{}", last.report_zh()));
        }
        text
    }
}

/// Without a source: `Display` has the report of the call's error.
impl std::error::Error for Unknown {}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queries = match self.queries {
            1 => "1 query".to_owned(),
            queries => format!("{queries} queries"),
        };
        let time = seconds(self.queried_for);
        let report = self.error.report();
        write!(
            f,
            "the outcome is unknown after {queries} in {time} s: {report}"
        )?;
        match &self.last_query {
            Some(last) => write!(f, "; the last query: {}", last.report()),
            None => Ok(()),
        }
    }
}

impl NotDone {
    /// Returns the text of `Display` in Chinese.
    #[must_use]
    pub fn report_zh(&self) -> String {
        match self {
            Self::Refused(err) => err.report_zh(),
            Self::Ended(_) => "微信支付受理了请求，但没有成功，已经终结".to_owned(),
            Self::NotFound(_) => "微信支付没有该单号的记录".to_owned(),
            Self::NumberTaken(_) => "该单号属于另一笔请求，金额不同".to_owned(),
        }
    }
}

impl fmt::Display for NotDone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(err) => f.write_str(&err.report()),
            Self::Ended(_) => {
                f.write_str("WeChat Pay accepted the request, but it ended without success")
            }
            Self::NotFound(_) => f.write_str("WeChat Pay does not know the number of the request"),
            Self::NumberTaken(_) => {
                f.write_str("the number belongs to another request, with another amount")
            }
        }
    }
}
