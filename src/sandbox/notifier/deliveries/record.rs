//! What is told of a notification.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::record::{ResponseRecord, size_of_headers};

/// A notification that a [`Sandbox`](crate::Sandbox) posts by itself.
#[derive(Clone)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// Its number: the first is 1.
    pub id: u64,
    /// APIv3's event type, or the sandbox's name for one of APIv2's.
    pub event_type: String,
    /// Where it goes.
    pub url: String,
    /// What it is about, in plaintext: APIv3's resource, APIv2's members.
    pub resource: Value,
    /// How it stands.
    pub state: DeliveryState,
    /// What was tried so far, oldest first.
    pub attempts: Vec<AttemptRecord>,
    /// What the newest attempt has posted; each is signed anew.
    pub posted: Option<PostedRecord>,
    /// In how many seconds of WeChat Pay's schedule it is tried again; how fast those pass, the pace
    /// of the sandbox says.
    pub next_in: Option<u64>,
}

impl DeliveryRecord {
    /// About the memory that it takes, without the resource.
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

/// The resource, which names people, is left out.
impl fmt::Debug for DeliveryRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryRecord")
            .field("id", &self.id)
            .field("event_type", &self.event_type)
            .field("url", &self.url)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("next_in", &self.next_in)
            .finish_non_exhaustive()
    }
}

/// How a notification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryState {
    /// It is about to be posted, or again.
    Pending,
    /// The merchant's server has said so: 200 or 204, of APIv2 with `return_code` `SUCCESS` in XML.
    Accepted,
    /// It never did; WeChat Pay does not try any more.
    GivenUp,
    /// It was not posted: the URL is missing or not one that the sandbox may post to.
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

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One time that a notification was posted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AttemptRecord {
    /// When, by the sandbox's clock, in milliseconds since the Unix epoch.
    pub time_ms: i64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What the server answered with.
    pub status: Option<StatusCode>,
    /// What the server answered: of the body the first 4 KiB, and no headers if they take more.
    pub response: Option<ResponseRecord>,
    /// What went wrong: no answer, or one that does not accept it.
    pub problem: Option<String>,
    /// The same in Chinese.
    pub problem_zh: Option<String>,
}

/// A notification as it was posted.
#[derive(Clone)]
#[non_exhaustive]
pub struct PostedRecord {
    /// The headers, but those of the connection (`Host`, `Content-Length`).
    pub headers: HeaderMap,
    /// The first 64 KiB of the body.
    pub body: Bytes,
    /// How long the body is, in bytes.
    pub body_length: usize,
}

/// The body is left out.
impl fmt::Debug for PostedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostedRecord")
            .field("headers", &self.headers)
            .field("body_length", &self.body_length)
            .finish_non_exhaustive()
    }
}
