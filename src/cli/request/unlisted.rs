//! A path that the catalog does not have: most likely a typing error, which is said before it is sent.

use http::Method;
use serde_json::Value;
use wechatpay_chain::Call;
use wechatpay_chain::catalog::{self, Operation};
use wechatpay_sandbox::schema;

use super::RequestArgs;
use crate::exit::{Exit, Failure};

/// Whether the catalog has the call; one that it lacks is refused where it has others much like it.
///
/// What is no path at all the library says, when the call is made.
pub(super) fn check(args: &RequestArgs, method: &Method, call: &Call) -> Result<bool, Failure> {
    let given = args.path.split('?').next().unwrap_or_default();
    let path = given.trim_matches('/');
    if !is_path(path) {
        return Ok(true);
    }
    // The catalog has it, and the library will say what else is wrong with the call.
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

/// WeChat Pay answers 404 to a path with a slash too many or too few at its end, and the library
/// knows the operation all the same.
fn has_its_slash(given: &str, operation: &Operation) -> bool {
    given.contains("://") || given.ends_with('/') == operation.path().ends_with('/')
}

fn refused(method: &Method, given: &str, suggestions: &[&'static Operation]) -> Failure {
    let path = given.trim_start_matches('/');
    let mut failure = Failure::new(
        Exit::Usage,
        "unlisted",
        format!("error: {method} {path} is not in the catalog; nothing was sent. Did you mean:"),
    );
    let named = suggestions
        .iter()
        .map(|operation| Value::from(format!("{} {}", operation.method(), operation.path())));
    failure.member("meant", named.collect::<Vec<_>>());
    for operation in suggestions {
        failure.line(line(operation));
    }
    failure.line("--unlisted sends the request anyway; `wechatpay endpoints WORD` searches.");
    failure
}

/// What is said when a call fails that the catalog does not have.
pub(super) fn explain(mut failure: Failure) -> Failure {
    failure.line(
        "The catalog does not have this method and path; `wechatpay endpoints WORD` searches it.",
    );
    failure
}

/// Not a URL, and nothing that the library refuses with a better reason.
fn is_path(path: &str) -> bool {
    !path.is_empty() && !path.contains("//") && !path.contains(char::is_whitespace)
}

/// The nearest by spelling, else those that end alike.
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

/// More of them help nobody.
const MAX_SUGGESTIONS: usize = 3;

fn line(operation: &Operation) -> String {
    let (method, path) = (operation.method(), operation.path());
    let title = schema::find(&method, path).map_or("", |schema| schema.title());
    format!("  {method} {path}  {title}")
}
