//! Spans and events, in the terms of OpenTelemetry's HTTP client conventions.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tracing::field::{Empty, Field, FieldSet};
use tracing::level_filters::LevelFilter;
use tracing::span::EnteredSpan;
use tracing::{Span, Value, debug_span, info, info_span, warn};

use super::{About, End, Phase, Protocol, code, label};
use wechatpay_core::error::{Error, Verification};

/// The target of all spans and events, for filters: `RUST_LOG=wechatpay_chain=debug`.
const TARGET: &str = "wechatpay_chain";

/// The span of a call, and the spans of its current phase.
///
/// The subscriber is the program's: it may block, panic, or end the call. So no span is created, cloned, recorded or
/// dropped while the lock is held.
#[derive(Default)]
pub(super) struct CallSpan(Mutex<Open>);

/// The open spans. All are closed when the call ends, even if a shared task continues: an open span
/// keeps its parent open.
#[derive(Default)]
struct Open {
    /// An `Arc`, whose clones the subscriber does not see.
    call: Option<Arc<Span>>,
    phase: PhaseSpan,
    connecting: PhaseSpan,
    progress: Progress,
}

/// Values that are recorded when the call ends: those of the last attempt only, and to record several values at once
/// costs little more than to record one.
#[derive(Default)]
struct Progress {
    attempts: Option<u64>,
    connection: Option<(bool, Protocol)>,
    status: Option<u16>,
    request_id: Option<Arc<str>>,
}

/// Boxed: without a subscriber at DEBUG there are none, and calls pay for the size of their state.
type PhaseSpan = Option<Box<(Phase, Span)>>;

impl Open {
    /// Takes the spans that end when a phase begins, and the call's span; `None` if the phase has begun already.
    fn leave(
        &mut self,
        phase: Option<Phase>,
        connecting: bool,
    ) -> Option<(Arc<Span>, [PhaseSpan; 2])> {
        let call = Arc::clone(self.call.as_ref()?);
        // A phase of the call means that this connection is open, or that another one is used.
        let connection = self.connecting.take_if(|_| !connecting);
        let current = self.current(connecting);
        if current.as_ref().map(|current| current.0) == phase {
            return None;
        }
        let current = current.take();
        Some((call, [connection, current]))
    }

    fn current(&mut self, connecting: bool) -> &mut PhaseSpan {
        if connecting {
            &mut self.connecting
        } else {
            &mut self.phase
        }
    }

    fn failed(&self, err: &Error) {
        let (kind, maybe_sent) = (err.kind().as_str(), err.maybe_sent());
        let undecided = err.is_undecided();
        let api = err.api();
        let code = code(api);
        let serial = api.and_then(|api| serial(&api.verification));
        self.record(|it| {
            [
                (&it.otel_status, Some(&"ERROR" as &dyn Value)),
                (&it.error_type, Some(&kind)),
                (&it.maybe_sent, Some(&maybe_sent)),
                (&it.undecided, Some(&undecided)),
                (&it.code, code.as_ref().map(value)),
                (&it.serial, serial.as_ref().map(value)),
            ]
        });
    }

    /// Records values and the progress, in one step.
    fn record<'v>(&self, values: impl FnOnce(&'static Fields) -> [LateValue<'v>; 6]) {
        let (Some(call), Some(Some(fields))) = (&self.call, FIELDS.get()) else {
            return;
        };
        let Some(metadata) = call.metadata() else {
            return;
        };
        let Progress {
            attempts,
            connection,
            status,
            request_id,
        } = &self.progress;
        let (reused, version) = connection.unzip();
        let version = version.map(Protocol::version);
        let request_id = request_id.as_deref();
        let resent = attempts.map_or(0, |attempts| attempts.saturating_sub(1));
        let [one, two, three, four, five, six] = values(fields);
        let all = [
            (&fields.attempts, attempts.as_ref().map(value)),
            (&fields.resend_count, (resent > 0).then(|| value(&resent))),
            (&fields.reused, reused.as_ref().map(value)),
            (&fields.version, version.as_ref().map(value)),
            (&fields.status_code, status.as_ref().map(value)),
            (&fields.request_id, request_id.as_ref().map(value)),
            one,
            two,
            three,
            four,
            five,
            six,
        ];
        call.record_all(&metadata.fields().value_set(&all));
    }

    fn close(self) {
        // The parent is closed last.
        drop((self.connecting, self.phase));
        drop(self.call);
    }
}

impl CallSpan {
    pub(super) fn begin(&self, about: &About<'_>) {
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
        let previous = self.open().call.replace(Arc::new(span));
        drop(previous);
    }

    pub(super) fn get(&self) -> Arc<Span> {
        let call = self.open().call.clone();
        call.unwrap_or_else(|| Arc::new(Span::none()))
    }

    pub(super) fn attempt(&self, number: usize) {
        self.open().progress = Progress {
            attempts: Some(number as u64),
            ..Progress::default()
        };
    }

    /// Reports a phase of the call, or of the connection that the call waits for.
    pub(super) fn phase(&self, phase: Option<Phase>, connecting: bool) {
        if !has_phases() {
            return;
        }
        let Some((call, previous)) = self.open().leave(phase, connecting) else {
            return;
        };
        // The previous phase ends before the next begins.
        drop(previous);
        let next = phase.map(|phase| Box::new((phase, phase_span(phase, &call))));
        // Another task may have entered a phase meanwhile, or have ended the call.
        let outdated = self.set_phase(next, connecting);
        drop(outdated);
    }

    /// Sets the current phase; returns the span that is not needed any more.
    fn set_phase(&self, next: PhaseSpan, connecting: bool) -> PhaseSpan {
        let mut open = self.open();
        if open.call.is_none() {
            return next;
        }
        std::mem::replace(open.current(connecting), next)
    }

    pub(super) fn connection(&self, reused: bool, protocol: Protocol) {
        self.open().progress.connection = Some((reused, protocol));
    }

    pub(super) fn head(&self, status: StatusCode, request_id: Option<&Arc<str>>) {
        let progress = &mut self.open().progress;
        progress.status = Some(status.as_u16());
        progress.request_id = request_id.cloned();
    }

    pub(super) fn end(&self, end: &End<'_>) {
        let open = self.take();
        match end {
            End::Answered(verification) => {
                let serial = serial(verification);
                open.record(|it| {
                    let serial = (&it.serial, serial.as_ref().map(value));
                    [
                        serial,
                        it.none(),
                        it.none(),
                        it.none(),
                        it.none(),
                        it.none(),
                    ]
                });
            }
            End::Failed(err) => open.failed(err),
        }
        open.close();
    }

    pub(super) fn cancelled(&self) {
        let open = self.take();
        open.record(|it| {
            let status = (&it.otel_status, Some(&"ERROR" as &dyn Value));
            let error_type = (&it.error_type, Some(&"cancelled" as &dyn Value));
            [
                status,
                error_type,
                it.none(),
                it.none(),
                it.none(),
                it.none(),
            ]
        });
        open.close();
    }

    fn take(&self) -> Open {
        std::mem::take(&mut *self.open())
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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

/// A field and its value; `None` is not recorded.
type LateValue<'v> = (&'v Field, Option<&'v dyn Value>);

static FIELDS: OnceLock<Option<Fields>> = OnceLock::new();

impl Fields {
    fn none(&self) -> LateValue<'_> {
        (&self.serial, None)
    }

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

fn phase_span(phase: Phase, call: &Span) -> Span {
    match phase {
        Phase::Connect => debug_span!(target: TARGET, parent: call, "connect"),
        Phase::Tls => debug_span!(target: TARGET, parent: call, "tls"),
        Phase::Wait => debug_span!(target: TARGET, parent: call, "wait"),
        Phase::Read => debug_span!(target: TARGET, parent: call, "read"),
    }
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
