//! The parts of a request for a further attempt.

use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};

use super::repeat::Repeat;
use crate::message::{CallInfo, Payload, Request};

/// The parts of a request for a further attempt. A copy of the whole request would cost much more.
pub(super) struct Spare {
    method: Method,
    uri: Uri,
    version: Version,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// `None` if the request had only its [`CallInfo`].
    extensions: Option<Extensions>,
    body: Payload,
}

impl Spare {
    pub(super) fn of(request: &Request) -> Self {
        let all = request.headers();
        let mut headers = Vec::with_capacity(all.len());
        for (name, value) in all {
            headers.push((name.clone(), value.clone()));
        }
        let extensions = request.extensions();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            version: request.version(),
            headers,
            extensions: (extensions.len() > 1).then(|| extensions.clone()),
            body: request.body().clone(),
        }
    }

    /// Decides after which outcomes the request may be repeated.
    pub(super) fn repeat(&self, info: &CallInfo) -> Repeat {
        let has_header = |name: &str| {
            let mut all = self.headers.iter();
            all.find(|(known, _)| known == name)
                .is_some_and(|(_, value)| !value.is_empty())
        };
        Repeat::of_parts(&self.method, has_header, &self.body, info)
    }

    /// Whether the body was a stream that has been read.
    pub(super) fn is_spent(&self) -> bool {
        self.body.is_spent()
    }

    pub(super) fn request(self, info: &CallInfo) -> Box<Request> {
        let mut request = Box::new(Request::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.version_mut() = self.version;
        *request.headers_mut() = map(self.headers);
        *request.extensions_mut() = self.extensions.unwrap_or_default();
        request.extensions_mut().insert(info.clone());
        request
    }
}

fn map(headers: Vec<(HeaderName, HeaderValue)>) -> HeaderMap {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        map.append(name, value);
    }
    map
}
