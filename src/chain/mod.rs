//! Chains: paths built from segments, as a whole, or by index.

mod nodes;
mod options;
mod segment;

use std::borrow::Cow;
use std::fmt;
use std::ops::Index;
use std::sync::Arc;

use http::Method;
use serde_json::Value;
use wechatpay_chain_path::PathError;

pub use segment::{IntoPath, IntoSegment};

use crate::call::Call;
use crate::engine::{self, Engine};
use crate::message::{IntoHeaders, IntoPayload};
use nodes::Nodes;
use segment::Added;
use wechatpay_core::error::{Error, ErrorKind, Result};

/// A path, or the beginning of one.
///
/// A chain is cheap to clone and can be reused.
///
/// **A literal is a name, a `String` is a value.** A literal (`&'static str`) is written as in the
/// PHP SDK and normalised like there, segment by segment: `aggracctBc` becomes `aggracct-bc`, `_x_`
/// becomes `{x}`. A `String` made at run time is never rewritten: an OpenID keeps its capitals.
///
/// ```
/// # fn example(client: &wechatpay_chain::Client, openid: String) {
/// let coupons = client.v3().seg("marketing").seg("favor").seg("users").seg(openid).seg("coupons");
/// let punish = client.chain("v3/aggracct-bc/wb-channel/control-orders/punish");
/// let native = &client["v3/pay/transactions/native"];
/// # }
/// ```
pub struct Chain {
    engine: Arc<Engine>,
    path: Path,
    nodes: Nodes,
}

/// A template, or the error that calls return.
#[derive(Clone)]
enum Path {
    Literal(&'static str),
    Owned(Arc<OwnedTemplate>),
    Wrong(Arc<Error>),
}

/// A template built at run time.
#[derive(Clone)]
struct OwnedTemplate {
    template: String,
    /// The template with `{}` for each value in it; `None` without values.
    label: Option<String>,
}

impl Chain {
    pub(crate) fn root(engine: Arc<Engine>) -> Self {
        Self::at(engine, Path::Literal(""))
    }

    fn at(engine: Arc<Engine>, path: Path) -> Self {
        let nodes = Nodes::default();
        Self {
            engine,
            path,
            nodes,
        }
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Adds one segment.
    ///
    /// A literal is normalised (`wbChannel`, `wb-channel` and `_openid_` are all valid, and `a/b` is
    /// two segments); a `String` or number is a value: one percent-encoded segment.
    pub fn seg(&self, segment: impl IntoSegment) -> Self {
        self.join(segment::segment(segment))
    }

    /// Adds a path.
    ///
    /// A literal is normalised segment by segment; a `String` is an RFC 6570 template and is not
    /// rewritten.
    pub fn chain(&self, path: impl IntoPath) -> Self {
        self.join(segment::path(path))
    }

    /// Starts a `GET` request.
    pub fn get(&self, headers: impl IntoHeaders) -> Call {
        self.call(Method::GET).headers(headers)
    }

    /// Starts a `DELETE` request; for the few operations with a body, see [`Call::json`].
    pub fn delete(&self, headers: impl IntoHeaders) -> Call {
        self.call(Method::DELETE).headers(headers)
    }

    /// Starts a `POST` request.
    ///
    /// ```
    /// # use serde_json::json;
    /// # fn example(client: &wechatpay_chain::Client) {
    /// let call = client
    ///     .chain("v3/pay/transactions/out-trade-no/{out_trade_no}/close")
    ///     .post(json!({"mchid": "1230000109"}), ())
    ///     .var("out_trade_no", "1217752501201407033233368018");
    /// # }
    /// ```
    pub fn post(&self, body: impl IntoPayload, headers: impl IntoHeaders) -> Call {
        self.call(Method::POST).headers(headers).body(body)
    }

    /// Starts a `PUT` request.
    pub fn put(&self, body: impl IntoPayload, headers: impl IntoHeaders) -> Call {
        self.call(Method::PUT).headers(headers).body(body)
    }

    /// Starts a `PATCH` request.
    pub fn patch(&self, body: impl IntoPayload, headers: impl IntoHeaders) -> Call {
        self.call(Method::PATCH).headers(headers).body(body)
    }

    /// Starts a request from data, with the option keys of the PHP SDK.
    ///
    /// `json`, `query`, `headers`, `body`, `base_uri`, `sink` (a path) and `timeout` (seconds) have the same meaning
    /// as in PHP, but `base_uri` keeps its whole path; every other key is a variable of the path. A Guzzle option that
    /// has another method here is rejected, and the error names that method.
    ///
    /// ```
    /// # use serde_json::json;
    /// # fn example(client: &wechatpay_chain::Client) {
    /// let call = client.chain("v3/pay/transactions/id/{transaction_id}").request("GET", json!({
    ///     "query": {"mchid": "1230000109"},
    ///     "transaction_id": "1217752501201407033233368018",
    /// }));
    /// # }
    /// ```
    pub fn request(&self, method: &str, options: Value) -> Call {
        match engine::verb(method) {
            Ok(method) => options::apply(self.call(method), options),
            Err(err) => self.call(Method::GET).fail(err),
        }
    }

    /// Returns a chain for a path that is already normalised.
    #[cfg(feature = "macros")]
    pub(crate) fn literal(&self, path: &'static str) -> Self {
        Self::at(Arc::clone(&self.engine), Path::Literal(path))
    }

    pub(crate) fn call(&self, method: Method) -> Call {
        let template = match &self.path {
            Path::Literal(text) => Ok((Cow::Borrowed(*text), None)),
            Path::Owned(made) => Ok((Cow::Owned(made.template.clone()), made.label.clone())),
            Path::Wrong(err) => Err(again(err)),
        };
        Call::new(Arc::clone(&self.engine), method, template)
    }

    fn join(&self, added: Result<Added>) -> Self {
        let path = match added {
            Ok(added) => self.path.join(added),
            Err(err) => self.path.or_wrong(err),
        };
        Self::at(Arc::clone(&self.engine), path)
    }
}

impl Path {
    fn join(&self, added: Added) -> Self {
        let (mut made, added) = match (self, added) {
            (Self::Literal(""), Added::Name(name)) => return Self::from(name),
            (Self::Wrong(_), _) => return self.clone(),
            (Self::Literal(text), added) => (OwnedTemplate::new((*text).to_owned()), added),
            (Self::Owned(made), added) => (OwnedTemplate::clone(made), added),
        };
        match made.push(&added) {
            Ok(()) => Self::Owned(Arc::new(made)),
            Err(err) => self.or_wrong(err.into()),
        }
    }

    fn or_wrong(&self, err: Error) -> Self {
        match self {
            Self::Wrong(_) => self.clone(),
            _ => Self::Wrong(Arc::new(err)),
        }
    }
}

impl From<Cow<'static, str>> for Path {
    fn from(text: Cow<'static, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Literal(text),
            Cow::Owned(text) => Self::Owned(Arc::new(OwnedTemplate::new(text))),
        }
    }
}

impl OwnedTemplate {
    fn new(template: String) -> Self {
        let label = None;
        Self { template, label }
    }

    fn push(&mut self, added: &Added) -> Result<(), PathError> {
        let (text, shown) = match added {
            Added::Name(name) => (&**name, &**name),
            Added::Template(value) | Added::Value(value) => {
                self.label.get_or_insert_with(|| self.template.clone());
                (&**value, "{}")
            }
        };
        if let Some(label) = &mut self.label {
            wechatpay_chain_path::join(label, shown)?;
        }
        wechatpay_chain_path::join(&mut self.template, text)
    }
}

/// Copies the error, since a chain can be reused and each call returns it.
fn again(err: &Arc<Error>) -> Error {
    Error::new(ErrorKind::Path, err.to_string()).with_source(Shared(Arc::clone(err)))
}

/// Wraps the first error as the source, so that its type is kept.
struct Shared(Arc<Error>);

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("in the chain")
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}

/// Clones share the client, but not the nodes created by indexing.
impl Clone for Chain {
    fn clone(&self) -> Self {
        Self::at(Arc::clone(&self.engine), self.path.clone())
    }
}

impl<I: IndexPath> Index<I> for Chain {
    type Output = Self;

    /// Returns the chain below this one at a literal path; it is created once and kept.
    fn index(&self, path: I) -> &Self {
        let path = path.literal();
        self.nodes.get_or_make(path, || self.chain(path))
    }
}

/// The index type of chains and clients: a literal.
#[diagnostic::on_unimplemented(
    message = "a chain is indexed with a literal, not with `{Self}`",
    label = "a text made at run time goes into `.chain(..)` as a template, or `.seg(..)` as a value"
)]
pub trait IndexPath {
    #[doc(hidden)]
    fn literal(self) -> &'static str;
}

impl IndexPath for &'static str {
    fn literal(self) -> &'static str {
        self
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_tuple("Chain");
        match &self.path {
            Path::Literal(text) => out.field(text),
            Path::Owned(_) => out.field(&"(holds values)"),
            Path::Wrong(err) => out.field(err),
        };
        out.finish()
    }
}
