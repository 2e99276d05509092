//! The reports of a client: spans and events (feature `tracing`), counters and histograms (feature `metrics`).
//!
//! Every report goes through this module, so that one place decides its content: methods, hosts, templates,
//! statuses and ids, never a value, a path variable, a body or a key. Without the two features everything here is
//! empty and compiles to nothing.

#![cfg_attr(
    not(all(feature = "tracing", feature = "metrics")),
    allow(
        dead_code,
        unused_imports,
        unused_variables,
        reason = "without the features nothing is reported"
    )
)]

#[cfg(any(feature = "tracing", feature = "metrics"))]
mod label;
#[cfg(feature = "metrics")]
pub(crate) mod meter;
#[cfg(feature = "tracing")]
mod span;

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;
#[cfg(any(feature = "tracing", feature = "metrics"))]
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU16, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};

use wechatpay_core::error::{ApiError, Error, Verification};

/// The attributes of a call before it is sent.
pub(crate) struct About<'a> {
    pub(crate) method: &'a Method,
    /// The template of the catalog, or the caller's without its query: it contains no values.
    ///
    /// Text built at run time is `{}` in [`CallInfo::template`](crate::CallInfo::template).
    pub(crate) template: &'a str,
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// The merchant id or brand id.
    pub(crate) merchant: &'a Arc<str>,
    /// Whether the call changes nothing at WeChat Pay.
    pub(crate) is_read: bool,
}

/// The end of a call.
pub(crate) enum End<'a> {
    Answered(&'a Verification),
    Failed(&'a Error),
    /// The call was dropped.
    Cancelled {
        /// Whether WeChat Pay may have received the request.
        maybe_sent: bool,
        /// Whether it may have changed something.
        undecided: bool,
    },
}

/// The version of HTTP of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

impl Protocol {
    /// Returns OpenTelemetry's name.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::Http1 => "1.1",
            Self::Http2 => "2",
        }
    }
}

/// A part of a call that takes time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Connect,
    Tls,
    Wait,
    Read,
}

/// The reports of one call, shared by all tasks that work for the call.
#[derive(Default)]
pub(crate) struct CallTrace {
    #[cfg(any(feature = "tracing", feature = "metrics"))]
    last: LastAttempt,
    #[cfg(feature = "tracing")]
    phases: span::PhaseSpans,
    #[cfg(feature = "metrics")]
    meter: meter::CallMeter,
}

/// The progress of the last attempt.
#[cfg(any(feature = "tracing", feature = "metrics"))]
#[derive(Default)]
struct LastAttempt {
    /// The status of the response; 0 before.
    status: AtomicU16,
    /// The protocol of the connection as its variant plus 1; 0 before.
    protocol: AtomicU8,
    /// Whether the connection was used before.
    reused: AtomicBool,
}

/// A call that is reported.
pub(crate) trait Reported {
    fn trace(&self) -> &CallTrace;

    /// Whether WeChat Pay may have received it.
    fn may_have_arrived(&self) -> bool;

    /// The number of attempts at the transport so far.
    fn attempts(&self) -> u32;

    /// The `Request-ID` of the last attempt's response.
    fn request_id(&self) -> Option<Arc<str>>;
}

/// A running call. If it is dropped before [`end`](Self::end), it is reported as cancelled.
pub(crate) struct Running<T: Reported> {
    call: T,
    ended: bool,
    is_read: bool,
    /// Not in the state of the call, which tasks may keep after its end: an open span keeps its parent open.
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl CallTrace {
    /// Reports an attempt at the transport; the first is number 1.
    pub(crate) fn attempt(&self, number: u32) {
        #[cfg(any(feature = "tracing", feature = "metrics"))]
        self.last.clear();
        #[cfg(feature = "metrics")]
        self.meter.attempt(number);
    }

    /// Reports the current phase of the call, or of the connection that it waits for; `None` between phases.
    pub(crate) fn phase(&self, phase: Option<Phase>, connecting: bool) {
        #[cfg(feature = "tracing")]
        self.phases.enter(phase, connecting);
    }

    /// Reports the connection of the request.
    pub(crate) fn connection(&self, reused: bool, protocol: Protocol) {
        #[cfg(any(feature = "tracing", feature = "metrics"))]
        self.last.connect(reused, protocol);
        #[cfg(feature = "metrics")]
        self.meter.connection(reused);
    }

    /// Reports the beginning of an answer.
    pub(crate) fn head(&self, status: StatusCode) {
        #[cfg(any(feature = "tracing", feature = "metrics"))]
        self.last.status.store(status.as_u16(), Ordering::Relaxed);
    }
}

#[cfg(any(feature = "tracing", feature = "metrics"))]
impl LastAttempt {
    fn clear(&self) {
        self.status.store(0, Ordering::Relaxed);
        self.protocol.store(0, Ordering::Relaxed);
    }

    fn connect(&self, reused: bool, protocol: Protocol) {
        self.reused.store(reused, Ordering::Relaxed);
        self.protocol.store(protocol as u8 + 1, Ordering::Relaxed);
    }

    fn status(&self) -> Option<u16> {
        Some(self.status.load(Ordering::Relaxed)).filter(|status| *status > 0)
    }

    /// Returns the connection's protocol, and whether the connection was used before.
    fn connection(&self) -> Option<(Protocol, bool)> {
        let protocol = match self.protocol.load(Ordering::Relaxed) {
            0 => return None,
            1 => Protocol::Http1,
            _ => Protocol::Http2,
        };
        Some((protocol, self.reused.load(Ordering::Relaxed)))
    }
}

impl<T: Reported> Running<T> {
    /// Begins the reports of a call. Its attributes are computed only if they are reported.
    pub(crate) fn begin<'a>(call: T, about: impl FnOnce() -> About<'a>) -> Self {
        #[cfg(any(feature = "tracing", feature = "metrics"))]
        let about = &about();
        #[cfg(feature = "tracing")]
        let span = span::call(about);
        #[cfg(feature = "tracing")]
        call.trace().phases.begin(&span);
        #[cfg(feature = "metrics")]
        call.trace().meter.begin(about);
        Self {
            call,
            ended: false,
            #[cfg(any(feature = "tracing", feature = "metrics"))]
            is_read: about.is_read,
            #[cfg(not(any(feature = "tracing", feature = "metrics")))]
            is_read: false,
            #[cfg(feature = "tracing")]
            span,
        }
    }

    /// Runs a call without reports.
    pub(crate) fn unreported(call: T) -> Self {
        Self {
            call,
            ended: false,
            is_read: false,
            #[cfg(feature = "tracing")]
            span: tracing::Span::none(),
        }
    }

    /// Runs a function inside the call's span.
    pub(crate) fn within<R>(&self, work: impl FnOnce() -> R) -> R {
        #[cfg(feature = "tracing")]
        let _entered = self.span.enter();
        work()
    }

    /// Wraps the future, which runs inside the call's span.
    #[cfg(feature = "tracing")]
    pub(crate) fn follow<F: Future + Unpin>(&self, future: F) -> span::Inside<'_, F> {
        span::Inside::new(&self.span, future)
    }

    /// Returns the future.
    #[cfg(not(feature = "tracing"))]
    pub(crate) fn follow<F: Future + Unpin>(&self, future: F) -> F {
        future
    }

    /// Reports how the call ended.
    pub(crate) fn end(mut self, end: &End<'_>) {
        self.finish(end);
    }

    /// A subscriber or recorder may panic, and the others still see the end.
    fn finish(&mut self, end: &End<'_>) {
        self.ended = true;
        let trace = self.call.trace();
        #[cfg(feature = "tracing")]
        let _phases = trace.phases.take();
        #[cfg(feature = "metrics")]
        trace.meter.end(end, &trace.last);
        #[cfg(feature = "tracing")]
        span::end(&self.span, &self.call, end);
    }
}

impl<T: Reported> Drop for Running<T> {
    fn drop(&mut self) {
        if !self.ended {
            let maybe_sent = self.call.may_have_arrived();
            self.finish(&End::Cancelled {
                maybe_sent,
                undecided: maybe_sent && !self.is_read,
            });
        }
    }
}

/// The caller's span and subscriber, for a future that another thread or task runs.
pub(crate) struct Scope {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
    #[cfg(feature = "tracing")]
    subscriber: tracing::Dispatch,
}

impl Scope {
    pub(crate) fn current() -> Self {
        Self {
            #[cfg(feature = "tracing")]
            span: tracing::Span::current(),
            #[cfg(feature = "tracing")]
            subscriber: tracing::dispatcher::get_default(Clone::clone),
        }
    }

    /// Wraps the future, which keeps the span and the subscriber.
    #[cfg(feature = "tracing")]
    pub(crate) fn carry<F: Future>(self, future: F) -> impl Future<Output = F::Output> + use<F> {
        use tracing::Instrument;
        use tracing::instrument::WithSubscriber;
        future
            .instrument(self.span)
            .with_subscriber(self.subscriber)
    }

    /// Returns the future.
    #[cfg(not(feature = "tracing"))]
    pub(crate) fn carry<F: Future>(self, future: F) -> F {
        future
    }
}

/// Wraps a future that runs in another thread or task, to keep the caller's span and subscriber.
pub(crate) fn carried<F: Future>(future: F) -> impl Future<Output = F::Output> + use<F> {
    Scope::current().carry(future)
}

/// Signs, inside a span.
pub(crate) fn sign<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(feature = "tracing")]
    let _entered = span::sign();
    work()
}

/// Verifies, inside a span.
pub(crate) fn verify<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(feature = "tracing")]
    let _entered = span::verify();
    work()
}

/// Reports WeChat Pay's clock minus this machine's, in seconds, from a verified answer.
pub(crate) fn clock_offset(offset: i64) {
    #[cfg(feature = "metrics")]
    meter::clock_offset(offset);
}

/// Reports a signature probe by WeChat Pay.
pub(crate) fn probe() {
    #[cfg(feature = "tracing")]
    span::probe();
    #[cfg(feature = "metrics")]
    meter::probe();
}

/// Reports a fetch of the platform certificates: their number, or the error.
pub(crate) fn certificates(outcome: Result<usize, &Error>) {
    #[cfg(feature = "tracing")]
    span::certificates(outcome);
    #[cfg(feature = "metrics")]
    meter::certificates(outcome.err());
}

/// Reports that an attempt failed and will be repeated after `pause`.
pub(crate) fn retry(attempt: usize, pause: Duration, err: &Error) {
    #[cfg(feature = "tracing")]
    span::retry(attempt, pause, err);
}

/// Reports that no connection to a host could be made, and that the call goes to another one.
pub(crate) fn failover(from: impl Display, to: impl Display) {
    #[cfg(feature = "tracing")]
    span::failover(&from.to_string(), &to.to_string());
    redirected(from, to);
}

/// Reports that a call goes to another host, since its own is down.
pub(crate) fn redirected(from: impl Display, to: impl Display) {
    #[cfg(feature = "metrics")]
    meter::failover(from.to_string(), to.to_string());
}

/// Reports how the search for the outcome of a request ended.
pub(crate) fn outcome(template: &str, merchant: &Arc<str>, outcome: &'static str) {
    #[cfg(feature = "tracing")]
    span::outcome(template, merchant, outcome);
    #[cfg(feature = "metrics")]
    meter::outcome(template, merchant, outcome);
}

/// Reports that a circuit breaker has opened or closed.
pub(crate) fn breaker(host: &str, port: u16, open: bool) {
    #[cfg(feature = "tracing")]
    span::breaker(host, port, open);
    #[cfg(feature = "metrics")]
    meter::breaker(host, port, open);
}

/// An open connection; it is counted until this and all its uses are dropped.
#[derive(Clone, Default)]
pub(crate) struct OpenConnection {
    #[cfg(feature = "metrics")]
    counted: Option<Arc<meter::OpenConnection>>,
}

/// The use of a connection by one call; it is counted as active until this is dropped.
pub(crate) struct ConnectionUse {
    open: OpenConnection,
}

impl OpenConnection {
    /// Reports a connection to a server, which a proxy may stand for.
    pub(crate) fn new(host: &str, port: u16) -> Self {
        Self {
            #[cfg(feature = "metrics")]
            counted: Some(Arc::new(meter::OpenConnection::new(host, port))),
        }
    }

    /// Reports that a call uses the connection.
    pub(crate) fn enter(&self) -> ConnectionUse {
        #[cfg(feature = "metrics")]
        if let Some(counted) = &self.counted {
            counted.enter();
        }
        ConnectionUse { open: self.clone() }
    }
}

impl Drop for ConnectionUse {
    fn drop(&mut self) {
        #[cfg(feature = "metrics")]
        if let Some(counted) = &self.open.counted {
            counted.leave();
        }
    }
}

impl std::fmt::Debug for OpenConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenConnection")
    }
}

/// Returns the code of a refusal, `_OTHER` if it does not have the form of a code: a proxy may have written anything.
///
/// `None` without a code: an empty one would read as if WeChat Pay had sent it.
#[cfg(any(feature = "tracing", feature = "metrics"))]
fn code(api: Option<&ApiError>) -> Option<&str> {
    let code = api?.code.trim();
    let fine = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    if code.is_empty() {
        None
    } else if code.len() <= 64
        && code.bytes().all(fine)
        && !code.starts_with(|c: char| c.is_ascii_digit())
    {
        Some(code)
    } else {
        Some("_OTHER")
    }
}
