//! The refusal of a path that is not in the catalog, with a suggestion.

use http::Method;

use crate::bilingual::Bilingual;
use crate::refusal::{Refusal, business};
use wechatpay_core::catalog;

/// A base URL that ends with a slash, and a path that begins with one; in English and Chinese.
pub(crate) const TWO_SLASHES: (&str, &str) = (
    "two slashes: the base URL ends with / and the path begins with /; write one of them",
    "多了一个斜杠：根地址（base URL）以 / 结尾，路径又以 / 开头；请只保留一个",
);

/// 405 for another method of a known path, otherwise 404 with the name of a similar operation.
pub(super) fn refusal(method: &Method, path: &str) -> Refusal {
    if path.starts_with("//") {
        return business::OPERATION_NOT_EXISTS.because(TWO_SLASHES);
    }
    let path = path.trim_start_matches('/');
    let methods = methods(path);
    if !methods.is_empty() {
        let why = (
            format!("{path} takes {}, and not {method}", methods.join(" or ")),
            format!(
                "{path} 的请求方法应为 {}，而不是 {method}",
                methods.join(" 或 ")
            ),
        );
        return business::METHOD_NOT_ALLOWED.because(why);
    }
    let hint: Bilingual = match catalog::similar(method, path).first() {
        Some(near) => (
            format!("did you mean {} {}?", near.method(), near.path()),
            format!("是否应为 {} {}？", near.method(), near.path()),
        )
            .into(),
        None => Bilingual::new("and nothing like it", "也没有与之相近的接口"),
    };
    let why = (
        format!("the catalog has no {method} {path}: {}", hint.en),
        format!("接口目录中没有 {method} {path}：{}", hint.zh),
    );
    business::OPERATION_NOT_EXISTS.because(why)
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
        .filter(|(method, _)| catalog::find(method, path).is_some());
    known.map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_names_the_similar_operation() {
        for (method, path, expected) in [
            (
                Method::POST,
                "/v3/pay/transaction/native",
                "POST v3/pay/transactions/native?",
            ),
            (
                Method::GET,
                "v3/pay/transactions/outtradeno/1217752501201407033233368018",
                "GET v3/pay/transactions/out-trade-no/{out_trade_no}?",
            ),
            (Method::GET, "v3/nobody/knows/this", "nothing like it"),
            (Method::GET, "/v3/pay/transactions/native", "takes POST"),
            (
                Method::POST,
                "//v3/pay/transactions/native",
                "the base URL ends with /",
            ),
        ] {
            let why = refusal(&method, path).why.en;
            assert!(why.contains(expected), "{why}");
        }
    }
}
