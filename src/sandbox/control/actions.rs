//! What the control API and the page's forms do.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::fault::{Fault, NAMES};
use super::super::gateway::Gateway;
use super::super::notifier::{Deliveries, Draft, KindRow, check_url, kind_row, kind_rows};
use super::super::world::{RefundRecord, RefundStatus, Request};
use super::args::Args;
use super::problem::{Outcome, Problem};
use super::{powers, views};
use crate::catalog;
use crate::notify::Version;

/// A clock that is more than some years off is a mistake.
const FARTHEST: i64 = 100 * 365 * 86_400;
const MANY: i64 = 10_000;

pub(super) fn order(
    gateway: &Arc<Gateway>,
    number: &str,
    verb: &str,
    args: &Args,
) -> Outcome<Value> {
    args.only(&[])?;
    let (world, now) = (&gateway.world, gateway.clock.now());
    let done = match verb {
        "pay" => world.pay(number, now),
        "fail" => world.fail(number, now),
        _ => world.expire(number, now),
    };
    done.map_err(Problem::denied)?;
    powers::post_what_happened(gateway);
    let is_it = |it: &&super::super::OrderRecord| {
        it.out_trade_no == number || it.combine_out_trade_no.as_deref() == Some(number)
    };
    let orders = world.orders(now);
    let orders: Value = orders.iter().filter(is_it).map(views::order).collect();
    Ok(json!({"orders": orders}))
}

/// Refunds an order as its merchant could: the rest, or so many fen.
pub(super) fn refund(gateway: &Arc<Gateway>, number: &str, args: &Args) -> Outcome<Value> {
    args.only(&["amount"])?;
    let (world, now) = (&gateway.world, gateway.clock.now());
    let orders = world.orders(now);
    let order = orders.iter().find(|it| it.out_trade_no == number);
    let order = order.ok_or_else(|| {
        let error = format!("there is no order {number:?}");
        Problem::missing(error, "GET orders lists them")
    })?;
    let amount = args
        .integer("amount")?
        .unwrap_or(order.total - order.refunded);
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
pub(super) fn complain(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
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

pub(super) fn hold_refunds(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["hold"])?;
    let hold = args.flag("hold")?;
    gateway.world.hold_refunds(hold);
    Ok(json!({"hold": hold}))
}

pub(super) fn settle(gateway: &Arc<Gateway>, number: &str, args: &Args) -> Outcome<Value> {
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

pub(super) fn confirm(gateway: &Arc<Gateway>, number: &str, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    decide(gateway, number, None)
}

pub(super) fn reject(gateway: &Arc<Gateway>, number: &str, args: &Args) -> Outcome<Value> {
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

/// Posts a notification of any kind.
pub(super) fn notify(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[
        "kind",
        "event_type",
        "version",
        "url",
        "resource",
        "probe",
        "certificate",
        "fault",
    ])?;
    let row = kind(args)?;
    let url = args.needed("url")?;
    check_url(&url, gateway.control.reach())
        .map_err(|err| Problem::of(&err, "url is where the merchant's server listens"))?;
    let now = gateway.clock.now();
    let resource = args.object("resource")?;
    let content = row.content(resource.unwrap_or_else(|| row.resource(now)));
    let mut draft = Draft::new(gateway, url, content);
    draft.by_certificate = args.flag("certificate")?;
    draft.fault = spoilt(args)?;
    draft
        .request(gateway, gateway.control.reach())
        .map_err(|err| Problem::of(&err, "GET kinds lists what can be posted"))?;
    let id = Deliveries::post(gateway, draft, row.event_type.to_owned());
    delivery(gateway, &id.to_string())
}

fn kind(args: &Args) -> Outcome<KindRow> {
    let name = match args.text("event_type")? {
        Some(name) => name,
        None => args.needed("kind")?,
    };
    // The page's way to say both at once.
    let (version, name) = match name.strip_prefix("v2 ") {
        Some(name) => (Some("v2".to_owned()), name.to_owned()),
        None => (args.text("version")?, name),
    };
    let version = match version.as_deref() {
        None => None,
        Some("v2") => Some(Version::V2),
        Some("v3") => Some(Version::V3),
        Some(_) => {
            return Err(Problem::bad(
                "there is no such version",
                "version is v2 or v3",
            ));
        }
    };
    let found = match version {
        Some(version) => kind_row(version, &name),
        None => kind_row(Version::V3, &name).or_else(|| kind_row(Version::V2, &name)),
    };
    found.ok_or_else(|| {
        let all = kind_rows().count();
        let hint = format!("GET kinds lists the {all} kinds, with their versions");
        Problem::bad(format!("there is no notification {name:?}"), hint)
    })
}

fn spoilt(args: &Args) -> Outcome<Option<Fault>> {
    let fault = args.text("fault")?;
    match fault {
        Some(fault) => parse(&fault).map(Some),
        None => Ok(args.flag("probe")?.then_some(Fault::Probe)),
    }
}

pub(super) fn delivery(gateway: &Arc<Gateway>, id: &str) -> Outcome<Value> {
    let record = id
        .parse()
        .ok()
        .and_then(|id| gateway.control.deliveries.get(id));
    let record = record.ok_or_else(|| no_delivery(id))?;
    Ok(views::delivery(&record))
}

pub(super) fn resend(gateway: &Arc<Gateway>, id: &str, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    let record = id
        .parse()
        .ok()
        .and_then(|id| gateway.control.deliveries.get(id));
    let record = record.ok_or_else(|| no_delivery(id))?;
    check_url(&record.url, gateway.control.reach()).map_err(|err| {
        let hint = "POST notifications posts one of the same kind to another url";
        Problem::new(StatusCode::CONFLICT, err.report(), hint)
    })?;
    Deliveries::again(gateway, record.id);
    delivery(gateway, id)
}

fn no_delivery(id: &str) -> Problem {
    Problem::missing(
        format!("there is no notification {id:?}"),
        "GET notifications lists those that are remembered",
    )
}

/// `{"fault": "slow", "milliseconds": 500}` says the same as `{"fault": "slow=500"}`.
pub(super) fn fault(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[
        "fault",
        "times",
        "value",
        "seconds",
        "header",
        "status",
        "milliseconds",
        "url",
    ])?;
    let name = args.needed("fault")?;
    let takes = NAMES.iter().find(|(known, _)| *known == name);
    let value = match takes {
        Some((_, takes)) if !takes.is_empty() => match args.text(takes)? {
            Some(value) => Some(value),
            None => args.text("value")?,
        },
        _ => None,
    };
    let fault = parse(&match value {
        Some(value) => format!("{name}={value}"),
        None => name,
    })?;
    match args.text("times")?.as_deref() {
        Some("always") => gateway.faults.set_always(Some(fault)),
        None => gateway.faults.push(fault),
        Some(_) => {
            let times = args
                .integer("times")?
                .filter(|times| (1..=MANY).contains(times));
            let times = times.and_then(|times| u32::try_from(times).ok());
            let times = times.ok_or_else(|| {
                let hint = format!("times is from 1 to {MANY}, or \"always\"");
                Problem::bad("nothing can go wrong that often", hint)
            })?;
            gateway.faults.push_times(fault, times);
        }
    }
    Ok(json!({"faults": views::faults(gateway)}))
}

fn parse(fault: &str) -> Outcome<Fault> {
    let hint = "docs/sandbox.md lists the faults with what they do";
    fault.parse().map_err(|err| Problem::of(&err, hint))
}

pub(super) fn rotate(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    let new = gateway.platform.rotate(gateway.clock.now());
    let new = new.map_err(|err| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Problem::new(status, err.report(), "try again")
    })?;
    Ok(json!({"serial": new.serial(), "serials": gateway.platform.serials()}))
}

pub(super) fn retire(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    gateway.platform.retire();
    Ok(json!({"serials": gateway.platform.serials()}))
}

/// `{"mode": "certificate"}`: an account that has not changed to the public key.
pub(super) fn certificate_mode(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["mode"])?;
    let mode = args.needed("mode")?;
    match mode.as_str() {
        "certificate" => gateway.platform.set_certificate_mode(true),
        "public_key" => gateway.platform.set_certificate_mode(false),
        _ => {
            let hint = "mode is \"certificate\" or \"public_key\"";
            return Err(Problem::bad("there is no such mode", hint));
        }
    }
    Ok(json!({"mode": mode}))
}

pub(super) fn clock(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&["offset_seconds", "speed"])?;
    let offset = args.integer("offset_seconds")?;
    if offset.is_some_and(|offset| offset.unsigned_abs() > FARTHEST.unsigned_abs()) {
        let hint = "offset_seconds is a hundred years at most";
        return Err(Problem::bad("the clock cannot be that far off", hint));
    }
    if let Some(speed) = args.number("speed")? {
        powers::set_speed(gateway, speed).map_err(|err| {
            Problem::of(&err, "1 is as WeChat Pay does it, 1000 is 15 s in 15 ms")
        })?;
    }
    if let Some(offset) = offset {
        gateway.control.clock.set_offset(offset);
    }
    Ok(views::clock(gateway))
}

/// Everything but the keys.
pub(super) fn reset(gateway: &Arc<Gateway>, args: &Args) -> Outcome<Value> {
    args.only(&[])?;
    powers::reset(gateway);
    Ok(json!({}))
}
