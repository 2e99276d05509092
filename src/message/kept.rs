//! The body of a request that may be sent again, byte for byte.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::payload::Payload;

/// The first request's body and headers, for requests that repeat it; clones share them.
///
/// Encryption is randomised, so a body that is built again differs.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptBody(Arc<OnceLock<Kept>>);

#[derive(Debug)]
struct Kept {
    bytes: Bytes,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl KeptBody {
    /// Keeps the body and the headers that belong to it, unless one is kept already.
    pub(crate) fn keep(&self, body: &Payload, headers: &HeaderMap, key: &HeaderName) {
        let Payload::Bytes(bytes) = body else { return };
        self.0.get_or_init(|| Kept {
            bytes: bytes.clone(),
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
        *body = Payload::Bytes(kept.bytes.clone());
        // Replaces the caller's headers: `extend` would send both.
        for (name, value) in &kept.headers {
            headers.insert(name.clone(), value.clone());
        }
        true
    }
}
