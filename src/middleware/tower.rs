use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

use crate::message::{Request, Response};
use crate::stack::{Middleware, Next};
use crate::transport::BoxFuture;
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};

/// Uses a tower layer as middleware, at any place of the stack.
///
/// The layer's service is built once, so that its state (a limit, a counter) is shared by all calls
/// of the client. Its clones must share that state, as clones of tower's layers do.
///
/// ```
/// use tower::limit::GlobalConcurrencyLimitLayer;
/// use wechatpay_chain::{Stack, middleware};
///
/// let mut stack = Stack::new();
/// stack.push("limit", middleware::tower(GlobalConcurrencyLimitLayer::new(8)))?;
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
pub fn tower<L>(layer: L) -> impl Middleware
where
    L: Layer<NextService>,
    L::Service: Service<Request, Response = Response> + Clone + Send + Sync + 'static,
    <L::Service as Service<Request>>::Future: Send,
    <L::Service as Service<Request>>::Error: Into<BoxError>,
{
    Tower(layer.layer(NextService(())))
}

/// The rest of the stack as a tower service, which the layer given to [`tower`] wraps.
#[derive(Debug, Clone)]
pub struct NextService(());

struct Tower<S>(S);

impl<S> Middleware for Tower<S>
where
    S: Service<Request, Response = Response> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<BoxError>,
{
    async fn handle(&self, mut request: Request, next: Next) -> Result<Response> {
        // The service outlives the call, so the rest of the stack travels with the request.
        request.extensions_mut().insert(next);
        let mut service = self.0.clone();
        std::future::poll_fn(|cx| service.poll_ready(cx))
            .await
            .map_err(own)?;
        service.call(request).await.map_err(own)
    }
}

impl Service<Request> for NextService {
    type Response = Response;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        match request.extensions_mut().remove::<Next>() {
            Some(next) => next.run(request),
            None => Box::pin(async {
                Err(Error::new(
                    ErrorKind::Middleware,
                    "a tower layer sent a request without its extensions: build the new request from \
                     the parts of the old one",
                ))
            }),
        }
    }
}

/// Unwraps errors of this crate that layers have boxed.
fn own(err: impl Into<BoxError>) -> Error {
    match err.into().downcast::<Error>() {
        Ok(err) => *err,
        Err(err) => Error::new(ErrorKind::Middleware, "a tower layer failed").with_source(err),
    }
}
