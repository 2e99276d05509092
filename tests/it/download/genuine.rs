//! Content other than the requested file does not replace a file.

use std::fs;

use serde_json::json;
use wechatpay_chain::catalog::{self, AnswerKind, Operation};
use wechatpay_chain::crypto::digest::sha1_hex;
use wechatpay_chain::{Call, Client, ErrorKind};

use super::{Place, zipped};
use crate::support::{self, Answer, MCHID, Wire, literal};

/// Every operation whose answer is a file.
fn downloads() -> impl Iterator<Item = &'static Operation> {
    let all = catalog::operations().iter();
    all.filter(|operation| operation.answer() == AnswerKind::Stream && !operation.is_brand())
}

fn client(body: &[u8], content_type: &'static str) -> Client {
    let body = body.to_vec();
    let wire = Wire::answering(move |_| {
        // Statements are signed, the others are unsigned.
        Answer::bytes(body.clone()).header("Content-Type", content_type)
    });
    let builder = support::builder().v2_key("v2secretv2secretv2secretv2secret");
    builder.transport(wire).build().unwrap()
}

fn call(client: &Client, operation: &Operation) -> Call {
    let chain = client.chain(literal(operation.path()));
    let call = if operation.is_v2() {
        chain.post(json!({"mch_id": MCHID}), ()).security(false)
    } else {
        chain.get(())
    };
    if operation.path().contains("{media_id}") {
        call.var("media_id", "1")
    } else {
        call
    }
}

/// Kinds of wrong content, as a proxy or gateway sends them with 200.
const WRONG: [&str; 11] = [
    "",
    "\u{feff}\r\n",
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>",
    "\u{feff}<!DOCTYPE html><p>",
    "  \r\n<!-- cache --><HTML>",
    "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">",
    "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg>No Bill Exist</return_msg></xml>",
    "\u{feff}\n<?xml version=\"1.0\"?><xml><return_code>FAIL</return_code></xml>",
    "{\"code\":\"SYSTEM_ERROR\",\"message\":\"系统错误\"}",
    " \u{feff}",
    "\n[{\"code\":1}]",
];

#[test]
fn pages_and_messages_do_not_replace_a_file() {
    let place = Place::new();
    assert!(downloads().count() >= 10);
    for text in WRONG {
        for body in [text.as_bytes().to_vec(), zipped(text.as_bytes())] {
            let client = client(&body, "text/plain");
            for operation in downloads() {
                let sink = || call(&client, operation).sink(place.target());
                for outcome in [
                    sink().wait(),
                    sink().expect_sha1(sha1_hex(b"the bill")).wait(),
                    sink().gunzip().wait(),
                ] {
                    let said = format!("{}: {text:?}", operation.path());
                    let err = outcome.expect_err(&said);
                    let kinds = [ErrorKind::Body, ErrorKind::Verify, ErrorKind::Api];
                    assert!(kinds.contains(&err.kind()), "{said}: {}", err.report());
                    assert!(err.maybe_sent());
                    place.is_untouched();
                }
            }
        }
    }
}

#[test]
fn the_content_decides_and_not_the_content_type() {
    let place = Place::new();
    let bill = "\u{feff}交易时间,金额\r\n`2024-01-01,`<1>\r\n";
    let files: [&[u8]; 5] = [
        bill.as_bytes(),
        b"\x89PNG\r\n",
        b"\xff\xd8\xff",
        b"PK\x03\x04",
        b"`{",
    ];
    let files = files.iter().map(|file| file.to_vec());
    for file in files.chain([zipped(bill.as_bytes())]) {
        let clients = ["text/html", "application/json", "text/xml"].map(|it| client(&file, it));
        for (at, operation) in downloads().enumerate() {
            let client = &clients[at % clients.len()];
            let saved = call(client, operation).sink(place.target()).wait();
            saved.unwrap_or_else(|err| panic!("{}: {}", operation.path(), err.report()));
            place.holds(&file);
        }
    }
}

/// The error names the content without quoting it, and contains it.
#[test]
fn the_error_names_the_content() {
    let place = Place::new();
    for (body, what) in [
        (&b"<html>secret"[..], "HTML"),
        (b"{\"code\":\"secret\"}", "JSON"),
        (b"<xml>secret", "XML"),
        (b"", "empty"),
    ] {
        let client = client(body, "text/plain");
        let outcome = client
            .chain(super::FILE)
            .get(())
            .sink(place.target())
            .wait();
        let err = place.refused(outcome, ErrorKind::Body);
        let said = err.report();
        assert!(said.contains(what) && !said.contains("secret"), "{said}");
        assert_eq!(err.body().map(|body| &body[..]).unwrap_or_default(), body);
    }
}

/// Content with the announced digest is accepted; other operations may answer with JSON.
#[test]
fn proven_or_requested_content_is_kept() {
    let place = Place::new();
    let page = b"<html>";
    let download = client(page, "text/html").chain(super::FILE).get(());
    let download = download.sink(place.target());
    download.expect_sha1(sha1_hex(page)).wait().unwrap();
    place.holds(page);
    let ticket = b"{\"download_url\":\"x\"}";
    let call = client(ticket, "application/json")
        .chain("v3/bill/tradebill")
        .get(());
    call.sink(place.target()).wait().unwrap();
    place.holds(ticket);
    let invoice = b"<?xml version=\"1.0\"?><EInvoice/>";
    let call = client(invoice, "text/xml");
    let call = call.chain("v3/new-tax-control-fapiao/download").get(());
    call.sink(place.target()).wait().unwrap();
    place.holds(invoice);
}

/// An APIv2 refusal is recognised even if its first bytes arrive one by one.
#[test]
fn a_v2_refusal_in_pieces_is_recognised() {
    let place = Place::new();
    let fail = "\u{feff}\r\n <xml><return_code>FAIL</return_code><return_msg>No</return_msg></xml>";
    for piece in [1, 2, 3, 5] {
        let wire = Wire::answering(move |_| Answer::unsigned(fail).in_pieces(piece));
        let builder = Client::builder()
            .mchid(MCHID)
            .v2_key("v2secretv2secretv2secretv2secret");
        let client = builder.transport(wire).build().unwrap();
        let body = json!({"mch_id": MCHID});
        let call = client.chain("v2/pay/downloadbill").post(body, ());
        place.refused(call.sink(place.target()).wait(), ErrorKind::Api);
    }
    assert_eq!(fs::read(place.target()).unwrap(), b"old");
}
