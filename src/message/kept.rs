//! The body of a request that may be sent again.

use std::sync::{Arc, OnceLock};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::payload::Payload;

/// The first request's body and headers, for requests that repeat it; clones share them. In APIv3 the body is kept byte
/// for byte. In APIv2 its members are kept with their encrypted fields: each request has a new nonce and signature.
///
/// Encryption is randomised, so a body that is built again differs.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptBody(Arc<OnceLock<Kept>>);

#[derive(Debug)]
struct Kept {
    body: Payload,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl KeptBody {
    /// Keeps the body and the headers that belong to it, unless one is kept already.
    pub(crate) fn keep(&self, body: &Payload, headers: &HeaderMap, key: &HeaderName) {
        let (Payload::Bytes(_) | Payload::Json(_)) = body else {
            return;
        };
        self.0.get_or_init(|| Kept {
            body: body.clone(),
            headers: [&CONTENT_TYPE, key]
                .into_iter()
                .filter_map(|name| Some((name.clone(), headers.get(name)?.clone())))
                .collect(),
        });
    }

    /// Whether the body of a request is the kept one, with its fields encrypted.
    pub(crate) fn is_kept(&self) -> bool {
        self.0.get().is_some()
    }

    /// Puts the kept body and its headers into a request; returns false if none was kept.
    pub(crate) fn restore(&self, body: &mut Payload, headers: &mut HeaderMap) -> bool {
        let Some(kept) = self.0.get() else {
            return false;
        };
        *body = kept.body.clone();
        // Replaces the caller's headers: `extend` would send both.
        for (name, value) in &kept.headers {
            headers.insert(name.clone(), value.clone());
        }
        true
    }
}
