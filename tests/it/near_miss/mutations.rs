//! Mutations of the path and method of an operation.

use http::Method;
use wechatpay_chain::catalog::{self, Operation};

/// A method and path that are nearly an operation's.
#[derive(Clone)]
pub(crate) struct Mutant {
    pub(crate) method: Method,
    pub(crate) path: String,
}

impl Mutant {
    pub(crate) fn text(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// The path with a value for each variable.
fn concrete(operation: &Operation) -> String {
    let segments = operation.path().split('/');
    let filled = segments.map(|text| {
        if text.starts_with('{') {
            "1217752501201407033233368018"
        } else {
            text
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

/// With and without its final slash.
pub(crate) fn same(operation: &Operation) -> [Mutant; 2] {
    let path = concrete(operation);
    let other = match path.strip_suffix('/') {
        Some(path) => path.to_owned(),
        None => format!("{path}/"),
    };
    [path, other].map(|path| Mutant {
        method: operation.method(),
        path,
    })
}

/// All single mutations of the path, and of the method with some of the paths.
pub(crate) fn mutants(operation: &Operation) -> Vec<Mutant> {
    let path = concrete(operation);
    let mut paths = by_letter(operation, &path);
    paths.extend(by_segment(&path));
    paths.extend(of_the_whole(&path));
    let mut mutants: Vec<_> = paths
        .into_iter()
        .map(|path| Mutant {
            method: operation.method(),
            path,
        })
        .collect();
    let spellings = [
        path.clone(),
        same(operation)[1].path.clone(),
        path.to_uppercase(),
        path.replace("v3/", "V3/"),
    ];
    for method in [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ] {
        // Another documented operation of the same path is not a mutation.
        let documented = catalog::find(&method, operation.path());
        if documented.is_none_or(|other| other.path() != operation.path()) {
            let wrong = |path: &String| Mutant {
                method: method.clone(),
                path: path.clone(),
            };
            mutants.extend(spellings.iter().map(wrong));
        }
    }
    mutants
}

/// Changes each letter of the literals: its case, escaped once and twice, and every seventh as a lookalike.
fn by_letter(operation: &Operation, path: &str) -> Vec<String> {
    let literals = operation.path();
    let mut paths = Vec::new();
    let letters = path.char_indices().filter(|(_, c)| c.is_ascii_alphabetic());
    for (seen, (at, letter)) in letters.enumerate() {
        // Letters of a variable's value are not changed.
        assert!(literals.contains(letter));
        let with = |text: &str| format!("{}{text}{}", &path[..at], &path[at + 1..]);
        let code = u32::from(letter);
        paths.push(with(&letter.to_ascii_uppercase().to_string()));
        paths.push(with(&format!("%{code:02x}")));
        if seen % 7 == 0 {
            paths.push(with(&format!("%25{code:02x}")));
            let wide = char::from_u32(code + 0xfee0).unwrap();
            paths.push(with(&wide.to_string()));
            paths.push(with("\u{430}"));
            paths.push(with(&format!("{letter}\u{200b}")));
            paths.push(with(&format!("{letter}%00")));
        }
    }
    paths
}

/// Inserts after each segment: slashes, parameters, dot segments, spaces.
fn by_segment(path: &str) -> Vec<String> {
    let ends = path.match_indices('/').map(|(at, _)| at);
    let ends: Vec<_> = ends.chain([path.len()]).collect();
    let mut paths = Vec::new();
    for end in ends {
        let (before, after) = path.split_at(end);
        for added in [
            "/",
            "//",
            ";a=b",
            ";",
            "%3Ba=b",
            "/.",
            "/x/..",
            "/%2e",
            "/x/%2e%2e",
            "/%252e",
            "/x/%252e%252e",
            "%20",
            "%09",
            " ",
            "%0a",
            "%00",
            "\\",
            "%5C",
            "%2F",
            "%252f",
            ".",
            "%2e",
            ",",
            "&a=b",
            ":",
            "\u{3000}",
        ] {
            paths.push(format!("{before}{added}{after}"));
        }
        if let Some(after) = after.strip_prefix('/') {
            for slash in ["%2F", "%5c", "\\", "", "\u{2215}", "\u{ff0f}"] {
                paths.push(format!("{before}{slash}{after}"));
            }
        }
    }
    paths
}

fn of_the_whole(path: &str) -> Vec<String> {
    let (first, rest) = path.split_once('/').unwrap();
    let bare = path.trim_end_matches('/');
    let mut paths = vec![
        path.to_uppercase(),
        path.replace('-', "_"),
        path.replace('_', "-"),
        camel(path),
        path.replace('-', ""),
        format!("/{path}"),
        format!("//{path}"),
        format!("gateway/{path}"),
        format!("wechat/pay/{path}"),
        format!("{first}/{path}"),
        format!("%20{path}"),
        rest.to_owned(),
    ];
    let last = [
        "?a=b", "%3Fa=b", "%23a", "#a", "?", "/?a=b", "%3f", "%20/", "/%20",
    ];
    paths.extend(last.map(|last| format!("{bare}{last}")));
    let versions = [
        "v2", "V2", "v1", "v4", "v03", "V3", "v3.", "%763", "v%33", "v3;a", "v3%20",
    ];
    paths.extend(versions.map(|version| format!("{version}/{rest}")));
    paths
}

/// `controlOrders` of `control-orders`.
fn camel(path: &str) -> String {
    let mut words = path.split('-');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(1);
        camel.push_str(&first.to_uppercase());
        camel.push_str(rest);
    }
    camel
}
