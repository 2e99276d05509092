//! The named middleware stack between the caller and the transport.

mod next;

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use crate::message::{Request, Response};
use crate::transport::BoxFuture;
pub use next::Next;
pub(crate) use next::Pipeline;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A layer of the stack.
///
/// `handle` receives the request, passes it on with [`Next::run`] (once, never, or again with a clone of
/// `next`), and receives the response.
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
    /// Errors of [`ErrorKind::Middleware`], and those of the inner layers.
    fn handle(&self, request: Request, next: Next)
    -> impl Future<Output = Result<Response>> + Send;
}

/// The object-safe form of [`Middleware`]: traits with async functions are not object-safe.
///
/// The layers of the default stack implement it directly. They change the request when they are called, and
/// allocate a future only for the work on the response. A layer without such work returns the future of
/// [`Next::pass`]. The request is boxed, since it is large and each layer would copy it.
pub(crate) trait DynMiddleware: Send + Sync {
    fn handle(
        self: Arc<Self>,
        request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>>;
}

impl<M: Middleware> DynMiddleware for M {
    fn handle(
        self: Arc<Self>,
        request: Box<Request>,
        next: Next,
    ) -> BoxFuture<'static, Result<Response>> {
        Box::pin(async move { Middleware::handle(&*self, *request, next).await })
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
    /// Creates an empty stack.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the innermost layer, next to the transport.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when the name is taken.
    pub fn push(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        middleware: impl Middleware,
    ) -> Result<&mut Self> {
        self.insert(self.layers.len(), name.into(), Arc::new(middleware))
    }

    /// Adds a layer of the default stack next to the transport.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when the name is taken.
    pub(crate) fn push_built_in(
        &mut self,
        name: &'static str,
        middleware: impl DynMiddleware + 'static,
    ) -> Result<&mut Self> {
        self.insert(self.layers.len(), name.into(), Arc::new(middleware))
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
        self.insert(0, name.into(), Arc::new(middleware))
    }

    /// Adds a layer just outside `anchor`: it sees requests before `anchor`, and responses after it.
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
        self.insert(at, name.into(), Arc::new(middleware))
    }

    /// Adds a layer just inside `anchor`: it sees requests after and responses before it.
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
        self.insert(at + 1, name.into(), Arc::new(middleware))
    }

    /// Replaces a layer; the new one keeps the name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when there is no layer of that name.
    pub fn replace(&mut self, name: &str, middleware: impl Middleware) -> Result<&mut Self> {
        let at = self.position(name)?;
        self.layers[at].middleware = Arc::new(middleware);
        Ok(self)
    }

    /// Removes a layer.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stack`] when there is no layer of that name.
    pub fn remove(&mut self, name: &str) -> Result<&mut Self> {
        let at = self.position(name)?;
        self.layers.remove(at);
        Ok(self)
    }

    /// Returns the names, outermost first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|layer| &*layer.name)
    }

    fn insert(
        &mut self,
        at: usize,
        name: Cow<'static, str>,
        middleware: Arc<dyn DynMiddleware>,
    ) -> Result<&mut Self> {
        if self.names().any(|known| known == name) {
            return Err(self.error(&format!("a layer {name:?} already exists")));
        }
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

/// Shows only the names, since a layer may contain secrets.
impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
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
    fn layers_are_inserted_at_the_given_place() {
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
    fn unknown_and_doubled_names_are_errors_that_list_the_layers() {
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
