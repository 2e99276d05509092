//! tower at the two ends: the client as a service, and a service as the transport.

use std::task::{Context, Poll};

use http::{Request, Response as HttpResponse};
use tower_service::Service;

use crate::client::Client;
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::message::{Body, Payload, Response};
use crate::transport::{BoxFuture, Transport};

/// The client as a tower service: a request whose URI is a path, or a URL of the client's own host.
///
/// The path is taken as it is, percent-encoded; the catalogue, the stack and the timeout apply as to
/// any call.
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
    fn call_of(&self, request: Request<Payload>) -> crate::Call {
        let (parts, payload) = request.into_parts();
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        self.chain(target.to_owned())
            .call(parts.method)
            .headers(parts.headers)
            .body(payload)
            .edit(|plan| plan.absolute = parts.uri.authority().is_some().then_some(parts.uri))
    }
}

/// Any tower service over HTTP as the transport.
///
/// Say with `maybe_sent` which of its errors mean that nothing was sent; where in doubt, `true`.
///
/// ```
/// use wechatpay_chain::transport::{self, Body};
///
/// let service = tower::service_fn(|_: http::Request<Body>| async {
///     Ok::<_, std::io::Error>(http::Response::new(Body::from("{}")))
/// });
/// let transport = transport::from_service(service, |_| true);
/// # let _ = transport;
/// ```
pub fn from_service<S, F>(service: S, maybe_sent: F) -> impl Transport
where
    S: Service<Request<Body>, Response = HttpResponse<Body>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
    F: Fn(&S::Error) -> bool + Clone + Send + Sync + 'static,
{
    crate::transport::from_fn(move |request| {
        let mut service = service.clone();
        let maybe_sent = maybe_sent.clone();
        async move {
            let fail = |err: S::Error, sent: bool| {
                Error::new(ErrorKind::Transport, "the transport failed")
                    .with_source(err)
                    .with_maybe_sent(sent)
            };
            std::future::poll_fn(|cx| service.poll_ready(cx))
                .await
                .map_err(|err| fail(err, false))?;
            service.call(request).await.map_err(|err| {
                let sent = maybe_sent(&err);
                fail(err, sent)
            })
        }
    })
}
