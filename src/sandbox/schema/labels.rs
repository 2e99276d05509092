//! WeChat Pay's own Chinese terms for fields: 总金额 for `/amount/total`.
//!
//! The terms are a text of about 450 kB that `regenerate_labels.py` in this folder writes.

use std::collections::HashMap;
use std::sync::LazyLock;

use wechatpay_core::catalog::Operation;

/// The part of a call that a field belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// A variable of the path.
    Path,
    /// A query parameter.
    Query,
    /// A field of the request's body.
    Request,
    /// A field of the response.
    Response,
}

/// The term of a field; `None` if the documentation has none.
///
/// Pass the name of a variable or parameter, or the JSON pointer of a field. `*` for the items of an array may be
/// omitted.
///
/// ```
/// use http::Method;
/// use wechatpay_sandbox::schema::{self, Part};
///
/// let native = wechatpay_core::catalog::find(&Method::POST, "v3/pay/transactions/native").unwrap();
/// assert_eq!(schema::label(native, Part::Request, "/amount/total"), Some("总金额"));
/// ```
#[must_use]
pub fn label(operation: &Operation, part: Part, pointer: &str) -> Option<&'static str> {
    let pointer = pointer.replace("/*", "");
    let own = TABLE.block(operation).and_then(|block| {
        let mut lines = block
            .lines()
            .filter_map(|line| line.strip_prefix(part.sign()));
        lines.find_map(|line| line.strip_prefix(&*pointer)?.strip_prefix(' '))
    });
    own.or_else(|| TABLE.usual.get(pointer.rsplit('/').next()?).copied())
}

/// Whether the documentation marks the operation as deprecated.
#[must_use]
pub fn is_deprecated(operation: &Operation) -> bool {
    TABLE
        .block(operation)
        .is_some_and(|block| block.lines().any(|line| line == "-"))
}

impl Part {
    fn sign(self) -> char {
        match self {
            Self::Path => ':',
            Self::Query => '?',
            Self::Request => '>',
            Self::Response => '<',
        }
    }
}

struct Table {
    /// The usual term of each name.
    usual: HashMap<&'static str, &'static str>,
    /// The lines of the operations that differ, by `METHOD path`.
    blocks: HashMap<&'static str, &'static str>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut parts = include_str!("labels.txt").split("\n@");
    let usual = parts.next().unwrap_or_default();
    Table {
        usual: usual
            .lines()
            .filter_map(|line| line.split_once(' '))
            .collect(),
        blocks: parts.filter_map(|block| block.split_once('\n')).collect(),
    }
});

impl Table {
    fn block(&self, operation: &Operation) -> Option<&'static str> {
        let name = format!("{} {}", operation.method(), operation.path());
        self.blocks.get(&*name).copied()
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use wechatpay_core::catalog;

    use super::*;
    use crate::schema::{self, Field};

    #[test]
    fn most_fields_have_a_term() {
        fn count(
            operation: &Operation,
            part: Part,
            pointer: &str,
            fields: &[Field],
            counts: &mut [usize; 2],
        ) {
            for field in fields {
                let pointer = format!("{pointer}/{}", field.name());
                if field.name() != "*" {
                    counts[0] += 1;
                    counts[1] += usize::from(label(operation, part, &pointer).is_some());
                }
                count(operation, part, &pointer, field.fields(), counts);
            }
        }
        let mut counts = [0; 2];
        for schema in schema::all() {
            count(
                schema.operation(),
                Part::Request,
                "",
                schema.request(),
                &mut counts,
            );
            count(
                schema.operation(),
                Part::Response,
                "",
                schema.response(),
                &mut counts,
            );
        }
        let [all, labelled] = counts;
        assert!(
            all > 20_000 && labelled * 100 > all * 94,
            "{labelled} of {all}"
        );
    }

    #[test]
    fn an_operation_may_differ_from_the_usual_term() {
        let find = |method, path| catalog::find(method, path).unwrap();
        let native = find(&Method::POST, "v3/pay/transactions/native");
        assert_eq!(
            label(native, Part::Request, "/amount/total"),
            Some("总金额")
        );
        let customs = find(&Method::POST, "global/v3/customs/orders");
        assert_eq!(label(customs, Part::Request, "/appid"), Some("机构APPID"));
        assert_eq!(label(customs, Part::Request, "/no_such_field"), None);
        let items = label(native, Part::Request, "/detail/goods_detail/*/goods_name");
        assert_eq!(
            items,
            label(native, Part::Request, "/detail/goods_detail/goods_name")
        );
        assert!(items.is_some());
    }

    #[test]
    fn deprecated_operations_are_marked() {
        let micro = catalog::find(&Method::POST, "v2/applyment/micro/getstate").unwrap();
        let native = catalog::find(&Method::POST, "v3/pay/transactions/native").unwrap();
        assert!(is_deprecated(micro) && !is_deprecated(native));
    }
}
