//! Bills over a real socket: requested, followed, checked, unzipped and read.

mod encrypted;

use std::fs;

use serde_json::json;
use wechatpay_chain::bill::{Bill, Rows};
use wechatpay_chain::{Client, ErrorKind};
use wechatpay_sandbox::{Fault, Sandbox, StubResponse};

use crate::support::lenient;

const TRADE: &str = "v3/bill/tradebill";

fn place() -> (Sandbox, Client, tempfile::TempDir) {
    let sandbox = lenient().start_blocking().unwrap();
    let client = sandbox.client().unwrap();
    (sandbox, client, tempfile::tempdir().unwrap())
}

fn bill(client: &Client, zipped: bool) -> Bill {
    let bill = client.bill(TRADE).query("bill_date", "2024-01-01");
    if zipped {
        bill.query("tar_type", "GZIP")
    } else {
        bill
    }
}

#[test]
fn a_bill_is_one_call_and_its_rows_are_read_one_by_one() {
    let (sandbox, client, dir) = place();
    let row = "`2024-01-01 10:00:00,`a,b,`0.01\r\n";
    let text = format!(
        "\u{feff}时间,名称,金额\r\n{}总数,总额\r\n`9,`9\r\n",
        row.repeat(50_000)
    );
    sandbox.set_bill(text.clone());
    for zipped in [false, true] {
        let target = dir.path().join("bill.csv");
        let file = bill(&client, zipped).download(&target).wait().unwrap();
        assert!(fs::read_to_string(&target).unwrap() == text);
        let mut rows = Rows::open(file.path()).unwrap();
        let read = rows.by_ref().map(|row| row.unwrap());
        assert_eq!(
            read.filter(|row| row.get("名称") == Some("a,b")).count(),
            50_000
        );
        assert_eq!(rows.summary().unwrap().get("总数"), Some("9"));
    }
    assert!(
        sandbox
            .calls()
            .iter()
            .all(|call| call.verdict.is_accepted())
    );
}

#[tokio::test]
async fn the_url_is_signed_unchanged() {
    let (sandbox, client, dir) = place();
    bill(&client, true)
        .download(dir.path().join("b"))
        .await
        .unwrap();
    let call = sandbox.last_call().unwrap();
    let target = "/v3/billdownload/file?token=6XIv5TUPto7pByrTQKhd6kwvyKLG2uY2wMMR8cNXqaA_Cv_i1900000109000001&tartype=gzip";
    assert_eq!(call.target, target);
    assert!(
        call.signed_text
            .unwrap()
            .starts_with(&format!("GET\n{target}\n"))
    );
}

#[test]
fn an_altered_or_truncated_bill_leaves_no_file() {
    let (sandbox, client, dir) = place();
    // Only the file is altered: the answer that describes it is valid.
    let faulty = |fault: Fault, zipped: bool| {
        let ticket = client.chain(TRADE).get(());
        let ticket = if zipped {
            ticket.query("tar_type", "GZIP")
        } else {
            ticket
        };
        let ticket = ticket.wait().unwrap();
        sandbox.inject_fault(fault);
        let url = ticket["download_url"].as_str().unwrap().to_owned();
        let download = client.get_url(url).sink(dir.path().join("b"));
        let download = download.expect_sha1(ticket["hash_value"].as_str().unwrap());
        let download = if zipped { download.gunzip() } else { download };
        let err = download.wait().unwrap_err();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        err.kind()
    };
    assert_eq!(faulty(Fault::TamperedBody, false), ErrorKind::Verify);
    assert_eq!(faulty(Fault::TamperedBody, true), ErrorKind::Body);
    assert_eq!(faulty(Fault::CutInBody, false), ErrorKind::Transport);
    assert_eq!(faulty(Fault::CutInBody, true), ErrorKind::Transport);
    // The answer that describes the file is verified like any other.
    sandbox.inject_fault(Fault::TamperedBody);
    let err = bill(&client, false)
        .download(dir.path().join("b"))
        .wait()
        .unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Verify);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn the_file_must_match_the_announced_hash() {
    let (sandbox, client, dir) = place();
    let ticket = |hash_type: &str, hash: &str| {
        let url = format!("{}v3/billdownload/file", sandbox.base_url());
        let body = json!({"download_url": url, "hash_type": hash_type, "hash_value": hash});
        sandbox
            .stub("GET", TRADE, StubResponse::json(body))
            .unwrap();
        sandbox
            .stub(
                "GET",
                "v3/billdownload/file",
                StubResponse::bytes("text/plain", "abc"),
            )
            .unwrap();
        bill(&client, false).download(dir.path().join("b")).wait()
    };
    let checked = ticket("SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d").unwrap();
    assert!(checked.is_checked());
    let other = ticket("SHA1", "a9993e364706816aba3e25717850c26c9cd0d89e").unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Verify);
    let other = ticket("BLAKE2", "a9993e364706816aba3e25717850c26c9cd0d89d").unwrap_err();
    assert_eq!(other.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_bill_without_a_hash_is_reported_as_unverified() {
    let (sandbox, client, dir) = place();
    let url = format!("{}v3/billdownload/file", sandbox.base_url());
    let ticket = StubResponse::json(json!({"download_url": url}));
    sandbox.stub("GET", TRADE, ticket).unwrap();
    let answer = StubResponse::bytes("text/plain", "abc");
    sandbox.stub("GET", "v3/billdownload/file", answer).unwrap();
    let file = bill(&client, false).download(dir.path().join("b"));
    let file = file.wait().unwrap();
    assert!(!file.is_checked());
    assert_eq!(file.digest(), None);
}

#[test]
fn an_answer_without_a_file_is_an_error() {
    let (sandbox, client, dir) = place();
    let encrypted = json!({"download_bill_count": 1, "download_bill_list": []});
    for body in [json!({}), encrypted] {
        sandbox
            .stub("GET", TRADE, StubResponse::json(body))
            .unwrap();
        let err = bill(&client, false)
            .download(dir.path().join("b"))
            .wait()
            .unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Body);
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn urls_of_unknown_hosts_are_rejected() {
    let (sandbox, client, _dir) = place();
    let port = sandbox.address().port();
    for unknown in [
        "https://evil.example/v3/billdownload/file?token=x".to_owned(),
        "https://api.mch.weixin.qq.com.evil.example/v3/x".to_owned(),
        "https://api.mch.weixin.qq.com:8443/v3/x".to_owned(),
        "http://api.mch.weixin.qq.com/v3/x".to_owned(),
        "https://user:pw@api.mch.weixin.qq.com/v3/x".to_owned(),
        format!("https://127.0.0.1:{port}/v3/x"),
        format!("http://localhost:{port}/v3/x"),
        format!("http://127.0.0.1:{port}/v3/x#fragment"),
        "file:///etc/passwd".to_owned(),
        "v3/x".to_owned(),
        "{url}".to_owned(),
        String::new(),
    ] {
        let err = client.get_url(&*unknown).wait().unwrap_err();
        assert_eq!(
            err.kind(),
            ErrorKind::Request,
            "{unknown}: {}",
            err.report()
        );
        assert!(!err.maybe_sent());
    }
    assert_eq!(sandbox.calls().len(), 0);
    let image = StubResponse::bytes("image/jpeg", "abc");
    sandbox
        .stub("GET", "v3/merchant-service/images/{media_id}", image)
        .unwrap();
    for known in [
        format!(
            "{}v3/merchant-service/images/%E5%9B%BE%2F%3D.jpg",
            sandbox.base_url()
        ),
        "/v3/merchant-service/images/%E5%9B%BE%2F%3D.jpg".to_owned(),
    ] {
        // The catalog's image endpoint: its answers carry no signature.
        client.get_url(known).wait().unwrap();
        let target = sandbox.last_call().unwrap().target;
        assert_eq!(target, "/v3/merchant-service/images/%E5%9B%BE%2F%3D.jpg");
    }
    for official in ["api", "api2", "apihk"] {
        let url = format!("https://{official}.mch.weixin.qq.com/v3/billdownload/file?token=x");
        let made = client.get_url(&*url).dry_run().wait().unwrap();
        assert_eq!(made.uri().to_string(), url);
    }
    let trusting = sandbox
        .client_builder()
        .trust_host("cdn.example")
        .build()
        .unwrap();
    let url = "https://cdn.example/v3/x?a=%2f";
    let made = trusting.get_url(url).dry_run().wait().unwrap();
    assert_eq!(made.uri().to_string(), url);
}

/// A call's path selects APIv2, but a URL from an answer is signed as APIv3 and used unchanged.
#[test]
fn a_url_that_begins_with_v2_is_sent_unchanged() {
    let (sandbox, client, _dir) = place();
    let absolute = format!("{}v2/x?a=%2F&b=c d", sandbox.base_url()).replace(' ', "%20");
    for url in ["/v2/x?a=%2F&b=c%20d", &absolute] {
        let made = client.get_url(url).dry_run().wait().unwrap();
        let target = made.uri().path_and_query().unwrap();
        assert_eq!(target, "/v2/x?a=%2F&b=c%20d");
        let authorization = made.headers()["authorization"].to_str().unwrap();
        assert!(authorization.starts_with("WECHATPAY2-SHA256-RSA2048 "));
        assert!(
            made.signed_text()
                .unwrap()
                .starts_with(&format!("GET\n{target}\n"))
        );
    }
}
