//! Profit sharing (分账): receivers, orders, what is left.
//!
//! It is accepted as `PROCESSING` and done before the next look at it; a receiver that was deleted
//! meanwhile gets nothing, for `NO_RELATION`. Beside the merchant itself, receivers together get at
//! most 30 % of an order.

use serde_json::{Map, Value, json};

use super::super::refusal::Refusal;
use super::order::Order;
use super::request::{Fields, Request, sum};
use super::share::{Moved, Receiver, Share, Slice, SliceResult, Words, either, receiver_key};
use super::{Outcome, State, Told, refusals};

/// 最大分账比例 in parts of 10,000.
const MAX_RATIO: i64 = 3000;
/// As many receivers are in a request ("请求分账").
const MOST: usize = 50;

pub(super) fn add_receiver(state: &mut State, request: &Request<'_>, words: Words) -> Outcome {
    let fields = request.fields();
    let (key, mut answer) = receiver(&fields, words)?;
    let kind = fields.text("/type", 32)?;
    let name = fields.maybe("/name", 1024)?;
    if kind == "MERCHANT_ID" && name.is_none() && words == Words::ORDINARY {
        return Err(fields.wrong("/name", "分账接收方类型是MERCHANT_ID时必填"));
    }
    let relation = fields.text("/relation_type", 32)?;
    if words == Words::ORDINARY {
        answer.insert("relation_type".to_owned(), json!(relation));
        for (member, value) in [
            ("name", name),
            ("custom_relation", fields.maybe("/custom_relation", 10)?),
        ] {
            if let Some(value) = value {
                answer.insert(member.to_owned(), json!(value));
            }
        }
    }
    state.receivers.insert(Receiver::new(key), request.now);
    Ok(Told::json(Value::Object(answer)))
}

/// Deleting one that is not there is no error.
pub(super) fn delete_receiver(state: &mut State, request: &Request<'_>, words: Words) -> Outcome {
    let (key, answer) = receiver(&request.fields(), words)?;
    state.receivers.remove(&key);
    Ok(Told::json(Value::Object(answer)))
}

fn receiver(fields: &Fields<'_>, words: Words) -> Result<(String, Map<String, Value>), Refusal> {
    fields.text("/appid", 32)?;
    let (kind, account) = (fields.text("/type", 32)?, fields.text("/account", 64)?);
    let sub_mchid = fields.maybe("/sub_mchid", 32)?;
    let sub_mchid = sub_mchid.filter(|_| words == Words::ORDINARY);
    let brand = brand(fields, words)?;
    let mut answer = Map::from_iter([
        ("type".to_owned(), json!(kind)),
        ("account".to_owned(), json!(account)),
    ]);
    if let Some(sub_mchid) = &sub_mchid {
        answer.insert("sub_mchid".to_owned(), json!(sub_mchid));
    }
    if let Some(brand) = &brand {
        answer.insert("brand_mchid".to_owned(), json!(brand));
    }
    let whose = (sub_mchid.as_deref(), brand.as_deref());
    Ok((receiver_key(words, whose, &kind, &account), answer))
}

/// The brand that a brand's requests name.
fn brand(fields: &Fields<'_>, words: Words) -> Result<Option<String>, Refusal> {
    match words == Words::BRAND {
        true => fields.text("/brand_mchid", 32).map(Some),
        false => Ok(None),
    }
}

pub(super) fn share(state: &mut State, request: &Request<'_>, words: Words) -> Outcome {
    let fields = request.fields();
    let number = fields.number("/out_order_no", 64)?;
    if let Some(known) = state.shares.get(&number) {
        return again(known, request);
    }
    let slices = fields.items("/receivers", MOST)?;
    let slices = slices.iter().map(|item| slice(item, words));
    let slices = slices.collect::<Result<Vec<_>, _>>()?;
    let unfreeze = fields.flag(words.unfreeze)?;
    let brand = brand(&fields, words)?;
    let order = shared_order(state, &fields, request.now)?;
    for slice in &slices {
        related(state, order, slice, (words, brand.as_deref()))?;
    }
    affordable(order, &slices)?;
    let out_trade_no = order.out_trade_no.clone();
    let share = accept(
        state,
        request,
        number,
        &out_trade_no,
        (slices, words, brand),
    );
    if let Some(order) = state.orders.get_mut(&out_trade_no) {
        order.unfrozen = unfreeze;
    }
    Ok(Told::json(share))
}

/// Gives the merchant what is left.
pub(super) fn unfreeze(state: &mut State, request: &Request<'_>, words: Words) -> Outcome {
    let fields = request.fields();
    let number = fields.number("/out_order_no", 64)?;
    if let Some(known) = state.shares.get(&number) {
        return again(known, request);
    }
    let description = fields.text("/description", 80)?;
    let order = shared_order(state, &fields, request.now)?;
    let left = i64::try_from(order.unsplit()).unwrap_or_default();
    let slice = Slice {
        kind: "MERCHANT_ID".to_owned(),
        account: order.party.seller().to_owned(),
        amount: left,
        description,
        detail_id: String::new(),
        result: SliceResult::Pending,
        returned: 0,
    };
    let out_trade_no = order.out_trade_no.clone();
    let share = accept(
        state,
        request,
        number,
        &out_trade_no,
        (vec![slice], words, None),
    );
    if let Some(order) = state.orders.get_mut(&out_trade_no) {
        order.unfrozen = true;
    }
    Ok(Told::json(share))
}

fn again(known: &Share, request: &Request<'_>) -> Outcome {
    match known.fingerprint == request.fingerprint() {
        true => Ok(Told::json(known.view())),
        false => Err(refusals::share_used("out_order_no")),
    }
}

fn slice(item: &Fields<'_>, words: Words) -> Result<Slice, Refusal> {
    Ok(Slice {
        kind: item.text("/type", 32)?,
        account: item.text(&format!("/{}", words.account), 64)?,
        amount: item.amount("/amount")?,
        description: item.text("/description", 80)?,
        detail_id: String::new(),
        result: SliceResult::Pending,
        returned: 0,
    })
}

/// The paid order that the request names, whose money is still there to be shared.
fn shared_order<'s>(state: &'s State, fields: &Fields<'_>, now: i64) -> Result<&'s Order, Refusal> {
    let id = fields.text("/transaction_id", 32)?;
    let sub_mchid = fields.maybe("/sub_mchid", 32)?;
    let order = state.orders.by_id(&id);
    let order = order.filter(|it| it.shareable && it.is_paid(now));
    let order = order.filter(|it| it.party.sub_mchid == sub_mchid);
    let order = order.ok_or_else(refusals::no_share_order)?;
    match order.unfrozen {
        true => Err(refusals::unfrozen()),
        false => Ok(order),
    }
}

/// Whether the money stays where it is.
fn stays(order: &Order, slice: &Slice) -> bool {
    slice.kind == "MERCHANT_ID" && slice.account == order.party.seller()
}

/// Whose receivers an operation has: by its words, and the brand.
type Whose<'s> = (Words, Option<&'s str>);

fn key(order: &Order, slice: &Slice, (words, brand): Whose<'_>) -> String {
    let whose = (order.party.sub_mchid.as_deref(), brand);
    receiver_key(words, whose, &slice.kind, &slice.account)
}

fn related(state: &State, order: &Order, slice: &Slice, whose: Whose<'_>) -> Result<(), Refusal> {
    let known = state.receivers.get(&key(order, slice, whose)).is_some();
    match known || stays(order, slice) {
        true => Ok(()),
        false => {
            let (kind, account) = (&slice.kind, &slice.account);
            Err(refusals::no_relation((
                format!("the receiver {kind} {account:?} was not added"),
                format!("没有添加过分账接收方 {kind} {account:?}"),
            )))
        }
    }
}

fn affordable(order: &Order, slices: &[Slice]) -> Result<(), Refusal> {
    let left = order.unsplit();
    if sum(slices.iter().map(|slice| slice.amount)) > left {
        return Err(refusals::share_not_enough(left));
    }
    let others = slices.iter().filter(|slice| !stays(order, slice));
    let given = i128::from(order.given) + sum(others.map(|slice| slice.amount));
    let most = i128::from(order.total) * i128::from(MAX_RATIO) / 10_000;
    match given > most {
        true => Err(refusals::share_ratio(most)),
        false => Ok(()),
    }
}

/// Sets the money aside. That it does not overflow was checked: it is part of the total.
fn accept(
    state: &mut State,
    request: &Request<'_>,
    number: String,
    out_trade_no: &str,
    (mut slices, words, brand): (Vec<Slice>, Words, Option<String>),
) -> Value {
    let Some(order) = state.orders.get_mut(out_trade_no) else {
        return Value::Null;
    };
    for slice in &mut slices {
        slice.detail_id = state.numbers.sharing(request.now);
        order.split += slice.amount;
        order.given += if stays(order, slice) { 0 } else { slice.amount };
    }
    let share = Share {
        out_order_no: number,
        order_id: state.numbers.sharing(request.now),
        words,
        fingerprint: request.fingerprint(),
        out_trade_no: order.out_trade_no.clone(),
        transaction_id: order.transaction_id.clone().unwrap_or_default(),
        party: order.party.clone(),
        brand,
        slices,
        created: request.now,
        ended: None,
    };
    let view = share.view();
    state.shares.insert(share, request.now);
    view
}

pub(super) fn query(state: &mut State, request: &Request<'_>) -> Outcome {
    let number = either(request, "out_order_no");
    let id = request.parameter("transaction_id")?;
    let sub_mchid = request.query_value("sub_mchid");
    let named = |share: &&Share| share.transaction_id == id && share.party.sub_mchid == sub_mchid;
    // A query of something else is no look at it.
    if state.shares.get(&number).filter(named).is_some() {
        come_to_an_end(state, &number, request.now);
    }
    let share = state.shares.get(&number).filter(named);
    let share = share.ok_or_else(|| refusals::share_not_exist(&number))?;
    Ok(Told::json(share.view()))
}

pub(super) fn amounts(state: &State, request: &Request<'_>) -> Outcome {
    let id = request.variable("transaction_id");
    let order = state.orders.by_id(&id).filter(|order| order.shareable);
    let order = order.ok_or_else(refusals::no_share_order)?;
    let left = i64::try_from(order.unsplit()).unwrap_or_default();
    Ok(Told::json(
        json!({"transaction_id": id, "unsplit_amount": left}),
    ))
}

/// Of a sub-merchant, or of a brand: `name` is the variable of the path.
pub(super) fn ratio(request: &Request<'_>, name: &str) -> Told {
    let mut answer = json!({"max_ratio": MAX_RATIO});
    answer[name] = json!(request.variable(name));
    Told::json(answer)
}

pub(super) fn come_to_an_end(state: &mut State, number: &str, now: i64) {
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
    let Some(order) = orders.get_mut(&share.out_trade_no) else {
        return;
    };
    let whose = (share.words, share.brand.as_deref());
    for slice in &mut share.slices {
        let known = receivers.get(&key(order, slice, whose)).is_some();
        if known || stays(order, slice) {
            slice.result = SliceResult::Success;
        } else {
            slice.result = SliceResult::NoRelation;
            order.split -= slice.amount;
            order.given -= slice.amount;
        }
    }
    let done = share.slices.iter();
    done.filter(|slice| slice.result == SliceResult::Success)
        .for_each(|slice| outbox.push(share.event(slice, Moved::Out, now)));
}

pub(super) fn all_come_to_an_end(state: &mut State, now: i64) {
    let open = state.shares.iter().filter(|share| share.ended.is_none());
    let open: Vec<_> = open.map(|share| share.out_order_no.clone()).collect();
    open.iter()
        .for_each(|number| come_to_an_end(state, number, now));
}
