//! Each example of the help and of `docs/cli.md`, as a shell runs it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use wechatpay_chain::{Clock, SystemClock};
use wechatpay_sandbox::StubResponse;

use crate::notify::{capture, platform};
use crate::support::{Done, Run, Shop};

const HELPS: &[&[&str]] = &[
    &[],
    &["request"],
    &["order", "query"],
    &["order", "close"],
    &["refund", "query"],
    &["transfer", "query"],
    &["bill"],
    &["endpoints"],
    &["certs"],
    &["certs", "download"],
    &["notify"],
    &["notify", "open"],
    &["sign"],
    &["sign", "pay-params"],
    &["doctor"],
    &["port"],
    &["sandbox"],
    &["completions"],
    &["man"],
];

const TRANSACTION: &str = "/v3/pay/transactions/id/1217752501";
const PHP: &str = "<?php\n$instance->chain('v3/pay/transactions/native')->post(['json' => ['mchid' => $mchid]]);\n";

/// A shop whose folder and gateway have what the examples name.
fn shop() -> Shop {
    let shop = Shop::new();
    for folder in ["bills", "docs", "src", "testdata"] {
        std::fs::create_dir(shop.path(folder)).unwrap();
    }
    std::fs::create_dir_all(shop.path("app/Services")).unwrap();
    shop.file("app/Services/Pay.php", PHP);
    shop.file("pay.php", PHP);
    shop.file("docs/native.md", &format!("```php\n{}```\n", &PHP[6..]));
    // The sandbox's sample of a bill has this order.
    let orders = "out_trade_no,amount\n1217752501201407033233368018,0.01\n";
    shop.file("orders.csv", orders);
    shop.file("operations.txt", "POST v3/pay/transactions/jsapi\n");
    shop.file("license.jpg", "a picture");
    shop.file("shop.toml", "[[merchant]]\nmchid = \"1900000110\"\n");
    shop.secret("apiv3_key.txt", shop.sandbox.apiv3_key().expose());
    let mchid = shop.sandbox.mchid();
    let query = json!({"appid": "wx8888888888888888", "mch_id": mchid, "out_trade_no": "1"});
    shop.file("query.json", &query.to_string());
    let refund = json!({
        "out_trade_no": "1", "out_refund_no": "1",
        "amount": {"refund": 1, "total": 1, "currency": "CNY"},
    });
    shop.file("refund.json", &refund.to_string());
    capture(&shop, &platform(), SystemClock::new().now());
    let key = platform().public_key().to_pem().unwrap();
    shop.file("stranger.pem", &key);
    for (from, to) in [("headers", "headers.txt"), ("body", "body.json")] {
        std::fs::rename(shop.path(from), shop.path(to)).unwrap();
    }
    shop
}

/// The values that an example cannot know, and the answers that only an account gets.
fn known(shop: &Shop, example: &str) -> String {
    let found = json!({"transaction_id": "1217752501", "trade_state": "SUCCESS"});
    let refunded = json!({"refund_id": "1", "status": "PROCESSING"});
    let queried =
        json!({"return_code": "SUCCESS", "result_code": "SUCCESS", "trade_state": "SUCCESS"});
    let order = |by: &str, number: &str| {
        let path = format!("/v3/pay/transactions/{by}/{number}");
        (
            path,
            json!({"mchid": shop.sandbox.mchid(), "trade_state": "SUCCESS"}),
        )
    };
    let (by_merchant, ordered) = order("out-trade-no", "order-20261101-0001");
    let (by_wechat, paid) = order("id", "4200001234202611010123456789");
    let close = format!("{by_merchant}/close");
    for (method, path, answer) in [
        ("GET", TRANSACTION, found),
        ("GET", &by_merchant, ordered),
        ("GET", &by_wechat, paid),
        ("POST", &close, json!({})),
        (
            "GET",
            "/v3/refund/domestic/refunds/refund-20261101-0001",
            json!({"out_refund_no": "refund-20261101-0001"}),
        ),
        (
            "GET",
            "/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/bill20261101001",
            json!({"out_bill_no": "bill20261101001"}),
        ),
        ("POST", "/v3/refund/domestic/refunds", refunded),
        ("POST", "/pay/orderquery", queried),
    ] {
        if example.contains(path.rsplit('/').next().unwrap()) {
            shop.sandbox
                .stub(method, path, StubResponse::json(answer))
                .unwrap();
        }
    }
    let serial = shop.sandbox.merchant_certificate().serial().to_owned();
    let id = shop.sandbox.platform_key_id();
    let stranger = format!("notify open --platform-key stranger.pem --platform-key-id {id}");
    let mut text = example
        .replace("5157F09EFDC096DE15EBE81A47057A7232F1B8E1", &serial)
        .replace("/etc/bash_completion.d/wechatpay", "completions")
        .replace("pbpaste", "cat pay.php")
        .replace(" | man -l -", "")
        // The keys with which this test can sign.
        .replace("notify open", &stranger);
    if example.contains("token=6XIv5TUPto7p") {
        let bill = [
            "request",
            "GET",
            "v3/bill/tradebill",
            "--query",
            "bill_date=2025-06-01",
        ];
        let bill = shop.command(&bill).run().json();
        let (_, token) = bill["download_url"]
            .as_str()
            .unwrap()
            .split_once("token=")
            .unwrap();
        let token = percent_encoding::percent_decode_str(token)
            .decode_utf8()
            .unwrap();
        text = text.replace("6XIv5TUPto7p", &format!("'{token}'"));
        let sha1 = bill["hash_value"].as_str().unwrap();
        text = text.replace("79bb0f45d63a7e2c1e5a3b7a6b0c9d8e7f605142", sha1);
    }
    text
}

/// As a shell runs it, with the merchant's settings.
fn shell(shop: &Shop, line: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_wechatpay"));
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("sh");
    command.args(["-ec", line]).current_dir(shop.folder.path());
    command.env(
        "PATH",
        format!("{}:{path}", program.parent().unwrap().display()),
    );
    // The sandbox of an example has credentials of its own.
    let settings = if line.contains("--sandbox") {
        shop.bare(&[]).into_command()
    } else {
        shop.command(&[]).into_command()
    };
    for (name, value) in settings.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.stdin(Stdio::null());
    command
}

fn run(shop: &Shop, example: &str) {
    let line = known(shop, example);
    if line.contains("wechatpay sandbox") {
        return serve(shop, &line);
    }
    let done = Done::from(shell(shop, &line).output().unwrap());
    assert_eq!(done.code, Some(0), "{example}\n{done:#?}");
}

/// One that runs until it is stopped.
fn serve(shop: &Shop, line: &str) {
    let line = line
        .replace("--listen 8080", "--listen 0")
        .trim_end_matches(" &")
        .to_owned();
    let mut command = shell(shop, &format!("exec {line}"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut first, file) = (String::new(), line.split("--output ").nth(1));
    let read = match file {
        Some(_) => BufReader::new(child.stderr.take().unwrap()).read_line(&mut first),
        None => BufReader::new(child.stdout.take().unwrap()).read_line(&mut first),
    };
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(read.unwrap() > 0, "{line} said nothing");
    assert!(file.is_none_or(|file| shop.path(file).is_file()), "{line}");
}

/// Commands that begin with two blanks, each with the lines that continue it.
fn of_help(help: &str) -> Vec<String> {
    let behind = help.split("Example").nth(1).unwrap_or_default();
    examples(
        behind
            .lines()
            .map(|line| line.strip_prefix("  ").unwrap_or("")),
    )
}

/// Those of the shell's blocks.
fn of_page(page: &str) -> Vec<String> {
    let blocks = page.split("```sh\n").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("```").next());
    examples(blocks.flat_map(str::lines))
}

fn examples<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in lines {
        let open = found
            .last()
            .is_some_and(|last| last.ends_with('\\') || last.matches('\'').count() % 2 == 1);
        if open && !line.is_empty() {
            let last = found.last_mut().unwrap();
            last.push('\n');
            last.push_str(line);
        } else if line.starts_with("wechatpay ") || line.contains("| wechatpay ") {
            found.push(line.to_owned());
        }
    }
    found
}

#[test]
fn the_examples_in_help_work() {
    let shop = shop();
    let mut count = 0;
    for arguments in HELPS {
        let help = Run::new(&[arguments, &["--help"][..]].concat()).run().ok();
        for example in of_help(&help) {
            run(&shop, &example);
            count += 1;
        }
    }
    assert!(count >= 32, "{count} examples");
}

#[test]
fn the_examples_in_docs_cli_work() {
    let shop = shop();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let found = of_page(&std::fs::read_to_string(root.join("docs/cli.md")).unwrap());
    assert!(found.len() >= 8, "{found:?}");
    for example in found {
        run(&shop, &example);
    }
}
