//! The life of a call, from what the caller said to the answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, Uri};

use crate::call::Plan;
use crate::catalog::{self, Operation};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::Merchant;
use crate::message::{CallInfo, FieldPolicy, Origin, Request, Response};
use crate::protocol::Keyring;
use crate::stack::{Frozen, Next};
use crate::template;

/// What all chains of a client share.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) base: Option<BaseUrl>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fields: FieldPolicy,
    pub(crate) v3: Arc<Frozen>,
    pub(crate) v2: Arc<Frozen>,
    pub(crate) keyring: Keyring,
    pub(crate) merchant: Merchant,
    pub(crate) timeout: Option<Duration>,
}

/// Scheme and authority, and the path that stands before every other.
#[derive(Clone)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Without the slash at its end; empty for none.
    prefix: String,
}

impl Engine {
    /// Builds the request, hands it to the stack and bounds the time.
    ///
    /// # Errors
    ///
    /// Everything that can go wrong in a call.
    pub(crate) async fn execute(&self, plan: Plan) -> Result<Response> {
        let limit = plan.options.timeout.or(self.timeout);
        let (request, info, api) = self.request(plan)?;
        let answer = Next::first(Arc::clone(self.stack(api))).run(request);
        let outcome = match limit {
            None => answer.await,
            Some(limit) => tokio::time::timeout(limit, answer)
                .await
                .unwrap_or_else(|_| Err(timed_out(limit, info.maybe_sent()))),
        };
        // Whatever a middleware makes of an attempt's end, it may have been the one that paid.
        outcome.map_err(|err| match info.maybe_sent() {
            true => err.with_maybe_sent(true),
            false => err,
        })
    }

    /// The request as it enters the stack; everything the caller got wrong is found here.
    pub(crate) fn request(&self, plan: Plan) -> Result<(Request, CallInfo, Api)> {
        let mut path = expand(&plan)?;
        let api = Api::of(&path);
        self.check_credentials(api)?;
        let operation = find(&plan, &path);
        self.check_scheme(operation)?;
        if api == Api::V2 {
            path.drain(..V2.len());
        }
        let base = self.base_for(&plan, operation);
        let origin = base.origin();
        if let Some(absolute) = plan.absolute.filter(|uri| !origin.holds(uri)) {
            return Err(elsewhere(&absolute, &origin));
        }
        let uri = base.join(path)?;
        let mut options = plan.options;
        options.fields.get_or_insert(self.fields);
        let info = CallInfo::new(plan.template, operation, origin, options);
        let mut request = Request::new(plan.payload);
        *request.method_mut() = plan.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = plan.headers;
        request.extensions_mut().insert(info.clone());
        Ok((request, info, api))
    }

    fn stack(&self, api: Api) -> &Arc<Frozen> {
        match api {
            Api::V2 => &self.v2,
            Api::V3 => &self.v3,
        }
    }

    /// The two APIs' credentials are independent of each other.
    fn check_credentials(&self, api: Api) -> Result<()> {
        let missing = match api {
            Api::V2 if self.merchant.v2_key.is_none() => {
                "this client has no APIv2 key: build it with v2_key(..)"
            }
            Api::V3 if self.merchant.signing.is_none() => {
                "this client has no APIv3 credentials: build it with serial(..), private_key(..) and \
                 platform_key(..)"
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::Request, missing))
    }

    /// WeChat Pay would only say that the signature is wrong.
    fn check_scheme(&self, operation: Option<&'static Operation>) -> Result<()> {
        if self.merchant.brand_id().is_none() && operation.is_some_and(Operation::is_brand) {
            return Err(Error::new(
                ErrorKind::Request,
                "this operation is a brand's, and this client is a merchant's: build one with \
                 brand_id(..) and the brand's own keys",
            ));
        }
        Ok(())
    }

    /// The call's own base URL, else the client's, else the one that the catalogue names.
    fn base_for(&self, plan: &Plan, operation: Option<&'static Operation>) -> BaseUrl {
        plan.base_url
            .clone()
            .or_else(|| self.base.clone())
            .unwrap_or_else(|| match operation.and_then(Operation::host) {
                Some(host) => BaseUrl::https(host),
                None => BaseUrl::https(DEFAULT_HOST),
            })
    }
}

const DEFAULT_HOST: &str = "api.mch.weixin.qq.com";

/// Which of the two APIs a call is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    V2,
    V3,
}

/// What chooses APIv2; it is not sent.
const V2: &str = "/v2";

impl Api {
    /// The first segment chooses, in any case as in the PHP SDK.
    fn of(path: &str) -> Self {
        let first = path.get(..V2.len() + 1);
        match first.is_some_and(|first| first.eq_ignore_ascii_case("/v2/")) {
            true => Self::V2,
            false => Self::V3,
        }
    }
}

/// Path and query, with a leading slash.
fn expand(plan: &Plan) -> Result<String> {
    let mut path = template::expand(&plan.template, &plan.vars)?;
    let Some(query) = plan.query.encode() else {
        return Ok(path);
    };
    if path.contains('?') {
        return Err(Error::new(
            ErrorKind::Path,
            "the path has a query already; give all parameters in one place, in query()",
        ));
    }
    path.push('?');
    path.push_str(&query);
    Ok(path)
}

fn find(plan: &Plan, path: &str) -> Option<&'static Operation> {
    let template = without_query(&plan.template);
    catalog::find(&plan.method, template).or_else(|| {
        let concrete = without_query(path);
        (concrete != template)
            .then(|| catalog::find(&plan.method, concrete))
            .flatten()
    })
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

fn elsewhere(uri: &Uri, origin: &Origin) -> Error {
    let host = uri.host().unwrap_or_default();
    Error::new(
        ErrorKind::Request,
        format!("the request names the host {host}, and this client's calls go to {origin}"),
    )
}

fn timed_out(limit: Duration, sent: bool) -> Error {
    let outcome = if sent {
        "the request may have been processed, so query before repeating it"
    } else {
        "nothing was sent"
    };
    Error::new(
        ErrorKind::Timeout,
        format!("no answer within {limit:?}; {outcome}"),
    )
    .with_maybe_sent(sent)
}

impl BaseUrl {
    /// Reads `https://host[:port][/prefix/]`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let uri: Uri = text
            .parse()
            .map_err(|err| bad_base(text, "it is not a URL").with_source(err))?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(bad_base(text, "it has no scheme or no host"));
        };
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(bad_base(text, "its scheme is neither https nor http"));
        }
        if authority.as_str().contains('@') {
            return Err(bad_base("…@…", "it holds a user name or password"));
        }
        let target = parts.path_and_query;
        if target.as_ref().and_then(PathAndQuery::query).is_some() {
            return Err(bad_base(text, "it has a query"));
        }
        let path = target.as_ref().map_or("", PathAndQuery::path);
        Ok(Self {
            prefix: path.trim_end_matches('/').to_owned(),
            authority: normal(&scheme, authority),
            scheme,
        })
    }

    fn https(host: &'static str) -> Self {
        Self {
            scheme: Scheme::HTTPS,
            authority: Authority::from_static(host),
            prefix: String::new(),
        }
    }

    fn origin(&self) -> Origin {
        Origin::new(self.scheme.clone(), self.authority.clone())
    }

    fn join(self, path: String) -> Result<Uri> {
        let target = if self.prefix.is_empty() {
            path
        } else {
            self.prefix + &path
        };
        let target = PathAndQuery::try_from(target).map_err(|err| {
            Error::new(ErrorKind::Path, "the path cannot be written as a URL").with_source(err)
        })?;
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme);
        parts.authority = Some(self.authority);
        parts.path_and_query = Some(target);
        Uri::from_parts(parts).map_err(|err| {
            Error::new(ErrorKind::Path, "the path cannot be written as a URL").with_source(err)
        })
    }
}

/// Lower case and without the scheme's own port, as it is in the `Host` header.
fn normal(scheme: &Scheme, authority: Authority) -> Authority {
    let own = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    let host = authority.host().to_ascii_lowercase();
    let text = match authority.port_u16() {
        Some(port) if port != own => format!("{host}:{port}"),
        _ => host,
    };
    text.parse().unwrap_or(authority)
}

fn bad_base(text: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Request,
        format!(
            "the base URL {text:?} cannot be used: {why}; write it as https://api.mch.weixin.qq.com/"
        ),
    )
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}/", self.scheme, self.authority, self.prefix)
    }
}

/// One of the five methods that WeChat Pay uses, in any case.
pub(crate) fn verb(method: &str) -> Result<Method> {
    match method.to_ascii_uppercase().as_str() {
        "GET" => Ok(Method::GET),
        "POST" => Ok(Method::POST),
        "PUT" => Ok(Method::PUT),
        "PATCH" => Ok(Method::PATCH),
        "DELETE" => Ok(Method::DELETE),
        _ => Err(Error::new(
            ErrorKind::Request,
            format!("{method:?} is none of GET, POST, PUT, PATCH, DELETE"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_keeps_its_prefix_with_and_without_the_last_slash() {
        for text in [
            "https://API.mch.weixin.qq.com:443/hk",
            "https://api.mch.weixin.qq.com/hk/",
        ] {
            let base = BaseUrl::parse(text).unwrap();
            let uri = base.join("/v3/merchants?a=1".into()).unwrap();
            assert_eq!(uri, "https://api.mch.weixin.qq.com/hk/v3/merchants?a=1");
        }
        let base = BaseUrl::parse("http://127.0.0.1:8080").unwrap();
        assert_eq!(
            base.join("/v3/pay".into()).unwrap(),
            "http://127.0.0.1:8080/v3/pay"
        );
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for text in [
            "",
            "api.mch.weixin.qq.com",
            "/hk/",
            "ftp://host/",
            "https://u:p@host/",
            "https://h/?a=1",
        ] {
            let err = BaseUrl::parse(text).map(drop).unwrap_err();
            assert_eq!(err.kind(), ErrorKind::Request, "{text}");
            assert!(!err.to_string().contains("u:p"), "{err}");
        }
    }
}
