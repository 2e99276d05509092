//! The parts of a request for a further attempt.

use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};

use super::repeat::Repeat;
use crate::message::{CallInfo, DefaultHeaders, Payload, Request};

/// The parts of a request for a further attempt. A copy of the whole request would cost much more.
pub(super) struct Spare {
    method: Method,
    uri: Uri,
    version: Version,
    headers: Headers,
    /// `None` if the request had only its [`CallInfo`].
    extensions: Option<Extensions>,
    body: Payload,
}

impl Spare {
    #[inline]
    pub(super) fn of(request: &Request, defaults: &DefaultHeaders) -> Self {
        let extensions = request.extensions();
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            version: request.version(),
            headers: Headers::of(request.headers(), defaults),
            extensions: (extensions.len() > 1).then(|| extensions.clone()),
            body: request.body().clone(),
        }
    }

    /// Decides after which outcomes the request may be repeated.
    pub(super) fn repeat(&self, info: &CallInfo) -> Repeat {
        let has_header = |name: &str| {
            let value = self.headers.given(name);
            value.is_some_and(|value| !value.is_empty())
        };
        Repeat::of_parts(&self.method, has_header, &self.body, info)
    }

    /// Whether the body was a stream that has been read.
    pub(super) fn is_spent(&self) -> bool {
        self.body.is_spent()
    }

    pub(super) fn request(self, info: &CallInfo, defaults: &DefaultHeaders) -> Box<Request> {
        let mut request = Box::new(Request::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.version_mut() = self.version;
        *request.headers_mut() = self.headers.into_map(defaults);
        *request.extensions_mut() = self.extensions.unwrap_or_default();
        request.extensions_mut().insert(info.clone());
        request
    }
}

/// Headers, of which the defaults are not copied.
#[derive(Default)]
struct Headers {
    /// Which of the defaults there are.
    defaults: [bool; DefaultHeaders::COUNT],
    /// The first of the others: most requests have one, `Wechatpay-Serial`.
    other: Option<(HeaderName, HeaderValue)>,
    others: Option<Box<HeaderMap>>,
}

impl Headers {
    #[inline]
    fn of(all: &HeaderMap, defaults: &DefaultHeaders) -> Self {
        let mut headers = Self::default();
        for (name, value) in all {
            if let Some(at) = defaults.position(name, value) {
                headers.defaults[at] = true;
            } else if headers.other.is_none() {
                headers.other = Some((name.clone(), value.clone()));
            } else {
                let others = headers.others.get_or_insert_default();
                others.append(name.clone(), value.clone());
            }
        }
        headers
    }

    /// Returns the value of a header that is no default.
    fn given(&self, name: &str) -> Option<&HeaderValue> {
        let other = self.other.as_ref().filter(|(known, _)| known == name);
        let others = || self.others.as_ref()?.get(name);
        other.map(|(_, value)| value).or_else(others)
    }

    fn into_map(self, defaults: &DefaultHeaders) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(DefaultHeaders::COUNT);
        map.extend(self.other);
        let others = self.others.as_deref().into_iter().flatten();
        map.extend(others.map(|(name, value)| (name.clone(), value.clone())));
        for ((name, value), is_there) in defaults.all().into_iter().zip(self.defaults) {
            if is_there {
                map.append(name, value.clone());
            }
        }
        map
    }
}
