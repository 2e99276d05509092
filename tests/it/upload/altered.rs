//! Files that do not match the announcement, or change during the upload: they are not sent completely.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use serde_json::json;
use tokio::io::{AsyncRead, ReadBuf};
use wechatpay_chain::crypto::digest;
use wechatpay_chain::middleware::{self, from_fn};
use wechatpay_chain::{Client, ErrorKind, Media, Next, Request};
use wechatpay_sandbox::Sandbox;

use super::{PATH, content, file, sandbox};

/// A client that overwrites a file between signing and sending.
fn editing(client: &Client, path: &std::path::Path, with: Vec<u8>) -> Client {
    let path = path.to_owned();
    let edit = from_fn(move |request: Request, next: Next| {
        std::fs::write(&path, &with).unwrap();
        next.run(request)
    });
    let edited = client.with_stack(|stack| stack.after(middleware::SIGNER, "edit", edit).map(drop));
    edited.unwrap()
}

fn none_was_accepted(sandbox: &Sandbox) {
    let calls = sandbox.calls();
    assert!(calls.iter().all(|call| !call.verdict.is_accepted()));
}

#[test]
fn an_edit_after_the_digest_is_detected() {
    let (sandbox, client) = sandbox();
    let content = content();
    let mut other = content.clone();
    other[0] ^= 1;
    // As long, shorter, longer; and one that fills a chunk exactly.
    let chunk = vec![1; 256 << 10];
    for (before, after) in [
        (&content[..], &other[..]),
        (&content, &content[1..]),
        (&content[1..], &content),
        (b"abc", b"abd"),
        (&chunk, &content[..chunk.len()]),
    ] {
        let file = file(before);
        let client = editing(&client, file.path(), after.to_vec());
        let media = Media::from_path(file.path()).unwrap();
        let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::File, "{}", err.report());
        assert!(err.maybe_sent());
        assert!(err.to_string().contains("the file to upload"), "{err}");
    }
    none_was_accepted(&sandbox);
}

/// Files without a SHA-256 in their meta are read only for this check.
#[test]
fn an_edit_of_a_file_without_a_digest_is_detected_too() {
    let (sandbox, client) = sandbox();
    let content = content();
    let mut other = content.clone();
    other[0] ^= 1;
    let file = file(&content);
    let client = editing(&client, file.path(), other);
    let path = || Media::from_path(file.path()).unwrap();
    for media in [
        path().meta(json!({"sha256": "of an earlier day"})),
        Media::from_bytes("a", "x").and(path().part("second")),
    ] {
        std::fs::write(file.path(), &content).unwrap();
        let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::File, "{}", err.report());
        assert!(err.to_string().contains("changed"), "{err}");
    }
    none_was_accepted(&sandbox);
}

#[test]
fn a_reader_longer_than_announced_is_an_error() {
    let (sandbox, client) = sandbox();
    for announced in [10, 256 << 10] {
        let content = content();
        let sha256 = digest::sha256_hex(&content[..announced as usize]);
        let reader = std::io::Cursor::new(content);
        let media = Media::from_reader("a", announced, reader).sha256(sha256);
        let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
        let said = format!("more than the {announced} bytes");
        assert!(err.to_string().contains(&said), "{err}");
    }
    none_was_accepted(&sandbox);
}

#[test]
fn an_edit_with_the_same_content_is_no_error() {
    let (_sandbox, client) = sandbox();
    let file = file(&content());
    let client = editing(&client, file.path(), content());
    let media = Media::from_path(file.path()).unwrap();
    client.chain(PATH).post(media, ()).wait().unwrap();
}

#[test]
fn an_invalid_sha256_is_rejected() {
    let (sandbox, client) = sandbox();
    let short = "ab".repeat(31);
    let no_hex = "xy".repeat(32);
    for hex in ["", &short, &no_hex] {
        for path in [PATH, "v2/secapi/mch/uploadmedia"] {
            let media = Media::from_bytes("a", "x").sha256(hex);
            let err = client.chain(path).post(media, ()).wait().unwrap_err();
            assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Request, false));
        }
    }
    let second = Media::from_bytes("a", "x").and(Media::from_bytes("b", "y").sha256("00"));
    let err = client.chain(PATH).post(second, ()).wait().unwrap_err();
    assert_eq!(err.kind(), ErrorKind::Request);
    assert_eq!(sandbox.calls().len(), 0);
}

/// Far more than a disk should be asked to hold.
struct Endless(Arc<AtomicU64>);

impl AsyncRead for Endless {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let len = buf.remaining();
        if self.0.fetch_add(len as u64, Ordering::Relaxed) < 256 << 20 {
            buf.initialize_unfilled();
            buf.advance(len);
        }
        Poll::Ready(Ok(()))
    }
}

#[test]
fn a_reader_is_read_up_to_its_announced_length() {
    let (sandbox, client) = sandbox();
    let read = Arc::new(AtomicU64::new(0));
    let media = Media::from_reader("a", 10, Endless(Arc::clone(&read)));
    let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::File, false));
    assert!(err.to_string().contains("more than the 10 bytes"), "{err}");
    assert!(read.load(Ordering::Relaxed) <= 1 << 20);
    assert_eq!(sandbox.calls().len(), 0);
}
