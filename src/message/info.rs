use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use http::Uri;
use http::uri::{Authority, PathAndQuery, Scheme};

use crate::catalog::Operation;
use crate::error::{BoxError, Error, ErrorKind, Result};

/// What a middleware may want to know of the call that its request belongs to.
///
/// It is in the request's extensions:
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
    /// Attempts of which it is not known that nothing was sent.
    unresolved: AtomicUsize,
    encrypted: AtomicBool,
}

/// Whether catalogue fields are encrypted and decrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldPolicy {
    /// The fields that the catalogue or the call names.
    #[default]
    Catalogue,
    /// Only the fields that the call names with [`Call::encrypt`](crate::Call::encrypt) and
    /// [`Call::decrypt`](crate::Call::decrypt): the catalogue is not asked.
    ///
    /// For a new operation whose path is nearly that of a known one, which is refused otherwise.
    Named,
    /// None: bodies pass as they are.
    Off,
}

/// The settings of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) encrypt: Vec<Cow<'static, str>>,
    pub(crate) decrypt: Vec<Cow<'static, str>>,
    pub(crate) fields: Option<FieldPolicy>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) stream: bool,
    pub(crate) nonceless: Option<bool>,
    pub(crate) security: Option<bool>,
    /// The body was given as `xml`, which only APIv2 takes.
    pub(crate) xml: bool,
    /// Nothing at all may be sent.
    pub(crate) dry_run: bool,
}

/// Scheme, host and port: where a signed request may go.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: Scheme,
    authority: Authority,
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
                unresolved: AtomicUsize::new(0),
                encrypted: AtomicBool::new(false),
            }),
        }
    }

    /// The path template, for logs: it holds no values of variables, and `{}` for each value that
    /// was given as a segment.
    ///
    /// ```text
    /// v3/pay/transactions/id/{transaction_id}
    /// ```
    #[must_use]
    pub fn template(&self) -> &str {
        &self.inner.template
    }

    /// What the catalogue knows of the endpoint, if it is in it.
    #[must_use]
    pub fn operation(&self) -> Option<&'static Operation> {
        self.inner.operation
    }

    /// The operation whose fields the catalogue encrypts and decrypts in this call.
    pub(crate) fn catalogue_fields(&self) -> Option<&'static Operation> {
        self.operation()
            .filter(|_| self.options().fields.unwrap_or_default() == FieldPolicy::Catalogue)
    }

    /// Whether the TLS connection has to present the merchant's certificate, as some of APIv2's
    /// endpoints demand; for who writes a transport.
    #[must_use]
    pub fn presents_certificate(&self) -> bool {
        let demanded = self.operation().is_some_and(Operation::needs_client_cert);
        self.options().security.unwrap_or(demanded)
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.inner.origin
    }

    /// Notes that an attempt is with the transport; dropped there, nobody knows how far it came.
    pub(crate) fn begin_attempt(&self) {
        self.inner.unresolved.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that an attempt ended before anything was sent; of any other there is nothing to note.
    pub(crate) fn attempt_sent_nothing(&self) {
        self.inner.unresolved.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether any attempt so far, also one that was given up, may have reached WeChat Pay.
    pub(crate) fn maybe_sent(&self) -> bool {
        self.inner.unresolved.load(Ordering::Relaxed) > 0
    }

    /// Notes that the fields that the call names were encrypted.
    pub(crate) fn note_encrypted(&self) {
        self.inner.encrypted.store(true, Ordering::Relaxed);
    }

    /// Whether the call names fields that nobody has encrypted.
    pub(crate) fn lacks_encryption(&self) -> bool {
        !self.options().encrypt.is_empty() && !self.inner.encrypted.load(Ordering::Relaxed)
    }
}

impl Origin {
    pub(crate) fn new(scheme: Scheme, authority: Authority) -> Self {
        Self { scheme, authority }
    }

    /// Whether a request to `uri` goes there.
    pub(crate) fn holds(&self, uri: &Uri) -> bool {
        uri.scheme() == Some(&self.scheme) && uri.authority() == Some(&self.authority)
    }
}

/// The URI with another query; an empty one leaves no question mark.
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

impl fmt::Debug for CallInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallInfo")
            .field("template", &self.inner.template)
            .finish_non_exhaustive()
    }
}
