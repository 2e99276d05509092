//! Transfers to users (商家转账, fund-app): made, confirmed by the user, cancelled; a merchant's own, and
//! those that a service provider makes for a sub-merchant.
//!
//! A user has 24 hours to confirm one; after that it fails with `OVERDUE_CLOSE`. A cancelled one is
//! `CANCELING`, and `CANCELLED` before the next look at it.

use serde_json::{Value, json};

use super::super::date::rfc3339;
use super::super::identity::MCHID;
use super::super::refusal::Refusal;
use super::event::Event;
use super::request::{Fields, Request};
use super::table::Row;
use super::user::Done;
use super::{Outcome, State, Told, TransferRecord, batches, refusals, user};

/// From 2,000 yuan on the user's name has to be given ("发起转账").
pub(super) const NAMED_FROM: i64 = 200_000;
const DAY: i64 = 86_400;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferState {
    Waiting,
    Success,
    Fail,
    Canceling,
    Cancelled,
}

impl TransferState {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "WAIT_USER_CONFIRM",
            Self::Success => "SUCCESS",
            Self::Fail => "FAIL",
            Self::Canceling => "CANCELING",
            Self::Cancelled => "CANCELLED",
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Transfer {
    pub(super) out_bill_no: String,
    pub(super) transfer_bill_no: String,
    fingerprint: [u8; 32],
    /// For whom a service provider transfers.
    pub(super) sub_mchid: Option<String>,
    appid: String,
    openid: String,
    user_name: Option<String>,
    pub(super) amount: i64,
    pub(super) remark: String,
    notify_url: Option<String>,
    package_info: String,
    pub(super) state: TransferState,
    fail_reason: Option<String>,
    created: i64,
    pub(super) updated: i64,
}

impl Row for Transfer {
    fn number(&self) -> &str {
        &self.out_bill_no
    }

    fn id(&self) -> Option<&str> {
        Some(&self.transfer_bill_no)
    }

    fn is_over(&self, _now: i64) -> bool {
        !matches!(
            self.state,
            TransferState::Waiting | TransferState::Canceling
        )
    }
}

pub(super) fn create(state: &mut State, request: &Request<'_>) -> Outcome {
    let mut transfer = read(&request.fields(), request)?;
    come_to_an_end(state, &transfer.out_bill_no, request.now);
    if let Some(known) = state.transfers.get(&transfer.out_bill_no) {
        return match known.fingerprint == transfer.fingerprint {
            true => Ok(Told::json(known.accepted())),
            false => Err(refusals::transfer_used("out_bill_no")),
        };
    }
    transfer.transfer_bill_no = state.numbers.transfer(request.now);
    transfer.package_info = format!("affffddafdfafddffda=={}", state.numbers.code());
    let answer = transfer.accepted();
    state.transfers.insert(transfer, request.now);
    Ok(Told::json(answer))
}

fn read(fields: &Fields<'_>, request: &Request<'_>) -> Result<Transfer, Refusal> {
    let transfer = Transfer {
        out_bill_no: fields.number("/out_bill_no", 32)?,
        transfer_bill_no: String::new(),
        fingerprint: request.fingerprint(),
        sub_mchid: fields.maybe("/sub_mchid", 32)?,
        appid: fields.text("/appid", 32)?,
        openid: fields.text("/openid", 64)?,
        user_name: fields.maybe("/user_name", 1024)?,
        amount: fields.amount("/transfer_amount")?,
        remark: fields.text("/transfer_remark", 32)?,
        notify_url: fields.maybe("/notify_url", 256)?,
        package_info: String::new(),
        state: TransferState::Waiting,
        fail_reason: None,
        created: request.now,
        updated: request.now,
    };
    fields.text("/transfer_scene_id", 36)?;
    match transfer.amount >= NAMED_FROM && transfer.user_name.is_none() {
        true => Err(fields.wrong("/user_name", "转账金额大于等于2000元时必填")),
        false => Ok(transfer),
    }
}

pub(super) fn by_number(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable("out_bill_no");
    come_to_an_end(state, &number, request.now);
    let sub_mchid = request.query_value("sub_mchid");
    let transfer = state.transfers.get(&number);
    let transfer = transfer.filter(|it| it.sub_mchid == sub_mchid);
    shown(transfer, &number)
}

pub(super) fn by_id(state: &mut State, request: &Request<'_>) -> Outcome {
    let id = request.variable("transfer_bill_no");
    let number = state.transfers.by_id(&id).map(|it| it.out_bill_no.clone());
    if let Some(number) = number {
        come_to_an_end(state, &number, request.now);
    }
    let transfer = state.transfers.by_id(&id);
    shown(transfer.filter(|it| it.sub_mchid.is_none()), &id)
}

fn shown(transfer: Option<&Transfer>, number: &str) -> Outcome {
    let transfer = transfer.ok_or_else(|| refusals::transfer_not_exist(number))?;
    Ok(Told::json(transfer.view()))
}

/// Cancelling again changes nothing.
pub(super) fn cancel(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable("out_bill_no");
    come_to_an_end(state, &number, request.now);
    let sub_mchid = request.fields().maybe("/sub_mchid", 32)?;
    let transfer = state.transfers.get_mut(&number);
    let transfer = transfer.filter(|it| it.sub_mchid == sub_mchid);
    let transfer = transfer.ok_or_else(|| refusals::transfer_not_exist(&number))?;
    match transfer.state {
        TransferState::Waiting => {
            transfer.state = TransferState::Canceling;
            transfer.updated = request.now;
        }
        TransferState::Canceling | TransferState::Cancelled => {}
        other => return Err(refusals::not_cancellable(other.name())),
    }
    let mut answer = json!({
        "out_bill_no": transfer.out_bill_no,
        "transfer_bill_no": transfer.transfer_bill_no,
        "state": transfer.state.name(),
        "update_time": rfc3339(transfer.updated),
    });
    transfer.say_for_whom(&mut answer);
    Ok(Told::json(answer))
}

/// The user's word: `None` takes the money, a reason does not. Of a batch it is a detail's.
pub(super) fn decide(
    state: &mut State,
    number: &str,
    fail_reason: Option<&str>,
    now: i64,
) -> Done<TransferRecord> {
    come_to_an_end(state, number, now);
    let Some(transfer) = state.transfers.get(number) else {
        let detail = batches::decide(state, number, fail_reason, now);
        return detail.unwrap_or_else(|| Err(user::unknown(("transfer", "转账单"), number)));
    };
    if transfer.state != TransferState::Waiting {
        let state = transfer.state.name();
        return Err(user::refused((
            format!("nobody waits for the user of the transfer {number:?}: it is {state}"),
            format!("转账单 {number:?} 的状态为 {state}，不在等待用户确认"),
        )));
    }
    let to = match fail_reason {
        None => TransferState::Success,
        Some(_) => TransferState::Fail,
    };
    end(state, number, to, fail_reason, now);
    let transfer = state.transfers.get(number).map(TransferRecord::of);
    transfer.ok_or_else(|| user::unknown(("transfer", "转账单"), number))
}

fn come_to_an_end(state: &mut State, number: &str, now: i64) {
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

pub(super) fn all_come_to_an_end(state: &mut State, now: i64) {
    let open = state.transfers.iter().filter(|it| !it.is_over(now));
    let open: Vec<_> = open.map(|it| it.out_bill_no.clone()).collect();
    open.iter()
        .for_each(|number| come_to_an_end(state, number, now));
}

fn end(state: &mut State, number: &str, to: TransferState, reason: Option<&str>, now: i64) {
    if let Some(transfer) = state.transfers.get_mut(number) {
        transfer.state = to;
        transfer.fail_reason = reason.map(str::to_owned);
        transfer.updated = now;
        state.outbox.push(transfer.event());
    }
}

impl Transfer {
    fn accepted(&self) -> Value {
        let mut answer = json!({
            "out_bill_no": self.out_bill_no,
            "transfer_bill_no": self.transfer_bill_no,
            "create_time": rfc3339(self.created),
            "state": self.state.name(),
        });
        if self.state == TransferState::Waiting {
            answer["package_info"] = json!(self.package_info);
        }
        self.say_for_whom(&mut answer);
        self.say_why(&mut answer);
        answer
    }

    /// The answer to a query; the name goes out encrypted.
    pub(super) fn view(&self) -> Value {
        let mut view = self.resource();
        view["appid"] = json!(self.appid);
        view["transfer_remark"] = json!(self.remark);
        if let Some(user_name) = &self.user_name {
            view["user_name"] = json!(user_name);
        }
        view
    }

    fn resource(&self) -> Value {
        let mut resource = json!({
            "out_bill_no": self.out_bill_no,
            "transfer_bill_no": self.transfer_bill_no,
            "state": self.state.name(),
            "transfer_amount": self.amount,
            "openid": self.openid,
            "create_time": rfc3339(self.created),
            "update_time": rfc3339(self.updated),
        });
        let whose = match self.sub_mchid {
            Some(_) => "mchid",
            None => "mch_id",
        };
        resource[whose] = json!(MCHID);
        self.say_for_whom(&mut resource);
        self.say_why(&mut resource);
        resource
    }

    fn say_for_whom(&self, answer: &mut Value) {
        if let Some(sub_mchid) = &self.sub_mchid {
            answer["sub_mchid"] = json!(sub_mchid);
        }
    }

    fn say_why(&self, answer: &mut Value) {
        if let Some(reason) = &self.fail_reason {
            answer["fail_reason"] = json!(reason);
        }
    }

    fn event(&self) -> Event {
        Event {
            notify_url: self.notify_url.clone(),
            event_type: "MCHTRANSFER.BILL.FINISHED",
            original_type: "mch_payment",
            summary: "商家转账单据终态通知",
            resource: self.resource(),
            is_v2: false,
            created: self.updated,
        }
    }
}
