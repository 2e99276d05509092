//! Messages and expressions of the gateway.

use http::Method;

use super::*;
use wechatpay_core::catalog;

const NATIVE: &str = "v3/pay/transactions/native";

fn found(path: &str, pointer: &str, text: &str) -> Option<String> {
    let operation = catalog::find(&Method::POST, path).unwrap();
    broken(departures::of_text(operation, pointer), text).map(|wrong| wrong.to_string())
}

#[test]
fn length_messages_match_published_ones() {
    for (path, pointer, text, said) in [
        (
            NATIVE,
            "/out_trade_no",
            "abc".to_owned(),
            "字节数 3，小于最小值 6",
        ),
        (
            NATIVE,
            "/out_trade_no",
            "1".repeat(35),
            "字节数 35，大于最大值 32",
        ),
        // 43 characters.
        (
            NATIVE,
            "/attach",
            "附".repeat(43),
            "字节数 129，大于最大值 128",
        ),
        (
            "v2/pay/unifiedorder",
            "/body",
            "1".repeat(200),
            "字节数 200，大于最大值 128",
        ),
    ] {
        let found = found(path, pointer, &text).unwrap();
        assert_eq!(found, format!("字符串规则校验失败，{said}"));
    }
    for (pointer, text) in [
        ("/out_trade_no", "aZ9_-|*@".to_owned()),
        ("/out_trade_no", "1".repeat(32)),
        ("/attach", "附".repeat(42)),
        ("/sub_orders/out_trade_no", "1".to_owned()),
    ] {
        assert_eq!(found(NATIVE, pointer, &text), None, "{text}");
    }
    assert_eq!(
        found("v3/refund/domestic/refunds", "/out_trade_no", "1"),
        None
    );
}

#[test]
fn texts_are_checked_against_the_published_expressions() {
    let letters = "字符串规则校验失败，字符串必须匹配正则表达式“^[0-9a-zA-Z_\\-\\|\\*]+$”";
    assert_eq!(
        found(NATIVE, "/out_trade_no", "订单号").as_deref(),
        Some(letters)
    );
    for number in ["a b c d", "a/b/c/d", "a.b.c.d"] {
        assert!(found(NATIVE, "/out_trade_no", number).is_some(), "{number}");
    }
    for (url, fits) in [
        ("https://www.example.com/notify", true),
        ("http://127.0.0.1:8080/a/b", true),
        ("http://[::1]/notify", false),
        ("http://user:secret@example.com", true),
        ("http://user@[x]/", true),
        ("http://@[x]/", false),
        ("https://example.com/通知", true),
        ("https://example.com", true),
        (" https://www.example.com/", false),
        ("https://www.example.com/a b", false),
        ("https://www.example.com/?a=b", false),
        ("https://www.example.com/#a", false),
        ("https://www.example.com:1/", true),
        ("https:///a", false),
        ("www.example.com/notify", false),
        ("ftp://example.com/", false),
        ("回调url", false),
        ("", true),
    ] {
        assert_eq!(found(NATIVE, "/notify_url", url).is_none(), fits, "{url}");
    }
    let long = format!("https://example.com/{}", "a".repeat(240));
    assert!(found(NATIVE, "/notify_url", &long).is_some());
}

#[test]
fn variables_have_lengths_and_kinds() {
    let get = |path: &str| catalog::find(&Method::GET, path).unwrap();
    let order = get("v3/pay/transactions/out-trade-no/1");
    assert_eq!(variable(order, "out_trade_no", "1"), None);
    assert!(variable(order, "out_trade_no", &"1".repeat(33)).is_some());
    let applyment = get("v3/applyment4sub/applyment/applyment_id/1");
    assert_eq!(
        variable(applyment, "applyment_id", "2000002309316653"),
        None
    );
    assert_eq!(
        variable(applyment, "applyment_id", "APPLYMENT_1"),
        Some(Violation::Unsigned)
    );
}
