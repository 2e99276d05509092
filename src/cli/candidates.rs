//! Values that a shell offers on TAB: methods, paths of the catalog, and the names of their variables.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use clap_complete::engine::CompletionCandidate;
use http::Method;
use wechatpay_chain::catalog::{self, Operation};
use wechatpay_sandbox::schema;

use crate::shell_words::{COMPLETE, unquoted};

/// The methods of the catalog.
pub(crate) fn methods() -> Vec<CompletionCandidate> {
    METHODS.iter().map(CompletionCandidate::new).collect()
}

/// The paths that begin with `current`, up to their next `/`, of the method on the command line.
pub(crate) fn paths(current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_str().unwrap_or_default();
    // The documentation writes paths with a leading slash.
    let path = current.trim_start_matches('/');
    let slashes = &current[..current.len() - path.len()];
    let method = words().iter().find_map(|word| method(word));
    let found = next_parts(path, method.as_ref());
    let candidates = found.into_iter().map(|(path, operation)| {
        let title = operation.map_or("", title);
        let help = (!title.is_empty()).then(|| title.into());
        CompletionCandidate::new(format!("{slashes}{path}")).help(help)
    });
    candidates.collect()
}

/// The types of events that begin with `current`.
pub(crate) fn events(current: &OsStr) -> Vec<CompletionCandidate> {
    let current = current.to_str().unwrap_or_default().to_ascii_uppercase();
    let events = wechatpay_schema::events().iter();
    let begun = events.filter(|event| event.event_type().starts_with(&current));
    begun
        .map(|event| CompletionCandidate::new(event.event_type()).help(Some(event.title().into())))
        .collect()
}

/// `name=` for each variable of the path on the command line.
pub(crate) fn variables(current: &OsStr) -> Vec<CompletionCandidate> {
    let words = words();
    let path = words.iter().find(|word| word.contains('{'));
    let variables = path.into_iter().flat_map(|path| path.split('{').skip(1));
    let names = variables.filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    assignments(names, current)
}

/// `name=` for each query parameter of the operation on the command line.
pub(crate) fn parameters(current: &OsStr) -> Vec<CompletionCandidate> {
    let words = words();
    let Some(method) = words.iter().find_map(|word| method(word)) else {
        return Vec::new();
    };
    let mut schemas = words.iter().filter_map(|word| {
        let path = word.trim_start_matches('/');
        path.contains('/')
            .then(|| schema::find(&method, path))
            .flatten()
    });
    let Some(schema) = schemas.next() else {
        return Vec::new();
    };
    let names = schema.query().iter().map(schema::Field::name);
    assignments(names, current)
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The command line that is completed: the shell's script passes it after `--`.
pub(crate) fn command_line(
    shell: &OsStr,
    arguments: impl IntoIterator<Item = OsString>,
) -> Vec<OsString> {
    let arguments = arguments.into_iter();
    let after = arguments.skip_while(|argument| argument != "--");
    unquoted(&shell.to_string_lossy(), after.skip(1).collect())
}

/// The words of that command line, without the command.
fn words() -> Vec<String> {
    let shell = std::env::var_os(COMPLETE).unwrap_or_default();
    let words = command_line(&shell, std::env::args_os())
        .into_iter()
        .skip(1);
    words.filter_map(|word| word.into_string().ok()).collect()
}

fn method(word: &str) -> Option<Method> {
    let known = METHODS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(word));
    known.and_then(|known| known.parse().ok())
}

/// The paths below `path`, cut after the next `/` that tells them apart. A complete path has its operation.
fn next_parts(path: &str, method: Option<&Method>) -> BTreeMap<String, Option<&'static Operation>> {
    let of_method = |operation: &&Operation| method.is_none_or(|it| operation.method() == *it);
    let operations = catalog::operations().iter().filter(of_method);
    let below: Vec<_> = operations
        .filter(|operation| operation.path().starts_with(path))
        .collect();
    let common = common_length(&below);
    let mut found: BTreeMap<String, Vec<&'static Operation>> = BTreeMap::new();
    for operation in below {
        let whole = operation.path();
        let rest = &whole[common..];
        let end = rest
            .find('/')
            .map_or(whole.len(), |slash| common + slash + 1);
        let part = whole[..end].to_owned();
        found.entry(part).or_default().push(operation);
    }
    let parts = found.into_iter().map(|(part, operations)| {
        let first = operations[0];
        // A folder with one path is that path. One path may have several methods.
        if operations.iter().all(|it| it.path() == first.path()) {
            (first.path().to_owned(), Some(first))
        } else {
            (part, None)
        }
    });
    parts.collect()
}

/// The length of the folders that all paths have in common.
fn common_length(operations: &[&Operation]) -> usize {
    let Some(first) = operations.first() else {
        return 0;
    };
    let mut folders: Vec<_> = first
        .path()
        .match_indices('/')
        .map(|(at, _)| at + 1)
        .collect();
    folders.retain(|end| {
        let folder = &first.path()[..*end];
        operations.iter().all(|it| it.path().starts_with(folder))
    });
    folders.pop().unwrap_or_default()
}

fn title(operation: &'static Operation) -> &'static str {
    schema::of(operation).map_or("", |schema| schema.title())
}

fn assignments<'n>(
    names: impl Iterator<Item = &'n str>,
    current: &OsStr,
) -> Vec<CompletionCandidate> {
    let current = current.to_str().unwrap_or_default();
    let assignments = names.map(|name| format!("{name}="));
    let assignments = assignments.filter(|it| it.starts_with(current) && it != current);
    assignments.map(CompletionCandidate::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(path: &str, method: &Method) -> Vec<String> {
        next_parts(path, Some(method)).into_keys().collect()
    }

    #[test]
    fn paths_are_offered_folder_by_folder() {
        let versions = next_parts("", None);
        assert!(versions.contains_key("v3/"), "{:?}", versions.keys());
        let pay = parts("v3/pay/transactions/", &Method::GET);
        assert_eq!(
            pay,
            [
                "v3/pay/transactions/id/{transaction_id}",
                "v3/pay/transactions/out-trade-no/{out_trade_no}"
            ]
        );
        let pay = parts("v3/pay/transactions/", &Method::POST);
        assert!(
            pay.contains(&"v3/pay/transactions/native".to_owned()),
            "{pay:?}"
        );
        assert_eq!(parts("v3/nothing", &Method::GET), [""; 0]);
        // The folder that all have in common is not a choice.
        assert!(parts("v3/refund", &Method::POST).len() > 1);
    }

    /// Each path can be reached by choosing one candidate after the other.
    #[test]
    fn every_path_is_reached() {
        fn reach(path: &str, method: &Method, found: &mut Vec<String>, depth: usize) {
            assert!(depth < 20, "{path}");
            for (part, operation) in next_parts(path, Some(method)) {
                if operation.is_some() {
                    found.push(part);
                } else {
                    reach(&part, method, found, depth + 1);
                }
            }
        }
        for method in METHODS {
            let method: Method = method.parse().unwrap();
            let mut found = Vec::new();
            reach("", &method, &mut found, 0);
            let operations = catalog::operations().iter();
            let mut paths: Vec<_> = operations
                .filter(|operation| operation.method() == method)
                .map(|operation| operation.path().to_owned())
                .collect();
            found.sort();
            found.dedup();
            paths.sort();
            paths.dedup();
            assert_eq!(found, paths, "{method}");
        }
    }
}
