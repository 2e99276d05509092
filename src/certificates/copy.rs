//! The copy on disk: the response as received.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::answer::CertificatesAnswer;

/// Longer files are none of ours.
const MAX_LEN: u64 = 1 << 20;
/// The prefix of the headers that the signature needs.
const SIGNED: &str = "wechatpay-";

/// Reads a copy; `None` when there is none, or it is not one.
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
/// Those of the file system.
pub(super) fn write(path: &Path, answer: &CertificatesAnswer, nonce: &str) -> io::Result<()> {
    let text = text(answer)?;
    let temporary = beside(path, nonce);
    let written = create(&temporary)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // It may not even exist.
        let _ = fs::remove_file(&temporary);
    }
    written
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

/// Returns a path in the same directory, so that the file can be renamed.
fn beside(path: &Path, nonce: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{nonce}.tmp"));
    name.into()
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
