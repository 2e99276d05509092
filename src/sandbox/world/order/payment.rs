//! The payment of one order by its user.

use super::super::action::{ActionError, ActionResult};
use super::super::contract::signing;
use super::super::event::Event;
use super::super::state::State;
use super::model::{ORDER, Order, Party, PaymentMethod, TradeState, v2_notification};

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

/// A payment of an order that the world does not keep, as those of 微信支付分.
pub(crate) struct OtherPayment<'a> {
    /// WeChat Pay's number of that order; `None` takes the number of the payment.
    pub(crate) number: Option<&'a str>,
    pub(crate) appid: &'a str,
    pub(crate) sub_mchid: Option<&'a str>,
    pub(crate) openid: Option<&'a str>,
    pub(crate) description: &'a str,
    pub(crate) total: i64,
    pub(crate) shareable: bool,
}

/// Adds a payment, so that it is refunded and billed as others are. Returns its `transaction_id`.
pub(crate) fn add(state: &mut State, payment: &OtherPayment<'_>, now: i64) -> String {
    let id = state.ids.transaction(now);
    let party = Party {
        appid: payment.appid.to_owned(),
        mchid: state.mchid.clone(),
        sub_appid: None,
        sub_mchid: payment.sub_mchid.map(str::to_owned),
        is_other_seller: false,
    };
    let number = payment.number.unwrap_or(&id).to_owned();
    let mut order = Order::new(number, party, PaymentMethod::JSAPI);
    order.payer.openid = payment.openid.map(str::to_owned);
    order.description = payment.description.to_owned();
    order.total = payment.total;
    order.shareable = payment.shareable;
    order.created = now;
    order.paid = Some(now);
    order.state = TradeState::Success;
    order.transaction_id = Some(id.clone());
    state.orders.insert(order, now);
    id
}
