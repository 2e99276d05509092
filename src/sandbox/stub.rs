//! Stubbed responses, and the default response of an operation.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::journal::{Blob, SavedStub};
use crate::reply::{JSON, Reply};
use crate::signing::set_header;
use crate::world::Success;
use wechatpay_core::catalog::{AnswerKind, AnswerSignature, Operation};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A stubbed response of a [`Sandbox`](super::Sandbox), with status 200 by default.
///
/// The sandbox signs it. Write the sensitive fields that the catalog names in plaintext: the sandbox
/// encrypts them with the merchant certificate.
#[derive(Clone)]
#[must_use = "a stubbed response does nothing until it is passed to Sandbox::stub"]
pub struct StubResponse {
    status: u16,
    headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    content: Content,
}

#[derive(Clone)]
enum Content {
    Json(Value),
    Bytes(Bytes),
}

impl Content {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
    }
}

impl StubResponse {
    /// A JSON body.
    pub fn json(body: Value) -> Self {
        Self::new(200, Content::Json(body))
    }

    /// A body of raw bytes, such as a bill or an image.
    pub fn bytes(content_type: impl Into<Cow<'static, str>>, body: impl Into<Bytes>) -> Self {
        Self::new(200, Content::Bytes(body.into())).header("Content-Type", content_type)
    }

    /// An empty response with status 204.
    pub fn empty() -> Self {
        Self::new(204, Content::Bytes(Bytes::new()))
    }

    /// Replaces the status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header.
    pub fn header(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    fn new(status: u16, content: Content) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content,
        }
    }

    /// As the journal keeps it.
    pub(crate) fn saved(&self, method: &str, path: &str) -> SavedStub {
        let (json, bytes) = match &self.content {
            Content::Json(json) => (Some(json.clone()), Bytes::new()),
            Content::Bytes(bytes) => (None, bytes.clone()),
        };
        let headers = self.headers.iter();
        SavedStub {
            method: method.to_owned(),
            path: path.to_owned(),
            status: self.status,
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
            json,
            bytes: Blob(bytes),
        }
    }

    pub(crate) fn of_saved(saved: &SavedStub) -> Self {
        let content = match &saved.json {
            Some(json) => Content::Json(json.clone()),
            None => Content::Bytes(saved.bytes.0.clone()),
        };
        let headers = saved.headers.iter().cloned();
        Self {
            headers: headers
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            ..Self::new(saved.status, content)
        }
    }

    pub(crate) fn check(self) -> Result<CheckedResponse> {
        let status = StatusCode::from_u16(self.status)
            .ok()
            .filter(|status| !status.is_informational())
            .ok_or_else(|| builder(format!("{} is not a status from 200 to 999", self.status)))?;
        if status == StatusCode::NO_CONTENT && !self.content.is_empty() {
            let message = "204 has no body: use StubResponse::empty(), or another status";
            return Err(builder(message.to_owned()));
        }
        let mut headers = HeaderMap::new();
        if matches!(self.content, Content::Json(_)) {
            headers.insert(CONTENT_TYPE, JSON);
        }
        for (name, value) in &self.headers {
            set_header(&mut headers, name, value)?;
        }
        Ok(CheckedResponse {
            status,
            headers,
            content: self.content,
        })
    }
}

/// Leaves the body out: it may name people and orders.
impl fmt::Debug for StubResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StubResponse")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The stubs of a sandbox, the newest last.
#[derive(Default)]
pub(crate) struct Stubs {
    stubs: Mutex<Vec<Stub>>,
}

struct Stub {
    method: Method,
    path: String,
    response: CheckedResponse,
}

/// A response that can be sent.
#[derive(Clone)]
pub(crate) struct CheckedResponse {
    status: StatusCode,
    headers: HeaderMap,
    content: Content,
}

impl Stubs {
    pub(crate) fn set(&self, method: &str, path: &str, response: StubResponse) -> Result<()> {
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
            .map_err(|err| builder(format!("{method:?} is not a method")).with_source(err))?;
        let path = path.trim_start_matches('/').to_owned();
        let response = response.check()?;
        let mut stubs = self.stubs.lock().unwrap_or_else(PoisonError::into_inner);
        stubs.retain(|stub| stub.method != method || stub.path != path);
        stubs.push(Stub {
            method,
            path,
            response,
        });
        Ok(())
    }

    pub(crate) fn get(&self, method: &Method, path: &str) -> Option<CheckedResponse> {
        let path = path.trim_start_matches('/');
        let stubs = self.stubs.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = || stubs.iter().rev().filter(|stub| stub.method == method);
        newest()
            .find(|stub| stub.path == path)
            .or_else(|| newest().find(|stub| matches(&stub.path, path)))
            .map(|stub| stub.response.clone())
    }
}

/// Whether a path matches a template; a variable matches one segment.
fn matches(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let all = template.split('/').all(|expected| {
        let variable = expected.starts_with('{') && expected.ends_with('}');
        segments
            .next()
            .is_some_and(|found| found == expected || variable && !found.is_empty())
    });
    all && segments.next().is_none()
}

impl CheckedResponse {
    /// The default response; `body` is the decrypted body of the request, which only unknown paths echo.
    pub(crate) fn default_of(
        method: &Method,
        operation: Option<&Operation>,
        body: Option<&Value>,
    ) -> Self {
        let echo = || match body {
            Some(Value::Object(members)) if takes_body(method) => members.clone(),
            _ => Map::new(),
        };
        let content = match operation.map(Operation::answer) {
            Some(AnswerKind::Empty) => return Self::plain(StatusCode::NO_CONTENT, ""),
            Some(AnswerKind::Stream) => return Self::plain(StatusCode::OK, "sandbox\n"),
            Some(_) => json!({}),
            None => Value::Object(echo()),
        };
        Self {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, JSON)]),
            content: Content::Json(content),
        }
    }

    /// The response of a stateful operation.
    pub(crate) fn of_success(success: Success) -> Self {
        if let Some((content_type, file)) = success.file {
            let content_type = HeaderValue::from_static(content_type);
            return Self {
                status: success.status,
                headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]),
                content: Content::Bytes(file),
            };
        }
        let Some(body) = success.body else {
            return Self::plain(success.status, "");
        };
        Self {
            status: success.status,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, JSON)]),
            content: Content::Json(body),
        }
    }

    fn plain(status: StatusCode, text: &'static str) -> Self {
        let mut headers = HeaderMap::new();
        if !text.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        }
        Self {
            status,
            headers,
            content: Content::Bytes(text.into()),
        }
    }

    /// The response as it is sent; `encrypt` encrypts the sensitive fields of one that succeeds.
    pub(crate) fn reply(
        self,
        operation: Option<&Operation>,
        encrypt: impl FnOnce(&mut Value) -> Result<()>,
    ) -> Result<Reply> {
        let success = self.status.is_success();
        let body = match self.content {
            Content::Bytes(bytes) => bytes,
            Content::Json(mut value) => {
                if success {
                    encrypt(&mut value)?;
                }
                value.to_string().into()
            }
        };
        Ok(Reply {
            status: self.status,
            headers: self.headers,
            body,
            covers: operation
                .filter(|_| success)
                .map_or(AnswerSignature::Body, Operation::answer_signature),
        })
    }
}

fn takes_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

fn builder(message: String) -> Error {
    Error::new(ErrorKind::Builder, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_variable_matches_one_segment() {
        let template = "v3/pay/transactions/id/{transaction_id}";
        assert!(matches(template, "v3/pay/transactions/id/42"));
        for path in [
            "v3/pay/transactions/id",
            "v3/pay/transactions/id/",
            "v3/pay/transactions/id/4/2",
            "v3/pay/transactions/no/42",
        ] {
            assert!(!matches(template, path), "{path}");
        }
    }

    #[test]
    fn an_exact_path_wins_over_templates_and_newer_stubs_over_older() {
        let stubs = Stubs::default();
        let status = |path: &str| stubs.get(&Method::GET, path).map(|it| it.status.as_u16());
        let set = |path, status| stubs.set("get", path, StubResponse::empty().status(status));
        set("/v3/a/b", 201).unwrap();
        set("v3/a/{x}", 202).unwrap();
        set("v3/{x}/b", 203).unwrap();
        assert_eq!(status("/v3/a/b"), Some(201));
        assert_eq!(status("/v3/a/c"), Some(202));
        assert_eq!(status("/v3/c/b"), Some(203));
        set("v3/a/b", 206).unwrap();
        assert_eq!(status("/v3/a/b"), Some(206));
        assert_eq!(stubs.get(&Method::POST, "/v3/a/b").map(|_| ()), None);
    }

    #[test]
    fn a_response_that_cannot_be_sent_is_rejected() {
        let stubs = Stubs::default();
        for (method, answer) in [
            ("GE T", StubResponse::empty()),
            ("GET", StubResponse::empty().status(99)),
            ("GET", StubResponse::empty().status(101)),
            ("GET", StubResponse::empty().header("A B", "")),
            ("GET", StubResponse::empty().header("A", "\n")),
            ("GET", StubResponse::json(json!({})).status(204)),
            ("GET", StubResponse::bytes("text/plain", "a").status(204)),
        ] {
            let err = stubs.set(method, "v3/a", answer).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder);
        }
    }
}
