use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, Uri};

use super::Request;
use super::kept::KeptBody;
use super::payload::Payload;
use super::response::Response;
use super::state::CallState;
use crate::trace::{About, End, Running};
use wechatpay_core::catalog::Operation;
use wechatpay_core::error::{BoxError, Error, ErrorKind, Result};
use wechatpay_core::host::{default_port, is_same_authority};

/// Describes the call that a request belongs to, for middleware and transports.
///
/// It is stored in the request's extensions:
///
/// ```
/// use wechatpay_chain::{CallInfo, Next, Request, Response, Result};
///
/// async fn log(request: Request, next: Next) -> Result<Response> {
///     let template = request.extensions().get::<CallInfo>().map(|info| info.template().to_owned());
///     let response = next.run(request).await?;
///     println!("{template:?} -> {}", response.status());
///     Ok(response)
/// }
/// ```
#[derive(Clone)]
pub struct CallInfo {
    inner: Arc<Inner>,
}

struct Inner {
    template: Cow<'static, str>,
    operation: Option<&'static Operation>,
    origin: Origin,
    options: Options,
    encrypted: AtomicBool,
}

/// Whether catalog fields are encrypted and decrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldPolicy {
    /// The fields that the catalog or the call names.
    #[default]
    Catalog,
    /// Only the fields that the call names with [`Call::encrypt`](crate::Call::encrypt) and
    /// [`Call::decrypt`](crate::Call::decrypt): the catalog is not asked.
    ///
    /// Use it for a new operation whose path is similar to a known path; such a call is refused by default.
    Named,
    /// No fields: bodies are left unchanged.
    Off,
}

/// The settings of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) encrypt: Vec<Cow<'static, str>>,
    pub(crate) decrypt: Vec<Cow<'static, str>>,
    pub(crate) fields: Option<FieldPolicy>,
    pub(crate) timeout: Option<Duration>,
    /// Limits the time until the last byte of the response, streamed or not.
    pub(crate) deadline: Option<Duration>,
    pub(crate) stream: bool,
    /// The response is a file whose authentication tag proves its content, so it needs no signature.
    pub(crate) sealed: bool,
    pub(crate) nonceless: Option<bool>,
    pub(crate) security: Option<bool>,
    /// The body was given as `xml`, which only APIv2 takes.
    pub(crate) xml: bool,
    /// The body that was sent first, if the call may be sent again.
    pub(crate) kept: Option<KeptBody>,
    /// The call must not send anything.
    pub(crate) dry_run: bool,
    pub(crate) state: CallState,
}

/// The end of a call, for reports.
pub(crate) fn end(outcome: &Result<Response>) -> End<'_> {
    match outcome {
        Ok(response) => End::Answered(response.verification()),
        Err(err) => End::Failed(err),
    }
}

/// Scheme, host and port: a permitted target of a signed request.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    scheme: Scheme,
    authority: Authority,
    /// The length of the host in the authority: spans need it in each call, and finding it costs more than a copy.
    host: usize,
    port: u16,
}

impl CallInfo {
    pub(crate) fn new(
        template: Cow<'static, str>,
        operation: Option<&'static Operation>,
        origin: Origin,
        options: Options,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                template,
                operation,
                origin,
                options,
                encrypted: AtomicBool::new(false),
            }),
        }
    }

    /// Returns the path template, for logs: it contains no values of variables, and `{}` for each value that
    /// was given as a segment.
    ///
    /// ```text
    /// v3/pay/transactions/id/{transaction_id}
    /// ```
    #[must_use]
    pub fn template(&self) -> &str {
        &self.inner.template
    }

    /// Returns the catalog's operation of the endpoint, if there is one.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.inner.operation
    }

    /// The operation whose fields the catalog encrypts and decrypts in this call.
    pub(crate) fn catalog_fields(&self) -> Option<&'static Operation> {
        self.operation()
            .filter(|_| self.options().fields.unwrap_or_default() == FieldPolicy::Catalog)
    }

    /// Whether the TLS connection must present the merchant's certificate, as some APIv2
    /// operations require; for custom transports.
    #[must_use]
    pub fn presents_certificate(&self) -> bool {
        let demanded = self.operation().is_some_and(Operation::needs_client_cert);
        self.options().security.unwrap_or(demanded)
    }

    /// Whether a request with this method changes nothing at WeChat Pay.
    pub(crate) fn is_read(&self, method: &Method) -> bool {
        *method == Method::GET || self.operation().is_some_and(Operation::is_read)
    }

    /// Returns the attributes of the call for reports.
    pub(crate) fn about<'a>(&'a self, method: &'a Method, merchant: &'a Arc<str>) -> About<'a> {
        let origin = self.origin();
        let template = &*self.inner.template;
        About {
            method,
            // A literal after a `?` in the program may be a value. The catalog's templates have none.
            template: match self.operation() {
                Some(_) => template,
                None => template.split_once('?').map_or(template, |(path, _)| path),
            },
            host: origin.host(),
            port: origin.port(),
            merchant,
            is_read: self.is_read(method),
        }
    }

    /// Reports a call that the client makes for itself, which does not pass the engine.
    pub(crate) async fn reported<F: Future<Output = Result<Response>>>(
        &self,
        method: &Method,
        merchant: &Arc<str>,
        send: impl FnOnce() -> F,
    ) -> Result<Response> {
        let about = || self.about(method, merchant);
        let running = Running::begin(self.state().clone(), about);
        let answer = pin!(running.within(send));
        let outcome = running.follow(answer).await;
        running.end(&end(&outcome));
        outcome
    }

    /// Whether both belong to the same call.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.inner.origin
    }

    /// Returns the state of the call.
    pub(crate) fn state(&self) -> &CallState {
        &self.inner.options.state
    }

    /// Records that the layer `encrypt` has handled all fields.
    pub(crate) fn note_encrypted(&self) {
        self.inner.encrypted.store(true, Ordering::Relaxed);
    }

    /// Whether a request has fields to encrypt, named by the call or the catalog, and did not pass `encrypt`.
    pub(crate) fn lacks_encryption(&self, request: &Request) -> bool {
        let sent = |operation: &Operation| {
            let body =
                !operation.encrypt().is_empty() || !operation.encrypt_if_flagged().is_empty();
            let query = !operation.query_encrypt().is_empty();
            body && !matches!(request.body(), Payload::Empty)
                || query && request.uri().query().is_some()
        };
        let named = !self.options().encrypt.is_empty();
        (named || self.catalog_fields().is_some_and(sent))
            && !self.inner.encrypted.load(Ordering::Relaxed)
    }
}

impl Origin {
    pub(crate) fn new(scheme: Scheme, authority: Authority) -> Self {
        let (host, port) = host_and_port(&authority);
        Self {
            host: host.len(),
            port: port.unwrap_or_else(|| default_port(Some(&scheme))),
            scheme,
            authority,
        }
    }

    /// Returns the origin of an absolute URI.
    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        Some(Self::new(uri.scheme()?.clone(), uri.authority()?.clone()))
    }

    pub(crate) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn host(&self) -> &str {
        &self.authority.as_str()[..self.host]
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Changes a URI to this origin.
    pub(crate) fn write_to(&self, parts: &mut http::uri::Parts) {
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
    }

    /// Whether a URI has this origin.
    pub(crate) fn holds(&self, uri: &Uri) -> bool {
        uri.scheme() == Some(&self.scheme)
            && uri
                .authority()
                .is_some_and(|other| is_same_authority(other, &self.authority))
    }
}

/// Splits an authority, which has no user name, from its end: the search of [`Authority::host`] from its beginning is
/// much slower.
fn host_and_port(authority: &Authority) -> (&str, Option<u16>) {
    let whole = authority.as_str();
    let digits = whole.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (before, port) = whole.split_at(whole.len() - digits);
    match before.strip_suffix(':') {
        // An empty port is the scheme's.
        Some(host) => (host, port.parse().ok()),
        None => (whole, None),
    }
}

/// Returns the URI with another query; an empty one leaves no question mark.
pub(crate) fn with_query(uri: &Uri, query: &str) -> Result<Uri> {
    let target = match query {
        "" => uri.path().to_owned(),
        query => format!("{}?{query}", uri.path()),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(target).map_err(no_uri)?);
    Uri::from_parts(parts).map_err(no_uri)
}

fn no_uri(err: impl Into<BoxError>) -> Error {
    Error::new(ErrorKind::Request, "the query cannot be written as a URL").with_source(err)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallInfo")
            .field("template", &self.inner.template)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_split_into_host_and_port() {
        for (authority, host, port) in [
            ("api.mch.weixin.qq.com", "api.mch.weixin.qq.com", None),
            (
                "api.mch.weixin.qq.com:8443",
                "api.mch.weixin.qq.com",
                Some(8443),
            ),
            ("127.0.0.1", "127.0.0.1", None),
            ("127.0.0.1:80", "127.0.0.1", Some(80)),
            ("[::1]", "[::1]", None),
            ("[::1]:65535", "[::1]", Some(65535)),
            ("host7", "host7", None),
        ] {
            let authority = Authority::from_static(authority);
            assert_eq!(host_and_port(&authority), (host, port));
            assert_eq!(authority.host(), host);
            assert_eq!(authority.port_u16(), port);
        }
    }
}
