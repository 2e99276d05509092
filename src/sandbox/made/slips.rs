//! Where the documentation says more than WeChat Pay asks for: the one place for all of them.
//!
//! To refuse what WeChat Pay accepts is worse than to accept what it refuses. The documentation
//! marks as required what is so only under a condition that it states in prose; each rule here
//! names such a condition.

use crate::catalog::Operation;
use crate::schema::{Field, FieldKind};

/// Each names one thing: where an object has several of a list, one of them will do.
const ALTERNATIVES: [&[&str]; 9] = [
    &["transaction_id", "out_trade_no"],
    &["refund_id", "out_refund_no"],
    &["order_id", "out_order_no"],
    &["batch_id", "out_batch_no"],
    // A contract has an id, or it is the one of a plan and the merchant's code.
    &["contract_id", "contract_code"],
    &["contract_id", "plan_id"],
    // A user of the service provider's app or of the merchant's.
    &["openid", "sub_openid", "sp_openid"],
    &["appid", "sub_appid"],
    // A user, or what the user has signed up with.
    &["openid", "contract_id", "plate_number"],
];

/// A query for refunds takes any of the four, and where all are marked required it is one.
const ANY_ORDER: &[&str] = &[
    "transaction_id",
    "out_trade_no",
    "out_refund_no",
    "refund_id",
];

/// Fields that only some need: path and pointer.
const NOT_ALWAYS: [(&str, &str); 8] = [
    // 合单: of service providers.
    ("v3/combine-transactions/", "/sub_orders/*/sub_mchid"),
    // Which of them depends on the kind of subject (主体类型).
    (
        "v3/applyment4sub/applyment/",
        "/subject_info/business_license_info",
    ),
    (
        "v3/applyment4sub/applyment/",
        "/subject_info/certificate_info",
    ),
    (
        "v3/apply4subject/applyment",
        "/subject_info/business_licence_info",
    ),
    (
        "v3/apply4subject/applyment",
        "/subject_info/certificate_info",
    ),
    // The documentation's own sample goes without.
    ("v2/vehicle/partnerpay/querystate", "/sub_openid"),
    ("v2/vehicle/partnerpay/querystate", "/plate_number"),
    ("v2/vehicle/pay/querystate", "/plate_number"),
];

/// Fields that take more than the values the documentation names; its own samples do.
const MORE_VALUES: [(&str, &str); 3] = [
    ("v2/cgi-bin/mch/customs/customdeclarequery", "/customs"),
    (
        "v3/apply4subject/applyment",
        "/subject_info/special_operation_info/*/category_id",
    ),
    (
        "v3/new-tax-control-fapiao/fapiao-applications/{fapiao_apply_id}/reverse",
        "/reverse_reason",
    ),
];

/// Whether a required field may be absent all the same.
///
/// `pattern` has `*` for each index; `has` tells whether the object has a member.
pub(super) fn may_lack(
    operation: &Operation,
    siblings: &[Field],
    field: &Field,
    pattern: &str,
    has: impl Fn(&str) -> bool,
) -> bool {
    let path = operation.path();
    let listed = |(start, pointer): &(&str, &str)| path.starts_with(start) && *pointer == pattern;
    NOT_ALWAYS.iter().any(listed) || instead(siblings, field.name()).into_iter().any(has)
}

/// Whether any value will do.
pub(super) fn takes_any_value(operation: &Operation, pattern: &str) -> bool {
    let listed = |(path, pointer): &(&str, &str)| *path == operation.path() && *pointer == pattern;
    MORE_VALUES.iter().any(listed)
}

/// Whether the values that the documentation names are not of the type it names: of `DIS_FLAG` it
/// says that it is a number.
pub(super) fn is_of_another_kind(field: &Field) -> bool {
    let number = matches!(field.kind(), FieldKind::Integer | FieldKind::Number);
    number
        && field
            .values()
            .iter()
            .any(|value| value.parse::<f64>().is_err())
}

/// The names that may stand in a field's place.
fn instead(siblings: &[Field], name: &str) -> Vec<&'static str> {
    let required = |name: &&str| {
        let mut named = siblings.iter();
        named.any(|field| field.name() == *name && field.is_required())
    };
    let all = ANY_ORDER.contains(&name) && ANY_ORDER.iter().all(required);
    let groups = ALTERNATIVES.iter().filter(|group| group.contains(&name));
    let names = groups.copied().chain(all.then_some(ANY_ORDER)).flatten();
    names.copied().filter(|other| *other != name).collect()
}
