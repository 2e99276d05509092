//! Where the documentation says more than WeChat Pay asks for: the one place for all of them.
//!
//! To refuse what WeChat Pay accepts is worse than to accept what it refuses. The documentation
//! marks as required what is so only under a condition that it states in prose; each rule here
//! names such a condition.

use crate::schema::{Field, FieldKind};
use wechatpay_core::catalog::Operation;

/// Fields that another may stand in for: of an order, a refund, a contract or a user one number will do,
/// and a merchant's app is only named beside the service provider's.
const STAND_INS: [(&str, &[&str]); 16] = [
    ("transaction_id", &["out_trade_no"]),
    ("out_trade_no", &["transaction_id"]),
    ("refund_id", &["out_refund_no"]),
    ("out_refund_no", &["refund_id"]),
    ("order_id", &["out_order_no"]),
    ("out_order_no", &["order_id"]),
    ("batch_id", &["out_batch_no"]),
    ("out_batch_no", &["batch_id"]),
    ("contract_id", &["contract_code", "plan_id"]),
    ("contract_code", &["contract_id"]),
    ("plan_id", &["contract_id"]),
    ("openid", &["sub_openid", "contract_id", "plate_number"]),
    ("sub_openid", &["openid", "sp_openid"]),
    ("sp_openid", &["sub_openid"]),
    ("plate_number", &["openid"]),
    ("sub_appid", &["appid", "sp_appid"]),
];

/// A query for refunds takes any of the four, and where all are marked required it is one.
const ANY_ORDER: &[&str] = &[
    "transaction_id",
    "out_trade_no",
    "out_refund_no",
    "refund_id",
];

/// Fields that only some need: path and pointer.
const NOT_ALWAYS: [(&str, &str); 11] = [
    // 合单: of service providers.
    ("v3/combine-transactions/", "/sub_orders/*/sub_mchid"),
    // 收款用户姓名: from 2,000 yuan on.
    ("v3/transfer/batches", "/transfer_detail_list/*/user_name"),
    // Any number of the order will do, and most orders are not combined.
    ("v3/ecommerce/refunds/apply", "/combine_transaction_id"),
    // Only of funds that are not settled yet.
    ("v3/ecommerce/refunds/apply", "/funds_account"),
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

/// Fields whose lists of values lack some that the documentation's own samples have, or new banks.
///
/// Of a receiver's relation (与分账方的关系类型) the values named are those of its type.
const MORE_VALUES: [&str; 4] = ["bank_type", "customs", "relation_type", "reverse_reason"];

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

/// Whether any value will do, though some are named.
///
/// One value alone is that of the sample (`FORCE_CHECK`, where `NO_CHECK` is as good), and ids such as
/// that of a transfer's scene (转账场景) get more over time.
pub(super) fn takes_any_value(field: &Field) -> bool {
    let name = field.name();
    field.values().len() < 2 || name.ends_with("_id") || MORE_VALUES.contains(&name)
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

/// The names that may stand in a field's place, if they are documented there.
fn instead(siblings: &[Field], name: &str) -> Vec<&'static str> {
    let documented = |name: &str| siblings.iter().find(|field| field.name() == name);
    let required = |name: &&str| documented(name).is_some_and(Field::is_required);
    let any = ANY_ORDER.contains(&name) && ANY_ORDER.iter().all(required);
    let listed = STAND_INS.iter().find(|(listed, _)| *listed == name);
    let names = listed
        .map(|(_, names)| *names)
        .into_iter()
        .chain(any.then_some(ANY_ORDER));
    names
        .flatten()
        .copied()
        .filter(move |other| *other != name && documented(other).is_some())
        .collect()
}
