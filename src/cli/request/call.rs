//! From arguments to a call.

use std::path::Path;

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use wechatpay_chain::{Call, Client, FieldPolicy, Media};

use super::{RequestArgs, input};
use crate::exit::Failure;
use crate::files;
use crate::i18n::t;
use crate::progress::Progress;
use crate::rephrase;

/// Builds the call. The library reports its mistakes when the call is made.
pub(super) fn make(
    args: &RequestArgs,
    client: &Client,
    method: &Method,
    progress: &Progress,
) -> Result<Call, Failure> {
    let mut call = begin(&args.path, client, method)?;
    for (name, value) in &args.query {
        call = call.query(name, value.as_str());
    }
    for (name, value) in &args.var {
        call = call.var(name.clone(), value.as_str());
    }
    for (name, value) in &args.header {
        call = call.header(name, value);
    }
    if args.no_encrypt {
        call = call.fields(FieldPolicy::Off);
    }
    if args.security {
        call = call.security(true);
    }
    body(args, call, progress)
}

/// A path below the base URL, or a URL from an answer.
fn begin(path: &str, client: &Client, method: &Method) -> Result<Call, Failure> {
    if !path.contains("://") {
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() {
            return Err(input(t!("path-empty")));
        }
        return Ok(client
            .chain(path.to_owned())
            .request(method.as_str(), Value::Null));
    }
    match *method {
        Method::GET => Ok(client.get_url(path)),
        _ => Err(input(t!("url-not-get"))),
    }
}

fn body(args: &RequestArgs, call: Call, progress: &Progress) -> Result<Call, Failure> {
    if let Some(text) = &args.json {
        return Ok(call.json(json(text)?));
    }
    if let Some(path) = &args.body_file {
        return Ok(call.body(Bytes::from(files::read(path)?)));
    }
    if let Some(path) = &args.media {
        let media = Media::from_path(path).map_err(|err| files::input(rephrase::error(&err)))?;
        let bar = progress.clone();
        return Ok(call.body(media.on_progress(move |done, total| bar.at(done, Some(total)))));
    }
    Ok(call)
}

/// The methods that WeChat Pay supports.
pub(super) fn method(text: &str) -> Result<Method, Failure> {
    let known = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    let found = known
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(text));
    found.ok_or_else(|| {
        let order = if text.contains('/') {
            t!("method-first")
        } else {
            String::new()
        };
        input(t!("method-unknown", text = text, order = order))
    })
}

/// JSON from the argument, a file or standard input.
fn json(given: &str) -> Result<Value, Failure> {
    let (text, place) = match (given, given.strip_prefix('@')) {
        ("-", _) => (files::read_text(Path::new("-"))?, t!("stdin")),
        (_, Some(path)) => (files::read_text(Path::new(path))?, path.to_owned()),
        (text, None) => (text.to_owned(), "--json".to_owned()),
    };
    super::json::parse(&text).map_err(|err| {
        let file = if Path::new(given).is_file() {
            t!("json-is-file", given = given)
        } else {
            String::new()
        };
        input(t!("not-json", place = place, err = err, file = file))
    })
}
