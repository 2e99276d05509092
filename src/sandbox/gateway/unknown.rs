//! The refusal of a path that is not in the catalog, with a suggestion.

use http::Method;

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
    let why = catalog::unlisted(method, path);
    let entry = if why.has_other_method {
        &business::METHOD_NOT_ALLOWED
    } else {
        &business::OPERATION_NOT_EXISTS
    };
    entry.because((why.en, why.zh))
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
