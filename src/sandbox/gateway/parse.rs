//! Reads and decrypts the content of an authenticated request.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::authenticate::Content;
use super::received::Received;
use crate::account::Caller;
use crate::bilingual::{Bilingual, json_error_zh};
use crate::record::JsonSource;
use crate::refusal::Refusal;
use crate::sensitive_fields::FieldDecryptor;
use crate::state::SandboxState;
use crate::validation::IncomingRequest;

/// A request whose content has been read, with the sensitive fields in plaintext.
pub(super) struct Parsed {
    /// The query with its sensitive parameters decrypted; `None` when it has none.
    pub(super) query: Option<String>,
    pub(super) body: ParsedBody,
    /// Whether fields of the body were decrypted.
    is_decrypted: bool,
}

pub(super) enum ParsedBody {
    /// `None` without a body.
    Json(Option<Value>),
    /// An upload: the JSON of its part `meta`, and the file.
    Upload {
        meta: Option<Value>,
        file: Option<Bytes>,
    },
    /// The members of an APIv2 request.
    V2(Value),
}

impl Parsed {
    /// The body's JSON, for an upload that of `meta`, for APIv2 all members.
    pub(super) fn json(&self) -> Option<&Value> {
        match &self.body {
            ParsedBody::Json(json) | ParsedBody::Upload { meta: json, .. } => json.as_ref(),
            ParsedBody::V2(members) => Some(members),
        }
    }

    /// The JSON and the query for the record.
    pub(super) fn into_recorded(self) -> (Option<Value>, JsonSource, Option<String>) {
        let (json, source) = match self.body {
            ParsedBody::Json(json) => (json, JsonSource::Body),
            ParsedBody::Upload { meta, .. } => (meta, JsonSource::Part),
            // Of a `GET` they are in the query, whatever its body is.
            ParsedBody::V2(members) => (Some(members), JsonSource::Part),
        };
        let source = if self.is_decrypted {
            JsonSource::Decrypted
        } else {
            source
        };
        (json, source, self.query)
    }

    /// The content of an APIv2 request, which is read before it is authenticated.
    pub(super) fn of_v2(content: Content) -> Option<Self> {
        let Content::V2(members) = content else {
            return None;
        };
        Some(Self::v2(members))
    }

    fn v2(members: Value) -> Self {
        Self {
            query: None,
            body: ParsedBody::V2(members),
            is_decrypted: false,
        }
    }

    pub(super) fn file(&self) -> Option<&[u8]> {
        match &self.body {
            ParsedBody::Upload { file, .. } => file.as_deref(),
            _ => None,
        }
    }

    /// The query in plaintext.
    pub(super) fn query<'a>(&'a self, received: &'a Received) -> Option<&'a str> {
        self.query.as_deref().or_else(|| received.head.uri.query())
    }

    /// The request as the documentation of its operation describes it; `None` for unknown operations.
    pub(super) fn documented<'a>(
        &'a self,
        received: &'a Received,
        caller: &'a Caller,
    ) -> Option<IncomingRequest<'a>> {
        Some(IncomingRequest {
            operation: received.operation?,
            path: received.path(),
            query: self.query(received),
            json: self.json(),
            upload: received.is_upload(),
            brand_id: caller.brand_id.as_deref(),
        })
    }
}

/// Reads the JSON of a request and decrypts its sensitive fields.
pub(super) fn parse(
    state: &SandboxState,
    received: &Received,
    caller: &Caller,
    content: Content,
) -> Result<Parsed, Refusal> {
    let (text, upload) = match content {
        Content::Json(text) => (text, None),
        Content::Upload { meta, file } => (meta, Some(file)),
        Content::V2(members) => return Ok(Parsed::v2(members)),
    };
    check_content_type(received)?;
    let mut json = read_json(&text)?;
    let (mut query, mut is_decrypted) = (None, false);
    if let Some(operation) = received.operation {
        let decryptor = FieldDecryptor {
            operation,
            headers: &received.head.headers,
            platform: &state.platform,
            view: &caller.view,
        };
        if let Some(encrypted) = received.head.uri.query() {
            query = decryptor.decrypt_query(encrypted)?;
        }
        // The check of the fields refuses a list or a plain value.
        if let Some(body) = json.take_if(|json| json.is_object()) {
            let (body, has_any) = decrypt_body(&decryptor, body, upload.is_some())?;
            (json, is_decrypted) = (Some(body), has_any);
        }
    }
    let body = match upload {
        Some(file) => ParsedBody::Upload { meta: json, file },
        None => ParsedBody::Json(json),
    };
    Ok(Parsed {
        query,
        body,
        is_decrypted,
    })
}

/// The body in plaintext, and whether it had ciphertexts.
///
/// The pointers of the catalog into an upload begin at its form: `/meta/…`.
fn decrypt_body(
    decryptor: &FieldDecryptor<'_>,
    mut body: Value,
    is_upload: bool,
) -> Result<(Value, bool), Refusal> {
    if is_upload {
        let mut form = json!({"meta": body});
        let has_any = decryptor.decrypt_body(&mut form)?;
        return Ok((form["meta"].take(), has_any));
    }
    let has_any = decryptor.decrypt_body(&mut body)?;
    Ok((body, has_any))
}

fn read_json(text: &[u8]) -> Result<Option<Value>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(text)
        .map(Some)
        .map_err(|err| Refusal::param_error("参数错误", not_json(text, &err)))
}

/// The format of a body that is not JSON.
fn not_json(text: &[u8], err: &serde_json::Error) -> Bilingual {
    let form =
        str::from_utf8(text).is_ok_and(|text| !text.contains(['{', '[']) && text.contains('='));
    let (other, other_zh) = match text {
        [0xef, 0xbb, 0xbf, ..] => (
            "it begins with a byte order mark",
            "以 BOM（字节顺序标记）开头",
        ),
        [0x1f, 0x8b, ..] => (
            "it is compressed with gzip: send it as it is",
            "经过了 gzip 压缩，应发送未压缩的报文",
        ),
        [b'<', ..] => ("it is XML, as APIv2 has it", "是 XML，那是 APIv2 的格式"),
        _ if str::from_utf8(text).is_err() => (
            "it is not UTF-8 but perhaps GBK",
            "不是 UTF-8 编码，可能是 GBK",
        ),
        _ if form => ("it is a form, name=value", "是表单格式（name=value）"),
        _ => {
            return Bilingual::from((
                format!("the body is not JSON: {err}"),
                format!("报文主体不是合法的 JSON：{}", json_error_zh(err)),
            ));
        }
    };
    Bilingual::from((
        format!("the body is not JSON: {other}"),
        format!("报文主体不是合法的 JSON：{other_zh}"),
    ))
}

fn takes_body(received: &Received) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(&received.head.method)
}

/// A body has the `Content-Type` `application/json`, or that of an upload.
///
/// Source: "基本规则", 数据格式. No answer of WeChat Pay to other types has been published. The code is the
/// documented one for requests that break these rules; the text is the sandbox's.
fn check_content_type(received: &Received) -> Result<(), Refusal> {
    let kind = received.content_type();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_right = essence.eq_ignore_ascii_case("application/json") || received.is_upload();
    if !takes_body(received) || is_right || received.body.is_empty() {
        return Ok(());
    }
    let why = if received.head.headers.contains_key(CONTENT_TYPE) {
        Bilingual::from((
            format!("the body's Content-Type is {kind:?}, not application/json"),
            format!("请求的 Content-Type 是 {kind:?}，应为 application/json"),
        ))
    } else {
        Bilingual::new(
            "the body has no Content-Type: send application/json",
            "请求有报文主体却没有 Content-Type 头，应为 application/json",
        )
    };
    let message = "Http头Content-Type需为application/json";
    let status = StatusCode::BAD_REQUEST;
    Err(Refusal::business(status, "INVALID_REQUEST", message, why))
}
