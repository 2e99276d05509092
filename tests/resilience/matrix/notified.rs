//! A shop that is notified of a payment and queries the order before it delivers.

use std::future::IntoFuture;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use tokio::runtime::Runtime;
use wechatpay_chain::notify::{Notification, Notifications};
use wechatpay_chain::{Client, Error};
use wechatpay_sandbox::{DeliveryState, Fault};

use super::Mode;
use super::clock::StoppedClock;
use super::faults::{Case, Kind};
use super::operations::{Bench, ONCE, QUERY, WAITS};
use crate::relay::{Relay, Wire};
use crate::support::{ORDERS, order};

/// The server behind the `notify_url`, and the relay to it.
pub(super) struct Shop {
    relay: Relay,
    cell: Arc<Mutex<Option<Cell>>>,
}

/// The shop's state in one cell.
#[derive(Clone)]
struct Cell {
    notifications: Notifications,
    client: Client,
    /// The time of the client.
    clock: StoppedClock,
    mchid: String,
    /// The numbers of delivered orders, and how often the handler failed.
    delivered: Arc<Mutex<Vec<String>>>,
    failures: Arc<Mutex<usize>>,
}

impl Shop {
    pub(super) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Relay::start(listener.local_addr().unwrap());
        let cell = Arc::<Mutex<Option<Cell>>>::default();
        let shared = Arc::clone(&cell);
        thread::spawn(move || {
            let runtime = Runtime::new().unwrap();
            for stream in listener.incoming().flatten() {
                let cell = shared.lock().unwrap().clone();
                let handle = runtime.handle().clone();
                thread::spawn(move || {
                    let _in_runtime = handle.enter();
                    if let Some(cell) = cell {
                        drop(answer(&stream, &handle, cell));
                    }
                });
            }
        });
        Self { relay, cell }
    }

    pub(super) fn serve(
        &self,
        bench: &Bench,
        case: &Case,
        (client, clock): (Client, StoppedClock),
        number: &str,
        mode: Mode,
    ) -> &'static str {
        let notifications = Notifications::from_client(&bench.clean).unwrap();
        let cell = Cell {
            notifications,
            client,
            clock,
            mchid: bench.sandbox.mchid().to_owned(),
            delivered: Arc::default(),
            failures: Arc::default(),
        };
        *self.cell.lock().unwrap() = Some(cell.clone());
        let mut order = order(bench.sandbox.mchid(), number);
        order["notify_url"] = format!("{}notify", self.relay.url()).into();
        bench.clean.chain(ORDERS).post(order, ()).wait().unwrap();
        self.relay.clear();
        match case.kind {
            // Faults of requests affect the notification, faults of answers the query.
            Kind::Wire(fault) => self.relay.inject(fault),
            _ => bench.begin(case),
        }
        bench.sandbox.pay(number).unwrap();
        if let Kind::Sandbox(Fault::ReorderedNotifications) = case.kind {
            // Another payment, after which the first is posted.
            let other = format!("{number}B");
            let mut second = crate::support::order(bench.sandbox.mchid(), &other);
            second["notify_url"] = format!("{}notify", self.relay.url()).into();
            bench.clean.chain(ORDERS).post(second, ()).wait().unwrap();
            bench.sandbox.pay(&other).unwrap();
        }
        let end = wait(bench, &cell, number);
        if end == QUERY {
            // The shop's periodic query of unpaid orders.
            let query = bench
                .clean
                .chain(BY_NUMBER)
                .get(())
                .var("out_trade_no", number);
            let order = query.query("mchid", bench.sandbox.mchid()).wait().unwrap();
            assert_eq!(order["trade_state"], "SUCCESS", "{}", case.name);
            return end;
        }
        if matches!(case.kind, Kind::Wire(Wire::PassOnLate)) {
            self.relay.pass_on_late();
        }
        let delivered = cell.delivered.lock().unwrap();
        let count = delivered.iter().filter(|it| *it == number).count();
        assert_eq!(count, usize::from(end == ONCE), "{} {mode:?}", case.name);
        end
    }
}

const BY_NUMBER: &str = "v3/pay/transactions/out-trade-no/{out_trade_no}";

/// Waits until the order is delivered and the notification accepted, or a gateway accepted it instead of the shop, or
/// the shop cannot query the order at all.
fn wait(bench: &Bench, cell: &Cell, number: &str) -> &'static str {
    let patience = Instant::now() + Duration::from_secs(600);
    loop {
        let about = |it: &wechatpay_sandbox::DeliveryRecord| it.resource["out_trade_no"] == number;
        let deliveries = bench.sandbox.deliveries();
        let state = deliveries.iter().find(|it| about(it)).map(|it| it.state);
        let delivered = cell.delivered.lock().unwrap().iter().any(|it| it == number);
        if state == Some(DeliveryState::Accepted) {
            // Read again: it may have been delivered between the two reads.
            let delivered = cell.delivered.lock().unwrap().iter().any(|it| it == number);
            return if delivered { ONCE } else { QUERY };
        }
        if !delivered && *cell.failures.lock().unwrap() >= 3 {
            return WAITS;
        }
        assert!(
            Instant::now() < patience,
            "{number} is not delivered: {state:?}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// Delivers the goods if the order is paid.
async fn deliver(cell: Cell, notification: Notification) -> Result<(), Error> {
    let number = notification.resource()["out_trade_no"].as_str().unwrap();
    let query = cell
        .client
        .chain("v3/pay/transactions/out-trade-no/{out_trade_no}");
    let query = query
        .get(())
        .var("out_trade_no", number)
        .query("mchid", &*cell.mchid);
    let (clock, query) = (cell.clock.clone(), query.into_future());
    let queried = tokio::task::spawn_blocking(move || clock.run(query));
    match queried.await.unwrap() {
        Ok(order) => {
            assert_eq!(order["trade_state"], "SUCCESS");
            cell.delivered.lock().unwrap().push(number.to_owned());
            Ok(())
        }
        Err(err) => {
            *cell.failures.lock().unwrap() += 1;
            Err(err)
        }
    }
}

/// One request, one answer, and the connection is closed.
fn answer(
    mut stream: &TcpStream,
    runtime: &tokio::runtime::Handle,
    cell: Cell,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut request = http::Request::post("/notify");
    let mut len = 0;
    for at in 0.. {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim();
        match line.split_once(':') {
            _ if line.is_empty() => break,
            Some((name, value)) if at > 0 => {
                if name.eq_ignore_ascii_case("content-length") {
                    len = value.trim().parse().unwrap();
                }
                request = request.header(name, value.trim());
            }
            _ => {}
        }
    }
    let mut body = vec![0; len];
    reader.read_exact(&mut body)?;
    let request = request.body(Full::new(Bytes::from(body))).unwrap();
    let notifications = cell.notifications.clone();
    let handled = notifications.handle(request, move |it| deliver(cell, it));
    let reply = runtime.block_on(handled);
    let (status, body) = (reply.status(), reply.body());
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}
