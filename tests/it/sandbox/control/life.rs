//! The page's filters, and the diagram of an order's life.

use serde_json::json;
use wechatpay_sandbox::{Fault, Sandbox};

use super::super::Outcome;
use super::merchant::Merchant;
use super::{get, order, send};

fn page(sandbox: &Sandbox, path: &str, language: &str) -> Outcome<String> {
    let host = sandbox.address().to_string();
    let headers = [("Host", &*host), ("Accept-Language", language)];
    let came = send(sandbox, "GET", path, &headers, "")?;
    assert_eq!(came.status, 200, "{path}");
    Ok(came.body)
}

/// The numbers of the requests in the list, newest first.
fn listed(sandbox: &Sandbox, query: &str) -> Outcome<Vec<u64>> {
    let page = page(sandbox, &format!("/_sandbox/?{query}"), "en")?;
    let cells = page.split("<td><a href=\"/_sandbox/calls/").skip(1);
    let numbers = cells.filter_map(|cell| cell.split('"').next()?.parse().ok());
    Ok(numbers.collect())
}

#[test]
fn requests_are_filtered_by_number_path_verdict_and_time() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    order(&sandbox, "TRADE12", "https://www.example.com/notify")?;
    let client = sandbox.client()?;
    client.chain("v3/pay/nothing").get(()).wait().unwrap_err();
    sandbox.inject_fault(Fault::Slow(std::time::Duration::from_millis(20)));
    client.chain("v3/certificates").get(()).wait()?;
    for (query, expected) in [
        ("", &[4, 3, 2, 1][..]),
        ("number=TRADE1", &[1]),
        ("number=+TRADE12+", &[2]),
        ("number=TRADE", &[]),
        ("path=NATIVE", &[2, 1]),
        ("path=pay&verdict=refused", &[3]),
        ("path=pay&verdict=accepted&number=TRADE1", &[1]),
        ("verdict=fault", &[4]),
        ("verdict=warned", &[]),
        ("minutes=5", &[4, 3, 2, 1]),
        ("minutes=x", &[4, 3, 2, 1]),
    ] {
        assert_eq!(listed(&sandbox, query)?, expected, "{query}");
    }
    sandbox.set_clock_offset(600);
    assert_eq!(listed(&sandbox, "minutes=5")?, [0; 0]);
    assert_eq!(listed(&sandbox, "minutes=60")?.len(), 4);

    let none = page(&sandbox, "/_sandbox/?number=%22%3E%3Cb%3E", "zh")?;
    assert!(none.contains("没有符合条件的请求"), "{none}");
    assert!(none.contains("value=\"&quot;&gt;&lt;b&gt;\""), "{none}");
    Ok(())
}

#[test]
fn the_time_that_a_request_took_includes_the_delay_of_a_fault() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    client.chain("v3/certificates").get(()).wait()?;
    sandbox.inject_fault(Fault::Slow(std::time::Duration::from_millis(40)));
    client.chain("v3/certificates").get(()).wait()?;
    let took: Vec<_> = sandbox.calls().iter().map(|call| call.took).collect();
    assert!(!took[0].is_zero() && took[1].as_millis() >= 40, "{took:?}");
    let listed = get(&sandbox, "calls/2")?;
    assert!(listed["took_ms"].as_f64() >= Some(40.0), "{listed}");
    let shown = page(&sandbox, "/_sandbox/calls/2", "zh")?;
    assert!(shown.contains("<dt>耗时</dt>"), "{shown}");
    Ok(())
}

#[test]
fn an_order_shows_its_calls_payment_notifications_and_refunds() -> Outcome {
    let sandbox = Sandbox::builder().post_notifications().start_blocking()?;
    let merchant = Merchant::answering_v2(&["no"])?;
    order(&sandbox, "TRADE1", &merchant.url)?;
    order(&sandbox, "TRADE12", &merchant.url)?;
    sandbox.pay("TRADE1")?;
    let client = sandbox.client()?;
    let refund = json!({
        "out_trade_no": "TRADE1",
        "out_refund_no": "BACK<1>",
        "amount": {"refund": 30, "total": 100, "currency": "CNY"},
    });
    let refunds = client.chain("v3/refund/domestic/refunds");
    refunds.post(&refund, ()).wait().unwrap_err();
    let refund = json!({
        "out_trade_no": "TRADE1",
        "out_refund_no": "BACK1",
        "amount": {"refund": 30, "total": 100, "currency": "CNY"},
    });
    sandbox.inject_fault(Fault::Slow(std::time::Duration::from_millis(1)));
    refunds.post(&refund, ()).wait()?;
    while sandbox.deliveries().is_empty() || sandbox.deliveries()[0].attempts.is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let shown = page(&sandbox, "/_sandbox/orders/TRADE1", "zh")?;
    let diagram = shown.split("<svg").nth(1).unwrap_or_default();
    for part in [
        "aria-label=\"订单的经过\"",
        ">微信支付<",
        "href=\"/_sandbox/calls/1\"",
        "href=\"/_sandbox/calls/3\"",
        "href=\"/_sandbox/calls/4\"",
        "href=\"/_sandbox/notifications/1\"",
        "TRANSACTION.SUCCESS",
        ">支付<",
        "PARAM_ERROR",
        "class=\"warned\"",
    ] {
        assert!(diagram.contains(part), "{part} in {diagram}");
    }
    assert!(!diagram.contains("/_sandbox/calls/2\""), "{diagram}");
    Ok(())
}
