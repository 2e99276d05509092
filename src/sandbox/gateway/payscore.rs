//! Orders of 微信支付分: the merchant creates one, the user confirms it, the merchant completes it, and the user pays.
//!
//! The records are those of every operation without special rules; this file adds their states, amounts and notifications.
//! An order that the user need not confirm (`need_user_confirm` is `false`) is `DOING` from the start. Completing an order that
//! the user has not confirmed confirms it first, so a test needs no action of the user.
//!
//! Sources: "支付分订单状态流转图", "查询支付分订单", "确认订单回调通知", "支付成功回调通知", "同步服务订单信息".

use http::Method;
use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::date::{Local, rfc3339};
use crate::remembered::Found;
use crate::state::SandboxState;
use crate::validation::IncomingRequest;
use crate::world::{ActionError, ActionResult, Event, Outcome};
use wechatpay_core::catalog;
use wechatpay_core::crypto::digest::sha256;

const PAYSCORE: &str = "v3/payscore/";
const NUMBER: &str = "out_order_no";
/// Members that an order has only after it is completed.
const OF_THE_END: [&str; 3] = ["total_amount", "need_collection", "collection"];

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Created,
    Confirmed,
    Completed,
    Paid,
    Revoked,
    Expired,
}

impl Stage {
    const ALL: [Self; 6] = [
        Self::Created,
        Self::Confirmed,
        Self::Completed,
        Self::Paid,
        Self::Revoked,
        Self::Expired,
    ];

    /// The name in a record, which `set_state` takes too.
    fn name(self) -> &'static str {
        match self {
            Self::Completed => "MCH_COMPLETE",
            other => other.state(),
        }
    }

    fn state(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Confirmed | Self::Completed => "DOING",
            Self::Paid => "DONE",
            Self::Revoked => "REVOKED",
            Self::Expired => "EXPIRED",
        }
    }

    /// While an order is `DOING`, the last thing that has happened.
    fn description(self) -> Option<&'static str> {
        match self {
            Self::Confirmed => Some("USER_CONFIRM"),
            Self::Completed => Some("MCH_COMPLETE"),
            _ => None,
        }
    }

    fn of(order: &Found) -> Self {
        let moved = order.moved.as_deref().unwrap_or_default();
        let found = Self::ALL.into_iter().find(|stage| stage.name() == moved);
        found.unwrap_or(Self::Created)
    }

    fn is_final(self) -> bool {
        matches!(self, Self::Paid | Self::Revoked | Self::Expired)
    }
}

/// Answers a request about a service order; `None` for other requests.
pub(super) fn remember(
    state: &SandboxState,
    account: &Account,
    request: &IncomingRequest<'_>,
) -> Option<Outcome> {
    let path = request.operation.path();
    if !is_service_order(path) {
        return None;
    }
    let known = number_of(request, None).and_then(|number| find(account, &number));
    let generate = || state.settings.documented.answer(request, account.mchid());
    let (mut outcome, is_new) = account.remembered.answer(request, state.now(), generate)?;
    let Ok(success) = &mut outcome else {
        return Some(outcome);
    };
    let number = number_of(request, success.body.as_ref());
    if let Some(number) = number.filter(|number| find(account, number).is_some()) {
        let before = known.as_ref().map_or(Stage::Created, Stage::of);
        let after = next(before, path, request, is_new);
        move_to(
            state,
            account,
            &number,
            (before, after),
            paid_outside(request),
        );
        if let Some((order, body)) = find(account, &number).zip(success.body.as_mut()) {
            agree(body, &order);
        }
    }
    Some(outcome)
}

fn is_service_order(path: &str) -> bool {
    let rest = path.strip_prefix(PAYSCORE);
    rest.is_some_and(|rest| {
        let mut segments = rest.split('/');
        segments.any(|it| ["serviceorder", "servicepayondeliveryorder"].contains(&it))
    })
}

/// The stage after a request.
fn next(before: Stage, path: &str, request: &IncomingRequest<'_>, is_new: bool) -> Stage {
    if is_new {
        let needs = |json: &Value| json["need_user_confirm"] != json!(false);
        return match path.rsplit('/').next() {
            Some("direct-complete") => Stage::Completed,
            _ if request.json.is_none_or(needs) => Stage::Created,
            _ => Stage::Confirmed,
        };
    }
    match path.rsplit('/').next() {
        _ if before.is_final() || request.operation.method() == Method::GET => before,
        Some("complete" | "modify") => Stage::Completed,
        Some("pay" | "sync") => Stage::Paid,
        Some("cancel") => Stage::Revoked,
        _ => before,
    }
}

/// The time of a payment outside of WeChat Pay that the merchant reports.
fn paid_outside(request: &IncomingRequest<'_>) -> Option<String> {
    let time = request.json?.get("detail")?.get("paid_time")?.as_str()?;
    Some(time.to_owned())
}

/// Moves an order, and lets the merchant be notified of what the user has done.
fn move_to(
    state: &SandboxState,
    account: &Account,
    number: &str,
    (before, after): (Stage, Stage),
    reported: Option<String>,
) {
    let set = |stage: Stage, members| account.remembered.write(number, stage.name(), members);
    let is_late = matches!(after, Stage::Completed | Stage::Paid);
    if before == Stage::Created && is_late {
        set(Stage::Confirmed, Map::new());
        notify(state, account, number, Stage::Confirmed);
    }
    let Some(order) = find(account, number) else {
        return;
    };
    let total = order.members.get("total_amount").and_then(Value::as_i64);
    // Nothing is to be paid.
    let after = if after == Stage::Completed && total == Some(0) {
        Stage::Paid
    } else {
        after
    };
    let mut members = Map::new();
    if after == Stage::Paid && before != Stage::Paid {
        let total = total.unwrap_or_default();
        members.insert(
            "collection".into(),
            paid(state, &order, (number, total), reported),
        );
    }
    set(after, members);
    let is_paid = after == Stage::Paid && before != Stage::Paid && total != Some(0);
    let is_confirmed = after == Stage::Confirmed && before == Stage::Created;
    if is_paid || is_confirmed {
        notify(state, account, number, after);
    }
}

/// The payment of an order.
fn paid(
    state: &SandboxState,
    order: &Found,
    (number, total): (&str, i64),
    reported: Option<String>,
) -> Value {
    let now = state.now();
    let kind = if reported.is_some() { "MCH" } else { "NEWTON" };
    let time = reported.unwrap_or_else(|| match is_oversea(order.maker) {
        true => rfc3339(now),
        false => Local::of(now).compact(),
    });
    let digest = sha256(number.as_bytes());
    let digits: String = digest
        .iter()
        .take(24)
        .map(|byte| char::from(b'0' + byte % 10))
        .collect();
    json!({
        "state": "USER_PAID",
        "total_amount": total,
        "paying_amount": 0,
        "paid_amount": total,
        "details": [{
            "seq": 1,
            "amount": total,
            "paid_type": kind,
            "paid_time": time,
            "transaction_id": format!("4200{digits}"),
        }],
    })
}

/// Overseas orders have times as in RFC 3339, all others digits alone.
fn is_oversea(path: &str) -> bool {
    path.starts_with("v3/payscore/oversea/")
}

/// Writes the state and the amounts into a response.
fn agree(body: &mut Value, order: &Found) {
    let Some(body) = body
        .as_object_mut()
        .filter(|body| body.contains_key("state"))
    else {
        return;
    };
    let stage = Stage::of(order);
    body.insert("state".into(), json!(stage.state()));
    match stage.description() {
        Some(description) => body.insert("state_description".into(), json!(description)),
        None => body.shift_remove("state_description"),
    };
    if !matches!(stage, Stage::Completed | Stage::Paid) {
        body.retain(|name, _| !OF_THE_END.contains(&name.as_str()));
        return;
    }
    let total = order.members.get("total_amount").and_then(Value::as_i64);
    let total = total.unwrap_or_default();
    let unpaid = || json!({"state": "USER_PAYING", "total_amount": total, "paying_amount": total, "paid_amount": 0});
    let paid = order
        .members
        .get("collection")
        .filter(|_| stage == Stage::Paid);
    for (name, value) in [
        ("total_amount", json!(total)),
        ("need_collection", json!(total > 0)),
        ("collection", paid.cloned().unwrap_or_else(unpaid)),
    ] {
        if let Some(slot) = body.get_mut(name) {
            *slot = value;
        }
    }
    if total == 0 {
        body.shift_remove("collection");
    }
}

/// Adds the notification that the user has confirmed or paid an order. Its resource is what a query of the order returns.
fn notify(state: &SandboxState, account: &Account, number: &str, stage: Stage) {
    let Some(order) = find(account, number) else {
        return;
    };
    let Some(resource) = queried(state, account, &order, number) else {
        return;
    };
    let (event_type, summary) = match stage {
        Stage::Paid => ("PAYSCORE.USER_PAID", "用户支付成功"),
        _ => ("PAYSCORE.USER_CONFIRM", "用户确认订单"),
    };
    let url = order.members.get("notify_url").and_then(Value::as_str);
    account.world.push_event(Event {
        notify_url: url.map(str::to_owned),
        event_type,
        original_type: "payscore",
        summary,
        resource,
        is_v2: false,
        created: state.now(),
    });
}

/// What a query of the order returns.
fn queried(state: &SandboxState, account: &Account, order: &Found, number: &str) -> Option<Value> {
    let path = order.maker.trim_end_matches("/direct-complete");
    let path = path.replace("servicepayondeliveryorder", "serviceorder");
    let path = path.replace("sign-plan/", "");
    let operation = catalog::find(&Method::GET, &path)?;
    let named = ["service_id", "appid", "sub_mchid", "channel_id"].into_iter();
    let member = |name: &'static str| Some((name, order.members.get(name)?.as_str()?));
    let pairs: Vec<_> = std::iter::once((NUMBER, number))
        .chain(named.filter_map(member))
        .collect();
    let query = wechatpay_core::percent::query(&pairs);
    let request = IncomingRequest {
        operation,
        path: &format!("/{path}"),
        query: Some(&query),
        json: None,
        upload: false,
        brand_id: None,
    };
    let generate = || state.settings.documented.answer(&request, account.mchid());
    let (outcome, _) = account.remembered.answer(&request, state.now(), generate)?;
    let mut body = outcome.ok()?.body?;
    agree(&mut body, order);
    Some(body)
}

/// What the user does: `pay` confirms an order and, once it is completed, pays it; `expire` ends one that is not confirmed.
/// `None` when the account has no such order.
pub(crate) fn act(
    state: &SandboxState,
    account: &Account,
    number: &str,
    verb: &str,
) -> Option<ActionResult<Value>> {
    let before = Stage::of(&find(account, number)?);
    let after = match (verb, before) {
        ("pay", Stage::Created) => Stage::Confirmed,
        ("pay", Stage::Completed) => Stage::Paid,
        ("expire", Stage::Created) => Stage::Expired,
        ("fail", Stage::Completed) => Stage::Completed,
        _ => {
            let (state, description) = (before.state(), before.description().unwrap_or_default());
            return Some(Err(ActionError::conflict((
                format!("the service order is {state} {description}: {verb} is not possible"),
                format!("支付分订单的状态为 {state} {description}，不能 {verb}"),
            ))));
        }
    };
    move_to(state, account, number, (before, after), None);
    let order = find(account, number)?;
    Some(Ok(
        queried(state, account, &order, number).unwrap_or_default()
    ))
}

/// Lets the merchant be notified of an order whose state was set by hand.
pub(super) fn moved(state: &SandboxState, account: &Account, number: &str) {
    let Some(order) = find(account, number) else {
        return;
    };
    match Stage::of(&order) {
        Stage::Confirmed => notify(state, account, number, Stage::Confirmed),
        Stage::Paid => move_to(
            state,
            account,
            number,
            (Stage::Completed, Stage::Paid),
            None,
        ),
        _ => {}
    }
}

fn find(account: &Account, number: &str) -> Option<Found> {
    account.remembered.find(number, is_service_order)
}

/// The merchant's number of the order: of the request, otherwise of the response.
fn number_of(request: &IncomingRequest<'_>, body: Option<&Value>) -> Option<String> {
    let mut places = request.variables().chain(request.parameters());
    let found = places.find(|(name, value)| &**name == NUMBER && !value.is_empty());
    let of = |json: Option<&Value>| json?.get(NUMBER)?.as_str().map(str::to_owned);
    found
        .map(|(_, value)| value)
        .or_else(|| of(request.json))
        .or_else(|| of(body))
}
