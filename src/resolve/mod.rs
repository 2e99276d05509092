//! Determines the operation of a call, and whether this client may make it.
//!
//! [`resolve`] expands the path, chooses the API, finds the operation in the catalog, and rejects
//! calls that would be signed for another merchant, or would send sensitive fields as plaintext.

mod near;

use std::borrow::Cow;

use http::Method;

use crate::base_url::BaseUrl;
use crate::keys::Merchant;
use crate::message::{FieldPolicy, Payload};
use crate::plan::Plan;
use wechatpay_core::catalog::{self, Operation};
use wechatpay_core::error::{Error, ErrorKind, Result};
use wechatpay_core::template;

/// The client's settings for all of its calls.
pub(crate) struct Caller<'a> {
    pub(crate) base: Option<&'a BaseUrl>,
    pub(crate) fields: FieldPolicy,
    pub(crate) merchant: &'a Merchant,
}

/// The target of a call.
pub(crate) struct Target {
    pub(crate) api: Api,
    pub(crate) base: BaseUrl,
    pub(crate) operation: Option<&'static Operation>,
    /// Path and query as they are sent below the base URL, with a leading slash.
    pub(crate) path: String,
}

/// The API of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    V2,
    V3,
}

/// Resolves a call that is made by its path.
///
/// # Errors
///
/// [`ErrorKind::Path`] if the path cannot be expanded, or is similar to the path of an operation with
/// sensitive fields; [`ErrorKind::Request`] if this client may not call the operation.
pub(crate) fn resolve(plan: &Plan, caller: &Caller<'_>) -> Result<Target> {
    let mut path = expand(plan)?;
    let api = Api::of(&path);
    let base = plan.base_url.as_ref().or(caller.base);
    let prefix = base.map_or("", BaseUrl::prefix);
    let sent = Paths::new(prefix, &path);
    let found = find(plan, prefix, &sent);
    let operation = found.map(|found| found.operation);
    check_owner(plan, caller.merchant, &path, &sent, operation)?;
    if plan.options.fields.unwrap_or(caller.fields) == FieldPolicy::Catalog {
        let sent = near::Attempted {
            method: &plan.method,
            paths: &sent,
            has_content: !matches!(plan.payload, Payload::Empty) || path.contains('?'),
        };
        near::check(&sent, found)?;
    }
    if api == Api::V2 {
        path.drain(..V2.len());
    }
    Ok(Target {
        api,
        base: base
            .cloned()
            .unwrap_or_else(|| BaseUrl::documented(operation)),
        operation,
        path,
    })
}

/// Returns the operation of a call. Mistakes in the path are not reported.
pub(crate) fn operation(plan: &Plan, base: Option<&BaseUrl>) -> Option<&'static Operation> {
    if let Some(url) = &plan.exact {
        return Paths::new("", url.path()).find(&plan.method);
    }
    let prefix = plan.base_url.as_ref().or(base).map_or("", BaseUrl::prefix);
    let path = template::expand(&plan.template, &plan.vars).unwrap_or_default();
    find(plan, prefix, &Paths::new(prefix, &path)).map(|found| found.operation)
}

/// Resolves a URL from a response. It is used unchanged, whatever its path.
///
/// # Errors
///
/// [`ErrorKind::Request`] if the operation belongs to brands and the client to a merchant.
pub(crate) fn get_url(
    method: &Method,
    merchant: &Merchant,
    base: BaseUrl,
    path: String,
) -> Result<Target> {
    let operation = Paths::new(base.prefix(), &path).find(method);
    check_brand(merchant, operation)?;
    Ok(Target {
        api: Api::V3,
        base,
        operation,
        path,
    })
}

/// The segment that selects APIv2; it is not sent.
const V2: &str = "/v2";

impl Api {
    /// Returns the API by the first segment, in any case as in the PHP SDK.
    fn of(path: &str) -> Self {
        let first = path.get(..V2.len() + 1);
        if first.is_some_and(|first| first.eq_ignore_ascii_case("/v2/")) {
            Self::V2
        } else {
            Self::V3
        }
    }
}

/// Returns path and query, with a leading slash.
fn expand(plan: &Plan) -> Result<String> {
    let mut path = template::expand(&plan.template, &plan.vars)?;
    let Some(query) = plan.query.encode() else {
        return Ok(path);
    };
    if path.contains('?') {
        return Err(Error::new(
            ErrorKind::Path,
            "the path already has a query; give all parameters in one place, in query()",
        ));
    }
    path.push('?');
    path.push_str(&query);
    Ok(path)
}

/// An operation, and how it was found.
#[derive(Clone, Copy)]
struct Found {
    operation: &'static Operation,
    /// Whether the caller wrote the operation's variables as variables.
    by_template: bool,
}

/// Finds the operation by the template, or else by the expanded path.
fn find(plan: &Plan, prefix: &str, sent: &Paths<'_>) -> Option<Found> {
    let by_template = plan
        .template
        .contains('{')
        .then(|| Paths::new(prefix, &plan.template).find(&plan.method))
        .flatten();
    let found = |operation, by_template| Found {
        operation,
        by_template,
    };
    match by_template {
        Some(operation) => Some(found(operation, true)),
        None => sent
            .find(&plan.method)
            .map(|operation| found(operation, false)),
    }
}

/// The possible spellings of a path in the catalog, without its query: with and without the base URL's path.
///
/// The documentation calls `hk/v3/refunds` as `v3/refunds` under the base URL `https://…/hk/`; a gateway's prefix
/// has no meaning.
struct Paths<'a> {
    below: Option<String>,
    alone: Cow<'a, str>,
}

impl<'a> Paths<'a> {
    fn new(prefix: &str, path: &'a str) -> Self {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        let path = path.strip_prefix('/').unwrap_or(path);
        Self {
            below: (!prefix.is_empty()).then(|| format!("{}/{path}", prefix.trim_matches('/'))),
            // As for selecting the API, case is ignored.
            alone: match path.split_once('/') {
                Some(("V2", rest)) => format!("v2/{rest}").into(),
                _ => path.into(),
            },
        }
    }

    fn each(&self) -> impl Iterator<Item = &str> {
        self.below.as_deref().into_iter().chain([&*self.alone])
    }

    /// Finds the operation. A trailing slash does not change it, or its fields would be sent as plaintext.
    fn find(&self, method: &Method) -> Option<&'static Operation> {
        let exact = self.each().find_map(|path| catalog::find(method, path));
        exact.or_else(|| {
            self.each().find_map(|path| match path.strip_suffix('/') {
                Some(path) => catalog::find(method, path),
                None => catalog::find(method, &format!("{path}/")),
            })
        })
    }

    /// Returns the APIv2 operation whose `v2/` is missing.
    fn lacking_v2(&self, method: &Method) -> Option<&'static Operation> {
        self.each().find_map(|path| {
            let path = format!("v2/{}", path.trim_end_matches('/'));
            // Nearly all APIv2 operations use POST, so the path is also searched with that method.
            catalog::find(method, &path).or_else(|| catalog::find(&Method::POST, &path))
        })
    }
}

/// Checks that the client may sign the call: WeChat Pay would only report a wrong
/// signature. Unknown operations pass.
fn check_owner(
    plan: &Plan,
    merchant: &Merchant,
    path: &str,
    sent: &Paths<'_>,
    operation: Option<&'static Operation>,
) -> Result<()> {
    let brand = merchant.brand_id().is_some();
    let lacks_v2 = match operation {
        Some(operation) if operation.is_v2() && Api::of(path) == Api::V3 => Some(operation),
        Some(_) => None,
        None if begins_with(path, "v3") => None,
        None => sent.lacking_v2(&plan.method),
    };
    match (operation, lacks_v2) {
        _ if brand && begins_with(path, "v2") => Err(refused(NO_V2_FOR_BRANDS)),
        (_, Some(_)) if brand => Err(refused(NO_V2_FOR_BRANDS)),
        (_, Some(operation)) => Err(refused(format!(
            "APIv2's paths begin with v2/: write {}",
            operation.path()
        ))),
        (Some(operation), _) if brand && !operation.is_brand() => Err(refused(
            "this operation is a merchant's, and this client is a brand's: build one with mchid(..) \
             and the merchant's own keys",
        )),
        _ => check_brand(merchant, operation),
    }
}

const NO_V2_FOR_BRANDS: &str = "APIv2 is for merchants, and this client is a brand's: build one with \
                                mchid(..) and v2_key(..)";

fn check_brand(merchant: &Merchant, operation: Option<&'static Operation>) -> Result<()> {
    if merchant.brand_id().is_none() && operation.is_some_and(Operation::is_brand) {
        return Err(refused(
            "this operation is a brand's, and this client is a merchant's: build one with \
             brand_id(..) and the brand's own keys",
        ));
    }
    Ok(())
}

/// Whether a path begins with a segment, ignoring case, as when the API is selected.
fn begins_with(path: &str, segment: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/')
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case(segment))
}

fn refused(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Request, message)
}

#[cfg(test)]
mod tests;
