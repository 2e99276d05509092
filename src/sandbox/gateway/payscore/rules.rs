//! What a request or an action makes of a service order.
//!
//! Sources: "完结支付分订单", "修改订单金额", "取消支付分订单", "商户发起催收扣款", "同步服务订单信息": the stages that they need, and their errors.

use http::Method;
use serde_json::{Value, json};

use super::{stage, view};
use crate::refusal::{Refusal, business};
use crate::remembered::Found;
use crate::service_order::{NUMBER, Stage};
use crate::validation::IncomingRequest;
use crate::world::{ActionError, ActionResult};

/// The stage of a new order.
pub(super) fn first(request: &IncomingRequest<'_>) -> Stage {
    let is_confirmed = |json: &Value| json["need_user_confirm"] == json!(false);
    match verb(request) {
        "direct-complete" => Stage::Completed,
        _ if request.json.is_some_and(is_confirmed) => Stage::Confirmed,
        _ => Stage::Created,
    }
}

/// The stage of a known order after a request; `None` when the request does not move it.
pub(super) fn after(
    order: &Found,
    request: &IncomingRequest<'_>,
) -> Result<Option<Stage>, Refusal> {
    use Stage::{Completed, Confirmed, Created, Paid, Revoked};
    if request.operation.method() == Method::GET {
        return Ok(None);
    }
    let before = stage(order);
    Ok(Some(match (verb(request), before) {
        ("complete", Created | Confirmed) => Completed,
        ("modify", Completed) => {
            check_lowered(order, request)?;
            Completed
        }
        ("complete", Completed) if is_repeated(order, request) => return Ok(None),
        ("pay" | "sync", Completed) => Paid,
        ("cancel", Created | Confirmed) => Revoked,
        (verb @ ("complete" | "modify" | "pay" | "sync" | "cancel"), _) => {
            return Err(refusal(before, verb));
        }
        // The number is that of an order which another operation has created.
        _ if is_number_free(order, request) => return Ok(None),
        _ => return Err(business::NUMBER_USED.with(&[&NUMBER])),
    }))
}

/// An amount may be modified several times, and not be raised.
///
/// Source: "修改订单金额": 下调收款金额; in its version for institutions, the total must not exceed that of the completion.
fn check_lowered(order: &Found, request: &IncomingRequest<'_>) -> Result<(), Refusal> {
    let known = view::total(order);
    let new = request
        .json
        .and_then(|json| json.get("total_amount")?.as_i64());
    match new.filter(|new| *new > known) {
        Some(new) => Err(business::SERVICE_ORDER_RAISED.with(&[&new, &known])),
        None => Ok(()),
    }
}

/// Whether a request creates no order, or repeats the one that created this order.
fn is_number_free(order: &Found, request: &IncomingRequest<'_>) -> bool {
    let path = request.operation.path();
    path.contains("/{out_order_no}/") || path == order.maker
}

fn refusal(before: Stage, verb: &str) -> Refusal {
    let entry = match before {
        Stage::Paid => &business::SERVICE_ORDER_DONE,
        Stage::Revoked => &business::SERVICE_ORDER_CANCELED,
        _ => &business::SERVICE_ORDER_STATE,
    };
    entry.with(&[&shown(before), &verb])
}

/// The state and its description.
fn shown(stage: Stage) -> String {
    match stage.description() {
        Some(description) => format!("{} {description}", stage.state()),
        None => stage.state().to_owned(),
    }
}

/// Whether the order has all that a request sends.
fn is_repeated(order: &Found, request: &IncomingRequest<'_>) -> bool {
    let sent = request.json.and_then(Value::as_object);
    let mut sent = sent.into_iter().flatten();
    sent.all(|(name, value)| order.members.get(name).is_some_and(|it| has(it, value)))
}

fn has(known: &Value, sent: &Value) -> bool {
    match (known, sent) {
        (Value::Object(known), Value::Object(sent)) => {
            let mut sent = sent.iter();
            sent.all(|(name, value)| known.get(name).is_some_and(|it| has(it, value)))
        }
        _ => known == sent,
    }
}

/// The time of a payment outside of WeChat Pay that the merchant reports.
pub(super) fn paid_outside(request: &IncomingRequest<'_>) -> Option<String> {
    let time = request.json?.get("detail")?.get("paid_time")?.as_str()?;
    Some(time.to_owned())
}

/// The stage after an action of the user.
pub(super) fn after_action(before: Stage, verb: &str) -> ActionResult<Stage> {
    match (verb, before) {
        ("pay", Stage::Created) => Ok(Stage::Confirmed),
        ("pay", Stage::Completed) => Ok(Stage::Paid),
        ("expire", Stage::Created) => Ok(Stage::Expired),
        // WeChat Pay reports no payment that fails: it tries again until the user pays.
        ("fail", Stage::Completed) => Err(ActionError::conflict((
            "a payment that fails changes nothing: the service order stays DOING MCH_COMPLETE until it is paid",
            "支付失败不改变支付分订单：在支付成功之前，状态一直是 DOING MCH_COMPLETE",
        ))),
        _ => {
            let state = shown(before);
            Err(ActionError::conflict((
                format!("the service order is {state}: {verb} is not possible"),
                format!("支付分订单的状态为 {state}，不能 {verb}"),
            )))
        }
    }
}

/// The stage of a name that a user sets.
pub(super) fn by_hand(order: &Found, name: &str) -> ActionResult<Stage> {
    let stage = Stage::named(name).ok_or_else(|| {
        let names = Stage::names();
        ActionError::Invalid(
            (
                format!("{name:?} is no state of a service order: set one of {names}"),
                format!("支付分订单没有状态 {name:?}：可用的有 {names}"),
            )
                .into(),
        )
    })?;
    if stage.is_complete() && !order.members.contains_key("total_amount") {
        return Err(ActionError::conflict((
            format!("a service order without total_amount cannot be {name}: complete it first"),
            format!("支付分订单没有 total_amount，状态不能为 {name}：请先完结订单"),
        )));
    }
    Ok(stage)
}

/// The last segment of the path.
fn verb(request: &IncomingRequest<'_>) -> &'static str {
    let path = request.operation.path();
    path.rsplit('/').next().unwrap_or_default()
}
