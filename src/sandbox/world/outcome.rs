//! The result of a request: a successful response or a refusal.

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use crate::refusal::Refusal;

/// The response to a request that succeeded.
#[derive(Debug, Clone)]
pub(crate) struct Success {
    pub(crate) status: StatusCode,
    /// The JSON body, if there is one.
    pub(crate) body: Option<Value>,
    /// The content type and bytes of a download.
    pub(crate) file: Option<(&'static str, Bytes)>,
}

pub(crate) type Outcome = Result<Success, Refusal>;

impl Success {
    pub(crate) fn json(body: Value) -> Self {
        Self::new(StatusCode::OK, Some(body), None)
    }

    pub(crate) fn file(content_type: &'static str, content: Bytes) -> Self {
        Self::new(StatusCode::OK, None, Some((content_type, content)))
    }

    /// 204 without a body.
    pub(crate) fn empty() -> Self {
        Self::new(StatusCode::NO_CONTENT, None, None)
    }

    fn new(status: StatusCode, body: Option<Value>, file: Option<(&'static str, Bytes)>) -> Self {
        Self { status, body, file }
    }
}
