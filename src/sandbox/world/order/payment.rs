//! The payment of one order by its user.

use super::super::action::{ActionError, ActionResult};
use super::super::contract::signing;
use super::super::event::Event;
use super::super::state::State;
use super::model::{ORDER, Order, TradeState, v2_notification};

/// Whether the user can pay a single order now.
pub(crate) fn check_single(order: Option<&Order>, number: &str, now: i64) -> ActionResult {
    let order = order.ok_or_else(|| ActionError::not_found(ORDER, number))?;
    if let Some(combine) = &order.combine {
        return Err(ActionError::conflict((
            format!("the order {number:?} is part of the combined order {combine:?}: pay that one"),
            format!("订单 {number:?} 属于合单 {combine:?}：请支付该合单"),
        )));
    }
    check_payable(order, now)
}

/// Whether the state of the order allows a payment.
pub(crate) fn check_payable(order: &Order, now: i64) -> ActionResult {
    match order.state(now) {
        TradeState::NotPay | TradeState::UserPaying => Ok(()),
        state => {
            let (number, state) = (&order.out_trade_no, state.name());
            Err(ActionError::conflict((
                format!("the order {number:?} cannot be paid: it is {state}"),
                format!("订单 {number:?} 的状态为 {state}，不能支付"),
            )))
        }
    }
}

/// Pays an order, with an event unless it is a payment by code.
pub(crate) fn complete_payment(state: &mut State, number: &str, now: i64) {
    let Some(order) = mark_paid(state, number, now) else {
        return;
    };
    if order.kind.is_code() {
        return;
    }
    let event = Event {
        notify_url: order.notify_url.clone(),
        event_type: "TRANSACTION.SUCCESS",
        original_type: "transaction",
        summary: "支付成功",
        resource: if order.is_v2 {
            v2_notification(&order)
        } else {
            order.view(now)
        },
        is_v2: order.is_v2,
        created: now,
    };
    state.outbox.push(event);
    signing::sign(state, &order, now);
}

/// Pays an order without an event.
pub(crate) fn mark_paid(state: &mut State, number: &str, now: i64) -> Option<Order> {
    let order = state.orders.get_mut(number)?;
    order.state = TradeState::Success;
    order.paid = Some(now);
    order.transaction_id = Some(state.ids.transaction(now));
    let paid = order.clone();
    state.orders.name(number);
    Some(paid)
}
