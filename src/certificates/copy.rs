//! The copy on disk: the response as received.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::answer::CertificatesAnswer;
use wechatpay_core::file::{Access, write_atomically};

/// The longest copy that is read. This client writes shorter ones.
const MAX_LEN: u64 = 1 << 20;
/// The prefix of the headers that the signature needs.
const SIGNED: &str = "wechatpay-";

/// Reads a copy; `None` if there is none or it is invalid.
pub(super) fn read(path: &Path) -> Option<CertificatesAnswer> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(MAX_LEN).read_to_string(&mut text).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    let mut headers = HeaderMap::new();
    for (name, text) in value["headers"].as_object()? {
        let name = HeaderName::try_from(name).ok()?;
        headers.insert(name, HeaderValue::from_str(text.as_str()?).ok()?);
    }
    let body = Bytes::from(value["body"].as_str()?.to_owned());
    Some(CertificatesAnswer { headers, body })
}

/// Writes the copy atomically, mode 0600.
///
/// # Errors
///
/// Errors of the file system.
pub(super) fn write(path: &Path, answer: &CertificatesAnswer) -> io::Result<()> {
    write_atomically(path, text(answer)?.as_bytes(), Access::Owner)
}

fn text(answer: &CertificatesAnswer) -> io::Result<String> {
    let headers: Map<_, _> = answer
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with(SIGNED))
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect();
    let body = std::str::from_utf8(&answer.body).map_err(io::Error::other)?;
    Ok(json!({"headers": headers, "body": body}).to_string())
}
