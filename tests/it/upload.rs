//! Uploads over a real socket: the signed part, the sent bytes, and files that change.

mod altered;
mod v2;

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wechatpay_chain::crypto::digest;
use wechatpay_chain::middleware::{self, from_fn};
use wechatpay_chain::{Client, ErrorKind, Media, Next, Request};
use wechatpay_sandbox::{Fault, Sandbox};

const PATH: &str = "v3/merchant/media/upload";

/// These tests are about the sent bytes: their metas and parts are not documented for this path.
fn sandbox() -> (Sandbox, Client) {
    let sandbox = crate::support::lenient().start_blocking().unwrap();
    let client = sandbox.client().unwrap();
    (sandbox, client)
}

/// Longer than a chunk, with content that looks like the end of a part.
fn content() -> Vec<u8> {
    let mut content: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
    content.extend(b"\r\n--boundary--\r\n");
    content
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".JPG").tempfile().unwrap();
    file.write_all(content).unwrap();
    file
}

fn uploaded(sandbox: &Sandbox, name: &str, content: &[u8]) -> Value {
    let call = sandbox.last_call().unwrap();
    assert!(call.verdict.is_accepted(), "{:?}", call.verdict);
    let meta = call.json.clone().unwrap();
    let kind = call.headers["content-type"].to_str().unwrap();
    let boundary = kind.split_once("boundary=").unwrap().1;
    let text = serde_json::to_string(&json!({
        "filename": name, "sha256": digest::sha256_hex(content),
    }));
    let expected = [
        format!(
            "--{boundary}\r\nContent-Type: application/json\r\nContent-Disposition: form-data; \
             name=\"meta\"\r\n\r\n{}\r\n--{boundary}\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"{name}\"\r\nContent-Length: {}\r\nContent-Type: \
             image/jpeg\r\n\r\n",
            text.unwrap(),
            content.len()
        )
        .as_bytes(),
        content,
        format!("\r\n--{boundary}--\r\n").as_bytes(),
    ]
    .concat();
    assert!(call.body == expected, "another body");
    let length = call.headers["content-length"].to_str().unwrap();
    assert_eq!(length, expected.len().to_string());
    assert!(!call.headers.contains_key("transfer-encoding"));
    meta
}

#[test]
fn every_source_gives_the_same_upload() {
    let (sandbox, client) = sandbox();
    let content = content();
    let file = file(&content);
    let len = content.len() as u64;
    let reader = || std::io::Cursor::new(content.clone());
    let sources = [
        Media::from_path(file.path()).unwrap().name("a b.JPG"),
        Media::from_bytes("a b.JPG", content.clone()),
        // The digest is computed from a temporary file,
        Media::from_reader("a b.JPG", len, reader()),
        // or is known and checked while the file passes.
        Media::from_reader("a b.JPG", len, reader()).sha256(digest::sha256_hex(&content)),
    ];
    for media in sources {
        let call = client.chain(PATH).post(media, ());
        assert!(call.wait().unwrap()["media_id"].is_string());
        let meta = uploaded(&sandbox, "a b.JPG", &content);
        assert_eq!(meta["filename"], "a b.JPG");
    }
}

#[test]
fn an_empty_file_is_uploaded() {
    let (sandbox, client) = sandbox();
    let media = Media::from_bytes("empty", "");
    client.chain(PATH).post(media, ()).wait().unwrap();
    let body = String::from_utf8(sandbox.last_call().unwrap().body.to_vec()).unwrap();
    assert!(body.contains("filename=\"empty\"\r\n\r\n\r\n--"), "{body}");
}

#[tokio::test]
async fn a_given_meta_is_used_and_its_sensitive_fields_are_encrypted() {
    let (sandbox, client) = sandbox();
    let meta = json!({
        "transaction_id": "420000153220220··158964",
        "merchant_contact_information": {"consultation_phone_number": "13700000000"},
        "a": 1,
    });
    let media = Media::from_bytes("receipt.jpg", "…").meta(meta.clone());
    let path = "v3/marketing/shopping-receipt/shoppingreceipts";
    client.chain(path).post(media, ()).await.unwrap();
    let call = sandbox.last_call().unwrap();
    assert_eq!(call.json.unwrap(), meta);
    let signed = call.signed_text.unwrap();
    assert!(!signed.contains("13700000000"), "{signed}");
    let order = ["transaction_id", "merchant_contact", "\"a\""].map(|name| signed.find(name));
    assert!(order.is_sorted() && order[0].is_some(), "{signed}");
}

#[test]
fn a_meta_can_be_made_of_name_and_digest() {
    let (sandbox, client) = sandbox();
    let digest = digest::sha256_hex(b"x");
    let made = Media::from_bytes("a.png", "x")
        .meta_with(|name, sha256| json!({"file_name": name, "file_digest": sha256}));
    client.chain(PATH).post(made, ()).wait().unwrap();
    let expected = json!({"file_name": "a.png", "file_digest": digest});
    assert_eq!(sandbox.last_call().unwrap().json.unwrap(), expected);
    let added = Media::from_bytes("a.png", "x").meta_field("sub_mchid", "1230001104");
    client.chain(PATH).post(added, ()).wait().unwrap();
    let expected = json!({"filename": "a.png", "sha256": digest, "sub_mchid": "1230001104"});
    assert_eq!(sandbox.last_call().unwrap().json.unwrap(), expected);
}

#[test]
fn a_meta_field_is_added_before_or_after_the_meta() {
    let (sandbox, client) = sandbox();
    let media = || Media::from_bytes("a.png", "x");
    let with = |media: Media| media.meta_with(|name, _| json!({"name": name, "b": 0}));
    let add = |media: Media| media.meta_field("b", 1);
    let made = json!({"name": "a.png", "b": 1});
    let given = json!({"a": 2, "b": 1});
    for (media, expected) in [
        (add(with(media())), &made),
        (with(add(media())), &made),
        (add(media().meta(json!({"a": 2}))), &given),
        (add(media()).meta(json!({"a": 2})), &given),
    ] {
        client.chain(PATH).post(media, ()).wait().unwrap();
        assert_eq!(&sandbox.last_call().unwrap().json.unwrap(), expected);
    }
    let sent = sandbox.calls().len();
    let list = add(media().meta(json!([1])));
    let err = client.chain(PATH).post(list, ()).wait().unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::Request, false));
    assert_eq!(sandbox.calls().len(), sent);
}

#[test]
fn further_files_have_separate_parts() {
    let (sandbox, client) = sandbox();
    let back = Media::from_bytes("back.png", "2").part("back");
    let media = Media::from_bytes("front.png", "1").part("front").and(back);
    client.chain(PATH).post(media, ()).wait().unwrap();
    let body = String::from_utf8(sandbox.last_call().unwrap().body.to_vec()).unwrap();
    for part in [
        "name=\"front\"; filename=\"front.png\"",
        "name=\"back\"; filename=\"back.png\"",
    ] {
        assert!(body.contains(part), "{body}");
    }
}

#[test]
fn progress_is_reported_up_to_the_last_byte() {
    let (_sandbox, client) = sandbox();
    let told = Arc::new(Mutex::new(Vec::new()));
    let file = file(&content());
    let media = Media::from_path(file.path()).unwrap().on_progress({
        let told = Arc::clone(&told);
        move |sent, total| told.lock().unwrap().push((sent, total))
    });
    client.chain(PATH).post(media, ()).wait().unwrap();
    let (told, len) = (told.lock().unwrap().clone(), content().len() as u64);
    assert!(told.len() > 2 && told.is_sorted());
    assert!(told.iter().all(|(_, total)| *total == len));
    assert_eq!(told.last(), Some(&(len, len)));
}

#[test]
fn a_retry_resends_a_file_but_not_a_reader() {
    let (sandbox, client) = sandbox();
    let retrying = |at: &'static str| {
        client.with_stack(|stack| {
            let retry = from_fn(|request: Request, next: Next| async move {
                match next.clone().run(request.clone()).await {
                    Err(_) => next.run(request).await,
                    done => done,
                }
            });
            stack.before(at, "retry", retry).map(drop)
        })
    };
    let content = content();
    let file = file(&content);
    // Inside and outside the layer that lays out the body.
    for at in [middleware::VERIFIER, middleware::STATUS] {
        let client = retrying(at).unwrap();
        sandbox.inject_fault(Fault::CutBeforeAnswer);
        let media = Media::from_path(file.path()).unwrap().name("a.jpg");
        client.chain(PATH).post(media, ()).wait().unwrap();
        uploaded(&sandbox, "a.jpg", &content);

        sandbox.inject_fault(Fault::CutBeforeAnswer);
        let (len, reader) = (content.len() as u64, std::io::Cursor::new(content.clone()));
        let media = Media::from_reader("a.jpg", len, reader).sha256(digest::sha256_hex(&content));
        let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::File, "{}", err.report());
        assert!(err.maybe_sent());
    }
}

#[test]
fn invalid_requests_fail_before_they_are_sent() {
    let (sandbox, client) = sandbox();
    assert_eq!(
        Media::from_path("/no/such/file").unwrap_err().kind(),
        ErrorKind::File
    );
    assert_eq!(
        Media::from_path("/dev/null").unwrap_err().kind(),
        ErrorKind::File
    );
    for name in ["a\"b.jpg", "a\r\nb.jpg", "a\\b.jpg", ""] {
        let media = Media::from_bytes(name, "x");
        let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::Request, "{name}");
        assert!(!err.maybe_sent());
    }
    let typed = [("Content-Type", "multipart/form-data; boundary=x")];
    let call = client.chain(PATH).post(Media::from_bytes("a", "x"), typed);
    assert_eq!(call.wait().unwrap_err().kind(), ErrorKind::Header);
    let gone = file(b"x");
    let media = Media::from_path(gone.path()).unwrap();
    drop(gone);
    let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
    assert_eq!((err.kind(), err.maybe_sent()), (ErrorKind::File, false));
    assert_eq!(sandbox.calls().len(), 0);
}

#[test]
fn a_file_with_another_digest_does_not_arrive() {
    let (sandbox, client) = sandbox();
    let content = content();
    let reader = || std::io::Cursor::new(content.clone());
    let (len, sha256) = (content.len() as u64, digest::sha256_hex(&content));
    for media in [
        Media::from_reader("a", len, reader()).sha256(digest::sha256_hex(b"other")),
        Media::from_reader("a", len + 1, reader()).sha256(&*sha256),
        Media::from_reader("a", len - 1, reader()).sha256(&*sha256),
        Media::from_reader("a", len - 1, reader()),
    ] {
        let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
        assert_eq!(err.kind(), ErrorKind::File, "{}", err.report());
        assert!(err.to_string().contains("the file to upload"), "{err}");
    }
    assert!(
        sandbox
            .calls()
            .iter()
            .all(|call| !call.verdict.is_accepted())
    );
    // The gateway checks it too.
    let media = Media::from_bytes("a", "x").meta(json!({"sha256": sha256}));
    let err = client.chain(PATH).post(media, ()).wait().unwrap_err();
    assert_eq!(err.api().unwrap().code, "PARAM_ERROR");
}

#[test]
fn a_dry_run_gives_the_body_and_the_text_that_is_signed() {
    let (sandbox, client) = sandbox();
    let call = client
        .chain(PATH)
        .post(Media::from_bytes("a.jpg", "content"), ());
    let made = call.dry_run().wait().unwrap();
    let sha256 = digest::sha256_hex(b"content");
    let meta = format!("{{\"filename\":\"a.jpg\",\"sha256\":\"{sha256}\"}}");
    assert!(
        made.signed_text()
            .unwrap()
            .ends_with(&format!("\n{meta}\n"))
    );
    assert!(made.body().windows(7).any(|text| text == b"content"));
    assert_eq!(sandbox.calls().len(), 0);
}
