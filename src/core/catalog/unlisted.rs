//! Why the catalog has no operation for a path, with a suggestion.

use http::Method;

use super::{find, similar};

/// A path without an operation: most likely a slip.
#[derive(Debug)]
pub struct Unlisted {
    /// Whether the path is listed with another method.
    pub has_other_method: bool,
    /// The mistake and a suggestion, in English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

/// Explains why [`find`] has no operation, and names a similar one. It takes milliseconds, as [`similar`] does.
#[must_use]
pub fn unlisted(method: &Method, path: &str) -> Unlisted {
    let path = path.trim_start_matches('/');
    let methods = methods(path);
    if !methods.is_empty() {
        return Unlisted {
            has_other_method: true,
            en: format!("{path} takes {}, and not {method}", methods.join(" or ")),
            zh: format!(
                "{path} 的请求方法应为 {}，而不是 {method}",
                methods.join(" 或 ")
            ),
        };
    }
    let (en, zh) = match similar(method, path).first() {
        Some(near) => (
            format!("did you mean {} {}?", near.method(), near.path()),
            format!("是否应为 {} {}？", near.method(), near.path()),
        ),
        None => (
            "and nothing like it".to_owned(),
            "也没有与之相近的接口".to_owned(),
        ),
    };
    Unlisted {
        has_other_method: false,
        en: format!("the catalog has no {method} {path}: {en}"),
        zh: format!("接口目录中没有 {method} {path}：{zh}"),
    }
}

fn methods(path: &str) -> Vec<&'static str> {
    let all = [
        (Method::GET, "GET"),
        (Method::POST, "POST"),
        (Method::PUT, "PUT"),
        (Method::PATCH, "PATCH"),
        (Method::DELETE, "DELETE"),
    ];
    let known = all
        .into_iter()
        .filter(|(method, _)| find(method, path).is_some());
    known.map(|(_, name)| name).collect()
}
