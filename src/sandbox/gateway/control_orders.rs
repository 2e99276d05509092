//! Control orders of ledger accounts (微众台账管控): the notification of their results, and the balance of an account.
//!
//! The documentation says that the initiator "可以" be notified of the result, at a URL that it has given, and publishes neither
//! the type nor the members of the notification. The sandbox's are its own: the type is `CONTROL_ORDER.PUNISH` or
//! `CONTROL_ORDER.RECOVER`, and the resource is what the query of the order returns at that moment.
//!
//! Each account begins with a balance of 10,000 yuan. Special reductions (特殊减额) take from it; one that exceeds the
//! balance fails with `BALANCE_NOT_ENOUGH`.

use http::Method;
use serde_json::{Value, json};

use crate::account::Account;
use crate::state::SandboxState;
use crate::validation::IncomingRequest;
use crate::world::{Event, Outcome};
use wechatpay_core::catalog;

const PUNISH: &str = "v3/aggracct-bc/wb-channel/control-orders/punish";
const RECOVER: &str = "v3/aggracct-bc/wb-channel/control-orders/recover";
const QUERY: &str = "v3/aggracct-bc/wb-channel/control-orders/{out_request_no}";
const BALANCE: &str = "v3/aggracct-bc/wb-channel/account/balance";
const REDUCTION: &str = "v3/aggracct-bc/wb-channel/special-reduction";
/// The balance of an account at the start, in fen.
const OPENING: i64 = 1_000_000;

/// Answers a request from the records, and lets its merchant be notified of a new control order.
pub(super) fn remember(
    state: &SandboxState,
    account: &Account,
    request: &IncomingRequest<'_>,
) -> Option<Outcome> {
    let now = state.now();
    let path = request.operation.path();
    if path == BALANCE {
        return balance(state, account, request);
    }
    let left = (path == REDUCTION).then(|| left(account, request));
    let generate = || state.settings.documented.answer(request, account.mchid());
    let (mut outcome, is_new) = account.remembered.answer(request, now, generate)?;
    if is_new && let Some(number) = text(request.json, "out_request_no") {
        match path {
            PUNISH | RECOVER => notify(state, account, number),
            REDUCTION if left.is_some_and(|left| left < amount(request)) => {
                account.remembered.set_state(number, "FAILED");
                set(&mut outcome, "state", json!("FAILED"));
            }
            _ => {}
        }
    }
    if path.starts_with(REDUCTION) {
        agree(&mut outcome);
    }
    Some(outcome)
}

/// Lets the merchant be notified of a control order whose state was set by hand. Other numbers change nothing.
pub(super) fn notify_moved(state: &SandboxState, account: &Account, number: &str) {
    if account.remembered.is_made_by(number, &[PUNISH, RECOVER]) {
        notify(state, account, number);
    }
}

fn notify(state: &SandboxState, account: &Account, number: &str) {
    let Some(operation) = catalog::find(&Method::GET, QUERY) else {
        return;
    };
    let encoded = percent_encoding::utf8_percent_encode(number, percent_encoding::NON_ALPHANUMERIC);
    let path = format!(
        "/{}",
        QUERY.replace("{out_request_no}", &encoded.to_string())
    );
    let request = IncomingRequest {
        operation,
        path: &path,
        query: None,
        json: None,
        upload: false,
        brand_id: None,
    };
    let generate = || state.settings.documented.answer(&request, account.mchid());
    let seen = account.remembered.answer(&request, state.now(), generate);
    let Some(resource) = seen.and_then(|(outcome, _)| outcome.ok()?.body) else {
        return;
    };
    let (event_type, summary) = match resource["control_scene"].as_str() {
        Some("RECOVER") => ("CONTROL_ORDER.RECOVER", "台账解管结果通知"),
        _ => ("CONTROL_ORDER.PUNISH", "台账管控结果通知"),
    };
    account.world.push_event(Event {
        notify_url: None,
        event_type,
        original_type: "control_order",
        summary,
        resource,
        is_v2: false,
        created: state.now(),
    });
}

fn balance(
    state: &SandboxState,
    account: &Account,
    request: &IncomingRequest<'_>,
) -> Option<Outcome> {
    let (status, mut body) = state.settings.documented.answer(request, account.mchid())?;
    body["balance"] = json!(left(account, request));
    body["in_transit_reduction_exist"] = json!(false);
    let mut success = crate::world::Success::json(body);
    success.status = status;
    Some(Ok(success))
}

/// The balance that the reductions have left in the account that the request names.
fn left(account: &Account, request: &IncomingRequest<'_>) -> i64 {
    let named = |name: &str| {
        let mut parameters = request.parameters();
        let found = parameters.find(|(key, _)| &**key == name);
        let found = found.map(|(_, value)| value);
        found.or_else(|| text(request.json, name).map(str::to_owned))
    };
    let (mchid, number) = (named("mchid"), named("bal_account_no"));
    let taken = account.remembered.sent_to(REDUCTION, |sent| {
        let is_of = |name, value: &Option<String>| text(Some(sent), name) == value.as_deref();
        is_of("mchid", &mchid) && is_of("bal_account_no", &number)
    });
    let amounts = taken.iter().filter_map(|sent| sent["amount"].as_i64());
    amounts.fold(OPENING, i64::saturating_sub)
}

fn amount(request: &IncomingRequest<'_>) -> i64 {
    let amount = request.json.and_then(|json| json["amount"].as_i64());
    amount.unwrap_or_default()
}

/// Removes the members of another result than the state names.
fn agree(outcome: &mut Outcome) {
    let Ok(success) = outcome else {
        return;
    };
    let Some(body) = success.body.as_mut().and_then(Value::as_object_mut) else {
        return;
    };
    let time = body.get("success_time").cloned();
    let gone: &[&str] = match body.get("state").and_then(Value::as_str) {
        Some("FAILED") => {
            body.insert("fail_reason".to_owned(), json!("BALANCE_NOT_ENOUGH"));
            body.entry("fail_time").or_insert(time.unwrap_or_default());
            &["success_time", "quota_change_no"]
        }
        Some("SUCCESS") => &["fail_time", "fail_reason"],
        _ => &[
            "success_time",
            "fail_time",
            "fail_reason",
            "quota_change_no",
        ],
    };
    body.retain(|name, _| !gone.contains(&name.as_str()));
}

fn set(outcome: &mut Outcome, name: &str, value: Value) {
    if let Ok(success) = outcome
        && let Some(body) = success.body.as_mut()
    {
        body[name] = value;
    }
}

fn text<'j>(json: Option<&'j Value>, name: &str) -> Option<&'j str> {
    json?.get(name)?.as_str()
}
