//! The page: what it shows, what its forms do, and that what clients send stays text.

use serde_json::{Value, json};
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::super::raw::Raw;
use super::merchant::Merchant;
use super::{Came, get, order, post, send};

const EVIL: &str = "</pre><script>alert(1)</script>\"'";

fn page(sandbox: &Sandbox, path: &str, language: &str) -> Outcome<Came> {
    let host = sandbox.address().to_string();
    let headers = [("Host", &*host), ("Accept-Language", language)];
    send(sandbox, "GET", path, &headers, "")
}

fn form(sandbox: &Sandbox, path: &str, body: &str) -> Outcome<Came> {
    form_in(sandbox, path, body, "en")
}

fn form_in(sandbox: &Sandbox, path: &str, body: &str, language: &str) -> Outcome<Came> {
    let host = sandbox.address().to_string();
    let origin = format!("http://{host}");
    let headers = [
        ("Host", &*host),
        ("Origin", &*origin),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Accept-Language", language),
    ];
    send(sandbox, "POST", path, &headers, body)
}

#[test]
fn every_page_is_there_in_both_languages() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    order(&sandbox, "TRADE1", "https://www.example.com/notify")?;
    let asked = json!({"kind": "PAY", "url": "http://127.0.0.1:9/"});
    post(&sandbox, "notifications", &asked)?;
    for (path, english, chinese) in [
        ("/_sandbox/", "Requests", "请求"),
        ("/_sandbox/orders", "Orders", "订单"),
        ("/_sandbox/notifications", "Notifications", "通知"),
        ("/_sandbox/tools", "Faults and tools", "故障与工具"),
        ("/_sandbox/calls/1", "Request 1", "请求 1"),
        ("/_sandbox/orders/TRADE1", "Order TRADE1", "订单 TRADE1"),
        (
            "/_sandbox/notifications/new",
            "Post a notification",
            "发送通知",
        ),
        ("/_sandbox/notifications/1", "Notification 1", "通知 1"),
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
    for path in [
        "/_sandbox/calls/9",
        "/_sandbox/calls/x",
        "/_sandbox/notifications/9",
        "/_sandbox/orders/TRADE9",
        "/_sandbox/orders/%FF",
        "/_sandbox/sharing/",
        "/_sandbox/x",
    ] {
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
    let merchant = Merchant::answering_v2(&[EVIL])?;
    let asked = json!({"kind": "PAY", "url": merchant.url, "resource": {"attach": EVIL}});
    post(&sandbox, "notifications", &asked)?;
    while sandbox.deliveries()[0].attempts.is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    for path in [
        "",
        "orders",
        "notifications",
        "tools",
        "calls/1",
        "calls/2",
        "calls/3",
        "notifications/1",
    ] {
        let came = page(&sandbox, &format!("/_sandbox/{path}"), "en")?;
        assert_eq!(came.status, 200, "{path}");
        let scripts = came.body.matches("<script").count();
        let live = came
            .body
            .matches("<script src=\"/_sandbox/live.js\" defer></script>")
            .count();
        let is_list = ["", "orders", "notifications"].contains(&path);
        assert_eq!(
            (scripts, live),
            (usize::from(is_list), usize::from(is_list)),
            "{path}: {}",
            came.body
        );
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
    let complain = "out_trade_no=TRADE1&back=%2F_sandbox%2Forders";
    let complained = form(&sandbox, "/_sandbox/do/complaints", complain)?;
    assert_eq!(complained.header("location"), Some("/_sandbox/orders"));
    let here = format!(
        "/_sandbox/complaints/{}",
        sandbox.complaints()[0].complaint_id
    );
    let orders = page(&sandbox, "/_sandbox/orders", "en")?;
    assert!(orders.body.contains(&format!("href=\"{here}\"")));
    let complaint = page(&sandbox, &here, "zh")?;
    assert!(
        complaint.body.contains("反馈一个重复扣费的问题"),
        "{}",
        complaint.body
    );
    let part = "amount=30&back=%2F_sandbox%2Forders%2FTRADE1";
    let part = form(&sandbox, "/_sandbox/do/orders/TRADE1/refund", part)?;
    assert_eq!(part.header("location"), Some("/_sandbox/orders/TRADE1"));
    assert_eq!(sandbox.orders()[0].refunded, 30);
    let page = page(&sandbox, "/_sandbox/refunds/SANDBOX_REFUND_1", "en")?;
    assert!(page.body.contains("0.30"), "{}", page.body);
    // A field that was emptied is a value as well.
    sandbox.set_notify_url("http://127.0.0.1:9/")?;
    form(&sandbox, "/_sandbox/do/settings", "notify_url=")?;
    assert_eq!(get(&sandbox, "settings")?["notify_url"], Value::Null);
    // A page tells of actions that fail.
    for (language, expected, other) in [
        ("en", "cannot be paid", "不能支付"),
        ("zh-CN", "不能支付", "cannot be paid"),
    ] {
        let again = form_in(&sandbox, "/_sandbox/do/orders/TRADE1/pay", "", language)?;
        assert_eq!(again.status, 409);
        assert!(again.body.contains(expected), "{}", again.body);
        assert!(!again.body.contains(other), "{}", again.body);
    }
    assert_eq!(form(&sandbox, "/_sandbox/do/nothing", "")?.status, 404);
    assert_eq!(form(&sandbox, "/_sandbox/orders", "")?.status, 404);
    Ok(())
}

#[test]
fn why_a_signature_does_not_fit_is_said_in_the_page_s_language() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut raw = Raw::post(&sandbox, "/v3/any", &json!({"a": 1}))?;
    raw.signed = Some(Vec::new());
    raw.authorized()?.send(&sandbox)?;
    Raw::new(&sandbox, "GET", "/v3/any")?.send(&sandbox)?;
    for (call, language, expected, other) in [
        (1, "en", "sign the body that you send", "请对实际发送"),
        (1, "zh", "请对实际发送的报文主体签名", "sign the body"),
        (2, "en", "no Authorization header: sign", "请对请求签名"),
        (2, "zh", "请对请求签名", "no Authorization header: sign"),
    ] {
        let came = page(&sandbox, &format!("/_sandbox/calls/{call}"), language)?;
        assert!(came.body.contains(expected), "{}", came.body);
        assert!(!came.body.contains(other), "{}", came.body);
        assert_eq!(came.body.contains("<mark>"), call == 1);
    }
    Ok(())
}

#[test]
fn why_a_request_was_refused_is_said_in_the_page_s_language() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let target = format!(
        "/v3/pay/transactions/out-trade-no/T1?mchid={}",
        sandbox.mchid()
    );
    Raw::new(&sandbox, "GET", &target)?
        .authorized()?
        .send(&sandbox)?;
    let why = "the sandbox has no such order";
    let why_zh = "沙箱中没有商户的这笔订单";
    for path in ["/_sandbox/", "/_sandbox/calls/1"] {
        let english = page(&sandbox, path, "en")?.body;
        assert!(english.contains(why), "{path}: {english}");
        assert!(!english.contains(why_zh), "{path}: {english}");
        let chinese = page(&sandbox, path, "zh-CN")?.body;
        // First what WeChat Pay says.
        let message = chinese.find("订单不存在");
        let reason = chinese.find(why_zh);
        assert!(message.is_some() && message < reason, "{path}: {chinese}");
        assert!(!chinese.contains(why), "{path}: {chinese}");
    }
    Ok(())
}

#[test]
fn what_is_shared_is_listed_with_its_state_and_amount() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let client = sandbox.client()?;
    let order = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": sandbox.mchid(),
        "description": "Image形象店",
        "out_trade_no": "TRADE1",
        "notify_url": "https://www.example.com/notify",
        "settle_info": {"profit_sharing": true},
        "amount": {"total": 100},
    });
    client
        .chain("v3/pay/transactions/native")
        .post(&order, ())
        .wait()?;
    sandbox.pay("TRADE1")?;
    let receiver = json!({
        "appid": "wxd678efh567hg6787",
        "type": "PERSONAL_OPENID",
        "account": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "relation_type": "USER",
    });
    client
        .chain("v3/profitsharing/receivers/add")
        .post(&receiver, ())
        .wait()?;
    let share = json!({
        "appid": "wxd678efh567hg6787",
        "transaction_id": sandbox.orders()[0].transaction_id,
        "out_order_no": "SHARE1",
        "receivers": [{
            "type": "PERSONAL_OPENID",
            "account": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            "amount": 7,
            "description": "a",
        }],
        "unfreeze_unsplit": false,
    });
    client
        .chain("v3/profitsharing/orders")
        .post(&share, ())
        .wait()?;
    let shown = page(&sandbox, "/_sandbox/orders", "zh")?.body;
    let row = shown.split("SHARE1").last().ok_or("no row")?;
    let row = row.split("</tr>").next().ok_or("no row")?;
    assert!(row.contains("¥0.07") && row.contains("TRADE1"), "{row}");
    assert!(
        row.contains("PROCESSING") || row.contains("FINISHED"),
        "{row}"
    );
    assert!(shown.contains("商户分账单号"), "{shown}");
    Ok(())
}

#[test]
fn the_reference_has_a_page_for_each_operation_and_may_run_its_search() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (language, folder) in [("en", "en"), ("zh-CN,en", "zh")] {
        let home = format!("/_sandbox/reference/{folder}/index.html");
        let came = page(&sandbox, "/_sandbox/reference/", language)?;
        assert_eq!(came.header("location"), Some(&*home));
        let path = format!("/_sandbox/reference/{folder}/post-v3-pay-transactions-native.html");
        let came = page(&sandbox, &path, language)?;
        assert_eq!(came.status, 200);
        for text in [
            "id=\"request.amount.total\"",
            "总金额",
            "chain!(client.v3.pay.transactions.native)",
            "href=\"/_sandbox/\"",
        ] {
            assert!(came.body.contains(text), "{text}");
        }
        let policy = came.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.contains("default-src 'none'; script-src 'self'"),
            "{policy}"
        );
    }
    for (name, kind) in [
        ("style.css", "text/css"),
        ("site.js", "text/javascript"),
        ("index.js", "text/javascript"),
    ] {
        let came = page(&sandbox, &format!("/_sandbox/reference/{name}"), "en")?;
        assert!(
            came.header("content-type")
                .is_some_and(|it| it.starts_with(kind)),
            "{name}"
        );
    }
    // Other pages have no script, but for that of the lists.
    for (path, has_script) in [
        ("", true),
        ("orders", true),
        ("tools", false),
        ("filter", false),
    ] {
        let came = page(&sandbox, &format!("/_sandbox/{path}"), "en")?;
        let policy = came.header("content-security-policy").unwrap_or_default();
        let allowed = policy.contains("script-src 'self'; connect-src 'self';");
        assert_eq!(allowed, has_script, "{path}: {policy}");
        assert!(!policy.contains("unsafe") && policy.starts_with("default-src 'none';"));
    }
    let script = page(&sandbox, "/_sandbox/live.js", "en")?;
    let kind = script.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("text/javascript") && script.body.contains("EventSource"));
    assert_eq!(
        page(&sandbox, "/_sandbox/reference/en/nothing.html", "en")?.status,
        404
    );
    assert_eq!(
        page(&sandbox, "/_sandbox/reference/../site.js", "en")?.status,
        404
    );
    Ok(())
}
