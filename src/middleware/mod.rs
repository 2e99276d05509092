//! The layers of the default stack, and helpers to write your own.
//!
//! APIv3, outermost first: [`STATUS`], [`DECRYPT`], [`MATCHER`], [`ENCRYPT`], [`PREPARE`],
//! [`VERIFIER`], [`SIGNER`]. APIv2: [`STATUS`], [`DECRYPT`], [`MATCHER`], [`ENCRYPT`],
//! [`TRANSFORM_RESPONSE`], [`TRANSFORM_REQUEST`]. The names are those of the PHP SDK where it has the layer.

mod decrypt;
mod encrypt;
mod matcher;
mod platform;
mod prepare;
#[cfg(feature = "php-values")]
mod preset;
mod signer;
mod status;
#[cfg(feature = "tower")]
mod tower;
mod v2;
mod verifier;

use std::future::Future;

pub(crate) use decrypt::Decrypt;
pub(crate) use encrypt::Encrypt;
pub(crate) use matcher::Matcher;
pub(crate) use platform::{KeySource, OfKeySource, PlatformKeys};
pub(crate) use prepare::Prepare;
#[cfg(feature = "php-values")]
pub(crate) use preset::Preset;
pub(crate) use signer::Signer;
pub use signer::signed_text;
#[cfg(feature = "php-values")]
pub(crate) use status::SignedStatus;
pub(crate) use status::{Status, api_error};
#[cfg(feature = "tower")]
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
pub use tower::{NextService, tower};
pub(crate) use v2::{EncryptForBank, TransformRequest, TransformResponse};
pub(crate) use verifier::Verifier;

use crate::message::{Request, Response};
use crate::stack::{Middleware, Next};
use wechatpay_core::error::Result;

/// Turns an answer that is not 2xx into an error.
pub const STATUS: &str = "status";
/// Decrypts the sensitive fields of a response.
pub const DECRYPT: &str = "decrypt";
/// Rejects a response about another order, merchant or app than the request.
pub const MATCHER: &str = "matcher";
/// Encrypts the sensitive fields of a request.
pub const ENCRYPT: &str = "encrypt";
/// Serialises the body, once, and sets the default headers.
pub const PREPARE: &str = "prepare";
/// Verifies the signature of a response.
pub const VERIFIER: &str = "verifier";
/// Signs a request.
pub const SIGNER: &str = "signer";
/// APIv2: signs a request and serialises it as XML.
pub const TRANSFORM_REQUEST: &str = "transform_request";
/// APIv2: reads a response's XML, verifies it, and turns a failure into an error.
pub const TRANSFORM_RESPONSE: &str = "transform_response";

/// A middleware from a closure or function.
///
/// ```
/// use wechatpay_chain::middleware::from_fn;
/// use wechatpay_chain::{Next, Request};
///
/// let log = from_fn(|request: Request, next: Next| async move {
///     let response = next.run(request).await?;
///     println!("{}", response.status());
///     Ok(response)
/// });
/// # let _ = log;
/// ```
pub fn from_fn<F, Fut>(handle: F) -> impl Middleware
where
    F: Fn(Request, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send + 'static,
{
    FromFn(handle)
}

struct FromFn<F>(F);

impl<F, Fut> Middleware for FromFn<F>
where
    F: Fn(Request, Next) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Response>> + Send + 'static,
{
    fn handle(
        &self,
        request: Request,
        next: Next,
    ) -> impl Future<Output = Result<Response>> + Send {
        (self.0)(request, next)
    }
}
