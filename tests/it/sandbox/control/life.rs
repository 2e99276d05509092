//! The page's filters, and the diagram of an order's life.

use serde_json::json;
use wechatpay_sandbox::{Fault, Sandbox};

use super::super::Outcome;
use super::super::raw::Raw;
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
fn listed(sandbox: &Sandbox, path: &str, query: &str) -> Outcome<Vec<u64>> {
    let page = page(sandbox, &format!("/_sandbox/{path}?{query}"), "en")?;
    let cells = page.split("<td><a href=\"/_sandbox/calls/").skip(1);
    let numbers = cells.filter_map(|cell| cell.split('"').next()?.parse().ok());
    Ok(numbers.collect())
}

/// An order of a service provider with this number.
fn order_of_provider(sandbox: &Sandbox, number: &str) -> Outcome {
    let other = sandbox.account("1900007100")?;
    let asked = json!({
        "sp_appid": "wx8888888888888888",
        "sp_mchid": "1900007100",
        "sub_mchid": "1900007101",
        "description": "Image形象店",
        "out_trade_no": number,
        "notify_url": "https://www.example.com/notify",
        "amount": {"total": 100},
    });
    let native = "v3/pay/partner/transactions/native";
    other.client()?.chain(native).post(&asked, ()).wait()?;
    Ok(())
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
        ("verdict=accepted", &[4, 2, 1]),
        ("verdict=refused", &[3]),
        ("verdict=fault", &[4]),
        ("verdict=warned", &[]),
        ("minutes=5", &[4, 3, 2, 1]),
        ("minutes=x", &[4, 3, 2, 1]),
    ] {
        assert_eq!(listed(&sandbox, "", query)?, expected, "{query}");
        assert_eq!(listed(&sandbox, "filter", query)?, expected, "{query}");
    }
    sandbox.set_clock_offset(600);
    assert_eq!(listed(&sandbox, "", "minutes=5")?, [0; 0]);
    assert_eq!(listed(&sandbox, "", "minutes=60")?.len(), 4);

    for query in ["verdict=x", "minutes=x", "minutes=7", "minutes=-5"] {
        assert_eq!(listed(&sandbox, "", query)?.len(), 4, "{query}");
        let shown = page(&sandbox, &format!("/_sandbox/?{query}"), "en")?;
        assert!(!shown.contains("Show all"), "{query}: {shown}");
        assert!(!shown.contains(query), "{query}: {shown}");
    }

    let none = page(&sandbox, "/_sandbox/filter?number=%22%3E%3Cb%3E", "zh")?;
    assert!(none.contains("没有符合条件的请求"), "{none}");
    assert!(none.contains("value=\"&quot;&gt;&lt;b&gt;\""), "{none}");
    let none = page(&sandbox, "/_sandbox/?number=%22%3E%3Cb%3E", "zh")?;
    assert!(none.contains("单号: &quot;&gt;&lt;b&gt;"), "{none}");
    Ok(())
}

#[test]
fn the_other_language_has_the_same_filter() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let host = sandbox.address().to_string();
    let query = "number=T+1%26&path=%E5%BA%97&verdict=refused&minutes=5";
    for path in ["", "filter"] {
        let shown = page(&sandbox, &format!("/_sandbox/{path}?{query}"), "en")?;
        let link = "href=\"?number=T%201%26&amp;path=%E5%BA%97&amp;verdict=refused&amp;minutes=5&amp;lang=zh\"";
        assert!(shown.contains(link), "{shown}");
    }
    let chosen = format!("/_sandbox/filter?lang=zh&{query}");
    let came = send(&sandbox, "GET", &chosen, &[("Host", &*host)], "")?;
    let to = format!("/_sandbox/filter?{query}");
    assert_eq!((came.status, came.header("location")), (303, Some(&*to)));
    // The name of the parameter is compared after it is decoded.
    let encoded = "/_sandbox/filter?%6Cang=zh&language=a&lang=en";
    let came = send(&sandbox, "GET", encoded, &[("Host", &*host)], "")?;
    let to = Some("/_sandbox/filter?language=a");
    assert_eq!((came.status, came.header("location")), (303, to));
    Ok(())
}

#[test]
fn a_page_with_the_form_of_the_filter_is_not_reloaded() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (path, has_form) in [
        ("", false),
        ("?path=pay", false),
        ("filter", true),
        ("filter?path=pay", true),
    ] {
        let shown = page(&sandbox, &format!("/_sandbox/{path}"), "en")?;
        assert_eq!(shown.contains("<select"), has_form, "{path}");
        assert_eq!(
            shown.contains("http-equiv=\"refresh\""),
            !has_form,
            "{path}"
        );
    }
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
        "<title id=\"title-1900000109\">订单的经过 TRADE1</title>",
        "<desc id=\"about-1900000109\">",
        "aria-labelledby=\"title-1900000109 about-1900000109\"",
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
    let place = |part: &str| diagram.find(part).unwrap_or_default();
    let order = ["/calls/1\"", ">支付<", "/calls/3\""].map(place);
    assert!(order.is_sorted(), "{order:?} {diagram}");
    let time = sandbox.calls()[0].time_ms;
    let ms = format!(".{:03} · 200", time.rem_euclid(1000));
    assert!(diagram.contains(&ms), "{ms} in {diagram}");
    Ok(())
}

#[test]
fn diagrams_of_the_same_order_number_have_different_ids() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    order_of_provider(&sandbox, "TRADE1")?;
    let shown = page(&sandbox, "/_sandbox/orders/TRADE1", "en")?;
    let ids: Vec<_> = shown.split(" id=\"").skip(1).collect();
    let mut ids: Vec<_> = ids.iter().filter_map(|it| it.split('"').next()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((count, ids.len()), (6, 6), "{ids:?}");
    Ok(())
}

#[test]
fn a_diagram_has_no_calls_of_another_merchant_with_the_same_number() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    order_of_provider(&sandbox, "TRADE1")?;
    let query = "/v3/pay/transactions/out-trade-no/TRADE1?mchid=1900000109";
    Raw::new(&sandbox, "GET", query)?.send(&sandbox)?;
    let shown = page(&sandbox, "/_sandbox/orders/TRADE1", "en")?;
    let diagrams: Vec<_> = shown.split("<svg").skip(1).collect();
    assert_eq!(diagrams.len(), 2, "{shown}");
    for (mchid, own, other) in [("1900000109", 1, 2), ("1900007100", 2, 1)] {
        let id = format!("title-{mchid}");
        let diagram = diagrams.iter().find(|it| it.contains(&id));
        let diagram = diagram.and_then(|it| it.split("</svg>").next());
        let diagram = diagram.ok_or("no diagram")?;
        let has = |call: u64| diagram.contains(&format!("/_sandbox/calls/{call}\""));
        // The third request names no merchant.
        assert!(has(own) && !has(other) && has(3), "{mchid}: {diagram}");
    }
    Ok(())
}

#[test]
fn a_part_of_a_combined_order_shows_the_payment_notification() -> Outcome {
    let sandbox = Sandbox::builder().post_notifications().start_blocking()?;
    let merchant = Merchant::answering_v2(&["no"])?;
    let part = |number: &str| {
        json!({
            "mchid": sandbox.mchid(),
            "out_trade_no": number,
            "description": "公仔",
            "attach": "a",
            "amount": {"total_amount": 100, "currency": "CNY"},
        })
    };
    let asked = json!({
        "combine_appid": "wxd678efh567hg6787",
        "combine_mchid": sandbox.mchid(),
        "combine_out_trade_no": "WHOLE1",
        "notify_url": merchant.url,
        "sub_orders": [part("PART1"), part("PART2")],
    });
    let native = "v3/combine-transactions/native";
    let client = sandbox.client()?;
    client.chain(native).post(&asked, ()).wait()?;
    sandbox.pay("WHOLE1")?;
    while sandbox.deliveries().is_empty() || sandbox.deliveries()[0].attempts.is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    for number in ["PART1", "PART2"] {
        let shown = page(&sandbox, &format!("/_sandbox/orders/{number}"), "en")?;
        let diagram = shown.split("<svg").nth(1).unwrap_or_default();
        for part in ["/_sandbox/calls/1\"", "/_sandbox/notifications/1\""] {
            assert!(diagram.contains(part), "{part} in {diagram}");
        }
    }
    Ok(())
}
