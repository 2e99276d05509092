//! Signs a request without sending it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Request, Uri};
use http_body::Body as _;

use crate::engine::Engine;
use crate::message::{Body, SignedText};
use crate::plan::Plan;
use crate::stack::Pipeline;
use crate::transport::{self, Transport};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::{Authorization, request_text};

/// A request, encrypted and signed as it would be sent.
///
/// ```no_run
/// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
/// let request = client.chain("v3/certificates").get(()).dry_run().await?;
/// println!("{} {}", request.method(), request.uri());
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SignedRequest {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    signed: Option<Bytes>,
}

impl SignedRequest {
    pub(crate) async fn read(request: Request<Body>) -> Result<Self> {
        let (parts, body) = request.into_parts();
        Ok(Self {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
            signed: parts.extensions.get().map(|SignedText(text)| text.clone()),
            body: keep(body).await?,
        })
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the absolute URI.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the headers, including `Authorization`.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body with encrypted sensitive fields; for an upload, all its parts.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the text that the signature covers; `None` if the stack's `signer` writes another header
    /// than APIv3's.
    #[must_use]
    pub fn signed_text(&self) -> Option<String> {
        let header = self.headers.get(AUTHORIZATION)?.to_str().ok()?;
        let auth = Authorization::parse(header).ok()?;
        let text = request_text(
            self.method.as_str(),
            self.uri.path_and_query()?.as_str(),
            auth.timestamp(),
            auth.nonce_str(),
            self.signed.as_ref().unwrap_or(&self.body),
        );
        String::from_utf8(text).ok()
    }
}

/// The longest upload whose body a dry run keeps, in bytes.
const KEPT: usize = 64 << 20;

async fn keep(body: Body) -> Result<Bytes> {
    if body.size_hint().lower() > KEPT as u64 {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "a dry run keeps the body, and this upload is longer than {KEPT} bytes; nothing was \
                 sent: try it with a shorter file"
            ),
        ));
    }
    body.collect(KEPT).await
}

/// Runs the whole stack over a transport that keeps the request and returns no answer.
pub(crate) async fn run(engine: &Engine, mut plan: Box<Plan>) -> Result<SignedRequest> {
    plan.options.dry_run = true;
    let kept = Arc::new(Mutex::new(None));
    let transport: Arc<dyn Transport> = Arc::new(keeper(&kept));
    let dry = Engine {
        v2: over(&engine.v2, &transport),
        v3: over(&engine.v3, &transport),
        ..engine.clone()
    };
    let outcome = dry.execute(plan).await;
    let request = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (request, outcome) {
        (Some(request), _) => Ok(request),
        (None, Err(err)) => Err(err),
        (None, Ok(_)) => Err(Error::new(
            ErrorKind::Middleware,
            "no request reached the transport: a middleware answered the call",
        )),
    }
}

fn over(pipeline: &Pipeline, transport: &Arc<dyn Transport>) -> Arc<Pipeline> {
    Arc::new(Pipeline {
        transport: Arc::clone(transport),
        ..pipeline.clone()
    })
}

fn keeper(kept: &Arc<Mutex<Option<SignedRequest>>>) -> impl Transport + use<> {
    let kept = Arc::clone(kept);
    transport::from_fn(move |request| {
        let kept = Arc::clone(&kept);
        async move {
            let request = SignedRequest::read(request).await?;
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
            Err(Error::new(
                ErrorKind::Unsupported,
                "a dry run sends nothing",
            ))
        }
    })
}

/// Omits the body; `Authorization` is marked as sensitive.
impl fmt::Debug for SignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest")
            .field("method", &self.method)
            .field("headers", &self.headers)
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}
