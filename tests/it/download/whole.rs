//! Completeness of answers, over real sockets and real TLS.

use std::fs;
use std::io::Read;

use serde_json::json;
use wechatpay_chain::crypto::digest::sha1_hex;
use wechatpay_chain::{Client, Error, ErrorKind, Result};

use super::FILE;
use crate::support::tls::{End, Ending};
use crate::support::{Answer, MCHID};

const IMAGE: &str = "v3/merchant-service/images/{media_id}";
const BILL: &str = "`2024-01-01,`1\n";
const CLOSE: &str = "Connection: close\r\n";

/// An answer without a length, which ends when its connection closes.
fn endless(version: &str, headers: &str, body: &str) -> String {
    format!("HTTP/{version} 200 OK\r\n{headers}\r\n{body}")
}

/// The same answer, read in every way.
fn taken(client: &Client) -> Vec<Result<()>> {
    let call = |path: &'static str| match path {
        IMAGE => client.chain(path).get(()).var("media_id", "1"),
        _ => client.chain(path).get(()),
    };
    let mut outcomes = Vec::new();
    for path in [FILE, IMAGE] {
        outcomes.push(call(path).wait().map(drop));
        outcomes.push(streamed(call(path).stream().wait()));
        let read = call(path).stream().reader().and_then(|mut reader| {
            let mut all = String::new();
            let read = reader.read_to_string(&mut all);
            read.map_err(|err| err.downcast::<Error>().unwrap())
        });
        outcomes.push(read.map(drop));
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("file");
        fs::write(&target, "old").unwrap();
        let saved = call(path).sink(&target).wait();
        let kept = fs::read_to_string(&target).unwrap();
        assert_eq!(kept == BILL, saved.is_ok());
        assert_eq!(kept == "old", saved.is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        outcomes.push(saved.map(drop));
    }
    outcomes
}

fn streamed(stream: Result<wechatpay_chain::Streaming>) -> Result<()> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().build();
    let mut stream = stream?;
    runtime.unwrap().block_on(async {
        while stream.chunk().await?.is_some() {}
        // A failed stream keeps failing.
        Ok(())
    })
}

#[test]
fn without_a_length_only_the_end_of_tls_makes_an_answer_whole() {
    for (version, headers) in [
        ("1.1", CLOSE),
        ("1.0", "Content-Type: text/plain\r\n"),
        // The last coding is not `chunked`, so the body ends with the connection.
        ("1.1", "Transfer-Encoding: gzip\r\n"),
    ] {
        for end in [End::CloseNotify, End::Fin, End::Plain] {
            let server = Ending::with(endless(version, headers, BILL), end);
            for outcome in taken(&server.builder().build().unwrap()) {
                let said = format!("{end:?} {version} {headers:?}");
                match (end, outcome) {
                    (End::CloseNotify, outcome) => outcome.expect(&said),
                    (_, Ok(())) => panic!("{said}: taken for whole"),
                    (_, Err(err)) => {
                        assert_eq!(err.kind(), ErrorKind::Transport, "{said}: {}", err.report());
                        assert!(err.maybe_sent(), "{said}");
                    }
                }
            }
        }
    }
}

/// Many servers never send `close_notify`; an answer with a length or chunks does not need it.
#[test]
fn an_answer_with_a_known_end_needs_no_close_notify() {
    let length = format!("Content-Length: {}\r\n", BILL.len());
    let chunks = format!("{:x}\r\n{BILL}\r\n0\r\n\r\n", BILL.len());
    for end in [End::CloseNotify, End::Fin, End::Plain] {
        for answer in [
            endless("1.0", &length, BILL),
            endless(
                "1.1",
                &format!("{CLOSE}Transfer-Encoding: chunked\r\n"),
                &chunks,
            ),
        ] {
            let server = Ending::with(answer.clone(), end);
            for outcome in taken(&server.builder().build().unwrap()) {
                outcome.unwrap_or_else(|err| panic!("{end:?} {answer}: {}", err.report()));
            }
        }
        // The answer leaves the connection open. Each call has a separate client, so that none
        // uses the previous connection while it is being closed.
        let server = Ending::with(endless("1.1", &length, BILL), end);
        let client = || server.builder().build().unwrap();
        client().chain(FILE).get(()).wait().unwrap();
        streamed(client().chain(FILE).get(()).stream().wait()).unwrap();
        // If that is not the end, the answer is incomplete.
        for answer in [
            endless("1.1", "Content-Length: 100\r\n", BILL),
            endless(
                "1.1",
                "Transfer-Encoding: chunked\r\n",
                &chunks[..chunks.len() - 5],
            ),
        ] {
            let server = Ending::with(answer, end);
            let outcome = server.builder().build().unwrap().chain(FILE).get(()).wait();
            assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Transport);
        }
    }
}

/// A signature, a digest, and the end of JSON and XML prove completeness.
#[test]
fn a_proven_content_needs_no_marked_end() {
    let dir = tempfile::tempdir().unwrap();
    for end in [End::Fin, End::Plain] {
        let signed = String::from_utf8(Answer::json(json!({"a": 1})).into_http1()).unwrap();
        let signed = signed.replace("Content-Length: 7\r\n", "");
        assert!(!signed.contains("Content-Length"));
        // The server repeats one answer.
        let builder = Ending::with(signed, end).builder();
        let client = builder.check_answer_nonces(false).build().unwrap();
        let call = || client.chain("v3/certificates-of-mine").get(());
        call().wait().unwrap();
        streamed(call().stream().wait()).unwrap();
        call().sink(dir.path().join("json")).wait().unwrap();

        let server = Ending::with(endless("1.1", "", BILL), end);
        let client = server.builder().build().unwrap();
        let sink = || client.chain(FILE).get(()).sink(dir.path().join("bill"));
        sink()
            .expect_sha1(sha1_hex(BILL.as_bytes()))
            .wait()
            .unwrap();
        let err = sink().expect_sha1(sha1_hex(b"whole")).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Verify);
    }
}

/// APIv2: the end of a bill is not recognisable, but that of a refusal's XML is.
#[test]
fn apiv2_answers_follow_the_same_rules() {
    const FAIL: &str =
        "<xml><return_code>FAIL</return_code><return_msg>No Bill Exist</return_msg></xml>";
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("bill");
    for (end, body, kind) in [
        (End::CloseNotify, BILL, None),
        (End::Fin, BILL, Some(ErrorKind::Transport)),
        (End::Plain, BILL, Some(ErrorKind::Transport)),
        (End::Fin, FAIL, Some(ErrorKind::Api)),
        (End::Fin, &FAIL[..40], Some(ErrorKind::Verify)),
    ] {
        let server = Ending::with(endless("1.1", "", body), end);
        let builder = server.builder().v2_key("v2secretv2secretv2secretv2secret");
        let client = builder.build().unwrap();
        let call = || {
            let body = json!({"mch_id": MCHID, "bill_date": "20240101"});
            client.chain("v2/pay/downloadbill").post(body, ())
        };
        fs::write(&target, "old").unwrap();
        let outcomes = [
            call().wait().map(drop),
            call().sink(&target).wait().map(drop),
        ];
        for outcome in outcomes {
            assert_eq!(outcome.err().map(|err| err.kind()), kind, "{end:?} {body}");
        }
        let kept = fs::read_to_string(&target).unwrap();
        assert_eq!(kept, if kind.is_none() { BILL } else { "old" });
    }
}
