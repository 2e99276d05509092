//! Orders: single and combined, of APIv3 and APIv2, and the actions of their users.

pub(super) mod apiv2;
mod apiv3;
mod code_payment;
mod combined;
pub(super) mod model;
mod payment;
mod rules;

use super::action::{ActionError, ActionResult};
use super::outcome::Outcome;
use super::request::Request;
use super::state::State;
use apiv3::MerchantMode::{self, Direct, Partner};
use model::{ORDER, PaymentMethod, TradeState};
pub(crate) use payment::{OtherPayment, add as add_payment};

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let path = request.operation.path();
    if let Some(rest) = path.strip_prefix("v3/combine-transactions/") {
        return combined_order(state, request, rest);
    }
    let rest = path.strip_prefix("v3/pay/")?;
    let (mode, rest) = match rest.strip_prefix("partner/") {
        Some(rest) => (Partner, rest),
        None => (Direct, rest),
    };
    single_order(state, request, mode, rest.strip_prefix("transactions/")?)
}

fn single_order(
    state: &mut State,
    request: &Request<'_>,
    mode: MerchantMode,
    rest: &str,
) -> Option<Outcome> {
    Some(match rest {
        "id/{transaction_id}" => apiv3::by_id(state, request, mode),
        "out-trade-no/{out_trade_no}" => apiv3::by_number(state, request, mode),
        "out-trade-no/{out_trade_no}/close" => apiv3::close(state, request, mode),
        "out-trade-no/{out_trade_no}/reverse" => apiv3::reverse(state, request, mode),
        _ => apiv3::create(state, request, mode, payment_method(rest)?),
    })
}

fn combined_order(state: &mut State, request: &Request<'_>, rest: &str) -> Option<Outcome> {
    Some(match rest {
        "id/{combine_transaction_id}" => combined::by_id(state, request),
        "out-trade-no/{combine_out_trade_no}" => combined::by_number(state, request),
        "out-trade-no/{combine_out_trade_no}/close" => combined::close(state, request),
        _ => combined::create(state, request, payment_method(rest)?),
    })
}

/// The payment method of an operation that creates an order.
fn payment_method(rest: &str) -> Option<PaymentMethod> {
    Some(match rest {
        "jsapi" | "miniprogram" | "jsapi-with-contract" => PaymentMethod::JSAPI,
        "app" | "app-with-contract" => PaymentMethod::APP,
        "native" => PaymentMethod::NATIVE,
        "h5" => PaymentMethod::H5,
        "codepay" => PaymentMethod::CODE,
        _ => return None,
    })
}

/// Pays a combined or single order.
pub(crate) fn pay(state: &mut State, number: &str, now: i64) -> ActionResult {
    if state.combined_orders.get(number).is_some() {
        return combined::pay(state, number, now);
    }
    let key = ActionError::key(&state.orders, ORDER, number)?;
    payment::check_single(state.orders.get(&key), number, now)?;
    payment::complete_payment(state, &key, now);
    Ok(())
}

/// Fails the payment of a combined or single order.
///
/// Only the `trade_state` of a payment by code becomes `PAYERROR`. Any other order stays unpaid
/// ("查询订单": PAYERROR 支付失败 is returned of payments by code only).
pub(crate) fn fail(state: &mut State, number: &str, now: i64) -> ActionResult {
    if state.combined_orders.get(number).is_some() {
        return combined::open(state, number, now).map(drop);
    }
    let key = ActionError::key(&state.orders, ORDER, number)?;
    payment::check_single(state.orders.get(&key), number, now)?;
    let order = state.orders.get_mut(&key);
    if let Some(order) = order.filter(|order| order.kind.is_code()) {
        order.state = TradeState::PayError;
    }
    Ok(())
}

/// Expires an order, or the open parts of a combined order.
pub(crate) fn expire(state: &mut State, number: &str, now: i64) -> ActionResult {
    let open = match state.combined_orders.get(number) {
        Some(_) => combined::open(state, number, now)?,
        None => {
            let key = ActionError::key(&state.orders, ORDER, number)?;
            let order = state.orders.get(&key);
            payment::check_payable(
                order.ok_or_else(|| ActionError::not_found(ORDER, number))?,
                now,
            )?;
            vec![key]
        }
    };
    for key in &open {
        if let Some(order) = state.orders.get_mut(key) {
            order.expires = now;
        }
    }
    Ok(())
}
