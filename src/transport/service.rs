use http::{Request, Response as HttpResponse};
use tower_service::Service;

use super::{Transport, from_fn};
use crate::message::Body;
use wechatpay_core::error::{BoxError, Error, ErrorKind};

/// Uses a tower service over HTTP as the transport.
///
/// `maybe_sent` states whether an error means that the request may have been sent; if in doubt, return `true`.
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
    from_fn(move |request| {
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
