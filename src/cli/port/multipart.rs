//! Describes the parts of an upload as JSON.

use serde_json::{Map, Value, json};
use wechatpay_chain::SignedRequest;
use wechatpay_chain::crypto::digest::sha256_hex;
use wechatpay_chain_port::evaluate::{Part, Upload};

/// Replaces the boundary, which is random.
pub(super) const BOUNDARY: &str = "{BOUNDARY}";

/// `{"parts": [{"name", "filename"?, "headers", "size", "sha256", "text"?}]}`
pub(super) fn describe(upload: &Upload, made: &SignedRequest) -> Value {
    let parts: Vec<Value> = match upload {
        Upload::Parts(parts) => parts.iter().map(given).collect(),
        Upload::Media { .. } => laid_out(made).unwrap_or_default(),
    };
    json!({ "parts": parts })
}

/// A part in the form of PHP's stream.
fn given(part: &Part) -> Value {
    let mut disposition = format!("form-data; name=\"{}\"", part.name);
    if let Some(name) = &part.filename {
        disposition.push_str(&format!("; filename=\"{name}\""));
    }
    let headers = vec![
        ("Content-Disposition".to_owned(), disposition),
        ("Content-Length".to_owned(), part.contents.len().to_string()),
    ];
    shown(&headers, &part.contents)
}

/// The parts of the library's body.
fn laid_out(made: &SignedRequest) -> Option<Vec<Value>> {
    let kind = made
        .headers()
        .get(http::header::CONTENT_TYPE)?
        .to_str()
        .ok()?;
    let (_, boundary) = kind.split_once("boundary=")?;
    let (open, close) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
    let mut rest: &[u8] = made.body();
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(open.as_bytes()) {
        let head_end = find(part, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&part[..head_end]).ok()?;
        let headers: Vec<_> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let body = &part[head_end + 4..];
        let length = headers.iter().find(|(name, _)| name == "Content-Length");
        // A file may contain the boundary, so its end is found by its length.
        let end = match length.and_then(|(_, length)| length.parse::<usize>().ok()) {
            Some(length) if length <= body.len() => length,
            _ => find(body, close.as_bytes())?,
        };
        parts.push(shown(&headers, &body[..end]));
        rest = body.get(end + 2..).unwrap_or_default();
    }
    Some(parts)
}

fn shown(headers: &[(String, String)], contents: &[u8]) -> Value {
    let disposition = headers
        .iter()
        .find(|(name, _)| name == "Content-Disposition");
    let value = |name: &str| {
        let (_, after) = disposition?.1.split_once(&format!(" {name}=\""))?;
        Some(
            after
                .strip_suffix('"')
                .unwrap_or_else(|| after.split_once("\"; ").map_or(after, |(it, _)| it)),
        )
    };
    let name = value("name").map(|name| name.split_once("\"; ").map_or(name, |(name, _)| name));
    let mut part = Map::new();
    part.insert("name".to_owned(), json!(name));
    let filename = value("filename");
    if filename.is_some() {
        part.insert("filename".to_owned(), json!(filename));
    }
    part.insert("headers".to_owned(), json!(headers));
    part.insert("size".to_owned(), json!(contents.len()));
    part.insert("sha256".to_owned(), json!(sha256_hex(contents)));
    if let (None, Ok(text)) = (filename, std::str::from_utf8(contents)) {
        part.insert("text".to_owned(), json!(text));
    }
    Value::Object(part)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len())
        .position(|window| window == wanted)
}
