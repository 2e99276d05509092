//! Transports, which send a finished request.

#[cfg(feature = "tower")]
mod service;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use crate::message::Body;
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use service::from_service;
use wechatpay_core::error::Result;

/// A boxed future that can be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends a request to WeChat Pay and returns its response.
///
/// The default transport uses hyper and OpenSSL. Set another one with
/// [`ClientBuilder::transport`](crate::ClientBuilder::transport). A transport sends the request
/// unchanged and once, follows no redirect, and states with [`Error::maybe_sent`](crate::Error::maybe_sent)
/// in its errors whether the request may have been sent.
///
/// The request's extensions contain the [`CallInfo`](crate::CallInfo).
///
/// ```
/// use wechatpay_chain::transport::{Body, BoxFuture, Transport};
/// use wechatpay_chain::{Error, ErrorKind, Result};
///
/// struct Offline;
/// impl Transport for Offline {
///     fn send(&self, _: http::Request<Body>) -> BoxFuture<'static, Result<http::Response<Body>>> {
///         Box::pin(async { Err(Error::new(ErrorKind::Connect, "offline")) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends one request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Connect`](crate::ErrorKind::Connect) when nothing was sent,
    /// [`ErrorKind::Transport`](crate::ErrorKind::Transport) when the connection failed later.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'static, Result<http::Response<Body>>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'static, Result<http::Response<Body>>> {
        (**self).send(request)
    }
}

/// Creates a transport from a closure.
///
/// ```
/// use wechatpay_chain::transport::{self, Body};
///
/// let teapot = transport::from_fn(|_request| async {
///     let mut response = http::Response::new(Body::from("short and stout"));
///     *response.status_mut() = http::StatusCode::IM_A_TEAPOT;
///     Ok(response)
/// });
/// # let _ = teapot;
/// ```
pub fn from_fn<F, Fut>(send: F) -> impl Transport
where
    F: Fn(http::Request<Body>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<http::Response<Body>>> + Send + 'static,
{
    FromFn(send)
}

struct FromFn<F>(F);

impl<F, Fut> Transport for FromFn<F>
where
    F: Fn(http::Request<Body>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<http::Response<Body>>> + Send + 'static,
{
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'static, Result<http::Response<Body>>> {
        Box::pin((self.0)(request))
    }
}
