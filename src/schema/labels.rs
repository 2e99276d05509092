//! WeChat Pay's own Chinese terms for fields: 总金额 for `/amount/total`.
//!
//! The terms are a text of about 570 kB that `regenerate_labels.py` in this folder writes.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::compressed;

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
/// use wechatpay_schema::{Part, label};
///
/// let total = label("POST", "v3/pay/transactions/native", Part::Request, "/amount/total");
/// assert_eq!(total, Some("总金额"));
/// ```
#[must_use]
pub fn label(method: &str, path: &str, part: Part, pointer: &str) -> Option<&'static str> {
    let pointer = pointer.replace("/*", "");
    let own = TABLE.block(method, path).and_then(|block| {
        let mut lines = block
            .lines()
            .filter_map(|line| line.strip_prefix(part.sign()));
        lines.find_map(|line| line.strip_prefix(&*pointer)?.strip_prefix(' '))
    });
    own.or_else(|| TABLE.usual.get(pointer.rsplit('/').next()?).copied())
}

/// Whether the documentation marks the operation as deprecated.
#[must_use]
pub fn is_deprecated(method: &str, path: &str) -> bool {
    TABLE
        .block(method, path)
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
    let mut parts = compressed::labels().split("\n@");
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
    fn block(&self, method: &str, path: &str) -> Option<&'static str> {
        let name = format!("{method} {path}");
        self.blocks.get(&*name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Documented, Field, all};

    #[test]
    fn most_fields_have_a_term() {
        fn count(
            of: &Documented,
            part: Part,
            pointer: &str,
            fields: &[Field],
            counts: &mut [usize; 2],
        ) {
            for field in fields {
                let pointer = format!("{pointer}/{}", field.name());
                if field.name() != "*" {
                    counts[0] += 1;
                    let term = label(of.method(), of.path(), part, &pointer);
                    counts[1] += usize::from(term.is_some());
                }
                count(of, part, &pointer, field.fields(), counts);
            }
        }
        let mut counts = [0; 2];
        for documented in all() {
            let (request, response) = (documented.request(), documented.response());
            count(documented, Part::Request, "", request, &mut counts);
            count(documented, Part::Response, "", response, &mut counts);
        }
        let [all, labelled] = counts;
        assert!(
            all > 20_000 && labelled * 100 > all * 94,
            "{labelled} of {all}"
        );
    }

    #[test]
    fn an_operation_may_differ_from_the_usual_term() {
        let native = |pointer| label("POST", "v3/pay/transactions/native", Part::Request, pointer);
        assert_eq!(native("/amount/total"), Some("总金额"));
        let customs = |pointer| label("POST", "global/v3/customs/orders", Part::Request, pointer);
        assert_eq!(customs("/appid"), Some("机构APPID"));
        assert_eq!(customs("/no_such_field"), None);
        let items = native("/detail/goods_detail/*/goods_name");
        assert_eq!(items, native("/detail/goods_detail/goods_name"));
        assert!(items.is_some());
    }

    #[test]
    fn deprecated_operations_are_marked() {
        assert!(is_deprecated("POST", "v2/applyment/micro/getstate"));
        assert!(!is_deprecated("POST", "v3/pay/transactions/native"));
    }
}
