//! The retry layer.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::attempt::{Attempt, Limit, Limits, RetriedCall};
use super::backoff::full_jitter;
use super::budget::Budget;
use super::repeat::{Again, Repeat};
use super::spare::Spare;
use crate::message::{DefaultHeaders, Request, Response};
use crate::middleware::api_error;
use crate::stack::{DynMiddleware, Next};
use crate::trace;
use crate::transport::BoxFuture;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, Result};

/// Configures which calls are repeated, how often, and for how long.
///
/// A request is repeated only if the repetition has no second effect:
///
/// - nothing of the attempt was sent: no connection could be made;
/// - WeChat Pay rejected it because of the rate limit, in an answer with a valid signature (429,
///   `FREQUENCY_LIMITED`);
/// - WeChat Pay answered `SYSTEM_ERROR`, after which it asks for the same request again, unless the operation
///   must be queried instead (付款码支付, 委托代扣);
/// - the operation changes nothing: a GET, or a query of APIv2
///   ([`Operation::is_read`](crate::catalog::Operation::is_read));
/// - the catalog knows that the operation is idempotent by the merchant's number
///   ([`Operation::merchant_number`](crate::catalog::Operation::merchant_number),
///   [`Operation::reentrant`](crate::catalog::Operation::reentrant),
///   [`Operation::idempotency_field`](crate::catalog::Operation::idempotency_field)), and the number is in
///   the body.
///
/// All attempts send the same body, byte for byte. Sensitive fields are encrypted once, before the
/// first attempt: RSAES-OAEP gives a different ciphertext each time, so encrypting again would give
/// another body. Each attempt has a new timestamp, nonce and signature. In APIv2 they are in the body;
/// all other members are the same.
///
/// After an attempt that may have been processed, a refusal of a later attempt does not settle the outcome:
/// [`Error::is_undecided`](crate::Error::is_undecided) stays true.
///
/// ```
/// use std::time::Duration;
/// use wechatpay_chain::Client;
/// use wechatpay_chain::resilience::RetryPolicy;
///
/// let policy = RetryPolicy::new()
///     .attempts(4)
///     .backoff(Duration::from_millis(100), Duration::from_secs(2))
///     .attempt_timeout(Duration::from_secs(5))
///     .deadline(Duration::from_secs(15));
/// let builder = Client::builder().retry(policy);
/// # let _ = builder;
/// ```
///
/// The call's timeout ([`ClientBuilder::timeout`](crate::ClientBuilder::timeout)) encloses all attempts
/// and the waits between them.
#[derive(Debug, Clone)]
#[must_use = "a policy does nothing until it is given to ClientBuilder::retry"]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    longest: Duration,
    attempt_timeout: Option<Duration>,
    deadline: Option<Duration>,
    budget: Budget,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy {
    /// Creates a policy with at most 3 attempts; waits of up to 200 ms and 400 ms; 10 s for an attempt that may be
    /// repeated; no deadline except the call's timeout; and a budget of 50 retries.
    pub fn new() -> Self {
        Self {
            attempts: 3,
            base: Duration::from_millis(200),
            longest: Duration::from_secs(5),
            attempt_timeout: Some(Duration::from_secs(10)),
            deadline: None,
            budget: Budget::new(50),
        }
    }

    /// Sets the largest number of attempts, including the first. 0 means 1.
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most.max(1);
        self
    }

    /// Sets the bounds of the waits. The first wait is up to `base`, and each further one up to twice as long,
    /// but never more than `longest`; the length is random (full jitter). A `Retry-After` in the
    /// response is respected in full. The call ends with that response if the wait exceeds the call's time, or if the call
    /// has neither a timeout nor a deadline and the wait is longer than a minute.
    pub fn backoff(mut self, base: Duration, longest: Duration) -> Self {
        (self.base, self.longest) = (base, longest);
        self
    }

    /// Bounds each attempt of a call that may be repeated after it was sent; `None` for no
    /// bound. In other calls an attempt may use all of the call's time: aborting it early would only make
    /// its outcome unknown. Waits for [`RateLimits`](super::RateLimits) and `max_in_flight` do not count.
    pub fn attempt_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.attempt_timeout = limit.into();
        self
    }

    /// Bounds all attempts together, also for calls without a timeout; `None`, the default, for the call's
    /// timeout only. No attempt starts if its wait would end after the deadline.
    pub fn deadline(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.deadline = limit.into();
        self
    }

    /// Sets how many retries all calls together may make in a row. A success returns a tenth of a retry, so
    /// that in the long run retries add at most a tenth to the load.
    ///
    /// Clones of the policy share the budget: clients whose builders received clones of one policy
    /// share it too.
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = Budget::new(retries);
        self
    }
}

/// The longest `Retry-After` of a call without a timeout and a deadline. An unsigned answer of a gateway could
/// otherwise ask for years.
const UNBOUNDED_WAIT: Duration = Duration::from_secs(60);

/// This layer is outside the layers that sign, and inside the layers that make the body.
pub(crate) struct Retry {
    pub(crate) policy: RetryPolicy,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) defaults: DefaultHeaders,
}

impl DynMiddleware for Retry {
    fn handle(
        self: Arc<Self>,
        request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        if next.info().is_none_or(|info| info.options().dry_run) {
            return next.pass(request);
        }
        let end = (self.policy.deadline).and_then(|limit| Instant::now().checked_add(limit));
        // One block, without inner `async fn`s: each of them would copy the request and the response.
        Box::pin(async move {
            let Some(info) = next.info() else {
                return next.pass(request).await;
            };
            let mut call = RetriedCall::new(info, end);
            let mut request = request;
            let mut tried = 0;
            loop {
                tried += 1;
                let spare =
                    (tried < self.policy.attempts).then(|| Spare::of(&request, &self.defaults));
                if spare.is_none() {
                    call.decide(|info| Repeat::of(&request, info));
                }
                let limits = self.limits(&call);
                let answer = next.round(call.state()).pass(request);
                let mut attempt = Attempt::new(answer, spare.as_ref(), limits, &mut call);
                let outcome = poll_fn(|cx| attempt.poll(cx)).await;
                let before = attempt.before;
                // An attempt that is over gives its connection and its place in flight back before the wait.
                drop(attempt);
                if is_success(&outcome) {
                    self.policy.budget.refill();
                    return outcome;
                }
                let Some((again, wait)) = self.next(spare, &mut call, &outcome, before, tried)
                else {
                    let is_read = call.repeat == Some(Repeat::Read);
                    return outcome.map_err(|err| call.state().told(err, is_read));
                };
                request = again;
                drop(outcome);
                // All calls pay for the size of this future, and few calls wait: so the timer is boxed, and nothing
                // that the wait does not need is kept.
                Box::pin(tokio::time::sleep(wait)).await;
            }
        })
    }
}

fn is_success(outcome: &Result<Response>) -> bool {
    (outcome.as_ref()).is_ok_and(|response| response.status().is_success())
}

fn report(outcome: &Result<Response>, tried: u32, wait: Duration) {
    let tried = tried as usize;
    match outcome {
        Err(err) => trace::retry(tried, wait, err),
        Ok(refusal) => {
            trace::retry(tried, wait, &Error::from_api(api_error(refusal)));
        }
    }
}

impl Retry {
    /// Returns the limits of an attempt that begins now.
    fn limits(&self, call: &RetriedCall<'_>) -> Limits {
        let own = self.policy.attempt_timeout;
        // An undecided call is decided when the limit is reached.
        let own = own.filter(|_| call.repeat.is_none_or(Repeat::is_harmless));
        let limit = |length: Option<Duration>| {
            let length = length?;
            let end = Instant::now().checked_add(length)?;
            Some(Limit { length, end })
        };
        Limits {
            own: limit(own),
            policy: limit(call.left()),
        }
    }

    /// Returns the request of the next attempt and the wait before it, if there may be one; `before` is the number of
    /// unresolved attempts before this one.
    fn next(
        &self,
        spare: Option<Spare>,
        call: &mut RetriedCall<'_>,
        outcome: &Result<Response>,
        before: u32,
        tried: u32,
    ) -> Option<(Box<Request>, Duration)> {
        let spare = spare.filter(|spare| !spare.is_spent())?;
        call.decide(|info| spare.repeat(info));
        let sent = call.state().seal_rounds() > before;
        let wait = self.again(call, outcome, sent.then_some(before), tried)?;
        report(outcome, tried, wait);
        call.state().between_attempts();
        Some((spare.request(call.info(), &self.defaults), wait))
    }

    /// Returns the wait before the next attempt, if there may be one. For an attempt that may have been sent, `before` is
    /// the number of unresolved attempts before it.
    fn again(
        &self,
        call: &RetriedCall<'_>,
        outcome: &Result<Response>,
        before: Option<u32>,
        tried: u32,
    ) -> Option<Duration> {
        let repeat = call.repeat?;
        let again = repeat.after(outcome, before.is_some())?;
        let wait = self.wait(call, &again, tried)?;
        let state = call.state();
        match before {
            _ if again.may_have_been_processed && repeat != Repeat::Read => state.note_undecided(),
            Some(before) if !again.may_have_been_processed => state.settle(before),
            _ => {}
        }
        Some(wait)
    }

    /// Returns the wait before the next attempt; `None` if there is no time or no budget for it.
    fn wait(&self, call: &RetriedCall<'_>, again: &Again, tried: u32) -> Option<Duration> {
        let policy = &self.policy;
        let jitter = full_jitter(&*self.clock, policy.base, policy.longest, tried - 1);
        // Jitter spreads clients that received the same `Retry-After`.
        let wait = again.after.unwrap_or_default().checked_add(jitter)?;
        let left = [call.left(), call.state().remaining()]
            .into_iter()
            .flatten()
            .min();
        let is_too_long = match left {
            Some(left) => left <= wait,
            None => again.after.is_some_and(|asked| asked > UNBOUNDED_WAIT),
        };
        if is_too_long {
            return None;
        }
        policy.budget.pay().then_some(wait)
    }
}
