//! APIv2's operations, which share the orders and refunds of APIv3.
//!
//! Sources: the APIv2 documents "统一下单", "查询订单", "关闭订单", "提交付款码支付", "撤销订单", "申请退款" and
//! "查询退款", "支付中签约", "查询签约关系" and "申请解约", with the codes of their error tables. The texts are those that users report.

use serde_json::Value;

use super::contract;
use super::order::apiv2 as order;
use super::outcome::Outcome;
use super::refund::apiv2 as refund;
use super::request::Request;
use super::state::State;
use super::table::key_of;
use crate::refusal::Refusal;

/// Members that differ in a repeated request.
const VARYING_MEMBERS: [&str; 4] = ["sign", "sign_type", "nonce_str", "spbill_create_ip"];

pub(super) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let path = request.operation.path().strip_prefix("v2/")?;
    let whole = request.body?;
    let mut body = whole.clone();
    if let Value::Object(members) = &mut body {
        members.retain(|name, _| !VARYING_MEMBERS.contains(&&**name));
    }
    let request = &Request {
        body: Some(&body),
        ..*request
    };
    let outcome = match path {
        "pay/unifiedorder" | "pay/contractorder" => order::create(state, request),
        "pay/micropay" => order::micropay(state, request),
        "pay/orderquery" => order::query(state, request),
        "pay/closeorder" => order::close(state, request),
        "secapi/pay/reverse" => order::reverse(state, request),
        "secapi/pay/refund" | "secapi/pay/refundv2" => refund::apply(state, request),
        "pay/refundquery" | "pay/refundqueryv2" => refund::query(state, request),
        _ => contract::answer(state, request)?,
    };
    let makes = ["pay/unifiedorder", "pay/contractorder", "pay/micropay"];
    if outcome.is_ok() && makes.contains(&path) {
        keep_sign_type(state, whole);
    }
    Some(outcome.map_err(Refusal::into_v2))
}

/// The notification of an order is signed with the `sign_type` of its last request.
fn keep_sign_type(state: &mut State, request: &Value) {
    let text = |name| request.get(name).and_then(Value::as_str);
    let owner = text("sub_mch_id").filter(|sub| !sub.is_empty());
    let order = text("out_trade_no").and_then(|it| state.orders.get_mut(&key_of(owner, it)));
    if let Some(order) = order {
        order.sign_type = text("sign_type").map(str::to_owned);
    }
}
