//! Streamed answers, statements, and the limit of buffered answers.

use serde_json::json;
use wechatpay_chain::{ErrorKind, Result, Streaming, Verification, VerifyFailure};

use crate::support::answer::now;
use crate::support::{Answer, Wire, builder, client};
use crate::verification::{verified, wrong};

const NATIVE: &str = "v3/pay/transactions/native";
const SHA1_ABC: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";

/// A statement: the signature covers the digest in a header, not the body.
fn statement(body: &'static str, digest: &str) -> Answer {
    let text = format!("{{\"sha1\":\"{digest}\"}}");
    let answer = Answer::unsigned(body).signed_over(now(), text.as_bytes());
    answer.header("Wechatpay-Statement-Sha1", digest)
}

fn fetch(answer: impl Fn() -> Answer + Send + Sync + 'static) -> [Result<Verification>; 2] {
    let wire = Wire::answering(move |_| answer());
    let client = client(&wire);
    let call = || {
        client
            .chain("v3/global/statements")
            .get(())
            .query("date", "20240101")
    };
    let whole = call().wait().map(|res| res.verification().clone());
    let streamed = call().stream().wait().and_then(|stream| read(stream).1);
    [whole, streamed]
}

#[test]
fn a_statement_is_verified_by_its_digest() {
    for result in fetch(|| statement("abc", SHA1_ABC)) {
        assert_eq!(result.unwrap(), verified());
    }
    for result in fetch(|| statement("abc", SHA1_ABC).in_pieces(1)) {
        assert_eq!(result.unwrap(), verified());
    }
    let bad: [fn() -> Answer; 4] = [
        || statement("abd", SHA1_ABC),
        || statement("abc", SHA1_ABC).header("Wechatpay-Statement-Sha1", "00"),
        || statement("abc", SHA1_ABC).without("Wechatpay-Statement-Sha1"),
        || statement("abc", SHA1_ABC).without("Wechatpay-Signature"),
    ];
    for answer in bad {
        for result in fetch(answer) {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Verify);
        }
    }
    for result in fetch(|| statement("abd", SHA1_ABC)) {
        let err = result.unwrap_err();
        let digest = VerifyFailure::Digest {
            algorithm: "SHA1",
            expected: SHA1_ABC.to_owned(),
            found: wechatpay_chain::crypto::digest::sha1_hex(b"abd"),
        };
        assert_eq!(err.verify_failure(), Some(&digest));
    }
    // Without the header the body itself is signed.
    for result in fetch(|| Answer::bytes("abc")) {
        assert_eq!(result.unwrap(), verified());
    }
}

/// Reads a stream to its end; returns the content and the result.
fn read(mut stream: Streaming) -> (Vec<u8>, Result<Verification>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut all = Vec::new();
        loop {
            match stream.chunk().await {
                Ok(Some(piece)) => all.extend_from_slice(&piece),
                Ok(None) => return (all, Ok(stream.verification().clone())),
                Err(err) => return (all, Err(err)),
            }
        }
    })
}

fn streamed(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Result<Streaming> {
    let wire = Wire::answering(move |_| answer());
    client(&wire).chain("v3/some/file").get(()).stream().wait()
}

#[test]
fn a_stream_is_verified_at_its_end() {
    let stream = streamed(|| Answer::bytes("0123456789").in_pieces(3)).unwrap();
    assert_eq!(stream.verification(), &Verification::NotChecked);
    let (all, end) = read(stream);
    assert_eq!((all, end.unwrap()), (b"0123456789".to_vec(), verified()));
    let (_, end) = read(
        streamed(|| {
            Answer::bytes("0123456789")
                .forged("0123456780")
                .in_pieces(3)
        })
        .unwrap(),
    );
    let err = end.unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Verify);
    assert_eq!(err.verify_failure(), Some(&wrong()));
    // Truncated between two pieces, it does not match either.
    let (_, end) =
        read(streamed(|| Answer::bytes("0123456789").forged("012").in_pieces(3)).unwrap());
    assert_eq!(end.unwrap_err().kind(), ErrorKind::Verify);
}

#[test]
fn a_stream_whose_headers_are_wrong_does_not_begin() {
    let kinds = [
        (streamed(|| Answer::unsigned("x")), ErrorKind::Verify),
        (
            streamed(|| Answer::bytes("x").signed_at(now() - 400)),
            ErrorKind::Verify,
        ),
        (
            streamed(|| Answer::bytes("x").header("Wechatpay-Serial", "X")),
            ErrorKind::Verify,
        ),
        (
            streamed(|| Answer::json(json!({"code": "X"})).status(404)),
            ErrorKind::Api,
        ),
    ];
    for (result, kind) in kinds {
        assert_eq!(result.unwrap_err().kind(), kind);
    }
}

/// `None` means success, so it must not follow an error.
#[test]
fn a_stream_that_failed_stays_failed() {
    let wire = Wire::answering(|_| Answer::bytes("0123").signed().forged("0124"));
    let mut stream = client(&wire).chain(NATIVE).get(()).stream().wait().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        assert!(stream.chunk().await.unwrap().is_some());
        assert_eq!(stream.chunk().await.unwrap_err().kind(), ErrorKind::Verify);
        assert_eq!(stream.chunk().await.unwrap_err().kind(), ErrorKind::Body);
    });
}

#[test]
fn an_answer_over_the_limit_is_rejected_before_it_is_buffered() {
    let wire = |answer: fn() -> Answer| Wire::answering(move |_| answer());
    let limited = |answer| {
        builder()
            .max_response_bytes(10)
            .transport(wire(answer))
            .build()
            .unwrap()
    };
    let over: [fn() -> Answer; 2] = [
        || Answer::bytes("01234567890"),
        || Answer::bytes("01234567890").in_pieces(5),
    ];
    for answer in over {
        let err = limited(answer)
            .chain(NATIVE)
            .post(json!({}), ())
            .wait()
            .unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Body, "{}", err.report());
        assert!(err.maybe_sent());
    }
    // The beginning of a refusal is kept, with its status.
    let refused = limited(|| Answer::bytes("01234567890").in_pieces(4).status(500));
    let err = refused.chain(NATIVE).get(()).wait().unwrap_err();
    let api = err.api().unwrap();
    assert_eq!((api.status.as_u16(), &*api.body), (500, &b"0123456789"[..]));
    let fits = limited(|| Answer::bytes("0123456789").in_pieces(4));
    assert_eq!(
        fits.chain(NATIVE).get(()).wait().unwrap().bytes(),
        "0123456789"
    );
    let stream = limited(|| Answer::bytes("01234567890"))
        .chain(NATIVE)
        .get(())
        .stream();
    assert_eq!(read(stream.wait().unwrap()).0.len(), 11);
}
