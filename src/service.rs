//! The client as a tower service.

use std::task::{Context, Poll};

use http::Request;
use tower_service::Service;

use crate::call::Call;
use crate::client::Client;
use crate::message::{Payload, Response};
use crate::transport::BoxFuture;
use wechatpay_core::error::{Error, Result};

/// The client as a tower service, for requests whose URI is a path or a URL of the client's host.
///
/// The path is sent unchanged, percent-encoded. The catalog, the stack and the timeout apply as for any
/// call.
///
/// ```
/// use tower::ServiceExt;
/// use wechatpay_chain::{Client, Payload, Response, Result};
///
/// async fn certificates(client: Client) -> Result<Response> {
///     let request = http::Request::get("/v3/certificates").body(Payload::Empty).unwrap();
///     client.oneshot(request).await
/// }
/// ```
impl Service<Request<Payload>> for Client {
    type Response = Response;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Payload>) -> Self::Future {
        let call = self.call_of(request);
        Box::pin(async move { call.await })
    }
}

impl Client {
    fn call_of(&self, request: Request<Payload>) -> Call {
        let (parts, payload) = request.into_parts();
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        self.chain(target.replace('{', "%7B").replace('}', "%7D"))
            .call(parts.method)
            .headers(parts.headers)
            .body(payload)
            .edit(|plan| plan.absolute = parts.uri.authority().is_some().then_some(parts.uri))
    }
}
