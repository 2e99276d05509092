//! Refunds: part of an order or all of it, once or several times.
//!
//! A refund is `PROCESSING` when it is applied for, and succeeds before the next look at it: the
//! next query of it, or [`Sandbox::take_events`](crate::Sandbox::take_events). Until then
//! [`settle_refund`](crate::Sandbox::settle_refund) may decide otherwise, and
//! [`hold_refunds`](crate::Sandbox::hold_refunds) keeps them all `PROCESSING`.

use serde_json::{Value, json};

use super::super::refusal::Refusal;
use super::order::Order;
use super::refund::{Flavour, Refund, RefundStatus};
use super::request::Request;
use super::user::Done;
use super::{Outcome, State, Told, refusals, user};

pub(super) fn apply(state: &mut State, request: &Request<'_>, flavour: Flavour) -> Outcome {
    let fields = request.fields();
    let number = fields.number("/out_refund_no", 64)?;
    if flavour == Flavour::Ecommerce {
        fields.text("/sp_appid", 32)?;
    }
    let refund = Refund {
        flavour,
        fingerprint: request.fingerprint(),
        amount: fields.amount("/amount/refund")?,
        notify_url: fields.maybe("/notify_url", 256)?,
        account: fields.maybe("/refund_account", 64)?,
        created: request.now,
        ..Refund::new(number)
    };
    if let Some(known) = state.refunds.get(&refund.out_refund_no) {
        return match known.fingerprint == refund.fingerprint {
            true => Ok(Told::json(known.accepted())),
            false => Err(refusals::refund_used()),
        };
    }
    let order = paid_order(state, request)?;
    let total = match flavour == Flavour::Ecommerce && !fields.has("/amount/total") {
        true => order.total,
        false => fields.amount("/amount/total")?,
    };
    let sub_mchid = fields.maybe("/sub_mchid", 32)?;
    if sub_mchid != order.party.sub_mchid {
        let why = ("sub_mchid is not the order's", "sub_mchid 与原订单的不一致");
        return Err(refusals::refund_unlike_order(why));
    }
    let currency = fields.maybe("/amount/currency", 16)?;
    if currency.is_some_and(|currency| currency != order.currency) {
        let currency = &order.currency;
        let why = (
            format!("amount.currency is not the order's {currency}"),
            format!("amount.currency 与原订单的 {currency} 不一致"),
        );
        return Err(refusals::refund_unlike_order(why));
    }
    let number = order.out_trade_no.clone();
    accept(state, &number, total, refund, request.now).map(|refund| Told::json(refund.accepted()))
}

/// Refunds an order as its merchant could, in the form of the API that made it: the rest, or so many fen.
pub(super) fn by_hand(
    state: &mut State,
    number: &str,
    amount: Option<i64>,
    now: i64,
) -> Done<Outcome> {
    let order = state.orders.get(number);
    let order = order.ok_or_else(|| user::unknown(user::ORDER, number))?;
    if !order.is_paid(now) {
        return Ok(Err(refusals::nothing_to_refund(number)));
    }
    let total = order.total;
    let refund = Refund {
        flavour: match order.is_v2 {
            true => Flavour::V2,
            false => Flavour::Domestic,
        },
        amount: amount.unwrap_or(total - order.refunded),
        created: now,
        ..Refund::new(free_number(state))
    };
    let refund = accept(state, number, total, refund, now);
    Ok(refund.map(|refund| Told::json(refund.view())))
}

/// One that no refund has.
fn free_number(state: &State) -> String {
    let count = state.refunds.iter().count();
    let numbers = (count + 1..).map(|count| format!("SANDBOX_REFUND_{count}"));
    let mut free = numbers.filter(|number| state.refunds.get(number).is_none());
    free.next().unwrap_or_default()
}

/// Takes a refund on, if the order has as much left.
pub(super) fn accept(
    state: &mut State,
    out_trade_no: &str,
    total: i64,
    mut refund: Refund,
    now: i64,
) -> Result<Refund, Refusal> {
    let order = state.orders.get_mut(out_trade_no);
    let order = order.ok_or_else(|| refusals::nothing_to_refund(out_trade_no))?;
    refundable(order, total, refund.amount)?;
    refundable_still(order, now)?;
    // No overflow: both are parts of the total, and there are 50 at most.
    order.refunded += refund.amount;
    order.refunds += 1;
    refund.order(order);
    refund.refund_id = state.numbers.refund(now);
    state.refunds.insert(refund.clone(), now);
    Ok(refund)
}

fn refundable(order: &Order, total: i64, amount: i64) -> Result<(), Refusal> {
    if total != order.total {
        let right = order.total;
        let why = (
            format!("amount.total is {total}, and the order's is {right}"),
            format!("amount.total 为 {total}，而原订单金额为 {right}"),
        );
        return Err(refusals::refund_unlike_order(why));
    }
    match order.left() {
        0 => Err(refusals::refunded()),
        left if i128::from(amount) > left => Err(refusals::refund_too_much(left)),
        _ => Ok(()),
    }
}

/// The time and number of refunds, as the notes of "申请退款" have them: within 365 days of the payment,
/// 50 times at most. (That two of an order have to be a minute apart is not asked for here.)
fn refundable_still(order: &Order, now: i64) -> Result<(), Refusal> {
    let overdue = order
        .paid
        .is_some_and(|paid| now.saturating_sub(paid) > YEAR);
    match overdue {
        true => Err(refusals::refund_overdue()),
        false if order.refunds >= MOST => Err(refusals::refund_too_often(MOST)),
        false => Ok(()),
    }
}

const YEAR: i64 = 365 * 86_400;
const MOST: u32 = 50;

/// The order that the request names by either number, or by both.
fn paid_order<'s>(state: &'s State, request: &Request<'_>) -> Result<&'s Order, Refusal> {
    let fields = request.fields();
    let id = fields.maybe("/transaction_id", 64)?;
    let number = fields.maybe("/out_trade_no", 32)?;
    let order = match (&id, &number) {
        (None, None) => return Err(fields.wrong("/transaction_id", "与out_trade_no二选一必填")),
        (Some(id), _) => state.orders.by_id(id),
        (None, Some(number)) => state.orders.get(number),
    };
    let named = id.as_ref().or(number.as_ref());
    let order = order.filter(|order| order.is_paid(request.now));
    let order = order.ok_or_else(|| {
        refusals::nothing_to_refund(named.map(String::as_str).unwrap_or_default())
    })?;
    match number.is_none_or(|number| number == order.out_trade_no) {
        true => Ok(order),
        false => Err(refusals::refund_unlike_order((
            "out_trade_no and transaction_id are of two orders",
            "out_trade_no 与 transaction_id 不是同一笔订单的",
        ))),
    }
}

pub(super) fn by_number(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable("out_refund_no");
    shown(state, &number, request)
}

pub(super) fn by_id(state: &mut State, request: &Request<'_>) -> Outcome {
    let id = request.variable("refund_id");
    let number = state.refunds.by_id(&id).map(|it| it.out_refund_no.clone());
    let number = number.ok_or_else(|| refusals::refund_not_exist(&id))?;
    shown(state, &number, request)
}

fn shown(state: &mut State, number: &str, request: &Request<'_>) -> Outcome {
    come_to_an_end(state, number, request.now);
    let refund = state.refunds.get(number);
    let sub_mchid = request.query_value("sub_mchid");
    let refund = refund.filter(|refund| refund.party.sub_mchid == sub_mchid);
    let refund = refund.ok_or_else(|| refusals::refund_not_exist(number))?;
    Ok(Told::json(refund.view()))
}

/// Sends a refund that did not arrive to another account.
pub(super) fn apply_abnormal(state: &mut State, request: &Request<'_>) -> Outcome {
    let fields = request.fields();
    let id = request.variable("refund_id");
    let number = fields.number("/out_refund_no", 64)?;
    fields.text("/type", 32)?;
    let refund = state.refunds.get_mut(&number);
    let refund = refund.filter(|refund| refund.refund_id == id);
    let refund = refund.ok_or_else(|| refusals::refund_not_exist(&id))?;
    if refund.status != RefundStatus::Abnormal {
        return Err(refusals::not_abnormal());
    }
    refund.status = RefundStatus::Processing;
    refund.channel = "OTHER_BANKCARD";
    Ok(Told::json(refund.view()))
}

/// Lets a refund that nobody has decided on succeed.
pub(super) fn come_to_an_end(state: &mut State, number: &str, now: i64) {
    let refund = state.refunds.get(number);
    let open = refund.is_some_and(|refund| refund.status == RefundStatus::Processing);
    if open && !state.hold_refunds {
        end(state, number, RefundStatus::Success, now);
    }
}

pub(super) fn all_come_to_an_end(state: &mut State, now: i64) {
    let open = state.refunds.iter();
    let open = open.filter(|refund| refund.status == RefundStatus::Processing);
    let open: Vec<_> = open.map(|refund| refund.out_refund_no.clone()).collect();
    open.iter()
        .for_each(|number| come_to_an_end(state, number, now));
}

/// Decides how a refund ends.
pub(super) fn settle(state: &mut State, number: &str, status: RefundStatus, now: i64) -> Done {
    let refund = state.refunds.get(number);
    let refund = refund.ok_or_else(|| user::unknown(("refund", "退款单"), number))?;
    match refund.status {
        RefundStatus::Processing | RefundStatus::Abnormal => {
            end(state, number, status, now);
            Ok(())
        }
        ended => {
            let status = ended.name();
            Err(user::refused((
                format!("the refund {number:?} has ended already: it is {status}"),
                format!("退款单 {number:?} 已是最终状态 {status}"),
            )))
        }
    }
}

/// What a closed refund would have taken is left to refund again.
fn end(state: &mut State, number: &str, status: RefundStatus, now: i64) {
    let Some(refund) = state.refunds.get_mut(number) else {
        return;
    };
    refund.status = status;
    refund.ended = (status == RefundStatus::Success).then_some(now);
    refund.closed = (status == RefundStatus::Closed).then_some(now);
    if status == RefundStatus::Closed
        && let Some(order) = state.orders.get_mut(&refund.out_trade_no)
    {
        order.refunded -= refund.amount;
    }
    if let Some(event) = refund.event(now) {
        state.outbox.push(event);
    }
}

/// The amounts of a refund, as far as both kinds of query have them.
pub(super) fn amounts(refund: &Refund) -> Value {
    json!({
        "refund": refund.amount,
        "payer_refund": refund.amount,
        "discount_refund": 0,
        "currency": refund.currency,
    })
}
