//! Calls from data, with the option keys of the PHP SDK and Guzzle.

use std::time::Duration;

use serde_json::Value;

use crate::call::Call;
#[cfg(feature = "files")]
use crate::message::Sink;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::query::Query;

/// Options that are set in another way here, with the replacement.
const ELSEWHERE: [(&str, &str); 24] = [
    ("allow_redirects", "redirects are never followed"),
    (
        "auth",
        "the stack's `signer` makes the Authorization header",
    ),
    ("cert", "the client is built with its certificate"),
    ("connect_timeout", "use ClientBuilder::connect_timeout"),
    ("cookies", "WeChat Pay sets none"),
    ("debug", "add a middleware that logs"),
    ("decode_content", "set the Accept-Encoding header"),
    ("form_params", "WeChat Pay takes no forms"),
    ("handler", "use Client::with_stack"),
    (
        "http_errors",
        "use Client::with_stack(php::without_http_errors), feature `php-values`",
    ),
    ("multipart", "post(Media::from_path(..)?, ())"),
    ("curl", "set the options of connections on ClientBuilder"),
    ("delay", "wait before the call"),
    ("expect", "no request waits for 100 Continue"),
    ("force_ip_resolve", "use ClientBuilder::transport"),
    ("on_headers", "read the headers in a middleware"),
    ("on_stats", "observe the call in a middleware"),
    ("progress", "use Call::stream"),
    ("proxy", "use ClientBuilder::proxy"),
    ("read_timeout", "use ClientBuilder::read_timeout"),
    ("ssl_key", "the client is built with its key"),
    ("stream", "use Call::stream"),
    ("verify", "use ClientBuilder::root_certificate"),
    ("version", "HTTP/2 and HTTP/1.1 are negotiated"),
];

pub(super) fn apply(call: Call, options: Value) -> Call {
    match options {
        Value::Null => call,
        Value::Object(options) => options
            .into_iter()
            .fold(call, |call, (key, value)| option(call, key, value)),
        Value::Array(list) if list.is_empty() => call,
        _ => call.fail(Error::new(
            ErrorKind::Request,
            "the options of a request are a JSON object: {\"json\": {..}, \"headers\": {..}}",
        )),
    }
}

fn option(call: Call, key: String, value: Value) -> Call {
    match key.as_str() {
        "json" | "xml" if value.is_null() => call,
        "json" => call.json(value),
        "xml" => call.json(value).edit(|plan| plan.options.xml = true),
        "nonceless" => flag(call, "nonceless", &value, Call::nonceless),
        "security" => flag(call, "security", &value, Call::security),
        "query" => query(call, value),
        "headers" => call.headers(value),
        "body" => body(call, value),
        "base_uri" => match value {
            Value::String(url) => call.base_url(url),
            _ => call.fail(wrong("base_uri", "a text")),
        },
        "timeout" => timeout(call, &value),
        "sink" => sink(call, value),
        name => match ELSEWHERE.iter().find(|(known, _)| *known == name) {
            Some((_, instead)) => call.fail(Error::new(
                ErrorKind::Unsupported,
                format!("the option `{name}` is not supported: {instead}"),
            )),
            None => call.var(key, value),
        },
    }
}

fn query(call: Call, value: Value) -> Call {
    call.attempt(|plan| {
        plan.query = Query::from_value(value)?;
        Ok(())
    })
}

/// Sets the body. As in Guzzle, `json` takes precedence over `body`.
fn body(call: Call, value: Value) -> Call {
    match value {
        Value::Null => call,
        Value::String(text) => call.edit(|plan| plan.set_text_body(text)),
        _ => call.fail(wrong("body", "a text")),
    }
}

fn timeout(call: Call, value: &Value) -> Call {
    match seconds(value) {
        Ok(Some(limit)) => call.timeout(limit),
        Ok(None) => call.timeout(Duration::MAX),
        Err(err) => call.fail(err),
    }
}

/// Converts seconds. Guzzle's zero means no limit.
fn seconds(value: &Value) -> Result<Option<Duration>> {
    value
        .as_f64()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .map(|limit| (!limit.is_zero()).then_some(limit))
        .ok_or_else(|| wrong("timeout", "a number of seconds"))
}

/// Sets the path of the sink; PHP's streams correspond to [`Call::stream`].
#[cfg(feature = "files")]
fn sink(call: Call, value: Value) -> Call {
    match value {
        Value::Null => call,
        Value::String(path) => call.edit(|plan| plan.sink = Some(Sink::new(path.into()))),
        _ => call.fail(wrong("sink", "the path of a file")),
    }
}

#[cfg(not(feature = "files"))]
fn sink(call: Call, _: Value) -> Call {
    call.fail(Error::new(
        ErrorKind::Unsupported,
        "the option `sink` needs this crate's feature `files`",
    ))
}

/// Sets a flag. In PHP `nonceless => false` suppresses the nonce and `security => 1` has no effect. Here both
/// have their literal meaning, or are rejected.
fn flag(call: Call, name: &str, value: &Value, set: impl Fn(Call, bool) -> Call) -> Call {
    match value {
        Value::Null => call,
        Value::Bool(flag) => set(call, *flag),
        _ => call.fail(wrong(name, "true or false")),
    }
}

fn wrong(name: &str, form: &str) -> Error {
    Error::new(
        ErrorKind::Request,
        format!("the option `{name}` must be {form}"),
    )
}
