//! Orders of 微信支付分: the merchant creates one, the user confirms it, the merchant completes it, and the user pays.
//!
//! The records are those of every operation without special rules; this module adds their states, amounts and notifications.
//! An order that the user need not confirm (`need_user_confirm` is `false`) is `DOING` from the start. Completing an order that
//! the user has not confirmed confirms it first, so a test needs no action of the user.
//!
//! A step of an order reads, decides and writes while the records are locked ([`Step`]). It finds the order once, by its number
//! and sub-merchant.
//!
//! Sources: "支付分订单状态流转图", "查询支付分订单", "确认订单回调通知", "支付成功回调通知", "同步服务订单信息".

mod rules;
mod view;

use http::Method;
use serde_json::{Map, Value};

use crate::account::Account;
use crate::remembered::{Found, Transaction};
use crate::service_order::{self, FAMILY, NUMBER, OF_THE_END, Stage};
use crate::state::SandboxState;
use crate::validation::IncomingRequest;
use crate::world::{ActionError, ActionResult, Event, OtherPayment, Outcome};
use wechatpay_core::catalog;

/// The numbers that find an order.
const NUMBERS: [&str; 2] = [NUMBER, "order_id"];
const ORDER: (&str, &str) = ("service order", "支付分订单");

/// Answers a request about a service order; `None` for other requests.
pub(super) fn remember(
    state: &SandboxState,
    account: &Account,
    request: &IncomingRequest<'_>,
) -> Option<Outcome> {
    if !service_order::is_operation(request.operation.path()) {
        return None;
    }
    Step::begin(state, account).request(request)
}

/// Whether the merchant has a service order with this number.
#[cfg(feature = "control")]
pub(super) fn has(state: &SandboxState, account: &Account, number: &str) -> bool {
    Step::begin(state, account).row(number).is_some()
}

/// What the user does: `pay` confirms an order and, once it is completed, pays it; `expire` ends one that is not confirmed.
/// Returns what a query of the order returns then; `None` when the merchant has no such order.
pub(super) fn act(
    state: &SandboxState,
    account: &Account,
    number: &str,
    verb: &str,
) -> Option<ActionResult<Value>> {
    let mut step = Step::begin(state, account);
    let row = step.row(number)?;
    Some(row.and_then(|row| step.act(row, verb)))
}

/// Sets how far an order is, by hand, and lets the merchant be notified; `None` when the newest record with this number is
/// none of a service order.
pub(super) fn set_state(
    state: &SandboxState,
    account: &Account,
    number: &str,
    name: &str,
) -> Option<ActionResult> {
    let mut step = Step::begin(state, account);
    let maker = step.records.maker_of_newest(number);
    if maker.is_some_and(|maker| !service_order::is_operation(maker)) {
        return None;
    }
    let row = step.row(number)?;
    Some(row.and_then(|row| step.set_by_hand(row, name)))
}

/// The service orders of a merchant for the control API, oldest first.
#[cfg(feature = "control")]
pub(crate) fn list(state: &SandboxState, account: &Account) -> Vec<Value> {
    let orders = account.remembered.begin(state.now()).all(FAMILY);
    let mchid = account.mchid();
    orders.iter().map(|it| view::brief(mchid, it)).collect()
}

/// A step of service orders of one merchant. No other step comes between its parts.
struct Step<'a> {
    state: &'a SandboxState,
    account: &'a Account,
    records: Transaction<'a>,
}

impl<'a> Step<'a> {
    fn begin(state: &'a SandboxState, account: &'a Account) -> Self {
        Self {
            state,
            account,
            records: account.remembered.begin(state.now()),
        }
    }

    /// The order that a user names, by `NUMBER` or `OWNER/NUMBER`; `None` when there is none.
    fn row(&self, number: &str) -> Option<ActionResult<u64>> {
        let mut rows = self.records.named(FAMILY, &NUMBERS, number).into_iter();
        let row = rows.next()?;
        if rows.next().is_none() {
            return Some(Ok(row));
        }
        let owner = self.records.get(row).and_then(|order| order.owner);
        let key = format!("{}/{number}", owner.unwrap_or_default());
        Some(Err(ActionError::several(ORDER, number, &key)))
    }

    fn request(&mut self, request: &IncomingRequest<'_>) -> Option<Outcome> {
        let known = self.records.addressed(request);
        let before = known.and_then(|row| self.records.get(row));
        let decided = before.as_ref().map(|order| rules::after(order, request));
        let decided = match decided.transpose() {
            Ok(decided) => decided,
            Err(refusal) => return Some(Err(refusal)),
        };
        let mut outcome = self.answer(request)?;
        let Ok(success) = &mut outcome else {
            return Some(outcome);
        };
        let Some(row) = known.or_else(|| self.records.addressed(request)) else {
            return Some(outcome);
        };
        self.forget_invented(row, before.as_ref(), request);
        let stage = before.as_ref().map_or(Stage::Created, stage);
        let after = match (known, decided) {
            (Some(_), after) => after.flatten(),
            (None, _) => Some(rules::first(request)),
        };
        if let Some(after) = after {
            self.move_to(row, (stage, after), rules::paid_outside(request));
        }
        if let Some((order, body)) = self.records.get(row).zip(success.body.as_mut()) {
            view::agree(body, &order);
        }
        Some(outcome)
    }

    /// Removes the amounts that neither the order had nor the request sent: a generated response has told them.
    fn forget_invented(&mut self, row: u64, before: Option<&Found>, request: &IncomingRequest<'_>) {
        let had = |name: &str| before.is_some_and(|it| it.members.contains_key(name));
        let is_sent = |name: &str| request.json.is_some_and(|json| json.get(name).is_some());
        let is_invented = |name: &str| OF_THE_END.contains(&name) && !had(name) && !is_sent(name);
        self.records.forget(row, is_invented);
    }

    fn answer(&mut self, request: &IncomingRequest<'_>) -> Option<Outcome> {
        let (state, mchid) = (self.state, self.account.mchid());
        let generate = || state.settings.documented.answer(request, mchid);
        let (outcome, _) = self.records.answer(request, generate)?;
        Some(outcome)
    }

    /// Moves an order, and lets the merchant be notified of what the user has done.
    fn move_to(&mut self, row: u64, (before, after): (Stage, Stage), reported: Option<String>) {
        if before == Stage::Created && after.is_complete() {
            self.set(row, Stage::Confirmed, Map::new());
            self.notify(row, Stage::Confirmed);
        }
        let Some(order) = self.records.get(row) else {
            return;
        };
        let total = view::total(&order);
        // Nothing is to be paid.
        let is_free = after.is_complete() && total == 0;
        let after = if is_free { Stage::Paid } else { after };
        let is_paid = after == Stage::Paid && before != Stage::Paid && !is_free;
        let mut members = Map::new();
        if is_paid {
            members.insert("collection".into(), self.payment(&order, reported));
        }
        self.set(row, after, members);
        if is_paid || (after == Stage::Confirmed && before == Stage::Created) {
            self.notify(row, after);
        }
    }

    /// The payment of an order. One that WeChat Pay has made can be refunded.
    fn payment(&self, order: &Found, reported: Option<String>) -> Value {
        if let Some(time) = reported {
            return view::paid_outside(order, time);
        }
        let text = |name: &str| order.members.get(name).and_then(Value::as_str);
        let is_shareable = order.members.get("profit_sharing") == Some(&Value::Bool(true));
        let payment = OtherPayment {
            number: text("order_id"),
            appid: text("appid").unwrap_or_default(),
            sub_mchid: text("sub_mchid"),
            openid: text("openid"),
            description: text("service_introduction").unwrap_or_default(),
            total: view::total(order),
            shareable: is_shareable,
        };
        let now = self.state.now();
        let id = self.account.world.add_payment(&payment, now);
        view::paid(order, view::time(order, now), Some(id))
    }

    fn set(&mut self, row: u64, stage: Stage, members: Map<String, Value>) {
        self.records.write(row, stage.name(), members);
    }

    /// Adds the notification that the user has confirmed or paid an order. Its resource is what a query of the order returns.
    fn notify(&mut self, row: u64, stage: Stage) {
        let Some((order, resource)) = self.records.get(row).zip(self.queried(row)) else {
            return;
        };
        let (event_type, summary) = match stage {
            Stage::Paid => ("PAYSCORE.USER_PAID", "用户支付成功"),
            _ => ("PAYSCORE.USER_CONFIRM", "用户确认订单"),
        };
        let url = order.members.get("notify_url").and_then(Value::as_str);
        self.account.world.push_event(Event {
            notify_url: url.map(str::to_owned),
            event_type,
            original_type: "payscore",
            summary,
            resource,
            is_v2: false,
            created: self.state.now(),
        });
    }

    /// What a query of the order returns.
    fn queried(&mut self, row: u64) -> Option<Value> {
        let order = self.records.get(row)?;
        let path = view::path_of_query(order.maker);
        let operation = catalog::find(&Method::GET, &path)?;
        let names = [NUMBER, "service_id", "appid", "sub_mchid", "channel_id"];
        let member = |name: &'static str| Some((name, order.members.get(name)?.as_str()?));
        let pairs: Vec<_> = names.into_iter().filter_map(member).collect();
        let query = wechatpay_core::percent::query(&pairs);
        let request = IncomingRequest {
            operation,
            path: &format!("/{path}"),
            query: Some(&query),
            json: None,
            upload: false,
            brand_id: None,
        };
        if self.records.addressed(&request) != Some(row) {
            return None;
        }
        self.request(&request)?.ok()?.body
    }

    fn act(&mut self, row: u64, verb: &str) -> ActionResult<Value> {
        let before = self.records.get(row).as_ref().map(stage);
        let before = before.unwrap_or(Stage::Created);
        let after = rules::after_action(before, verb)?;
        self.move_to(row, (before, after), None);
        self.queried(row).ok_or_else(|| {
            ActionError::Internal(
                (
                    "the service order cannot be queried".to_owned(),
                    "查询支付分订单失败".to_owned(),
                )
                    .into(),
            )
        })
    }

    fn set_by_hand(&mut self, row: u64, name: &str) -> ActionResult {
        let Some(order) = self.records.get(row) else {
            return Ok(());
        };
        let stage = rules::by_hand(&order, name)?;
        match stage {
            Stage::Confirmed => {
                self.set(row, stage, Map::new());
                self.notify(row, stage);
            }
            Stage::Paid => self.move_to(row, (Stage::Completed, stage), None),
            _ => self.set(row, stage, Map::new()),
        }
        Ok(())
    }
}

/// How far an order is.
fn stage(order: &Found) -> Stage {
    Stage::of_record(order.moved.as_deref())
}
