//! The JSON of recorded requests, for the API and the page.

use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::diagnosis::{Diagnosis, Mistake, Texts, diagnose, mistakes};
use crate::apiv2;
use crate::record::{CallRecord, CallWarning, ResponseRecord, Verdict};
use crate::schema;
use crate::state::SandboxState;
use wechatpay_core::catalog;

/// How many bytes of a body are shown.
const SHOWN: usize = 64 << 10;

/// One request with its diagnosis.
pub(super) fn call(record: &CallRecord, state: &SandboxState) -> Value {
    let mut view = undiagnosed(record);
    if let Some(found) = diagnose(record, state) {
        view["diagnosis"] = diagnosis(&found);
    }
    view
}

/// One request of a list, with its mistakes and without the texts of its diagnosis.
pub(super) fn brief(record: &CallRecord, state: &SandboxState) -> Value {
    let mut view = undiagnosed(record);
    let mistakes = mistakes(record, state);
    if !mistakes.is_empty() {
        view["diagnosis"] = json!({"mistakes": of_mistakes(&mistakes)});
    }
    view
}

fn undiagnosed(record: &CallRecord) -> Value {
    json!({
        "id": record.id,
        "time": record.time,
        "time_ms": record.time_ms,
        "mchid": record.mchid,
        "method": record.method.as_str(),
        "target": record.target,
        "title": title(record),
        "status": record.status.map(|status| status.as_u16()),
        "took_ms": record.took.as_secs_f64() * 1000.0,
        "verdict": verdict(record),
        "fault": record.fault.as_ref().map(ToString::to_string),
        "headers": headers(&record.headers),
        "body": shown(&record.body),
        "body_length": record.body.len(),
        "decrypted": decrypted(record),
        "decrypted_query": record.query,
        "built": record.signed_text.as_deref().map(|text| shown(text.as_bytes())),
        "answer": record.response.as_ref().map(answer),
    })
}

/// A response of the sandbox or of the merchant's server.
pub(super) fn answer(answer: &ResponseRecord) -> Value {
    json!({
        "status": answer.status.as_u16(),
        "headers": headers(&answer.headers),
        "body": shown(&answer.body),
        "body_length": answer.body.len(),
    })
}

/// The title of the operation.
pub(super) fn title(record: &CallRecord) -> Option<&'static str> {
    let path = record.target.split('?').next().unwrap_or_default();
    let operation = catalog::find(&record.method, path)
        .or_else(|| apiv2::operation_of(&record.headers, &record.method, path))?;
    schema::of(operation).map(|schema| schema.title())
}

/// The JSON with decrypted fields, if it differs from the body.
pub(super) fn decrypted(record: &CallRecord) -> Option<&Value> {
    let json = record.json.as_ref()?;
    let sent: Option<Value> = serde_json::from_slice(&record.body).ok();
    (sent.as_ref() != Some(json)).then_some(json)
}

fn verdict(record: &CallRecord) -> Value {
    let mut verdict = decision(record);
    if !record.warnings.is_empty() {
        verdict["warnings"] = record.warnings.iter().map(warning).collect();
    }
    verdict
}

fn warning(warning: &CallWarning) -> Value {
    json!({
        "field": warning.field,
        "location": warning.location,
        "text": warning.text,
        "text_zh": warning.text_zh,
    })
}

fn decision(record: &CallRecord) -> Value {
    match &record.verdict {
        Verdict::Accepted => json!({"accepted": true}),
        Verdict::Unprocessed => {
            json!({
                "accepted": false,
                "why": "the connection was cut by the injected fault",
                "why_zh": "已按要求断开连接",
            })
        }
        Verdict::Refused {
            status,
            code,
            message,
            why,
            why_zh,
        } => json!({
            "accepted": false,
            "status": status.as_u16(),
            "code": code,
            "message": message,
            "why": why,
            "why_zh": why_zh,
        }),
    }
}

fn diagnosis(found: &Diagnosis) -> Value {
    let texts = found.texts.as_ref();
    json!({
        "mistakes": of_mistakes(&found.mistakes),
        "built": texts.map(|texts| shown(&texts.built)),
        "signed": texts.map(|texts| shown(&texts.signed)),
        "first_difference": texts.map(Texts::difference),
    })
}

fn of_mistakes(mistakes: &[Mistake]) -> Value {
    mistakes.iter().map(Mistake::json).collect()
}

/// The headers; several of one name are joined.
pub(super) fn headers(all: &HeaderMap) -> Value {
    let mut headers = Map::new();
    for name in all.keys() {
        let values = all.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        headers.insert(name.as_str().to_owned(), json!(values.join(", ")));
    }
    headers.into()
}

/// The beginning of a body as text.
pub(super) fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(SHOWN)]).into_owned()
}
