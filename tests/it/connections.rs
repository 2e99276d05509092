//! Idle connections that the server closes: no call fails, and none is sent twice.
//!
//! `WECHATPAY_IDLE_CLOSES=20000` sets the number of calls in each test; the default is a few dozen.

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::Thread;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;
use wechatpay_chain::Call;

use crate::support::gate::{End, Gate, Speaks};

/// Where the calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    CurrentThread,
    MultiThread,
    /// `.wait()` outside a runtime.
    Wait,
    /// `.wait()` inside a runtime.
    WaitInside,
    LocalSet,
    /// A new runtime for every three calls, as in tests that share a client.
    ManyRuntimes,
    /// Two runtimes in alternation.
    TwoRuntimes,
    /// `.await` without tokio.
    NoRuntime,
}

const WIRES: [(Speaks, End); 7] = [
    (Speaks::Plain, End::Fin),
    (Speaks::Plain, End::Reset),
    (Speaks::Plain, End::Polite),
    (Speaks::Tls, End::Fin),
    (Speaks::Tls, End::Polite),
    (Speaks::Http2, End::Fin),
    (Speaks::Http2, End::Polite),
];

fn calls(by_default: usize) -> usize {
    let more = std::env::var("WECHATPAY_IDLE_CLOSES").ok();
    more.map_or(by_default, |more| more.parse().unwrap())
}

/// Makes calls; the server closes all connections after every second one.
fn through_idle_closes(gate: &Gate, place: Place, number: usize) {
    let client = gate.builder().build().unwrap();
    let mut run = Run::new(place);
    let mut failed = Vec::new();
    for id in 0..number {
        let call = client
            .chain("v3/certificates")
            .get(())
            .query("id", id.to_string());
        if let Err(err) = run.make(call, id) {
            failed.push(format!("{}, maybe_sent {}", err.report(), err.maybe_sent()));
        }
        // Every second call uses a connection that is still open.
        if id % 2 == 0 {
            run.block(gate);
        }
    }
    let seen = gate.seen();
    let twice = seen.values().filter(|&&times| times > 1).count();
    println!(
        "{place:?}: {number} calls, {} failed, {twice} came twice",
        failed.len()
    );
    assert!(
        failed.is_empty(),
        "{place:?}: {} of {number} failed: {}",
        failed.len(),
        failed[0]
    );
    assert_eq!((seen.len(), twice), (number, 0), "{place:?}");
}

/// The runtimes that make a client's calls.
struct Run {
    place: Place,
    runtimes: Vec<Runtime>,
}

impl Run {
    fn new(place: Place) -> Self {
        let runtimes = match place {
            Place::MultiThread => vec![multi_thread()],
            Place::TwoRuntimes => vec![current_thread(), multi_thread()],
            _ => vec![current_thread()],
        };
        Self { place, runtimes }
    }

    fn make(&mut self, call: Call, id: usize) -> wechatpay_chain::Result<()> {
        if self.place == Place::ManyRuntimes && id.is_multiple_of(3) {
            self.runtimes = vec![current_thread()];
        }
        let runtime = &self.runtimes[id % self.runtimes.len()];
        let call_future = |call: Call| call.into_future();
        match self.place {
            Place::Wait => call.wait(),
            Place::WaitInside => runtime.block_on(async { call.wait() }),
            Place::LocalSet => LocalSet::new().block_on(runtime, async {
                tokio::task::spawn_local(call_future(call)).await.unwrap()
            }),
            Place::MultiThread => runtime.block_on(runtime.spawn(call_future(call))).unwrap(),
            Place::NoRuntime => block_on(call_future(call)),
            _ => runtime.block_on(call_future(call)),
        }
        .map(|answer| assert_eq!(answer["ok"], true))
    }

    /// Closes idle connections while the runtime cannot notice it.
    fn block(&self, gate: &Gate) {
        match self.place {
            Place::CurrentThread => self.runtimes[0].block_on(async { gate.close_idle() }),
            _ => gate.close_idle(),
        }
    }
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Arc::new(Unpark(std::thread::current())).into();
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// A server accepts a connection, announces its limit later, and refuses the streams above it.
#[test]
fn many_concurrent_calls_work_over_limited_connections() {
    for speaks in [Speaks::Plain, Speaks::Tls, Speaks::Http2] {
        let gate = Gate::open(speaks, End::Polite);
        let client = gate.builder().build().unwrap();
        for runtime in [current_thread(), multi_thread()] {
            runtime.block_on(async {
                let calls: Vec<_> = (0..64)
                    .map(|id| {
                        let id = format!("{:?} {id}", runtime.handle().id());
                        let call = client.chain("v3/certificates").get(());
                        tokio::spawn(call.query("id", id).into_future())
                    })
                    .collect();
                for call in calls {
                    assert_eq!(call.await.unwrap().unwrap()["ok"], true, "{speaks:?}");
                }
            });
        }
        let seen = gate.seen();
        assert_eq!(
            (seen.len(), seen.values().max()),
            (128, Some(&1)),
            "{speaks:?}"
        );
    }
}

fn everywhere(place: Place) {
    for (speaks, end) in WIRES {
        println!("{speaks:?} {end:?}");
        let gate = Gate::open(speaks, end);
        through_idle_closes(&gate, place, calls(30));
    }
    let gate = Gate::behind_a_proxy(Speaks::Tls, End::Fin);
    through_idle_closes(&gate, place, calls(30));
}

macro_rules! places {
    ($($name:ident: $place:ident),* $(,)?) => {$(
        #[test]
        fn $name() {
            everywhere(Place::$place);
        }
    )*};
}

places! {
    on_a_current_thread_runtime: CurrentThread,
    on_a_multi_thread_runtime: MultiThread,
    waited_for: Wait,
    waited_for_inside_a_runtime: WaitInside,
    on_a_local_set: LocalSet,
    on_many_runtimes_one_after_the_other: ManyRuntimes,
    on_two_runtimes_in_turn: TwoRuntimes,
    without_a_runtime: NoRuntime,
}
