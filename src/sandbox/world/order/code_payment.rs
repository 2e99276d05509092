//! Payments by a code that the user shows (付款码).
//!
//! A code has 18 digits and begins with 10 to 15 ("付款码支付"). If it begins with 13, the user has to enter a
//! password, and the order is `USERPAYING` until [`Sandbox::pay`](crate::Sandbox::pay) or
//! [`fail_payment`](crate::Sandbox::fail_payment). With any other code the order is paid at once.

use super::super::outcome::{Outcome, Success};
use super::super::request::{Fields, Request};
use super::super::state::State;
use super::super::table::Row;
use super::model::{Order, TradeState};
use super::{payment, rules};
use crate::refusal::Refusal;

/// The prefix of codes for which the user has to enter a password.
const PASSWORD_PREFIX: &str = "13";

pub(crate) fn pay(
    state: &mut State,
    request: &Request<'_>,
    fields: &Fields<'_>,
    order: Order,
) -> Outcome {
    let code = fields.required_text("/payer/auth_code")?;
    if !is_code(&code) {
        return Err(fields.wrong("/payer/auth_code", "付款码应为18位数字，以10至15开头"));
    }
    let number = order.key();
    begin(state, order, &code, request.now)?;
    let order = state.orders.get(&number);
    Ok(order.map_or_else(Success::empty, |order| {
        Success::json(order.view(request.now))
    }))
}

/// Pays a new order, or waits for its user. A repeated request with the same fields changes nothing.
pub(crate) fn begin(
    state: &mut State,
    mut order: Order,
    code: &str,
    now: i64,
) -> Result<(), Refusal> {
    let number = order.key();
    if let Some(known) = state.orders.get(&number) {
        return if known.fingerprint == order.fingerprint && known.is_paid(now) {
            Ok(())
        } else {
            rules::check_reusable(known, &order, now)
        };
    }
    let needs_password = code.starts_with(PASSWORD_PREFIX);
    order.state = if needs_password {
        TradeState::UserPaying
    } else {
        TradeState::NotPay
    };
    state.orders.insert(order, now);
    if !needs_password {
        payment::complete_payment(state, &number, now);
    }
    Ok(())
}

pub(crate) fn is_code(code: &str) -> bool {
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    digits && code.len() == 18 && matches!(code.as_bytes(), [b'1', b'0'..=b'5', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_18_digits_and_its_beginning() {
        for (code, right) in [
            ("100000000000000000", true),
            ("159999999999999999", true),
            ("160000000000000000", false),
            ("10000000000000000", false),
            ("1000000000000000000", false),
            ("10000000000000000x", false),
            ("２２２２２２", false),
        ] {
            assert_eq!(is_code(code), right, "{code}");
        }
    }
}
