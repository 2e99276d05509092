//! The default headers of APIv3 requests.

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::headers::default_header;

/// The default headers of APIv3 requests. Their values are shared by all requests of a client.
#[derive(Clone)]
pub(crate) struct DefaultHeaders {
    user_agent: HeaderValue,
}

// Statics, so that each has one address, by which `DefaultHeaders::position` knows it.
static ACCEPTED: HeaderValue = HeaderValue::from_static(
    "application/json, text/plain, application/x-gzip, application/pdf, image/png, image/*;q=0.5",
);
/// The PHP SDK's two values: with a JSON body, and without.
static JSON: HeaderValue = HeaderValue::from_static("application/json");
static NO_JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The `Content-Type` of a request.
pub(crate) enum ContentType {
    Json,
    NoJson,
    Upload(HeaderValue),
}

impl DefaultHeaders {
    /// The number of values that [`all`](Self::all) returns.
    pub(crate) const COUNT: usize = 4;

    pub(crate) fn new(user_agent: HeaderValue) -> Self {
        Self { user_agent }
    }

    /// Sets those that the caller did not set.
    pub(crate) fn set(&self, headers: &mut HeaderMap, content_type: ContentType) {
        default_header(headers, ACCEPT, || ACCEPTED.clone());
        default_header(headers, CONTENT_TYPE, || match content_type {
            ContentType::Json => JSON.clone(),
            ContentType::NoJson => NO_JSON.clone(),
            ContentType::Upload(value) => value,
        });
        default_header(headers, USER_AGENT, || self.user_agent.clone());
    }

    /// Returns the position of a header in [`all`](Self::all). A value of the caller with the same text may have none.
    pub(crate) fn position(&self, name: &HeaderName, value: &HeaderValue) -> Option<usize> {
        let is = |known: &HeaderValue| std::ptr::eq(known.as_bytes(), value.as_bytes());
        if *name == ACCEPT {
            is(&ACCEPTED).then_some(0)
        } else if *name == CONTENT_TYPE {
            is(&JSON).then_some(1).or_else(|| is(&NO_JSON).then_some(2))
        } else if *name == USER_AGENT {
            is(&self.user_agent).then_some(3)
        } else {
            None
        }
    }

    pub(crate) fn all(&self) -> [(HeaderName, &HeaderValue); Self::COUNT] {
        [
            (ACCEPT, &ACCEPTED),
            (CONTENT_TYPE, &JSON),
            (CONTENT_TYPE, &NO_JSON),
            (USER_AGENT, &self.user_agent),
        ]
    }
}
