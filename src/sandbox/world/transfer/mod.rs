//! Transfers to users (商家转账, fund-app): creation, confirmation by the user, cancellation. A merchant creates them, or
//! a service provider for a sub-merchant.
//!
//! A user has 24 hours to confirm a transfer; then it fails with `OVERDUE_CLOSE`. A cancelled one is `CANCELING`, and
//! `CANCELLED` when it is next read.

pub(super) mod model;

use serde_json::json;

use super::action::{ActionError, ActionResult};
use super::bill::funds;
use super::outcome::{Outcome, Success};
use super::record::TransferRecord;
use super::request::{Fields, Request};
use super::state::State;
use super::table::{Row, key_of};
use crate::date::rfc3339;
use crate::refusal::{Refusal, business};
use model::{NAMED_FROM, Transfer, TransferState};

const DAY: i64 = 86_400;

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let path = request.operation.path();
    let rest = path.strip_prefix("v3/fund-app/mch-transfer/")?;
    let rest = rest.strip_prefix("partner/").unwrap_or(rest);
    Some(match rest.strip_prefix("transfer-bills")? {
        "" => create(state, request),
        "/out-bill-no/{out_bill_no}" => by_number(state, request),
        "/transfer-bill-no/{transfer_bill_no}" => by_id(state, request),
        "/out-bill-no/{out_bill_no}/cancel" => cancel(state, request),
        _ => return None,
    })
}

pub(crate) fn create(state: &mut State, request: &Request<'_>) -> Outcome {
    let mut transfer = read(state, &request.fields(), request)?;
    let key = transfer.key();
    advance(state, &key, request.now);
    if let Some(known) = state.transfers.get(&key) {
        return if known.fingerprint == transfer.fingerprint {
            Ok(Success::json(known.accepted()))
        } else {
            Err(business::TRANSFER_NUMBER_USED.with(&[&"out_bill_no"]))
        };
    }
    advance_all(state, request.now);
    funds::check(state, transfer.sub_mchid.as_deref(), transfer.amount)?;
    transfer.transfer_bill_no = state.ids.transfer(request.now);
    transfer.package_info = format!("affffddafdfafddffda=={}", state.ids.code());
    let answer = transfer.accepted();
    state.transfers.insert(transfer, request.now);
    Ok(Success::json(answer))
}

fn read(state: &State, fields: &Fields<'_>, request: &Request<'_>) -> Result<Transfer, Refusal> {
    let transfer = Transfer {
        out_bill_no: fields.merchant_number("/out_bill_no")?,
        transfer_bill_no: String::new(),
        fingerprint: request.fingerprint(),
        mchid: state.mchid.clone(),
        sub_mchid: fields.optional_text("/sub_mchid")?,
        appid: fields.required_text("/appid")?,
        openid: fields.required_text("/openid")?,
        user_name: fields.optional_text("/user_name")?,
        amount: fields.amount("/transfer_amount")?,
        remark: fields.required_text("/transfer_remark")?,
        notify_url: fields.optional_text("/notify_url")?,
        package_info: String::new(),
        state: TransferState::Waiting,
        fail_reason: None,
        created: request.now,
        updated: request.now,
    };
    fields.required_text("/transfer_scene_id")?;
    if transfer.amount >= NAMED_FROM && transfer.user_name.is_none() {
        Err(fields.wrong("/user_name", "转账金额大于等于2000元时必填"))
    } else {
        Ok(transfer)
    }
}

pub(crate) fn by_number(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable("out_bill_no");
    let key = key_of(request.query_value("sub_mchid").as_deref(), &number);
    advance(state, &key, request.now);
    shown(state.transfers.get(&key), &number)
}

pub(crate) fn by_id(state: &mut State, request: &Request<'_>) -> Outcome {
    let id = request.variable("transfer_bill_no");
    let key = state.transfers.by_id(&id).map(Row::key);
    if let Some(key) = key {
        advance(state, &key, request.now);
    }
    let transfer = state.transfers.by_id(&id);
    shown(transfer.filter(|it| it.sub_mchid.is_none()), &id)
}

fn shown(transfer: Option<&Transfer>, number: &str) -> Outcome {
    let transfer = transfer
        .ok_or_else(|| business::TRANSFER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    Ok(Success::json(transfer.view()))
}

/// Cancels a transfer. Cancelling again changes nothing.
pub(crate) fn cancel(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable("out_bill_no");
    let sub_mchid = request.fields().optional_text("/sub_mchid")?;
    let key = key_of(sub_mchid.as_deref(), &number);
    advance(state, &key, request.now);
    let transfer = state.transfers.get_mut(&key);
    let transfer = transfer
        .ok_or_else(|| business::TRANSFER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    match transfer.state {
        TransferState::Waiting => {
            transfer.state = TransferState::Canceling;
            transfer.updated = request.now;
        }
        TransferState::Canceling | TransferState::Cancelled => {}
        other => return Err(business::TRANSFER_NOT_CANCELLABLE.with(&[&other.name()])),
    }
    let mut answer = json!({
        "out_bill_no": transfer.out_bill_no,
        "transfer_bill_no": transfer.transfer_bill_no,
        "state": transfer.state.name(),
        "update_time": rfc3339(transfer.updated),
    });
    transfer.put_sub_mchid(&mut answer);
    Ok(Success::json(answer))
}

/// The user confirms a transfer, or with a reason rejects it. `None` when there is no such transfer.
pub(crate) fn decide(
    state: &mut State,
    number: &str,
    fail_reason: Option<&str>,
    now: i64,
) -> Option<ActionResult<TransferRecord>> {
    let key = match ActionError::key(&state.transfers, ("transfer", "转账单"), number) {
        Ok(key) => key,
        Err(ActionError::NotFound(_)) => return None,
        Err(err) => return Some(Err(err)),
    };
    advance(state, &key, now);
    let transfer = state.transfers.get(&key)?;
    if transfer.state != TransferState::Waiting {
        let state = transfer.state.name();
        return Some(Err(ActionError::conflict((
            format!("the transfer {number:?} does not wait for its user: it is {state}"),
            format!("转账单 {number:?} 的状态为 {state}，不在等待用户确认"),
        ))));
    }
    let to = match fail_reason {
        None => TransferState::Success,
        Some(_) => TransferState::Fail,
    };
    end(state, &key, to, fail_reason, now);
    state
        .transfers
        .get(&key)
        .map(|transfer| Ok(TransferRecord::of(transfer)))
}

fn advance(state: &mut State, number: &str, now: i64) {
    let Some(transfer) = state.transfers.get(number) else {
        return;
    };
    let overdue = transfer.created.saturating_add(DAY);
    match transfer.state {
        TransferState::Canceling => end(state, number, TransferState::Cancelled, None, now),
        TransferState::Waiting if now >= overdue => {
            let reason = Some("OVERDUE_CLOSE");
            end(state, number, TransferState::Fail, reason, overdue);
        }
        _ => {}
    }
}

pub(crate) fn advance_all(state: &mut State, now: i64) {
    let open = state.transfers.iter().filter(|it| !it.is_over(now));
    let open: Vec<_> = open.map(Row::key).collect();
    open.iter().for_each(|key| advance(state, key, now));
}

fn end(state: &mut State, number: &str, to: TransferState, reason: Option<&str>, now: i64) {
    if let Some(transfer) = state.transfers.get_mut(number) {
        transfer.state = to;
        transfer.fail_reason = reason.map(str::to_owned);
        transfer.updated = now;
        state.outbox.push(transfer.event());
    }
}
