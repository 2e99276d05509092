//! The default transport as a tower service, for layers that wrap it.

use std::task::{Context, Poll};

use http::{Request, Response};
use tower_service::Service;

use super::hyper::HttpTransport;
use crate::message::Body;
use crate::transport::{BoxFuture, Transport};
use wechatpay_core::error::{Error, Result};

/// Pass a service that wraps the transport to [`transport::from_service`](crate::transport::from_service).
///
/// ```
/// use http::{HeaderValue, Request};
/// use tower::ServiceBuilder;
/// use wechatpay_chain::transport::{self, Body};
/// use wechatpay_chain::{Client, Error, HttpTransport};
///
/// # fn example() -> wechatpay_chain::Result<()> {
/// let service = ServiceBuilder::new()
///     .map_request(|mut request: Request<Body>| {
///         request.headers_mut().insert("x-shop", HeaderValue::from_static("1"));
///         request
///     })
///     .service(HttpTransport::builder().build()?);
/// let builder = Client::builder().transport(transport::from_service(service, Error::maybe_sent));
/// # let _ = builder; Ok(()) }
/// # example().unwrap();
/// ```
impl Service<Request<Body>> for HttpTransport {
    type Response = Response<Body>;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Response<Body>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        self.send(request)
    }
}
