//! Counters, gauges and histograms, through the recorder that the program has installed.
//!
//! Names and units are those of OpenTelemetry's semantic conventions for HTTP clients where these have the metric. For
//! Prometheus, an exporter replaces the dots and adds the unit and `_total`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use ::metrics::{
    Gauge, Label, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use super::{About, End, LastAttempt, code, label};
use wechatpay_core::error::Error;

/// Histogram, seconds: the duration of a call with all its attempts; for a streamed answer, until it begins.
///
/// Labels: `http.request.method`, `url.template`, `server.address`, `server.port`; `http.response.status_code` and
/// `network.protocol.version` of the last response, if there was one; `error.type` after a failure: the kind of the error
/// as in [`ErrorKind::as_str`](crate::ErrorKind::as_str), or `cancelled`.
pub const CALL_DURATION: &str = "http.client.request.duration";
/// Gauge: calls in flight.
///
/// Labels: `http.request.method`, `url.template`, `server.address`, `server.port`.
pub const CALLS_IN_FLIGHT: &str = "http.client.active_requests";
/// Gauge: open connections.
///
/// Labels: `server.address`, `server.port`; `http.connection.state` is `active` or `idle`.
pub const CONNECTIONS_OPEN: &str = "http.client.open_connections";
/// Counter: calls that ended.
///
/// Labels: `http.request.method`, `url.template`, `server.address`, `server.port`, `wechatpay.merchant`; after a failure,
/// `error.type`, and `wechatpay.code` if WeChat Pay sent one.
pub const CALLS: &str = "wechatpay.calls";
/// Counter: calls whose outcome is unknown.
///
/// Labels: `http.request.method`, `url.template`, `server.address`, `server.port`, `wechatpay.merchant`. Query each of
/// them.
pub const CALLS_UNDECIDED: &str = "wechatpay.undecided_calls";
/// Counter: attempts after the first of a call.
///
/// Labels: `http.request.method`, `url.template`, `server.address`, `server.port`.
pub const RETRIES: &str = "wechatpay.retries";
/// Counter: requests handed to a connection.
///
/// Labels: `server.address`, `server.port`; `wechatpay.connection.reused` is `true` for a connection that was used before.
pub const CONNECTIONS_USED: &str = "wechatpay.connection_uses";
/// Gauge, seconds: WeChat Pay's clock minus this machine's, from the last verified answer.
///
/// Beyond 300 s in either direction, no answer is accepted.
pub const CLOCK_OFFSET: &str = "wechatpay.clock_offset";
/// Counter: signature probes by WeChat Pay.
pub const PROBES: &str = "wechatpay.probes";
/// Counter: fetches of the platform certificates.
///
/// Labels: `error.type` after a failure: the kind of the error.
pub const CERTIFICATE_FETCHES: &str = "wechatpay.certificate_fetches";
/// Counter: calls that went to another host, since their own was down.
///
/// Labels: `wechatpay.failover.from`, `wechatpay.failover.to`.
pub const FAILOVERS: &str = "wechatpay.failovers";
/// Counter: requests whose outcome was asked for with [`Call::or_query`](crate::Call::or_query) or
/// [`Call::query_outcome`](crate::Call::query_outcome).
///
/// Labels: `url.template`, `wechatpay.merchant`, and `wechatpay.outcome`: `done`, `refused`, `ended`, `not_found`,
/// `number_taken` or `still_unknown`. The last two need a person.
pub const OUTCOMES: &str = "wechatpay.outcomes";
/// Gauge: 1 while the circuit breaker of a host is open, otherwise 0.
///
/// Labels: `server.address`, `server.port`.
pub const BREAKER_OPEN: &str = "wechatpay.breaker_open";

/// Describes each metric to the installed recorder; call it once, after installing the recorder.
pub fn describe() {
    use ::metrics::Unit::{Count, Seconds};
    describe_histogram!(CALL_DURATION, Seconds, "How long calls took");
    describe_gauge!(CALLS_IN_FLIGHT, Count, "Calls in flight");
    describe_gauge!(CONNECTIONS_OPEN, Count, "Open connections");
    describe_counter!(CALLS, Count, "Calls that ended, by error and code");
    describe_counter!(
        CALLS_UNDECIDED,
        Count,
        "Calls whose outcome is unknown: query each"
    );
    describe_counter!(RETRIES, Count, "Attempts after the first of a call");
    describe_counter!(CONNECTIONS_USED, Count, "Requests given to a connection");
    describe_gauge!(
        CLOCK_OFFSET,
        Seconds,
        "WeChat Pay's clock minus this machine's"
    );
    describe_counter!(PROBES, Count, "Signature probes by WeChat Pay");
    describe_counter!(
        CERTIFICATE_FETCHES,
        Count,
        "Fetches of the platform certificates"
    );
    describe_counter!(FAILOVERS, Count, "Calls that went to another host");
    describe_counter!(OUTCOMES, Count, "Outcomes that were asked for");
    describe_gauge!(BREAKER_OPEN, Count, "Whether the circuit breaker is open");
}

/// The counters of a call.
#[derive(Default)]
pub(super) struct CallMeter {
    begun: OnceLock<Begun>,
}

struct Begun {
    since: Instant,
    /// Method, template, address and port.
    labels: Vec<Label>,
    merchant: String,
    changes_nothing: bool,
}

impl CallMeter {
    pub(super) fn begin(&self, about: &About<'_>) {
        let begun = Begun::of(about);
        let active = gauge!(CALLS_IN_FLIGHT, begun.labels.clone());
        if self.begun.set(begun).is_ok() {
            active.increment(1.0);
        }
    }

    pub(super) fn attempt(&self, number: u32) {
        if let Some(begun) = self.begun.get().filter(|_| number > 1) {
            counter!(RETRIES, begun.labels.clone()).increment(1);
        }
    }

    pub(super) fn connection(&self, reused: bool) {
        let Some(begun) = self.begun.get() else {
            return;
        };
        let reused = if reused { "true" } else { "false" };
        let mut labels = begun.server().to_vec();
        labels.push(Label::from_static_parts(label::REUSED, reused));
        counter!(CONNECTIONS_USED, labels).increment(1);
    }

    pub(super) fn end(&self, end: &End<'_>, last: &LastAttempt) {
        match end {
            End::Answered(_) => self.count(None, None, false, last),
            End::Failed(err) => {
                let (kind, code) = (err.kind().as_str(), code(err.api()));
                self.count(Some(kind), code, err.is_undecided(), last);
            }
            End::Cancelled { undecided, .. } => {
                self.count(Some("cancelled"), None, *undecided, last);
            }
        }
    }

    fn count(
        &self,
        error: Option<&'static str>,
        code: Option<&str>,
        undecided: bool,
        last: &LastAttempt,
    ) {
        let Some(begun) = self.begun.get() else {
            return;
        };
        gauge!(CALLS_IN_FLIGHT, begun.labels.clone()).decrement(1.0);
        let error = error.map(|error| Label::from_static_parts(label::ERROR_TYPE, error));
        let mut labels = begun.labels.clone();
        labels.extend(answered(last));
        labels.extend(error.clone());
        histogram!(CALL_DURATION, labels).record(begun.since.elapsed());
        let mut labels = begun.labels.clone();
        labels.push(Label::new(label::MERCHANT, begun.merchant.clone()));
        if undecided && !begun.changes_nothing {
            counter!(CALLS_UNDECIDED, labels.clone()).increment(1);
        }
        labels.extend(error);
        labels.extend(code.map(|code| Label::new(label::CODE, code.to_owned())));
        counter!(CALLS, labels).increment(1);
    }
}

/// Returns the labels of the last response.
fn answered(last: &LastAttempt) -> impl Iterator<Item = Label> + use<> {
    let status = last.status();
    let protocol = last.connection().map(|(protocol, _)| protocol.version());
    let protocol = protocol.filter(|_| status.is_some());
    let status = status.map(|status| Label::new(label::STATUS, status.to_string()));
    let protocol = protocol.map(|it| Label::from_static_parts(label::VERSION, it));
    status.into_iter().chain(protocol)
}

impl Begun {
    fn of(about: &About<'_>) -> Self {
        let method = label::method(about.method);
        let [address, port] = server(about.host, about.port);
        Self {
            since: Instant::now(),
            labels: vec![
                Label::from_static_parts(label::METHOD, method),
                Label::new(label::TEMPLATE, format!("/{}", about.template)),
                address,
                port,
            ],
            merchant: (**about.merchant).to_owned(),
            changes_nothing: about.is_read,
        }
    }

    fn server(&self) -> &[Label] {
        &self.labels[2..]
    }
}

fn server(host: &str, port: u16) -> [Label; 2] {
    let port = match port {
        443 => Label::from_static_parts(label::PORT, "443"),
        port => Label::new(label::PORT, port.to_string()),
    };
    [Label::new(label::ADDRESS, host.to_owned()), port]
}

/// Counted until it is dropped.
pub(super) struct OpenConnection {
    idle: Gauge,
    active: Gauge,
    /// The calls that use it; with HTTP/2 there may be several.
    users: AtomicUsize,
}

impl OpenConnection {
    pub(super) fn new(host: &str, port: u16) -> Self {
        let [address, port] = server(host, port);
        let gauge = |state| {
            let state = Label::from_static_parts(label::CONNECTION_STATE, state);
            gauge!(CONNECTIONS_OPEN, vec![state, address.clone(), port.clone()])
        };
        let open = Self {
            idle: gauge("idle"),
            active: gauge("active"),
            users: AtomicUsize::new(0),
        };
        open.idle.increment(1.0);
        open
    }

    pub(super) fn enter(&self) {
        if self.users.fetch_add(1, Ordering::Relaxed) == 0 {
            self.idle.decrement(1.0);
            self.active.increment(1.0);
        }
    }

    pub(super) fn leave(&self) {
        if self.users.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.active.decrement(1.0);
            self.idle.increment(1.0);
        }
    }
}

/// Each use holds the connection, so nobody uses it any more.
impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.idle.decrement(1.0);
    }
}

#[allow(clippy::cast_precision_loss, reason = "an offset has few digits")]
pub(super) fn clock_offset(offset: i64) {
    gauge!(CLOCK_OFFSET).set(offset as f64);
}

pub(super) fn probe() {
    counter!(PROBES).increment(1);
}

pub(super) fn certificates(failure: Option<&Error>) {
    let error = failure.map(|err| Label::from_static_parts(label::ERROR_TYPE, err.kind().as_str()));
    counter!(CERTIFICATE_FETCHES, error.into_iter().collect::<Vec<_>>()).increment(1);
}

pub(super) fn failover(from: String, to: String) {
    let labels = vec![Label::new(label::FROM, from), Label::new(label::TO, to)];
    counter!(FAILOVERS, labels).increment(1);
}

/// The outcomes that need a person have a series from the first outcome on: an alarm sees an increase only of a series that
/// is there.
pub(super) fn outcome(template: &str, merchant: &str, outcome: &'static str) {
    let count = |name: &'static str, more: u64| {
        let labels = vec![
            Label::new(label::TEMPLATE, format!("/{template}")),
            Label::new(label::MERCHANT, merchant.to_owned()),
            Label::from_static_parts(label::OUTCOME, name),
        ];
        counter!(OUTCOMES, labels).increment(more);
    };
    for alarm in ["number_taken", "still_unknown"] {
        count(alarm, 0);
    }
    count(outcome, 1);
}

pub(super) fn breaker(host: &str, port: u16, open: bool) {
    let labels = server(host, port).to_vec();
    gauge!(BREAKER_OPEN, labels).set(if open { 1.0 } else { 0.0 });
}
