//! The named middleware stack: what happens to a call between the caller and the wire.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::message::{
    Body, BodyStream, CallInfo, Failure, Payload, Request, Response, ResponseBody, SignedText,
    request_id,
};
use crate::transport::{BoxFuture, Transport};

/// One layer of the stack.
///
/// `handle` gets the request on its way out, hands it on with [`Next::run`] (once, never, or again
/// with a clone of `next`), and gets the response on its way back.
///
/// Plain functions and closures are middleware through [`from_fn`](crate::middleware::from_fn).
///
/// ```
/// use wechatpay_chain::{Middleware, Next, Request, Response, Result};
///
/// struct Tag(&'static str);
///
/// impl Middleware for Tag {
///     async fn handle(&self, mut request: Request, next: Next) -> Result<Response> {
///         let value = http::HeaderValue::from_static(self.0);
///         request.headers_mut().insert("X-Tag", value);
///         next.run(request).await
///     }
/// }
/// ```
pub trait Middleware: Send + Sync + 'static {
    /// Handles one request.
    ///
    /// # Errors
    ///
    /// Its own, of [`ErrorKind::Middleware`], and those of the layers further in.
    fn handle(&self, request: Request, next: Next)
    -> impl Future<Output = Result<Response>> + Send;
}

/// The object-safe twin: traits with async functions cannot be made into objects.
trait DynMiddleware: Send + Sync {
    fn handle(
        self: Arc<Self>,
        request: Request,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>>;
}

impl<M: Middleware> DynMiddleware for M {
    fn handle(
        self: Arc<Self>,
        request: Request,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        Box::pin(async move { Middleware::handle(&*self, request, next).await })
    }
}

/// A named, editable list of middleware, outermost first.
///
/// ```
/// use wechatpay_chain::middleware::{self, from_fn};
/// use wechatpay_chain::{Next, Request, Stack};
///
/// let mut stack = Stack::new();
/// stack.push("log", from_fn(|request: Request, next: Next| async move {
///     println!("{}", request.method());
///     next.run(request).await
/// }))?;
/// assert_eq!(stack.names().collect::<Vec<_>>(), ["log"]);
/// assert!(stack.remove(middleware::SIGNER).is_err());
/// # Ok::<(), wechatpay_chain::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Stack {
    layers: Vec<Layer>,
}

#[derive(Clone)]
struct Layer {
    name: Cow<'static, str>,
    middleware: Arc<dyn DynMiddleware>,
}

impl Stack {
    /// An empty stack.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the innermost layer, next to the wire.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when the name is taken.
    pub fn push(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        middleware: impl Middleware,
    ) -> Result<&mut Self> {
        self.insert(self.layers.len(), name.into(), middleware)
    }

    /// Adds the outermost layer, next to the caller.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when the name is taken.
    pub fn unshift(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        middleware: impl Middleware,
    ) -> Result<&mut Self> {
        self.insert(0, name.into(), middleware)
    }

    /// Adds a layer just outside of `anchor`: it sees requests before and responses after it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when there is no such anchor or the name is taken.
    pub fn before(
        &mut self,
        anchor: &str,
        name: impl Into<Cow<'static, str>>,
        middleware: impl Middleware,
    ) -> Result<&mut Self> {
        let at = self.position(anchor)?;
        self.insert(at, name.into(), middleware)
    }

    /// Adds a layer just inside of `anchor`: it sees requests after and responses before it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when there is no such anchor or the name is taken.
    pub fn after(
        &mut self,
        anchor: &str,
        name: impl Into<Cow<'static, str>>,
        middleware: impl Middleware,
    ) -> Result<&mut Self> {
        let at = self.position(anchor)?;
        self.insert(at + 1, name.into(), middleware)
    }

    /// Puts a layer in the place, and under the name, of another.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when there is no layer of that name.
    pub fn replace(&mut self, name: &str, middleware: impl Middleware) -> Result<&mut Self> {
        let at = self.position(name)?;
        self.layers[at].middleware = Arc::new(middleware);
        Ok(self)
    }

    /// Takes a layer out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when there is no layer of that name.
    pub fn remove(&mut self, name: &str) -> Result<&mut Self> {
        let at = self.position(name)?;
        self.layers.remove(at);
        Ok(self)
    }

    /// The names, outermost first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|layer| &*layer.name)
    }

    fn insert(
        &mut self,
        at: usize,
        name: Cow<'static, str>,
        middleware: impl Middleware,
    ) -> Result<&mut Self> {
        if self.names().any(|known| known == name) {
            return Err(self.error(&format!("there is a layer {name:?} already")));
        }
        let middleware = Arc::new(middleware);
        self.layers.insert(at, Layer { name, middleware });
        Ok(self)
    }

    fn position(&self, name: &str) -> Result<usize> {
        self.names()
            .position(|known| known == name)
            .ok_or_else(|| self.error(&format!("there is no layer {name:?}")))
    }

    fn error(&self, what: &str) -> Error {
        let names: Vec<_> = self.names().collect();
        Error::new(ErrorKind::Stack, format!("{what} in the stack {names:?}"))
    }
}

/// The names only: what a layer holds may be secret.
impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// A stack that no longer changes, with what lies below it.
#[derive(Clone)]
pub(crate) struct Frozen {
    pub(crate) stack: Stack,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) max_response_bytes: usize,
    pub(crate) trusted_hosts: Arc<[String]>,
}

/// The rest of the stack, as a middleware sees it.
#[derive(Clone)]
pub struct Next {
    frozen: Arc<Frozen>,
    index: usize,
    /// Taken from the request as it enters the stack, so that no layer can lose it.
    info: Option<CallInfo>,
}

impl Next {
    pub(crate) fn first(frozen: Arc<Frozen>) -> Self {
        Self {
            frozen,
            index: 0,
            info: None,
        }
    }

    /// The same stack from its outermost layer on.
    pub(crate) fn restarted(&self) -> Self {
        Self::first(Arc::clone(&self.frozen))
    }

    /// Hands the request to the next layer in, at last to the transport.
    ///
    /// # Errors
    ///
    /// Those of the layers further in, and [`ErrorKind::Middleware`] when a request arrives at the
    /// transport unserialised or on its way to a host that the call did not name.
    pub fn run(mut self, request: Request) -> BoxFuture<'static, Result<Response>> {
        if self.info.is_none() {
            self.info = request.extensions().get().cloned();
        }
        match self.frozen.stack.layers.get(self.index) {
            Some(layer) => {
                let middleware = Arc::clone(&layer.middleware);
                self.index += 1;
                middleware.handle(request, self)
            }
            None => Box::pin(self.frozen.send(request, self.info)),
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("stack", &self.frozen.stack)
            .field("index", &self.index)
            .finish_non_exhaustive()
    }
}

impl Frozen {
    /// The end of the stack: out over the transport, and the answer read in.
    async fn send(self: Arc<Self>, request: Request, info: Option<CallInfo>) -> Result<Response> {
        let Some(info) = info else {
            return Err(lost());
        };
        self.check(&request, &info)?;
        let (mut request, broken) = request_body(request)?;
        // A layer may have built a request of its own; the transport looks at this one's call.
        request.extensions_mut().insert(info.clone());
        info.begin_attempt();
        let answer = self.transport.send(request).await.map_err(|err| {
            if !err.maybe_sent() {
                info.attempt_sent_nothing();
            }
            own_failure(broken, err)
        })?;
        self.read(answer, info.options().stream).await
    }

    async fn read(&self, answer: http::Response<Body>, stream: bool) -> Result<Response> {
        let (parts, body) = answer.into_parts();
        let limit = self.max_response_bytes;
        let body = if !parts.status.is_success() {
            // Whatever comes of a refusal's body, its status and Request-ID are kept.
            ResponseBody::Bytes(body.collect_some(limit).await)
        } else if stream {
            ResponseBody::Stream(Box::new(BodyStream::new(body)))
        } else {
            let body = body.collect(limit).await;
            ResponseBody::Bytes(
                body.map_err(|err| err.with_request_id(request_id(&parts.headers)))?,
            )
        };
        Ok(Response::with_body(parts.status, parts.headers, body))
    }

    /// A request goes nowhere but where the call was meant to go, and with its fields encrypted.
    fn check(&self, request: &Request, info: &CallInfo) -> Result<()> {
        if info.lacks_encryption() {
            return Err(Error::new(
                ErrorKind::Encrypt,
                "the call names fields to encrypt and the stack has no `encrypt`: nothing was sent",
            ));
        }
        let uri = request.uri();
        let trusted = |host: &String| uri.host() == Some(host);
        if info.origin().holds(uri)
            || (uri.scheme_str() == Some("https") && self.trusted_hosts.iter().any(trusted))
        {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Middleware,
            format!(
                "a middleware sends the request to another host than the call's, {}; name the host \
                 with base_url, or with ClientBuilder::trust_host",
                info.origin()
            ),
        ))
    }
}

fn lost() -> Error {
    Error::new(
        ErrorKind::Middleware,
        "the request belongs to no call: hand the one that came in on, or the parts of it",
    )
}

/// The connection fails where the file to upload does, and only the file says why.
fn own_failure(broken: Failure, err: Error) -> Error {
    match broken.take() {
        Some(own) => own.with_maybe_sent(err.maybe_sent()),
        None => err,
    }
}

/// Only what `prepare` has serialised is what was signed.
fn request_body(request: Request) -> Result<(http::Request<Body>, Failure)> {
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
                "the request still holds JSON or a file at the transport: the stack has no \
                 `prepare`, or a layer inside of it put such a body in",
            ));
        }
    };
    Ok((http::Request::from_parts(parts, body), failure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::middleware::from_fn;

    fn pass() -> impl Middleware {
        from_fn(|request: Request, next: Next| next.run(request))
    }

    fn names(stack: &Stack) -> Vec<&str> {
        stack.names().collect()
    }

    #[test]
    fn layers_go_where_they_are_told() {
        let mut stack = Stack::new();
        stack.push("b", pass()).unwrap().push("d", pass()).unwrap();
        stack.unshift("a", pass()).unwrap();
        stack.before("d", "c", pass()).unwrap();
        stack.after("d", "e", pass()).unwrap();
        assert_eq!(names(&stack), ["a", "b", "c", "d", "e"]);
        stack.replace("c", pass()).unwrap().remove("a").unwrap();
        assert_eq!(names(&stack), ["b", "c", "d", "e"]);
    }

    #[test]
    fn unknown_and_doubled_names_are_errors_that_list_what_is_there() {
        let mut stack = Stack::new();
        stack.push("signer", pass()).unwrap();
        let errors = [
            stack.push("signer", pass()).map(drop),
            stack.unshift("signer", pass()).map(drop),
            stack.before("nope", "x", pass()).map(drop),
            stack.after("nope", "x", pass()).map(drop),
            stack.replace("nope", pass()).map(drop),
            stack.remove("nope").map(drop),
        ];
        for result in errors {
            let err = result.unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Stack);
            assert!(err.to_string().contains("[\"signer\"]"), "{err}");
        }
    }
}
