//! One code for each kind of end, and a machine's form of each.

use std::net::TcpListener;

use serde_json::json;
use wechatpay_sandbox::{Fault, StubResponse};

use crate::support::{Run, Shop, server};

/// Not in the catalog: its body comes back.
const ECHO: &str = "v3/nobody/knows/this";
const ORDER: &str = r#"{"out_trade_no":"1"}"#;
const GET: [&str; 5] = ["--format", "json", "request", "GET", "v3/certificates"];
const POST: [&str; 7] = ["--format", "json", "request", "POST", ECHO, "--json", ORDER];

#[test]
fn usage_errors_exit_with_2() {
    for arguments in [
        &["request"][..],
        &["nonsense"],
        &["request", "GET", ECHO, "--query", "no-equals-sign"],
        &["request", "GET", ECHO, "--nonsense"],
        &["--sandbox", "doctor"],
        &["--sandbox", "notify", "open", "--body", "-"],
        &["request", "POST", ECHO, "--json", "{}", "--body-file", "x"],
    ] {
        let said = Run::new(arguments).run().failed(2);
        assert!(said.starts_with("error:"), "{said}");
        let machine = [&["--format=json"], arguments].concat();
        let said = Run::new(&machine).run().failed_json(2);
        assert_eq!(said["kind"], "usage");
    }
}

#[test]
fn wrong_settings_exit_with_3() {
    let shop = Shop::new();
    let missing = ["MCHID", "PRIVATE_KEY", "CERTIFICATE", "PLATFORM_KEY_ID"];
    for name in missing {
        let run = shop.command(&GET).without(name).without("V2_KEY_FILE");
        let said = run.run().failed_json(3);
        assert_eq!(said["kind"], "config", "{name}: {said}");
    }
    let none = shop
        .command(&GET)
        .without("PLATFORM_KEY")
        .without("PLATFORM_KEY_ID");
    let said = none.without("APIV3_KEY_FILE").run().failed_json(3);
    assert!(said["message"].as_str().unwrap().contains("--platform-key"));
    for (name, value) in [
        ("PRIVATE_KEY", "nowhere.pem"),
        ("PRIVATE_KEY", "apiclient_cert.pem"),
        ("APIV3_KEY_FILE", "nowhere.key"),
        ("TIMEOUT", "soon"),
        ("TIMEOUT", "-1"),
        ("BASE_URL", "nonsense"),
        ("CA", "nowhere.pem"),
    ] {
        shop.command(&GET).env(name, value).run().failed_json(3);
    }
    assert!(shop.sandbox.calls().is_empty());
}

#[test]
fn invalid_input_exits_with_4() {
    let shop = Shop::new();
    for arguments in [
        &["request", "POST", ECHO, "--json", "{"][..],
        &["request", "POST", ECHO, "--json", "@nowhere.json"],
        &["request", "POST", ECHO, "--body-file", "nowhere"],
        &[
            "request",
            "POST",
            "v3/merchant/media/upload",
            "--media",
            "nowhere.jpg",
        ],
        &["request", "BREW", ECHO],
        &["request", "GET", "v3/pay/transactions/id/{transaction_id}"],
        &["request", "GET", ECHO, "--var", "unused=1"],
        &["request", "GET", ECHO, "--header", "Authorization: mine"],
        &[
            "request",
            "GET",
            "v3/billdownload/file",
            "--sink",
            "no/such/folder",
        ],
    ] {
        let machine = [&["--format", "json"], arguments].concat();
        shop.command(&machine).run().failed_json(4);
    }
    // The last one has a file to write, which is found impossible when the answer is there.
    let sent = shop.sandbox.calls();
    assert!(sent.iter().all(|call| call.method == "GET"), "{sent:?}");
}

#[test]
fn connection_errors_exit_with_5() {
    let shop = Shop::new();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    for arguments in [&GET[..], &POST] {
        let run = shop.command(arguments).env("BASE_URL", &url);
        let said = run.run().failed_json(5);
        assert_eq!(said["maybe_sent"], false);
    }
}

#[test]
fn timeouts_exit_with_6_for_get_and_9_for_post() {
    let shop = Shop::new();
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", mute.local_addr().unwrap());
    let slow = |arguments| {
        let run = shop.command(arguments).env("BASE_URL", &url);
        run.env("TIMEOUT", "0.3").run()
    };
    assert_eq!(slow(&GET).failed_json(6)["kind"], "timeout");
    let said = slow(&POST).failed_json(9);
    assert_eq!(
        (&said["kind"], &said["maybe_sent"]),
        (&json!("timeout"), &json!(true))
    );
}

#[test]
fn refusals_exit_with_7_and_their_details() {
    let shop = Shop::new();
    let body =
        json!({"code": "PARAM_ERROR", "message": "参数错误", "detail": {"field": "/amount"}});
    let answer = StubResponse::json(body).status(400);
    shop.sandbox.stub("POST", ECHO, answer).unwrap();
    let said = shop.command(&POST).run().failed_json(7);
    assert_eq!(said["code"], "PARAM_ERROR");
    assert_eq!(said["status"], 400);
    assert_eq!(said["detail"]["field"], "/amount");
    assert!(said["request_id"].is_string());
    let said = shop.command(&POST[2..]).run().failed(7);
    assert!(said.contains("PARAM_ERROR"), "{said}");
    assert_eq!(said.matches("Request-ID").count(), 1, "{said}");
    assert!(
        !said.contains("\ndetail"),
        "the first line has the details: {said}"
    );
    // Other details are not in the line.
    let body = json!({"code": "PARAM_ERROR", "message": "参数错误", "detail": {"field": "/amount", "limit": 7}});
    let answer = StubResponse::json(body).status(400);
    shop.sandbox.stub("POST", ECHO, answer).unwrap();
    let said = shop.command(&POST[2..]).run().failed(7);
    assert!(said.contains("\"limit\": 7"), "{said}");
}

#[test]
fn untrusted_responses_exit_with_8() {
    let shop = Shop::new();
    for fault in [Fault::TamperedBody, Fault::MissingHeaders, Fault::Probe] {
        shop.sandbox.inject_fault(fault);
        let said = shop.command(&POST).run().failed_json(8);
        assert_eq!(said["maybe_sent"], true);
    }
}

#[test]
fn unknown_outcomes_exit_with_9() {
    let shop = Shop::new();
    shop.sandbox.inject_fault(Fault::CutBeforeAnswer);
    let done = shop.command(&POST[2..]).run();
    assert!(done.failed(9).contains("OUTCOME UNKNOWN"));
    // Of a GET it is only a broken connection.
    shop.sandbox.inject_fault(Fault::CutBeforeAnswer);
    shop.command(&GET).run().failed_json(5);
    // WeChat Pay does not know itself.
    let answer =
        StubResponse::json(json!({"code": "SYSTEM_ERROR", "message": "系统错误"})).status(500);
    shop.sandbox.stub("POST", ECHO, answer).unwrap();
    assert_eq!(
        shop.command(&POST).run().failed_json(9)["code"],
        "SYSTEM_ERROR"
    );
}

#[test]
fn proxy_pages_exit_with_9_for_post() {
    let shop = Shop::new();
    let page = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops";
    let url = server(move |_| page.to_owned());
    shop.command(&POST)
        .env("BASE_URL", &url)
        .run()
        .failed_json(9);
    shop.command(&GET)
        .env("BASE_URL", &url)
        .run()
        .failed_json(7);
}

#[test]
fn exit_codes_are_listed_in_the_help() {
    let help = Run::new(&["--help"]).run().ok();
    let codes = [
        "0  ", "1  ", "2  ", "3  ", "4  ", "5  ", "6  ", "7  ", "8  ", "9  ", "130",
    ];
    for code in codes {
        let line = format!("\n  {code}  ");
        assert!(help.contains(&line), "{code}: {help}");
    }
}

/// What APIv2 says when it does not know, and what is not WeChat Pay's word.
#[test]
fn undecided_responses_exit_with_9_for_post() {
    let shop = Shop::new();
    for code in [
        "PROCESSING",
        "SEND_FAILED",
        "BIZERR_NEED_RETRY",
        "BANKERROR",
    ] {
        let answer = StubResponse::json(json!({"code": code, "message": "?"})).status(400);
        shop.sandbox.stub("POST", ECHO, answer).unwrap();
        assert_eq!(shop.command(&POST).run().failed_json(9)["code"], code);
    }
    let page = "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops";
    let url = server(move |_| page.to_owned());
    let at = |arguments| shop.command(arguments).env("BASE_URL", &url).run();
    at(&POST).failed_json(9);
    at(&GET).failed_json(7);
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_exits_with_outcome_unknown() {
    let shop = Shop::new();
    let full = |arguments| {
        let mut command = shop.command(arguments).into_command();
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        command
            .stdin(std::process::Stdio::null())
            .stdout(full.unwrap());
        crate::support::Done::from(command.output().unwrap())
    };
    let said = full(&POST).failed_json(9);
    assert_eq!(said["maybe_sent"], true, "{said}");
    full(&GET).failed_json(4);
}

#[test]
fn control_characters_of_servers_are_escaped() {
    let shop = Shop::new();
    let text = "\u{1b}[2J\u{9b}31m\u{202e}done";
    let answer = StubResponse::json(json!({"code": "PARAM_ERROR", "message": text})).status(400);
    for arguments in [&POST[..], &POST[2..]] {
        shop.sandbox.stub("POST", ECHO, answer.clone()).unwrap();
        let said = shop.command(arguments).run().failed(7);
        assert!(!said.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{said:?}");
        assert!(said.contains("31m") && said.contains("done"), "{said:?}");
    }
}
