//! The control API: which path does what.

use std::sync::Arc;

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::gateway::Gateway;
use super::super::notifier::kind_rows;
use super::super::query;
use super::super::reply::Reply;
use super::args::Args;
use super::problem::{Outcome, Problem};
use super::{actions, calls, powers, views};
use wechatpay_chain::notify::Version;
use wechatpay_core::catalog::AnswerSignature;

/// How many requests are listed unless asked otherwise.
const LISTED: usize = 50;
/// How many at once: each has some of its body.
const MOST: usize = 200;

pub(super) const ROUTES: &str = "GET info, calls, calls/ID, orders, refunds, transfers, sharing, complaints, \
    notifications, notifications/ID, kinds, faults, limits, clock, settings; POST orders/OUT_TRADE_NO/pay (or fail, \
    expire, refund), refunds/OUT_REFUND_NO/settle, refunds/hold, transfers/OUT_BILL_NO/confirm (or reject), transfers/hold, \
    complaints, notifications, notifications/ID/resend, faults, certificates/rotate (or retire, mode), limits, clock, settings, reset; \
    DELETE calls, notifications, faults";

pub(super) fn answer(gateway: &Arc<Gateway>, head: &Parts, path: &str, body: &[u8]) -> Reply {
    let query = head.uri.query().unwrap_or_default();
    let outcome =
        Args::read(body).and_then(|args| dispatch(gateway, &head.method, path, query, &args));
    match outcome {
        Ok(value) => Reply::json(StatusCode::OK, &value, AnswerSignature::Nothing),
        Err(problem) => problem.reply(),
    }
}

/// Does what a method and path below `/_sandbox/api/` say.
pub(super) fn dispatch(
    gateway: &Arc<Gateway>,
    method: &Method,
    path: &str,
    query: &str,
    args: &Args,
) -> Outcome<Value> {
    let segments: Vec<String> = path
        .trim_end_matches('/')
        .split('/')
        .map(|segment| query::decoded(segment).into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let outcome = match *method {
        Method::GET => get(gateway, &segments, query),
        Method::POST => post(gateway, &segments, args),
        Method::DELETE => delete(gateway, &segments),
        _ => None,
    };
    outcome.unwrap_or_else(|| Err(unknown(method, path)))
}

fn get(gateway: &Arc<Gateway>, segments: &[&str], query: &str) -> Option<Outcome<Value>> {
    let now = gateway.clock.now();
    let world = &gateway.world;
    powers::post_what_happened(gateway);
    Some(Ok(match segments {
        ["info"] => views::info(gateway),
        ["calls"] => match limit(query) {
            Ok(limit) => list_calls(gateway, limit),
            Err(problem) => return Some(Err(problem)),
        },
        ["calls", id] => return Some(call(gateway, id)),
        ["orders"] => {
            json!({"orders": world.orders(now).iter().map(views::order).collect::<Value>()})
        }
        ["refunds"] => {
            let refunds: Value = world.refunds().iter().map(views::refund).collect();
            json!({"refunds": refunds, "hold": world.holds_refunds()})
        }
        ["transfers"] => {
            let transfers: Value = world.transfers().iter().map(views::transfer).collect();
            json!({"transfers": transfers, "hold": world.holds_transfers()})
        }
        ["sharing"] => {
            json!({"sharing": world.sharing().iter().map(views::sharing).collect::<Value>()})
        }
        ["complaints"] => {
            let all = world.complaints();
            json!({"complaints": all.iter().map(views::complaint).collect::<Value>()})
        }
        ["notifications"] => {
            let all = gateway.control.deliveries.brief();
            let pace = gateway.control.deliveries.pace();
            let brief = |record| views::brief_delivery(record, pace);
            json!({"notifications": all.iter().map(brief).collect::<Value>()})
        }
        ["notifications", id] => return Some(actions::delivery(gateway, id)),
        ["kinds"] => kinds(),
        ["faults"] => json!({"faults": views::faults(gateway)}),
        ["limits"] => views::limits(gateway),
        ["clock"] => views::clock(gateway),
        ["settings"] => actions::settings(gateway),
        _ => return None,
    }))
}

fn post(gateway: &Arc<Gateway>, segments: &[&str], args: &Args) -> Option<Outcome<Value>> {
    Some(match segments {
        ["orders", number, verb @ ("pay" | "fail" | "expire")] => {
            actions::order(gateway, number, verb, args)
        }
        ["orders", number, "refund"] => actions::refund(gateway, number, args),
        ["complaints"] => actions::complain(gateway, args),
        ["refunds", "hold"] => actions::hold_refunds(gateway, args),
        ["refunds", number, "settle"] => actions::settle(gateway, number, args),
        ["transfers", "hold"] => actions::hold_transfers(gateway, args),
        ["transfers", number, "confirm"] => actions::confirm(gateway, number, args),
        ["transfers", number, "reject"] => actions::reject(gateway, number, args),
        ["notifications"] => actions::notify(gateway, args),
        ["notifications", id, "resend"] => actions::resend(gateway, id, args),
        ["faults"] => actions::fault(gateway, args),
        ["certificates", "rotate"] => actions::rotate(gateway, args),
        ["certificates", "retire"] => actions::retire(gateway, args),
        ["certificates", "mode"] => actions::certificate_mode(gateway, args),
        ["limits"] => actions::limits(gateway, args),
        ["clock"] => actions::clock(gateway, args),
        ["settings"] => actions::set(gateway, args),
        ["reset"] => actions::reset(gateway, args),
        _ => return None,
    })
}

fn delete(gateway: &Arc<Gateway>, segments: &[&str]) -> Option<Outcome<Value>> {
    match segments {
        ["calls"] => gateway.records.clear(),
        ["notifications"] => gateway.control.deliveries.clear(),
        ["faults"] => actions::forget_faults(gateway),
        _ => return None,
    }
    Some(Ok(json!({})))
}

fn limit(query: &str) -> Outcome<usize> {
    let given = query::value(Some(query), "limit");
    let wrong = |_| {
        let hint = ("as in calls?limit=10", "例如 calls?limit=10");
        Problem::bad(("limit is not a number", "limit 不是数字"), hint)
    };
    let limit = given.map_or(Ok(LISTED), |value| value.parse().map_err(wrong))?;
    match limit <= MOST {
        true => Ok(limit),
        false => {
            let error = (
                format!("limit is above {MOST}"),
                format!("limit 大于 {MOST}"),
            );
            let hint = (
                "GET calls/ID shows any that is remembered",
                "GET calls/ID 可查看任一被记住的请求",
            );
            Err(Problem::bad(error, hint))
        }
    }
}

/// Oldest first, as everything that is listed.
fn list_calls(gateway: &Gateway, limit: usize) -> Value {
    let newest = gateway.records.newest(limit);
    let calls = newest.iter().rev().map(calls::brief);
    json!({"calls": calls.collect::<Value>()})
}

fn call(gateway: &Gateway, id: &str) -> Outcome<Value> {
    let record = id.parse().ok().and_then(|id| gateway.records.get(id));
    let record = record.ok_or_else(|| {
        let error = (
            format!("there is no call {id:?}"),
            format!("没有请求 {id:?}"),
        );
        let hint = (
            "GET calls lists those that are remembered",
            "GET calls 列出被记住的请求",
        );
        Problem::missing(error, hint)
    })?;
    Ok(calls::call(&record, gateway))
}

fn kinds() -> Value {
    let kinds = kind_rows().map(|row| {
        json!({
            "version": if row.version == Version::V2 { "v2" } else { "v3" },
            "event_type": row.event_type,
            "title": row.title,
        })
    });
    json!({"kinds": kinds.collect::<Value>()})
}

fn unknown(method: &Method, path: &str) -> Problem {
    let error = (
        format!("the control API has no {method} {path}"),
        format!("控制接口中没有 {method} {path}"),
    );
    let hint = (
        format!("below /_sandbox/api/ there are {ROUTES}"),
        format!("/_sandbox/api/ 之下有 {ROUTES}"),
    );
    Problem::missing(error, hint)
}
