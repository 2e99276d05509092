//! A call before it is sent.

mod limits;

use std::borrow::Cow;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderName, Method};
use serde_json::Value;

use crate::base_url::BaseUrl;
use crate::dry_run::{self, SignedRequest};
use crate::engine::Engine;
use crate::message::{
    FieldPolicy, IntoHeaders, IntoPayload, Options, Payload, Response, Streaming, forbid_reserved,
    into_headers, into_payload, timed_out,
};
use crate::net::blocking::{self, Bound};
use crate::plan::Plan;
#[cfg(feature = "files")]
use crate::sink;
use crate::transport::BoxFuture;
use wechatpay_core::catalog::Operation;
use wechatpay_core::error::{Error, Result};
use wechatpay_core::query::Query;

/// A call that is ready to be made: `.await` it, or block with `.wait()`.
///
/// Nothing is sent before that. A mistake in the path, body or options is returned when the call is made.
///
/// ```no_run
/// # async fn example(client: wechatpay_chain::Client) -> wechatpay_chain::Result<()> {
/// let res = client
///     .chain("v3/pay/transactions/id/{transaction_id}")
///     .get(())
///     .query("mchid", "1230000109")
///     .var("transaction_id", "1217752501201407033233368018")
///     .await?;
/// println!("{}", res["trade_state"]);
/// # Ok(()) }
/// ```
#[must_use = "a call is made when it is awaited, or waited for with .wait()"]
pub struct Call {
    engine: Arc<Engine>,
    plan: Result<Box<Plan>>,
}

impl Call {
    pub(crate) fn new(
        engine: Arc<Engine>,
        method: Method,
        template: Result<(Cow<'static, str>, Option<String>)>,
    ) -> Self {
        let plan = template.map(|(template, label)| {
            Box::new(Plan {
                method,
                template,
                label,
                vars: Vec::new(),
                query: Query::default(),
                headers: HeaderMap::new(),
                payload: Payload::Empty,
                base_url: None,
                absolute: None,
                options: Options::default(),
                #[cfg(feature = "files")]
                sink: None,
                exact: None,
            })
        });
        Self { engine, plan }
    }

    /// Sets a variable of the path template.
    ///
    /// A text or number becomes one percent-encoded segment; lists and objects expand as in RFC 6570.
    /// Every variable of the template must be set, and every set variable must be in the template. A value of
    /// `.` or `..` is rejected, since servers read it as a dot segment.
    pub fn var(self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.edit(|plan| plan.vars.push((name.into(), value.into())))
    }

    /// Adds a query parameter.
    ///
    /// It is encoded like PHP's `http_build_query` with RFC 3986: `true` is `1`, `false` is `0`, `null`
    /// is left out, lists and objects become `name[0]` and `name[key]`.
    pub fn query(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attempt(|plan| plan.query.push(name.into(), value.into()))
    }

    /// Sets a header and replaces earlier values of it.
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let headers = into_headers([(name, value)]);
        self.merge(headers)
    }

    /// Sets headers.
    pub fn headers(self, headers: impl IntoHeaders) -> Self {
        self.merge(into_headers(headers))
    }

    /// Sets the JSON body.
    pub fn json(self, json: impl Into<Value>) -> Self {
        let json = json.into();
        self.edit(|plan| plan.payload = Payload::Json(json))
    }

    /// Sets the body; it takes the same types as `post`.
    pub fn body(self, body: impl IntoPayload) -> Self {
        self.attempt(|plan| {
            plan.payload = into_payload(body)?;
            Ok(())
        })
    }

    /// Sends this call to another host, such as `https://apihk.mch.weixin.qq.com/`.
    ///
    /// A path in the URL is put before the path of the call, with or without a final slash.
    pub fn base_url(self, url: impl AsRef<str>) -> Self {
        self.attempt(|plan| {
            plan.base_url = Some(BaseUrl::parse(url.as_ref())?);
            Ok(())
        })
    }

    /// Encrypts additional fields of the JSON body, given as JSON pointers. `*` matches every item of an array.
    ///
    /// ```
    /// # use wechatpay_chain::Client;
    /// # use serde_json::json;
    /// # fn example(client: &Client) {
    /// let call = client
    ///     .chain("v3/new/endpoint")
    ///     .post(json!({"payers": [{"name": "张三"}]}), ())
    ///     .encrypt(["/payers/*/name"]);
    /// # }
    /// ```
    pub fn encrypt<P: Into<Cow<'static, str>>>(
        self,
        pointers: impl IntoIterator<Item = P>,
    ) -> Self {
        let pointers = pointers.into_iter().map(Into::into);
        self.edit(|plan| plan.options.encrypt.extend(pointers))
    }

    /// Decrypts additional fields of the response, given as JSON pointers. `*` matches every item of an array.
    pub fn decrypt<P: Into<Cow<'static, str>>>(
        self,
        pointers: impl IntoIterator<Item = P>,
    ) -> Self {
        let pointers = pointers.into_iter().map(Into::into);
        self.edit(|plan| plan.options.decrypt.extend(pointers))
    }

    /// Overrides the client's [`FieldPolicy`] for this call.
    pub fn fields(self, policy: FieldPolicy) -> Self {
        self.edit(|plan| plan.options.fields = Some(policy))
    }

    /// APIv2: sets whether the request presents the merchant's TLS certificate.
    ///
    /// By default the catalog decides. When the certificate is required and the client was built without
    /// `certificate(..)` or `private_key(..)`, the call fails with
    /// [`ErrorKind::Request`](crate::ErrorKind::Request) before anything is sent. That includes plain
    /// HTTP, which cannot present a certificate. Pass `false` when the endpoint needs no certificate, or
    /// when a proxy presents it.
    pub fn security(self, security: bool) -> Self {
        self.edit(|plan| plan.options.security = Some(security))
    }

    /// APIv2: sets whether the request is sent without a generated `nonce_str`.
    ///
    /// By default the catalog decides.
    pub fn nonceless(self, nonceless: bool) -> Self {
        self.edit(|plan| plan.options.nonceless = Some(nonceless))
    }

    /// Returns the catalog's operation for this call; `None` if the path is invalid or not in the catalog.
    ///
    /// ```
    /// # use wechatpay_chain::Client;
    /// # fn example(client: &Client) {
    /// let call = client.chain("v3/certificates").get(());
    /// assert_eq!(call.operation().unwrap().path(), "v3/certificates");
    /// # }
    /// ```
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.engine.operation(self.plan.as_deref().ok()?)
    }

    /// Makes the call and blocks this thread until the response has arrived.
    ///
    /// It works without a runtime, inside a runtime of either flavour, and in a blocking task.
    ///
    /// # Errors
    ///
    /// All errors of a call, and [`ErrorKind::Blocking`](crate::ErrorKind::Blocking) inside a middleware or
    /// transport of another call that runs under `.wait()`.
    pub fn wait(self) -> Result<Response> {
        let bound = self.bound();
        blocking::wait(bound, self.run())
    }

    /// Makes the call and returns the response as a stream. It may have any length; memory use is constant.
    pub fn stream(self) -> Pending<Streaming> {
        let call = self.edit(|plan| plan.options.stream = true);
        let bound = call.bound();
        let future = Box::pin(async move { call.run().await.map(Streaming::new) });
        Pending { future, bound }
    }

    /// Returns the signed request without sending it.
    ///
    /// The whole stack runs as for a real call, over a transport that keeps the request.
    pub fn dry_run(self) -> Pending<SignedRequest> {
        let Self { engine, plan } = self;
        Pending::new(async move {
            let plan = plan?;
            dry_run::run(&engine, plan).await
        })
    }

    /// Returns how long `.wait()` blocks. A download to a file has no limit, since its length is unknown.
    fn bound(&self) -> Option<Bound> {
        let plan = self.plan.as_ref().ok()?;
        #[cfg(feature = "files")]
        if plan.sink.is_some() {
            return None;
        }
        let limit = plan.options.timeout.or(self.engine.timeout)?;
        let state = plan.options.state.clone();
        let late = Arc::new(move || timed_out(limit, &state, state.seal()));
        Some(Bound { limit, late })
    }

    pub(crate) fn into_parts(self) -> (Arc<Engine>, Result<Box<Plan>>) {
        (self.engine, self.plan)
    }

    pub(crate) async fn run(self) -> Result<Response> {
        #[cfg_attr(
            not(feature = "files"),
            allow(unused_mut, reason = "a sink is taken out")
        )]
        let mut plan = self.plan?;
        #[cfg(feature = "files")]
        if let Some(sink) = plan.sink.take() {
            // Boxed, so that calls without a sink reserve no space for it.
            return Box::pin(sink::save(&self.engine, plan, sink)).await;
        }
        self.engine.execute(plan).await
    }

    fn merge(self, headers: Result<HeaderMap>) -> Self {
        self.attempt(|plan| {
            let headers = headers?;
            if headers.is_empty() {
                return Ok(());
            }
            forbid_reserved(&headers)?;
            replace(&mut plan.headers, headers);
            Ok(())
        })
    }

    pub(crate) fn edit(self, edit: impl FnOnce(&mut Plan)) -> Self {
        self.attempt(|plan| {
            edit(plan);
            Ok(())
        })
    }

    /// Keeps the first error; the call returns it when it is made.
    pub(crate) fn attempt(mut self, edit: impl FnOnce(&mut Plan) -> Result<()>) -> Self {
        if let Ok(plan) = &mut self.plan
            && let Err(err) = edit(plan)
        {
            self.plan = Err(err);
        }
        self
    }

    pub(crate) fn fail(self, err: Error) -> Self {
        self.attempt(|_| Err(err))
    }
}

/// Replaces all values of each name in `with`.
fn replace(headers: &mut HeaderMap, with: HeaderMap) {
    let mut last: Option<HeaderName> = None;
    for (name, value) in with {
        match (name, &last) {
            (Some(name), _) => {
                headers.insert(name.clone(), value);
                last = Some(name);
            }
            (None, Some(name)) => {
                headers.append(name.clone(), value);
            }
            (None, None) => {}
        }
    }
}

impl IntoFuture for Call {
    type Output = Result<Response>;
    type IntoFuture = CallFuture;

    fn into_future(self) -> CallFuture {
        CallFuture(Box::pin(async move {
            if blocking::can_run_here() {
                self.run().await
            } else {
                blocking::in_background(Box::pin(self.run())).await
            }
        }))
    }
}

/// The future of a call. Dropping it cancels the call; a request that was already sent is not undone.
#[must_use = "futures do nothing unless polled"]
pub struct CallFuture(BoxFuture<'static, Result<Response>>);

impl Future for CallFuture {
    type Output = Result<Response>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

/// A call whose result is not a [`Response`]: `.await` it, or block with `.wait()`.
#[must_use = "nothing happens until it is awaited, or waited for with .wait()"]
pub struct Pending<T> {
    future: BoxFuture<'static, Result<T>>,
    bound: Option<Bound>,
}

impl<T: Send + 'static> Pending<T> {
    /// Wraps a future, so that code without a runtime can block on it.
    ///
    /// ```
    /// # fn main() -> wechatpay_chain::Result<()> {
    /// let pending = wechatpay_chain::Pending::new(async { Ok(1) });
    /// assert_eq!(pending.wait()?, 1);
    /// # Ok(()) }
    /// ```
    pub fn new(future: impl Future<Output = Result<T>> + Send + 'static) -> Self {
        let (future, bound) = (Box::pin(future), None);
        Self { future, bound }
    }

    /// Blocks this thread until the value is ready. It works in the same places as [`Call::wait`].
    ///
    /// # Errors
    ///
    /// The errors of [`Call::wait`].
    pub fn wait(self) -> Result<T> {
        blocking::wait(self.bound, self.future)
    }
}

impl<T: Send + 'static> IntoFuture for Pending<T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Result<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(blocking::anywhere(self.future))
    }
}

/// Shows only method and template, since values, headers and body may be secret.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Call");
        match &self.plan {
            Ok(plan) => out
                .field("method", &plan.method)
                .field("template", &plan.label.as_deref().unwrap_or(&plan.template))
                .finish_non_exhaustive(),
            Err(err) => out.field("error", err).finish_non_exhaustive(),
        }
    }
}

impl fmt::Debug for CallFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallFuture").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}
