use std::fmt;
use std::sync::Weak;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;

use http::Method;
use tracing::field::Visit;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Metadata, Subscriber};

use super::*;

/// A subscriber that uses the call's span whenever it is called, as one does that ends or inspects calls, and
/// panics once if it shall.
#[derive(Default)]
struct Curious {
    call: Arc<OnceLock<Weak<CallSpan>>>,
    called: Arc<AtomicUsize>,
    next: AtomicU64,
    panics: bool,
}

impl Curious {
    fn look(&self) {
        if let Some(call) = self.call.get().and_then(Weak::upgrade) {
            self.called.fetch_add(1, Ordering::Relaxed);
            call.attempt(2);
        }
    }
}

impl Subscriber for Curious {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        self.look();
        Id::from_u64(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        self.look();
        assert!(!self.panics, "the subscriber panics");
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

fn begun() -> CallSpan {
    let call = CallSpan::default();
    begin(&call);
    call
}

fn begin(call: &CallSpan) {
    call.begin(&About {
        method: &Method::GET,
        template: "v3/certificates",
        host: "api.mch.weixin.qq.com",
        port: 443,
        merchant: &"1900000109".into(),
        #[cfg(feature = "metrics")]
        is_read: true,
    });
}

/// Everything that a call reports; returns how often the subscriber was called.
fn whole_life() -> usize {
    let curious = Curious::default();
    let (known, called) = (Arc::clone(&curious.call), Arc::clone(&curious.called));
    with_default(curious, || {
        let call = Arc::new(begun());
        known.set(Arc::downgrade(&call)).unwrap();
        drop(call.get());
        call.attempt(1);
        for (phase, connecting) in [
            (Phase::Connect, true),
            (Phase::Tls, true),
            (Phase::Wait, false),
        ] {
            call.phase(Some(phase), connecting);
        }
        call.connection(false, Protocol::Http2);
        call.head(StatusCode::OK, Some(&"08".into()));
        call.phase(Some(Phase::Read), false);
        // A second beginning replaces the first span.
        begin(&call);
        call.cancelled();
    });
    called.load(Ordering::Relaxed)
}

/// A lock that is held meanwhile would never be free again, so another thread runs it.
#[test]
fn a_subscriber_may_use_the_call_that_it_is_told_of() {
    let (done, result) = mpsc::channel();
    std::thread::spawn(move || done.send(whole_life()));
    let called = result.recv_timeout(Duration::from_secs(60));
    assert!(called.unwrap() >= 10, "{called:?}");
}

#[test]
fn a_subscriber_that_panics_does_not_poison_the_lock() {
    let curious = Curious {
        panics: true,
        ..Curious::default()
    };
    with_default(curious, || {
        let call = begun();
        call.head(StatusCode::OK, None);
        let end = || call.cancelled();
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(end)).unwrap_err();
        assert!(!call.0.is_poisoned(), "the subscriber ran without the lock");
        call.phase(Some(Phase::Read), false);
        assert!(call.get().is_disabled());
    });
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
            let call = begun();
            call.attempt(1);
            call.connection(false, Protocol::Http2);
            call.head(StatusCode::SERVICE_UNAVAILABLE, Some(&"first".into()));
            call.attempt(2);
            if answers {
                call.head(StatusCode::OK, Some(&"second".into()));
            }
            call.cancelled();
        });
        let text = recorded.0.lock().unwrap().join(" ");
        assert!(text.contains("wechatpay.attempts=2"), "{text}");
        assert!(!text.contains("503") && !text.contains("first"), "{text}");
        assert!(!text.contains("protocol.version"), "{text}");
        let last = text.contains("status_code=200") && text.contains("request_id=\"second\"");
        assert_eq!(last, answers, "{text}");
    }
}
