//! Downloads over a real socket: complete or nothing, whatever fails.

mod crowd;
mod genuine;
mod refused;
mod whole;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use wechatpay_chain::crypto::digest::{self, DigestKind};
use wechatpay_chain::{Call, Client, Error, ErrorKind, SavedFile, Verification, VerifyFailure};
use wechatpay_sandbox::{Fault, Sandbox, StubResponse};

use crate::support::{self, Wire, lenient};

const FILE: &str = "v3/billdownload/file";

/// A sandbox, a client, and a directory with an old file at the target.
struct Place {
    sandbox: Sandbox,
    client: Client,
    dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let sandbox = lenient().echo_unknown(true).start_blocking().unwrap();
        let client = sandbox.client().unwrap();
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("bill.csv"), "old").unwrap();
        Self {
            sandbox,
            client,
            dir,
        }
    }

    /// A sandbox whose unsigned file endpoint returns this.
    fn giving(content: &[u8]) -> Self {
        let place = Self::new();
        let answer = StubResponse::bytes("application/octet-stream", content.to_vec());
        place.sandbox.stub("GET", FILE, answer).unwrap();
        place
    }

    fn target(&self) -> PathBuf {
        self.dir.path().join("bill.csv")
    }

    fn call(&self) -> Call {
        self.client.chain(FILE).get(())
    }

    /// Checks that only the old file exists.
    fn is_untouched(&self) {
        assert_eq!(fs::read(self.target()).unwrap(), b"old");
        assert_eq!(fs::read_dir(self.dir.path()).unwrap().count(), 1);
    }

    fn holds(&self, content: &[u8]) {
        assert!(fs::read(self.target()).unwrap() == content, "other content");
        assert_eq!(fs::read_dir(self.dir.path()).unwrap().count(), 1);
    }

    fn refused(&self, outcome: Result<SavedFile, Error>, kind: ErrorKind) -> Error {
        let err = outcome.unwrap_err();
        assert_eq!(err.kind(), kind, "{}", err.report());
        self.is_untouched();
        err
    }
}

fn content() -> Vec<u8> {
    (0..3_000_000_u32).map(|n| (n % 251) as u8).collect()
}

fn zipped(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_matching_file_replaces_the_old_one() {
    let content = content();
    let place = Place::giving(&content);
    let (sha1, told) = (digest::sha1_hex(&content), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&told);
    let file = place
        .call()
        .sink(place.target())
        .expect_sha1(sha1.to_uppercase())
        .on_progress(move |come, total| seen.lock().unwrap().push((come, total)))
        .wait()
        .unwrap();
    place.holds(&content);
    assert_eq!(
        (file.path(), file.len()),
        (&*place.target(), content.len() as u64)
    );
    assert_eq!(file.digest(), Some((DigestKind::Sha1, &*sha1)));
    assert_eq!(file.verification(), &Verification::Unsigned);
    assert!(file.is_checked());
    let (told, len) = (told.lock().unwrap(), content.len() as u64);
    assert!(told.len() > 2 && told.is_sorted());
    assert_eq!(told.last(), Some(&(len, Some(len))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(place.target()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[tokio::test]
async fn awaited_downloads_and_data_urls_work_alike() {
    let place = Place::giving(b"new");
    let sha256 = digest::sha256_hex(b"new");
    let download = place.call().sink(place.target());
    download
        .expect_digest(DigestKind::Sha256, sha256)
        .await
        .unwrap();
    place.holds(b"new");
    let other = place.dir.path().join("other");
    let options = json!({"sink": other, "query": {"token": "x"}});
    let res = place
        .client
        .chain(FILE)
        .request("GET", options)
        .await
        .unwrap();
    assert_eq!(res.saved().unwrap().path(), other);
    assert!(res.bytes().is_empty() && fs::read(other).unwrap() == b"new");
}

#[test]
fn a_file_with_another_digest_is_rejected() {
    let place = Place::giving(b"altered");
    let outcome = place
        .call()
        .sink(place.target())
        .expect_sha1(digest::sha1_hex(b"real"));
    let err = place.refused(outcome.wait(), ErrorKind::Verify);
    let expected = VerifyFailure::Digest {
        algorithm: "SHA1",
        expected: digest::sha1_hex(b"real"),
        found: digest::sha1_hex(b"altered"),
    };
    assert_eq!(err.verify_failure(), Some(&expected));
}

#[test]
fn a_broken_connection_leaves_no_file() {
    let place = Place::giving(&content());
    for fault in [Fault::CutInBody, Fault::CutBeforeAnswer] {
        place.sandbox.inject_fault(fault);
        let outcome = place.call().sink(place.target()).wait();
        place.refused(outcome, ErrorKind::Transport);
    }
}

#[test]
fn a_zipped_file_is_unzipped_and_hashed() {
    let content = content();
    let place = Place::giving(&zipped(&content));
    let sink = || place.call().sink(place.target()).gunzip();
    let outcome = sink()
        .expect_sha1(digest::sha1_hex(&zipped(&content)))
        .wait();
    place.refused(outcome, ErrorKind::Verify);
    place.sandbox.inject_fault(Fault::TamperedBody);
    place.refused(sink().wait(), ErrorKind::Body);
    place.refused(sink().max_bytes(2_999_999).wait(), ErrorKind::Body);
    let file = sink()
        .max_bytes(3_000_000)
        .expect_sha1(digest::sha1_hex(&content));
    assert_eq!(file.wait().unwrap().len(), 3_000_000);
    place.holds(&content);
}

#[test]
fn incomplete_gzip_is_rejected() {
    let whole = zipped(&content());
    for bad in [&whole[..whole.len() / 2], b"plain text", b""] {
        let place = Place::giving(bad);
        let outcome = place.call().sink(place.target()).gunzip().wait();
        place.refused(outcome, ErrorKind::Body);
    }
}

#[test]
fn a_signed_answer_is_checked_at_its_end() {
    let place = Place::new();
    let sink = || {
        place
            .client
            .chain("v3/payscore/permissions")
            .get(())
            .sink(place.target())
    };
    for (fault, kind) in [
        (Fault::TamperedBody, ErrorKind::Verify),
        (Fault::WrongSignature, ErrorKind::Verify),
        (Fault::MissingHeaders, ErrorKind::Verify),
        (Fault::HtmlErrorPage, ErrorKind::Api),
    ] {
        place.sandbox.inject_fault(fault);
        place.refused(sink().wait(), kind);
    }
    let file = sink().wait().unwrap();
    assert!(matches!(file.verification(), Verification::Verified { .. }));
    place.holds(b"{}");
}

#[test]
fn a_statement_has_the_digest_that_its_signature_covers_zipped_or_not() {
    let (place, content) = (Place::new(), content());
    for encoding in [None, Some("gzip")] {
        let wire = statement(&content, &content, encoding);
        let client = support::client(&wire);
        let sink = || {
            client
                .chain("v3/global/statements")
                .get(())
                .sink(place.target())
        };
        let told = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&told);
        let file = sink()
            .on_progress(move |come, total| seen.lock().unwrap().push((come, total)))
            .wait()
            .unwrap();
        assert!(matches!(file.verification(), Verification::Verified { .. }));
        assert!(file.is_checked());
        place.holds(&content);
        // The length of an encoded answer is not that of the file.
        let beyond = |(come, total): &(u64, Option<u64>)| total.is_some_and(|total| *come > total);
        let told = told.lock().unwrap();
        assert!(!told.is_empty() && !told.iter().any(beyond), "{told:?}");
        fs::write(place.target(), "old").unwrap();
        // A buffered answer is not unzipped, so it is rejected.
        let whole = client.chain("v3/global/statements").get(()).wait();
        assert_eq!(whole.is_err(), encoding.is_some());
        let client = support::client(&statement(&content, &content[1..], encoding));
        let altered = client.chain("v3/global/statements").get(());
        place.refused(altered.sink(place.target()).wait(), ErrorKind::Verify);
    }
}

/// The signature covers the digest of the decoded file.
fn statement(signed: &[u8], sent: &[u8], encoding: Option<&'static str>) -> Wire {
    let (sha1, content) = (digest::sha1_hex(signed), sent.to_vec());
    Wire::answering(move |_| {
        let body = match encoding {
            None => content.clone(),
            Some(_) => zipped(&content),
        };
        let covered = format!("{{\"sha1\":\"{sha1}\"}}");
        let len = body.len().to_string();
        let answer = support::Answer::unsigned(body).header("Content-Length", &len);
        let answer = answer.header("Wechatpay-Statement-Sha1", &sha1);
        let answer = match encoding {
            None => answer,
            Some(encoding) => answer.header("Content-Encoding", encoding),
        };
        answer.signed_over(support::answer::now(), covered.as_bytes())
    })
}

#[test]
fn partial_responses_are_rejected() {
    let place = Place::giving(b"part");
    for status in [201, 206] {
        let answer = StubResponse::bytes("application/octet-stream", "part").status(status);
        place.sandbox.stub("GET", FILE, answer).unwrap();
        let outcome = place.call().sink(place.target()).wait();
        let err = place.refused(outcome, ErrorKind::Body);
        assert!(err.to_string().contains(&status.to_string()), "{err}");
        assert!(err.maybe_sent());
    }
}

#[test]
fn unwritable_targets_fail_before_the_call() {
    let place = Place::giving(b"new");
    for bad in ["no/such/directory/file", ".", ""] {
        let target = place.dir.path().join(bad);
        let outcome = place.call().sink(target).wait();
        let err = place.refused(outcome, ErrorKind::File);
        assert!(!err.maybe_sent());
    }
    let outcome = place.call().sink(place.target()).expect_sha1("abc").wait();
    place.refused(outcome, ErrorKind::Request);
    assert_eq!(place.sandbox.calls().len(), 0);
}

#[tokio::test]
async fn an_aborted_download_leaves_no_file() {
    let place = Place::giving(&content());
    place
        .sandbox
        .inject_fault(Fault::Slow(Duration::from_secs(30)));
    let download = place.call().sink(place.target()).into_future();
    let given_up = tokio::time::timeout(Duration::from_millis(300), download).await;
    assert!(given_up.is_err());
    place
        .sandbox
        .inject_fault(Fault::Slow(Duration::from_secs(30)));
    let download = place
        .call()
        .timeout(Duration::from_millis(300))
        .sink(place.target());
    assert!(download.await.unwrap_err().is_timeout());
    // The writing thread removes the file.
    for _ in 0..100 {
        if fs::read_dir(place.dir.path()).unwrap().count() == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    place.is_untouched();
}

/// Runs in a separate process with a file size limit of 64 KiB.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_file() {
    const CHILD: &str = "WECHATPAY_TEST_FULL_DISK";
    if std::env::var_os(CHILD).is_none() {
        let script =
            "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact download::a_full_disk_leaves_no_file";
        let outcome = Command::new("sh")
            .args(["-c", script])
            .arg(std::env::current_exe().unwrap())
            .env(CHILD, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&outcome.stdout);
        assert!(
            outcome.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let place = Place::giving(&content());
    let outcome = place.call().sink(place.target()).wait();
    let err = place.refused(outcome, ErrorKind::File);
    let cause = err.find::<std::io::Error>().unwrap();
    assert_eq!(cause.kind(), std::io::ErrorKind::FileTooLarge);
}

#[test]
fn a_v2_refusal_does_not_become_a_bill() {
    let wire = Wire::answering(|sent| {
        if sent.body.windows(5).any(|text| text == b"<ok>1") {
            support::Answer::unsigned("`2024-01-01,`1\n")
        } else {
            support::Answer::unsigned(
                "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg>No Bill Exist</return_msg></xml>",
            )
        }
    });
    let client = Client::builder()
        .mchid(support::MCHID)
        .v2_key("v2secretv2secretv2secretv2secret")
        .transport(wire)
        .build()
        .unwrap();
    let place = Place::new();
    let sink = |ok: u8| {
        let body = json!({"mch_id": support::MCHID, "ok": ok});
        let call = client.chain("v2/pay/downloadbill").post(body, ());
        call.sink(place.target())
    };
    place.refused(sink(0).wait(), ErrorKind::Api);
    let file = sink(1).wait().unwrap();
    assert_eq!(file.verification(), &Verification::Unsigned);
    place.holds("`2024-01-01,`1\n".as_bytes());
}
