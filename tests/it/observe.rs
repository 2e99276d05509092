//! Spans, events and metrics of calls: they exist, and contain no value of a call.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::json;
use tracing::subscriber::with_default;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use wechatpay_chain::certificates::Certificates;
use wechatpay_chain::resilience::RetryPolicy;
use wechatpay_chain::{Call, Client, ErrorKind};
use wechatpay_sandbox::{Fault, Sandbox};

use crate::support::{Answer, Wire, builder, client, echoing, native_order};

/// The output of a subscriber.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Everything down to TRACE, from this crate and its dependencies.
    pub(crate) fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + use<> {
        register_second_subscriber();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The last line that reports a closed span.
    fn closed(&self, span: &str) -> String {
        let text = self.text();
        let line = text.lines().rfind(|line| is_end(line, span));
        line.unwrap_or_else(|| panic!("no {span} in {text}"))
            .to_owned()
    }
}

/// A subscriber that records nothing, registered for as long as the tests run.
///
/// While only one subscriber is registered, `tracing` asks the *current thread's* subscriber whether
/// a call site is of interest, and caches the answer for all threads. A test without a subscriber
/// that reached a call site first would disable that call site for the test with one.
static SECOND_SUBSCRIBER: LazyLock<tracing::Dispatch> =
    LazyLock::new(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new()));

pub(crate) fn register_second_subscriber() {
    LazyLock::force(&SECOND_SUBSCRIBER);
}

/// Whether a line reports that this span, and no inner span, has closed.
fn is_end(line: &str, span: &str) -> bool {
    line.contains("}: wechatpay_chain: close") && line.contains(&format!("{span}{{"))
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[test]
fn an_event_that_another_thread_reached_first_is_recorded() {
    fn event() {
        tracing::info!("reached");
    }
    let log = Log::default();
    with_default(log.subscriber(), || {
        std::thread::spawn(event).join().unwrap();
        event();
    });
    assert_eq!(log.text().matches("reached").count(), 1, "{}", log.text());
}

fn order(client: &Client) -> Call {
    client
        .chain("v3/pay/transactions/native")
        .post(native_order(), ())
}

fn current_thread() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

#[test]
fn an_awaited_call_is_a_span_with_the_fields_of_open_telemetry() {
    let sandbox = Sandbox::builder().tls(true).start_blocking().unwrap();
    let client = sandbox.client().unwrap();
    let log = Log::default();
    with_default(log.subscriber(), || {
        current_thread().block_on(async {
            order(&client).await.unwrap();
            let wrong = client
                .chain("v3/pay/transactions/native")
                .post(json!({}), ());
            wrong.await.unwrap_err();
        });
    });
    let text = log.text();
    let calls = text.lines().filter(|line| is_end(line, "wechatpay.call"));
    let calls: Vec<_> = calls.collect();
    let serial = sandbox.platform_key_id();
    let port = sandbox.address().port();
    let merchant = sandbox.mchid();
    for field in [
        "otel.name=POST /v3/pay/transactions/native",
        "otel.kind=\"client\"",
        "http.request.method=\"POST\"",
        "url.template=/v3/pay/transactions/native",
        "server.address=\"",
        &format!("server.port={port}"),
        &format!("wechatpay.merchant=\"{merchant}\""),
        "wechatpay.attempts=1",
        "http.response.status_code=",
        "network.protocol.version=\"2\"",
        "wechatpay.request_id=\"",
        &format!("wechatpay.serial=\"{serial}\""),
    ] {
        for call in &calls {
            assert!(call.contains(field), "{field} in {call}");
        }
    }
    let [first, second] = calls[..] else {
        panic!("{calls:#?}")
    };
    assert!(
        first.contains("wechatpay.connection.reused=false"),
        "{first}"
    );
    assert!(!first.contains("otel.status_code"), "{first}");
    for field in [
        "wechatpay.connection.reused=true",
        "wechatpay.code=\"PARAM_ERROR\"",
        "error.type=\"api\"",
        "otel.status_code=\"ERROR\"",
    ] {
        assert!(second.contains(field), "{field} in {second}");
    }
    for phase in ["connect", "sign", "wait", "read", "verify"] {
        assert!(
            text.contains(&format!("}}:{phase}: wechatpay_chain: close")),
            "{phase} in {text}"
        );
    }
}

#[test]
fn wait_keeps_span_and_subscriber_inside_and_outside_a_runtime() {
    let sandbox = Sandbox::builder().tls(true).start_blocking().unwrap();
    let outside = Log::default();
    with_default(outside.subscriber(), || {
        let _parent = tracing::info_span!("parent", number = 1).entered();
        order(&sandbox.client().unwrap()).wait().unwrap();
    });
    let inside = Log::default();
    let runtime = current_thread();
    with_default(inside.subscriber(), || {
        let _in_runtime = runtime.enter();
        let _parent = tracing::info_span!("parent", number = 1).entered();
        let call = sandbox
            .client()
            .unwrap()
            .chain("v3/pay/transactions/native");
        let mut another = native_order();
        another["out_trade_no"] = json!("another");
        call.post(another, ()).wait().unwrap();
    });
    for log in [outside, inside] {
        let text = log.text();
        for expected in [
            "parent{number=1}:wechatpay.call{",
            "}:tls: wechatpay_chain: close",
            "}:sign: wechatpay_chain: close",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
        assert!(
            log.closed("wechatpay.call")
                .contains("http.response.status_code=200")
        );
    }
}

#[test]
fn every_attempt_is_counted_and_a_failure_has_its_kind() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let client = sandbox.client().unwrap();
    let twice = client.with_stack(|stack| {
        let again = wechatpay_chain::middleware::from_fn(
            |request: wechatpay_chain::Request, next: wechatpay_chain::Next| async move {
                let mut second = wechatpay_chain::Request::new(wechatpay_chain::Payload::Empty);
                *second.uri_mut() = request.uri().clone();
                *second.extensions_mut() = request.extensions().clone();
                let _ = next.clone().run(request).await;
                next.run(second).await
            },
        );
        stack.unshift("again", again).map(drop)
    });
    sandbox.inject_fault_always(Fault::CutBeforeAnswer);
    let log = Log::default();
    with_default(log.subscriber(), || {
        let call = twice.unwrap().chain("v3/certificates").get(());
        assert_eq!(call.wait().unwrap_err().kind(), ErrorKind::Transport);
    });
    let call = log.closed("wechatpay.call");
    for field in [
        "wechatpay.attempts=2",
        "http.request.resend_count=1",
        "error.type=\"transport\"",
        "wechatpay.maybe_sent=true",
        "wechatpay.undecided=true",
    ] {
        assert!(call.contains(field), "{field} in {call}");
    }
}

#[test]
fn a_call_that_is_dropped_is_reported_as_cancelled() {
    let wire = Wire::ok();
    let slow = wechatpay_chain::transport::from_fn(|_| std::future::pending());
    let client = builder().transport(slow).build().unwrap();
    drop(wire);
    let log = Log::default();
    with_default(log.subscriber(), || {
        current_thread().block_on(async {
            let call = order(&client).into_future();
            let short = std::time::Duration::from_millis(20);
            assert!(tokio::time::timeout(short, call).await.is_err());
        });
    });
    assert!(
        log.closed("wechatpay.call")
            .contains("error.type=\"cancelled\"")
    );
}

/// A connection that is still being opened for others keeps no span open.
#[test]
fn a_span_ends_with_its_call() {
    let deaf = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = deaf.local_addr().unwrap();
    let client = builder()
        .base_url(format!("https://{address}/"))
        .build()
        .unwrap();
    let log = Log::default();
    with_default(log.subscriber(), || {
        current_thread().block_on(async {
            let call = order(&client).timeout(std::time::Duration::from_millis(300));
            assert!(call.await.unwrap_err().is_timeout());
            let call = log.closed("wechatpay.call");
            assert!(call.contains("error.type=\"timeout\""), "{call}");
        });
    });
    assert!(log.text().contains("}:tls: wechatpay_chain: close"));
}

#[test]
fn paths_built_at_run_time_show_no_values() {
    let log = Log::default();
    with_default(log.subscriber(), || {
        let client = client(&Wire::ok());
        let path = format!("v3/pay/unheard-of/{}", "ORDER20261128");
        client
            .chain(path)
            .get(())
            .query("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
            .wait()
            .unwrap();
        let known = client.chain(format!("v3/pay/transactions/id/{}", "4200000001"));
        known.get(()).query("mchid", "1900000109").wait().unwrap();
    });
    let text = log.text();
    assert!(text.contains("url.template=/{} "), "{text}");
    assert!(
        text.contains("url.template=/v3/pay/transactions/id/{transaction_id} "),
        "{text}"
    );
    for value in ["ORDER20261128", "oUpF8uMuAJO", "4200000001"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
}

#[test]
fn fetches_of_certificates_and_probes_are_events() {
    let sandbox = echoing().start_blocking().unwrap();
    let builder = sandbox
        .merchant_builder()
        .certificates(Certificates::auto());
    let client = builder.build().unwrap();
    let log = Log::default();
    with_default(log.subscriber(), || {
        client
            .chain("v3/nobody/knows/this")
            .post(json!({"a": 1}), ())
            .wait()
            .unwrap();
        let wire = Wire::answering(|_| {
            Answer::bytes("{}").header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/x")
        });
        let probed = crate::support::client(&wire).chain("v3/x").get(());
        assert_eq!(probed.wait().unwrap_err().kind(), ErrorKind::Probe);
    });
    let text = log.text();
    let fetched = "the platform certificates were fetched count=1";
    assert!(text.contains(fetched), "{text}");
    assert!(text.contains("otel.name=GET /v3/certificates"), "{text}");
    assert!(
        text.contains("deliberately sent a wrong signature"),
        "{text}"
    );
}

/// An empty code would read as an answer of WeChat Pay.
#[test]
fn repetition_without_an_answer_has_no_code() {
    let sandbox = echoing().start_blocking().unwrap();
    let client = sandbox.client_builder().retry(RetryPolicy::new());
    let client = client.build().unwrap();
    sandbox.inject_fault(Fault::CutBeforeAnswer);
    let log = Log::default();
    with_default(log.subscriber(), || {
        client.chain("v3/nobody/knows/this").get(()).wait().unwrap();
    });
    let text = log.text();
    let event = text.lines().find(|line| line.contains("will be repeated"));
    let event = event.unwrap_or_else(|| panic!("{text}"));
    let (_, event) = event.split_once("will be repeated").unwrap();
    assert!(event.contains("error.type=\"transport\""), "{event}");
    assert!(!event.contains("wechatpay.code"), "{event}");
}

#[cfg(feature = "metrics")]
mod metrics {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshot};
    use wechatpay_chain::metrics as names;
    use wechatpay_chain::outcome::QueryPolicy;
    use wechatpay_chain::{Clock, Error, Result};

    use super::*;

    /// The value of a metric with these labels.
    fn value(snapshot: Snapshot, name: &str, labels: &[(&str, &str)]) -> DebugValue {
        let known = snapshot.into_vec();
        let found = known.iter().find(|(key, ..)| {
            let key = key.key();
            let has = |(name, value): &(&str, &str)| {
                key.labels()
                    .any(|label| label.key() == *name && label.value() == *value)
            };
            key.name() == name && labels.iter().all(has)
        });
        let missing = || panic!("no {name} {labels:?} in {known:#?}");
        let (.., value) = found.unwrap_or_else(missing);
        match value {
            DebugValue::Counter(count) => DebugValue::Counter(*count),
            DebugValue::Gauge(gauge) => DebugValue::Gauge(*gauge),
            DebugValue::Histogram(values) => DebugValue::Histogram(values.clone()),
        }
    }

    #[test]
    fn calls_are_counted_by_outcome_and_code_and_timed() {
        // With HTTP/2, where one connection is shared as soon as it is open.
        let sandbox = Sandbox::builder().tls(true).start_blocking().unwrap();
        let client = sandbox.client().unwrap();
        order(&client).wait().unwrap();
        // A snapshot removes the values, so each query needs a separate recorder.
        let after = |work: &dyn Fn(), name: &str, labels: &[(&str, &str)]| {
            let recorder = DebuggingRecorder::new();
            let snapshotter = recorder.snapshotter();
            ::metrics::with_local_recorder(&recorder, work);
            value(snapshotter.snapshot(), name, labels)
        };
        let refuse = || {
            let call = client
                .chain("v3/pay/transactions/native")
                .post(json!({}), ());
            call.wait().unwrap_err();
        };
        let native = ("url.template", "/v3/pay/transactions/native");
        let merchant = ("wechatpay.merchant", sandbox.mchid());
        let labels = [
            native,
            merchant,
            ("error.type", "api"),
            ("wechatpay.code", "PARAM_ERROR"),
        ];
        assert_eq!(
            after(&refuse, names::CALLS, &labels),
            DebugValue::Counter(1)
        );
        let port = sandbox.address().port().to_string();
        let labels = [
            native,
            ("http.request.method", "POST"),
            ("server.address", "127.0.0.1"),
            ("server.port", &port),
            ("http.response.status_code", "400"),
            ("network.protocol.version", "2"),
            ("error.type", "api"),
        ];
        let times = after(&refuse, names::CALL_DURATION, &labels);
        assert!(matches!(times, DebugValue::Histogram(times) if times.len() == 1));
        assert_eq!(
            after(&refuse, names::CALLS_IN_FLIGHT, &[]),
            DebugValue::Gauge(0.0.into())
        );
        let reused = [("wechatpay.connection.reused", "true")];
        assert_eq!(
            after(&refuse, names::CONNECTIONS_USED, &reused),
            DebugValue::Counter(1)
        );
        let lose = || {
            sandbox.inject_fault(Fault::CutBeforeAnswer);
            let mut order = native_order();
            order["out_trade_no"] = json!("lost");
            let call = client.chain("v3/pay/transactions/native").post(order, ());
            call.wait().unwrap_err();
        };
        let undecided = after(&lose, names::CALLS_UNDECIDED, &[merchant, native]);
        assert_eq!(undecided, DebugValue::Counter(1));
    }

    /// An alarm is raised for each call that is counted.
    #[test]
    fn a_dropped_call_that_was_not_sent_is_not_undecided() {
        let sandbox = Sandbox::start_blocking().unwrap();
        let bound = wechatpay_chain::resilience::InFlight::new(1);
        let builder = sandbox.client_builder().max_in_flight(bound);
        let client = builder.build().unwrap();
        sandbox.inject_fault(Fault::Slow(Duration::from_secs(60)));
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        ::metrics::with_local_recorder(&recorder, || {
            current_thread().block_on(async {
                let both = async { tokio::join!(order(&client), order(&client)) };
                let ended = tokio::time::timeout(Duration::from_secs(1), both).await;
                assert!(ended.is_err(), "{ended:?}");
            });
        });
        let counted = value(snapshotter.snapshot(), names::CALLS_UNDECIDED, &[]);
        assert_eq!(counted, DebugValue::Counter(1));
    }

    /// A success has no `error.type`, which would be counted as a failure.
    #[test]
    fn labels_are_those_of_open_telemetry() {
        let sandbox = Sandbox::start_blocking().unwrap();
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        ::metrics::with_local_recorder(&recorder, || {
            order(&sandbox.client().unwrap()).wait().unwrap();
        });
        let known = snapshotter.snapshot().into_vec();
        let labels_of = |name: &str| {
            let found = known.iter().find(|(key, ..)| key.key().name() == name);
            let labels = found.unwrap().0.key().labels();
            let mut labels: Vec<_> = labels.map(|it| it.key().to_owned()).collect();
            labels.sort();
            labels.join(" ")
        };
        let operation = "http.request.method server.address server.port url.template";
        let timed = "http.request.method http.response.status_code network.protocol.version \
                     server.address server.port url.template";
        assert_eq!(labels_of("http.client.request.duration"), timed);
        assert_eq!(labels_of("http.client.active_requests"), operation);
        let counted = format!("{operation} wechatpay.merchant");
        assert_eq!(labels_of("wechatpay.calls"), counted);
        let connections = "http.connection.state server.address server.port";
        assert_eq!(labels_of("http.client.open_connections"), connections);
    }

    #[test]
    fn connections_are_active_during_a_call_and_idle_after_it() {
        let sandbox = Sandbox::start_blocking().unwrap();
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        // A snapshot removes the values.
        let mut sums = [0.0, 0.0];
        let mut states = || {
            for (key, .., value) in snapshotter.snapshot().into_vec() {
                let key = key.key();
                let is_active = key.labels().any(|label| label.value() == "active");
                if let (names::CONNECTIONS_OPEN, DebugValue::Gauge(gauge)) = (key.name(), value) {
                    sums[usize::from(!is_active)] += gauge.0;
                }
            }
            sums
        };
        ::metrics::with_local_recorder(&recorder, || {
            let client = sandbox.client().unwrap();
            current_thread().block_on(async {
                order(&client).await.unwrap();
                assert_eq!(states(), [0.0, 1.0], "idle after the call");
                sandbox.inject_fault(Fault::Slow(Duration::from_secs(60)));
                let call = client.chain("v3/certificates").get(()).into_future();
                let short = Duration::from_millis(20);
                let mut call = std::pin::pin!(call);
                for _ in 0..500 {
                    assert!(tokio::time::timeout(short, call.as_mut()).await.is_err());
                    if states() == [1.0, 0.0] {
                        return;
                    }
                }
                panic!("not in use: {:?}", states());
            });
        });
    }

    /// An alarm is raised while calls need the backup host.
    #[test]
    fn each_call_to_another_host_is_counted() {
        let wire = Wire::responding(|sent| {
            if sent.parts.uri.host() == Some("api.mch.weixin.qq.com") {
                return Err(Error::new(ErrorKind::Connect, "the test says so"));
            }
            Ok(Answer::unsigned("{}").into_response())
        });
        let failover = wechatpay_chain::resilience::Failover::documented();
        let client = builder().transport(wire).failover(failover).build();
        let client = client.unwrap();
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        ::metrics::with_local_recorder(&recorder, || {
            current_thread().block_on(async {
                for _ in 0..3 {
                    let _ = client.chain("v3/certificates").get(()).await;
                }
            });
        });
        let hosts = [
            ("wechatpay.failover.from", "https://api.mch.weixin.qq.com"),
            ("wechatpay.failover.to", "https://api2.mch.weixin.qq.com"),
        ];
        let counted = value(snapshotter.snapshot(), names::FAILOVERS, &hosts);
        assert_eq!(counted, DebugValue::Counter(3));
    }

    #[test]
    fn outcomes_are_counted_by_their_names() {
        let sandbox = Sandbox::start_blocking().unwrap();
        let client = sandbox.client().unwrap();
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        ::metrics::with_local_recorder(&recorder, || {
            current_thread().block_on(async {
                for (number, fault) in
                    [("number1", None), ("number2", Some(Fault::CutBeforeAnswer))]
                {
                    if let Some(fault) = fault {
                        sandbox.inject_fault_always(fault);
                    }
                    let mut order = native_order();
                    order["out_trade_no"] = json!(number);
                    let call = client.chain("v3/pay/transactions/native").post(order, ());
                    let policy = QueryPolicy::quick().waits([Duration::ZERO]);
                    let _outcome = call.or_query(policy).await.unwrap();
                }
            });
        });
        let snapshot = snapshotter.snapshot().into_vec();
        let mut outcomes: Vec<_> = snapshot
            .iter()
            .filter(|(key, ..)| key.key().name() == names::OUTCOMES)
            .filter_map(|(key, .., count)| {
                let mut labels = key.key().labels();
                let found = labels.find(|label| label.key() == "wechatpay.outcome");
                let DebugValue::Counter(count) = count else {
                    return None;
                };
                Some((found?.value().to_owned(), *count))
            })
            .collect();
        outcomes.sort();
        let expected = [("done", 1), ("number_taken", 0), ("still_unknown", 1)];
        assert_eq!(
            outcomes,
            expected.map(|(name, count)| (name.to_owned(), count))
        );
    }

    #[test]
    fn a_clock_that_panics_leaves_no_call_in_flight() {
        #[derive(Debug)]
        struct Panicking;
        impl Clock for Panicking {
            fn now(&self) -> i64 {
                0
            }

            fn nonce(&self) -> Result<String> {
                panic!("on purpose")
            }
        }
        let client = builder().clock(Panicking).transport(Wire::ok());
        let client = client.build().unwrap();
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        ::metrics::with_local_recorder(&recorder, || {
            let call = || client.chain("v3/x").get(()).wait();
            let outcome = catch_unwind(AssertUnwindSafe(call));
            assert!(!matches!(outcome, Ok(Ok(_))));
        });
        assert_eq!(
            value(snapshotter.snapshot(), names::CALLS_IN_FLIGHT, &[]),
            DebugValue::Gauge(0.0.into())
        );
    }

    #[test]
    fn the_clock_offset_is_that_of_the_last_verified_answer() {
        let wire = Wire::answering(|_| {
            let body = "{}";
            Answer::unsigned(body).signed_at(crate::support::answer::now() - 42)
        });
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        ::metrics::with_local_recorder(&recorder, || {
            client(&wire).chain("v3/x").get(()).wait().unwrap();
        });
        let DebugValue::Gauge(offset) = value(snapshotter.snapshot(), names::CLOCK_OFFSET, &[])
        else {
            panic!("no gauge");
        };
        assert!((-44.0..=-41.0).contains(&offset.0), "{offset}");
    }
}
