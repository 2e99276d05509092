//! Fields that a request needs although the documentation does not mark them: one of several, and those of a condition
//! that the other values of a sample meet.

use crate::schema::Field;
use wechatpay_core::catalog::Operation;

/// Names of the same thing, of which a request needs one. A sample has the first.
const ALTERNATIVES: [&[&str]; 5] = [
    &["out_trade_no", "transaction_id"],
    &["out_refund_no", "refund_id"],
    &["out_order_no", "order_id"],
    &["openid", "sub_openid"],
    &["sp_openid", "sub_openid"],
];

/// Operations, and what they need. A field within another is needed where that one is.
const NEEDED: [(&str, &[&str]); 7] = [
    // For trade_type JSAPI, which is the one of the sample.
    ("v2/pay/unifiedorder", &["/openid"]),
    (
        "v3/combine-transactions/jsapi",
        &["/combine_payer_info", "/combine_payer_info/openid"],
    ),
    ("v3/combine-transactions/miniprogram", &["/notify_url"]),
    ("v3/pay/partner/transactions/miniprogram", &["/notify_url"]),
    ("v3/pay/partner/transactions/codepay", &["/sp_appid"]),
    ("v3/profitsharing/orders", &["/receivers"]),
    // For receivers of the type MERCHANT_ID.
    ("v3/profitsharing/receivers/add", &["/name"]),
];

/// Whether a sample needs an optional field of an object with these fields.
pub(super) fn is_needed(
    operation: &Operation,
    fields: &[Field],
    field: &Field,
    pointer: &str,
) -> bool {
    let documented = |name: &&str| fields.iter().find(|field| field.name() == *name);
    let is_first = |group: &&[&str]| {
        let known: Vec<_> = group.iter().filter_map(documented).collect();
        let is_choice = known.len() > 1 && !known.iter().any(|field| field.is_required());
        is_choice
            && known
                .first()
                .is_some_and(|first| first.name() == field.name())
    };
    let is_listed = |(path, pointers): &(&str, &[&str])| {
        operation.path() == *path && pointers.contains(&pointer)
    };
    ALTERNATIVES.iter().any(is_first) || NEEDED.iter().any(is_listed)
}
