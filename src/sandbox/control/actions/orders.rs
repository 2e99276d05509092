//! Actions of the user and the bank: orders, refunds, transfers, complaints.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::views;
use crate::events;
use crate::state::SandboxState;
use crate::{OrderRecord, RefundStatus};

pub(in crate::control) fn order(
    state: &Arc<SandboxState>,
    number: &str,
    verb: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&[])?;
    let (world, now) = (&state.world, state.now());
    let is_it = |it: &&OrderRecord| {
        it.out_trade_no == number || it.combine_out_trade_no.as_deref() == Some(number)
    };
    let done = match verb {
        "pay" => world.pay(number, now),
        "fail" => world.fail(number, now),
        _ => world.expire(number, now),
    };
    done.map_err(Problem::of_action)?;
    events::post_pending(state);
    let orders = world.orders(now);
    let orders: Value = orders.iter().filter(is_it).map(views::order).collect();
    Ok(json!({"orders": orders}))
}

/// Refunds an order as its merchant could: the given amount in fen, or the rest.
pub(in crate::control) fn refund(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["amount"])?;
    let (world, now) = (&state.world, state.now());
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
    args.only(&["out_trade_no", "detail"])?;
    let (world, now) = (&state.world, state.now());
    let detail = args.text("detail")?;
    let detail = detail.as_deref().unwrap_or("反馈一个重复扣费的问题");
    let id = world
        .complain(&args.needed("out_trade_no")?, detail, now)
        .map_err(Problem::of_action)?;
    events::post_pending(state);
    let complaints = world.complaints();
    let complaint = complaints.iter().find(|it| it.complaint_id == id);
    Ok(json!({"complaint": complaint.map(views::complaint)}))
}

pub(in crate::control) fn hold_refunds(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["hold"])?;
    let hold = args.needed_flag("hold")?;
    state.world.hold_refunds(hold);
    Ok(json!({"hold": hold}))
}

pub(in crate::control) fn hold_transfers(state: &Arc<SandboxState>, args: &Args) -> Outcome<Value> {
    args.only(&["hold"])?;
    let hold = args.flag("hold")?;
    state.world.hold_transfers(hold);
    Ok(json!({"hold": hold}))
}

pub(in crate::control) fn settle(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["status"])?;
    let (world, now) = (&state.world, state.now());
    let status = match args.needed("status")?.as_str() {
        "SUCCESS" => RefundStatus::Success,
        "CLOSED" => RefundStatus::Closed,
        "ABNORMAL" => RefundStatus::Abnormal,
        other => {
            let error = (
                format!("{other:?} is not a final status of a refund"),
                format!("退款的最终状态不会是 {other:?}"),
            );
            let hint = (
                "status is SUCCESS, CLOSED or ABNORMAL",
                "status 为 SUCCESS、CLOSED 或 ABNORMAL",
            );
            return Err(Problem::bad(error, hint));
        }
    };
    world
        .settle(number, status, now)
        .map_err(Problem::of_action)?;
    events::post_pending(state);
    let refunds = world.refunds();
    let refund = refunds.iter().find(|it| it.out_refund_no == number);
    Ok(json!({"refund": refund.map(views::refund)}))
}

pub(in crate::control) fn confirm(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&[])?;
    decide(state, number, None)
}

pub(in crate::control) fn reject(
    state: &Arc<SandboxState>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["fail_reason"])?;
    let reason = args.text("fail_reason")?;
    decide(
        state,
        number,
        Some(reason.as_deref().unwrap_or("USER_ACCOUNT_ABNORMAL")),
    )
}

fn decide(state: &Arc<SandboxState>, number: &str, reason: Option<&str>) -> Outcome<Value> {
    let (world, now) = (&state.world, state.now());
    let transfer = world.decide(number, reason, now);
    let transfer = transfer.map_err(Problem::of_action)?;
    events::post_pending(state);
    Ok(json!({"transfer": views::transfer(&transfer)}))
}
