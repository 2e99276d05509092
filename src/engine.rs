//! The life of a call, from what the caller said to the answer.

use std::sync::Arc;
use std::time::Duration;

use http::uri::Authority;
use http::{Method, Uri};

use crate::base_url::BaseUrl;
use crate::catalog::{self, Operation};
use crate::certificates::Manager;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::Merchant;
use crate::message::{CallInfo, CallState, FieldPolicy, Origin, Request, Response};
use crate::plan::Plan;
use crate::protocol::Keyring;
use crate::stack::{Frozen, Next};
use crate::template;

/// What all chains of a client share.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) base: Option<BaseUrl>,
    pub(crate) certificates: Option<Arc<Manager>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fields: FieldPolicy,
    pub(crate) v3: Arc<Frozen>,
    pub(crate) v2: Arc<Frozen>,
    pub(crate) keyring: Keyring,
    pub(crate) merchant: Merchant,
    pub(crate) timeout: Option<Duration>,
}

impl Engine {
    /// Builds the request, hands it to the stack and bounds the time.
    ///
    /// # Errors
    ///
    /// Everything that can go wrong in a call.
    pub(crate) async fn execute(&self, plan: Plan) -> Result<Response> {
        self.send(self.prepare(plan)?).await
    }

    /// Builds the request, for who has to know its operation before it is sent.
    ///
    /// # Errors
    ///
    /// What the caller got wrong.
    pub(crate) fn prepare(&self, plan: Plan) -> Result<Prepared> {
        let limit = plan.options.timeout.or(self.timeout);
        let (request, info, api) = self.request(plan)?;
        Ok(Prepared {
            request,
            info,
            api,
            limit,
        })
    }

    /// Hands the request to the stack and bounds the time.
    ///
    /// # Errors
    ///
    /// Everything that can go wrong with a request that is in order.
    pub(crate) async fn send(&self, prepared: Prepared) -> Result<Response> {
        let Prepared {
            request,
            info,
            api,
            limit,
        } = prepared;
        let state = info.state();
        if let Some(limit) = limit {
            state.set_limit(limit);
        }
        let answer = Next::first(Arc::clone(self.stack(api))).run(request);
        let outcome = match limit {
            None => answer.await,
            Some(limit) => tokio::time::timeout(limit, answer)
                .await
                .unwrap_or_else(|_| Err(timed_out(limit, state))),
        };
        // Whatever a middleware makes of an attempt's end, it may have been the one that paid.
        outcome
            .and_then(Response::whole)
            .map_err(|err| match state.maybe_sent() {
                true => err.with_maybe_sent(true),
                false => err,
            })
    }

    /// The request as it enters the stack; everything the caller got wrong is found here.
    pub(crate) fn request(&self, mut plan: Plan) -> Result<(Request, CallInfo, Api)> {
        let followed = plan.exact.is_some();
        let exact = plan.exact.take().map(|url| self.known(&url)).transpose()?;
        let (mut path, base) = match exact {
            Some((base, target)) => (target, Some(base)),
            None => (
                expand(&plan)?,
                plan.base_url.clone().or_else(|| self.base.clone()),
            ),
        };
        // A URL that is followed is taken as it stands, whatever it begins with.
        let api = match followed {
            true => Api::V3,
            false => Api::of(&path),
        };
        self.check_credentials(api)?;
        if plan.options.xml && api == Api::V3 {
            return Err(Error::new(
                ErrorKind::Request,
                "APIv3 takes JSON: give the body as `json`, or call a path that begins with v2/",
            ));
        }
        if api == Api::V3 && (plan.options.security, plan.options.nonceless) != (None, None) {
            return Err(Error::new(
                ErrorKind::Request,
                "`security` and `nonceless` are of APIv2: leave them out, or call a path that begins \
                 with v2/",
            ));
        }
        self.check_named_fields(&plan, api)?;
        let prefix = base.as_ref().map_or("", BaseUrl::prefix);
        let operation = find(&plan, prefix, &path);
        self.check_scheme(operation)?;
        if api == Api::V2 {
            path.drain(..V2.len());
        }
        let base = base.unwrap_or_else(|| BaseUrl::documented(operation));
        let origin = base.origin();
        if let Some(absolute) = plan.absolute.filter(|uri| !origin.holds(uri)) {
            return Err(elsewhere(&absolute, &origin));
        }
        let uri = base.join(path)?;
        let mut options = plan.options;
        options.fields.get_or_insert(self.fields);
        let label = match operation {
            Some(operation) => operation.path().into(),
            None => plan.label.map_or(plan.template, Into::into),
        };
        let info = CallInfo::new(label, operation, origin, options);
        let mut request = Request::new(plan.payload);
        *request.method_mut() = plan.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = plan.headers;
        request.extensions_mut().insert(info.clone());
        Ok((request, info, api))
    }

    /// A URL that an answer has given, as base and target: signed requests go to known hosts only.
    fn known(&self, url: &Uri) -> Result<(BaseUrl, String)> {
        let target = url.path_and_query().map_or("/", |target| target.as_str());
        let Some(host) = url.host() else {
            let base = self.base.as_ref().map(BaseUrl::root);
            return Ok((
                base.unwrap_or_else(|| BaseUrl::documented(None)),
                target.to_owned(),
            ));
        };
        let scheme = url.scheme_str().unwrap_or_default();
        let authority = url.authority().map_or("", Authority::as_str);
        let base = BaseUrl::parse(&format!("{scheme}://{authority}/"))?;
        let origin = base.origin();
        let own = self.base.as_ref().is_some_and(|own| own.origin() == origin);
        let listed = base.is_plain_https() && self.knows_host(base.host());
        match own || listed {
            true => Ok((base, target.to_owned())),
            false => Err(unknown_host(host)),
        }
    }

    fn knows_host(&self, host: &str) -> bool {
        BaseUrl::is_documented(host) || self.v3.trusted_hosts.iter().any(|known| known == host)
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

    /// Fields that the caller wants encrypted are encrypted, or nothing is sent.
    fn check_named_fields(&self, plan: &Plan, api: Api) -> Result<()> {
        let off = plan.options.fields.unwrap_or(self.fields) == FieldPolicy::Off;
        let why = match api {
            _ if plan.options.encrypt.is_empty() => return Ok(()),
            Api::V2 => {
                "APIv2 encrypts with keys of its own; encrypt the field and give its ciphertext"
            }
            Api::V3 if off => {
                "the field policy is Off: leave .encrypt(..) out, or give .fields(FieldPolicy::Catalogue)"
            }
            Api::V3 => return Ok(()),
        };
        Err(Error::new(
            ErrorKind::Encrypt,
            format!("the call names fields to encrypt and cannot: {why}"),
        ))
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
}

/// A request that is ready to enter the stack.
pub(crate) struct Prepared {
    request: Request,
    info: CallInfo,
    api: Api,
    limit: Option<Duration>,
}

impl Prepared {
    #[cfg(feature = "files")]
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        self.info.operation()
    }
}

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

/// By the template, else by the path as it is sent.
///
/// The documentation calls `hk/v3/refunds` as `v3/refunds` under the base URL `https://…/hk/`; before
/// the paths of a gateway a prefix means nothing.
fn find(plan: &Plan, prefix: &str, path: &str) -> Option<&'static Operation> {
    let template = without_query(&plan.template);
    let sent = without_query(path);
    let sent = sent.strip_prefix('/').unwrap_or(sent);
    find_path(&plan.method, prefix, template).or_else(|| match sent == template {
        true => None,
        false => find_path(&plan.method, prefix, sent),
    })
}

fn find_path(method: &Method, prefix: &str, path: &str) -> Option<&'static Operation> {
    below(prefix, path)
        .and_then(|path| catalog::find(method, &path))
        .or_else(|| catalog::find(method, path))
        // `…/punish/` is not another endpoint than `…/punish`, or its fields would go out plain.
        .or_else(|| catalog::find(method, path.strip_suffix('/')?))
}

fn below(prefix: &str, path: &str) -> Option<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    (!prefix.is_empty()).then(|| format!("{prefix}/{path}"))
}

fn without_query(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}

fn unknown_host(host: &str) -> Error {
    Error::new(
        ErrorKind::Request,
        format!(
            "the URL names the host {host:?}, which is neither this client's nor WeChat Pay's, and a \
             signed request would tell it who the merchant is; nothing was sent: if it is right, name \
             it with ClientBuilder::trust_host"
        ),
    )
}

fn elsewhere(uri: &Uri, origin: &Origin) -> Error {
    let host = uri.host().unwrap_or_default();
    Error::new(
        ErrorKind::Request,
        format!("the request names the host {host}, and this client's calls go to {origin}"),
    )
}

/// A call whose time is over: what it was doing, and whether the request may have left.
pub(crate) fn timed_out(limit: Duration, state: &CallState) -> Error {
    let sent = state.maybe_sent();
    let outcome = if sent {
        "the request may have been processed, so query before repeating it"
    } else {
        "nothing was sent"
    };
    Error::new(
        ErrorKind::Timeout,
        format!("no answer within {limit:?}, while {state}; {outcome}"),
    )
    .with_request_id(state.request_id())
    .with_maybe_sent(sent)
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
