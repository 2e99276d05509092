//! The signing of a contract, and the notifications of its beginning and end.

use super::super::event::Event;
use super::super::order::model::Order;
use super::super::state::State;
use super::super::table::Row;
use super::model::{Contract, number_of};

/// The user has paid an order, and so has signed the contract that it asks for.
pub(crate) fn sign(state: &mut State, order: &Order, now: i64) {
    let Some(terms) = order.contract.clone() else {
        return;
    };
    let contract = Contract {
        number: number_of(&terms.plan_id, &terms.code),
        terms,
        contract_id: state.ids.contract(now),
        party: order.party.clone(),
        openid: order.payer.openid().to_owned(),
        signed: now,
        ended: None,
    };
    // A user who has the contract keeps it.
    if state
        .contracts
        .get(&contract.key())
        .is_some_and(|it| !it.is_over(now))
    {
        return;
    }
    notify(state, &contract, now);
    state.contracts.insert(contract, now);
}

/// Notifies the merchant that a contract was signed or has ended.
pub(super) fn notify(state: &mut State, contract: &Contract, now: i64) {
    let (event_type, summary) = match contract.ended {
        None => ("ENTRUST.SIGN", "签约成功"),
        Some(_) => ("ENTRUST.TERMINATE", "解约成功"),
    };
    state.outbox.push(Event {
        notify_url: Some(contract.terms.notify_url.clone()).filter(|url| !url.is_empty()),
        event_type,
        original_type: "entrust",
        summary,
        resource: if contract.terms.is_v3 {
            contract.view_v3(now)
        } else {
            contract.notification()
        },
        is_v2: !contract.terms.is_v3,
        created: now,
    });
}
