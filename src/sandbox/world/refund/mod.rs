//! Partial and full refunds.
//!
//! A new refund is `PROCESSING`. It succeeds when it is next read: by a query, or by
//! [`Sandbox::take_events`](crate::Sandbox::take_events). Until then,
//! [`settle_refund`](crate::Sandbox::settle_refund) can set another result.
//! [`hold_refunds`](crate::Sandbox::hold_refunds) keeps all refunds `PROCESSING`.

pub(super) mod apiv2;
pub(super) mod model;

use super::action::{ActionError, ActionResult};
#[cfg(feature = "control")]
use super::order::model::ORDER;
use super::order::model::Order;
use super::outcome::{Outcome, Success};
use super::request::{Fields, Request};
use super::state::State;
use super::table::{Row, key_of};
use crate::refusal::{Refusal, business};
use model::{Refund, RefundApi, RefundStatus};

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    Some(match request.operation.path() {
        "v3/refund/domestic/refunds" => apply(state, request, RefundApi::Domestic),
        "v3/ecommerce/refunds/apply" => apply(state, request, RefundApi::Ecommerce),
        "v3/refund/domestic/refunds/{out_refund_no}"
        | "v3/ecommerce/refunds/out-refund-no/{out_refund_no}" => by_number(state, request),
        "v3/ecommerce/refunds/id/{refund_id}" => by_id(state, request),
        "v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund"
        | "v3/ecommerce/refunds/{refund_id}/apply-abnormal-refund" => {
            apply_abnormal(state, request)
        }
        _ => return None,
    })
}

pub(crate) fn apply(state: &mut State, request: &Request<'_>, api: RefundApi) -> Outcome {
    let fields = request.fields();
    let number = fields.merchant_number("/out_refund_no")?;
    if api == RefundApi::Ecommerce {
        fields.required_text("/sp_appid")?;
    }
    let refund = Refund {
        api,
        fingerprint: request.fingerprint(),
        amount: fields.amount("/amount/refund")?,
        notify_url: fields.optional_text("/notify_url")?,
        account: fields.optional_text("/refund_account")?,
        created: request.now,
        ..Refund::new(number)
    };
    let sub_mchid = fields.optional_text("/sub_mchid")?;
    // The number is the seller's, and only the order tells who that is.
    let order = named_order(state, &fields)?;
    let owner = order.map_or(sub_mchid.as_deref(), Row::owner);
    let key = key_of(owner, &refund.out_refund_no);
    if let Some(known) = state.refunds.get(&key) {
        return if known.fingerprint == refund.fingerprint {
            Ok(Success::json(known.accepted()))
        } else {
            Err(business::REFUND_NUMBER_USED.refusal())
        };
    }
    let order = paid_order(state, request)?;
    let total = if api == RefundApi::Ecommerce && !fields.has("/amount/total") {
        order.total
    } else {
        fields.amount("/amount/total")?
    };
    if sub_mchid != order.party.sub_mchid {
        return Err(business::REFUND_SUB_MCHID_MISMATCH.refusal());
    }
    let currency = fields.optional_text("/amount/currency")?;
    if currency.is_some_and(|currency| currency != order.currency) {
        return Err(business::REFUND_CURRENCY_MISMATCH.with(&[&"amount.currency", &order.currency]));
    }
    let key = order.key();
    accept(state, &key, total, refund, request.now).map(|refund| Success::json(refund.accepted()))
}

/// Refunds an order as on the merchant platform: an amount in fen, or the rest. The event has the form of the API that
/// created the order.
#[cfg(feature = "control")]
pub(crate) fn refund_manually(
    state: &mut State,
    number: &str,
    amount: Option<i64>,
    now: i64,
) -> ActionResult<Outcome> {
    let key = ActionError::key(&state.orders, ORDER, number)?;
    let order = state.orders.get(&key);
    let order = order.ok_or_else(|| ActionError::not_found(ORDER, number))?;
    if !order.is_paid(now) {
        return Ok(Err(
            business::REFUND_ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")])
        ));
    }
    let total = order.total;
    let refund = Refund {
        api: if order.is_v2 {
            RefundApi::V2
        } else {
            RefundApi::Domestic
        },
        amount: amount.unwrap_or(total - order.refunded),
        created: now,
        ..Refund::new(free_number(state))
    };
    let refund = accept(state, &key, total, refund, now);
    Ok(refund.map(|refund| Success::json(refund.view())))
}

/// An unused refund number.
#[cfg(feature = "control")]
fn free_number(state: &State) -> String {
    let count = state.refunds.iter().count();
    let numbers = (count + 1..).map(|count| format!("SANDBOX_REFUND_{count}"));
    let mut free = numbers.filter(|number| state.refunds.keys_named(number).is_empty());
    free.next().unwrap_or_default()
}

/// Accepts a refund if enough of the order, which has this key, is left.
pub(crate) fn accept(
    state: &mut State,
    order: &str,
    total: i64,
    mut refund: Refund,
    now: i64,
) -> Result<Refund, Refusal> {
    let known = state.orders.get_mut(order);
    let order = known
        .ok_or_else(|| business::REFUND_ORDER_NOT_EXIST.with(&[&format_args!("{order:?}")]))?;
    check_amount(order, total, refund.amount)?;
    check_period_and_count(order, now)?;
    // No overflow: the sum is at most the total.
    order.refunded += refund.amount;
    order.refunds += 1;
    refund.order(order);
    refund.refund_id = state.ids.refund(now);
    state.refunds.insert(refund.clone(), now);
    Ok(refund)
}

fn check_amount(order: &Order, total: i64, amount: i64) -> Result<(), Refusal> {
    if total != order.total {
        return Err(business::REFUND_TOTAL_MISMATCH.with(&[&total, &order.total]));
    }
    match order.left() {
        0 => Err(business::REFUNDED_IN_FULL.refusal()),
        left if i128::from(amount) > left => Err(business::REFUND_AMOUNT_EXCEEDED.with(&[&left])),
        _ => Ok(()),
    }
}

/// Checks the limits in the notes of "申请退款": within 365 days of the payment, and at most 50 refunds. The rule that two
/// refunds of an order must be a minute apart is not checked.
fn check_period_and_count(order: &Order, now: i64) -> Result<(), Refusal> {
    let overdue = order
        .paid
        .is_some_and(|paid| now.saturating_sub(paid) > YEAR);
    if overdue {
        Err(business::REFUND_OVERDUE.refusal())
    } else if order.refunds >= MOST {
        Err(business::REFUND_COUNT_EXCEEDED.with(&[&MOST]))
    } else {
        Ok(())
    }
}

const YEAR: i64 = 365 * 86_400;
const MOST: u32 = 50;

/// The order with the number of the request.
fn named_order<'s>(state: &'s State, fields: &Fields<'_>) -> Result<Option<&'s Order>, Refusal> {
    if let Some(id) = fields.optional_text("/transaction_id")? {
        return Ok(state.orders.by_id(&id));
    }
    let number = fields.optional_text("/out_trade_no")?;
    let number =
        number.ok_or_else(|| fields.wrong("/transaction_id", "与out_trade_no二选一必填"))?;
    let sub_mchid = fields.optional_text("/sub_mchid")?;
    let key = state.orders.key_named(sub_mchid.as_deref(), &number);
    Ok(state.orders.get(&key))
}

/// The order that the request identifies by either number or by both.
fn paid_order<'s>(state: &'s State, request: &Request<'_>) -> Result<&'s Order, Refusal> {
    let fields = request.fields();
    let id = fields.optional_text("/transaction_id")?;
    let number = fields.optional_text("/out_trade_no")?;
    let order = named_order(state, &fields)?;
    let named = id.as_ref().or(number.as_ref());
    let order = order.filter(|order| order.is_paid(request.now));
    let named = named.map(String::as_str).unwrap_or_default();
    let order = order
        .ok_or_else(|| business::REFUND_ORDER_NOT_EXIST.with(&[&format_args!("{named:?}")]))?;
    if number.is_none_or(|number| number == order.out_trade_no) {
        Ok(order)
    } else {
        Err(business::REFUND_TWO_ORDERS.refusal())
    }
}

pub(crate) fn by_number(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable("out_refund_no");
    let sub_mchid = request.query_value("sub_mchid");
    let key = state.refunds.key_named(sub_mchid.as_deref(), &number);
    shown(state, &key, &number, request)
}

pub(crate) fn by_id(state: &mut State, request: &Request<'_>) -> Outcome {
    let id = request.variable("refund_id");
    let key = state.refunds.by_id(&id).map(Row::key);
    let key = key.ok_or_else(|| business::REFUND_NOT_EXIST.with(&[&format_args!("{id:?}")]))?;
    shown(state, &key, &id, request)
}

fn shown(state: &mut State, key: &str, number: &str, request: &Request<'_>) -> Outcome {
    advance(state, key, request.now);
    let refund = state.refunds.get(key);
    let sub_mchid = request.query_value("sub_mchid");
    let refund = refund.filter(|refund| refund.party.sub_mchid == sub_mchid);
    let refund =
        refund.ok_or_else(|| business::REFUND_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    Ok(Success::json(refund.view()))
}

/// Redirects an abnormal refund to another account.
pub(crate) fn apply_abnormal(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let id = request.variable("refund_id");
    let number = fields.merchant_number("/out_refund_no")?;
    fields.required_text("/type")?;
    let key = state.refunds.by_id(&id).map(Row::key);
    let refund = key.and_then(|key| state.refunds.get_mut(&key));
    let refund = refund.filter(|refund| refund.out_refund_no == number);
    let refund =
        refund.ok_or_else(|| business::REFUND_NOT_EXIST.with(&[&format_args!("{id:?}")]))?;
    if refund.status != RefundStatus::Abnormal {
        return Err(business::REFUND_NOT_ABNORMAL.refusal());
    }
    refund.status = RefundStatus::Processing;
    refund.channel = "OTHER_BANKCARD";
    Ok(Success::json(refund.view()))
}

/// Completes a refund without a set result.
pub(crate) fn advance(state: &mut State, number: &str, now: i64) {
    let refund = state.refunds.get(number);
    let open = refund.is_some_and(|refund| refund.status == RefundStatus::Processing);
    if open && !state.hold_refunds {
        end(state, number, RefundStatus::Success, now);
    }
}

pub(crate) fn advance_all(state: &mut State, now: i64) {
    let open = state.refunds.iter();
    let open = open.filter(|refund| refund.status == RefundStatus::Processing);
    let open: Vec<_> = open.map(Row::key).collect();
    open.iter().for_each(|key| advance(state, key, now));
}

/// Sets the result of a refund.
pub(crate) fn settle(
    state: &mut State,
    number: &str,
    status: RefundStatus,
    now: i64,
) -> ActionResult {
    let noun = ("refund", "退款单");
    let key = ActionError::key(&state.refunds, noun, number)?;
    let refund = state.refunds.get(&key);
    let refund = refund.ok_or_else(|| ActionError::not_found(noun, number))?;
    match refund.status {
        RefundStatus::Processing | RefundStatus::Abnormal => {
            end(state, &key, status, now);
            Ok(())
        }
        ended => {
            let status = ended.name();
            Err(ActionError::conflict((
                format!("the refund {number:?} has ended already: it is {status}"),
                format!("退款单 {number:?} 已是最终状态 {status}"),
            )))
        }
    }
}

/// Ends a refund. The amount of a closed refund can be refunded again.
fn end(state: &mut State, number: &str, status: RefundStatus, now: i64) {
    let Some(refund) = state.refunds.get_mut(number) else {
        return;
    };
    refund.status = status;
    refund.ended = (status == RefundStatus::Success).then_some(now);
    refund.closed = (status == RefundStatus::Closed).then_some(now);
    if status == RefundStatus::Closed
        && let Some(order) = state.orders.get_mut(&refund.order_key())
    {
        order.refunded -= refund.amount;
    }
    if let Some(event) = refund.event(now) {
        state.outbox.push(event);
    }
}
