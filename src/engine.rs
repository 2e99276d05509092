//! Executes calls: from the caller's plan to the response.

use std::sync::Arc;
use std::time::Duration;

use http::uri::Authority;
use http::{Method, Uri};

use crate::base_url::BaseUrl;
use crate::certificates::Manager;
use crate::keys::Merchant;
use crate::message::{CallInfo, FieldPolicy, Options, Origin, Request, Response, end, limited};
use crate::plan::Plan;
use crate::resolve::{self, Api, Caller, Target};
use crate::stack::{Next, Pipeline};
use crate::trace::Running;
use wechatpay_core::catalog::Operation;
use wechatpay_core::clock::Clock;
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::protocol::Keyring;

/// The state that all chains of a client share.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) base: Option<BaseUrl>,
    pub(crate) certificates: Option<Arc<Manager>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fields: FieldPolicy,
    pub(crate) v3: Arc<Pipeline>,
    pub(crate) v2: Arc<Pipeline>,
    pub(crate) keyring: Keyring,
    pub(crate) merchant: Merchant,
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
}

impl Engine {
    /// Builds the request, passes it to the stack and limits the time.
    ///
    /// # Errors
    ///
    /// All errors of a call.
    pub(crate) async fn execute(&self, plan: Box<Plan>) -> Result<Response> {
        self.send(self.prepare(plan)?).await
    }

    /// Builds the request, for callers that need its operation before it is sent.
    ///
    /// # Errors
    ///
    /// The errors of the caller's arguments.
    pub(crate) fn prepare(&self, plan: Box<Plan>) -> Result<Prepared> {
        let timeout = plan.options.timeout.or(self.timeout);
        let deadline = plan.options.deadline.or(self.deadline);
        let limit = [timeout, deadline].into_iter().flatten().min();
        let (request, info, api) = self.request(plan)?;
        Ok(Prepared {
            request,
            info,
            api,
            limit,
            deadline,
        })
    }

    /// Passes the request to the stack and limits the time.
    ///
    /// # Errors
    ///
    /// All errors of a call except those of the caller's arguments.
    pub(crate) fn send(&self, prepared: Prepared) -> impl Future<Output = Result<Response>> + Send {
        let Prepared {
            request,
            info,
            api,
            limit,
            deadline,
        } = prepared;
        let is_get = *request.method() == Method::GET;
        let state = info.state();
        let limit = limit.and_then(|limit| Some((limit, state.set_limit(limit)?)));
        if let Some(deadline) = deadline {
            state.set_end(deadline);
        }
        // Before the layers run: one of them, or the caller's clock, may panic.
        let running = if info.options().dry_run {
            Running::unreported(state.clone())
        } else {
            let about = || info.about(request.method(), self.merchant.id());
            Running::begin(state.clone(), about)
        };
        let next = Next::first(Arc::clone(self.stack(api)));
        // The layers begin here, since a future that kept the request would be larger, and it is moved several times.
        let answer = running.within(|| next.pass(request));
        // The request is outside this future, which would copy it.
        async move {
            let state = info.state();
            let answer = running.follow(answer);
            let outcome = match limit {
                None => answer.await,
                Some(limit) => limited(answer, state, limit).await,
            };
            let outcome = completed(outcome, &info, is_get);
            running.end(&end(&outcome));
            outcome
        }
    }

    /// Builds the request as it enters the stack; reports all mistakes of the caller.
    pub(crate) fn request(&self, mut plan: Box<Plan>) -> Result<(Box<Request>, CallInfo, Api)> {
        let Target {
            api,
            base,
            operation,
            path,
        } = self.target(&mut plan)?;
        self.check_credentials(api)?;
        check_options(&plan.options, api)?;
        self.check_named_fields(&plan, api)?;
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
        let mut request = Box::new(Request::new(plan.payload));
        *request.method_mut() = plan.method;
        *request.uri_mut() = uri;
        *request.headers_mut() = plan.headers;
        // Space for the headers of all layers and the transport: growing the map rehashes all entries.
        request.headers_mut().reserve(8);
        request.extensions_mut().insert(info.clone());
        Ok((request, info, api))
    }

    /// Returns the catalog's operation of a call.
    pub(crate) fn operation(&self, plan: &Plan) -> Option<&'static Operation> {
        resolve::operation(plan, self.base.as_ref())
    }

    fn target(&self, plan: &mut Plan) -> Result<Target> {
        if let Some(url) = plan.exact.take() {
            let (base, path) = self.known(&url)?;
            return resolve::get_url(&plan.method, &self.merchant, base, path);
        }
        let caller = Caller {
            base: self.base.as_ref(),
            fields: self.fields,
            merchant: &self.merchant,
        };
        resolve::resolve(plan, &caller)
    }

    /// Splits a URL from an answer into base and target: signed requests go only to known hosts.
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
        // After a failover, answers contain URLs of the backup host.
        let own = self.base.as_ref().is_some_and(|own| own.origin() == origin)
            || self.v3.backups.contains(&origin);
        let listed = base.is_plain_https() && self.knows_host(base.host());
        if own || listed {
            Ok((base, target.to_owned()))
        } else {
            Err(unknown_host(host))
        }
    }

    fn knows_host(&self, host: &str) -> bool {
        BaseUrl::is_documented(host) || self.v3.trusted_hosts.iter().any(|known| known == host)
    }

    fn stack(&self, api: Api) -> &Arc<Pipeline> {
        match api {
            Api::V2 => &self.v2,
            Api::V3 => &self.v3,
        }
    }

    /// Checks the credentials. The two APIs have separate ones.
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

    /// Checks that the fields that the caller names can be encrypted; otherwise nothing is sent.
    fn check_named_fields(&self, plan: &Plan, api: Api) -> Result<()> {
        let off = plan.options.fields.unwrap_or(self.fields) == FieldPolicy::Off;
        let why = match api {
            _ if plan.options.encrypt.is_empty() => return Ok(()),
            Api::V2 => {
                "APIv2 uses other encryption keys; encrypt the field yourself and give its ciphertext"
            }
            Api::V3 if off => {
                "the field policy is Off: leave .encrypt(..) out, or give .fields(FieldPolicy::Catalog)"
            }
            Api::V3 => return Ok(()),
        };
        Err(Error::new(
            ErrorKind::Encrypt,
            format!("the call cannot encrypt the fields that it names: {why}"),
        ))
    }
}

/// A request that is ready to enter the stack.
pub(crate) struct Prepared {
    request: Box<Request>,
    info: CallInfo,
    api: Api,
    limit: Option<Duration>,
    deadline: Option<Duration>,
}

impl Prepared {
    #[cfg(feature = "files")]
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        self.info.operation()
    }
}

/// Adds the state of all attempts to an outcome.
fn completed(outcome: Result<Response>, info: &CallInfo, is_get: bool) -> Result<Response> {
    let mut response = outcome
        .and_then(Response::whole)
        .map_err(|err| noted(err, info, is_get))?;
    response.set_attempts(info.state().attempts());
    Ok(response)
}

/// Adds the state of all attempts to an error, and forbids further ones: a layer may have dropped an attempt that another
/// thread is about to send.
fn noted(err: Error, info: &CallInfo, is_get: bool) -> Error {
    let state = info.state();
    state.seal();
    let is_read = is_get || info.operation().is_some_and(Operation::is_read);
    state.told(err, is_read).with_attempts(state.attempts())
}

fn check_options(options: &Options, api: Api) -> Result<()> {
    let problem = match api {
        Api::V2 => return Ok(()),
        Api::V3 if options.xml => {
            "APIv3 takes JSON: give the body as `json`, or call a path that begins with v2/"
        }
        Api::V3 if (options.security, options.nonceless) != (None, None) => {
            "`security` and `nonceless` are options of APIv2: leave them out, or call a path that \
             begins with v2/"
        }
        Api::V3 => return Ok(()),
    };
    Err(Error::new(ErrorKind::Request, problem))
}

fn unknown_host(host: &str) -> Error {
    Error::new(
        ErrorKind::Request,
        format!(
            "the URL names the host {host:?}, which is neither this client's nor WeChat Pay's, and a \
             signed request would reveal the merchant to it; nothing was sent: if the host is right, \
             allow it with ClientBuilder::trust_host"
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

/// Parses one of the five methods that WeChat Pay uses, in any case.
pub(crate) fn verb(method: &str) -> Result<Method> {
    match method.to_ascii_uppercase().as_str() {
        "GET" => Ok(Method::GET),
        "POST" => Ok(Method::POST),
        "PUT" => Ok(Method::PUT),
        "PATCH" => Ok(Method::PATCH),
        "DELETE" => Ok(Method::DELETE),
        _ => Err(Error::new(
            ErrorKind::Request,
            format!("{method:?} is not one of GET, POST, PUT, PATCH and DELETE"),
        )),
    }
}
