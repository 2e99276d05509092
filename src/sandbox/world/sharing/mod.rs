//! Profit sharing (分账): receivers, orders, unfreezing.
//!
//! A new profit sharing order is `PROCESSING` and finishes when it is next read. A receiver deleted meanwhile gets
//! nothing (`NO_RELATION`). All receivers except the merchant itself get at most 30 % of an order in total.

pub(super) mod model;
mod receiver;
mod returns;

use serde_json::{Value, json};

use super::order::model::Order;
use super::outcome::{Outcome, Success};
use super::request::{Fields, Request, sum};
use super::state::State;
use super::table::{Row, key_of};
use crate::refusal::{Refusal, business};
use model::{DetailResult, Movement, Share, ShareDetail, SharingNames, receiver_key};
use receiver::brand;

pub(crate) fn answer(state: &mut State, request: &Request<'_>) -> Option<Outcome> {
    let path = request.operation.path();
    if let Some(rest) = path.strip_prefix("v3/profitsharing/") {
        return ordinary(state, request, rest);
    }
    if let Some(rest) = path.strip_prefix("v3/ecommerce/profitsharing/") {
        return platform(state, request, rest, SharingNames::ECOMMERCE);
    }
    let rest = path.strip_prefix("v3/brand/profitsharing/")?;
    platform(state, request, rest, SharingNames::BRAND)
}

fn ordinary(state: &mut State, request: &Request<'_>, rest: &str) -> Option<Outcome> {
    let names = SharingNames::ORDINARY;
    Some(match rest {
        "receivers/add" => receiver::add(state, request, names),
        "receivers/delete" => receiver::delete(state, request, names),
        "orders" => share(state, request, names),
        "orders/unfreeze" => unfreeze(state, request, names),
        "orders/{out_order_no}" => query(state, request),
        "transactions/{transaction_id}/amounts" => amounts(state, request),
        "merchant-configs/{sub_mchid}" => Ok(ratio(request, "sub_mchid")),
        "return-orders" => returns::create(state, request, names),
        "return-orders/{out_return_no}" => returns::query(state, request),
        _ => return None,
    })
}

/// The operations of e-commerce platforms and of brands, which have the same paths.
fn platform(
    state: &mut State,
    request: &Request<'_>,
    rest: &str,
    names: SharingNames,
) -> Option<Outcome> {
    Some(match (request.operation.method().as_str(), rest) {
        (_, "brand-configs/{brand_mchid}") => Ok(ratio(request, "brand_mchid")),
        (_, "receivers/add") => receiver::add(state, request, names),
        (_, "receivers/delete") => receiver::delete(state, request, names),
        ("POST", "orders") => share(state, request, names),
        ("GET", "orders") => query(state, request),
        (_, "finish-order") => unfreeze(state, request, names),
        (_, "orders/{transaction_id}/amounts") => amounts(state, request),
        ("POST", "returnorders") => returns::create(state, request, names),
        ("GET", "returnorders") => returns::query(state, request),
        _ => return None,
    })
}

/// 最大分账比例 in parts of 10,000.
const MAX_RATIO: i64 = 3000;
/// The greatest number of receivers in a request ("请求分账").
const MOST: usize = 50;

pub(crate) fn share(state: &mut State, request: &Request<'_>, names: SharingNames) -> Outcome {
    let fields = request.fields();
    let number = fields.merchant_number("/out_order_no")?;
    let sub_mchid = fields.optional_text("/sub_mchid")?;
    if let Some(known) = state.shares.get(&key_of(sub_mchid.as_deref(), &number)) {
        return again(known, request);
    }
    let details = fields.items("/receivers", MOST)?;
    let details = details.iter().map(|item| detail(item, names));
    let details = details.collect::<Result<Vec<_>, _>>()?;
    let unfreeze = fields.boolean(names.unfreeze)?;
    let brand = brand(&fields, names)?;
    let order = shared_order(state, &fields, request.now)?;
    for detail in &details {
        require_receiver(state, order, detail, (names, brand.as_deref()))?;
    }
    check_amount(order, &details)?;
    let order = order.key();
    let share = accept(state, request, number, &order, (details, names, brand));
    if let Some(order) = state.orders.get_mut(&order) {
        order.unfrozen = unfreeze;
    }
    Ok(Success::json(share))
}

/// Unfreezes the rest for the merchant.
pub(crate) fn unfreeze(state: &mut State, request: &Request<'_>, names: SharingNames) -> Outcome {
    let fields = request.fields();
    let number = fields.merchant_number("/out_order_no")?;
    let sub_mchid = fields.optional_text("/sub_mchid")?;
    if let Some(known) = state.shares.get(&key_of(sub_mchid.as_deref(), &number)) {
        return again(known, request);
    }
    let description = fields.required_text("/description")?;
    let order = shared_order(state, &fields, request.now)?;
    let left = i64::try_from(order.unsplit()).unwrap_or_default();
    let detail = ShareDetail {
        kind: "MERCHANT_ID".to_owned(),
        account: order.party.seller().to_owned(),
        amount: left,
        description,
        detail_id: String::new(),
        result: DetailResult::Pending,
        returned: 0,
    };
    let order = order.key();
    let share = accept(state, request, number, &order, (vec![detail], names, None));
    if let Some(order) = state.orders.get_mut(&order) {
        order.unfrozen = true;
    }
    Ok(Success::json(share))
}

fn again(known: &Share, request: &Request<'_>) -> Outcome {
    if known.fingerprint == request.fingerprint() {
        Ok(Success::json(known.view()))
    } else {
        Err(business::SHARE_NUMBER_USED.with(&[&"out_order_no"]))
    }
}

fn detail(item: &Fields<'_>, names: SharingNames) -> Result<ShareDetail, Refusal> {
    Ok(ShareDetail {
        kind: item.required_text("/type")?,
        account: item.required_text(&format!("/{}", names.account))?,
        amount: item.amount("/amount")?,
        description: item.required_text("/description")?,
        detail_id: String::new(),
        result: DetailResult::Pending,
        returned: 0,
    })
}

/// The paid order that the request names, if its money is still frozen.
fn shared_order<'s>(state: &'s State, fields: &Fields<'_>, now: i64) -> Result<&'s Order, Refusal> {
    let id = fields.required_text("/transaction_id")?;
    let sub_mchid = fields.optional_text("/sub_mchid")?;
    let order = state.orders.by_id(&id);
    let order = order.filter(|it| it.shareable && it.is_paid(now));
    let order = order.filter(|it| it.party.sub_mchid == sub_mchid);
    let order = order.ok_or_else(|| business::ORDER_NOT_SHAREABLE.refusal())?;
    if order.unfrozen {
        Err(business::SHARE_UNFROZEN.refusal())
    } else {
        Ok(order)
    }
}

/// Whether the money goes to the seller.
fn goes_to_seller(order: &Order, detail: &ShareDetail) -> bool {
    detail.kind == "MERCHANT_ID" && detail.account == order.party.seller()
}

/// The owner of an operation's receivers: its names, and the brand.
type Whose<'s> = (SharingNames, Option<&'s str>);

fn key(order: &Order, detail: &ShareDetail, (names, brand): Whose<'_>) -> String {
    let whose = (order.party.sub_mchid.as_deref(), brand);
    receiver_key(names, whose, &detail.kind, &detail.account)
}

fn require_receiver(
    state: &State,
    order: &Order,
    detail: &ShareDetail,
    whose: Whose<'_>,
) -> Result<(), Refusal> {
    let known = state.receivers.get(&key(order, detail, whose)).is_some();
    if known || goes_to_seller(order, detail) {
        Ok(())
    } else {
        let (kind, account) = (&detail.kind, &detail.account);
        Err(business::NO_RELATION.with(&[kind, &format_args!("{account:?}")]))
    }
}

fn check_amount(order: &Order, details: &[ShareDetail]) -> Result<(), Refusal> {
    let left = order.unsplit();
    if sum(details.iter().map(|detail| detail.amount)) > left {
        return Err(business::SHARE_NOT_ENOUGH.with(&[&left]));
    }
    let others = details
        .iter()
        .filter(|detail| !goes_to_seller(order, detail));
    let given = i128::from(order.given) + sum(others.map(|detail| detail.amount));
    let most = i128::from(order.total) * i128::from(MAX_RATIO) / 10_000;
    if given > most {
        Err(business::SHARE_RATIO_EXCEEDED.with(&[&most]))
    } else {
        Ok(())
    }
}

/// Reserves the money. It cannot overflow, because it was checked to be part of the total.
fn accept(
    state: &mut State,
    request: &Request<'_>,
    number: String,
    order: &str,
    (mut details, names, brand): (Vec<ShareDetail>, SharingNames, Option<String>),
) -> Value {
    let Some(order) = state.orders.get_mut(order) else {
        return Value::Null;
    };
    for detail in &mut details {
        detail.detail_id = state.ids.sharing(request.now);
        order.split += detail.amount;
        order.given += if goes_to_seller(order, detail) {
            0
        } else {
            detail.amount
        };
    }
    let share = Share {
        out_order_no: number,
        order_id: state.ids.sharing(request.now),
        names,
        fingerprint: request.fingerprint(),
        out_trade_no: order.out_trade_no.clone(),
        transaction_id: order.transaction_id.clone().unwrap_or_default(),
        party: order.party.clone(),
        brand,
        details,
        created: request.now,
        ended: None,
    };
    let view = share.view();
    state.shares.insert(share, request.now);
    view
}

pub(crate) fn query(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = request.variable_or_parameter("out_order_no");
    let id = request.parameter("transaction_id")?;
    let sub_mchid = request.query_value("sub_mchid");
    let named = |share: &&Share| share.transaction_id == id;
    let key = key_of(sub_mchid.as_deref(), &number);
    // Only a query of this number finishes it.
    if state.shares.get(&key).filter(named).is_some() {
        advance(state, &key, request.now);
    }
    let share = state.shares.get(&key).filter(named);
    let share =
        share.ok_or_else(|| business::SHARE_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    Ok(Success::json(share.view()))
}

pub(crate) fn amounts(state: &State, request: &Request<'_>) -> Outcome {
    let id = request.variable("transaction_id");
    let order = state.orders.by_id(&id).filter(|order| order.shareable);
    let order = order.ok_or_else(|| business::ORDER_NOT_SHAREABLE.refusal())?;
    let left = i64::try_from(order.unsplit()).unwrap_or_default();
    Ok(Success::json(
        json!({"transaction_id": id, "unsplit_amount": left}),
    ))
}

/// The ratio of a sub-merchant or a brand; `name` is the path variable.
pub(crate) fn ratio(request: &Request<'_>, name: &str) -> Success {
    let mut answer = json!({"max_ratio": MAX_RATIO});
    answer[name] = json!(request.variable(name));
    Success::json(answer)
}

pub(crate) fn advance(state: &mut State, number: &str, now: i64) {
    let State {
        shares,
        orders,
        receivers,
        outbox,
        ..
    } = state;
    let share = shares.get_mut(number).filter(|it| it.ended.is_none());
    let Some(share) = share else {
        return;
    };
    share.ended = Some(now);
    let Some(order) = orders.get_mut(&share.order_key()) else {
        return;
    };
    let whose = (share.names, share.brand.as_deref());
    for detail in &mut share.details {
        let known = receivers.get(&key(order, detail, whose)).is_some();
        if known || goes_to_seller(order, detail) {
            detail.result = DetailResult::Success;
        } else {
            detail.result = DetailResult::NoRelation;
            order.split -= detail.amount;
            order.given -= detail.amount;
        }
    }
    let done = share.details.iter();
    done.filter(|detail| detail.result == DetailResult::Success)
        .for_each(|detail| outbox.push(share.event(detail, Movement::Out, now)));
}

pub(crate) fn advance_all(state: &mut State, now: i64) {
    let open = state.shares.iter().filter(|share| share.ended.is_none());
    let open: Vec<_> = open.map(Row::key).collect();
    open.iter().for_each(|key| advance(state, key, now));
}
