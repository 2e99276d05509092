//! Contracts for deductions that users sign while they pay an order (支付中签约).
//!
//! Contracts that users sign elsewhere are not known here; [`remembered`](crate::remembered) has those that a request
//! names.

pub(super) mod model;
pub(super) mod signing;
pub(super) mod terms;

use serde_json::json;

use super::order::apiv2::owner;
use super::outcome::{Outcome, Success};
use super::request::{Fields, Request};
use super::state::State;
use super::table::Row;
use crate::refusal::Refusal;
use model::{End, contract_key};
use signing::notify;

/// Answers a request about a contract; `None` when no order made it.
pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    match request.operation.path() {
        "v2/papay/querycontract" | "v2/papay/partner/querycontract" => {
            let key = find(state, &request.fields())?;
            let contract = state.contracts.get(&key)?;
            Some(Ok(Success::json(contract.view(request.now))))
        }
        "v2/papay/deletecontract" | "v2/papay/partner/deletecontract" => {
            let key = find(state, &request.fields())?;
            Some(end(state, request, &key))
        }
        _ => None,
    }
}

/// Answers a request of APIv3 about a contract; `None` when no order made it.
pub(crate) fn answer_v3(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let path = request.operation.path();
    let of_partner = path.strip_prefix("v3/papay/sign/partner/");
    let rest = of_partner.or_else(|| path.strip_prefix("v3/papay/sign/"))?;
    let rest = rest.strip_prefix("contracts/plan-id/{plan_id}/out-contract-code/")?;
    let sub_mchid = of_partner.map(|_| sub_mchid_of(request));
    let (plan_id, code) = (
        request.variable("plan_id"),
        request.variable("out_contract_code"),
    );
    let key = contract_key(sub_mchid.as_deref(), &plan_id, &code);
    state.contracts.get(&key)?;
    if rest.ends_with("/terminate")
        && let Err(refusal) = end_at(state, request, &key)
    {
        return Some(Err(refusal));
    }
    let contract = state.contracts.get(&key)?;
    Some(Ok(Success::json(contract.view_v3(request.now))))
}

/// The sub-merchant in the query, or in the body.
fn sub_mchid_of(request: &Request<'_>) -> String {
    let sent = request.fields().optional_text("/sub_mchid");
    let sent = sent.ok().flatten();
    sent.unwrap_or_else(|| request.variable_or_parameter("sub_mchid"))
}

/// Ends a contract. Ending it again changes nothing.
fn end_at(state: &mut State, request: &Request<'_>, key: &str) -> Result<(), Refusal> {
    let fields = request.fields();
    let remark = fields.required_text("/contract_termination_remark")?;
    let contract = state.contracts.get_mut(key);
    let Some(contract) = contract.filter(|contract| contract.ended.is_none()) else {
        return Ok(());
    };
    let time = request.now;
    contract.ended = Some(End { time, remark });
    let contract = contract.clone();
    notify(state, &contract, time);
    Ok(())
}

fn end(state: &mut State, request: &Request<'_>, key: &str) -> Outcome {
    end_at(state, request, key)?;
    let mut answer = json!({});
    if let Some(contract) = state.contracts.get(key) {
        answer = owner(&contract.party);
        answer["contract_id"] = json!(contract.contract_id);
        answer["plan_id"] = json!(contract.terms.plan_id);
        answer["contract_code"] = json!(contract.terms.code);
    }
    Ok(Success::json(answer))
}

/// The key of the contract that a request names, by WeChat Pay's number or by the template and the merchant's.
fn find(state: &State, fields: &Fields<'_>) -> Option<String> {
    let text = |pointer| fields.optional_text(pointer).ok().flatten();
    let sub_mchid = text("/sub_mch_id");
    let key = match text("/contract_id") {
        Some(id) => state.contracts.by_id(&id)?.key(),
        None => contract_key(
            sub_mchid.as_deref(),
            &text("/plan_id")?,
            &text("/contract_code")?,
        ),
    };
    let contract = state.contracts.get(&key)?;
    (contract.party.sub_mchid == sub_mchid).then_some(key)
}
