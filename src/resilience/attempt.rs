//! One attempt of a call that may be repeated.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

use super::repeat::Repeat;
use super::spare::Spare;
use crate::message::{CallInfo, CallState, Response, timed_out};
use crate::transport::BoxFuture;
use wechatpay_core::error::Result;

/// A call in flight.
pub(super) struct RetriedCall<'i> {
    info: &'i CallInfo,
    /// `None` until it is needed: the decision may parse the body.
    pub(super) repeat: Option<Repeat>,
    /// The policy's deadline.
    end: Option<Instant>,
}

impl<'i> RetriedCall<'i> {
    pub(super) fn new(info: &'i CallInfo, end: Option<Instant>) -> Self {
        if let Some(end) = end {
            // A layer inside does not let the call wait in vain.
            info.state().set_attempts_end(end);
        }
        let repeat = None;
        Self { info, repeat, end }
    }

    pub(super) fn info(&self) -> &'i CallInfo {
        self.info
    }

    pub(super) fn state(&self) -> &'i CallState {
        self.info.state()
    }

    /// Returns the time until the policy's deadline.
    pub(super) fn left(&self) -> Option<Duration> {
        Some(self.end?.saturating_duration_since(Instant::now()))
    }

    /// Decides whether the request may be repeated, unless that is decided.
    pub(super) fn decide(&mut self, repeat: impl FnOnce(&CallInfo) -> Repeat) {
        self.repeat.get_or_insert_with(|| repeat(self.info));
    }
}

/// The time limits of an attempt.
pub(super) struct Limits {
    /// The attempt's own, which applies only if the request may be repeated after it was sent.
    pub(super) own: Option<Limit>,
    pub(super) policy: Option<Limit>,
}

#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) length: Duration,
    pub(super) end: Instant,
}

/// An attempt in flight.
pub(super) struct Attempt<'c, 'i> {
    answer: BoxFuture<'static, Result<Response>>,
    spare: Option<&'c Spare>,
    limits: Limits,
    call: &'c mut RetriedCall<'i>,
    /// The number of unresolved attempts before this one.
    pub(super) before: u32,
    /// Only if the call has no timer that wakes this attempt.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<'c, 'i> Attempt<'c, 'i> {
    /// `spare` is absent only if the call is decided.
    #[inline]
    pub(super) fn new(
        answer: BoxFuture<'static, Result<Response>>,
        spare: Option<&'c Spare>,
        limits: Limits,
        call: &'c mut RetriedCall<'i>,
    ) -> Self {
        let attempt = Self {
            before: call.state().unresolved(),
            answer,
            spare,
            limits,
            call,
            timer: None,
        };
        attempt.set_end();
        attempt
    }

    /// Ready with the answer, or with an error when the limits are exceeded.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        loop {
            if let Poll::Ready(outcome) = self.answer.as_mut().poll(cx) {
                return Poll::Ready(outcome);
            }
            if self.is_watched(cx) && !self.call.state().is_attempt_over() {
                return Poll::Pending;
            }
            let Some((limit, is_own)) = self.limits.first() else {
                return Poll::Pending;
            };
            ready!(self.poll_end(limit.end, cx));
            if is_own && self.is_later(limit) {
                continue;
            }
            if let Some(spare) = self.spare {
                self.call.decide(|info| spare.repeat(info));
            }
            if !is_own || self.call.repeat.is_some_and(Repeat::is_harmless) {
                let state = self.call.state();
                let sent = state.seal_rounds() > self.before;
                return Poll::Ready(Err(timed_out(limit.length, state, sent)));
            }
            self.limits.own = None;
            self.timer = None;
            self.set_end();
        }
    }

    /// Sets the attempt's own end anew, if it has waited for its turn meanwhile.
    fn is_later(&mut self, limit: Limit) -> bool {
        let end = self.call.state().end_after_wait(limit.length);
        let Some(end) = end.filter(|end| *end > limit.end) else {
            return false;
        };
        self.limits.own = Some(Limit { end, ..limit });
        self.timer = None;
        self.set_end();
        true
    }

    /// Whether the call's timer polls this attempt, and does so again at the attempt's end.
    fn is_watched(&self, cx: &Context<'_>) -> bool {
        self.call.state().is_polled_by(cx.waker())
    }

    /// Ready at the end of the attempt.
    fn poll_end(&mut self, end: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_watched(cx) {
            return Poll::Ready(());
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
        pin!(unconstrained(timer.as_mut())).poll(cx)
    }

    /// Tells the call's timer, and inner layers whose futures are dropped, when the attempt ends.
    fn set_end(&self) {
        let end = self.limits.first().map(|(limit, _)| limit.end);
        self.call.state().set_attempt_end(end);
    }
}

impl Limits {
    /// Returns the limit that is reached first, and whether it is the attempt's own.
    fn first(&self) -> Option<(Limit, bool)> {
        match (self.own, self.policy) {
            (Some(own), Some(policy)) if policy.end < own.end => Some((policy, false)),
            (Some(own), _) => Some((own, true)),
            (None, policy) => Some((policy?, false)),
        }
    }
}
