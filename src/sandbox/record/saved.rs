//! Records of requests in a checkpoint.

use std::time::Duration;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    CallRecord, CallWarning, JsonSource, Kept, RecordBuffer, Records, ResponseRecord, Verdict,
};
use crate::journal::{Blob, SavedHeaders, saved_version, static_text, version_of};

/// The records, oldest first, and the number of the newest one.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedRecords {
    count: u64,
    calls: Vec<SavedCall>,
}

#[derive(Serialize, Deserialize)]
struct SavedCall {
    id: u64,
    time_ms: i64,
    mchid: Option<String>,
    method: String,
    target: String,
    version: String,
    headers: SavedHeaders,
    body: Blob,
    json: SavedJson,
    query: Option<String>,
    signed_text: Option<SavedText>,
    verdict: SavedVerdict,
    warnings: Vec<SavedWarning>,
    fault: Option<String>,
    response: Option<SavedResponse>,
    took: Duration,
}

/// The JSON of a request. Most bodies are not encrypted, and are not written twice.
#[derive(Serialize, Deserialize)]
enum SavedJson {
    None,
    OfBody,
    Other(Value),
}

/// A text that was signed; most end with the body.
#[derive(Serialize, Deserialize)]
enum SavedText {
    BeforeBody(String),
    Whole(String),
}

#[derive(Serialize, Deserialize)]
enum SavedVerdict {
    Accepted,
    Refused {
        status: u16,
        code: String,
        message: String,
        why: String,
        why_zh: String,
    },
    Unprocessed,
}

#[derive(Serialize, Deserialize)]
struct SavedWarning {
    field: String,
    location: String,
    text: String,
    text_zh: String,
}

/// Status, headers and body.
pub(crate) type SavedResponse = (u16, SavedHeaders, Blob);

impl Records {
    pub(crate) fn saved(&self) -> SavedRecords {
        let (count, kept) = self.with(|kept| (kept.count, kept.records.clone()));
        SavedRecords {
            count,
            calls: kept.iter().map(|kept| SavedCall::of(kept)).collect(),
        }
    }

    /// Replaces the records; `None` when a record is none.
    pub(crate) fn restore(&self, saved: SavedRecords) -> Option<()> {
        let calls = saved.calls.into_iter().map(SavedCall::restored);
        let calls = calls.collect::<Option<Vec<_>>>()?;
        let mut restored = RecordBuffer {
            count: saved.count,
            ..RecordBuffer::default()
        };
        calls.into_iter().for_each(|call| restored.add(call));
        self.with(|kept| *kept = restored);
        self.progress
            .send_modify(|progress| progress.newest = saved.count);
        Some(())
    }
}

impl SavedCall {
    fn of(kept: &Kept) -> Self {
        let call = &kept.record;
        Self {
            id: call.id,
            time_ms: call.time_ms,
            mchid: call.mchid.clone(),
            method: call.method.to_string(),
            target: call.target.clone(),
            version: saved_version(call.version),
            headers: SavedHeaders::of(&call.headers),
            body: Blob(call.body.clone()),
            json: SavedJson::of(kept),
            query: call.query.clone(),
            signed_text: call
                .signed_text
                .as_ref()
                .map(|it| SavedText::of(it, &call.body)),
            verdict: SavedVerdict::of(&call.verdict),
            warnings: call.warnings.iter().map(SavedWarning::of).collect(),
            fault: call.fault.as_ref().map(ToString::to_string),
            response: call.response.as_ref().map(saved_response),
            took: call.took,
        }
    }

    fn restored(self) -> Option<Kept> {
        let response = self.response.map(restored_response);
        let response = response.map_or(Some(None), |response| response.map(Some))?;
        let (json, json_source) = self.json.restored();
        let record = CallRecord {
            id: self.id,
            time: self.time_ms.div_euclid(1000),
            time_ms: self.time_ms,
            mchid: self.mchid,
            method: Method::from_bytes(self.method.as_bytes()).ok()?,
            target: self.target,
            version: version_of(&self.version)?,
            headers: self.headers.restored()?,
            json,
            json_source,
            signed_text: self.signed_text.map(|it| it.restored(&self.body.0)),
            body: self.body.0,
            query: self.query,
            verdict: self.verdict.restored()?,
            warnings: self
                .warnings
                .into_iter()
                .map(SavedWarning::restored)
                .collect(),
            fault: self.fault.and_then(|fault| fault.parse().ok()),
            status: response.as_ref().map(|it| it.status),
            response,
            took: self.took,
            #[cfg(feature = "control")]
            mistakes: std::sync::Arc::default(),
        };
        Some(Kept {
            size: record.size(),
            has_json_of_body: record.json_source == JsonSource::Body,
            record,
        })
    }
}

impl SavedJson {
    fn of(kept: &Kept) -> Self {
        match &kept.record.json {
            _ if kept.has_json_of_body => Self::OfBody,
            None => Self::None,
            Some(json) => Self::Other(json.clone()),
        }
    }

    /// The body is not read here: one that is no JSON is the record's alone, and the start goes on.
    fn restored(self) -> (Option<Value>, JsonSource) {
        match self {
            Self::None => (None, JsonSource::Part),
            Self::OfBody => (None, JsonSource::Body),
            Self::Other(json) => (Some(json), JsonSource::Decrypted),
        }
    }
}

impl SavedText {
    fn of(text: &str, body: &[u8]) -> Self {
        let start = std::str::from_utf8(body).ok().and_then(|body| {
            let text = text.strip_suffix('\n')?;
            text.strip_suffix(body)
        });
        start.map_or_else(
            || Self::Whole(text.to_owned()),
            |start| Self::BeforeBody(start.to_owned()),
        )
    }

    fn restored(self, body: &[u8]) -> String {
        match self {
            Self::BeforeBody(start) => format!("{start}{}\n", String::from_utf8_lossy(body)),
            Self::Whole(text) => text,
        }
    }
}

impl SavedVerdict {
    fn of(verdict: &Verdict) -> Self {
        match verdict.clone() {
            Verdict::Accepted => Self::Accepted,
            Verdict::Unprocessed => Self::Unprocessed,
            Verdict::Refused {
                status,
                code,
                message,
                why,
                why_zh,
            } => Self::Refused {
                status: status.as_u16(),
                code: code.to_owned(),
                message,
                why,
                why_zh,
            },
        }
    }

    fn restored(self) -> Option<Verdict> {
        Some(match self {
            Self::Accepted => Verdict::Accepted,
            Self::Unprocessed => Verdict::Unprocessed,
            Self::Refused {
                status,
                code,
                message,
                why,
                why_zh,
            } => Verdict::Refused {
                status: StatusCode::from_u16(status).ok()?,
                code: static_text(&code),
                message,
                why,
                why_zh,
            },
        })
    }
}

impl SavedWarning {
    fn of(warning: &CallWarning) -> Self {
        let CallWarning {
            field,
            location,
            text,
            text_zh,
        } = warning.clone();
        Self {
            field,
            location: location.to_owned(),
            text,
            text_zh,
        }
    }

    fn restored(self) -> CallWarning {
        CallWarning {
            field: self.field,
            location: static_text(&self.location),
            text: self.text,
            text_zh: self.text_zh,
        }
    }
}

pub(crate) fn saved_response(response: &ResponseRecord) -> SavedResponse {
    let headers = SavedHeaders::of(&response.headers);
    (
        response.status.as_u16(),
        headers,
        Blob(response.body.clone()),
    )
}

pub(crate) fn restored_response((status, headers, body): SavedResponse) -> Option<ResponseRecord> {
    Some(ResponseRecord {
        status: StatusCode::from_u16(status).ok()?,
        headers: headers.restored()?,
        body: body.0,
    })
}
