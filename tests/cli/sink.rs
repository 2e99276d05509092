//! `--sink`, and what goes into it.

use std::fs;

use serde_json::json;
use wechatpay_chain::crypto::digest::sha1_hex;
use wechatpay_sandbox::{Fault, StubResponse};

use crate::support::Shop;

const BILL: &str = "v3/bill/tradebill";
const FILE: &str = "v3/billdownload/file";

fn asking(more: &[&'static str]) -> Vec<&'static str> {
    let usual = [
        "request",
        "GET",
        BILL,
        "--query",
        "bill_date=2024-01-01",
        "--sink",
        "bill.csv",
    ];
    [&usual[..], more].concat()
}

#[test]
fn sink_saves_the_bill_and_not_the_answer_with_its_url() {
    let shop = Shop::new();
    let bill = "交易时间,金额\n`2024-01-01,`1\n总数,总额\n`1,`1\n";
    shop.sandbox.set_bill(bill);
    let zipped = asking(&["--query", "tar_type=GZIP"]);
    let flag = asking(&["--query", "tar_type=GZIP", "--gunzip"]);
    let in_path = [
        "request",
        "GET",
        "/v3/bill/tradebill?bill_date=2024-01-01&tar_type=GZIP",
        "--sink",
        "bill.csv",
    ];
    let funds = [
        "request",
        "GET",
        "v3/bill/fundflowbill",
        "--query",
        "bill_date=2024-01-01",
        "--sink",
        "bill.csv",
    ];
    for arguments in [&asking(&[])[..], &zipped, &flag, &in_path, &funds] {
        fs::write(shop.path("bill.csv"), "old").unwrap();
        let said = shop.command(arguments).run().ok();
        assert!(
            said.contains("digest verified") && !said.contains("signature"),
            "{said}"
        );
        assert_eq!(fs::read_to_string(shop.path("bill.csv")).unwrap(), bill);
    }
    let machine = asking(&["--format", "json", "--header", "X-Trace: 1"]);
    let saved = shop.command(&machine).run().json();
    assert_eq!(saved["checked"], "digest verified");
    let calls = shop.sandbox.calls();
    assert_eq!(calls.len(), 12);
    assert_eq!(calls[10].headers["x-trace"], "1");
}

#[test]
fn a_bill_with_a_wrong_digest_is_removed() {
    let shop = Shop::new();
    fs::write(shop.path("bill.csv"), "old").unwrap();
    let url = format!("{}{FILE}?token=1", shop.sandbox.base_url());
    let ticket = json!({"download_url": url, "hash_type": "SHA1", "hash_value": sha1_hex(b"bill")});
    shop.sandbox
        .stub("GET", BILL, StubResponse::json(ticket))
        .unwrap();
    let page = StubResponse::bytes("text/html", "<html>");
    shop.sandbox.stub("GET", FILE, page).unwrap();
    let said = shop.command(&asking(&[])).run().failed(8);
    assert!(said.contains("HTML"), "{said}");
    // Without a digest nothing but TLS vouches for it, and it is a page all the same.
    let ticket = StubResponse::json(json!({"download_url": url}));
    shop.sandbox.stub("GET", BILL, ticket).unwrap();
    shop.command(&asking(&[])).run().failed(8);
    assert_eq!(fs::read(shop.path("bill.csv")).unwrap(), b"old");
    let bill = StubResponse::bytes("text/plain", "`a,`b\n");
    shop.sandbox.stub("GET", FILE, bill).unwrap();
    let said = shop.command(&asking(&[])).run().ok();
    assert!(said.contains("unsigned"), "{said}");
    // The answer that names the file is verified as any.
    shop.sandbox.inject_fault(Fault::WrongSignature);
    shop.command(&asking(&[])).run().failed(8);
}

#[test]
fn options_that_do_not_apply_to_bills_are_refused() {
    let shop = Shop::new();
    let digest = "79bb0f45fc4c42234a918000b2668d689e2bde04";
    let url = "https://api.mch.weixin.qq.com/v3/bill/tradebill?bill_date=2024-01-01";
    let post = "v3/transfer/bill-receipt";
    for (arguments, advice) in [
        (asking(&["--sha1", digest]), "--sha1"),
        (asking(&["--gunzip"]), "tar_type=GZIP"),
        (asking(&["--json", "{}"]), "--json"),
        (asking(&["--no-encrypt"]), "--no-encrypt"),
        (
            vec!["request", "GET", url, "--sink", "bill.csv"],
            "Give the path",
        ),
        (
            vec![
                "request", "POST", post, "--json", "{}", "--sink", "bill.csv",
            ],
            "without --sink",
        ),
    ] {
        let said = shop.command(&arguments).run().failed(4);
        assert!(said.contains(advice), "{said}");
    }
    assert!(shop.sandbox.calls().is_empty());
    assert!(!shop.path("bill.csv").exists());
}

#[test]
fn an_invalid_target_is_refused_before_the_call() {
    let shop = Shop::new();
    fs::create_dir(shop.path("folder")).unwrap();
    let long = "n".repeat(300);
    for target in ["x/", "folder", "no/x", ".", &long, "pub_key.pem/x"] {
        for path in [BILL, FILE, "v3/certificates"] {
            let arguments = ["request", "GET", path, "--sink", target];
            shop.command(&arguments).run().failed(4);
        }
    }
    for folder in ["pub_key.pem", "pub_key.pem/x", "/proc/x"] {
        let arguments = ["certs", "download", "-o", folder];
        shop.command(&arguments).run().failed(4);
    }
    assert!(shop.sandbox.calls().is_empty());
    let made = ["certs", "download", "-o", "new/folder"];
    shop.command(&made).run().ok();
    assert_eq!(fs::read_dir(shop.path("new/folder")).unwrap().count(), 1);
}

/// JSON that WeChat Pay has signed is what it says it is.
#[test]
fn a_saved_signed_answer_is_reported_as_verified() {
    let shop = Shop::new();
    let arguments = ["request", "GET", "v3/certificates", "--sink", "list.json"];
    let said = shop.command(&arguments).run().ok();
    assert!(said.contains("signature verified"), "{said}");
}
