//! Uploads: the client's layout, and the sandbox's parser.

use std::cell::LazyCell;

use tokio::runtime::Runtime;
use wechatpay_chain::{Client, Media};

use self::multipart::parts;

#[allow(
    dead_code,
    reason = "the sandbox's own module, of which not all is used here"
)]
#[path = "../../src/sandbox/multipart.rs"]
mod multipart;

/// Name, media type, part and content of a file: the sandbox reads what the client has laid out.
pub fn media(data: &[u8]) {
    thread_local! {
        static CLIENT: LazyCell<(Client, Runtime)> = const { LazyCell::new(crate::client_and_runtime) };
    }
    let mut lines = data.splitn(4, |byte| *byte == b'\n');
    let mut text = || str::from_utf8(lines.next().unwrap_or_default());
    let (Ok(name), Ok(kind), Ok(part)) = (text(), text(), text()) else {
        return;
    };
    let content = lines.next().unwrap_or_default();
    let mut media = Media::from_bytes(name, content.to_vec()).part(part.to_owned());
    if !kind.is_empty() {
        media = media.content_type(kind.to_owned());
    }
    CLIENT.with(|both| {
        let (client, runtime) = &**both;
        let call = client.chain("v3/merchant/media/upload").post(media, ());
        let Ok(request) = runtime.block_on(call.dry_run().into_future()) else {
            return;
        };
        let content_type = request.headers()["content-type"].to_str().expect("a text");
        let found: Vec<_> = parts(content_type, request.body()).collect();
        let [meta, file] = &*found else {
            panic!("{} parts", found.len());
        };
        assert_eq!(meta.disposition("name"), Some("meta"));
        assert_eq!(file.disposition("name"), Some(part));
        assert_eq!(file.disposition("filename"), Some(name));
        assert_eq!(file.content, content);
    });
}

/// A content type and a body: every parsed part is within the body.
pub fn multipart(data: &[u8]) {
    let (kind, body) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &b""[..]),
    };
    let Ok(kind) = str::from_utf8(kind) else {
        return;
    };
    multipart::is_multipart(kind);
    multipart::part(kind, body, "meta");
    let total: usize = parts(kind, body).map(|part| part.content.len()).sum();
    assert!(total <= body.len(), "parts overlap");
}
