//! The records of requests.

#[cfg(feature = "control")]
mod mistake;
#[cfg(feature = "state")]
mod saved;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};
use serde_json::Value;
use tokio::sync::watch;

use super::fault::Fault;
#[cfg(feature = "control")]
pub(super) use mistake::{FoundMistakes, KnownKeys, Mistake};
#[cfg(feature = "state")]
pub(super) use saved::{SavedRecords, restored_response, saved_response};

/// A request that a [`Sandbox`](super::Sandbox) has received.
#[derive(Clone)]
#[non_exhaustive]
pub struct CallRecord {
    /// Its number; the first request is 1.
    pub id: u64,
    /// The time it arrived by the sandbox's clock, in seconds since the Unix epoch.
    pub time: i64,
    /// The same time in milliseconds.
    pub time_ms: i64,
    /// The merchant that the request names (商户号), if the sandbox has it.
    pub mchid: Option<String>,
    /// The method.
    pub method: Method,
    /// Path and query as received; the signature covers exactly this text.
    pub target: String,
    /// The version of HTTP.
    pub version: Version,
    /// The headers, including `Authorization`.
    pub headers: HeaderMap,
    /// The body as received.
    pub body: Bytes,
    /// The JSON of the body (for an upload, of its part `meta`) with the sensitive fields decrypted.
    ///
    /// `None` when there is none, when the request was refused, or when it takes more than 256 KiB of
    /// memory and [`body`](Self::body) has the same content.
    pub json: Option<Value>,
    /// The query with its sensitive parameters decrypted and still percent-encoded.
    pub query: Option<String>,
    /// The text that the signature has to cover; for APIv2 with `***` in place of the key.
    ///
    /// `None` when the gateway could not build it, or when the operation needs no signature.
    pub signed_text: Option<String>,
    /// Whether the request was accepted.
    pub verdict: Verdict,
    /// The unusual parts of the request that are not refused, such as members that no documentation has. At most 20.
    pub warnings: Vec<CallWarning>,
    /// The injected fault. With [`Fault::Status`] of 4xx an accepted request was not executed.
    pub fault: Option<Fault>,
    /// The status of the response; `None` when the connection was closed instead.
    pub status: Option<StatusCode>,
    /// The response; `None` when the connection was closed instead.
    pub response: Option<ResponseRecord>,
    /// The time from the last byte of the request to the response, a delay by a fault included.
    pub took: Duration,
    /// How [`json`](Self::json) follows from [`body`](Self::body).
    pub(super) json_source: JsonSource,
    /// The mistakes that explain a refusal. They are searched for when a list first shows the request.
    #[cfg(feature = "control")]
    pub(super) mistakes: Arc<FoundMistakes>,
}

/// How the JSON of a record follows from its body, and so whether it is kept too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonSource {
    /// It is the whole body, which is read again when the record is.
    Body,
    /// The body has the same content in another form: an upload, or XML.
    Part,
    /// Fields of it were decrypted, so the body has other content.
    Decrypted,
}

/// Something unusual in a request that WeChat Pay does not refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallWarning {
    /// In a body a JSON pointer, in a query `/` and the name, of a header its name.
    pub field: String,
    /// `body`, `query` or `header`.
    pub location: &'static str,
    /// The unusual part, and the probable intention, in English.
    pub text: String,
    /// The same, in Chinese.
    pub text_zh: String,
}

/// A response: of the sandbox to a request, or of the merchant's server to a notification.
#[derive(Clone)]
#[non_exhaustive]
pub struct ResponseRecord {
    /// The status.
    pub status: StatusCode,
    /// The headers; those of the sandbox include the signature.
    pub headers: HeaderMap,
    /// The body. That of the sandbox is complete, even when [`Fault::CutInBody`] sent only a part of it, and
    /// its sensitive fields are encrypted.
    pub body: Bytes,
}

/// The sandbox's decision about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The request was valid. It counts as accepted with any [`Fault`](super::Fault) of the response.
    Accepted,
    /// The request was refused.
    #[non_exhaustive]
    Refused {
        /// The status of the response.
        status: StatusCode,
        /// The `code` of the response.
        code: &'static str,
        /// The `message` of the response, in WeChat Pay's Chinese.
        message: String,
        /// The reason, in English.
        why: String,
        /// The reason, in Chinese.
        why_zh: String,
    },
    /// The request was not processed:
    /// [`Fault::CutBeforeProcessing`](super::Fault::CutBeforeProcessing) closed the connection.
    Unprocessed,
}

impl Verdict {
    /// Whether the request was accepted.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted)
    }
}

/// Leaves out bodies, queries and the value of `Authorization`.
impl fmt::Debug for CallRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        let headers: Vec<_> = self.headers.keys().collect();
        f.debug_struct("CallRecord")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("path", &path)
            .field("version", &self.version)
            .field("headers", &headers)
            .field("body_len", &self.body.len())
            .field("verdict", &self.verdict)
            .field("warnings", &self.warnings.len())
            .field("fault", &self.fault)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Leaves the body out.
impl fmt::Debug for ResponseRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseRecord")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_len", &self.body.len())
            .finish()
    }
}

const KEPT: usize = 1000;
const KEPT_BYTES: usize = 64 << 20;
/// The longest JSON that is kept in addition to the body it was read from.
const KEPT_JSON: usize = 256 << 10;

impl CallRecord {
    /// Drops the JSON if the body has the same content: as values it takes many times the memory. Returns whether the
    /// record has it, and is to be read [with it](Self::with_json_of_body).
    fn trim(&mut self) -> bool {
        let source = self.json_source;
        if source == JsonSource::Decrypted {
            return false;
        }
        let is_body = source == JsonSource::Body;
        let is_long = |json: &Value| size_of_json(json) > KEPT_JSON;
        let dropped = self.json.take_if(|json| is_body || is_long(json));
        dropped.is_some_and(|json| !is_long(&json))
    }

    /// The record with the JSON that [`trim`](Self::trim) has dropped.
    fn with_json_of_body(mut self) -> Self {
        self.json = serde_json::from_slice(&self.body).ok();
        self
    }

    /// The approximate memory use.
    fn size(&self) -> usize {
        let texts = [
            Some(&self.target),
            self.query.as_ref(),
            self.signed_text.as_ref(),
        ];
        let texts = texts.into_iter().flatten().map(String::len);
        let json = self.json.as_ref().map_or(0, size_of_json);
        let answer = self.response.as_ref();
        let answer = answer.map_or(0, |it| it.body.len() + size_of_headers(&it.headers));
        self.body.len() + json + size_of_headers(&self.headers) + texts.sum::<usize>() + answer
    }
}

/// The approximate memory use of headers.
pub(super) fn size_of_headers(headers: &HeaderMap) -> usize {
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ENTRY);
    sizes.sum()
}

/// The approximate overhead of a map's entry.
const ENTRY: usize = 64;

/// The approximate memory use of a JSON value. The parser has limited its depth.
pub(super) fn size_of_json(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::String(text) => text.capacity(),
            Value::Array(items) => items.iter().map(size_of_json).sum(),
            Value::Object(members) => {
                let members = members.iter();
                members
                    .map(|(name, value)| name.len() + ENTRY + size_of_json(value))
                    .sum()
            }
            _ => 0,
        }
}

/// The newest records, oldest first.
#[derive(Default)]
pub(super) struct Records {
    kept: Mutex<RecordBuffer>,
    progress: watch::Sender<Progress>,
}

/// The event that followers of the records receive.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    /// The number of the newest record, or 0.
    pub(super) newest: u64,
    /// Whether the sandbox stops, so that no record follows.
    pub(super) has_ended: bool,
}

#[derive(Default)]
struct RecordBuffer {
    /// Shared, so that a reader copies and parses them after it has released the lock, which each request needs.
    records: VecDeque<Arc<Kept>>,
    bytes: usize,
    count: u64,
}

/// A record as it is kept.
struct Kept {
    record: CallRecord,
    /// Whether its JSON is to be read from its body.
    has_json_of_body: bool,
    size: usize,
}

impl Kept {
    fn new(mut record: CallRecord) -> Self {
        let has_json_of_body = record.trim();
        Self {
            size: record.size(),
            record,
            has_json_of_body,
        }
    }

    /// A copy of the record with all that it has. It may parse the body, so the lock must not be held.
    fn read(&self) -> CallRecord {
        let record = self.record.clone();
        if self.has_json_of_body {
            record.with_json_of_body()
        } else {
            record
        }
    }
}

impl Records {
    /// Keeps a record that arrived at a time, and returns its number.
    pub(super) fn push(&self, record: CallRecord, now_ms: i64) -> u64 {
        let mut new = Kept::new(record);
        self.with(|kept| {
            kept.count += 1;
            new.record.id = kept.count;
            (new.record.time, new.record.time_ms) = (now_ms.div_euclid(1000), now_ms);
            kept.add(new);
            // The newest is always kept.
            while kept.records.len() > KEPT || kept.bytes > KEPT_BYTES && kept.records.len() > 1 {
                let oldest = kept.records.pop_front();
                kept.bytes -= oldest.map_or(0, |oldest| oldest.size);
            }
            let newest = kept.count;
            self.progress
                .send_modify(|progress| progress.newest = newest);
            newest
        })
    }

    /// Tells when there is a new record.
    #[cfg(feature = "control")]
    pub(super) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Tells all that follow the records that the sandbox stops.
    pub(super) fn end_streams(&self) {
        self.progress
            .send_modify(|progress| progress.has_ended = true);
    }

    /// The oldest record with a greater number.
    #[cfg(feature = "control")]
    pub(super) fn after(&self, id: u64) -> Option<CallRecord> {
        self.find(|found| found > id)
    }

    pub(super) fn all(&self) -> Vec<CallRecord> {
        self.kept().iter().map(|kept| kept.read()).collect()
    }

    pub(super) fn last(&self) -> Option<CallRecord> {
        let last = self.with(|kept| kept.records.back().cloned());
        last.map(|kept| kept.read())
    }

    #[cfg(feature = "control")]
    pub(super) fn len(&self) -> usize {
        self.with(|kept| kept.records.len())
    }

    /// The record of this number.
    #[cfg(feature = "control")]
    pub(super) fn get(&self, id: u64) -> Option<CallRecord> {
        self.find(|found| found == id)
    }

    /// The newest records, newest first.
    #[cfg(feature = "control")]
    pub(super) fn newest(&self, most: usize) -> Vec<CallRecord> {
        self.newest_where(most, |_| true)
    }

    /// The newest of the records that match by anything but their JSON, newest first.
    #[cfg(feature = "control")]
    pub(super) fn newest_where(
        &self,
        most: usize,
        matches: impl Fn(&CallRecord) -> bool,
    ) -> Vec<CallRecord> {
        let kept = self.kept();
        let newest = kept.iter().rev();
        let matching = newest.filter(|kept| matches(&kept.record));
        matching.take(most).map(|kept| kept.read()).collect()
    }

    /// The oldest record whose number matches.
    #[cfg(feature = "control")]
    fn find(&self, matches: impl Fn(u64) -> bool) -> Option<CallRecord> {
        let found = self.with(|kept| {
            let mut records = kept.records.iter();
            records.find(|kept| matches(kept.record.id)).cloned()
        });
        found.map(|kept| kept.read())
    }

    /// All records as they are kept, oldest first.
    fn kept(&self) -> Vec<Arc<Kept>> {
        self.with(|kept| kept.records.iter().cloned().collect())
    }

    pub(super) fn clear(&self) {
        self.with(|kept| {
            *kept = RecordBuffer {
                count: kept.count,
                ..RecordBuffer::default()
            };
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut RecordBuffer) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl RecordBuffer {
    fn add(&mut self, new: Kept) {
        self.bytes += new.size;
        self.records.push_back(Arc::new(new));
    }
}

#[cfg(test)]
mod tests;
