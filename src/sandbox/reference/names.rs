//! The names and titles of the pages of operations.

use std::borrow::Cow;

use wechatpay_core::catalog::Operation;

use super::lang::Lang;
use crate::schema::Schema;

/// The name of an operation's file: `post-v3-pay-transactions-native.html`.
#[must_use]
pub fn file_of(operation: &Operation) -> String {
    let name = format!("{}-{}", operation.method(), operation.path()).to_lowercase();
    let name = name.replace(['{', '}'], "").replace('/', "-");
    format!("{name}.html")
}

/// The title of an operation. WeChat Pay has Chinese titles only: the English one is the path in words, as in
/// `Pay › transactions › native (POST)`.
pub(super) fn title(schema: &Schema, lang: Lang) -> Cow<'static, str> {
    if lang == Lang::Zh {
        return schema.title().into();
    }
    let operation = schema.operation();
    let is_word = |part: &&str| {
        let is_version = part.starts_with('v') && part[1..].bytes().all(|it| it.is_ascii_digit());
        !is_version && !part.starts_with('{')
    };
    let parts: Vec<_> = operation.path().split('/').filter(is_word).collect();
    let words = parts.join(" › ").replace(['-', '_'], " ");
    let (first, rest) = words.split_at(words.len().min(1));
    format!("{}{rest} ({})", first.to_uppercase(), operation.method()).into()
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::schema;

    #[test]
    fn english_titles_are_the_path_in_words() {
        let of = |method, path| title(&schema::find(&method, path).unwrap(), Lang::En);
        let native = of(Method::POST, "v3/pay/transactions/native");
        assert_eq!(native, "Pay › transactions › native (POST)");
        let query = of(
            Method::GET,
            "v3/pay/transactions/out-trade-no/{out_trade_no}",
        );
        assert_eq!(query, "Pay › transactions › out trade no (GET)");
        for schema in schema::all() {
            let title = title(&schema, Lang::En);
            assert!(
                title.is_ascii() || title.replace('›', "").is_ascii(),
                "{title}"
            );
            assert!(
                title.starts_with(|c: char| c.is_ascii_uppercase()),
                "{title}"
            );
        }
    }
}
