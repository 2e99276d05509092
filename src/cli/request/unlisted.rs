//! Paths that are not in the catalog: most likely typing errors, reported before anything is sent.

use http::Method;
use serde_json::Value;
use wechatpay_chain::Call;
use wechatpay_chain::catalog::{self, Operation};
use wechatpay_sandbox::schema;

use super::RequestArgs;
use crate::exit::{Exit, Failure};
use crate::i18n::t;

/// Whether the catalog has the call. A call that is missing is refused if there are similar ones.
///
/// Invalid paths pass: the library reports them when the call is made.
pub(super) fn check(args: &RequestArgs, method: &Method, call: &Call) -> Result<bool, Failure> {
    let given = args.path.split('?').next().unwrap_or_default();
    let path = given.trim_matches('/');
    if !is_path(path) {
        return Ok(true);
    }
    // The call is listed; the library reports other problems.
    if let Some(operation) = call.operation().or_else(|| catalog::find(method, path)) {
        return if args.unlisted || has_its_slash(given, operation) {
            Ok(true)
        } else {
            Err(refused(method, given, &[operation]))
        };
    }
    let suggestions = suggestions(method, path);
    if args.unlisted || suggestions.is_empty() {
        return Ok(false);
    }
    Err(refused(method, given, &suggestions))
}

/// WeChat Pay answers 404 to a path with a wrong final slash, although the library recognises the operation.
fn has_its_slash(given: &str, operation: &Operation) -> bool {
    given.contains("://") || given.ends_with('/') == operation.path().ends_with('/')
}

fn refused(method: &Method, given: &str, suggestions: &[&'static Operation]) -> Failure {
    let path = given.trim_start_matches('/');
    let mut failure = Failure::new(
        Exit::Usage,
        "unlisted",
        t!("unlisted", method = method, path = path),
    );
    let named = suggestions
        .iter()
        .map(|operation| Value::from(format!("{} {}", operation.method(), operation.path())));
    failure.member("meant", named.collect::<Vec<_>>());
    for operation in suggestions {
        failure.line(line(operation));
    }
    failure.line(t!("unlisted-anyway"));
    failure
}

/// Adds a hint to the failure of a call that is not in the catalog.
pub(super) fn explain(mut failure: Failure) -> Failure {
    failure.line(t!("unlisted-failed"));
    failure
}

/// Neither a URL nor a path that the library refuses with a better message.
fn is_path(path: &str) -> bool {
    !path.is_empty() && !path.contains("//") && !path.contains(char::is_whitespace)
}

/// The operations with the most similar path; if there are none, those with the same last segment.
fn suggestions(method: &Method, path: &str) -> Vec<&'static Operation> {
    let mut near = catalog::similar(method, path);
    if near.is_empty() {
        let last = path.rsplit('/').next().filter(|last| last.len() > 3);
        let ends_alike = |operation: &&Operation| {
            let own = operation.path().trim_end_matches('/').rsplit('/').next();
            own == last && last.is_some_and(|last| !last.contains(['{', '}']))
        };
        near = catalog::operations().iter().filter(ends_alike).collect();
        near.sort_by_key(|operation| operation.method() != *method);
    }
    near.truncate(MAX_SUGGESTIONS);
    near
}

/// More suggestions would only be noise.
const MAX_SUGGESTIONS: usize = 3;

fn line(operation: &Operation) -> String {
    let (method, path) = (operation.method(), operation.path());
    let title = schema::find(&method, path).map_or("", |schema| schema.title());
    format!("  {method} {path}  {title}")
}
