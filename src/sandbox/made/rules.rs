//! What WeChat Pay asks of fields beside their schema: lengths in bytes, letters, what is in the path.
//!
//! Each has a source: answers of the real gateway that users have published ("published"), or the page of
//! the operation. What has none is not asked for. Lengths without a known unit are characters, of which
//! there are never more than bytes.

use super::issue::{Unit, Wrong};
use wechatpay_core::catalog::Operation;

/// One rule for one field of some operations.
struct Rule {
    /// How the paths of the operations begin.
    paths: &'static [&'static str],
    /// In the body, from its beginning.
    pointer: &'static str,
    /// In bytes; an empty text is shorter than one.
    length: (usize, usize),
    letters: Option<Letters>,
}

/// What a text consists of.
struct Letters {
    fit: fn(&str) -> bool,
    /// As the gateway says it.
    expression: &'static str,
}

const ORDERS: &[&str] = &["v3/pay/transactions/", "v3/pay/partner/transactions/"];
const V2_ORDERS: &[&str] = &["v2/pay/unifiedorder", "v2/pay/micropay"];

/// Published; the `@` is APIv2's, of "统一下单".
const NUMBER: Letters = Letters {
    fit: is_number,
    expression: r"^[0-9a-zA-Z_\-\|\*]+$",
};
/// Published: an absolute URL without query and fragment. An empty one is missing.
const URL: Letters = Letters {
    fit: |text| text.is_empty() || is_plain_url(text),
    expression: r"^https?://([^\s/?#\[\]\@]+\@)?([^\s/?#\@:]+)(?::\d{2,5})?([^\s?#\[\]]*)$",
};

/// Whether a text has only what a merchant's number (商户订单号 and the like) may have.
pub(crate) fn is_number(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    text.bytes().all(fits)
}

const RULES: [Rule; 7] = [
    // Published: 字节数 3，小于最小值 6; 字节数 35，大于最大值 32 (商户订单号).
    Rule::new(ORDERS, "/out_trade_no", (6, 32)).of(NUMBER),
    // "统一下单": 32 at most, 6 at least.
    Rule::new(V2_ORDERS, "/out_trade_no", (6, 32)).of(NUMBER),
    // Published: 字节数 203，大于最大值 128 (附加数据).
    Rule::new(ORDERS, "/attach", (0, 128)),
    // Published: 字节数 200，大于最大值 128 (商品描述, /body/xml/body).
    Rule::new(V2_ORDERS, "/body", (0, 128)),
    Rule::new(ORDERS, "/notify_url", (0, 256)).of(URL),
    // "合单下单", "申请退款": no parameters either.
    Rule::new(
        &["v3/combine-transactions/", "v3/refund/domestic/refunds"],
        "/notify_url",
        (0, 256),
    )
    .of(URL),
    // "统一下单", "申请退款" of APIv2.
    Rule::new(
        &["v2/pay/unifiedorder", "v2/secapi/pay/refund"],
        "/notify_url",
        (0, 256),
    )
    .of(URL),
];

/// Variables of the path: how long they are at most. Those of orders are published (字节数 35，大于最大值
/// 32); the other is documented of the same operations.
const VARIABLES: [(&str, usize); 2] = [("out_trade_no", 32), ("transaction_id", 32)];
/// Variables that are numbers. Published: 此字段需要一个合法的 64 位无符号整数.
const NUMBERS: [(&str, &str); 1] = [(
    "v3/applyment4sub/applyment/applyment_id/{applyment_id}",
    "applyment_id",
)];

impl Rule {
    const fn new(
        paths: &'static [&'static str],
        pointer: &'static str,
        length: (usize, usize),
    ) -> Self {
        Self {
            paths,
            pointer,
            length,
            letters: None,
        }
    }

    const fn of(mut self, letters: Letters) -> Self {
        self.letters = Some(letters);
        self
    }

    fn broken(&self, text: &str) -> Option<Wrong> {
        let (least, most) = self.length;
        if text.len() < least {
            let found = text.len();
            let unit = Unit::Bytes;
            return Some(Wrong::TooShort { found, least, unit });
        }
        let letters = self.letters.as_ref();
        let unlike = letters.filter(|letters| !(letters.fit)(text));
        longer(text, most).or(unlike.map(|letters| Wrong::Pattern(letters.expression)))
    }
}

/// What is wrong with a text of the body, at a pointer.
pub(super) fn broken(operation: &Operation, pointer: &str, text: &str) -> Option<Wrong> {
    let path = operation.path();
    let here = |rule: &&Rule| {
        rule.pointer == pointer && rule.paths.iter().any(|start| path.starts_with(start))
    };
    RULES.iter().find(here)?.broken(text)
}

/// What is wrong with a variable of the path.
pub(super) fn variable(operation: &Operation, name: &str, value: &str) -> Option<Wrong> {
    let path = operation.path();
    let of_orders = ORDERS.iter().any(|start| path.starts_with(start));
    let most = VARIABLES.iter().find(|(listed, _)| *listed == name);
    let most = most.filter(|_| of_orders);
    let number = NUMBERS.contains(&(path, name)) && value.parse::<u64>().is_err();
    most.and_then(|(_, most)| longer(value, *most))
        .or(number.then_some(Wrong::Unsigned))
}

fn longer(text: &str, most: usize) -> Option<Wrong> {
    let (found, unit) = (text.len(), Unit::Bytes);
    (found > most).then_some(Wrong::TooLong { found, most, unit })
}

/// Exactly what the expression of [`URL`] says, without its engine.
fn is_plain_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://");
    let Some(rest) = rest.or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let behind_user = || rest.split_once('@').filter(|(user, _)| is_user(user));
    is_host_and_path(rest) || behind_user().is_some_and(|(_, rest)| is_host_and_path(rest))
}

fn is_user(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "/?#[]".contains(c))
}

/// A port is one more kind of what may follow.
fn is_host_and_path(text: &str) -> bool {
    let end = text.find(|c: char| c.is_whitespace() || "/?#@:".contains(c));
    let (host, rest) = text.split_at(end.unwrap_or(text.len()));
    !host.is_empty() && !rest.contains(|c: char| c.is_whitespace() || "?#[]".contains(c))
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use wechatpay_core::catalog;

    const NATIVE: &str = "v3/pay/transactions/native";

    fn found(path: &str, pointer: &str, text: &str) -> Option<String> {
        let operation = catalog::find(&Method::POST, path).unwrap();
        broken(operation, pointer, text).map(|wrong| wrong.to_string())
    }

    #[test]
    fn lengths_are_said_as_published() {
        for (path, pointer, text, said) in [
            (
                NATIVE,
                "/out_trade_no",
                "abc".to_owned(),
                "字节数 3，小于最小值 6",
            ),
            (
                NATIVE,
                "/out_trade_no",
                "1".repeat(35),
                "字节数 35，大于最大值 32",
            ),
            // 43 characters.
            (
                NATIVE,
                "/attach",
                "附".repeat(43),
                "字节数 129，大于最大值 128",
            ),
            (
                "v2/pay/unifiedorder",
                "/body",
                "1".repeat(200),
                "字节数 200，大于最大值 128",
            ),
        ] {
            let found = found(path, pointer, &text).unwrap();
            assert_eq!(found, format!("字符串规则校验失败，{said}"));
        }
        for (pointer, text) in [
            ("/out_trade_no", "aZ9_-|*@".to_owned()),
            ("/out_trade_no", "1".repeat(32)),
            ("/attach", "附".repeat(42)),
            ("/sub_orders/out_trade_no", "1".to_owned()),
        ] {
            assert_eq!(found(NATIVE, pointer, &text), None, "{text}");
        }
        assert_eq!(
            found("v3/refund/domestic/refunds", "/out_trade_no", "1"),
            None
        );
    }

    #[test]
    fn letters_are_those_of_the_published_expressions() {
        let letters = "字符串规则校验失败，字符串必须匹配正则表达式“^[0-9a-zA-Z_\\-\\|\\*]+$”";
        assert_eq!(
            found(NATIVE, "/out_trade_no", "订单号").as_deref(),
            Some(letters)
        );
        for number in ["a b c d", "a/b/c/d", "a.b.c.d"] {
            assert!(found(NATIVE, "/out_trade_no", number).is_some(), "{number}");
        }
        for (url, fits) in [
            ("https://www.example.com/notify", true),
            ("http://127.0.0.1:8080/a/b", true),
            ("http://[::1]/notify", false),
            ("http://user:secret@example.com", true),
            ("http://user@[x]/", true),
            ("http://@[x]/", false),
            ("https://example.com/通知", true),
            ("https://example.com", true),
            (" https://www.example.com/", false),
            ("https://www.example.com/a b", false),
            ("https://www.example.com/?a=b", false),
            ("https://www.example.com/#a", false),
            ("https://www.example.com:1/", true),
            ("https:///a", false),
            ("www.example.com/notify", false),
            ("ftp://example.com/", false),
            ("回调url", false),
            ("", true),
        ] {
            assert_eq!(found(NATIVE, "/notify_url", url).is_none(), fits, "{url}");
        }
        let long = format!("https://example.com/{}", "a".repeat(240));
        assert!(found(NATIVE, "/notify_url", &long).is_some());
    }

    #[test]
    fn variables_have_lengths_and_kinds() {
        let get = |path: &str| catalog::find(&Method::GET, path).unwrap();
        let order = get("v3/pay/transactions/out-trade-no/1");
        assert_eq!(variable(order, "out_trade_no", "1"), None);
        assert!(variable(order, "out_trade_no", &"1".repeat(33)).is_some());
        let applyment = get("v3/applyment4sub/applyment/applyment_id/1");
        assert_eq!(
            variable(applyment, "applyment_id", "2000002309316653"),
            None
        );
        assert_eq!(
            variable(applyment, "applyment_id", "APPLYMENT_1"),
            Some(Wrong::Unsigned)
        );
    }
}
