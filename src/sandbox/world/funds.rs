//! The balance of the basic account: transfers take from it, and a query shows it.
//!
//! Sources: "发起转账" and "发起批量转账" (`NOT_ENOUGH`), "查询账户实时余额". A transfer locks its amount until its user has
//! decided. The bill of the account has the movements.

use serde_json::json;

use super::World;
use super::bill::funds::{Balance, balance, set_available};
use super::outcome::{Outcome, Success};
use super::request::Request;
use super::state::State;
use super::transfer;

/// Answers a query of the balance.
pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    if request.operation.path() != "v3/merchant/fund/balance/{account_type}" {
        return None;
    }
    transfer::advance_all(state, request.now);
    // Nothing moves the accounts OPERATION and FEES.
    let Balance { available, locked } = match request.variable("account_type").as_str() {
        "BASIC" => balance(state, None),
        _ => Balance {
            available: 0,
            locked: 0,
        },
    };
    let fen = |amount: i128| i64::try_from(amount).unwrap_or(i64::MAX);
    let answer = json!({"available_amount": fen(available), "pending_amount": fen(locked)});
    Some(Ok(Success::json(answer)))
}

impl World {
    /// The opening balance of the merchant's account; `None` is the default.
    pub(crate) fn open_with(&self, balance: Option<i64>) {
        self.with(|state| state.opening = balance);
    }

    /// Returns the amount that the merchant's account can still pay, in fen.
    pub(crate) fn balance(&self) -> i64 {
        self.with(|state| i64::try_from(balance(state, None).available).unwrap_or(i64::MAX))
    }

    /// Sets what the merchant's account can still pay.
    pub(crate) fn set_balance(&self, fen: i64) {
        self.with(|state| set_available(state, fen));
    }
}
