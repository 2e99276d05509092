//! Derives an id for a signed APIv2 notification that has none.

use serde_json::{Map, Value};

use wechatpay_core::crypto::digest;

/// Members that may differ between two deliveries of one notification.
const OF_THE_MESSAGE: [&str; 6] = [
    "err_code_des",
    "nonce_str",
    "result_msg",
    "return_msg",
    "sign",
    "sign_type",
];

/// Members of a payment's notification that do not identify the payment or its result.
const OF_THE_PAYER: [&str; 20] = [
    "attach",
    "bank_type",
    "cash_fee",
    "cash_fee_type",
    "combine_openid",
    "coupon_count",
    "coupon_fee",
    "device_info",
    "fee_type",
    "is_subscribe",
    "openid",
    "promotion_detail",
    "rate",
    "rate_value",
    "settlement_total_fee",
    "sub_is_subscribe",
    "sub_openid",
    "trade_state_desc",
    "trade_type",
    "version",
];
/// Prefixes of further such members; a number follows.
const OF_THE_COUPONS: [&str; 3] = ["coupon_fee_", "coupon_id_", "coupon_type_"];

/// The members that identify a payment; one is enough.
const PAYMENT: [&str; 3] = ["combine_out_trade_no", "out_trade_no", "transaction_id"];
/// Members that identify an event. Without them only the nonce does.
const NUMBERS: [&str; 10] = [
    "batch_no",
    "contract_code",
    "contract_id",
    "out_contract_code",
    "out_order_no",
    "out_refund_no",
    "refund_id",
    "request_serial",
    "transaction_id_list",
    "vehicle_event_createtime",
];

/// Returns a digest of the signed members that identify a notification.
///
/// Members that are known not to distinguish events are left out. All others are included, so two events of an
/// undocumented kind still have different ids.
pub(super) fn id(signed: &Map<String, Value>) -> String {
    let has = |names: &[&str]| names.iter().any(|name| signed.contains_key(*name));
    let payment = has(&PAYMENT);
    // Two scans of one static code (扫码支付模式一) differ only in their nonce.
    let by_nonce = !payment && !has(&NUMBERS);
    let mut said: Vec<_> = signed
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .filter(|(name, _)| !OF_THE_MESSAGE.contains(name) || (by_nonce && *name == "nonce_str"))
        .filter(|(name, _)| !payment || !is_of_the_payer(name))
        .collect();
    said.sort_unstable();
    digest_of("signed", &said)
}

/// Returns the digest for a refund's notification.
pub(super) fn refund_id(subject: [&str; 2]) -> String {
    digest_of("refund", subject)
}

fn is_of_the_payer(name: &str) -> bool {
    OF_THE_PAYER.contains(&name) || OF_THE_COUPONS.iter().any(|start| name.starts_with(start))
}

/// Computes the digest. `Debug` quotes and escapes every text, so different lists have different forms.
fn digest_of(what: &str, said: impl std::fmt::Debug) -> String {
    digest::sha256_hex(format!("{what} {said:?}").as_bytes())
}
