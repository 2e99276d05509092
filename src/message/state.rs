//! The progress of a call, for its error and for the thread that waits for it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Waker;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::sent::Sent;
use crate::trace::{self, CallTrace, Reported};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// The progress of a running call, shared by all clones.
#[derive(Clone, Default)]
pub(crate) struct CallState(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// The attempts that may have sent something.
    sent: Sent,
    attempts: AtomicU32,
    /// The number of rounds that have begun.
    rounds: AtomicU32,
    /// Whether a repeated attempt's outcome is open.
    undecided: AtomicBool,
    phase: AtomicU8,
    /// Whether the current attempt has exceeded its time; written with the lock of `known`.
    attempt_is_over: AtomicBool,
    /// The address of the waker with which the call's timer polls the call now; 0 otherwise.
    poller: AtomicUsize,
    known: Mutex<Known>,
    trace: CallTrace,
    /// The call that waits for this connection. Not an `Arc`: the call has an `Arc` of its connection.
    waits: Option<Weak<Self>>,
}

#[derive(Default)]
struct Known {
    deadline: Option<Instant>,
    /// The deadline of all attempts together.
    attempts_end: Option<Instant>,
    /// The deadline of the current attempt.
    attempt_end: Option<Instant>,
    /// Whether the current attempt waits for a layer that lets it through later.
    is_held: bool,
    /// When the current attempt was last let through.
    let_through: Option<Instant>,
    /// The deadline for the last byte of the response.
    end: Option<(Instant, Duration)>,
    /// `host:port` of the server.
    server: Option<Arc<str>>,
    /// `host:port` of the proxy, without its credentials.
    proxy: Option<Arc<str>>,
    head: Option<(StatusCode, Option<Arc<str>>)>,
    /// The progress of the connection that the call waits for.
    connecting: Option<CallState>,
}

/// The current activity of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    Preparing,
    Resolving,
    Connecting,
    Tunnel,
    Tls,
    Waiting,
    Reading,
}

const PHASES: [Phase; 7] = [
    Phase::Preparing,
    Phase::Resolving,
    Phase::Connecting,
    Phase::Tunnel,
    Phase::Tls,
    Phase::Waiting,
    Phase::Reading,
];

impl Phase {
    /// Returns the phase for spans.
    fn reported(self) -> Option<trace::Phase> {
        match self {
            Self::Preparing => None,
            Self::Resolving | Self::Connecting | Self::Tunnel => Some(trace::Phase::Connect),
            Self::Tls => Some(trace::Phase::Tls),
            Self::Waiting => Some(trace::Phase::Wait),
            Self::Reading => Some(trace::Phase::Read),
        }
    }
}

impl CallState {
    /// Begins a round of attempts: a layer that may repeat the request begins one before each.
    ///
    /// The round is known to the layers inside from the beginning, so that one which goes on in another thread cannot begin
    /// an attempt after its round was sealed.
    pub(crate) fn begin_round(&self) -> u32 {
        self.0.rounds.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Records that an attempt of a round begins at the transport.
    ///
    /// Until the transport reports its progress, the request counts as possibly sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] when the call has ended.
    pub(crate) fn begin_attempt(&self, round: u32) -> Result<Attempt> {
        if !self.0.sent.add(round) {
            return Err(ended());
        }
        let number = self.0.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        if number > 1 {
            // The response of an earlier attempt is not this one's.
            self.known().head = None;
        }
        self.0.trace.attempt(number);
        Ok(Attempt(Arc::new(AttemptInner {
            state: self.clone(),
            round,
            assumed: AtomicBool::new(true),
        })))
    }

    /// Returns the sink of the call's reports.
    pub(crate) fn trace(&self) -> &CallTrace {
        &self.0.trace
    }

    /// Returns how many attempts may have reached WeChat Pay so far, including aborted ones.
    pub(crate) fn unresolved(&self) -> u32 {
        self.0.sent.count()
    }

    /// Forbids that attempts of the rounds so far are sent from now on; returns how many may have reached WeChat Pay.
    ///
    /// A dropped attempt may go on in another thread, which would otherwise send it after "nothing was sent".
    pub(crate) fn seal_rounds(&self) -> u32 {
        let begun = self.0.rounds.load(Ordering::Relaxed);
        self.0.sent.seal(begun.saturating_add(1))
    }

    /// Forbids that the call sends anything from now on; returns whether it may have reached WeChat Pay.
    pub(crate) fn seal(&self) -> bool {
        self.0.sent.seal(u32::MAX) > 0
    }

    /// Returns how many attempts the transport has started.
    pub(crate) fn attempts(&self) -> u32 {
        self.0.attempts.load(Ordering::Relaxed)
    }

    /// Records that the call continues after an attempt with an unknown outcome.
    pub(crate) fn note_undecided(&self) {
        self.0.undecided.store(true, Ordering::Relaxed);
    }

    fn is_undecided(&self) -> bool {
        self.0.undecided.load(Ordering::Relaxed)
    }

    /// Adds to an error that an attempt of the call may have been processed, if the error denies it: the last attempt may
    /// not have been sent, a middleware may have replaced the error of one that was, and WeChat Pay's refusal of one
    /// says nothing about another. Reads change nothing.
    pub(crate) fn told(&self, err: Error, is_read: bool) -> Error {
        let unresolved = self.unresolved();
        let denied = unresolved > 0 && !err.maybe_sent();
        // The layer `retry` settles attempts that were refused; the program's layers do not.
        let is_of_one = err.api().is_some() && unresolved > 1;
        if is_read && denied {
            err.with_maybe_sent(true)
        } else if !is_read && (denied || is_of_one || self.is_undecided()) {
            err.with_open_attempt()
        } else {
            err
        }
    }

    /// Records that WeChat Pay has answered an attempt of the round that was sealed last, and has not processed it; `before`
    /// is the number of unresolved attempts before the round. A delivery that was answered is never taken back later.
    pub(crate) fn settle(&self, before: u32) {
        if self.unresolved() > before {
            self.0.sent.remove();
        }
    }

    /// Records that an attempt is over and another will follow.
    pub(crate) fn between_attempts(&self) {
        self.known().head = None;
        self.enter(Phase::Preparing);
    }

    /// Records the call's current activity.
    pub(crate) fn enter(&self, phase: Phase) {
        self.0.phase.store(phase as u8, Ordering::Relaxed);
        match &self.0.waits {
            None => self.0.trace.phase(phase.reported(), false),
            // A connection may be finished for another call after this one has ended.
            Some(call) => {
                if let Some(call) = call.upgrade() {
                    call.trace.phase(phase.reported(), true);
                }
            }
        }
        self.known().connecting = None;
    }

    /// Records that the call waits for a connection, and reports the connection's state meanwhile.
    ///
    /// Another call may use the connection in the end, while this call does something else.
    pub(crate) fn connecting(&self) -> Self {
        let connecting = Self(Arc::new(Inner {
            waits: Some(Arc::downgrade(&self.0)),
            ..Inner::default()
        }));
        let mut known = self.known();
        connecting.known().server.clone_from(&known.server);
        connecting.known().proxy.clone_from(&known.proxy);
        known.connecting = Some(connecting.clone());
        connecting
    }

    /// Records the target of an attempt, as `host:port`.
    pub(crate) fn set_route(&self, server: Arc<str>, proxy: Option<Arc<str>>) {
        let mut known = self.known();
        known.server = Some(server);
        known.proxy = proxy;
    }

    /// Records the status and `Request-ID` of an answer before its body arrives.
    pub(crate) fn set_head(&self, status: StatusCode, request_id: Option<&str>) {
        self.enter(Phase::Reading);
        let request_id = request_id.map(Arc::from);
        self.known().head = Some((status, request_id));
        self.0.trace.head(status);
    }

    /// Limits the time of the call; returns its end, unless that is too far away for a clock.
    pub(crate) fn set_limit(&self, limit: Duration) -> Option<Instant> {
        let deadline = Instant::now().checked_add(limit);
        self.known().deadline = deadline;
        deadline
    }

    /// Limits the time until the last byte of the response, streamed or not.
    pub(crate) fn set_end(&self, limit: Duration) {
        self.known().end = Instant::now().checked_add(limit).map(|at| (at, limit));
    }

    pub(crate) fn deadline(&self) -> Option<(Instant, Duration)> {
        self.known().end
    }

    /// Limits the time of all attempts together.
    pub(crate) fn set_attempts_end(&self, end: Instant) {
        self.known().attempts_end = Some(end);
    }

    /// Returns the remaining time of the call and of its attempts; `None` without a limit.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        let known = self.known();
        let ends = [known.deadline, known.attempts_end];
        let end = ends.into_iter().flatten().min()?;
        Some(end.saturating_duration_since(Instant::now()))
    }

    /// Polls the call for its timer, which also wakes attempts that are polled with the same waker.
    pub(super) fn polled<T>(&self, waker: &Waker, poll: impl FnOnce() -> T) -> T {
        self.0.poller.store(waker.data().addr(), Ordering::Relaxed);
        let polled = poll();
        self.0.poller.store(0, Ordering::Relaxed);
        polled
    }

    /// Whether the call's timer wakes the current attempt at its end.
    ///
    /// It does not if a layer has moved the attempt to another task.
    pub(crate) fn is_polled_by(&self, waker: &Waker) -> bool {
        let poller = self.0.poller.load(Ordering::Relaxed);
        poller != 0 && poller == waker.data().addr()
    }

    /// Sets the deadline of the current attempt; `None` for the call's only.
    pub(crate) fn set_attempt_end(&self, end: Option<Instant>) {
        let mut known = self.known();
        known.attempt_end = end;
        self.0.attempt_is_over.store(false, Ordering::Relaxed);
    }

    /// Records that the current attempt waits, until the guard is dropped: the wait is not part of the attempt's time.
    pub(crate) fn hold(&self) -> Held<'_> {
        self.known().is_held = true;
        Held(self)
    }

    /// Returns the end of the current attempt's time, counted from the end of its wait.
    pub(crate) fn end_after_wait(&self, length: Duration) -> Option<Instant> {
        let known = self.known();
        let from = if known.is_held {
            Instant::now()
        } else {
            known.let_through?
        };
        from.checked_add(length)
    }

    /// Returns the deadline of the current attempt, until it is exceeded.
    pub(super) fn attempt_end(&self) -> Option<Instant> {
        let known = self.known();
        known.attempt_end.filter(|_| !self.is_attempt_over())
    }

    /// Records that the attempt with this deadline has exceeded its time, if it is still the current one.
    pub(super) fn end_attempt(&self, end: Instant) {
        let known = self.known();
        if known.attempt_end == Some(end) {
            self.0.attempt_is_over.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the call's timer has found that the current attempt exceeded its time.
    pub(crate) fn is_attempt_over(&self) -> bool {
        self.0.attempt_is_over.load(Ordering::Relaxed)
    }

    /// Whether the call or its current attempt has exceeded its time.
    pub(crate) fn is_late(&self) -> bool {
        let attempt_end = self.known().attempt_end;
        attempt_end.is_some_and(|end| end <= Instant::now())
            || self.remaining().is_some_and(|left| left.is_zero())
    }

    /// Returns the `Request-ID` of an answer that had begun.
    pub(crate) fn request_id(&self) -> Option<String> {
        Reported::request_id(self).map(|id| id.to_string())
    }

    fn phase(&self) -> Phase {
        let phase = self.0.phase.load(Ordering::Relaxed);
        PHASES[usize::from(phase).min(PHASES.len() - 1)]
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reported for CallState {
    fn trace(&self) -> &CallTrace {
        &self.0.trace
    }

    fn may_have_arrived(&self) -> bool {
        self.unresolved() > 0
    }

    fn attempts(&self) -> u32 {
        self.attempts()
    }

    fn request_id(&self) -> Option<Arc<str>> {
        self.known().head.as_ref()?.1.clone()
    }
}

/// Writes the current activity as a phrase after "while": `waiting for the answer of api.mch.weixin.qq.com:443`.
impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known();
        if let Some(connecting) = &known.connecting {
            return connecting.fmt(f);
        }
        let Some(server) = &known.server else {
            return f.write_str("preparing the request");
        };
        let peer = known.proxy.as_ref().unwrap_or(server);
        match self.phase() {
            Phase::Preparing => f.write_str("preparing the request")?,
            Phase::Resolving => write!(f, "looking up the name of {peer}")?,
            Phase::Connecting => write!(f, "opening a TCP connection to {peer}")?,
            Phase::Tunnel => write!(f, "asking for a tunnel to {server}")?,
            Phase::Tls => write!(f, "negotiating TLS with {server}")?,
            Phase::Waiting => write!(f, "waiting for the answer of {server}")?,
            Phase::Reading => write!(f, "reading the answer of {server}")?,
        }
        if let Some(proxy) = &known.proxy {
            write!(f, ", through the proxy {proxy}")?;
        }
        match (&known.head, self.phase()) {
            (Some((status, _)), Phase::Reading) => write!(f, ", whose status is {status}"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallState").field(&self.to_string()).finish()
    }
}

/// An attempt that waits for a layer.
#[must_use = "the wait ends when it is dropped"]
pub(crate) struct Held<'a>(&'a CallState);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut known = self.0.known();
        known.is_held = false;
        known.let_through = Some(Instant::now());
    }
}

/// An attempt at the transport, in the request's extensions.
///
/// A layer around the default transport may copy the request and send it several times, one after the other or at
/// once. So each delivery is counted separately, and one that failed does not take back another.
#[derive(Clone)]
pub(crate) struct Attempt(Arc<AttemptInner>);

struct AttemptInner {
    state: CallState,
    round: u32,
    /// Whether the attempt is counted although no delivery was reported: not every transport reports them.
    assumed: AtomicBool,
}

/// A request that a connection has received: it is counted as sent unless that is withdrawn.
#[must_use = "a delivery that is dropped stays counted"]
pub(crate) struct Delivery<'a>(&'a CallState);

impl Attempt {
    pub(crate) fn state(&self) -> &CallState {
        &self.0.state
    }

    /// Records that nothing was sent, unless a delivery was reported.
    ///
    /// A transport that reports its deliveries does this when it receives the request.
    pub(crate) fn withdraw(&self) {
        if self.0.assumed.swap(false, Ordering::Relaxed) {
            self.0.state.0.sent.remove();
        }
    }

    /// Records that the transport has ended with this error, and returns it.
    ///
    /// The request counts as possibly sent again, even if the transport sent nothing: what happens next is not known here. A
    /// transport around it may send the request in another way. Without one, the stack withdraws the attempt.
    pub(crate) fn after_failure(&self, err: Error) -> Error {
        let known = err.maybe_sent() || self.0.assumed.swap(true, Ordering::Relaxed);
        if !known && !self.0.state.0.sent.add(self.0.round) {
            self.0.assumed.store(false, Ordering::Relaxed);
        }
        err
    }

    /// Records that a connection receives the request, which may be sent from now on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] when the call has ended, or given this attempt up: the request must not be sent.
    pub(crate) fn deliver(&self) -> Result<Delivery<'_>> {
        let state = &self.0.state;
        if self.0.assumed.swap(false, Ordering::Relaxed) || state.0.sent.add(self.0.round) {
            return Ok(Delivery(state));
        }
        Err(ended())
    }
}

impl Delivery<'_> {
    /// Records that nothing of this delivery was sent, and nothing will be.
    pub(crate) fn withdraw(self) {
        self.0.0.sent.remove();
    }
}

fn ended() -> Error {
    let message = "the call ended before its request could be sent; nothing was sent";
    Error::new(ErrorKind::Timeout, message).with_maybe_sent(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wechatpay_core::error::{ApiError, Verification};

    #[test]
    fn an_attempt_counts_until_its_transport_reports_deliveries() {
        let state = CallState::default();
        let begin = || state.begin_attempt(0).unwrap();
        let (first, second) = (begin(), begin());
        assert_eq!(state.unresolved(), 2);
        first.withdraw();
        first.withdraw();
        assert_eq!(state.unresolved(), 1, "the second may have been sent");
        second.withdraw();
        assert_eq!(state.unresolved(), 0);
        second.deliver().unwrap().withdraw();
        assert_eq!(state.unresolved(), 0);
        let _sent = second.deliver().unwrap();
        second.withdraw();
        assert_eq!(state.unresolved(), 1, "a delivery was reported");
    }

    #[test]
    fn a_delivery_that_failed_does_not_take_back_another() {
        let state = CallState::default();
        let attempt = state.begin_attempt(0).unwrap();
        attempt.withdraw();
        let _sent = attempt.deliver().unwrap();
        // The request is sent once more.
        attempt.withdraw();
        attempt.deliver().unwrap().withdraw();
        attempt.withdraw();
        assert!(state.seal());
    }

    #[test]
    fn an_attempt_that_was_given_up_cannot_be_sent() {
        let state = CallState::default();
        let round = state.begin_round();
        let first = state.begin_attempt(round).unwrap();
        first.withdraw();
        assert_eq!(state.seal_rounds(), 0);
        assert!(state.begin_attempt(round).is_err(), "begun too late");
        let err = first.deliver().map(drop).unwrap_err();
        assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Timeout, false));
        let round = state.begin_round();
        let second = state.begin_attempt(round).unwrap();
        assert_eq!(state.unresolved(), 1);
        second.withdraw();
        assert!(!state.seal());
        assert!(second.deliver().is_err() && state.begin_attempt(round).is_err());
        assert_eq!(state.unresolved(), 0);
    }

    #[test]
    fn a_refusal_of_one_attempt_says_nothing_about_another() {
        let refused = || {
            let mut refusal = ApiError::new(StatusCode::FORBIDDEN);
            refusal.verification = Verification::Verified { serial: "S".into() };
            Error::from_api(refusal)
        };
        for (attempts, undecided) in [(1, false), (2, true)] {
            let state = CallState::default();
            for _ in 0..attempts {
                state.begin_attempt(0).unwrap();
            }
            assert_eq!(state.told(refused(), false).is_undecided(), undecided);
            assert!(!state.told(refused(), true).is_undecided(), "a read");
        }
        let state = CallState::default();
        state.begin_attempt(0).unwrap().withdraw();
        state.begin_attempt(0).unwrap();
        assert!(!state.told(refused(), false).is_undecided(), "not sent");
    }

    #[test]
    fn the_head_of_an_earlier_attempt_is_forgotten() {
        let state = CallState::default();
        state.begin_attempt(0).unwrap();
        state.set_head(StatusCode::SERVICE_UNAVAILABLE, Some("first"));
        state.between_attempts();
        assert_eq!(state.request_id(), None);
        assert!(state.phase() == Phase::Preparing);
        state.set_head(StatusCode::SERVICE_UNAVAILABLE, Some("first"));
        state.begin_attempt(0).unwrap();
        assert_eq!(state.request_id(), None, "the program's layer repeated it");
    }

    #[test]
    fn an_ended_call_keeps_what_was_sent() {
        let state = CallState::default();
        let sent = state.begin_attempt(0).unwrap();
        assert!(state.seal());
        let delivery = sent.deliver().unwrap();
        assert_eq!(state.unresolved(), 1, "it was counted before");
        delivery.withdraw();
        assert!(sent.deliver().is_err());
    }

    #[test]
    fn timeouts_name_the_step_and_the_server() {
        let state = CallState::default();
        state.enter(Phase::Tls);
        assert_eq!(state.to_string(), "preparing the request");
        state.set_route("a:443".into(), Some("p:3128".into()));
        for (phase, expected) in [
            (
                Phase::Resolving,
                "looking up the name of p:3128, through the proxy p:3128",
            ),
            (
                Phase::Tls,
                "negotiating TLS with a:443, through the proxy p:3128",
            ),
        ] {
            state.enter(phase);
            assert_eq!(state.to_string(), expected);
        }
        state.set_route("a:443".into(), None);
        state.set_head(StatusCode::FORBIDDEN, Some("08"));
        let expected = "reading the answer of a:443, whose status is 403 Forbidden";
        assert_eq!(state.to_string(), expected);
        assert_eq!(state.request_id().as_deref(), Some("08"));
    }
}
