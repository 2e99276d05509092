//! Actions of the user and the bank: orders, refunds, transfers, complaints.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::views;
use crate::account::Account;
use crate::events;
use crate::gateway;
use crate::state::SandboxState;
use crate::{OrderRecord, RefundStatus};

pub(in crate::control) fn order(
    state: &Arc<SandboxState>,
    number: &str,
    verb: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["mchid"])?;
    let account = holder(state, args, number, |account| {
        gateway::has_order(state, account, number)
    })?;
    let done = gateway::act(state, &account, number, verb);
    let service_order = done.map_err(Problem::of_action)?;
    events::post_pending(state);
    if let Some(order) = service_order {
        return Ok(json!({"orders": [order]}));
    }
    let world = &account.world;
    let is_it = |it: &&OrderRecord| {
        it.out_trade_no == number
            || it.key == number
            || it.combine_out_trade_no.as_deref() == Some(number)
    };
    let orders = world.orders(state.now());
    let orders: Value = orders.iter().filter(is_it).map(views::order).collect();
    Ok(json!({"orders": orders}))
}

/// Refunds an order as its merchant could: the given amount in fen, or the rest.
pub(in crate::control) fn refund(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["amount", "mchid"])?;
    let (account, now) = (
        holder(state, args, number, |account| {
            account.world.has_order(number)
        })?,
        state.now(),
    );
    let world = &account.world;
    let amount = args.integer("amount")?;
    if amount.is_some_and(|amount| amount < 1) {
        let hint = ("amount is in fen, from 1", "amount 单位为分，至少为 1");
        return Err(Problem::bad(
            ("this cannot be refunded", "退款金额不正确"),
            hint,
        ));
    }
    let outcome = world
        .refund(number, amount, now)
        .map_err(Problem::of_action)?;
    let outcome = outcome.map_err(|refusal| Problem::refused(&refusal))?;
    events::post_pending(state);
    Ok(json!({"refund": outcome.body}))
}

/// Files a complaint about a paid order as its user would.
pub(in crate::control) fn complain(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["out_trade_no", "detail", "mchid"])?;
    let number = args.needed("out_trade_no")?;
    let account = holder(state, args, &number, |account| {
        account.world.has_order(&number)
    })?;
    let (world, now) = (&account.world, state.now());
    let detail = args.text("detail")?;
    let detail = detail.as_deref().unwrap_or("反馈一个重复扣费的问题");
    let id = world
        .complain(&number, detail, now)
        .map_err(Problem::of_action)?;
    events::post_pending(state);
    let complaints = world.complaints();
    let complaint = complaints.iter().find(|it| it.complaint_id == id);
    Ok(json!({"complaint": complaint.map(views::complaint)}))
}

pub(in crate::control) fn hold_refunds(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["hold", "mchid"])?;
    let hold = args.needed_flag("hold")?;
    for account in concerned(state, args)? {
        account.world.hold_refunds(hold);
    }
    Ok(json!({"hold": hold}))
}

pub(in crate::control) fn hold_transfers(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["hold", "mchid"])?;
    let hold = args.flag("hold")?;
    for account in concerned(state, args)? {
        account.world.hold_transfers(hold);
    }
    Ok(json!({"hold": hold}))
}

pub(in crate::control) fn settle(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["status", "mchid"])?;
    let (account, now) = (
        holder(state, args, number, |account| {
            account.world.has_refund(number)
        })?,
        state.now(),
    );
    let world = &account.world;
    let name = args.needed("status")?;
    let status = RefundStatus::of_end(&name).ok_or_else(|| {
        let error = (
            format!("{name:?} is not a final status of a refund"),
            format!("退款的最终状态不会是 {name:?}"),
        );
        let hint = (
            "status is SUCCESS, CLOSED or ABNORMAL",
            "status 为 SUCCESS、CLOSED 或 ABNORMAL",
        );
        Problem::bad(error, hint)
    })?;
    world
        .settle(number, status, now)
        .map_err(Problem::of_action)?;
    events::post_pending(state);
    let refunds = world.refunds();
    let refund = refunds.iter().find(|it| it.key == number);
    let refund = refund.or_else(|| refunds.iter().find(|it| it.out_refund_no == number));
    Ok(json!({"refund": refund.map(views::refund)}))
}

pub(in crate::control) fn confirm(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["mchid"])?;
    decide(state, args, number, None)
}

pub(in crate::control) fn reject(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["fail_reason", "mchid"])?;
    let reason = args.text("fail_reason")?;
    decide(
        state,
        args,
        number,
        Some(reason.as_deref().unwrap_or("USER_ACCOUNT_ABNORMAL")),
    )
}

fn decide(
    state: &Arc<SandboxState>,
    args: &Args,
    number: &str,
    reason: Option<&str>,
) -> Outcome<Value> {
    let account = holder(state, args, number, |account| {
        account.world.has_transfer(number)
    })?;
    let (world, now) = (&account.world, state.now());
    let transfer = world.decide(number, reason, now);
    let transfer = transfer.map_err(Problem::of_action)?;
    events::post_pending(state);
    Ok(json!({"transfer": views::transfer(&transfer)}))
}

/// The account that an action works on: that of the member `mchid`, or the only one that has the thing.
fn holder(
    state: &SandboxState,
    args: &Args,
    number: &str,
    has: impl Fn(&Account) -> bool,
) -> Outcome<Arc<Account>> {
    let mchid = args.text("mchid")?;
    let found = state.accounts.holder(mchid.as_deref(), number, has);
    found.map_err(Problem::of_action)
}

/// The account of the member `mchid`, or all.
fn concerned(state: &SandboxState, args: &Args) -> Outcome<Vec<Arc<Account>>> {
    match args.text("mchid")? {
        None => Ok(state.accounts.all()),
        Some(mchid) => {
            let account = state.accounts.named(&mchid).map_err(Problem::of_action)?;
            Ok(vec![account])
        }
    }
}
