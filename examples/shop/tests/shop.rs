//! The shop against the sandbox: payments, refunds and bills, with lost answers, doubled notifications and a host that
//! is down.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use wechatpay_chain::middleware::from_fn;
use wechatpay_chain::notify::Notifications;
use wechatpay_chain::resilience::Failover;
use wechatpay_chain::{Client, Fen, Next, Request, Timestamp};
use wechatpay_sandbox::{Fault, RefundStatus, Sandbox, StubResponse};
use wechatpay_shop::{
    Channel, Difference, Failure, Order, Shop, State, TIMEOUT, for_production, last_week, router,
};

/// A running shop, and its sandbox.
async fn open() -> (Shop, Sandbox) {
    open_with(|shop| shop).await
}

/// A running shop with other settings, and its sandbox.
async fn open_with(edit: impl FnOnce(Shop) -> Shop) -> (Shop, Sandbox) {
    let sandbox = Sandbox::builder()
        .post_notifications()
        .start()
        .await
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Nothing listens on port 9, so each connection of the shop uses the backup host.
    let client = sandbox.client_builder().base_url("http://127.0.0.1:9/");
    let client = for_production(client, Failover::to(sandbox.base_url()));
    let client = client.build().unwrap();
    let shop = edit(Shop {
        notifications: Notifications::from_client(&client).unwrap(),
        client,
        book: Arc::default(),
        appid: "wxd678efh567hg6787".into(),
        notify_url: format!("http://{}/notify", listener.local_addr().unwrap()).into(),
        staff_token: Some("staff-token-of-the-test".into()),
    });
    let served = router(shop.clone());
    tokio::spawn(async move { axum::serve(listener, served).await });
    (shop, sandbox)
}

async fn native(shop: &Shop) -> Order {
    let (order, page) = shop.order("Tea", &Channel::Native).await.unwrap();
    assert!(
        page["qr"].as_str().unwrap().starts_with("<?xml")
            || page["qr"].as_str().unwrap().contains("<svg")
    );
    order
}

/// Waits until the notification has changed the order.
async fn becomes(shop: &Shop, number: &str, state: State) {
    for _ in 0..3000 {
        if shop.book.get(number).unwrap().state == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?} is not {state:?}", shop.book.get(number));
}

async fn paid(shop: &Shop, sandbox: &Sandbox) -> Order {
    let order = native(shop).await;
    sandbox.pay(&order.number).unwrap();
    becomes(shop, &order.number, State::Paid).await;
    order
}

#[tokio::test]
async fn a_notification_books_a_payment_and_a_refund_returns_it() {
    let (shop, sandbox) = open().await;
    let order = paid(&shop, &sandbox).await;
    // The hourly job completes a refund, and never begins one.
    let not_begun = shop.refund(&order.number, false).await;
    assert!(
        matches!(not_begun, Err(Failure::NotNow(_))),
        "{not_begun:?}"
    );
    assert_eq!(shop.book.get(&order.number).unwrap().state, State::Paid);
    shop.refund(&order.number, true).await.unwrap();
    becomes(&shop, &order.number, State::Refunded).await;
    assert!(matches!(
        shop.refund(&order.number, true).await,
        Err(Failure::NotNow(_))
    ));
    assert_eq!(sandbox.refunds().len(), 1);
}

#[tokio::test]
async fn a_page_in_wechat_gets_signed_parameters() {
    let (shop, _sandbox) = open().await;
    let channel: Channel =
        serde_json::from_value(json!({"jsapi": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"})).unwrap();
    let (_, page) = shop.order("Tea", &channel).await.unwrap();
    assert!(
        page["package"].as_str().unwrap().starts_with("prepay_id="),
        "{page}"
    );
    assert!(page["paySign"].is_string());
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_one_order() {
    let (shop, sandbox) = open().await;
    sandbox.inject_fault(Fault::CutBeforeAnswer);
    native(&shop).await;
    assert_eq!(sandbox.orders().len(), 1);
}

#[tokio::test]
async fn a_doubled_notification_is_booked_once() {
    let (shop, sandbox) = open().await;
    sandbox.inject_fault(Fault::DuplicatedNotification);
    let order = paid(&shop, &sandbox).await;
    assert!(
        !shop.note_paid(&json!(order.number), &json!(100)).unwrap(),
        "the payment is already booked"
    );
    assert_eq!(shop.book.all(State::Paid).unwrap().len(), 1);
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_found_and_made_once() {
    let (shop, sandbox) = open().await;
    let order = paid(&shop, &sandbox).await;
    sandbox.inject_fault(Fault::CutBeforeAnswer);
    shop.refund(&order.number, true).await.unwrap();
    becomes(&shop, &order.number, State::Refunded).await;
    assert_eq!(sandbox.refunds().len(), 1);
}

/// A query that finds the first refund closed comes late: a second refund is in progress by then.
#[tokio::test]
async fn a_late_query_of_one_refund_does_not_end_the_next() {
    let (shop, sandbox) = open().await;
    let (number, gate, first) =
        refund_with_late_query(&shop, &sandbox, Fault::CutBeforeAnswer).await;
    let number = &number;
    while sandbox.refunds().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sandbox
        .settle_refund(&format!("R{number}-0"), RefundStatus::Closed)
        .unwrap();
    becomes(&shop, number, State::Paid).await;
    shop.refund(number, true).await.unwrap();
    gate.notify_one();
    let first = first.await.unwrap();
    assert!(matches!(first, Err(Failure::NotNow(_))), "{first:?}");
    assert_eq!(shop.book.get(number).unwrap().state, State::Refunding);
    sandbox
        .settle_refund(&format!("R{number}-1"), RefundStatus::Success)
        .unwrap();
    becomes(&shop, number, State::Refunded).await;
}

/// The same number may be in progress again, since it is kept while it is free.
#[tokio::test]
async fn a_late_query_does_not_end_the_same_refund_begun_anew() {
    let (shop, sandbox) = open().await;
    let (number, gate, first) =
        refund_with_late_query(&shop, &sandbox, Fault::CutBeforeProcessing).await;
    let number = &number;
    while sandbox.calls().iter().all(|call| call.fault.is_none()) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // As after another query, which was sure that nothing was made.
    shop.book.advance(number, State::Paid, |_| true).unwrap();
    shop.refund(number, true).await.unwrap();
    let ended = json!({
        "out_trade_no": number, "out_refund_no": format!("R{number}-0"), "status": "CLOSED",
        "amount": {"refund": 100, "total": 100, "currency": "CNY"},
    });
    let path = format!("v3/refund/domestic/refunds/R{number}-0");
    sandbox
        .stub("GET", &path, StubResponse::json(ended))
        .unwrap();
    gate.notify_one();
    let first = first.await.unwrap();
    assert!(matches!(first, Err(Failure::NotNow(_))), "{first:?}");
    let now = shop.book.get(number).unwrap();
    assert_eq!((now.state, now.failed), (State::Refunding, 0));
    // A refund that was made is booked, whatever another query said.
    shop.book.advance(number, State::Paid, |_| true).unwrap();
    let told = json!({"out_trade_no": number, "out_refund_no": format!("R{number}-0")});
    assert!(shop.note_refund(&told, &json!("SUCCESS")).unwrap());
    assert_eq!(shop.book.get(number).unwrap().state, State::Refunded);
}

/// The number of a refund is used up only when WeChat Pay has ended it.
#[tokio::test]
async fn a_refused_refund_is_made_later_with_the_same_number() {
    let (shop, sandbox) = open().await;
    let order = paid(&shop, &sandbox).await;
    let number = &order.number;
    sandbox.inject_fault(Fault::Status(StatusCode::FORBIDDEN));
    let refused = shop.refund(number, true).await;
    assert!(matches!(refused, Err(Failure::NotNow(_))), "{refused:?}");
    assert_eq!(shop.book.get(number).unwrap().state, State::Paid);
    shop.refund(number, true).await.unwrap();
    becomes(&shop, number, State::Refunded).await;
    let [refund] = &sandbox.refunds()[..] else {
        panic!("one refund is made");
    };
    assert_eq!(refund.out_refund_no, format!("R{number}-0"));
}

/// Someone else has made a refund under the number: a person must look at it before anything is refunded.
#[tokio::test]
async fn a_refund_whose_number_is_taken_stays_in_progress() {
    let (shop, sandbox) = open().await;
    sandbox.hold_refunds(true);
    let order = paid(&shop, &sandbox).await;
    let number = &order.number;
    let other = json!({
        "out_trade_no": number, "out_refund_no": format!("R{number}-0"),
        "amount": {"refund": 30, "total": 100, "currency": "CNY"},
    });
    let call = shop.client["v3/refund/domestic/refunds"].post(other, ());
    call.await.unwrap();
    // The shop has begun its refund, and its answer was lost.
    let begin = |_: &mut Order| true;
    shop.book.advance(number, State::Refunding, begin).unwrap();
    for begins in [false, true] {
        let taken = shop.refund(number, begins).await;
        assert!(matches!(taken, Err(Failure::NotNow(_))), "{taken:?}");
        let order = shop.book.get(number).unwrap();
        assert_eq!((order.state, order.failed), (State::Refunding, 0));
    }
    assert_eq!(sandbox.refunds().len(), 1);
}

/// A query that finds nothing proves something only long after the last request.
#[tokio::test]
async fn the_age_of_a_request_begins_at_its_latest_end() {
    let (shop, _sandbox) = open().await;
    let order = native(&shop).await;
    let left = order.sent - Instant::now();
    assert!(left > TIMEOUT / 2 && left <= TIMEOUT, "{left:?}");
    assert_eq!(order.sent.elapsed(), Duration::ZERO);
}

/// A client that does not repeat a request, and whose queries wait for the gate.
/// Begins a refund whose answer is lost, and whose query waits for the gate.
async fn refund_with_late_query(
    shop: &Shop,
    sandbox: &Sandbox,
    fault: Fault,
) -> (String, Arc<Notify>, JoinHandle<Result<Order, Failure>>) {
    sandbox.hold_refunds(true);
    let number = paid(shop, sandbox).await.number;
    let gate = Arc::new(Notify::new());
    let late = Shop {
        client: client_that_queries_after(&gate, sandbox),
        ..shop.clone()
    };
    sandbox.inject_fault(fault);
    let first = tokio::spawn({
        let number = number.clone();
        async move { late.refund(&number, true).await }
    });
    becomes(shop, &number, State::Refunding).await;
    (number, gate, first)
}

fn client_that_queries_after(gate: &Arc<Notify>, sandbox: &Sandbox) -> Client {
    let gate = Arc::clone(gate);
    let wait = from_fn(move |request: Request, next: Next| {
        let gate = Arc::clone(&gate);
        async move {
            if request.method() == "GET" {
                gate.notified().await;
            }
            next.run(request).await
        }
    });
    let builder = sandbox.client_builder();
    let builder = builder.stack(|stack| stack.unshift("gate", wait).map(drop));
    builder.timeout(Duration::from_secs(60)).build().unwrap()
}

#[tokio::test]
async fn an_unpaid_order_is_closed_unless_it_was_paid_meanwhile() {
    let (shop, sandbox) = open().await;
    let unpaid = native(&shop).await;
    assert_eq!(
        shop.close(&unpaid.number).await.unwrap().state,
        State::Closed
    );
    assert!(
        sandbox.pay(&unpaid.number).is_err(),
        "a closed order cannot be paid"
    );
    let silent = Shop {
        notify_url: "https://shop.invalid/notify".into(),
        ..shop
    };
    let order = native(&silent).await;
    sandbox.pay(&order.number).unwrap();
    assert_eq!(
        silent.close(&order.number).await.unwrap().state,
        State::Paid
    );
}

#[tokio::test]
async fn the_bill_finds_a_payment_without_a_notification() {
    let (shop, sandbox) = open().await;
    paid(&shop, &sandbox).await;
    let silent = Shop {
        notify_url: "https://shop.invalid/notify".into(),
        ..shop
    };
    let missed = native(&silent).await;
    sandbox.pay(&missed.number).unwrap();
    // The sandbox has today's bill.
    let today = Timestamp::beijing(SystemTime::now()).to_string();
    let today = &today[..10];
    let differences = silent.reconcile(today).await.unwrap();
    assert_eq!(differences, [Difference::Missed(missed.number.clone())]);
    assert_eq!(silent.book.get(&missed.number).unwrap().state, State::Paid);
    assert_eq!(silent.reconcile(today).await.unwrap(), []);
}

#[tokio::test]
async fn payments_that_match_no_order_are_not_booked() {
    let (shop, _sandbox) = open().await;
    let order = shop.book.add("1", "Tea", Fen::new(100)).unwrap();
    for (number, total) in [("1", json!(99)), ("1", Value::Null), ("2", json!(100))] {
        let noted = shop.note_paid(&json!(number), &total);
        assert!(matches!(noted, Err(Failure::NotFound(_))), "{noted:?}");
    }
    assert_eq!(shop.book.get("1").unwrap(), order);
}

/// Posts to the shop from outside, and returns the whole response.
async fn post(shop: &Shop, path: &str, headers: &str, body: &str) -> String {
    let host = shop.notify_url.split('/').nth(2).unwrap().to_owned();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/json\r\n{headers}\r\n{body}",
        body.len()
    );
    let sent = tokio::task::spawn_blocking(move || {
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        std::io::read_to_string(stream).unwrap()
    });
    sent.await.unwrap()
}

fn status(response: &str) -> &str {
    response.split(' ').nth(1).unwrap()
}

#[tokio::test]
async fn only_the_staff_refunds() {
    let (shop, sandbox) = open().await;
    let order = paid(&shop, &sandbox).await;
    let path = format!("/orders/{}/refund", order.number);
    for headers in [
        "",
        "Authorization: Bearer \r\n",
        "Authorization: Bearer staff-token\r\n",
        "Authorization: staff-token-of-the-test\r\n",
    ] {
        let reply = post(&shop, &path, headers, "").await;
        assert_eq!(status(&reply), "404", "{reply}");
    }
    assert_eq!(shop.book.get(&order.number).unwrap().state, State::Paid);
    let token = "Authorization: Bearer staff-token-of-the-test\r\n";
    let reply = post(&shop, &path, token, "").await;
    assert_eq!(status(&reply), "200", "{reply}");
    becomes(&shop, &order.number, State::Refunded).await;
}

#[tokio::test]
async fn without_a_token_of_the_staff_nobody_refunds() {
    for token in [None, Some("")] {
        let staff_token = token.map(Arc::from);
        let (shop, sandbox) = open_with(|shop| Shop {
            staff_token,
            ..shop
        })
        .await;
        let order = paid(&shop, &sandbox).await;
        let path = format!("/orders/{}/refund", order.number);
        for headers in ["", "Authorization: Bearer \r\n"] {
            let reply = post(&shop, &path, headers, "").await;
            assert_eq!(status(&reply), "404", "{reply}");
        }
    }
}

#[tokio::test]
async fn the_price_is_that_of_the_catalog() {
    let (shop, sandbox) = open().await;
    let wanted = r#"{"article": "Tea", "total": 1, "channel": "native"}"#;
    let reply = post(&shop, "/orders", "", wanted).await;
    assert_eq!(status(&reply), "200", "{reply}");
    assert_eq!(sandbox.orders()[0].total, 100);
    assert_eq!(sandbox.orders()[0].description, "Tea");
    for (wanted, expected) in [
        (r#"{"total": 1, "channel": "native"}"#, "422"),
        (r#"{"article": "Gold", "channel": "native"}"#, "404"),
    ] {
        let reply = post(&shop, "/orders", "", wanted).await;
        assert_eq!(status(&reply), expected, "{reply}");
    }
    assert_eq!(sandbox.orders().len(), 1);
}

/// The log of the process.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_refused_notification_is_logged_with_its_reason_and_without_its_body() {
    let log = Log::default();
    let written = log.clone();
    tracing_subscriber::fmt()
        .with_writer(move || written.clone())
        .init();
    let (shop, _sandbox) = open().await;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let headers = format!(
        "Wechatpay-Serial: PUB_KEY_ID_FORGED\r\nWechatpay-Timestamp: {now}\r\nWechatpay-Nonce: forged\r\n\
         Wechatpay-Signature: Zm9yZ2Vk\r\n"
    );
    let reply = post(
        &shop,
        "/notify",
        &headers,
        r#"{"id": "secret-of-the-body"}"#,
    )
    .await;
    assert!(reply.starts_with("HTTP/1.1 401 "), "{reply}");
    assert!(!reply.contains("FORGED"), "{reply}");
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let line = text
        .lines()
        .find(|line| line.contains("a notification was not taken"));
    let line = line.unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("PUB_KEY_ID_FORGED"), "{line}");
    assert!(!text.contains("secret-of-the-body"), "{text}");
}

#[test]
fn the_last_week_ends_with_the_day_whose_bill_is_ready_in_beijing() {
    for (now, last) in [
        ("2026-01-03T02:00:00Z", "2026-01-02"),
        ("2026-01-03T01:59:59Z", "2026-01-01"),
        ("2026-01-02T20:00:00Z", "2026-01-01"),
    ] {
        let now: Timestamp = now.parse().unwrap();
        assert_eq!(last_week(now.system_time())[0], last);
    }
    let now: Timestamp = "2026-01-03T02:00:00Z".parse().unwrap();
    let week = last_week(now.system_time());
    let days = [
        "01-02", "01-01", "12-31", "12-30", "12-29", "12-28", "12-27",
    ];
    assert!(
        week.iter().zip(days).all(|(day, end)| day.ends_with(end)),
        "{week:?}"
    );
}

/// WeChat Pay repeats a notification only if the reply is not a success.
#[tokio::test]
async fn a_notification_that_the_book_cannot_take_is_answered_with_500() {
    let (shop, sandbox) = open().await;
    let order = native(&shop).await;
    let paid = json!({"out_trade_no": order.number, "amount": {"total": 100}});
    let notice = sandbox.notify(&*shop.notify_url, "TRANSACTION.SUCCESS", paid);
    let unknown = json!({"out_trade_no": "2", "amount": {"total": 100}});
    let unknown = sandbox.notify(&*shop.notify_url, "TRANSACTION.SUCCESS", unknown);
    // An order that the book does not have would not be found again either.
    assert_eq!(unknown.send().await.unwrap().status(), 204);
    let (book, number) = (Arc::clone(&shop.book), order.number.clone());
    let failing = move || book.advance(&number, State::Paid, |_| panic!("the book fails"));
    std::thread::spawn(failing).join().unwrap_err();
    assert_eq!(notice.send().await.unwrap().status(), 500);
    assert!(matches!(
        shop.book.get(&order.number),
        Err(Failure::Book(_))
    ));
}
