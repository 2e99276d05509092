use std::sync::Arc;

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::message::{Payload, Request, Response};
use crate::stack::{Middleware, Next};
use wechatpay_core::error::Result;

/// Outermost. Sets the headers that PHP's setting `headers` gives to every request of a client, where the call does not
/// set them itself.
pub(crate) struct Preset {
    pub(crate) headers: Arc<HeaderMap>,
    /// Whether the body is JSON, whose `Content-Type` PHP sets in any case.
    pub(crate) json: bool,
}

impl Middleware for Preset {
    async fn handle(&self, mut request: Request, next: Next) -> Result<Response> {
        let typed = match request.body() {
            Payload::Media(_) | Payload::Upload(_) => true,
            Payload::Json(_) => self.json,
            _ => false,
        };
        for name in self.headers.keys() {
            if request.headers().contains_key(name) || typed && *name == CONTENT_TYPE {
                continue;
            }
            for value in self.headers.get_all(name) {
                request.headers_mut().append(name, value.clone());
            }
        }
        next.run(request).await
    }
}
