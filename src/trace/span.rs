//! Spans and events, in the terms of OpenTelemetry's HTTP client conventions.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use http::StatusCode;
use tracing::field::{Empty, Field, FieldSet};
use tracing::{Span, debug_span, info, info_span, warn};

use super::{About, End, Phase, code, label};
use wechatpay_core::error::{Error, Verification};

/// The target of all spans and events, for filters: `RUST_LOG=wechatpay_chain=debug`.
const TARGET: &str = "wechatpay_chain";

/// The span of a call, and the spans of its current phase.
#[derive(Default)]
pub(super) struct CallSpan {
    shared: Arc<Mutex<Open>>,
    /// Whether this is the connection that the call waits for.
    connecting: bool,
}

/// The open spans. All are closed when the call ends, even if a shared task continues: an open span
/// keeps its parent open.
#[derive(Default)]
struct Open {
    call: Option<Span>,
    phase: Option<(Phase, Span)>,
    connecting: Option<(Phase, Span)>,
}

impl CallSpan {
    pub(super) fn begin(&self, about: &About<'_>) {
        let method = label::method(about.method);
        let template = about.template;
        let span = info_span!(
            target: TARGET,
            "wechatpay.call",
            "otel.name" = format_args!("{method} {template}"),
            "otel.kind" = "client",
            "otel.status_code" = Empty,
            "http.request.method" = method,
            "http.request.resend_count" = Empty,
            "http.response.status_code" = Empty,
            "url.template" = template,
            "server.address" = about.host,
            "server.port" = about.port,
            "error.type" = Empty,
            "wechatpay.merchant" = &**about.merchant,
            "wechatpay.attempts" = Empty,
            "wechatpay.connection.reused" = Empty,
            "wechatpay.code" = Empty,
            "wechatpay.request_id" = Empty,
            "wechatpay.serial" = Empty,
            "wechatpay.maybe_sent" = Empty,
        );
        if let Some(metadata) = span.metadata() {
            FIELDS.get_or_init(|| Fields::of(metadata.fields()));
        }
        self.open().call = Some(span);
    }

    pub(super) fn get(&self) -> Span {
        self.open().call.clone().unwrap_or_else(Span::none)
    }

    pub(super) fn child(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            connecting: true,
        }
    }

    pub(super) fn attempt(&self, number: usize) {
        self.record(|it| &it.attempts, number as u64);
        if number > 1 {
            self.record(|it| &it.resend_count, number as u64 - 1);
        }
    }

    pub(super) fn phase(&self, phase: Option<Phase>) {
        let mut open = self.open();
        let open = &mut *open;
        let Some(call) = &open.call else {
            return;
        };
        let current = if self.connecting {
            &mut open.connecting
        } else {
            // This connection is open, or another one is used.
            open.connecting = None;
            &mut open.phase
        };
        if current.as_ref().map(|(phase, _)| *phase) == phase {
            return;
        }
        // The previous phase ends before the next begins.
        *current = None;
        *current = phase.map(|phase| (phase, phase_span(phase, call)));
    }

    pub(super) fn connection(&self, reused: bool) {
        self.record(|it| &it.reused, reused);
    }

    pub(super) fn head(&self, status: StatusCode, request_id: Option<&str>) {
        self.record(|it| &it.status_code, u64::from(status.as_u16()));
        if let Some(id) = request_id {
            self.record(|it| &it.request_id, id);
        }
    }

    pub(super) fn end(&self, end: &End<'_>) {
        match end {
            End::Answered(verification) => self.verified(verification),
            End::Failed(err) => self.failed(err),
        }
        self.close();
    }

    pub(super) fn cancelled(&self) {
        self.record(|it| &it.otel_status, "ERROR");
        self.record(|it| &it.error_type, "cancelled");
        self.close();
    }

    fn close(&self) {
        let open = std::mem::take(&mut *self.open());
        // The parent is closed last.
        drop((open.connecting, open.phase));
        drop(open.call);
    }

    fn failed(&self, err: &Error) {
        self.record(|it| &it.otel_status, "ERROR");
        self.record(|it| &it.error_type, err.kind().as_str());
        self.record(|it| &it.maybe_sent, err.maybe_sent());
        if let Some(api) = err.api() {
            self.record(|it| &it.code, code(Some(api)));
            self.verified(&api.verification);
        }
    }

    fn verified(&self, verification: &Verification) {
        if let Verification::Verified { serial } = verification {
            self.record(|it| &it.serial, serial.as_str());
        }
    }

    fn record(&self, field: impl FnOnce(&Fields) -> &Option<Field>, value: impl tracing::Value) {
        if let Some(field) = FIELDS.get().and_then(|all| field(all).as_ref())
            && let Some(call) = &self.open().call
        {
            call.record(field, value);
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fields of a call's span that are recorded after it has begun. They are found once: finding a field by its name
/// costs more than recording it.
struct Fields {
    otel_status: Option<Field>,
    resend_count: Option<Field>,
    status_code: Option<Field>,
    error_type: Option<Field>,
    attempts: Option<Field>,
    reused: Option<Field>,
    code: Option<Field>,
    request_id: Option<Field>,
    serial: Option<Field>,
    maybe_sent: Option<Field>,
}

static FIELDS: OnceLock<Fields> = OnceLock::new();

impl Fields {
    fn of(all: &FieldSet) -> Self {
        Self {
            otel_status: all.field("otel.status_code"),
            resend_count: all.field("http.request.resend_count"),
            status_code: all.field("http.response.status_code"),
            error_type: all.field("error.type"),
            attempts: all.field("wechatpay.attempts"),
            reused: all.field("wechatpay.connection.reused"),
            code: all.field("wechatpay.code"),
            request_id: all.field("wechatpay.request_id"),
            serial: all.field("wechatpay.serial"),
            maybe_sent: all.field("wechatpay.maybe_sent"),
        }
    }
}

fn phase_span(phase: Phase, call: &Span) -> Span {
    match phase {
        Phase::Connect => debug_span!(target: TARGET, parent: call, "connect"),
        Phase::Tls => debug_span!(target: TARGET, parent: call, "tls"),
        Phase::Wait => debug_span!(target: TARGET, parent: call, "wait"),
        Phase::Read => debug_span!(target: TARGET, parent: call, "read"),
    }
}

pub(super) fn sign() -> Span {
    debug_span!(target: TARGET, "sign")
}

pub(super) fn verify() -> Span {
    debug_span!(target: TARGET, "verify")
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
            attempt = attempt as u64,
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            "error.type" = err.kind().as_str(),
            "wechatpay.code" = code(err.api()),
        },
        "an attempt failed and will be repeated"
    );
}

pub(super) fn failover(from: &str, to: &str) {
    warn!(target: TARGET, from, to, "calls go to another host");
}

pub(super) fn breaker(host: &str, open: bool) {
    warn!(target: TARGET, host, open, "the circuit breaker of a host has changed");
}
