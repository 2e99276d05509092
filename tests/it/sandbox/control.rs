//! The control API and the page, over sockets.

mod batches;
mod calls;
mod faults;
mod folder;
mod guard;
mod kept;
mod life;
mod merchant;
mod merchants;
mod notifications;
mod orders;
mod page;
mod page_chinese;
mod page_scenarios;
mod posted;
mod punish;
mod records;
mod refunds;
mod settings;

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use wechatpay_sandbox::Sandbox;

use super::raw::Raw;
use super::{Outcome, is_chinese};

/// The response.
struct Came {
    status: u16,
    head: String,
    body: String,
}

impl Came {
    fn json(&self) -> Outcome<Value> {
        Ok(serde_json::from_str(&self.body)?)
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }
}

/// One request with nothing but these headers.
fn send(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Outcome<Came> {
    let mut stream = TcpStream::connect(sandbox.address())?;
    write!(stream, "{method} {path} HTTP/1.1\r\nConnection: close\r\n")?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no head")?;
    let status = head.split(' ').nth(1).ok_or("no status")?;
    Ok(Came {
        status: status.parse()?,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// The answer to a body of this length before any of it was sent: a client that is refused while
/// sending may see a broken pipe in place of the answer.
fn announced(sandbox: &Sandbox, length: usize) -> Outcome<String> {
    let mut stream = TcpStream::connect(sandbox.address())?;
    let host = sandbox.address();
    write!(
        stream,
        "POST /_sandbox/api/reset HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n"
    )?;
    let mut start = [0; 12];
    stream.read_exact(&mut start)?;
    Ok(String::from_utf8_lossy(&start).into_owned())
}

/// A request to the API from a program of this machine.
fn api(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Outcome<Came> {
    let host = sandbox.address().to_string();
    let path = format!("/_sandbox/api/{path}");
    send(sandbox, method, &path, &[("Host", &host)], body)
}

pub(super) fn get(sandbox: &Sandbox, path: &str) -> Outcome<Value> {
    let came = api(sandbox, "GET", path, "")?;
    assert_eq!(came.status, 200, "{path}: {}", came.body);
    assert_eq!(
        came.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    came.json()
}

pub(super) fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Outcome<Value> {
    let came = api(sandbox, "POST", path, &body.to_string())?;
    assert_eq!(came.status, 200, "{path}: {}", came.body);
    came.json()
}

/// The status, and that error and hint are said.
fn refused(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Outcome<(u16, String)> {
    let came = api(sandbox, method, path, body)?;
    let said = came.json()?;
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    assert!(
        !text("error").is_empty() && !text("hint").is_empty(),
        "{path}: {said}"
    );
    assert!(
        is_chinese(&text("error_zh")) && is_chinese(&text("hint_zh")),
        "{path}: {said}"
    );
    Ok((came.status, text("error")))
}

/// An order that was made, not paid.
fn order(sandbox: &Sandbox, number: &str, notify_url: &str) -> Outcome {
    let order = json!({
        "appid": "wxd678efh567hg6787",
        "mchid": sandbox.mchid(),
        "description": "Image形象店-深圳腾大-QQ公仔",
        "out_trade_no": number,
        "notify_url": notify_url,
        "amount": {"total": 100},
    });
    let client = sandbox.client()?;
    client
        .chain("v3/pay/transactions/native")
        .post(order, ())
        .wait()?;
    Ok(())
}

#[test]
fn what_there_is_not_is_said_with_what_there_is() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (method, path) in [
        ("GET", ""),
        ("GET", "nothing"),
        ("GET", "orders/1/pay"),
        ("PUT", "faults"),
        ("DELETE", "orders"),
        ("POST", "calls"),
        ("GET", "calls/0"),
        ("GET", "calls/x"),
        ("GET", "notifications/1"),
        ("POST", "notifications/1/resend"),
        ("POST", "notifications/%FF/resend"),
        ("POST", "orders/T9/pay"),
        ("POST", "orders/T9/fail"),
        ("POST", "orders/T9/expire"),
        ("POST", "orders/T9/refund"),
        ("POST", "transfers/B9/confirm"),
        ("POST", "transfers/B9/reject"),
    ] {
        assert_eq!(
            refused(&sandbox, method, path, "")?.0,
            404,
            "{method} {path}"
        );
    }
    Ok(())
}

#[test]
fn bodies_are_objects_with_known_members() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    for (path, body) in [
        ("reset", "{"),
        ("reset", "[]"),
        ("reset", "{\"all\": true}"),
        ("faults", "{}"),
        ("faults", "{\"fault\": {}}"),
        ("clock", "{\"offset\": 1}"),
        ("clock", "{\"offset_seconds\": \"later\"}"),
        ("certificates/mode", "{\"mode\": \"other\"}"),
        ("clock", "{\"offset_seconds\": null}"),
        ("clock", "{\"speed\": null}"),
        ("limits", "{\"enforce\": null}"),
        ("limits", "{\"enforce\": \"\"}"),
        ("refunds/hold", "{}"),
        ("refunds/hold", "{\"hold\": null}"),
        ("refunds/hold", "{\"hold\": 3}"),
    ] {
        assert_eq!(
            refused(&sandbox, "POST", path, body)?.0,
            400,
            "{path} {body}"
        );
    }
    let settle = "{\"status\": \"SUCCESS\"}";
    assert_eq!(
        refused(&sandbox, "POST", "refunds/R9/settle", settle)?.0,
        404
    );
    assert_eq!(announced(&sandbox, (1 << 20) + 1)?, "HTTP/1.1 413");
    Ok(())
}

#[test]
fn info_says_who_it_is_and_no_keys() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let came = api(&sandbox, "GET", "info", "")?;
    let info = came.json()?;
    assert_eq!(info["base_url"], sandbox.base_url());
    assert_eq!(info["mchid"], sandbox.mchid());
    assert_eq!(info["serial"], sandbox.serial());
    assert_eq!(info["platform_public_key_id"], sandbox.platform_key_id());
    assert_eq!(
        info["platform_cert_serials"],
        json!([sandbox.platform_certificate().serial()])
    );
    assert!(!came.body.contains(sandbox.apiv3_key().expose()));
    assert!(!came.body.contains(sandbox.v2_key().expose()));
    Ok(())
}

#[test]
fn a_browser_is_led_to_the_page_and_a_client_is_not() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    let host = sandbox.address().to_string();
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let headers = [&[("Host", &*host), ("User-Agent", "x")], headers].concat();
        send(&sandbox, "GET", path, &headers, "")
    };
    let html = ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let came = ask("/", &[html])?;
    assert_eq!(
        (came.status, came.header("location")),
        (302, Some("/_sandbox/"))
    );
    let headers = [("Host", &*host), ("User-Agent", "x"), html];
    let head = send(&sandbox, "HEAD", "/", &headers, "")?;
    assert_eq!(
        (head.status, head.header("location")),
        (302, Some("/_sandbox/"))
    );
    assert!(sandbox.calls().is_empty());
    for (path, headers) in [
        ("/", &[("Accept", "application/json")][..]),
        (
            "/",
            &[html, ("Authorization", "WECHATPAY2-SHA256-RSA2048 a")],
        ),
        ("/?a=b", &[html]),
        ("/v3/certificates", &[html]),
    ] {
        assert_eq!(ask(path, headers)?.status, 401, "{path} {headers:?}");
    }
    assert_eq!(sandbox.calls().len(), 4);
    Ok(())
}

#[test]
fn it_is_not_a_call_of_wechat_pay_s() -> Outcome {
    let sandbox = Sandbox::start_blocking()?;
    get(&sandbox, "info")?;
    assert!(sandbox.calls().is_empty());
    // A path that only begins alike is one.
    Raw::new(&sandbox, "GET", "/_sandboxes")?
        .authorized()?
        .send(&sandbox)?;
    assert_eq!(sandbox.calls().len(), 1);
    Ok(())
}
