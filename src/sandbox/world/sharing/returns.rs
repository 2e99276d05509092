//! Returns from receivers of profit sharing (分账回退).

use serde_json::{Value, json};

use super::super::outcome::{Outcome, Success};
use super::super::request::{Fields, Request, sum};
use super::super::state::State;
use super::super::table::{Row, key_of};
use super::advance;
use super::model::{
    DetailResult, Movement, Return, ReturnedAmount, Share, ShareDetail, SharingNames,
};
use crate::date::rfc3339;
use crate::refusal::{Refusal, business};

pub(crate) fn create(state: &mut State, request: &Request<'_>, names: SharingNames) -> Outcome {
    let fields = request.fields();
    let number = fields.merchant_number("/out_return_no")?;
    let sub_mchid = fields.optional_text("/sub_mchid")?;
    if let Some(known) = state.returns.get(&key_of(sub_mchid.as_deref(), &number)) {
        return repeat(known, request);
    }
    let account = fields.required_text("/return_mchid")?;
    let amount = fields.amount("/amount")?;
    let description = fields.required_text("/description")?;
    let share = returned_share(state, &fields, sub_mchid.as_deref())?;
    advance(state, &share, request.now);
    take_back(state, &share, &account, amount, request.now)?;
    let id = state.ids.sharing(request.now);
    let requested = json!({
        "out_return_no": number,
        "return_mchid": account,
        "amount": amount,
        "description": description,
    });
    let share_of = state.shares.get(&share);
    let answer = share_of.map_or(Value::Null, |share| {
        answer(share, requested, &id, names, request.now)
    });
    let done = Return {
        number,
        id,
        fingerprint: request.fingerprint(),
        share,
        sub_mchid,
        done: ReturnedAmount {
            account,
            amount,
            time: request.now,
        },
        answer: answer.clone(),
    };
    state.returns.insert(done, request.now);
    Ok(Success::json(answer))
}

/// The answer to a request whose number was used before: the first answer, if the request is the same.
fn repeat(known: &Return, request: &Request<'_>) -> Outcome {
    if known.fingerprint == request.fingerprint() {
        Ok(Success::json(known.answer.clone()))
    } else {
        Err(business::SHARE_NUMBER_USED.with(&[&"out_return_no"]))
    }
}

/// The key of the profit sharing order that the request names by either number.
fn returned_share(
    state: &State,
    fields: &Fields<'_>,
    sub_mchid: Option<&str>,
) -> Result<String, Refusal> {
    let id = fields.optional_text("/order_id")?;
    let number = fields.optional_text("/out_order_no")?;
    let share = match (&id, &number) {
        (None, None) => return Err(fields.wrong("/order_id", "与out_order_no二选一必填")),
        (Some(id), _) => state.shares.by_id(id),
        (None, Some(number)) => state.shares.get(&key_of(sub_mchid, number)),
    };
    let share = share.filter(|share| share.party.sub_mchid.as_deref() == sub_mchid);
    let wanted = id.or(number).unwrap_or_default();
    share
        .map(Row::key)
        .ok_or_else(|| business::SHARE_NOT_EXIST.with(&[&format_args!("{wanted:?}")]))
}

/// Returns money. Only merchants can return, and at most what they received.
fn take_back(
    state: &mut State,
    share: &str,
    account: &str,
    amount: i64,
    now: i64,
) -> Result<(), Refusal> {
    let State {
        shares,
        orders,
        outbox,
        ..
    } = state;
    let share = shares.get_mut(share);
    let share =
        share.ok_or_else(|| business::SHARE_NOT_EXIST.with(&[&format_args!("{account:?}")]))?;
    let its_own = |detail: &&mut ShareDetail| {
        let got = detail.result == DetailResult::Success;
        got && detail.kind == "MERCHANT_ID" && detail.account == account
    };
    // An account may have received several details.
    let mut details: Vec<_> = share.details.iter_mut().filter(its_own).collect();
    let left = sum(details.iter().map(|detail| detail.amount - detail.returned));
    if i128::from(amount) > left {
        return Err(business::RETURN_NOT_ENOUGH.with(&[&left]));
    }
    let mut rest = amount;
    for detail in &mut details {
        let back = rest.min(detail.amount - detail.returned);
        detail.returned += back;
        rest -= back;
    }
    let detail = details.first().map(|detail| (**detail).clone());
    let detail = detail.ok_or_else(|| business::RETURN_NOT_ENOUGH.with(&[&0]))?;
    if let Some(order) = orders.get_mut(&share.order_key()) {
        order.given = (order.given - amount).max(0);
    }
    outbox.push(share.event(&detail, Movement::Back(amount), now));
    Ok(())
}

fn answer(share: &Share, mut answer: Value, id: &str, names: SharingNames, now: i64) -> Value {
    answer["order_id"] = json!(share.order_id);
    answer["out_order_no"] = json!(share.out_order_no);
    answer[names.return_id] = json!(id);
    answer["result"] = json!("SUCCESS");
    answer["create_time"] = json!(rfc3339(now));
    answer["finish_time"] = json!(rfc3339(now));
    if let Some(sub_mchid) = &share.party.sub_mchid {
        answer["sub_mchid"] = json!(sub_mchid);
    }
    answer
}

pub(crate) fn query(state: &State, request: &Request<'_>) -> Outcome {
    let number = request.variable_or_parameter("out_return_no");
    let asked = ["order_id", "out_order_no", "sub_mchid"].map(|name| request.query_value(name));
    let [id, out_order_no, sub_mchid] = asked;
    let share_is_asked_for = |back: &&Return| {
        state.shares.get(&back.share).is_some_and(|share| {
            id.as_ref().is_none_or(|id| *id == share.order_id)
                && out_order_no
                    .as_ref()
                    .is_none_or(|number| *number == share.out_order_no)
        })
    };
    let known = state
        .returns
        .get(&key_of(sub_mchid.as_deref(), &number))
        .filter(share_is_asked_for);
    let known =
        known.ok_or_else(|| business::SHARE_NOT_EXIST.with(&[&format_args!("{number:?}")]))?;
    Ok(Success::json(known.answer.clone()))
}
