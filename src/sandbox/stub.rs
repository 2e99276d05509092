//! What requests are answered with.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};

use super::reply::{JSON, Reply};
use super::seal;
use super::world::Success;
use wechatpay_core::catalog::{AnswerKind, AnswerSignature, Operation};
use wechatpay_core::error::{Error, ErrorKind, Result};

/// An answer for a [`Sandbox`](super::Sandbox) to give: 200 unless said otherwise.
///
/// The sandbox signs it. Sensitive fields that the catalog names are written here in plaintext
/// and sent encrypted to the merchant certificate.
#[derive(Clone)]
#[must_use = "an answer does nothing until it is given to Sandbox::stub"]
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
    /// JSON.
    pub fn json(body: Value) -> Self {
        Self::new(200, Content::Json(body))
    }

    /// Bytes as they are: a bill, an image.
    pub fn bytes(content_type: impl Into<Cow<'static, str>>, body: impl Into<Bytes>) -> Self {
        Self::new(200, Content::Bytes(body.into())).header("Content-Type", content_type)
    }

    /// 204 without a body.
    pub fn empty() -> Self {
        Self::new(204, Content::Bytes(Bytes::new()))
    }

    /// With another status.
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With a further header.
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

    pub(super) fn check(self) -> Result<Checked> {
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
            seal::set(&mut headers, name, value)?;
        }
        Ok(Checked {
            status,
            headers,
            content: self.content,
        })
    }
}

/// The bodies name people and orders.
impl fmt::Debug for StubResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StubResponse")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The answers that a sandbox was told to give, the newest last.
#[derive(Default)]
pub(super) struct Stubs {
    rules: Mutex<Vec<Rule>>,
}

struct Rule {
    method: Method,
    path: String,
    answer: Checked,
}

/// An answer that can be sent.
#[derive(Clone)]
pub(super) struct Checked {
    status: StatusCode,
    headers: HeaderMap,
    content: Content,
}

impl Stubs {
    pub(super) fn set(&self, method: &str, path: &str, answer: StubResponse) -> Result<()> {
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
            .map_err(|err| builder(format!("{method:?} is not a method")).with_source(err))?;
        let path = path.trim_start_matches('/').to_owned();
        let answer = answer.check()?;
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.retain(|rule| rule.method != method || rule.path != path);
        rules.push(Rule {
            method,
            path,
            answer,
        });
        Ok(())
    }

    pub(super) fn get(&self, method: &Method, path: &str) -> Option<Checked> {
        let path = path.trim_start_matches('/');
        let rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = || rules.iter().rev().filter(|rule| rule.method == method);
        newest()
            .find(|rule| rule.path == path)
            .or_else(|| newest().find(|rule| fits(&rule.path, path)))
            .map(|rule| rule.answer.clone())
    }
}

/// Whether a template's path is this one; a variable stands for one segment.
fn fits(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let all = template.split('/').all(|expected| {
        let variable = expected.starts_with('{') && expected.ends_with('}');
        segments
            .next()
            .is_some_and(|found| found == expected || variable && !found.is_empty())
    });
    all && segments.next().is_none()
}

impl Checked {
    /// What is answered where nothing was said: `body` is the request's, decrypted.
    pub(super) fn default(
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
            _ => Value::Object(echo()),
        };
        Self {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(CONTENT_TYPE, JSON)]),
            content: Content::Json(content),
        }
    }

    /// What the world says.
    pub(super) fn told(told: Success) -> Self {
        if let Some((content_type, file)) = told.file {
            let content_type = HeaderValue::from_static(content_type);
            return Self {
                status: told.status,
                headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]),
                content: Content::Bytes(file),
            };
        }
        let Some(body) = told.body else {
            return Self::plain(told.status, "");
        };
        Self {
            status: told.status,
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

    /// The answer as it is sent, after `close` has encrypted the fields of one that succeeds.
    pub(super) fn reply(
        self,
        operation: Option<&Operation>,
        close: impl FnOnce(&mut Value) -> Result<()>,
    ) -> Result<Reply> {
        let success = self.status.is_success();
        let body = match self.content {
            Content::Bytes(bytes) => bytes,
            Content::Json(mut value) => {
                if success {
                    close(&mut value)?;
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
    fn a_template_s_variable_stands_for_one_segment() {
        let template = "v3/pay/transactions/id/{transaction_id}";
        assert!(fits(template, "v3/pay/transactions/id/42"));
        for path in [
            "v3/pay/transactions/id",
            "v3/pay/transactions/id/",
            "v3/pay/transactions/id/4/2",
            "v3/pay/transactions/no/42",
        ] {
            assert!(!fits(template, path), "{path}");
        }
    }

    #[test]
    fn the_very_path_goes_before_a_template_and_the_newest_before_the_older() {
        let answers = Stubs::default();
        let status = |path: &str| answers.get(&Method::GET, path).map(|it| it.status.as_u16());
        let set = |path, status| answers.set("get", path, StubResponse::empty().status(status));
        set("/v3/a/b", 201).unwrap();
        set("v3/a/{x}", 202).unwrap();
        set("v3/{x}/b", 203).unwrap();
        assert_eq!(status("/v3/a/b"), Some(201));
        assert_eq!(status("/v3/a/c"), Some(202));
        assert_eq!(status("/v3/c/b"), Some(203));
        set("v3/a/b", 206).unwrap();
        assert_eq!(status("/v3/a/b"), Some(206));
        assert_eq!(answers.get(&Method::POST, "/v3/a/b").map(|_| ()), None);
    }

    #[test]
    fn what_cannot_be_sent_is_refused_at_once() {
        let answers = Stubs::default();
        for (method, answer) in [
            ("GE T", StubResponse::empty()),
            ("GET", StubResponse::empty().status(99)),
            ("GET", StubResponse::empty().status(101)),
            ("GET", StubResponse::empty().header("A B", "")),
            ("GET", StubResponse::empty().header("A", "\n")),
            ("GET", StubResponse::json(json!({})).status(204)),
            ("GET", StubResponse::bytes("text/plain", "a").status(204)),
        ] {
            let err = answers.set(method, "v3/a", answer).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Builder);
        }
    }
}
