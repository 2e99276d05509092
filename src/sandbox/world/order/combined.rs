//! Combined orders (合单): one payment for several sellers.

use serde_json::{Map, Value, json};

use super::super::action::{ActionError, ActionResult};
use super::super::event::Event;
use super::super::outcome::{Outcome, Success};
use super::super::request::{Fields, Request};
use super::super::state::State;
use super::super::table::{Row, key_of};
use super::model::{CombinedOrder, Order, Party, Payer, PaymentMethod, TradeState, members};
use super::payment;
use super::rules::{
    check_reusable, close_order, currency, expires, prepay_answer, require_own_mchid,
};
use crate::refusal::Refusal;
use crate::refusal::business;

/// The greatest number of parts ("合单下单").
const MOST: usize = 50;

pub(crate) fn create(state: &mut State, request: &Request<'_>, kind: PaymentMethod) -> Outcome {
    let fields = request.fields();
    let mut combine = read(state, &fields, request, kind)?;
    let items = fields.items("/sub_orders", MOST)?;
    let orders = items
        .iter()
        .map(|item| part(item, &fields, &combine, request, kind))
        .collect::<Result<Vec<_>, _>>()?;
    combine.parts = orders.iter().map(Row::key).collect();
    if let Some(known) = state.combined_orders.get(&combine.number) {
        return repeated(state, known, &combine, request.now);
    }
    let mut numbers: Vec<_> = combine.parts.iter().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let used = combine
        .parts
        .iter()
        .any(|it| state.orders.get(it).is_some());
    if used || numbers.len() < combine.parts.len() {
        return Err(business::ORDER_NUMBER_USED.refusal());
    }
    combine.answer = prepay_answer(state, kind, request.now);
    let answer = combine.answer.clone();
    orders
        .into_iter()
        .for_each(|order| state.orders.insert(order, request.now));
    state.combined_orders.insert(combine, request.now);
    Ok(Success::json(answer))
}

/// The response to a repeated request. The state of any part applies to the whole order.
fn repeated(state: &State, known: &CombinedOrder, asked: &CombinedOrder, now: i64) -> Outcome {
    let order = known.parts.iter().find_map(|it| state.orders.get(it));
    if let Some(order) = order {
        let asked = Order {
            fingerprint: order.fingerprint,
            ..order.clone()
        };
        check_reusable(order, &asked, now)?;
    }
    if known.fingerprint == asked.fingerprint {
        Ok(Success::json(known.answer.clone()))
    } else {
        Err(business::ORDER_NUMBER_USED.refusal())
    }
}

fn read(
    state: &State,
    fields: &Fields<'_>,
    request: &Request<'_>,
    kind: PaymentMethod,
) -> Result<CombinedOrder, Refusal> {
    let combine = CombinedOrder {
        number: fields.merchant_number("/combine_out_trade_no")?,
        appid: fields.required_text("/combine_appid")?,
        mchid: fields.required_text("/combine_mchid")?,
        payer: Payer {
            openid: fields.optional_text("/combine_payer_info/openid")?,
            sub_openid: fields.optional_text("/combine_payer_info/sub_openid")?,
        },
        device_id: fields.optional_text("/scene_info/device_id")?,
        notify_url: fields.required_text("/notify_url")?,
        parts: Vec::new(),
        fingerprint: request.fingerprint(),
        answer: Value::Null,
        transaction_id: None,
        closed: false,
    };
    require_own_mchid(state, &combine.mchid)?;
    let payer = &combine.payer;
    if kind == PaymentMethod::JSAPI && payer.openid.is_none() && payer.sub_openid.is_none() {
        Err(fields.wrong("/combine_payer_info/openid", "缺少必填参数"))
    } else {
        Ok(combine)
    }
}

fn part(
    item: &Fields<'_>,
    whole: &Fields<'_>,
    combine: &CombinedOrder,
    request: &Request<'_>,
    kind: PaymentMethod,
) -> Result<Order, Refusal> {
    let mchid = item.required_text("/mchid")?;
    let party = Party {
        appid: combine.appid.clone(),
        is_other_seller: mchid != combine.mchid,
        mchid,
        sub_appid: item.optional_text("/sub_appid")?,
        sub_mchid: item.optional_text("/sub_mchid")?,
    };
    Ok(Order {
        payer: combine.payer.clone(),
        combine: Some(combine.number.clone()),
        fingerprint: request.fingerprint(),
        description: item.required_text("/description")?,
        attach: item.optional_text("/attach")?,
        total: item.amount("/amount/total_amount")?,
        currency: currency(item, "/amount/currency")?,
        created: request.now,
        expires: expires(whole, request.now)?,
        shareable: item.boolean("/settle_info/profit_sharing")?,
        ..Order::new(item.merchant_number("/out_trade_no")?, party, kind)
    })
}

pub(crate) fn by_number(state: &State, request: &Request<'_>) -> Outcome {
    let number = request.variable("combine_out_trade_no");
    let combine = state.combined_orders.get(&number);
    let combine =
        combine.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    Ok(Success::json(view(state, combine, request.now)))
}

pub(crate) fn by_id(state: &State, request: &Request<'_>) -> Outcome {
    let number = request.variable("combine_transaction_id");
    let combine = state.combined_orders.by_id(&number);
    let combine =
        combine.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    Ok(Success::json(view(state, combine, request.now)))
}

/// Closes the parts that the request names. They must belong to this order.
pub(crate) fn close(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable("combine_out_trade_no");
    let fields = request.fields();
    fields.required_text("/combine_appid")?;
    let State {
        combined_orders: combines,
        orders,
        ..
    } = state;
    let combine = combines.get_mut(&number);
    let combine =
        combine.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    let mut named = Vec::new();
    for item in fields.items("/sub_orders", MOST)? {
        let number = item.merchant_number("/out_trade_no")?;
        let seller = item.optional_text("/mchid")?;
        let other = seller.filter(|seller| *seller != combine.mchid);
        let owner = item.optional_text("/sub_mchid")?.or(other);
        let part = key_of(owner.as_deref(), &number);
        let order = orders.get(&part).filter(|_| combine.parts.contains(&part));
        let order =
            order.ok_or_else(|| business::ORDER_NOT_EXIST.with(&[&format_args!("{part:?}")]))?;
        // Either all parts are closed or none.
        close_order(&mut order.clone(), request.now)?;
        named.push(part);
    }
    for part in named {
        if let Some(order) = orders.get_mut(&part) {
            order.state = TradeState::Closed;
        }
    }
    combine.closed = combine.parts.iter().all(|part| {
        let order = orders.get(part);
        order.is_none_or(|order| order.state == TradeState::Closed)
    });
    Ok(Success::empty())
}

/// The open parts, all of which can be paid.
pub(crate) fn open(state: &State, number: &str, now: i64) -> ActionResult<Vec<String>> {
    let combine = state.combined_orders.get(number);
    let combine =
        combine.ok_or_else(|| ActionError::not_found(("combined order", "合单"), number))?;
    let is_open = |part: &&String| {
        let order = state.orders.get(part);
        order.is_some_and(|order| order.state(now) != TradeState::Closed)
    };
    let open: Vec<_> = combine.parts.iter().filter(is_open).cloned().collect();
    if open.is_empty() {
        return Err(ActionError::conflict((
            format!("the combined order {number:?} is closed"),
            format!("合单 {number:?} 已关闭"),
        )));
    }
    for part in &open {
        if let Some(order) = state.orders.get(part) {
            payment::check_payable(order, now)?;
        }
    }
    Ok(open)
}

/// Pays the open parts, with one notification for all.
pub(crate) fn pay(state: &mut State, number: &str, now: i64) -> ActionResult {
    let open = open(state, number, now)?;
    for part in &open {
        payment::mark_paid(state, part, now);
    }
    let transaction_id = state.ids.transaction(now);
    if let Some(combine) = state.combined_orders.get_mut(number) {
        combine.transaction_id = Some(transaction_id);
    }
    state.combined_orders.name(number);
    notify(state, number, now);
    Ok(())
}

fn notify(state: &mut State, number: &str, now: i64) {
    let Some(combine) = state.combined_orders.get(number) else {
        return;
    };
    let event = Event {
        notify_url: Some(combine.notify_url.clone()),
        event_type: "TRANSACTION.SUCCESS",
        original_type: "transaction",
        summary: "支付成功",
        resource: view(state, combine, now),
        is_v2: false,
        created: now,
    };
    state.outbox.push(event);
}

fn view(state: &State, combine: &CombinedOrder, now: i64) -> Value {
    let parts = combine.parts.iter();
    let parts = parts.filter_map(|part| Some(state.orders.get(part)?.part(now)));
    let mut view = members([
        ("combine_appid", Some(&combine.appid)),
        ("combine_mchid", Some(&combine.mchid)),
        ("combine_out_trade_no", Some(&combine.number)),
        ("combine_transaction_id", combine.transaction_id.as_ref()),
    ]);
    if let Some(device_id) = &combine.device_id {
        view.insert("scene_info".to_owned(), json!({"device_id": device_id}));
    }
    view.insert("sub_orders".to_owned(), parts.collect());
    if combine.transaction_id.is_some() {
        let payer = Map::from_iter([("openid".to_owned(), json!(combine.payer.openid()))]);
        view.insert("combine_payer_info".to_owned(), Value::Object(payer));
    }
    Value::Object(view)
}
