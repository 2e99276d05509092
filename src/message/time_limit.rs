//! The time limit of a call. One timer serves the call and its attempts: a timer costs more than a layer.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep_until};

use super::state::CallState;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// Limits the time of a call, and wakes its current attempt at the attempt's end.
///
/// `end` is `limit` after the call began.
///
/// # Errors
///
/// The errors of the call, and [`ErrorKind::Timeout`].
pub(crate) async fn limited<T>(
    answer: impl Future<Output = Result<T>>,
    state: &CallState,
    (limit, end): (Duration, Instant),
) -> Result<T> {
    let mut answer = pin!(answer);
    let mut timer = pin!(None);
    poll_fn(|cx| {
        loop {
            let polled = state.polled(cx.waker(), || answer.as_mut().poll(cx));
            if polled.is_ready() {
                return polled;
            }
            let attempt_end = state.attempt_end().filter(|attempt| *attempt < end);
            let next = attempt_end.unwrap_or(end);
            match timer.as_mut().as_pin_mut() {
                None => timer.set(Some(sleep_until(next))),
                // Putting it off costs little: a timer that fires early is set again.
                Some(timer) if timer.deadline() != next => timer.reset(next),
                Some(_) => {}
            }
            let Some(timer) = timer.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            // An answer that uses up the task's budget must not stop the clock.
            ready!(pin!(unconstrained(timer)).poll(cx));
            match attempt_end {
                Some(attempt_end) => state.end_attempt(attempt_end),
                None => return Poll::Ready(Err(timed_out(limit, state, state.seal()))),
            }
        }
    })
    .await
}

/// Creates the error of a call that timed out: its activity, and whether the request may have been `sent`.
pub(crate) fn timed_out(limit: Duration, state: &CallState, sent: bool) -> Error {
    let outcome = if sent {
        "the request may have been processed, so query before repeating it"
    } else {
        "nothing was sent"
    };
    Error::new(
        ErrorKind::Timeout,
        format!("no answer within {limit:?}, while {state}; {outcome}"),
    )
    .with_request_id(state.request_id())
    .with_maybe_sent(sent)
}
