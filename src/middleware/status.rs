use std::sync::Arc;

#[cfg(feature = "php-values")]
use http::header::LOCATION;
use serde_json::Value;

use crate::message::{Request, Response};
#[cfg(feature = "php-values")]
use crate::stack::Middleware;
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::error::{ApiError, Error, Result};
#[cfg(feature = "php-values")]
use wechatpay_core::error::{ErrorKind, Verification};

#[cfg(feature = "php-values")]
use super::verifier::UNTRUSTED;

/// Outermost. Sees the response; turns one that is not 2xx into [`ErrorKind::Api`].
///
/// Redirects are not followed, so they are errors too.
///
/// [`ErrorKind::Api`]: crate::ErrorKind::Api
pub(crate) struct Status;

impl DynMiddleware for Status {
    fn handle(
        self: Arc<Self>,
        request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        let answer = next.pass(request);
        Box::pin(async move {
            let response = answer.await?;
            if response.status().is_success() {
                return Ok(response);
            }
            Err(Error::from_api(api_error(&response)))
        })
    }
}

/// Stands for [`Status`] where PHP turns `http_errors` off: an answer that is not 2xx is a response if WeChat Pay signed
/// it. PHP's `verifier` rejects every other one.
#[cfg(feature = "php-values")]
pub(crate) struct SignedStatus;

#[cfg(feature = "php-values")]
impl Middleware for SignedStatus {
    async fn handle(&self, request: Request, next: Next) -> Result<Response> {
        let unchecked = is_unchecked(request.uri().path());
        let response = next.run(request).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let refusal = || Error::from_api(api_error(&response));
        // PHP follows it.
        if response.status().is_redirection() && response.headers().contains_key(LOCATION) {
            return Err(refusal());
        }
        match response.verification() {
            // `NotChecked`: `verifier` was removed from the stack too.
            Verification::Verified { .. } | Verification::NotChecked => Ok(response),
            _ if unchecked => Ok(response),
            _ => {
                let untrusted = response.error(ErrorKind::Verify, UNTRUSTED);
                Err(untrusted.with_source(refusal()))
            }
        }
    }
}

/// Whether PHP's `verifier` passes every answer of a path on.
#[cfg(feature = "php-values")]
fn is_unchecked(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let image = path.starts_with("/v3/merchant-service/images/");
    path == "/v3/billdownload/file" || image && path != "/v3/merchant-service/images/upload"
}

/// Reads the refusal from WeChat Pay's JSON; the page of a proxy is kept unchanged.
pub(crate) fn api_error(response: &Response) -> ApiError {
    let value = response.value().unwrap_or(&Value::Null);
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let mut refusal = ApiError::new(response.status());
    refusal.code = text("code");
    refusal.message = text("message");
    refusal.detail = value["detail"].clone();
    refusal.headers = response.headers().clone();
    refusal.request_id = response.request_id().map(str::to_owned);
    refusal.body = response.bytes().clone();
    refusal.complete = response.is_complete();
    refusal.verification = response.verification().clone();
    refusal
}
