use http::Method;
use strsim::levenshtein;

use super::{Operation, operations};

/// Returns the operations with the most similar paths, the nearest first, for a path that
/// [`find`](super::find) does not know.
///
/// At most a quarter of the path differs. The path has the form that `find` takes, but an APIv2 path may lack
/// its `v2/`, as on the wire. It compares the path with the whole catalog, which takes
/// milliseconds, so use it for error messages and not for every call.
///
/// ```
/// use http::Method;
/// use wechatpay_chain::catalog;
///
/// let meant = catalog::similar(&Method::POST, "v3/pay/transaction/native");
/// assert_eq!(meant[0].path(), "v3/pay/transactions/native");
/// assert!(catalog::similar(&Method::GET, "v3/nobody/knows/this").is_empty());
/// ```
#[must_use]
pub fn similar(method: &Method, path: &str) -> Vec<&'static Operation> {
    let path = path.trim_matches('/');
    // Longer than any path: nothing is similar, and comparing takes time.
    if path.len() > 256 {
        return Vec::new();
    }
    // A path without its version has its segments one place further left than the template.
    let versioned = if path.starts_with("v2/") || path.starts_with("v3/") {
        path.to_owned()
    } else {
        format!("v3/{path}")
    };
    let away = |operation: &Operation| {
        let of = |own: &str, path: &str| levenshtein(&filled(own.trim_matches('/'), path), path);
        of(operation.path(), path)
            .min(of(operation.wire_path(), path))
            .min(of(operation.path(), &versioned))
    };
    let all = operations().iter();
    let mut near: Vec<_> = all
        .map(|operation| (away(operation), operation))
        .filter(|(away, _)| away * 4 <= path.chars().count())
        .collect();
    // A literal path comes before a template whose variables match the same segments.
    near.sort_by_key(|(away, operation)| {
        let variables = operation.path().matches('{').count();
        (*away, variables, operation.method() != *method)
    });
    near.into_iter().map(|(_, operation)| operation).collect()
}

/// Fills the template's variables with the segments of this path.
fn filled(template: &str, path: &str) -> String {
    let mut found = path.split('/');
    let segments = template.split('/').map(|segment| {
        let value = found.next();
        value
            .filter(|_| segment.starts_with('{'))
            .unwrap_or(segment)
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_path_ranks_first_and_then_the_same_method() {
        let path = "v3/aggracct-bc/wb-channel/control-orders/punish";
        let near = similar(&Method::GET, path);
        assert_eq!(near[0].path(), path);
        let order = similar(&Method::POST, "pay/unifiedordr");
        assert_eq!(order[0].path(), "v2/pay/unifiedorder");
        let query = similar(&Method::GET, "pay/transactions/id/1");
        assert_eq!(query[0].path(), "v3/pay/transactions/id/{transaction_id}");
        assert!(similar(&Method::GET, &"a".repeat(10_000)).is_empty());
        assert!(similar(&Method::GET, "").is_empty());
    }
}
