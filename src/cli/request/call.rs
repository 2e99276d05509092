//! From arguments to a call.

use std::path::Path;

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use wechatpay_chain::{Call, Client, FieldPolicy, Media};

use super::{RequestArgs, input};
use crate::exit::Failure;
use crate::files;
use crate::progress::Progress;
use crate::rephrase;

/// The call; what the library finds wrong with it comes out when it is made.
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

/// A path below the API's root, or a URL out of an answer.
fn begin(path: &str, client: &Client, method: &Method) -> Result<Call, Failure> {
    if !path.contains("://") {
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() {
            return Err(input(
                "PATH is empty: give the path of the documentation, v3/… or v2/…; if it came from a \
                 variable of the shell, the variable is not set",
            ));
        }
        return Ok(client
            .chain(path.to_owned())
            .request(method.as_str(), Value::Null));
    }
    match *method {
        Method::GET => Ok(client.get_url(path)),
        _ => Err(input(
            "a URL is only followed with GET: give the path, v3/…",
        )),
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

/// The methods that WeChat Pay has.
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
            ": METHOD comes before PATH"
        } else {
            ""
        };
        input(format!(
            "{text:?} is none of GET, POST, PUT, PATCH, DELETE{order}"
        ))
    })
}

/// Given as text, as a file or on standard input.
fn json(given: &str) -> Result<Value, Failure> {
    let (text, place) = match (given, given.strip_prefix('@')) {
        ("-", _) => (files::read_text(Path::new("-"))?, "standard input"),
        (_, Some(path)) => (files::read_text(Path::new(path))?, path),
        (text, None) => (text.to_owned(), "--json"),
    };
    super::json::parse(&text).map_err(|err| {
        let file = if Path::new(given).is_file() {
            format!("; to send the file, write --json @{given}")
        } else {
            String::new()
        };
        input(format!("{place} is not JSON: {err}{file}"))
    })
}
