use std::sync::Arc;

use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::keys::Signing;
use crate::message::{CallInfo, Request, Response};
use crate::stack::{DynMiddleware, Next};
use crate::trace;
use crate::transport::BoxFuture;
use wechatpay_core::catalog::Operation;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{Parameters, request_text};

/// Innermost. Sees the request as it will be sent; adds `Authorization`.
///
/// Fails when the body is not serialised yet, or when there is no randomness.
pub(crate) struct Signer {
    pub(crate) signing: Signing,
    pub(crate) clock: Arc<dyn Clock>,
}

impl DynMiddleware for Signer {
    fn handle(
        self: Arc<Self>,
        mut request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        next.pass_if(self.sign(&mut request), request)
    }
}

/// Whether the catalog declares that the request is not signed.
fn unsigned(request: &Request) -> bool {
    let info = request.extensions().get::<CallInfo>();
    info.and_then(CallInfo::operation)
        .is_some_and(Operation::unsigned_request)
}

impl Signer {
    fn sign(&self, request: &mut Request) -> Result<()> {
        if unsigned(request) {
            return Ok(());
        }
        let header = trace::sign(|| self.authorization(request))?;
        request.headers_mut().insert(AUTHORIZATION, header);
        Ok(())
    }

    fn authorization(&self, request: &Request) -> Result<HeaderValue> {
        let timestamp = self.clock.now();
        let nonce = self.clock.nonce()?;
        let text = signed_text(request, timestamp, &nonce)?;
        let Signing {
            scheme,
            id,
            serial,
            key,
        } = &self.signing;
        let signature = key.sign(&text)?;
        let parameters = Parameters {
            scheme: *scheme,
            id,
            serial_no: serial,
            timestamp,
            nonce_str: &nonce,
            signature: &signature,
        };
        parameters.to_header_value()
    }
}

/// Returns the text that the signature of this request covers, for a layer that replaces `signer`.
///
/// `timestamp` is in Unix seconds.
///
/// # Errors
///
/// [`ErrorKind::Middleware`] when the body is not serialised yet: a signer must be inside
/// `prepare`.
///
/// ```
/// use wechatpay_chain::middleware::signed_text;
/// use wechatpay_chain::Payload;
///
/// let request = http::Request::get("https://api.mch.weixin.qq.com/v3/certificates")
///     .body(Payload::Empty)
///     .unwrap();
/// let text = signed_text(&request, 1554208460, "593BEC0C930BF1AFEB40B4A08C8FB242")?;
/// assert!(text.starts_with(b"GET\n/v3/certificates\n1554208460\n"));
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
pub fn signed_text(request: &Request, timestamp: i64, nonce: &str) -> Result<Vec<u8>> {
    let body = request.body().signed_bytes().ok_or_else(|| {
        Error::new(
            ErrorKind::Middleware,
            "the body is not serialised yet: put a signer inside `prepare`",
        )
    })?;
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    Ok(request_text(
        request.method().as_str(),
        target,
        timestamp,
        nonce,
        body,
    ))
}
