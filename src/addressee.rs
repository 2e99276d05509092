//! Whose operation a path is: APIv2's, a brand's or a merchant's. What would be signed for another is
//! refused before anything is sent; WeChat Pay would only say that the signature is wrong.

use http::Method;

use crate::base_url::BaseUrl;
use crate::catalog::{self, Operation};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::Plan;
use crate::template;

/// Whether the client can speak for whom the call is made.
///
/// What the catalogue does not know passes, and so does a URL that an answer has given.
///
/// # Errors
///
/// [`ErrorKind::Request`].
pub(crate) fn check(engine: &Engine, plan: &Plan) -> Result<()> {
    let brand = engine.merchant.brand_id().is_some();
    if plan.exact.is_some() || !brand && begins_with(&plan.template, "v3") {
        return Ok(());
    }
    // What is wrong with the template, the engine says.
    let Ok(sent) = template::expand(&plan.template, &plan.vars) else {
        return Ok(());
    };
    let base = plan.base_url.as_ref().or(engine.base.as_ref());
    let found = find(&plan.method, base.map_or("", BaseUrl::prefix), &sent);
    match found {
        _ if brand && begins_with(&sent, "v2") => Err(refused(NO_V2_FOR_BRANDS)),
        Found::LacksV2(_) if brand => Err(refused(NO_V2_FOR_BRANDS)),
        Found::LacksV2(operation) => Err(refused(format!(
            "APIv2's paths begin with v2/: write {}",
            operation.path()
        ))),
        Found::Known(operation) if brand && !operation.is_brand() => Err(refused(
            "this operation is a merchant's, and this client is a brand's: build one with mchid(..) \
             and the merchant's own keys",
        )),
        _ => Ok(()),
    }
}

const NO_V2_FOR_BRANDS: &str = "APIv2 is for merchants, and this client is a brand's: build one with \
                                mchid(..) and v2_key(..)";

/// What the catalogue has at a path.
enum Found {
    Known(&'static Operation),
    /// Nothing there, but an operation below `v2/`.
    LacksV2(&'static Operation),
    Nothing,
}

/// As in the documentation, or below the base URL's own path.
fn find(method: &Method, prefix: &str, path: &str) -> Found {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let path = path.trim_matches('/');
    let below = format!("{}/{path}", prefix.trim_matches('/'));
    let paths = [&*below, path];
    if let Some(operation) = paths.iter().find_map(|path| catalog::find(method, path)) {
        return Found::Known(operation);
    }
    // With another method it is as much APIv2's, and nearly all of that are POST.
    let of_v2 = |path: &&str| {
        let path = format!("v2/{}", path.trim_start_matches('/'));
        catalog::find(method, &path).or_else(|| catalog::find(&Method::POST, &path))
    };
    match paths.iter().find_map(of_v2) {
        Some(operation) => Found::LacksV2(operation),
        None => Found::Nothing,
    }
}

/// In any case, as the API is chosen.
fn begins_with(path: &str, segment: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/')
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case(segment))
}

fn refused(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Request, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path of the documentation is never taken for one that lacks its `v2/`, whatever its method.
    #[test]
    fn no_path_of_the_catalogue_is_taken_for_another() {
        for operation in catalog::operations() {
            let path = operation.path();
            for method in [Method::GET, Method::POST, Method::PUT] {
                for prefix in ["", "/hk", "/gateway/wechat"] {
                    let found = find(&method, prefix, &format!("/{path}?a=b"));
                    let known = !matches!(found, Found::LacksV2(_));
                    assert!(known, "{method} {prefix} {path}");
                }
            }
        }
    }

    #[test]
    fn every_path_of_apiv2_is_missed_when_v2_is_left_out() {
        let of_v2 = catalog::operations().iter().filter(|it| it.is_v2());
        for operation in of_v2 {
            let found = find(&operation.method(), "", operation.wire_path());
            let Found::LacksV2(missed) = found else {
                panic!("{operation:?}");
            };
            assert_eq!(missed.path(), operation.path());
        }
    }

    /// Therefore nothing is looked up for the paths of APIv3.
    #[test]
    fn nothing_of_apiv2_begins_with_v3_or_a_variable() {
        for operation in catalog::operations().iter().filter(|it| it.is_v2()) {
            let path = operation.wire_path();
            assert!(!begins_with(path, "v3") && !path.starts_with('{'), "{path}");
        }
    }
}
