//! Executes the stateful operations: bills, and everything that the simulated merchant account remembers.

use super::bank_key;
use super::control_orders;
use super::parse::{Parsed, ParsedBody};
use super::payscore;
use super::received::Received;
use super::simulation_key;
use crate::account::{Account, Caller};
use crate::bills::{Written, lists_orders};
use crate::refusal::Refusal;
use crate::state::SandboxState;
use crate::world;
use crate::world::{Outcome, Success, World};

/// Executes a request; `None` when it is stubbed, or its operation has no state.
pub(super) fn execute(
    state: &SandboxState,
    caller: &Caller,
    received: &Received,
    parsed: &Parsed,
) -> Result<Option<Success>, Refusal> {
    let account = &*caller.account;
    if state
        .stubs
        .get(&received.head.method, received.path())
        .is_some()
    {
        return Ok(None);
    }
    if let Some(bill) = bill(state, account, received, parsed) {
        return bill.map(Some);
    }
    let Some(operation) = received.operation else {
        return Ok(None);
    };
    let key = bank_key::answer(account, operation);
    if let Some(key) = key.or_else(|| simulation_key::answer(account, operation)) {
        return key.map(Some);
    }
    if received.is_simulated() {
        return Ok(None);
    }
    let request = world::Request {
        operation,
        path: received.path(),
        query: parsed.query(received),
        body: parsed.json(),
        file: parsed.file(),
        now: state.now(),
    };
    let outcome = account.world.answer(&request);
    let outcome = outcome.map(|outcome| or_of_part(state, account, &request, outcome));
    let outcome = outcome.or_else(|| remember(state, caller, received, parsed));
    outcome.transpose()
}

/// Executes an operation that has records and no special rules, or few.
fn remember(
    state: &SandboxState,
    caller: &Caller,
    received: &Received,
    parsed: &Parsed,
) -> Option<Outcome> {
    let request = parsed.documented(received, caller)?;
    payscore::remember(state, &caller.account, &request)
        .or_else(|| control_orders::remember(state, &caller.account, &request))
}

/// The merchant's outcome. Where the merchant has no such order, the outcome for its part of another merchant's combined order.
fn or_of_part(
    state: &SandboxState,
    account: &Account,
    request: &world::Request<'_>,
    own: Outcome,
) -> Outcome {
    if !is_unknown(&own) {
        return own;
    }
    for other in state.accounts.all() {
        if other.mchid() == account.mchid() {
            continue;
        }
        let answered = other.world.answer_seller(account.mchid(), request);
        let Some((outcome, events)) = answered.filter(|(outcome, _)| !is_unknown(outcome)) else {
            continue;
        };
        for event in events {
            account.world.push_event(event);
        }
        return outcome;
    }
    own
}

/// Whether the request names something that is not there.
fn is_unknown(outcome: &Outcome) -> bool {
    const CODES: [&str; 4] = [
        "ORDER_NOT_EXIST",
        "RESOURCE_NOT_EXISTS",
        "ORDERNOTEXIST",
        "REFUNDNOTEXIST",
    ];
    let refusal = outcome.as_ref().err();
    refusal.is_some_and(|refusal| CODES.contains(&refusal.code))
}

fn bill(
    state: &SandboxState,
    account: &Account,
    received: &Received,
    parsed: &Parsed,
) -> Option<Result<Success, Refusal>> {
    let (bills, now) = (&account.bills, state.now());
    let billed = lists_orders(received.path(), received.v2_operation())
        .then(|| billed(state, account))
        .flatten();
    let world = billed.as_ref().unwrap_or(&account.world);
    match (received.v2_operation(), &parsed.body) {
        (Some(operation), ParsedBody::V2(members)) => {
            bills.answer_v2(operation, members, world, now)
        }
        _ => {
            let written = Written {
                tls: state.settings.tls,
                file_bytes: state.settings.bill_file_bytes,
            };
            bills.answer(&received.head, written, world, now)
        }
    }
}

/// The world of the bills, where the merchant or another one has placed combined orders for other sellers.
fn billed(state: &SandboxState, account: &Account) -> Option<World> {
    let mchid = account.mchid();
    let accounts = state.accounts.all();
    let others = accounts.iter().filter(|other| other.mchid() != mchid);
    let worlds = others.map(|other| &other.world);
    account.world.billed(mchid, worlds, state.now())
}
