//! The page: what it shows, what its forms do, and that what clients send stays text.

use serde_json::json;
use wechatpay_chain::sandbox::Sandbox;

use super::super::Outcome;
use super::super::raw::Raw;
use super::{Came, order, send};

const EVIL: &str = "</pre><script>alert(1)</script>\"'";

fn page(sandbox: &Sandbox, path: &str, language: &str) -> Outcome<Came> {
    let host = sandbox.address().to_string();
    let headers = [("Host", &*host), ("Accept-Language", language)];
    send(sandbox, "GET", path, &headers, "")
}

fn form(sandbox: &Sandbox, path: &str, body: &str) -> Outcome<Came> {
    let host = sandbox.address().to_string();
    let origin = format!("http://{host}");
    let headers = [
        ("Host", &*host),
        ("Origin", &*origin),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    send(sandbox, "POST", path, &headers, body)
}

#[test]
fn every_page_is_there_in_both_languages() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    for (path, english, chinese) in [
        ("/_sandbox/", "Requests", "请求"),
        ("/_sandbox/orders", "Orders", "订单"),
        ("/_sandbox/notifications", "Notifications", "通知"),
        ("/_sandbox/tools", "Faults and tools", "故障与工具"),
        ("/_sandbox/calls/1", "Request 1", "请求 1"),
    ] {
        for (language, title) in [("en", english), ("zh-CN,en", chinese)] {
            let came = page(&sandbox, path, language)?;
            assert_eq!(came.status, 200, "{path}");
            assert!(
                came.body.contains(&format!("<h1>{title}</h1>")),
                "{path} {}",
                came.body
            );
            let policy = came.header("content-security-policy").unwrap_or_default();
            assert!(policy.contains("default-src 'none'"), "{policy}");
        }
    }
    assert_eq!(
        page(&sandbox, "/_sandbox", "en")?.header("location"),
        Some("/_sandbox/")
    );
    for path in ["/_sandbox/calls/9", "/_sandbox/calls/x", "/_sandbox/x"] {
        assert_eq!(page(&sandbox, path, "en")?.status, 404, "{path}");
    }
    let chosen = page(&sandbox, "/_sandbox/orders?lang=zh", "en")?;
    assert_eq!(
        (chosen.status, chosen.header("location")),
        (303, Some("/_sandbox/orders"))
    );
    assert!(
        chosen
            .header("set-cookie")
            .unwrap_or_default()
            .starts_with("sandbox_lang=zh;")
    );
    Ok(())
}

#[test]
fn what_clients_send_stays_text() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let evil = json!({"description": EVIL, EVIL: EVIL});
    let mut raw = Raw::post(&sandbox, "/v3/\"onload=x?a='b", &evil)?;
    raw.headers.push(("X-Evil", EVIL.to_owned()));
    raw.headers.push(("Wechatpay-Serial", EVIL.to_owned()));
    raw.clone().authorized()?.send(&sandbox)?;
    raw.signed = Some(b"another".to_vec());
    raw.nonce = EVIL.replace('"', "");
    raw.authorized()?.send(&sandbox)?;
    let number = "T<b>-*_|@";
    let _ = order(&sandbox, number, "https://www.example.com/?a=<script>");
    for path in [
        "",
        "orders",
        "notifications",
        "tools",
        "calls/1",
        "calls/2",
        "calls/3",
    ] {
        let came = page(&sandbox, &format!("/_sandbox/{path}"), "en")?;
        assert_eq!(came.status, 200, "{path}");
        assert!(!came.body.contains("<script"), "{path}: {}", came.body);
        assert!(!came.body.contains("<b>"), "{path}: {}", came.body);
        assert!(!came.body.contains("/\"onload"), "{path}: {}", came.body);
    }
    Ok(())
}

#[test]
fn forms_do_what_the_api_does_and_lead_back() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    let paid = form(
        &sandbox,
        "/_sandbox/do/orders/TRADE1/pay",
        "back=%2F_sandbox%2Forders",
    )?;
    assert_eq!(
        (paid.status, paid.header("location")),
        (303, Some("/_sandbox/orders"))
    );
    assert_eq!(sandbox.orders()[0].trade_state, "SUCCESS");
    // Never to somewhere else.
    let fault = form(
        &sandbox,
        "/_sandbox/do/faults",
        "fault=slow&value=20&times=3&back=//evil.example",
    )?;
    assert_eq!(fault.header("location"), Some("/_sandbox/"));
    assert!(
        page(&sandbox, "/_sandbox/tools", "en")?
            .body
            .contains("slow=20")
    );
    form(&sandbox, "/_sandbox/do/faults", "method=DELETE")?;
    assert!(
        !page(&sandbox, "/_sandbox/tools", "en")?
            .body
            .contains("slow=20")
    );
    // What does not work is said on a page.
    let again = form(&sandbox, "/_sandbox/do/orders/TRADE1/pay", "")?;
    assert_eq!(again.status, 409);
    assert!(again.body.contains("cannot be paid"), "{}", again.body);
    assert_eq!(form(&sandbox, "/_sandbox/do/nothing", "")?.status, 404);
    assert_eq!(form(&sandbox, "/_sandbox/orders", "")?.status, 404);
    Ok(())
}
