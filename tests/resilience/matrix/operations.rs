//! Each operation with one fault, and the expected ledger.

use std::fs;
use std::future::IntoFuture;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use http::Method;
use wechatpay_chain::outcome::{Outcome, QueryPolicy};
use wechatpay_chain::resilience::{Failover, RetryPolicy};
use wechatpay_chain::{Call, Client, Media};
use wechatpay_sandbox::{CallRecord, Fault, Sandbox};

use super::Mode;
use super::clock::{Progress, StoppedClock};
use super::faults::{Case, Host, Kind};
use super::notified::Shop;
use crate::relay::{Relay, Wire};
use crate::support::{MICROPAY, ORDERS, REFUNDS, TRANSFERS, micropay, order, refund, transfer};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Order,
    Refund,
    Transfer,
    V2Pay,
    Upload,
    Download,
    Notification,
}

impl Op {
    pub(super) const ALL: [Self; 7] = [
        Self::Order,
        Self::Refund,
        Self::Transfer,
        Self::V2Pay,
        Self::Upload,
        Self::Download,
        Self::Notification,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Refund => "refund",
            Self::Transfer => "transfer",
            Self::V2Pay => "v2 pay",
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Notification => "notification",
        }
    }
}

/// The outcome of a cell.
pub(super) const ANSWER: &str = "A";
pub(super) const AGAIN: &str = "R";
pub(super) const QUERY: &str = "Q";
pub(super) const NOT_DONE: &str = "N";
pub(super) const FAILED: &str = "E";
pub(super) const ONCE: &str = "1";
pub(super) const WAITS: &str = "W";

/// A sandbox with a relay to it, used by one cell after another.
pub(super) struct Bench {
    pub(super) sandbox: Sandbox,
    /// A client without faults.
    pub(super) clean: Client,
    /// The time of the client under test.
    clock: StoppedClock,
    relay: Relay,
    mute: SocketAddr,
    closed: SocketAddr,
    no_tls: SocketAddr,
    pub(super) shop: Shop,
}

impl Bench {
    pub(super) fn new() -> Self {
        let builder = Sandbox::builder().check_fields(false);
        let builder = builder.post_notifications().speed(1000.0);
        let sandbox = builder.start_blocking().unwrap();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap();
        let closed = closed.local_addr().unwrap();
        let clock = StoppedClock::new();
        let progress = clock.progress();
        Self {
            clean: sandbox.client().unwrap(),
            relay: Relay::start_with(sandbox.address(), move || progress.end()),
            mute: mute(clock.progress()),
            clock,
            closed,
            no_tls: plaintext(),
            shop: Shop::open(),
            sandbox,
        }
    }

    pub(super) fn run(&self, case: &Case, op: Op, mode: Mode) -> &'static str {
        let done = AtomicBool::new(false);
        // Of the cell before.
        self.sandbox.clear_calls();
        thread::scope(|scope| {
            if case.is_slow() {
                scope.spawn(|| self.watch_slow_answer(&done));
            }
            let _done = SetOnDrop(&done);
            self.run_cell(case, op, mode)
        })
    }

    /// Lets the clock go on when the sandbox holds an answer back.
    fn watch_slow_answer(&self, done: &AtomicBool) {
        let is_slow = |call: &CallRecord| matches!(call.fault, Some(Fault::Slow(_)));
        while !done.load(Ordering::Relaxed) {
            if self.sandbox.calls().iter().any(is_slow) {
                return self.clock.progress().end();
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    fn run_cell(&self, case: &Case, op: Op, mode: Mode) -> &'static str {
        self.sandbox.reset();
        self.relay.clear();
        let client = self.client(case, op, mode);
        let number = number();
        let mchid = self.sandbox.mchid();
        match op {
            Op::Order => self.outcome(
                case,
                client.chain(ORDERS).post(order(mchid, &number), ()),
                || self.orders(&number, "NOTPAY"),
            ),
            Op::Refund => {
                self.pay_order(&number);
                let call = client.chain(REFUNDS).post(refund(&number, &number), ());
                self.outcome(case, call, || self.refunds(&number))
            }
            Op::Transfer => {
                let call = client.chain(TRANSFERS).post(transfer(&number), ());
                self.outcome(case, call, || self.transfers(&number))
            }
            Op::V2Pay => {
                let call = client.chain(MICROPAY).post(micropay(mchid, &number), ());
                self.outcome(case, call, || self.orders(&number, "SUCCESS"))
            }
            Op::Upload => self.upload(case, &client, mode),
            Op::Download => self.download(case, &client),
            Op::Notification => self.notification(case, client, &number, mode),
        }
    }

    /// The client under test, with the faulty host as its first.
    fn client(&self, case: &Case, op: Op, mode: Mode) -> Client {
        let base = match &case.kind {
            Kind::Nothing | Kind::Sandbox(_) => self.sandbox.base_url().to_owned(),
            Kind::Wire(_) => self.relay.url(),
            Kind::Host(Host::Refuses) => format!("http://{}/", self.closed),
            Kind::Host(Host::NoTls) => format!("https://{}/", self.no_tls),
            Kind::Host(Host::MuteTls) => format!("https://{}/", self.mute),
        };
        let (v3, v2) = (self.clock.clone(), self.clock.clone());
        let streams = op == Op::Download;
        let mut builder = self.sandbox.client_builder().base_url(base);
        builder = builder
            .timeout(Duration::from_secs(3))
            .connect_timeout(Duration::from_millis(300))
            .stack(move |stack| {
                v3.add_layer(stack, streams);
                Ok(())
            })
            .v2_stack(move |stack| {
                v2.add_layer(stack, streams);
                Ok(())
            });
        if mode.retry {
            let policy =
                RetryPolicy::new().backoff(Duration::from_millis(1), Duration::from_millis(5));
            builder = builder.retry(policy.attempt_timeout(Duration::from_secs(1)));
        }
        if mode.failover {
            builder = builder.failover(Failover::to(self.sandbox.base_url()));
        }
        builder.build().unwrap()
    }

    /// Starts the fault.
    pub(super) fn begin(&self, case: &Case) {
        self.sandbox.clear_calls();
        match &case.kind {
            Kind::Sandbox(fault) => self.sandbox.inject_fault(fault.clone()),
            Kind::Wire(fault) => self.relay.inject(*fault),
            Kind::Nothing | Kind::Host(_) => {}
        }
    }

    /// A call that moves money: its outcome must match the ledger, which counts how often it was
    /// done.
    fn outcome(&self, case: &Case, call: Call, ledger: impl Fn() -> usize) -> &'static str {
        // A delayed request arrives before "not found" is final.
        let waits = [20, 60, 150, 350].map(Duration::from_millis);
        let policy = QueryPolicy::quick().waits(waits);
        let policy = policy.settled_after(Duration::from_millis(400));
        self.begin(case);
        let outcome = call.or_query(policy).into_future();
        let outcome = self.clock.run(outcome).unwrap();
        self.relay.pass_on_late();
        let done = ledger();
        match outcome {
            Outcome::Done(answer) => {
                assert_eq!(done, 1, "{}: done", case.name);
                if self.queried() {
                    QUERY
                } else if answer.attempts() > 1 {
                    AGAIN
                } else {
                    ANSWER
                }
            }
            Outcome::NotDone(why) => {
                assert_eq!(done, 0, "{}: not done, since {why}", case.name);
                assert!(why.leaves_number_free());
                NOT_DONE
            }
            Outcome::StillUnknown(why) => panic!("{}: {why}", case.name),
        }
    }

    fn queried(&self) -> bool {
        let query =
            |call: &CallRecord| call.method == Method::GET || call.target == "/pay/orderquery";
        self.sandbox.calls().iter().any(query)
    }

    fn orders(&self, number: &str, state: &str) -> usize {
        let orders = self.sandbox.orders();
        let of = orders
            .iter()
            .filter(|it| it.out_trade_no == number && it.trade_state == state);
        of.count()
    }

    fn refunds(&self, number: &str) -> usize {
        let refunds = self.sandbox.refunds();
        let count = refunds
            .iter()
            .filter(|it| it.out_trade_no == number)
            .count();
        let orders = self.sandbox.orders();
        let order = orders.iter().find(|it| it.out_trade_no == number).unwrap();
        assert_eq!(
            order.refunded,
            30 * count as i64,
            "the money is what the refunds say"
        );
        count
    }

    fn transfers(&self, number: &str) -> usize {
        let transfers = self.sandbox.transfers();
        transfers
            .iter()
            .filter(|it| it.out_bill_no == number)
            .count()
    }

    fn pay_order(&self, number: &str) {
        let order = order(self.sandbox.mchid(), number);
        self.clean.chain(ORDERS).post(order, ()).wait().unwrap();
        self.sandbox.pay(number).unwrap();
    }

    fn upload(&self, case: &Case, client: &Client, mode: Mode) -> &'static str {
        self.begin(case);
        let media = Media::from_bytes("a.jpg", b"\xff\xd8\xff picture".to_vec());
        let call = client.chain("v3/merchant/media/upload").post(media, ());
        let outcome = self.clock.run(call.into_future());
        self.relay.pass_on_late();
        let processed = self.processed();
        match outcome {
            Ok(answer) => {
                assert!(answer["media_id"].is_string());
                // A second picture is harmless, but only a retry causes one.
                assert!(
                    processed == 1 || mode.retry && processed > 1,
                    "{}",
                    case.name
                );
                if answer.attempts() > 1 { AGAIN } else { ANSWER }
            }
            Err(err) => {
                assert!(processed <= 1, "{}", case.name);
                assert!(
                    processed == 0 || err.maybe_sent(),
                    "{}: {}\n{:?}",
                    case.name,
                    err.report(),
                    self.sandbox.calls()
                );
                FAILED
            }
        }
    }

    /// How often a picture was actually stored.
    fn processed(&self) -> usize {
        let refused = |call: &&CallRecord| match &call.fault {
            Some(Fault::Status(status)) => !status.is_client_error(),
            Some(Fault::CutBeforeProcessing) => false,
            _ => true,
        };
        let calls = self.sandbox.calls();
        calls
            .iter()
            .filter(|call| call.target.contains("/media/upload"))
            .filter(|call| call.verdict.is_accepted())
            .filter(refused)
            .count()
    }

    /// A file is complete and in place, or does not exist.
    fn download(&self, case: &Case, client: &Client) -> &'static str {
        let content = "交易时间,公众账号ID\n".repeat(200);
        self.sandbox.set_bill(content.clone());
        let ticket = self
            .clean
            .chain("v3/bill/tradebill")
            .get(())
            .query("bill_date", "2024-01-01");
        let ticket = ticket.wait().unwrap();
        let url: http::Uri = ticket["download_url"].as_str().unwrap().parse().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("bill.csv");
        self.begin(case);
        let download = client
            .get_url(url.path_and_query().unwrap().as_str())
            .sink(&target);
        let download = download.expect_sha1(ticket["hash_value"].as_str().unwrap());
        match self.clock.run(download.into_future()) {
            Ok(_) => {
                assert_eq!(fs::read_to_string(&target).unwrap(), content);
                let again = self.was_repeated(case);
                if again { AGAIN } else { ANSWER }
            }
            Err(_) => {
                assert_eq!(
                    fs::read_dir(dir.path()).unwrap().count(),
                    0,
                    "{}",
                    case.name
                );
                FAILED
            }
        }
    }

    /// Whether a successful call was sent more than once: a connection fault affects the first attempt.
    fn was_repeated(&self, case: &Case) -> bool {
        match case.kind {
            Kind::Nothing | Kind::Wire(Wire::PassOnTwice) => false,
            Kind::Wire(_) | Kind::Host(_) => true,
            Kind::Sandbox(_) => self.sandbox.calls().len() > 1,
        }
    }

    fn notification(&self, case: &Case, client: Client, number: &str, mode: Mode) -> &'static str {
        let client = (client, self.clock.clone());
        self.shop.serve(self, case, client, number, mode)
    }
}

struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A server that accepts connections and says nothing.
fn mute(progress: Progress) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming().flatten() {
            open.push(stream);
            progress.end();
        }
    });
    address
}

/// A server that does not speak TLS.
fn plaintext() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The client may have gone.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    address
}

/// A unique number for each cell.
fn number() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("M{:09}", NEXT.fetch_add(1, Ordering::Relaxed))
}
