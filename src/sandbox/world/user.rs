//! What the user does: pays, or does not.

use serde_json::{Value, json};

use super::super::bilingual::Bilingual;
use super::super::date::Local;
use super::event::Event;
use super::order::{Order, TradeState};
use super::{State, combine};
use wechatpay_core::error::{Error, ErrorKind};

/// For [`unknown`].
pub(super) const ORDER: (&str, &str) = ("order", "订单");

/// What a hand comes to.
pub(crate) type Done<T = ()> = Result<T, Denied>;

/// Pays a combined order or a single one.
pub(super) fn pay(state: &mut State, number: &str, now: i64) -> Done {
    if state.combines.get(number).is_some() {
        return combine::pay(state, number, now);
    }
    payable(state.orders.get(number), number, now)?;
    take_money(state, number, now);
    Ok(())
}

/// Lets the payment of a combined order or a single one fail.
///
/// Payments by code alone say so, and are over: of all others the user just has not paid yet
/// ("查询订单": PAYERROR 支付失败 is returned of payments by code only).
pub(super) fn fail(state: &mut State, number: &str, now: i64) -> Done {
    if state.combines.get(number).is_some() {
        return combine::open(state, number, now).map(drop);
    }
    payable(state.orders.get(number), number, now)?;
    let order = state.orders.get_mut(number);
    if let Some(order) = order.filter(|order| order.kind.is_code()) {
        order.state = TradeState::PayError;
    }
    Ok(())
}

/// Lets the time to pay an order, or the open parts of a combined one, be over.
pub(super) fn expire(state: &mut State, number: &str, now: i64) -> Done {
    let open = match state.combines.get(number) {
        Some(_) => combine::open(state, number, now)?,
        None => {
            let order = state.orders.get(number);
            check(order.ok_or_else(|| unknown(ORDER, number))?, now)?;
            vec![number.to_owned()]
        }
    };
    for number in &open {
        if let Some(order) = state.orders.get_mut(number) {
            order.expires = now;
        }
    }
    Ok(())
}

fn payable(order: Option<&Order>, number: &str, now: i64) -> Done {
    let order = order.ok_or_else(|| unknown(ORDER, number))?;
    if let Some(combine) = &order.combine {
        return Err(refused((
            format!("the order {number:?} is part of the combined order {combine:?}: pay that one"),
            format!("订单 {number:?} 属于合单 {combine:?}：请支付该合单"),
        )));
    }
    check(order, now)
}

/// Whether a user could pay it now.
pub(super) fn check(order: &Order, now: i64) -> Done {
    match order.state(now) {
        TradeState::NotPay | TradeState::UserPaying => Ok(()),
        state => {
            let (number, state) = (&order.out_trade_no, state.name());
            Err(refused((
                format!("the order {number:?} cannot be paid: it is {state}"),
                format!("订单 {number:?} 的状态为 {state}，不能支付"),
            )))
        }
    }
}

/// Pays an order and tells the merchant.
pub(super) fn take_money(state: &mut State, number: &str, now: i64) {
    let Some(order) = paid(state, number, now) else {
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
        resource: match order.is_v2 {
            true => v2_members(&order),
            false => order.view(now),
        },
        is_v2: order.is_v2,
        created: now,
    };
    state.outbox.push(event);
}

/// Pays an order, silently.
pub(super) fn paid(state: &mut State, number: &str, now: i64) -> Option<Order> {
    let order = state.orders.get_mut(number)?;
    order.state = TradeState::Success;
    order.paid = Some(now);
    order.transaction_id = Some(state.numbers.transaction(now));
    let paid = order.clone();
    state.orders.name(number);
    Some(paid)
}

/// What APIv2's notification holds; source: "支付结果通知".
pub(super) fn v2_members(order: &Order) -> Value {
    let mut members = json!({
        "return_code": "SUCCESS",
        "result_code": "SUCCESS",
        "appid": order.party.appid,
        "mch_id": order.party.mchid,
        "openid": order.payer.openid(),
        "is_subscribe": "N",
        "trade_type": order.kind.trade_type,
        "bank_type": "OTHERS",
        "total_fee": order.total.to_string(),
        "fee_type": order.currency,
        "cash_fee": order.total.to_string(),
        "out_trade_no": order.out_trade_no,
    });
    for (name, value) in [
        ("sub_appid", order.party.sub_appid.clone()),
        ("sub_mch_id", order.party.sub_mchid.clone()),
        ("sub_openid", order.payer.sub_openid.clone()),
        ("attach", order.attach.clone()),
        ("transaction_id", order.transaction_id.clone()),
        ("time_end", order.paid.map(|paid| Local::of(paid).compact())),
    ] {
        if let Some(value) = value {
            members[name] = json!(value);
        }
    }
    members
}

/// Why a hand cannot do what it is told.
#[derive(Debug)]
pub(crate) enum Denied {
    /// There is no such thing.
    Unknown(Bilingual),
    /// It stands otherwise.
    State(Bilingual),
    /// It is told something that is never right.
    Wrong(Bilingual),
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        let (Denied::Unknown(message) | Denied::State(message) | Denied::Wrong(message)) = denied;
        Self::new(ErrorKind::Builder, message.en)
    }
}

/// `what` in English and in Chinese.
pub(super) fn unknown((what, what_zh): (&str, &str), number: &str) -> Denied {
    let message = (
        format!("the sandbox knows no {what} with the number {number:?}"),
        format!("沙箱中没有单号为 {number:?} 的{what_zh}"),
    );
    Denied::Unknown(message.into())
}

pub(super) fn refused(message: impl Into<Bilingual>) -> Denied {
    Denied::State(message.into())
}
