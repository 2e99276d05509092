//! `sandbox trigger`, `forward` and `logs` against a sandbox in another process.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::thread;

use serde_json::{Value, json};

use super::{Running, call, client, command, get};

fn start() -> (Running, String) {
    let running = Running::start(&["--json"]);
    let base = running.json()["base_url"].as_str().unwrap().to_owned();
    (running, base)
}

/// A server that accepts every notification.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 16 << 10]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
        }
    });
    format!("http://{address}")
}

fn at(base: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command(arguments).args(["--at", base]).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn trigger_shows_the_reply_of_the_server() {
    let (_running, base) = start();
    let url = format!("{}/notify", server());
    let (code, said, _) = at(&base, &["trigger", "TRANSACTION.SUCCESS", "--to", &url]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("TRANSACTION.SUCCESS #1") && said.contains("204"),
        "{said}"
    );
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("http://{nobody}/notify");
    let (code, said, _) = at(
        &base,
        &[
            "trigger",
            "REFUND.SUCCESS",
            "--to",
            &nobody,
            "--resource",
            "{}",
        ],
    );
    assert_eq!(code, Some(7), "{said}");
}

/// Other members are generated, as users of `stripe trigger --override` expect.
#[test]
fn trigger_changes_the_given_members_alone() {
    let (_running, base) = start();
    let url = format!("{}/notify", server());
    let changes = r#"{"out_refund_no": "R1", "amount": {"refund": 7}, "success_time": null}"#;
    let arguments = [
        "trigger",
        "REFUND.SUCCESS",
        "--to",
        &url,
        "--resource",
        changes,
    ];
    let (code, said, _) = at(&base, &arguments);
    assert_eq!(code, Some(0), "{said}");
    let posted = get(&base, "/_sandbox/api/notifications/1");
    let body = posted.split("\r\n\r\n").nth(1).unwrap();
    let posted: Value = serde_json::from_str(body).unwrap();
    let resource = &posted["resource"];
    assert_eq!(resource["out_refund_no"], "R1");
    assert_eq!(resource["amount"]["refund"], 7);
    assert!(resource["amount"]["total"].is_i64(), "{resource}");
    assert!(resource["transaction_id"].is_string(), "{resource}");
    assert!(resource.get("success_time").is_none(), "{resource}");
}

#[test]
fn trigger_without_an_event_lists_the_kinds() {
    let (_running, base) = start();
    let (code, said, _) = at(&base, &["trigger"]);
    assert_eq!((code, said.lines().count()), (Some(0), 112));
}

#[test]
fn wrong_arguments_and_sandboxes_are_explained() {
    let (_running, base) = start();
    for (arguments, exit, said) in [
        (
            &["trigger", "NO.SUCH", "--to", "http://127.0.0.1:1/"][..],
            7,
            "NO.SUCH",
        ),
        (&["trigger", "TRANSACTION.SUCCESS"], 2, "give --to"),
        (
            &["trigger", "TRANSACTION.SUCCESS", "--resource", "1"],
            2,
            "a JSON object",
        ),
        (
            &["forward", "--to", "https://example.com/"],
            7,
            "--allow-outgoing",
        ),
    ] {
        let (code, _, stderr) = at(&base, arguments);
        assert_eq!(code, Some(exit), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
    let (code, _, stderr) = at("http://127.0.0.1:1", &["logs"]);
    assert_eq!(code, Some(5));
    assert!(
        stderr.contains("Start one with `wechatpay sandbox`"),
        "{stderr}"
    );
}

#[test]
fn forward_redirects_notifications_until_a_signal_arrives() {
    let (running, base) = start();
    let to = server();
    let mut forward = command(&["--format", "json", "forward", "--to", &to, "--at", &base]);
    let forward = forward.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = forward.spawn().unwrap();
    let mut ready = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut ready).unwrap();
    assert!(ready.contains(&to), "{ready}");
    let order = json!({
        "appid": "wxd678efh567hg6787", "mchid": "1900000109", "description": "x", "out_trade_no": "ORDER1",
        "notify_url": "https://shop.example/notify", "amount": {"total": 1},
    });
    let client = client(&running.json());
    client
        .chain("v3/pay/transactions/native")
        .post(order, ())
        .wait()
        .unwrap();
    pay(&base);
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["status"], 204, "{line}");
    assert_eq!(line["url"], format!("{to}/notify"), "{line}");
    let child_id = child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child_id])
        .status();
    assert!(killed.unwrap().success());
    assert!(child.wait().unwrap().success());
    let settings = get(&base, "/_sandbox/api/settings");
    assert!(settings.contains("\"forward_to\":null"), "{settings}");
}

fn pay(base: &str) {
    let address = base.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!("Host: {address}\r\nConnection: close\r\nContent-Length: 2");
    write!(
        stream,
        "POST /_sandbox/api/orders/ORDER1/pay HTTP/1.1\r\n{head}\r\n\r\n{{}}"
    )
    .unwrap();
    stream.read_to_string(&mut String::new()).unwrap();
}

#[test]
fn logs_show_requests_and_reasons() {
    let (running, base) = start();
    call(&running.json());
    get(&base, "/v3/certificates");
    let (code, said, _) = at(&base, &["logs"]);
    assert_eq!(code, Some(0));
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(
        lines[0].contains("GET /v3/certificates  200") && lines[0].ends_with("accepted"),
        "{said}"
    );
    assert!(lines[1].contains("#2  GET /v3/certificates  401"), "{said}");
    assert!(
        lines[2].contains("there is no Authorization header"),
        "{said}"
    );
    let (_, said, _) = at(&base, &["--format", "json", "logs"]);
    let first: Value = serde_json::from_str(said.lines().next().unwrap()).unwrap();
    assert_eq!(first["verdict"]["accepted"], true);
}
