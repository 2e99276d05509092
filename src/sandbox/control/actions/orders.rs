//! What the user and the bank do: orders, refunds, transfers.

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};

use super::super::args::Args;
use super::super::problem::{Outcome, Problem};
use super::super::{powers, views};
use crate::catalog;
use crate::sandbox::gateway::Gateway;
use crate::sandbox::world::Request;
use crate::sandbox::{OrderRecord, RefundRecord, RefundStatus};

pub(in crate::sandbox::control) fn order(
    gateway: &Arc<Gateway>,
    number: &str,
    verb: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&[])?;
    let (world, now) = (&gateway.world, gateway.clock.now());
    let is_it = |it: &&OrderRecord| {
        it.out_trade_no == number || it.combine_out_trade_no.as_deref() == Some(number)
    };
    let done = match verb {
        "pay" => world.pay(number, now),
        "fail" => world.fail(number, now),
        _ => world.expire(number, now),
    };
    done.map_err(Problem::denied)?;
    powers::post_what_happened(gateway);
    let orders = world.orders(now);
    let orders: Value = orders.iter().filter(is_it).map(views::order).collect();
    Ok(json!({"orders": orders}))
}

/// Refunds an order as its merchant could: the rest, or so many fen.
pub(in crate::sandbox::control) fn refund(
    gateway: &Arc<Gateway>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["amount"])?;
    let (world, now) = (&gateway.world, gateway.clock.now());
    let orders = world.orders(now);
    let order = orders.iter().find(|it| it.out_trade_no == number);
    let order = order.ok_or_else(|| {
        Problem::missing(
            format!("there is no order {number:?}"),
            "GET orders lists them",
        )
    })?;
    let amount = match args.integer("amount")? {
        Some(amount) if amount < 1 => {
            let hint = "amount is in fen, from 1";
            return Err(Problem::bad("nothing can be refunded so", hint));
        }
        Some(amount) => amount,
        None => order.total - order.refunded,
    };
    let mut body = json!({
        "out_trade_no": number,
        "out_refund_no": refund_number(&world.refunds()),
        "amount": {
            "refund": amount,
            "total": order.total,
            "currency": order.json["amount"]["currency"],
        },
    });
    if let Some(sub_mchid) = order.json.get("sub_mchid") {
        body["sub_mchid"] = sub_mchid.clone();
    }
    let told = catalog::find(&Method::POST, REFUNDS).and_then(|operation| {
        let (path, query, body, file) = (REFUNDS, None, Some(&body), None);
        world.answer(&Request {
            operation,
            path,
            query,
            body,
            file,
            now,
        })
    });
    match told {
        Some(Ok(told)) => {
            powers::post_what_happened(gateway);
            Ok(json!({"refund": told.body}))
        }
        Some(Err(refusal)) => Err(Problem::refused(&refusal)),
        None => Err(Problem::missing(
            "refunds are not remembered",
            "update the sandbox",
        )),
    }
}

const REFUNDS: &str = "/v3/refund/domestic/refunds";

/// One that nobody has used.
fn refund_number(refunds: &[RefundRecord]) -> String {
    let used = |number: &String| refunds.iter().any(|it| it.out_refund_no == *number);
    let numbers = (refunds.len() + 1..).map(|count| format!("SANDBOX_REFUND_{count}"));
    numbers
        .into_iter()
        .find(|number| !used(number))
        .unwrap_or_default()
}

/// Complains about a paid order as its user does.
pub(in crate::sandbox::control) fn complain(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["out_trade_no", "detail"])?;
    let (world, now) = (&gateway.world, gateway.clock.now());
    let detail = args.text("detail")?;
    let detail = detail.as_deref().unwrap_or("反馈一个重复扣费的问题");
    let id = world
        .complain(&args.needed("out_trade_no")?, detail, now)
        .map_err(Problem::denied)?;
    powers::post_what_happened(gateway);
    let complaints = world.complaints();
    let complaint = complaints.iter().find(|it| it.complaint_id == id);
    Ok(json!({"complaint": complaint.map(views::complaint)}))
}

pub(in crate::sandbox::control) fn hold_refunds(
    gateway: &Arc<Gateway>,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["hold"])?;
    let hold = args.needed_flag("hold")?;
    gateway.world.hold_refunds(hold);
    Ok(json!({"hold": hold}))
}

pub(in crate::sandbox::control) fn settle(
    gateway: &Arc<Gateway>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["status"])?;
    let (world, now) = (&gateway.world, gateway.clock.now());
    let status = match args.needed("status")?.as_str() {
        "SUCCESS" => RefundStatus::Success,
        "CLOSED" => RefundStatus::Closed,
        "ABNORMAL" => RefundStatus::Abnormal,
        other => {
            let error = format!("a refund does not end as {other:?}");
            return Err(Problem::bad(error, "status is SUCCESS, CLOSED or ABNORMAL"));
        }
    };
    world.settle(number, status, now).map_err(Problem::denied)?;
    powers::post_what_happened(gateway);
    let refunds = world.refunds();
    let refund = refunds.iter().find(|it| it.out_refund_no == number);
    Ok(json!({"refund": refund.map(views::refund)}))
}

pub(in crate::sandbox::control) fn confirm(
    gateway: &Arc<Gateway>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&[])?;
    decide(gateway, number, None)
}

pub(in crate::sandbox::control) fn reject(
    gateway: &Arc<Gateway>,
    number: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&["fail_reason"])?;
    let reason = args.text("fail_reason")?;
    decide(
        gateway,
        number,
        Some(reason.as_deref().unwrap_or("USER_ACCOUNT_ABNORMAL")),
    )
}

fn decide(gateway: &Arc<Gateway>, number: &str, reason: Option<&str>) -> Outcome<Value> {
    let (world, now) = (&gateway.world, gateway.clock.now());
    world.decide(number, reason, now).map_err(Problem::denied)?;
    powers::post_what_happened(gateway);
    let transfers = world.transfers();
    let transfer = transfers.iter().find(|it| it.out_bill_no == number);
    Ok(json!({"transfer": transfer.map(views::transfer)}))
}
