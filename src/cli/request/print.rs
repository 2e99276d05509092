//! The output of a request.

use http::HeaderMap;
use serde_json::{Map, Value, json};
use wechatpay_chain::{Response, SavedFile, SignedRequest, Verification};

use crate::exit::Failure;
use crate::i18n::t;
use crate::output::Output;

/// `{"method","uri","headers","body"}`; a body that is not UTF-8 is in `body_hex`.
pub(super) fn dry_run(request: &SignedRequest, output: &Output) -> Result<(), Failure> {
    let mut shown = json!({
        "method": request.method().as_str(),
        "uri": request.uri().to_string(),
        "headers": headers(request.headers()),
    });
    match std::str::from_utf8(request.body()) {
        Ok(text) => shown["body"] = text.into(),
        Err(_) => {
            shown["body"] = Value::Null;
            shown["body_hex"] = hex(request.body()).into();
        }
    }
    output.line(&shown.to_string())
}

pub(super) fn print(response: &Response, include: bool, output: &Output) -> Result<(), Failure> {
    // A 204 has no body, and a bill is not JSON.
    let value = response.value().ok();
    if output.json() && include {
        let text = || {
            String::from_utf8_lossy(response.bytes())
                .into_owned()
                .into()
        };
        return output.value(&json!({
            "status": response.status().as_u16(),
            "headers": headers(response.headers()),
            "body": value.cloned().unwrap_or_else(text),
        }));
    }
    if include {
        output.line(&head(response, output))?;
    }
    match value {
        Some(value) => output.value(value),
        None => output.untrusted(response.bytes()),
    }
}

pub(super) fn saved(file: &SavedFile, output: &Output) -> Result<(), Failure> {
    let checked = how_checked(file);
    if output.json() {
        return output.value(&json!({
            "path": file.path().to_string_lossy(),
            "bytes": file.len(),
            "checked": checked,
        }));
    }
    let path = file.path().display();
    output.line(&t!(
        "saved",
        path = path,
        bytes = file.len(),
        checked = checked
    ))
}

/// How the content of a file was verified.
pub(crate) fn how_checked(file: &SavedFile) -> String {
    match (file.verification(), file.digest()) {
        (Verification::Verified { .. }, _) => t!("signature-verified"),
        (_, Some(_)) => t!("digest-verified"),
        // Encrypted with a key from the signed answer.
        _ if file.is_checked() => t!("tag-verified"),
        _ => t!("unsigned"),
    }
}

fn head(response: &Response, output: &Output) -> String {
    let mut text = output.bold(&format!("HTTP {}", response.status()));
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        text.push_str(&format!("\n{}: {value}", title_case(name.as_str())));
    }
    text.push('\n');
    text
}

/// One value per name; several are joined as in HTTP.
fn headers(headers: &HeaderMap) -> Value {
    let mut shown = Map::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        shown.insert(title_case(name.as_str()), values.join(", ").into());
    }
    Value::Object(shown)
}

/// `Content-Type`, the spelling of the documentation.
fn title_case(name: &str) -> String {
    let words = name.split('-').map(|word| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => word.to_owned(),
    });
    words.collect::<Vec<_>>().join("-")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
