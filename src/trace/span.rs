//! Spans and events, in the terms of OpenTelemetry's HTTP client conventions.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tracing::dispatcher::with_default;
use tracing::field::{Empty, Field, FieldSet};
use tracing::level_filters::LevelFilter;
use tracing::span::EnteredSpan;
use tracing::{Span, Value, debug_span, info, info_span, warn};

use super::{About, End, Phase, Protocol, Reported, code, label};
use wechatpay_core::error::{Error, Verification};

/// The target of all spans and events, for filters: `RUST_LOG=wechatpay_chain=debug`.
const TARGET: &str = "wechatpay_chain";

/// Begins the span of a call.
pub(super) fn call(about: &About<'_>) -> Span {
    let method = label::method(about.method);
    let template = about.template;
    let span = info_span!(
        target: TARGET,
        "wechatpay.call",
        "otel.name" = format_args!("{} /{template}", label::spoken(method)),
        "otel.kind" = "client",
        "otel.status_code" = Empty,
        "http.request.method" = method,
        "http.request.resend_count" = Empty,
        "http.response.status_code" = Empty,
        "url.template" = format_args!("/{template}"),
        "server.address" = about.host,
        "server.port" = about.port,
        "network.protocol.version" = Empty,
        "error.type" = Empty,
        "wechatpay.merchant" = &**about.merchant,
        "wechatpay.attempts" = Empty,
        "wechatpay.connection.reused" = Empty,
        "wechatpay.code" = Empty,
        "wechatpay.request_id" = Empty,
        "wechatpay.serial" = Empty,
        "wechatpay.maybe_sent" = Empty,
        "wechatpay.undecided" = Empty,
    );
    if let Some(metadata) = span.metadata() {
        FIELDS.get_or_init(|| Fields::of(metadata.fields()));
    }
    span
}

/// Records the progress and the end of a call: values are recorded together, since to record several costs little more
/// than to record one.
pub(super) fn end(span: &Span, call: &impl Reported, end: &End<'_>) {
    let (Some(metadata), Some(Some(fields))) = (span.metadata(), FIELDS.get()) else {
        return;
    };
    let names = metadata.fields();
    record_progress(span, names, fields, call, end);
    match end {
        End::Answered(_) => {}
        End::Failed(err) => record_failure(span, names, fields, err),
        End::Cancelled {
            maybe_sent,
            undecided,
        } => {
            span.record_all(&names.value_set(&[
                (&fields.otel_status, Some(value(&"ERROR"))),
                (&fields.error_type, Some(value(&"cancelled"))),
                (&fields.maybe_sent, Some(value(maybe_sent))),
                (&fields.undecided, Some(value(undecided))),
            ]));
        }
    }
}

/// Records values of the last attempt.
fn record_progress(
    span: &Span,
    names: &FieldSet,
    fields: &Fields,
    call: &impl Reported,
    end: &End<'_>,
) {
    let last = &call.trace().last;
    let attempts = Some(u64::from(call.attempts())).filter(|attempts| *attempts > 0);
    let resent = attempts.map(|attempts| attempts - 1);
    let (version, reused) = last.connection().unzip();
    let version = version.map(Protocol::version);
    let status = last.status();
    let request_id = status.and_then(|_| call.request_id());
    let request_id = request_id.as_deref();
    let verification = match end {
        End::Answered(verification) => Some(*verification),
        End::Failed(err) => err.api().map(|api| &api.verification),
        End::Cancelled { .. } => None,
    };
    let serial = verification.and_then(serial);
    span.record_all(&names.value_set(&[
        (&fields.attempts, attempts.as_ref().map(value)),
        (
            &fields.resend_count,
            resent.as_ref().filter(|resent| **resent > 0).map(value),
        ),
        (&fields.reused, reused.as_ref().map(value)),
        (&fields.version, version.as_ref().map(value)),
        (&fields.status_code, status.as_ref().map(value)),
        (&fields.request_id, request_id.as_ref().map(value)),
        (&fields.serial, serial.as_ref().map(value)),
    ]));
}

fn record_failure(span: &Span, names: &FieldSet, fields: &Fields, err: &Error) {
    let kind = err.kind().as_str();
    let (maybe_sent, undecided) = (err.maybe_sent(), err.is_undecided());
    let code = code(err.api());
    span.record_all(&names.value_set(&[
        (&fields.otel_status, Some(value(&"ERROR"))),
        (&fields.error_type, Some(value(&kind))),
        (&fields.maybe_sent, Some(value(&maybe_sent))),
        (&fields.undecided, Some(value(&undecided))),
        (&fields.code, code.as_ref().map(value)),
    ]));
}

/// A future that runs inside a span.
///
/// Not [`Instrumented`](tracing::instrument::Instrumented), which enters the span once more to drop the future.
pub(crate) struct Inside<'s, F> {
    span: &'s Span,
    future: F,
}

impl<'s, F> Inside<'s, F> {
    pub(super) fn new(span: &'s Span, future: F) -> Self {
        Self { span, future }
    }
}

impl<F: Future + Unpin> Future for Inside<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _entered = self.span.enter();
        Pin::new(&mut self.future).poll(cx)
    }
}

/// The spans of a call's current phase, if a subscriber takes them when the call begins.
///
/// The subscriber is the program's: it may block, panic, or end the call. So no span is created, cloned or dropped while
/// the lock is held.
#[derive(Default)]
pub(super) struct PhaseSpans(OnceLock<Box<Mutex<Open>>>);

/// The open spans. All are closed when the call ends, even if a shared task continues: an open span keeps its parent open.
#[derive(Default)]
pub(super) struct Open {
    phase: PhaseSpan,
    connecting: PhaseSpan,
    /// The call's span, until it ends. A task that opens a phase has it too, so that it is not closed meanwhile. An `Arc`,
    /// whose clones the subscriber does not see.
    call: Option<Arc<Span>>,
}

/// The end of a phase, and what its successor needs.
struct Left {
    call: Arc<Span>,
    /// Dropped without the lock.
    ended: [PhaseSpan; 2],
    /// Whether the phase has begun already.
    is_same: bool,
}

type PhaseSpan = Option<(Phase, Span)>;

impl PhaseSpans {
    pub(super) fn begin(&self, call: &Span) {
        if !has_phases() {
            return;
        }
        let call = Some(Arc::new(call.clone()));
        self.0.get_or_init(|| {
            let open = Open {
                call,
                ..Open::default()
            };
            Box::new(Mutex::new(open))
        });
    }

    /// Reports a phase of the call, or of the connection that the call waits for.
    pub(super) fn enter(&self, phase: Option<Phase>, connecting: bool) {
        let Some(open) = self.0.get() else {
            return;
        };
        let left = lock(open).leave(phase, connecting);
        let Some(left) = left else {
            return;
        };
        // The previous phase ends before the next begins.
        drop(left.ended);
        if left.is_same {
            return;
        }
        let next = phase.map(|phase| (phase, phase_span(phase, &left.call)));
        // Another task may have entered a phase meanwhile, or have ended the call.
        let outdated = lock(open).replace(next, connecting);
        drop(outdated);
    }

    /// Returns the open spans, which the caller drops. None is opened from now on.
    pub(super) fn take(&self) -> Option<Open> {
        let open = self.0.get()?;
        Some(std::mem::take(&mut *lock(open)))
    }
}

fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Open {
    /// Takes the spans that end when a phase begins; `None` after the call's end.
    fn leave(&mut self, phase: Option<Phase>, connecting: bool) -> Option<Left> {
        let call = Arc::clone(self.call.as_ref()?);
        // A phase of the call means that this connection is open, or that another one is used.
        let connection = self.connecting.take_if(|_| !connecting);
        let current = self.current(connecting);
        let is_same = current.as_ref().map(|current| current.0) == phase;
        let current = current.take_if(|_| !is_same);
        Some(Left {
            call,
            ended: [connection, current],
            is_same,
        })
    }

    /// Sets the current phase; returns the span that is not needed any more.
    fn replace(&mut self, next: PhaseSpan, connecting: bool) -> PhaseSpan {
        if self.call.is_none() {
            return next;
        }
        std::mem::replace(self.current(connecting), next)
    }

    fn current(&mut self, connecting: bool) -> &mut PhaseSpan {
        if connecting {
            &mut self.connecting
        } else {
            &mut self.phase
        }
    }
}

/// The fields of a call's span that are recorded after it has begun. They are found once: finding a field by its name
/// costs more than recording it.
struct Fields {
    otel_status: Field,
    resend_count: Field,
    status_code: Field,
    error_type: Field,
    attempts: Field,
    reused: Field,
    version: Field,
    code: Field,
    request_id: Field,
    serial: Field,
    maybe_sent: Field,
    undecided: Field,
}

static FIELDS: OnceLock<Option<Fields>> = OnceLock::new();

impl Fields {
    fn of(all: &FieldSet) -> Option<Self> {
        Some(Self {
            otel_status: all.field("otel.status_code")?,
            resend_count: all.field("http.request.resend_count")?,
            status_code: all.field("http.response.status_code")?,
            error_type: all.field("error.type")?,
            attempts: all.field("wechatpay.attempts")?,
            reused: all.field("wechatpay.connection.reused")?,
            version: all.field("network.protocol.version")?,
            code: all.field("wechatpay.code")?,
            request_id: all.field("wechatpay.request_id")?,
            serial: all.field("wechatpay.serial")?,
            maybe_sent: all.field("wechatpay.maybe_sent")?,
            undecided: all.field("wechatpay.undecided")?,
        })
    }
}

/// Returns the serial or key id that verified a response.
fn serial(verification: &Verification) -> Option<&str> {
    match verification {
        Verification::Verified { serial } => Some(serial),
        _ => None,
    }
}

fn value<T: Value>(value: &T) -> &dyn Value {
    value
}

/// Creates a phase's span, for the subscriber that has the call's: another thread may have another one.
fn phase_span(phase: Phase, call: &Span) -> Span {
    let create = || match phase {
        Phase::Connect => debug_span!(target: TARGET, parent: call, "connect"),
        Phase::Tls => debug_span!(target: TARGET, parent: call, "tls"),
        Phase::Wait => debug_span!(target: TARGET, parent: call, "wait"),
        Phase::Read => debug_span!(target: TARGET, parent: call, "read"),
    };
    let span = call.with_subscriber(|(_, subscriber)| with_default(subscriber, create));
    span.unwrap_or_else(Span::none)
}

pub(super) fn sign() -> Option<EnteredSpan> {
    has_phases().then(|| debug_span!(target: TARGET, "sign").entered())
}

pub(super) fn verify() -> Option<EnteredSpan> {
    has_phases().then(|| debug_span!(target: TARGET, "verify").entered())
}

/// Whether any subscriber takes the spans of phases: it costs less to know that than to create a disabled span.
fn has_phases() -> bool {
    LevelFilter::current() >= LevelFilter::DEBUG
}

pub(super) fn probe() {
    info!(target: TARGET, "WeChat Pay deliberately sent a wrong signature, to check that signatures are \
                           verified");
}

pub(super) fn certificates(outcome: Result<usize, &Error>) {
    match outcome {
        Ok(count) => info!(target: TARGET, count, "the platform certificates were fetched"),
        Err(err) => warn!(
            target: TARGET,
            { "error.type" = err.kind().as_str(), "wechatpay.code" = code(err.api()) },
            "the platform certificates could not be fetched"
        ),
    }
}

pub(super) fn retry(attempt: usize, pause: Duration, err: &Error) {
    info!(
        target: TARGET,
        {
            "wechatpay.attempts" = attempt as u64,
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            "error.type" = err.kind().as_str(),
            "wechatpay.code" = code(err.api()),
        },
        "an attempt failed and will be repeated"
    );
}

pub(super) fn failover(from: &str, to: &str) {
    warn!(
        target: TARGET,
        { "wechatpay.failover.from" = from, "wechatpay.failover.to" = to },
        "calls go to another host"
    );
}

/// A number that two requests share, and an outcome that stays unknown, need a person.
pub(super) fn outcome(template: &str, merchant: &str, outcome: &'static str) {
    let template = format_args!("/{template}");
    match outcome {
        "still_unknown" => warn!(
            target: TARGET,
            { "url.template" = template, "wechatpay.merchant" = merchant, "wechatpay.outcome" = outcome },
            "the outcome of a request is still unknown after all queries"
        ),
        "number_taken" => warn!(
            target: TARGET,
            { "url.template" = template, "wechatpay.merchant" = merchant, "wechatpay.outcome" = outcome },
            "the number of a request belongs to another request"
        ),
        _ => {}
    }
}

pub(super) fn breaker(host: &str, port: u16, open: bool) {
    warn!(
        target: TARGET,
        { "server.address" = host, "server.port" = port, open },
        "the circuit breaker of a host has changed"
    );
}

#[cfg(test)]
#[path = "span_tests.rs"]
mod tests;
