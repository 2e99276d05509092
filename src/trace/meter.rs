//! Counters, gauges and histograms, through the recorder that the program has installed.

use std::sync::OnceLock;
use std::time::Instant;

use ::metrics::{
    Label, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use super::{About, End, code, label};

/// Histogram, seconds: the duration of a call with all its attempts; for a streamed answer, until it begins.
///
/// Labels: `method`, `template`, `host`, `outcome`.
pub const CALL_DURATION: &str = "wechatpay_call_duration_seconds";
/// Counter: calls that ended.
///
/// Labels: `method`, `template`, `host`, `merchant`; `outcome` is `ok`, the kind of an error as in
/// [`ErrorKind::as_str`](crate::ErrorKind::as_str), or `cancelled`; `code` is WeChat Pay's, empty if there is
/// none.
pub const CALLS: &str = "wechatpay_calls_total";
/// Counter: calls whose outcome is unknown.
///
/// Labels: `method`, `template`, `host`, `merchant`. Query each of them.
pub const CALLS_UNDECIDED: &str = "wechatpay_calls_undecided_total";
/// Gauge: calls in flight.
pub const CALLS_IN_FLIGHT: &str = "wechatpay_calls_in_flight";
/// Counter: attempts after the first of a call.
///
/// Labels: `method`, `template`, `host`.
pub const RETRIES: &str = "wechatpay_retries_total";
/// Counter: requests handed to a connection.
///
/// Labels: `host`; `reused` is `true` for a connection that was used before.
pub const CONNECTIONS_USED: &str = "wechatpay_connections_used_total";
/// Gauge: open connections, in use or idle.
pub const CONNECTIONS_OPEN: &str = "wechatpay_connections_open";
/// Gauge, seconds: WeChat Pay's clock minus this machine's, from the last verified answer.
///
/// Beyond 300 s in either direction, no answer is accepted.
pub const CLOCK_OFFSET: &str = "wechatpay_clock_offset_seconds";
/// Counter: signature probes by WeChat Pay.
pub const PROBES: &str = "wechatpay_probes_total";
/// Counter: fetches of the platform certificates.
///
/// Labels: `outcome` is `ok` or `failed`.
pub const CERTIFICATE_FETCHES: &str = "wechatpay_certificate_fetches_total";
/// Counter: changes to another host.
///
/// Labels: `from`, `to`.
pub const FAILOVERS: &str = "wechatpay_failovers_total";
/// Gauge: 1 while the circuit breaker of a host is open, otherwise 0.
///
/// Labels: `host`.
pub const BREAKER_OPEN: &str = "wechatpay_breaker_open";

/// Describes each metric to the installed recorder; call it once, after installing the recorder.
pub fn describe() {
    use ::metrics::Unit::{Count, Seconds};
    describe_histogram!(CALL_DURATION, Seconds, "How long calls took");
    describe_counter!(CALLS, Count, "Calls that ended, by outcome and code");
    describe_counter!(
        CALLS_UNDECIDED,
        Count,
        "Calls whose outcome is unknown: query each"
    );
    describe_gauge!(CALLS_IN_FLIGHT, Count, "Calls in flight");
    describe_counter!(RETRIES, Count, "Attempts after the first of a call");
    describe_counter!(CONNECTIONS_USED, Count, "Requests given to a connection");
    describe_gauge!(CONNECTIONS_OPEN, Count, "Open connections");
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
    describe_counter!(FAILOVERS, Count, "Changes to another host");
    describe_gauge!(BREAKER_OPEN, Count, "Whether the circuit breaker is open");
}

/// The counters of a call.
#[derive(Default)]
pub(super) struct CallMeter(OnceLock<Begun>);

struct Begun {
    since: Instant,
    method: &'static str,
    template: String,
    host: String,
    merchant: String,
}

impl CallMeter {
    pub(super) fn begin(&self, about: &About<'_>) {
        let begun = Begun {
            since: Instant::now(),
            method: label::method(about.method),
            template: about.template.to_owned(),
            host: about.host.to_owned(),
            merchant: (**about.merchant).to_owned(),
        };
        if self.0.set(begun).is_ok() {
            gauge!(CALLS_IN_FLIGHT).increment(1.0);
        }
    }

    pub(super) fn attempt(&self, number: usize) {
        if let Some(begun) = self.0.get().filter(|_| number > 1) {
            counter!(RETRIES, begun.labels()).increment(1);
        }
    }

    pub(super) fn connection(&self, reused: bool) {
        if let Some(begun) = self.0.get() {
            let reused = if reused { "true" } else { "false" };
            counter!(CONNECTIONS_USED, "host" => begun.host.clone(), "reused" => reused)
                .increment(1);
        }
    }

    pub(super) fn end(&self, end: &End<'_>) {
        match end {
            End::Answered(_) => self.count("ok", "", false),
            End::Failed(err) => {
                let code = err.api().map_or("", |api| code(Some(api)));
                self.count(err.kind().as_str(), code, err.is_undecided());
            }
        }
    }

    pub(super) fn cancelled(&self) {
        self.count("cancelled", "", true);
    }

    fn count(&self, outcome: &'static str, code: &str, undecided: bool) {
        let Some(begun) = self.0.get() else {
            return;
        };
        gauge!(CALLS_IN_FLIGHT).decrement(1.0);
        let outcome = Label::from_static_parts("outcome", outcome);
        let mut labels = begun.labels();
        labels.push(outcome.clone());
        histogram!(CALL_DURATION, labels).record(begun.since.elapsed());
        let mut labels = begun.labels();
        labels.push(Label::new("merchant", begun.merchant.clone()));
        // A GET changes nothing.
        if undecided && begun.method != "GET" {
            counter!(CALLS_UNDECIDED, labels.clone()).increment(1);
        }
        labels.extend([outcome, Label::new("code", code.to_owned())]);
        counter!(CALLS, labels).increment(1);
    }
}

impl Begun {
    fn labels(&self) -> Vec<Label> {
        vec![
            Label::from_static_parts("method", self.method),
            Label::new("template", self.template.clone()),
            Label::new("host", self.host.clone()),
        ]
    }
}

/// Counted until it is dropped.
#[derive(Debug)]
pub(super) struct OpenConnection;

impl Default for OpenConnection {
    fn default() -> Self {
        gauge!(CONNECTIONS_OPEN).increment(1.0);
        Self
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!(CONNECTIONS_OPEN).decrement(1.0);
    }
}

#[allow(clippy::cast_precision_loss, reason = "an offset has few digits")]
pub(super) fn clock_offset(offset: i64) {
    gauge!(CLOCK_OFFSET).set(offset as f64);
}

pub(super) fn probe() {
    counter!(PROBES).increment(1);
}

pub(super) fn certificates(fetched: bool) {
    let outcome = if fetched { "ok" } else { "failed" };
    counter!(CERTIFICATE_FETCHES, "outcome" => outcome).increment(1);
}

pub(super) fn failover(from: &str, to: &str) {
    counter!(FAILOVERS, "from" => from.to_owned(), "to" => to.to_owned()).increment(1);
}

pub(super) fn breaker(host: &str, open: bool) {
    gauge!(BREAKER_OPEN, "host" => host.to_owned()).set(if open { 1.0 } else { 0.0 });
}
