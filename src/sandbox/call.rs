//! A request on its way through the gateway.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::bilingual::Bilingual;
use super::fault::Fault;
use super::fields::Opener;
use super::multipart;
use super::record::{CallRecord, ResponseRecord, Verdict};
use super::refusal::Refusal;
use super::v2;
use super::validation::IncomingRequest;
use super::world::Success;
use wechatpay_core::catalog::{self, Operation};
use wechatpay_core::protocol::Scheme;

/// A request, and what was found out about it.
pub(super) struct Call {
    pub(super) head: Parts,
    pub(super) body: Bytes,
    pub(super) operation: Option<&'static Operation>,
    pub(super) signed_text: Option<Vec<u8>>,
    pub(super) json: Option<Value>,
    pub(super) query: Option<String>,
    /// What the world says, when it is asked.
    pub(super) told: Option<Success>,
}

impl Call {
    pub(super) fn new(mut head: Parts) -> Self {
        if let Some(value) = head.headers.get_mut(AUTHORIZATION) {
            value.set_sensitive(true);
        }
        Self {
            operation: catalog::find(&head.method, head.uri.path())
                .or_else(|| v2::operation(&head.headers, &head.method, head.uri.path())),
            head,
            body: Bytes::new(),
            signed_text: None,
            json: None,
            query: None,
            told: None,
        }
    }

    /// Whether it is a client's call, and not a browser's or a health check's: those shall not take
    /// the fault that waits for the former.
    pub(super) fn is_meant(&self) -> bool {
        self.operation.is_some() || self.head.headers.contains_key(AUTHORIZATION)
    }

    /// Whether the body is a message of APIv2.
    pub(super) fn is_xml(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<xml")
    }

    /// What is documented of it can be compared with; `None` of an unknown operation.
    pub(super) fn sent(&self) -> Option<IncomingRequest<'_>> {
        Some(IncomingRequest {
            operation: self.operation?,
            path: self.head.uri.path(),
            query: self.query.as_deref().or_else(|| self.head.uri.query()),
            json: self.json.as_ref(),
            upload: multipart::is_multipart(self.content_type()),
        })
    }

    /// The operation, if it is APIv2's.
    pub(super) fn v2(&self) -> Option<&'static Operation> {
        self.operation.filter(|operation| operation.is_v2())
    }

    pub(super) fn scheme(&self) -> Scheme {
        expected_scheme(self.operation, self.head.uri.path())
    }

    /// What is signed and read of the body: of an upload its `meta` part.
    pub(super) fn content(&self) -> Result<Bytes, Refusal> {
        let kind = self.content_type();
        if !multipart::is_multipart(kind) {
            return Ok(self.body.clone());
        }
        let meta = multipart::meta(kind, &self.body).ok_or_else(|| {
            let why = (
                "the upload has no part named meta",
                "上传请求的表单中没有名为 meta 的部分",
            );
            Refusal::invalid(StatusCode::BAD_REQUEST, "无效请求", why)
        })?;
        match meta.len() <= MAX_JSON {
            true => Ok(self.body.slice_ref(meta)),
            false => Err(too_long(("part meta", "meta 部分"), MAX_JSON)),
        }
    }

    /// The file of an upload.
    pub(super) fn file(&self) -> Option<&[u8]> {
        let kind = self.content_type();
        // Before the search, which goes through bodies of any kind.
        multipart::is_multipart(kind)
            .then(|| multipart::part(kind, &self.body, "file"))
            .flatten()
    }

    /// Decrypts what is sensitive.
    ///
    /// The catalog's pointers into an upload begin at its form: `/meta/…`.
    pub(super) fn open(&mut self, opener: &Opener) -> Result<(), Refusal> {
        if let Some(query) = self.head.uri.query() {
            self.query = opener.query(query)?;
        }
        let upload = multipart::is_multipart(self.content_type());
        match self.json.take() {
            Some(meta) if upload => {
                let mut form = json!({"meta": meta});
                opener.body(&mut form)?;
                self.json = Some(form["meta"].take());
            }
            Some(mut body) => {
                opener.body(&mut body)?;
                self.json = Some(body);
            }
            None => {}
        }
        Ok(())
    }

    /// A body is JSON, and says so.
    ///
    /// Source: "基本规则", 数据格式. What WeChat Pay answers otherwise nobody has published: the code is the
    /// one that it documents for requests against these rules, and the text the sandbox's own.
    pub(super) fn check_content_type(&self) -> Result<(), Refusal> {
        let kind = self.content_type();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let takes = [Method::POST, Method::PUT, Method::PATCH].contains(&self.head.method);
        let right =
            essence.eq_ignore_ascii_case("application/json") || multipart::is_multipart(kind);
        if !takes || right || self.body.is_empty() {
            return Ok(());
        }
        let why: Bilingual = match self.head.headers.contains_key(CONTENT_TYPE) {
            true => (
                format!("the body's Content-Type is {kind:?} and not application/json"),
                format!("请求的 Content-Type 是 {kind:?}，应为 application/json"),
            )
                .into(),
            false => Bilingual::new(
                "there is a body and no Content-Type: it has to be application/json",
                "请求有报文主体却没有 Content-Type 头，应为 application/json",
            ),
        };
        let message = "Http头Content-Type需为application/json";
        let status = StatusCode::BAD_REQUEST;
        Err(Refusal::business(status, "INVALID_REQUEST", message, why))
    }

    pub(super) fn content_type(&self) -> &str {
        let kind = self.head.headers.get(CONTENT_TYPE);
        kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn record(
        self,
        judged: Result<(), Refusal>,
        fault: Option<Fault>,
        answer: Option<ResponseRecord>,
    ) -> CallRecord {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        CallRecord {
            // Both are given when it is put to the others.
            id: 0,
            time: 0,
            target: target(&self.head).to_owned(),
            method: self.head.method,
            version: self.head.version,
            headers: self.head.headers,
            body: self.body,
            json: self.json.filter(|_| judged.is_ok()),
            query: self.query,
            signed_text: self.signed_text.map(text),
            verdict: judged.map_or_else(Refusal::verdict, |()| Verdict::Accepted),
            fault,
            status: answer.as_ref().map(|answer| answer.status),
            response: answer,
        }
    }
}

/// Who has to sign a request: a brand's operations are a brand's, and all others a merchant's.
pub(super) fn expected_scheme(operation: Option<&Operation>, path: &str) -> Scheme {
    let listed = operation.is_some_and(Operation::is_brand);
    match listed || path.starts_with("/brand/") {
        true => Scheme::Brand,
        false => Scheme::Merchant,
    }
}

/// The longest text that is read as JSON.
pub(super) const MAX_JSON: usize = 1 << 20;

/// `what` in English and in Chinese.
pub(super) fn too_long((what, what_zh): (&str, &str), limit: usize) -> Refusal {
    let why = (
        format!("the {what} is longer than {limit} bytes"),
        format!("{what_zh}超过 {limit} 字节"),
    );
    Refusal::invalid(StatusCode::PAYLOAD_TOO_LARGE, "无效请求", why)
}

/// Path and query, as sent.
pub(super) fn target(head: &Parts) -> &str {
    let target = head.uri.path_and_query();
    target.map_or("/", |target| target.as_str())
}
