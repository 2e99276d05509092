//! The public record of a delivery.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::record::{ResponseRecord, size_of_headers};

/// A notification that a [`Sandbox`](crate::Sandbox) posts automatically, and its deliveries.
#[derive(Clone)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// Its number: the first is 1.
    pub id: u64,
    /// The merchant that is notified (商户号).
    pub mchid: String,
    /// APIv3's event type, or the sandbox's name for one of APIv2's.
    pub event_type: String,
    /// The URL it is posted to.
    pub url: String,
    /// The content in plaintext: the resource of APIv3, the members of APIv2.
    pub resource: Value,
    /// The state of the delivery.
    pub state: DeliveryState,
    /// The attempts so far, oldest first.
    pub attempts: Vec<AttemptRecord>,
    /// The request of the newest attempt; each attempt is signed anew.
    pub posted: Option<PostedRecord>,
    /// The wait until the next attempt, in seconds of WeChat Pay's schedule. The
    /// [speed](crate::Sandbox::set_speed) of the sandbox divides it.
    pub next_in: Option<u64>,
}

/// How many attempts of a delivery are kept. A delivery can be resent any number of times.
const ATTEMPTS: usize = 64;

impl DeliveryRecord {
    pub(super) fn add(&mut self, attempt: AttemptRecord, posted: Option<PostedRecord>) {
        self.next_in = None;
        self.posted = posted;
        if self.attempts.len() >= ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }

    /// The approximate memory use, without the resource.
    pub(super) fn size(&self) -> usize {
        let posted = self.posted.as_ref();
        let posted = posted.map_or(0, |it| it.body.len() + size_of_headers(&it.headers));
        let attempts = self.attempts.iter().map(AttemptRecord::size);
        self.event_type.len() + self.url.len() + posted + attempts.sum::<usize>()
    }
}

impl AttemptRecord {
    fn size(&self) -> usize {
        let answer = self.response.as_ref();
        let answer = answer.map_or(0, |it| it.body.len() + size_of_headers(&it.headers));
        size_of::<Self>() + self.problem.as_ref().map_or(0, String::len) + answer
    }
}

/// Leaves the resource out: it may name people.
impl fmt::Debug for DeliveryRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryRecord")
            .field("id", &self.id)
            .field("mchid", &self.mchid)
            .field("event_type", &self.event_type)
            .field("url", &self.url)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("next_in", &self.next_in)
            .finish_non_exhaustive()
    }
}

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryState {
    /// It will be posted, or posted again.
    Pending,
    /// The merchant's server accepted it: with 200 or 204, for APIv2 with `return_code` `SUCCESS` in XML.
    Accepted,
    /// The server never accepted it, and the schedule is over.
    GivenUp,
    /// It was not posted: the URL is missing, or the sandbox may not post to it.
    NotSent,
}

impl DeliveryState {
    /// `pending`, `accepted`, `given_up`, `not_sent`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::GivenUp => "given_up",
            Self::NotSent => "not_sent",
        }
    }
}

impl DeliveryState {
    /// The state of this name.
    #[cfg(feature = "state")]
    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [Self::Pending, Self::Accepted, Self::GivenUp, Self::NotSent];
        all.into_iter().find(|state| state.as_str() == name)
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One attempt to deliver a notification.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AttemptRecord {
    /// The time by the sandbox's clock, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// The duration in milliseconds.
    pub took_ms: u64,
    /// The status of the server's answer.
    pub status: Option<StatusCode>,
    /// The server's answer: the first 4 KiB of the body, and the headers unless they are longer than that.
    pub response: Option<ResponseRecord>,
    /// The problem: there was no answer, or the answer does not accept the notification.
    pub problem: Option<String>,
    /// The same in Chinese.
    pub problem_zh: Option<String>,
}

/// The request of a delivery.
#[derive(Clone)]
#[non_exhaustive]
pub struct PostedRecord {
    /// The headers, without those of the connection (`Host`, `Content-Length`).
    pub headers: HeaderMap,
    /// The first 64 KiB of the body.
    pub body: Bytes,
    /// The length of the whole body, in bytes.
    pub body_length: usize,
}

/// Leaves the body out.
impl fmt::Debug for PostedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostedRecord")
            .field("headers", &self.headers)
            .field("body_length", &self.body_length)
            .finish_non_exhaustive()
    }
}
