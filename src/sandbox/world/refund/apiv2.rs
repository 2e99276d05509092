//! Refunds of APIv2.

use serde_json::{Value, json};

use super::super::order::apiv2::{amount, find, owner};
use super::super::order::model::Order;
use super::super::outcome::{Outcome, Success};
use super::super::request::{Fields, Request};
use super::super::state::State;
use super::super::table::{Row, key_of};
use super::model::{Refund, RefundApi};
use super::{accept, advance};
use crate::date::Local;
use crate::refusal::{Refusal, business};

pub(crate) fn apply(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let refund = Refund {
        api: RefundApi::V2,
        fingerprint: request.fingerprint(),
        amount: amount(&fields, "/refund_fee")?,
        notify_url: fields.optional_text("/notify_url")?,
        created: request.now,
        ..Refund::new(fields.merchant_number("/out_refund_no")?)
    };
    let total = amount(&fields, "/total_fee")?;
    let sub_mchid = fields.optional_text("/sub_mch_id")?;
    // The number is the seller's, and only the order tells who that is.
    let order = find(state, &fields).ok();
    let order = order.and_then(|key| state.orders.get(&key));
    let owner = order.map_or(sub_mchid.as_deref(), Row::owner);
    let key = key_of(owner, &refund.out_refund_no);
    if let Some(known) = state.refunds.get(&key) {
        return if known.fingerprint == refund.fingerprint {
            Ok(Success::json(refunded(known)))
        } else {
            Err(business::REFUND_NUMBER_USED.refusal())
        };
    }
    let number = find(state, &fields)?;
    let order = state.orders.get(&number);
    if !order.is_some_and(|order| order.is_paid(request.now)) {
        return Err(business::REFUND_ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]));
    }
    let currency = fields.optional_text("/refund_fee_type")?;
    let other = |order: &Order| currency.as_ref().is_some_and(|it| *it != order.currency);
    if order.is_some_and(other) {
        return Err(business::REFUND_CURRENCY_MISMATCH.with(&[&"refund_fee_type", &"fee_type"]));
    }
    let refund = accept(state, &number, total, refund, request.now)?;
    Ok(Success::json(refunded(&refund)))
}

fn refunded(refund: &Refund) -> Value {
    let mut answer = owner(&refund.party);
    for (name, value) in [
        ("transaction_id", &refund.transaction_id),
        ("out_trade_no", &refund.out_trade_no),
        ("out_refund_no", &refund.out_refund_no),
        ("refund_id", &refund.refund_id),
    ] {
        answer[name] = json!(value);
    }
    for (name, fen) in [
        ("refund_fee", refund.amount),
        ("total_fee", refund.total),
        ("cash_fee", refund.total),
        ("cash_refund_fee", refund.amount),
        ("coupon_refund_fee", 0),
        ("coupon_refund_count", 0),
    ] {
        answer[name] = json!(fen.to_string());
    }
    answer
}

/// The number by which a request names refunds.
fn named(fields: &Fields<'_>) -> String {
    let numbers = [
        "/refund_id",
        "/out_refund_no",
        "/transaction_id",
        "/out_trade_no",
    ];
    let text = |pointer| fields.optional_text(pointer).ok().flatten();
    numbers.into_iter().find_map(text).unwrap_or_default()
}

/// Lists the refunds of an order, numbered from 0, or the requested one.
pub(crate) fn query(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let numbers = asked(state, &fields)?;
    for number in &numbers {
        advance(state, number, request.now);
    }
    let sub_mchid = fields.optional_text("/sub_mch_id")?;
    let found = numbers.iter().filter_map(|it| state.refunds.get(it));
    let found: Vec<_> = found.filter(|it| it.party.sub_mchid == sub_mchid).collect();
    let first = found
        .first()
        .ok_or_else(|| business::REFUND_NOT_EXIST.with(&[&format_args!("{:?}", named(&fields))]))?;
    let mut answer = owner(&first.party);
    answer["transaction_id"] = json!(first.transaction_id);
    answer["out_trade_no"] = json!(first.out_trade_no);
    answer["total_fee"] = json!(first.total.to_string());
    answer["cash_fee"] = json!(first.total.to_string());
    answer["refund_count"] = json!(found.len().to_string());
    for (at, refund) in found.iter().enumerate() {
        list(&mut answer, at, refund);
    }
    Ok(Success::json(answer))
}

/// The keys of the requested refunds.
fn asked(state: &State, fields: &Fields<'_>) -> Result<Vec<String>, Refusal> {
    if let Some(id) = fields.optional_text("/refund_id")? {
        return Ok(state.refunds.by_id(&id).map(Row::key).into_iter().collect());
    }
    if let Some(number) = fields.optional_text("/out_refund_no")? {
        let sub_mchid = fields.optional_text("/sub_mch_id")?;
        return Ok(vec![state.refunds.key_named(sub_mchid.as_deref(), &number)]);
    }
    let order = find(state, fields)?;
    let refunds = state.refunds.iter();
    let of_order = refunds.filter(|it| it.order_key() == order);
    Ok(of_order.map(Row::key).collect())
}

fn list(answer: &mut Value, at: usize, refund: &Refund) {
    let mut set = |name: &str, value: &str| answer[format!("{name}_{at}")] = json!(value);
    set("out_refund_no", &refund.out_refund_no);
    set("refund_id", &refund.refund_id);
    set("refund_channel", refund.channel);
    set("refund_fee", &refund.amount.to_string());
    set("refund_status", refund.v2_status());
    // This is WeChat Pay's spelling.
    set("refund_recv_accout", "支付用户零钱");
    if let Some(ended) = refund.ended {
        set("refund_success_time", &Local::of(ended).to_string());
    }
}
