//! What a sandbox remembers of its requests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Version};
use serde_json::Value;

use super::fault::Fault;
use wechatpay_core::protocol::WECHATPAY_SERIAL;

/// A request that a [`Sandbox`](super::Sandbox) has got.
#[derive(Clone)]
#[non_exhaustive]
pub struct CallRecord {
    /// Its number: the sandbox's first request is 1.
    pub id: u64,
    /// When it came by the sandbox's clock, in seconds since the Unix epoch.
    pub time: i64,
    /// The method.
    pub method: Method,
    /// Path and query as they came; the signature covers exactly this text.
    pub target: String,
    /// The version of HTTP.
    pub version: Version,
    /// The headers, `Authorization` among them.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// The body's JSON (of an upload, that of its `meta` part) with the sensitive fields decrypted;
    /// `None` when there is none, the request was refused before, or it takes more than 256 KiB of
    /// memory and [`body`](Self::body) says the same.
    pub json: Option<Value>,
    /// The query with its sensitive parameters decrypted, as percent-encoded as it came.
    pub query: Option<String>,
    /// The text that the gateway built and checked the signature with, of APIv2 with `***` for the
    /// key; `None` when what it is built of could not be read or is not asked for.
    pub signed_text: Option<String>,
    /// Whether the request was accepted.
    pub verdict: Verdict,
    /// What was made to go wrong, if anything. With one of [`Fault::Status`] of 4xx nothing that an
    /// accepted request asks for has happened.
    pub fault: Option<Fault>,
    /// The status of the answer; `None` when the connection was cut instead.
    pub status: Option<StatusCode>,
    /// The answer; `None` when the connection was cut instead.
    pub response: Option<ResponseRecord>,
}

/// An answer: the sandbox's to a request, or the merchant's server's to a notification.
#[derive(Clone)]
#[non_exhaustive]
pub struct ResponseRecord {
    /// The status.
    pub status: StatusCode,
    /// The headers, of the sandbox's answer those that sign among them.
    pub headers: HeaderMap,
    /// The body: of the sandbox's answer all of it, with sensitive fields encrypted, also when
    /// [`Fault::CutInBody`] has let only a part of it out.
    pub body: Bytes,
}

/// What a sandbox made of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was in order and counts as processed, whatever [`Fault`](super::Fault) came after.
    Accepted,
    /// It was not.
    #[non_exhaustive]
    Refused {
        /// The status it was refused with.
        status: StatusCode,
        /// The `code` of the answer.
        code: &'static str,
        /// The `message` of the answer, in WeChat Pay's Chinese.
        message: String,
        /// What exactly was wrong, in English.
        why: String,
        /// The same in Chinese.
        why_zh: String,
    },
    /// Nobody looked at it: the connection was cut before, as
    /// [`Fault::CutBeforeProcessing`](super::Fault::CutBeforeProcessing) says.
    Unprocessed,
}

impl Verdict {
    /// Whether the request was accepted.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted)
    }
}

/// Bodies, queries and `Authorization` are left out.
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
            .field("fault", &self.fault)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The body is left out.
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
/// A longer JSON is not kept beside the body that it was read from.
const KEPT_JSON: usize = 256 << 10;

impl CallRecord {
    /// Leaves a long JSON out when the body says the same: as values it takes many times the memory.
    pub(super) fn trim(&mut self) {
        let long = self
            .json
            .as_ref()
            .is_some_and(|json| size_of_json(json) > KEPT_JSON);
        // Only who names our key can have encrypted something with it.
        if long && !self.headers.contains_key(WECHATPAY_SERIAL) {
            self.json = None;
        }
    }

    /// About the memory that it takes.
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

/// About the memory that headers take.
pub(super) fn size_of_headers(headers: &HeaderMap) -> usize {
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ENTRY);
    sizes.sum()
}

/// What a member of a map takes beside its name and value, about.
const ENTRY: usize = 64;

/// About the memory of a JSON value; its depth is bounded by who read it.
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
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Each with its size.
    records: VecDeque<(CallRecord, usize)>,
    bytes: usize,
    count: u64,
}

impl Records {
    /// Numbers a record and keeps it; `now` is when it came.
    pub(super) fn push(&self, mut record: CallRecord, now: i64) {
        record.trim();
        let size = record.size();
        self.with(|kept| {
            kept.count += 1;
            (record.id, record.time) = (kept.count, now);
            kept.bytes += size;
            kept.records.push_back((record, size));
            // The newest stays, however long it is.
            while kept.records.len() > KEPT || kept.bytes > KEPT_BYTES && kept.records.len() > 1 {
                let oldest = kept.records.pop_front();
                kept.bytes -= oldest.map_or(0, |(_, size)| size);
            }
        });
    }

    pub(super) fn all(&self) -> Vec<CallRecord> {
        self.with(|kept| kept.iter().cloned().collect())
    }

    pub(super) fn last(&self) -> Option<CallRecord> {
        self.with(|kept| kept.iter().next_back().cloned())
    }

    pub(super) fn len(&self) -> usize {
        self.with(|kept| kept.records.len())
    }

    /// The one of this number.
    pub(super) fn get(&self, id: u64) -> Option<CallRecord> {
        self.with(|kept| kept.iter().find(|it| it.id == id).cloned())
    }

    /// The newest, newest first.
    pub(super) fn newest(&self, most: usize) -> Vec<CallRecord> {
        self.with(|kept| kept.iter().rev().take(most).cloned().collect())
    }

    pub(super) fn clear(&self) {
        self.with(|kept| {
            *kept = Kept {
                count: kept.count,
                ..Kept::default()
            };
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn iter(&self) -> impl DoubleEndedIterator<Item = &CallRecord> {
        self.records.iter().map(|(record, _)| record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(target: usize, body: Bytes) -> CallRecord {
        CallRecord {
            id: 0,
            time: 0,
            method: Method::POST,
            target: target.to_string(),
            version: Version::HTTP_11,
            headers: HeaderMap::new(),
            body,
            json: None,
            query: None,
            signed_text: None,
            verdict: Verdict::Accepted,
            fault: None,
            status: None,
            response: None,
        }
    }

    #[test]
    fn the_oldest_go_first_by_number_and_by_length() {
        let records = Records::default();
        (0..KEPT + 2).for_each(|number| records.push(record(number, Bytes::new()), 0));
        assert_eq!(records.all().len(), KEPT);
        assert_eq!(records.all()[0].target, "2");
        assert_eq!((records.all()[0].id, records.newest(1)[0].id), (3, 1002));

        // A little less than the half, for what a record has beside its body.
        let half = Bytes::from(vec![0; KEPT_BYTES / 2 - 100]);
        (0..3).for_each(|number| records.push(record(number, half.clone()), 0));
        let targets: Vec<_> = records.all().into_iter().map(|it| it.target).collect();
        assert_eq!(targets, ["1", "2"]);
        records.push(record(9, vec![0; KEPT_BYTES + 1].into()), 0);
        assert_eq!(records.last().map(|it| it.target).as_deref(), Some("9"));
        assert_eq!(records.all().len(), 1);
        let last = records.all()[0].id;
        records.clear();
        records.push(record(10, Bytes::new()), 7);
        assert_eq!(records.get(last + 1).map(|it| it.time), Some(7));
    }

    #[test]
    fn texts_and_json_count_as_bodies_do() {
        let zeros = |count: usize| Value::from(vec![0; count]);
        assert!(size_of_json(&zeros(1000)) >= 1000 * size_of::<Value>());
        let members = serde_json::json!({"name": {"other": "text"}});
        assert!(size_of_json(&members) > ENTRY * 2);

        let records = Records::default();
        for number in 0..3 {
            let mut long = record(number, Bytes::new());
            long.signed_text = Some("x".repeat(KEPT_BYTES / 2 - 100));
            records.push(long, 0);
        }
        assert_eq!(records.len(), 2);
        for number in 0..3 {
            let mut answered = record(number, Bytes::new());
            answered.response = Some(ResponseRecord {
                status: StatusCode::OK,
                headers: HeaderMap::new(),
                body: vec![0; KEPT_BYTES / 2 - 100].into(),
            });
            records.push(answered, 0);
        }
        assert_eq!(records.len(), 2);
        for number in 0..3 {
            let mut decrypted = record(number, Bytes::new());
            let serial = http::HeaderValue::from_static("PUB_KEY_ID");
            decrypted.headers.insert(WECHATPAY_SERIAL, serial);
            decrypted.json = Some(zeros(KEPT_BYTES / 2 / size_of::<Value>() - 100));
            records.push(decrypted, 0);
        }
        assert_eq!(records.len(), 2);
        assert!(records.last().is_some_and(|it| it.json.is_some()));
    }

    #[test]
    fn a_long_json_is_kept_only_when_it_may_have_been_decrypted() {
        let records = Records::default();
        let mut plain = record(0, Bytes::new());
        plain.json = Some(vec![0; KEPT_JSON / size_of::<Value>()].into());
        records.push(plain.clone(), 0);
        assert_eq!(records.last().and_then(|it| it.json), None);
        plain.json = Some(serde_json::json!({"short": true}));
        records.push(plain, 0);
        assert!(records.last().is_some_and(|it| it.json.is_some()));
    }
}
