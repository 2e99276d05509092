use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};

use http::{Method, StatusCode};
use tracing::field::Visit;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Metadata, Subscriber};

use super::*;
use crate::trace::{CallTrace, Running};

/// A call that is reported.
#[derive(Default)]
struct Call {
    trace: CallTrace,
    attempts: AtomicU32,
    request_id: Mutex<Option<Arc<str>>>,
}

impl Reported for Arc<Call> {
    fn trace(&self) -> &CallTrace {
        &self.trace
    }

    fn may_have_arrived(&self) -> bool {
        true
    }

    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    fn request_id(&self) -> Option<Arc<str>> {
        self.request_id.lock().unwrap().clone()
    }
}

impl Call {
    fn attempt(&self) {
        let number = self.attempts.fetch_add(1, Ordering::Relaxed) + 1;
        self.trace.attempt(number);
    }

    fn answer(&self, status: StatusCode, request_id: &str) {
        *self.request_id.lock().unwrap() = Some(request_id.into());
        self.trace.head(status);
    }
}

/// A subscriber that checks that the call's lock is free whenever it is called: one may end or inspect calls. It panics
/// once it has seen `panics_after` spans.
#[derive(Default)]
struct Curious {
    call: Arc<Call>,
    called: Arc<AtomicUsize>,
    next: AtomicU64,
    panics_after: Option<u64>,
    panics_at_end: bool,
}

impl Curious {
    fn look(&self) {
        self.called.fetch_add(1, Ordering::Relaxed);
        assert!(
            is_free(&self.call),
            "the subscriber is called without the lock"
        );
    }
}

fn is_free(call: &Call) -> bool {
    let open = call.trace.phases.0.get();
    open.is_none_or(|open| open.try_lock().is_ok())
}

impl Subscriber for Curious {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.look();
        let number = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        assert!(
            self.panics_after.is_none_or(|most| number <= most),
            "the subscriber panics"
        );
        Id::from_u64(number)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        self.look();
        assert!(!self.panics_at_end, "the subscriber panics");
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.look();
    }

    fn enter(&self, _: &Id) {
        self.look();
    }

    fn exit(&self, _: &Id) {
        self.look();
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.look();
        id.clone()
    }

    fn try_close(&self, _: Id) -> bool {
        self.look();
        true
    }
}

fn begun(call: &Arc<Call>) -> Running<Arc<Call>> {
    Running::begin(Arc::clone(call), || About {
        method: &Method::GET,
        template: "v3/certificates",
        host: "api.mch.weixin.qq.com",
        port: 443,
        merchant: merchant(),
        is_read: true,
    })
}

fn merchant() -> &'static Arc<str> {
    static MERCHANT: OnceLock<Arc<str>> = OnceLock::new();
    MERCHANT.get_or_init(|| "1900000109".into())
}

#[test]
fn the_lock_is_free_whenever_the_subscriber_is_called() {
    let curious = Curious::default();
    let (call, called) = (Arc::clone(&curious.call), Arc::clone(&curious.called));
    with_default(curious, || {
        let running = begun(&call);
        running.within(|| call.attempt());
        for (phase, connecting) in [
            (Phase::Connect, true),
            (Phase::Tls, true),
            (Phase::Wait, false),
            // Another attempt needs another connection: the phase of the call is the same again.
            (Phase::Connect, true),
            (Phase::Wait, false),
        ] {
            call.trace.phase(Some(phase), connecting);
        }
        call.trace.connection(false, Protocol::Http2);
        call.answer(StatusCode::OK, "08");
        call.trace.phase(Some(Phase::Read), false);
        drop(running);
        let before = called.load(Ordering::Relaxed);
        assert!(before >= 10, "{before}");
        // A shared task continues after the call's end: it opens no span, which would keep the call's open.
        call.trace.phase(Some(Phase::Wait), false);
        assert_eq!(called.load(Ordering::Relaxed), before);
    });
}

#[test]
fn a_subscriber_that_panics_does_not_poison_the_lock() {
    let curious = Curious {
        panics_after: Some(2),
        ..Curious::default()
    };
    let call = Arc::clone(&curious.call);
    with_default(curious, || {
        let running = begun(&call);
        call.trace.phase(Some(Phase::Wait), false);
        let read = || call.trace.phase(Some(Phase::Read), false);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_err();
        assert!(is_free(&call), "it is neither held nor poisoned");
        drop(running);
    });
}

#[test]
fn a_subscriber_that_panics_at_the_end_leaves_no_span_open() {
    let curious = Curious {
        panics_at_end: true,
        ..Curious::default()
    };
    let call = Arc::clone(&curious.call);
    with_default(curious, || {
        let running = begun(&call);
        call.trace.phase(Some(Phase::Wait), false);
        let end = || drop(running);
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(end)).unwrap_err();
        let open = call.trace.phases.take().unwrap();
        assert!(open.call.is_none() && open.phase.is_none());
    });
}

/// Counts the uses of each span. While it closes the first phase, another thread ends the call.
#[derive(Clone, Default)]
struct Counting {
    uses: Arc<Mutex<HashMap<u64, usize>>>,
    running: Arc<Mutex<Option<Running<Arc<Call>>>>>,
}

impl Subscriber for Counting {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut uses = self.uses.lock().unwrap();
        if let Some(parent) = span.parent() {
            assert!(uses[&parent.into_u64()] > 0, "the parent is open");
        }
        let number = uses.len() as u64 + 1;
        uses.insert(number, 1);
        Id::from_u64(number)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn clone_span(&self, id: &Id) -> Id {
        *self.uses.lock().unwrap().get_mut(&id.into_u64()).unwrap() += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let is_closed = {
            let mut uses = self.uses.lock().unwrap();
            let uses = uses.get_mut(&id.into_u64()).unwrap();
            *uses -= 1;
            *uses == 0
        };
        let ended = self.running.lock().unwrap().take();
        drop(ended);
        is_closed
    }
}

#[test]
fn a_call_that_ends_meanwhile_is_open_until_its_phase_is() {
    let counting = Counting::default();
    with_default(counting.clone(), || {
        let call = Arc::default();
        *counting.running.lock().unwrap() = Some(begun(&call));
        call.trace.phase(Some(Phase::Connect), false);
        call.trace.phase(Some(Phase::Tls), false);
        assert!(counting.running.lock().unwrap().is_none(), "it has ended");
    });
    let uses = counting.uses.lock().unwrap();
    assert_eq!(uses.len(), 3);
    assert!(uses.values().all(|uses| *uses == 0), "{uses:?}");
}

#[test]
fn a_phase_belongs_to_the_subscriber_of_its_call() {
    let (counting, other) = (Counting::default(), Counting::default());
    let call = Arc::default();
    let running = with_default(counting.clone(), || begun(&call));
    with_default(other.clone(), || call.trace.phase(Some(Phase::Wait), false));
    drop(running);
    assert_eq!(counting.uses.lock().unwrap().len(), 2);
    assert!(other.uses.lock().unwrap().is_empty());
}

/// Keeps the names and values that are recorded after the span's beginning.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut all = self.0.lock().unwrap();
        all.push(format!("{}={value:?}", field.name()));
    }
}

impl Subscriber for Recorded {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn the_response_of_an_earlier_attempt_is_not_that_of_the_last() {
    for answers in [false, true] {
        let recorded = Recorded::default();
        with_default(recorded.clone(), || {
            let call = Arc::default();
            let running = begun(&call);
            call.attempt();
            call.trace.connection(false, Protocol::Http2);
            call.answer(StatusCode::SERVICE_UNAVAILABLE, "first");
            call.attempt();
            if answers {
                call.answer(StatusCode::OK, "second");
            }
            drop(running);
        });
        let text = recorded.0.lock().unwrap().join(" ");
        assert!(text.contains("wechatpay.attempts=2"), "{text}");
        assert!(text.contains("maybe_sent=true"), "{text}");
        assert!(text.contains("undecided=false"), "a read: {text}");
        assert!(!text.contains("503") && !text.contains("first"), "{text}");
        assert!(!text.contains("protocol.version"), "{text}");
        let last = text.contains("status_code=200") && text.contains("request_id=\"second\"");
        assert_eq!(last, answers, "{text}");
    }
}
