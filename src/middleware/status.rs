use std::sync::Arc;

use serde_json::Value;

use crate::message::{Request, Response};
use crate::stack::{DynMiddleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::error::{ApiError, Error, Result};

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

/// Reads the refusal from WeChat Pay's JSON; the page of a proxy is kept unchanged.
fn api_error(response: &Response) -> ApiError {
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
