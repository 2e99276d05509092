//! The page in Chinese: a crawl finds no English text on any page, in any typical state of the sandbox.

use std::collections::BTreeSet;

use serde_json::json;
use wechatpay_sandbox::Sandbox;

use super::super::Outcome;
use super::super::raw::Raw;
use super::{order, post, send};

/// Texts that are names: of headers, and of the other language.
const NAMES: [&str; 5] = ["English", "accept", "authorization", "connection", "host"];

/// A sandbox with one of each thing, and a request of each kind of mistake.
fn busy(sandbox: &Sandbox) -> Outcome {
    for number in ["PAID01", "OPEN01", "CLOSED01", "REFUNDED01"] {
        order(sandbox, number, "https://www.example.com/notify")?;
    }
    sandbox.pay("PAID01")?;
    sandbox.pay("REFUNDED01")?;
    let client = sandbox.client()?;
    let close = client.chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close");
    let body = json!({"mchid": sandbox.mchid()});
    close
        .post(body, ())
        .var("out_trade_no", "CLOSED01")
        .wait()?;
    let refund = json!({
        "out_trade_no": "REFUNDED01", "out_refund_no": "R1",
        "amount": {"refund": 40, "total": 100, "currency": "CNY"},
    });
    let refunds = client.chain("v3/refund/domestic/refunds");
    refunds.post(refund, ()).wait()?;
    let transfer = json!({
        "appid": "wxd678efh567hg6787", "out_bill_no": "T1", "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "transfer_amount": 100, "transfer_remark": "报销", "transfer_scene_id": "1000",
        "transfer_scene_report_infos": [{"info_type": "活动名称", "info_content": "新会员有礼"}],
    });
    let transfers = client.chain("v3/fund-app/mch-transfer/transfer-bills");
    transfers.post(transfer, ()).wait()?;
    post(sandbox, "complaints", &json!({"out_trade_no": "PAID01"}))?;
    for (kind, fault) in [
        ("TRANSACTION.SUCCESS", None),
        ("PAY", None),
        ("REFUND.SUCCESS", Some("probe")),
    ] {
        let mut asked = json!({"kind": kind, "url": "http://127.0.0.1:9/"});
        if let Some(fault) = fault {
            asked[fault] = json!(true);
        }
        post(sandbox, "notifications", &asked)?;
    }
    post(
        sandbox,
        "faults",
        &json!({"fault": "slow", "value": 1, "times": 1}),
    )?;
    mistakes(sandbox)
}

fn mistakes(sandbox: &Sandbox) -> Outcome {
    let native = "/v3/pay/transactions/native";
    let any = json!({"appid": "wx8888888888888888"});
    let good = || Raw::post(sandbox, native, &any);
    let mut raws = Vec::new();
    // Without a signature; of another body; old; with an unknown serial; of another merchant.
    raws.push(good()?);
    let mut raw = good()?;
    raw.signed = Some(b"{}".to_vec());
    raws.push(raw.authorized()?);
    let mut raw = good()?;
    raw.timestamp -= 3600;
    raws.push(raw.authorized()?);
    let mut raw = good()?;
    raw.serial = "0".repeat(40);
    raws.push(raw.authorized()?);
    let mut raw = good()?;
    raw.mchid = "1900000999".to_owned();
    raws.push(raw.authorized()?);
    let mut raw = good()?;
    raw.scheme = "WECHATPAY2-SHA256-RSA4096";
    raws.push(raw.authorized()?);
    raws.push(good()?.header("Authorization", "Bearer x"));
    // Well signed, but wrong.
    raws.push(good()?.authorized()?);
    raws.push(good()?.body("{").authorized()?);
    raws.push(good()?.without("Accept").authorized()?);
    raws.push(good()?.without("User-Agent").authorized()?);
    raws.push(Raw::post(sandbox, "/v3/no/such", &any)?.authorized()?);
    raws.push(Raw::new(sandbox, "PUT", native)?.authorized()?);
    let query = "/v3/pay/transactions/out-trade-no/NONE?mchid=1";
    raws.push(Raw::new(sandbox, "GET", query)?.authorized()?);
    let plain = json!({"transfer_amount": 1, "user_name": "张三"});
    let transfers = "/v3/fund-app/mch-transfer/transfer-bills";
    raws.push(Raw::post(sandbox, transfers, &plain)?.authorized()?);
    let v2 = "<xml><mch_id>1</mch_id><sign>x</sign></xml>";
    raws.push(Raw::new(sandbox, "POST", "/pay/unifiedorder")?.body(v2));
    raws.push(Raw::new(sandbox, "POST", "/pay/unifiedorder")?.body("<xml>"));
    for raw in raws {
        raw.send(sandbox)?;
    }
    Ok(())
}

#[test]
fn no_page_in_chinese_has_english_text() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let mut seen = BTreeSet::new();
    let mut found = crawl(&sandbox, "zh-CN", &mut seen)?;
    busy(&sandbox)?;
    let mut seen = BTreeSet::new();
    found.extend(crawl(&sandbox, "zh-CN", &mut seen)?);
    assert!(seen.len() > 35, "only {} pages: {seen:?}", seen.len());
    for kind in [
        "orders/PAID01",
        "refunds/R1",
        "transfers/T1",
        "complaints/",
        "notifications/1",
        "calls/",
        "tools",
    ] {
        assert!(
            seen.iter().any(|path| path.contains(kind)),
            "no page of {kind}: {seen:?}"
        );
    }
    for path in ["/_sandbox/no-such-page", "/_sandbox/orders/NONE"] {
        found.extend(english(path, &page(&sandbox, path, "zh-CN")?));
    }
    for (path, body) in [
        ("/_sandbox/do/orders/PAID01/pay", ""),
        ("/_sandbox/do/orders/NONE/pay", ""),
        ("/_sandbox/do/orders/PAID01/refund", "amount=x"),
        ("/_sandbox/do/faults", "fault=nothing"),
        ("/_sandbox/do/clock", "offset=x"),
        ("/_sandbox/do/settings", "speed=x"),
        (
            "/_sandbox/do/notifications",
            "kind=NONE&url=http://127.0.0.1:9/",
        ),
        (
            "/_sandbox/do/notifications",
            "kind=PAY&url=https://www.example.com/",
        ),
        ("/_sandbox/do/nothing", ""),
    ] {
        found.extend(english(path, &form(&sandbox, path, body)?));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The same crawl finds the texts of the English pages.
    let found = crawl(&sandbox, "en", &mut BTreeSet::new())?;
    assert!(found.len() > 200, "{}", found.join("\n"));
    Ok(())
}

/// The English texts of all pages that can be reached by links.
fn crawl(sandbox: &Sandbox, language: &str, seen: &mut BTreeSet<String>) -> Outcome<Vec<String>> {
    let (mut next, mut found) = (vec!["/_sandbox/".to_owned()], Vec::new());
    while let Some(path) = next.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let text = page(sandbox, &path, language)?;
        found.extend(english(&path, &text));
        let links = text.split("href=\"").skip(1);
        let links = links.filter_map(|rest| rest.split('"').next());
        let pages = links.filter(|link| link.starts_with("/_sandbox/") && !link.ends_with(".css"));
        next.extend(pages.map(|link| link.replace("&amp;", "&")));
    }
    Ok(found)
}

fn page(sandbox: &Sandbox, path: &str, language: &str) -> Outcome<String> {
    let host = sandbox.address().to_string();
    let headers = [("Host", &*host), ("Accept-Language", language)];
    Ok(send(sandbox, "GET", path, &headers, "")?.body)
}

fn form(sandbox: &Sandbox, path: &str, body: &str) -> Outcome<String> {
    let host = sandbox.address().to_string();
    let origin = format!("http://{host}");
    let headers = [
        ("Host", &*host),
        ("Origin", &*origin),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Accept-Language", "zh-CN"),
    ];
    let came = send(sandbox, "POST", path, &headers, body)?;
    assert!(came.status >= 400, "{path} {body}: {}", came.status);
    Ok(came.body)
}

/// The texts of a page with an English word. Code and JSON stay as they are.
fn english(path: &str, html: &str) -> Vec<String> {
    let (mut found, mut code) = (Vec::new(), 0);
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '>']).next().unwrap_or_default();
        match name {
            "code" | "pre" | "option" | "textarea" => code += 1,
            "/code" | "/pre" | "/option" | "/textarea" => code -= 1,
            _ => {}
        }
        let attributes = ["placeholder", "title", "aria-label", "data-label", "alt"];
        let values = attributes.iter().filter_map(|name| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            rest.split('"').next()
        });
        let text = Some(text).filter(|_| code == 0 && !tag.contains("class=\"code"));
        for text in values.chain(text) {
            if is_english(text) {
                found.push(format!("{path}: {}", text.trim()));
            }
        }
    }
    found
}

/// Whether a text has no Chinese but an English word, or has three English words in a row. `out_trade_no`, `v3/pay` and
/// `SUCCESS` are no words.
fn is_english(text: &str) -> bool {
    let text = ["&quot;", "&amp;", "&lt;", "&gt;"]
        .iter()
        .fold(text.trim().to_owned(), |text, entity| {
            text.replace(entity, "\"")
        });
    if NAMES.contains(&&*text) {
        return false;
    }
    let words: Vec<bool> = text.split_whitespace().map(is_word).collect();
    let in_a_row = words.windows(3).any(|three| three == [true; 3]);
    let has_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    in_a_row || !has_chinese && words.contains(&true)
}

fn is_word(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
    let mut letters = word.chars();
    // Milliseconds are written so in Chinese too.
    word != "ms"
        && word.len() > 1
        && letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_lowercase())
}

#[test]
fn english_text_is_found_and_code_is_not() {
    assert_eq!(english("x", "<p>请求 was refused here</p>").len(), 1);
    assert_eq!(english("x", "<p>Reload</p>").len(), 1);
    assert_eq!(english("x", "<input placeholder=\"all states\">").len(), 1);
    for html in [
        "<p>请求 <code>some words</code></p>",
        "<p>out_trade_no 与 v3/pay</p>",
        "<b>SUCCESS</b>",
        "<b>缺少 Accept 或 User-Agent</b>",
    ] {
        assert_eq!(english("x", html), [""; 0], "{html}");
    }
}
