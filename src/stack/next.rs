//! Runs a request through the stack and passes it to the transport.

use std::fmt;
use std::sync::Arc;

use http::Uri;

use super::Stack;
use crate::message::{
    Body, BodyStream, CallInfo, CallState, Failure, Origin, Payload, Request, Response,
    ResponseBody, SignedText, request_id,
};
use crate::transport::{BoxFuture, Transport};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::host;
use wechatpay_core::protocol::SERIAL_NAME;

/// A finished stack, and the transport below it.
#[derive(Clone)]
pub(crate) struct Pipeline {
    pub(crate) stack: Stack,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) max_response_bytes: usize,
    pub(crate) trusted_hosts: Arc<[String]>,
    /// The hosts that a failover may use.
    pub(crate) backups: Arc<[Origin]>,
}

/// The layers below a middleware.
#[derive(Clone)]
pub struct Next {
    pipeline: Arc<Pipeline>,
    index: usize,
    /// Taken from the request when it enters the stack, so that no layer can lose it.
    info: Option<CallInfo>,
    /// The round of the attempts below.
    round: u32,
}

impl Next {
    pub(crate) fn first(pipeline: Arc<Pipeline>) -> Self {
        Self {
            pipeline,
            index: 0,
            info: None,
            round: 0,
        }
    }

    /// Returns the same layers for a new round of attempts.
    pub(crate) fn round(&self, state: &CallState) -> Self {
        Self {
            round: state.begin_round(),
            ..self.clone()
        }
    }

    /// Returns the call that the request belongs to.
    pub(crate) fn info(&self) -> Option<&CallInfo> {
        self.info.as_ref()
    }

    /// Returns the same stack, from the outermost layer.
    pub(crate) fn restarted(&self) -> Self {
        Self::first(Arc::clone(&self.pipeline))
    }

    /// Passes the request to the next layer, and from the last layer to the transport.
    ///
    /// The layers of the default stack change the request in this call: they encrypt and sign it before they return
    /// the future. Nothing is sent until the future is polled. Await it at once, since the signature contains the
    /// time; a future that is dropped without being polled sends nothing and counts as no attempt.
    ///
    /// # Errors
    ///
    /// The errors of the inner layers, and [`ErrorKind::Middleware`] when a request reaches the transport
    /// unserialised, or for a host that the call did not name.
    pub fn run(self, request: Request) -> BoxFuture<'static, Result<Response>> {
        self.pass(Box::new(request))
    }
}

impl Next {
    /// Passes a boxed request on, as [`run`](Self::run) does.
    pub(crate) fn pass(mut self, request: Box<Request>) -> BoxFuture<'static, Result<Response>> {
        if self.info.is_none() {
            self.info = request.extensions().get().cloned();
        }
        match self.pipeline.stack.layers.get(self.index) {
            Some(layer) => {
                let middleware = Arc::clone(&layer.middleware);
                self.index += 1;
                middleware.handle(request, self)
            }
            None => self.pipeline.send(request, self.info, self.round),
        }
    }

    /// Passes a boxed request on, unless the layer could not prepare it.
    pub(crate) fn pass_if(
        self,
        prepared: Result<()>,
        request: Box<Request>,
    ) -> BoxFuture<'static, Result<Response>> {
        match prepared {
            Ok(()) => self.pass(request),
            Err(err) => Box::pin(std::future::ready(Err(err))),
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("stack", &self.pipeline.stack)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl Pipeline {
    /// Sends the request over the transport and reads the response.
    fn send(
        self: Arc<Self>,
        request: Box<Request>,
        info: Option<CallInfo>,
        round: u32,
    ) -> BoxFuture<'static, Result<Response>> {
        let (info, mut request, broken) = match self.accept(request, info) {
            Ok(accepted) => accepted,
            Err(err) => return Box::pin(std::future::ready(Err(err))),
        };
        // A block and not an `async fn`, whose future reserves space for each argument twice.
        Box::pin(async move {
            let attempt = info.state().begin_attempt(round)?;
            request.extensions_mut().insert(attempt.clone());
            let answer = self.transport.send(request).await.map_err(|err| {
                if !err.maybe_sent() {
                    attempt.withdraw();
                }
                own_failure(broken, err)
            })?;
            self.read(answer, &info).await
        })
    }

    /// Converts the request for the transport, if it may be sent.
    fn accept(
        &self,
        request: Box<Request>,
        info: Option<CallInfo>,
    ) -> Result<(CallInfo, http::Request<Body>, Failure)> {
        let Some(info) = info else {
            return Err(lost());
        };
        self.check(&request, &info)?;
        if let Some(kept) = &info.options().kept {
            kept.keep(request.body(), request.headers(), &SERIAL_NAME);
        }
        let (mut request, broken) = request_body(request)?;
        // A layer may have built a new request; the transport reads this call's extensions.
        let known = request.extensions().get::<CallInfo>();
        if !known.is_some_and(|known| known.is_same(&info)) {
            request.extensions_mut().insert(info.clone());
        }
        Ok((info, request, broken))
    }

    async fn read(&self, answer: http::Response<Body>, info: &CallInfo) -> Result<Response> {
        let (parts, body) = answer.into_parts();
        let limit = self.max_response_bytes;
        let (end, stream) = (body.end().clone(), info.options().stream);
        info.state()
            .set_head(parts.status, request_id(&parts.headers));
        if !parts.status.is_success() {
            // Even if a refusal's body cannot be read, its status and Request-ID are kept.
            // Boxed, so that other calls reserve no space for it.
            let some = Box::pin(body.collect_some(limit, info.state().remaining()));
            let (body, complete) = some.await;
            let mut response =
                Response::with_body(parts.status, parts.headers, ResponseBody::Bytes(body));
            response.set_complete(complete);
            return Ok(response);
        }
        let body = if stream {
            ResponseBody::Stream(Box::new(BodyStream::new(body)))
        } else {
            let body = body.collect(limit).await;
            ResponseBody::Bytes(body.map_err(|err| {
                err.with_request_id(request_id(&parts.headers).map(str::to_owned))
            })?)
        };
        let mut response = Response::with_body(parts.status, parts.headers, body);
        response.set_open_ended(!stream && end.is_open());
        Ok(response)
    }

    /// Whether a URL is HTTPS on a host that `trust_host` names; a port that is not a number would become 443.
    fn trusts(&self, uri: &Uri) -> bool {
        let split = uri.authority().map(|it| host::split(it.as_str()));
        let Some(Ok((host, _))) = split else {
            return false;
        };
        uri.scheme_str() == Some("https") && self.trusted_hosts.contains(&host)
    }

    /// Checks that the request goes to the call's host and that its sensitive fields are encrypted.
    fn check(&self, request: &Request, info: &CallInfo) -> Result<()> {
        if info.lacks_encryption(request) {
            return Err(Error::new(
                ErrorKind::Encrypt,
                "the call has fields to encrypt and the stack has no `encrypt`: nothing was sent; if \
                 another layer encrypts them, use .fields(FieldPolicy::Off)",
            ));
        }
        let uri = request.uri();
        let backup = || self.backups.iter().any(|origin| origin.holds(uri));
        if info.origin().holds(uri) || self.trusts(uri) || backup() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Middleware,
            format!(
                "a middleware sends the request to a host other than the call's, {}; allow the host \
                 with base_url, or with ClientBuilder::trust_host",
                info.origin()
            ),
        ))
    }
}

fn lost() -> Error {
    Error::new(
        ErrorKind::Middleware,
        "the request belongs to no call: pass on the request that the middleware received, or its parts",
    )
}

/// If the upload's file fails, the connection fails too; the file's error gives the reason.
fn own_failure(broken: Failure, err: Error) -> Error {
    match broken.take() {
        Some(own) => own.with_maybe_sent(err.maybe_sent()),
        None => err,
    }
}

/// Accepts only a body that `prepare` has serialised, since only that was signed.
fn request_body(request: Box<Request>) -> Result<(http::Request<Body>, Failure)> {
    let (mut parts, payload) = request.into_parts();
    let mut failure = Failure::default();
    let body = match payload {
        Payload::Empty => bytes::Bytes::new().into(),
        Payload::Bytes(bytes) => bytes.into(),
        Payload::Upload(upload) => {
            parts.extensions.insert(SignedText(upload.signed().clone()));
            let (body, broken) = upload.body()?;
            failure = broken;
            body
        }
        Payload::Json(_) | Payload::Media(_) => {
            return Err(Error::new(
                ErrorKind::Middleware,
                "the request still has JSON or a file as its body at the transport: the stack has no \
                 `prepare`, or a layer inside it set such a body",
            ));
        }
    };
    Ok((http::Request::from_parts(parts, body), failure))
}
