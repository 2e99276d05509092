use super::*;

/// A documented path is never mistaken for a path that lacks its `v2/`, with any method.
#[test]
fn every_path_of_the_catalog_resolves_to_itself() {
    for operation in catalog::operations().iter().filter(|it| !it.is_v2()) {
        let path = format!("/{}?a=b", operation.path());
        for method in [Method::GET, Method::POST, Method::PUT] {
            for prefix in ["", "/hk", "/gateway/wechat"] {
                let paths = Paths::new(prefix, &path);
                let known = paths.find(&method).is_some() || begins_with(&path, "v3");
                let missed = !known && paths.lacking_v2(&method).is_some();
                assert!(!missed, "{method} {prefix} {path}");
            }
        }
    }
}

#[test]
fn every_apiv2_path_without_v2_is_rejected() {
    for operation in catalog::operations().iter().filter(|it| it.is_v2()) {
        let paths = Paths::new("", operation.wire_path());
        assert!(paths.find(&operation.method()).is_none(), "{operation:?}");
        let missed = paths.lacking_v2(&operation.method()).unwrap();
        assert_eq!(missed.path(), operation.path());
    }
}

/// Therefore paths of APIv3 need no lookup.
#[test]
fn no_apiv2_path_begins_with_v3_or_a_variable() {
    for operation in catalog::operations().iter().filter(|it| it.is_v2()) {
        let path = operation.wire_path();
        assert!(!begins_with(path, "v3") && !path.starts_with('{'), "{path}");
    }
}

#[test]
fn a_final_slash_does_not_change_the_operation() {
    for operation in catalog::operations() {
        let path = operation.path();
        let other = match path.strip_suffix('/') {
            Some(path) => path.to_owned(),
            None => format!("{path}/"),
        };
        // Two operations that differ in the final slash stay distinct.
        let expected = catalog::find(&operation.method(), &other).unwrap_or(operation);
        let found = Paths::new("", &other).find(&operation.method()).unwrap();
        assert_eq!(found.path(), expected.path());
    }
}
