//! Rules for orders of both APIs.

use serde_json::{Value, json};

use super::super::request::Fields;
use super::super::state::State;
use super::model::{Order, PaymentMethod, PrepayAnswer, TradeState};
use crate::date::parse_rfc3339;
use crate::refusal::Refusal;
use crate::refusal::business;

/// How long an order without `time_expire` can be paid.
pub(crate) const WEEK: i64 = 7 * 86_400;
/// An order can be paid for at least a minute, even if `time_expire` is nearer.
const MINUTE: i64 = 60;

/// Whether a request may be repeated for an existing order.
pub(crate) fn check_reusable(known: &Order, asked: &Order, now: i64) -> Result<(), Refusal> {
    match known.state(now) {
        TradeState::Success | TradeState::Refund => Err(business::ORDER_PAID.refusal()),
        TradeState::Closed | TradeState::Revoked => Err(business::ORDER_CLOSED.refusal()),
        _ if known.fingerprint != asked.fingerprint => Err(business::ORDER_NUMBER_USED.refusal()),
        _ => Ok(()),
    }
}

pub(crate) fn prepay_answer(state: &mut State, kind: PaymentMethod, now: i64) -> Value {
    let prepay = state.ids.prepay(now);
    match kind.prepay {
        PrepayAnswer::CodeUrl => {
            let code = state.ids.code();
            json!({"code_url": format!("weixin://wxpay/bizpayurl?pr={code}")})
        }
        PrepayAnswer::H5Url => {
            let page = "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb";
            json!({"h5_url": format!("{page}?prepay_id={prepay}&package=1037687096")})
        }
        PrepayAnswer::PrepayId | PrepayAnswer::Code => json!({"prepay_id": prepay}),
    }
}

/// Closes an order. Closing a closed order is not an error.
pub(crate) fn close_order(order: &mut Order, now: i64) -> Result<(), Refusal> {
    match order.state(now) {
        TradeState::Success | TradeState::Refund => Err(business::ORDER_PAID.refusal()),
        TradeState::Revoked => Err(business::ORDER_CLOSED.refusal()),
        _ => {
            order.state = TradeState::Closed;
            Ok(())
        }
    }
}

pub(crate) fn reverse_order(order: &mut Order, now: i64) -> Result<(), Refusal> {
    if !order.kind.is_code() {
        return Err(business::NOT_CODE_PAYMENT.refusal());
    }
    match order.state(now) {
        TradeState::Refund => Err(business::REFUNDED_IN_FULL.refusal()),
        _ => {
            order.state = TradeState::Revoked;
            order.reversed.get_or_insert(now);
            Ok(())
        }
    }
}

/// A request must name the merchant that signs it.
pub(crate) fn require_own_mchid(state: &State, mchid: &str) -> Result<(), Refusal> {
    if mchid == state.mchid {
        Ok(())
    } else {
        Err(business::MCH_NOT_EXISTS.with(&[&format_args!("{mchid:?}"), &state.mchid]))
    }
}

/// "JSAPI下单" and the others say of `currency`: 境内商户号仅支持人民币.
pub(crate) fn currency(fields: &Fields<'_>, pointer: &str) -> Result<String, Refusal> {
    let currency = fields.optional_text(pointer)?;
    let currency = currency.unwrap_or_else(|| "CNY".to_owned());
    if currency == "CNY" {
        Ok(currency)
    } else {
        Err(fields.wrong(pointer, "境内商户号仅支持人民币CNY"))
    }
}

/// The end of payment, at least a minute away. Source: `time_expire` in "JSAPI下单".
pub(crate) fn expires(fields: &Fields<'_>, now: i64) -> Result<i64, Refusal> {
    let Some(text) = fields.optional_text("/time_expire")? else {
        return Ok(now.saturating_add(WEEK));
    };
    let wrong = || fields.wrong("/time_expire", "格式应为yyyy-MM-DDTHH:mm:ss+TIMEZONE");
    let expires = parse_rfc3339(&text).ok_or_else(wrong)?;
    if expires <= now {
        return Err(fields.wrong("/time_expire", "支付结束时间早于当前时间"));
    }
    Ok(expires.max(now.saturating_add(MINUTE)))
}
