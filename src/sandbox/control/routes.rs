//! The routes of the control API.

use std::sync::Arc;

use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::args::Args;
use super::problem::{Outcome, Problem};
use super::{actions, calls, merchants, views};
use crate::events;
use crate::gateway::payscore;
use crate::notifier::kind_rows;
use crate::query;
use crate::reply::Reply;
use crate::state::SandboxState;
use crate::world::World;
use wechatpay_chain::notify::Version;
use wechatpay_core::catalog::AnswerSignature;

/// How many requests are listed by default.
const DEFAULT_LIMIT: usize = 50;
/// How many requests can be listed at once: each includes a part of its body.
const MAX_LIMIT: usize = 200;

pub(super) const ROUTES: &str = "GET info, merchants, merchants/MCHID, calls, calls/ID, calls/events, orders, refunds, transfers, sharing, complaints, \
    notifications, notifications/ID, kinds, faults, limits, clock, settings; POST orders/OUT_TRADE_NO/pay (or fail, \
    expire, refund), refunds/OUT_REFUND_NO/settle, refunds/hold, transfers/OUT_BILL_NO/confirm (or reject), transfers/hold, \
    complaints, merchants, merchants/MCHID/balance, notifications, notifications/ID/resend, faults, certificates/rotate (or retire, mode), limits, clock, settings, reset; \
    DELETE calls, notifications, faults";

/// The routes as a Chinese text lists them.
fn routes_zh() -> String {
    let list = ROUTES.replace(" (or ", "（或 ").replace(')', "）");
    list.replace("; ", "；").replace(", ", "、")
}

pub(super) fn answer(state: &Arc<SandboxState>, head: &Parts, path: &str, body: &[u8]) -> Reply {
    let query = head.uri.query().unwrap_or_default();
    let args = Args::read(body).and_then(|args| match head.method {
        Method::POST => args.with_query(query),
        _ => Ok(args),
    });
    let outcome = args.and_then(|args| dispatch(state, &head.method, path, query, &args));
    match outcome {
        Ok(value) => Reply::json(StatusCode::OK, &value, AnswerSignature::Nothing),
        Err(problem) => problem.reply(),
    }
}

/// Runs the action of a method and path below `/_sandbox/api/`.
pub(super) fn dispatch(
    state: &Arc<SandboxState>,
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
        Method::GET => get(state, &segments, query),
        Method::POST => post(state, &segments, args),
        Method::DELETE => delete(state, &segments),
        _ => None,
    };
    outcome.unwrap_or_else(|| Err(unknown(method, path)))
}

fn get(state: &Arc<SandboxState>, segments: &[&str], query: &str) -> Option<Outcome<Value>> {
    events::post_pending(state);
    Some(Ok(match segments {
        ["info"] => views::info(state),
        ["calls"] => match limit(query) {
            Ok(limit) => list_calls(state, limit),
            Err(problem) => return Some(Err(problem)),
        },
        ["calls", id] => return Some(call(state, id)),
        ["notifications"] => {
            let all = state.notifier.brief();
            let pace = state.notifier.speed();
            let brief = |record| views::brief_delivery(record, pace);
            json!({"notifications": all.iter().map(brief).collect::<Value>()})
        }
        ["notifications", id] => return Some(actions::delivery(state, id)),
        ["kinds"] => kinds(),
        ["faults"] => json!({"faults": views::faults(state)}),
        ["limits"] => views::limits(state),
        ["clock"] => views::clock(state),
        ["settings"] => actions::settings(state),
        ["merchants"] => merchants::list(state),
        ["merchants", mchid] => return Some(merchants::show(state, mchid)),
        [name] => return list_resources(state, name, query),
        _ => return None,
    }))
}

/// Lists the resources of a kind, as orders and refunds: of all merchants, or of the one that the query names.
fn list_resources(state: &SandboxState, kind: &str, query: &str) -> Option<Outcome<Value>> {
    let accounts = match query::value(Some(query), "mchid") {
        None => state.accounts.all(),
        Some(mchid) => match state.accounts.named(&mchid) {
            Ok(account) => vec![account],
            Err(err) => return Some(Err(Problem::of_action(err))),
        },
    };
    let list = |of: &dyn Fn(&World) -> Vec<Value>| -> Value {
        accounts.iter().flat_map(|it| of(&it.world)).collect()
    };
    let mut worlds = accounts.iter().map(|account| &account.world);
    let now = state.now();
    Some(Ok(match kind {
        "orders" => {
            let orders = list(&|world| world.orders(now).iter().map(views::order).collect());
            let service_orders = accounts.iter().flat_map(|it| payscore::list(state, it));
            json!({"orders": orders, "service_orders": service_orders.collect::<Value>()})
        }
        "refunds" => {
            let refunds = list(&|world| world.refunds().iter().map(views::refund).collect());
            json!({"refunds": refunds, "hold": worlds.any(World::holds_refunds)})
        }
        "transfers" => {
            let all = list(&|world| world.transfers().iter().map(views::transfer).collect());
            json!({"transfers": all, "hold": worlds.any(World::holds_transfers)})
        }
        "sharing" => {
            let sharing = list(&|world| world.sharing().iter().map(views::sharing).collect());
            json!({"sharing": sharing})
        }
        "complaints" => {
            let all = list(&|world| world.complaints().iter().map(views::complaint).collect());
            json!({"complaints": all})
        }
        _ => return None,
    }))
}

fn post(state: &Arc<SandboxState>, segments: &[&str], args: &Args) -> Option<Outcome<Value>> {
    Some(match segments {
        // The number of a sub-merchant's resource, whose slash a path may have as it is.
        [
            kind @ ("orders" | "refunds" | "transfers"),
            owner,
            number,
            verb,
        ] => {
            return post(state, &[kind, &format!("{owner}/{number}"), verb], args);
        }
        ["orders", number, verb @ ("pay" | "fail" | "expire")] => {
            actions::order(state, number, verb, args)
        }
        ["orders", number, "refund"] => actions::refund(state, number, args),
        ["complaints"] => actions::complain(state, args),
        ["refunds", "hold"] => actions::hold_refunds(state, args),
        ["refunds", number, "settle"] => actions::settle(state, number, args),
        ["transfers", "hold"] => actions::hold_transfers(state, args),
        ["transfers", number, "confirm"] => actions::confirm(state, number, args),
        ["transfers", number, "reject"] => actions::reject(state, number, args),
        ["merchants"] => merchants::add(state, args),
        ["merchants", mchid, "balance"] => merchants::set_balance(state, mchid, args),
        ["notifications"] => actions::notify(state, args),
        ["notifications", id, "resend"] => actions::resend(state, id, args),
        ["faults"] => actions::fault(state, args),
        ["certificates", "rotate"] => actions::rotate(state, args),
        ["certificates", "retire"] => actions::retire(state, args),
        ["certificates", "mode"] => actions::certificate_mode(state, args),
        ["limits"] => actions::limits(state, args),
        ["clock"] => actions::clock(state, args),
        ["settings"] => actions::set(state, args),
        ["reset"] => actions::reset(state, args),
        _ => return None,
    })
}

fn delete(state: &Arc<SandboxState>, segments: &[&str]) -> Option<Outcome<Value>> {
    match segments {
        ["calls"] => state.records.clear(),
        ["notifications"] => state.notifier.clear(),
        ["faults"] => actions::forget_faults(state),
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
    let limit = given.map_or(Ok(DEFAULT_LIMIT), |value| value.parse().map_err(wrong))?;
    if limit <= MAX_LIMIT {
        Ok(limit)
    } else {
        let error = (
            format!("limit is above {MAX_LIMIT}"),
            format!("limit 大于 {MAX_LIMIT}"),
        );
        let hint = (
            "GET calls/ID shows any that is remembered",
            "GET calls/ID 可查看任一被记住的请求",
        );
        Err(Problem::bad(error, hint))
    }
}

/// Lists requests, oldest first.
fn list_calls(state: &SandboxState, limit: usize) -> Value {
    let newest = state.records.newest(limit);
    let calls = newest.iter().rev().map(|call| calls::brief(call, state));
    json!({"calls": calls.collect::<Value>()})
}

fn call(state: &SandboxState, id: &str) -> Outcome<Value> {
    let record = id.parse().ok().and_then(|id| state.records.get(id));
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
    Ok(calls::call(&record, state))
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
        format!("/_sandbox/api/ 之下有 {}", routes_zh()),
    );
    Problem::missing(error, hint)
}
